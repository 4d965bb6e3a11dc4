//! Configuration: flag, then environment, then file, then default; every value knows where it
//! came from.

use crate::exit::{Code, Failure};
use clap::Args;
use roadbook_store::Location;
use roadbook_web::http::client::Network;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Options of every sub-command that opens the store.
#[derive(Args, Clone, Debug, Default)]
pub struct StoreArgs {
    /// Data directory
    #[arg(long, env = "ROADBOOK_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// `sqlite` (in the data directory) or `postgres://…`
    #[arg(long, env = "ROADBOOK_DATABASE", value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
    /// Configuration file
    #[arg(long, env = "ROADBOOK_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Options of the server itself.
#[derive(Args, Clone, Debug, Default)]
pub struct ServerArgs {
    /// Address and port; port 0 takes a free one
    #[arg(long, env = "ROADBOOK_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
    /// How people reach it, for links: `https://roadbook.example.org`
    #[arg(long, env = "ROADBOOK_BASE_URL", value_name = "URL")]
    pub base_url: Option<String>,
    /// Proxies that say who asks (`X-Forwarded-For`): addresses or networks, with commas between
    #[arg(long, env = "ROADBOOK_TRUSTED_PROXIES", value_name = "LIST", value_delimiter = ',')]
    pub trusted_proxies: Option<Vec<String>>,
    /// How often agents come while there is nothing to do, in seconds: 5 to 86400
    #[arg(long, env = "ROADBOOK_POLL_SECONDS", value_name = "SECONDS")]
    pub poll_seconds: Option<u32>,
}

/// The file, all of it optional.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileConfig {
    /// Data directory.
    pub data: Option<PathBuf>,
    /// Database.
    pub database: Option<String>,
    /// Address to listen on.
    pub listen: Option<SocketAddr>,
    /// Where it is reached from outside.
    pub base_url: Option<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Option<Vec<String>>,
    /// How often agents come, in seconds.
    pub poll_seconds: Option<u32>,
    /// Mail.
    #[serde(default)]
    pub mail: MailFile,
}

/// The mail section.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailFile {
    /// `smtp://host:port`, `smtps://…`.
    pub url: Option<String>,
    /// Sender.
    pub from: Option<String>,
    /// File with the password.
    pub password_file: Option<PathBuf>,
    /// File (PEM) with the certificate of an authority to trust besides the public ones.
    pub ca: Option<PathBuf>,
}

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Flag or environment.
    Given,
    /// Configuration file.
    File,
    /// Default.
    Default,
}

/// The configuration in force.
#[derive(Clone, Debug)]
pub struct Config {
    /// Data directory.
    pub data: PathBuf,
    /// Database, as configured.
    pub database: String,
    /// Address.
    pub listen: SocketAddr,
    /// Where it is reached.
    pub base_url: Option<String>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// How often agents come while there is nothing to do, in seconds.
    pub poll_seconds: u32,
    /// Mail.
    pub mail: MailFile,
    /// The file that was read, if there was one.
    pub file: Option<PathBuf>,
    /// Origins by key.
    pub origins: Vec<(&'static str, Origin)>,
}

const KEYS: [&str; 11] = [
    "data",
    "database",
    "listen",
    "base_url",
    "trusted_proxies",
    "poll_seconds",
    "mail",
    "url",
    "from",
    "password_file",
    "ca",
];

/// The address that nobody else can reach.
pub const LISTEN_DEFAULT: &str = "127.0.0.1:8400";

/// How often agents come unless the operator says otherwise, and what may be said.
const POLL_DEFAULT: u32 = 300;
const POLL_BOUNDS: std::ops::RangeInclusive<u32> = 5..=86_400;

fn candidates(args: &StoreArgs) -> (Vec<PathBuf>, bool) {
    if let Some(file) = &args.config {
        return (vec![file.clone()], true);
    }
    let home = std::env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".config")));
    let mut list: Vec<PathBuf> =
        home.into_iter().map(|dir| dir.join("roadbook/config.toml")).collect();
    list.push(PathBuf::from("/etc/roadbook/config.toml"));
    (list, false)
}

