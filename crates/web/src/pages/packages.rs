//! Packages of a product, and who signed them.

use super::files::Parts;
use super::keys::key_lines;
use super::view::package::{
    DeclaredLine, HookLine, ManifestView, PackageLine, PackagesPage, package_page, packages,
};
use super::visit::{Page, Refused, Signed, go};
use crate::http::problem::Problem;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use crate::ui::PageCtx;
use axum::extract::Path;
use axum::response::IntoResponse;
use roadbook_app::{App, Call, Error};
use roadbook_core::access::{Action, Kind, allowed};
use roadbook_core::ids::{PersonId, ProductId};
use roadbook_core::package::{Hook, Manifest, Retry};
use std::collections::BTreeMap;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let view = Access::Grant(Action::View, Kind::Product);
    let edit = Access::Grant(Action::Edit, Kind::Product);
    vec![
        get("/products/{product}/packages", "show_packages", show).access(view).page(),
        get("/products/{product}/packages/{sha256}", "show_package", one).access(view).page(),
        post("/products/{product}/packages", "send_package", upload).access(edit).page(),
        post("/products/{product}/packages/{sha256}/papers", "send_package_paper", paper)
            .access(edit)
            .page(),
    ]
}

fn hooks(manifest: &Manifest) -> Vec<HookLine> {
    let it = &manifest.hooks;
    let line = |stage: &str, hook: &Hook| HookLine {
        stage: stage.to_owned(),
        runs: hook.argv.join(" "),
        seconds: hook.timeout,
        again: match hook.retry {
            Retry::Safe => "safe",
            Retry::Ask => "ask",
            Retry::Never => "never",
        }
        .to_owned(),
    };
    let before = [
        ("readiness", &it.readiness),
        ("backup", &it.backup),
        ("install", &it.install),
        ("configure", &it.configure),
        ("migrate", &it.migrate),
    ];
    let one = |(stage, hook): (&str, &Option<Hook>)| hook.as_ref().map(|it| line(stage, it));
    let mut list: Vec<HookLine> = before.into_iter().filter_map(one).collect();
    list.extend(it.verify.iter().map(|it| line("verify", &it.hook)));
    list.extend(one(("rollback", &it.rollback)));
    list
}

fn manifest(ctx: &PageCtx, text: &str) -> Option<ManifestView> {
    let it = serde_json::from_str::<Manifest>(text).ok()?;
    Some(ManifestView {
        platform: format!("{}/{}", it.platform.os, it.platform.arch),
        counter: it.counter,
        threshold: it.threshold,
        files: it.files.iter().map(|it| (it.path.clone(), it.size, it.sha256.clone())).collect(),
        hooks: hooks(&it),
        parameters: it
            .parameters
            .iter()
            .map(|one| DeclaredLine {
                name: one.name.clone(),
                title: one.title.show(ctx.lang).0.to_owned(),
                default: one.default.clone(),
                required: one.required,
                secret: one.secret,
            })
            .collect(),
        loses: it.rollback_loses.show(ctx.lang).0.to_owned(),
        from: it.from,
    })
}

async fn load(
    ctx: &PageCtx,
    web: &Web,
    call: &Call,
    id: &ProductId,
) -> Result<PackagesPage, Error> {
    let app = &web.app;
    let scope = app.scope_for(&call.actor).await?;
    let product = app.product_view(&scope, id).await?;
    let keys = app.key_list(&call.actor, id).await?;
    let files = app.artifact_list(&call.actor, id).await?;
    let ids = keys.iter().map(|it| &it.added_by).chain(files.iter().map(|it| &it.uploaded_by));
    let names = names_of(app, ids).await?;
    let name = |id: &str| names.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let place = app.product_place(id).await?;
    let mut list = Vec::new();
    for it in files {
        let (_, papers) = app.artifact_view(&call.actor, &it.sha256).await?;
        let signed = it.key_ids.split_whitespace().map(|id| {
            let key = keys.iter().find(|it| it.key_id == id);
            let comment = key.map(|it| it.comment.clone()).unwrap_or_default();
            (id.to_owned(), comment, key.is_some_and(|it| it.retired_at.is_some()))
        });
        list.push(PackageLine {
            keys: signed.collect(),
            name: it.name.clone(),
            version: it.version.clone(),
            size: u64::try_from(it.size).unwrap_or(0),
            verified: it.kind == "package",
            at: it.at,
            by: name(&it.uploaded_by),
            expires: it.expires_at,
            manifest: it.manifest.as_deref().and_then(|it| manifest(ctx, it)),
            papers: papers
                .into_iter()
                .map(|one| {
                    let href = format!("/api/v1/artifacts/{}/papers/{}", it.sha256, one.sha256);
                    (one.kind, one.name, href)
                })
                .collect(),
            sha256: it.sha256,
        });
    }
    Ok(PackagesPage {
        base: format!("/products/{id}"),
        product: product.product.name,
        packages: list,
        keys: key_lines(&keys, &names),
        may_edit: allowed(&call.actor, Action::Edit, Kind::Product, &place),
        wrong: None,
    })
}

