//! The difference between two revisions of a process, part by part, in terms that a person reads.

use super::kind::bare_kinds;
use super::template::{Step, StepKind, Template};
use crate::text::Text;
use serde::{Deserialize, Serialize};

/// What happened to a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// A part is new.
    Added {
        /// `step`, `role`, `document`, `audience`, `field`, `setting`, `phase`.
        part: String,
        /// Its id.
        id: String,
        /// Its title.
        title: Text,
    },
    /// A part is gone.
    Removed {
        /// As above.
        part: String,
        /// Its id.
        id: String,
        /// Its title.
        title: Text,
    },
    /// A part has other content.
    Changed {
        /// As above.
        part: String,
        /// Its id; empty for the process itself.
        id: String,
        /// Its title.
        title: Text,
        /// What changed.
        fields: Vec<FieldChange>,
    },
}

/// A changed field of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Name as in the file, e.g. `due`, `role`, `check`.
    pub field: String,
    /// Before; empty when there was nothing.
    pub before: String,
    /// After; empty when there is nothing.
    pub after: String,
}

impl Difference {
    /// Which part it is about: `step`, `role`, `document`, …, and its id.
    pub fn part(&self) -> (&str, &str) {
        match self {
            Difference::Added { part, id, .. }
            | Difference::Removed { part, id, .. }
            | Difference::Changed { part, id, .. } => (part, id),
        }
    }
}

/// The difference from one revision to the next. Empty when both run alike and read alike.
pub fn diff(before: &Template, after: &Template) -> Vec<Difference> {
    let mut list = Vec::new();
    let fields = process_fields(before, after);
    if !fields.is_empty() {
        list.push(Difference::Changed {
            part: "process".into(),
            id: String::new(),
            title: after.title.clone(),
            fields,
        });
    }
    parts("role", &before.roles, &after.roles, |it| (&it.id, &it.title), role_fields, &mut list);
    parts("field", &before.fields, &after.fields, |it| (&it.id, &it.ask), whole, &mut list);
    parts("setting", &before.settings, &after.settings, |it| (&it.id, &it.ask), whole, &mut list);
    parts(
        "document",
        &before.documents,
        &after.documents,
        |it| (&it.id, &it.title),
        document_fields,
        &mut list,
    );
    parts(
        "audience",
        &before.audiences,
        &after.audiences,
        |it| (&it.id, &it.title),
        whole,
        &mut list,
    );
    let phase =
        |it: &super::template::Phase| super::template::Phase { steps: Vec::new(), ..it.clone() };
    let old: Vec<_> = before.phases.iter().map(phase).collect();
    let new: Vec<_> = after.phases.iter().map(phase).collect();
    parts("phase", &old, &new, |it| (&it.id, &it.title), whole, &mut list);
    let old: Vec<Placed> = placed(before);
    let new: Vec<Placed> = placed(after);
    parts("step", &old, &new, |it| (&it.step.id, &it.step.title), step_fields, &mut list);
    list
}

#[derive(PartialEq)]
struct Placed {
    phase: String,
    step: Step,
}

fn placed(template: &Template) -> Vec<Placed> {
    template
        .steps()
        .map(|(phase, step)| Placed { phase: phase.id.clone(), step: step.clone() })
        .collect()
}

fn parts<T: PartialEq>(
    part: &str,
    before: &[T],
    after: &[T],
    name: impl Fn(&T) -> (&String, &Text),
    fields: impl Fn(&T, &T) -> Vec<FieldChange>,
    list: &mut Vec<Difference>,
) {
    let find = |all: &'_ [T], id: &str| all.iter().position(|it| name(it).0 == id);
    for new in after {
        let (id, title) = name(new);
        match find(before, id) {
            None => list.push(Difference::Added {
                part: part.into(),
                id: id.clone(),
                title: title.clone(),
            }),
            Some(at) if before[at] != *new => list.push(Difference::Changed {
                part: part.into(),
                id: id.clone(),
                title: title.clone(),
                fields: fields(&before[at], new),
            }),
            Some(_) => {}
        }
    }
    for old in before {
        let (id, title) = name(old);
        if find(after, id).is_none() {
            list.push(Difference::Removed {
                part: part.into(),
                id: id.clone(),
                title: title.clone(),
            });
        }
    }
}

struct Fields(Vec<FieldChange>);

impl Fields {
    fn add(&mut self, field: &str, before: String, after: String) -> &mut Fields {
        if before != after {
            self.0.push(FieldChange { field: field.to_owned(), before, after });
        }
        self
    }

    /// Something whose content is too long to print; only that it changed is said.
    fn note<T: PartialEq>(&mut self, field: &str, before: &T, after: &T) -> &mut Fields {
        if before != after {
            self.0.push(FieldChange {
                field: field.to_owned(),
                before: String::new(),
                after: "…".to_owned(),
            });
        }
        self
    }
}

fn whole<T: PartialEq>(before: &T, after: &T) -> Vec<FieldChange> {
    let mut fields = Fields(Vec::new());
    fields.note("content", before, after);
    fields.0
}

