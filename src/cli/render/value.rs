//! Values as Go prints them: in templates, and as JSON.

use serde_json::Value;

use super::escape::escape_lines;

/// A value as Go's templates print it: lists as `[a b]`, objects as `map[k:v]` in the order of their keys.
pub(crate) fn go_text(value: &Value) -> String {
    match value {
        Value::Null => "<no value>".to_owned(),
        other => go_nested(other),
    }
}

/// A value as Go prints it inside of others and by its print functions: there, nothing is `<nil>`.
pub(crate) fn go_nested(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            format!(
                "[{}]",
                items.iter().map(go_nested).collect::<Vec<_>>().join(" ")
            )
        }
        Value::Object(fields) => {
            let mut pairs: Vec<_> = fields.iter().collect();
            pairs.sort_by_key(|(key, _)| *key);
            let pairs = pairs
                .into_iter()
                .map(|(key, value)| format!("{key}:{}", go_nested(value)));
            format!("map[{}]", pairs.collect::<Vec<_>>().join(" "))
        }
    }
}

/// A value as Go writes JSON: compact, with `<`, `>` and `&` as numbers.
pub(crate) fn go_json(value: &Value) -> String {
    html_safe(&value.to_string())
}

/// Go's escapes inside JSON text. The characters stand nowhere in JSON but in its strings.
pub(crate) fn html_safe(json: &str) -> String {
    let safe = json
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026");
    // JSON itself writes C0 as numbers; what is left to write out are DEL, C1 and direction marks.
    escape_json(&safe)
}

fn escape_json(json: &str) -> String {
    json.chars()
        .map(|character| {
            let text = character.to_string();
            if escape_lines(&text) == text {
                text
            } else {
                format!("\\u{:04x}", u32::from(character))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn foreign_text_stays_in_its_string() {
        assert_eq!(go_json(&json!("\u{202e}\u{9b}")), r#""\u202e\u009b""#);
        assert_eq!(go_json(&json!("<a&b>\n")), r#""\u003ca\u0026b\u003e\n""#);
    }

    #[test]
    fn values_print_as_in_go() {
        assert_eq!(
            go_text(&json!({"b": [1, true], "a": null})),
            "map[a:<nil> b:[1 true]]"
        );
    }
}
