//! Undeclared and doubled names, and conditions that do not type-check.

use crate::notice::BLOCKS;
use crate::process::expr::Expr;
use crate::process::finding::{Finding, nearest};
use crate::process::kind::bare_kinds;
use crate::process::template::{
    Action, Check, CheckKind, Each, FieldType, RoleRef, Start, Step, StepKind, Template, Who,
};
use crate::process::types::{self, Declared, Scope};
use std::collections::BTreeSet;

struct Names<'t> {
    template: &'t Template,
    findings: Vec<Finding>,
    used: BTreeSet<(&'static str, String)>,
}

/// Findings about names and conditions.
pub(super) fn check(template: &Template) -> Vec<Finding> {
    let mut names = Names { template, findings: Vec::new(), used: BTreeSet::new() };
    names.doubles();
    names.top();
    for (_, step) in template.steps() {
        names.step(step);
    }
    names.conditions();
    names.unused();
    names.findings
}

impl Names<'_> {
    fn known(&self, kind: &str) -> Vec<&str> {
        let template = self.template;
        match kind {
            "role" => template.roles.iter().map(|it| it.id.as_str()).collect(),
            "step" => template.steps().map(|(_, it)| it.id.as_str()).collect(),
            "document" => template.documents.iter().map(|it| it.id.as_str()).collect(),
            "audience" => template.audiences.iter().map(|it| it.id.as_str()).collect(),
            _ => template.fields.iter().map(|it| it.id.as_str()).collect(),
        }
    }

    fn needs(&mut self, kind: &'static str, name: &str, path: &str) {
        self.used.insert((kind, name.to_owned()));
        let known = self.known(kind);
        if known.contains(&name) {
            return;
        }
        let fix = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => format!("declare {kind} `{name}`; there is none yet"),
            None => format!("declare {kind} `{name}`, or name one of: {}", known.join(", ")),
        };
        let message = format!("{kind} `{name}` is not declared");
        self.findings.push(Finding::error(&format!("unknown_{kind}"), path, message, fix));
    }

    fn role(&mut self, role: &RoleRef, path: &str) {
        match role {
            RoleRef::Role(name) => self.needs("role", name, path),
            RoleRef::HeadsOf(field) | RoleRef::FieldPerson(field) | RoleRef::Lead(field) => {
                self.needs("field", field, path);
            }
            RoleRef::HeadOfApplicant | RoleRef::SiteContact(_) | RoleRef::Authorizer => {}
        }
    }

    fn doubles(&mut self) {
        let template = self.template;
        let lists: [(&str, Vec<&str>); 6] = [
            ("phase", template.phases.iter().map(|it| it.id.as_str()).collect()),
            ("step", self.known("step")),
            ("role", self.known("role")),
            ("document", self.known("document")),
            ("audience", self.known("audience")),
            ("field", self.known("field")),
        ];
        let mut found = Vec::new();
        for (kind, list) in &lists {
            found.extend(doubled(list).into_iter().map(|id| (format!("{kind}.{id}"), *kind, id)));
        }
        for (_, step) in template.steps() {
            let checks: Vec<&str> = step.checks.iter().map(|it| it.id.as_str()).collect();
            let path = |id: &str| format!("step.{}.check.{id}", step.id);
            found.extend(doubled(&checks).into_iter().map(|id| (path(&id), "check", id)));
        }
        for (path, kind, id) in found {
            let message = format!("{kind} `{id}` is declared twice");
            self.findings.push(Finding::error("duplicate_id", path, message, "rename one of them"));
        }
    }

    fn top(&mut self) {
        let template = self.template;
        if let Some(step) = &template.go_live {
            self.needs("step", step, "go_live");
        }
        for field in &template.fields {
            if let Some(step) = &field.required_by {
                self.needs("step", step, &format!("field.{}.required_by", field.id));
            }
        }
        for role in &template.slot_by {
            self.needs("role", role, "slot_by");
        }
        if let Some(role) = &template.responsible {
            self.needs("role", role, "responsible");
        }
        for document in &template.documents {
            let path = format!("document.{}", document.id);
            for role in document.role.iter().chain(&document.signed_by) {
                self.needs("role", role, &path);
            }
            if document.two_parties && document.signed_by.len() < 2 {
                let message = format!("two parties sign `{}`, and one is named", document.id);
                let fix = "name a role of each party in `signed_by`";
                self.findings.push(Finding::error("quorum_too_large", path, message, fix));
            }
        }
        for audience in &template.audiences {
            for who in &audience.who {
                match who {
                    Who::Role(role) => {
                        self.needs("role", role, &format!("audience.{}.roles", audience.id));
                    }
                    Who::UnitsOf(field) => {
                        self.needs("field", field, &format!("audience.{}.units_of", audience.id));
                    }
                    _ => {}
                }
            }
        }
    }

    fn step(&mut self, step: &Step) {
        let at = |key: &str| format!("step.{}.{key}", step.id);
        for role in &step.roles {
            self.role(role, &at("role"));
        }
        for other in step.after.iter().flatten() {
            self.needs("step", other, &at("after"));
        }
        if let Some(other) = &step.rejected {
            self.needs("step", other, &at("rejected"));
        }
        if let Some(other) = &step.failed {
            self.needs("step", other, &at("failed"));
        }
        for what in &step.stands_in_for {
            let other = what.split('.').next().unwrap_or(what);
            self.needs("step", other, &at("stands_in_for"));
        }
        for due in step.due.iter().chain(&step.opens) {
            for other in due.steps() {
                self.needs("step", other, &at("due"));
            }
        }
        for document in &step.needs {
            self.needs("document", document, &at("needs"));
        }
        for produced in &step.produces {
            self.needs("document", &produced.document, &at("produces"));
        }
        for field in &step.asks {
            self.needs("field", field, &at("asks"));
        }
        for role in step.not_by.iter().filter(|it| !["author", "applicant"].contains(&it.as_str()))
        {
            self.needs("role", role, &at("not_by"));
        }
        if let Some(passing) = &step.override_by {
            self.needs("role", &passing.by, &at("override"));
        }
        if let Some(Each::Field(field)) = &step.each {
            self.rows(field, &at("each"));
        }
        for check in &step.checks {
            self.check_item(step, check);
        }
        self.kind(step);
    }

    fn rows(&mut self, field: &str, path: &str) {
        self.needs("field", field, path);
        let kind = self.template.fields.iter().find(|it| it.id == field).map(|it| &it.kind);
        if kind.is_some_and(|it| !matches!(it, FieldType::Rows(_))) {
            let message = format!("field `{field}` is not a list; a step cannot fan out over it");
            self.findings.push(Finding::error(
                "each_not_list",
                path,
                message,
                "give the field `type = \"rows\"`",
            ));
        }
    }

    fn check_item(&mut self, step: &Step, check: &Check) {
        let path = format!("step.{}.check.{}", step.id, check.id);
        if let Some(role) = &check.role {
            self.needs("role", role, &path);
        }
        if let CheckKind::Value { required, .. } = &check.kind
            && let Some(field) = required.strip_prefix("field.")
        {
            self.needs("field", field, &path);
        }
        if let CheckKind::Evidence { document, signed_by } = &check.kind {
            self.needs("document", document, &path);
            for role in signed_by {
                self.needs("role", role, &path);
            }
        }
    }

    fn kind(&mut self, step: &Step) {
        let at = |key: &str| format!("step.{}.{key}", step.id);
        match &step.kind {
            StepKind::Approval(spec) => {
                for approver in &spec.approvers {
                    self.role(&approver.role, &at("approver"));
                    for document in &approver.documents {
                        self.needs("document", &document.document, &at("approver"));
                    }
                    for check in &approver.checks {
                        self.approver_check(step, check);
                    }
                }
            }
            StepKind::Decision(spec) => {
                for role in &spec.opinions {
                    self.needs("role", role, &at("opinions"));
                }
                for outcome in &spec.outcomes {
                    let path = at(&format!("outcome.{}", outcome.id));
                    match &outcome.action {
                        Action::Go(steps) | Action::Skip(steps) => {
                            for other in steps {
                                self.needs("step", other, &path);
                            }
                        }
                        Action::Return(other) => self.needs("step", other, &path),
                        _ => {}
                    }
                }
            }
            StepKind::Notice(spec) => {
                self.needs("audience", &spec.audience, &at("audience"));
                for block in &spec.content {
                    self.block(block, at("content"));
                }
            }
            StepKind::Contact { audience } => self.needs("audience", audience, &at("audience")),
            StepKind::Receipt { document } => self.needs("document", document, &at("document")),
            StepKind::Operate(spec) => {
                for role in
                    spec.sheet.iter().chain(&spec.rollback).filter_map(|it| it.role.as_ref())
                {
                    self.needs("role", role, &at("sheet"));
                }
                if let Some(plan) = &spec.plan {
                    self.needs("document", plan, &at("plan"));
                }
            }
            StepKind::Rollout(_)
            | StepKind::Watch { .. }
            | StepKind::Call { .. }
            | bare_kinds!() => {}
        }
    }

    fn block(&mut self, block: &str, path: String) {
        if BLOCKS.contains(&block) {
            return;
        }
        let fix = match nearest(block, BLOCKS) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("possible are {}", BLOCKS.join(", ")),
        };
        let message = format!("`content` names `{block}`, which no notice can tell");
        self.findings.push(Finding::error("unknown_content", path, message, fix));
    }

    fn approver_check(&mut self, step: &Step, check: &str) {
        let known: Vec<&str> = step.checks.iter().map(|it| it.id.as_str()).collect();
        if known.contains(&check) {
            return;
        }
        let fix = match nearest(check, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("add `[[phase.step.check]]` with `id = \"{check}\"`"),
        };
        let message = format!("check `{check}` is not declared in step `{}`", step.id);
        self.findings.push(Finding::error(
            "unknown_check",
            format!("step.{}.approver", step.id),
            message,
            fix,
        ));
    }

    fn condition(&mut self, expr: &Expr, declared: &Declared, path: String) {
        for error in types::check(expr, declared) {
            self.findings.push(Finding::error(error.code, path.clone(), error.message, error.fix));
        }
    }

    fn conditions(&mut self) {
        let template = self.template;
        let run = Declared::of(template, Scope::Run);
        let site = Declared::of(template, Scope::Site);
        let item = Declared::of(template, Scope::Item);
        let event = Declared::of(template, Scope::Event);
        for (n, rule) in template.windows.iter().enumerate() {
            if let Some(when) = &rule.when {
                self.condition(when, &run, format!("window.{n}.when"));
            }
        }
        for (n, rule) in template.classify.iter().enumerate() {
            self.condition(&rule.when, &item, format!("classify.{n}.when"));
            self.class(n, &rule.into, &rule.class, rule.process.is_some());
        }
        for (n, start) in template.starts.iter().enumerate() {
            if let Start::On { when: Some(when), .. } = start {
                self.condition(when, &event, format!("start.{n}.when"));
            }
        }
        for audience in &template.audiences {
            for who in &audience.who {
                if let Who::Contacts(Some(when)) = who {
                    self.condition(when, &site, format!("audience.{}.contacts", audience.id));
                }
            }
        }
        for (_, step) in template.steps() {
            let at = |key: &str| format!("step.{}.{key}", step.id);
            for (key, when) in [("when", &step.when), ("gate", &step.gate)] {
                if let Some(when) = when {
                    self.condition(when, &run, at(key));
                }
            }
            for when in step.produces.iter().filter_map(|it| it.when.as_ref()) {
                self.condition(when, &run, at("produces"));
            }
            for check in &step.checks {
                if let Some(when) = &check.when {
                    self.condition(when, &run, at(&format!("check.{}.when", check.id)));
                }
                if let CheckKind::Fact { holds } = &check.kind {
                    self.condition(holds, &run, at(&format!("check.{}.holds", check.id)));
                }
            }
            match &step.kind {
                StepKind::Approval(spec) => {
                    for approver in &spec.approvers {
                        let documents = approver.documents.iter().filter_map(|it| it.when.as_ref());
                        for when in approver.when.iter().chain(documents) {
                            self.condition(when, &run, at("approver"));
                        }
                    }
                }
                StepKind::Rollout(waves) => {
                    for when in waves.iter().filter_map(|it| it.sites.as_ref()) {
                        self.condition(when, &site, at("wave"));
                    }
                }
                StepKind::Decision(_)
                | StepKind::Notice(_)
                | StepKind::Contact { .. }
                | StepKind::Operate(_)
                | StepKind::Watch { .. }
                | StepKind::Receipt { .. }
                | StepKind::Call { .. }
                | bare_kinds!() => {}
            }
        }
    }

    /// A class must be one that its name can have.
    fn class(&mut self, n: usize, into: &str, class: &str, elsewhere: bool) {
        let kinds = self.template.accepts.as_ref().map_or(&[][..], |it| &it.kinds);
        let problem = if into != "release.kind" {
            Some((
                format!("`{into}` receives no class"),
                "write `into = \"release.kind\"`".to_owned(),
            ))
        } else if !elsewhere && !kinds.is_empty() && !kinds.iter().any(|it| it == class) {
            let fix = match nearest(class, kinds.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("possible are {}", kinds.join(", ")),
            };
            Some((format!("the process takes no release of kind `{class}`"), fix))
        } else {
            None
        };
        if let Some((message, fix)) = problem {
            let path = format!("classify.{n}");
            self.findings.push(Finding::error("unknown_class", path, message, fix));
        }
    }

    fn unused(&mut self) {
        for (kind, code) in [("document", "unused_document"), ("audience", "unused_audience")] {
            let idle: Vec<String> = self
                .known(kind)
                .into_iter()
                .filter(|id| !self.used.contains(&(kind, (*id).to_owned())))
                .map(str::to_owned)
                .collect();
            for id in idle {
                let message = format!("{kind} `{id}` is declared, and no step uses it");
                let path = format!("{kind}.{id}");
                self.findings.push(Finding::warning(
                    code,
                    path,
                    message,
                    "name it in a step, or remove it",
                ));
            }
        }
    }
}

fn doubled(list: &[&str]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    list.iter().filter(|it| !seen.insert(**it)).map(|it| (*it).to_owned()).collect()
}
