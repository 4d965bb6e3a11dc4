//! A step of a process file, with what only its kind has.

use super::reader::Table;
use super::shape::named;
use super::words;
use roadbook_core::process::due::DueError;
use roadbook_core::process::every::{Every, EveryError};
use roadbook_core::process::expr::{Expr, Node, Value};
use roadbook_core::process::template::{
    Action, ApprovalSpec, Approver, Channel, Check, CheckKind, DecisionSpec, Each, Expires, Expiry,
    Joins, NoticeSpec, OperateSpec, Outcome, Override, Produces, Quorum, RoleRef, ServiceTurn,
    SheetItem, Step, StepKind, Wave,
};

/// Reads a step.
pub(super) fn step(mut table: Table<'_, '_>) -> Step {
    let id = named(&mut table, "step");
    let roles: Vec<RoleRef> =
        table.list("role").iter().filter_map(|it| role_ref(&table, "role", it)).collect();
    let step = Step {
        id,
        number: table.str("number"),
        title: table.text("title"),
        description: table.text("description"),
        kind: kind(&table, &roles),
        joint: table.bool("joint", false),
        effort: table.parse("effort", DueError::code),
        takes: table.parse("takes", DueError::code),
        due: table.parse("due", DueError::code),
        opens: table.parse("opens", DueError::code),
        after: table.any_of("after"),
        overlap: table.bool("overlap", false),
        needs: table.list("needs"),
        produces: produces(&table, "produces"),
        checks: table.tables("check").into_iter().map(check).collect(),
        asks: table.list("asks"),
        when: table.expr("when"),
        gate: table.expr("gate"),
        each: each(&table),
        joins: joins(&table),
        not_by: table.list("not_by"),
        rejected: table.str("rejected"),
        failed: table.str("failed"),
        stands_in_for: table.list("stands_in_for"),
        override_by: table.table("override").map(|it| override_by(&it)),
        expires: table.table("expires").and_then(|it| expires(&it)),
        on: table.str("on"),
        blocking: table.bool("blocking", !table.has("on")),
        always: table.bool("always", false),
        extensible: table.bool("extensible", false),
        key_node: table.bool("key_node", false),
        follows: table.str("follows"),
        repeat: table.parse::<Every>("repeat", EveryError::code).map(|it| it.to_string()),
        tools: table.text("tools"),
        roles,
    };
    table.finish();
    step
}

/// Reads who performs a step: a role, or one of the closed list of forms.
fn role_ref(table: &Table<'_, '_>, key: &'static str, text: &str) -> Option<RoleRef> {
    let inside =
        |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')').map(str::trim);
    if let Some(inner) = inside("heads_of") {
        return Some(RoleRef::HeadsOf(inner.strip_prefix("field.").unwrap_or(inner).to_owned()));
    }
    if inside("head_of") == Some("applicant.unit") {
        return Some(RoleRef::HeadOfApplicant);
    }
    if inside("authorizer") == Some("product") {
        return Some(RoleRef::Authorizer);
    }
    if let Some(inner) = inside("site.contact") {
        return Some(RoleRef::SiteContact(inner.to_owned()));
    }
    if let Some(inner) = inside("lead") {
        return Some(RoleRef::Lead(inner.to_owned()));
    }
    if let Some(field) = text.strip_prefix("field.") {
        return Some(RoleRef::FieldPerson(field.to_owned()));
    }
    let plain = !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if plain {
        return Some(RoleRef::Role(text.to_owned()));
    }
    let cut: String = text.chars().take(80).collect();
    table.error(
        key,
        "bad_role",
        format!("`{cut}` is neither a role nor a known form"),
        "write a declared role, `head_of(applicant.unit)`, `heads_of(field.<id>)`, `site.contact(<kind>)`, `lead(<module>)`, `authorizer(product)` or `field.<id>`",
    );
    None
}

