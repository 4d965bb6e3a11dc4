//! Processes in the browser: lanes, revisions, differences, and a new revision from a file.

use crate::pages::{location, page};
use crate::world::{Reply, World};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use roadbook_app::Call;
use roadbook_app::roles::RoleInput;
use roadbook_core::access::Scope;
use roadbook_web::http::session::csrf_of;
use roadbook_wire::process::builtin;
use serde_json::json;

/// A form with a file, as a browser sends it.
pub async fn upload(
    world: &World,
    who: &str,
    path: &str,
    words: &[(&str, &str)],
    file: Option<(&str, &str, &[u8])>,
) -> Reply {
    let token = &world.people[who].token;
    let csrf = csrf_of(token);
    let mut body = Vec::new();
    for (name, value) in [("csrf", csrf.as_str())].iter().chain(words) {
        let head = format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(format!("{head}{value}\r\n").as_bytes());
    }
    if let Some((name, media, bytes)) = file {
        let head = format!(
            "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: {media}\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--x--\r\n");
    let request = Request::post(path)
        .header(header::HOST, "127.0.0.1:8080")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .header(header::CONTENT_LENGTH, body.len())
        .header(header::COOKIE, format!("roadbook={token}; lang=en"));
    world.send(request.body(Body::from(body)).unwrap()).await
}

fn text_of(id: &str) -> String {
    builtin().iter().find(|it| it.0 == id).unwrap().1.to_owned()
}

// proves: S0-39/A S2-50/A
#[tokio::test]
async fn a_process_shows_what_it_is_in_four_languages() {
    let world = World::new().await;
    for (lang, words) in [
        ("en", ["In force from", "Quality management", "Supplementary rules"]),
        ("ko", ["시행일", "품질관리", "부칙"]),
        ("vi", ["Có hiệu lực từ", "chất lượng", "Điều khoản bổ sung"]),
        ("zh", ["生效日期", "质量管理", "附则"]),
    ] {
        let reply = page(&world, "member", "/processes/vendor/release", lang).await;
        assert_eq!(reply.status, StatusCode::OK, "{lang} {reply:?}");
        for word in words.into_iter().chain(["VR-01", "2026-01-01"]) {
            assert!(reply.text.contains(word), "{lang} {word}");
        }
        assert_eq!(reply.text.matches("<h1").count(), 1);
        assert!(!reply.text.contains("style="), "the policy forbids it");
    }
    let missing = page(&world, "member", "/processes/vendor/nothing", "en").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

// proves: S0-41/A
#[tokio::test]
async fn the_lanes_hold_every_step_of_the_process_in_the_lane_of_its_role() {
    let world = World::new().await;
    for (id, text) in builtin() {
        let template = roadbook_wire::process::parse("x", text).unwrap().template;
        let reply = page(&world, "member", &format!("/processes/{id}"), "en").await;
        assert_eq!(reply.status, StatusCode::OK, "{id}");
        for (_, step) in template.steps() {
            let marks: Vec<&str> = reply
                .text
                .match_indices(&format!("data-step=\"{}\"", step.id))
                .map(|it| it.1)
                .collect();
            let want = match &step.kind {
                roadbook_core::process::template::StepKind::Approval(spec)
                    if step.roles.is_empty() =>
                {
                    spec.approvers.len()
                }
                _ => step.roles.len(),
            };
            assert!(marks.len() >= want.max(1), "{id} {}: {} of {want}", step.id, marks.len());
        }
    }
}

// proves: S2-01/A S2-02/A
#[tokio::test]
async fn a_new_revision_is_checked_published_and_told_apart() {
    let world = World::new().await;
    let form = page(&world, "admin", "/processes/starter/release/edit", "en").await;
    assert!(form.text.contains("id = &quot;starter/release&quot;"), "{}", form.text);
    let text = text_of("starter/release");
    let broken = text
        .replace("after = [\"plan\"]", "after = [\"nothing\"]")
        .replace("kind = \"test\"", "kind = \"tset\"");
    let words = |text: &str, note: &str| {
        [("note".to_owned(), note.to_owned()), ("text".to_owned(), text.to_owned())]
    };
    let send = async |path: &str, text: &str, note: &str| {
        let words = words(text, note);
        let words: Vec<(&str, &str)> =
            words.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
        upload(&world, "admin", path, &words, None).await
    };
    // Everything that is wrong comes at once, with its line.
    let refused = send("/processes/publish", &broken, "second").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
    assert!(refused.text.contains("line 60"), "{}", refused.text);
    let unnamed = send("/processes/publish", &text, "").await;
    assert!(unnamed.text.contains("This field is required."), "{}", unnamed.text);
    let checked = send("/processes/check", &text, "").await;
    assert_eq!(checked.status, StatusCode::OK, "{checked:?}");

    // Two approvals, later only one: a step is taken out without code.
    let start = text.find("  [[phase.step]]\n  id = \"approve\"").unwrap();
    let end = start + text[start..].find("[[phase]]").unwrap();
    let second = text[start..end]
        .replace("id = \"approve\"", "id = \"approve_again\"")
        .replace("after = [\"test\"]", "after = [\"approve\"]");
    let double = format!("{}{second}{}", &text[..end], &text[end..]);
    let plain = double.replace("First edition", "Plainer title");
    let made = send("/processes/publish", &plain, "A second approval").await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{made:?}");
    assert_eq!(location(&made), "/processes/starter/release?revision=2");
    let shown = page(&world, "member", "/processes/starter/release", "en").await;
    for word in ["Revision 2", "A second approval", "Oh Haneul", "Superseded", "In force"] {
        assert!(shown.text.contains(word), "{word}");
    }
    let open = async |version: &str| {
        let body = json!({
            "product": world.own.product.as_str(), "process": "starter/release",
            "version": version, "title": "Another", "kind": "upgrade",
        });
        let made = world.call(Some("manager"), "POST", "/api/v1/releases", &body).await;
        made.json()["id"].as_str().unwrap().to_owned()
    };
    let before = open("2.0.0").await;
    let short = text.replace("First edition", "One approval is enough");
    let made = send("/processes/publish", &short, "Small releases need one approval").await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{made:?}");
    let diff = page(&world, "member", "/processes/starter/release?from=2&to=3", "en").await;
    assert!(diff.text.contains("Removed step: Approve"), "{}", diff.text);
    // The drawing marks the same step, and leads to the words about it.
    for part in ["sw-removed", "href=\"#change-approve_again\"", "id=\"change-approve_again\""] {
        assert!(diff.text.contains(part), "{part}: {}", diff.text);
        assert!(!shown.text.contains(part), "nobody asked for {part}");
    }
    let after = open("2.1.0").await;
    for (release, needs) in [(&before, true), (&after, false)] {
        let shown = page(&world, "manager", &format!("/releases/{release}/plan"), "en").await;
        let step = format!("/releases/{release}/steps/approve_again");
        assert_eq!(shown.text.contains(&step), needs, "who began before keeps it");
    }
    moved_onto_the_revision_in_force(&world, &before, &after).await;

    // What holds later waits for its day.
    let later = plain.replace("2026-01-01", "2026-02-01").replace("Plainer title", "Third");
    let made = send("/processes/publish", &later, "From February").await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{made:?}");
    let shown = page(&world, "member", "/processes/starter/release", "en").await;
    assert!(
        shown.text.contains("Scheduled") && shown.text.contains("Revision 4"),
        "{}",
        shown.text
    );
    let denied = upload(&world, "member", "/processes/publish", &[("text", &later)], None).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN, "{denied:?}");
}

/// The page offers the later revision, says what it changes, and moves the release with a reason.
async fn moved_onto_the_revision_in_force(world: &World, release: &str, newest: &str) {
    let (there, link) = (format!("/releases/{release}"), format!("/releases/{release}/migration"));
    let shown = page(world, "manager", &there, "en").await;
    assert!(shown.text.contains("A newer revision 3 of the process is in force"), "{}", shown.text);
    assert!(shown.text.contains(&link), "{}", shown.text);
    let none = page(world, "manager", &format!("/releases/{newest}"), "en").await;
    assert!(!none.text.contains("/migration"), "it runs on the newest: {}", none.text);
    let none = page(world, "manager", &format!("/releases/{newest}/migration"), "en").await;
    assert!(none.text.contains("already runs on this revision"), "{}", none.text);
    for (lang, word) in
        [("en", "falls away"), ("ko", "없어집니다"), ("vi", "Bỏ bước"), ("zh", "取消步骤")]
    {
        let told = page(world, "manager", &link, lang).await;
        assert_eq!(told.status, StatusCode::OK, "{told:?}");
        assert!(told.text.contains(word), "{lang}: {}", told.text);
    }
    let api = format!("/api/v1{link}");
    let found = world.call(Some("manager"), "GET", &api, &json!({})).await.json();
    assert_eq!((&found["from"], &found["to"]), (&json!(2), &json!(3)), "{found}");
    assert_eq!(found["note"], "Small releases need one approval");
    let step = &found["steps"][0];
    assert_eq!((&step["step"], &step["fate"]), (&json!("approve_again"), &json!("removed")));
    let wanted = world.call(Some("manager"), "GET", &format!("{api}?revision=9"), &json!({})).await;
    assert_eq!(wanted.json()["code"], "migration_no_such_revision", "{wanted:?}");
    let order = |preview: &str| json!({ "reason": "one is enough", "preview": preview });
    let unseen = world.call(Some("manager"), "POST", &api, &order("00")).await;
    assert_eq!(unseen.json()["code"], "stale", "only who saw it can do it: {unseen:?}");
    let preview = found["preview"].as_str().unwrap();
    let denied = world.call(Some("member"), "POST", &api, &order(preview)).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN, "{denied:?}");
    let moved = world.call(Some("manager"), "POST", &api, &order(preview)).await;
    assert_eq!(moved.status, StatusCode::OK, "{moved:?}");
    let shown = page(world, "manager", &format!("{there}/plan"), "en").await;
    assert!(!shown.text.contains("approve_again"), "{}", shown.text);
    let used = page(world, "admin", "/processes/starter/release", "en").await;
    assert!(used.text.contains("Not closed on revision 3: 2"), "{}", used.text);
}

