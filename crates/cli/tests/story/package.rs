//! What a site installs: the file that was approved, after it was approved, and nothing else.

use crate::case::Case;
use roadbook_store::record;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::path::Path;
use tempfile::TempDir;

const RIGHT: &[u8] = b"the approved build";

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Two files at a site, and the sign-in of whoever installs.
pub struct Files(TempDir);

impl Case {
    /// The release says which file it ships; the approvals sign it.
    pub async fn packages_are_named(&self) {
        let path = format!("/api/v1/releases/{}", self.release);
        let name =
            |sha256: &str| json!({ "packages": [{ "name": "erp.tar.gz", "sha256": sha256 }] });
        let manager = "project_manager";
        let wrong = self.office.call(manager, "PUT", &path, &name("abc")).await;
        assert_eq!(wrong.status, 422, "{}", wrong.json());
        self.office.must(manager, "PUT", &path, name(&digest(RIGHT))).await;
    }

    /// Asks the program as somebody at a site does, before they install.
    async fn ask(&self, files: &Files, file: &str) -> (i32, String) {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_roadbook"));
        let server = format!("http://{}", self.office.address);
        command.current_dir(files.0.path()).env("HOME", files.0.path());
        command.args(["--server", &server, "--token-file", "token", "release", "check-package"]);
        command.args([self.release.as_str(), file]);
        let ended = command.output().await.unwrap();
        let told = [ended.stdout, ended.stderr].concat();
        (ended.status.code().unwrap(), String::from_utf8(told).unwrap())
    }

    pub async fn nothing_is_installed_before_approval(&self) -> Files {
        let files = Files(TempDir::new().unwrap());
        let write = |name: &str, bytes: &[u8]| std::fs::write(files.path().join(name), bytes);
        write("right.tar.gz", RIGHT).unwrap();
        write("wrong.tar.gz", b"another build").unwrap();
        write("token", self.office.token("release_manager").as_bytes()).unwrap();
        let (code, told) = self.ask(&files, "right.tar.gz").await;
        assert!(code == 3 && told.contains("not open yet"), "{code} {told}");
        files
    }

    pub async fn only_what_was_approved_is_installed(&self, files: Files) {
        std::fs::write(files.path().join("token"), self.office.token("release_manager")).unwrap();
        let (code, told) = self.ask(&files, "wrong.tar.gz").await;
        assert!(code == 3 && told.contains("no package of"), "{code} {told}");
        let (code, told) = self.ask(&files, "right.tar.gz").await;
        assert!(code == 0 && told.contains("erp.tar.gz"), "{code} {told}");
        let report = |sha256: String| {
            json!({
                "site": self.office.sites[0], "outcome": "installed", "evidence": "seen again",
                "package": sha256,
            })
        };
        let foreign = report(digest(b"another build"));
        let manager = "release_manager";
        self.refused(manager, "POST", "deployments", foreign, (409, "unknown_package")).await;
        self.must(manager, "POST", "deployments", report(digest(RIGHT))).await;
        // The record says which file it was.
        let stream = format!("release/{}", self.release);
        let store = self.office.world.app.store();
        let entries = record::stream_page(store, &stream, 0, 1_000).await.unwrap();
        let named =
            |it: &&record::Recorded| String::from_utf8_lossy(&it.bytes).contains(&digest(RIGHT));
        assert_eq!(entries.iter().filter(named).count(), 1);
    }
}

impl Files {
    fn path(&self) -> &Path {
        self.0.path()
    }
}
