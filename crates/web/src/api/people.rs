//! People, units, roles and absences.

use super::{read_time, tagged, time, unit_of};
use crate::api::releases::receipt;
use crate::http::input::{Asked, Command};
use crate::http::problem::{Answer, Problem};
use crate::http::session::Caller;
use crate::routes::{Access, Endpoint, delete, get, post, put};
use crate::server::Web;
use axum::Json;
use axum::extract::{Path, State};
use roadbook_app::people::{PersonFilter, PersonInput, PersonView};
use roadbook_app::roles::{AbsenceInput, DeputyInput, RoleInput};
use roadbook_app::units::UnitInput;
use roadbook_app::{Call, Error, PageAsk};
use roadbook_core::access::{Action, Kind, Scope};
use roadbook_core::ids::{PersonId, ProductId, ReleaseId, SiteId, UnitId};
use roadbook_wire::api::{self, people as wire};
use serde::Deserialize;

const VIEW: Access = Access::Grant(Action::View, Kind::People);
const EDIT: Access = Access::Grant(Action::Edit, Kind::People);
const CREATE: Access = Access::Grant(Action::Create, Kind::People);
const ADMINISTER: Access = Access::Grant(Action::Administer, Kind::People);

pub(super) fn endpoints() -> Vec<Endpoint> {
    let mut list = people();
    list.extend(units());
    list
}

fn people() -> Vec<Endpoint> {
    let made = |it: Endpoint| it.gives::<api::Receipt>().creates();
    let done = |it: Endpoint| it.gives::<api::Receipt>();
    vec![
        get("/api/v1/people", "list_people", list)
            .says("People that you may see.")
            .access(VIEW)
            .asks(&["cursor", "limit", "text"])
            .gives::<wire::PersonPage>(),
        get("/api/v1/people/{person}", "get_person", one)
            .says("A person with roles, absences and deputies.")
            .access(VIEW)
            .gives::<wire::PersonDetail>(),
        made(post("/api/v1/people", "create_person", create))
            .says("Make a person.")
            .access(CREATE)
            .takes::<wire::PersonInput>(),
        done(put("/api/v1/people/{person}", "edit_person", edit))
            .says("Change a person.")
            .access(EDIT)
            .takes::<wire::PersonInput>(),
        done(post("/api/v1/people/{person}/active", "set_person_active", active))
            .says("Let a person act or not; their sessions end.")
            .access(ADMINISTER)
            .takes::<wire::Active>(),
        made(post("/api/v1/people/{person}/invite", "invite_person", invite))
            .says("Make a link with which a person sets a password; told once.")
            .access(ADMINISTER)
            .takes::<api::Empty>(),
        done(post("/api/v1/people/{person}/roles", "grant_role", grant))
            .says("Give a role with scope and dates.")
            .access(ADMINISTER)
            .takes::<wire::RoleInput>(),
        done(post("/api/v1/people/{person}/roles/revoke", "revoke_role", revoke))
            .says("Take a role away; it ends with this answer.")
            .access(ADMINISTER)
            .takes::<wire::RoleInput>(),
        done(post("/api/v1/people/{person}/absences", "add_absence", absence))
            .says("Note an absence.")
            .access(EDIT)
            .takes::<wire::AbsenceInput>(),
        done(delete("/api/v1/people/{person}/absences/{absence}", "remove_absence", back))
            .says("Take an absence back.")
            .access(EDIT)
            .takes::<api::Empty>(),
        done(post("/api/v1/people/{person}/deputies", "name_deputy", deputy))
            .says("Name who stands in between two moments.")
            .access(EDIT)
            .takes::<wire::DeputyInput>(),
        done(delete("/api/v1/people/{person}/deputies/{deputy}", "end_deputy", deputy_end))
            .says("End it before its time.")
            .access(EDIT)
            .takes::<api::Empty>(),
    ]
}

