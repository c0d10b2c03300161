//! What Go's templates and docker's bring along.

use std::cmp::Ordering;

use serde_json::Value;

use super::eval::Shown;
use super::printf::printf;
use crate::cli::render::value::go_json;

/// All of them.
pub(super) const NAMES: [&str; 25] = [
    "and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "index", "slice", "len", "print",
    "printf", "println", "html", "urlquery", "json", "join", "split", "lower", "upper", "title",
    "truncate", "pad",
];
/// These leave the title of a column as it is.
const OF_A_FIELD: [&str; 5] = ["json", "lower", "upper", "title", "truncate"];
/// The most blanks on a side.
const MAX_PAD: u64 = 10_000;

/// What a function makes, or why it cannot.
pub(super) type Made = Result<Shown, String>;

pub(super) fn is_known(name: &str) -> bool {
    NAMES.contains(&name)
}

/// What a value is, in words.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

/// Calls a function. `titles` is set where fields are the titles of columns.
pub(super) fn call(name: &str, mut given: Vec<Shown>, titles: bool) -> Made {
    if titles && OF_A_FIELD.contains(&name) && !given.is_empty() {
        let title = if name == "truncate" {
            0
        } else {
            given.len() - 1
        };
        return Ok(given.swap_remove(title));
    }
    match (name, &given[..]) {
        ("not", [one]) => Ok(Shown::own(!one.is_true())),
        ("eq", [one, others @ ..]) if !others.is_empty() => any_equal(one, others),
        ("ne", [one, other]) => Ok(Shown::own(!equal(one, other)?)),
        ("lt", [one, other]) => Ok(Shown::own(order(one, other)?.is_lt())),
        ("le", [one, other]) => Ok(Shown::own(order(one, other)?.is_le())),
        ("gt", [one, other]) => Ok(Shown::own(order(one, other)?.is_gt())),
        ("ge", [one, other]) => Ok(Shown::own(order(one, other)?.is_ge())),
        ("index", [of, at @ ..]) => at.iter().try_fold(of.clone(), |of, at| index(&of, at)),
        ("slice", [of, bounds @ ..]) if bounds.len() <= 2 => slice(of, bounds),
        ("len", [of]) => length(of).map(Shown::own),
        ("print", given) => Ok(Shown::own(print(given))),
        ("println", given) => {
            let texts: Vec<String> = given.iter().map(Shown::nested).collect();
            Ok(Shown::own(texts.join(" ") + "\n"))
        }
        ("printf", [format, given @ ..]) => match &format.value {
            Value::String(text) => Ok(Shown::own(format.harmless(printf(text, given)))),
            other => Err(format!(
                "printf takes a text first, this is {}",
                kind(other)
            )),
        },
        ("html", given) => Ok(Shown::own(html(&print(given)))),
        ("urlquery", given) => Ok(Shown::own(urlquery(&print(given)))),
        // Nothing harmful stands in JSON as it is written here.
        ("json", [of]) => Ok(Shown::own(go_json(&of.value))),
        ("join", [list, between]) => join(list, between),
        ("split", [of, by]) => {
            let (whole, by) = (text(of)?, text(by)?);
            let parts: Vec<Value> = match by.as_str() {
                "" => whole.chars().map(|one| one.to_string().into()).collect(),
                by => whole.split(by).map(Value::from).collect(),
            };
            Ok(of.part(parts))
        }
        ("lower", [of]) => Ok(of.part(text(of)?.to_lowercase())),
        ("upper", [of]) => Ok(of.part(text(of)?.to_uppercase())),
        ("title", [of]) => Ok(of.part(title(&text(of)?))),
        ("truncate", [of, most]) => {
            let most = usize::try_from(number(most)?).unwrap_or(0);
            Ok(of.part(text(of)?.chars().take(most).collect::<String>()))
        }
        ("pad", [of, before, after]) => {
            let blanks = |count: &Shown| -> Result<String, String> {
                let count = u64::try_from(number(count)?).unwrap_or(0).min(MAX_PAD);
                Ok((0..count).map(|_| ' ').collect())
            };
            let whole = text(of)?;
            // As in docker, nothing gets no blanks.
            if whole.is_empty() {
                return Ok(of.clone());
            }
            Ok(of.part(format!("{}{whole}{}", blanks(before)?, blanks(after)?)))
        }
        (name, given) => Err(format!(
            "{name} is given {} arguments, and takes another number",
            given.len()
        )),
    }
}

/// Go's Sprint: a blank between two of which neither is a text.
fn print(given: &[Shown]) -> String {
    let mut out = String::new();
    for (at, one) in given.iter().enumerate() {
        if at > 0 && !one.value.is_string() && !given[at - 1].value.is_string() {
            out.push(' ');
        }
        out.push_str(&one.nested());
    }
    out
}

