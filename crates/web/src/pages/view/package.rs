//! Packages of a product: what may be installed, who signed it, what is said about it; and its keys.

use crate::i18n::fmt;
use crate::ui::PageCtx;
use crate::ui::form::{Choice, Field, Kind, form, form_with};
use crate::ui::glyph::{State, state_text};
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Head, card, details, head, text_card};
use jiff::Timestamp;
use maud::{Markup, html};

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
    /// Files.
    pub files: usize,
    /// Bytes of the files.
    pub size: u64,
    /// Hooks in order: name, command line.
    pub hooks: Vec<(String, String)>,
    /// Parameters: name, required, secret.
    pub parameters: Vec<(String, bool, bool)>,
    /// What going back loses.
    pub loses: String,
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
    /// Public half of the director's key.
    pub director: String,
    /// Whether the viewer may upload and change keys.
    pub may_edit: bool,
    /// What was wrong with the last upload.
    pub wrong: Option<String>,
}

fn manifest(ctx: &PageCtx, it: &ManifestView) -> Markup {
    let labels = [
        "package-from",
        "package-platform",
        "package-counter",
        "package-threshold",
        "package-files",
        "package-parameters",
        "package-loses",
    ]
    .map(|key| ctx.t(key));
    let size = fmt::bytes(ctx.lang, it.size);
    let parameters = it.parameters.iter().map(|(name, required, secret)| {
        let mark = match (required, secret) {
            (_, true) => format!(" ({})", ctx.t("package-parameter-secret")),
            (true, false) => format!(" ({})", ctx.t("package-parameter-required")),
            _ => String::new(),
        };
        format!("{name}{mark}")
    });
    let parameters: Vec<String> = parameters.collect();
    let loses = if it.loses.is_empty() {
        ctx.t("rollout-loses-nothing").into_owned()
    } else {
        it.loses.clone()
    };
    let list = [
        (&*labels[0], html! { (it.from.join(", ")) }),
        (&*labels[1], html! { code { (it.platform) } }),
        (&*labels[2], html! { (it.counter) }),
        (&*labels[3], html! { (it.threshold) }),
        (&*labels[4], html! { (it.files) ", " (size) }),
        (
            &*labels[5],
            html! { @if parameters.is_empty() { "–" } @else { (parameters.join(", ")) } },
        ),
        (&*labels[6], html! { (loses) }),
    ];
    html! {
        (details(&list))
        h4 { (ctx.t("package-hooks")) }
        dl.dl { @for (name, line) in &it.hooks { dt { (super::rollout::stage_words(ctx, name)) } dd { code { (line) } } } }
    }
}

fn package(ctx: &PageCtx, p: &PackagesPage, it: &PackageLine) -> Markup {
    let size = fmt::bytes(ctx.lang, it.size);
    let by = [("name", it.by.as_str().into()), ("at", ctx.date_time(it.at).into())];
    let old = it.expires.is_some_and(|at| at <= ctx.now);
    let kinds = ["sbom", "provenance", "changes", "notes"];
    let choices = kinds.map(|kind| Choice::new(kind, ctx.t(&format!("package-paper-{kind}"))));
    html! { li.sec {
        p { b.num { (it.version) } " " a href={ "/api/v1/artifacts/" (it.sha256) "/file" } download { (it.name) } " " span.m.s { (size) } }
        p.s.m { (ctx.ta("package-by", &by)) }
        p {
            @if it.verified { (state_text(State::Done, &ctx.t("package-verified"))) }
            @else { (state_text(State::Foreseen, &ctx.t("package-plain"))) }
            @for (id, comment, retired) in &it.keys { " · " code { (id) } " " (comment) @if *retired { " " (state_text(State::AtRisk, &ctx.t("key-retired"))) } }
        }
        @if let Some(at) = it.expires {
            @let args = [("at", ctx.date_time(at).into())];
            p.s { @if old { (state_text(State::Failed, &ctx.ta("package-expired", &args))) } @else { span.m { (ctx.ta("package-expires", &args)) } } }
        }
        p.s { span.m { "SHA-256 " } code.hash { (it.sha256) } }
        @if !it.papers.is_empty() { ul { @for (kind, name, href) in &it.papers { li { (ctx.t(&format!("package-paper-{kind}"))) ": " a href=(href) { (name) } } } } }
        @if let Some(m) = &it.manifest { details { summary { (ctx.t("package-manifest")) } (manifest(ctx, m)) } }
        @if p.may_edit { details { summary { (ctx.t("package-paper-add")) }
            (form(ctx, &format!("{}/packages/{}/papers", p.base, it.sha256), &[
                Field::new(Kind::Select(choices.to_vec()), "kind", ctx.t("package-paper-kind")),
                Field::new(Kind::File(".json,.xml,.md,.txt,.spdx,.jsonl"), "file", ctx.t("documents-file")),
            ], &ctx.t("action-upload")))
        } }
    } }
}

fn keys(ctx: &PageCtx, p: &PackagesPage) -> Markup {
    let path = format!("{}/keys", p.base);
    html! {
        p.m { (ctx.t("key-text")) }
        @if p.keys.is_empty() { p { (state_text(State::AtRisk, &ctx.t("key-none"))) } }
        ul { @for it in &p.keys { li.sec {
            p { b { (if it.comment.is_empty() { &it.id } else { &it.comment }) } " "
                @match it.retired {
                    Some(at) => { (state_text(State::Held, &ctx.ta("key-retired-at", &[("at", ctx.date_time(at).into())]))) }
                    None => { (state_text(State::Done, &ctx.t("key-valid"))) }
                }
            }
            p.s { span.m { (ctx.t("key-fingerprint")) " " } code { (it.id) } br; code.hash { (it.public) } }
            p.s.m { (ctx.ta("package-by", &[("name", it.by.as_str().into()), ("at", ctx.date_time(it.at).into())])) }
            @if p.may_edit && it.retired.is_none() { details { summary { (ctx.t("key-retire")) }
                p { (ctx.t("key-retire-text")) }
                (form_with(ctx, &path, &[("retire", &it.id)], &[Field::text("reason", ctx.t("form-reason"))], &ctx.t("key-retire")))
            } }
        } } }
        @if p.may_edit { details open[p.keys.is_empty()] { summary { (ctx.t("key-add")) }
            (form(ctx, &path, &[
                Field::text("public_key", ctx.t("key-public")).hint(ctx.t("key-public-hint")),
                Field::text("comment", ctx.t("key-comment")).optional(),
            ], &ctx.t("key-add")))
        } }
        @if !p.director.is_empty() { h3 { (ctx.t("key-director")) } p.s { code.hash { (p.director) } } p.m.s { (ctx.t("key-director-text")) } }
    }
}

/// The whole page.
pub fn packages(ctx: &PageCtx, p: &PackagesPage) -> Markup {
    let title = ctx.t("package-title");
    let crumbs = vec![
        (ctx.t("products-title").into_owned(), Some("/products".to_owned())),
        (p.product.clone(), Some(p.base.clone())),
        (title.clone().into_owned(), None),
    ];
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
