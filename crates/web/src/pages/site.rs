//! A site: its versions, contacts, decisions and deployments.

use super::agents;
use super::own::{decision, time_in};
use super::view::site::{SitePage, site};
use super::visit::{Fields, Page, Refused, Sent, Signed, go, local};
use crate::http::problem::Problem;
use crate::routes::{Endpoint, get, post};
use crate::server::Web;
use crate::ui::PageCtx;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use roadbook_app::releases::UNDER_WAY;
use roadbook_app::sites::{
    ContactInput, DeploymentReport, Outcome, Reporter, SiteAnswer, SiteView,
};
use roadbook_app::{Call, Error};
use roadbook_core::access::{Action, Kind, Resource, allowed};
use roadbook_core::ids::{ContactId, ReleaseId, SiteId};
use roadbook_core::text::Lang;
use roadbook_core::window::{Freeze, Target};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/sites/{site}", "show_site", show).page(),
        post("/sites/{site}/contacts", "send_contact", contact).page(),
        post("/sites/{site}/link", "send_site_link", link).page(),
        post("/sites/{site}/report", "send_report", report).page(),
        post("/sites/{site}/decide", "send_site_decision", decide).page(),
    ]
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Ask {
    at: String,
}

fn fail(ctx: &PageCtx) -> impl Fn(Error) -> Refused + use<> {
    let ctx = ctx.clone();
    move |error| Refused::new(ctx.clone(), error.into())
}

async fn show(signed: Signed, Path(text): Path<String>, Query(ask): Query<Ask>) -> Page {
    let Signed { ctx, caller, web } = signed;
    let id = web.app.site_find(&caller.session.scope, &text).await.map_err(fail(&ctx))?;
    let day = ask.at.parse::<jiff::civil::Date>().ok();
    // The end of the day: what ran when people went home.
    let at = day.and_then(|it| it.at(23, 59, 59, 0).to_zoned(ctx.zone.clone()).ok());
    let view =
        load(&web, &caller.session.call(), &id, at.map(|it| it.timestamp()), (None, ctx.lang))
            .await;
    Ok(site(&ctx, &view.map_err(fail(&ctx))?).into_response())
}

fn reaches(it: &Freeze, view: &SiteView, now: Timestamp) -> bool {
    let site = &view.site;
    let products: Vec<_> = view.versions.iter().map(|it| &it.product).collect();
    let target = |site, product| Target {
        product,
        class: Some(&view.site.class),
        site: Some(site),
        tags: &view.tags,
    };
    let hit = |site| {
        it.scope.covers(&target(site, None))
            || products.iter().any(|product| it.scope.covers(&target(site, Some(product))))
    };
    // What goes for a site goes for its parts.
    let own = std::iter::once(&site.id).chain(&site.part_of).any(hit);
    own && it.range.end > now
}

pub(super) async fn load(
    web: &Web,
    call: &Call,
    id: &SiteId,
    as_of: Option<Timestamp>,
    (link, lang): (Option<String>, Lang),
) -> Result<SitePage, Error> {
    let view = web.app.site_view(call, id).await?;
    let now = web.app.now();
    let mut history = Vec::new();
    let seen: BTreeSet<_> = view.versions.iter().map(|it| it.product.clone()).collect();
    for product in &seen {
        let name = view.versions.iter().find(|it| it.product == *product);
        let name = name.map(|it| it.product_name.clone()).unwrap_or_default();
        for it in web.app.site_history(call, id, product).await?.into_iter().rev() {
            let held = |at: Timestamp| it.since <= at && it.until.is_none_or(|end| at < end);
            if as_of.is_none_or(held) {
                history.push((name.clone(), it.version, it.since, it.until, it.source));
            }
        }
    }
    let book = web.app.calendar_book().await?.value;
    let freezes = book.freezes.iter().filter(|it| reaches(it, &view, now));
    let freezes = freezes.map(|it| (it.range.end, it.reason.clone())).collect();
    let windows = book.policies.iter().filter_map(|it| {
        let next = it.open().ok()?.next(now)?;
        Some((it.title.show(lang).0.to_string(), next.start))
    });
    let place = Resource {
        units: vec![view.site.unit_id.clone()],
        site: Some(view.site.id.clone()),
        part_of: view.site.part_of.clone(),
        ..Resource::default()
    };
    let may_edit = allowed(&call.actor, Action::Edit, Kind::Site, &place);
    let mut asked = BTreeMap::new();
    for it in view.releases.iter().filter(|it| UNDER_WAY.contains(&it.release.state.as_str())) {
        // Whoever may not answer here gets no form either.
        if let Ok(Some(found)) = web.app.site_asked(call, id, &it.release.id).await {
            asked.insert(it.release.id.clone(), found.digest);
        }
    }
    Ok(SitePage {
        asked,
        agent: agents::of_site(web, call, &view, lang, may_edit).await?,
        history,
        as_of,
        freezes,
        windows: windows.collect(),
        link,
        may_edit,
        may_answer: allowed(&call.actor, Action::Answer, Kind::Site, &place)
            || allowed(&call.actor, Action::Edit, Kind::Site, &place),
        site: view,
    })
}

