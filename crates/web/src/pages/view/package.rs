//! Packages of a product: what may be installed, who signed it, what is said about it.

use super::keys::KeyLine;
use crate::i18n::fmt;
use crate::ui::PageCtx;
use crate::ui::form::{Choice, Field, Kind, form};
use crate::ui::glyph::{State, state_text};
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Col, Head, Row, Table, card, details, head, text_card};
use jiff::Timestamp;
use maud::{Markup, html};
use roadbook_app::artifacts::PAPER_KINDS;

/// What a manifest says, for people.
#[derive(Clone, Debug, Default)]
pub struct ManifestView {
    /// Versions it may come from.
    pub from: Vec<String>,
    /// Operating system and processor.
    pub platform: String,
    /// Its counter.
    pub counter: u64,
    /// How many keys must have signed.
    pub threshold: u32,
    /// Files as signed: path, bytes, SHA-256.
    pub files: Vec<(String, u64, String)>,
    /// Hooks in order.
    pub hooks: Vec<HookLine>,
    /// Parameters that a site may set.
    pub parameters: Vec<DeclaredLine>,
    /// What going back loses.
    pub loses: String,
}

/// A hook.
#[derive(Clone, Debug, Default)]
pub struct HookLine {
    /// Stage at which it runs.
    pub stage: String,
    /// Command line.
    pub runs: String,
    /// It is ended after so many seconds.
    pub seconds: u32,
    /// `safe`, `ask` or `never`: what follows when it was cut off.
    pub again: String,
}

/// A parameter that a site may set.
#[derive(Clone, Debug, Default)]
pub struct DeclaredLine {
    /// Name.
    pub name: String,
    /// What it is for.
    pub title: String,
    /// Value unless the site says otherwise.
    pub default: Option<String>,
    /// Must be set.
    pub required: bool,
    /// Never leaves the site.
    pub secret: bool,
}

/// A package.
#[derive(Clone, Debug, Default)]
pub struct PackageLine {
    /// SHA-256.
    pub sha256: String,
    /// File name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Bytes.
    pub size: u64,
    /// Ours, verified; else a file for another kind of client.
    pub verified: bool,
    /// Keys whose signatures were good: id, comment, retired.
    pub keys: Vec<(String, String, bool)>,
    /// When it came.
    pub at: Timestamp,
    /// Who brought it.
    pub by: String,
    /// Not installed after.
    pub expires: Option<Timestamp>,
    /// The manifest.
    pub manifest: Option<ManifestView>,
    /// Papers: kind, name, address.
    pub papers: Vec<(String, String, String)>,
}

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct PackagesPage {
    /// Address of the product.
    pub base: String,
    /// Its name.
    pub product: String,
    /// Packages, newest first.
    pub packages: Vec<PackageLine>,
    /// Keys, also retired ones.
    pub keys: Vec<KeyLine>,
    /// Whether the viewer may upload and change keys.
    pub may_edit: bool,
    /// What was wrong with the last upload.
    pub wrong: Option<String>,
}

/// What the manifest says in a few words.
fn manifest(ctx: &PageCtx, it: &ManifestView) -> Markup {
    let labels = ["package-from", "package-platform", "package-counter", "package-threshold"]
        .map(|key| ctx.t(key));
    let list = [
        (&*labels[0], html! { (it.from.join(", ")) }),
        (&*labels[1], html! { code { (it.platform) } }),
        (&*labels[2], html! { (it.counter) }),
        (&*labels[3], html! { (it.threshold) }),
    ];
    details(&list)
}

fn loses(ctx: &PageCtx, it: &ManifestView) -> Markup {
    html! { p { @if it.loses.is_empty() { (ctx.t("rollout-loses-nothing")) } @else { (it.loses) } } }
}

fn hooks(ctx: &PageCtx, list: &[HookLine]) -> Markup {
    let title = ctx.t("package-hooks");
    let col = |key: &str| Col::new(ctx.t(key)).labeled();
    let row = |it: &HookLine| {
        Row::Cells(vec![
            html! { (super::rollout::stage_words(ctx, &it.stage)) },
            html! { code { (it.runs) } },
            html! { (it.seconds) " s" },
            html! { (ctx.t(&format!("package-again-{}", it.again))) },
        ])
    };
    let table = Table {
        caption: &title,
        cols: vec![
            Col::new(ctx.t("package-hook-step")),
            col("package-hook-runs"),
            col("package-hook-time"),
            col("package-hook-again"),
        ],
        rows: list.iter().map(row).collect(),
    };
    card("hooks", &title, html! {}, html! { (table) })
}

