//! Documents of a release: written in the browser or uploaded, revised, controlled, signed.
//!
//! The bytes of every revision are kept under their SHA-256; a signature names that hash, so an
//! edit voids it without anybody having to notice.

use crate::App;
use crate::boxed;
use crate::call::{Call, Receipt};
use crate::error::{Error, Result};
use jiff::Timestamp;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use roadbook_core::access::{Action, Actor, Kind};
use roadbook_core::ids::{DocumentId, PersonId, ReleaseId};
use roadbook_core::limits::UPLOAD_BYTES_MAX;
use roadbook_core::process::template::{Column, DocumentType, Section, Template};
use roadbook_core::release::ChangeItem;
use roadbook_core::run::{Assurance, Command, DocumentRun};
use roadbook_core::text::{Lang, Text};
use roadbook_store::blobs::{self, Blob, Received};
use roadbook_store::documents::{self, Loaded, Stored};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tokio::io::AsyncRead;

/// A document with all its revisions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Id.
    pub id: DocumentId,
    /// Release it belongs to.
    pub release: ReleaseId,
    /// Type, as the process names it.
    pub kind: String,
    /// Number, e.g. `R-2026-0007/release_notes`.
    pub number: String,
    /// `public`, `internal`, `confidential`.
    pub confidentiality: String,
    /// Revisions, oldest first (S3-02).
    pub revisions: Vec<DocumentRevision>,
}

/// A revision of a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentRevision {
    /// `A0`, `A1`, …
    pub label: String,
    /// SHA-256 (hex) of its bytes.
    pub digest: String,
    /// Bytes.
    pub size: u64,
    /// Media type.
    pub media_type: String,
    /// File name.
    pub name: String,
    /// Who wrote it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// What changed.
    pub note: String,
    /// Sections that changed against the revision before.
    pub sections: Vec<String>,
}

impl Stored for Document {
    const KIND: &'static str = "paper";
    const V: u32 = 1;
}

/// A document as pages show it.
#[derive(Clone, Debug)]
pub struct DocumentView {
    /// The document.
    pub document: Document,
    /// Its state in the run: control status, signatures.
    pub state: DocumentRun,
    /// Its type.
    pub declared: Option<DocumentType>,
    /// The text of the shown revision, if it is one.
    pub text: Option<String>,
    /// The same as sanitized HTML.
    pub html: Option<String>,
    /// Names of the people that occur.
    pub names: BTreeMap<PersonId, String>,
}

/// A file that came in.
pub struct Upload<R> {
    /// Its bytes.
    pub bytes: R,
    /// Its name; data, never a path.
    pub name: String,
    /// Media type as claimed.
    pub media_type: String,
}

/// Types that may be uploaded. Anything that a browser would run is not among them.
const UPLOADABLE: [&str; 10] = [
    "text/markdown",
    "text/plain",
    "text/csv",
    "application/pdf",
    "image/png",
    "image/jpeg",
    "application/zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
];

impl App {
    /// Writes a new revision of a document as Markdown.
    #[boxed]
    pub async fn document_write(
        &self,
        call: &Call,
        release: &ReleaseId,
        kind: &str,
        text: &str,
        note: &str,
    ) -> Result<Receipt> {
        let loaded = self.release_for(&call.actor, release).await?;
        let declared = loaded.template.document(kind).ok_or_else(|| {
            Error::field("document", "unknown", "the process has no such document")
        })?;
        if declared.upload {
            return Err(Error::field("text", "upload_only", "this document is uploaded as a file"));
        }
        if text.trim().is_empty() {
            return Err(Error::field("text", "required", "a document without text is no revision"));
        }
        let missing = missing_sections(declared, text);
        let name = format!("{kind}.md");
        let temporary = format!("doc-{:032x}", self.seed().random);
        let received =
            blobs::receive(self.store(), text.as_bytes(), UPLOAD_BYTES_MAX, &temporary).await?;
        let file = Arrived { received, name, media_type: "text/markdown".to_owned() };
        let sections = self.changed_sections(&loaded.release.run.documents, kind, text).await?;
        self.keep_revision(call, release, kind, file, note, missing, sections).await
    }

