//! Reading TOML tables with their places: every problem is noted, reading goes on.

use super::condition;
use roadbook_core::process::expr::Expr;
use roadbook_core::process::finding::{Finding, Position, Positions, nearest};
use roadbook_core::text::Text;
use std::cell::RefCell;
use std::fmt::Display;
use std::ops::Range;
use std::str::FromStr;
use toml_edit::{Item, TableLike, Value};

/// What reading collects.
pub(super) struct Notes<'s> {
    text: &'s str,
    lines: Vec<usize>,
    state: RefCell<(Vec<Finding>, Positions)>,
}

impl<'s> Notes<'s> {
    pub(super) fn new(text: &'s str) -> Notes<'s> {
        let lines =
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Notes { text, lines, state: RefCell::default() }
    }

    /// Line and column of a byte.
    pub(super) fn position(&self, byte: usize) -> Position {
        let byte = byte.min(self.text.len());
        let line = self.lines.partition_point(|start| *start <= byte).max(1);
        let start = self.lines[line - 1];
        let column = self.text.get(start..byte).map_or(0, |before| before.chars().count());
        Position { line: line as u32, column: column as u32 + 1 }
    }

    pub(super) fn add(&self, finding: Finding, span: &Range<usize>) {
        let finding = finding.at("", self.position(span.start));
        self.state.borrow_mut().0.push(finding);
    }

    pub(super) fn error(
        &self,
        code: &str,
        path: &str,
        span: &Range<usize>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.add(Finding::error(code, path, message, fix), span);
    }

    fn place(&self, path: &str, span: &Range<usize>) {
        let position = self.position(span.start);
        self.state.borrow_mut().1.note(path, position);
    }

    pub(super) fn into_parts(self) -> (Vec<Finding>, Positions) {
        self.state.into_inner()
    }
}

/// A table being read: knows which keys were asked for, so that the rest is unknown.
pub(super) struct Table<'a, 's> {
    pub(super) notes: &'a Notes<'s>,
    pub(super) path: String,
    pub(super) span: Range<usize>,
    keys: &'a dyn TableLike,
    asked: RefCell<Vec<&'static str>>,
}

fn kind_name(item: &Item) -> &'static str {
    match item {
        Item::Value(Value::String(_)) => "a text",
        Item::Value(Value::Integer(_)) => "a whole number",
        Item::Value(Value::Float(_)) => "a number with a fraction",
        Item::Value(Value::Boolean(_)) => "true or false",
        Item::Value(Value::Datetime(_)) => "a date",
        Item::Value(Value::Array(_)) => "a list",
        Item::Value(Value::InlineTable(_)) | Item::Table(_) => "a table",
        Item::ArrayOfTables(_) => "a list of tables",
        Item::None => "nothing",
    }
}

impl<'a, 's> Table<'a, 's> {
    pub(super) fn new(
        notes: &'a Notes<'s>,
        path: impl Into<String>,
        table: &'a dyn TableLike,
        span: Range<usize>,
    ) -> Table<'a, 's> {
        let made = Table { notes, path: path.into(), span, keys: table, asked: RefCell::default() };
        made.place();
        made
    }

    /// Gives the table its path in terms of ids, once the id is known.
    pub(super) fn rename(&mut self, path: String) {
        self.path = path;
        self.place();
    }

    fn place(&self) {
        self.notes.place(&self.path, &self.span);
        for (key, item) in self.keys.iter() {
            let span = self.span_of(key, item);
            self.notes.place(&join(&self.path, key), &span);
        }
    }

    fn span_of(&self, key: &str, item: &Item) -> Range<usize> {
        self.keys
            .get_key_value(key)
            .and_then(|(key, _)| key.span())
            .or_else(|| item.span())
            .unwrap_or_else(|| self.span.clone())
    }

    fn ask(&self, key: &'static str) -> Option<(&'a Item, Range<usize>)> {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
        let item = self.keys.get(key)?;
        let span = item.span().unwrap_or_else(|| self.span_of(key, item));
        Some((item, span))
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.keys.contains_key(key)
    }