fn parameters(ctx: &PageCtx, list: &[DeclaredLine]) -> Markup {
    let words = |it: &DeclaredLine| match (&it.default, it.secret, it.required) {
        (_, true, _) => ctx.t("package-parameter-secret").into_owned(),
        (Some(value), ..) => {
            ctx.ta("parameter-default", &[("value", value.as_str().into())]).into_owned()
        }
        (None, _, true) => ctx.t("package-parameter-required").into_owned(),
        _ => ctx.t("parameter-unset").into_owned(),
    };
    text_card(
        "package-parameters",
        &ctx.t("package-parameters"),
        html! { (list.len()) },
        html! {
            @if list.is_empty() { p.m { (ctx.t("package-parameter-none")) } }
            ul.list { @for it in list { li { code { (it.name) } " " (it.title) br; span.m.s { (words(it)) } } } }
        },
    )
}

fn files(ctx: &PageCtx, list: &[(String, u64, String)]) -> Markup {
    text_card(
        "package-files",
        &ctx.t("package-file-list"),
        html! { (list.len()) },
        html! { ul.list { @for (path, size, digest) in list { li {
            code { (path) } " " span.m.s { (fmt::bytes(ctx.lang, *size)) } br; code.hash.s { (digest) }
        } } } },
    )
}

fn papers(ctx: &PageCtx, p: &PackagesPage, it: &PackageLine) -> Markup {
    let choices =
        PAPER_KINDS.map(|kind| Choice::new(kind, ctx.t(&format!("package-paper-{kind}"))));
    text_card(
        "package-papers",
        &ctx.t("package-papers"),
        html! { (it.papers.len()) },
        html! {
            @if it.papers.is_empty() { p.m { (ctx.t("package-papers-none")) } }
            ul { @for (kind, name, href) in &it.papers { li { (ctx.t(&format!("package-paper-{kind}"))) ": " a href=(href) { (name) } } } }
            @if p.may_edit { details { summary { (ctx.t("package-paper-add")) }
                (form(ctx, &format!("{}/packages/{}/papers", p.base, it.sha256), &[
                    Field::new(Kind::Select(choices.to_vec()), "kind", ctx.t("package-paper-kind")),
                    Field::new(Kind::File(".json,.xml,.md,.txt,.spdx,.jsonl,.sql,.csv"), "file", ctx.t("documents-file")),
                ], &ctx.t("action-upload")))
            } }
        },
    )
}

/// Who signed it, and until when it may be installed.
fn signed(ctx: &PageCtx, it: &PackageLine) -> Markup {
    let old = it.expires.is_some_and(|at| at <= ctx.now);
    html! {
        p {
            @if it.verified { (state_text(State::Done, &ctx.t("package-verified"))) }
            @else { (state_text(State::Foreseen, &ctx.t("package-plain"))) }
            @for (id, comment, retired) in &it.keys { " · " code { (id) } " " (comment) @if *retired { " " (state_text(State::AtRisk, &ctx.t("key-retired"))) } }
        }
        @if let Some(at) = it.expires {
            // A day without its year says nothing about something that lasts for years.
            @let args = [("at", at.to_zoned(ctx.zone.clone()).date().to_string().into())];
            p.s { @if old { (state_text(State::Failed, &ctx.ta("package-expired", &args))) } @else { span.m { (ctx.ta("package-expires", &args)) } } }
        }
    }
}

fn brought(ctx: &PageCtx, it: &PackageLine) -> Markup {
    let by = [("name", it.by.as_str().into()), ("at", ctx.date_time(it.at).into())];
    html! { p.s.m { (ctx.ta("package-by", &by)) " · " (fmt::bytes(ctx.lang, it.size)) } }
}

