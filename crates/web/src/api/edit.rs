//! Changing a release, and who takes part in it.

use super::commands::value;
use super::releases::receipt;
use super::tagged;
use crate::http::input::Command;
use crate::http::problem::Answer;
use crate::http::session::Caller;
use crate::routes::{Access, Endpoint, get, put};
use crate::server::Web;
use axum::extract::{Path, State};
use roadbook_app::releases::EditRelease;
use roadbook_core::access::{Action, Kind};
use roadbook_core::ids::{PersonId, ReleaseId};
use roadbook_core::process::expr::Value;
use roadbook_core::release::{ChangeItem, Package};
use roadbook_wire::api::{self, releases as wire};
use std::collections::BTreeMap;

const LEAD: Access = Access::Grant(Action::Lead, Kind::Release);

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        put("/api/v1/releases/{release}", "edit_release", edit)
            .says("Change a release; approvals over the former content are voided.")
            .access(LEAD)
            .takes::<wire::EditRelease>()
            .gives::<api::Receipt>(),
        get("/api/v1/releases/{release}/participants", "list_participants", participants)
            .says("Who holds which role of the process in a release.")
            .access(Access::Grant(Action::View, Kind::Release))
            .gives::<wire::Participants>(),
        put("/api/v1/releases/{release}/participants/{role}", "set_participants", hold)
            .says("Say who holds a role of the process in this release; nobody ends it.")
            .access(LEAD)
            .takes::<wire::Holders>()
            .gives::<api::Receipt>(),
    ]
}

async fn people(web: &Web, texts: &[String]) -> Answer<Vec<PersonId>> {
    let mut list = Vec::new();
    for text in texts {
        list.push(web.app.person_find(text).await?);
    }
    Ok(list)
}

/// Answers about a change as values of conditions.
pub(super) fn facts(given: &serde_json::Map<String, serde_json::Value>) -> BTreeMap<String, Value> {
    given.iter().map(|(name, it)| (name.clone(), value(it))).collect()
}

/// Changes keep their short names: the place in the list, as when the release was made.
fn items(list: Vec<wire::Item>) -> Vec<ChangeItem> {
    let numbered = list.into_iter().enumerate();
    numbered
        .map(|(at, it)| ChangeItem {
            id: format!("c{}", at + 1),
            title: it.title.into(),
            kind: it.kind,
            purpose: it.purpose,
            facts: facts(&it.facts),
        })
        .collect()
}

fn packages(list: Vec<wire::Package>) -> Vec<Package> {
    list.into_iter().map(|it| Package { name: it.name, sha256: it.sha256 }).collect()
}

async fn change(web: &Web, caller: &Caller, body: wire::EditRelease) -> Answer<EditRelease> {
    let lead = match &body.lead {
        Some(text) => Some(web.app.person_find(text).await?),
        None => None,
    };
    let roles = match body.roles {
        Some(given) => {
            let mut roles = BTreeMap::new();
            for (role, texts) in given {
                roles.insert(role, people(web, &texts).await?);
            }
            Some(roles)
        }
        None => None,
    };
    let related = match &body.related {
        Some(texts) => {
            let mut list: Vec<ReleaseId> = Vec::new();
            for text in texts {
                list.push(web.app.release_find(&caller.session.actor, text).await?);
            }
            Some(list)
        }
        None => None,
    };
    Ok(EditRelease {
        title: body.title,
        version: body.version,
        kind: body.kind,
        items: body.items.map(items),
        requirements: body.requirements.map(Into::into),
        lead,
        roles,
        related,
        purposes: body.purposes,
        packages: body.packages.map(packages),
        ..EditRelease::default()
    })
}

async fn edit(
    State(web): State<Web>,
    Path(release): Path<String>,
    command: Command<wire::EditRelease>,
) -> Answer {
    let Command { call, caller, body } = command;
    let id = web.app.release_find(&call.actor, &release).await?;
    let edit = change(&web, &caller, body).await?;
    Ok(receipt(&web.app.release_edit(&call, &id, edit).await?))
}

async fn participants(
    State(web): State<Web>,
    caller: Caller,
    Path(release): Path<String>,
) -> Answer {
    let actor = &caller.session.actor;
    let id = web.app.release_find(actor, &release).await?;
    let view = web.app.release(actor, &id).await?;
    let ids = view.context.holders.values().flatten().cloned().collect();
    let names = web.app.names(ids).await?;
    let roles = view.context.holders.iter().map(|(role, people)| {
        let one = |it: &PersonId| wire::Participant {
            id: it.to_string(),
            name: names.get(it).cloned().unwrap_or_default(),
        };
        (role.clone(), people.iter().map(one).collect())
    });
    Ok(tagged(wire::Participants { roles: roles.collect() }, view.revision))
}

async fn hold(
    State(web): State<Web>,
    Path((release, role)): Path<(String, String)>,
    command: Command<wire::Holders>,
) -> Answer {
    let Command { call, body, .. } = command;
    let id = web.app.release_find(&call.actor, &release).await?;
    let held = people(&web, &body.people).await?;
    let roles = Some(BTreeMap::from([(role, held)]));
    let edit = EditRelease { roles, ..EditRelease::default() };
    Ok(receipt(&web.app.release_edit(&call, &id, edit).await?))
}
