//! Documents: what is written over all releases, what is valid, and what still waits for a signature?

use super::visit::{Page, Refused, Signed};
use super::words;
use crate::routes::{Access, Endpoint, get};
use crate::ui::form::Choice;
use crate::ui::glyph::state_text;
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Col, Head, Row, Table, empty, head, pager};
use crate::ui::{PageCtx, State as Glyph};
use axum::extract::Query;
use axum::response::IntoResponse;
use maud::{Markup, html};
use roadbook_app::paper_index::{PaperFilter, PaperLine, PaperState};
use roadbook_app::releases::OPEN;
use roadbook_core::access::{Action, Kind};
use serde::Deserialize;

/// How confidential a document can be.
const LEVELS: [(&str, &str); 3] = [
    ("public", "documents-public"),
    ("internal", "documents-internal"),
    ("confidential", "documents-confidential"),
];

pub(super) fn endpoints() -> Vec<Endpoint> {
    let view = Access::Grant(Action::View, Kind::Release);
    vec![get("/documents", "show_documents", show).access(view).page()]
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Ask {
    q: String,
    state: String,
    level: String,
    sign: String,
    releases: String,
    cursor: Option<String>,
}

impl Ask {
    fn filter(&self) -> PaperFilter {
        let text = self.q.trim();
        let open = OPEN.map(str::to_owned).to_vec();
        PaperFilter {
            text: (!text.is_empty()).then(|| text.to_owned()),
            state: PaperState::ALL.into_iter().find(|it| it.name() == self.state),
            confidentiality: LEVELS.iter().find(|it| it.0 == self.level).map(|it| it.0.to_owned()),
            unsigned: self.sign == "open",
            releases: if self.releases == "all" { Vec::new() } else { open },
        }
    }

    fn is_filtered(&self) -> bool {
        [&self.q, &self.state, &self.level, &self.sign].iter().any(|it| !it.is_empty())
    }

    fn next(&self, cursor: &str) -> String {
        let all = [
            ("q", &self.q),
            ("state", &self.state),
            ("level", &self.level),
            ("sign", &self.sign),
            ("releases", &self.releases),
        ];
        let given = all.iter().filter(|it| !it.1.is_empty());
        let parts: String =
            given.map(|(name, it)| format!("{name}={}&", words::encoded(it))).collect();
        format!("/documents?{parts}cursor={}", words::encoded(cursor))
    }
}

async fn show(signed: Signed, Query(ask): Query<Ask>) -> Page {
    let Signed { ctx, caller, web } = signed;
    let scope = &caller.session.scope;
    let found = web.app.papers(scope, &ask.filter(), ask.cursor.clone()).await;
    let found = found.map_err(|error| Refused::new(ctx.clone(), error.into()))?;
    let title = ctx.t("documents-title");
    let question = ctx.t("documents-question");
    let next = found.next.as_deref().map(|it| ask.next(it));
    let body = html! {
        (head(&ctx, &Head { title: &title, sub: &question, ..Head::default() }, html! {}))
        (filters(&ctx, &ask))
        section.card {
            @if found.rows.is_empty() && next.is_none() {
                @if ask.is_filtered() { (empty(&ctx.t("list-empty-filter"), "", html! { (Btn::link(ctx.t("list-clear-filter"), "/documents")) })) }
                @else { (empty(&ctx.t("documents-none"), &ctx.t("documents-empty"), html! { (Btn::link(ctx.t("nav-releases"), "/releases")) })) }
            } @else {
                (table(&ctx, &found.rows))
                (pager(&ctx, &ctx.tn("documents-shown", found.rows.len() as i64), ask.cursor.as_ref().map(|_| "/documents"), next.as_deref()))
            }
        }
    };
    Ok(layout(&ctx, &title, body).into_response())
}

fn filters(ctx: &PageCtx, ask: &Ask) -> Markup {
    let any = || Choice::new("", ctx.t("documents-any"));
    let states =
        PaperState::ALL.into_iter().map(|it| Choice::new(it.name(), state_words(ctx, it).1));
    let levels = LEVELS.iter().map(|it| Choice::new(it.0, ctx.t(it.1)));
    let select = |name: &str, key: &str, list: Vec<Choice>, value: &str| {
        html! { label { span.m.s { (ctx.t(key)) } " " select.in name=(name) {
            @for it in &list { option value=(it.value) selected[it.value == value] { (it.label) } }
        } } }
    };
    html! {
        form.filters method="get" action="/documents" role="search" {
            label { span.m.s { (ctx.t("documents-find")) } " " input.in type="search" name="q" value=(ask.q); }
            (select("state", "documents-status", std::iter::once(any()).chain(states).collect(), &ask.state))
            (select("level", "documents-level", std::iter::once(any()).chain(levels).collect(), &ask.level))
            (select("sign", "documents-signatures", vec![any(), Choice::new("open", ctx.t("documents-sign-open"))], &ask.sign))
            (select("releases", "nav-releases", vec![Choice::new("", ctx.t("releases-open")), Choice::new("all", ctx.t("releases-all"))], &ask.releases))
            button.btn type="submit" { (ctx.t("action-filter")) }
        }
    }
}

fn state_words(ctx: &PageCtx, state: PaperState) -> (Glyph, String) {
    let (glyph, key) = match state {
        PaperState::Missing => (Glyph::Foreseen, "documents-missing"),
        PaperState::Draft => (Glyph::Running, "documents-status-draft"),
        PaperState::Controlled => (Glyph::Done, "documents-status-controlled"),
        PaperState::Obsolete => (Glyph::Held, "documents-status-obsolete"),
    };
    (glyph, ctx.t(key).into_owned())
}

/// Documents as a table; search shows the same lines.
pub(super) fn table(ctx: &PageCtx, lines: &[PaperLine]) -> Markup {
    let line = |it: &PaperLine| {
        let (state, word) = state_words(ctx, it.state);
        let (title, lang) = it.title.show(ctx.lang);
        let level = LEVELS.iter().find(|one| one.0 == it.confidentiality);
        let level =
            level.map_or_else(|| it.confidentiality.clone(), |one| ctx.t(one.1).into_owned());
        let about = format!("{} {} · {}", it.version, it.release_title, it.number);
        Row::Cells(vec![
            html! { a.t href={ "/releases/" (it.release) "/documents/" (it.kind) } lang=(lang.tag()) { (title) } br; a.m.s href={ "/releases/" (it.release) "/documents" } { (about) } },
            state_text(state, &word),
            html! { (it.revision.clone().unwrap_or_default()) @if let Some(at) = it.at { " " span.m.s { (ctx.date(at)) } } },
            html! { (level) },
            html! { @if it.to_sign > 0 { @if it.signed == it.to_sign { (state_text(Glyph::Done, &format!("{} / {}", it.signed, it.to_sign))) } @else { (it.signed) " / " (it.to_sign) } } },
        ])
    };
    let title = ctx.t("documents-title");
    let table = Table {
        caption: &title,
        cols: vec![
            Col::new(ctx.t("documents-name")),
            Col::new(ctx.t("documents-status")),
            Col::new(ctx.t("documents-revision")).labeled(),
            Col::new(ctx.t("documents-level")).labeled(),
            Col::new(ctx.t("documents-signatures")).labeled(),
        ],
        rows: lines.iter().map(line).collect(),
    };
    html! { (table) }
}
