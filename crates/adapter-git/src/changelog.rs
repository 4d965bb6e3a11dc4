//! A changelog in the form of Keep a Changelog: `## [1.2.0] - 2026-01-31`, `### Added`, `- …`.

use serde::Serialize;

/// What one version brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Version, or `Unreleased`.
    pub version: String,
    /// Day, as it is written.
    pub date: String,
    /// Its groups.
    pub groups: Vec<Group>,
}

/// `Added`, `Fixed` and the like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Heading; empty for what stands before the first one.
    pub title: String,
    /// Its points.
    pub points: Vec<String>,
}

/// Reads a changelog; what is in another form is passed over.
pub fn sections(text: &str) -> Vec<Section> {
    let mut found: Vec<Section> = Vec::new();
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("## ") {
            let (version, date) = head.split_once(" - ").unwrap_or((head, ""));
            // `[1.2.0](address)` and `[1.2.0]` are both usual.
            let version = version.trim().trim_start_matches('[');
            let version = version.split(']').next().unwrap_or(version);
            found.push(Section {
                version: version.to_owned(),
                date: date.trim().to_owned(),
                groups: Vec::new(),
            });
            continue;
        }
        let Some(section) = found.last_mut() else { continue };
        if let Some(title) = line.strip_prefix("### ") {
            let title = title.trim().to_owned();
            section.groups.push(Group { title, points: Vec::new() });
        } else if let Some(point) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
            if section.groups.is_empty() {
                section.groups.push(Group { title: String::new(), points: Vec::new() });
            }
            if let Some(group) = section.groups.last_mut() {
                group.points.push(point.trim().to_owned());
            }
        } else if line.starts_with("  ") {
            // A point that goes on in the next line.
            let last = section.groups.last_mut().and_then(|it| it.points.last_mut());
            if let Some(point) = last {
                *point = format!("{point} {}", line.trim());
            }
        }
    }
    found
}

/// The number in a tag: `v1.2.0`, `shop-1.2.0` and `shop/v1.2.0` are all 1.2.0.
fn number(tag: &str) -> &str {
    let tag = tag.rsplit('/').next().unwrap_or(tag);
    let digit = |at: usize| tag[at..].starts_with(|c: char| c.is_ascii_digit());
    let start = tag
        .char_indices()
        .map(|(at, _)| at)
        .find(|at| digit(*at) && (*at == 0 || tag[..*at].ends_with(['v', 'V', '-', '_'])));
    start.map_or(tag, |at| &tag[at..])
}

/// Sections newer than one tag, up to another.
pub fn between(all: &[Section], from: Option<&str>, to: &str) -> Vec<Section> {
    let is = |section: &Section, tag: &str| number(&section.version) == number(tag);
    let first = if to == "HEAD" {
        // What nobody released yet stands on top.
        Some(0)
    } else {
        all.iter().position(|section| is(section, to))
    };
    let Some(first) = first else { return Vec::new() };
    let rest = &all[first..];
    let end = from.and_then(|from| rest.iter().position(|section| is(section, from)));
    rest[..end.unwrap_or(rest.len())].iter().filter(|it| !it.groups.is_empty()).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Changelog\n\nAll that is worth telling.\n\n## [Unreleased]\n\n\
        ## [1.2.0] - 2026-02-01\n### Added\n- Waves\n  and halts\n* Holds\n### Fixed\n- A fault\n\n\
        ## [1.1.0](https://x.example) - 2026-01-01\n- First words\n\n## 1.0.0\n### Added\n- All\n";

    #[test]
    fn sections_between_two_tags_are_found() {
        let all = sections(TEXT);
        let names: Vec<&str> = all.iter().map(|it| it.version.as_str()).collect();
        assert_eq!(names, ["Unreleased", "1.2.0", "1.1.0", "1.0.0"]);
        assert_eq!(all[1].date, "2026-02-01");
        assert_eq!(all[1].groups[0].points, ["Waves and halts", "Holds"]);
        for (from, to, want) in [
            (Some("v1.1.0"), "v1.2.0", vec!["1.2.0"]),
            (Some("shop/v1.0.0"), "shop/v1.2.0", vec!["1.2.0", "1.1.0"]),
            (Some("shop-1.0.0"), "shop-1.1.0", vec!["1.1.0"]),
            (None, "1.1.0", vec!["1.1.0", "1.0.0"]),
            (Some("v1.2.0"), "HEAD", vec![]),
            (Some("v1.1.0"), "HEAD", vec!["1.2.0"]),
            (Some("v1.1.0"), "v9.0.0", vec![]),
        ] {
            let found = between(&all, from, to);
            let found: Vec<&str> = found.iter().map(|it| it.version.as_str()).collect();
            assert_eq!(found, want, "{from:?} {to}");
        }
        assert!(sections("nothing of the kind\n- a\n  b\n### x\n").is_empty());
    }
}
