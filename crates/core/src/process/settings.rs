//! Switches of a process: what an organization or a product set instead of the defaults of the
//! file. A run takes them when it is opened and keeps them.

use super::expr::Value;
use super::template::{FieldType, Template};
use std::collections::BTreeMap;

/// Does a value have the type that a field or a setting declares? Nothing fits everywhere.
pub fn fits(kind: &FieldType, value: &Value) -> bool {
    match (kind, value) {
        (_, Value::Null) => true,
        (FieldType::Bool, Value::Bool(_)) | (FieldType::Number, Value::Int(_)) => true,
        (FieldType::Enum(values), Value::Text(text)) => values.contains(text),
        (FieldType::Rows(_), Value::List(_)) => true,
        (FieldType::Bool | FieldType::Number | FieldType::Rows(_), _) => false,
        (_, Value::Text(_)) => true,
        _ => false,
    }
}

/// A value as it is kept and typed: `true`, `3`, `weekend`. Lists have no such form.
pub fn write(value: &Value) -> Option<String> {
    match value {
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Int(n) => Some(n.to_string()),
        Value::Text(text) => Some(text.clone()),
        Value::Null | Value::List(_) => None,
    }
}

/// Reads what [`write`] wrote, or what a person typed.
pub fn read(kind: &FieldType, text: &str) -> Option<Value> {
    let text = text.trim();
    let value = match kind {
        FieldType::Bool => Value::Bool(text.parse().ok()?),
        FieldType::Number => Value::Int(text.parse().ok()?),
        FieldType::Rows(_) => return None,
        _ if text.is_empty() => return None,
        _ => Value::Text(text.to_owned()),
    };
    fits(kind, &value).then_some(value)
}

/// What a new run takes besides the defaults: each layer goes over the one before it. What the
/// process no longer declares, or declares otherwise, is left out.
pub fn effective(
    template: &Template,
    layers: &[&BTreeMap<String, String>],
) -> BTreeMap<String, Value> {
    let value = |declared: &super::template::Setting| {
        let mut said = layers.iter().rev().filter_map(|it| it.get(&declared.id));
        said.find_map(|text| read(&declared.kind, text))
    };
    template
        .settings
        .iter()
        .filter_map(|it| Some((it.id.clone(), value(it)?)))
        .filter(|(id, value)| {
            template.settings.iter().any(|it| it.id == *id && it.default != *value)
        })
        .collect()
}
