//! The example program: its four versions are packages, and their hooks do what they say, twice.

use crate::roadbook::Home;
use roadbook_core::package::{FileEntry, Hook, Manifest};
use roadbook_wire::package::{Reader, Sink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Unpacks a package into a folder.
struct Folder(PathBuf, Option<std::fs::File>);

impl Sink for Folder {
    fn file(&mut self, entry: &FileEntry) -> std::io::Result<()> {
        let path = self.0.join(&entry.path);
        std::fs::create_dir_all(path.parent().expect("a parent"))?;
        let file = std::fs::File::create(&path)?;
        if entry.executable {
            use std::os::unix::fs::PermissionsExt as _;
            file.set_permissions(std::fs::Permissions::from_mode(0o755))?;
        }
        self.1 = Some(file);
        Ok(())
    }
    fn bytes(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        std::io::Write::write_all(self.1.as_mut().expect("a file"), bytes)
    }
    fn done(&mut self, _: &FileEntry) -> std::io::Result<()> {
        self.1 = None;
        Ok(())
    }
}

/// A site as an agent keeps one: versions side by side, data, backups, a link.
struct Site {
    home: Home,
    port: u16,
    locale: &'static str,
}

impl Site {
    fn unpack(&self, version: &str) -> Manifest {
        let package = self.home.path(&format!("out/ledger-{version}.rbpkg"));
        let file = std::fs::File::open(package).expect("built");
        let folder = Folder(self.home.path(&format!("versions/{version}")), None);
        let mut folder = folder;
        Reader::open(file).expect("a package").files(&mut folder).expect("whole")
    }

    fn switch(&self, version: &str) {
        let link = self.home.path("current");
        let _ = std::fs::remove_file(&link);
        std::os::unix::fs::symlink(self.home.path(&format!("versions/{version}")), link)
            .expect("linked");
    }

    fn run(&self, version: &str, from: &str, hook: &Hook) -> (bool, String) {
        let folder = self.home.path(&format!("versions/{version}"));
        let mut child = Command::new(folder.join(&hook.argv[0]))
            .args(&hook.argv[1..])
            .current_dir(&folder)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("ROADBOOK_PRODUCT", "ledger")
            .env("ROADBOOK_VERSION", version)
            .env("ROADBOOK_FROM", from)
            .env("ROADBOOK_DATA", self.home.path("data"))
            .env("ROADBOOK_BACKUP", self.home.path(&format!("backups/{version}")))
            .env("ROADBOOK_CURRENT", self.home.path("current"))
            .env("PARAM_PORT", self.port.to_string())
            .env("PARAM_LOCALE", self.locale)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut out = child.stdout.take().expect("its output");
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut text = String::new();
            let _ = std::io::Read::read_to_string(&mut out, &mut text);
            let _ = tell.send(text);
        });
        let text = told.recv_timeout(Duration::from_secs(u64::from(hook.timeout)));
        if text.is_err() {
            let _ = child.kill();
        }
        let ended = child.wait().expect("it ends");
        (ended.success(), text.unwrap_or_else(|_| "cut off".to_owned()))
    }

    /// All hooks up to the switch, each twice; the first failure ends it.
    fn install(&self, version: &str, from: &str) -> Result<Manifest, String> {
        let manifest = self.unpack(version);
        let hooks = &manifest.hooks;
        let before =
            [&hooks.readiness, &hooks.backup, &hooks.install, &hooks.configure, &hooks.migrate];
        let twice = |hook: &Hook| {
            for _ in 0..2 {
                let (good, text) = self.run(version, from, hook);
                if !good {
                    return Err(text);
                }
            }
            Ok(())
        };
        before.into_iter().flatten().try_for_each(twice)?;
        self.switch(version);
        hooks.verify.iter().map(|check| &check.hook).try_for_each(twice)?;
        Ok(manifest)
    }

    fn back(&self, version: &str, from: &str, manifest: &Manifest) {
        self.switch(from);
        let hook = manifest.hooks.rollback.as_ref().expect("a way back");
        for _ in 0..2 {
            let (good, text) = self.run(version, from, hook);
            assert!(good, "{text}");
        }
    }

    fn health(&self) -> serde_json::Value {
        let url = format!("http://127.0.0.1:{}/health", self.port);
        let ask = "import sys,urllib.request as u; print(u.urlopen(sys.argv[1]).read().decode())";
        let out = Command::new("python3").args(["-c", ask, &url]).output().expect("python runs");
        serde_json::from_slice(&out.stdout).unwrap_or_default()
    }

    fn data(&self) -> String {
        std::fs::read_to_string(self.home.path("data/ledger.json")).expect("data")
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // The service was started by hooks; its number is where it says.
        let pid = std::fs::read_to_string(self.home.path("data/ledger.pid")).unwrap_or_default();
        if !pid.is_empty() {
            let _ = Command::new("kill").arg(pid).status();
        }
    }
}

