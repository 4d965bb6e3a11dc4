//! Pages that nobody has to sign in for: published releases, the feed, subscriptions, receipts;
//! and the outbox of the demo.

use super::visit::{Fields, Page, Refused, Signed, Visit, go};
use crate::http::problem::Problem;
use crate::http::session::{forged, same_site};
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use crate::ui::form::{Field, Kind, form};
use crate::ui::glyph::pill;
use crate::ui::layout::{Solo, layout, solo};
use crate::ui::parts::{Head, head};
use crate::ui::{PageCtx, State as Glyph};
use atom_syndication::{Entry, Feed, FixedDateTime, Link, Text as AtomText};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maud::{Markup, PreEscaped, html};
use roadbook_app::Error;
use roadbook_app::notices::{PublicRelease, PublicReleaseItem};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let public = |it: Endpoint| it.access(Access::Public).page();
    let link = |it: Endpoint| it.access(Access::Link).page();
    vec![
        public(get("/public", "show_public_releases", list)),
        public(get("/public/feed.atom", "get_public_feed", feed)),
        public(get("/public/{number}", "show_public_release", one)),
        public(post("/public/subscribe", "send_subscription", subscribe)),
        link(get("/public/confirm/{token}", "open_subscription", confirm_page)),
        link(post("/public/confirm/{token}", "confirm_subscription", confirm)),
        link(get("/public/unsubscribe/{token}", "open_unsubscription", leave_page)),
        link(post("/public/unsubscribe/{token}", "end_subscription", leave)),
        link(get("/n/{token}", "open_receipt", receipt)),
        link(post("/n/{token}", "confirm_receipt", receipt_confirm)),
        get("/outbox", "show_outbox", outbox).page(),
    ]
}

/// Plain text as paragraphs; addresses of this server become links.
fn prose(text: &str, base: &str) -> Markup {
    let word = |word: &str| {
        let path = word.strip_prefix(base).filter(|it| it.starts_with('/'));
        html! { @match path { Some(path) => a href=(path) { (word) }, None => (word) } }
    };
    html! {
        @for block in text.split("\n\n").filter(|it| !it.trim().is_empty()) {
            p { @for (n, line) in block.lines().enumerate() {
                @if n > 0 { br; }
                @for one in line.split_inclusive(' ') { (word(one.trim_end())) @if one.ends_with(' ') { " " } }
            } }
        }
    }
}

fn page(ctx: &PageCtx, web: &Web, title: &str, wide: bool, body: Markup) -> Response {
    let from = web.app.settings().organization.as_str();
    let footer = None;
    solo(ctx, &Solo { title, from, wide, footer }, body).into_response()
}

fn fail(ctx: &PageCtx) -> impl Fn(Error) -> Refused + use<> {
    let ctx = ctx.clone();
    move |error| Refused::new(ctx.clone(), error.into())
}

fn row(ctx: &PageCtx, it: &PublicReleaseItem) -> Markup {
    html! {
        li {
            a href={ "/public/" (it.number) } { b { (it.product) " " (it.version) } }
            " " (it.title)
            @if let Some(at) = it.go_live { " · " (ctx.t("public-go-live")) " " (ctx.date_time(at)) }
            @if it.canceled { " " (pill(Glyph::Failed, &ctx.t("public-canceled"))) }
        }
    }
}

async fn list(State(web): State<Web>, visit: Visit) -> Page {
    let ctx = visit.ctx;
    let all = web.app.public_releases().await.map_err(fail(&ctx))?;
    let now = web.app.now();
    let (coming, past): (Vec<_>, Vec<_>) =
        all.iter().partition(|it| it.go_live.is_none_or(|at| at > now) && !it.canceled);
    let organization = web.app.settings().organization.clone();
    let title = ctx.ta("public-title", &[("organization", organization.as_str().into())]);
    let fields = [Field::new(Kind::Input("email"), "address", ctx.t("public-subscribe-address"))
        .autocomplete("email")];
    let body = html! {
        div.card.cb {
            h1 { (title) }
            p.m { (ctx.t("public-lead")) }
            @if all.is_empty() { p { (ctx.t("public-empty")) } }
            @for (key, list) in [("public-upcoming", &coming), ("public-past", &past)] {
                @if !list.is_empty() { h2 { (ctx.t(key)) } ul { @for it in list { (row(&ctx, it)) } } }
            }
            p { a href="/public/feed.atom" { (ctx.t("public-feed")) } }
        }
        div.card.cb {
            h2 { (ctx.t("public-subscribe-title")) }
            (form(&ctx, "/public/subscribe", &fields, &ctx.t("public-subscribe-submit")))
        }
    };
    Ok(page(&ctx, &web, &title, true, body))
}

async fn one(State(web): State<Web>, visit: Visit, Path(number): Path<String>) -> Page {
    let ctx = visit.ctx;
    let it = web.app.public_release(&number, ctx.lang).await.map_err(fail(&ctx))?;
    let title = format!("{} {}", it.item.product, it.item.version);
    let base = web.app.settings().base_url.clone();
    Ok(page(&ctx, &web, &title, true, release_body(&ctx, &it, &title, &base)))
}

