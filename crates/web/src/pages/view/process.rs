//! A process as people read it: its facts, its lanes, its revisions and what differs between them.

use crate::pages::words;
use crate::ui::chart::swim::{Mark, Swim, SwimStep, swim};
use crate::ui::form::{Choice, Field, Kind as Input};
use crate::ui::glyph::state_text;
use crate::ui::parts::{Btn, Col, Row, Table, card, details};
use crate::ui::{PageCtx, State};
use jiff::Timestamp;
use maud::{Markup, html};
use roadbook_app::process_control::{ProcessCover, RevisionControl};
use roadbook_app::processes::ProcessSummary;
use roadbook_core::ids::PersonId;
use roadbook_core::process::diff::{Difference, FieldChange, diff};
use roadbook_core::process::finding::Finding;
use roadbook_core::process::template::{Adoption, Control, Phase, Related, Step, Template};
use roadbook_core::run::role_name;
use std::collections::BTreeMap;

/// Id of the title of the drawing of a process.
pub const LANES: &str = "swim-title";

/// Names of the people behind ids.
pub type Names = BTreeMap<PersonId, String>;

/// Glyph and word of a revision's state.
pub fn state_words(ctx: &PageCtx, state: &str) -> (State, String) {
    let (glyph, key) = match state {
        "effective" => (State::Done, "processes-state-effective"),
        "draft" => (State::Foreseen, "processes-state-draft"),
        "review" => (State::Waiting, "processes-state-review"),
        "scheduled" => (State::Foreseen, "processes-state-scheduled"),
        _ => (State::Held, "processes-state-superseded"),
    };
    (glyph, ctx.t(key).into_owned())
}

fn author(ctx: &PageCtx, names: &Names, id: &str) -> String {
    PersonId::parse(id)
        .ok()
        .and_then(|it| names.get(&it).cloned())
        .unwrap_or_else(|| ctx.t("processes-by-roadbook").into_owned())
}

/// How secret a process is; without a word of its own for those of the organization.
pub fn confidentiality(control: &Control) -> &str {
    control.confidentiality.as_deref().unwrap_or("internal")
}

/// Who did something to a revision, and when.
fn signed(ctx: &PageCtx, names: &Names, who: &str, at: Timestamp) -> Markup {
    html! { (author(ctx, names, who)) ", " (ctx.date(at)) }
}

/// What a controlled document says about itself (S0-39, S2-50, S3-01, S4i-01).
pub fn facts(ctx: &PageCtx, it: &ProcessSummary, cover: &ProcessCover, names: &Names) -> Markup {
    let control = &it.template.control;
    let known = cover.control(it.revision);
    let (state, word) = state_words(ctx, &it.state);
    let owner = control.owner.as_deref().map(|it_| words::role_title(ctx, &it.template, it_));
    let revision = ctx.ta("processes-revision", &[("n", i64::from(it.revision).into())]);
    let accepts = it.template.accepts.iter();
    let takes: Vec<String> = accepts
        .flat_map(|it| {
            let kinds = it.kinds.iter().map(|kind| word_of(ctx, "release-kind", kind));
            kinds.chain(it.modes.iter().map(|mode| word_of(ctx, "release-mode", mode)))
        })
        .collect();
    let labels = [
        "processes-number",
        "documents-revision",
        "documents-author",
        "processes-reviewed-by",
        "processes-owner",
        "processes-effective",
        "processes-confidentiality",
        "processes-takes",
        "processes-scope",
        "processes-rules",
        "processes-note",
        "processes-related",
    ]
    .map(|key| ctx.t(key));
    let scope = match control.scope {
        Adoption::Binding => "processes-scope-binding",
        Adoption::Reference => "processes-scope-reference",
    };
    let list: Vec<Markup> = vec![
        html! { (control.number.as_deref().unwrap_or("–")) },
        html! { (revision) " " (state_text(state, &word)) },
        signed(ctx, names, &it.author, it.at),
        match &known.reviewed {
            Some((who, at)) => signed(ctx, names, who, *at),
            None => html! { (ctx.t("processes-not-reviewed")) },
        },
        html! { (owner.unwrap_or_else(|| "–".to_owned())) },
        html! { (in_force(ctx, it, &known)) },
        html! { (word_of(ctx, "documents", confidentiality(control))) },
        html! { (if takes.is_empty() { ctx.t("processes-takes-all").into_owned() } else { takes.join(", ") }) },
        html! { (ctx.t(scope)) },
        html! { (words::show(ctx, &control.rules)) },
        html! { (it.note) },
        related(ctx, &it.template),
    ];
    let list: Vec<(&str, Markup)> = labels.iter().map(AsRef::as_ref).zip(list).collect();
    html! { section.card { div.cb { (details(&list)) } } }
}

