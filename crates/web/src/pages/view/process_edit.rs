//! The editor of a process: the text, and beside it findings, drawing and what it changes.

use super::process::{self as look, state_words};
use crate::ui::chart::swim::Mark;
use crate::ui::form::{Field, Kind as Input, act, hidden, inputs};
use crate::ui::glyph::state_text;
use crate::ui::layout::layout;
use crate::ui::parts::{Btn, Head, card, head};
use crate::ui::{PageCtx, State};
use maud::{Markup, html};
use roadbook_app::process_drafts::DraftView;
use roadbook_core::process::diff::diff;
use roadbook_core::process::finding::{Finding, Positions};
use roadbook_core::process::template::{Step, Template};
use std::sync::Arc;

/// What is known about a text.
#[derive(Debug, Default)]
pub struct Preview {
    /// The text is empty: nothing to say yet.
    pub blank: bool,
    /// What the checker says.
    pub found: Vec<Finding>,
    /// It followed open questions beside each other in the order of the file only.
    pub file_order: bool,
    /// The template, where the text can be read.
    pub template: Option<Template>,
    /// Where its parts stand in the text.
    pub places: Positions,
    /// What is in force under the same name.
    pub base: Option<Base>,
}

/// The revision in force.
#[derive(Clone, Debug)]
pub struct Base {
    /// Its number.
    pub revision: u32,
    /// What it says.
    pub template: Arc<Template>,
    /// Open releases that follow it.
    pub used: usize,
}

impl Preview {
    /// Findings that stand against publishing.
    pub fn blocking(&self) -> usize {
        self.found.iter().filter(|it| it.blocks()).count()
    }
}

/// What stands in the form, and what is wrong with it.
#[derive(Default)]
pub struct Editor {
    /// The process that is edited; empty for a new one.
    pub process: String,
    /// What is written.
    pub text: String,
    /// Why, in a sentence.
    pub note: String,
    /// What is said about the text.
    pub preview: Preview,
    /// What is kept of it.
    pub draft: Option<DraftView>,
    /// Whoever looks wrote it.
    pub mine: bool,
    /// Nobody puts a revision into force alone.
    pub four_eyes: bool,
    /// What is wrong with the text.
    pub wrong_text: Option<String>,
    /// What is wrong with the note.
    pub wrong_note: Option<String>,
}

impl Editor {
    /// The page.
    pub fn page(&self, ctx: &PageCtx) -> Markup {
        let title = ctx.t("processes-new-revision");
        let review = self.draft.as_ref().is_some_and(|it| it.state == "review");
        let fields = self.fields(ctx, review);
        let list = ctx.t("processes-title").into_owned();
        let mut crumbs = vec![(list, Some("/processes".to_owned()))];
        if let Some(process) =
            self.preview.template.as_ref().filter(|_| self.preview.base.is_some())
        {
            crumbs.push((process.id.clone(), Some(format!("/processes/{}", process.id))));
        }
        crumbs.push((title.clone().into_owned(), None));
        let sub = ctx.t("processes-publish-about");
        // What is in review is not published past it, not even by the enter key.
        let action = if review { "/processes/check" } else { "/processes/publish" };
        let body = html! {
            (head(ctx, &Head { crumbs, title: &title, sub: &sub, ..Head::default() }, html! {}))
            @if let Some(draft) = &self.draft { (self.standing(ctx, draft)) }
            div.editor {
                (card("text", &ctx.t("processes-file"), html! {}, html! { div.cb {
                    form.form method="post" action=(action) enctype="multipart/form-data" data-check="/processes/check" {
                        (hidden(ctx))
                        input type="hidden" name="process" value=(self.process);
                        (inputs(ctx, &fields))
                        @if !review { (self.acts(ctx)) }
                    }
                } }))
                (preview(ctx, &self.preview))
            }
        };
        layout(ctx, &title, body)
    }

    fn fields(&self, ctx: &PageCtx, review: bool) -> Vec<Field> {
        let hints = match review {
            true => [String::new(), ctx.t("processes-in-review-why").into_owned()],
            false => {
                ["processes-note-hint", "processes-text-hint"].map(|it| ctx.t(it).into_owned())
            }
        };
        let [note_hint, text_hint] = hints;
        let mut fields = vec![
            Field::text("note", ctx.t("processes-note"))
                .value(self.note.clone())
                .hint(note_hint)
                .optional()
                .fixed(review)
                .error(self.wrong_note.clone()),
            Field::new(Input::Area { rows: 32, code: true }, "text", ctx.t("processes-file"))
                .value(self.text.clone())
                .hint(text_hint)
                .optional()
                .fixed(review)
                .error(self.wrong_text.clone()),
        ];
        if !review {
            let accept = ".toml,text/plain,application/toml";
            let file = Field::new(Input::File(accept), "file", ctx.t("processes-upload"));
            fields.push(file.optional());
        }
        fields
    }