#[tokio::test]
async fn a_file_that_is_no_text_or_too_large_is_refused() {
    let world = World::new().await;
    let path = "/processes/publish";
    let words = [("note", "x")];
    let binary =
        upload(&world, "admin", path, &words, Some(("p.toml", "text/plain", &[0xff, 0xfe]))).await;
    assert_eq!(binary.status, StatusCode::UNPROCESSABLE_ENTITY, "{binary:?}");
    let large = vec![b'#'; 600 << 10];
    let large = upload(&world, "admin", path, &words, Some(("p.toml", "text/plain", &large))).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE, "{large:?}");
    let text = text_of("starter/release").replace("First edition", "From a file");
    let fine =
        upload(&world, "admin", path, &words, Some(("p.toml", "text/plain", text.as_bytes())))
            .await;
    assert_eq!(fine.status, StatusCode::SEE_OTHER, "{fine:?}");
}

// proves: S3-01/A S3-02/A
#[tokio::test]
async fn a_document_is_uploaded_revised_and_the_old_revision_stays_readable() {
    let world = World::new().await;
    let path = format!("/releases/{}/documents/release_plan", world.own.release);
    let file = format!("{path}/file");
    let send = async |name: &str, media: &str, bytes: &[u8], note: &str| {
        upload(&world, "manager", &file, &[("note", note)], Some((name, media, bytes))).await
    };
    for (name, media, bytes, says) in [
        ("run.exe", "application/x-msdownload", &b"MZ"[..], "This kind of file is not taken."),
        ("page.html", "text/html", b"<script>", "This kind of file is not taken."),
        ("empty.pdf", "application/pdf", b"", "The file is empty."),
        ("...", "application/pdf", b"%PDF", "The file needs a plain name."),
    ] {
        let reply = send(name, media, bytes, "").await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{name} {reply:?}");
        assert!(reply.text.contains(says), "{name} {}", reply.text);
    }
    let none = upload(&world, "manager", &file, &[("note", "x")], None).await;
    assert!(none.text.contains("Choose a file."), "{none:?}");
    for (name, note) in [("plan.pdf", "first draft"), ("plan-2.pdf", "reviewed by the team")] {
        let made = send(name, "application/pdf", name.as_bytes(), note).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{made:?}");
    }
    let shown = page(&world, "manager", &path, "en").await;
    for word in
        ["A0", "A1", "plan.pdf", "reviewed by the team", "manager person", "Obsolete", "Internal"]
    {
        assert!(shown.text.contains(word), "{word}: {}", shown.text);
    }
    let old = format!("/api/v1{path}/revisions/A0");
    let old = page(&world, "manager", &old, "en").await;
    assert_eq!((old.status, old.text.as_str()), (StatusCode::OK, "plan.pdf"));
    let foreign = format!("/releases/{}/documents/release_plan/file", world.foreign.release);
    let denied =
        upload(&world, "manager", &foreign, &[], Some(("a.pdf", "application/pdf", b"x"))).await;
    assert_eq!(denied.status, StatusCode::NOT_FOUND, "{denied:?}");
}

