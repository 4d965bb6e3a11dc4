//! How results are written: data to standard output, messages to standard error.

use crate::args::{Format, Global};
use crate::exit::{Code, Failure, Outcome};
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::Value;
use std::io::{IsTerminal as _, Write as _};

/// Where results go and how.
#[derive(Clone, Debug)]
pub struct Output {
    /// Format.
    pub format: Format,
    /// Only ids.
    pub quiet: bool,
}

/// A column of a table: heading and path into the object (`site.name`).
pub type Column = (&'static str, &'static str);

impl Output {
    /// As the command line asks.
    pub fn new(global: &Global) -> Output {
        Output { format: global.output, quiet: global.quiet }
    }

    /// A message for the person, not part of the result.
    pub fn say(&self, text: &str) {
        if !self.quiet {
            eprintln!("{text}");
        }
    }

    /// Objects, one line each.
    pub fn rows(&self, columns: &[Column], rows: &[Value]) -> Outcome {
        if self.quiet {
            let ids: Vec<String> = rows.iter().map(id_of).collect();
            return print(&lines(&ids));
        }
        match self.format {
            Format::Json => print(&pretty(&Value::Array(rows.to_vec()))?),
            Format::Jsonl => {
                print(&lines(&rows.iter().map(ToString::to_string).collect::<Vec<_>>()))
            }
            Format::Csv => print(&csv_text(columns, rows)?),
            Format::Table if rows.is_empty() => {
                self.say("nothing");
                Ok(())
            }
            Format::Table => print(&table_text(columns, rows)),
        }
    }

    /// One object: a table of names and values.
    pub fn object(&self, columns: &[Column], value: &Value) -> Outcome {
        if self.quiet {
            return print(&lines(&[id_of(value)]));
        }
        match self.format {
            Format::Json => print(&pretty(value)?),
            Format::Jsonl => print(&format!("{value}\n")),
            Format::Csv => print(&csv_text(columns, std::slice::from_ref(value))?),
            Format::Table => {
                let mut table = plain();
                for (heading, path) in columns {
                    let text = cell(value, path);
                    if !text.is_empty() {
                        table.add_row([(*heading).to_owned(), text]);
                    }
                }
                print(&trimmed(&table))
            }
        }
    }
}

fn id_of(value: &Value) -> String {
    for key in ["id", "number", "key"] {
        if let Some(text) = value[key].as_str() {
            return text.to_owned();
        }
    }
    String::new()
}

fn lines(list: &[String]) -> String {
    list.iter().fold(String::new(), |text, it| text + it + "\n")
}

fn pretty(value: &Value) -> Result<String, Failure> {
    serde_json::to_string_pretty(value)
        .map(|text| text + "\n")
        .map_err(|error| Failure::new(Code::Failed, error.to_string()))
}

/// A value for a person: moments on the clock of this machine, texts in several languages show the
/// first one that is there.
pub fn cell(value: &Value, path: &str) -> String {
    plain_text(inside(value, path), &moment)
}

/// The same for programs: moments stay as the API writes them.
fn raw(value: &Value, path: &str) -> String {
    plain_text(inside(value, path), &|_| None)
}

fn inside<'a>(value: &'a Value, path: &str) -> &'a Value {
    path.split('.').fold(value, |at, part| &at[part])
}

fn plain_text(value: &Value, moment: &dyn Fn(&str) -> Option<String>) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => moment(text).unwrap_or_else(|| text.clone()),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(list) => {
            list.iter().map(|it| plain_text(it, moment)).collect::<Vec<_>>().join(", ")
        }
        Value::Object(map) => ["en", "name", "title", "text", "what", "version", "kind", "id"]
            .iter()
            .find_map(|key| map.get(*key))
            .or_else(|| map.values().next())
            .map(|it| plain_text(it, moment))
            .unwrap_or_default(),
    }
}

/// A moment as it reads on the clock of this machine; `None` for anything else.
fn moment(text: &str) -> Option<String> {
    let shaped = text.len() >= 20 && text.as_bytes().get(10) == Some(&b'T') && text.ends_with('Z');
    let at = shaped.then(|| text.parse::<jiff::Timestamp>().ok()).flatten()?;
    #[expect(clippy::disallowed_methods, reason = "a person reads it at this machine")]
    let zone = jiff::tz::TimeZone::system();
    Some(at.to_zoned(zone).strftime("%Y-%m-%d %H:%M %:z").to_string())
}

fn plain() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    if std::io::stdout().is_terminal() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    table
}

/// The table that a person sees; widths count how wide a character is shown.
pub fn table_text(columns: &[Column], rows: &[Value]) -> String {
    let mut table = plain();
    table.set_header(columns.iter().map(|it| it.0.to_uppercase()));
    for row in rows {
        table.add_row(columns.iter().map(|it| cell(row, it.1)));
    }
    trimmed(&table)
}

/// Without the blank that every cell begins with, so that columns begin at the margin.
fn trimmed(table: &Table) -> String {
    table.to_string().lines().fold(String::new(), |text, line| {
        text + line.strip_prefix(' ').unwrap_or(line).trim_end() + "\n"
    })
}

fn csv_text(columns: &[Column], rows: &[Value]) -> Result<String, Failure> {
    let failed = |error: csv::Error| Failure::new(Code::Failed, error.to_string());
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|it| it.0)).map_err(failed)?;
    for row in rows {
        writer.write_record(columns.iter().map(|it| raw(row, it.1))).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|it| Failure::new(Code::Failed, it.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Writes to standard output. A reader that went away (`| head`) is no failure.
pub fn print(text: &str) -> Outcome {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn columns_stand_under_each_other_in_every_script() {
        let rows = [
            json!({ "name": "부산 항만", "version": "V1.0.0.0001" }),
            json!({ "name": "Hải Phòng", "version": "V1.0.0.0002" }),
            json!({ "name": "上海", "version": "V1.0.0.0003" }),
        ];
        let text = table_text(&[("name", "name"), ("version", "version")], &rows);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4);
        let wide = |text: &str| -> usize {
            text.chars().map(|it| if matches!(it, '가'..='힣' | '一'..='鿿') { 2 } else { 1 }).sum()
        };
        let starts: Vec<usize> =
            lines[1..].iter().map(|it| wide(it.split("V1.").next().unwrap())).collect();
        assert!(starts.windows(2).all(|it| it[0] == it[1]), "{text}");
    }

    #[test]
    fn a_cell_shows_what_a_person_reads() {
        let value = json!({ "a": { "ko": "원장" }, "b": ["x", "y"], "c": true, "d": null });
        for (path, text) in [("a", "원장"), ("b", "x, y"), ("c", "yes"), ("d", ""), ("z.y", "")] {
            assert_eq!(cell(&value, path), text, "{path}");
        }
    }

    #[test]
    fn csv_quotes_what_needs_it() {
        let text = csv_text(&[("a", "a")], &[json!({ "a": "x, \"y\"" })]).unwrap();
        assert_eq!(text, "a\n\"x, \"\"y\"\"\"\n");
    }
}
