//! Rollouts: the preview, the waves and their sites, and what people order.

use super::time;
use crate::api::releases::receipt;
use crate::http::input::{Asked, Command};
use crate::http::problem::{Answer, Problem};
use crate::http::session::{Identity as _, Visitor};
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use axum::Json;
use axum::extract::{Path, State};
use roadbook_app::PageAsk;
use roadbook_app::rollouts::{PreviewSite, Reach, RolloutListItem, RolloutView, SiteFilter};
use roadbook_core::access::{Action, Kind};
use roadbook_core::ids::{ReleaseId, RolloutId};
use roadbook_core::rollout::Consequence;
use roadbook_wire::api::{self, rollouts as wire};
use serde::Deserialize;

const VIEW: Access = Access::Grant(Action::View, Kind::Release);
const LEAD: Access = Access::Grant(Action::Lead, Kind::Release);

pub(super) fn endpoints() -> Vec<Endpoint> {
    let mut list = looking();
    list.extend(ordering());
    list
}

fn looking() -> Vec<Endpoint> {
    vec![
        get("/api/v1/rollouts", "list_rollouts", list)
            .says("Rollouts of releases that you may see, newest first.")
            .access(VIEW)
            .asks(&["cursor", "limit"])
            .gives::<wire::RolloutPage>(),
        get("/api/v1/releases/{release}/rollout", "get_rollout", one)
            .says("The rollout of a release: waves, why it stands, what happens if nobody acts.")
            .access(VIEW)
            .asks(&["rollout"])
            .gives::<wire::Rollout>(),
        get("/api/v1/releases/{release}/rollout/sites", "list_rollout_sites", sites)
            .says("Its sites by wave and key, narrowed by wave, by how they stand, by name.")
            .access(VIEW)
            .asks(&["rollout", "wave", "at", "text", "skip", "limit"])
            .gives::<wire::RolloutSites>(),
        get("/api/v1/releases/{release}/rollout/preview", "preview_rollout", preview)
            .says("Which site would be in which wave if it began now.")
            .access(VIEW)
            .gives::<wire::Preview>(),
        get("/api/v1/releases/{release}/rollout/rollback", "preview_rollback", back_preview)
            .says("What a way back would do and lose, before anybody confirms it.")
            .access(VIEW)
            .asks(&["site", "wave"])
            .gives::<wire::RollbackPreview>(),
    ]
}