/// Names of people by their ids; who is no person is left out.
pub(super) async fn names_of(
    app: &App,
    ids: impl Iterator<Item = &String>,
) -> Result<BTreeMap<String, String>, Error> {
    let people: Vec<PersonId> = ids.filter_map(|it| PersonId::parse(it).ok()).collect();
    Ok(app.names(people).await?.into_iter().map(|it| (it.0.to_string(), it.1)).collect())
}

pub(super) fn fail(ctx: &PageCtx) -> impl Fn(Error) -> Refused + use<> {
    let ctx = ctx.clone();
    move |error| Refused::new(ctx.clone(), error.into())
}

async fn show(signed: Signed, Path(text): Path<String>) -> Page {
    let Signed { ctx, caller, web } = signed;
    let fail = fail(&ctx);
    let call = caller.session.call();
    let id = web.app.product_find(&call.actor, &text).await.map_err(&fail)?;
    let page = load(&ctx, &web, &call, &id).await.map_err(&fail)?;
    Ok(packages(&ctx, &page).into_response())
}

async fn one(signed: Signed, Path((text, sha256)): Path<(String, String)>) -> Page {
    let Signed { ctx, caller, web } = signed;
    let fail = fail(&ctx);
    let call = caller.session.call();
    let id = web.app.product_find(&call.actor, &text).await.map_err(&fail)?;
    let page = load(&ctx, &web, &call, &id).await.map_err(&fail)?;
    let found = page.packages.iter().find(|it| it.sha256 == sha256);
    let found = found.ok_or_else(|| fail(Error::NotFound { what: "artifact" }))?;
    Ok(package_page(&ctx, &page, found).into_response())
}

/// Takes a package in: streamed to disk, looked into there, listed only when it is whole and signed.
async fn bring(parts: &mut Parts, id: &ProductId) -> Result<(), Problem> {
    let (_, call, arrived) = parts.into_artifact(id).await?;
    crate::api::artifacts::keep_package(&parts.web, &call, id, arrived).await?;
    Ok(())
}

async fn upload(Path(text): Path<String>, mut parts: Parts) -> Page {
    let fail = fail(&parts.ctx);
    let call = parts.caller.session.call();
    let id = parts.web.app.product_find(&call.actor, &text).await.map_err(&fail)?;
    let base = format!("/products/{id}/packages");
    let Err(problem) = bring(&mut parts, &id).await else { return Ok(go(&base)) };
    // What is wrong with the file stands beside it.
    let why = problem.body.errors.first().map_or(&problem.body.detail, |it| &it.message).clone();
    let mut page = load(&parts.ctx, &parts.web, &call, &id).await.map_err(&fail)?;
    let said = parts.ctx.ta("package-upload-wrong", &[("why", why.as_str().into())]);
    page.wrong = Some(said.into_owned());
    Ok((problem.status, packages(&parts.ctx, &page)).into_response())
}

async fn paper(Path((product, sha256)): Path<(String, String)>, mut parts: Parts) -> Page {
    let fail = fail(&parts.ctx);
    let call = parts.caller.session.call();
    let id = parts.web.app.product_find(&call.actor, &product).await.map_err(&fail)?;
    let refuse = |ctx: &PageCtx, problem| Refused::new(ctx.clone(), problem);
    let ctx = parts.ctx.clone();
    let (words, call, arrived) =
        parts.into_artifact(&id).await.map_err(|problem| refuse(&ctx, problem))?;
    let kind = words.text("kind");
    parts.web.app.paper_attach(&call, &sha256, &kind, arrived).await.map_err(&fail)?;
    Ok(go(&format!("/products/{id}/packages/{sha256}")))
}
