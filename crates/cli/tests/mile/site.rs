//! A site with the real agent and the real ledger.

use crate::proxy::Proxy;
use crate::roadbook::Home;
use roadbook_testkit::ports;
use roadbook_testkit::process::Running;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The program at sites lies beside this one; the suite builds it first.
fn program() -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_roadbook")).with_file_name("roadbook-agent");
    assert!(path.exists(), "build it first: cargo build -p roadbook-agent");
    path
}

/// A site.
pub struct Site {
    pub key: String,
    pub port: u16,
    pub proxy: Option<Proxy>,
    home: Home,
    small: Option<Small>,
    agent: Option<Running>,
}

/// A disk that is small: a file system of its own where the machine allows it, else a limit for
/// what the agent may write.
enum Small {
    Disk(PathBuf),
    Limit,
}

impl Site {
    pub fn new(key: &str, proxy: Option<Proxy>, small: bool) -> Site {
        let mut site = Site {
            key: key.to_owned(),
            port: ports::free(),
            proxy,
            home: Home::new(),
            small: None,
            agent: None,
        };
        std::fs::create_dir(site.dir()).expect("made");
        if small {
            site.small = Some(site.small_disk());
        }
        site
    }

    fn small_disk(&self) -> Small {
        let mount = ["-t", "tmpfs", "-o", "size=96m", "tmpfs"];
        let done = Command::new("mount").args(mount).arg(self.dir()).stderr(Stdio::null()).status();
        if done.is_ok_and(|it| it.success()) { Small::Disk(self.dir()) } else { Small::Limit }
    }

    pub fn dir(&self) -> PathBuf {
        self.home.path("agent")
    }

    fn app(&self, rest: &str) -> PathBuf {
        self.dir().join("apps/ledger").join(rest)
    }

    fn command(&self, limited: bool) -> Command {
        let mut command = if limited {
            let mut command = Command::new("sh");
            // The signal is not wanted: writing fails, as on a disk that is full.
            command.args(["-c", "trap '' XFSZ; ulimit -f 24; exec \"$0\" \"$@\""]);
            command.arg(program());
            command
        } else {
            Command::new(program())
        };
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("ROADBOOK_AGENT_DATA", self.dir());
        command
    }

    pub fn call(&self, args: &[&str]) -> Output {
        self.command(false).args(args).stdin(Stdio::null()).output().expect("it starts")
    }

    /// The one line that an operator pastes.
    pub fn enroll(&self, server: &str, token: &str, director: &str, release: &str) {
        let url = self.proxy.as_ref().map_or(server, |it| &it.url);
        let line =
            ["enroll", url, "--token", token, "--director-key", director, "--release-key", release];
        let out = self.call(&line);
        assert!(out.status.success(), "{}: {out:?}", self.key);
    }

    fn run_with(&mut self, limited: bool) {
        assert!(self.agent.is_none(), "{}: it runs already", self.key);
        let mut command = self.command(limited);
        command.args(["run", "--every", "1"]);
        self.agent = Some(Running::spawn(command));
    }

    /// Starts the agent.
    pub fn start(&mut self) {
        self.run_with(false);
    }

    /// Ends the agent as an operator does.
    pub fn stop(&mut self) {
        assert!(self.agent.take().expect("it runs").terminate().success(), "{}", self.key);
    }

    /// Ends the agent as a power cut does.
    pub fn kill(&mut self) {
        self.agent.take().expect("it runs").kill();
    }

    /// Wakes the agent: it asks at once. One that has said nothing yet does not listen either, and
    /// the signal would end it.
    pub fn wake(&self) {
        let Some(agent) = self.agent.as_ref().filter(|it| !it.log().is_empty()) else { return };
        let id = agent.id().to_string();
        let _ = Command::new("kill").args(["-HUP", &id]).status();
    }

    /// Fills the disk but for so many bytes, and starts the agent.
    pub fn start_without_room(&mut self, left: u64) {
        let limited = match self.small.as_ref().expect("a small disk") {
            Small::Limit => true,
            Small::Disk(at) => {
                let mut ballast = std::fs::File::create(at.join("ballast")).expect("made");
                let piece = [7; 4096];
                while ballast.write_all(&piece).is_ok() {}
                drop(ballast);
                // Room for what the agent remembers, not for a package.
                let file = std::fs::OpenOptions::new().write(true).open(at.join("ballast"));
                let file = file.expect("opened");
                let full = file.metadata().expect("known").len();
                file.set_len(full.saturating_sub(left)).expect("cut");
                false
            }
        };
        self.run_with(limited);
    }

