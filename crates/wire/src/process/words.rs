//! Usual words in four languages, for what a file need not spell out.

use roadbook_core::text::Text;

fn text(en: &str, ko: &str, vi: &str, zh: &str) -> Text {
    Text { en: Some(en.into()), ko: Some(ko.into()), vi: Some(vi.into()), zh: Some(zh.into()) }
}

/// Button text of an outcome that has no title of its own; empty when the name is not a usual one.
pub(super) fn outcome(id: &str) -> Text {
    match id {
        "go" => text("Go", "진행", "Phát hành", "执行发布"),
        "no_go" => text("No go", "중단", "Không phát hành", "不发布"),
        "postpone" => text("Postpone", "연기", "Hoãn lại", "延期"),
        "accept" => text("Accept", "수락", "Đồng ý", "接受"),
        "decline" => text("Decline", "거절", "Từ chối", "拒绝"),
        "passed" => text("Passed", "통과", "Đạt", "通过"),
        "failed" => text("Failed", "실패", "Không đạt", "未通过"),
        "extend" => text("Extend", "연장", "Gia hạn", "延长"),
        "yes" => text("Yes", "예", "Có", "是"),
        "no" => text("No", "아니요", "Không", "否"),
        _ => Text::default(),
    }
}