    /// What may be done with the text; the first button is the one that brings it on.
    fn acts(&self, ctx: &PageCtx) -> Markup {
        let review = if self.four_eyes { "btn p" } else { "btn" };
        html! {
            @if self.four_eyes { p.m { (ctx.t("processes-four-eyes")) } }
            div.acts {
                @if !self.four_eyes { button.btn.p type="submit" { (ctx.t("processes-publish")) } }
                button class=(review) type="submit" formaction="/processes/review" { (ctx.t("processes-to-review")) }
                button.btn type="submit" formaction="/processes/draft" { (ctx.t("processes-save-draft")) }
                button.btn type="submit" formaction="/processes/check" { (ctx.t("processes-check")) }
            }
        }
    }

    /// Where a kept draft stands, and what may be done about it.
    fn standing(&self, ctx: &PageCtx, draft: &DraftView) -> Markup {
        let (state, word) = state_words(ctx, &draft.state);
        let title = ctx.t("processes-draft-card");
        let to = |what: &str| format!("/processes/{}/draft/{what}", draft.id);
        let remark = [Field::text("remark", ctx.t("processes-draft-remark")).optional()];
        let back = if self.mine { "processes-take-back" } else { "processes-give-back" };
        let alone = self.mine && self.four_eyes;
        let body = html! { div.cb {
            p { (state_text(state, &word)) ", " (ctx.date_time(draft.at)) }
            @if draft.state == "review" {
                @if alone { p { (ctx.t("processes-four-eyes-own")) } }
                form.form method="post" action=(to(if alone { "return" } else { "approve" })) {
                    (hidden(ctx))
                    @if !alone { (inputs(ctx, &remark)) }
                    div.acts {
                        @if !alone { button.btn.p type="submit" { (ctx.t("processes-in-force")) } }
                        button.btn type="submit" formaction=(to("return")) { (ctx.t(back)) }
                        button.btn type="submit" formaction=(to("drop")) { (ctx.t("processes-drop-draft")) }
                    }
                }
            } @else {
                (act(ctx, &to("drop"), Btn::button(ctx.t("processes-drop-draft")), &[]))
            }
        } };
        card("draft", &title, html! {}, body)
    }
}

/// All parts; a script exchanges what stands in them while somebody writes.
pub fn preview(ctx: &PageCtx, it: &Preview) -> Markup {
    let told = match (it.blank, it.blocking()) {
        (true, _) => String::new(),
        (_, 0) => ctx.t("processes-no-findings").into_owned(),
        (_, n) => ctx.tn("processes-blocked", n as i64).into_owned(),
    };
    html! { div.stack data-part="preview" data-say=(told) {
        @if !it.blank {
            (look::findings(ctx, &it.found, it.file_order, look::Lines::Text))
            (lanes(ctx, it))
            (changes(ctx, it))
        }
    } }
}

fn lanes(ctx: &PageCtx, it: &Preview) -> Markup {
    let title = ctx.t("processes-lanes");
    let Some(template) = &it.template else {
        let told = ctx.t("processes-unreadable");
        return card(
            "lanes",
            &title,
            html! {},
            html! { p.cb { (state_text(State::Held, &told)) } },
        );
    };
    let marks =
        it.base.as_ref().map(|base| look::marks(&base.template, template)).unwrap_or_default();
    let whole = match &it.base {
        Some(base) => look::merged(&base.template, template),
        None => template.clone(),
    };
    let of = |step: &Step| {
        let mark = marks.get(&step.id).copied().unwrap_or_default();
        match mark {
            // What is gone has no line; the words say what it was.
            Mark::Removed => (mark, format!("#change-{}", step.id), 0),
            _ => {
                let line = it.places.find(&format!("step.{}", step.id)).line;
                (mark, "#f-text".to_owned(), line)
            }
        }
    };
    card(
        "lanes",
        &title,
        html! {},
        html! {
            @if it.base.is_some() { (look::legend(ctx)) }
            (look::drawing(ctx, &whole, (look::LANES, &title), of))
        },
    )
}

fn changes(ctx: &PageCtx, it: &Preview) -> Markup {
    let title = ctx.t("processes-changes");
    let Some(template) = &it.template else { return html! {} };
    let Some(base) = &it.base else {
        let told = ctx.t("processes-first");
        return card("changes", &title, html! {}, html! { p.cb { (told) } });
    };
    let against = ctx.ta("processes-against", &[("n", i64::from(base.revision).into())]);
    let used = ctx.tn("processes-used-by", base.used as i64);
    card(
        "changes",
        &title,
        html! {},
        html! { div.cb {
            p { (against) ". " b { (used) } ". " (ctx.t("processes-pinned")) }
            (look::differences(ctx, &diff(&base.template, template)))
        } },
    )
}
