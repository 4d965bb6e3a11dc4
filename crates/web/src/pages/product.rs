//! One product: the next number and why, its roadmap, who authorizes it, what runs where.

use super::again::{Again, again};
use super::products::scheme_of;
use super::view::product::{ProductPage, Step, kind_code, product_page};
use super::visit::{Fields, Page, Refused, Sent, Signed, go};
use crate::http::session::Caller;
use crate::routes::{Access, Endpoint, get, post};
use crate::server::Web;
use crate::ui::PageCtx;
use crate::ui::form::{Field, Kind as Input};
use axum::extract::{OriginalUri, Path, State};
use axum::response::IntoResponse;
use roadbook_app::products::{ProductInput, ProductView, VersionAnswer, VersionAsk};
use roadbook_app::{Error, FieldError};
use roadbook_core::access::{Action, Kind, allowed};
use roadbook_core::ids::{PersonId, ProductId};
use roadbook_core::version::{Change, ChangeKind, Level, Scheme};

pub(super) fn endpoints() -> Vec<Endpoint> {
    let view = Access::Grant(Action::View, Kind::Product);
    // The roadmap may belong to a role that edits nothing else; the use case asks.
    let edit = Access::SignedIn;
    vec![
        get("/products/{product}", "show_product", show).access(view).page(),
        post("/products/{product}", "send_product_edit", save).access(edit).page(),
        post("/products/{product}/roadmap", "send_product_roadmap", roadmap).access(edit).page(),
        post("/products/{product}/authorizers", "send_product_authorizers", authorizers)
            .access(edit)
            .page(),
    ]
}

/// What is asked about the next number.
fn asked(query: &Fields) -> VersionAsk {
    let level = query.text("level");
    let kinds: Vec<String> = query.all("change");
    let changes: Vec<Change> = ChangeKind::ALL
        .into_iter()
        .filter(|it| kinds.iter().any(|kind| *kind == kind_code(*it)))
        .map(|kind| Change { name: kind_code(kind), kind })
        .collect();
    let chosen = Level::ALL.into_iter().find(|it| it.code() == level);
    let planned = query.text("planned");
    VersionAsk {
        level: chosen.or_else(|| changes.is_empty().then_some(Level::Build)),
        changes,
        planned: (!planned.is_empty()).then_some(planned),
        tag: query.text("tag").parse().ok(),
    }
}

async fn show(signed: Signed, Path(product): Path<String>, uri: OriginalUri) -> Page {
    let Signed { ctx, caller, web } = signed;
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let fail = |error: Error| Refused::new(ctx.clone(), error.into());
    let id = web.app.product_find(&caller.session.actor, &product).await.map_err(fail)?;
    let page = load(&ctx, &web, &caller, &id, &query).await.map_err(fail)?;
    Ok(product_page(&ctx, &page).into_response())
}

async fn answer(
    web: &Web,
    caller: &Caller,
    id: &ProductId,
    ask: VersionAsk,
) -> Result<Result<VersionAnswer, String>, Error> {
    match web.app.version_next(&caller.session.call(), id, ask).await {
        Ok(answer) => Ok(Ok(answer)),
        Err(Error::Rule { message, .. }) => Ok(Err(message)),
        Err(other) => Err(other),
    }
}

