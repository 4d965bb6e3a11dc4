//! The site's own page: whoever holds the link answers for the site, without an account.

use super::agents::loses;
use super::files::attachment;
use super::view::site_own::{Answer, Asked, AskedPaper, Planned, Ready, SiteOwnView, site_own};
use super::visit::{Fields, Page, Refused, Visit, go};
use crate::http::problem::Problem;
use crate::http::session::{forged, same_site};
use crate::i18n;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use crate::ui::error::{ErrorView, error_page};
use crate::ui::{PageCtx, place_of};
use axum::body::Bytes;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use roadbook_app::auth::{LinkKind, LinkSession};
use roadbook_app::releases::UNDER_WAY;
use roadbook_app::sites::{
    AskedPaper as AskedPaperOf, FeedbackInput, SiteAnswer, SiteDecision, SiteReleaseView, SiteView,
    Success,
};
use roadbook_core::ids::SiteId;
use roadbook_core::run::Refusal;
use roadbook_core::text::Text;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let link = |it: Endpoint| it.access(Access::Link).page();
    vec![
        link(get("/p/{token}", "open_own_page", show)),
        link(get("/p/{token}/papers/{digest}", "get_own_paper", paper)),
        link(get("/p/{token}/change.ics", "get_own_calendar", ics)),
        link(post("/p/{token}/{answer}", "send_own_answer", answer)),
    ]
}

/// A valid link with the site it opens.
struct Own {
    ctx: PageCtx,
    link: LinkSession,
    site: SiteId,
    view: SiteView,
}

/// A link that opens nothing: the same page for one that expired and one that never was.
fn gone(ctx: &PageCtx) -> Response {
    let mut view = ErrorView::of_status(ctx, 404, "link_gone", "");
    view.what = ctx.t("own-expired-what").into_owned();
    view.now = ctx.t("own-expired-now").into_owned();
    (StatusCode::NOT_FOUND, error_page(ctx, &view)).into_response()
}

async fn open(web: &Web, headers: &HeaderMap, path: &str, token: &str) -> Result<Own, Response> {
    let visit = Visit::of(web, headers, path).await.map_err(IntoResponse::into_response)?;
    let mut ctx = visit.ctx;
    // Who opens a link acts through it alone, whoever else is signed in in this browser.
    ctx.viewer = None;
    ctx.csrf = String::new();
    let fail = |ctx: &PageCtx, error: roadbook_app::Error| {
        Refused::new(ctx.clone(), error.into()).into_response()
    };
    let link = web.app.link(token).await.map_err(|it| fail(&ctx, it))?;
    let Some(link) = link.filter(|it| it.kind == LinkKind::Site) else { return Err(gone(&ctx)) };
    let Some(site) = link.site.clone() else { return Err(gone(&ctx)) };
    let view = match web.app.site_view(&link.call(), &site).await {
        Ok(view) => view,
        Err(roadbook_app::Error::NotFound { .. }) => return Err(gone(&ctx)),
        Err(error) => return Err(fail(&ctx, error)),
    };
    let chosen = CookieJar::from_headers(headers)
        .get("lang")
        .is_some_and(|it| i18n::parse(it.value()).is_some());
    if !chosen {
        let own = view.contacts.iter().find(|it| Some(&it.id) == link.contact.as_ref());
        ctx.lang = own.map_or(view.site.lang, |it| it.lang);
    }
    ctx.zone = TimeZone::get(&view.site.zone).unwrap_or(TimeZone::UTC);
    ctx.place = place_of(ctx.lang, &ctx.zone);
    Ok(Own { ctx, link, site, view })
}

/// The release the page speaks of: the next one, or the last one that was installed.
fn current(view: &SiteView) -> Option<&SiteReleaseView> {
    let coming = view
        .releases
        .iter()
        .filter(|it| it.deployment.outcome.is_none() && !it.release.state.starts_with("ended"))
        .filter(|it| UNDER_WAY.contains(&it.release.state.as_str()))
        .min_by_key(|it| it.deployment.slot_at.or(it.release.go_live_at));
    let past = view
        .releases
        .iter()
        .filter(|it| it.deployment.outcome.as_deref() == Some("installed"))
        .max_by_key(|it| it.deployment.at);
    coming.or(past)
}

