//! Opens the store and puts the use cases over it.

use crate::config::{Config, make_private};
use crate::exit::{Code, Failure};
use crate::mail::{MailConfig, NoMailer, SmtpMailer};
use crate::ports::{Files, OsRandom, SystemClock};
use roadbook_app::ports::{Clock, Mailer, Ports, Random as _};
use roadbook_app::{App, Settings};
use roadbook_store::{OpenOptions, Store, StoreError};
use std::sync::Arc;

/// How a store is opened now, on this machine.
pub fn options() -> OpenOptions {
    OpenOptions::new(SystemClock.now(), Arc::new(|buffer: &mut [u8]| OsRandom.fill(buffer)))
}

/// Opens the store of a configuration; its directory belongs to its owner alone.
pub async fn store(config: &Config, unsafe_durability: bool) -> Result<Store, Failure> {
    make_private(&config.data)?;
    let options = OpenOptions { unsafe_durability, ..options() };
    Ok(Store::open(&config.location()?, &options).await?)
}

/// Opens a store that must be there already.
pub async fn existing(config: &Config) -> Result<Store, Failure> {
    if config.database == "sqlite" && !config.data.join("roadbook.db").exists() {
        let what = format!("there is no installation in `{}`", config.data.display());
        return Err(Failure::new(Code::NotFound, what)
            .hint("name its directory with --data, or make one with `roadbook init`"));
    }
    store(config, false).await
}

/// The mailer of a configuration.
pub fn mailer(config: &Config, clock: Arc<dyn Clock>) -> Result<Arc<dyn Mailer>, Failure> {
    let Some(url) = &config.mail.url else { return Ok(Arc::new(NoMailer)) };
    let url = match &config.mail.password_file {
        Some(path) => {
            let password = std::fs::read_to_string(path).map_err(|error| {
                let what = format!("cannot read `mail.password_file` {}: {error}", path.display());
                Failure::new(Code::Usage, what)
            })?;
            with_password(url, password.trim_end_matches(['\r', '\n']))
        }
        None => url.clone(),
    };
    let from = config.mail.from.clone().unwrap_or_else(|| "Roadbook <roadbook@localhost>".into());
    let ca_pem = match &config.mail.ca {
        Some(path) => Some(std::fs::read(path).map_err(|error| {
            let what = format!("cannot read `mail.ca` {}: {error}", path.display());
            Failure::new(Code::Usage, what)
        })?),
        None => None,
    };
    let mailer = SmtpMailer::new(&MailConfig { url, from, ca_pem }, clock)
        .map_err(|error| Failure::new(Code::Usage, error.to_string()))?;
    Ok(Arc::new(mailer))
}

/// Puts a password behind the user of a URL.
fn with_password(url: &str, password: &str) -> String {
    let encoded: String = password
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                (byte as char).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    match url.split_once('@') {
        Some((user, host)) => format!("{user}:{encoded}@{host}"),
        None => url.to_owned(),
    }
}

/// The use cases with the ports of the real world.
pub fn app(store: Store, config: &Config, base_url: String) -> Result<App, Failure> {
    app_at(store, config, base_url, Arc::new(SystemClock))
}

/// The same with another clock.
pub fn app_at(
    store: Store,
    config: &Config,
    base_url: String,
    clock: Arc<dyn Clock>,
) -> Result<App, Failure> {
    let ports = Ports {
        clock: clock.clone(),
        random: Arc::new(OsRandom),
        processes: Arc::new(Files),
        mailer: mailer(config, clock)?,
    };
    let mail_from = config.mail.from.clone().unwrap_or_else(|| "roadbook@localhost".into());
    let settings = Settings { base_url, mail_from, organization: String::new(), demo: false };
    Ok(App::new(store, ports, settings))
}

/// Adds what now to what the store says.
pub fn explain(error: StoreError) -> Failure {
    let failure = Failure::from(error.clone());
    match error {
        StoreError::Locked { .. } => failure,
        StoreError::Unavailable(_) => failure.hint("check `database` with `roadbook config show`"),
        _ => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::with_password;

    #[test]
    fn a_password_with_signs_does_not_break_the_url() {
        let url = with_password("starttls://me%40x.example@mail.example:587", "a:b/@ ß");
        assert_eq!(url, "starttls://me%40x.example:a%3Ab%2F%40%20%C3%9F@mail.example:587");
    }
}
