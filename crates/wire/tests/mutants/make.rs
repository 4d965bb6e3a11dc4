//! Making mutants of a process file: one thing dropped, flipped, renamed or rewired.

use std::collections::BTreeMap;
use toml::Value;

/// One way to spoil a file.
pub struct Mutant {
    /// `drop step.countersign.expires`, `rewire step.countersign.rejected: application → plans`.
    pub name: String,
    /// The file.
    pub value: Value,
}

/// A place in a file: keys and numbers of elements.
type Place = Vec<Hop>;

#[derive(Clone)]
enum Hop {
    Key(String),
    At(usize),
}

/// Keys whose text names something that the file declares, and the kind of that.
pub fn names(key: &str) -> Option<&'static str> {
    Some(match key {
        "role" | "roles" | "not_by" | "signed_by" | "slot_by" | "opinions" | "by" => "role",
        "after" | "rejected" | "failed" | "go_live" | "required_by" | "go" | "skip" | "return" => {
            "step"
        }
        "stands_in_for" => "part",
        "needs" | "produces" | "documents" | "document" | "plan" => "document",
        "audience" => "audience",
        "checks" => "check",
        "asks" => "field",
        _ => return None,
    })
}

const CONDITIONS: [&str; 4] = ["when", "gate", "sites", "contacts"];
const LANGUAGES: [&str; 4] = ["en", "ko", "vi", "zh"];

/// All mutants of a file, always in the same order.
pub fn all(file: &Value) -> Vec<Mutant> {
    let mut maker = Maker { file, declared: declared(file), list: Vec::new() };
    maker.walk(file, &mut Vec::new());
    maker.list
}

/// Ids of what the file declares, by kind.
pub fn declared(file: &Value) -> BTreeMap<&'static str, Vec<String>> {
    let ids = |value: &Value, key: &str| -> Vec<String> {
        let rows = value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        rows.iter().filter_map(|it| it.get("id")?.as_str().map(str::to_owned)).collect()
    };
    let mut all = BTreeMap::new();
    for kind in ["role", "document", "audience", "field"] {
        all.insert(kind, ids(file, kind));
    }
    let phases = file.get("phase").and_then(Value::as_array).cloned().unwrap_or_default();
    all.insert("step", phases.iter().flat_map(|it| ids(it, "step")).collect());
    all
}

struct Maker<'f> {
    file: &'f Value,
    declared: BTreeMap<&'static str, Vec<String>>,
    list: Vec<Mutant>,
}