fn text(of: &Shown) -> Result<String, String> {
    match &of.value {
        Value::String(text) => Ok(text.clone()),
        Value::Null => Ok(String::new()),
        Value::Number(number) => Ok(number.to_string()),
        other => Err(format!("a text is wanted here, this is {}", kind(other))),
    }
}

fn number(of: &Shown) -> Result<i64, String> {
    let wrong = || format!("a whole number is wanted here, this is {}", kind(&of.value));
    of.value.as_i64().ok_or_else(wrong)
}

fn equal(one: &Shown, other: &Shown) -> Result<bool, String> {
    match (&one.value, &other.value) {
        (Value::Null, other) | (other, Value::Null) => Ok(other.is_null()),
        (Value::Number(_), Value::Number(_)) => Ok(order(one, other)?.is_eq()),
        (one, other) if kind(one) == kind(other) => Ok(one == other),
        (one, other) => Err(not_alike(one, other)),
    }
}

fn any_equal(one: &Shown, others: &[Shown]) -> Made {
    for other in others {
        if equal(one, other)? {
            return Ok(Shown::own(true));
        }
    }
    Ok(Shown::own(false))
}

fn not_alike(one: &Value, other: &Value) -> String {
    format!("{} and {} cannot be compared", kind(one), kind(other))
}

fn order(one: &Shown, other: &Shown) -> Result<Ordering, String> {
    match (&one.value, &other.value) {
        (Value::String(one), Value::String(other)) => Ok(one.cmp(other)),
        (Value::Number(one), Value::Number(other)) => {
            let whole = one.as_i64().zip(other.as_i64());
            let whole = whole.map(|(one, other)| one.cmp(&other));
            let real = one.as_f64().zip(other.as_f64());
            let real = || real.map(|(one, other)| one.total_cmp(&other));
            Ok(whole.or_else(real).unwrap_or(Ordering::Equal))
        }
        (one, other) => Err(not_alike(one, other)),
    }
}

fn index(of: &Shown, at: &Shown) -> Made {
    match (&of.value, &at.value) {
        (Value::Array(items), Value::Number(_)) => {
            let at = number(at)?;
            let found = usize::try_from(at).ok().and_then(|at| items.get(at));
            let found = found
                .ok_or_else(|| format!("there is no item {at} in a list of {}", items.len()))?;
            Ok(of.part(found.clone()))
        }
        (Value::Object(fields), Value::String(key)) => {
            Ok(of.part(fields.get(key).cloned().unwrap_or(Value::Null)))
        }
        // A map that is empty is written as null in places.
        (Value::Null, Value::String(_)) => Ok(of.part(Value::Null)),
        (of, at) => Err(format!(
            "index does not work for {} with {}",
            kind(of),
            kind(at)
        )),
    }
}

fn slice(of: &Shown, bounds: &[Shown]) -> Made {
    let length = length(of)?;
    let mut ends = [0, length];
    for (end, bound) in ends.iter_mut().zip(bounds) {
        let given = number(bound)?;
        *end = usize::try_from(given)
            .ok()
            .filter(|given| *given <= length)
            .ok_or_else(|| format!("{given} is outside of 0 to {length}"))?;
    }
    let [from, to] = ends;
    if from > to {
        return Err(format!("the slice ends at {to}, before it begins"));
    }
    match &of.value {
        Value::Array(items) => Ok(of.part(items[from..to].to_vec())),
        Value::String(text) => match text.get(from..to) {
            Some(part) => Ok(of.part(part)),
            None => Err("the slice cuts a character in two".to_owned()),
        },
        other => Err(format!("slice does not work for {}", kind(other))),
    }
}

/// Items, keys, or bytes.
fn length(of: &Shown) -> Result<usize, String> {
    match &of.value {
        Value::Null if of.is_empty_of_type() => Ok(0),
        Value::Array(items) => Ok(items.len()),
        Value::Object(fields) => Ok(fields.len()),
        Value::String(text) => Ok(text.len()),
        other => Err(format!("{} has no length", kind(other))),
    }
}

fn join(list: &Shown, between: &Shown) -> Made {
    let between = between.text();
    match &list.value {
        Value::Null => Ok(Shown::own("")),
        Value::Array(items) => {
            let texts = items.iter().map(|item| list.part(item.clone()).nested());
            Ok(Shown::own(texts.collect::<Vec<_>>().join(&between)))
        }
        other => Err(format!("join takes a list first, this is {}", kind(other))),
    }
}

/// The first letter of each word as a capital.
fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for character in text.chars() {
        let letter = character.is_alphanumeric() || character == '_' || character == '\'';
        if letter && !inside {
            out.extend(character.to_uppercase());
        } else {
            out.push(character);
        }
        inside = letter;
    }
    out
}

fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

fn urlquery(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