fn read_file(args: &StoreArgs) -> Result<(FileConfig, Option<PathBuf>), Failure> {
    let (list, required) = candidates(args);
    for path in list {
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(_) if !required => continue,
            Err(error) => {
                let what = format!("cannot read `{}`: {error}", path.display());
                return Err(Failure::new(Code::Usage, what));
            }
        };
        let config = toml::from_str(&text).map_err(|error| {
            let message = error.message().to_owned();
            let failure = Failure::new(Code::Usage, format!("`{}`: {message}", path.display()));
            match nearest_key(&message) {
                Some(key) => failure.hint(format!("did you mean `{key}`?")),
                None => failure,
            }
        })?;
        return Ok((config, Some(path)));
    }
    Ok((FileConfig::default(), None))
}

/// The known key that is nearest to an unknown one.
fn nearest_key(message: &str) -> Option<&'static str> {
    let unknown = message.strip_prefix("unknown field `")?.split('`').next()?;
    roadbook_core::process::finding::nearest(unknown, KEYS)
        .and_then(|it| KEYS.into_iter().find(|key| *key == it))
}

fn data_default() -> PathBuf {
    let base = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".local/share")));
    base.unwrap_or_else(|| PathBuf::from("/var/lib")).join("roadbook")
}

/// An address for links: with its scheme, without a slash at its end.
fn public_address(text: &str) -> Result<String, Failure> {
    let bare = text.trim().trim_end_matches('/');
    let host = bare.strip_prefix("https://").or_else(|| bare.strip_prefix("http://"));
    if host.is_some_and(|it| !it.is_empty() && !it.contains(char::is_whitespace)) {
        return Ok(bare.to_owned());
    }
    Err(Failure::new(Code::Usage, format!("`base_url`: `{text}` is no address"))
        .hint("write it like https://roadbook.example.org"))
}

fn networks(list: &[String]) -> Result<Vec<Network>, Failure> {
    let texts = list.iter().map(|it| it.trim()).filter(|it| !it.is_empty());
    texts
        .map(|it| {
            it.parse()
                .map_err(|error| Failure::new(Code::Usage, format!("`trusted_proxies`: {error}")))
        })
        .collect()
}

fn poll_seconds(given: Option<u32>) -> Result<u32, Failure> {
    let seconds = given.unwrap_or(POLL_DEFAULT);
    if POLL_BOUNDS.contains(&seconds) {
        return Ok(seconds);
    }
    let (least, most) = (POLL_BOUNDS.start(), POLL_BOUNDS.end());
    let what = format!("`poll_seconds`: {seconds} is not between {least} and {most}");
    Err(Failure::new(Code::Usage, what)
        .hint("300 is usual; shorter finds new orders sooner, longer spares the network"))
}

impl Config {
    /// Reads the configuration for a sub-command that only opens the store.
    pub fn of_store(args: &StoreArgs) -> Result<Config, Failure> {
        Config::load(args, &ServerArgs::default())
    }

    /// Reads the configuration; flags and environment win over the file.
    pub fn load(args: &StoreArgs, server: &ServerArgs) -> Result<Config, Failure> {
        let (file, path) = read_file(args)?;
        let mut origins = Vec::new();
        let mut note = |key, given: bool, in_file: bool| {
            let origin = match (given, in_file) {
                (true, _) => Origin::Given,
                (false, true) => Origin::File,
                (false, false) => Origin::Default,
            };
            origins.push((key, origin));
        };
        note("data", args.data.is_some(), file.data.is_some());
        note("database", args.database.is_some(), file.database.is_some());
        note("listen", server.listen.is_some(), file.listen.is_some());
        note("base_url", server.base_url.is_some(), file.base_url.is_some());
        let (given, in_file) = (&server.trusted_proxies, &file.trusted_proxies);
        note("trusted_proxies", given.is_some(), in_file.is_some());
        note("poll_seconds", server.poll_seconds.is_some(), file.poll_seconds.is_some());
        note("mail.url", false, file.mail.url.is_some());
        let proxies = server.trusted_proxies.clone().or(file.trusted_proxies).unwrap_or_default();
        let base_url = server.base_url.clone().or(file.base_url);
        let fixed = || {
            LISTEN_DEFAULT
                .parse()
                .map_err(|_| Failure::new(Code::Failed, "the default address is no address"))
        };
        Ok(Config {
            data: args.data.clone().or(file.data).unwrap_or_else(data_default),
            database: args.database.clone().or(file.database).unwrap_or_else(|| "sqlite".into()),
            listen: match server.listen.or(file.listen) {
                Some(listen) => listen,
                None => fixed()?,
            },
            base_url: base_url.map(|it| public_address(&it)).transpose()?,
            trusted_proxies: networks(&proxies)?,
            poll_seconds: poll_seconds(server.poll_seconds.or(file.poll_seconds))?,
            mail: file.mail,
            file: path,
            origins,
        })
    }

