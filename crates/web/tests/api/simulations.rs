//! Simulated processes: the page in four languages, the same over REST, and what is refused.

use crate::pages::page;
use crate::world::World;
use axum::http::StatusCode;
use serde_json::json;

const PAGE: &str = "/processes/starter/release/simulate";

#[tokio::test]
async fn the_page_asks_and_answers_in_four_languages() {
    let world = World::new().await;
    for (lang, title, kept, path) in [
        ("en", "Simulate a process", "can be kept", "Critical path"),
        ("ko", "프로세스 모의 실행", "지킬 수 있음", "주 경로"),
        ("vi", "Chạy thử quy trình", "giữ được", "Đường găng"),
        ("zh", "模拟流程", "能保证", "关键路径"),
    ] {
        let asked = page(&world, "member", PAGE, lang).await;
        assert_eq!(asked.status, StatusCode::OK, "{asked:?}");
        assert!(asked.text.contains(title) && !asked.text.contains("id=\"verdict\""), "{lang}");
        let all = format!(
            "{PAGE}?go_live=2026-03-05T22:00&hours=2&team=counted&week=40&n.tester=1&n.release_lead=1&n.approver=1&seed=4"
        );
        let answer = page(&world, "member", &all, lang).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        for word in [title, kept, path, "id=\"lanes\"", "id=\"load\"", "id=\"waits\"", "! "] {
            assert!(answer.text.contains(word), "{lang} {word}");
        }
        assert_eq!(answer.text.matches("<h1").count(), 1);
        assert!(!answer.text.contains("style="), "the policy forbids it");
    }
    let process = page(&world, "member", "/processes/starter/release", "en").await;
    assert!(process.text.contains("/processes/starter/release/simulate?revision=1"), "linked");
}

#[tokio::test]
async fn what_cannot_be_read_is_said_at_its_field() {
    let world = World::new().await;
    for (query, word) in [
        ("go_live=soon&hours=2", "Enter a date and a time."),
        ("go_live=2026-03-05T22:00&hours=many", "Enter a whole number"),
        ("go_live=2026-03-05T22:00&hours=2&seed=-1", "Enter a whole number"),
        ("go_live=&begin=never", "Enter a date and a time."),
        ("go_live=&team=counted&week=900", "Enter a whole number"),
        ("go_live=&team=counted&n.tester=many", "Enter a whole number"),
        ("go_live=&team=nobody", "There is no such unit"),
        ("go_live=&team=unit_01BX5ZZKBKACTAV9WEVGEMMVRZ", "There is no such unit"),
        ("go_live=2050-01-01T09:00&hours=2", "within ten years"),
        ("go_live=&begin=2000-01-01T09:00", "within ten years"),
        ("go_live=&revision=9", "There is no such revision."),
    ] {
        let seed = if query.contains("seed") { "" } else { "seed=17&" };
        let reply = page(&world, "member", &format!("{PAGE}?{seed}{query}"), "en").await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert_eq!(reply.text.matches(word).count(), 1, "{query}: {}", reply.text);
        assert!(reply.text.contains("aria-invalid=\"true\""), "{query}: {}", reply.text);
        // What else was written stays in the form.
        let kept = seed.is_empty() || reply.text.contains("value=\"17\"");
        assert!(kept && !reply.text.contains("id=\"verdict\""), "{query}: {}", reply.text);
    }
    let nobody = format!("{PAGE}?go_live=&team=counted");
    let reply = page(&world, "member", &nobody, "en").await;
    assert!(reply.text.contains("Nobody in the team holds these roles"), "{}", reply.text);
    let early = format!("{PAGE}?go_live=2026-01-01T09:00&hours=2");
    let reply = page(&world, "member", &early, "en").await;
    assert!(reply.text.contains("cannot be kept as asked"), "{}", reply.text);
    // That a step comes late is said once.
    let twice = reply.text.contains("would end") && reply.text.contains("misses its date");
    assert!(!twice, "{}", reply.text);
}

#[tokio::test]
async fn the_same_answer_comes_over_rest() {
    let world = World::new().await;
    let path = "/api/v1/processes/starter%2Frelease/simulation";
    let body = json!({ "go_live": "2026-03-05T13:00:00Z", "team": { "roles": { "tester": 1, "release_lead": 1, "approver": 2 } }, "seed": 4 });
    let made = world.call(Some("member"), "POST", path, &body).await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
    let told = made.json();
    assert_eq!(told["kept"], true, "{told}");
    assert_eq!(told["steps"].as_array().unwrap().len(), 6);
    assert_eq!(told["critical_path"][0], "go_live", "nothing before it is short of time: {told}");
    let again = world.call(Some("member"), "POST", path, &body).await.json();
    assert_eq!(told["steps"], again["steps"], "the same number, the same dates");
    for (wrong, field) in [
        (json!({ "go_live": "soon" }), "go_live"),
        (json!({ "settings": { "nothing": "1" } }), "settings"),
        (json!({ "team": { "unit": "x" } }), "team.unit"),
    ] {
        let reply = world.call(Some("member"), "POST", path, &wrong).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(reply.text.contains(field), "{wrong}: {}", reply.text);
    }
    let query = format!("from=1&to=1&release={}", world.own.release);
    let open = format!("/api/v1/processes/starter%2Frelease/comparison?{query}");
    let reply = world.call(Some("manager"), "GET", &open, &json!(null)).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{reply:?}");
    assert!(reply.text.contains("not_closed"), "{}", reply.text);
    let compare = "/processes/starter/release/compare";
    let asked = page(&world, "manager", compare, "ko").await;
    assert!(asked.text.contains("무엇이 달라졌을까"), "{}", asked.text);
    for (release, word) in [
        (world.own.release.to_string(), "This release is not closed."),
        ("R-1999-0001".to_owned(), "There is no such release"),
    ] {
        let path = format!("{compare}?from=1&to=1&release={release}");
        let reply = page(&world, "manager", &path, "en").await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{reply:?}");
        for word in [word, release.as_str(), "aria-invalid=\"true\""] {
            assert!(reply.text.contains(word), "{word}: {}", reply.text);
        }
    }
}
