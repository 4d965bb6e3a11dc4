//! Canonical JSON (RFC 8785): one value, one sequence of bytes.

use crate::error::StoreError;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Largest integer that every JSON reader keeps exactly.
const SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Writes a value as canonical JSON. Fractions and integers beyond 2^53 − 1 are refused: they
/// have no place in what is signed, and readers disagree about them.
pub fn to_bytes(value: &Value) -> Result<Vec<u8>, StoreError> {
    let mut out = Vec::with_capacity(256);
    write(value, &mut out)?;
    Ok(out)
}

/// SHA-256 as lower-case hex.
pub fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn write(value: &Value, out: &mut Vec<u8>) -> Result<(), StoreError> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => {
            let magnitude = number.as_i64().map(i64::unsigned_abs).or_else(|| number.as_u64());
            if magnitude.is_none_or(|size| size > SAFE_INTEGER) {
                return Err(StoreError::Invalid(format!(
                    "the number {number} cannot be recorded exactly; write it as text"
                )));
            }
            out.extend_from_slice(number.to_string().as_bytes());
        }
        Value::String(text) => write_text(text, out)?,
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write(item, out)?;
            }
            out.push(b']');
        }
        Value::Object(map) => {
            // RFC 8785 sorts by UTF-16 code units, which differs from byte order beyond U+FFFF.
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
            out.push(b'{');
            for (index, key) in keys.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_text(key, out)?;
                out.push(b':');
                write(&map[key], out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

fn write_text(text: &str, out: &mut Vec<u8>) -> Result<(), StoreError> {
    // serde_json escapes exactly as RFC 8785 asks: short forms, else lower-case \u00xx.
    serde_json::to_writer(out, text).map_err(|error| StoreError::Invalid(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_has_one_form() {
        let cases = [
            (json!({"b": 1, "a": [true, null, -3]}), r#"{"a":[true,null,-3],"b":1}"#),
            (json!({"\u{20ac}": 1, "\r": 2, "1": 3}), "{\"\\r\":2,\"1\":3,\"€\":1}"),
            (json!({"\u{fb33}": 1, "\u{1f600}": 2}), "{\"\u{1f600}\":2,\"\u{fb33}\":1}"),
            (json!("\u{0}\u{1f}\n\"\\/é릴"), "\"\\u0000\\u001f\\n\\\"\\\\/é릴\""),
        ];
        for (value, wanted) in cases {
            assert_eq!(String::from_utf8(to_bytes(&value).unwrap()).unwrap(), wanted);
        }
    }

    #[test]
    fn what_readers_disagree_about_is_refused() {
        for value in
            [json!(1.5), json!(9_007_199_254_740_992_u64), json!(-9_007_199_254_740_992_i64)]
        {
            assert!(to_bytes(&json!([value])).is_err());
        }
    }
}
