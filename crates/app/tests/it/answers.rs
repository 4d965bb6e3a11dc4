//! Answers that name units and people: by the name that people use, kept by id; what is not there
//! is refused, and nothing is lost.

use crate::rollouts;
use crate::world::{World, new_release};
use roadbook_app::Error;
use roadbook_core::access::Scope as Where;
use roadbook_core::ids::ReleaseId;
use roadbook_core::process::expr::Value;
use roadbook_core::run::Command;

fn code<T>(answer: Result<T, Error>) -> String {
    match answer {
        Err(Error::Invalid(list)) => list[0].code.to_string(),
        Err(error) => format!("{error:?}"),
        Ok(_) => "ok".to_owned(),
    }
}

fn rows(names: &[&str]) -> Value {
    Value::List(names.iter().map(|it| Value::Text((*it).to_owned())).collect())
}

/// A process whose end is confirmed by the heads of the departments that a field names.
fn process() -> String {
    let heads = "role = [\"release_lead\", \"heads_of(field.departments)\"]";
    let text = rollouts::process();
    let at = text.rfind("role = \"release_lead\"").unwrap();
    let (before, after) = (&text[..at], &text[at + "role = \"release_lead\"".len()..]);
    format!(
        "{before}{heads}{after}\n[[field]]\nid = \"departments\"\ntype = \"rows\"\n\
         columns = [\"department\"]\nrequired_by = \"close\"\n\
         ask = {{ en = \"Which?\", ko = \"어디?\", vi = \"Nào?\", zh = \"哪些？\" }}\n"
    )
}

#[tokio::test]
async fn a_department_is_named_by_its_name() {
    let world = World::new().await;
    let app = &world.app;
    let sales = world.unit("Sales", "department", &world.root).await;
    world.unit("Support", "team", &world.root).await;
    world.unit("Support", "team", &sales).await;
    let roles = [("manager", Where::All), ("process_owner", Where::All)];
    let manager = world.person("manager", &world.root, &roles).await;
    let call = world.call_of(&manager).await;
    app.process_publish(&call, &process(), "first").await.unwrap();
    let product = world.product("gate").await;
    let new = new_release(&product, "test/waves", "V1.0.0.0001");
    let made = app.release_create(&call, new).await.unwrap();
    let id = ReleaseId::parse(&made.id).unwrap();
    let set = async |value: Value| {
        let field = "departments".to_owned();
        app.release_do(&call, &id, Command::SetField { field, value }).await
    };
    set(rows(&["sales"])).await.unwrap();
    let kept = async || app.release(&call.actor, &id).await.unwrap().release.run.fields;
    assert_eq!(kept().await["departments"], rows(&[sales.as_str()]), "whatever the case is");
    for (names, why) in
        [(["Sales", "Slaes"], "nobody is called so"), (["Sales", "Support"], "two are called so")]
    {
        assert_eq!(code(set(rows(&names)).await), "unknown_unit", "{why}");
    }
    assert_eq!(kept().await["departments"], rows(&[sales.as_str()]), "what was there stays");
    set(rows(&[sales.as_str()])).await.unwrap();
}
