//! The example organizations: each imports its lists, works by the processes of its family, and
//! tells in its own language how a release went, over HTTP and on both databases.

use crate::founded::{Cast, ENTERPRISE, PRODUCT, SAAS, SERVICE, VENDOR, town};
use crate::http;
use crate::own;
use crate::walk::acts::{Act, Acts as _, Who};
use crate::walk::{Script, Walk};
use crate::walking::Api;
use jiff::{SignedDuration, Timestamp};
use roadbook_app::sites::Outcome;
use roadbook_app::{About, PageAsk, ReleaseFilter, Scope};
use roadbook_core::ids::ReleaseId;
use roadbook_core::process::expr::Value as Fact;
use roadbook_core::run::{Answer, CloseCode, Command, MemberAct, Slot};
use roadbook_core::text::Lang;
use roadbook_testkit::postgres::Postgres;
use serde_json::json;

/// Walks a process of an organization to its end.
async fn walked(cast: &Cast, script: Script, url: Option<String>) -> String {
    let api = Api::over(town(cast, url).await).await;
    let mut walk = Walk::begin(api, script).await;
    walk.to_the_end().await;
    walk.tale.text().to_owned()
}

/// The run that a step called.
async fn called(walk: &Walk<Api>, step: &str) -> ReleaseId {
    let number = walk.view().await.context.calls[step].values().next().unwrap().number.clone();
    let filter = ReleaseFilter { about: About::Anything, ..ReleaseFilter::default() };
    let app = &walk.acts.town().world.app;
    let page = app.release_list(&Scope::all(), &filter, &PageAsk::first(50)).await.unwrap();
    page.rows.into_iter().find(|it| it.row.number == number).unwrap().row.id
}

/// What the first sites run.
async fn running(walk: &Walk<Api>) -> Vec<String> {
    let town = walk.acts.town();
    let admin = town.world.admin().await;
    let mut list = Vec::new();
    for site in &town.sites[..4] {
        let view = town.world.app.site_view(&admin, &site.id).await.unwrap();
        list.extend(view.versions.into_iter().map(|it| it.version));
    }
    list
}

/// A guide does not help, the issue turns out to be a serious defect, its hotfix goes to three
/// sites, and the issue closes with the last of them.
async fn mended(url: Option<String>) -> (String, String) {
    let api = Api::over(town(&VENDOR, url).await).await;
    let mut walk = Walk::begin(api, own::vendor_issue()).await;
    walk.until_open("guide_applied").await;
    walk.until_open("triage").await;
    walk.script.outcomes = own::DEFECT.to_vec();
    walk.until("emergency").await;
    walk.settle(4).await;
    let hotfix = called(&walk, "hotfix").await;
    let issue = walk.view().await.release;
    let aside = walk.turn_to(hotfix, own::vendor_hotfix());
    // What is known of the issue stands in the hotfix already, and it goes to the affected sites.
    let made = walk.view().await.release;
    assert_eq!(made.run.fields["issue"], Fact::Text(issue.number.clone()));
    assert_eq!(made.run.fields["base_version"], issue.run.fields["base_version"]);
    assert_eq!((made.version.as_str(), made.kind.as_str()), ("V3.0.2.0119", "hotfix"));
    assert_eq!((&made.product, made.sites), (&issue.product, 3));
    assert_eq!(made.mode.name(), "emergency");
    // Nothing is installed before it is tested and approved, nor verified before it is installed.
    let support = Who::person("support");
    let install = Act::Install { site: 0, outcome: Outcome::Installed };
    walk.must_not(&support, &install, "rollout_not_open").await;
    let verify = Command::Done { step: "verify".to_owned(), remark: String::new() };
    walk.must_not(&support, &Act::Run(verify), "not_yet").await;
    // A Wednesday at noon: there is no window to wait for.
    let start: Timestamp = "2026-01-07T03:00:00Z".parse().unwrap();
    let slot = Slot { start, end: start + SignedDuration::from_hours(48) };
    let set = Command::SetSlot { slot, reason: String::new(), pass_blocks: false };
    walk.must(&Who::person("release_lead"), &Act::Run(set)).await;
    walk.to_the_end().await;
    assert_eq!(running(&walk).await, ["V3.0.2.0119", "V3.0.2.0119", "V3.0.2.0119", "V2.8.0.0940"]);
    let told = walk.turn_back(aside);
    walk.settle(4).await;
    let members = async |walk: &Walk<Api>| {
        let apply = walk.view().await.release.run.steps["apply"].clone();
        let done = apply.members.values().filter(|it| it.state.is_terminal()).count();
        (done, apply.members.len())
    };
    assert_eq!(members(&walk).await, (0, 3));
    while members(&walk).await.0 < 2 {
        walk.go_on().await;
    }
    // Two of three sites are patched: the issue is not over.
    assert_eq!(walk.view().await.release.run.step_state("apply").name(), "active");
    let close = Command::Close { code: CloseCode::Success, remark: String::new() };
    walk.must_not(&Who::person("support"), &Act::Run(close), "not_closable").await;
    walk.to_the_end().await;
    assert_eq!(members(&walk).await, (3, 3));
    (walk.tale.text().to_owned(), told.text().to_owned())
}