fn kind(table: &Table<'_, '_>, roles: &[RoleRef]) -> StepKind {
    let name = table.need_str("kind");
    match name.as_str() {
        "task" | "" => StepKind::Task,
        "checklist" => StepKind::Checklist,
        "document" => StepKind::Document,
        "test" => StepKind::Test,
        "training" => StepKind::Training,
        "review" => StepKind::Review,
        "approval" => StepKind::Approval(approval(table, roles)),
        "opinion" => StepKind::Opinion,
        "decision" => StepKind::Decision(decision(table)),
        "notice" => StepKind::Notice(notice(table)),
        "contact" => StepKind::Contact { audience: table.need_str("audience") },
        "trial" => StepKind::Trial,
        "build" => StepKind::Build,
        "operate" => StepKind::Operate(OperateSpec {
            sheet: table.tables("sheet").iter().map(sheet).collect(),
            rollback: table.tables("rollback").iter().map(sheet).collect(),
            plan: table.str("plan"),
        }),
        "rollout" => StepKind::Rollout(table.tables("wave").iter().map(wave).collect()),
        "verify" => StepKind::Verify,
        "watch" => StepKind::Watch { lasts: table.parse("lasts", DueError::code) },
        "configure" => StepKind::Configure,
        "archive" => StepKind::Archive,
        "report" => StepKind::Report,
        "feedback" => StepKind::Feedback,
        "receipt" => StepKind::Receipt { document: table.need_str("document") },
        "call" => call(table),
        other => {
            table.unknown_value("kind", other, StepKind::NAMES);
            StepKind::Task
        }
    }
}

fn call(step: &Table<'_, '_>) -> StepKind {
    let Some(table) = step.table("call") else {
        if !step.has("call") {
            step.error(
                "call",
                "missing_key",
                "a step of kind `call` must say what it calls",
                "add `call = { process = \"family/name\", wait = \"none\" }`",
            );
        }
        return StepKind::Task;
    };
    let with = table.table("with").map(|it| {
        it.names()
            .into_iter()
            .map(|key| {
                let value = it.named_str(&key).unwrap_or_default();
                (key, value)
            })
            .collect()
    });
    let made = StepKind::Call {
        process: table.need_str("process"),
        wait: table
            .one_of("wait", &[("all", "all"), ("any", "any"), ("none", "none")])
            .unwrap_or("all")
            .to_owned(),
        with: with.unwrap_or_default(),
    };
    table.finish();
    made
}

fn approval(table: &Table<'_, '_>, roles: &[RoleRef]) -> ApprovalSpec {
    let mut approvers: Vec<Approver> =
        table.tables("approver").iter().filter_map(approver).collect();
    if approvers.is_empty() {
        let plain = |role: &RoleRef| Approver {
            role: role.clone(),
            checks: Vec::new(),
            documents: Vec::new(),
            when: None,
        };
        approvers = roles.iter().map(plain).collect();
    }
    let quorum = if table.has_number("quorum") {
        Quorum::Count(table.number("quorum", 1, 1_000).unwrap_or(1) as u32)
    } else {
        table.one_of("quorum", &[("all", Quorum::All), ("any", Quorum::Any)]).unwrap_or(Quorum::All)
    };
    let as_listed = table.one_of("order", &[("free", false), ("as_listed", true)]).unwrap_or(false);
    ApprovalSpec { approvers, quorum, as_listed }
}

fn approver(table: &Table<'_, '_>) -> Option<Approver> {
    let role = role_ref(table, "role", &table.need_str("role"));
    let approver = Approver {
        role: role.clone().unwrap_or(RoleRef::HeadOfApplicant),
        checks: table.list("checks"),
        documents: produces(table, "documents"),
        when: table.expr("when"),
    };
    table.finish();
    role.map(|_| approver)
}

/// `"report"`, `"manual?"` (optional), or `{ document = "list", when = "…" }`.
fn produces(table: &Table<'_, '_>, key: &'static str) -> Vec<Produces> {
    let named = |text: &str| {
        let optional = text.ends_with('?');
        Produces { document: text.trim_end_matches('?').to_owned(), optional, when: None }
    };
    let (texts, tables) = table.mixed(key);
    let mut list: Vec<Produces> = texts.iter().map(|it| named(it)).collect();
    for inner in tables {
        let produced = Produces { when: inner.expr("when"), ..named(&inner.need_str("document")) };
        list.push(Produces {
            optional: produced.optional || inner.bool("optional", false),
            ..produced
        });
        inner.finish();
    }
    list
}

