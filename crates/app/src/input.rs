//! Input as people type it: cleaned, checked, and every wrong field named at once.

use crate::error::{Error, FieldError, Result};
use jiff::tz::TimeZone;
use roadbook_core::limits::{NAME_CHARS_MAX, REMARK_CHARS_MAX};
use roadbook_core::text::Lang;
use unicode_normalization::UnicodeNormalization;

/// Characters of a login, a key or a tag.
const SHORT_CHARS_MAX: usize = 64;
/// Characters of an e-mail address.
const EMAIL_CHARS_MAX: usize = 254;

/// NFC, without blanks around it.
pub(crate) fn clean(text: &str) -> String {
    text.nfc().collect::<String>().trim().to_owned()
}

/// A login: names to sign in with do not differ in case or composition.
pub(crate) fn login_of(text: &str) -> String {
    clean(text).to_lowercase()
}

/// Collects what is wrong with an input.
#[derive(Default)]
pub(crate) struct Check {
    prefix: String,
    pub(crate) errors: Vec<FieldError>,
}

impl Check {
    /// For one input.
    pub(crate) fn new() -> Check {
        Check::default()
    }

    /// For one row of many: fields are named `rows[3].zone`.
    pub(crate) fn row(number: usize) -> Check {
        Check { prefix: format!("rows[{number}]."), errors: Vec::new() }
    }

    /// Notes a wrong field.
    pub(crate) fn wrong(&mut self, field: &str, code: &'static str, message: impl Into<String>) {
        self.errors.push(FieldError::new(format!("{}{field}", self.prefix), code, message));
    }

    /// Refuses when a field was wrong.
    pub(crate) fn done(self) -> Result<()> {
        if self.errors.is_empty() { Ok(()) } else { Err(Error::Invalid(self.errors)) }
    }

    /// A name or title: one line, not empty.
    pub(crate) fn name(&mut self, field: &str, text: &str) -> String {
        let name = clean(text);
        if name.is_empty() {
            self.wrong(field, "required", "is required");
        }
        self.line(field, &name, NAME_CHARS_MAX);
        name
    }

    /// An optional line.
    pub(crate) fn optional(&mut self, field: &str, text: Option<&str>) -> Option<String> {
        let text = clean(text.unwrap_or_default());
        self.line(field, &text, NAME_CHARS_MAX);
        (!text.is_empty()).then_some(text)
    }

    /// A reason or remark; may have several lines.
    pub(crate) fn remark(&mut self, field: &str, text: &str, required: bool) -> String {
        let text = clean(text);
        if required && text.is_empty() {
            self.wrong(field, "required", "is required: say why in a few words");
        }
        if text.chars().count() > REMARK_CHARS_MAX {
            self.wrong(field, "too_long", format!("has more than {REMARK_CHARS_MAX} characters"));
        }
        text
    }

    fn line(&mut self, field: &str, text: &str, max: usize) {
        if text.chars().count() > max {
            self.wrong(field, "too_long", format!("has more than {max} characters"));
        }
        if text.chars().any(char::is_control) {
            self.wrong(field, "control_characters", "holds control characters; write one line");
        }
    }

    /// A name to sign in with.
    pub(crate) fn login(&mut self, field: &str, text: &str) -> String {
        let login = login_of(text);
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '+');
        if login.is_empty() {
            self.wrong(field, "required", "is required");
        } else if login.chars().count() > SHORT_CHARS_MAX || !login.chars().all(fits) {
            let message = "takes letters, digits and . _ - @ +, at most 64 characters";
            self.wrong(field, "login", message);
        }
        login
    }

    /// A short name in addresses and files.
    pub(crate) fn key(&mut self, field: &str, text: &str) -> String {
        let key = clean(text);
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if key.is_empty() {
            self.wrong(field, "required", "is required");
        } else if key.len() > SHORT_CHARS_MAX || !key.chars().all(fits) {
            self.wrong(field, "key", "takes a-z, 0-9 and . _ -, at most 64 characters");
        }
        key
    }

    /// A tag of a site.
    pub(crate) fn tag(&mut self, field: &str, text: &str) -> String {
        let tag = clean(text);
        let bad = |c: char| c.is_whitespace() || c.is_control() || matches!(c, ',' | ';' | '"');
        if tag.is_empty() || tag.chars().count() > SHORT_CHARS_MAX || tag.chars().any(bad) {
            let message = "is `name` or `name=value` without blanks, at most 64 characters";
            self.wrong(field, "tag", message);
        }
        tag
    }

    /// An IANA time zone.
    pub(crate) fn zone(&mut self, field: &str, text: &str) -> String {
        let zone = clean(text);
        if TimeZone::get(&zone).is_err() {
            let message = format!("`{zone}` is no time zone; write it like `Asia/Seoul`");
            self.wrong(field, "zone", message);
        }
        zone
    }

    /// A language by its code or tag.
    pub(crate) fn lang(&mut self, field: &str, text: &str) -> Lang {
        Lang::from_tag(text.trim()).unwrap_or_else(|| {
            let message = format!("`{}` is not one of en, ko, vi, zh", text.trim());
            self.wrong(field, "lang", message);
            Lang::En
        })
    }

    /// An e-mail address, if one is given. Whether it exists is for the mail server to say.
    pub(crate) fn email(&mut self, field: &str, text: Option<&str>) -> Option<String> {
        let email = clean(text.unwrap_or_default());
        if email.is_empty() {
            return None;
        }
        let parts = email.rsplit_once('@');
        let ok = parts.is_some_and(|(local, host)| {
            !local.is_empty()
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
        });
        let strange =
            |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';');
        if !ok || email.len() > EMAIL_CHARS_MAX || email.chars().any(strange) {
            self.wrong(field, "email", format!("`{email}` is no address like `name@host.example`"));
        }
        Some(email)
    }
}