/// The day that the file names, or the one on which the revision came into force.
fn in_force(ctx: &PageCtx, it: &ProcessSummary, known: &RevisionControl) -> String {
    let named = it.template.control.effective.clone();
    named.or_else(|| known.in_force.map(|at| ctx.date(at))).unwrap_or_else(|| "–".to_owned())
}

/// Procedures that belong to a process, each a link where there is somewhere to go.
fn related(ctx: &PageCtx, template: &Template) -> Markup {
    if template.related.is_empty() {
        return html! { "–" };
    }
    html! { ul.list { @for it in &template.related {
        @let number = it.number.as_deref().unwrap_or_default();
        li {
            @match address(it) {
                Some(to) => { a.t href=(to) { (words::show(ctx, &it.title)) } }
                None => { (words::show(ctx, &it.title)) }
            }
            " " span.m { (number) }
        }
    } } }
}

/// Where a related procedure is: its page here, or elsewhere.
pub fn address(it: &Related) -> Option<String> {
    let here = it.process.as_ref().map(|id| format!("/processes/{id}"));
    it.url.clone().or(here)
}

/// A word of the catalogue, or the id where a process has one of its own.
fn word_of(ctx: &PageCtx, family: &str, id: &str) -> String {
    let key = format!("{family}-{}", id.replace('_', "-"));
    if ctx.tr().has(&key) { ctx.t(&key).into_owned() } else { id.replace('_', " ") }
}

fn roles_of(step: &Step) -> Vec<String> {
    let mut list: Vec<String> = step.role_refs().map(role_name).collect();
    list.dedup();
    list
}

/// The lanes, drawn from the process itself (S0-41).
pub fn lanes(ctx: &PageCtx, template: &Template) -> Markup {
    let title = ctx.t("processes-lanes");
    let drawn = drawing(ctx, template, (LANES, &title), |step| {
        (Mark::Same, format!("#step-{}", step.id), 0)
    });
    card("lanes", &title, html! {}, drawn)
}