async fn load(
    ctx: &PageCtx,
    web: &Web,
    caller: &Caller,
    id: &ProductId,
    query: &Fields,
) -> Result<ProductPage, Error> {
    let view = web.app.product_view(&caller.session.scope, id).await?;
    let ask = asked(query);
    let (tag, changes) = (ask.tag, ask.changes.iter().map(|it| it.kind).collect());
    let level = ask.changes.is_empty().then_some(ask.level).flatten();
    let planned = ask.planned.clone().unwrap_or_default();
    let next = answer(web, caller, id, ask).await?;
    let mut steps = Vec::new();
    if matches!(view.product.scheme, Scheme::Vabcd(_) | Scheme::SemVer) {
        for level in Level::ALL {
            let ask = VersionAsk { level: Some(level), tag, ..VersionAsk::default() };
            let answer = answer(web, caller, id, ask).await?;
            steps.push(Step { level, text: answer.ok().map(|it| it.explained.text) });
        }
    }
    let people = web.app.names(view.product.authorizers.clone()).await?;
    let place = web.app.product_place(id).await?;
    let may = |action| allowed(&caller.session.actor, action, Kind::Product, &place);
    let may_release = allowed(&caller.session.actor, Action::Create, Kind::Release, &place);
    let owns = caller.session.actor.grants.iter().any(|it| it.role == view.product.owner_role);
    Ok(ProductPage {
        base: format!("/products/{id}"),
        next,
        level: if planned.is_empty() { level } else { None },
        planned,
        changes,
        tag: tag.map(|it| it.to_string()).unwrap_or_default(),
        steps,
        people: people.into_iter().map(|it| (it.0.to_string(), it.1)).collect(),
        may_edit: may(Action::Edit),
        may_plan: may(Action::Edit) || owns,
        may_release,
        edit: edit_fields(ctx, &view).into_iter().map(|it| it.1).collect(),
        plan: roadmap_fields(ctx).into_iter().map(|it| it.1).collect(),
        view,
    })
}

/// Fields of the form that changes a product.
fn edit_fields(ctx: &PageCtx, view: &ProductView) -> Vec<(&'static str, Field)> {
    let it = &view.product;
    let mut fields = vec![
        ("name", Field::text("name", ctx.t("products-name")).value(&it.name)),
        (
            "description",
            Field::new(
                Input::Area { rows: 3, code: false },
                "description",
                ctx.t("product-description"),
            )
            .value(&it.description)
            .optional(),
        ),
        (
            "owner_role",
            Field::text("owner_role", ctx.t("product-owner-role"))
                .value(&it.owner_role)
                .hint(ctx.t("product-owner-role-hint"))
                .optional(),
        ),
    ];
    if let Scheme::Vabcd(rules) = &it.scheme {
        let tick = |on: bool| if on { "true" } else { "" };
        let tag = Field::new(Input::Check, "d_from_tag", ctx.t("product-d-from-tag"));
        let cascade = Field::new(Input::Check, "cascade", ctx.t("product-cascade"));
        fields.push(("d_from_tag", tag.value(tick(rules.d_from_tag)).optional()));
        fields.push(("cascade", cascade.value(tick(rules.cascade)).optional()));
    }
    if view.newest.is_none() {
        let field = super::products::scheme_field(ctx).value(super::products::code_of(&it.scheme));
        fields.push(("scheme", field));
    }
    let active = Field::new(Input::Check, "active", ctx.t("product-active"));
    fields.push(("active", active.value(if it.active { "true" } else { "" }).optional()));
    fields
}

/// The scheme after an edit: another one only before the first number, its switches at any time.
fn scheme(fields: &Fields, view: &ProductView) -> Scheme {
    let chosen = fields.text("scheme");
    let now = super::products::code_of(&view.product.scheme);
    let fresh = view.newest.is_none() && !chosen.is_empty() && chosen != now;
    let mut scheme = if fresh { scheme_of(&chosen) } else { view.product.scheme.clone() };
    if let (Scheme::Vabcd(rules), false) = (&mut scheme, fresh) {
        rules.d_from_tag = fields.ticked("d_from_tag");
        rules.cascade = fields.ticked("cascade");
    }
    scheme
}

async fn save(State(web): State<Web>, Path(product): Path<String>, sent: Sent) -> Page {
    let Sent { ctx, caller, mut call, fields } = sent;
    let fail = |error: Error| Refused::new(ctx.clone(), error.into());
    let id = web.app.product_find(&caller.session.actor, &product).await.map_err(fail)?;
    let view = web.app.product_view(&caller.session.scope, &id).await.map_err(fail)?;
    call.if_match = fields.text("revision").parse().ok();
    let old = &view.product;
    let input = ProductInput {
        key: old.key.clone(),
        name: fields.text("name"),
        description: fields.get("description").unwrap_or_default().to_owned(),
        unit: old.unit.clone(),
        class: old.class.clone(),
        scheme: scheme(&fields, &view),
        owner_role: fields.text("owner_role"),
        windows: old.windows.clone(),
        active: fields.ticked("active"),
    };
    let base = format!("/products/{id}");
    match web.app.product_edit(&call, &id, input).await {
        Ok(_) => Ok(go(&base)),
        Err(error) => {
            let form = Again {
                title: &old.name,
                crumbs: vec![(old.name.clone(), Some(base.clone()))],
                action: &base,
                hidden: &[("revision", &fields.text("revision"))],
                fields: edit_fields(&ctx, &view),
                submit: &ctx.t("action-save"),
            };
            again(&ctx, &fields, error, form)
        }
    }
}

