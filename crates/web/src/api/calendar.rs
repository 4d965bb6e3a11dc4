//! The calendar: windows, freezes, and what stands at a slot.

use super::{read_time, tagged, time};
use crate::api::releases::receipt;
use crate::http::input::{Asked, Command};
use crate::http::problem::{Answer, Problem};
use crate::http::session::Caller;
use crate::routes::{Access, Endpoint, get, post, put};
use crate::server::Web;
use axum::Json;
use axum::extract::{Path, State};
use jiff::civil::{Date, Time};
use roadbook_app::calendar::{NewFreeze, WindowChange};
use roadbook_core::access::{Action, Kind, Resource};
use roadbook_core::ids::FreezeId;
use roadbook_core::run::Slot;
use roadbook_core::window::{self, Scope};
use roadbook_wire::api::{self, calendar as wire};
use serde::Deserialize;
use std::collections::BTreeMap;

const VIEW: Access = Access::Grant(Action::View, Kind::Calendar);
const EDIT: Access = Access::Grant(Action::Edit, Kind::Calendar);

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/api/v1/calendar", "get_calendar", book)
            .says("Working calendars, windows and freezes.")
            .access(VIEW)
            .gives::<wire::Book>(),
        get("/api/v1/calendar/why", "explain_slot", why)
            .says("What stands at a slot, and the next free ones.")
            .access(VIEW)
            .asks(&["start", "end", "release", "product", "windows"])
            .gives::<wire::SlotAnswer>(),
        put("/api/v1/windows/{window}", "edit_window", window)
            .says("Change a window or approve its year; only who holds the role that owns it.")
            .access(VIEW)
            .takes::<wire::WindowChange>()
            .gives::<api::Receipt>(),
        post("/api/v1/freezes", "add_freeze", freeze)
            .says("Lay a freeze: nothing new begins in it.")
            .access(EDIT)
            .takes::<wire::NewFreeze>()
            .gives::<api::Receipt>()
            .creates(),
        post("/api/v1/freezes/{freeze}/lift", "lift_freeze", lift)
            .says("Lift a freeze; dates that it pushed flow back.")
            .access(EDIT)
            .takes::<api::Empty>()
            .gives::<api::Receipt>(),
    ]
}