// Text, JSON and the browser show the same findings: errors stand against publishing, warnings not.
// proves: S2-02/A
#[tokio::test]
async fn a_check_lists_errors_and_warnings_alike_over_the_api_and_in_the_browser() {
    let world = World::new().await;
    let known: Vec<String> = builtin().iter().map(|it| it.0.to_owned()).collect();
    let text = text_of("starter/release");
    let doubtful = text.replace("  rejected = \"plan\"\n", "");
    let wrong = doubtful.replace("role = \"tester\"\n  after", "role = \"testr\"\n  after");
    for (text, ok, codes) in [
        (&text, true, vec![]),
        (&doubtful, true, vec!["rejection_stays"]),
        (&wrong, false, vec!["unknown_role", "rejection_stays"]),
    ] {
        let body = json!({ "text": text });
        let reply = world.call(Some("admin"), "POST", "/api/v1/processes/check", &body).await;
        assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
        let said = reply.json();
        assert_eq!(said["ok"], ok, "{said}");
        let list = said["findings"].as_array().unwrap();
        let found: Vec<&str> = list.iter().map(|it| it["code"].as_str().unwrap()).collect();
        assert_eq!(found, codes, "{said}");
        let shown = upload(&world, "admin", "/processes/check", &[("text", text)], None).await;
        let own = roadbook_wire::process::check_among("process.toml", text, &known).findings;
        assert_eq!(own.len(), list.len());
        for (finding, line) in own.iter().zip(list) {
            assert_eq!(line["message"], finding.message.as_str());
            assert_eq!(line["line"], finding.line);
            let plain = finding.message.split('`').next().unwrap();
            assert!(shown.text.contains(plain), "{finding} {}", shown.text);
            assert!(shown.text.contains(&format!("line {}", finding.line)), "{finding}");
        }
    }
}

