//! A product: which number is next and why, what is planned, who authorizes, what runs where?

use std::collections::BTreeMap;

use maud::{Markup, html};
use roadbook_app::products::{ProductView, VersionAnswer};
use roadbook_core::version::{ChangeKind, Level, Part, Scheme, Why};

use crate::pages::words;
use crate::ui::PageCtx;
use crate::ui::State;
use crate::ui::form::{Field, act, form, form_with};
use crate::ui::glyph::state_text;
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Chip, Head, card, details, head, seg};

/// The number that a level would give.
#[derive(Debug)]
pub struct Step {
    /// Level.
    pub level: Level,
    /// Number, if the level can be taken.
    pub text: Option<String>,
}

/// What the page shows.
pub struct ProductPage {
    /// The product with what is known of it.
    pub view: ProductView,
    /// Address of the page.
    pub base: String,
    /// The next number, or why there is none.
    pub next: Result<VersionAnswer, String>,
    /// The level that was asked for.
    pub level: Option<Level>,
    /// Exactly this number was asked for.
    pub planned: String,
    /// The changes that were asked for.
    pub changes: Vec<ChangeKind>,
    /// The tag that was asked for.
    pub tag: String,
    /// What each level would give.
    pub steps: Vec<Step>,
    /// Names of the authorizers by id.
    pub people: BTreeMap<String, String>,
    /// May change it.
    pub may_edit: bool,
    /// May plan numbers.
    pub may_plan: bool,
    /// May open a release of it.
    pub may_release: bool,
    /// Fields of the form that changes it.
    pub edit: Vec<Field>,
    /// Fields of a new line of the roadmap.
    pub plan: Vec<Field>,
}

/// The stable name of a kind of change.
pub fn kind_code(kind: ChangeKind) -> String {
    let value = serde_json::to_value(kind).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn kind_words(ctx: &PageCtx, kind: ChangeKind) -> String {
    ctx.t(&format!("change-{}", kind_code(kind).replace('_', "-"))).into_owned()
}

fn level_words(ctx: &PageCtx, level: Level) -> String {
    ctx.t(&format!("version-level-{}", level.code())).into_owned()
}

fn part_words(semantic: bool, part: Part) -> &'static str {
    match (part, semantic) {
        (Part::A, false) => "a",
        (Part::B, false) => "b",
        (Part::C, false) => "c",
        (Part::A, true) => "MAJOR",
        (Part::B, true) => "MINOR",
        (Part::C, true) => "PATCH",
        (Part::D, _) => "d",
        (Part::Micro, _) => "MICRO",
    }
}

/// A reason in a sentence.
pub fn why_words(ctx: &PageCtx, scheme: &Scheme, why: &Why) -> String {
    let part = |it: Part| part_words(matches!(scheme, Scheme::SemVer), it);
    let n = i64::from;
    let text = match why {
        Why::First => ctx.t("why-version-first"),
        Why::Chosen { level } => {
            let level = level_words(ctx, *level);
            ctx.ta("why-version-chosen", &[("level", level.as_str().into())])
        }
        Why::Decided { kind, level, of, .. } => {
            let (kind, level) = (kind_words(ctx, *kind), level_words(ctx, *level));
            ctx.ta(
                "why-version-decided",
                &[
                    ("change", kind.as_str().into()),
                    ("level", level.as_str().into()),
                    ("of", (*of as i64).into()),
                ],
            )
        }
        Why::Planned => ctx.t("why-version-planned"),
        Why::Raised { part: it, from, to } => ctx.ta(
            "why-version-raised",
            &[("part", part(*it).into()), ("from", n(*from).into()), ("to", n(*to).into())],
        ),
        Why::Carried { part: it, max, into } => ctx.ta(
            "why-version-carried",
            &[("part", part(*it).into()), ("max", n(*max).into()), ("into", part(*into).into())],
        ),
        Why::Reset { part: it, from } => {
            ctx.ta("why-version-reset", &[("part", part(*it).into()), ("from", n(*from).into())])
        }
        Why::Kept { part: it, value } => {
            ctx.ta("why-version-kept", &[("part", part(*it).into()), ("value", n(*value).into())])
        }
        Why::FromTag { tag } => ctx.ta("why-version-tag", &[("tag", n(*tag).into())]),
        Why::Dated { date } => {
            let date = crate::i18n::fmt::date(ctx.lang, *date);
            ctx.ta("why-version-dated", &[("date", date.as_str().into())])
        }
        Why::Unstable => ctx.t("why-version-unstable"),
        Why::Finished => ctx.t("why-version-finished"),
    };
    text.into_owned()
}