    pub(super) fn error(
        &self,
        key: &str,
        code: &str,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        let span = self.keys.get(key).map_or_else(|| self.span.clone(), |it| self.span_of(key, it));
        self.notes.error(code, &join(&self.path, key), &span, message, fix);
    }

    fn wrong(&self, key: &str, item: &Item, span: &Range<usize>, wanted: &str, example: &str) {
        self.notes.error(
            "wrong_type",
            &join(&self.path, key),
            span,
            format!("`{key}` is {}; it must be {wanted}", kind_name(item)),
            format!("write {example}"),
        );
    }

    fn missing(&self, key: &str, example: &str) {
        self.notes.error(
            "missing_key",
            &self.path,
            &self.span,
            format!("`{key}` is missing in {}", shown(&self.path)),
            format!("add {example}"),
        );
    }

    pub(super) fn str(&self, key: &'static str) -> Option<String> {
        let (item, span) = self.ask(key)?;
        let text = item.as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong(key, item, &span, "a text", &format!("`{key} = \"…\"`"));
        }
        text
    }

    pub(super) fn need_str(&self, key: &'static str) -> String {
        if !self.has(key) {
            self.asked.borrow_mut().push(key);
            self.missing(key, &format!("`{key} = \"…\"`"));
        }
        self.str(key).unwrap_or_default()
    }

    /// A short name: small letters, digits, `_`, `-`, and `/` in the id of a process.
    pub(super) fn id(&self, key: &'static str, slash: bool) -> String {
        let id = self.need_str(key);
        let ok = id.len() <= 80
            && id
                .bytes()
                .next()
                .is_none_or(|first| first.is_ascii_lowercase() || first.is_ascii_digit())
            && id.bytes().all(|b| {
                b.is_ascii_lowercase()
                    || b.is_ascii_digit()
                    || b == b'_'
                    || b == b'-'
                    || (slash && b == b'/')
            });
        if !ok {
            let cut: String = id.chars().take(80).collect();
            self.error(
                key,
                "bad_id",
                format!("`{cut}` is not a short name"),
                "use small letters, digits, `_` and `-`, at most 80, for example `user_test_report`",
            );
        }
        id
    }

    pub(super) fn bool(&self, key: &'static str, default: bool) -> bool {
        let Some((item, span)) = self.ask(key) else { return default };
        item.as_bool().unwrap_or_else(|| {
            self.wrong(key, item, &span, "true or false", &format!("`{key} = true`"));
            default
        })
    }

    pub(super) fn number(&self, key: &'static str, min: i64, max: i64) -> Option<i64> {
        let (item, span) = self.ask(key)?;
        let Some(number) = item.as_integer() else {
            self.wrong(key, item, &span, "a whole number", &format!("`{key} = {min}`"));
            return None;
        };
        if (min..=max).contains(&number) {
            return Some(number);
        }
        self.error(
            key,
            "out_of_range",
            format!("`{key} = {number}` is outside {min}…{max}"),
            format!("write a number from {min} to {max}"),
        );
        None
    }

    /// A share such as `"2%"`.
    pub(super) fn percent(&self, key: &'static str) -> Option<u8> {
        let text = self.str(key)?;
        let share = text.strip_suffix('%').and_then(|it| it.trim().parse::<u8>().ok());
        let share = share.filter(|it| *it <= 100);
        if share.is_none() {
            self.error(
                key,
                "bad_share",
                format!("`{text}` is not a share"),
                "write for example `\"25%\"`, at most `\"100%\"`",
            );
        }
        share
    }

    /// A text in several languages; a plain text is English.
    pub(super) fn text(&self, key: &'static str) -> Text {
        let Some((item, span)) = self.ask(key) else { return Text::default() };
        self.text_in(key, item, span)
    }

    /// A text under a name that the file chose.
    pub(super) fn named_text(&self, key: &str) -> Text {
        let Some(item) = self.keys.get(key) else { return Text::default() };
        self.text_in(key, item, self.span_of(key, item))
    }

    fn text_in(&self, key: &str, item: &'a Item, span: Range<usize>) -> Text {
        if let Some(text) = item.as_str() {
            return Text { en: Some(text.trim().to_owned()), ..Text::default() };
        }
        let Some(table) = item.as_table_like() else {
            self.wrong(
                key,
                item,
                &span,
                "a text or a table of languages",
                &format!("`{key} = {{ en = \"…\", zh = \"…\" }}`"),
            );
            return Text::default();
        };
        let inner = Table::new(self.notes, join(&self.path, key), table, span);
        let read = |lang| {
            inner.str(lang).map(|text: String| text.trim().to_owned()).filter(|it| !it.is_empty())
        };
        let text = Text { en: read("en"), ko: read("ko"), vi: read("vi"), zh: read("zh") };
        inner.finish();
        text
    }

    pub(super) fn need_text(&self, key: &'static str) -> Text {
        if !self.has(key) {
            self.missing(key, &format!("`{key} = {{ en = \"…\" }}`"));
        }
        self.text(key)
    }

    /// One text, or a list of them.
    pub(super) fn list(&self, key: &'static str) -> Vec<String> {
        let Some((item, span)) = self.ask(key) else { return Vec::new() };
        if let Some(one) = item.as_str() {
            return vec![one.to_owned()];
        }
        let Some(array) = item.as_array() else {
            self.wrong(
                key,
                item,
                &span,
                "a text or a list of texts",
                &format!("`{key} = [\"…\"]`"),
            );
            return Vec::new();
        };
        array.iter().filter_map(|value| self.element(key, value)).collect()
    }

    fn element(&self, key: &str, value: &Value) -> Option<String> {
        if let Some(text) = value.as_str() {
            return Some(text.to_owned());
        }
        let span = value.span().unwrap_or_else(|| self.span.clone());
        self.wrong(
            key,
            &Item::Value(value.clone()),
            &span,
            "a list of texts only",
            &format!("`{key} = [\"…\"]`"),
        );
        None
    }

    /// A list whose elements are texts or tables.
    pub(super) fn mixed(&self, key: &'static str) -> (Vec<String>, Vec<Table<'a, 's>>) {
        let item = self.ask(key).map(|(item, _)| item);
        if item.is_some_and(Item::is_array_of_tables) {
            return (Vec::new(), self.tables(key));
        }
        let array = item.and_then(Item::as_array);
        let Some(array) = array.filter(|it| it.iter().any(Value::is_inline_table)) else {
            return (self.list(key), Vec::new());
        };
        let (mut texts, mut tables) = (Vec::new(), Vec::new());
        for (n, value) in array.iter().enumerate() {
            match value.as_inline_table() {
                Some(table) => {
                    let span = value.span().unwrap_or_else(|| self.span.clone());
                    let path = format!("{}.{n}", join(&self.path, key));
                    tables.push(Table::new(self.notes, path, table as &dyn TableLike, span));
                }
                None => texts.extend(self.element(key, value)),
            }
        }
        (texts, tables)
    }

    pub(super) fn has_number(&self, key: &str) -> bool {
        self.keys.get(key).is_some_and(Item::is_integer)
    }

    /// `["a", ["b", "c"]]`: a and (b or c).
    pub(super) fn any_of(&self, key: &'static str) -> Vec<Vec<String>> {
        let Some((item, _)) = self.ask(key) else { return Vec::new() };
        let Some(array) = item.as_array() else {
            return self.list(key).into_iter().map(|one| vec![one]).collect();
        };
        array
            .iter()
            .map(|value| match value.as_array() {
                Some(inner) => inner.iter().filter_map(|it| self.element(key, it)).collect(),
                None => self.element(key, value).into_iter().collect::<Vec<_>>(),
            })
            .filter(|group: &Vec<String>| !group.is_empty())
            .collect()
    }

    /// Anything that reads itself from a text: a length of time, a time form.
    pub(super) fn parse<T>(&self, key: &'static str, code: fn(&T::Err) -> &'static str) -> Option<T>
    where
        T: FromStr,
        T::Err: Display,
    {
        let text = self.str(key)?;
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                let message = format!("`{key}`: {error}");
                self.error(
                    key,
                    code(&error),
                    message,
                    "use one of the forms of the time table in the documentation",
                );
                None
            }
        }
    }

    /// A condition.
    pub(super) fn expr(&self, key: &'static str) -> Option<Expr> {
        let text = self.str(key)?;
        match condition::parse(&text) {
            Ok(expr) => Some(expr),
            Err(problem) => {
                self.error(key, problem.code, format!("`{key}`: {}", problem.message), problem.fix);
                None
            }
        }
    }

    /// One of the named values.
    pub(super) fn one_of<T: Copy>(
        &self,
        key: &'static str,
        all: &[(&'static str, T)],
    ) -> Option<T> {
        let text = self.str(key)?;
        let found = all.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        if found.is_none() {
            let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
            self.unknown_value(key, &text, &names);
        }
        found
    }

    pub(super) fn unknown_value(&self, key: &str, text: &str, names: &[&str]) {
        let cut: String = text.chars().take(80).collect();
        let fix = match nearest(&cut, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`? Possible are {}", names.join(", ")),
            None => format!("possible are {}", names.join(", ")),
        };
        self.error(key, "unknown_value", format!("`{key}` cannot be `{cut}`"), fix);
    }

    /// A table below; `None` when absent or of another type.
    pub(super) fn table(&self, key: &'static str) -> Option<Table<'a, 's>> {
        let (item, span) = self.ask(key)?;
        let Some(table) = item.as_table_like() else {
            self.wrong(key, item, &span, "a table", &format!("`{key} = {{ … }}`"));
            return None;
        };
        Some(Table::new(self.notes, join(&self.path, key), table, span))
    }

    /// `[[key]]` or `key = [{ … }]`.
    pub(super) fn tables(&self, key: &'static str) -> Vec<Table<'a, 's>> {
        let Some((item, span)) = self.ask(key) else { return Vec::new() };
        let path = |n: usize| format!("{}.{n}", join(&self.path, key));
        if let Some(array) = item.as_array_of_tables() {
            return array
                .iter()
                .enumerate()
                .map(|(n, table)| {
                    let span = table.span().unwrap_or_else(|| span.clone());
                    Table::new(self.notes, path(n), table as &dyn TableLike, span)
                })
                .collect();
        }
        let Some(array) = item.as_array() else {
            self.wrong(key, item, &span, "a list of tables", &format!("`[[{key}]]`"));
            return Vec::new();
        };
        let mut list = Vec::new();
        for (n, value) in array.iter().enumerate() {
            let span = value.span().unwrap_or_else(|| span.clone());
            match value.as_inline_table() {
                Some(table) => {
                    list.push(Table::new(self.notes, path(n), table as &dyn TableLike, span));
                }
                None => self.wrong(
                    key,
                    &Item::Value(value.clone()),
                    &span,
                    "a list of tables",
                    "`{ id = \"…\" }`",
                ),
            }
        }
        list
    }

    /// The keys that are there, for tables whose keys are names.
    pub(super) fn names(&self) -> Vec<String> {
        self.keys.iter().map(|(key, _)| key.to_owned()).collect()
    }

    /// A table below under a name that the file chose.
    pub(super) fn named(&self, key: &str) -> Option<Table<'a, 's>> {
        let item = self.keys.get(key)?;
        let span = self.span_of(key, item);
        let Some(table) = item.as_table_like() else {
            self.wrong(key, item, &span, "a table", &format!("`{key} = {{ … }}`"));
            return None;
        };
        Some(Table::new(self.notes, join(&self.path, key), table, span))
    }

    /// A text under a name that the file chose.
    pub(super) fn named_str(&self, key: &str) -> Option<String> {
        self.keys.get(key)?.as_str().map(str::to_owned)
    }

    /// Notes every key that nobody asked for.
    pub(super) fn finish(&self) {
        let asked = self.asked.borrow();
        for (key, item) in self.keys.iter() {
            if asked.contains(&key) {
                continue;
            }
            let cut: String = key.chars().take(80).collect();
            let fix = match nearest(&cut, asked.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    let mut names = asked.clone();
                    names.sort_unstable();
                    format!("remove it; possible are {}", names.join(", "))
                }
            };
            self.notes.error(
                "unknown_key",
                &join(&self.path, key),
                &self.span_of(key, item),
                format!("`{cut}` is not a key of {}", shown(&self.path)),
                fix,
            );
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn shown(path: &str) -> String {
    if path.is_empty() { "the file".to_owned() } else { format!("`{path}`") }
}
