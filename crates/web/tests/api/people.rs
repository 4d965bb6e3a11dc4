//! People, their roles and absences, the tree of units, and lists that are imported.

use crate::pages::{location, page, send};
use crate::processes::upload;
use crate::world::World;
use axum::http::StatusCode;

#[tokio::test]
async fn pages_of_people_speak_four_languages() {
    let world = World::new().await;
    let person = format!("/people/{}", world.own.person);
    let pages = [
        ("/people".to_owned(), ["People and roles", "사람", "Người", "人员"]),
        (person, ["own-staff person", "own-staff person", "own-staff person", "own-staff person"]),
        ("/units".to_owned(), ["Units", "조직", "Đơn vị", "单位"]),
        (
            "/import?kind=people".to_owned(),
            ["Import a list", "목록 가져오기", "Nhập danh sách", "导入列表"],
        ),
        ("/processes/publish".to_owned(), ["New revision", "새 개정", "Bản sửa đổi mới", "新修订"]),
    ];
    for (path, titles) in pages {
        for (lang, title) in ["en", "ko", "vi", "zh"].into_iter().zip(titles) {
            let reply = page(&world, "admin", &path, lang).await;
            assert_eq!(reply.status, StatusCode::OK, "{path} {lang}: {reply:?}");
            assert!(reply.text.contains(title), "{path} {lang}: {}", reply.text);
            assert_eq!(reply.text.matches("<h1").count(), 1, "{path} {lang}");
            assert!(!reply.text.contains("style="), "{path} {lang}: the policy forbids it");
        }
    }
}

#[tokio::test]
async fn a_newcomer_gets_role_and_link_at_once_or_nothing() {
    let world = World::new().await;
    let fields = |login: &'static str| {
        [("name", "이보람"), ("login", login), ("email", ""), ("lang", "ko"), ("role", "manager")]
    };
    let taken = send(&world, "admin", "/people", &fields("manager")).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY, "{taken:?}");
    let list = page(&world, "admin", "/people?q=%EC%9D%B4%EB%B3%B4%EB%9E%8C", "en").await;
    assert!(list.text.contains("Nobody fits."), "nothing is half made: {}", list.text);
    let made = send(&world, "admin", "/people", &fields("boram")).await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
    assert!(made.text.contains("/l/rbl_"), "{}", made.text);
    let list = page(&world, "admin", "/people?q=boram", "en").await;
    assert!(list.text.contains("이보람") && list.text.contains("Release manager"), "{}", list.text);
    let denied = send(&world, "member", "/people", &fields("other")).await;
    assert!(denied.status.is_client_error(), "{denied:?}");
}