// Text and drawing stand side by side; what a text changes is told in words and marked in the
// drawing, with a sign and not by color alone; how many releases go on without it stands there too.
#[tokio::test]
async fn the_editor_shows_what_a_text_changes_before_it_is_published() {
    let world = World::new().await;
    let text = text_of("starter/release");
    for (lang, words) in [
        ("en", ["What it changes", "Compared with revision 1", "Both revisions say the same."]),
        ("ko", ["바뀌는 내용", "개정 1", "삭제"]),
        ("vi", ["Những gì thay đổi", "bản sửa đổi 1", "đã bỏ"]),
        ("zh", ["变更内容", "现行修订1", "移除"]),
    ] {
        let shown = page(&world, "admin", "/processes/starter/release/edit", lang).await;
        assert_eq!(shown.status, StatusCode::OK, "{shown:?}");
        for word in words.into_iter().chain(["data-check=", "svg class=\"swim\"", "data-line="]) {
            assert!(shown.text.contains(word), "{lang} {word}: {}", shown.text);
        }
    }
    let look = async |text: &str| {
        let shown = upload(&world, "admin", "/processes/check", &[("text", text)], None).await;
        assert_eq!(shown.status, StatusCode::OK, "{shown:?}");
        shown.text
    };
    let used = look(&text).await;
    assert!(used.contains("Used by 2 releases") || used.contains("Used by one release"), "{used}");
    let renamed = text.replace("\"approve\"", "\"accept\"");
    let longer = renamed.replace("effort = \"1h\"", "effort = \"2h\"");
    let shown = look(&longer).await;
    for mark in ["class=\"sw-added\"", "class=\"sw-removed\"", "class=\"sw-changed\""] {
        assert!(shown.contains(mark), "{mark}: {shown}");
    }
    for word in ["id=\"change-approve\"", "Removed step: ", "New step: ", "<del>1h</del>"] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    let unread = look("format = 1\n[[").await;
    assert!(unread.contains("as soon as the file can be read"), "{unread}");
    let first = look(&text.replace("starter/release", "starter/fresh")).await;
    assert!(first.contains("this would be its first revision"), "{first}");
    let denied = page(&world, "member", "/processes/starter/release/edit", "en").await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN, "{denied:?}");
    let missing = page(&world, "admin", "/processes/starter/nothing/edit", "en").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND, "{missing:?}");
}