/// Fields of a new line of the roadmap.
fn roadmap_fields(ctx: &PageCtx) -> Vec<(&'static str, Field)> {
    let number = Field::text("number", ctx.t("product-roadmap-number"));
    let planned = Field::new(Input::Input("date"), "planned", ctx.t("product-roadmap-planned"));
    vec![
        ("number", number.hint(ctx.t("product-roadmap-hint"))),
        ("theme", Field::text("theme", ctx.t("product-roadmap-theme"))),
        ("planned", planned.optional()),
    ]
}

async fn roadmap(State(web): State<Web>, Path(product): Path<String>, sent: Sent) -> Page {
    let Sent { ctx, caller, call, fields } = sent;
    let fail = |error: Error| Refused::new(ctx.clone(), error.into());
    let id = web.app.product_find(&caller.session.actor, &product).await.map_err(fail)?;
    let base = format!("/products/{id}");
    let remove = fields.text("remove");
    if !remove.is_empty() {
        web.app.roadmap_remove(&call, &id, &remove).await.map_err(fail)?;
        return Ok(go(&base));
    }
    let day = fields.text("planned");
    let planned = match day.as_str() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| {
            Error::Invalid(vec![FieldError::new("planned", "date", "is no day like 2026-03-14")])
        }),
    };
    let added = match planned {
        Err(error) => Err(error),
        Ok(planned) => {
            let (number, theme) = (fields.text("number"), fields.text("theme"));
            web.app.roadmap_add(&call, &id, &number, &theme, planned).await
        }
    };
    let Err(error) = added else { return Ok(go(&base)) };
    let action = format!("{base}/roadmap");
    let form = Again {
        title: &ctx.t("product-roadmap-add"),
        crumbs: vec![(ctx.t("product-roadmap").into_owned(), Some(base))],
        action: &action,
        hidden: &[],
        fields: roadmap_fields(&ctx),
        submit: &ctx.t("product-roadmap-add"),
    };
    again(&ctx, &fields, error, form)
}

async fn authorizers(State(web): State<Web>, Path(product): Path<String>, sent: Sent) -> Page {
    let Sent { ctx, caller, call, fields } = sent;
    let fail = |error: Error| Refused::new(ctx.clone(), error.into());
    let id = web.app.product_find(&caller.session.actor, &product).await.map_err(fail)?;
    let view = web.app.product_view(&caller.session.scope, &id).await.map_err(fail)?;
    let mut people = view.product.authorizers;
    let remove = fields.text("remove");
    if remove.is_empty() {
        // Whom one may not see is answered like nobody.
        let found = web.app.person_find(&fields.text("person")).await;
        let found = match found {
            Ok(person) => known(&web, &caller, person).await,
            Err(_) => None,
        };
        match found {
            Some(person) => people.push(person),
            None => {
                let base = format!("/products/{id}");
                let wrong = FieldError::new("person", "unknown", ctx.t("account-deputy-unknown"));
                let field = Field::text("person", ctx.t("product-authorizer"));
                let form = Again {
                    title: &ctx.t("product-authorizers"),
                    crumbs: vec![(ctx.t("product-authorizers").into_owned(), Some(base.clone()))],
                    action: &format!("{base}/authorizers"),
                    hidden: &[],
                    fields: vec![("person", field)],
                    submit: &ctx.t("action-add"),
                };
                return again(&ctx, &fields, Error::Invalid(vec![wrong]), form);
            }
        }
    } else {
        people.retain(|it| it.as_str() != remove);
    }
    web.app.product_authorizers_set(&call, &id, people).await.map_err(fail)?;
    Ok(go(&format!("/products/{id}")))
}

async fn known(web: &Web, caller: &Caller, person: PersonId) -> Option<PersonId> {
    web.app.person_get(&caller.session.call(), &person).await.ok()?;
    Some(person)
}
