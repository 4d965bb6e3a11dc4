//! The JSON Schema of process files, for editors: which keys there are and what they hold. What a
//! schema cannot say (references, times, conditions) the checker says.

use roadbook_core::process::template::{Adoption, Every, Extract, ReportClass, StepKind};
use serde_json::{Map, Value, json};

fn text() -> Value {
    json!({ "$ref": "#/$defs/text" })
}

fn list() -> Value {
    json!({ "$ref": "#/$defs/list" })
}

fn string() -> Value {
    json!({ "type": "string" })
}

fn flag() -> Value {
    json!({ "type": "boolean" })
}

fn number() -> Value {
    json!({ "type": "integer" })
}

fn one_of(values: &[&str]) -> Value {
    json!({ "type": "string", "enum": values })
}

fn many(name: &str) -> Value {
    json!({ "type": "array", "items": { "$ref": format!("#/$defs/{name}") } })
}

/// A table that knows these keys and no other.
fn table(required: &[&str], keys: &[(&str, Value)]) -> Value {
    let properties: Map<String, Value> =
        keys.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    json!({
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": false,
    })
}

/// The schema (JSON Schema 2020-12).
pub fn schema() -> Value {
    let mut root = table(
        &["format", "id", "subject", "title"],
        &[
            ("format", json!({ "const": 1 })),
            ("id", string()),
            ("subject", one_of(&["release", "issue", "change", "site", "project", "cycle"])),
            ("title", text()),
            ("description", text()),
            ("languages", json!({ "type": "array", "items": one_of(&["en", "ko", "vi", "zh"]) })),
            ("control", json!({ "$ref": "#/$defs/control" })),
            ("accepts", json!({ "$ref": "#/$defs/accepts" })),
            ("window", many("window")),
            ("go_live", string()),
            ("responsible", string()),
            ("slot_by", list()),
            ("role", many("role")),
            ("field", many("field")),
            ("setting", many("setting")),
            ("item_field", many("item_field")),
            ("classify", many("classify")),
            ("document", many("document")),
            ("audience", many("audience")),
            ("start", many("start")),
            ("frequency", many("frequency")),
            ("related", many("related")),
            ("phase", many("phase")),
        ],
    );
    root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    root["title"] = json!("A process of Roadbook, format 1");
    let mut parts = shared();
    parts.extend(frame());
    parts.extend(data());
    parts.extend(papers());
    parts.extend(steps());
    root["$defs"] = parts.into_iter().map(|(name, it)| (name.to_owned(), it)).collect();
    root
}