/// What an item of kind `fact` looks at.
fn fact(table: &Table<'_, '_>) -> Expr {
    if !table.has("holds") {
        let message = "an item of kind `fact` says which condition has to hold";
        table.error("holds", "missing_key", message, "add `holds = '…'`");
    }
    table.expr("holds").unwrap_or_else(|| Expr {
        source: "false".to_owned(),
        node: Node::Literal(Value::Bool(false)),
    })
}

fn check(mut table: Table<'_, '_>) -> Check {
    let parent = table.path.clone();
    let parent =
        parent.rsplit_once(".check.").map_or(parent.as_str(), |(before, _)| before).to_owned()
            + ".check";
    let id = named(&mut table, &parent);
    let kind = match table.str("kind").as_deref().unwrap_or("yes_no") {
        "yes_no" => CheckKind::YesNo,
        "value" => CheckKind::Value {
            required: table.need_str("required"),
            compare: table
                .one_of("compare", &[("eq", "eq"), ("ge", "ge"), ("le", "le")])
                .unwrap_or("eq")
                .to_owned(),
        },
        "meeting" => CheckKind::Meeting,
        "evidence" => CheckKind::Evidence {
            document: table.need_str("document"),
            signed_by: table.list("signed_by"),
        },
        "count" => CheckKind::Count {
            at_least: table.number("at_least", 1, 1_000_000).unwrap_or(1) as u32,
        },
        "related_releases" => CheckKind::RelatedReleases,
        "fact" => CheckKind::Fact { holds: fact(&table) },
        other => {
            table.unknown_value(
                "kind",
                other,
                &["yes_no", "value", "meeting", "evidence", "count", "related_releases", "fact"],
            );
            CheckKind::YesNo
        }
    };
    let check = Check {
        id,
        ask: table.need_text("ask"),
        kind,
        role: table.str("role"),
        when: table.expr("when"),
        due: table.parse("due", DueError::code),
        // `yes` passes unless the file says otherwise or only wants to know.
        pass: Some(table.bool("pass", true)).filter(|_| !table.bool("informative", false)),
        reported: table.str("reported"),
    };
    table.finish();
    check
}

fn decision(table: &Table<'_, '_>) -> DecisionSpec {
    let mut outcomes = Vec::new();
    if let Some(all) = table.table("outcome") {
        for id in all.names() {
            if let Some(one) = all.named(&id) {
                outcomes.push(outcome(&one, id));
            }
        }
    }
    DecisionSpec { ask: table.text("ask"), outcomes, opinions: table.list("opinions") }
}

fn outcome(table: &Table<'_, '_>, id: String) -> Outcome {
    let title = table.text("title");
    let actions: [(&str, Option<Action>); 6] = [
        ("go", table.has("go").then(|| Action::Go(table.list("go")))),
        ("move", table.str("move").map(|_| Action::Move)),
        ("end", table.str("end").map(Action::End)),
        ("skip", table.has("skip").then(|| Action::Skip(table.list("skip")))),
        ("ask_again", table.str("ask_again").map(|_| Action::AskAgain)),
        ("return", table.str("return").map(Action::Return)),
    ];
    let given = actions.iter().filter(|(_, it)| it.is_some()).count();
    if given > 1 {
        table.error(
            "go",
            "two_actions",
            format!("outcome `{id}` says more than one thing"),
            "keep one of go, move, end, skip, ask_again, return",
        );
    }
    let action = actions.into_iter().find_map(|(_, it)| it).unwrap_or(Action::Go(Vec::new()));
    let outcome = Outcome {
        title: if title.is_empty() { words::outcome(&id) } else { title },
        action,
        reason: table.bool("reason", false),
        id,
    };
    table.finish();
    outcome
}