    /// Where the store lies.
    pub fn location(&self) -> Result<Location, Failure> {
        if self.database == "sqlite" {
            Ok(Location::Sqlite(self.data.clone()))
        } else if self.database.starts_with("postgres://")
            || self.database.starts_with("postgresql://")
        {
            Ok(Location::Postgres(self.database.clone(), self.data.clone()))
        } else {
            Err(Failure::new(Code::Usage, "`database` is neither `sqlite` nor `postgres://…`"))
        }
    }

    fn proxies_text(&self) -> String {
        let list: Vec<String> = self.trusted_proxies.iter().map(ToString::to_string).collect();
        if list.is_empty() { "none".into() } else { list.join(", ") }
    }

    /// The configuration as text, with origins; secrets never appear.
    pub fn show(&self) -> String {
        let redacted = match self.database.split_once('@') {
            Some((_, host)) => format!("postgres://…@{host}"),
            None => self.database.clone(),
        };
        let values = [
            ("data", self.data.display().to_string()),
            ("database", redacted),
            ("listen", self.listen.to_string()),
            (
                "base_url",
                self.base_url.clone().unwrap_or_else(|| format!("http://{}", self.listen)),
            ),
            ("trusted_proxies", self.proxies_text()),
            ("poll_seconds", self.poll_seconds.to_string()),
            ("mail.url", self.mail.url.clone().unwrap_or_else(|| "none: mail waits".into())),
        ];
        let mut text = String::new();
        for (key, value) in values {
            let origin = self.origins.iter().find(|it| it.0 == key).map(|it| it.1);
            let origin = match origin {
                Some(Origin::Given) => "flag or environment",
                Some(Origin::File) => "file",
                _ => "default",
            };
            text.push_str(&format!("{key} = {value}  # {origin}\n"));
        }
        text
    }
}

/// An empty directory that only its owner can enter.
pub fn make_private(dir: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(|error| {
        Failure::new(Code::Failed, format!("cannot make `{}`: {error}", dir.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_names_the_nearest() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("c.toml");
        std::fs::write(&path, "lisen = '127.0.0.1:1'").expect("written");
        let args = StoreArgs { config: Some(path), ..StoreArgs::default() };
        let failure = Config::of_store(&args).expect_err("refused");
        assert_eq!(failure.code, Code::Usage);
        assert_eq!(failure.hints, ["did you mean `listen`?"]);
    }

    #[test]
    fn a_flag_wins_over_the_file_and_secrets_do_not_show() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("c.toml");
        let text = "database = 'postgres://me:secret@db/x'\nlisten = '127.0.0.1:1'\n";
        std::fs::write(&path, text).expect("written");
        let args = StoreArgs { config: Some(path), ..StoreArgs::default() };
        let listen = "127.0.0.1:2".parse().expect("an address");
        let server = ServerArgs { listen: Some(listen), ..ServerArgs::default() };
        let config = Config::load(&args, &server).expect("read");
        assert_eq!(config.listen, listen);
        assert!(!config.show().contains("secret"));
        assert!(config.show().contains("listen = 127.0.0.1:2  # flag or environment"));
    }

    #[test]
    fn the_rhythm_of_agents_has_bounds() {
        for (given, wanted) in
            [(None, Some(300)), (Some(5), Some(5)), (Some(86_400), Some(86_400)), (Some(4), None)]
        {
            let server = ServerArgs { poll_seconds: given, ..ServerArgs::default() };
            let dir = tempfile::tempdir().expect("a directory");
            let path = dir.path().join("c.toml");
            std::fs::write(&path, "").expect("written");
            let args = StoreArgs { config: Some(path), ..StoreArgs::default() };
            let config = Config::load(&args, &server);
            assert_eq!(config.ok().map(|it| it.poll_seconds), wanted, "{given:?}");
        }
        let over = "poll_seconds = 86401\n";
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("c.toml");
        std::fs::write(&path, over).expect("written");
        let args = StoreArgs { config: Some(path), ..StoreArgs::default() };
        let failure = Config::of_store(&args).expect_err("refused");
        assert_eq!(failure.code, Code::Usage);
    }
}
