//! A closed release on two revisions of its process: one approval less, and work that takes longer.

use crate::inputs::at;
use jiff::Timestamp;
use maud::{Markup, html};
use roadbook_app::processes::ProcessSummary;
use roadbook_app::simulation::ComparisonView;
use roadbook_core::calendar::{Calendar, WorkTable};
use roadbook_core::ids::{IdSeed, PersonId, ReleaseId};
use roadbook_core::process::compare::compare;
use roadbook_core::process::simulate::Assumed;
use roadbook_core::process::template::Template;
use roadbook_core::window::Slot;
use roadbook_web::pages::view::compare::{form, result};
use roadbook_web::ui::PageCtx;
use roadbook_web::ui::layout::layout;
use roadbook_web::ui::parts::{Head, head};
use std::collections::BTreeMap;
use std::sync::Arc;

const PROCESS: &str = "enterprise/upgrade";

fn revisions() -> (Template, Template) {
    let builtin = roadbook_wire::process::builtin();
    let (_, text) = builtin.iter().find(|it| it.0 == PROCESS).unwrap();
    let read = |text: &str| roadbook_wire::process::parse("x", text).unwrap().template;
    let review = "  [[phase.step]]\n  id = \"pmo_review\"";
    let start = text.find(review).unwrap();
    let end = start + 4 + text[start + 4..].find("  [[phase.step]]\n").unwrap();
    let less = format!("{}{}", &text[..start], &text[end..])
        .replace("after = [\"pmo_review\"]", "after = [\"countersign\"]");
    assert_ne!(less, *text);
    (read(text), read(&less.replacen("effort = \"1h\"", "effort = \"6h\"", 1)))
}

fn view(old: Template, new: Template, now: Timestamp) -> ComparisonView {
    let open = Calendar::ordinary("main", "Asia/Seoul").open().unwrap();
    let table = WorkTable::around(&open, now);
    let slot = Slot { start: at("2026-10-10T22:00"), end: at("2026-10-11T02:00") };
    let facts = BTreeMap::new();
    let assumed = Assumed::plain(&table, Some(slot), at("2026-09-01T09:00"), &facts);
    let made = compare((&old, &assumed), (&new, &assumed));
    assert!(!made.steps.is_empty() && !made.roles.is_empty() && !made.gates_less.is_empty());
    let person = PersonId::new(IdSeed { millis: 1, random: 1 });
    let did = made.steps[0].step.clone();
    ComparisonView {
        release: ReleaseId::new(IdSeed { millis: 1, random: 2 }),
        number: "R-2026-0019".to_owned(),
        title: "Batch genealogy".to_owned(),
        ran_on: 1,
        closed: at("2026-10-16T18:00"),
        from: (1, Arc::new(old)),
        to: (2, Arc::new(new)),
        made,
        zone: "Asia/Seoul".to_owned(),
        did: BTreeMap::from([(did, vec![person.clone()])]),
        names: BTreeMap::from([(person, "Choi Eun-ji".to_owned())]),
    }
}

/// The page that shows it; what was asked for is wrong on the way there.
pub fn page(ctx: &PageCtx) -> Markup {
    let (old, new) = revisions();
    let revision = |revision: u32, state: &str, template: &Template| ProcessSummary {
        id: PROCESS.to_owned(),
        revision,
        state: state.to_owned(),
        author: "system".to_owned(),
        note: String::new(),
        at: ctx.now,
        template: Arc::new(template.clone()),
    };
    let history = [revision(2, "effective", &new), revision(1, "superseded", &old)];
    let title = ctx.t("compare-title");
    let wrong = (ctx.path == "/wrong").then_some("compare-wrong-open");
    let body = html! {
        (head(ctx, &Head { title: &title, ..Head::default() }, html! {}))
        div.stack {
            (form(ctx, PROCESS, &history, (1, 2), ("R-2026-0019", wrong)))
            @if wrong.is_none() { (result(ctx, &view(old, new, ctx.now))) }
        }
    };
    layout(ctx, &title, body)
}
