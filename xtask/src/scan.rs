//! A small reader of Rust source: blanks out comments and literals, collects string literals, measures functions.
//! It knows tokens, not grammar: enough for the rules, and no parser has to be built for it.

/// What the reader took out of one source text.
pub struct Scan {
    /// The text with comments and the insides of literals replaced by blanks; line breaks are kept.
    pub code: String,
    /// String literals with the line they start on (from 1).
    pub strings: Vec<(usize, String)>,
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line of the word `fn`, from 1.
    pub line: usize,
    /// Lines from `fn` to the closing brace.
    pub lines: usize,
}

/// Reads one source text.
pub fn scan(text: &str) -> Scan {
    let mut reader = Reader {
        rest: text,
        line: 1,
        code: String::with_capacity(text.len()),
        strings: Vec::new(),
    };
    while let Some(first) = reader.rest.chars().next() {
        if reader.rest.starts_with("//") {
            let end = reader.rest.find('\n').unwrap_or(reader.rest.len());
            reader.blank(end);
        } else if reader.rest.starts_with("/*") {
            let end = block_comment(reader.rest);
            reader.blank(end);
        } else if let Some((start, end, close)) =
            string_literal(reader.rest, reader.code.chars().last())
        {
            let literal = reader.rest[start..end].to_owned();
            reader.strings.push((reader.line, literal));
            reader.blank(close);
        } else if let Some(end) = char_literal(reader.rest) {
            reader.blank(end);
        } else {
            reader.keep(first);
        }
    }
    Scan { code: reader.code, strings: reader.strings }
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    code: String,
    strings: Vec<(usize, String)>,
}

impl Reader<'_> {
    fn keep(&mut self, c: char) {
        self.line += usize::from(c == '\n');
        self.code.push(c);
        self.rest = &self.rest[c.len_utf8()..];
    }

    fn blank(&mut self, end: usize) {
        for c in self.rest[..end].chars() {
            self.line += usize::from(c == '\n');
            self.code.push(if c == '\n' { '\n' } else { ' ' });
        }
        self.rest = &self.rest[end..];
    }
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0_usize);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// Start and end of the inside, and the end of the whole literal.
fn string_literal(text: &str, before: Option<char>) -> Option<(usize, usize, usize)> {
    if before.is_some_and(|c| c.is_alphanumeric() || c == '_') && !text.starts_with('"') {
        return None;
    }
    let prefix = ["br", "cr", "r", "b", "c"].into_iter().find(|p| {
        text.strip_prefix(p)
            .is_some_and(|rest| rest.starts_with('"') || (p.ends_with('r') && raw_start(rest)))
    });
    let at = prefix.map_or(0, str::len);
    let hashes = text[at..].chars().take_while(|c| *c == '#').count();
    if !text[at + hashes..].starts_with('"') || (hashes > 0 && prefix.is_none()) {
        return None;
    }
    let start = at + hashes + 1;
    if prefix.is_some_and(|p| p.ends_with('r')) {
        let closing = format!("\"{}", "#".repeat(hashes));
        let end = text[start..].find(&closing).map_or(text.len(), |found| start + found);
        return Some((start, end, (end + closing.len()).min(text.len())));
    }
    let mut escaped = false;
    for (offset, c) in text[start..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some((start, start + offset, start + offset + 1)),
            _ => {}
        }
    }
    Some((start, text.len(), text.len()))
}

fn raw_start(text: &str) -> bool {
    let bare = text.trim_start_matches('#');
    bare.len() < text.len() && bare.starts_with('"')
}

/// The end of a character literal; a lifetime is none.
fn char_literal(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('\'')?;
    let mut chars = rest.char_indices();
    let (_, first) = chars.next()?;
    if first == '\\' {
        let (_, escaped) = chars.next()?;
        let from = 2 + escaped.len_utf8();
        return text[from..].find('\'').map(|found| from + found + 1);
    }
    let (at, second) = chars.next()?;
    (second == '\'').then_some(1 + at + 1)
}

/// The functions of blanked code, nested ones included.
pub fn functions(code: &str) -> Vec<Function> {
    let lines: Vec<&str> = code.lines().collect();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(column) = fn_keyword(line) else { continue };
        let name: String = line[column + 3..]
            .trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        if name.is_empty() {
            continue;
        }
        if let Some(end) = body_end(&lines, index, column) {
            found.push(Function { name, line: index + 1, lines: end - index + 1 });
        }
    }
    found
}

fn fn_keyword(line: &str) -> Option<usize> {
    let at = line.find("fn ")?;
    let before = line[..at].chars().last();
    before.is_none_or(|c| c == ' ').then_some(at)
}

/// The line of the closing brace, or none when the function has no body.
fn body_end(lines: &[&str], start: usize, column: usize) -> Option<usize> {
    let (mut braces, mut round) = (0_i32, 0_i32);
    for (index, line) in lines.iter().enumerate().skip(start) {
        let from = if index == start { column } else { 0 };
        for c in line[from..].chars() {
            match c {
                '(' | '[' => round += 1,
                ')' | ']' => round -= 1,
                ';' if braces == 0 && round == 0 => return None,
                '{' => braces += 1,
                '}' => {
                    braces -= 1;
                    if braces == 0 {
                        return Some(index);
                    }
                }
                _ => {}
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_comments_are_blanked_and_strings_collected() {
        let text = "let a = \"x // \\\" {\"; // {\nlet b = r#\"q\"{\"#; let c = '{'; let d: &'a str = \"\";\n/* { /* } */ */";
        let found = scan(text);
        assert_eq!(
            found.strings,
            [(1, "x // \\\" {".to_owned()), (2, "q\"{".to_owned()), (2, String::new())]
        );
        assert!(!found.code.contains('{') && !found.code.contains('}'), "{}", found.code);
        assert_eq!(found.code.lines().count(), 3);
        assert!(found.code.contains("&'a str"));
    }

    #[test]
    fn functions_are_measured_with_their_bodies() {
        let code = "trait T { fn without(&self, a: [u8; 2]); }\npub fn one() -> u8 {\n    if x {\n    }\n    1\n}\nfn two() {}\n";
        let found: Vec<(String, usize, usize)> =
            functions(code).into_iter().map(|f| (f.name, f.line, f.lines)).collect();
        assert_eq!(found, [("one".to_owned(), 2, 5), ("two".to_owned(), 7, 1)]);
    }
}
