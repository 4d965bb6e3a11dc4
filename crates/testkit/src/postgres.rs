//! A PostgreSQL server of the test's own: a directory, a free port, ended with the value.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A running server. Dropping it ends the server and deletes its files.
pub struct Postgres {
    server: Child,
    port: u16,
    bin: PathBuf,
    dir: TempDir,
    databases: AtomicU32,
}

/// Why there is no server.
#[derive(Debug)]
pub struct Missing(String);

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Missing {}

const INSTALL: &str =
    "install PostgreSQL 15 or newer (Debian: `apt-get install -y postgresql`), then repeat";

impl Postgres {
    /// Makes a cluster in a directory of its own and starts it on a free port.
    pub fn start() -> Result<Postgres, Missing> {
        Postgres::start_with(|_, _| Ok(()))
    }

    /// A server that refuses clear text, with a certificate for 127.0.0.1 of an authority of its own.
    ///
    /// # Panics
    /// When PostgreSQL or `openssl` is missing.
    pub fn encrypted() -> Postgres {
        match Postgres::start_with(encrypt) {
            Ok(started) => started,
            Err(missing) => panic!("{missing}"),
        }
    }

    /// The certificate (PEM) of the authority of an encrypted server.
    pub fn authority(&self) -> PathBuf {
        self.dir.path().join("authority.pem")
    }

    fn start_with(
        prepare: impl FnOnce(&Path, Option<&str>) -> Result<(), Missing>,
    ) -> Result<Postgres, Missing> {
        let bin =
            binaries().ok_or_else(|| Missing(format!("PostgreSQL is not here: {INSTALL}")))?;
        let dir = TempDir::with_prefix("roadbook-pg-")
            .map_err(|error| Missing(format!("no temporary directory: {error}")))?;
        let user = unprivileged_user()?;
        if let Some(user) = user {
            // PostgreSQL refuses to run as root; the other user needs the directory.
            run(Command::new("chown").arg(user).arg(dir.path()))?;
        }
        let data = dir.path().join("data");
        run(as_user(user, &bin.join("initdb"), dir.path())
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C"])
            .arg("--pgdata")
            .arg(&data))?;
        prepare(dir.path(), user)?;
        let port = free_port()?;
        let server = as_user(user, &bin.join("postgres"), dir.path())
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"])
            .arg("-c")
            .arg(format!("unix_socket_directories={}", dir.path().display()))
            .args(["-c", "max_connections=200", "-c", "shared_buffers=32MB"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| Missing(format!("starting postgres: {error}")))?;
        let mut started = Postgres { server, port, bin, dir, databases: AtomicU32::new(0) };
        started.wait_until_ready()?;
        Ok(started)
    }

    /// Starts a server, or ends the test with what must be installed.
    ///
    /// # Panics
    /// When PostgreSQL is missing or does not start.
    pub fn required() -> Postgres {
        match Postgres::start() {
            Ok(started) => started,
            Err(missing) => panic!("{missing}"),
        }
    }

    /// The server that the tests of this process share; it ends with the last of them.
    pub fn shared() -> Arc<Postgres> {
        static RUNNING: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        running.upgrade().unwrap_or_else(|| {
            let started = Arc::new(Postgres::required());
            *running = Arc::downgrade(&started);
            started
        })
    }

    /// The URL of a fresh, empty database.
    ///
    /// # Panics
    /// When the server refuses to make one.
    pub fn database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::SeqCst) + 1);
        let made = run(Command::new(self.bin.join("createdb")).args([
            "-h",
            "127.0.0.1",
            "-p",
            &self.port.to_string(),
            "-U",
            "postgres",
            &name,
        ]));
        if let Err(error) = made {
            panic!("{error}");
        }
        self.url(&name)
    }

    /// Ends every connection to a database, as a restart of the server or a broken line does.
    ///
    /// # Panics
    /// When the server refuses.
    pub fn end_connections(&self, url: &str) {
        let name = url.rsplit('/').next().unwrap_or_default();
        let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let port = self.port.to_string();
        let args = ["-X", "-q", "-h", "127.0.0.1", "-p", &port, "-U", "postgres", "-d", name];
        if let Err(error) = run(Command::new(self.bin.join("psql")).args(args).args(["-c", sql])) {
            panic!("{error}");
        }
    }

    /// The URL of a database by its name.
    pub fn url(&self, name: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{name}", self.port)
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a process outside is waited for, and time here decides nothing"
    )]
    fn wait_until_ready(&mut self) -> Result<(), Missing> {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let ready = Command::new(self.bin.join("pg_isready"))
                .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
                .status();
            if ready.is_ok_and(|status| status.success()) {
                return Ok(());
            }
            if let Ok(Some(status)) = self.server.try_wait() {
                return Err(Missing(format!("postgres ended at once ({status})")));
            }
            if Instant::now() > deadline {
                return Err(Missing("postgres was not ready within 30 s".into()));
            }
            // Another process is waited for: there is no event to listen to.
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT asks for a fast shutdown. `runuser` passes no signals on, so the server itself is
        // told, by the number in its lock file.
        let pid = std::fs::read_to_string(self.dir.path().join("data/postmaster.pid"))
            .ok()
            .and_then(|text| text.lines().next().map(str::to_owned));
        if let Some(pid) = pid {
            let _ = Command::new("kill").args(["-INT", &pid]).status();
        } else {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
    }
}

