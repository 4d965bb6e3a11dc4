//! The top of a process file: control data, roles, fields, documents, audiences, starts.

use super::reader::Table;
use super::steps;
use roadbook_core::process::due::DueError;
use roadbook_core::process::expr::Value;
use roadbook_core::process::template::{
    Accepts, Adoption, Audience, Classify, Column, Control, DocumentType, Every, Extract, Field,
    FieldType, Frequency, Phase, Related, ReportClass, Role, Section, Setting, Start, Subject,
    Template, Who, WindowRule,
};
use roadbook_core::text::{Lang, Text};
use std::collections::BTreeMap;

const SUBJECTS: [(&str, Subject); 6] = [
    ("release", Subject::Release),
    ("issue", Subject::Issue),
    ("change", Subject::Change),
    ("site", Subject::Site),
    ("project", Subject::Project),
    ("cycle", Subject::Cycle),
];

/// Reads the whole file.
pub(super) fn template(file: &Table<'_, '_>) -> Template {
    match file.number("format", 0, i64::MAX) {
        Some(1) => {}
        Some(other) => file.error(
            "format",
            "unknown_format",
            format!("format {other} is not known here"),
            "write `format = 1`, or use a newer version of the program",
        ),
        None => file.error(
            "format",
            "missing_key",
            "`format` is missing or not a number",
            "begin the file with `format = 1`",
        ),
    }
    let template = Template {
        id: file.id("id", true),
        subject: file.one_of("subject", &SUBJECTS).unwrap_or(Subject::Release),
        title: file.need_text("title"),
        description: file.text("description"),
        languages: languages(file),
        control: file.table("control").map(|it| control(&it)).unwrap_or_default(),
        accepts: file.table("accepts").map(|it| accepts(&it)),
        windows: file.tables("window").iter().map(window).collect(),
        go_live: file.str("go_live"),
        responsible: file.str("responsible"),
        slot_by: file.list("slot_by"),
        roles: file.tables("role").into_iter().map(role).collect(),
        fields: file.tables("field").into_iter().map(field).collect(),
        settings: file.tables("setting").into_iter().map(setting).collect(),
        item_fields: file.tables("item_field").into_iter().map(item_field).collect(),
        classify: file.tables("classify").iter().filter_map(classify).collect(),
        documents: file.tables("document").into_iter().map(document).collect(),
        audiences: file.tables("audience").into_iter().map(audience).collect(),
        starts: file.tables("start").iter().filter_map(start).collect(),
        frequencies: file.tables("frequency").iter().filter_map(frequency).collect(),
        related: file.tables("related").iter().map(related).collect(),
        phases: file.tables("phase").into_iter().map(phase).collect(),
    };
    if !file.has("subject") {
        file.error("subject", "missing_key", "`subject` is missing", "add `subject = \"release\"`");
    }
    file.finish();
    template
}

fn languages(file: &Table<'_, '_>) -> Vec<Lang> {
    let mut list = Vec::new();
    for text in file.list("languages") {
        match Lang::ALL.into_iter().find(|it| it.code() == text) {
            Some(lang) => list.push(lang),
            None => file.unknown_value("languages", &text, &Lang::ALL.map(Lang::code)),
        }
    }
    list
}

/// Renames a table after its id and returns the id.
pub(super) fn named(table: &mut Table<'_, '_>, kind: &str) -> String {
    let id = table.id("id", false);
    if !id.is_empty() {
        let path = format!("{kind}.{id}");
        table.rename(path);
    }
    id
}

fn control(table: &Table<'_, '_>) -> Control {
    let control = Control {
        number: table.str("number"),
        owner: table.str("owner"),
        confidentiality: confidentiality(table),
        effective: table.str("effective"),
        note: table.str("note"),
        rules: table.text("rules"),
        scope: table.one_of("scope", &Adoption::ALL).unwrap_or_default(),
    };
    table.finish();
    control
}

fn confidentiality(table: &Table<'_, '_>) -> Option<String> {
    table
        .one_of(
            "confidentiality",
            &[("public", "public"), ("internal", "internal"), ("confidential", "confidential")],
        )
        .map(str::to_owned)
}

fn accepts(table: &Table<'_, '_>) -> Accepts {
    let accepts = Accepts {
        kinds: table.list("kinds"),
        modes: table.list("modes"),
        excludes: table.list("excludes"),
        no_sites: table.list("no_sites"),
        frequency: table.table("frequency").map(|it| rhythm_words(&it)).unwrap_or_default(),
    };
    for mode in &accepts.modes {
        if !["planned", "emergency"].contains(&mode.as_str()) {
            table.unknown_value("modes", mode, &["planned", "emergency"]);
        }
    }
    table.finish();
    accepts
}

/// A text for each mode.
fn rhythm_words(table: &Table<'_, '_>) -> BTreeMap<String, Text> {
    let modes = ["planned", "emergency"];
    let said = modes.into_iter().filter(|it| table.has(it));
    let said = said.map(|it| (it.to_owned(), table.need_text(it))).collect();
    table.finish();
    said
}

