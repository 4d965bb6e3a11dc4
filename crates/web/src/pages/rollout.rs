//! The rollout of a release: its waves, why it stands, what happens if nobody acts, site by site.

use super::action::messages;
use super::agents::loses;
use super::release::{ReleaseTab, VIEW, load, page};
use super::view::action::{log, stages};
use super::view::rollout::{
    Ask, At, Filter, Loss, RolloutPage, SiteLine, Trouble, WaveView as Wave, rollout,
};
use super::visit::{Page, Refused, Sent, Signed, go, local};
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use crate::ui::PageCtx;
use crate::ui::form::{Choice, Field, Kind as Input, form};
use crate::ui::parts::text_card;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use jiff::SignedDuration;
use maud::html;
use roadbook_app::releases::{EditRelease, ReleaseView};
use roadbook_app::rollouts::{
    Preview, PreviewSite, Reach, RollbackPreview, RolloutSiteView, RolloutView, SiteFilter,
    WaveView,
};
use roadbook_app::{Call, Error};
use roadbook_core::access::{Action, Kind};
use roadbook_core::ids::{ReleaseId, RolloutId, SiteId};
use roadbook_core::package::NoFit;
use roadbook_core::release::Package;
use roadbook_core::rollout::{Code, Consequence, Part};
use serde::Deserialize;

/// Sites on a page.
const STEP: usize = 100;
/// Sites whose loss is told one by one.
const LOSSES: usize = 20;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let act = Access::Grant(Action::Act, Kind::Release);
    vec![
        get("/releases/{release}/rollout", "show_release_rollout", show).access(VIEW).page(),
        post("/releases/{release}/rollout/act", "send_rollout_order", order).access(act).page(),
        post("/releases/{release}/rollout/package", "send_release_package", name_package)
            .access(Access::SignedIn)
            .page(),
    ]
}

/// What a reader asks of the page.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    wave: String,
    at: String,
    q: String,
    after: usize,
    ask: String,
    site: String,
    run: String,
}

/// How far a way back reaches, by the fields of a form.
async fn reach(web: &Web, call: &Call, site: &str, wave: &str) -> Result<Reach, Error> {
    if !site.is_empty() {
        return Ok(Reach::Site(find(web, call, site).await?));
    }
    Ok(wave.parse().map_or(Reach::All, Reach::Wave))
}

async fn find(web: &Web, call: &Call, site: &str) -> Result<SiteId, Error> {
    let scope = web.app.scope_for(&call.actor).await?;
    web.app.site_find(&scope, site).await
}

fn losses(ctx: &PageCtx, preview: &RollbackPreview) -> (Vec<Loss>, usize) {
    let words = loses(ctx, preview.manifest.as_deref());
    let list: Vec<Loss> = preview
        .sites
        .iter()
        .take(LOSSES)
        .map(|it| Loss { site: it.name.clone(), since: it.since, loses: words.clone() })
        .collect();
    let more = preview.total.saturating_sub(list.len());
    (list, more)
}

async fn order(State(web): State<Web>, Path(text): Path<String>, sent: Sent) -> Page {
    let ctx = sent.ctx.clone();
    let fail = |error: Error| Refused::new(ctx.clone(), error.into());
    let call = &sent.call;
    let release = web.app.release_find(&call.actor, &text).await.map_err(fail)?;
    let field = |name| sent.fields.text(name);
    let (site, wave, reason) = (field("site"), field("wave"), field("reason"));
    let app = &web.app;
    match field("command").as_str() {
        "hold" => app.rollout_hold(call, &release, &reason).await,
        "resume" => app.rollout_resume(call, &release, &reason).await,
        "lift" => app.rollout_lift(call, &release, &reason).await,
        "skip" => {
            let site = find(&web, call, &site).await.map_err(fail)?;
            app.rollout_skip(call, &release, &site, &reason).await
        }
        "retry" => {
            let site = find(&web, call, &site).await.map_err(fail)?;
            app.rollout_retry(call, &release, &site, &reason).await
        }
        "rollback" => {
            let reach = reach(&web, call, &site, &wave).await.map_err(fail)?;
            app.rollout_roll_back(call, &release, &reach, &reason).await
        }
        _ => Err(Error::NotFound { what: "command" }),
    }
    .map_err(fail)?;
    Ok(go(local(&field("back"))))
}