    /// Uploads a new revision of a document. Type and size are checked before a row exists.
    pub async fn document_upload<R: AsyncRead + Unpin>(
        &self,
        call: &Call,
        release: &ReleaseId,
        kind: &str,
        upload: Upload<R>,
        note: &str,
    ) -> Result<Receipt> {
        let loaded = self.release_for(&call.actor, release).await?;
        if loaded.template.document(kind).is_none() {
            return Err(Error::field("document", "unknown", "the process has no such document"));
        }
        let resource = self.release_resource(&loaded.release).await?;
        call.authorize(Action::Act, Kind::Release, &resource, "release")?;
        if !UPLOADABLE.contains(&upload.media_type.as_str()) {
            let message = format!(
                "`{}` cannot be uploaded; send PDF, Office, text, image or zip",
                upload.media_type
            );
            return Err(Error::field("file", "media_type", message));
        }
        let name = clean_name(&upload.name)
            .ok_or_else(|| Error::field("file", "name", "the file needs a plain name"))?;
        let temporary = format!("doc-{:032x}", self.seed().random);
        let received =
            blobs::receive(self.store(), upload.bytes, UPLOAD_BYTES_MAX, &temporary).await?;
        if received.size == 0 {
            return Err(Error::field("file", "empty", "the file is empty"));
        }
        let file = Arrived { received, name, media_type: upload.media_type };
        self.keep_revision(call, release, kind, file, note, Vec::new(), Vec::new()).await
    }

    #[expect(clippy::too_many_arguments, reason = "one private step of two public ways in")]
    async fn keep_revision(
        &self,
        call: &Call,
        release: &ReleaseId,
        kind: &str,
        file: Arrived,
        note: &str,
        missing: Vec<String>,
        sections: Vec<String>,
    ) -> Result<Receipt> {
        let loaded = self.release_for(&call.actor, release).await?;
        let person = call.person()?.clone();
        let now = self.now();
        let known = loaded.release.run.documents.get(kind);
        let existing = match known {
            Some(found) => documents::load::<Document>(self.store(), found.id.as_str()).await?,
            None => None,
        };
        let id = known.map_or_else(|| DocumentId::new(self.seed()), |it| it.id.clone());
        let declared = loaded.template.document(kind);
        let new = existing.is_none();
        let Loaded { value: mut document, revision } = existing.unwrap_or_else(|| Loaded {
            value: Document {
                id: id.clone(),
                release: release.clone(),
                kind: kind.to_owned(),
                number: format!("{}/{kind}", loaded.release.number),
                confidentiality: declared
                    .and_then(|it| it.confidentiality.clone())
                    .unwrap_or_else(|| "internal".to_owned()),
                revisions: Vec::new(),
            },
            revision: 0,
        });
        if document.revisions.last().is_some_and(|it| it.digest == file.received.sha256) {
            return Err(Error::Exists { what: "a revision with exactly these bytes".to_owned() });
        }
        document.revisions.push(DocumentRevision {
            label: format!("A{}", document.revisions.len()),
            digest: file.received.sha256.clone(),
            size: file.received.size as u64,
            media_type: file.media_type.clone(),
            name: file.name.clone(),
            by: person,
            at: now,
            note: note.to_owned(),
            sections,
        });
        let row = Blob {
            sha256: file.received.sha256.clone(),
            size: file.received.size,
            name: file.name,
            media_type: file.media_type,
            at: now,
        };
        let write = if new {
            documents::insert_typed(id.as_str(), &document, now)
        } else {
            documents::update_typed(id.as_str(), &document, revision, now)
        };
        let command = Command::DocumentWritten {
            document: kind.to_owned(),
            id: id.clone(),
            digest: file.received.sha256,
            missing_sections: missing,
        };
        self.release_do_with(call, release, command, vec![blobs::insert(&row), write]).await
    }

    /// Makes the current revision the controlled one (S3-01).
    #[boxed]
    pub async fn document_control(
        &self,
        call: &Call,
        release: &ReleaseId,
        kind: &str,
    ) -> Result<Receipt> {
        let command = Command::DocumentControlled { document: kind.to_owned() };
        self.release_do(call, release, command).await
    }

    /// Signs the revision that was shown.
    #[expect(clippy::too_many_arguments, reason = "a signature is all of this at once")]
    #[boxed]
    pub async fn document_sign(
        &self,
        call: &Call,
        release: &ReleaseId,
        kind: &str,
        role: &str,
        meaning: &str,
        digest: &str,
        assurance: Assurance,
    ) -> Result<Receipt> {
        let command = Command::Sign {
            document: kind.to_owned(),
            role: role.to_owned(),
            meaning: meaning.to_owned(),
            digest: digest.to_owned(),
            assurance,
        };
        self.release_do(call, release, command).await
    }

