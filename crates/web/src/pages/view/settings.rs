//! The settings of a process: what holds, for whom, and the forms that set it.

use crate::pages::words;
use crate::ui::PageCtx;
use crate::ui::form::{Choice, Field, Kind as Input, form_with};
use crate::ui::parts::card;
use maud::{Markup, html};
use roadbook_app::process_settings::SettingView;
use roadbook_core::ids::ProductId;
use roadbook_core::process::expr::Value;
use roadbook_core::process::settings;
use roadbook_core::process::template::FieldType;

/// A value in words.
fn value_words(ctx: &PageCtx, value: &Value) -> String {
    match value {
        Value::Bool(true) => ctx.t("answer-yes").into_owned(),
        Value::Bool(false) => ctx.t("answer-no").into_owned(),
        other => settings::write(other).unwrap_or_else(|| "–".to_owned()),
    }
}

/// All settings of a process, each with its value, its exceptions and its form.
pub fn settings_card(
    ctx: &PageCtx,
    process: &str,
    list: &[SettingView],
    products: &[(ProductId, String)],
) -> Markup {
    let title = ctx.t("processes-settings");
    card(
        "settings",
        &title,
        html! { (list.len()) },
        html! { div.cb {
            p.m { (ctx.t("processes-settings-about")) }
            ul.list { @for it in list { li id={ "setting-" (it.declared.id) } { (one(ctx, process, it, products)) } } }
        } },
    )
}

fn one(ctx: &PageCtx, process: &str, it: &SettingView, products: &[(ProductId, String)]) -> Markup {
    let declared = &it.declared;
    let holds = it.organization.as_ref().unwrap_or(&declared.default);
    let holds = value_words(ctx, holds);
    let default = value_words(ctx, &declared.default);
    let by_product = declared.set_by == "product";
    let open = it.may_set || (by_product && !products.is_empty());
    html! {
        span.t { (words::show(ctx, &declared.ask)) } br;
        span { strong { (holds) } " " }
        @if it.organization.is_some() { span.m.s { (ctx.ta("processes-settings-default", &[("value", default.as_str().into())])) } }
        @for (_, name, value) in &it.products {
            br; span.s { (name) ": " strong { (value_words(ctx, value)) } }
        }
        @if open {
            details { summary { (ctx.t("action-edit")) }
                (form_with(
                    ctx,
                    &format!("/processes/{process}/settings"),
                    &[("setting", declared.id.as_str())],
                    &fields(ctx, it, products, by_product),
                    &ctx.t("action-save"),
                ))
            }
        }
    }
}

fn fields(
    ctx: &PageCtx,
    it: &SettingView,
    products: &[(ProductId, String)],
    by_product: bool,
) -> Vec<Field> {
    let declared = &it.declared;
    let mut fields = Vec::new();
    if by_product {
        let mut list = Vec::new();
        if it.may_set {
            list.push(Choice::new("", ctx.t("processes-settings-all")));
        }
        list.extend(products.iter().map(|(id, name)| Choice::new(id.as_str(), name)));
        let label = ctx.t("release-new-product");
        fields.push(Field::new(Input::Select(list), "product", label).optional());
    }
    let usual = ctx.t("processes-settings-usual").into_owned();
    let values: Option<Vec<String>> = match &declared.kind {
        FieldType::Bool => Some(vec!["true".to_owned(), "false".to_owned()]),
        FieldType::Enum(values) => Some(values.clone()),
        _ => None,
    };
    let label = ctx.t("processes-settings-value");
    fields.push(match values {
        Some(values) => {
            let mut list = vec![Choice::new("", usual)];
            list.extend(values.iter().map(|text| {
                let value = settings::read(&declared.kind, text).unwrap_or(Value::Null);
                Choice::new(text, value_words(ctx, &value))
            }));
            Field::new(Input::Select(list), "value", label).optional()
        }
        None => Field::text("value", label).hint(usual).optional(),
    });
    fields
}
