//! Sites: the matrix, the list, and rows pasted from a spreadsheet.

use super::view::sites::{
    ImportView, SiteLine, SitesAsk, SitesView, import_page, sites, source_words,
};
use super::visit::{Page, Refused, Sent, Signed, go};
use super::words::encoded;
use crate::i18n::fmt;
use crate::routes::{Endpoint, get, post};
use crate::server::Web;
use crate::ui::PageCtx;
use crate::ui::chart::heat::{Column, Group, Heat, Site, Support};
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use jiff::Timestamp;
use roadbook_app::import::{ImportInput, ListKind};
use roadbook_app::products::ProductView;
use roadbook_app::sites::{SiteListFilter, SiteListItem};
use roadbook_app::{Error, PageAsk};
use roadbook_core::access::{Action, Kind, Resource, allowed};
use serde::Deserialize;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

/// More sites than this are not drawn one by one.
const DRAWN_MAX: i64 = 500;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        get("/sites", "show_sites", list).page(),
        get("/sites/import", "show_import", import_show).page(),
        post("/sites/import", "send_import", import).page(),
    ]
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Ask {
    q: String,
    tag: String,
    product: String,
    older: String,
    view: String,
    cursor: Option<String>,
}

fn fail(ctx: &PageCtx) -> impl Fn(Error) -> Refused + use<> {
    let ctx = ctx.clone();
    move |error| Refused::new(ctx.clone(), error.into())
}

fn next_href(ask: &Ask, cursor: &str) -> String {
    let all = [
        ("q", &ask.q),
        ("tag", &ask.tag),
        ("product", &ask.product),
        ("older", &ask.older),
        ("view", &ask.view),
    ];
    let parts = all.iter().filter(|it| !it.1.is_empty());
    let parts: String = parts.map(|(name, it)| format!("{name}={}&", encoded(it))).collect();
    format!("/sites?{parts}cursor={}", encoded(cursor))
}

async fn list(signed: Signed, Query(ask): Query<Ask>) -> Page {
    let Signed { ctx, caller, web } = signed;
    let fail = fail(&ctx);
    let session = &caller.session;
    let products =
        web.app.product_list(&session.scope, &PageAsk::first(100)).await.map_err(&fail)?;
    let product = match ask.product.trim() {
        "" => None,
        text => Some(web.app.product_find(&session.actor, text).await.map_err(&fail)?),
    };
    // An age needs a product beside it; where there is only one, that is meant.
    let only = (products.rows.len() == 1).then(|| products.rows[0].id.clone());
    let meant = if ask.older.is_empty() { product } else { product.or_else(|| only.clone()) };
    let filter = SiteListFilter {
        text: Some(ask.q.clone()).filter(|it| !it.is_empty()),
        tags: Some(ask.tag.trim().to_owned()).filter(|it| !it.is_empty()).into_iter().collect(),
        product: meant.clone(),
        older_than: Some(ask.older.trim().to_owned()).filter(|it| !it.is_empty()),
        ..SiteListFilter::default()
    };
    let all = web.app.site_count(&session.scope, &filter).await.map_err(&fail)?;
    let draws = ask.view != "list" && all <= DRAWN_MAX;
    let mut rows = Vec::new();
    let mut cursor = ask.cursor.clone();
    loop {
        let page = PageAsk { cursor: cursor.take(), limit: 100 };
        let page = web.app.site_list(&session.scope, &filter, &page).await.map_err(&fail)?;
        rows.extend(page.rows);
        cursor = page.next;
        if !draws || cursor.is_none() {
            break;
        }
    }
    let shown = meant.or(only).or_else(|| products.rows.first().map(|it| it.id.clone()));
    let heat = match shown {
        Some(id) if draws && !rows.is_empty() => {
            let product = web.app.product_view(&session.scope, &id).await.map_err(&fail)?;
            Some(matrix(&ctx, &product, &rows))
        }
        _ => None,
    };
    let view = SitesView {
        products: products.rows.iter().map(|it| (it.key.clone(), it.name.clone())).collect(),
        all,
        spread: if draws { Vec::new() } else { spread(&rows) },
        lines: rows.iter().map(|it| line(&ctx, it)).collect(),
        next: cursor.map(|it| next_href(&ask, &it)),
        may_import: allowed(&session.actor, Action::Edit, Kind::Site, &Resource::whole()),
        heat,
        ask: SitesAsk {
            q: ask.q,
            tag: ask.tag,
            product: ask.product,
            older: ask.older,
            view: ask.view,
        },
    };
    Ok(sites(&ctx, &view).into_response())
}

fn spread(rows: &[SiteListItem]) -> Vec<(String, i64)> {
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for it in rows.iter().flat_map(|it| &it.versions) {
        *counts.entry(format!("{} {}", it.product_name, it.version)).or_default() += 1;
    }
    counts.into_iter().collect()
}