fn line(it: &RolloutSiteView) -> SiteLine {
    let said = [&it.note, &it.evidence].into_iter().flatten().find(|it| !it.is_empty());
    SiteLine {
        key: it.key.clone(),
        name: it.name.clone(),
        wave: it.wave,
        at: At::parse(&it.at),
        stage: it.stage.clone(),
        runs: it.runs.clone().unwrap_or_default(),
        agent: it.agent,
        heard: it.seen_at.max(it.heard_at),
        since: Some(it.at_time),
        remark: said.cloned().unwrap_or_default(),
        action: it.action,
        slot: it.not_before,
    }
}

fn wave(view: &RolloutView, it: &WaveView) -> Wave {
    let stands = matches!(view.rollout.state.as_str(), "halted" | "held");
    let open = !matches!(it.wave.state.as_str(), "done" | "waiting");
    let counts = it.counts.iter().map(|(word, n)| (At::parse(word), *n)).collect();
    Wave {
        number: it.wave.wave,
        name: it.wave.name.clone(),
        of: Part::Site,
        state: if stands && open { view.rollout.state.clone() } else { it.wave.state.clone() },
        counts,
        soak: SignedDuration::from_secs(it.wave.soak_seconds),
        halt_failed: Some(it.wave.halt_failed),
        halt_silent: Some(it.wave.halt_silent),
        started: it.wave.started_at,
        finished: it.wave.through_at,
    }
}

/// What happens next: for whom, and if nobody acts.
fn next(ctx: &PageCtx, view: &RolloutView) -> Vec<(String, String)> {
    let you = |key: &str| (ctx.t("work-you").into_owned(), ctx.t(key).into_owned());
    let mut list = match (view.rollout.state.as_str(), view.to_lift) {
        (_, true) => vec![you("rollout-next-lift")],
        ("halted", _) => vec![you("rollout-next-decide")],
        ("held", _) => vec![you("rollout-next-resume")],
        _ => Vec::new(),
    };
    list.extend(if_nobody(ctx, view));
    list
}

/// When it goes on by itself, or what stays as it is.
pub(super) fn if_nobody(ctx: &PageCtx, view: &RolloutView) -> Option<(String, String)> {
    let n = |key: &str, wave: u32, n: u32| {
        let args = [("wave", i64::from(wave).into()), ("n", i64::from(n).into())];
        ctx.ta(key, &args).into_owned()
    };
    let nobody = ctx.t("release-nobody-acts").into_owned();
    match view.consequence {
        Consequence::Nothing => None,
        Consequence::Stays { keep: 0 } => {
            Some((nobody, ctx.t("rollout-if-undecided").into_owned()))
        }
        Consequence::Stays { keep } => Some((nobody, n("rollout-if-stays", 0, keep))),
        Consequence::NextWave { wave, at, sites } => {
            Some((ctx.moment(at), n("rollout-if-wave", wave, sites)))
        }
        Consequence::Waits { wave, open } => Some((nobody, n("rollout-if-waits", wave, open))),
        Consequence::Left { sites } => Some((nobody, n("rollout-if-left", 0, sites))),
    }
}

/// Why it stopped itself, in counts.
pub(super) fn halted(ctx: &PageCtx, view: &RolloutView) -> Option<String> {
    let halt = view.halt?;
    let key = if halt.code == Code::Silent { "rollout-halt-silent" } else { "rollout-halt-failed" };
    let args = [
        ("n", i64::from(halt.sites).into()),
        ("all", i64::from(halt.total).into()),
        ("limit", i64::from(halt.limit).into()),
    ];
    Some(ctx.ta(key, &args).into_owned())
}

/// What all readings of a rollout have in common.
struct Reader<'a> {
    ctx: &'a PageCtx,
    web: &'a Web,
    call: Call,
    release: ReleaseId,
    run: Option<RolloutId>,
}

