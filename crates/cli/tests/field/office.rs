//! An organization as its lists describe it, on a server of its own.

use crate::http::{self, Answer};
use crate::roadbook::{Ended, Home, Serving};
use roadbook_testkit::mail::{Mail, MailSink, Tls};
use roadbook_testkit::ports;
use roadbook_testkit::tools;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

pub const PASSWORD: &str = "quiet harbor lamp";
/// What is planned in writing before a live system is upgraded.
pub const PLANS: [&str; 6] = [
    "overall_plan",
    "action_plan",
    "risk_plan",
    "rollback_plan",
    "verification_plan",
    "trial_run_plan",
];

/// One of the three organizations.
#[derive(Clone, Copy)]
pub struct Organization {
    pub name: &'static str,
    pub lang: &'static str,
    pub zone: &'static str,
    /// Products: key, name, scheme.
    pub products: [(&'static str, &'static str, &'static str); 2],
    /// The version that is released, of the first product.
    pub version: &'static str,
}

/// A row of a list by column name.
pub type Row = BTreeMap<String, String>;

/// The office.
pub struct Office {
    pub is: Organization,
    home: Home,
    serving: Option<Serving>,
    options: Vec<String>,
    pub url: String,
    port: u16,
    sink: Option<MailSink>,
    homes: BTreeMap<String, Home>,
    tokens: BTreeMap<String, String>,
    invited: Vec<String>,
    different: Vec<String>,
}

impl Office {
    /// An empty installation with its first person; the mail server is still down.
    pub fn open(is: Organization, database: Option<String>) -> Office {
        let home = Home::new();
        let port = ports::free();
        home.write("password", PASSWORD);
        home.write("clock", "2031-09-08T00:00:00Z");
        let config = format!(
            "[mail]\nurl = \"smtp://127.0.0.1:{port}\"\nfrom = \"Roadbook <roadbook@{}.example>\"\n",
            is.name
        );
        home.write("config.toml", &config);
        let mut options = vec!["--config".to_owned(), "config.toml".to_owned()];
        if let Some(url) = database {
            options.extend(["--database".to_owned(), url]);
        }
        let mut office = Office {
            is,
            home,
            serving: None,
            options,
            url: String::new(),
            port,
            sink: None,
            homes: BTreeMap::new(),
            tokens: BTreeMap::new(),
            invited: vec!["admin".to_owned()],
            different: Vec::new(),
        };
        let data = office.home.data();
        let mut init = vec![
            "init",
            "--data",
            &data,
            "--organization",
            is.name,
            "--language",
            is.lang,
            "--zone",
            is.zone,
            "--login",
            "admin",
            "--password-file",
            "password",
        ];
        init.extend(office.options.iter().map(String::as_str));
        let made = office.home.run(&init);
        assert_eq!(made.code, 0, "{made:?}");
        office.serve();
        office
    }

    fn serve(&mut self) {
        let mut options: Vec<&str> = self.options.iter().map(String::as_str).collect();
        options.extend(["--rehearsal-clock", "clock"]);
        let serving = Serving::start_with(&self.home, &options);
        self.url = serving.url.clone();
        self.serving = Some(serving);
    }

    /// Ends the server as an operator does, and looks into what it leaves.
    pub fn close(mut self) {
        let serving = self.serving.take().expect("it runs");
        assert_eq!(serving.stop(), 0);
        let data = self.home.data();
        let mut doctor = vec!["doctor", "--data", &data];
        doctor.extend(self.options.iter().map(String::as_str));
        let found = self.home.run(&doctor);
        assert_eq!(found.code, 0, "{found:?}");
        assert!(self.different.is_empty(), "{}", self.different.join("\n"));
    }

    /// The path of one of the organization's lists.
    pub fn list(&self, name: &str) -> String {
        let path: PathBuf = tools::root().join("tests/data").join(self.is.name);
        path.join(format!("{name}.csv")).display().to_string()
    }

    /// The rows of one of the organization's lists.
    pub fn rows(&self, name: &str) -> Vec<Row> {
        let mut reader = csv::Reader::from_path(self.list(name)).expect("a list");
        let heads: Vec<String> =
            reader.headers().expect("heads").iter().map(str::to_owned).collect();
        let row = |it: csv::StringRecord| {
            heads.iter().cloned().zip(it.iter().map(str::to_owned)).collect::<Row>()
        };
        reader.records().map(|it| row(it.expect("a row"))).collect()
    }

    /// A file of the administrator.
    pub fn file(&self, name: &str, text: &str) -> String {
        self.home.write(name, text)
    }

    /// Sets the clock; sessions that lasted too long are begun again when they are needed.
    pub fn at(&mut self, moment: &str) {
        self.home.write("clock", moment);
        self.tokens.clear();
    }

    /// Starts the mail server, or starts it again at the same place.
    pub fn mail_up(&mut self) {
        self.sink = Some(MailSink::start_at(self.port, Tls::None, None));
    }

    /// Mails that fit, once there are so many.
    pub fn mails(&mut self, count: usize, fits: impl Fn(&Mail) -> bool) -> Vec<Mail> {
        self.until("mails", |office| {
            let sink = office.sink.as_ref().expect("the mail server is up");
            let got: Vec<Mail> = sink.messages().into_iter().filter(|it| fits(it)).collect();
            (got.len() >= count).then_some(got)
        })
    }

    /// Signs somebody in on the command line, if they are not.
    fn sign_in(&mut self, who: &str) {
        if self.tokens.contains_key(who) {
            return;
        }
        if !self.invited.iter().any(|it| it == who) {
            let told = self.run("admin", &["people", "invite", who, "-q"]);
            assert_eq!(told.code, 0, "{told:?}");
            let link = told.out.trim().rsplit('/').next().expect("a token").to_owned();
            let chosen = json!({ "link": link, "password": PASSWORD });
            http::must(&self.url, "", "POST", "/password", &chosen);
            self.invited.push(who.to_owned());
        }
        let url = self.url.clone();
        let home = self.homes.entry(who.to_owned()).or_insert_with(Home::new);
        home.write("password", PASSWORD);
        let login = ["--server", &url, "login", who, "--password-file", "password"];
        let signed = home.run(&login);
        assert_eq!(signed.code, 0, "{signed:?}");
        let kept = std::fs::read(home.path(".config/roadbook/tokens.json")).expect("kept");
        let kept: Value = serde_json::from_slice(&kept).expect("json");
        let token = kept[&url].as_str().expect("a token").to_owned();
        self.tokens.insert(who.to_owned(), token);
    }

    /// Somebody runs a command.
    pub fn run(&mut self, who: &str, args: &[&str]) -> Ended {
        self.sign_in(who);
        let url = self.url.clone();
        let mut all = vec!["--server", url.as_str()];
        all.extend(args);
        self.homes[who].run(&all)
    }

    /// Somebody runs a command that must go well; its standard output.
    pub fn ok(&mut self, who: &str, args: &[&str]) -> String {
        let ended = self.run(who, args);
        assert_eq!(ended.code, 0, "{who} {args:?}: {ended:?} {:#?}", self.different);
        ended.out
    }

    /// Something is not as the story tells it; all of it is said at the end.
    pub fn differs(&mut self, what: String) {
        self.different.push(what);
    }

    /// Somebody runs a command that ends with this code and tells this.
    pub fn refused(&mut self, who: &str, args: &[&str], code: i32, told: &[&str]) {
        let ended = self.run(who, args);
        if ended.code != code || !told.iter().all(|it| ended.err.contains(it)) {
            self.differs(format!("{who} {args:?} {code} {told:?}: {ended:?}"));
        }
    }

    /// Somebody asks over HTTP.
    pub fn call(&mut self, who: &str, method: &str, path: &str, body: &Value) -> Answer {
        self.sign_in(who);
        http::api(&self.url, &self.tokens[who], method, path, body)
    }

    /// Somebody asks over HTTP, and it must go well.
    pub fn must(&mut self, who: &str, method: &str, path: &str, body: Value) -> Value {
        let answer = self.call(who, method, path, &body);
        let before = &self.different;
        assert!(answer.status < 300, "{who} {method} {path} {body}: {} {before:#?}", answer.text());
        answer.json()
    }

    /// Somebody asks with headers of their own.
    pub fn send(
        &mut self,
        who: &str,
        line: (&str, &str),
        head: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        self.sign_in(who);
        let bearer = format!("Bearer {}", self.tokens[who]);
        let mut all = vec![("authorization", bearer.as_str())];
        all.extend(head);
        http::send(&self.url, line.0, line.1, &all, body)
    }

    /// A page as somebody's browser gets it.
    pub fn page(&mut self, who: &str, path: &str) -> String {
        self.sign_in(who);
        let cookie = format!("roadbook={}", self.tokens[who]);
        let answer = http::send(&self.url, "GET", path, &[("cookie", &cookie)], b"");
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.text()
    }

    /// Waits until something is so, while the server works on its own.
    pub fn until<T>(&mut self, what: &str, look: impl Fn(&mut Office) -> Option<T>) -> T {
        for _ in 0..1800 {
            if let Some(found) = look(self) {
                return found;
            }
            std::thread::park_timeout(Duration::from_millis(100));
        }
        panic!("it never came: {what}")
    }

    /// How far a step of a release is; empty where there is no such step.
    pub fn step_state(&mut self, who: &str, number: &str, step: &str) -> String {
        let shown = self.must(who, "GET", &format!("/releases/{number}"), Value::Null);
        let mut steps = shown["steps"].as_array().expect("steps").iter();
        let found = steps.find(|it| it["id"] == step).and_then(|it| it["state"].as_str());
        found.unwrap_or_default().to_owned()
    }

    /// Somebody talks to every site. The server plans talks by itself: they are held as they come,
    /// until the step that asks for them is done.
    pub fn talk_to_sites(&mut self, who: &str, number: &str) {
        self.until("the talks with the sites", |office| {
            let talks = office.must(who, "GET", &format!("/releases/{number}/talks"), Value::Null);
            let open = |it: &&Value| it["done_at"].is_null();
            for talk in talks.as_array().expect("talks").iter().filter(open) {
                let id = talk["id"].as_str().expect("an id").replace('/', "%2F");
                let body = json!({ "channel": "phone", "notes": "ready", "readiness": "ready" });
                office.must(who, "POST", &format!("/talks/{id}/done"), body);
            }
            (office.step_state(who, number, "contacts") == "done").then_some(())
        });
    }
}

/// Who does what, by the lists of the organization.
pub fn enterprise_roles() -> Value {
    json!({
        "project_manager": ["pm1"], "system_owner": ["owner1"], "business_department": ["business.head"],
        "application_development": ["appdev.head"], "user_representative": ["sales.head"],
        "infrastructure": ["infra.head"], "customer_service_director": ["service.director"],
        "application_systems_director": ["apps.head"], "service_desk": ["support.head"],
        "second_line": ["support2"], "pmo": ["pmo.head"], "release_manager": ["release.manager"],
        "it_head": ["it.head"],
    })
}
