//! What the editor of a process shows beside the text: findings, drawing, and what it changes.

use super::process as look;
use crate::ui::chart::swim::Mark;
use crate::ui::glyph::state_text;
use crate::ui::parts::card;
use crate::ui::{PageCtx, State};
use maud::{Markup, html};
use roadbook_core::process::diff::{Difference, diff};
use roadbook_core::process::finding::{Finding, Positions};
use roadbook_core::process::template::{Step, Template};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is known about a text.
#[derive(Debug, Default)]
pub struct Preview {
    /// The text is empty: nothing to say yet.
    pub blank: bool,
    /// What the checker says.
    pub found: Vec<Finding>,
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

/// All parts; a script exchanges what stands in them while somebody writes.
pub fn preview(ctx: &PageCtx, it: &Preview) -> Markup {
    let told = match (it.blank, it.blocking()) {
        (true, _) => String::new(),
        (_, 0) => ctx.t("processes-no-findings").into_owned(),
        (_, n) => ctx.tn("processes-blocked", n as i64).into_owned(),
    };
    html! { div.stack data-part="preview" data-say=(told) {
        @if !it.blank {
            (look::findings(ctx, &it.found, look::Lines::Text))
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
    let marks = it.base.as_ref().map(|base| marks(&base.template, template)).unwrap_or_default();
    let whole = match &it.base {
        Some(base) => merged(&base.template, template),
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
    let legend = [
        (Mark::Added, "processes-mark-added"),
        (Mark::Changed, "processes-mark-changed"),
        (Mark::Removed, "processes-mark-removed"),
    ];
    card(
        "lanes",
        &title,
        html! {},
        html! {
            @if it.base.is_some() { p.cb.legend { @for (mark, key) in legend {
                span { b.(mark.class()) aria-hidden="true" { (mark.sign()) } " " (ctx.t(key)) }
            } } }
            (look::drawing(ctx, &whole, of))
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

fn marks(before: &Template, after: &Template) -> BTreeMap<String, Mark> {
    let of = |it| match it {
        Difference::Added { part, id, .. } => (part == "step").then_some((id, Mark::Added)),
        Difference::Removed { part, id, .. } => (part == "step").then_some((id, Mark::Removed)),
        Difference::Changed { part, id, .. } => (part == "step").then_some((id, Mark::Changed)),
    };
    diff(before, after).into_iter().filter_map(of).collect()
}

/// The new text with what it takes out, each where it stood, so that one drawing shows both.
fn merged(before: &Template, after: &Template) -> Template {
    let mut whole = after.clone();
    let there = |whole: &Template, id: &str| whole.steps().any(|it| it.1.id == id);
    for phase in &before.phases {
        let gone = phase.steps.iter().filter(|it| !there(after, &it.id)).count();
        if gone == 0 {
            continue;
        }
        let at = match whole.phases.iter().position(|it| it.id == phase.id) {
            Some(at) => at,
            None => {
                let empty =
                    roadbook_core::process::template::Phase { steps: Vec::new(), ..phase.clone() };
                whole.phases.push(empty);
                whole.phases.len() - 1
            }
        };
        let mut place = 0;
        for step in &phase.steps {
            let here = &whole.phases[at].steps;
            let (found, end) = (here.iter().position(|it| it.id == step.id), here.len());
            if let Some(found) = found {
                place = found + 1;
            } else if !there(&whole, &step.id) {
                whole.phases[at].steps.insert(place.min(end), step.clone());
                place += 1;
            }
        }
    }
    for role in &before.roles {
        if !whole.roles.iter().any(|it| it.id == role.id) {
            whole.roles.push(role.clone());
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> Template {
        roadbook_wire::process::parse("x", text).unwrap().template
    }

    #[test]
    fn the_drawing_holds_what_came_and_what_went() {
        let builtin = roadbook_wire::process::builtin();
        let text = builtin.iter().find(|it| it.0 == "starter/release").unwrap().1;
        let before = template(text);
        let renamed = template(&text.replace("\"approve\"", "\"accept\""));
        let longer = template(&text.replace("effort = \"1h\"", "effort = \"2h\""));
        let found = marks(&before, &renamed);
        assert_eq!(found.get("accept"), Some(&Mark::Added));
        assert_eq!(found.get("approve"), Some(&Mark::Removed));
        assert!(marks(&before, &longer).values().all(|it| *it == Mark::Changed));
        let whole = merged(&before, &renamed);
        assert_eq!(whole.steps().count(), before.steps().count() + 1);
        assert_eq!(merged(&before, &longer), longer, "nothing went");
        assert!(marks(&before, &before).is_empty());
    }
}
