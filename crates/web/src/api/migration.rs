//! Moving a running release onto the revision of its process that is in force.

use super::releases::receipt;
use super::time;
use crate::http::input::{Asked, Command as Input};
use crate::http::problem::Answer;
use crate::http::session::Caller;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use axum::Json;
use axum::extract::{Path, State};
use roadbook_app::releases::{MigrateRelease, MigrationView};
use roadbook_core::access::{Action, Kind};
use roadbook_core::run::PartFate;
use roadbook_wire::api::{self, migration as wire};
use serde::Deserialize;

/// Whoever leads the release, or publishes processes; the use case asks.
pub(crate) const LEAD: Access = Access::Grant(Action::Lead, Kind::Release);

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/api/v1/releases/{release}/migration", "preview_migration", preview)
            .says("What moving a release onto the revision in force would change, and for whom.")
            .access(LEAD)
            .asks(&["revision"])
            .gives::<wire::Migration>(),
        post("/api/v1/releases/{release}/migration", "migrate_release", migrate)
            .says("Move a release onto the revision in force, with the preview that you saw.")
            .access(LEAD)
            .takes::<wire::Migrate>()
            .gives::<api::Receipt>(),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    revision: Option<u32>,
}

async fn preview(
    State(web): State<Web>,
    caller: Caller,
    Path(release): Path<String>,
    Asked(wanted): Asked<Wanted>,
) -> Answer<Json<wire::Migration>> {
    let id = web.app.release_id(&release).await?;
    let call = caller.session.call();
    let view = web.app.release_migrate_preview(&call, &id, wanted.revision).await?;
    Ok(Json(shown(&view)))
}

async fn migrate(
    State(web): State<Web>,
    Path(release): Path<String>,
    input: Input<wire::Migrate>,
) -> Answer {
    let id = web.app.release_id(&release).await?;
    let body = &input.body;
    let wanted = MigrateRelease {
        revision: body.revision,
        reason: body.reason.clone(),
        preview: body.preview.clone(),
    };
    Ok(receipt(&web.app.release_migrate(&input.call, &id, wanted).await?))
}

fn shown(view: &MigrationView) -> wire::Migration {
    let steps = view.steps.iter().map(|it| wire::MigratedStep {
        step: it.step.clone(),
        fate: it.fate.name().to_owned(),
        state: it.state.to_owned(),
        changed: it.changed.iter().map(|it| it.field.clone()).collect(),
        others: it.others.clone(),
    });
    let parts = view.parts.iter().map(|it| wire::MigratedPart {
        part: it.part.clone(),
        id: it.id.clone(),
        title: (&it.title).into(),
        fate: it.fate.name().to_owned(),
        asked_in: match &it.fate {
            PartFate::Asked(step) => Some(step.clone()),
            _ => None,
        },
    });
    let people = view.people.iter().map(|it| wire::PersonMigrated {
        person: it.person.to_string(),
        name: it.name.clone(),
        comes: it.comes.clone(),
        goes: it.goes.clone(),
        again: it.again.clone(),
    });
    let unheld =
        view.unheld.iter().map(|it| wire::Unheld { step: it.0.clone(), role: it.1.clone() });
    let dates = view.dates.iter().map(|it| wire::DateMoved {
        step: it.step.clone(),
        before: it.before.map(time),
        after: it.after.map(time),
    });
    wire::Migration {
        release: view.number.clone(),
        process: view.process.clone(),
        from: view.from,
        to: view.to,
        note: view.note.clone(),
        steps: steps.collect(),
        parts: parts.collect(),
        content: view.content.clone(),
        people: people.collect(),
        unheld: unheld.collect(),
        dates: dates.collect(),
        against_slot: view.against_slot.iter().map(|it| (*it).to_owned()).collect(),
        titles: view.titles.iter().map(|(id, it)| (id.clone(), it.into())).collect(),
        preview: view.digest.clone(),
    }
}