async fn contact(State(web): State<Web>, Path(text): Path<String>, sent: Sent) -> Page {
    let fail = fail(&sent.ctx);
    let id = web.app.site_find(&sent.caller.session.scope, &text).await.map_err(&fail)?;
    let input = ContactInput {
        name: sent.fields.text("name"),
        email: Some(sent.fields.text("email")).filter(|it| !it.is_empty()),
        lang: sent.fields.text("lang"),
        kind: sent.fields.text("kind"),
        active: true,
    };
    web.app.contact_add(&sent.call, &id, input).await.map_err(&fail)?;
    Ok(go(&format!("/sites/{text}")))
}

async fn link(State(web): State<Web>, Path(text): Path<String>, sent: Sent) -> Page {
    let fail = fail(&sent.ctx);
    let id = web.app.site_find(&sent.caller.session.scope, &text).await.map_err(&fail)?;
    let contact = ContactId::parse(&sent.fields.text("contact"))
        .map_err(|_| fail(Error::NotFound { what: "contact" }))?;
    let made = web.app.site_link(&sent.call, &contact).await.map_err(&fail)?;
    // The secret is known only now: it is shown on this answer and nowhere else.
    let base = web.app.settings().base_url.trim_end_matches('/').to_owned();
    let link = made.secret.map(|it| format!("{base}/p/{it}"));
    let call = sent.caller.session.call();
    let view = load(&web, &call, &id, None, (link, sent.ctx.lang)).await.map_err(&fail)?;
    Ok(site(&sent.ctx, &view).into_response())
}

/// A report from the fields of its form.
pub(super) fn report_of(
    site: SiteId,
    release: ReleaseId,
    fields: &Fields,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<DeploymentReport, Problem> {
    let outcome = Outcome::parse(&fields.text("outcome"))
        .ok_or_else(|| Problem::field("outcome", "required", "say what came of it"))?;
    let at = match fields.text("at") {
        it if it.is_empty() => now,
        it => time_in(zone, "at", &it)?,
    };
    Ok(DeploymentReport {
        site,
        release,
        generation: fields.text("generation").parse().unwrap_or(0),
        outcome,
        reported_by: Reporter::Person { evidence: fields.text("evidence") },
        at,
        note: fields.text("note"),
        package: None,
    })
}

fn release_of(sent: &Sent) -> Result<ReleaseId, Refused> {
    ReleaseId::parse(&sent.fields.text("release"))
        .map_err(|_| fail(&sent.ctx)(Error::NotFound { what: "release" }))
}

async fn report(State(web): State<Web>, Path(text): Path<String>, sent: Sent) -> Page {
    let fail = fail(&sent.ctx);
    let id = web.app.site_find(&sent.caller.session.scope, &text).await.map_err(&fail)?;
    let release = release_of(&sent)?;
    let report = report_of(id, release, &sent.fields, &sent.ctx.zone, web.app.now())
        .map_err(|problem| Refused::new(sent.ctx.clone(), problem))?;
    web.app.deployment_report(&sent.call, report).await.map_err(&fail)?;
    Ok(go(local(&sent.fields.text("back"))))
}

async fn decide(State(web): State<Web>, Path(text): Path<String>, sent: Sent) -> Page {
    let fail = fail(&sent.ctx);
    let id = web.app.site_find(&sent.caller.session.scope, &text).await.map_err(&fail)?;
    let release = release_of(&sent)?;
    let mut fields = sent.fields.clone();
    fields.0.push(("message".to_owned(), sent.fields.text("reason")));
    let what = sent.fields.text("decision");
    let answer = decision(&sent.ctx, &what, &fields)
        .map_err(|problem| Refused::new(sent.ctx.clone(), problem))?;
    let digest = Some(sent.fields.text("digest")).filter(|it| !it.is_empty());
    let answer = SiteAnswer { decision: answer, digest };
    web.app.site_decide(&sent.call, &id, &release, answer).await.map_err(&fail)?;
    Ok(go(local(&sent.fields.text("back"))))
}