fn json(value: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn range(slot: &window::Slot) -> wire::Range {
    wire::Range { start: time(slot.start), end: time(slot.end) }
}

async fn book(State(web): State<Web>, caller: Caller) -> Answer {
    let whole = Resource::whole();
    caller.session.call().authorize(Action::View, Kind::Calendar, &whole, "calendar")?;
    let loaded = web.app.calendar_book().await?;
    let book = loaded.value;
    let freezes = book.freezes.iter().map(|it| wire::Freeze {
        id: it.id.to_string(),
        range: range(&it.range),
        scope: json(&it.scope),
        reason: it.reason.clone(),
        override_by: it.override_by.clone(),
    });
    let shown = wire::Book {
        calendars: book.calendars.iter().map(json).collect(),
        windows: book.policies.iter().map(json).collect(),
        freezes: freezes.collect(),
    };
    Ok(tagged(shown, loaded.revision))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Why {
    start: String,
    end: String,
    release: Option<String>,
    product: Option<String>,
    windows: Option<String>,
}

async fn why(
    State(web): State<Web>,
    caller: Caller,
    Asked(query): Asked<Why>,
) -> Answer<Json<wire::SlotAnswer>> {
    let call = caller.session.call();
    let slot =
        Slot { start: read_time("start", &query.start)?, end: read_time("end", &query.end)? };
    if slot.end <= slot.start {
        return Err(Problem::field("end", "backwards", "a slot ends after it begins"));
    }
    let product = match &query.product {
        Some(text) => Some(web.app.product_find(&call.actor, text).await?),
        None => None,
    };
    let release = match &query.release {
        Some(text) => {
            let id = web.app.release_find(&call.actor, text).await?;
            Some(web.app.release(&call.actor, &id).await?)
        }
        None => None,
    };
    let product = product.or_else(|| release.as_ref().map(|it| it.release.product.clone()));
    let windows: Vec<String> = match (&query.windows, &release) {
        (None, Some(it)) => it.template.windows.iter().map(|it| it.policy.clone()).collect(),
        (Some(text), _) => text.split(',').map(|it| it.trim().to_owned()).collect(),
        (None, None) => {
            let book = web.app.calendar_book().await?.value;
            book.policies.iter().map(|it| it.key.clone()).collect()
        }
    };
    let answer = web.app.slot_why(&call, product.as_ref(), &windows, slot).await?;
    Ok(Json(wire::SlotAnswer {
        free: answer.verdict.ok,
        blocks: answer.verdict.blocks.iter().map(json).collect(),
        next: answer.next.iter().map(range).collect(),
    }))
}

async fn scope(web: &Web, caller: &Caller, body: &wire::NewFreeze) -> Answer<Scope> {
    let mut products = Vec::new();
    for text in &body.products {
        products.push(web.app.product_find(&caller.session.actor, text).await?);
    }
    let mut sites = Vec::new();
    for text in &body.sites {
        sites.push(web.app.site_find(&caller.session.scope, text).await?);
    }
    match (products.is_empty(), sites.is_empty(), &body.tag, &body.class) {
        (true, true, None, None) => Ok(Scope::All),
        (false, true, None, None) => Ok(Scope::Products(products)),
        (true, false, None, None) => Ok(Scope::Sites(sites)),
        (true, true, Some(tag), None) => Ok(Scope::Tag(tag.clone())),
        (true, true, None, Some(class)) => Ok(Scope::Class(class.clone())),
        _ => {
            let message = "give one of products, sites, tag and class; lay a freeze for each";
            Err(Problem::field("products", "scope", message))
        }
    }
}

async fn freeze(State(web): State<Web>, command: Command<wire::NewFreeze>) -> Answer {
    let Command { call, caller, body } = command;
    let scope = scope(&web, &caller, &body).await?;
    let new = NewFreeze {
        from: read_time("from", &body.from)?,
        until: read_time("until", &body.until)?,
        scope,
        reason: body.reason,
        override_by: body.override_by,
    };
    Ok(receipt(&web.app.freeze_add(&call, new).await?))
}

async fn window(
    State(web): State<Web>,
    Path(window): Path<String>,
    command: Command<wire::WindowChange>,
) -> Answer {
    let Command { call, body, .. } = command;
    let dates = |field: &str, list: BTreeMap<String, String>| -> Answer<BTreeMap<Date, String>> {
        let mut read = BTreeMap::new();
        for (day, reason) in list {
            let wrong = || Problem::field(field, "date", "write dates as 2026-02-26");
            let day: Date = day.parse().map_err(|_| wrong())?;
            if reason.trim().is_empty() {
                return Err(Problem::field(field, "required", "say why for each date"));
            }
            read.insert(day, reason);
        }
        Ok(read)
    };
    let opens = body.opens.map(|it| it.parse::<Time>());
    let change = WindowChange {
        start: opens
            .transpose()
            .map_err(|_| Problem::field("opens", "time", "write the time as 18:00"))?,
        minutes: body.minutes,
        capacity: body.capacity,
        added: dates("added", body.added)?,
        dropped: dates("dropped", body.dropped)?,
        approved: body.approved,
    };
    Ok(receipt(&web.app.window_change(&call, &window, change).await?))
}

async fn lift(
    State(web): State<Web>,
    Path(freeze): Path<String>,
    command: Command<api::Empty>,
) -> Answer {
    let id = super::id(FreezeId::parse, &freeze, "freeze")?;
    Ok(receipt(&web.app.freeze_lift(&command.call, &id).await?))
}