type Parts = Vec<(&'static str, Value)>;

fn shared() -> Parts {
    let languages =
        table(&[], &[("en", string()), ("ko", string()), ("vi", string()), ("zh", string())]);
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let either = json!({ "anyOf": [string(), texts] });
    let paper =
        table(&["document"], &[("document", string()), ("when", string()), ("optional", flag())]);
    vec![
        ("text", json!({ "anyOf": [string(), languages] })),
        ("list", either.clone()),
        // A list in the list: any one of these.
        ("after", json!({ "anyOf": [string(), { "type": "array", "items": either }] })),
        (
            "papers",
            json!({ "anyOf": [
                string(),
                { "type": "array", "items": { "anyOf": [string(), paper] } },
            ] }),
        ),
        ("percent", json!({ "type": "string", "pattern": "%$" })),
        ("confidentiality", one_of(&["public", "internal", "confidential"])),
    ]
}

fn accepts() -> Value {
    table(
        &[],
        &[
            ("kinds", list()),
            ("modes", list()),
            ("excludes", list()),
            ("no_sites", list()),
            ("frequency", table(&[], &[("planned", text()), ("emergency", text())])),
        ],
    )
}

fn control() -> Value {
    table(
        &[],
        &[
            ("number", string()),
            ("owner", string()),
            ("confidentiality", json!({ "$ref": "#/$defs/confidentiality" })),
            ("effective", string()),
            ("note", string()),
            ("rules", text()),
            ("scope", one_of(&Adoption::ALL.map(|it| it.0))),
        ],
    )
}

/// What holds a process together: its control, when it fits, who acts, its phases.
fn frame() -> Parts {
    vec![
        ("control", control()),
        ("accepts", accepts()),
        ("window", table(&["policy"], &[("policy", string()), ("when", string())])),
        (
            "role",
            table(
                &["id", "title"],
                &[("id", string()), ("title", text()), ("duty", text()), ("external", flag())],
            ),
        ),
        ("audience", audience()),
        (
            "start",
            table(
                &[],
                &[
                    ("on", string()),
                    ("when", string()),
                    ("period", one_of(&["month", "year"])),
                    ("opens", string()),
                ],
            ),
        ),
        (
            "frequency",
            table(
                &["category", "at_most", "per"],
                &[
                    ("category", string()),
                    ("at_most", json!({ "type": "integer" })),
                    ("per", one_of(&Every::ALL.map(|it| it.0))),
                ],
            ),
        ),
        (
            "related",
            table(
                &["title"],
                &[
                    ("title", text()),
                    ("number", string()),
                    ("process", string()),
                    ("url", string()),
                ],
            ),
        ),
        (
            "phase",
            table(
                &["id", "title"],
                &[("id", string()), ("title", text()), ("group", string()), ("step", many("step"))],
            ),
        ),
    ]
}

/// What a release is asked, what is set beforehand, and how both sort it.
fn data() -> Parts {
    let types = one_of(&[
        "bool", "enum", "date", "duration", "number", "text", "person", "unit", "rows", "run",
    ]);
    vec![
        (
            "field",
            table(
                &["id", "type", "ask"],
                &[
                    ("id", string()),
                    ("type", types.clone()),
                    ("values", list()),
                    ("columns", list()),
                    ("words", json!({ "type": "object", "additionalProperties": text() })),
                    ("process", string()),
                    ("ask", text()),
                    ("required_by", string()),
                    ("pattern", string()),
                    ("default", json!({ "type": ["boolean", "integer", "string"] })),
                ],
            ),
        ),
        (
            "setting",
            table(
                &["id", "type"],
                &[
                    ("id", string()),
                    ("type", types),
                    ("values", list()),
                    ("columns", list()),
                    ("process", string()),
                    ("default", json!({ "type": ["boolean", "integer", "string"] })),
                    ("ask", text()),
                    ("set_by", one_of(&["organization", "product"])),
                ],
            ),
        ),
        (
            "item_field",
            table(
                &["id", "type", "ask"],
                &[
                    ("id", string()),
                    ("type", one_of(&["bool", "enum", "number", "text"])),
                    ("values", list()),
                    ("columns", list()),
                    ("words", json!({ "type": "object", "additionalProperties": text() })),
                    ("ask", text()),
                ],
            ),
        ),
        (
            "classify",
            table(
                &["into", "class", "when"],
                &[
                    ("into", string()),
                    ("class", string()),
                    ("when", string()),
                    ("process", string()),
                ],
            ),
        ),
    ]
}

fn papers() -> Parts {
    vec![
        (
            "document",
            table(
                &["id", "title"],
                &[
                    ("id", string()),
                    ("title", text()),
                    ("sections", list()),
                    ("section", many("section")),
                    ("role", string()),
                    ("signed_by", list()),
                    ("confidentiality", json!({ "$ref": "#/$defs/confidentiality" })),
                    ("upload", flag()),
                    ("reserved", flag()),
                    ("about", text()),
                    ("format", string()),
                    ("report", one_of(&ReportClass::ALL.map(ReportClass::name))),
                    ("volume", string()),
                    ("number", string()),
                    ("two_parties", flag()),
                    ("extract", one_of(&Extract::ALL.map(Extract::name))),
                ],
            ),
        ),
        (
            "section",
            table(
                &["id", "title"],
                &[("id", string()), ("title", text()), ("column", many("column"))],
            ),
        ),
        ("column", table(&["id", "title"], &[("id", string()), ("title", text())])),
    ]
}

fn audience() -> Value {
    let mut keys = vec![("id", string()), ("title", text()), ("contacts", string())];
    let flags = ["everyone", "participants", "subscribers", "special_need", "all_contacts"];
    keys.extend(flags.map(|it| (it, flag())));
    keys.extend(["roles", "units", "units_of"].map(|it| (it, list())));
    table(&["id", "title"], &keys)
}

fn steps() -> Parts {
    vec![
        ("step", step()),
        ("check", check()),
        (
            "approver",
            table(
                &["role"],
                &[
                    ("role", string()),
                    ("checks", list()),
                    ("documents", json!({ "$ref": "#/$defs/papers" })),
                    ("when", string()),
                ],
            ),
        ),
        ("outcome", outcome()),
        (
            "line",
            table(
                &["id", "title"],
                &[
                    ("id", string()),
                    ("title", text()),
                    ("role", string()),
                    ("minutes", number()),
                    ("key_node", flag()),
                    ("point_of_no_return", flag()),
                    ("service", one_of(&["stops", "returns"])),
                    ("expected", text()),
                ],
            ),
        ),
        ("wave", wave()),
        ("call", call()),
    ]
}

fn check() -> Value {
    let kinds =
        one_of(&["yes_no", "value", "meeting", "evidence", "count", "related_releases", "fact"]);
    table(
        &["id", "ask"],
        &[
            ("id", string()),
            ("ask", text()),
            ("kind", kinds),
            ("required", string()),
            ("compare", one_of(&["eq", "ge", "le"])),
            ("document", string()),
            ("signed_by", list()),
            ("at_least", number()),
            ("holds", string()),
            ("role", string()),
            ("when", string()),
            ("due", string()),
            ("pass", flag()),
            ("informative", flag()),
            ("reported", string()),
        ],
    )
}

fn outcome() -> Value {
    let mut keys = vec![("title", text()), ("reason", flag())];
    keys.extend(["go", "skip"].map(|it| (it, list())));
    keys.extend(["move", "end", "ask_again", "return"].map(|it| (it, string())));
    table(&[], &keys)
}

fn wave() -> Value {
    let percent = json!({ "$ref": "#/$defs/percent" });
    let halt = table(&[], &[("failed", percent.clone()), ("silent", percent.clone())]);
    table(
        &["name"],
        &[
            ("name", string()),
            ("of", one_of(&["site", "environment", "user_group"])),
            ("sites", string()),
            ("share", percent),
            ("soak", string()),
            ("halt", halt),
        ],
    )
}

fn call() -> Value {
    table(
        &["process"],
        &[
            ("process", string()),
            ("wait", one_of(&["all", "any", "none"])),
            ("with", json!({ "type": "object", "additionalProperties": { "type": "string" } })),
        ],
    )
}

fn step() -> Value {
    let papers = json!({ "$ref": "#/$defs/papers" });
    let mut keys = vec![
        ("kind", one_of(StepKind::NAMES)),
        ("after", json!({ "$ref": "#/$defs/after" })),
        ("produces", papers),
        ("check", many("check")),
        ("approver", many("approver")),
        ("quorum", json!({ "anyOf": [number(), one_of(&["all", "any"])] })),
        ("order", one_of(&["free", "as_listed"])),
        (
            "outcome",
            json!({ "type": "object", "additionalProperties": { "$ref": "#/$defs/outcome" } }),
        ),
        ("sheet", many("line")),
        ("rollback", many("line")),
        ("wave", many("wave")),
        ("call", json!({ "$ref": "#/$defs/call" })),
        ("override", table(&["by"], &[("by", string()), ("reason", flag())])),
        (
            "expires",
            table(
                &["after", "then"],
                &[("after", string()), ("then", one_of(&["escalate", "remind"]))],
            ),
        ),
    ];
    let texts = ["title", "description", "ask", "subject", "body", "tools"];
    keys.extend(texts.map(|it| (it, text())));
    let lists =
        ["role", "needs", "asks", "not_by", "stands_in_for", "opinions", "channels", "content"];
    keys.extend(lists.map(|it| (it, list())));
    let strings = [
        "id", "number", "effort", "takes", "due", "opens", "when", "gate", "each", "joins",
        "rejected", "failed", "on", "follows", "repeat", "audience", "remind", "document", "plan",
        "lasts",
    ];
    keys.extend(strings.map(|it| (it, string())));
    let flags = [
        "joint",
        "overlap",
        "blocking",
        "always",
        "extensible",
        "key_node",
        "acknowledge",
        "at_most_once",
    ];
    keys.extend(flags.map(|it| (it, flag())));
    table(&["id", "kind"], &keys)
}
