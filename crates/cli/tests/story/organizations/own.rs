//! What the people of the example organizations release, and what they answer.

use crate::founded::kept;
use crate::walk::voice::Voice;
use crate::walk::{Script, item, scripts};
use roadbook_core::process::expr::Value as Fact;
use roadbook_core::run::Answer;
use roadbook_core::text::Lang;

/// A story in the language of its organization.
pub fn told(lang: Lang, process: &'static str) -> Script {
    Script { lang, voice: Voice { lang }, ..Script::of(process) }
}

pub fn vendor_release() -> Script {
    Script {
        version: "V3.1.0.0001",
        title: "나루 ERP 3.1",
        items: vec![
            item("품의서에서 전표 자동 생성", "feature", "feature", &[]),
            item("부가세 신고 집계 오류 수정", "code", "fix", &[]),
        ],
        slot: Some(("2026-02-14T12:00:00Z", "2026-02-14T15:00:00Z")),
        declines: vec![4],
        events: vec![("issue.raised", "update")],
        ..told(Lang::Ko, "vendor/release")
    }
}

pub fn small_team_release() -> Script {
    Script {
        version: "V3.0.3.0131",
        title: "나루 ERP 3.0.3",
        items: vec![item("거래처 검색 속도 개선", "code", "performance", &[])],
        slot: Some(("2026-01-14T10:00:00Z", "2026-01-14T12:00:00Z")),
        ..told(Lang::Ko, "starter/release")
    }
}

/// A run that ships nothing.
fn paper(lang: Lang, process: &'static str, lead: &'static str, title: &'static str) -> Script {
    Script { lead, title, items: Vec::new(), ..told(lang, process) }
}

pub fn month_plan() -> Script {
    Script {
        period: Some("2026-02"),
        ..paper(
            Lang::Vi,
            "saas/month-plan",
            "product_development",
            "Kế hoạch nâng cấp tháng 2/2026",
        )
    }
}

/// What a service company looks back at.
pub fn review(process: &'static str) -> Script {
    let title = match process {
        "service/failed-review" => "澄湖工单平台 1.8 上线失败",
        "service/monthly-report" => "2026 年 1 月发布报告",
        _ => "2026 年度发布流程评审",
    };
    paper(Lang::Zh, process, "process_owner", title)
}

pub fn saas(script: Script) -> Script {
    Script {
        voice: Voice { lang: Lang::Vi },
        version: "V4.7.0.0001",
        title: "Sổ Mây 4.7",
        ..script
    }
}

pub fn saas_features() -> Script {
    let facts = [("entirely_new", true)];
    let items = vec![
        item("Đối chiếu công nợ với ngân hàng", "feature", "feature", &facts),
        item("Sửa lỗi làm tròn thuế GTGT", "code", "fix", &[]),
    ];
    Script { items, ..saas(scripts::feature()) }
}

pub fn saas_fixes() -> Script {
    let mut script = saas(scripts::fixes());
    script.items = vec![item("Sửa lỗi số dư đầu kỳ", "code", "fix", &[("important", true)])];
    for (name, value) in &mut script.fields {
        if *name == "affected_customers" {
            *value = scripts::rows(&["Vận tải Sông Lam"]);
        }
    }
    script
}

pub fn saas_server() -> Script {
    let items = vec![item("Thay ổ đĩa máy chủ host-1", "infrastructure", "performance", &[])];
    Script { items, ..saas(scripts::server()) }
}

pub fn enterprise(process: &'static str, kind: &'static str) -> Script {
    Script {
        kind,
        lead: "project_manager",
        version: "V2.4.0.0001",
        title: "MES 2.4",
        items: vec![item("Truy xuất nguồn gốc theo mẻ nung", "feature", "feature", &[])],
        slot: Some(("2026-02-26T12:00:00Z", "2026-02-26T15:00:00Z")),
        fields: vec![("training_needed", Fact::Bool(true))],
        ..told(Lang::Vi, process)
    }
}

pub fn enterprise_upgrade() -> Script {
    enterprise("enterprise/upgrade", "upgrade")
}

pub fn enterprise_new_system() -> Script {
    Script {
        slot: Some(("2026-02-24T02:00:00Z", "2026-02-24T05:00:00Z")),
        ..enterprise("enterprise/new-system", "new_system")
    }
}

pub fn service_release() -> Script {
    Script {
        voice: Voice { lang: Lang::Zh },
        version: "V1.9.0.0001",
        title: "澄湖工单平台 1.9",
        items: vec![item("工单超时自动升级", "feature", "feature", &[])],
        ..scripts::service()
    }
}

pub fn product(process: &'static str, kind: &'static str, lead: &'static str) -> Script {
    Script {
        kind,
        lead,
        version: "V5.3.0.0001",
        title: "衡川生产管理平台 5.3",
        slot: Some(("2026-07-01T10:00:00Z", "2026-07-01T14:00:00Z")),
        items: vec![
            item("工序看板", "code", "feature", &[]),
            item("修正班次产量合计", "code", "fix", &[]),
        ],
        ..told(Lang::Zh, process)
    }
}

pub fn product_patch() -> Script {
    let yes = [("with_customers", true), ("great_effect", true), ("cannot_wait", true)];
    Script {
        version: "V5.2.1.0001",
        title: "衡川生产管理平台 5.2.1",
        items: vec![item("修正班次产量合计", "code", "fix", &yes)],
        ..product("product/patch", "patch", "requirement_lead")
    }
}

pub fn readiness_production() -> Script {
    let mut script = product("readiness/production", "new_system", "project_manager");
    let named = |before: &str, it: &str| kept(&format!("{before}{it}"));
    let text = |it: &str| Fact::Text(it.to_owned());
    script.fields = HARDWARE.iter().map(|it| (named("required_", it.0), text(it.1))).collect();
    script.answers = HARDWARE
        .iter()
        .map(|it| (named("hardware.", it.0), Answer::Found(it.2.to_owned())))
        .collect();
    script
}

/// Hardware: item, required, found.
const HARDWARE: [(&str, &str, &str); 8] = [
    ("host_connection", "双线路", "双线路"),
    ("host_model", "R740", "R740"),
    ("processor", "64 GHz", "76.8 GHz"),
    ("memory", "256 GB", "512 GB"),
    ("disk", "4000 GB", "8000 GB"),
    ("network_cards", "2 × 10G", "2 × 10G"),
    ("fibre_channel", "无", "无"),
    ("other_cards", "无", "无"),
];

pub fn development_project() -> Script {
    Script {
        fields: vec![("development_mode", Fact::Text("in_house".to_owned()))],
        ..product("development/project", "new_system", "project_manager")
    }
}

pub fn development_release() -> Script {
    Script {
        fields: vec![("training_needed", Fact::Bool(true))],
        outcomes: vec![("next_version", "upgrade")],
        events: vec![("issue.raised", "publish")],
        ..product("development/release", "release", "project_manager")
    }
}
