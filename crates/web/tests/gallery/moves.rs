//! A release that is about to go over to a later revision of its process.

use crate::inputs::at;
use maud::{Markup, html};
use roadbook_app::releases::{DateMoved, MigrationView, PersonEffect};
use roadbook_core::ids::{IdSeed, PersonId};
use roadbook_core::run::{PartChange, PartFate, StepChange, StepFate};
use roadbook_core::text::Text;
use roadbook_web::pages::view::migration::preview;
use roadbook_web::ui::PageCtx;
use roadbook_web::ui::layout::layout;

const FATES: [(StepFate, &[&str]); 9] = [
    (StepFate::Added, &[]),
    (StepFate::AddedBehind, &["test"]),
    (StepFate::Removed, &[]),
    (StepFate::Ended, &[]),
    (StepFate::Dropped, &[]),
    (StepFate::Changed, &[]),
    (StepFate::Voided, &[]),
    (StepFate::Anew, &[]),
    (StepFate::Waits, &["security"]),
];

fn text(it: &str) -> Text {
    Text { en: Some(it.to_owned()), ..Text::default() }
}

fn steps(list: &[&str]) -> Vec<String> {
    list.iter().map(|it| (*it).to_owned()).collect()
}

fn part(part: &str, title: &str, fate: PartFate) -> PartChange {
    let (part, id) = (part.to_owned(), title.to_lowercase());
    PartChange { part, id, title: text(title), fate, changed: Vec::new() }
}

fn view() -> MigrationView {
    let change = |(fate, others): &(StepFate, &[&str])| StepChange {
        step: "approve".to_owned(),
        title: text("Approve"),
        fate: *fate,
        state: "done",
        changed: Vec::new(),
        others: steps(others),
        signers: Vec::new(),
    };
    let person =
        |n: u128, name: &str, comes: &[&str], goes: &[&str], again: &[&str]| PersonEffect {
            person: PersonId::new(IdSeed { millis: 1, random: n }),
            name: name.to_owned(),
            comes: steps(comes),
            goes: steps(goes),
            again: steps(again),
        };
    let titles = [("approve", "Approve"), ("test", "User test"), ("security", "Security review")];
    MigrationView {
        number: "R-2026-0031".to_owned(),
        process: "vendor/release".to_owned(),
        from: 7,
        to: 8,
        note: "Security is reviewed before every go-live".to_owned(),
        steps: FATES.iter().map(change).collect(),
        parts: vec![
            part("field", "Is personal data touched?", PartFate::Asked("test".to_owned())),
            part("role", "Security officer", PartFate::Added),
            part("document", "Risk plan", PartFate::Changed),
            part("audience", "Partners", PartFate::Removed),
            part("setting", "Evenings only", PartFate::Emptied),
        ],
        content: steps(&["approve"]),
        people: vec![
            person(1, "Choi Eun-ji", &["security"], &[], &["approve"]),
            person(2, "Park Min-ho", &[], &["test"], &[]),
        ],
        unheld: vec![("security".to_owned(), "security_officer".to_owned())],
        dates: vec![
            DateMoved {
                step: "test".to_owned(),
                before: Some(at("2026-11-20T18:00")),
                after: Some(at("2026-11-19T18:00")),
            },
            DateMoved {
                step: "security".to_owned(),
                before: None,
                after: Some(at("2026-11-24T18:00")),
            },
        ],
        against_slot: vec!["lead_time"],
        titles: titles.iter().map(|(id, it)| ((*id).to_owned(), text(it))).collect(),
        digest: "00".to_owned(),
    }
}

/// The page that shows it.
pub fn page(ctx: &PageCtx) -> Markup {
    let title = ctx.ta("migration-yes", &[("n", 8.into())]);
    let body = preview(ctx, "V3.3.0", &view());
    layout(ctx, &title, html! { h1 { (title) } (body) })
}