impl Reader<'_> {
    async fn lines(&self, filter: &SiteFilter) -> Result<(Vec<SiteLine>, usize), Error> {
        let run = self.run.as_ref();
        let found = self.web.app.rollout_sites(&self.call, &self.release, run, filter).await?;
        Ok((found.rows.iter().map(line).collect(), found.found))
    }

    async fn standing(&self, at: &[At], limit: usize) -> Result<Vec<SiteLine>, Error> {
        let mut all = Vec::new();
        for at in at {
            let filter =
                SiteFilter { at: Some(at.word().to_owned()), limit, ..SiteFilter::default() };
            all.extend(self.lines(&filter).await?.0);
        }
        Ok(all)
    }

    /// The site that stopped it, with what its agent did and said.
    async fn trouble(
        &self,
        view: &RolloutView,
    ) -> Result<(Option<Trouble>, Option<(String, maud::Markup)>), Error> {
        let stands = matches!(view.rollout.state.as_str(), "halted" | "held");
        // A site that went back by itself failed too.
        let look: &[At] = match view.halt.map(|it| it.code) {
            Some(Code::Silent) => &[At::Silent],
            _ => &[At::Failed, At::RolledBack],
        };
        let site = self.standing(look, 1).await?.into_iter().next();
        let Some(site) = site.filter(|_| stands && !view.to_lift) else { return Ok((None, None)) };
        let mut shown = (Vec::new(), None);
        if let Some(id) = site.action {
            let told = messages(&self.web.app.run_log(&self.call, id).await?);
            let from = told.len().saturating_sub(8);
            let title = [("site", site.name.as_str().into())];
            let title = self.ctx.ta("rollout-last-lines", &title).into_owned();
            shown.0 = stages(self.ctx, &told);
            shown.1 = told.get(from..).map(|it| (title, log(self.ctx, it)));
        }
        let reach = Reach::Site(find(self.web, &self.call, &site.key).await?);
        let way = self.web.app.rollback_preview(&self.call, &self.release, &reach).await;
        let former = way.ok().and_then(|it| it.sites.into_iter().next()).and_then(|it| it.to);
        Ok((Some(Trouble { site, stages: shown.0, former: former.unwrap_or_default() }), shown.1))
    }

    async fn asked(&self, asked: &Asked, view: &RolloutView) -> Result<Option<Ask>, Error> {
        let known = ["hold", "resume", "skip", "retry", "rollback", "lift"];
        if !known.contains(&asked.ask.as_str()) || !view.may_lead {
            return Ok(None);
        }
        let mut ask =
            Ask { command: asked.ask.clone(), site: None, wave: None, losses: Vec::new(), more: 0 };
        if !asked.site.is_empty() {
            let filter = SiteFilter { text: Some(asked.site.clone()), ..SiteFilter::default() };
            let found = self.lines(&filter).await?.0.into_iter().find(|it| it.key == asked.site);
            let found = found.ok_or(Error::NotFound { what: "site" })?;
            ask.site = Some((found.key, found.name));
        } else if let Ok(number) = asked.wave.parse::<i64>() {
            let found = view.waves.iter().find(|it| it.wave.wave == number);
            ask.wave = found.map(|it| (number, it.wave.name.clone()));
        }
        if ask.command == "rollback" {
            let wave = ask.wave.as_ref().map(|it| it.0.to_string()).unwrap_or_default();
            let reach = reach(self.web, &self.call, &asked.site, &wave).await?;
            let preview = self.web.app.rollback_preview(&self.call, &self.release, &reach).await?;
            (ask.losses, ask.more) = losses(self.ctx, &preview);
        }
        Ok(Some(ask))
    }
}

fn filter_of(asked: &Asked) -> Filter {
    let wave = asked.wave.parse().ok().filter(|_| asked.ask.is_empty());
    Filter { wave, at: asked.at.clone(), q: asked.q.trim().to_owned() }
}

/// The rollouts of the release, as links.
fn runs_of(ctx: &PageCtx, view: &RolloutView, base: &str) -> Vec<(String, String, bool)> {
    view.runs
        .iter()
        .map(|it| {
            let words = if it.kind == "rollback" {
                let at = ctx.date_time(it.started_at);
                ctx.ta("rollout-run-rollback", &[("at", at.as_str().into())]).into_owned()
            } else {
                ctx.t("rollout-run-install").into_owned()
            };
            (words, format!("{base}?run={}", it.id), it.id == view.rollout.id)
        })
        .collect()
}