impl Maker<'_> {
    fn walk(&mut self, value: &Value, place: &mut Place) {
        match value {
            Value::Table(table) => {
                let language = table.keys().all(|it| LANGUAGES.contains(&it.as_str()));
                if language && !table.is_empty() {
                    self.language(table, place);
                    return;
                }
                self.rename_key(table, place);
                for (key, inner) in table {
                    place.push(Hop::Key(key.clone()));
                    self.add("drop", place, "", |root| remove(root, place));
                    self.walk(inner, place);
                    place.pop();
                }
            }
            Value::Array(list) => {
                for (n, inner) in list.iter().enumerate() {
                    place.push(Hop::At(n));
                    if list.len() > 1 {
                        self.add("drop", place, "", |root| remove(root, place));
                    }
                    if n + 1 < list.len() && inner.is_table() {
                        self.add("rewire", place, ": stands after the next", |root| {
                            swap(root, place, n);
                        });
                    }
                    self.walk(inner, place);
                    place.pop();
                }
                self.move_on(list, place);
            }
            Value::Boolean(yes) => {
                let flipped = Value::Boolean(!yes);
                self.put("flip", place, &format!(": {yes} → {}", !yes), flipped);
            }
            Value::Integer(n) => {
                for other in [0, n * 10 + 1] {
                    self.put("flip", place, &format!(": {n} → {other}"), Value::Integer(other));
                }
            }
            Value::String(text) => self.text(text, place),
            _ => {}
        }
    }

    fn add(&mut self, what: &str, place: &Place, how: &str, change: impl FnOnce(&mut Value)) {
        let mut value = self.file.clone();
        change(&mut value);
        let name = format!("{what} {}{how}", shown(self.file, place));
        self.list.push(Mutant { name, value });
    }

    fn put(&mut self, what: &str, place: &Place, how: &str, with: Value) {
        self.add(what, place, how, |root| {
            if let Some(slot) = at(root, place) {
                *slot = with;
            }
        });
    }

    fn texts(&mut self, what: &str, place: &Place, from: &str, to: impl Into<String>) {
        let to = to.into();
        let how = format!(": {} → {}", short(from), short(&to));
        self.put(what, place, &how, Value::String(to));
    }

    /// A text loses one of its languages, each text another one.
    fn language(&mut self, table: &toml::Table, place: &mut Place) {
        let keys: Vec<&String> = table.keys().collect();
        let turn = shown(self.file, place).bytes().map(usize::from).sum::<usize>();
        place.push(Hop::Key(keys[turn % keys.len()].clone()));
        self.add("drop", place, "", |root| remove(root, place));
        place.pop();
        // A variable that no text knows, or one that only one language lacks.
        for (key, inner) in table {
            let Some(text) = inner.as_str() else { continue };
            let Some((start, name)) = variable(text, turn) else { continue };
            place.push(Hop::Key(key.clone()));
            let mut without = text.to_owned();
            without.replace_range(start..start + name.len(), "");
            self.put("drop", place, &format!(": {name}"), Value::String(without));
            let wrong = name.replace(" }}", "x }}");
            let mut renamed = text.to_owned();
            renamed.replace_range(start..start + name.len(), &wrong);
            self.put("rename", place, &format!(": {name} → {wrong}"), Value::String(renamed));
            place.pop();
        }
    }

    /// One key of every table gets a name that nobody knows.
    fn rename_key(&mut self, table: &toml::Table, place: &Place) {
        let turn = shown(self.file, place).bytes().map(usize::from).sum::<usize>();
        let Some(key) = table.keys().nth(turn % table.len().max(1)).cloned() else { return };
        self.add("rename", place, &format!(": key {key} → {key}x"), |root| {
            if let Some(Value::Table(table)) = at(root, place)
                && let Some(inner) = table.remove(&key)
            {
                table.insert(format!("{key}x"), inner);
            }
        });
    }

    /// The last step of a phase moves into the next one, the first one into the one before.
    fn move_on(&mut self, list: &[Value], place: &Place) {
        let [Hop::Key(phase), Hop::At(n), Hop::Key(step)] = &place[..] else { return };
        if phase != "phase" || step != "step" {
            return;
        }
        let phases = self.file["phase"].as_array().map_or(0, Vec::len);
        let ways = [(list.len() - 1, n + 1, "the next"), (0, n.wrapping_sub(1), "the former")];
        for (from, to, word) in ways {
            if to >= phases || list.is_empty() {
                continue;
            }
            let mut here = place.clone();
            here.push(Hop::At(from));
            self.add("rewire", &here, &format!(": moves into {word} phase"), |root| {
                let moved = {
                    let Some(Value::Array(steps)) = at(root, place) else { return };
                    steps.remove(from)
                };
                let there = vec![Hop::Key("phase".into()), Hop::At(to), Hop::Key("step".into())];
                if let Some(Value::Array(steps)) = at(root, &there) {
                    if to > *n { steps.insert(0, moved) } else { steps.push(moved) }
                }
            });
        }
    }

    fn text(&mut self, text: &str, place: &Place) {
        let key = place.iter().rev().find_map(|it| match it {
            Hop::Key(key) => Some(key.as_str()),
            Hop::At(_) => None,
        });
        let Some(key) = key else { return };
        if key == "id" {
            self.texts("rename", place, text, format!("{text}x"));
        } else if CONDITIONS.contains(&key) {
            self.condition(text, place);
        } else if key == "due" || key == "opens" {
            self.due(text, place);
        } else if let Some(kind) = names(key) {
            self.reference(kind, text, place);
        } else {
            self.word(key, text, place);
        }
    }

    fn condition(&mut self, text: &str, place: &Place) {
        for (from, to) in [("==", "!="), ("&&", "||"), ("||", "&&"), (" < ", " > ")] {
            if text.contains(from) {
                self.texts("flip", place, text, text.replacen(from, to, 1));
            }
        }
        self.texts("flip", place, text, format!("!({text})"));
        if let Some(end) = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')) {
            self.texts("rename", place, text, format!("{}x{}", &text[..end], &text[end..]));
        }
        if let Some(close) = text.rfind('"') {
            self.texts("rename", place, text, format!("{}x{}", &text[..close], &text[close..]));
        }
    }

    fn due(&mut self, text: &str, place: &Place) {
        if let Some((first, second)) = text.split_once("..") {
            self.texts("flip", place, text, format!("{second}..{first}"));
        }
        for (from, to) in [("-", "+"), ("+", "-")] {
            if text.contains(from) {
                self.texts("flip", place, text, text.replace(from, to));
            }
        }
        self.texts("rename", place, text, format!("{text}x"));
        self.texts("rewire", place, text, "T-90d");
    }

    fn reference(&mut self, kind: &'static str, text: &str, place: &Place) {
        let (bare, mark) = text.strip_suffix('?').map_or((text, ""), |it| (it, "?"));
        self.texts("rename", place, text, format!("{bare}x{mark}"));
        if kind == "document" && matches!(place.last(), Some(Hop::At(_))) {
            let other = if mark.is_empty() { format!("{bare}?") } else { bare.to_owned() };
            self.texts("flip", place, text, other);
        }
        let known = self.declared.get(kind).cloned().unwrap_or_default();
        if let Some(n) = known.iter().position(|it| it == bare) {
            // The one after it, and the one before it.
            for other in [n + 1, n + known.len() - 1] {
                let other = &known[other % known.len()];
                if other != bare {
                    self.texts("rewire", place, text, format!("{other}{mark}"));
                }
            }
        }
    }

    /// Words out of a closed list, lengths of time and free words.
    fn word(&mut self, key: &str, text: &str, place: &Place) {
        let others: &[&str] = match key {
            "kind" => &["task", "verify", "approval"],
            "quorum" => &["any"],
            "order" => &["as_listed", "free"],
            "then" => &["remind", "escalate"],
            "end" => &["done"],
            "type" => &["bool", "text"],
            "subject" => &["issue"],
            "channels" => &["board", "task"],
            "content" => &["impact", "schedule"],
            "share" => &["100%", "0%", "50%"],
            "failed" | "silent" => &["100%"],
            "each" => &["issue"],
            "joins" => &["any"],
            "languages" | "kinds" | "modes" | "excludes" | "values" | "columns" => &[],
            "effort" | "takes" | "lasts" | "soak" | "remind" => &["0min", "90d"],
            _ => return,
        };
        for other in others.iter().filter(|it| **it != text) {
            self.texts("flip", place, text, *other);
        }
        self.texts("rename", place, text, format!("{text}x"));
    }
}