fn line(ctx: &PageCtx, it: &SiteListItem) -> SiteLine {
    let mut about: Vec<&str> = it.site.customer.as_deref().into_iter().collect();
    about.extend(it.tags.iter().map(String::as_str));
    SiteLine {
        href: format!("/sites/{}", it.site.key),
        name: it.full_name(),
        about: about.join(", "),
        versions: it
            .versions
            .iter()
            .map(|one| {
                let age = fmt::duration(ctx.lang, one.age.as_mins().max(0));
                (one.product_name.clone(), one.version.clone(), one.source.clone(), age)
            })
            .collect(),
    }
}

/// Versions of one product by site, oldest version first; sites by their first tag.
fn matrix(ctx: &PageCtx, product: &ProductView, rows: &[SiteListItem]) -> Heat {
    let product = &product.product;
    let mut first: HashMap<&str, (Timestamp, i64)> = HashMap::new();
    let runs = |it: &SiteListItem| it.versions.iter().position(|one| one.product == product.id);
    for it in rows {
        let Some(at) = runs(it) else { continue };
        let one = &it.versions[at];
        let known = first.entry(&one.version).or_insert((one.since, 0));
        *known = (known.0.min(one.since), known.1 + 1);
    }
    let mut versions: Vec<&str> = first.keys().copied().collect();
    versions.sort_by(|a, b| product.scheme.compare(a, b).unwrap_or(Ordering::Equal).then(a.cmp(b)));
    let newest = versions.last().map(|it| first[it].0);
    let columns: Vec<Column> = versions
        .iter()
        .map(|it| Column {
            version: (*it).to_owned(),
            count: ctx.tn("heat-sites", first[it].1).into_owned(),
            support_text: String::new(),
            support: if Some(it) == versions.last() { Support::Newest } else { Support::Open },
        })
        .collect();
    let mut groups: BTreeMap<String, Vec<Site>> = BTreeMap::new();
    for it in rows {
        let one = runs(it).map(|at| &it.versions[at]);
        let column = one.and_then(|one| versions.iter().position(|it| *it == one.version));
        let behind = match (one, newest) {
            (Some(one), Some(newest)) => {
                newest.duration_since(first[one.version.as_str()].0).as_hours().max(0) / 24
            }
            _ => 0,
        };
        let day = one.map(|one| one.age.as_hours() < 24);
        groups.entry(it.tags.first().cloned().unwrap_or_default()).or_default().push(Site {
            name: it.full_name(),
            href: format!("/sites/{}", it.site.key),
            column,
            behind: u32::try_from(behind).unwrap_or(u32::MAX),
            sure: day == Some(true),
            source: source_words(ctx, one.map_or("", |it| it.source.as_str())),
            age: one
                .map_or("–".to_owned(), |it| fmt::duration(ctx.lang, it.age.as_mins().max(0))),
            next: (None, String::new()),
        });
    }
    let last = columns.len();
    let summary = match versions.last() {
        Some(it) => ctx.ta("sites-on-newest", &[("version", (*it).into())]).into_owned(),
        None => ctx.t("source-unknown").into_owned(),
    };
    Heat {
        title: product.name.clone(),
        summary,
        groups: groups
            .into_iter()
            .map(|(name, sites)| {
                let on =
                    sites.iter().filter(|it| it.column.is_some_and(|at| at + 1 == last)).count();
                let of = ctx.ta("sites-of", &[("n", (sites.len() as i64).into())]);
                Group { name, note: format!("{}: {on} {of}", ctx.t("heat-newest")), sites }
            })
            .collect(),
        columns,
    }
}

async fn import_show(signed: Signed) -> Page {
    Ok(import_page(&signed.ctx, &ImportView::default()).into_response())
}

async fn import(State(web): State<Web>, sent: Sent) -> Page {
    let Sent { ctx, call, fields, .. } = sent;
    let take = fields.text("step") == "take";
    let kind = if fields.text("kind") == "contacts" { ListKind::Contacts } else { ListKind::Sites };
    let rows = fields.get("rows").unwrap_or_default().to_owned();
    let input = ImportInput { kind, bytes: rows.clone().into_bytes(), unit: None, dry_run: !take };
    let mut view = ImportView { kind: kind.name().to_owned(), rows, ..ImportView::default() };
    match web.app.import(&call, input).await {
        Ok(_) if take => return Ok(go("/sites?view=list")),
        Ok(it) => view.counts = Some([it.rows, it.created, it.updated, it.unchanged]),
        Err(Error::Invalid(list)) => {
            view.errors = list.into_iter().map(|it| (it.field, it.message)).collect();
        }
        Err(error) => return Err(fail(&ctx)(error)),
    }
    Ok(import_page(&ctx, &view).into_response())
}