// proves: S2-01/A S3-02/A
#[tokio::test]
async fn a_draft_goes_to_review_and_somebody_else_puts_it_into_force() {
    let world = World::new().await;
    let text = text_of("starter/release");
    let edit = "/processes/starter/release/edit";
    let keep = async |who: &str, path: &str, text: &str, note: &str| {
        let words = [("process", "starter/release"), ("note", note), ("text", text)];
        upload(&world, who, path, &words, None).await
    };
    // Wrong, it is kept; to review it does not go.
    let kept = keep("admin", "/processes/draft", "format = 1\n[[", "").await;
    assert_eq!((kept.status, location(&kept)), (StatusCode::SEE_OTHER, edit), "{kept:?}");
    let shown = page(&world, "admin", edit, "en").await;
    for word in ["format = 1\n[[", "Drop the draft", "as soon as the file can be read"] {
        assert!(shown.text.contains(word), "{word}: {}", shown.text);
    }
    let refused = keep("admin", "/processes/review", "format = 1\n[[", "second").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{refused:?}");
    let better = text.replace("effort = \"1h\"", "effort = \"2h\"");
    let sent = keep("admin", "/processes/review", &better, "second").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{sent:?}");
    for (lang, words) in [
        ("en", ["In review", "Put into force", "Take it back", "the text stays as it is"]),
        ("ko", ["검토 중", "시행", "회수", "변경할 수 없습니다"]),
        ("vi", ["Đang xem xét", "Đưa vào hiệu lực", "Rút lại", "văn bản giữ nguyên"]),
        ("zh", ["评审中", "使其生效", "撤回", "文本保持不变"]),
    ] {
        let shown = page(&world, "admin", edit, lang).await;
        for word in words {
            assert!(shown.text.contains(word), "{lang} {word}: {}", shown.text);
        }
        // Neither text nor reason is changed, and nothing goes past the review.
        assert_eq!(shown.text.matches(" readonly").count(), 2, "{}", shown.text);
        assert!(!shown.text.contains("/processes/publish\""), "{}", shown.text);
    }
    let late = keep("admin", "/processes/draft", "somebody wrote on", "").await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{late:?}");
    for word in ["somebody wrote on", "The draft is in review"] {
        assert!(late.text.contains(word), "what was written is not lost: {}", late.text);
    }
    let home = page(&world, "admin", "/", "en").await;
    assert!(home.text.contains("Review a revision of") && home.text.contains(edit), "{home:?}");
    let home = page(&world, "member", "/", "en").await;
    assert!(!home.text.contains("Review a revision of"), "{home:?}");
    for (who, waits) in [("admin", 1), ("member", 0)] {
        let todo = world.call(Some(who), "GET", "/api/v1/todo/reviews", &json!({})).await;
        let todo = todo.json();
        assert_eq!(todo.as_array().map(Vec::len), Some(waits), "{who}: {todo}");
        assert!(waits == 0 || todo[0]["process"] == "starter/release", "{todo}");
    }
    let back = "/processes/starter/release/draft/return";
    let taken = crate::pages::send(&world, "admin", back, &[("remark", "")]).await;
    assert_eq!((taken.status, location(&taken)), (StatusCode::SEE_OTHER, edit), "{taken:?}");
    let sent = keep("admin", "/processes/review", &better, "second").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{sent:?}");
    let list = page(&world, "admin", "/processes", "en").await;
    assert!(list.text.contains(edit) && list.text.contains("In review"), "{}", list.text);
    let others = page(&world, "member", "/processes", "en").await;
    assert!(!others.text.contains(edit), "a draft is for those who write");
    // Over the API the same draft; where four eyes are asked for, its author is refused.
    let draft = world.call(Some("admin"), "GET", "/api/v1/process-drafts", &json!({})).await;
    assert_eq!(draft.json()[0]["state"], "review", "{draft:?}");
    let settings = [("zone", "Asia/Seoul"), ("lang", "en"), ("process_four_eyes", "true")];
    let set = crate::pages::send(&world, "admin", "/settings", &settings).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{set:?}");
    let path = "/api/v1/processes/starter%2Frelease/draft/approve";
    let own = world.call(Some("admin"), "POST", path, &json!({ "remark": "mine" })).await;
    assert_eq!((own.status, own.code().as_str()), (StatusCode::FORBIDDEN, "four_eyes"), "{own:?}");
    let denied = world.call(Some("member"), "POST", path, &json!({})).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN, "{denied:?}");
    let shown = page(&world, "admin", edit, "en").await;
    assert!(shown.text.contains("somebody else puts it into force"), "{}", shown.text);
    assert!(!shown.text.contains("Put into force"), "{}", shown.text);
    let home = page(&world, "admin", "/", "en").await;
    assert!(!home.text.contains("Review a revision of"), "not for its author to decide");
    let answer = "/processes/starter/release/draft";
    let settings = &settings[..2];
    crate::pages::send(&world, "admin", "/settings", settings).await;
    let remark = [("remark", "as agreed")];
    let path = format!("{answer}/approve");
    let approved = crate::pages::send(&world, "admin", &path, &remark).await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER, "{approved:?}");
    let shown = page(&world, "member", "/processes/starter/release", "en").await;
    assert!(shown.text.contains("Revision 2") && shown.text.contains("In force"), "{}", shown.text);
}

