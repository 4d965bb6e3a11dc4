//! Passwords: rules, hashing, checking.

use crate::error::{Error, FieldError, Result};
use crate::ports::Ports;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use roadbook_core::limits::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN};

/// Memory of one hash, in KiB.
const MEMORY_KIB: u32 = 19 * 1024;
/// Rounds of one hash.
const ROUNDS: u32 = 2;

/// Passwords of at least twelve characters that every list of guesses begins with.
const COMMON: &str = include_str!("common.txt");

/// What is wrong with a password, if anything.
pub(super) fn rules(field: &str, password: &str, about: &[&str]) -> Vec<FieldError> {
    let count = password.chars().count();
    let mut errors = Vec::new();
    if count < PASSWORD_CHARS_MIN {
        let message = format!("has {count} characters; take at least {PASSWORD_CHARS_MIN}");
        errors.push(FieldError::new(field, "too_short", message));
    }
    if count > PASSWORD_CHARS_MAX {
        let message = format!("has {count} characters; take at most {PASSWORD_CHARS_MAX}");
        errors.push(FieldError::new(field, "too_long", message));
    }
    if errors.is_empty() && is_common(password, about) {
        let message = "is one of the first that anybody would guess; take a few unrelated words";
        errors.push(FieldError::new(field, "common", message));
    }
    errors
}

fn is_common(password: &str, about: &[&str]) -> bool {
    let lower = password.to_lowercase();
    let letters: String = lower.chars().filter(|c| c.is_alphanumeric()).collect();
    if COMMON.lines().any(|line| line == lower || line == letters) {
        return true;
    }
    // One short piece said again and again is as short as the piece.
    let chars: Vec<char> = lower.chars().collect();
    let repeats = (1..=4).any(|n| chars.iter().zip(chars.iter().skip(n)).all(|(a, b)| a == b));
    // Nine tenths of the steps go to the next character: counting, the alphabet.
    let steps = chars.windows(2).filter(|it| (it[1] as i64 - it[0] as i64).abs() <= 1).count();
    let runs = steps * 10 >= chars.len().saturating_sub(1) * 9;
    let named = about.iter().any(|word| {
        let word = word.to_lowercase();
        word.chars().count() >= 3
            && lower.contains(&word)
            && chars.len() - word.chars().count().min(chars.len()) < 6
    });
    repeats || runs || named
}

fn argon() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, ROUNDS, 1, None)
        .map_err(|error| Error::Internal(format!("argon2: {error}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Hashes a password with a fresh salt.
pub(super) fn hash(ports: &Ports, password: &str) -> Result<String> {
    let mut salt = [0; 16];
    ports.random.fill(&mut salt);
    let hash = argon()?
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|error| Error::Internal(format!("argon2: {error}")))?;
    Ok(hash.to_string())
}

/// True when the password is the hashed one. Without a hash the same work is done for nothing, so
/// that the time does not tell whether there is an account.
pub(super) fn matches(hash: Option<&str>, password: &str) -> Result<bool> {
    let Some(text) = hash else {
        let mut out = [0; 32];
        argon()?
            .hash_password_into(password.as_bytes(), b"nobody has this!", &mut out)
            .map_err(|error| Error::Internal(format!("argon2: {error}")))?;
        return Ok(false);
    };
    let parsed = PasswordHash::new(text)
        .map_err(|error| Error::Internal(format!("a stored password hash: {error}")))?;
    Ok(argon()?.verify_password(password.as_bytes(), &parsed).is_ok())
}

#[cfg(test)]
mod tests {
    use super::rules;

    #[test]
    fn weak_passwords_are_refused_with_the_reason() {
        let cases = [
            ("short", Some("too_short")),
            ("짧은암호", Some("too_short")),
            ("Password1234", Some("common")),
            ("aaaaaaaaaaaaaa", Some("common")),
            ("abcabcabcabcabc", Some("common")),
            ("123456789012345", Some("common")),
            ("kim.minji2026", Some("common")),
            ("correct horse battery", None),
            ("열두 글자가 넘는 긴 암호입니다", None),
        ];
        for (password, code) in cases {
            let found = rules("password", password, &["kim.minji"]);
            assert_eq!(found.first().map(|it| it.code), code, "{password}");
        }
        assert_eq!(rules("password", &"x y".repeat(50), &[])[0].code, "too_long");
    }
}