fn answer_of(it: &SiteReleaseView) -> Answer {
    if it.deployment.outcome.as_deref() == Some("installed") {
        return Answer::Installed;
    }
    match it.decision.as_ref().map(|it| it.decision.as_str()) {
        Some("accepted") => Answer::Accepted,
        Some("postponed") => Answer::Postponed,
        Some("declined") => Answer::Declined,
        _ => Answer::None,
    }
}

async fn show(
    State(web): State<Web>,
    headers: HeaderMap,
    uri: OriginalUri,
    Path(token): Path<String>,
) -> Response {
    match open(&web, &headers, uri.path(), &token).await {
        Ok(own) => page(&web, &own, &token, false).await,
        Err(refused) => refused,
    }
}

/// What the site is asked to confirm, and whether a yes that it gave is about something else.
async fn asked(
    web: &Web,
    own: &Own,
    it: &SiteReleaseView,
    base: &str,
) -> Result<Option<(Asked, bool)>, roadbook_app::Error> {
    let found = web.app.site_asked(&own.link.call(), &own.site, &it.release.id).await?;
    let Some(found) = found else { return Ok(None) };
    let show = |text: &Text| text.show(own.ctx.lang).0.to_owned();
    let newest = found.papers.iter().map(|it| it.revision.at).max();
    let outdated = it.decision.as_ref().is_some_and(|said| {
        let other = match &said.digest {
            Some(digest) => *digest != found.digest,
            None => newest.is_some_and(|at| said.at < at),
        };
        said.decision == "accepted" && other
    });
    let paper = |it: AskedPaperOf| AskedPaper {
        title: show(&it.title),
        file: it.readable.then(|| {
            let href = format!("{base}/papers/{}", it.revision.digest);
            (it.revision.name.clone(), href)
        }),
        revision: it.revision.label,
        at: it.revision.at,
        html: it.html,
    };
    let shown = Asked {
        question: show(&found.question),
        papers: found.papers.into_iter().map(paper).collect(),
        digest: found.digest,
        changed: outdated,
    };
    Ok(Some((shown, outdated)))
}

/// The page; `refused` says that an answer came for what does not stand any more.
async fn page(web: &Web, own: &Own, token: &str, refused: bool) -> Response {
    let (ctx, view) = (&own.ctx, &own.view);
    let base = format!("/p/{token}");
    let release = current(view);
    let mut planned = match release {
        Some(it) => Some(planned(web, ctx, view, it, &base).await),
        None => None,
    };
    let mut asks = None;
    if let Some(it) = release {
        match asked(web, own, it, &base).await {
            Ok(Some((mut it, outdated))) => {
                it.changed |= refused;
                asks = Some(it);
                if let Some(planned) = planned.as_mut().filter(|_| outdated) {
                    planned.answer = Answer::None;
                }
            }
            Ok(None) | Err(roadbook_app::Error::NotFound { .. }) => {}
            // Nobody confirms what the page does not show.
            Err(error) => return Refused::new(ctx.clone(), error.into()).into_response(),
        }
    }
    let runs: Vec<String> = view
        .versions
        .iter()
        .filter(|it| release.is_none_or(|one| one.release.product_id == it.product))
        .map(|it| it.version.clone())
        .collect();
    let contact = view.contacts.iter().find(|it| Some(&it.id) == own.link.contact.as_ref());
    // What cannot be read is no reason to keep the rest of the page from the site.
    let ready = web.app.site_ready(&own.link.call(), &own.site).await.ok().flatten();
    let ready = ready.filter(|it| it.action.state != "canceling").map(|it| Ready {
        action: it.action.id,
        asks: it.action.state == "confirming",
        stage: it.action.stage.clone(),
        window: (it.action.not_before, it.action.until),
        loses: loses(ctx, it.manifest.as_deref()),
        version: it.version,
    });
    let shown = SiteOwnView {
        organization: web.app.settings().organization.clone(),
        site: view.site.name.clone(),
        contact: contact.map(|it| it.name.clone()).unwrap_or_default(),
        runs: if runs.is_empty() { "–".to_owned() } else { runs.join(", ") },
        planned,
        asked: asks,
        ready,
        read: release.map(|it| it.read),
        thanked: release.is_some_and(|it| !it.feedback.is_empty()),
        ask: None,
        base,
        open_until: own.link.expires_at,
    };
    let private = [(header::CACHE_CONTROL, "no-store"), (header::REFERRER_POLICY, "no-referrer")];
    (private, site_own(ctx, &shown)).into_response()
}

