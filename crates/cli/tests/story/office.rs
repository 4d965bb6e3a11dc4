//! An office: a server with people who hold the roles of a process, each signed in.

use crate::http::{self, Answer};
use crate::world::{PASSWORD, World};
use jiff::{SignedDuration, Timestamp};
use roadbook_core::access::Scope;
use roadbook_core::ids::{PersonId, SiteId};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// The office.
pub struct Office {
    pub world: World,
    pub address: SocketAddr,
    tokens: BTreeMap<String, String>,
    pub people: BTreeMap<String, PersonId>,
    pub sites: Vec<SiteId>,
}

impl Office {
    /// Opens an office in which somebody holds each of the roles; who holds the role `x` signs in
    /// as `x`.
    pub async fn open(url: Option<String>, roles: &[&str]) -> Office {
        let world = World::on(url).await;
        world.app.process_seed().await.unwrap();
        world.app.calendar_seed("Asia/Shanghai").await.unwrap();
        world.product("erp").await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = roadbook_web::router(world.app.clone(), roadbook_web::WebOptions::default());
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        let mut office = Office {
            world,
            address,
            tokens: BTreeMap::new(),
            people: BTreeMap::new(),
            sites: Vec::new(),
        };
        let desk = office.world.unit("运维部", "department", &office.world.root.clone()).await;
        for role in roles {
            let system = if *role == "project_manager" || *role == "release_manager" {
                "manager"
            } else {
                "member"
            };
            let grants = [(*role, Scope::All), (system, Scope::All)];
            let person = office.world.person(role, &desk, &grants).await;
            office.people.insert((*role).to_owned(), person);
            office.sign_in(role).await;
        }
        office
    }

    /// Signs somebody in over HTTP, after they have chosen a password by their link.
    pub async fn sign_in(&mut self, login: &str) {
        if let Some(person) = self.people.get(login) {
            let admin = self.world.admin().await;
            let secret = self.world.app.invite(&admin, person).await.unwrap().secret.unwrap();
            self.world.app.password_set(&secret, PASSWORD).await.unwrap();
        }
        self.sign_in_again(login).await;
    }

    /// Signs in again without the wire: thirty sign-ins a minute come from one address at most.
    async fn sign_in_again(&mut self, login: &str) {
        let from = roadbook_app::auth::SignInContext::default();
        let (token, _) = self.world.app.sign_in(login, PASSWORD, from).await.unwrap();
        self.tokens.insert(login.to_owned(), token);
    }

    /// Signs in over HTTP.
    pub async fn sign_in_over_http(&mut self, login: &str) {
        let body = json!({ "login": login, "password": PASSWORD });
        let answer =
            http::send(self.address, "POST", "/api/v1/session", None, &[], Some(&body)).await;
        assert_eq!(answer.status, 200, "{login}: {:?}", answer.json());
        let token = answer.json()["token"].as_str().unwrap().to_owned();
        self.tokens.insert(login.to_owned(), token);
    }

    /// The token of somebody's session.
    pub fn token(&self, who: &str) -> &str {
        &self.tokens[who]
    }

    /// A site that the office looks after.
    pub async fn site(&mut self, key: &str, zone: &str, lang: &str) {
        let input = roadbook_app::sites::SiteInput {
            key: key.to_owned(),
            name: key.to_owned(),
            unit: Some(self.world.root.clone()),
            customer: String::new(),
            zone: zone.to_owned(),
            lang: lang.to_owned(),
            address: String::new(),
            class: String::new(),
            update_authority: String::new(),
            tags: Vec::new(),
            active: true,
            ..roadbook_app::sites::SiteInput::default()
        };
        let made = self.world.app.site_create(&self.world.admin().await, input).await.unwrap();
        self.sites.push(SiteId::parse(&made.id).unwrap());
    }

    /// Proves somebody again, for signatures.
    pub async fn step_up(&self, who: &str) {
        let body = json!({ "password": PASSWORD });
        let answer = self.call(who, "POST", "/api/v1/session/step-up", &body).await;
        assert_eq!(answer.status, 200, "{who}: {:?}", answer.json());
    }

    /// A call with a new key.
    pub async fn call(&self, who: &str, method: &str, path: &str, body: &Value) -> Answer {
        self.call_with(who, method, path, body, &http::key()).await
    }

    /// A call with a key.
    pub async fn call_with(
        &self,
        who: &str,
        method: &str,
        path: &str,
        body: &Value,
        key: &str,
    ) -> Answer {
        let token = self.tokens.get(who).map(String::as_str);
        let headers = [("idempotency-key", key)];
        let body = (method != "GET").then_some(body);
        http::send(self.address, method, path, token, &headers, body).await
    }

    /// A call that must go well.
    pub async fn must(&self, who: &str, method: &str, path: &str, body: Value) -> Value {
        let answer = self.call(who, method, path, &body).await;
        assert!(
            answer.status < 300,
            "{who} {method} {path} {body}: {} {}",
            answer.status,
            answer.json()
        );
        answer.json()
    }

    /// A call that must be refused with this status and code.
    pub async fn refused(
        &self,
        who: &str,
        method: &str,
        path: &str,
        body: Value,
        expected: (u16, &str),
    ) -> Value {
        let answer = self.call(who, method, path, &body).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            expected,
            "{who} {method} {path}: {}",
            answer.json()
        );
        answer.json()
    }

    /// Sets the clock; everybody signs in again when that took longer than a session lasts.
    pub async fn at(&mut self, moment: &str) {
        let to: Timestamp = moment.parse().unwrap();
        self.world.clock.set(to);
        self.world.app.tick().await.unwrap();
        let everybody: Vec<String> = self.tokens.keys().cloned().collect();
        for login in everybody {
            self.sign_in_again(&login).await;
        }
    }

    /// Lets the reconcilers work until they rest.
    pub async fn settle(&self) {
        for _ in 0..4 {
            self.world.app.tick().await.unwrap();
            self.world.advance(SignedDuration::from_secs(30));
        }
    }
}
