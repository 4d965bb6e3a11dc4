//! An example organization as a story needs it: imported, with its people, places and roles.

use crate::example::{self, Files};
use crate::walk::town::{Town, TownSite};
use crate::world::{PASSWORD, World, bare_on};
use jiff::tz::TimeZone;
use roadbook_app::PageAsk;
use roadbook_app::auth::SignInContext;
use roadbook_app::sites::SiteListFilter;
use std::collections::BTreeMap;

/// Who of an organization applies, stands in, and has nothing to do with it.
pub struct Cast {
    name: &'static str,
    applicant: &'static str,
    deputy: &'static str,
    outsider: &'static str,
}

pub const VENDOR: Cast = Cast {
    name: "vendor",
    applicant: "lee.hanna",
    deputy: "shin.donghyuk",
    outsider: "baek.yerin",
};

pub const SAAS: Cast = Cast {
    name: "saas",
    applicant: "tran.khanhvy",
    deputy: "nguyen.tuankiet",
    outsider: "ho.bichloan",
};

pub const ENTERPRISE: Cast = Cast {
    name: "enterprise",
    applicant: "hoang.thukieu",
    deputy: "thai.quoctoan",
    outsider: "phung.thihanh",
};

pub const SERVICE: Cast = Cast {
    name: "service",
    applicant: "shao.mingrui",
    deputy: "ge.tianlang",
    outsider: "bian.wenxin",
};

pub const PRODUCT: Cast =
    Cast { name: "product", applicant: "kang.shulan", deputy: "ouyang.ming", outsider: "pu.yaqin" };

/// A name that lives as long as the tests.
pub fn kept(text: &str) -> &'static str {
    text.to_owned().leak()
}

/// The organization as a story needs it.
pub async fn town(cast: &Cast, url: Option<String>) -> Town {
    let files: &Files = example::find(cast.name).unwrap();
    let organization = files.read().unwrap();
    let (app, clock, mailbox, dir) = bare_on(url).await;
    files.import(&app, PASSWORD.to_owned()).await.unwrap();
    let login = &organization.admin.login;
    let (_, admin) = app.sign_in(login, PASSWORD, SignInContext::default()).await.unwrap();
    let root = admin.person.unit.clone();
    let world = World { app, clock, mailbox, admin, root, _dir: dir };
    let admin = world.admin().await;
    let key = &organization.product[0].key;
    let mut town = Town {
        product: world.app.product_find(&admin.actor, key).await.unwrap(),
        zone: TimeZone::get(&organization.zone).unwrap(),
        people: BTreeMap::new(),
        cast: BTreeMap::new(),
        names: BTreeMap::new(),
        roles: BTreeMap::new(),
        units: BTreeMap::new(),
        sites: Vec::new(),
        world,
    };
    for person in files.people().unwrap() {
        let id = town.world.app.person_find(&person.login).await.unwrap();
        let roles: Vec<String> = person.roles().map(str::to_owned).collect();
        for role in &roles {
            town.cast.entry(role.clone()).or_insert(person.login.clone());
        }
        town.roles.insert(person.login.clone(), roles);
        town.names.insert(person.login.clone(), person.name);
        town.people.insert(person.login, id);
    }
    for (role, login) in
        [("applicant", cast.applicant), ("deputy", cast.deputy), ("outsider", cast.outsider)]
    {
        town.cast.insert(role.to_owned(), login.to_owned());
    }
    places(&mut town).await;
    town.world.advance(jiff::SignedDuration::from_hours(1));
    town
}

/// Its departments, sites and their contacts.
async fn places(town: &mut Town) {
    let app = town.world.app.clone();
    let admin = town.world.admin().await;
    let scope = app.scope_for(&admin.actor).await.unwrap();
    for key in ["sales", "operations"] {
        let id = app.unit_find(key).await.unwrap();
        let shown = app.unit_list(&scope).await.unwrap();
        let unit = shown.into_iter().find(|it| it.id == id).unwrap();
        town.names.insert(format!("unit/{key}"), unit.name);
        town.units.insert(key.to_owned(), id);
    }
    let filter = SiteListFilter::default();
    let list = app.site_list(&scope, &filter, &PageAsk::first(100)).await.unwrap();
    for row in list.rows {
        let key = kept(&row.site.key);
        let view = app.site_view(&admin, &row.site.id).await.unwrap();
        let mut contacts = BTreeMap::new();
        for contact in view.contacts {
            let kind = kept(&contact.kind);
            town.names.insert(format!("{key}/{kind}"), contact.name);
            contacts.insert(kind, contact.id);
        }
        town.names.insert(format!("site/{key}"), row.site.name);
        town.sites.push(TownSite { key, id: row.site.id, contacts });
    }
}