async fn under_way(
    reader: &Reader<'_>,
    asked: &Asked,
    view: RolloutView,
) -> Result<RolloutPage, Error> {
    let ctx = reader.ctx;
    let filter = filter_of(asked);
    let bare = filter.wave.is_none() && filter.at.is_empty() && filter.q.is_empty();
    let attention = filter.at == "attention";
    let went_back = view.rollout.kind != "rollback";
    let look = [At::Failed, At::RolledBack, At::Silent, At::Confirming];
    let look: Vec<At> = look.into_iter().filter(|it| went_back || *it != At::RolledBack).collect();
    let urgent = if attention || (bare && asked.after == 0) {
        reader.standing(&look, if attention { STEP } else { 10 }).await?
    } else {
        Vec::new()
    };
    let some = |it: &str| Some(it.to_owned()).filter(|it| !it.is_empty());
    let (sites, found) = if attention {
        (Vec::new(), urgent.len())
    } else {
        let ask = SiteFilter {
            wave: filter.wave,
            at: some(At::parse_code(&filter.at).map_or("", At::word)),
            text: some(&filter.q),
            skip: asked.after,
            limit: STEP,
        };
        reader.lines(&ask).await?
    };
    let (trouble, lines) = reader.trouble(&view).await?;
    let base = format!("/releases/{}/rollout", reader.release);
    let runs = runs_of(ctx, &view, &base);
    // An agent that is silent stopped it when it was last heard of, any other site when it reported.
    let stopped = trouble.as_ref().and_then(|it| match it.site.at {
        At::Silent => it.site.heard,
        _ => it.site.since,
    });
    Ok(RolloutPage {
        id: Some(view.rollout.id.to_string()),
        rollback: view.rollout.kind == "rollback",
        version: view.version.clone(),
        state: view.rollout.state.clone(),
        since: stopped.or(view.rollout.ended_at),
        code: if view.halt.is_some() {
            String::new()
        } else {
            view.rollout.reason_code.clone().unwrap_or_default()
        },
        reason: halted(ctx, &view).or_else(|| view.rollout.reason.clone()).unwrap_or_default(),
        wave: view.rollout.wave,
        next: next(ctx, &view),
        trouble,
        to_lift: view.to_lift,
        by_people: view.by_people,
        may_act: view.may_lead,
        waves: view.waves.iter().map(|it| wave(&view, it)).collect(),
        urgent,
        sites,
        found,
        before: asked.after,
        step: STEP,
        filter,
        ask: reader.asked(asked, &view).await?,
        runs,
        lines,
        base,
    })
}

/// What a site decided, and why its agent would get no order.
fn remark(ctx: &PageCtx, it: &PreviewSite) -> String {
    let decided = super::view::site::decision_words(ctx, it.decision.as_deref()).1;
    let Some(no_order) = &it.no_order else { return decided };
    let key = format!("rollout-no-order-{}", no_order.code().replace('_', "-"));
    let text = match no_order {
        NoFit::PackageMissing => ctx.t(&key),
        NoFit::PlatformUnknown { offers } => ctx.ta(&key, &[("offers", offers.as_str().into())]),
        NoFit::PlatformUnfit { offers, here } => {
            ctx.ta(&key, &[("offers", offers.as_str().into()), ("here", here.as_str().into())])
        }
    };
    if decided.is_empty() { text.into_owned() } else { format!("{decided} · {text}") }
}

/// Before the start: who would be in which wave.
fn preview(ctx: &PageCtx, release: &ReleaseId, asked: &Asked, found: &Preview) -> RolloutPage {
    let filter = filter_of(asked);
    let waves = (1_i64..).zip(&found.waves).map(|(number, it)| Wave {
        number,
        name: it.rule.name.clone(),
        of: it.rule.of,
        counts: vec![(At::Scheduled, i64::try_from(it.total).unwrap_or(i64::MAX))],
        soak: SignedDuration::from_secs(it.rule.soak_seconds),
        halt_failed: Some(i64::from(it.rule.halt_failed)),
        halt_silent: Some(i64::from(it.rule.halt_silent)),
        ..Wave::default()
    });
    let needle = filter.q.to_lowercase();
    let fits = |text: &str| text.to_lowercase().contains(&needle);
    let all = (1_i64..)
        .zip(&found.waves)
        .flat_map(|(wave, it)| it.sites.iter().map(move |it| (wave, it)));
    let all: Vec<SiteLine> = all
        .filter(|(wave, it)| {
            filter.wave.is_none_or(|want| want == *wave) && (fits(&it.name) || fits(&it.key))
        })
        .map(|(wave, it)| SiteLine {
            key: it.key.clone(),
            name: it.name.clone(),
            wave,
            at: At::Scheduled,
            stage: None,
            runs: String::new(),
            agent: it.agent.is_some(),
            heard: it.agent.flatten(),
            since: None,
            remark: remark(ctx, it),
            action: None,
            slot: None,
        })
        .collect();
    let sites = found.waves.iter().flat_map(|it| &it.sites);
    RolloutPage {
        by_people: sites.filter(|it| it.no_order == Some(NoFit::PackageMissing)).count(),
        base: format!("/releases/{release}/rollout"),
        waves: waves.collect(),
        next: vec![(ctx.t("work-when").into_owned(), ctx.t("rollout-next-starts").into_owned())],
        found: all.len(),
        sites: all.into_iter().skip(asked.after).take(STEP).collect(),
        before: asked.after,
        step: STEP,
        filter,
        ..RolloutPage::default()
    }
}

