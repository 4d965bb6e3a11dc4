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

fn text(it: &str) -> Fact {
    Fact::Text(it.to_owned())
}

/// A list with several columns.
fn table(rows: &[&[&str]]) -> Fact {
    let row = |it: &&[&str]| Fact::List(it.iter().map(|cell| text(cell)).collect());
    Fact::List(rows.iter().map(row).collect())
}

/// A laboratory's totals are wrong after an upgrade; three sites run the version.
pub fn vendor_issue() -> Script {
    Script {
        fields: vec![
            ("reporter", text("임나연(한들제약 안양연구소)")),
            ("what", text("problem")),
            ("occurred", text("after_upgrade")),
            ("reported_site", text("anyang")),
            ("reported_version", text("V3.0.2.0118")),
            ("guide_kind", text("faq")),
            ("guide_article", text("FAQ 41: 마감 후 재고 금액을 다시 계산하는 방법")),
            ("affected_versions", table(&[&["V3.0.2.0118"]])),
            ("base_version", text("V3.0.2.0118")),
            ("patch_version", text("V3.0.2.0119")),
            ("nature", text("data")),
            ("impact", text("마감 재고 금액이 두 번 합산됩니다.")),
            (
                "workaround",
                text("마감 보고서를 인쇄하지 말고 재고 현황에서 금액을 확인해 주십시오."),
            ),
            (
                "affected_sites",
                table(&[
                    &["anyang", "V3.0.2.0118"],
                    &["bac-ninh", "V3.0.2.0118"],
                    &["changwon", "V3.0.2.0118"],
                ]),
            ),
            ("resolution", text("patched")),
        ],
        outcomes: vec![("guide_applied", "not_solved")],
        ..paper(Lang::Ko, "vendor/issue", "support", "마감 재고 금액이 두 배로 표시됨")
    }
}

/// The issue is judged again: it is a serious defect that cannot wait.
pub const DEFECT: [(&str, &str); 3] =
    [("triage", "defect"), ("serious", "serious"), ("emergency", "now")];

/// The hotfix that the issue opens.
pub fn vendor_hotfix() -> Script {
    Script {
        fields: vec![("next_version", text("V3.1.0.0001"))],
        ..paper(Lang::Ko, "vendor/hotfix", "release_lead", "마감 재고 금액 수정")
    }
}

pub fn saas_leftover() -> Script {
    Script {
        fields: vec![("update", text("Sổ Mây 4.7, ngày 14/02/2026"))],
        ..paper(
            Lang::Vi,
            "saas/leftover",
            "product_development",
            "Tổng công nợ lệch một đồng sau bản 4.7",
        )
    }
}

pub fn window_plan() -> Script {
    Script {
        period: Some("2027"),
        fields: vec![
            (
                "freezes",
                table(&[
                    &["2027-01-29", "2027-02-14", "Tết Nguyên đán"],
                    &["2027-12-20", "2027-12-31", "Quyết toán cuối năm"],
                ]),
            ),
            ("emergency_share", Fact::Int(4)),
        ],
        ..paper(
            Lang::Vi,
            "enterprise/window-plan",
            "application_development",
            "Khung giờ cập nhật năm 2027",
        )
    }
}

pub fn system_plan() -> Script {
    paper(Lang::Zh, "service/system-plan", "management", "2026 年度系统发布计划")
}

pub fn improvement() -> Script {
    Script {
        fields: vec![
            ("problem", text("测试开始时环境常常尚未就绪")),
            ("improvement", text("把环境就绪列为测试的前提")),
            ("owner", text("@person:tester")),
        ],
        ..paper(Lang::Zh, "service/improvement", "process_owner", "环境就绪后再开始测试")
    }
}

pub fn configuration_change() -> Script {
    Script {
        fields: vec![
            ("change_kind", text("feature")),
            ("reason", text("班组长需要按班次查看工序看板")),
            ("items", table(&[&["工序看板", "计划模块", "5.2.0"]])),
            ("reference", text("标签 works-5.3-board")),
            ("new_versions", table(&[&["工序看板", "5.2.0", "5.3.0"]])),
        ],
        ..paper(Lang::Zh, "configuration/change", "requirement_lead", "工序看板增加班次筛选")
    }
}

pub fn configuration_audit() -> Script {
    Script {
        fields: vec![
            ("compared_with", text("基线 works-5.2")),
            (
                "findings",
                table(&[
                    &["生产环境的接口参数与登记不一致", "接口参数", "柏雨辰"],
                    &["测试数据缺少所属模块", "测试数据", "侯嘉睿"],
                ]),
            ),
        ],
        answers: vec![
            ("comparison.identified", Answer::YesNo(false)),
            ("comparison.as_recorded", Answer::YesNo(false)),
        ],
        ..paper(Lang::Zh, "configuration/audit", "quality_manager", "2026 年度配置审计")
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
