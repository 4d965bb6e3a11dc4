//! The keys behind the packages of a product.

use crate::ui::PageCtx;
use crate::ui::form::{Field, form, form_with};
use crate::ui::glyph::{State, state_text};
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Col, Head, Row, Table, card, head, text_card};
use jiff::Timestamp;
use maud::{Markup, html};

/// A release key.
#[derive(Clone, Debug, Default)]
pub struct KeyLine {
    /// Id.
    pub id: String,
    /// Minisign's form.
    pub public: String,
    /// For people.
    pub comment: String,
    /// When it was added.
    pub at: Timestamp,
    /// Who added it.
    pub by: String,
    /// Since when it is retired.
    pub retired: Option<Timestamp>,
}

impl KeyLine {
    /// Whose key it is; its id when nobody said.
    pub fn name(&self) -> &str {
        if self.comment.is_empty() { &self.id } else { &self.comment }
    }

    /// Whether it is believed.
    pub fn state(&self, ctx: &PageCtx) -> Markup {
        match self.retired {
            Some(at) => {
                let args = [("at", ctx.date_time(at).into())];
                state_text(State::Held, &ctx.ta("key-retired-at", &args))
            }
            None => state_text(State::Done, &ctx.t("key-valid")),
        }
    }
}

/// A published set of keys.
#[derive(Clone, Debug, Default)]
pub struct SetLine {
    /// Its version, from 1.
    pub version: i64,
    /// How many of its keys must sign.
    pub threshold: u32,
    /// It stands for every product.
    pub everything: bool,
    /// Its keys: comment and id.
    pub keys: Vec<(String, String)>,
    /// Keys that signed it: comment and id.
    pub signed: Vec<(String, String)>,
    /// When it was published.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
}

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct KeysPage {
    /// Address of the product.
    pub base: String,
    /// Its name.
    pub product: String,
    /// Its short name.
    pub short: String,
    /// Keys, also retired ones.
    pub keys: Vec<KeyLine>,
    /// Published sets, newest first.
    pub sets: Vec<SetLine>,
    /// Public half of the director's key.
    pub director: String,
    /// Its id.
    pub director_id: String,
    /// Whether the viewer may change keys.
    pub may_edit: bool,
}

fn key(ctx: &PageCtx, p: &KeysPage, it: &KeyLine) -> Markup {
    let path = format!("{}/keys", p.base);
    let by = [("name", it.by.as_str().into()), ("at", ctx.date_time(it.at).into())];
    html! { li.sec {
        p { b { (it.name()) } " " (it.state(ctx)) }
        p.s { span.m { (ctx.t("key-fingerprint")) " " } code { (it.id) } br; code.hash { (it.public) } }
        p.s.m { (ctx.ta("package-by", &by)) }
        @if p.may_edit && it.retired.is_none() { details { summary aria-label={ (ctx.t("key-retire")) ": " (it.name()) } { (ctx.t("key-retire")) }
            p { (ctx.t("key-retire-text")) }
            (form_with(ctx, &path, &[("retire", &it.id)], &[Field::text("reason", ctx.t("form-reason"))], &ctx.t("key-retire")))
        } }
    } }
}

fn own(ctx: &PageCtx, p: &KeysPage) -> Markup {
    let body = html! {
        p.m { (ctx.t("key-text")) }
        @if p.keys.is_empty() { p { (state_text(State::AtRisk, &ctx.t("key-none"))) } }
        ul { @for it in &p.keys { (key(ctx, p, it)) } }
    };
    text_card("keys", &ctx.t("key-title"), html! { (p.keys.len()) }, body)
}

fn add(ctx: &PageCtx, p: &KeysPage) -> Markup {
    let fields = [
        Field::text("public_key", ctx.t("key-public")).hint(ctx.t("key-public-hint")),
        Field::text("comment", ctx.t("key-comment")).optional(),
    ];
    let body = form(ctx, &format!("{}/keys", p.base), &fields, &ctx.t("key-add"));
    text_card("add", &ctx.t("key-add"), html! {}, body)
}

fn named(list: &[(String, String)]) -> Markup {
    html! { ul.list { @for (comment, id) in list { li { @if !comment.is_empty() { (comment) " " } code { (id) } } } } }
}

fn sets(ctx: &PageCtx, p: &KeysPage) -> Markup {
    let title = ctx.t("key-sets");
    let row = |(index, it): (usize, &SetLine)| {
        let state = match index.checked_sub(1).and_then(|newer| p.sets.get(newer)) {
            None => state_text(State::Done, &ctx.t("key-set-valid")),
            Some(newer) => {
                let args = [("at", ctx.date_time(newer.at).into())];
                state_text(State::Held, &ctx.ta("key-set-replaced", &args))
            }
        };
        let needs = [("n", it.threshold.into()), ("all", it.keys.len().into())];
        let by = [("name", it.by.as_str().into()), ("at", ctx.date_time(it.at).into())];
        Row::Cells(vec![
            html! { b.num { (it.version) } @if it.everything { " " span.m.s { (ctx.t("key-set-everything")) } } },
            state,
            html! { (ctx.ta("key-set-needs", &needs)) },
            named(&it.keys),
            html! { @if it.signed.is_empty() { span.m { (ctx.t("key-set-first")) } } @else { (named(&it.signed)) } },
            html! { (ctx.ta("package-by", &by)) },
        ])
    };
    let col = |key: &str| Col::new(ctx.t(key)).labeled();
    let table = Table {
        caption: &title,
        cols: vec![
            Col::new(ctx.t("releases-version")),
            col("work-state"),
            col("package-threshold"),
            col("key-title"),
            col("key-set-signed"),
            col("key-set-published"),
        ],
        rows: p.sets.iter().enumerate().map(row).collect(),
    };
    card(
        "sets",
        &title,
        html! { (p.sets.len()) },
        html! {
            div.cb {
                p.m { (ctx.t("key-set-text")) }
                @if p.sets.is_empty() { p { (ctx.t("key-set-none")) } }
                @if p.may_edit { p.s { (ctx.t("key-set-publish")) " " code { "roadbook artifact publish-keys " (p.short) " FILE" } } }
            }
            @if !p.sets.is_empty() { (table) }
        },
    )
}

fn director(ctx: &PageCtx, p: &KeysPage) -> Markup {
    text_card(
        "director",
        &ctx.t("key-director"),
        html! {},
        html! {
            p.s { span.m { (ctx.t("key-fingerprint")) " " } code { (p.director_id) } br; code.hash { (p.director) } }
            p.m.s { (ctx.t("key-director-text")) }
        },
    )
}

/// The whole page.
pub fn keys(ctx: &PageCtx, p: &KeysPage) -> Markup {
    let title = ctx.t("key-page");
    let crumbs = vec![
        (ctx.t("products-title").into_owned(), Some("/products".to_owned())),
        (p.product.clone(), Some(p.base.clone())),
        (title.clone().into_owned(), None),
    ];
    let sub = ctx.t("key-question");
    let acts = Btn::link(ctx.t("package-title"), format!("{}/packages", p.base));
    layout(
        ctx,
        &title,
        html! {
            (head(ctx, &Head { crumbs, title: &title, sub: &sub, ..Head::default() }, html! { (acts) }))
            div.cols {
                div.stack { (own(ctx, p)) }
                div.stack { @if p.may_edit { (add(ctx, p)) } (director(ctx, p)) }
            }
            (sets(ctx, p))
        },
    )
}