/// One variable of a text with its place; the turn says which.
fn variable(text: &str, turn: usize) -> Option<(usize, &str)> {
    let starts: Vec<usize> = text.match_indices("{{").map(|(at, _)| at).collect();
    let start = *starts.get(turn.checked_rem(starts.len())?)?;
    let end = start + text[start..].find("}}")? + 2;
    Some((start, &text[start..end]))
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

fn at<'v>(root: &'v mut Value, place: &[Hop]) -> Option<&'v mut Value> {
    place.iter().try_fold(root, |value, hop| match hop {
        Hop::Key(key) => value.get_mut(key),
        Hop::At(n) => value.get_mut(n),
    })
}

fn remove(root: &mut Value, place: &[Hop]) {
    let Some((last, before)) = place.split_last() else { return };
    match (at(root, before), last) {
        (Some(Value::Table(table)), Hop::Key(key)) => {
            table.remove(key);
        }
        (Some(Value::Array(list)), Hop::At(n)) => {
            list.remove(*n);
        }
        _ => {}
    }
}

fn swap(root: &mut Value, place: &[Hop], n: usize) {
    if let Some((_, before)) = place.split_last()
        && let Some(Value::Array(list)) = at(root, before)
    {
        list.swap(n, n + 1);
    }
}

/// A place in words: phases are left out of the paths of steps, elements go by their id or text.
fn shown(root: &Value, place: &[Hop]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut value = root;
    for hop in place {
        let next = match hop {
            Hop::Key(key) => {
                if key == "step" && parts.first().is_some_and(|it| it == "phase") {
                    parts.clear();
                }
                parts.push(key.clone());
                value.get(key)
            }
            Hop::At(n) => {
                let inner = value.get(n);
                let name = |key: &str| inner?.get(key)?.as_str();
                let word = ["id", "name", "role", "document", "policy"].into_iter().find_map(name);
                let word = word.or_else(|| inner?.as_str());
                parts.push(word.map_or_else(|| n.to_string(), str::to_owned));
                inner
            }
        };
        let Some(next) = next else { break };
        value = next;
    }
    if parts.is_empty() { "the file".to_owned() } else { parts.join(".") }
}
