//! A running release goes over to the revision of its process that is in force, on the command
//! line: what it changes for whom is read first, and every refusal is met on the way.

use crate::office::Office;
use roadbook_testkit::postgres::Postgres;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Somebody signs before the approver does.
const AGREE: &str = r#"  [[phase.step]]
  id = "agree"
  kind = "approval"
  title = { en = "Agree", ko = "동의", vi = "Đồng ý", zh = "同意" }
  description = { en = "The tester agrees.", ko = "테스터가 동의합니다.", vi = "Người kiểm thử đồng ý.", zh = "测试人员同意。" }
  role = "tester"
  after = ["test"]
  needs = ["release_plan"]
  rejected = "plan"
  effort = "15min"
  expires = { after = "3d", then = "escalate" }

"#;
const APPROVE: &str = "  [[phase.step]]\n  id = \"approve\"";

/// An office whose people work on the command line.
struct Desk {
    office: Office,
    home: TempDir,
    release: String,
}

impl Desk {
    async fn run(&self, who: &str, args: &[&str]) -> (i32, String) {
        let token = self.home.path().join(who);
        std::fs::write(&token, self.office.token(who)).unwrap();
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_roadbook"));
        command.current_dir(self.home.path()).env("HOME", self.home.path());
        command.args(["--server", &format!("http://{}", self.office.address)]);
        command.args(["--token-file", who]).args(args);
        let ended = command.output().await.unwrap();
        let told = [ended.stdout, ended.stderr].concat();
        (ended.status.code().unwrap(), String::from_utf8(told).unwrap())
    }

    async fn ok(&self, who: &str, args: &[&str]) -> String {
        let (code, told) = self.run(who, args).await;
        assert_eq!(code, 0, "{who} {args:?}: {told}");
        told
    }

    /// `release migrate` of the release, which ends with this code and tells all of this.
    async fn migrate(&self, who: &str, options: &[&str], code: i32, told: &[&str]) {
        let args = [&["release", "migrate", self.release.as_str()], options].concat();
        let (ended, text) = self.run(who, &args).await;
        assert_eq!(ended, code, "{who} {args:?}: {text}");
        for word in told {
            assert!(text.contains(word), "{who} {args:?} tells `{word}`: {text}");
        }
    }

    async fn publish(&self, text: &str, note: &str) {
        std::fs::write(self.home.path().join("next.toml"), text).unwrap();
        self.ok("admin", &["process", "publish", "next.toml", "--note", note]).await;
    }

    async fn detail(&self) -> Value {
        let path = format!("/api/v1/releases/{}", self.release);
        self.office.must("admin", "GET", &path, Value::Null).await
    }

    async fn state(&self, step: &str) -> String {
        let detail = self.detail().await;
        let steps = detail["steps"].as_array().unwrap();
        let found = steps.iter().find(|it| it["id"] == step);
        found.unwrap_or_else(|| panic!("{step}: {detail}"))["state"].as_str().unwrap().to_owned()
    }
}

/// A release of the starter process whose approval is asked for.
async fn tested(url: Option<String>) -> Desk {
    let mut office = Office::open(url, &["release_lead", "tester", "approver"]).await;
    office.sign_in("admin").await;
    let mut desk = Desk { office, home: TempDir::new().unwrap(), release: String::new() };
    let new =
        ["release", "new", "--product", "erp", "--version", "V1.0.0.0001", "--title", "봄 배포"];
    desk.ok("admin", &new).await;
    let rows = desk.office.must("admin", "GET", "/api/v1/releases", Value::Null).await;
    desk.release =
        rows["rows"][0]["number"].as_str().unwrap_or_else(|| panic!("{rows}")).to_owned();
    desk.ok("admin", &["release", "start", &desk.release]).await;
    let path = |rest: &str| format!("/api/v1/releases/{}/{rest}", desk.release);
    let text = json!({ "text": "# Plan\n\n## Changes\n\nA\n\n## The way back\n\nB\n" });
    desk.office.must("release_lead", "PUT", &path("documents/release_plan"), text).await;
    desk.ok("release_lead", &["done", &desk.release, "plan"]).await;
    let yes = json!({ "yes": true });
    desk.office.must("tester", "PUT", &path("steps/test/checks/works"), yes).await;
    desk.ok("tester", &["done", &desk.release, "test"]).await;
    assert_eq!(desk.state("approve").await, "active");
    desk
}

async fn story(url: Option<String>) {
    let desk = Box::pin(tested(url)).await;
    desk.migrate("admin", &[], 3, &["[migration_same_revision]"]).await;
    let first = desk.ok("admin", &["process", "export", "starter/release"]).await;
    assert!(first.contains(APPROVE));
    let second = first.replacen(APPROVE, &format!("{AGREE}{APPROVE}"), 1).replacen(
        "role = \"approver\"\n  after = [\"test\"]",
        "role = \"approver\"\n  after = [\"agree\"]",
        1,
    );
    desk.publish(&second, "the tester agrees first").await;

    // Looking changes nothing, and whoever only works in the release does not look.
    desk.migrate("tester", &[], 5, &["[denied]"]).await;
    let told = ["agree", "comes new", "now waits for agree", "tester", "the tester agrees first"];
    desk.migrate("admin", &[], 0, &told).await;
    assert_eq!(desk.detail().await["process"], "starter/release@1");
    assert_eq!(desk.state("approve").await, "active");
    desk.migrate("admin", &["--to", "9", "--reason", "x"], 3, &["[migration_no_such_revision]"])
        .await;
    desk.migrate("admin", &["--reason", "우리 새 절차"], 0, &[]).await;
    assert_eq!(desk.detail().await["process"], "starter/release@2");
    for (step, state) in [("test", "done"), ("agree", "active"), ("approve", "foreseen")] {
        assert_eq!(desk.state(step).await, state, "{step}");
    }

    // Only what is in force is moved to: not what held before, nor what was overtaken.
    desk.migrate("admin", &[], 3, &["[migration_same_revision]"]).await;
    let third = second.replacen("effort = \"2h\"", "effort = \"3h\"", 1);
    desk.publish(&third, "tests take longer").await;
    desk.publish(&third.replacen("\"3h\"", "\"4h\"", 1), "and longer").await;
    for revision in ["1", "3"] {
        let told = ["[migration_not_in_force]", "revision 4 is"];
        desk.migrate("admin", &["--to", revision], 3, &told).await;
    }
    desk.migrate("admin", &["--reason", "the longer tests"], 0, &[]).await;
    assert_eq!(desk.detail().await["process"], "starter/release@4");
    assert_eq!(desk.state("agree").await, "active", "who was asked stays asked");
    let cancel = format!("/api/v1/releases/{}/cancel", desk.release);
    desk.office.must("admin", "POST", &cancel, json!({ "reason": "no longer wanted" })).await;
    desk.migrate("admin", &[], 3, &["[migration_over]"]).await;
    let checkup = desk.office.world.app.health(&desk.office.world.admin().await).await.unwrap();
    assert!(checkup.findings.is_empty(), "{:?}", checkup.findings);
}

// proves: S2-02/A
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_goes_over_on_sqlite() {
    story(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_goes_over_on_postgres() {
    story(Some(Postgres::shared().database())).await;
}