fn ordering() -> Vec<Endpoint> {
    let done = |it: Endpoint| it.gives::<api::Receipt>().access(LEAD);
    vec![
        done(post("/api/v1/releases/{release}/rollout/hold", "hold_rollout", hold))
            .says("Stop it: no order is handed out any more.")
            .takes::<wire::Reason>(),
        done(post("/api/v1/releases/{release}/rollout/resume", "resume_rollout", resume))
            .says("Let it go on; what failed so far was seen.")
            .takes::<wire::Reason>(),
        done(post("/api/v1/releases/{release}/rollout/lift", "lift_rollout", lift))
            .says("Let automation go on after a way back.")
            .takes::<wire::Reason>(),
        done(post("/api/v1/releases/{release}/rollout/skip", "skip_rollout_site", skip))
            .says("Leave a site out.")
            .takes::<wire::SiteReason>(),
        done(post("/api/v1/releases/{release}/rollout/retry", "retry_rollout_site", retry))
            .says("Have a site tried again.")
            .takes::<wire::SiteReason>(),
        done(post("/api/v1/releases/{release}/rollout/rollback", "roll_back", roll_back))
            .says("Take a site, a wave or everything back; nothing goes on by itself afterwards.")
            .creates()
            .takes::<wire::RollbackInput>(),
    ]
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Query {
    cursor: Option<String>,
    limit: Option<usize>,
    rollout: Option<String>,
    wave: Option<i64>,
    at: Option<String>,
    text: Option<String>,
    skip: Option<usize>,
    site: Option<String>,
}

async fn which(
    web: &Web,
    visitor: &Visitor,
    release: &str,
    query: &Query,
) -> Answer<(ReleaseId, Option<RolloutId>)> {
    let release = web.app.release_find(&visitor.actor, release).await?;
    let rollout = match &query.rollout {
        Some(text) => Some(super::id(RolloutId::parse, text, "rollout")?),
        None => None,
    };
    Ok((release, rollout))
}

fn line(it: &RolloutListItem) -> wire::RolloutLine {
    let row = &it.rollout;
    wire::RolloutLine {
        id: row.id.to_string(),
        release: row.release_id.to_string(),
        number: it.number.clone(),
        version: it.version.clone(),
        kind: row.kind.clone(),
        state: row.state.clone(),
        wave: row.wave,
        code: row.reason_code.clone(),
        reason: row.reason.clone(),
        reach: row.reach.clone(),
        origin: row.origin.as_ref().map(ToString::to_string),
        members: row.members.clone(),
        started_at: time(row.started_at),
        ended_at: row.ended_at.map(time),
        revision: row.revision,
    }
}

fn consequence(of: &Consequence) -> wire::Consequence {
    let made = |what: &str, wave, sites, at: Option<jiff::Timestamp>| wire::Consequence {
        what: what.to_owned(),
        wave,
        sites,
        at: at.map(time),
    };
    match *of {
        Consequence::Nothing => made("nothing", None, 0, None),
        Consequence::Stays { keep } => made("stays", None, keep, None),
        Consequence::NextWave { wave, at, sites } => made("next_wave", Some(wave), sites, Some(at)),
        Consequence::Waits { wave, open } => made("waits", Some(wave), open, None),
        Consequence::Left { sites } => made("left", None, sites, None),
    }
}

fn whole(view: RolloutView) -> wire::Rollout {
    let waves = view.waves.iter().map(|it| wire::Wave {
        wave: it.wave.wave,
        name: it.wave.name.clone(),
        state: it.wave.state.clone(),
        total: it.wave.total,
        sites: it
            .counts
            .iter()
            .map(|(at, sites)| wire::Standing { at: at.clone(), sites: *sites })
            .collect(),
        soak_seconds: it.wave.soak_seconds,
        halt_failed: it.wave.halt_failed,
        halt_silent: it.wave.halt_silent,
        started_at: it.wave.started_at.map(time),
        through_at: it.wave.through_at.map(time),
    });
    wire::Rollout {
        waves: waves.collect(),
        halt: view.halt.map(|it| wire::Halt {
            code: it.code.name().to_owned(),
            wave: it.wave,
            sites: it.sites,
            total: it.total,
            limit: it.limit,
        }),
        if_nobody_acts: consequence(&view.consequence),
        to_lift: view.to_lift,
        runs: view.runs.iter().map(|it| it.id.to_string()).collect(),
        line: line(&RolloutListItem {
            rollout: view.rollout,
            number: view.number,
            version: view.version,
        }),
    }
}

async fn list(
    State(web): State<Web>,
    visitor: Visitor,
    Asked(query): Asked<Query>,
) -> Answer<Json<wire::RolloutPage>> {
    let ask = PageAsk { cursor: query.cursor, limit: query.limit.unwrap_or(0) };
    let page = web.app.rollout_list(&visitor.call(), &ask).await?;
    Ok(Json(wire::RolloutPage { rows: page.rows.iter().map(line).collect(), next: page.next }))
}

async fn one(
    State(web): State<Web>,
    visitor: Visitor,
    Path(release): Path<String>,
    Asked(query): Asked<Query>,
) -> Answer {
    let (release, rollout) = which(&web, &visitor, &release, &query).await?;
    let view = web.app.rollout_view(&visitor.call(), &release, rollout.as_ref()).await?;
    let revision = view.rollout.revision;
    Ok(super::tagged(whole(view), revision))
}

async fn sites(
    State(web): State<Web>,
    visitor: Visitor,
    Path(release): Path<String>,
    Asked(query): Asked<Query>,
) -> Answer<Json<wire::RolloutSites>> {
    let (release, rollout) = which(&web, &visitor, &release, &query).await?;
    let filter = SiteFilter {
        wave: query.wave,
        at: query.at,
        text: query.text,
        skip: query.skip.unwrap_or(0),
        limit: query.limit.unwrap_or(0),
    };
    let found = web.app.rollout_sites(&visitor.call(), &release, rollout.as_ref(), &filter).await?;
    let rows = found.rows.into_iter().map(|it| wire::RolloutSite {
        site: it.site.to_string(),
        key: it.key,
        name: it.name,
        zone: it.zone,
        wave: it.wave,
        at: it.at,
        to: it.to,
        runs: it.runs,
        agent: it.agent,
        seen_at: it.seen_at.map(time),
        action: it.action,
        stage: it.stage,
        note: it.note,
        not_before: it.not_before.map(time),
        until: it.until.map(time),
        evidence: it.evidence,
        generation: it.generation,
    });
    Ok(Json(wire::RolloutSites { rows: rows.collect(), found: found.found }))
}

fn shown(it: &PreviewSite) -> wire::PreviewSite {
    wire::PreviewSite {
        site: it.site.to_string(),
        key: it.key.clone(),
        name: it.name.clone(),
        part: it.part.name().to_owned(),
        zone: it.zone.clone(),
        decision: it.decision.clone(),
        no_order: it.no_order.as_ref().map(|it| it.code().to_owned()),
    }
}

async fn preview(
    State(web): State<Web>,
    visitor: Visitor,
    Path(release): Path<String>,
) -> Answer<Json<wire::Preview>> {
    let release = web.app.release_find(&visitor.actor, &release).await?;
    let found = web.app.rollout_preview(&visitor.call(), &release).await?;
    let waves = found.waves.iter().map(|it| wire::PreviewWave {
        name: it.rule.name.clone(),
        of: it.rule.of.name().to_owned(),
        share: it.rule.share,
        soak_seconds: it.rule.soak_seconds,
        halt_failed: it.rule.halt_failed,
        halt_silent: it.rule.halt_silent,
        total: it.total,
        sites: it.sites.iter().map(shown).collect(),
    });
    Ok(Json(wire::Preview {
        waves: waves.collect(),
        declined: found.declined.iter().map(shown).collect(),
        step: found.step,
        members: found.digest,
    }))
}

async fn reach(
    web: &Web,
    visitor: &Visitor,
    site: Option<&str>,
    wave: Option<u32>,
) -> Answer<Reach> {
    match (site, wave) {
        (Some(_), Some(_)) => {
            Err(Problem::field("wave", "too_much", "name a site or a wave, not both"))
        }
        (Some(site), None) => Ok(Reach::Site(web.app.site_find(&visitor.scope, site).await?)),
        (None, Some(wave)) => Ok(Reach::Wave(wave)),
        (None, None) => Ok(Reach::All),
    }
}

async fn back_preview(
    State(web): State<Web>,
    visitor: Visitor,
    Path(release): Path<String>,
    Asked(query): Asked<Query>,
) -> Answer<Json<wire::RollbackPreview>> {
    let release = web.app.release_find(&visitor.actor, &release).await?;
    let wave = query.wave.map(|it| u32::try_from(it).unwrap_or(0));
    let reach = reach(&web, &visitor, query.site.as_deref(), wave).await?;
    let found = web.app.rollback_preview(&visitor.call(), &release, &reach).await?;
    let manifest = found.manifest.as_deref().unwrap_or("null");
    let manifest: serde_json::Value = serde_json::from_str(manifest).unwrap_or_default();
    let sites = found.sites.into_iter().map(|it| wire::RollbackSite {
        site: it.site.to_string(),
        key: it.key,
        name: it.name,
        since: it.since.map(time),
        to: it.to,
        agent: it.agent,
    });
    Ok(Json(wire::RollbackPreview {
        total: found.total,
        sites: sites.collect(),
        since: found.since.map(time),
        loses: serde_json::from_value(manifest["rollback_loses"].clone()).ok(),
        without_former: found.without_former,
    }))
}

macro_rules! order {
    ($name:ident, $does:ident) => {
        async fn $name(
            State(web): State<Web>,
            Path(release): Path<String>,
            command: Command<wire::Reason, Visitor>,
        ) -> Answer {
            let release = web.app.release_find(&command.caller.actor, &release).await?;
            Ok(receipt(&web.app.$does(&command.call, &release, &command.body.reason).await?))
        }
    };
    ($name:ident, $does:ident, site) => {
        async fn $name(
            State(web): State<Web>,
            Path(release): Path<String>,
            command: Command<wire::SiteReason, Visitor>,
        ) -> Answer {
            let Command { call, caller, body } = command;
            let release = web.app.release_find(&caller.actor, &release).await?;
            let site = web.app.site_find(&caller.scope, &body.site).await?;
            Ok(receipt(&web.app.$does(&call, &release, &site, &body.reason).await?))
        }
    };
}
order!(hold, rollout_hold);
order!(resume, rollout_resume);
order!(lift, rollout_lift);
order!(skip, rollout_skip, site);
order!(retry, rollout_retry, site);

async fn roll_back(
    State(web): State<Web>,
    Path(release): Path<String>,
    command: Command<wire::RollbackInput, Visitor>,
) -> Answer {
    let Command { call, caller, body } = command;
    let release = web.app.release_find(&caller.actor, &release).await?;
    let reach = reach(&web, &caller, body.site.as_deref(), body.wave).await?;
    Ok(receipt(&web.app.rollout_roll_back(&call, &release, &reach, &body.reason).await?))
}