fn release_body(ctx: &PageCtx, it: &PublicRelease, title: &str, base: &str) -> Markup {
    let items = |key: &'static str, list: &[String]| {
        html! { @if !list.is_empty() { h2 { (ctx.t(key)) } ul { @for one in list { li { (one) } } } } }
    };
    let lang = it.lang.tag();
    html! {
        div.card.cb {
            h1 { (title) }
            p.m { (it.item.title) @if it.item.canceled { " " (pill(Glyph::Failed, &ctx.t("public-canceled"))) } }
            @if let Some(at) = it.item.go_live { p { b { (ctx.t("public-go-live")) } " " (ctx.date_time(at)) } }
            div lang=(lang) { (prose(&it.text.body, base)) }
            div lang=(lang) {
                (items("public-features", &it.features))
                (items("public-improvements", &it.improvements))
                @if !it.requirements.is_empty() { h2 { (ctx.t("public-requirements")) } p { (it.requirements) } }
            }
            @if let Some(notes) = &it.notes { section.prose { (PreEscaped(notes.clone())) } }
            h2 { (ctx.t("public-history")) }
            ul { @for (kind, at) in &it.told { li { (ctx.date_time(*at)) " " (ctx.t(kind_key(kind))) } } }
            p { a href="/public" { (ctx.t("public-back")) } }
        }
    }
}

fn kind_key(kind: &str) -> &'static str {
    match kind {
        "correction" => "public-kind-correction",
        "retraction" => "public-kind-retraction",
        _ => "public-kind-notice",
    }
}

/// The time of a feed; the feed's own library keeps times in another form.
fn feed_time(at: Timestamp) -> FixedDateTime {
    at.to_string().parse().unwrap_or_default()
}

fn feed_of(base: &str, organization: &str, list: &[PublicReleaseItem]) -> String {
    let base = base.trim_end_matches('/');
    let link = |href: String, rel: &str| Link { href, rel: rel.to_owned(), ..Link::default() };
    let entries = list.iter().map(|it| {
        let address = format!("{base}/public/{}", it.number);
        Entry {
            title: AtomText::plain(format!("{} {}: {}", it.product, it.version, it.title)),
            id: address.clone(),
            updated: feed_time(it.updated_at),
            published: Some(feed_time(it.published_at)),
            links: vec![link(address, "alternate")],
            ..Entry::default()
        }
    });
    let newest = list.iter().map(|it| it.updated_at).max().unwrap_or(Timestamp::UNIX_EPOCH);
    let feed = Feed {
        title: AtomText::plain(organization.to_owned()),
        id: format!("{base}/public"),
        updated: feed_time(newest),
        authors: vec![atom_syndication::Person {
            name: organization.to_owned(),
            ..atom_syndication::Person::default()
        }],
        links: vec![
            link(format!("{base}/public/feed.atom"), "self"),
            link(format!("{base}/public"), "alternate"),
        ],
        entries: entries.collect(),
        ..Feed::default()
    };
    feed.to_string()
}