// proves: S4i-01/A
#[tokio::test]
async fn the_cover_of_a_process_says_who_wrote_it_who_reviewed_it_and_what_changed() {
    let world = World::new().await;
    let reviewer = world.people["process_owner"].id.clone();
    let everywhere = RoleInput {
        person: reviewer.clone(),
        role: "process_owner".to_owned(),
        scope: Scope::All,
        from: None,
        until: None,
    };
    let admin = Call::of(world.people["admin"].actor.clone());
    world.app.role_grant(&admin, everywhere).await.unwrap();
    let reviewer = reviewer.to_string();
    let path = "/api/v1/processes/starter%2Fcover";
    let file = |day: &str, effort: &str| {
        let text = text_of("starter/release");
        let text = text.replace("id = \"starter/release\"", "id = \"starter/cover\"");
        let text = text.replace("\"ST-01\"", "\"ST-77\"");
        let text = text.replace("effective = \"2026-01-01\"", &format!("effective = \"{day}\""));
        let text = text.replace("\"internal\"", "\"confidential\"");
        text.replace("effort = \"1h\"", &format!("effort = \"{effort}\""))
    };
    let call = async |who: &str, method: &str, part: &str, body: &serde_json::Value| {
        let reply = world.call(Some(who), method, &format!("{path}{part}"), body).await;
        assert!(reply.status.is_success(), "{who} {method} {part}: {reply:?}");
        reply.json()
    };
    for (day, effort, note) in
        [("2025-01-01", "1h", "first edition"), ("2025-02-01", "2h", "more time to prepare")]
    {
        let draft = json!({ "text": file(day, effort), "note": note });
        call("admin", "PUT", "/draft", &draft).await;
        world.wait(60);
        call("admin", "POST", "/draft/submit", &json!({})).await;
        world.wait(300);
        call("process_owner", "POST", "/draft/approve", &json!({ "remark": "as agreed" })).await;
        world.wait(300);
    }
    let admin = world.people["admin"].id.to_string();
    let shown = call("member", "GET", "", &json!({})).await;
    let control = &shown["control"];
    for (key, value) in [
        ("number", "ST-77"),
        ("confidentiality", "confidential"),
        ("effective", "2025-02-01"),
        ("owner", "release_lead"),
    ] {
        assert_eq!(control[key], value, "{control}");
    }
    let changes = control["changes"].as_array().expect("history");
    let line = |it: &serde_json::Value| {
        ["revision", "state", "note", "written_by", "reviewed_by"].map(|key| it[key].clone())
    };
    assert_eq!(changes.len(), 2, "{control}");
    assert_eq!(
        line(&changes[0]),
        [
            json!(2),
            json!("effective"),
            json!("more time to prepare"),
            json!(admin),
            json!(reviewer)
        ]
    );
    assert_eq!(
        line(&changes[1]),
        [json!(1), json!("superseded"), json!("first edition"), json!(admin), json!(reviewer)]
    );
    assert_eq!(control["shown"], changes[0]);
    for it in changes {
        // Written, reviewed six minutes later, and in force with that.
        let at = |key: &str| it[key].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
        assert_eq!(at("reviewed_at").duration_since(at("written_at")).as_secs(), 360, "{it}");
        assert_eq!(at("in_force_at"), at("reviewed_at"), "{it}");
    }
    // A revision that was superseded keeps its cover.
    let old = call("member", "GET", "?revision=1", &json!({})).await;
    assert_eq!(old["control"]["shown"], changes[1]);
    assert_eq!(old["control"]["effective"], "2025-01-01");
    // Published past any review, nobody is said to have reviewed it.
    let past = json!({ "text": file("2025-03-01", "3h"), "note": "in a hurry" });
    world.call(Some("admin"), "POST", "/api/v1/processes", &past).await;
    let shown = call("member", "GET", "", &json!({})).await;
    assert_eq!(shown["control"]["shown"]["reviewed_by"], serde_json::Value::Null);
    assert_eq!(shown["control"]["shown"]["written_by"], json!(admin));
    for (lang, words) in [
        ("en", ["Reviewed by", "Published without a review", "Reason for the revision"]),
        ("ko", ["검토자", "검토 없이 게시됨", "개정 사유"]),
        ("vi", ["Người xem xét", "Ban hành không qua xem xét", "Lý do sửa đổi"]),
        ("zh", ["评审人", "未经评审直接发布", "修订原因"]),
    ] {
        let reply = page(&world, "member", "/processes/starter/cover", lang).await;
        let said = ["ST-77", "more time to prepare", "process_owner person", "Oh Haneul"];
        for word in words.into_iter().chain(said) {
            assert!(reply.text.contains(word), "{lang} {word}: {}", reply.text);
        }
    }
}

