//! The agent of a site: its state on the site's page, the line that enrolls one, its end; and what
//! the site sets for the packages it installs.

use super::site;
use super::view::agent::{ActionLine, AgentView, ParameterLine, ParameterSet, SiteAgent};
use super::visit::{Page, Refused, Sent, go};
use crate::routes::{Endpoint, post};
use crate::server::Web;
use crate::ui::PageCtx;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use roadbook_app::sites::{ParameterSheet, SiteView};
use roadbook_app::{Call, Error};
use roadbook_core::ids::{ProductId, SiteId};
use roadbook_core::package::Manifest;
use roadbook_core::rollout::SILENT_AFTER;
use roadbook_core::text::Lang;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        post("/sites/{site}/agent", "send_agent_token", enroll).page(),
        post("/sites/{site}/agent/revoke", "send_agent_revoke", revoke).page(),
        post("/sites/{site}/parameters", "send_parameter", parameter).page(),
    ]
}

fn fail(ctx: &PageCtx) -> impl Fn(Error) -> Refused + use<> {
    let ctx = ctx.clone();
    move |error| Refused::new(ctx.clone(), error.into())
}

fn set_of(sheet: ParameterSheet, lang: Lang) -> ParameterSet {
    let value = |name: &str| sheet.set.iter().find(|it| it.name == name).map(|it| it.value.clone());
    let mut list: Vec<ParameterLine> = sheet
        .declared
        .iter()
        .map(|it| ParameterLine {
            name: it.name.clone(),
            title: it.title.show(lang).0.to_owned(),
            value: value(&it.name),
            default: it.default.clone(),
            required: it.required,
            secret: it.secret,
        })
        .collect();
    // What no package asks for any more stays visible until it is taken away.
    for it in sheet.set.iter().filter(|it| sheet.declared.iter().all(|one| one.name != it.name)) {
        list.push(ParameterLine {
            name: it.name.clone(),
            value: Some(it.value.clone()),
            ..ParameterLine::default()
        });
    }
    ParameterSet { product: sheet.product.to_string(), name: sheet.product_name, list }
}

/// What the page of a site shows of its agent.
pub(super) async fn of_site(
    web: &Web,
    call: &Call,
    view: &SiteView,
    lang: Lang,
    may_edit: bool,
) -> Result<SiteAgent, Error> {
    let id = &view.site.id;
    let now = web.app.now();
    let found = web.app.agent_view(&call.actor, id).await?;
    let sheets = web.app.site_parameters(call, id).await?;
    let version = |id: &_| {
        let found = view.releases.iter().find(|it| it.release.id == *id);
        found.and_then(|it| it.release.version.clone()).unwrap_or_default()
    };
    let mut page = SiteAgent {
        site: view.site.key.clone(),
        parameters: sheets.into_iter().map(|it| set_of(it, lang)).collect(),
        may_edit,
        ..SiteAgent::default()
    };
    let Some(found) = found else { return Ok(page) };
    page.actions = found
        .orders
        .iter()
        .map(|it| ActionLine {
            id: it.id,
            rollback: it.kind == "rollback",
            state: it.state.clone(),
            outcome: it.outcome.clone(),
            version: version(&it.release_id),
            at: it.ordered_at,
        })
        .collect();
    let (drift, facts): (Vec<_>, Vec<_>) =
        found.facts.into_iter().partition(|it| it.name.starts_with("drift"));
    let checked = drift.iter().map(|it| it.at).max();
    let changed = drift.iter().flat_map(|it| it.value.split([',', ' ']));
    let changed = changed.map(str::trim).filter(|it| !it.is_empty() && *it != "0" && *it != "none");
    page.agent = Some(AgentView {
        program: found.line.program,
        enrolled: Some(found.line.enrolled_at),
        seen: found.line.seen_at,
        silent: found.line.seen_at.is_some_and(|at| at + SILENT_AFTER < now),
        revoked: found.line.revoked_at,
        auto_confirm: found.line.auto_confirm,
        drift: changed.map(str::to_owned).collect(),
        checked,
        facts: facts.into_iter().map(|it| (it.name, it.value, it.at)).collect(),
    });
    Ok(page)
}

/// The line to paste at the machine of the site: what it must believe stands in it, so that it
/// never has to take a key from the server.
async fn line(web: &Web, call: &Call, view: &SiteView, secret: &str) -> Result<String, Error> {
    let base = web.app.settings().base_url.trim_end_matches('/').to_owned();
    let mut line = format!("roadbook-agent enroll {base} --token {secret}");
    line += &format!(" --director-key {}", web.app.director_key());
    let mut keys = Vec::new();
    for it in &view.versions {
        let list = web.app.key_list(&call.actor, &it.product).await.unwrap_or_default();
        keys.extend(list.into_iter().filter(|it| it.retired_at.is_none()).map(|it| it.public_key));
    }
    keys.sort();
    keys.dedup();
    for key in keys {
        // The key itself is the last line of minisign's form.
        let key = key.lines().last().unwrap_or_default().trim().to_owned();
        line += &format!(" --release-key {key}");
    }
    Ok(line)
}

/// What a package says that going back loses, in the language of the page.
pub(super) fn loses(ctx: &PageCtx, manifest: Option<&str>) -> String {
    let manifest = manifest.and_then(|it| serde_json::from_str::<Manifest>(it).ok());
    let text = manifest.map(|it| it.rollback_loses).unwrap_or_default();
    text.show(ctx.lang).0.to_owned()
}

async fn enroll(State(web): State<Web>, Path(text): Path<String>, sent: Sent) -> Page {
    let fail = fail(&sent.ctx);
    let id = web.app.site_find(&sent.caller.session.scope, &text).await.map_err(&fail)?;
    let made = web.app.agent_token(&sent.call, &id).await.map_err(&fail)?;
    let call = sent.caller.session.call();
    let mut view =
        site::load(&web, &call, &id, None, (None, sent.ctx.lang)).await.map_err(&fail)?;
    let secret = made.secret.unwrap_or_default();
    view.agent.enroll = Some(line(&web, &call, &view.site, &secret).await.map_err(&fail)?);
    Ok(super::view::site::site(&sent.ctx, &view).into_response())
}

async fn revoke(State(web): State<Web>, Path(text): Path<String>, sent: Sent) -> Page {
    let fail = fail(&sent.ctx);
    let id = web.app.site_find(&sent.caller.session.scope, &text).await.map_err(&fail)?;
    let reason = sent.fields.text("reason");
    web.app.agent_revoke(&sent.call, &id, &reason).await.map_err(&fail)?;
    Ok(go(&format!("/sites/{text}#agent")))
}

async fn parameter(State(web): State<Web>, Path(text): Path<String>, sent: Sent) -> Page {
    let fail = fail(&sent.ctx);
    let id: SiteId = web.app.site_find(&sent.caller.session.scope, &text).await.map_err(&fail)?;
    let product = ProductId::parse(&sent.fields.text("product"))
        .map_err(|_| fail(Error::NotFound { what: "product" }))?;
    let value = sent.fields.text("value");
    let value = (!sent.fields.ticked("remove")).then_some(value.as_str());
    let name = sent.fields.text("name");
    web.app.site_parameter_set(&sent.call, &id, &product, &name, value).await.map_err(&fail)?;
    Ok(go(&format!("/sites/{text}#parameters")))
}