    /// Makes room again.
    pub fn make_room(&mut self) {
        if let Some(Small::Disk(at)) = &self.small {
            std::fs::remove_file(at.join("ballast")).expect("was there");
        } else {
            self.stop();
            self.start();
        }
        self.wake();
    }

    /// What the agent remembers; it is replaced as a whole, so that it can be read at any time.
    pub fn journal(&self) -> Value {
        let text = std::fs::read(self.dir().join("journal.json")).expect("a journal");
        serde_json::from_slice(&text).expect("whole at any time")
    }

    /// Where the agent is with an order of this version; none when it has none.
    pub fn stage(&self, version: &str) -> Option<String> {
        let journal = self.journal();
        let run = &journal["run"];
        if run["order"]["version"] != version {
            return None;
        }
        let stage = &run["stage"];
        let verify = stage.get("verify").map(|_| "verify");
        stage.as_str().or(verify).map(str::to_owned)
    }

    /// The version that is current.
    pub fn version(&self) -> Option<String> {
        let link = std::fs::read_link(self.app("current")).ok()?;
        Some(link.file_name()?.to_string_lossy().into_owned())
    }

    /// What the service says of itself.
    pub fn health(&self) -> Value {
        self.ask("GET", "/health", "")
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Value {
        let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", self.port)) else {
            return Value::Null;
        };
        let length = body.len();
        let head = format!("{method} {path} HTTP/1.0\r\ncontent-length: {length}\r\n\r\n{body}");
        let _ = stream.write_all(head.as_bytes());
        let mut text = String::new();
        let _ = stream.read_to_string(&mut text);
        let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        serde_json::from_str(body).unwrap_or_default()
    }

    /// Somebody at the site enters something.
    pub fn enter(&self, note: &str) {
        let body = format!(r#"{{"note": "{note}", "amount": "-3.20"}}"#);
        assert!(self.ask("POST", "/entries", &body)["id"].is_number(), "{}", self.key);
    }

    /// The site is whole: the version that is current has every file as it was signed, its service
    /// answers, and the data are of the form that this version reads. Gives the version.
    pub fn check(&self, what: &str) -> String {
        let at = format!("{what}, {}", self.key);
        let version = self.version().unwrap_or_else(|| panic!("{at}: no version is current"));
        let journal = self.journal();
        let installed = &journal["installed"]["ledger"];
        assert_eq!(installed["version"], *version, "{at}");
        for file in installed["manifest"]["files"].as_array().expect("files") {
            let path = file["path"].as_str().expect("a path");
            let bytes = std::fs::read(self.app("current").join(path)).unwrap_or_default();
            let sum = hex::encode(Sha256::digest(&bytes));
            assert_eq!(file["sha256"], *sum, "{at}: {path} of {version}");
        }
        let health = self.health();
        assert_eq!(health["version"], *version, "{at}: {health}");
        let schema = if version == "1.0.0" { 1 } else { 2 };
        assert_eq!(health["schema"], schema, "{at}: the data fit: {health}");
        let data = std::fs::read(self.app("data/ledger.json")).expect("data");
        let data: Value = serde_json::from_slice(&data).expect("whole");
        assert_eq!(data["schema"], schema, "{at}");
        version
    }

    /// What the agent finds when it looks at everything.
    pub fn doctor(&self) {
        let out = self.call(&["doctor"]);
        assert!(out.status.success(), "{}: {}", self.key, String::from_utf8_lossy(&out.stdout));
    }

    /// What it said.
    pub fn log(&self) -> String {
        self.agent.as_ref().map(Running::log).unwrap_or_default()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(self.agent.take());
        // The service was started by hooks; its number is where it says.
        let pid = std::fs::read_to_string(self.app("data/ledger.pid")).unwrap_or_default();
        if !pid.is_empty() {
            let _ = Command::new("kill").arg(pid).status();
        }
        if let Some(Small::Disk(at)) = &self.small {
            let _ = Command::new("umount").arg("-l").arg(at).status();
        }
    }
}