async fn planned(
    web: &Web,
    ctx: &PageCtx,
    view: &SiteView,
    it: &SiteReleaseView,
    base: &str,
) -> Planned {
    let known = view.versions.iter().find(|one| one.product == it.release.product_id);
    // What the site may read of a release is what is published of it.
    let public = web.app.public_release(&it.release.number, ctx.lang).await.ok();
    let product = public.as_ref().map(|it| it.item.product.clone());
    let mut changes = Vec::new();
    let mut guide = Vec::new();
    let version = it.release.version.clone().unwrap_or_else(|| it.release.number.clone());
    let start = it.deployment.slot_at.or(it.release.go_live_at);
    if let Some(public) = &public {
        let lists =
            [("own-change-feature", &public.features), ("own-change-better", &public.improvements)];
        for (kind, list) in lists {
            changes.extend(list.iter().map(|text| (kind, text.clone(), String::new())));
        }
        let words = ctx.ta("own-notes", &[("version", version.as_str().into())]).into_owned();
        guide.push((words, format!("/public/{}", it.release.number), String::new()));
    }
    if start.is_some() {
        let words = ctx.t("own-ics").into_owned();
        guide.push((words, format!("{base}/change.ics"), ".ics".to_owned()));
    }
    let prepare = public.map(|it| it.requirements).filter(|it| !it.trim().is_empty());
    Planned {
        product: product.or_else(|| known.map(|it| it.product_name.clone())).unwrap_or_default(),
        version,
        lead: it.release.title.clone(),
        start,
        end: None,
        downtime: String::new(),
        reserve: None,
        answer_by: None,
        change_until: None,
        answer: answer_of(it),
        slots: Vec::new(),
        slots_note: String::new(),
        changes,
        prepare: prepare.into_iter().collect(),
        night: Vec::new(),
        back: None,
        guide,
    }
}

async fn ics(
    State(web): State<Web>,
    headers: HeaderMap,
    uri: OriginalUri,
    Path(token): Path<String>,
) -> Response {
    let own = match open(&web, &headers, uri.path(), &token).await {
        Ok(own) => own,
        Err(refused) => return refused,
    };
    let found = current(&own.view);
    let Some((it, at)) =
        found.and_then(|it| Some((it, it.deployment.slot_at.or(it.release.go_live_at)?)))
    else {
        return gone(&own.ctx);
    };
    let text = event(it, at, own.ctx.now);
    ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response()
}

fn event(it: &SiteReleaseView, at: Timestamp, now: Timestamp) -> String {
    let stamp = |at: Timestamp| at.strftime("%Y%m%dT%H%M%SZ").to_string();
    let version = it.release.version.as_deref().unwrap_or_default();
    let title: String = format!("{} {version}", it.release.title)
        .chars()
        .filter(|it| !it.is_control())
        .flat_map(|it| if "\\;,".contains(it) { vec!['\\', it] } else { vec![it] })
        .collect();
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Roadbook//EN\r\nBEGIN:VEVENT\r\n\
         UID:{}-{}@roadbook\r\nDTSTAMP:{}\r\nDTSTART:{}\r\nSUMMARY:{title}\r\n\
         END:VEVENT\r\nEND:VCALENDAR\r\n",
        it.release.id,
        it.deployment.site_id,
        stamp(now),
        stamp(at),
    )
}