    /// A document at a revision label, or at its current one.
    #[boxed]
    pub async fn document(
        &self,
        actor: &Actor,
        release: &ReleaseId,
        kind: &str,
        label: Option<&str>,
    ) -> Result<DocumentView> {
        let loaded = self.release_for(actor, release).await?;
        let state = loaded
            .release
            .run
            .documents
            .get(kind)
            .cloned()
            .ok_or(Error::NotFound { what: "document" })?;
        let document = documents::load::<Document>(self.store(), state.id.as_str())
            .await?
            .ok_or(Error::NotFound { what: "document" })?
            .value;
        let shown = match label {
            Some(label) => document.revisions.iter().find(|it| it.label == label),
            None => document.revisions.last(),
        }
        .ok_or(Error::NotFound { what: "revision" })?;
        let text = if shown.media_type.starts_with("text/") {
            let bytes = blobs::read(self.store(), &shown.digest).await?;
            bytes.map(|it| String::from_utf8_lossy(&it).into_owned())
        } else {
            None
        };
        let html = text.as_deref().map(render_markdown);
        let mut people: Vec<PersonId> = document.revisions.iter().map(|it| it.by.clone()).collect();
        people.extend(state.signatures.iter().map(|it| it.person.clone()));
        let names = self.names(people).await?;
        let declared = loaded.template.document(kind).cloned();
        Ok(DocumentView { document, state, declared, text, html, names })
    }

    /// What somebody who writes a document begins with.
    #[boxed]
    pub async fn document_draft(
        &self,
        actor: &Actor,
        release: &ReleaseId,
        kind: &str,
        lang: Lang,
    ) -> Result<String> {
        let loaded = self.release_for(actor, release).await?;
        if loaded.template.document(kind).is_none() {
            return Err(Error::NotFound { what: "document" });
        }
        Ok(draft(&loaded.template, kind, lang, &loaded.release.items))
    }

    /// The notes of a release as the public reads them: nothing before there are any, and nothing
    /// that is not meant for everybody.
    pub(crate) async fn public_notes(&self, release: &ReleaseId) -> Result<Option<String>> {
        let loaded = self.release_load(release).await?;
        let Some(state) = loaded.release.run.documents.get(NOTES) else { return Ok(None) };
        let found = documents::load::<Document>(self.store(), state.id.as_str()).await?;
        let Some(document) = found.map(|it| it.value) else { return Ok(None) };
        let shown = document.revisions.last().filter(|it| it.media_type.starts_with("text/"));
        let Some(shown) = shown.filter(|_| document.confidentiality == "public") else {
            return Ok(None);
        };
        let bytes = blobs::read(self.store(), &shown.digest).await?;
        Ok(bytes.map(|it| render_markdown(&String::from_utf8_lossy(&it))))
    }

    /// The bytes of a revision with name and media type, for download.
    #[boxed]
    pub async fn document_bytes(
        &self,
        actor: &Actor,
        release: &ReleaseId,
        kind: &str,
        label: &str,
    ) -> Result<(DocumentRevision, Vec<u8>)> {
        let view = self.document(actor, release, kind, Some(label)).await?;
        let revision = view
            .document
            .revisions
            .into_iter()
            .find(|it| it.label == label)
            .ok_or(Error::NotFound { what: "revision" })?;
        let bytes = blobs::read(self.store(), &revision.digest)
            .await?
            .ok_or(Error::NotFound { what: "file" })?;
        Ok((revision, bytes))
    }

    async fn changed_sections(
        &self,
        known: &BTreeMap<String, DocumentRun>,
        kind: &str,
        text: &str,
    ) -> Result<Vec<String>> {
        let Some(found) = known.get(kind) else { return Ok(Vec::new()) };
        let Some(bytes) = blobs::read(self.store(), &found.digest).await? else {
            return Ok(Vec::new());
        };
        let old = sections(&String::from_utf8_lossy(&bytes));
        let new = sections(text);
        Ok(new
            .iter()
            .filter(|(heading, body)| !old.iter().any(|it| it.0 == *heading && it.1 == *body))
            .map(|(heading, _)| heading.clone())
            .filter(|heading| !heading.is_empty())
            .collect())
    }
}

struct Arrived {
    received: Received,
    name: String,
    media_type: String,
}