fn window(table: &Table<'_, '_>) -> WindowRule {
    let rule = WindowRule { policy: table.need_str("policy"), when: table.expr("when") };
    table.finish();
    rule
}

fn role(mut table: Table<'_, '_>) -> Role {
    let role = Role {
        id: named(&mut table, "role"),
        title: table.need_text("title"),
        duty: table.text("duty"),
        external: table.bool("external", false),
    };
    table.finish();
    role
}

fn field_type(table: &Table<'_, '_>) -> FieldType {
    const TYPES: [&str; 10] =
        ["bool", "enum", "date", "duration", "number", "text", "person", "unit", "rows", "run"];
    let (values, columns) = (table.list("values"), table.list("columns"));
    let name = table.need_str("type");
    let kind = match name.as_str() {
        "bool" | "" => FieldType::Bool,
        "enum" => FieldType::Enum(values.clone()),
        "date" => FieldType::Date,
        "duration" => FieldType::Duration,
        "number" => FieldType::Number,
        "text" => FieldType::Text,
        "person" => FieldType::Person,
        "unit" => FieldType::Unit,
        "rows" => FieldType::Rows(columns.clone()),
        "run" => FieldType::Run(table.need_str("process")),
        other => {
            table.unknown_value("type", other, &TYPES);
            FieldType::Text
        }
    };
    match &kind {
        FieldType::Enum(_) if values.len() < 2 => table.error(
            "values",
            "missing_key",
            "a field of type `enum` needs at least two values",
            "add `values = [\"a\", \"b\"]`",
        ),
        FieldType::Rows(_) if columns.is_empty() => table.error(
            "columns",
            "missing_key",
            "a field of type `rows` needs columns",
            "add `columns = [\"name\", \"owner\"]`",
        ),
        _ => {}
    }
    kind
}

fn field(mut table: Table<'_, '_>) -> Field {
    let (id, kind) = (named(&mut table, "field"), field_type(&table));
    let default = table.has("default").then(|| default_of(&table, &kind));
    let words = words_of(&table, &kind);
    let field = Field {
        id,
        kind,
        ask: table.need_text("ask"),
        required_by: table.str("required_by"),
        default,
        pattern: table.str("pattern"),
        words,
    };
    table.finish();
    field
}

/// What the values or columns of a field are called.
fn words_of(table: &Table<'_, '_>, kind: &FieldType) -> BTreeMap<String, Text> {
    let known: &[String] = match kind {
        FieldType::Enum(names) | FieldType::Rows(names) => names,
        _ => &[],
    };
    let Some(all) = table.table("words") else { return BTreeMap::new() };
    let mut words = BTreeMap::new();
    for name in all.names() {
        if !known.contains(&name) {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            table.unknown_value("words", &name, &known);
        }
        words.insert(name.clone(), all.named_text(&name));
    }
    words
}

/// A fact of each change.
fn item_field(mut table: Table<'_, '_>) -> Field {
    let (id, kind) = (named(&mut table, "item_field"), field_type(&table));
    let words = words_of(&table, &kind);
    let field = Field {
        id,
        kind,
        ask: table.need_text("ask"),
        required_by: None,
        default: None,
        pattern: None,
        words,
    };
    table.finish();
    field
}

/// The value that holds until somebody sets another one.
fn default_of(table: &Table<'_, '_>, kind: &FieldType) -> Value {
    match kind {
        FieldType::Bool => Value::Bool(table.bool("default", false)),
        FieldType::Number => {
            table.number("default", i64::MIN, i64::MAX).map_or(Value::Null, Value::Int)
        }
        FieldType::Enum(values) => {
            let text = table.need_str("default");
            if !values.contains(&text) {
                let names: Vec<&str> = values.iter().map(String::as_str).collect();
                table.unknown_value("default", &text, &names);
            }
            Value::Text(text)
        }
        _ => table.str("default").map_or(Value::Null, Value::Text),
    }
}

fn setting(mut table: Table<'_, '_>) -> Setting {
    let id = named(&mut table, "setting");
    let kind = field_type(&table);
    let default = default_of(&table, &kind);
    let setting = Setting {
        id,
        kind,
        default,
        ask: table.text("ask"),
        set_by: table
            .one_of("set_by", &[("organization", "organization"), ("product", "product")])
            .unwrap_or("organization")
            .to_owned(),
    };
    table.finish();
    setting
}

fn classify(table: &Table<'_, '_>) -> Option<Classify> {
    let (into, class, when) = (table.need_str("into"), table.need_str("class"), table.expr("when"));
    let process = table.str("process");
    if !table.has("when") {
        table.error(
            "when",
            "missing_key",
            "a class needs its condition",
            "add `when = 'item.kind == \"feature\"'`",
        );
    }
    table.finish();
    Some(Classify { into, class, when: when?, process })
}

