//! Sites: list, show, change; versions and the matrix; reports, decisions, feedback.

use super::{read_time, tagged, time, unit_of};
use crate::api::releases::receipt;
use crate::http::input::{Asked, Command};
use crate::http::problem::{Answer, Problem};
use crate::http::session::{Caller, Identity as _, Visitor};
use crate::routes::{Access, Endpoint, get, post, put};
use crate::server::Web;
use axum::Json;
use axum::extract::{Path, State};
use roadbook_app::sites::{
    ContactInput, DeploymentReport, DeploymentSearch, FeedbackInput, Outcome, Reporter, SiteAnswer,
    SiteDecision, SiteInput, SiteListFilter, SiteListItem, SiteVersionView, SiteView, Success,
};
use roadbook_app::{Call, Error, PageAsk};
use roadbook_core::access::{Action, Kind};
use roadbook_core::ids::{ContactId, ReleaseId, SiteId};
use roadbook_wire::api::{self, sites as wire};
use serde::Deserialize;

const VIEW: Access = Access::Grant(Action::View, Kind::Site);
const EDIT: Access = Access::Grant(Action::Edit, Kind::Site);
const ANSWER: Access = Access::Grant(Action::Answer, Kind::Site);

pub(super) fn endpoints() -> Vec<Endpoint> {
    let mut list = looking();
    list.extend(changing());
    list
}

fn looking() -> Vec<Endpoint> {
    vec![
        get("/api/v1/sites", "list_sites", list)
            .says("Sites that you may see; `older_than` with `product` finds what lags behind.")
            .access(VIEW)
            .asks(&["cursor", "limit", "text", "tag", "product", "older_than", "part_of"])
            .gives::<wire::SitePage>(),
        get("/api/v1/matrix", "list_matrix", matrix)
            .says("Versions by site and product, now or as of a moment.")
            .access(VIEW)
            .asks(&[
                "cursor", "limit", "text", "tag", "product", "older_than", "part_of", "as_of",
            ])
            .gives::<wire::MatrixPage>(),
        get("/api/v1/deployments", "list_deployments", deployments)
            .says("What was deployed where, when and with which result, newest first.")
            .access(VIEW)
            .asks(&[
                "cursor", "limit", "site", "product", "version", "outcome", "since", "until",
            ])
            .gives::<wire::DeploymentPage>(),
        get("/api/v1/sites/{site}/parameters", "list_site_parameters", parameters)
            .says("What a site sets for each product, with the place where it installs.")
            .access(VIEW)
            .gives::<wire::ParameterList>(),
        get("/api/v1/sites/{site}", "get_site", one)
            .says("A site with contacts, versions and releases; id or short name.")
            .access(VIEW)
            .gives::<wire::SiteDetail>(),
        get("/api/v1/releases/{release}/packages/{sha256}", "check_package", installable)
            .says("Whether the file with this SHA-256 is what the release ships and may be installed now; refused when not.")
            .access(Access::Grant(Action::View, Kind::Release))
            .gives::<wire::Installable>(),
    ]
}