fn built(locale: &'static str) -> Site {
    let home = Home::new();
    let out = home.path("out");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/ledger/build.sh");
    let ended = Command::new(script)
        .arg(&out)
        .env("ROADBOOK", env!("CARGO_BIN_EXE_roadbook"))
        .output()
        .expect("it runs");
    assert!(ended.status.success(), "{ended:?}");
    let port = roadbook_testkit::ports::free();
    Site { home, port, locale }
}

// proves: S4c-10/A S4c-11/A
#[test]
fn all_four_versions_are_built_signed_and_whole() {
    let site = built("en");
    for (version, over) in
        [("1.0.0", "none"), ("2.0.0", "1.0.0"), ("3.0.0", "2.0.0"), ("4.0.0", "2.0.0")]
    {
        let file = format!("out/ledger-{version}.rbpkg");
        let args = [
            "package",
            "verify",
            &file,
            "--key",
            "out/release.pub",
            "--over",
            over,
            "--platform",
            "linux/x86_64",
        ];
        let ended = site.home.run(&args);
        assert_eq!(ended.code, 0, "{ended:?}");
        let shown = site.home.run(&["package", "inspect", &file]);
        assert!(shown.out.contains("entries made since the update"), "{shown:?}");
    }
}

// proves: S4h-04/U
#[test]
fn the_data_are_migrated_once_and_come_back_with_the_former_version() {
    let site = built("fr");
    site.install("1.0.0", "").expect("version 1");
    let (old, health) = (site.data(), site.health());
    assert_eq!((&health["version"], &health["entries"]), (&"1.0.0".into(), &3.into()));
    assert_eq!(health["sum_cents"], 67_945);
    let two = site.install("2.0.0", "1.0.0").expect("version 2");
    let health = site.health();
    assert_eq!((&health["version"], &health["schema"]), (&"2.0.0".into(), &2.into()));
    assert_eq!(health["sum_cents"], 67_945);
    site.back("2.0.0", "1.0.0", &two);
    assert_eq!((site.data(), &site.health()["version"]), (old, &"1.0.0".into()));
    // Forward again, under a new action with a new backup.
    std::fs::remove_dir_all(site.home.path("backups/2.0.0")).expect("removed");
    site.install("2.0.0", "1.0.0").expect("version 2 again");
    // Version 3 does not know how people write numbers here.
    let why = site.install("3.0.0", "2.0.0").expect_err("its check fails");
    assert!(why.contains("/total answers 500"), "{why}");
    site.back("3.0.0", "2.0.0", &site.unpack("3.0.0"));
    assert_eq!(site.health()["version"], "2.0.0");
    let why = site.install("4.0.0", "2.0.0").expect_err("it hangs");
    assert_eq!(why, "cut off");
    site.back("4.0.0", "2.0.0", &site.unpack("4.0.0"));
    assert_eq!(site.health()["version"], "2.0.0");
    // A migration that would lose something stops and leaves the data as they are.
    let broken = r#"{"schema": 1, "entries": [{"id": 1, "note": "x", "amount": "a lot"}]}"#;
    std::fs::write(site.home.path("data/ledger.json"), broken).expect("written");
    let migrate = site.unpack("2.0.0").hooks.migrate.expect("a migration");
    let (good, text) = site.run("2.0.0", "1.0.0", &migrate);
    assert!(!good && text.contains("`a lot` is no amount"), "{text}");
    assert_eq!(site.data(), broken);
}

#[test]
fn a_site_with_a_known_locale_takes_version_3() {
    let site = built("vi");
    site.install("2.0.0", "").expect("version 2");
    site.install("3.0.0", "2.0.0").expect("version 3");
    assert_eq!(site.health()["version"], "3.0.0");
}