fn frequency(table: &Table<'_, '_>) -> Option<Frequency> {
    let category = table.need_str("category");
    let at_most = table.number("at_most", 1, 1000);
    let per = table.one_of("per", &Every::ALL);
    for (key, there) in [("at_most", table.has("at_most")), ("per", table.has("per"))] {
        if !there {
            table.error(
                key,
                "missing_key",
                format!("a frequency needs `{key}`"),
                "write `at_most = 4` and `per = \"year\"`",
            );
        }
    }
    table.finish();
    Some(Frequency { category, at_most: at_most? as u32, per: per? })
}

fn related(table: &Table<'_, '_>) -> Related {
    let it = Related {
        title: table.need_text("title"),
        number: table.str("number"),
        process: table.str("process"),
        url: table.str("url"),
    };
    if let Some(url) = it.url.as_ref().filter(|it| !is_address(it)) {
        table.error(
            "url",
            "unknown_value",
            format!("`{url}` is no address of a page"),
            "write the whole address, beginning with https://",
        );
    }
    table.finish();
    it
}

/// Addresses that a link may lead to.
fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|it| !it.is_empty() && !it.contains(char::is_whitespace))
}

fn document(mut table: Table<'_, '_>) -> DocumentType {
    let document = DocumentType {
        id: named(&mut table, "document"),
        title: table.need_text("title"),
        sections: sections(&table),
        role: table.str("role"),
        signed_by: table.list("signed_by"),
        confidentiality: confidentiality(&table),
        upload: table.bool("upload", false),
        reserved: table.bool("reserved", false),
        about: table.text("about"),
        format: table.str("format"),
        report: table.one_of("report", &ReportClass::ALL.map(|it| (it.name(), it))),
        volume: table.str("volume"),
        number: table.str("number"),
        two_parties: table.bool("two_parties", false),
        extract: table.one_of("extract", &Extract::ALL.map(|it| (it.name(), it))),
    };
    table.finish();
    document
}

/// `[[document.section]]` with titles, or `sections = ["purpose", …]` with the usual headings.
fn sections(table: &Table<'_, '_>) -> Vec<Section> {
    let mut list: Vec<Section> = table
        .list("sections")
        .into_iter()
        .map(|id| {
            let words = id.replace('_', " ");
            let mut letters = words.chars();
            let title =
                letters.next().map(|it| it.to_uppercase().chain(letters).collect::<String>());
            Section { id, title: Text { en: title, ..Text::default() }, columns: Vec::new() }
        })
        .collect();
    for section in table.tables("section") {
        list.push(Section {
            id: section.id("id", false),
            title: section.need_text("title"),
            columns: section.tables("column").into_iter().map(column).collect(),
        });
        section.finish();
    }
    list
}

fn column(table: Table<'_, '_>) -> Column {
    let column = Column { id: table.id("id", false), title: table.need_text("title") };
    table.finish();
    column
}

fn audience(mut table: Table<'_, '_>) -> Audience {
    let id = named(&mut table, "audience");
    let title = table.need_text("title");
    let mut who = Vec::new();
    let flags = [
        (table.bool("everyone", false), Who::Everyone),
        (table.bool("participants", false), Who::Participants),
        (table.bool("subscribers", false), Who::Subscribers),
        (table.bool("special_need", false), Who::SpecialNeed),
        (table.bool("all_contacts", false), Who::Contacts(None)),
    ];
    who.extend(flags.into_iter().filter(|(on, _)| *on).map(|(_, who)| who));
    who.extend(table.list("roles").into_iter().map(Who::Role));
    who.extend(table.list("units").into_iter().map(Who::Units));
    who.extend(table.list("units_of").into_iter().map(Who::UnitsOf));
    who.extend(table.expr("contacts").map(|it| Who::Contacts(Some(it))));
    if who.is_empty() && !table.has("contacts") {
        table.error(
            "id",
            "empty_audience",
            format!("audience `{id}` reaches nobody"),
            "add `everyone = true`, `participants = true`, `all_contacts = true`, `contacts = '…'`, `roles = […]`, `units = […]`, `units_of = […]`, `subscribers = true` or `special_need = true`",
        );
    }
    table.finish();
    Audience { id, title, who }
}

fn start(table: &Table<'_, '_>) -> Option<Start> {
    let (on, period) =
        (table.str("on"), table.one_of("period", &[("month", "month"), ("year", "year")]));
    let (when, opens) = (table.expr("when"), table.parse("opens", DueError::code));
    table.finish();
    match (on, period) {
        (Some(event), None) => Some(Start::On { event, when }),
        (None, Some(period)) => Some(Start::Period { period: period.to_owned(), opens }),
        _ => {
            table.error(
                "on",
                "missing_key",
                "a start needs either `on` or `period`",
                "add `on = \"release.closed\"` or `period = \"month\"`",
            );
            None
        }
    }
}

fn phase(mut table: Table<'_, '_>) -> Phase {
    let phase = Phase {
        id: named(&mut table, "phase"),
        title: table.need_text("title"),
        group: table.str("group"),
        steps: table.tables("step").into_iter().map(steps::step).collect(),
    };
    table.finish();
    phase
}