fn changing() -> Vec<Endpoint> {
    let made = |it: Endpoint| it.gives::<api::Receipt>().creates();
    let done = |it: Endpoint| it.gives::<api::Receipt>();
    vec![
        made(post("/api/v1/sites", "create_site", create))
            .says("Make a site, or a part of one: an environment or a user group that is updated on its own.")
            .access(Access::Grant(Action::Create, Kind::Site))
            .takes::<wire::SiteInput>(),
        done(put("/api/v1/sites/{site}", "edit_site", edit))
            .says("Change a site.")
            .access(EDIT)
            .takes::<wire::SiteInput>(),
        made(post("/api/v1/sites/{site}/contacts", "add_contact", contact_add))
            .says("Add a contact.")
            .access(EDIT)
            .takes::<wire::ContactInput>(),
        done(put("/api/v1/contacts/{contact}", "edit_contact", contact_edit))
            .says("Change a contact; one who left loses their links.")
            .access(EDIT)
            .takes::<wire::ContactInput>(),
        made(post("/api/v1/contacts/{contact}/link", "make_site_link", link))
            .says("Make a link to the site's own page for a contact; told once.")
            .access(EDIT)
            .takes::<api::Empty>(),
        done(post("/api/v1/sites/{site}/versions", "set_site_version", version))
            .says("Note a version that is known from elsewhere.")
            .access(EDIT)
            .takes::<wire::VersionAt>(),
        done(put("/api/v1/sites/{site}/parameters", "set_site_parameter", parameter_set))
            .says("Set a parameter of a site, or take it away.")
            .access(EDIT)
            .takes::<wire::ParameterInput>(),
        done(post("/api/v1/releases/{release}/deployments", "report_deployment", report))
            .says("Report what came of a deployment at a site.")
            .access(Access::Grant(Action::Act, Kind::Release))
            .takes::<wire::Report>(),
        done(post("/api/v1/sites/{site}/releases/{release}/decision", "decide_site", decide))
            .says("Accept, postpone or decline, for the site.")
            .access(ANSWER)
            .takes::<wire::Decision>(),
        done(post("/api/v1/sites/{site}/releases/{release}/receipt", "confirm_site", confirm))
            .says("Confirm for the site that the release was noted.")
            .access(ANSWER)
            .takes::<api::Empty>(),
        done(post("/api/v1/sites/{site}/releases/{release}/feedback", "give_feedback", feedback))
            .says("Say for the site how it went.")
            .access(ANSWER)
            .takes::<wire::Feedback>(),
    ]
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct SiteQuery {
    cursor: Option<String>,
    limit: Option<usize>,
    text: Option<String>,
    tag: Option<String>,
    product: Option<String>,
    older_than: Option<String>,
    part_of: Option<String>,
    as_of: Option<String>,
}

async fn narrowed(
    web: &Web,
    visitor: &Visitor,
    query: &SiteQuery,
) -> Answer<(SiteListFilter, PageAsk)> {
    let product = match &query.product {
        Some(text) => Some(web.app.product_find(&visitor.actor, text).await?),
        None => None,
    };
    if query.older_than.is_some() && product.is_none() {
        return Err(Problem::field("product", "required", "older than what? name the product"));
    }
    let part_of = match &query.part_of {
        Some(text) => Some(web.app.site_find(&visitor.scope, text).await?),
        None => None,
    };
    let filter = SiteListFilter {
        part_of,
        text: query.text.clone().filter(|it| !it.is_empty()),
        tags: query.tag.iter().cloned().collect(),
        product,
        older_than: query.older_than.clone(),
        ..SiteListFilter::default()
    };
    let ask = PageAsk { cursor: query.cursor.clone(), limit: query.limit.unwrap_or(0) };
    Ok((filter, ask))
}

fn running(it: &SiteVersionView) -> wire::SiteVersion {
    wire::SiteVersion {
        product: it.product.to_string(),
        product_key: it.product_key.clone(),
        version: it.version.clone(),
        since: time(it.since),
        source: it.source.clone(),
    }
}

fn line(item: &SiteListItem) -> wire::SiteLine {
    let site = &item.site;
    wire::SiteLine {
        id: site.id.to_string(),
        key: site.key.clone(),
        name: site.name.clone(),
        unit: site.unit_id.to_string(),
        customer: site.customer.clone(),
        zone: site.zone.clone(),
        lang: site.lang.code().to_owned(),
        address: site.address.clone(),
        class: site.class.clone(),
        update_authority: site.update_authority.clone(),
        active: site.active,
        tags: item.tags.clone(),
        versions: item.versions.iter().map(running).collect(),
        part_of: site.part_of.as_ref().map(ToString::to_string),
        part_of_key: item.of.as_ref().map(|it| it.key.clone()),
        part: site.part.clone(),
        revision: site.revision,
    }
}

async fn list(
    State(web): State<Web>,
    visitor: Visitor,
    Asked(query): Asked<SiteQuery>,
) -> Answer<Json<wire::SitePage>> {
    let (filter, ask) = narrowed(&web, &visitor, &query).await?;
    let scope = &visitor.scope;
    let page = web.app.site_list(scope, &filter, &ask).await?;
    let total = web.app.site_count(scope, &filter).await?;
    let rows = page.rows.iter().map(line).collect();
    Ok(Json(wire::SitePage { rows, next: page.next, total }))
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct HistoryQuery {
    cursor: Option<String>,
    limit: Option<usize>,
    site: Option<String>,
    product: Option<String>,
    version: Option<String>,
    outcome: Option<String>,
    since: Option<String>,
    until: Option<String>,
}

async fn deployments(
    State(web): State<Web>,
    visitor: Visitor,
    Asked(query): Asked<HistoryQuery>,
) -> Answer<Json<wire::DeploymentPage>> {
    let site = match &query.site {
        Some(text) => Some(web.app.site_find(&visitor.scope, text).await?),
        None => None,
    };
    let product = match &query.product {
        Some(text) => Some(web.app.product_find(&visitor.actor, text).await?),
        None => None,
    };
    let moment = |name: &str, text: &Option<String>| {
        text.as_deref().map(|it| read_time(name, it)).transpose()
    };
    let wanted = DeploymentSearch {
        site,
        product,
        since: moment("since", &query.since)?,
        until: moment("until", &query.until)?,
        version: query.version,
        outcome: query.outcome,
    };
    let ask = PageAsk { cursor: query.cursor, limit: query.limit.unwrap_or(0) };
    let page = web.app.deployment_search(&visitor.scope, &wanted, &ask).await?;
    let rows = page.rows.into_iter().map(|it| wire::DeploymentLine {
        release: it.row.release_id.to_string(),
        number: it.number,
        product: it.product,
        version: it.version,
        site: it.row.site_id.to_string(),
        site_key: it.site_key,
        site_name: it.site_name,
        wave: it.row.wave,
        state: it.row.state,
        outcome: it.row.outcome,
        source: it.row.source,
        reported_by: it.row.reported_by,
        evidence: it.row.evidence,
        at: time(it.row.at),
    });
    Ok(Json(wire::DeploymentPage { rows: rows.collect(), next: page.next }))
}

async fn parameters(
    State(web): State<Web>,
    visitor: Visitor,
    Path(site): Path<String>,
) -> Answer<Json<wire::ParameterList>> {
    let id = web.app.site_find(&visitor.scope, &site).await?;
    let mut rows = Vec::new();
    for sheet in web.app.site_parameters(&visitor.call(), &id).await? {
        let product = web.app.product_short(&sheet.product).await?;
        let line = |name: &str, value: Option<String>| {
            let declared = sheet.declared.iter().find(|it| it.name == name);
            wire::ParameterLine {
                product: product.clone(),
                name: name.to_owned(),
                value,
                default: declared.and_then(|it| it.default.clone()),
                secret: declared.is_some_and(|it| it.secret),
            }
        };
        rows.extend(sheet.set.iter().map(|it| line(&it.name, Some(it.value.clone()))));
        let unset =
            sheet.declared.iter().filter(|it| sheet.set.iter().all(|one| one.name != it.name));
        rows.extend(unset.map(|it| line(&it.name, None)));
    }
    Ok(Json(wire::ParameterList { rows }))
}

async fn parameter_set(
    State(web): State<Web>,
    Path(site): Path<String>,
    input: Command<wire::ParameterInput>,
) -> Answer {
    let scope = &input.caller.session.scope;
    let id = web.app.site_find(scope, &site).await?;
    let body = &input.body;
    let product = web.app.product_find(&input.call.actor, &body.product).await?;
    let value = body.value.as_deref();
    Ok(receipt(&web.app.site_parameter_set(&input.call, &id, &product, &body.name, value).await?))
}

async fn matrix(
    State(web): State<Web>,
    visitor: Visitor,
    Asked(query): Asked<SiteQuery>,
) -> Answer<Json<wire::MatrixPage>> {
    let (filter, ask) = narrowed(&web, &visitor, &query).await?;
    let as_of = query.as_of.as_deref().map(|it| read_time("as_of", it)).transpose()?;
    let page = web.app.version_matrix(&visitor.scope, &filter, as_of, &ask).await?;
    let rows = page.rows.iter().map(|row| wire::MatrixRow {
        site: row.site.id.to_string(),
        key: row.site.key.clone(),
        name: row.name.clone(),
        cells: row
            .cells
            .iter()
            .map(|it| wire::SiteVersion {
                product: it.product.to_string(),
                product_key: String::new(),
                version: it.version.clone(),
                since: time(it.since),
                source: it.source.clone(),
            })
            .collect(),
    });
    Ok(Json(wire::MatrixPage { rows: rows.collect(), next: page.next }))
}

fn detail(view: &SiteView) -> wire::SiteDetail {
    let item = SiteListItem {
        site: view.site.clone(),
        tags: view.tags.clone(),
        versions: view.versions.clone(),
        of: view.of.clone(),
    };
    let contacts = view.contacts.iter().map(|it| wire::Contact {
        id: it.id.to_string(),
        name: it.name.clone(),
        email: it.email.clone(),
        lang: it.lang.code().to_owned(),
        kind: it.kind.clone(),
        active: it.active,
    });
    let releases = view.releases.iter().map(|it| wire::SiteRelease {
        release: it.release.id.to_string(),
        number: it.release.number.clone(),
        version: it.release.version.clone(),
        generation: it.deployment.generation,
        state: it.deployment.state.clone(),
        outcome: it.deployment.outcome.clone(),
        slot_at: it.deployment.slot_at.map(time),
    });
    let parts = view.parts.iter().map(|it| wire::SitePart {
        id: it.site.id.to_string(),
        key: it.site.key.clone(),
        name: it.site.name.clone(),
        part: it.site.part.clone(),
        active: it.site.active,
        versions: it.versions.iter().map(running).collect(),
        number: it.newest.as_ref().map(|it| it.1.clone()),
        outcome: it.newest.as_ref().and_then(|it| it.0.outcome.clone()),
    });
    wire::SiteDetail {
        parts: parts.collect(),
        line: line(&item),
        contacts: contacts.collect(),
        releases: releases.collect(),
    }
}

async fn one(State(web): State<Web>, visitor: Visitor, Path(site): Path<String>) -> Answer {
    let id = web.app.site_find(&visitor.scope, &site).await?;
    let view = web.app.site_view(&visitor.call(), &id).await?;
    Ok(tagged(detail(&view), view.site.revision))
}

async fn input(
    web: &Web,
    caller: &Caller,
    body: wire::SiteInput,
    is_part: bool,
) -> Answer<SiteInput> {
    let part_of = match body.part_of.as_deref().map(str::trim).filter(|it| !it.is_empty()) {
        Some(text) => match web.app.site_find(&caller.session.scope, text).await {
            Ok(id) => Some(id),
            Err(Error::NotFound { .. }) => {
                let message = format!("`{text}` is no site; give the short name or id of one");
                return Err(Problem::field("part_of", "unknown", message));
            }
            Err(error) => return Err(error.into()),
        },
        None => None,
    };
    // A part is looked after by whoever looks after its site.
    let unit = match &body.unit {
        None if is_part || part_of.is_some() => None,
        named => Some(unit_of(web, caller, named.as_deref()).await?),
    };
    Ok(SiteInput {
        unit,
        part_of,
        part: body.part,
        key: body.key,
        name: body.name,
        customer: body.customer,
        zone: body.zone,
        lang: body.lang,
        address: body.address,
        class: body.class,
        update_authority: body.update_authority,
        tags: body.tags,
        active: body.active,
    })
}

async fn create(State(web): State<Web>, command: Command<wire::SiteInput>) -> Answer {
    let Command { call, caller, body } = command;
    let input = input(&web, &caller, body, false).await?;
    Ok(receipt(&web.app.site_create(&call, input).await?))
}

async fn edit(
    State(web): State<Web>,
    Path(site): Path<String>,
    command: Command<wire::SiteInput>,
) -> Answer {
    let Command { call, caller, body } = command;
    let id = web.app.site_find(&caller.session.scope, &site).await?;
    let is_part = web.app.site_is_part(&id).await?;
    let input = input(&web, &caller, body, is_part).await?;
    Ok(receipt(&web.app.site_edit(&call, &id, input).await?))
}

fn contact(body: wire::ContactInput) -> ContactInput {
    ContactInput {
        name: body.name,
        email: body.email,
        lang: body.lang,
        kind: body.kind,
        active: body.active,
    }
}

async fn contact_add(
    State(web): State<Web>,
    Path(site): Path<String>,
    command: Command<wire::ContactInput>,
) -> Answer {
    let Command { call, caller, body } = command;
    let id = web.app.site_find(&caller.session.scope, &site).await?;
    Ok(receipt(&web.app.contact_add(&call, &id, contact(body)).await?))
}

async fn contact_edit(
    State(web): State<Web>,
    Path(id): Path<String>,
    command: Command<wire::ContactInput>,
) -> Answer {
    let id = super::id(ContactId::parse, &id, "contact")?;
    Ok(receipt(&web.app.contact_edit(&command.call, &id, contact(command.body)).await?))
}

async fn link(
    State(web): State<Web>,
    Path(id): Path<String>,
    command: Command<api::Empty>,
) -> Answer {
    let id = super::id(ContactId::parse, &id, "contact")?;
    Ok(receipt(&web.app.site_link(&command.call, &id).await?))
}

async fn version(
    State(web): State<Web>,
    Path(site): Path<String>,
    command: Command<wire::VersionAt>,
) -> Answer {
    let Command { call, caller, body } = command;
    let site = web.app.site_find(&caller.session.scope, &site).await?;
    let product = web.app.product_find(&call.actor, &body.product).await?;
    let since = read_time("since", &body.since)?;
    let done = web
        .app
        .site_version_set(&call, &site, &product, &body.version, since, &body.evidence)
        .await?;
    Ok(receipt(&done))
}

async fn installable(
    State(web): State<Web>,
    caller: Caller,
    Path((release, sha256)): Path<(String, String)>,
) -> Answer<Json<wire::Installable>> {
    let call = caller.session.call();
    let id = web.app.release_find(&call.actor, &release).await?;
    let found = web.app.package_check(&call, &id, &sha256).await?;
    Ok(Json(wire::Installable {
        release: found.number,
        version: found.version,
        name: found.package.name,
        sha256: found.package.sha256,
    }))
}

/// The order that stands for the site, when the caller does not say which one they answer.
async fn generation(
    web: &Web,
    call: &Call,
    release: &ReleaseId,
    site: &SiteId,
    given: Option<u64>,
) -> Answer<u64> {
    if let Some(given) = given {
        return Ok(given);
    }
    let view = web.app.site_view(call, site).await?;
    let row = view.releases.iter().find(|it| it.release.id == *release);
    Ok(row.map_or(1, |it| it.deployment.generation.unsigned_abs()))
}

async fn report(
    State(web): State<Web>,
    Path(release): Path<String>,
    command: Command<wire::Report>,
) -> Answer {
    let Command { call, caller, body } = command;
    let id = web.app.release_find(&call.actor, &release).await?;
    let site = web.app.site_find(&caller.session.scope, &body.site).await?;
    let generation = generation(&web, &call, &id, &site, body.generation).await?;
    let report = reported(&web, site, id, generation, body)?;
    Ok(receipt(&web.app.deployment_report(&call, report).await?))
}

/// A report of a person from its fields.
pub(super) fn reported(
    web: &Web,
    site: SiteId,
    release: ReleaseId,
    generation: u64,
    body: wire::Report,
) -> Answer<DeploymentReport> {
    let outcome = Outcome::parse(&body.outcome).ok_or_else(|| {
        let message = "`installed`, `failed`, `rolled_back` or `skipped`";
        Problem::field("outcome", "unknown", message)
    })?;
    let at = match &body.at {
        Some(text) => read_time("at", text)?,
        None => web.app.now(),
    };
    let reported_by = Reporter::Person { evidence: body.evidence.unwrap_or_default() };
    Ok(DeploymentReport {
        site,
        generation,
        release,
        outcome,
        reported_by,
        at,
        note: body.note,
        package: body.package,
    })
}

pub(super) type SiteAndRelease = Path<(String, String)>;

/// The site and the release that are answered. A contact reads no releases, but knows those that
/// come to their site.
pub(super) async fn pair(
    web: &Web,
    visitor: &Visitor,
    at: &(String, String),
) -> Answer<(SiteId, ReleaseId)> {
    let site = web.app.site_find(&visitor.scope, &at.0).await?;
    if !visitor.is_contact() {
        return Ok((site, web.app.release_find(&visitor.actor, &at.1).await?));
    }
    let view = web.app.site_view(&visitor.call(), &site).await?;
    let mut known = view.releases.into_iter().map(|it| it.release);
    let found = known.find(|it| it.id.as_str() == at.1 || it.number == at.1);
    let found = found.ok_or(roadbook_app::Error::NotFound { what: "release" })?;
    Ok((site, found.id))
}

async fn decide(
    State(web): State<Web>,
    Path(at): SiteAndRelease,
    command: Command<wire::Decision, Visitor>,
) -> Answer {
    let Command { call, caller, body } = command;
    let moment = body.at.as_deref().map(|it| read_time("at", it)).transpose()?;
    let decision = match (body.decision.as_str(), moment) {
        ("accept", wished) => SiteDecision::Accept { wished },
        ("postpone", Some(until)) => SiteDecision::Postpone { until, reason: body.reason },
        ("postpone", None) => return Err(Problem::field("at", "required", "until when?")),
        ("decline", _) => SiteDecision::Decline { reason: body.reason },
        _ => {
            let message = "`accept`, `postpone` or `decline`";
            return Err(Problem::field("decision", "unknown", message));
        }
    };
    let (site, release) = pair(&web, &caller, &at).await?;
    let answer = SiteAnswer { decision, digest: body.digest };
    Ok(receipt(&web.app.site_decide(&call, &site, &release, answer).await?))
}

async fn confirm(
    State(web): State<Web>,
    Path(at): SiteAndRelease,
    command: Command<api::Empty, Visitor>,
) -> Answer {
    let (site, release) = pair(&web, &command.caller, &at).await?;
    Ok(receipt(&web.app.site_receipt(&command.call, &site, &release).await?))
}

async fn feedback(
    State(web): State<Web>,
    Path(at): SiteAndRelease,
    command: Command<wire::Feedback, Visitor>,
) -> Answer {
    let Command { call, caller, body } = command;
    let success = Success::parse(&body.success)
        .ok_or_else(|| Problem::field("success", "unknown", "`yes`, `partly` or `no`"))?;
    let input =
        FeedbackInput { success, problems: body.problems, ideas: body.ideas, rating: body.rating };
    let (site, release) = pair(&web, &caller, &at).await?;
    Ok(receipt(&web.app.feedback_give(&call, &site, &release, input).await?))
}