fn units() -> Vec<Endpoint> {
    vec![
        get("/api/v1/units", "list_units", unit_list)
            .says("The tree of units, as far as you may see it.")
            .access(VIEW)
            .gives::<Vec<wire::UnitLine>>(),
        post("/api/v1/units", "create_unit", unit_create)
            .says("Make a unit.")
            .access(CREATE)
            .takes::<wire::UnitInput>()
            .gives::<api::Receipt>()
            .creates(),
        put("/api/v1/units/{unit}", "edit_unit", unit_edit)
            .says("Change a unit.")
            .access(EDIT)
            .takes::<wire::UnitInput>()
            .gives::<api::Receipt>(),
    ]
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeopleQuery {
    cursor: Option<String>,
    limit: Option<usize>,
    text: Option<String>,
}

fn line(it: &PersonView) -> wire::PersonLine {
    wire::PersonLine {
        id: it.id.to_string(),
        login: it.login.clone(),
        name: it.name.clone(),
        email: it.email.clone(),
        lang: it.lang.code().to_owned(),
        zone: it.zone.clone(),
        unit: it.unit.to_string(),
        unit_name: it.unit_name.clone(),
        active: it.active,
        weekly_hours: it.weekly_hours,
        revision: it.revision,
    }
}

async fn list(
    State(web): State<Web>,
    caller: Caller,
    Asked(query): Asked<PeopleQuery>,
) -> Answer<Json<wire::PersonPage>> {
    let filter =
        PersonFilter { text: query.text.filter(|it| !it.is_empty()), ..PersonFilter::default() };
    let ask = PageAsk { cursor: query.cursor, limit: query.limit.unwrap_or(0) };
    let page = web.app.person_list(&caller.session.scope, &filter, &ask).await?;
    Ok(Json(wire::PersonPage { rows: page.rows.iter().map(line).collect(), next: page.next }))
}

fn person_id(text: &str) -> Answer<PersonId> {
    super::id(PersonId::parse, text, "person")
}

/// A person that the caller may see. It is asked first: nobody learns from another fault of the
/// call that somebody else's person exists.
async fn seen(web: &Web, call: &Call, text: &str) -> Answer<PersonId> {
    let id = person_id(text)?;
    web.app.person_get(call, &id).await?;
    Ok(id)
}

fn scope_words(scope: &Scope) -> (String, String) {
    let (kind, id) = match scope {
        Scope::All => ("all", String::new()),
        Scope::Unit(id) => ("unit", id.to_string()),
        Scope::Product(id) => ("product", id.to_string()),
        Scope::Release(id) => ("release", id.to_string()),
        Scope::Site(id) => ("site", id.to_string()),
    };
    (kind.to_owned(), id)
}

async fn one(State(web): State<Web>, caller: Caller, Path(id): Path<String>) -> Answer {
    let view = web.app.person_get(&caller.session.call(), &person_id(&id)?).await?;
    let roles = view.grants.iter().map(|it| {
        let (scope, scope_id) = scope_words(&it.scope);
        let (from, until) = (time(it.from), it.until.map(time));
        wire::RoleLine {
            role: it.role.clone(),
            scope,
            scope_id,
            from,
            until,
            in_force: it.in_force,
        }
    });
    let absences = view.absences.iter().map(|it| wire::AbsenceLine {
        id: it.id.clone(),
        from: it.from_day.to_string(),
        to: it.to_day.to_string(),
    });
    let deputies = view.deputies.iter().map(|it| wire::DeputyLine {
        deputy: it.deputy.to_string(),
        from: time(it.from),
        until: it.until.map(time),
    });
    let shown = wire::PersonDetail {
        line: line(&view.person),
        roles: roles.collect(),
        absences: absences.collect(),
        deputies: deputies.collect(),
    };
    Ok(tagged(shown, view.person.revision))
}

async fn input(web: &Web, caller: &Caller, body: wire::PersonInput) -> Answer<PersonInput> {
    Ok(PersonInput {
        unit: Some(unit_of(web, caller, body.unit.as_deref()).await?),
        name: body.name,
        login: body.login,
        email: body.email,
        lang: body.lang,
        zone: body.zone,
        weekly_hours: body.weekly_hours,
    })
}

async fn create(State(web): State<Web>, command: Command<wire::PersonInput>) -> Answer {
    let Command { call, caller, body } = command;
    let input = input(&web, &caller, body).await?;
    Ok(receipt(&web.app.person_create(&call, input).await?))
}

async fn edit(
    State(web): State<Web>,
    Path(id): Path<String>,
    command: Command<wire::PersonInput>,
) -> Answer {
    let Command { call, caller, body } = command;
    let id = seen(&web, &call, &id).await?;
    let input = input(&web, &caller, body).await?;
    Ok(receipt(&web.app.person_edit(&call, &id, input).await?))
}

async fn active(
    State(web): State<Web>,
    Path(id): Path<String>,
    command: Command<wire::Active>,
) -> Answer {
    let id = seen(&web, &command.call, &id).await?;
    Ok(receipt(&web.app.person_set_active(&command.call, &id, command.body.active).await?))
}

async fn invite(
    State(web): State<Web>,
    Path(id): Path<String>,
    command: Command<api::Empty>,
) -> Answer {
    let id = seen(&web, &command.call, &id).await?;
    Ok(receipt(&web.app.invite(&command.call, &id).await?))
}

fn scope_of(kind: &str, id: &str) -> Answer<Scope> {
    let unknown = || Problem::field("scope_id", "unknown", "is no id of this scope");
    Ok(match kind {
        "all" => Scope::All,
        "unit" => Scope::Unit(UnitId::parse(id).map_err(|_| unknown())?),
        "product" => Scope::Product(ProductId::parse(id).map_err(|_| unknown())?),
        "release" => Scope::Release(ReleaseId::parse(id).map_err(|_| unknown())?),
        "site" => Scope::Site(SiteId::parse(id).map_err(|_| unknown())?),
        _ => {
            let message = "`all`, `unit`, `product`, `release` or `site`";
            return Err(Problem::field("scope", "unknown", message));
        }
    })
}

async fn grant(
    State(web): State<Web>,
    Path(id): Path<String>,
    command: Command<wire::RoleInput>,
) -> Answer {
    let Command { call, body, .. } = command;
    let person = seen(&web, &call, &id).await?;
    let read = |field, text: &Option<String>| {
        text.as_deref().map(|it| super::read_time(field, it)).transpose()
    };
    let input = RoleInput {
        person,
        scope: scope_of(&body.scope, &body.scope_id)?,
        from: read("from", &body.from)?,
        until: read("until", &body.until)?,
        role: body.role,
    };
    Ok(receipt(&web.app.role_grant(&call, input).await?))
}

async fn revoke(
    State(web): State<Web>,
    Path(id): Path<String>,
    command: Command<wire::RoleInput>,
) -> Answer {
    let Command { call, body, .. } = command;
    let person = seen(&web, &call, &id).await?;
    let scope = scope_of(&body.scope, &body.scope_id)?;
    Ok(receipt(&web.app.role_revoke(&call, &person, &body.role, &scope).await?))
}

async fn absence(
    State(web): State<Web>,
    Path(id): Path<String>,
    command: Command<wire::AbsenceInput>,
) -> Answer {
    let Command { call, body, .. } = command;
    let person = seen(&web, &call, &id).await?;
    let day = |field: &str, text: &str| {
        let wrong = || Problem::field(field, "day", "is no day like 2026-03-14");
        text.parse::<jiff::civil::Date>().map_err(|_| wrong())
    };
    let input = AbsenceInput {
        person,
        from: day("from", &body.from)?,
        to: day("to", &body.to)?,
        reason: body.reason,
    };
    Ok(receipt(&web.app.absence_add(&call, input).await?))
}

async fn back(
    State(web): State<Web>,
    Path((id, absence)): Path<(String, String)>,
    command: Command<api::Empty>,
) -> Answer {
    let person = seen(&web, &command.call, &id).await?;
    Ok(receipt(&web.app.absence_remove(&command.call, &person, &absence).await?))
}

async fn deputy(
    State(web): State<Web>,
    Path(id): Path<String>,
    command: Command<wire::DeputyInput>,
) -> Answer {
    let Command { call, body, .. } = command;
    let input = DeputyInput {
        of: seen(&web, &call, &id).await?,
        deputy: web.app.person_find(&body.deputy).await?,
        from: body.from.as_deref().map_or(Ok(web.app.now()), |it| read_time("from", it))?,
        until: read_time("until", &body.until)?,
    };
    Ok(receipt(&web.app.deputy_set(&call, input).await?))
}

async fn deputy_end(
    State(web): State<Web>,
    Path((id, deputy)): Path<(String, String)>,
    command: Command<api::Empty>,
) -> Answer {
    let of = seen(&web, &command.call, &id).await?;
    let deputy = web.app.person_find(&deputy).await?;
    Ok(receipt(&web.app.deputy_end(&command.call, &of, &deputy).await?))
}

async fn unit_list(State(web): State<Web>, caller: Caller) -> Answer<Json<Vec<wire::UnitLine>>> {
    let list = web.app.unit_list(&caller.session.scope).await?;
    let line = |it: roadbook_app::units::UnitView| wire::UnitLine {
        id: it.id.to_string(),
        parent: it.parent.map(|it| it.to_string()),
        kind: it.kind,
        name: it.name,
        head: it.head.map(|it| it.to_string()),
        zone: it.zone,
        depth: it.depth,
        revision: it.revision,
    };
    Ok(Json(list.into_iter().map(line).collect()))
}

async fn unit_input(web: &Web, caller: &Caller, body: wire::UnitInput) -> Answer<UnitInput> {
    let parent = match body.parent.as_deref() {
        Some(text) => Some(unit_of(web, caller, Some(text)).await?),
        None => None,
    };
    let head = match body.head.as_deref() {
        Some(text) => Some(web.app.person_find(text).await.map_err(|error| match error {
            Error::NotFound { .. } => Problem::field("head", "unknown", "is nobody here"),
            other => other.into(),
        })?),
        None => None,
    };
    Ok(UnitInput { name: body.name, kind: body.kind, parent, zone: body.zone, head })
}

async fn unit_create(State(web): State<Web>, command: Command<wire::UnitInput>) -> Answer {
    let Command { call, caller, body } = command;
    let input = unit_input(&web, &caller, body).await?;
    Ok(receipt(&web.app.unit_create(&call, input).await?))
}

async fn unit_edit(
    State(web): State<Web>,
    Path(id): Path<String>,
    command: Command<wire::UnitInput>,
) -> Answer {
    let Command { call, caller, body } = command;
    let id = super::id(UnitId::parse, &id, "unit")?;
    web.app.unit_view(&caller.session.scope, &id).await?;
    let input = unit_input(&web, &caller, body).await?;
    Ok(receipt(&web.app.unit_edit(&call, &id, input).await?))
}