// proves: S4e-01/A
#[tokio::test]
async fn a_branch_follows_the_process_that_head_office_made_binding() {
    let world = World::new().await;
    let file = |id: &str, kinds: &str, scope: &str| {
        let text = text_of("starter/release");
        let text = text.replace("id = \"starter/release\"", &format!("id = \"{id}\""));
        let named = format!("scope = \"{scope}\", number = ");
        let text = text.replacen("number = ", &named, 1);
        text.replacen(
            "go_live = ",
            &format!("accepts = {{ kinds = [{kinds}], modes = [\"planned\"] }}\ngo_live = "),
            1,
        )
    };
    let publish = async |id: &str, kinds: &str, scope: &str| {
        let body = json!({ "text": file(id, kinds, scope), "note": scope });
        let made = world.call(Some("admin"), "POST", "/api/v1/processes", &body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
    };
    let mut number = 10;
    let mut open = async |process: &str, kind: &str, mode: &str| {
        number += 1;
        let body = json!({
            "product": world.own.product.to_string(), "process": process, "kind": kind,
            "mode": mode, "version": format!("{number}.0.0"), "title": "Spring",
        });
        world.call(Some("manager"), "POST", "/api/v1/releases", &body).await
    };
    publish("own/rules", "\"upgrade\"", "binding").await;
    publish("own/branch", "\"upgrade\", \"fix\"", "reference").await;
    // The product belongs to a unit below head office.
    for process in ["own/branch", "starter/release"] {
        let refused = open(process, "upgrade", "planned").await;
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, "process_bound"),
            "{refused:?}"
        );
        assert!(refused.text.contains("`own/rules`"), "it names the one to use: {refused:?}");
    }
    for (process, kind, mode) in [
        ("own/rules", "upgrade", "planned"),
        ("own/branch", "fix", "planned"),
        ("starter/release", "upgrade", "emergency"),
    ] {
        let made = open(process, kind, mode).await;
        assert_eq!(made.status, StatusCode::CREATED, "{process} {kind} {mode}: {made:?}");
    }
    for (lang, word) in [
        ("en", "every unit uses it as it is"),
        ("ko", "그대로 따릅니다"),
        ("vi", "nguyên quy trình này"),
        ("zh", "照此流程执行"),
    ] {
        let shown = page(&world, "member", "/processes/own/rules", lang).await;
        assert!(shown.text.contains(word), "{lang}: {}", shown.text);
    }
    // As a reference it leaves the branch its own.
    publish("own/rules", "\"upgrade\"", "reference").await;
    let path = "/api/v1/processes/own%2Frules";
    let shown = world.call(Some("member"), "GET", path, &json!({})).await;
    assert_eq!(shown.json()["control"]["scope"], "reference", "{shown:?}");
    let made = open("own/branch", "upgrade", "planned").await;
    assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
}