/// The lanes alone; each step with what a comparison says about it, where it leads, and its line.
pub fn drawing(
    ctx: &PageCtx,
    template: &Template,
    (id, title): (&'static str, &str),
    of: impl Fn(&Step) -> (Mark, String, u32),
) -> Markup {
    let mut roles: Vec<String> = Vec::new();
    let nobody = String::new();
    for (_, step) in template.steps() {
        let own = roles_of(step);
        for role in if own.is_empty() { vec![nobody.clone()] } else { own } {
            if !roles.contains(&role) {
                roles.push(role);
            }
        }
    }
    // In the order in which the process declares them; what it does not declare comes last.
    let place = |id: &String| template.roles.iter().position(|it| it.id == *id);
    roles.sort_by_key(|it| place(it).unwrap_or(usize::MAX));
    let steps: Vec<(usize, &Step)> = template
        .phases
        .iter()
        .enumerate()
        .flat_map(|(i, phase)| phase.steps.iter().map(move |it| (i, it)))
        .collect();
    let index = |id: &String| steps.iter().position(|it| it.1.id == *id);
    let drawn = steps.iter().map(|(phase, step)| {
        let own = roles_of(step);
        let lanes: Vec<usize> = if own.is_empty() { vec![nobody.clone()] } else { own }
            .iter()
            .filter_map(|it| roles.iter().position(|role| role == it))
            .collect();
        let (mark, href, line) = of(step);
        SwimStep {
            id: step.id.clone(),
            label: words::show(ctx, &step.title),
            lanes,
            phase: *phase,
            shape: words::shape(&step.kind),
            href,
            after: step.after.iter().flatten().filter_map(index).collect(),
            mark,
            line,
        }
    });
    let name = |id: &String| {
        if id.is_empty() {
            ctx.t("processes-by-roadbook").into_owned()
        } else {
            words::role_title(ctx, template, id)
        }
    };
    let v = Swim {
        id,
        title: title.to_owned(),
        lanes: roles.iter().map(name).collect(),
        phases: template.phases.iter().map(|it| words::show(ctx, &it.title)).collect(),
        steps: drawn.collect(),
    };
    swim(&v)
}

/// All steps in words.
pub fn steps(ctx: &PageCtx, template: &Template) -> Markup {
    let mut rows = Vec::new();
    for phase in &template.phases {
        rows.push(Row::Group(html! { (words::show(ctx, &phase.title)) }));
        for step in &phase.steps {
            let roles: Vec<String> =
                roles_of(step).iter().map(|it| words::role_title(ctx, template, it)).collect();
            let due = step.due.as_ref().map(ToString::to_string).unwrap_or_default();
            rows.push(Row::Cells(vec![
                html! { span id={ "step-" (step.id) } { @if let Some(number) = &step.number { (number) " " } b { (words::show(ctx, &step.title)) } } br; span.m.s { (words::show(ctx, &step.description)) } @if step.overlap { br; span.m.s { (ctx.t("step-overlaps")) } } },
                html! { (roles.join(", ")) },
                html! { @if !due.is_empty() { code { (due) } } },
            ]));
        }
    }
    let caption = ctx.t("processes-steps");
    let cols = vec![
        Col::new(caption.clone()),
        Col::new(ctx.t("people-roles")).labeled(),
        Col::new(ctx.t("work-due")).labeled(),
    ];
    card("steps", &caption, html! {}, html! { (Table { caption: &caption, cols, rows }) })
}

/// Revisions with who, when, why and state (S2-01, S3-02), and the question what differs.
pub fn revisions(
    ctx: &PageCtx,
    (id, list): (&str, &[ProcessSummary]),
    cover: &ProcessCover,
    names: &Names,
) -> Markup {
    let rows = list.iter().enumerate().map(|(i, it)| {
        let (state, word) = state_words(ctx, &it.state);
        let label = ctx.ta("processes-revision", &[("n", i64::from(it.revision).into())]);
        let before = list.get(i + 1).map(|it| it.revision);
        let known = cover.control(it.revision);
        Row::Cells(vec![
            html! { a.t href={ "/processes/" (id) "?revision=" (it.revision) } { (label) } },
            state_text(state, &word),
            html! { (in_force(ctx, it, &known)) },
            html! { (author(ctx, names, &it.author)) br; span.m.s { (ctx.date_time(it.at)) } },
            match &known.reviewed {
                Some((who, at)) => html! { (author(ctx, names, who)) br; span.m.s { (ctx.date_time(*at)) } },
                None => html! { "–" },
            },
            html! { (it.note) },
            html! { @if let Some(before) = before {
                (Btn::link(ctx.t("processes-what-changed"), format!("/processes/{id}?from={before}&to={}#diff", it.revision)).small().quiet().aria(format!("{}: {label}", ctx.t("processes-what-changed"))))
            } },
        ])
    });
    let caption = ctx.t("processes-published-as");
    let cols = [
        "documents-revision",
        "work-state",
        "processes-effective",
        "documents-author",
        "processes-reviewed-by",
        "processes-note",
        "processes-diff",
    ];
    let table = Table {
        caption: &caption,
        cols: cols.iter().map(|it| Col::new(ctx.t(it)).labeled()).collect(),
        rows: rows.collect(),
    };
    card(
        "revisions",
        &caption,
        html! {},
        html! { (table) div.cb { p.m.s { (ctx.t("processes-pinned")) } (used_by(ctx, &cover.used_by)) } },
    )
}

/// How many runs stand on which revision: said before anybody changes the process.
pub fn used_by(ctx: &PageCtx, list: &[(u32, u64)]) -> Markup {
    let line = |it: &(u32, u64)| {
        let n = i64::try_from(it.1).unwrap_or(i64::MAX);
        ctx.ta("processes-used-line", &[("revision", i64::from(it.0).into()), ("n", n.into())])
            .into_owned()
    };
    html! {
        @if list.is_empty() { p.m.s { (ctx.t("processes-used-none")) } } @else {
            ul.list { @for it in list { li { (line(it)) } } }
            p.m.s { (ctx.t("processes-used-about")) }
        }
    }
}

/// Two revisions to choose; the answer stands below.
pub fn compare(
    ctx: &PageCtx,
    id: &str,
    list: &[ProcessSummary],
    asked: Option<(u32, u32, Vec<Difference>)>,
) -> Markup {
    if list.len() < 2 {
        return html! {};
    }
    let choices: Vec<Choice> = list
        .iter()
        .map(|it| {
            let label = ctx.ta("processes-revision", &[("n", i64::from(it.revision).into())]);
            Choice::new(it.revision.to_string(), label)
        })
        .collect();
    let (from, to) = asked.as_ref().map_or((list[1].revision, list[0].revision), |it| (it.0, it.1));
    let pick = |name: &str, key: &str, value: u32| {
        Field::new(Input::Select(choices.clone()), name, ctx.t(key)).value(value.to_string())
    };
    card(
        "diff",
        &ctx.t("processes-diff"),
        html! {},
        html! { div.cb {
            form.form method="get" action={ "/processes/" (id) "#diff" } {
                div.pair { (pick("from", "plan-before", from).render(ctx)) (pick("to", "plan-after", to).render(ctx)) }
                div.acts { button.btn type="submit" { (ctx.t("processes-compare")) } }
            }
            @if let Some((_, _, found)) = &asked { (differences(ctx, found)) }
        }
        @if asked.is_some() { (picture(ctx, id, list, (from, to))) } },
    )
}

/// What became of each step from one revision to the next.
pub fn marks(before: &Template, after: &Template) -> BTreeMap<String, Mark> {
    let of = |it| match it {
        Difference::Added { part, id, .. } => (part == "step").then_some((id, Mark::Added)),
        Difference::Removed { part, id, .. } => (part == "step").then_some((id, Mark::Removed)),
        Difference::Changed { part, id, .. } => (part == "step").then_some((id, Mark::Changed)),
    };
    diff(before, after).into_iter().filter_map(of).collect()
}

/// The new text with what it takes out, each where it stood, so that one drawing shows both.
pub fn merged(before: &Template, after: &Template) -> Template {
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
                let empty = Phase { steps: Vec::new(), ..phase.clone() };
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

/// What the marks in a drawing say.
pub fn legend(ctx: &PageCtx) -> Markup {
    let marks = [
        (Mark::Added, "processes-mark-added"),
        (Mark::Changed, "processes-mark-changed"),
        (Mark::Removed, "processes-mark-removed"),
    ];
    html! { p.cb.legend { @for (mark, key) in marks {
        span { b.(mark.class()) aria-hidden="true" { (mark.sign()) } " " (ctx.t(key)) }
    } } }
}

/// The lanes of both revisions in one drawing; each changed step leads to the words about it.
fn picture(ctx: &PageCtx, id: &str, list: &[ProcessSummary], (from, to): (u32, u32)) -> Markup {
    let find = |revision: u32| list.iter().find(|it| it.revision == revision);
    let (Some(before), Some(after)) = (find(from), find(to)) else { return html! {} };
    let marks = marks(&before.template, &after.template);
    if marks.is_empty() {
        return html! {};
    }
    let title = ctx.t("processes-diff");
    let of = |step: &Step| match marks.get(&step.id).copied().unwrap_or_default() {
        // What stayed stands on the page of the later revision, which need not be this one.
        Mark::Same => (Mark::Same, format!("/processes/{id}?revision={to}#step-{}", step.id), 0),
        mark => (mark, format!("#change-{}", step.id), 0),
    };
    html! {
        (legend(ctx))
        (drawing(ctx, &merged(&before.template, &after.template), ("swim-diff", &title), of))
    }
}

/// What differs, in words.
pub fn differences(ctx: &PageCtx, list: &[Difference]) -> Markup {
    let line = |key: &str, part: &str, title: String, id: &str| {
        let part = ctx.t(&format!("processes-part-{part}"));
        let title = if title.is_empty() { id.to_owned() } else { title };
        ctx.ta(key, &[("part", part.as_ref().into()), ("title", title.as_str().into())])
            .into_owned()
    };
    html! {
        @if list.is_empty() { p.m { (ctx.t("processes-same")) } }
        ul.list { @for it in list { li id=[place(it)] { @match it {
            Difference::Added { part, id, title } => { (state_text(State::Done, &line("processes-added", part, words::show(ctx, title), id))) }
            Difference::Removed { part, id, title } => { (state_text(State::Failed, &line("processes-removed", part, words::show(ctx, title), id))) }
            Difference::Changed { part, id, title, fields } => {
                (state_text(State::AtRisk, &line("processes-changed", part, words::show(ctx, title), id)))
                (changed(ctx, fields))
            }
        } } } }
    }
}

/// Where the drawing leads to: what changed of a step.
fn place(it: &Difference) -> Option<String> {
    let (Difference::Added { part, id, .. }
    | Difference::Removed { part, id, .. }
    | Difference::Changed { part, id, .. }) = it;
    (part == "step").then(|| format!("change-{id}"))
}

fn changed(ctx: &PageCtx, fields: &[FieldChange]) -> Markup {
    let or_none = |text: &str| {
        if text.is_empty() { ctx.t("processes-nothing").into_owned() } else { text.to_owned() }
    };
    html! { dl.dl { @for it in fields {
        dt { code { (it.field) } }
        dd { del { (or_none(&it.before)) } " → " ins { (or_none(&it.after)) } }
    } } }
}

/// Where the line of a finding leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// To the file below.
    File,
    /// Into the text that is being written.
    Text,
}

/// What the checker says, each with its line in the file.
pub fn findings(ctx: &PageCtx, list: &[Finding], file_order: bool, lines: Lines) -> Markup {
    let rows = list.iter().map(|it| {
        let (state, key) = if it.blocks() {
            (State::Failed, "processes-error")
        } else {
            (State::AtRisk, "processes-warning")
        };
        let line = i64::from(it.line);
        let place = ctx.ta("processes-line", &[("n", line.into())]);
        Row::Cells(vec![
            html! { @if it.line == 0 { "–" } @else {
                @match lines {
                    Lines::File => { a href={ "#L" (it.line) } { (place) } }
                    Lines::Text => { a href="#f-text" data-line=(it.line) { (place) } }
                }
            } },
            state_text(state, &ctx.t(key)),
            html! { (it.message) @if !it.fix.is_empty() { br; span.m.s { (it.fix) } } },
            html! { code { (it.code) } },
        ])
    });
    let caption = ctx.t("processes-findings");
    let cols = ["processes-place", "work-state", "processes-what", "processes-code"];
    let table = Table {
        caption: &caption,
        cols: cols.iter().map(|it| Col::new(ctx.t(it)).full()).collect(),
        rows: rows.collect(),
    };
    let body = html! {
        @if list.is_empty() { p.cb { (state_text(State::Done, &ctx.t("processes-no-findings"))) } } @else { (table) }
        @if file_order { p.cb.m.s { (ctx.t("processes-file-order")) } }
    };
    card("findings", &caption, html! {}, body)
}

/// The file with the numbers of its lines; each line can be linked.
pub fn file(ctx: &PageCtx, id: &str, revision: u32, text: &str) -> Markup {
    let title = ctx.t("processes-file");
    let href = format!("/processes/{id}/file?revision={revision}");
    let save = html! { (Btn::link(ctx.t("action-download"), href).small()) };
    card(
        "file",
        &title,
        save,
        html! {
            div.scroll tabindex="0" role="group" aria-label=(title) { ol.lines { @for (i, line) in text.lines().enumerate() {
                li id={ "L" (i + 1) } { code { (line) } }
            } } }
        },
    )
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
