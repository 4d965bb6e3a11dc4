//! Forms: fields with their error, hidden guards, an error summary and acts behind a button.

use maud::{Markup, html};

use super::PageCtx;
use super::parts::Btn;

/// The token against forged forms and the idempotency key; the first child of every POST form.
pub fn hidden(ctx: &PageCtx) -> Markup {
    html! {
        input type="hidden" name="csrf" value=(ctx.csrf);
        @if !ctx.form_key.is_empty() { input type="hidden" name="form_key" value=(ctx.form_key); }
    }
}

/// One choice of a select or a radio group.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The value that is sent.
    pub value: String,
    /// What the person reads.
    pub label: String,
    /// A second line in radio groups.
    pub note: String,
}

impl Choice {
    /// A choice without a note.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Choice {
        Choice { value: value.into(), label: label.into(), note: String::new() }
    }

    /// Adds a note.
    pub fn note(mut self, note: impl Into<String>) -> Choice {
        self.note = note.into();
        self
    }
}

/// What kind of input a field is.
#[derive(Debug, Clone)]
pub enum Kind {
    /// One line; the text is the `type` attribute: text, email, password, date, datetime-local, number, tel, search.
    Input(&'static str),
    /// Several lines.
    Area {
        /// Visible lines.
        rows: u32,
        /// Whether the text is code.
        code: bool,
    },
    /// One of a list.
    Select(Vec<Choice>),
    /// One of a few, all visible.
    Radio(Vec<Choice>),
    /// Yes or no.
    Check,
    /// A file, with the types it accepts.
    File(&'static str),
}

/// A labeled field.
#[derive(Debug, Clone)]
pub struct Field {
    name: String,
    label: String,
    kind: Kind,
    value: String,
    hint: String,
    error: Option<String>,
    required: bool,
    fixed: bool,
    autocomplete: &'static str,
}

impl Field {
    /// A field of any kind.
    pub fn new(kind: Kind, name: impl Into<String>, label: impl Into<String>) -> Field {
        Field {
            name: name.into(),
            label: label.into(),
            kind,
            value: String::new(),
            hint: String::new(),
            error: None,
            required: true,
            fixed: false,
            autocomplete: "",
        }
    }

    /// A line of text.
    pub fn text(name: impl Into<String>, label: impl Into<String>) -> Field {
        Field::new(Kind::Input("text"), name, label)
    }

    /// The value it begins with.
    pub fn value(mut self, value: impl Into<String>) -> Field {
        self.value = value.into();
        self
    }

    /// A line of help.
    pub fn hint(mut self, hint: impl Into<String>) -> Field {
        self.hint = hint.into();
        self
    }

    /// What is wrong with it.
    pub fn error(mut self, error: Option<impl Into<String>>) -> Field {
        self.error = error.map(Into::into);
        self
    }

    /// The field may stay empty.
    pub fn optional(mut self) -> Field {
        self.required = false;
        self
    }

    /// The field is read, not written: lines and areas of text only.
    pub fn fixed(mut self, fixed: bool) -> Field {
        self.fixed = fixed;
        self
    }

    /// The purpose for password managers and prefilling.
    pub fn autocomplete(mut self, purpose: &'static str) -> Field {
        self.autocomplete = purpose;
        self
    }

    /// True for a password: what was typed is never sent back.
    pub fn secret(&self) -> bool {
        matches!(self.kind, Kind::Input("password"))
    }

    fn described(&self, id: &str) -> Option<String> {
        let mut ids = Vec::new();
        if self.error.is_some() {
            ids.push(format!("{id}-e"));
        }
        if !self.hint.is_empty() {
            ids.push(format!("{id}-h"));
        }
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    fn control(&self, id: &str) -> Markup {
        let described = self.described(id);
        let invalid = self.error.as_ref().map(|_| "true");
        let auto = (!self.autocomplete.is_empty()).then_some(self.autocomplete);
        match &self.kind {
            Kind::Input(kind) => html! {
                input.in type=(kind) id=(id) name=(self.name) value=(self.value) required[self.required] readonly[self.fixed]
                    aria-invalid=[invalid] aria-describedby=[described] autocomplete=[auto];
            },
            Kind::File(accept) => html! {
                input.in type="file" id=(id) name=(self.name) accept=(accept) required[self.required]
                    aria-invalid=[invalid] aria-describedby=[described];
            },
            Kind::Area { rows, code } => html! {
                textarea class=(if *code { "in code" } else { "in" }) id=(id) name=(self.name) rows=(rows) required[self.required] readonly[self.fixed]
                    aria-invalid=[invalid] aria-describedby=[described] spellcheck=[code.then_some("false")] { (self.value) }
            },
            Kind::Select(choices) => html! {
                // What begins with a choice asks for nothing: only an empty choice must be left.
                select.in id=(id) name=(self.name) required[self.required && choices.iter().any(|c| c.value.is_empty())] aria-invalid=[invalid] aria-describedby=[described] {
                    @for c in choices { option value=(c.value) selected[c.value == self.value] { (c.label) } }
                }
            },
            // A group with a choice taken beforehand asks for nothing either.
            Kind::Radio(choices) => html! { @for (at, c) in choices.iter().enumerate() {
                label.choice {
                    input type="radio" id=[(at == 0).then_some(id)] name=(self.name) value=(c.value) checked[c.value == self.value] required[self.required && self.value.is_empty()] aria-describedby=[described.clone()];
                    span { (c.label) }
                    @if !c.note.is_empty() { small { (c.note) } }
                }
            } },
            Kind::Check => html! {
                label.choice { input type="checkbox" id=(id) name=(self.name) value="true" checked[self.value == "true"] aria-describedby=[described]; span { (self.label) } }
            },
        }
    }

    /// The markup; the page's words mark what is optional.
    pub fn render(&self, ctx: &PageCtx) -> Markup {
        self.draw(ctx, &ctx.ids.next(&self.name))
    }

    fn draw(&self, ctx: &PageCtx, id: &str) -> Markup {
        let optional = html! { @if !self.required && !self.fixed && !matches!(self.kind, Kind::Check) { " " span.opt { "(" (ctx.t("form-optional")) ")" } } };
        let below = html! {
            @if let Some(e) = &self.error { p.err id={ (id) "-e" } { (e) } }
            @if !self.hint.is_empty() { p.hint id={ (id) "-h" } { (self.hint) } }
        };
        match self.kind {
            Kind::Radio(_) => {
                html! { fieldset.field { legend { (self.label) (optional) } (self.control(id)) (below) } }
            }
            Kind::Check => html! { div.field { (self.control(id)) (below) } },
            _ => {
                html! { div.field { label for=(id) { (self.label) (optional) } (self.control(id)) (below) } }
            }
        }
    }
}

/// A POST form of fields with one filled button.
pub fn form(ctx: &PageCtx, action: &str, fields: &[Field], submit: &str) -> Markup {
    form_with(ctx, action, &[], fields, submit)
}

/// As [`form`], with values that nobody sees.
pub fn form_with(
    ctx: &PageCtx,
    action: &str,
    values: &[(&str, &str)],
    fields: &[Field],
    submit: &str,
) -> Markup {
    let upload = fields.iter().any(|f| matches!(f.kind, Kind::File(_)));
    html! {
        form.form method="post" action=(action) enctype=[upload.then_some("multipart/form-data")] {
            (hidden(ctx))
            @for (name, value) in values { input type="hidden" name=(name) value=(value); }
            (inputs(ctx, fields))
            div.acts { button.btn.p type="submit" { (submit) } }
        }
    }
}

/// The fields of a form, above them the list of all errors with links to their fields.
pub fn inputs(ctx: &PageCtx, fields: &[Field]) -> Markup {
    let list: Vec<(&Field, String)> = fields.iter().map(|f| (f, ctx.ids.next(&f.name))).collect();
    let wrong: Vec<&(&Field, String)> = list.iter().filter(|it| it.0.error.is_some()).collect();
    html! {
        @if !wrong.is_empty() {
            div.flash.c-fail role="alert" { div {
                p { b { (ctx.tn("form-errors", wrong.len() as i64)) } }
                ul { @for (f, id) in wrong { li { a href={ "#" (id) } { (f.label) } ": " (f.error.as_deref().unwrap_or_default()) } } }
            } }
        }
        @for (f, id) in &list { (f.draw(ctx, id)) }
    }
}

/// An act behind a button: a form without visible fields.
pub fn act(ctx: &PageCtx, action: &str, button: Btn, values: &[(&str, &str)]) -> Markup {
    html! {
        form method="post" action=(action) {
            (hidden(ctx))
            @for (name, value) in values { input type="hidden" name=(name) value=(value); }
            (button.submit())
        }
    }
}

/// A question before an act that is hard to take back.
#[derive(Debug)]
pub struct Confirm<'a> {
    /// The question.
    pub title: &'a str,
    /// What follows from yes, as dates and counts.
    pub consequence: &'a str,
    /// Where yes goes.
    pub action: &'a str,
    /// Words of the button: what it does.
    pub yes: &'a str,
    /// Where no goes.
    pub back: &'a str,
    /// Whether it harms if done by mistake.
    pub danger: bool,
    /// Values that are sent along.
    pub values: &'a [(&'a str, &'a str)],
    /// Fields to fill, such as a reason or a password.
    pub fields: &'a [Field],
}

/// The page part that asks.
pub fn confirm(ctx: &PageCtx, c: &Confirm<'_>) -> Markup {
    html! {
        section.card.sec { div.cb {
            h2 { (c.title) }
            p.measure { (c.consequence) }
            form.form method="post" action=(c.action) {
                (hidden(ctx))
                @for (name, value) in c.values { input type="hidden" name=(name) value=(value); }
                (inputs(ctx, c.fields))
                div.acts {
                    button class=(if c.danger { "btn d" } else { "btn p" }) type="submit" { (c.yes) }
                    a.btn.q href=(c.back) { (ctx.t("action-back")) }
                }
            }
        } }
    }
}