// proves: S2-01/A
#[tokio::test]
async fn no_door_lets_one_person_publish_where_four_eyes_are_asked_for() {
    let world = World::new().await;
    let settings = [("zone", "Asia/Seoul"), ("lang", "en"), ("process_four_eyes", "true")];
    let set = crate::pages::send(&world, "admin", "/settings", &settings).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{set:?}");
    let better = text_of("starter/release").replace("effort = \"1h\"", "effort = \"2h\"");
    for (path, body) in [
        ("/api/v1/processes", json!({ "text": better, "note": "longer" })),
        ("/api/v1/processes/apply", json!({ "texts": [better], "note": "longer" })),
    ] {
        let no = world.call(Some("admin"), "POST", path, &body).await;
        let told = (no.status, no.code());
        assert_eq!(told, (StatusCode::CONFLICT, "review_required".to_owned()), "{no:?}");
        let lift = no.json()["lift"].as_str().unwrap_or_default().to_owned();
        assert!(lift.contains("/draft/submit"), "{lift}");
    }
    // The page offers what can be done, and keeps what was written when it is asked all the same.
    for (lang, word) in [
        ("en", "Nobody puts a revision into force alone here"),
        ("ko", "혼자서 개정을 시행할 수 없습니다"),
        ("vi", "không ai được một mình"),
        ("zh", "不得独自使修订生效"),
    ] {
        let shown = page(&world, "admin", "/processes/starter/release/edit", lang).await;
        assert!(shown.text.contains(word), "{lang}: {}", shown.text);
        assert!(shown.text.contains("formaction=\"/processes/review\""), "{}", shown.text);
    }
    let words = [("process", "starter/release"), ("note", "longer"), ("text", better.as_str())];
    let no = upload(&world, "admin", "/processes/publish", &words, None).await;
    assert_eq!(no.status, StatusCode::CONFLICT, "{no:?}");
    for word in ["somebody else puts it into force", "value=\"longer\"", "&quot;2h&quot;"] {
        assert!(no.text.contains(word), "{word}: {}", no.text);
    }
    let view =
        world.call(Some("admin"), "GET", "/api/v1/processes/starter%2Frelease", &json!(null));
    assert_eq!(view.await.json()["history"].as_array().unwrap().len(), 1);
}