/// Makes an authority and a certificate of the server, and shuts the way in clear text.
fn encrypt(dir: &Path, user: Option<&str>) -> Result<(), Missing> {
    let openssl = |args: &[&str]| run(as_user(user, Path::new("openssl"), dir).args(args));
    let make = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let authority = ["-days", "2", "-subj", "/CN=test authority", "-keyout", "authority.key"];
    openssl(&[&make[..], &authority, &["-out", "authority.pem"]].concat())?;
    let server = ["-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
    let signed = ["-addext", "basicConstraints=critical,CA:FALSE", "-CA", "authority.pem"];
    let out = ["-CAkey", "authority.key", "-keyout", "data/server.key", "-out", "data/server.crt"];
    openssl(&[&make[..], &server, &signed, &out].concat())?;
    let write = |file: &str, text: &str| {
        // Truncated, not replaced: the file stays the other user's.
        std::fs::write(dir.join("data").join(file), text)
            .map_err(|error| Missing(format!("writing {file}: {error}")))
    };
    write("pg_hba.conf", "hostssl all all 127.0.0.1/32 trust\nhostnossl all all all reject\n")?;
    let path = dir.join("data/postgresql.auto.conf");
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    write("postgresql.auto.conf", &format!("{known}ssl = on\n"))
}

/// The newest installed server.
fn binaries() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            let bin = entry.path().join("bin");
            bin.join("initdb").exists().then_some((version, bin))
        })
        .collect();
    found.sort();
    found.pop().map(|(_, bin)| bin).or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).find(|dir| dir.join("initdb").exists())
    })
}

/// Whom to run the server as: nobody special unless we are root.
fn unprivileged_user() -> Result<Option<&'static str>, Missing> {
    let output = Command::new("id").arg("-u").output();
    let root = output.is_ok_and(|output| output.stdout.starts_with(b"0\n"));
    if !root {
        return Ok(None);
    }
    ["postgres", "nobody"]
        .into_iter()
        .find(|user| {
            let mut id = Command::new("id");
            id.arg(user).stdout(Stdio::null()).stderr(Stdio::null());
            id.status().is_ok_and(|status| status.success())
        })
        .map(Some)
        .ok_or_else(|| Missing(format!("no user to run PostgreSQL as: {INSTALL}")))
}

fn as_user(user: Option<&str>, program: &Path, dir: &Path) -> Command {
    let mut command = match user {
        None => Command::new(program),
        Some(user) => {
            let mut command = Command::new("runuser");
            command.args(["-u", user, "--"]).arg(program);
            command
        }
    };
    command.current_dir(dir);
    command
}

fn free_port() -> Result<u16, Missing> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| Missing(format!("no free port: {error}")))
}

fn run(command: &mut Command) -> Result<(), Missing> {
    let shown = format!("{command:?}");
    let output = command.output().map_err(|error| Missing(format!("{shown}: {error}")))?;
    if output.status.success() {
        Ok(())
    } else {
        Err(Missing(format!("{shown}: {}", String::from_utf8_lossy(&output.stderr))))
    }
}