async fn answer(
    State(web): State<Web>,
    headers: HeaderMap,
    uri: OriginalUri,
    Path((token, what)): Path<(String, String)>,
    body: Bytes,
) -> Page {
    let own = match open(&web, &headers, uri.path(), &token).await {
        Ok(own) => own,
        Err(refused) => return Ok(refused),
    };
    let refuse = |problem: Problem| Refused::new(own.ctx.clone(), problem);
    if !same_site(&headers) {
        return Err(refuse(forged()));
    }
    if what == "consent" {
        return consent(&web, &own, &token, &body).await;
    }
    let Some(release) = current(&own.view) else { return Ok(gone(&own.ctx)) };
    let (call, id) = (own.link.call(), &release.release.id);
    let fields = Fields::parse(&body);
    let done = match what.as_str() {
        "accept" | "postpone" | "decline" => {
            let decision = decision(&own.ctx, &what, &fields).map_err(refuse)?;
            let digest = Some(fields.text("digest")).filter(|it| !it.is_empty());
            let answer = SiteAnswer { decision, digest };
            web.app.site_decide(&call, &own.site, id, answer).await
        }
        "read" => web.app.site_receipt(&call, &own.site, id).await,
        "feedback" => {
            let input = feedback(&fields).map_err(refuse)?;
            web.app.feedback_give(&call, &own.site, id, input).await
        }
        _ => return Ok(gone(&own.ctx)),
    };
    if matches!(&done, Err(roadbook_app::Error::Refused(Refusal::ContentChanged { .. }))) {
        // What stands now is shown in place of what the answer was about.
        return Ok((StatusCode::CONFLICT, page(&web, &own, &token, true).await).into_response());
    }
    done.map_err(|error| refuse(error.into()))?;
    Ok(go(&format!("/p/{token}")))
}

/// A document that the site is asked about, as a file.
async fn paper(
    State(web): State<Web>,
    headers: HeaderMap,
    uri: OriginalUri,
    Path((token, digest)): Path<(String, String)>,
) -> Response {
    let own = match open(&web, &headers, uri.path(), &token).await {
        Ok(own) => own,
        Err(refused) => return refused,
    };
    let Some(release) = current(&own.view) else { return gone(&own.ctx) };
    let (call, id) = (own.link.call(), &release.release.id);
    match web.app.site_asked_bytes(&call, &own.site, id, &digest).await {
        Ok((revision, bytes)) => {
            (attachment(&revision.media_type, &revision.name), bytes).into_response()
        }
        Err(roadbook_app::Error::NotFound { .. }) => gone(&own.ctx),
        Err(error) => Refused::new(own.ctx.clone(), error.into()).into_response(),
    }
}

/// Somebody at the site says that the update may begin, or that it shall wait.
async fn consent(web: &Web, own: &Own, token: &str, body: &Bytes) -> Page {
    let fields = Fields::parse(body);
    let id = fields.text("action").parse().unwrap_or_default();
    let yes = fields.text("answer") == "confirm";
    let done = web.app.site_consent(&own.link.call(), &own.site, id, yes).await;
    done.map_err(|error| Refused::new(own.ctx.clone(), error.into()))?;
    Ok(go(&format!("/p/{token}")))
}

/// A time as the browser sends it, on the clock of the page; or an instant from a list.
pub(super) fn time_in(zone: &TimeZone, field: &str, text: &str) -> Result<Timestamp, Problem> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let wall = text.parse::<DateTime>();
    wall.ok().and_then(|it| zone.to_timestamp(it).ok()).ok_or_else(|| {
        Problem::field(
            field,
            "time",
            "is not a date with a time; choose one, such as 2027-04-20T21:00",
        )
    })
}

/// A decision from the fields of its form.
pub(super) fn decision(
    ctx: &PageCtx,
    what: &str,
    fields: &Fields,
) -> Result<SiteDecision, Problem> {
    Ok(match what {
        "postpone" => SiteDecision::Postpone {
            until: time_in(&ctx.zone, "time", &fields.text("time"))?,
            reason: fields.text("message"),
        },
        "decline" => SiteDecision::Decline { reason: fields.text("reason") },
        _ => SiteDecision::Accept { wished: None },
    })
}

fn feedback(fields: &Fields) -> Result<FeedbackInput, Problem> {
    let success = Success::parse(&fields.text("outcome"))
        .ok_or_else(|| Problem::field("outcome", "required", "say whether it works"))?;
    Ok(FeedbackInput {
        success,
        problems: fields.text("problems"),
        ideas: fields.text("ideas"),
        rating: fields.text("rating").parse().ok(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_on_the_clock_of_the_site() {
        let zone = TimeZone::get("Asia/Seoul").expect("a zone");
        for (text, expected) in [
            ("2027-04-20T21:00", Some("2027-04-20T12:00:00Z")),
            ("2027-04-20T12:00:00Z", Some("2027-04-20T12:00:00Z")),
            ("tomorrow", None),
            ("", None),
        ] {
            let read = time_in(&zone, "time", text).ok().map(|it| it.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }
}
