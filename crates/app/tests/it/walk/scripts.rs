//! What the people of the built-in processes answer.

use super::town::Place;
use super::{Script, item};
use roadbook_core::process::expr::Value;
use roadbook_core::text::Lang;

pub const SEOUL: Place = Place { zone: "Asia/Seoul", lang: "ko" };
pub const HANOI: Place = Place { zone: "Asia/Ho_Chi_Minh", lang: "vi" };
pub const SHANGHAI: Place = Place { zone: "Asia/Shanghai", lang: "zh" };

/// A list with one column.
pub fn rows(cells: &[&str]) -> Value {
    let row = |it: &&str| Value::List(vec![Value::Text((*it).to_owned())]);
    Value::List(cells.iter().map(row).collect())
}

fn text(it: &str) -> Value {
    Value::Text(it.to_owned())
}

/// New features, on a Saturday evening.
pub fn feature() -> Script {
    Script {
        lang: Lang::Vi,
        kind: "feature",
        lead: "product_development",
        items: vec![
            item("Chat", "feature", "feature", &[("entirely_new", true)]),
            item("Totals", "code", "fix", &[]),
        ],
        slot: Some(("2026-02-14T13:00:00Z", "2026-02-14T14:00:00Z")),
        fields: vec![("departments", rows(&["@unit:sales"])), ("relogin", Value::Bool(true))],
        ..Script::of("saas/update")
    }
}

/// Fixes that one customer waits for, one of them important for all.
pub fn fixes() -> Script {
    Script {
        kind: "minor",
        items: vec![item("Totals", "code", "fix", &[("important", true)])],
        slot: Some(("2026-01-18T13:00:00Z", "2026-01-18T14:00:00Z")),
        fields: vec![
            ("departments", rows(&["@unit:sales"])),
            ("relogin", Value::Bool(false)),
            ("affected_customers", rows(&["Hansol"])),
        ],
        outcomes: vec![("tell_success", "silent")],
        ..feature()
    }
}

/// The provider of a host has announced maintenance in the night of a Wednesday.
pub fn server() -> Script {
    Script {
        kind: "server",
        items: vec![item("New disks", "infrastructure", "performance", &[])],
        slot: Some(("2026-01-14T17:00:00Z", "2026-01-14T18:00:00Z")),
        fields: vec![
            ("departments", rows(&["@unit:operations"])),
            ("impact", text("pause")),
            ("cause", text("provider_maintenance")),
            ("host", text("host-1")),
            ("provider_reference", text("M-4711")),
            ("expected_end", text("02:00")),
        ],
        ..feature()
    }
}

/// A major release, with a go-live plan of its own.
pub fn service() -> Script {
    Script {
        lang: Lang::Zh,
        kind: "",
        lead: "release_administrator",
        items: vec![item("Replay", "feature", "feature", &[])],
        slot: Some(("2026-02-12T12:00:00Z", "2026-02-12T15:00:00Z")),
        fields: vec![
            ("departments", rows(&["@unit:sales", "@unit:operations"])),
            ("category", text("major")),
            ("tests_needed", Value::Bool(true)),
            ("user_training", Value::Bool(true)),
        ],
        ..Script::of("service/release")
    }
}
