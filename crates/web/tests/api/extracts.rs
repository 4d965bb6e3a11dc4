//! Tables drawn from the record of a release: over the API, as pages and as CSV, in four languages.

use crate::pages::page;
use crate::world::World;
use axum::http::StatusCode;
use roadbook_core::process::template::Extract;
use serde_json::{Value, json};

/// A release for the sites there are, with people in its roles.
async fn release(world: &World) -> String {
    let id = |who: &str| world.people[who].id.to_string();
    let new = json!({
        "product": world.own.product.to_string(),
        "process": "readiness/production",
        "version": "1.1.0",
        "title": "Ready",
        "kind": "upgrade",
        "lead": id("manager"),
        "roles": { "project_manager": [id("manager")], "system_operator": [id("member")] },
    });
    let made = world.call(Some("manager"), "POST", "/api/v1/releases", &new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    made.json()["id"].as_str().unwrap().to_owned()
}

async fn table(world: &World, release: &str, extract: &str, lang: &str) -> Value {
    let path = format!("/api/v1/releases/{release}/extracts/{extract}?lang={lang}");
    let reply = world.call(Some("manager"), "GET", &path, &Value::Null).await;
    assert_eq!(reply.status, StatusCode::OK, "{path}: {reply:?}");
    reply.json()
}

// proves: S4f-21/A
#[tokio::test]
async fn every_table_is_drawn_in_four_languages_to_read_and_as_csv() {
    let world = World::new().await;
    let release = release(&world).await;
    let titles = [
        ("tasks", ["Tasks by person", "담당자별 업무 목록", "Danh sách nhiệm vụ", "任务清单"]),
        ("problems", ["Problem report", "문제 보고서", "Báo cáo vấn đề", "问题报告"]),
        ("changes", ["Change record", "변경 기록", "Hồ sơ thay đổi", "变更记录"]),
        ("switch_over", ["Switch-over", "전환 보고서", "Báo cáo chuyển đổi", "系统切换报告"]),
        ("training", ["Training report", "교육 보고서", "Báo cáo đào tạo", "培训报告"]),
        ("upgrades", ["Upgrade record", "업그레이드 이력 대장", "Bảng ghi nâng cấp", "升级记录表"]),
        ("address_book", ["Address book", "연락처 명부", "Danh bạ liên hệ", "通讯录"]),
        ("deliverables", ["Table of deliverables", "산출물", "sản phẩm bàn giao", "交付物清单"]),
        ("communication", ["Communication log", "소통 기록", "Nhật ký trao đổi", "沟通记录"]),
        ("troubles", ["Incidents and problems", "장애와 문제", "Sự cố và vấn đề", "事件和问题"]),
        ("releases", ["Releases of the period", "기간 내 배포", "trong kỳ", "本期发布清单"]),
        ("measures", ["Key measures", "주요 지표", "Chỉ số chính", "关键指标"]),
    ];
    assert_eq!(titles.map(|it| it.0), Extract::ALL.map(Extract::name));
    for (extract, titles) in titles {
        for (lang, title) in ["en", "ko", "vi", "zh"].into_iter().zip(titles) {
            let drawn = table(&world, &release, extract, lang).await;
            assert!(drawn["title"].as_str().unwrap().contains(title), "{extract} {lang}: {drawn}");
            // Every word is there in the language: no key stands for it.
            assert!(!drawn.to_string().contains("extract-"), "{extract} {lang}: {drawn}");
            let columns = drawn["columns"].as_array().unwrap().len();
            for row in drawn["rows"].as_array().unwrap() {
                assert_eq!(row.as_array().unwrap().len(), columns, "{extract} {lang}");
            }
            let path = format!("/releases/{release}/extracts/{extract}");
            let reply = page(&world, "manager", &path, lang).await;
            assert_eq!(reply.status, StatusCode::OK, "{path} {lang}");
            assert!(reply.text.contains(title), "{path} {lang}");
        }
    }
    // Each step stands with whoever holds its role.
    let tasks = table(&world, &release, "tasks", "ko").await;
    let people: Vec<&str> =
        tasks["rows"].as_array().unwrap().iter().filter_map(|it| it[0].as_str()).collect();
    assert!(!people.is_empty() && people.iter().all(|it| !it.is_empty()), "{tasks}");
    let path = format!("/api/v1/releases/{release}/extracts/tasks/csv?lang=ko");
    let csv = world.call(Some("manager"), "GET", &path, &Value::Null).await;
    assert!(csv.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    let lines: Vec<&str> = csv.text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[0], "담당자,역할,번호,단계,시작,종료,상태");
    assert_eq!(lines.len(), people.len() + 1, "{}", csv.text);
}

// proves: S4a-36/A
#[tokio::test]
async fn the_address_book_equals_who_holds_the_roles_and_the_contacts_of_the_sites() {
    let world = World::new().await;
    let release = release(&world).await;
    let book = table(&world, &release, "address_book", "en").await;
    let rows = book["rows"].as_array().unwrap();
    for (role, name) in
        [("Project manager", "manager person"), ("System operator", "member person")]
    {
        let held = rows.iter().any(|it| it[0] == role && it[1] == name);
        assert!(held, "{role}: {book}");
    }
    // A contact of the site in scope, as it is told to the site itself.
    let contacts: Vec<&Value> = rows.iter().filter(|it| it[3] != json!("")).collect();
    let site = format!("/api/v1/sites/{}", world.own.site);
    let site = world.call(Some("manager"), "GET", &site, &Value::Null).await.json();
    let known: Vec<&Value> = site["contacts"].as_array().unwrap().iter().collect();
    assert_eq!(contacts.len(), known.len(), "{book} {site}");
    for contact in known {
        let listed = contacts.iter().any(|it| it[1] == contact["name"]);
        assert!(listed, "{contact} is not in {book}");
    }
}

#[tokio::test]
async fn what_is_not_drawn_is_refused_with_what_there_is() {
    let world = World::new().await;
    let base = format!("/api/v1/releases/{}/extracts", world.own.release);
    for (path, status) in [
        (format!("{base}/wishes"), StatusCode::NOT_FOUND),
        (format!("{base}/tasks?lang=xx"), StatusCode::UNPROCESSABLE_ENTITY),
        ("/api/v1/releases/none/extracts/tasks".to_owned(), StatusCode::NOT_FOUND),
    ] {
        let reply = world.call(Some("manager"), "GET", &path, &Value::Null).await;
        assert_eq!(reply.status, status, "{path}: {reply:?}");
    }
    // Who may not see the release draws nothing from it.
    let foreign = format!("/api/v1/releases/{}/extracts/tasks", world.foreign.release);
    let reply = world.call(Some("member"), "GET", &foreign, &Value::Null).await;
    assert!(reply.status.is_client_error(), "{reply:?}");
}