/// The last part of a name, without anything that could be a path or a control character.
pub(crate) fn clean_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String =
        last.chars().filter(|it| !it.is_control() && !is_bidi(*it)).take(200).collect();
    let clean = clean.trim().trim_matches('.').to_owned();
    (!clean.is_empty()).then_some(clean)
}

/// Characters that turn the reading direction and make a name look like another.
const fn is_bidi(it: char) -> bool {
    matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// Headings of levels 1 to 3 with the text below them; a section has the text of what is below it
/// too, only the title of the document stands for itself.
fn sections(text: &str) -> Vec<(String, String)> {
    let mut list = vec![(HeadingLevel::H1, String::new(), String::new())];
    let mut heading: Option<String> = None;
    // A row of a table is one line with bars.
    let mut row: Option<String> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { level, .. }) if level <= HeadingLevel::H3 => {
                heading = Some(String::new());
            }
            Event::End(TagEnd::Heading(level)) => {
                if let Some(title) = heading.take() {
                    list.push((level, title.trim().to_owned(), String::new()));
                }
            }
            Event::Start(Tag::TableHead | Tag::TableRow) => row = Some("|".to_owned()),
            Event::End(TagEnd::TableCell) => row.iter_mut().for_each(|it| it.push('|')),
            Event::End(TagEnd::TableHead | TagEnd::TableRow) => {
                if let Some(line) = row.take() {
                    below(&mut list, &line);
                }
            }
            Event::Text(piece) | Event::Code(piece) => match (&mut heading, &mut row) {
                (Some(title), _) => title.push_str(&piece),
                (None, Some(line)) => line.push_str(&piece.replace('|', "/")),
                (None, None) => below(&mut list, &piece),
            },
            _ => {}
        }
    }
    list.into_iter().map(|(_, title, body)| (title, body)).collect()
}

/// Adds a piece of text to the last section and to those that it is a part of.
fn below(list: &mut [(HeadingLevel, String, String)], piece: &str) {
    let mut inner: Option<HeadingLevel> = None;
    for (level, _, body) in list.iter_mut().rev() {
        if inner.is_none_or(|it| *level < it && *level > HeadingLevel::H1) {
            body.push_str(piece);
            body.push('\n');
            inner = Some(*level);
        }
        if *level == HeadingLevel::H1 {
            return;
        }
    }
}

/// Required sections that are missing or empty, and columns of required tables (`section.column`)
/// that are missing or have an empty cell. A heading counts in any of the four languages, or as
/// the short name of what it is.
pub fn missing_sections(declared: &DocumentType, text: &str) -> Vec<String> {
    let found = sections(text);
    let mut missing = Vec::new();
    for section in &declared.sections {
        let body = found.iter().find(|(heading, body)| {
            is_headed(&section.title, &section.id, heading) && !body.trim().is_empty()
        });
        match body {
            None => missing.push(section.id.clone()),
            Some((_, body)) => missing.extend(missing_columns(section, body)),
        }
    }
    missing
}

fn is_headed(title: &Text, id: &str, heading: &str) -> bool {
    let heading = heading.trim();
    let titles = Lang::ALL.into_iter().filter_map(|lang| title.get(lang));
    titles.chain([id]).any(|name| name.eq_ignore_ascii_case(heading))
}

/// Columns of the table of a section that are not there, or not filled in every row.
fn missing_columns(section: &Section, body: &str) -> Vec<String> {
    let mut rows = body.lines().map(str::trim).filter(|it| it.starts_with('|')).map(cells);
    let header = rows.next().unwrap_or_default();
    let filled: Vec<Vec<&str>> = rows.collect();
    let lacks = |column: &&Column| match header
        .iter()
        .position(|it| is_headed(&column.title, &column.id, it))
    {
        Some(at) => {
            let empty = |row: &Vec<&str>| row.get(at).is_none_or(|it| it.is_empty());
            filled.is_empty() || filled.iter().any(empty)
        }
        None => true,
    };
    let missing = section.columns.iter().filter(lacks);
    missing.map(|column| format!("{}.{}", section.id, column.id)).collect()
}

fn cells(row: &str) -> Vec<&str> {
    let inner = row.strip_prefix('|').unwrap_or(row);
    inner.strip_suffix('|').unwrap_or(inner).split('|').map(str::trim).collect()
}

/// An empty document with all required headings, to begin with.
pub fn outline(template: &Template, kind: &str, lang: Lang) -> String {
    template.document(kind).map(|it| outline_of(it, lang)).unwrap_or_default()
}

