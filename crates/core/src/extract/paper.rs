//! Extracts of what a release holds: changes, sites, people, deliverables.

use super::{Cell, Source};
use crate::ids::PersonId;
use crate::process::expr::Value;
use crate::process::template::{DocumentType, Phase};

pub(super) const CHANGES: &[&str] = &["id", "change", "kind", "purpose", "answers", "state"];
pub(super) const UPGRADES: &[&str] = &["site", "from", "to", "outcome", "at", "person", "evidence"];
pub(super) const ADDRESS_BOOK: &[&str] = &["role", "person", "email", "site"];
pub(super) const DELIVERABLES: &[&str] =
    &["stage", "document", "format", "about", "owner", "class", "file", "revision", "signed"];

/// What changes and why, with what was answered about each change and how far it is.
pub(super) fn changes(source: &Source<'_>) -> Vec<Vec<Cell>> {
    let run = &source.release.run;
    source
        .release
        .items
        .iter()
        .map(|item| {
            let asked = source.template.item_fields.iter().filter_map(|field| {
                let said = match item.facts.get(&field.id)? {
                    Value::Bool(true) => Cell::Word("answer", "yes".to_owned()),
                    Value::Bool(false) => Cell::Word("answer", "no".to_owned()),
                    Value::Int(number) => Cell::Number(*number),
                    Value::Text(text) => Cell::plain(text),
                    _ => return None,
                };
                Some(Cell::Lines(vec![Cell::Words(field.ask.clone()), said]))
            });
            let steps = source.steps().filter_map(|(_, step)| {
                let member = run.steps.get(&step.id)?.members.get(&item.id)?;
                let state = Cell::Word("step_state", member.state.name().to_owned());
                Some(Cell::Lines(vec![source.title(step), state, Cell::plain(&member.remark)]))
            });
            vec![
                Cell::plain(&item.id),
                Cell::Words(item.title.clone()),
                Cell::plain(&item.kind),
                Cell::plain(&item.purpose),
                Cell::lines(asked.collect()),
                Cell::lines(steps.collect()),
            ]
        })
        .collect()
}

/// The upgrade record: which site went from which version to which, when and with what result.
pub(super) fn upgrades(source: &Source<'_>) -> Vec<Vec<Cell>> {
    source
        .sites
        .iter()
        .map(|it| {
            vec![
                Cell::plain(&it.site),
                Cell::plain(it.from.as_deref().unwrap_or_default()),
                Cell::plain(&source.release.version),
                Cell::Word("outcome", it.outcome.clone().unwrap_or_else(|| "open".to_owned())),
                Cell::at(it.at),
                Cell::plain(&it.by),
                Cell::plain(&it.evidence),
            ]
        })
        .collect()
}

/// Who answers for what, and how to reach them; then the contacts of the sites.
pub(super) fn address_book(source: &Source<'_>) -> Vec<Vec<Cell>> {
    let mail = |person: &PersonId| {
        Cell::plain(source.addresses.get(person).map(String::as_str).unwrap_or_default())
    };
    let mut rows = Vec::new();
    for role in &source.template.roles {
        for person in source.holders.get(&role.id).into_iter().flatten() {
            let who = Cell::Person(person.clone());
            rows.push(vec![Cell::Role(role.id.clone()), who, mail(person), Cell::Empty]);
        }
    }
    rows.extend(source.contacts.iter().map(|it| {
        vec![
            Cell::Word("contact_kind", it.kind.clone()),
            Cell::plain(&it.name),
            Cell::plain(&it.email),
            Cell::plain(&it.site),
        ]
    }));
    rows
}

/// The deliverables of each stage: form, duty, who answers for it, what for, and how far it is.
pub(super) fn deliverables(source: &Source<'_>) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for document in &source.template.documents {
        let stage = source.template.phases.iter().find(|phase| hands_in(phase, &document.id));
        rows.push(deliverable(source, stage, document));
    }
    rows
}

fn hands_in(phase: &Phase, document: &str) -> bool {
    phase.steps.iter().flat_map(|it| &it.produces).any(|it| it.document == document)
}

fn deliverable(source: &Source<'_>, stage: Option<&Phase>, document: &DocumentType) -> Vec<Cell> {
    let found = source.release.run.documents.get(&document.id);
    let filed = [&document.volume, &document.number];
    let filed: Vec<&str> = filed.iter().filter_map(|it| it.as_deref()).collect();
    let signed = found.iter().flat_map(|it| {
        let valid =
            it.signatures.iter().filter(|one| one.voided_at.is_none() && one.digest == it.digest);
        valid.map(|one| {
            Cell::Lines(vec![
                Cell::Role(one.role.clone()),
                Cell::Person(one.person.clone()),
                Cell::At(one.at),
            ])
        })
    });
    vec![
        stage.map_or(Cell::Empty, |it| Cell::Words(it.title.clone())),
        Cell::Words(document.title.clone()),
        Cell::plain(document.format.as_deref().unwrap_or_default()),
        if document.about.is_empty() { Cell::Empty } else { Cell::Words(document.about.clone()) },
        document.role.clone().map_or(Cell::Empty, Cell::Role),
        document.report.map_or(Cell::Empty, |it| Cell::Word("report_class", it.name().to_owned())),
        Cell::plain(&filed.join(" / ")),
        Cell::plain(&found.map(|it| it.label()).unwrap_or_default()),
        Cell::lines(signed.collect()),
    ]
}
