//! Languages, and texts that exist in several of them.

use serde::{Deserialize, Serialize};

/// The languages of the product, all complete.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Default,
)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Korean.
    Ko,
    /// Vietnamese.
    Vi,
    /// Simplified Chinese.
    Zh,
}

impl Lang {
    /// All languages, in the order in which choices list them.
    pub const ALL: [Lang; 4] = [Lang::En, Lang::Ko, Lang::Vi, Lang::Zh];

    /// The short code used in files, catalogues and the API.
    pub const fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Ko => "ko",
            Lang::Vi => "vi",
            Lang::Zh => "zh",
        }
    }

    /// The BCP 47 tag for the `lang` attribute.
    pub const fn tag(self) -> &'static str {
        match self {
            Lang::Zh => "zh-Hans",
            other => other.code(),
        }
    }

    /// The language's name in itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Lang::En => "English",
            Lang::Ko => "한국어",
            Lang::Vi => "Tiếng Việt",
            Lang::Zh => "简体中文",
        }
    }

    /// Reads a code or a tag (`zh`, `zh-Hans`, `zh-CN`, `ko-KR`); `None` for other languages.
    pub fn from_tag(tag: &str) -> Option<Lang> {
        let primary = tag.split(['-', '_']).next()?;
        Lang::ALL.into_iter().find(|lang| lang.code().eq_ignore_ascii_case(primary))
    }
}

/// A text that its author may write in several languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    /// Korean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ko: Option<String>,
    /// Vietnamese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vi: Option<String>,
    /// Simplified Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
}

impl Text {
    /// A text in one language.
    pub fn of(lang: Lang, text: impl Into<String>) -> Text {
        let mut made = Text::default();
        *made.slot(lang) = Some(text.into());
        made
    }

    /// The text in exactly this language.
    pub fn get(&self, lang: Lang) -> Option<&str> {
        match lang {
            Lang::En => self.en.as_deref(),
            Lang::Ko => self.ko.as_deref(),
            Lang::Vi => self.vi.as_deref(),
            Lang::Zh => self.zh.as_deref(),
        }
    }

    /// Where the text of a language is kept.
    pub fn slot(&mut self, lang: Lang) -> &mut Option<String> {
        match lang {
            Lang::En => &mut self.en,
            Lang::Ko => &mut self.ko,
            Lang::Vi => &mut self.vi,
            Lang::Zh => &mut self.zh,
        }
    }

    /// The text for a reader, with the language it is really in: the wanted one, then English,
    /// then whichever exists. For pages; a notice uses [`Text::get`] and refuses instead.
    pub fn show(&self, wanted: Lang) -> (&str, Lang) {
        [wanted, Lang::En, Lang::Ko, Lang::Vi, Lang::Zh]
            .into_iter()
            .find_map(|lang| self.get(lang).map(|text| (text, lang)))
            .unwrap_or(("", wanted))
    }

    /// Languages in which the text is missing.
    pub fn missing(&self) -> Vec<Lang> {
        Lang::ALL.into_iter().filter(|lang| self.get(*lang).is_none_or(str::is_empty)).collect()
    }

    /// True when no language has a text.
    pub fn is_empty(&self) -> bool {
        self.missing().len() == Lang::ALL.len()
    }
}