fn outline_of(declared: &DocumentType, lang: Lang) -> String {
    let mut text = format!("# {}\n", declared.title.show(lang).0);
    for section in &declared.sections {
        text.push_str(&format!("\n## {}\n\n", section.title.show(lang).0));
        if !section.columns.is_empty() {
            let titles: Vec<&str> =
                section.columns.iter().map(|it| it.title.show(lang).0).collect();
            text.push_str(&format!("| {} |\n", titles.join(" | ")));
            text.push_str(&format!("|{}\n", " --- |".repeat(titles.len())));
            text.push_str(&format!("|{}\n", "  |".repeat(titles.len())));
        }
    }
    text
}

/// The document that tells users what is new; its draft comes from the changes of the release.
pub const NOTES: &str = "release_notes";
/// The section of the notes that lists the changes.
const CHANGES: &str = "changes";

/// A document to begin with: its required headings, and in release notes every change by kind.
pub fn draft(template: &Template, kind: &str, lang: Lang, items: &[ChangeItem]) -> String {
    template.document(kind).map(|it| draft_of(it, lang, items)).unwrap_or_default()
}

fn draft_of(declared: &DocumentType, lang: Lang, items: &[ChangeItem]) -> String {
    let outline = outline_of(declared, lang);
    if declared.id != NOTES {
        return outline;
    }
    let list = changes(items, lang);
    let Some(section) = declared.sections.iter().find(|it| it.id == CHANGES) else {
        return format!("{outline}\n{list}");
    };
    let heading = format!("\n## {}\n\n", section.title.show(lang).0);
    outline.replacen(&heading, &format!("{heading}{list}"), 1)
}

/// All changes, what is new first, each kind under its heading.
fn changes(items: &[ChangeItem], lang: Lang) -> String {
    let kinds = ["feature", "spec", "architecture", "code", "data", "config", "infrastructure"];
    let mut text = String::new();
    for kind in kinds.into_iter().chain([""]) {
        let of_kind = |it: &&ChangeItem| match kind {
            "" => !kinds.contains(&it.kind.as_str()),
            kind => it.kind == kind,
        };
        let lines: Vec<&ChangeItem> = items.iter().filter(of_kind).collect();
        if lines.is_empty() {
            continue;
        }
        text.push_str(&format!("### {}\n\n", kind_title(kind, lang)));
        for it in lines {
            text.push_str(&format!("- {}\n", it.title.show(lang).0));
        }
        text.push('\n');
    }
    text
}

fn kind_title(kind: &str, lang: Lang) -> &'static str {
    let [en, ko, vi, zh] = match kind {
        "feature" => ["New features", "신규 기능", "Tính năng mới", "新功能"],
        "spec" => ["Changed features", "변경된 기능", "Tính năng thay đổi", "功能调整"],
        "architecture" => ["Architecture", "아키텍처", "Kiến trúc", "架构"],
        "code" => ["Fixes", "수정 사항", "Sửa lỗi", "修复"],
        "data" => ["Data", "데이터", "Dữ liệu", "数据"],
        "config" => ["Configuration", "설정", "Cấu hình", "配置"],
        "infrastructure" => ["Infrastructure", "인프라", "Hạ tầng", "基础设施"],
        _ => ["Other changes", "기타 변경 사항", "Thay đổi khác", "其他变更"],
    };
    match lang {
        Lang::En => en,
        Lang::Ko => ko,
        Lang::Vi => vi,
        Lang::Zh => zh,
    }
}

