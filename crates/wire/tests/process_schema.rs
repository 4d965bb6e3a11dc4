//! The schema of process files says what the reader takes: every file that passes fits it, and a
//! key that the reader does not know fits neither.
#![expect(clippy::unwrap_used, reason = "a test says what must hold")]

use roadbook_wire::process;
use serde_json::{Value, json};

/// What of JSON Schema the schema of process files uses; anything else fails the test.
fn faults(root: &Value, schema: &Value, value: &Value, at: &str, list: &mut Vec<String>) {
    let Some(keys) = schema.as_object() else { return };
    for (key, wanted) in keys {
        let fine = match key.as_str() {
            "$schema" | "$defs" | "title" | "properties" => true,
            "$ref" => {
                let path = wanted.as_str().unwrap().trim_start_matches('#');
                faults(root, root.pointer(path).unwrap(), value, at, list);
                true
            }
            "const" => value == wanted,
            "enum" => wanted.as_array().unwrap().contains(value),
            "pattern" => value.as_str().is_none_or(|it| it.ends_with('%')),
            "type" => is_of(value, wanted),
            "anyOf" => wanted.as_array().unwrap().iter().any(|one| {
                let mut inner = Vec::new();
                faults(root, one, value, at, &mut inner);
                inner.is_empty()
            }),
            "required" => value.as_object().is_none_or(|it| {
                wanted.as_array().unwrap().iter().all(|key| it.contains_key(key.as_str().unwrap()))
            }),
            "items" => {
                for (number, one) in value.as_array().into_iter().flatten().enumerate() {
                    faults(root, wanted, one, &format!("{at}[{number}]"), list);
                }
                true
            }
            "additionalProperties" => {
                for (name, one) in value.as_object().into_iter().flatten() {
                    let at = format!("{at}.{name}");
                    match schema["properties"].get(name) {
                        Some(known) => faults(root, known, one, &at, list),
                        None if *wanted == json!(false) => list.push(format!("{at}: unknown")),
                        None => faults(root, wanted, one, &at, list),
                    }
                }
                true
            }
            other => panic!("the test does not know `{other}`"),
        };
        if !fine {
            list.push(format!("{at}: {key} {wanted}"));
        }
    }
}

fn is_of(value: &Value, wanted: &Value) -> bool {
    let one = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("the test does not know the type `{other}`"),
    };
    match wanted {
        Value::Array(names) => names.iter().any(|it| one(it.as_str().unwrap())),
        name => one(name.as_str().unwrap()),
    }
}

fn check(text: &str) -> Vec<String> {
    let value: toml::Value = toml::from_str(text).unwrap();
    let value = serde_json::to_value(value).unwrap();
    let schema = process::schema();
    let mut list = Vec::new();
    faults(&schema, &schema, &value, "", &mut list);
    list
}

#[test]
fn every_file_that_passes_fits_the_schema() {
    for (id, text) in process::builtin() {
        assert_eq!(check(text), Vec::<String>::new(), "{id}");
    }
    assert_eq!(check(include_str!("every-form.toml")), Vec::<String>::new());
}

#[test]
fn the_reader_and_the_schema_refuse_the_same_keys() {
    let text = include_str!("every-form.toml");
    let wrongs = [
        ("go_live = \"roll_out\"", "go_live = \"roll_out\"\nsurprise = 1"),
        ("kind = \"checklist\"", "kind = \"checklists\""),
        ("joint = true", "joint = \"yes\""),
        ("at_least = 1", "at_least = \"one\""),
        ("share = \"100%\"", "share = \"100%\"\n    surprise = true"),
        ("subject = \"release\"", "subject = \"party\""),
        ("expires = { after = \"3d\", then = \"escalate\" }", "expires = { after = \"3d\" }"),
    ];
    for (right, wrong) in wrongs {
        let changed = text.replacen(right, wrong, 1);
        assert_ne!(changed, text, "{right}");
        assert!(!check(&changed).is_empty(), "the schema takes {wrong}");
        assert!(process::parse("file.toml", &changed).is_err(), "the reader takes {wrong}");
    }
}
