//! The editor of a process: a draft with a fault in it, one that others read, and an empty one.

use jiff::SignedDuration;
use maud::Markup;
use roadbook_app::process_drafts::DraftView;
use roadbook_web::pages::view::process_edit::{Base, Editor, Preview};
use roadbook_web::ui::{Ids, PageCtx};
use roadbook_wire::process::{builtin, check, parse};
use std::sync::Arc;

const PROCESS: &str = "saas/update";

/// The text in force, and one with a step more, an effort changed and a role that nobody declared.
fn texts() -> (String, String) {
    let (_, text) = builtin().iter().find(|it| it.0 == PROCESS).unwrap();
    let changed = text.replacen("effort = \"1h\"", "effort = \"6h\"", 1);
    assert_ne!(changed, *text);
    let (mut changed, text) = (changed, (*text).to_owned());
    changed.push_str(
        "\n  [[phase.step]]\n  id = \"look_back\"\n  kind = \"task\"\n  role = \"nobody_there\"\n  \
         title = { en = \"Look back\", ko = \"돌아보기\", vi = \"Nhìn lại\", zh = \"回顾\" }\n",
    );
    (text, changed)
}

fn seen(text: &str, base: &str) -> Preview {
    let checked = check(PROCESS, text);
    let parsed = checked.parsed.unwrap();
    let template = Arc::new(parse(PROCESS, base).unwrap().template);
    Preview {
        blank: false,
        file_order: false,
        found: checked.findings,
        template: Some(parsed.template),
        places: parsed.positions,
        base: Some(Base { revision: 3, template, used: 2 }),
    }
}

fn draft(ctx: &PageCtx, state: &str, text: &str) -> DraftView {
    DraftView {
        id: PROCESS.to_owned(),
        revision: 4,
        state: state.to_owned(),
        author: "kim".to_owned(),
        text: text.to_owned(),
        note: "Whoever updated looks back on it".to_owned(),
        at: ctx.now - SignedDuration::from_hours(3),
    }
}

/// The pages, by the names of their files.
pub fn all(ctx: &PageCtx) -> Vec<(&'static str, Markup)> {
    // Ids are given once a page.
    let page = |it: &Editor| {
        it.page(&PageCtx { path: "/processes".into(), ids: Ids::default(), ..ctx.clone() })
    };
    let (old, new) = texts();
    let preview = seen(&new, &old);
    assert!(preview.blocking() > 0, "{:?}", preview.found);
    let wrong = Editor {
        process: PROCESS.to_owned(),
        text: new.clone(),
        preview,
        draft: Some(draft(ctx, "draft", &new)),
        mine: true,
        four_eyes: true,
        wrong_note: Some(ctx.t("form-required").into_owned()),
        ..Editor::default()
    };
    let better = new.replace("nobody_there", "product_development");
    let review = Editor {
        process: PROCESS.to_owned(),
        text: better.clone(),
        note: "Whoever updated looks back on it".to_owned(),
        preview: seen(&better, &old),
        draft: Some(draft(ctx, "review", &better)),
        four_eyes: true,
        ..Editor::default()
    };
    let unreadable = Editor {
        process: PROCESS.to_owned(),
        text: "format = ".to_owned(),
        preview: Preview { found: check(PROCESS, "format = ").findings, ..Preview::default() },
        ..Editor::default()
    };
    let blank =
        Editor { preview: Preview { blank: true, ..Preview::default() }, ..Editor::default() };
    vec![
        ("editor", page(&wrong)),
        ("editor-review", page(&review)),
        ("editor-unreadable", page(&unreadable)),
        ("editor-new", page(&blank)),
    ]
}
