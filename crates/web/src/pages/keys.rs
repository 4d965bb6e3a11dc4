//! The keys behind the packages of a product: who may sign, which set of keys agents believe, and
//! with which key this server gives its orders.

use super::packages::{fail, names_of};
use super::view::keys::{KeyLine, KeysPage, SetLine, keys};
use super::visit::{Page, Refused, Sent, Signed, go};
use crate::http::problem::Problem;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use roadbook_app::artifacts::{KeyInput, ReleaseKey, TrustSet};
use roadbook_app::{Call, Error};
use roadbook_core::access::{Action, Kind, allowed};
use roadbook_core::ids::ProductId;
use roadbook_wire::minisign::{PublicKey, Signature};
use roadbook_wire::package::read_root;
use std::collections::BTreeMap;

pub(super) fn endpoints() -> Vec<Endpoint> {
    let view = Access::Grant(Action::View, Kind::Product);
    let edit = Access::Grant(Action::Edit, Kind::Product);
    vec![
        get("/products/{product}/keys", "show_release_keys", show).access(view).page(),
        post("/products/{product}/keys", "send_release_key", key).access(edit).page(),
    ]
}

/// Keys as the pages show them.
pub(super) fn key_lines(keys: &[ReleaseKey], names: &BTreeMap<String, String>) -> Vec<KeyLine> {
    let line = |it: &ReleaseKey| KeyLine {
        id: it.key_id.clone(),
        public: it.public_key.clone(),
        comment: it.comment.clone(),
        at: it.at,
        by: names.get(&it.added_by).cloned().unwrap_or_else(|| it.added_by.clone()),
        retired: it.retired_at,
    };
    keys.iter().map(line).collect()
}

/// A set of keys; whose key it is says the list of keys.
fn set_line(it: &TrustSet, keys: &[ReleaseKey], names: &BTreeMap<String, String>) -> SetLine {
    let named = |id: String| {
        let found = keys.iter().find(|it| it.key_id == id);
        (found.map(|it| it.comment.clone()).unwrap_or_default(), id)
    };
    let root = read_root(it.body.as_bytes()).ok();
    let members = root.iter().flat_map(|it| &it.keys);
    let signatures: Vec<String> = serde_json::from_str(&it.signatures).unwrap_or_default();
    SetLine {
        version: it.version,
        threshold: root.as_ref().map_or(0, |it| it.threshold),
        everything: root.as_ref().is_some_and(|it| it.product == "*"),
        keys: members.filter_map(|it| Some(named(PublicKey::parse(it).ok()?.id()))).collect(),
        signed: signatures
            .iter()
            .filter_map(|it| Some(named(Signature::parse(it).ok()?.key_id())))
            .collect(),
        at: it.at,
        by: names.get(&it.published_by).cloned().unwrap_or_else(|| it.published_by.clone()),
    }
}

async fn load(web: &Web, call: &Call, id: &ProductId) -> Result<KeysPage, Error> {
    let app = &web.app;
    let scope = app.scope_for(&call.actor).await?;
    let product = app.product_view(&scope, id).await?.product;
    let keys = app.key_list(&call.actor, id).await?;
    let sets = app.trust_list(&call.actor, id).await?;
    let who = keys.iter().map(|it| &it.added_by).chain(sets.iter().map(|it| &it.published_by));
    let names = names_of(app, who).await?;
    let place = app.product_place(id).await?;
    let director = app.director_key();
    Ok(KeysPage {
        base: format!("/products/{id}"),
        product: product.name,
        short: product.key,
        keys: key_lines(&keys, &names),
        sets: sets.iter().rev().map(|it| set_line(it, &keys, &names)).collect(),
        director_id: PublicKey::parse(&director).map(|it| it.id()).unwrap_or_default(),
        director,
        may_edit: allowed(&call.actor, Action::Edit, Kind::Product, &place),
    })
}

async fn show(signed: Signed, Path(text): Path<String>) -> Page {
    let Signed { ctx, caller, web } = signed;
    let fail = fail(&ctx);
    let call = caller.session.call();
    let id = web.app.product_find(&call.actor, &text).await.map_err(&fail)?;
    let page = load(&web, &call, &id).await.map_err(&fail)?;
    Ok(keys(&ctx, &page).into_response())
}

async fn key(State(web): State<Web>, Path(text): Path<String>, sent: Sent) -> Page {
    let fail = fail(&sent.ctx);
    let id = web.app.product_find(&sent.call.actor, &text).await.map_err(&fail)?;
    let retire = sent.fields.text("retire");
    if retire.is_empty() {
        let read = roadbook_wire::minisign::PublicKey::parse(&sent.fields.text("public_key"));
        let key = read.map_err(|error| {
            let problem = Problem::field("public_key", "key", error.to_string());
            Refused::new(sent.ctx.clone(), problem)
        })?;
        let comment = sent.fields.text("comment");
        let input = KeyInput { id: key.id(), public_key: key.to_string(), comment };
        web.app.key_add(&sent.call, &id, input).await.map_err(&fail)?;
    } else {
        let reason = sent.fields.text("reason");
        web.app.key_retire(&sent.call, &id, &retire, &reason).await.map_err(&fail)?;
    }
    Ok(go(&format!("/products/{id}/keys")))
}