#[tokio::test]
async fn roles_absences_and_deputies_are_given_with_dates_and_end() {
    let world = World::new().await;
    let path = format!("/people/{}", world.own.person);
    let act = async |fields: &[(&str, &str)]| send(&world, "admin", &path, fields).await;
    let role = [("do", "role"), ("role", "auditor"), ("scope", "all"), ("to", "2026-03-31")];
    let given = act(&role).await;
    assert_eq!(
        (given.status, location(&given)),
        (StatusCode::SEE_OTHER, path.as_str()),
        "{given:?}"
    );
    let away = [("do", "absence"), ("from", "2026-02-02"), ("to", "2026-02-06"), ("reason", "")];
    assert_eq!(act(&away).await.status, StatusCode::SEE_OTHER);
    let deputy =
        [("do", "deputy"), ("deputy", "manager"), ("from", "2026-02-02"), ("to", "2026-02-06")];
    assert_eq!(act(&deputy).await.status, StatusCode::SEE_OTHER);
    let shown = page(&world, "admin", &path, "en").await;
    for word in ["Auditor", "1 Apr", "Mon 2 Feb", "Fri 6 Feb", "manager person"] {
        assert!(shown.text.contains(word), "{word}: {}", shown.text);
    }
    for wrong in [
        &[("do", "role"), ("role", "Bad Role!"), ("scope", "all")][..],
        &[("do", "role"), ("role", "auditor"), ("scope", "moon")],
        &[("do", "absence"), ("from", "2026-02-30"), ("to", "x")],
        &[("do", "absence"), ("from", "2026-02-06"), ("to", "2026-02-02")],
        &[
            ("do", "deputy"),
            ("deputy", "nobody-known"),
            ("from", "2026-02-02"),
            ("to", "2026-02-06"),
        ],
        &[("do", "dance")],
    ] {
        let reply = act(wrong).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?} {reply:?}");
        assert!(reply.text.contains("role=\"alert\""), "{wrong:?}");
    }
    let ended = act(&[("do", "end_role"), ("role", "auditor"), ("scope", "all")]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER, "{ended:?}");
    let again = act(&[("do", "end_role"), ("role", "auditor"), ("scope", "all")]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let foreign = format!("/people/{}", world.foreign.person);
    assert_eq!(page(&world, "manager", &foreign, "en").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn units_are_made_renamed_and_moved_but_never_below_themselves() {
    let world = World::new().await;
    let own = world.own.unit.to_string();
    let fields = |name: &'static str, parent: String| {
        [
            ("name", name.to_owned()),
            ("kind", "team".to_owned()),
            ("parent", parent),
            ("zone", "Asia/Seoul".to_owned()),
        ]
    };
    let post = async |path: &str, fields: [(&str, String); 4]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|it| (it.0, it.1.as_str())).collect();
        send(&world, "admin", path, &fields).await
    };
    assert_eq!(post("/units", fields("배포팀", own.clone())).await.status, StatusCode::SEE_OTHER);
    let tree = page(&world, "admin", "/units", "en").await;
    assert!(tree.text.contains("배포팀"), "{}", tree.text);
    let made = tree.text.split(">배포팀</a>").next().unwrap();
    let made = made.rsplit("unit=").next().unwrap().split('"').next().unwrap().to_owned();
    let loop_ = post(&format!("/units/{own}"), fields("Own", made.clone())).await;
    assert_eq!(loop_.status, StatusCode::UNPROCESSABLE_ENTITY, "{loop_:?}");
    let moved =
        post(&format!("/units/{made}"), fields("Moved team", world.foreign.unit.to_string())).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER, "{moved:?}");
    let nameless = post("/units", fields(" ", own)).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY, "{nameless:?}");
}

#[tokio::test]
async fn a_list_is_imported_whole_or_not_at_all() {
    let world = World::new().await;
    let rows = "login,name,lang\nminji,김민지,ko\n,Nameless,xx\n";
    let words = [("kind", "people"), ("text", rows)];
    let wrong = upload(&world, "admin", "/import", &words, None).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
    assert!(
        wrong.text.contains("Nothing was imported") && wrong.text.contains("minji"),
        "{}",
        wrong.text
    );
    let list = page(&world, "admin", "/people?q=minji", "en").await;
    assert!(list.text.contains("Nobody fits."), "{}", list.text);
    let file = "login,name,lang\nminji,김민지,ko\nlan,Trần Lan,vi\n".as_bytes();
    let file = Some(("people.csv", "text/csv", file));
    let tried = upload(&world, "admin", "/import/check", &[("kind", "people")], file).await;
    assert!(tried.text.contains("All 2 rows are right."), "{}", tried.text);
    let kept = upload(&world, "admin", "/import", &[("kind", "people")], file).await;
    assert!(kept.text.contains("2 rows are imported."), "{}", kept.text);
    let list = page(&world, "admin", "/people?q=minji", "en").await;
    assert!(list.text.contains("김민지"), "{}", list.text);
    let empty = upload(&world, "admin", "/import", &[("kind", "people")], None).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY, "{empty:?}");
    let denied = upload(&world, "member", "/import", &words, file).await;
    assert!(denied.status.is_client_error(), "{denied:?}");
}
