//! What comes to a site, as its own people see it: contacts through their link, and whoever may
//! answer for the site.

use super::releases::receipt;
use super::sites::{SiteAndRelease, pair, reported};
use super::time;
use crate::http::input::{Asked, Command};
use crate::http::problem::{Answer, Problem};
use crate::http::session::{Identity as _, Visitor};
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use axum::Json;
use axum::extract::{Path, State};
use roadbook_app::Error;
use roadbook_app::sites::{Asked as Question, SiteReleaseView};
use roadbook_core::access::{Action, Kind};
use roadbook_core::text::Lang;
use roadbook_wire::api::{self, sites as wire};
use serde::Deserialize;

const VIEW: Access = Access::Grant(Action::View, Kind::Site);

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/api/v1/sites/{site}/releases", "list_site_releases", list)
            .says("Releases that come or came to a site, with the site's own answers.")
            .access(VIEW)
            .gives::<Vec<wire::OwnRelease>>(),
        get("/api/v1/sites/{site}/releases/{release}", "get_site_release", one)
            .says("A release as a site may read it: what was published, when it comes, what the site said.")
            .access(VIEW)
            .asks(&["lang"])
            .gives::<wire::OwnReleaseDetail>(),
        post("/api/v1/sites/{site}/releases/{release}/deployment", "report_site_deployment", report)
            .says("Report for the site what came of the deployment.")
            .access(Access::Grant(Action::Answer, Kind::Site))
            .takes::<wire::OwnReport>()
            .gives::<api::Receipt>(),
    ]
}

fn line(it: &SiteReleaseView) -> wire::OwnRelease {
    wire::OwnRelease {
        release: it.release.id.to_string(),
        number: it.release.number.clone(),
        title: it.release.title.clone(),
        version: it.release.version.clone(),
        state: it.release.state.clone(),
        slot_at: it.deployment.slot_at.or(it.release.go_live_at).map(time),
        outcome: it.deployment.outcome.clone(),
        decision: it.decision.as_ref().map(|it| it.decision.clone()),
        wished_at: it.decision.as_ref().and_then(|it| it.wished_at).map(time),
        reason: it.decision.as_ref().and_then(|it| it.reason.clone()),
        read: it.read,
        feedback_given: !it.feedback.is_empty(),
    }
}

fn asked_of(it: Question, lang: Lang) -> wire::OwnAsked {
    let papers = it.papers.into_iter().map(|it| wire::OwnPaper {
        document: it.kind,
        title: it.title.show(lang).0.to_owned(),
        revision: it.revision.label,
        digest: it.revision.digest,
        at: time(it.revision.at),
        html: it.html,
    });
    wire::OwnAsked {
        digest: it.digest,
        question: it.question.show(lang).0.to_owned(),
        papers: papers.collect(),
    }
}

async fn list(
    State(web): State<Web>,
    visitor: Visitor,
    Path(site): Path<String>,
) -> Answer<Json<Vec<wire::OwnRelease>>> {
    let id = web.app.site_find(&visitor.scope, &site).await?;
    let view = web.app.site_view(&visitor.call(), &id).await?;
    Ok(Json(view.releases.iter().map(line).collect()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InLang {
    lang: Option<String>,
}

async fn one(
    State(web): State<Web>,
    visitor: Visitor,
    Path((site, release)): SiteAndRelease,
    Asked(query): Asked<InLang>,
) -> Answer<Json<wire::OwnReleaseDetail>> {
    let id = web.app.site_find(&visitor.scope, &site).await?;
    let view = web.app.site_view(&visitor.call(), &id).await?;
    let lang = match query.lang.as_deref() {
        None => view.site.lang,
        Some(text) => Lang::from_tag(text)
            .ok_or_else(|| Problem::field("lang", "unknown", "`en`, `ko`, `vi` or `zh`"))?,
    };
    let mut known = view.releases.iter();
    let found = known.find(|it| it.release.id.as_str() == release || it.release.number == release);
    let found = found.ok_or(Error::NotFound { what: "release" })?;
    // What the site may read of a release is what is published of it.
    let public = web.app.public_release(&found.release.number, lang).await.ok();
    let asked = match web.app.site_asked(&visitor.call(), &id, &found.release.id).await {
        Ok(asked) => asked.map(|it| asked_of(it, lang)),
        // Whoever only looks at the site is not asked.
        Err(Error::Denied { .. } | Error::NotFound { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    Ok(Json(wire::OwnReleaseDetail {
        asked,
        line: line(found),
        product: public.as_ref().map(|it| it.item.product.clone()),
        features: public.as_ref().map(|it| it.features.clone()).unwrap_or_default(),
        improvements: public.as_ref().map(|it| it.improvements.clone()).unwrap_or_default(),
        requirements: public.map(|it| it.requirements).unwrap_or_default(),
    }))
}

async fn report(
    State(web): State<Web>,
    Path(at): SiteAndRelease,
    command: Command<wire::OwnReport, Visitor>,
) -> Answer {
    let Command { call, caller, body } = command;
    let (site, release) = pair(&web, &caller, &at).await?;
    let view = web.app.site_view(&call, &site).await?;
    let order = view.releases.iter().find(|it| it.release.id == release);
    let order = order.ok_or(Error::NotFound { what: "release" })?;
    let generation = u64::try_from(order.deployment.generation).unwrap_or_default();
    let generation = body.generation.unwrap_or(generation);
    let body = wire::Report {
        site: site.to_string(),
        outcome: body.outcome,
        evidence: body.evidence,
        at: body.at,
        generation: Some(generation),
        note: body.note,
        package: None,
    };
    let report = reported(&web, site, release, generation, body)?;
    Ok(receipt(&web.app.deployment_report(&call, report).await?))
}
