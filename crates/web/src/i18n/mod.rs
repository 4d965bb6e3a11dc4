//! Words: the Fluent catalogues of the four languages and the formats of dates, times and numbers.

pub mod fmt;

use std::borrow::Cow;
use std::sync::OnceLock;

pub use fluent_bundle::FluentValue as Arg;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
pub use roadbook_core::text::Lang;

/// The catalogue of a language as text; the tests compare all four.
pub const fn source(lang: Lang) -> &'static str {
    match lang {
        Lang::En => include_str!("../../i18n/en.ftl"),
        Lang::Ko => include_str!("../../i18n/ko.ftl"),
        Lang::Vi => include_str!("../../i18n/vi.ftl"),
        Lang::Zh => include_str!("../../i18n/zh.ftl"),
    }
}

/// The language tag for the `lang` attribute.
pub const fn tag(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en",
        Lang::Ko => "ko",
        Lang::Vi => "vi",
        Lang::Zh => "zh-Hans",
    }
}

/// The name of a language in itself.
pub const fn own_name(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "English",
        Lang::Ko => "한국어",
        Lang::Vi => "Tiếng Việt",
        Lang::Zh => "简体中文",
    }
}

/// Reads a language from its code or tag: `ko`, `ko-KR`, `zh-Hans-CN`.
pub fn parse(tag: &str) -> Option<Lang> {
    let first = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
    Lang::ALL.into_iter().find(|l| l.code() == first)
}

/// The best language for an `Accept-Language` header; English if none fits.
pub fn negotiate(header: &str) -> Lang {
    let mut best: Option<(Lang, f32)> = None;
    for part in header.split(',') {
        let mut bits = part.split(';');
        let Some(lang) = bits.next().and_then(parse) else { continue };
        let q = bits.find_map(|b| b.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
        if best.is_none_or(|(_, other)| q > other) {
            best = Some((lang, q));
        }
    }
    best.map_or(Lang::En, |(lang, _)| lang)
}

type Bundle = FluentBundle<FluentResource>;

fn bundle(lang: Lang) -> &'static Bundle {
    static BUNDLES: [OnceLock<Bundle>; 4] = [const { OnceLock::new() }; 4];
    let slot = match lang {
        Lang::En => 0,
        Lang::Ko => 1,
        Lang::Vi => 2,
        Lang::Zh => 3,
    };
    BUNDLES[slot].get_or_init(|| {
        let id = tag(lang).parse().expect("our language tags are valid");
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // The marks around arguments would end up in mails, titles and tests.
        bundle.set_use_isolating(false);
        // A broken message is dropped here and found by the catalogue tests.
        let resource = FluentResource::try_new(source(lang).to_owned()).unwrap_or_else(|(r, _)| r);
        let _ = bundle.add_resource(resource);
        bundle
    })
}

/// Words of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tr {
    lang: Lang,
}

impl Tr {
    /// Words of this language.
    pub const fn new(lang: Lang) -> Tr {
        Tr { lang }
    }

    /// The language.
    pub const fn lang(self) -> Lang {
        self.lang
    }

    /// The text of a key without arguments. An unknown key shows itself.
    pub fn t(self, key: &str) -> Cow<'static, str> {
        self.ta(key, &[])
    }

    /// The text of a key with arguments: `tr.ta("home-title", &[("n", 3.into())])`.
    pub fn ta(self, key: &str, args: &[(&str, Arg<'_>)]) -> Cow<'static, str> {
        let bundle = bundle(self.lang);
        let Some(pattern) = bundle.get_message(key).and_then(|m| m.value()) else {
            tracing::warn!(key, lang = self.lang.code(), "text is missing");
            return Cow::Owned(key.to_owned());
        };
        let mut errors = Vec::new();
        let text = if args.is_empty() {
            bundle.format_pattern(pattern, None, &mut errors)
        } else {
            let args: FluentArgs<'_> = args.iter().map(|(k, v)| (*k, v.clone())).collect();
            Cow::Owned(bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned())
        };
        if !errors.is_empty() {
            tracing::warn!(key, lang = self.lang.code(), ?errors, "text lacks an argument");
        }
        text
    }

    /// Whether the key exists.
    pub fn has(self, key: &str) -> bool {
        bundle(self.lang).has_message(key)
    }
}
