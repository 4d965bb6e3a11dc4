//! Components of the pages: plain structs in, markup out. No component knows a use case.

pub mod assets;
pub mod chart;
pub mod error;
pub mod flow;
pub mod form;
pub mod glyph;
pub mod layout;
pub mod parts;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::i18n::{Arg, Lang, Tr, fmt};
pub use glyph::{Glyph, State};

/// The person who looks at the page.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// The name as written by the person.
    pub name: String,
    /// Two signs for the avatar.
    pub initials: String,
}

impl Viewer {
    /// A viewer whose initials come from the name.
    pub fn new(name: impl Into<String>) -> Viewer {
        let name = name.into();
        Viewer { initials: fmt::initials(&name), name }
    }
}

/// Counts beside the entries of the navigation; zero shows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NavCounts {
    /// Things that need the viewer.
    pub home: u64,
    /// Open releases.
    pub releases: u64,
    /// Sites in scope.
    pub sites: u64,
    /// Notices that failed or wait for a person.
    pub notices: u64,
}

/// The chosen look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the device says.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// All choices.
    pub const ALL: [Theme; 3] = [Theme::Auto, Theme::Light, Theme::Dark];

    /// The code in the form and the cookie.
    pub const fn code(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// Reads a code; anything unknown is [`Theme::Auto`].
    pub fn parse(code: &str) -> Theme {
        Theme::ALL.into_iter().find(|t| t.code() == code).unwrap_or_default()
    }
}

/// A message that answers the last act, shown once above the content.
#[derive(Debug, Clone)]
pub struct Flash {
    /// Done, at risk or failed.
    pub state: State,
    /// The sentence.
    pub text: String,
}

/// The ids of the fields on one page: forms ask for the same thing more than once, an id stands once.
#[derive(Debug, Clone, Default)]
pub struct Ids(Arc<Mutex<BTreeMap<String, u32>>>);

impl Ids {
    /// An id for a field of this name that no field had before.
    pub fn next(&self, name: &str) -> String {
        let mut given = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let times = given.entry(name.to_owned()).or_default();
        *times += 1;
        if *times == 1 { format!("f-{name}") } else { format!("f-{name}-{times}") }
    }
}

/// What every page needs to know.
#[derive(Debug, Clone)]
pub struct PageCtx {
    /// Language of the page.
    pub lang: Lang,
    /// Zone of the viewer.
    pub zone: TimeZone,
    /// Short name of the zone's place: "Seoul".
    pub place: String,
    /// The moment the page shows.
    pub now: Timestamp,
    /// Who looks; `None` before sign-in.
    pub viewer: Option<Viewer>,
    /// Counts in the navigation.
    pub counts: NavCounts,
    /// The viewer runs the installation: settings stand in the navigation.
    pub settings: bool,
    /// Token against forged forms.
    pub csrf: String,
    /// Idempotency key of the forms of this page.
    pub form_key: String,
    /// The ribbon of the demo with its outbox.
    pub demo: bool,
    /// Chosen look.
    pub theme: Theme,
    /// Path and query of this page, for the switches to come back to.
    pub path: String,
    /// Topic of live updates, if the page is live.
    pub live: Option<String>,
    /// Answer to the last act.
    pub flash: Option<Flash>,
    /// Single-key shortcuts; a person can turn them off.
    pub shortcuts: bool,
    /// Ids that fields of this page have.
    pub ids: Ids,
}

impl PageCtx {
    /// A context for a visitor without a session.
    pub fn visitor(lang: Lang, zone: TimeZone, now: Timestamp, path: impl Into<String>) -> PageCtx {
        let place = place_of(lang, &zone);
        PageCtx {
            lang,
            place,
            zone,
            now,
            viewer: None,
            counts: NavCounts::default(),
            settings: false,
            csrf: String::new(),
            form_key: String::new(),
            demo: false,
            theme: Theme::Auto,
            path: path.into(),
            live: None,
            flash: None,
            shortcuts: true,
            ids: Ids::default(),
        }
    }

    /// Words of the page's language.
    pub const fn tr(&self) -> Tr {
        Tr::new(self.lang)
    }

    /// A text without arguments.
    pub fn t(&self, key: &str) -> Cow<'static, str> {
        self.tr().t(key)
    }

    /// A text with arguments.
    pub fn ta(&self, key: &str, args: &[(&str, Arg<'_>)]) -> Cow<'static, str> {
        self.tr().ta(key, args)
    }

    /// A text with the single argument `n`.
    pub fn tn(&self, key: &str, n: i64) -> Cow<'static, str> {
        self.tr().ta(key, &[("n", n.into())])
    }

    /// The viewer's zone by its name.
    pub fn zone_name(&self) -> String {
        self.zone.iana_name().unwrap_or("UTC").to_owned()
    }

    /// Date and time in the viewer's zone.
    pub fn date_time(&self, ts: Timestamp) -> String {
        fmt::date_time(self.lang, ts, &self.zone)
    }

    /// The date in the viewer's zone.
    pub fn date(&self, ts: Timestamp) -> String {
        fmt::date(self.lang, ts.to_zoned(self.zone.clone()).date())
    }

    /// "Today 18:00" near now, else date and time.
    pub fn moment(&self, ts: Timestamp) -> String {
        fmt::moment(self.lang, ts, &self.zone, self.now)
    }

    /// "in 9 days".
    pub fn relative(&self, ts: Timestamp) -> String {
        fmt::relative(self.lang, ts, &self.zone, self.now)
    }
}

/// The place in a zone's name: "Asia/Ho_Chi_Minh" is "Ho Chi Minh", in Korean "호찌민".
pub fn place_of(lang: Lang, zone: &TimeZone) -> String {
    /// Places with a name of their own in Korean, Vietnamese and Chinese.
    const PLACES: [(&str, [&str; 3]); 10] = [
        ("Asia/Seoul", ["서울", "Seoul", "首尔"]),
        ("Asia/Ho_Chi_Minh", ["호찌민", "TP. Hồ Chí Minh", "胡志明市"]),
        ("Asia/Bangkok", ["방콕", "Bangkok", "曼谷"]),
        ("Asia/Shanghai", ["상하이", "Thượng Hải", "上海"]),
        ("Asia/Tokyo", ["도쿄", "Tokyo", "东京"]),
        ("Asia/Singapore", ["싱가포르", "Singapore", "新加坡"]),
        ("Asia/Hong_Kong", ["홍콩", "Hồng Kông", "香港"]),
        ("Asia/Taipei", ["타이베이", "Đài Bắc", "台北"]),
        ("Europe/Berlin", ["베를린", "Berlin", "柏林"]),
        ("America/New_York", ["뉴욕", "New York", "纽约"]),
    ];
    let name = zone.iana_name().unwrap_or("UTC");
    let own = PLACES.iter().find(|p| p.0 == name).and_then(|p| match lang {
        Lang::En => None,
        Lang::Ko => Some(p.1[0]),
        Lang::Vi => Some(p.1[1]),
        Lang::Zh => Some(p.1[2]),
    });
    own.map_or_else(|| name.rsplit('/').next().unwrap_or(name).replace('_', " "), str::to_owned)
}