/// Markdown as HTML; raw HTML in it is dropped, the rest is sanitized.
pub fn render_markdown(text: &str) -> String {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS)
        .filter(|event| !matches!(event, Event::Html(_) | Event::InlineHtml(_)));
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events);
    ammonia::Builder::default().rm_tags(["img"]).clean(&html).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared() -> DocumentType {
        let section = |id: &str, en: &str, ko: &str| Section {
            id: id.to_owned(),
            title: Text { en: Some(en.to_owned()), ko: Some(ko.to_owned()), ..Text::default() },
            columns: Vec::new(),
        };
        DocumentType {
            id: "plan".to_owned(),
            title: Text::of(Lang::En, "Plan"),
            sections: vec![section("purpose", "Purpose", "목적"), section("risk", "Risks", "위험")],
            role: None,
            signed_by: vec![],
            confidentiality: None,
            upload: false,
            reserved: false,
            about: Text::default(),
            format: None,
            report: None,
            volume: None,
            number: None,
            two_parties: false,
            extract: None,
        }
    }

    // proves: S0-21/U
    #[test]
    fn the_draft_of_the_notes_lists_every_change_by_kind() {
        let item = |kind: &str, en: &str, ko: &str| ChangeItem {
            id: String::new(),
            title: Text { en: Some(en.to_owned()), ko: Some(ko.to_owned()), ..Text::default() },
            kind: kind.to_owned(),
            purpose: String::new(),
            facts: std::collections::BTreeMap::new(),
        };
        let items = [
            item("code", "Totals are right", "합계 수정"),
            item("feature", "Export", "내보내기"),
            item("odd", "More", "기타"),
            item("feature", "Search", "검색"),
        ];
        let notes = Section {
            id: CHANGES.to_owned(),
            title: Text::of(Lang::En, "Changes"),
            columns: Vec::new(),
        };
        let notes = DocumentType { id: NOTES.to_owned(), sections: vec![notes], ..declared() };
        let expected = "# Plan\n\n## Changes\n\n### New features\n\n- Export\n- Search\n\n\
                        ### Fixes\n\n- Totals are right\n\n### Other changes\n\n- More\n\n";
        assert_eq!(draft_of(&notes, Lang::En, &items), expected);
        let korean = draft_of(&notes, Lang::Ko, &items);
        for text in ["### 신규 기능", "- 내보내기", "- 검색", "- 합계 수정", "- 기타"]
        {
            assert!(korean.contains(text), "{text}: {korean}");
        }
        let other = draft_of(&declared(), Lang::En, &items);
        assert!(!other.contains("Export"), "other documents are not notes: {other}");
    }

    // proves: S2-31/U S2-32/U
    #[test]
    fn a_section_counts_when_it_has_a_heading_in_any_language_and_text() {
        for (text, missing) in [
            ("# Plan\n\n## Purpose\n\nWhy.\n\n## Risks\n\nNone.\n", vec![]),
            ("## Purpose\n\n### Why\n\nSo.\n\n## Risks\n\n### None\n", vec!["risk"]),
            ("## 목적\n\n이유\n\n## 위험\n\n없음\n", vec![]),
            ("## Purpose\n\nWhy.\n\n## Risks\n\n", vec!["risk"]),
            ("Purpose: why", vec!["purpose", "risk"]),
            ("## purpose\n\nx\n\n### risk\n\n| a |\n|---|\n| b |\n", vec![]),
        ] {
            assert_eq!(missing_sections(&declared(), text), missing, "{text}");
        }
    }

    // proves: S2-32/U
    #[test]
    fn a_table_counts_when_every_cell_of_its_columns_is_filled() {
        let column = |id: &str, ko: &str| Column {
            id: id.to_owned(),
            title: Text { ko: Some(ko.to_owned()), ..Text::default() },
        };
        let mut declared = declared();
        declared.sections.remove(0);
        declared.sections[0].columns = vec![column("impact", "영향"), column("owner", "담당자")];
        let head = "## Risks\n\n| Risk | Impact | 담당자 |\n|---|:-:|---|\n";
        for (table, missing) in [
            ("| late data | high | Lan |\n| no disk | low | Kim |\n", vec![]),
            ("| late data | high | Lan |\n| no disk |  | Kim |\n", vec!["risk.impact"]),
            ("| late data | high |\n", vec!["risk.owner"]),
            ("", vec!["risk.impact", "risk.owner"]),
        ] {
            assert_eq!(missing_sections(&declared, &format!("{head}{table}")), missing, "{table}");
        }
        let missing = missing_sections(&declared, "## Risks\n\nThere are a few.\n");
        assert_eq!(missing, ["risk.impact", "risk.owner"]);
    }

    #[test]
    fn what_a_browser_would_run_does_not_survive() {
        let html = render_markdown("hi <script>alert(1)</script> [x](javascript:alert(1)) **b**");
        assert!(!html.contains("script"), "{html}");
        assert!(html.contains("<strong>b</strong>"));
    }

    #[test]
    fn a_file_name_is_data() {
        for (name, clean) in [
            ("../../etc/passwd", Some("passwd")),
            ("C:\\x\\보고서.pdf", Some("보고서.pdf")),
            ("..", None),
            ("a\u{202e}fdp.exe", Some("afdp.exe")),
            ("", None),
        ] {
            assert_eq!(clean_name(name).as_deref(), clean, "{name}");
        }
    }
}
