//! A small organization on a real server; everybody has a home and a token of their own.

use crate::http::{must, send};
use crate::roadbook::{Ended, Home, Serving};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const PASSWORD: &str = "quiet harbor lamp";

/// The organization.
pub struct Team {
    pub serving: Serving,
    homes: BTreeMap<String, Home>,
    tokens: BTreeMap<String, String>,
}

impl Team {
    /// An installation in which `admin` may do everything, and each of `roles` is held by somebody
    /// who signs in under its name.
    pub fn start(roles: &[&str]) -> Team {
        let home = Home::new();
        let password = home.write("password", PASSWORD);
        let data = home.data();
        let made = home.run(&[
            "init",
            "--data",
            &data,
            "--organization",
            "한바다",
            "--login",
            "admin",
            "--password-file",
            &password,
            "--zone",
            "Asia/Seoul",
        ]);
        assert_eq!(made.code, 0, "{made:?}");
        let serving = Serving::start(&home);
        let mut team = Team { serving, homes: BTreeMap::new(), tokens: BTreeMap::new() };
        team.homes.insert("admin".to_owned(), home);
        team.sign_in("admin");
        for role in roles {
            team.join(role);
        }
        team
    }

    fn url(&self) -> String {
        self.serving.url.clone()
    }

    /// Somebody new, who chooses a password by the link and signs in.
    fn join(&mut self, role: &str) {
        let person = json!({
            "login": role, "name": format!("김 {role}"), "email": format!("{role}@x.example"),
            "lang": "ko", "zone": "Asia/Seoul",
        });
        let made = self.ask("admin", "POST", "/people", &person);
        let id = made["id"].as_str().expect("an id");
        for role in [role, "member"] {
            let grant = json!({ "role": role, "scope": "all" });
            self.ask("admin", "POST", &format!("/people/{id}/roles"), &grant);
        }
        let told = self.ask("admin", "POST", &format!("/people/{id}/invite"), &json!({}));
        let chosen = json!({ "link": told["secret"], "password": PASSWORD });
        must(&self.url(), "", "POST", "/password", &chosen);
        self.homes.insert(role.to_owned(), Home::new());
        self.sign_in(role);
    }

    fn sign_in(&mut self, who: &str) {
        let home = &self.homes[who];
        let password = home.write("password", PASSWORD);
        let signed = self.run(who, &["login", who, "--password-file", &password]);
        assert_eq!(signed.code, 0, "{signed:?}");
        assert!(signed.out.is_empty(), "messages go to standard error: {signed:?}");
        let kept = std::fs::read_to_string(home.path(".config/roadbook/tokens.json"));
        let kept: Value = serde_json::from_str(&kept.expect("kept")).expect("json");
        let token = kept[self.url()].as_str().expect("a token").to_owned();
        self.tokens.insert(who.to_owned(), token);
    }

    /// Somebody runs a command.
    pub fn run(&self, who: &str, args: &[&str]) -> Ended {
        let url = self.url();
        let mut all = vec!["--server", url.as_str()];
        all.extend(args);
        self.homes[who].run(&all)
    }

    /// Somebody runs a command that must go well; its standard output.
    pub fn ok(&self, who: &str, args: &[&str]) -> String {
        let ended = self.run(who, args);
        assert_eq!(ended.code, 0, "{who} {args:?}: {ended:?}");
        ended.out
    }

    /// Somebody runs a command that answers with JSON.
    pub fn json(&self, who: &str, args: &[&str]) -> Value {
        let mut all = args.to_vec();
        all.extend(["-o", "json"]);
        serde_json::from_str(&self.ok(who, &all)).expect("json")
    }

    /// Somebody runs a command that ends with this code and tells this.
    pub fn refused(&self, who: &str, args: &[&str], code: i32, told: &[&str]) {
        let ended = self.run(who, args);
        assert_eq!(ended.code, code, "{who} {args:?}: {ended:?}");
        for text in told {
            assert!(ended.err.contains(text), "{who} {args:?} tells `{text}`: {}", ended.err);
        }
    }

    /// What has no sub-command.
    pub fn ask(&self, who: &str, method: &str, path: &str, body: &Value) -> Value {
        must(&self.url(), &self.tokens[who], method, path, body)
    }

    /// What is only done on a page: its form, sent as a browser sends it.
    pub fn form(&self, who: &str, path: &str, fields: &str) {
        let bearer = format!("Bearer {}", self.tokens[who]);
        let mut head = vec![("authorization", bearer.as_str())];
        let page = send(&self.url(), "GET", path, &head, b"").text();
        let guard = page.split("name=\"csrf\" value=\"").nth(1).and_then(|it| it.split('"').next());
        let body = format!("{fields}&csrf={}", guard.expect("a form with its guard"));
        head.push(("content-type", "application/x-www-form-urlencoded"));
        let answer = send(&self.url(), "POST", path, &head, body.as_bytes());
        assert_eq!(answer.status, 303, "{path}: {}", answer.text());
    }

    /// A file in somebody's home.
    pub fn file(&self, who: &str, name: &str, text: &str) -> String {
        self.homes[who].write(name, text)
    }

    /// Somebody's password file.
    pub fn password(&self, who: &str) -> String {
        self.homes[who].path("password").display().to_string()
    }
}
