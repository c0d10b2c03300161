//! The part of Go's templates that listings use in `--format`.
//!
//! Understood: text, `{{.Field}}`, `{{.Outer.Inner}}`, `{{.}}`, the functions `json`, `upper` and `lower` before a
//! field or behind it with `|`, and `\t`, `\n` in the text. Anything else is an error that names its place; nothing
//! is silently printed wrong.

use serde_json::Value;

use super::escape::escape;
use super::format::Column;
use super::table;
use super::value::{go_json, go_text};
use crate::error::{Error, Result};

/// A parsed template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    source: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Action {
        /// Where it stands in the source, in bytes.
        at: usize,
        path: Vec<String>,
        functions: Vec<Function>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Function {
    Json,
    Upper,
    Lower,
}

impl Template {
    /// Reads a template.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let source = text.replace("\\t", "\t").replace("\\n", "\n");
        let mut parts = Vec::new();
        let mut rest = 0;
        while let Some(open) = source[rest..].find("{{").map(|open| open + rest) {
            if open > rest {
                parts.push(Part::Text(source[rest..open].to_owned()));
            }
            let Some(length) = source[open..].find("}}") else {
                return Err(bad(&source, open, "this action is not closed with }}"));
            };
            parts.push(action(&source, open, &source[open + 2..open + length])?);
            rest = open + length + 2;
        }
        if rest < source.len() {
            parts.push(Part::Text(source[rest..].to_owned()));
        }
        Ok(Self { source, parts })
    }

    /// Fills in one value. Text of the value is escaped; text of the template is the user's own.
    pub(crate) fn render(&self, value: &Value) -> Result<String> {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => Ok(text.clone()),
                Part::Action {
                    at,
                    path,
                    functions,
                } => self.evaluate(*at, path, functions, value),
            })
            .collect()
    }

    fn evaluate(
        &self,
        at: usize,
        path: &[String],
        functions: &[Function],
        value: &Value,
    ) -> Result<String> {
        let mut found = value;
        for name in path {
            found = found.get(name).ok_or_else(|| {
                let known = found
                    .as_object()
                    .map(|fields| fields.keys().cloned().collect());
                self.unknown(at, name, known.unwrap_or_default())
            })?;
        }
        let mut shown: Option<String> = None;
        for function in functions {
            let so_far = shown.unwrap_or_else(|| go_text(found));
            shown = Some(match function {
                Function::Json if functions.len() == 1 => go_json(found),
                Function::Json => go_json(&Value::String(so_far)),
                Function::Upper => so_far.to_uppercase(),
                Function::Lower => so_far.to_lowercase(),
            });
        }
        let shown = shown.unwrap_or_else(|| go_text(found));
        Ok(escape(&shown).into_owned())
    }

    /// A table whose columns are the template's tabs.
    pub(crate) fn table(&self, columns: &[Column], rows: &[Value]) -> Result<String> {
        let mut lines = vec![self.titles(columns)?];
        for row in rows {
            lines.push(self.render(row)?);
        }
        Ok(table::align(&lines))
    }

    /// The template with each field replaced by its title.
    ///
    /// # Errors
    /// `Usage` for a field that no column has.
    pub(crate) fn titles(&self, columns: &[Column]) -> Result<String> {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => Ok(text.clone()),
                Part::Action { at, path, .. } => match &path[..] {
                    [] => Ok(String::new()),
                    [name] => columns
                        .iter()
                        .find(|column| column.name == name)
                        .map(|column| column.title.to_owned())
                        .ok_or_else(|| {
                            let known = columns.iter().map(|column| column.name.to_owned());
                            self.unknown(*at, name, known.collect())
                        }),
                    [.., _] => Err(bad(
                        &self.source,
                        *at,
                        "the fields here have no inner fields",
                    )),
                },
            })
            .collect()
    }

    fn unknown(&self, at: usize, name: &str, mut known: Vec<String>) -> Error {
        known.sort();
        let mut error = bad(&self.source, at, &format!("there is no field .{name}"));
        if let Error::Usage { hint, .. } = &mut error
            && !known.is_empty()
        {
            *hint = Some(format!("the fields are .{}", known.join(" .")));
        }
        error
    }
}

fn action(source: &str, at: usize, inside: &str) -> Result<Part> {
    let mut path = None;
    let mut functions = Vec::new();
    for (stage, words) in inside.split('|').enumerate() {
        let mut before = Vec::new();
        let mut words = words.split_whitespace().peekable();
        if words.peek().is_none() {
            return Err(bad(source, at, "something is missing here"));
        }
        for word in words {
            match word.strip_prefix('.') {
                Some(field) if stage == 0 && path.is_none() => {
                    path = Some(fields(source, at, field)?);
                }
                _ => before.push(function(source, at, word)?),
            }
        }
        if before.len() > 1 {
            return Err(bad(source, at, "one function at a time; join them with |"));
        }
        functions.extend(before);
    }
    let Some(path) = path else {
        return Err(bad(source, at, "it names no field, as {{.ID}} does"));
    };
    Ok(Part::Action {
        at,
        path,
        functions,
    })
}

fn fields(source: &str, at: usize, text: &str) -> Result<Vec<String>> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<String> = text.split('.').map(str::to_owned).collect();
    let plain = |name: &String| {
        !name.is_empty()
            && name
                .chars()
                .all(|character| character.is_alphanumeric() || character == '_')
    };
    if names.iter().all(plain) {
        Ok(names)
    } else {
        Err(bad(source, at, "field names are letters, digits and _"))
    }
}

fn function(source: &str, at: usize, word: &str) -> Result<Function> {
    match word {
        "json" => Ok(Function::Json),
        "upper" => Ok(Function::Upper),
        "lower" => Ok(Function::Lower),
        other => Err(bad(
            source,
            at,
            &format!("{other:?} is not understood; json, upper and lower are"),
        )),
    }
}

fn bad(source: &str, at: usize, reason: &str) -> Error {
    let place = source[..at].chars().count() + 1;
    let excerpt: String = source[at..].chars().take(40).collect();
    Error::Usage {
        message: format!(
            "invalid template: at character {place}, {}: {reason}",
            escape(&excerpt)
        ),
        hint: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn inner_fields_lists_and_objects_print_as_in_go() {
        let value =
            json!({"Config": {"Env": ["A=1", "B=2"], "Labels": {"b": "2", "a": "1"}}, "N": null});
        let render = |text: &str| Template::parse(text).unwrap().render(&value).unwrap();
        assert_eq!(render("{{.Config.Env}}"), "[A=1 B=2]");
        assert_eq!(render("{{.Config.Labels}}"), "map[a:1 b:2]");
        assert_eq!(render("{{json .Config.Env}}"), r#"["A=1","B=2"]"#);
        assert_eq!(render("{{.N}}"), "<no value>");
    }

    #[test]
    fn foreign_text_cannot_leave_its_line() {
        let template = Template::parse("{{.D}}").unwrap();
        assert_eq!(
            template.render(&json!({"D": "a\nb\x1b[2J"})).unwrap(),
            "a\\nb\\x1b[2J"
        );
    }

    proptest::proptest! {
        #[test]
        fn no_template_makes_the_parser_panic(text in "[{}.|a-zé \\\\t]{0,30}") {
            let _ = Template::parse(&text);
        }
    }
}