async fn feed(State(web): State<Web>) -> Result<Response, Problem> {
    let list = web.app.public_releases().await?;
    let settings = web.app.settings();
    let text = feed_of(&settings.base_url, &settings.organization, &list);
    Ok(([(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], text).into_response())
}

fn said(ctx: &PageCtx, web: &Web, title: &str, text: &str) -> Response {
    let body = html! {
        div.card.cb { h1 { (title) } p { (text) } p { a href="/public" { (ctx.t("public-back")) } } }
    };
    page(ctx, web, title, false, body)
}

async fn subscribe(State(web): State<Web>, headers: HeaderMap, body: Bytes) -> Page {
    let visit = match Visit::of(&web, &headers, "/public").await {
        Ok(visit) => visit,
        Err(problem) => return Ok(problem.into_response()),
    };
    let ctx = visit.ctx;
    if !same_site(&headers) {
        return Err(Refused::new(ctx, forged()));
    }
    let fields = Fields::parse(&body);
    web.app.subscribe(&fields.text("address"), None, ctx.lang).await.map_err(fail(&ctx))?;
    let title = ctx.t("public-subscribe-title");
    Ok(said(&ctx, &web, &title, &ctx.t("public-subscribe-asked")))
}

/// Opening a link only shows what it does: mail scanners open links too. A button does it.
fn ask(ctx: &PageCtx, web: &Web, action: &str, title: &str, lead: &str, submit: &str) -> Response {
    let (title, lead) = (ctx.t(title), ctx.t(lead));
    let body = html! {
        div.card.cb { h1 { (title) } p { (lead) } (form(ctx, action, &[], &ctx.t(submit))) }
    };
    page(ctx, web, &title, false, body)
}

async fn confirm_page(State(web): State<Web>, visit: Visit, Path(token): Path<String>) -> Response {
    let action = format!("/public/confirm/{token}");
    let (lead, submit) = ("public-confirm-lead", "public-confirm-submit");
    ask(&visit.ctx, &web, &action, "public-confirm-title", lead, submit)
}

async fn confirm(State(web): State<Web>, visit: Visit, Path(token): Path<String>) -> Page {
    let ctx = visit.ctx;
    let done = web.app.subscription_confirm(&token).await.map_err(fail(&ctx))?;
    let text = ctx.ta("public-confirm-done", &[("address", done.address.as_str().into())]);
    Ok(said(&ctx, &web, &ctx.t("public-confirm-title"), &text))
}

async fn leave_page(State(web): State<Web>, visit: Visit, Path(token): Path<String>) -> Response {
    let action = format!("/public/unsubscribe/{token}");
    let (lead, submit) = ("public-leave-lead", "public-leave-submit");
    ask(&visit.ctx, &web, &action, "public-leave-title", lead, submit)
}

async fn leave(State(web): State<Web>, visit: Visit, Path(token): Path<String>) -> Page {
    let ctx = visit.ctx;
    web.app.unsubscribe(&token).await.map_err(fail(&ctx))?;
    Ok(said(&ctx, &web, &ctx.t("public-leave-title"), &ctx.t("public-leave-done")))
}

async fn receipt(State(web): State<Web>, visit: Visit, Path(token): Path<String>) -> Page {
    let mut ctx = visit.ctx;
    let it = web.app.receipt_page(&token).await.map_err(fail(&ctx))?;
    ctx.lang = it.lang;
    let base = web.app.settings().base_url.clone();
    let body = html! {
        div.card.cb {
            h1 { (it.text.subject) }
            @if it.outdated { p.m { b { (ctx.t("receipt-outdated")) } } }
            (prose(&it.text.body, &base))
            @if let Some(at) = it.acked_at {
                p { (pill(Glyph::Done, &ctx.ta("own-receipt-done", &[("at", ctx.date_time(at).as_str().into())]))) }
            } @else if it.asked {
                h2 { (ctx.t("own-receipt-title")) }
                (form(&ctx, &format!("/n/{token}"), &[], &ctx.t("own-receipt-submit")))
            }
        }
    };
    Ok(page(&ctx, &web, &it.text.subject, true, body))
}

async fn receipt_confirm(State(web): State<Web>, visit: Visit, Path(token): Path<String>) -> Page {
    web.app.receipt_confirm(&token).await.map_err(fail(&visit.ctx))?;
    Ok(go(&format!("/n/{token}")))
}

async fn outbox(signed: Signed) -> Page {
    let Signed { ctx, web, .. } = signed;
    let Some(mails) = web.app.demo_outbox() else {
        let problem = Problem::new(StatusCode::NOT_FOUND, "not_found", "there is nothing here");
        return Err(Refused::new(ctx, problem));
    };
    let title = ctx.t("outbox-title");
    let base = web.app.settings().base_url.clone();
    let lead = ctx.t("outbox-question");
    let body = html! {
        (head(&ctx, &Head { title: &title, sub: &lead, ..Head::default() }, html! {}))
        @if mails.is_empty() { p { (ctx.t("outbox-empty")) } }
        @for it in &mails {
            article.card.cb lang=(it.mail.lang) {
                h2 { (it.mail.subject) }
                p.m { (ctx.t("outbox-to")) " " (it.mail.to_name) " <" (it.mail.to) "> · " (ctx.date_time(it.at)) }
                (prose(&it.mail.text, &base))
            }
        }
    };
    Ok(layout(&ctx, &title, body).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    // proves: S0-16/U
    #[test]
    fn the_feed_is_atom_and_names_each_release_once() {
        let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
        let list = [PublicReleaseItem {
            number: "R-2027-0001".into(),
            product: "Ledger & Co".into(),
            version: "V4.2".into(),
            title: "봄 <배포>".into(),
            go_live: Some(at("2027-04-20T09:00:00Z")),
            canceled: false,
            published_at: at("2027-04-01T09:00:00Z"),
            updated_at: at("2027-04-02T09:00:00Z"),
        }];
        let text = feed_of("http://127.0.0.1:8080/", "Hanbit", &list);
        let read: Feed = text.parse().expect("the feed reads back");
        assert_eq!(read.entries.len(), 1);
        let entry = &read.entries[0];
        assert_eq!(entry.id, "http://127.0.0.1:8080/public/R-2027-0001");
        assert_eq!(entry.title.value, "Ledger & Co V4.2: 봄 <배포>");
        assert_eq!(entry.updated.to_rfc3339(), "2027-04-02T09:00:00+00:00");
        assert_eq!(read.updated, entry.updated);
    }

    #[test]
    fn text_of_people_never_becomes_markup_and_only_our_own_addresses_are_links() {
        let text = "Hi <b>\nhttp://x/n/abc and http://evil/n\n\nhttp://xx.example/n";
        let html = prose(text, "http://x").into_string();
        assert!(html.contains("&lt;b&gt;<br>"), "{html}");
        assert!(html.contains(r#"<a href="/n/abc">http://x/n/abc</a>"#), "{html}");
        assert_eq!(html.matches("<a ").count(), 1, "{html}");
    }
}
