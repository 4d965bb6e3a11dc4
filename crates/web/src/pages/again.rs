//! A form that was refused comes back with what was typed and what is wrong with it.

use super::visit::{Fields, Refused};
use crate::ui::PageCtx;
use crate::ui::form::{Field, form_with};
use crate::ui::layout::layout;
use crate::ui::parts::{Head, head};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;
use roadbook_app::{Error, FieldError};

/// What is wrong with a field, in the language of the page where it is a common fault.
pub(super) fn field_words(ctx: &PageCtx, wrong: &FieldError) -> String {
    let key = match wrong.code {
        "required" => "form-required",
        "taken" => "form-taken",
        "email" => "form-not-an-email",
        "zone" => "form-not-a-zone",
        "key" => "form-not-a-key",
        "date" => "form-not-a-date",
        "control_characters" => "form-one-line",
        _ => return wrong.message.clone(),
    };
    ctx.t(key).into_owned()
}

/// A form with what was typed.
pub(super) struct Again<'a> {
    pub title: &'a str,
    pub crumbs: Vec<(String, Option<String>)>,
    pub action: &'a str,
    pub hidden: &'a [(&'a str, &'a str)],
    pub fields: Vec<(&'a str, Field)>,
    pub submit: &'a str,
}

/// Shows the form again if fields of it were wrong; else the page that says why not.
pub(super) fn again(
    ctx: &PageCtx,
    typed: &Fields,
    error: Error,
    form: Again<'_>,
) -> Result<Response, Refused> {
    let Error::Invalid(list) = &error else { return Err(Refused::new(ctx.clone(), error.into())) };
    if !list.iter().all(|it| form.fields.iter().any(|field| field.0 == it.field)) {
        return Err(Refused::new(ctx.clone(), error.into()));
    }
    let back = |(name, field): (&str, Field)| {
        let wrong = list.iter().find(|it| it.field == name).map(|it| field_words(ctx, it));
        match typed.get(name) {
            // A password is never sent back.
            Some(value) if !field.secret() => field.value(value).error(wrong),
            _ => field.error(wrong),
        }
    };
    let fields: Vec<Field> = form.fields.into_iter().map(back).collect();
    let body = html! {
        (head(ctx, &Head { crumbs: form.crumbs, title: form.title, ..Head::default() }, html! {}))
        section.card { div.cb { (form_with(ctx, form.action, form.hidden, &fields, form.submit)) } }
    };
    let page = layout(ctx, form.title, body);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