fn next(ctx: &PageCtx, p: &ProductPage) -> Markup {
    let scheme = &p.view.product.scheme;
    let tag = if p.tag.is_empty() { String::new() } else { format!("&tag={}", p.tag) };
    let chips: Vec<Chip> = p
        .steps
        .iter()
        .map(|it| Chip {
            label: level_words(ctx, it.level),
            href: format!("{}?level={}{tag}", p.base, it.level.code()),
            current: p.level == Some(it.level),
        })
        .collect();
    let body = html! {
        div.cb {
            @if !chips.is_empty() { p { (seg(&ctx.t("version-levels"), &chips)) } }
            @match &p.next {
                Err(message) => { p { (state_text(State::Failed, message)) } }
                Ok(answer) => {
                    p.v { b.big.num { (answer.explained.text) } @if let Some(now) = &answer.current { " " span.m { (ctx.ta("version-after", &[("version", now.as_str().into())])) } } }
                    ul.list { @for it in &answer.explained.why { li { (why_words(ctx, scheme, it)) } } }
                    @match (&answer.roadmap, answer.explained.needs_roadmap, answer.may_be_taken) {
                        (Some(entry), _, _) => { p { (state_text(State::Done, &ctx.ta("version-in-roadmap", &[("theme", entry.theme.as_str().into())]))) } }
                        (None, true, true) => { p { (state_text(State::Waiting, &ctx.t("version-needs-roadmap-may"))) } }
                        (None, true, false) => { p { (state_text(State::Failed, &ctx.t("version-needs-roadmap"))) } }
                        (None, false, _) => { p { (state_text(State::Done, &ctx.t("version-automatic"))) } }
                    }
                }
            }
            (ask(ctx, p))
        }
        @if !p.steps.is_empty() { table {
            caption.vh { (ctx.t("version-levels")) }
            thead { tr { th scope="col" { (ctx.t("version-level")) } th scope="col" { (ctx.t("products-next")) } } }
            tbody { @for it in &p.steps { tr { th scope="row" { (level_words(ctx, it.level)) } td.num { (it.text.clone().unwrap_or_else(|| "–".to_owned())) } } } }
        } }
    };
    card("next", &ctx.t("products-next"), html! {}, body)
}

/// The form that asks by what changes.
fn ask(ctx: &PageCtx, p: &ProductPage) -> Markup {
    let tagged = matches!(&p.view.product.scheme, Scheme::Vabcd(rules) if rules.d_from_tag);
    html! { details open[!p.changes.is_empty() || !p.planned.is_empty() || tagged] {
        summary { (ctx.t("version-ask")) }
        form.form method="get" action=(p.base) {
            fieldset.field { legend { (ctx.t("version-changes")) }
                @for kind in ChangeKind::ALL { label.choice {
                    input type="checkbox" name="change" value=(kind_code(kind)) checked[p.changes.contains(&kind)];
                    span { (kind_words(ctx, kind)) }
                    small { (level_words(ctx, kind.level())) }
                } }
            }
            (Field::text("planned", ctx.t("version-planned")).value(&p.planned).optional().render(ctx))
            @if tagged { (Field::new(crate::ui::form::Kind::Input("number"), "tag", ctx.t("version-tag")).value(&p.tag).optional().render(ctx)) }
            div.acts { button.btn type="submit" { (ctx.t("version-explain")) } }
        }
    } }
}

fn taken(ctx: &PageCtx, p: &ProductPage) -> Markup {
    let list = &p.view.versions;
    let body = html! {
        @if list.is_empty() { p.cb.m { (ctx.t("product-no-releases")) } }
        ul.list.pair { @for (version, number, state) in list.iter().rev() { li {
            @let (glyph, word) = words::release_state(ctx, state);
            span { a.t.num href={ "/releases/" (number) } { (version) } " " span.m.s { (number) } }
            (state_text(glyph, &word))
        } } }
    };
    card("releases", &ctx.t("nav-releases"), html! { (list.len()) }, body)
}

fn spread(ctx: &PageCtx, p: &ProductPage) -> Markup {
    let all: i64 = p.view.spread.iter().map(|it| it.1).sum();
    let body = html! {
        @if p.view.spread.is_empty() { p.cb.m { (ctx.t("product-no-sites")) } }
        @else { table {
            caption.vh { (ctx.t("product-sites")) }
            thead { tr { th scope="col" { (ctx.t("releases-version")) } th.num scope="col" { (ctx.t("nav-sites")) } th.num scope="col" { "%" } } }
            tbody { @for (version, n) in p.view.spread.iter().rev() { tr {
                th scope="row" { (version) }
                td.num { (n) }
                td.num { (n * 100 / all.max(1)) }
            } } }
        } }
    };
    let href = format!("/sites?product={}", p.view.product.key);
    let aside = html! { (Btn::link(ctx.t("nav-sites"), href).small()) };
    card("spread", &ctx.t("product-sites"), aside, body)
}