async fn shown(reader: &Reader<'_>, asked: &Asked) -> Result<RolloutPage, Error> {
    let app = &reader.web.app;
    match app.rollout_view(&reader.call, &reader.release, reader.run.as_ref()).await {
        Ok(view) => under_way(reader, asked, view).await,
        Err(Error::NotFound { what: "rollout" }) => {
            match app.rollout_preview(&reader.call, &reader.release).await {
                Ok(found) => Ok(preview(reader.ctx, &reader.release, asked, &found)),
                Err(Error::NotFound { what: "rollout" }) => Ok(RolloutPage::default()),
                Err(error) => Err(error),
            }
        }
        Err(error) => Err(error),
    }
}

/// The file that agents install: named, or to be chosen among those of the version.
async fn package_card(
    ctx: &PageCtx,
    web: &Web,
    call: &Call,
    view: &ReleaseView,
) -> Result<maud::Markup, Error> {
    let release = &view.release;
    let files = web.app.artifact_list(&call.actor, &release.product).await.unwrap_or_default();
    let fits: Vec<Choice> = files
        .iter()
        .filter(|it| it.version == release.version)
        .filter(|it| release.packages.iter().all(|known| known.sha256 != it.sha256))
        .map(|it| {
            Choice::new(
                &it.sha256,
                format!("{} ({})", it.name, it.sha256.get(..12).unwrap_or_default()),
            )
        })
        .collect();
    if release.packages.is_empty() && fits.is_empty() {
        return Ok(html! {});
    }
    let title = ctx.ta("package-of-release", &[("version", release.version.as_str().into())]);
    let path = format!("/releases/{}/rollout/package", release.id);
    let field = Field::new(Input::Select(fits.clone()), "sha256", ctx.t("documents-file"));
    let open = view.may_lead && !release.run.is_ended();
    Ok(text_card(
        "package",
        &title,
        html! {},
        html! {
            p.m { (ctx.t("package-of-release-hint")) }
            ul { @for it in &release.packages { li { b { (it.name) } " " code.hash { (it.sha256) } } } }
            @if open && !fits.is_empty() { (form(ctx, &path, &[field], &ctx.t("package-choose"))) }
        },
    ))
}

async fn name_package(State(web): State<Web>, Path(text): Path<String>, sent: Sent) -> Page {
    let ctx = sent.ctx.clone();
    let fail = |error: Error| Refused::new(ctx.clone(), error.into());
    let id = web.app.release_find(&sent.call.actor, &text).await.map_err(fail)?;
    let sha256 = sent.fields.text("sha256");
    let found = web.app.artifact_view(&sent.call.actor, &sha256).await.map_err(fail)?;
    // One for each kind of machine: what is named already stays.
    let view = web.app.release(&sent.call.actor, &id).await.map_err(fail)?;
    let mut packages = view.release.packages;
    if packages.iter().all(|it| it.sha256 != sha256) {
        packages.push(Package { name: found.0.name, sha256 });
    }
    let edit = EditRelease { packages: Some(packages), ..EditRelease::default() };
    web.app.release_edit(&sent.call, &id, edit).await.map_err(fail)?;
    Ok(go(&format!("/releases/{id}/rollout")))
}

async fn show(signed: Signed, Path(text): Path<String>, Query(asked): Query<Asked>) -> Page {
    let view: ReleaseView = load(&signed, &text).await?;
    let Signed { mut ctx, caller, web } = signed;
    ctx.live = Some(format!("release/{}", view.release.id));
    let reader = Reader {
        ctx: &ctx,
        web: &web,
        call: caller.session.call(),
        release: view.release.id.clone(),
        run: RolloutId::parse(&asked.run).ok(),
    };
    let shown = shown(&reader, &asked).await;
    let shown = shown.map_err(|error| Refused::new(ctx.clone(), error.into()))?;
    let package = package_card(&ctx, &web, &reader.call, &view).await;
    let package = package.map_err(|error| Refused::new(ctx.clone(), error.into()))?;
    let body = html! { (rollout(&ctx, &shown)) (package) };
    Ok(page(&ctx, &view, ReleaseTab::Rollout, body).into_response())
}