fn notice(table: &Table<'_, '_>) -> NoticeSpec {
    const CHANNELS: [(&str, Channel); 4] = [
        ("board", Channel::Board),
        ("email", Channel::Email),
        ("website", Channel::Website),
        ("task", Channel::Task),
    ];
    let mut channels = Vec::new();
    for text in table.list("channels") {
        match CHANNELS.iter().find(|(name, _)| *name == text) {
            Some((_, channel)) => channels.push(*channel),
            None => table.unknown_value("channels", &text, &CHANNELS.map(|it| it.0)),
        }
    }
    if channels.is_empty() && !table.has("channels") {
        channels = vec![Channel::Board, Channel::Email];
    }
    NoticeSpec {
        audience: table.need_str("audience"),
        channels,
        content: table.list("content"),
        subject: table.text("subject"),
        body: table.text("body"),
        acknowledge: table.bool("acknowledge", false),
        remind: table.parse("remind", DueError::code),
        at_most_once: table.bool("at_most_once", false),
    }
}

fn sheet(table: &Table<'_, '_>) -> SheetItem {
    let item = SheetItem {
        id: table.id("id", false),
        title: table.need_text("title"),
        role: table.str("role"),
        minutes: table.number("minutes", 0, 10_080).unwrap_or(10) as u32,
        key_node: table.bool("key_node", false),
        point_of_no_return: table.bool("point_of_no_return", false),
        service: table.one_of("service", &ServiceTurn::ALL.map(|it| (it.name(), it))),
        expected: table.text("expected"),
    };
    table.finish();
    item
}

fn wave(table: &Table<'_, '_>) -> Wave {
    let halt = table.table("halt");
    let wave = Wave {
        name: table.need_str("name"),
        of: table
            .one_of(
                "of",
                &[("site", "site"), ("environment", "environment"), ("user_group", "user_group")],
            )
            .unwrap_or("site")
            .to_owned(),
        sites: table.expr("sites"),
        share: table.percent("share"),
        soak: table.parse("soak", DueError::code),
        halt_failed: halt.as_ref().and_then(|it| it.percent("failed")),
        halt_silent: halt.as_ref().and_then(|it| it.percent("silent")),
    };
    if let Some(halt) = halt {
        halt.finish();
    }
    table.finish();
    wave
}

fn each(table: &Table<'_, '_>) -> Option<Each> {
    let text = table.str("each")?;
    match text.as_str() {
        "site" => Some(Each::Site),
        "change_item" => Some(Each::ChangeItem),
        "issue" => Some(Each::Issue),
        "customer" => Some(Each::Customer),
        "role_holder" => Some(Each::RoleHolder),
        other => match other.strip_prefix("field.") {
            Some(field) => Some(Each::Field(field.to_owned())),
            None => {
                table.unknown_value(
                    "each",
                    other,
                    &["site", "change_item", "issue", "customer", "role_holder", "field.<id>"],
                );
                None
            }
        },
    }
}

fn joins(table: &Table<'_, '_>) -> Joins {
    let Some(text) = table.str("joins") else { return Joins::default() };
    match text.as_str() {
        "all_or_reason" => Joins::AllOrReason,
        "all" => Joins::All,
        "any" => Joins::Any,
        other => match other
            .strip_suffix('%')
            .and_then(|it| it.parse().ok())
            .filter(|it: &u8| *it <= 100)
        {
            Some(share) => Joins::Percent(share),
            None => {
                table.unknown_value("joins", other, &["all_or_reason", "all", "any", "80%"]);
                Joins::default()
            }
        },
    }
}

fn override_by(table: &Table<'_, '_>) -> Override {
    let made = Override { by: table.need_str("by"), reason: table.bool("reason", true) };
    table.finish();
    made
}

fn expires(table: &Table<'_, '_>) -> Option<Expires> {
    let after = table.parse("after", DueError::code);
    let then = table.one_of("then", &[("escalate", Expiry::Escalate), ("remind", Expiry::Remind)]);
    if !table.has("after") || !table.has("then") {
        table.error(
            "after",
            "missing_key",
            "an expiry needs `after` and `then`",
            "write `expires = { after = \"3d\", then = \"escalate\" }`",
        );
    }
    table.finish();
    Some(Expires { after: after?, then: then? })
}
