//! `demo --as`: an example organization, opened for whoever wants to look around in it. Nobody
//! acts by themselves; each of its people has a link.

use super::example::{self, Files, Organization, Trouble};
use super::{Stage, app, time_and_chance};
use crate::exit::{Code, Failure, Outcome};
use crate::output::{Output, print};
use crate::serve;
use jiff::SignedDuration;
use roadbook_app::App;
use roadbook_app::auth::{LinkKind, NewLink};
use roadbook_core::ids::ReleaseId;
use roadbook_core::text::Lang;
use roadbook_web::WebOptions;
use std::collections::BTreeMap;
use tokio::net::TcpListener;

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Failure {
        match trouble {
            Trouble::Refused(error) => error.into(),
            wrong @ Trouble::File { .. } => Failure::new(Code::Failed, wrong.to_string()),
        }
    }
}

/// The organization that is meant.
pub fn named(name: &str) -> Result<&'static Files, Failure> {
    example::find(name).ok_or_else(|| {
        let known: Vec<&str> = example::ALL.iter().map(|it| it.name).collect();
        Failure::new(Code::Usage, format!("no example organization is called `{name}`"))
            .hint(format!("choose one of {}", known.join(", ")))
    })
}

/// Imports it, prints links for its people and one of its sites, and serves it.
pub async fn show(files: &Files, stage: &Stage, listener: TcpListener, output: &Output) -> Outcome {
    let organization = files.read()?;
    let (clock, random) = time_and_chance()?;
    let domain = organization.admin.email.split_once('@').map_or("", |it| it.1);
    let sender = format!("{} <releases@{domain}>", organization.name);
    let app = app(stage, &clock, &random, (&organization.name, &sender)).await?;
    // Nobody signs in with it: there are links.
    files.import(&app, app.ports().secret()).await?;
    let opened = files.open_releases(&app, &organization).await?;
    let lang = Lang::from_tag(&organization.lang).unwrap_or(Lang::En);
    output.say(&format!("{}: {}", organization.name, organization.processes.join(" · ")));
    under_way(&app, &organization, &opened, output).await?;
    print(&links(&app, files, &organization, stage, lang).await?)?;
    clock.pause(false);
    serve::serve(app, listener, WebOptions { demo: true, ..WebOptions::default() }).await
}

/// Tells what is under way.
async fn under_way(
    app: &App,
    organization: &Organization,
    opened: &[ReleaseId],
    output: &Output,
) -> Outcome {
    let admin = app.person_find(&organization.admin.login).await?;
    let (actor, _) = app.actor_of(&admin).await?;
    for id in opened {
        let release = app.release(&actor, id).await?.release;
        output.say(&format!("{} {} · {}", release.number, release.version, release.title));
    }
    Ok(())
}

/// What people are told before their links, and who stands for a site.
const fn heading(lang: Lang) -> (&'static str, &'static str) {
    match lang {
        Lang::Ko => (
            "이름별 일회용 링크입니다. 데모 시계는 1초에 5분씩 흐르며 Ctrl-C로 끝냅니다.",
            "사이트 담당자",
        ),
        Lang::Vi => (
            "Liên kết dùng một lần cho từng người. Đồng hồ demo chạy 5 phút mỗi giây; Ctrl-C để thoát.",
            "đầu mối điểm triển khai",
        ),
        Lang::Zh => ("每人一个一次性链接。演示时钟每秒走 5 分钟，按 Ctrl-C 结束。", "站点联系人"),
        Lang::En => (
            "One-time links by name. The demo's clock runs 5 minutes a second; Ctrl-C ends it.",
            "contact of a site",
        ),
    }
}

/// A link for everybody, with what they do in the processes.
async fn links(
    app: &App,
    files: &Files,
    organization: &Organization,
    stage: &Stage,
    lang: Lang,
) -> Result<String, Failure> {
    let titles = titles(organization, lang)?;
    let (first, contact_of) = heading(lang);
    let mut text = format!("{first}\n\n");
    let long = SignedDuration::from_hours(24 * 400);
    // First whoever has something to do at once.
    let mut people = files.people()?;
    people.sort_by_key(|it| it.login != organization.demo.person);
    for person in people {
        let new = NewLink {
            person: Some(app.person_find(&person.login).await?),
            ..NewLink::new(LinkKind::SignIn, long, true)
        };
        let (_, secret) = app.link_create(new).await?;
        let roles: Vec<&str> =
            person.roles().filter_map(|it| titles.get(it).map(String::as_str)).collect();
        let roles = if roles.is_empty() { "–".to_owned() } else { roles.join(", ") };
        text += &format!("{}/l/{secret}  {} · {roles}\n", stage.base_url, person.name);
    }
    let admin = app.person_find(&organization.admin.login).await?;
    let call = roadbook_app::Call::of(app.actor_of(&admin).await?.0);
    let site = app.site_find(&app.scope_for(&call.actor).await?, &organization.demo.site).await?;
    let view = app.site_view(&call, &site).await?;
    if let Some(contact) = view.contacts.first() {
        let new = NewLink {
            contact: Some(contact.id.clone()),
            site: Some(site),
            ..NewLink::new(LinkKind::Site, long, false)
        };
        let (_, secret) = app.link_create(new).await?;
        let who = format!("{} · {contact_of}: {}", contact.name, view.site.name);
        text += &format!("{}/p/{secret}  {who}\n", stage.base_url);
    }
    Ok(text)
}

/// Titles of the roles of the organization's processes.
fn titles(organization: &Organization, lang: Lang) -> Result<BTreeMap<String, String>, Failure> {
    let mut titles = BTreeMap::new();
    for id in &organization.processes {
        let found = roadbook_wire::process::builtin().iter().find(|it| it.0 == id);
        let (_, text) = found.ok_or_else(|| {
            Failure::new(Code::Failed, format!("no built-in process is called `{id}`"))
        })?;
        let file = roadbook_wire::process::parse(id, text)
            .map_err(|_| Failure::new(Code::Failed, format!("process `{id}` cannot be read")))?;
        for role in file.template.roles {
            let title = role.title.show(lang).0.to_owned();
            titles.entry(role.id).or_insert(title);
        }
    }
    Ok(titles)
}