fn roadmap(ctx: &PageCtx, p: &ProductPage) -> Markup {
    let product = &p.view.product;
    let action = format!("{}/roadmap", p.base);
    let remove = |number: &str| {
        let label = ctx.t("action-remove");
        let button = Btn::button(label.clone()).small().aria(format!("{label}: {number}"));
        act(ctx, &action, button, &[("remove", number)])
    };
    let body = html! {
        @if product.roadmap.is_empty() { p.cb.m { (ctx.t("product-roadmap-empty")) } }
        ul.list.pair { @for it in &product.roadmap { li {
            span { b.num { (it.number) } " " (it.theme) @if let Some(day) = it.planned { br; span.m.s { (crate::i18n::fmt::date(ctx.lang, day)) } } }
            @if p.may_plan { div.acts { (remove(&it.number)) } }
        } } }
        @if p.may_plan { div.cb { details { summary { (ctx.t("product-roadmap-add")) } (form(ctx, &action, &p.plan, &ctx.t("product-roadmap-add"))) } } }
    };
    let owner = html! { @if !product.owner_role.is_empty() { (ctx.ta("product-roadmap-owner", &[("role", product.owner_role.as_str().into())])) } };
    card("roadmap", &ctx.t("product-roadmap"), owner, body)
}

fn authorizers(ctx: &PageCtx, p: &ProductPage) -> Markup {
    let action = format!("{}/authorizers", p.base);
    let remove = |id: &str, name: &str| {
        let label = ctx.t("action-remove");
        let button = Btn::button(label.clone()).small().aria(format!("{label}: {name}"));
        act(ctx, &action, button, &[("remove", id)])
    };
    let field = [Field::text("person", ctx.t("product-authorizer"))];
    let body = html! {
        @if p.people.is_empty() { p.cb.m { (ctx.t("product-authorizers-empty")) } }
        ul.list.pair { @for (id, name) in &p.people { li {
            span { (name) }
            @if p.may_edit { div.acts { (remove(id, name)) } }
        } } }
        @if p.may_edit { div.cb { details { summary { (ctx.t("product-authorizer-add")) } (form(ctx, &action, &field, &ctx.t("action-add"))) } } }
    };
    card("authorizers", &ctx.t("product-authorizers"), html! {}, body)
}

fn about(ctx: &PageCtx, p: &ProductPage) -> Markup {
    let product = &p.view.product;
    let labels = ["products-key", "people-unit", "products-scheme"].map(|it| ctx.t(it));
    let list = [
        (&*labels[0], html! { code { (product.key) } }),
        (&*labels[1], html! { (p.view.unit_name) }),
        (&*labels[2], html! { span.num { (product.scheme.example()) } }),
    ];
    let revision = p.view.revision.to_string();
    let body = html! { div.cb {
        @if !product.description.is_empty() { p.measure { (product.description) } }
        (details(&list))
        @if p.may_edit { details { summary { (ctx.t("action-edit")) }
            (form_with(ctx, &p.base, &[("revision", &revision)], &p.edit, &ctx.t("action-save")))
        } }
    } };
    card("about", &ctx.t("product-about"), html! {}, body)
}

/// The whole page.
pub fn product_page(ctx: &PageCtx, p: &ProductPage) -> Markup {
    let product = &p.view.product;
    let crumbs = vec![
        (ctx.t("products-title").into_owned(), Some("/products".to_owned())),
        (product.name.clone(), None),
    ];
    let new = format!("/releases/new?product={}", product.id);
    let acts = html! { (Btn::link(ctx.t("package-title"), format!("{}/packages", p.base))) (Btn::link(ctx.t("key-page"), format!("{}/keys", p.base))) @if p.may_release && product.active { (Btn::link(ctx.t("home-new-release"), new).primary().key("n")) } };
    let newest = p.view.newest.clone().unwrap_or_default();
    let sub = match newest.as_str() {
        "" => String::new(),
        it => ctx.ta("product-newest", &[("version", it.into())]).into_owned(),
    };
    layout(
        ctx,
        &product.name,
        html! {
            (head(ctx, &Head { crumbs, title: &product.name, sub: &sub, ..Head::default() }, acts))
            @if !product.active { p { (state_text(State::Held, &ctx.t("product-inactive"))) } }
            div.cols {
                div.stack { (next(ctx, p)) (taken(ctx, p)) (spread(ctx, p)) }
                div.stack { (about(ctx, p)) (roadmap(ctx, p)) (authorizers(ctx, p)) }
            }
        },
    )
}