/// A package in the list: the rest stands on its own page.
fn package(ctx: &PageCtx, p: &PackagesPage, it: &PackageLine) -> Markup {
    html! { li.sec {
        p { a.t href={ (p.base) "/packages/" (it.sha256) } { b.num { (it.version) } } " " (it.name) }
        (brought(ctx, it))
        (signed(ctx, it))
        @if !it.papers.is_empty() { p.s { @for (i, (kind, _, href)) in it.papers.iter().enumerate() {
            @if i > 0 { " · " } a href=(href) { (ctx.t(&format!("package-paper-{kind}"))) }
        } } }
    } }
}

/// The page of one package.
pub fn package_page(ctx: &PageCtx, p: &PackagesPage, it: &PackageLine) -> Markup {
    let title = format!("{} {}", p.product, it.version);
    let mut crumbs = way(ctx, p);
    if let Some(last) = crumbs.last_mut() {
        last.1 = Some(format!("{}/packages", p.base));
    }
    crumbs.push((it.version.clone(), None));
    let file = format!("/api/v1/artifacts/{}/file", it.sha256);
    let sub = ctx.t("package-one-question");
    layout(
        ctx,
        &title,
        html! {
            (head(ctx, &Head { crumbs, title: &title, sub: &sub, ..Head::default() }, html! { (Btn::link(ctx.t("action-download"), file)) }))
            div.cols {
                div.stack {
                    (text_card("package-signatures", &ctx.t("package-signatures"), html! {}, html! {
                        (signed(ctx, it))
                        @if let Some(m) = &it.manifest { (manifest(ctx, m)) }
                    }))
                    @if let Some(m) = &it.manifest {
                        (text_card("package-loses", &ctx.t("package-loses"), html! {}, loses(ctx, m)))
                        @if !m.hooks.is_empty() { (hooks(ctx, &m.hooks)) }
                    }
                }
                div.stack {
                    (text_card("package-file", &ctx.t("documents-file"), html! {}, html! {
                        p { (it.name) }
                        (brought(ctx, it))
                        p.s { span.m { "SHA-256 " } code.hash { (it.sha256) } }
                    }))
                    @if let Some(m) = &it.manifest { (parameters(ctx, &m.parameters)) }
                    (papers(ctx, p, it))
                    @if let Some(m) = &it.manifest { (files(ctx, &m.files)) }
                }
            }
        },
    )
}

/// The way to the list.
fn way(ctx: &PageCtx, p: &PackagesPage) -> Vec<(String, Option<String>)> {
    vec![
        (ctx.t("products-title").into_owned(), Some("/products".to_owned())),
        (p.product.clone(), Some(p.base.clone())),
        (ctx.t("package-title").into_owned(), None),
    ]
}

/// The keys in a few words; they have a page of their own.
fn keys(ctx: &PageCtx, p: &PackagesPage) -> Markup {
    html! {
        @if p.keys.is_empty() { p { (state_text(State::AtRisk, &ctx.t("key-none"))) } }
        ul.list { @for it in &p.keys { li { b { (it.name()) } " " (it.state(ctx)) br; code.s { (it.id) } } } }
        p { a href={ (p.base) "/keys" } { (ctx.t("key-all")) } }
    }
}

/// The whole page.
pub fn packages(ctx: &PageCtx, p: &PackagesPage) -> Markup {
    let title = ctx.t("package-title");
    let crumbs = way(ctx, p);
    let upload = Field::new(Kind::File(".rbpkg"), "file", ctx.t("documents-file"))
        .hint(ctx.t("package-upload-hint"))
        .error(p.wrong.clone());
    let send = html! { @if p.may_edit { (text_card("upload", &ctx.t("package-upload"), html! {}, form(ctx, &format!("{}/packages", p.base), &[upload], &ctx.t("package-upload")))) } };
    layout(
        ctx,
        &title,
        html! {
            (head(ctx, &Head { crumbs, title: &title, sub: &ctx.t("package-question"), ..Head::default() }, html! { @if p.may_edit { (Btn::link(ctx.t("package-upload"), "#upload").primary()) } }))
            div.cols {
                div.stack {
                    (card("packages", &title, html! { (p.packages.len()) }, html! { div.cb {
                        @if p.packages.is_empty() { p.m { (ctx.t("package-none")) } }
                        ul { @for it in &p.packages { (package(ctx, p, it)) } }
                    } }))
                }
                div.stack { (send) (text_card("keys", &ctx.t("key-title"), html! {}, keys(ctx, p))) }
            }
        },
    )
}