fn opt<T: ToString>(value: Option<&T>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

fn words(text: &Text) -> String {
    text.show(crate::text::Lang::En).0.to_owned()
}

fn process_fields(a: &Template, b: &Template) -> Vec<FieldChange> {
    let mut fields = Fields(Vec::new());
    let policies = |it: &Template| {
        it.windows.iter().map(|rule| rule.policy.clone()).collect::<Vec<_>>().join(", ")
    };
    let accepts = |it: &Template| {
        it.accepts
            .as_ref()
            .map(|it| format!("{} ({})", it.kinds.join(", "), it.modes.join(", ")))
            .unwrap_or_default()
    };
    fields
        .add("title", words(&a.title), words(&b.title))
        .note("description", &a.description, &b.description)
        .note("languages", &a.languages, &b.languages)
        .add("accepts", accepts(a), accepts(b))
        .add("window", policies(a), policies(b))
        .add("slot_by", a.slot_by.join(", "), b.slot_by.join(", "))
        .note("accepts (details)", &a.accepts, &b.accepts)
        .note("window.when", &a.windows, &b.windows)
        .add("go_live", opt(a.go_live.as_ref()), opt(b.go_live.as_ref()))
        .add("scope", a.control.scope.name().to_owned(), b.control.scope.name().to_owned())
        .note("control", &a.control, &b.control)
        .note("item_field", &a.item_fields, &b.item_fields)
        .note("classify", &a.classify, &b.classify)
        .note("start", &a.starts, &b.starts)
        .note("frequency", &a.frequencies, &b.frequencies)
        .note("related", &a.related, &b.related);
    fields.0
}

fn role_fields(a: &super::template::Role, b: &super::template::Role) -> Vec<FieldChange> {
    let mut fields = Fields(Vec::new());
    fields
        .add("title", words(&a.title), words(&b.title))
        .note("title (translations)", &a.title, &b.title)
        .add("duty", words(&a.duty), words(&b.duty))
        .add("external", a.external.to_string(), b.external.to_string());
    fields.0
}

fn document_fields(
    a: &super::template::DocumentType,
    b: &super::template::DocumentType,
) -> Vec<FieldChange> {
    let sections = |it: &super::template::DocumentType| {
        it.sections.iter().map(|it| it.id.clone()).collect::<Vec<_>>().join(", ")
    };
    let mut fields = Fields(Vec::new());
    fields
        .add("title", words(&a.title), words(&b.title))
        .add("sections", sections(a), sections(b))
        .note("sections (titles and columns)", &a.sections, &b.sections)
        .add("role", opt(a.role.as_ref()), opt(b.role.as_ref()))
        .add("signed_by", a.signed_by.join(", "), b.signed_by.join(", "))
        .add("confidentiality", opt(a.confidentiality.as_ref()), opt(b.confidentiality.as_ref()))
        .add("about", words(&a.about), words(&b.about))
        .note("about (translations)", &a.about, &b.about)
        .add("format", opt(a.format.as_ref()), opt(b.format.as_ref()))
        .add("volume", opt(a.volume.as_ref()), opt(b.volume.as_ref()))
        .add("number", opt(a.number.as_ref()), opt(b.number.as_ref()))
        .add("two_parties", a.two_parties.to_string(), b.two_parties.to_string())
        .note("report", &a.report, &b.report)
        .note("extract", &a.extract, &b.extract);
    fields.0
}

/// What only its kind has, as one line, and its key.
fn own_field(kind: &StepKind) -> Option<(&'static str, String)> {
    match kind {
        StepKind::Approval(spec) => {
            let roles = spec.approvers.iter().map(|it| crate::run::role_name(&it.role));
            Some(("approver", roles.collect::<Vec<_>>().join(", ")))
        }
        // Too long or too many for a line: that they changed is said as a whole.
        StepKind::Decision(_)
        | StepKind::Notice(_)
        | StepKind::Contact { .. }
        | StepKind::Operate(_)
        | StepKind::Rollout(_)
        | StepKind::Watch { .. }
        | StepKind::Receipt { .. }
        | StepKind::Call { .. }
        | bare_kinds!() => None,
    }
}

fn step_fields(a: &Placed, b: &Placed) -> Vec<FieldChange> {
    let mut fields = Fields(Vec::new());
    let (x, y) = (&a.step, &b.step);
    let roles =
        |it: &Step| it.roles.iter().map(crate::run::role_name).collect::<Vec<_>>().join(", ");
    let after =
        |it: &Step| it.after.iter().map(|any| any.join(" or ")).collect::<Vec<_>>().join(", ");
    let made =
        |it: &Step| it.produces.iter().map(|it| it.document.clone()).collect::<Vec<_>>().join(", ");
    let checks =
        |it: &Step| it.checks.iter().map(|it| it.id.clone()).collect::<Vec<_>>().join(", ");
    let when = |it: &Step| it.when.as_ref().map(|it| it.source.clone()).unwrap_or_default();
    fields
        .add("phase", a.phase.clone(), b.phase.clone())
        .add("title", words(&x.title), words(&y.title))
        .add("kind", x.kind.name().to_owned(), y.kind.name().to_owned())
        .add("role", roles(x), roles(y))
        .add("due", opt(x.due.as_ref()), opt(y.due.as_ref()))
        .add("opens", opt(x.opens.as_ref()), opt(y.opens.as_ref()))
        .add("effort", opt(x.effort.as_ref()), opt(y.effort.as_ref()))
        .add("takes", opt(x.takes.as_ref()), opt(y.takes.as_ref()))
        .add("after", after(x), after(y))
        .add("overlap", x.overlap.to_string(), y.overlap.to_string())
        .add("needs", x.needs.join(", "), y.needs.join(", "))
        .add("produces", made(x), made(y))
        .add("check", checks(x), checks(y))
        .add("when", when(x), when(y))
        .add("not_by", x.not_by.join(", "), y.not_by.join(", "))
        .add("rejected", opt(x.rejected.as_ref()), opt(y.rejected.as_ref()))
        .add("stands_in_for", x.stands_in_for.join(", "), y.stands_in_for.join(", "));
    if let (Some((key, before)), Some((same, after))) = (own_field(&x.kind), own_field(&y.kind))
        && key == same
    {
        fields.add(key, before, after);
    }
    if fields.0.is_empty() {
        fields.note("content", a, b);
    }
    fields.0
}