fn mended_golden((issue, hotfix): &(String, String)) {
    golden("vendor_issue", issue);
    golden("vendor_hotfix", hotfix);
}

// proves: S0-09/E S0-38/E S4a-02/E
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_issue_becomes_a_hotfix_and_closes_site_by_site_on_sqlite() {
    mended_golden(&mended(None).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_issue_becomes_a_hotfix_and_closes_site_by_site_on_postgres() {
    let postgres = Postgres::shared();
    mended_golden(&mended(Some(postgres.database())).await);
}

/// Of two changes one is finished: the customer is invited to try that one, while the other is still
/// being developed; the other follows when it is there.
async fn invited(url: Option<String>) {
    let script = own::product("product/main", "main", "requirement_lead");
    let mut walk = Walk::begin(Api::over(town(&PRODUCT, url).await).await, script).await;
    walk.until_open("develop").await;
    let items = walk.view().await.release.items;
    let customer = walk.acts.town().cast["customer"].clone();
    let invitations = |walk: &Walk<Api>| -> Vec<String> {
        let sent = walk.acts.town().world.mailbox.sent.lock().unwrap();
        let own = sent.iter().filter(|it| it.to.starts_with(&customer));
        let lines = own.flat_map(|it| it.text.lines());
        let lines = lines.filter(|it| it.starts_with("- 客户试用变更："));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(invitations(&walk), Vec::<String>::new(), "nothing is finished");
    let mut invited = Vec::new();
    for item in &items {
        for (step, role, checks) in [
            ("develop", "developer", &["unit_tested", "checked_in"][..]),
            ("trial_build", "scm", &["installed"][..]),
        ] {
            let mut acts: Vec<MemberAct> = Vec::new();
            for check in checks {
                let (check, answer) = ((*check).to_owned(), Answer::YesNo(true));
                acts.push(MemberAct::Answer { check, answer, remark: String::new() });
            }
            acts.push(MemberAct::Done { remark: String::new() });
            for act in acts {
                let (step, member) = (step.to_owned(), item.id.clone());
                let act = Act::Run(Command::Member { step, member, act });
                walk.must(&Who::person(role), &act).await;
            }
        }
        // Letters wait for the morning.
        walk.acts.town().world.advance(SignedDuration::from_hours(16));
        walk.settle(4).await;
        invited.push(format!("- 客户试用变更：{}", item.title.show(Lang::Zh).0));
        assert_eq!(invitations(&walk), invited, "each is told when it is there");
    }
}

// proves: S4i-26/E
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customers_are_invited_change_by_change_on_sqlite() {
    invited(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customers_are_invited_change_by_change_on_postgres() {
    let postgres = Postgres::shared();
    invited(Some(postgres.database())).await;
}

/// The agent of a site says what its machine is; the list of what has to be there proposes it, and
/// too little does not pass although a machine said it.
async fn prefilled(url: Option<String>) {
    let script = own::readiness_production();
    let mut walk = Walk::begin(Api::over(town(&PRODUCT, url).await).await, script).await;
    walk.until("sizing").await;
    let (site, api) = (walk.acts.town().sites[0].key, &walk.acts);
    let manager = Who::person("project_manager");
    let shown = format!("/api/v1/releases/{}", walk.release);
    let before = api.call(&manager, "GET", &shown, &json!(null)).await.unwrap();
    assert!(before.get("reported").is_none(), "no agent stands there yet: {}", before["reported"]);
    let world = &api.town().world;
    let admin = world.admin().await;
    let made = world.app.agent_token(&admin, &api.town().sites[0].id).await.unwrap();
    let come = json!({ "token": made.secret, "program": "a client 1" });
    let told = http::send(api.address(), "POST", "/api/v1/agents/enroll", None, &[], Some(&come));
    let token = told.await.json()["token"].as_str().unwrap().to_owned();
    let door = format!("/DEFAULT/controller/v1/{site}/configData");
    let token = format!("TargetToken {token}");
    let facts = json!({
        "mode": "merge",
        "data": { "os": "Debian GNU/Linux 12", "memory": "131072 MiB", "rack": "B4" },
    });
    let head = [("authorization", token.as_str())];
    let kept = http::send(api.address(), "PUT", &door, None, &head, Some(&facts)).await;
    assert_eq!(kept.status, 200, "{}", kept.head);
    let after = api.call(&manager, "GET", &shown, &json!(null)).await.unwrap();
    let said = |value: &str| json!([{ "site": site, "value": value }]);
    let wanted = json!({ "os": said("Debian GNU/Linux 12"), "memory": said("131072 MiB") });
    assert_eq!(after["reported"], wanted, "what is asked for, and nothing else");
    // 131,072 MiB are less than the 256 GB that this system needs.
    let operator = Who::person("system_operator");
    let answer = |found: &str| {
        let (step, check) = ("hardware".to_owned(), "memory".to_owned());
        let answer = Answer::Found(found.to_owned());
        Act::Run(Command::Answer { step, check, answer, remark: String::new() })
    };
    walk.must(&operator, &answer("131072 MiB")).await;
    let done = Command::Done { step: "hardware".to_owned(), remark: String::new() };
    let open = walk.view().await.waiting;
    let open: Vec<_> = open.iter().filter(|it| it.0 == "hardware").flat_map(|it| &it.1).collect();
    assert!(format!("{open:?}").contains("memory"), "{open:?}");
    walk.must_not(&operator, &Act::Run(done), "not_yet").await;
    walk.must(&operator, &answer("262144 MiB")).await;
    let open = walk.view().await.waiting;
    let open: Vec<_> = open.iter().filter(|it| it.0 == "hardware").flat_map(|it| &it.1).collect();
    assert!(!format!("{open:?}").contains("memory"), "{open:?}");
}

// proves: S4a-11/E
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_fills_in_what_its_machine_is_on_sqlite() {
    prefilled(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_fills_in_what_its_machine_is_on_postgres() {
    let postgres = Postgres::shared();
    prefilled(Some(postgres.database())).await;
}

/// The story is the same on both databases.
fn golden(name: &str, text: &str) {
    insta::assert_snapshot!(name, text);
}

macro_rules! stories {
    ($($name:ident: $cast:expr, $script:expr;)+) => {
        mod on_sqlite {
            use super::*;

            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let text = walked(&$cast, $script, None).await;
                golden(stringify!($name), &text);
            })+
        }

        mod on_postgres {
            use super::*;

            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let postgres = Postgres::shared();
                let text = walked(&$cast, $script, Some(postgres.database())).await;
                golden(stringify!($name), &text);
            })+
        }
    };
}

stories! {
    vendor_release: VENDOR, own::vendor_release();
    small_team_release: VENDOR, own::small_team_release();
    saas_features: SAAS, own::saas_features();
    saas_fixes: SAAS, own::saas_fixes();
    saas_server: SAAS, own::saas_server();
    saas_month_plan: SAAS, own::month_plan();
    saas_leftover: SAAS, own::saas_leftover();
    enterprise_new_system: ENTERPRISE, own::enterprise_new_system();
    enterprise_upgrade: ENTERPRISE, own::enterprise_upgrade();
    enterprise_window_plan: ENTERPRISE, own::window_plan();
    service_release: SERVICE, own::service_release();
    service_failed_review: SERVICE, own::review("service/failed-review");
    service_monthly_report: SERVICE, own::review("service/monthly-report");
    service_yearly_review: SERVICE, own::review("service/yearly-review");
    service_system_plan: SERVICE, own::system_plan();
    service_improvement: SERVICE, own::improvement();
    product_main: PRODUCT, own::product("product/main", "main", "requirement_lead");
    product_patch: PRODUCT, own::product_patch();
    product_site: PRODUCT, own::product("product/site", "", "project_manager");
    readiness_production: PRODUCT, own::readiness_production();
    readiness_deployment: PRODUCT, own::product("readiness/deployment", "upgrade", "project_manager");
    development_project: PRODUCT, own::development_project();
    development_release: PRODUCT, own::development_release();
    configuration_change: PRODUCT, own::configuration_change();
    configuration_audit: PRODUCT, own::configuration_audit();
}
