//! A template filled in with one value.

use serde_json::{Map, Value};

use super::functions::{self, Made};
use super::parse::{Base, Block, Command, Node, Operand, Pipeline};
use super::{At, Template, bad};
use crate::cli::render::escape::escape;
use crate::cli::render::value::{go_nested, go_text};
use crate::error::{Error, Result};

/// The most nodes and turns of ranges that are gone through for one value.
const MAX_STEPS: u32 = 10_000_000;
/// The most bytes one value makes of a template: ranges in ranges grow fast.
const MAX_BYTES: usize = 64 << 20;
/// The most bytes of one text on the way: variables hold many.
const MAX_TEXT: usize = 4 << 20;
/// Objects whose keys are anybody's: one that is not there has no value, where elsewhere it is a mistake.
const MAPS: [&str; 5] = ["Labels", "Annotations", "ExposedPorts", "Volumes", "Data"];

/// The fields that docker's type for `Config` has in every image, and what Go prints of them where an image says nothing.
const OF_CONFIG: [(&str, &str); 14] = [
    ("Hostname", ""),
    ("Domainname", ""),
    ("User", ""),
    ("Image", ""),
    ("WorkingDir", ""),
    ("StopSignal", ""),
    ("Env", "[]"),
    ("Cmd", "[]"),
    ("Entrypoint", "[]"),
    ("OnBuild", "[]"),
    ("Shell", "[]"),
    ("Labels", "map[]"),
    ("Volumes", "map[]"),
    ("ExposedPorts", "map[]"),
];
/// Those of an image itself.
const OF_IMAGE: [(&str, &str); 2] = [("Variant", ""), ("OsVersion", "")];

/// A value, and whether its texts may be shown as they are: the template's own, or made harmless already. What comes
/// from elsewhere is escaped when it is shown.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) value: Value,
    pub(super) own: bool,
    /// What Go prints of it where it is nothing: an empty list or map that docker's types have there.
    empty: Option<&'static str>,
}

impl Shown {
    pub(super) fn own(value: impl Into<Value>) -> Self {
        Self {
            value: value.into(),
            own: true,
            empty: None,
        }
    }

    pub(super) fn foreign(value: impl Into<Value>) -> Self {
        Self {
            value: value.into(),
            own: false,
            empty: None,
        }
    }

    /// A part of this one, as trustworthy as the whole.
    pub(super) fn part(&self, value: impl Into<Value>) -> Self {
        Self {
            value: value.into(),
            own: self.own,
            empty: None,
        }
    }

    /// What is printed of it.
    pub(super) fn text(&self) -> String {
        match (self.empty, &self.value) {
            (Some(empty), Value::Null) => empty.to_owned(),
            _ => self.harmless(go_text(&self.value)),
        }
    }

    /// What is printed of it inside of others.
    pub(super) fn nested(&self) -> String {
        match (self.empty, &self.value) {
            (Some(empty), Value::Null) => empty.to_owned(),
            _ => self.harmless(go_nested(&self.value)),
        }
    }

    /// Whether it is an empty list, map or text of docker's types.
    pub(super) fn is_empty_of_type(&self) -> bool {
        self.empty.is_some() && self.value.is_null()
    }

    /// `text`, which was made of this, as it may be shown.
    pub(super) fn harmless(&self, text: String) -> String {
        if self.own {
            text
        } else {
            escape(&text).into_owned()
        }
    }

    /// Whether Go takes it for true.
    pub(super) fn is_true(&self) -> bool {
        match &self.value {
            Value::Null => false,
            Value::Bool(flag) => *flag,
            Value::Number(number) => number.as_f64() != Some(0.0),
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Object(fields) => !fields.is_empty(),
        }
    }
}

/// What a block leaves with.
enum Flow {
    On,
    Break,
    Continue,
}

pub(super) struct Run<'a> {
    pub(super) template: &'a Template,
    /// For the titles of a table: what changes a field leaves its title.
    pub(super) titles: bool,
    variables: Vec<(String, Shown)>,
    dot: Shown,
    out: String,
    steps: u32,
}

impl<'a> Run<'a> {
    pub(super) fn new(template: &'a Template, value: Shown, titles: bool) -> Self {
        Self {
            template,
            titles,
            variables: vec![(String::new(), value.clone())],
            dot: value,
            out: String::new(),
            steps: 0,
        }
    }

    /// The whole text.
    pub(super) fn finish(mut self) -> Result<String> {
        self.nodes(&self.template.nodes)?;
        Ok(self.out)
    }

    pub(super) fn wrong(&self, at: At, reason: &str) -> Error {
        bad(&self.template.source, at, reason)
    }

    fn nodes(&mut self, nodes: &[Node]) -> Result<Flow> {
        for node in nodes {
            let flow = match node {
                Node::Text(text) => {
                    self.out.push_str(text);
                    Flow::On
                }
                Node::Print(pipeline) => {
                    let shown = self.pipeline(pipeline)?;
                    if pipeline.names.is_empty() {
                        self.out.push_str(&shown.text());
                    }
                    self.bounded(pipeline.at)?;
                    Flow::On
                }
                Node::If(block) => self.branch(block, false)?,
                Node::With(block) => self.branch(block, true)?,
                Node::Range(block) => self.range(block)?,
                Node::Break => Flow::Break,
                Node::Continue => Flow::Continue,
            };
            if !matches!(flow, Flow::On) {
                return Ok(flow);
            }
        }
        Ok(Flow::On)
    }

    fn bounded(&self, at: At) -> Result<()> {
        if self.out.len() > MAX_BYTES {
            return Err(self.wrong(at, "this makes more than 64 MiB of text"));
        }
        Ok(())
    }

    fn step(&mut self, at: At) -> Result<()> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(self.wrong(at, "this goes on for more than ten million steps"));
        }
        Ok(())
    }

    fn branch(&mut self, block: &Block, becomes_dot: bool) -> Result<Flow> {
        let outer = self.variables.len();
        let value = self.pipeline(&block.of)?;
        let dot = self.dot.clone();
        let nodes = if value.is_true() {
            if becomes_dot {
                self.dot = value;
            }
            &block.then
        } else {
            &block.otherwise
        };
        let flow = self.nodes(nodes);
        self.dot = dot;
        self.variables.truncate(outer);
        flow
    }

    fn range(&mut self, block: &Block) -> Result<Flow> {
        let outer = self.variables.len();
        let over = self.plain(&block.of)?;
        let items: Vec<(Shown, Shown)> = match &over.value {
            Value::Null => Vec::new(),
            Value::Array(items) => {
                let item = |(at, item): (usize, &Value)| (Shown::own(at), over.part(item.clone()));
                items.iter().enumerate().map(item).collect()
            }
            Value::Object(fields) => {
                let mut pairs: Vec<_> = fields.iter().collect();
                pairs.sort_by_key(|(key, _)| *key);
                let item = |(key, value): (&String, &Value)| {
                    (over.part(key.clone()), over.part(value.clone()))
                };
                pairs.into_iter().map(item).collect()
            }
            Value::Number(number) if number.as_u64().is_some_and(|count| count <= 1_000_000) => {
                let count = number.as_u64().unwrap_or_default();
                (0..count)
                    .map(|at| (Shown::own(at), Shown::own(at)))
                    .collect()
            }
            other => {
                let what = functions::kind(other);
                return Err(self.wrong(
                    block.of.at,
                    &format!("range goes over lists and maps, this is {what}"),
                ));
            }
        };
        let dot = self.dot.clone();
        if items.is_empty() {
            let flow = self.nodes(&block.otherwise);
            self.variables.truncate(outer);
            return flow;
        }
        for (key, item) in items {
            self.variables.truncate(outer);
            match &block.of.names[..] {
                [] => {}
                [one] => self.set(one, item.clone(), block.of.declares),
                [first, second, ..] => {
                    self.set(first, key, block.of.declares);
                    self.set(second, item.clone(), block.of.declares);
                }
            }
            self.dot = item;
            self.step(block.of.at)?;
            if matches!(self.nodes(&block.then)?, Flow::Break) {
                break;
            }
            self.bounded(block.of.at)?;
        }
        self.dot = dot;
        self.variables.truncate(outer);
        Ok(Flow::On)
    }

    fn set(&mut self, name: &str, value: Shown, declares: bool) {
        let known = self.variables.iter_mut().rev();
        match known.into_iter().find(|(known, _)| known == name) {
            Some((_, old)) if !declares => *old = value,
            _ => self.variables.push((name.to_owned(), value)),
        }
    }

    /// The value of a pipeline, its variables set.
    fn pipeline(&mut self, pipeline: &Pipeline) -> Result<Shown> {
        let value = self.plain(pipeline)?;
        for name in &pipeline.names {
            self.set(name, value.clone(), pipeline.declares);
        }
        Ok(value)
    }

    fn plain(&mut self, pipeline: &Pipeline) -> Result<Shown> {
        let mut last = None;
        for command in &pipeline.commands {
            last = Some(self.command(command, last)?);
        }
        last.ok_or_else(|| self.wrong(pipeline.at, "something is missing here"))
    }

    fn command(&mut self, command: &Command, last: Option<Shown>) -> Result<Shown> {
        let [first, rest @ ..] = &command.operands[..] else {
            return Err(self.wrong(command.at, "something is missing here"));
        };
        self.step(command.at)?;
        let Base::Function(name) = &first.base else {
            return self.operand(first);
        };
        // What comes behind the decisive argument of these two is not looked at.
        if let "and" | "or" = name.as_str() {
            let ends = name == "or";
            let mut found = None;
            for operand in rest {
                let value = self.operand(operand)?;
                if value.is_true() == ends {
                    return Ok(value);
                }
                found = Some(value);
            }
            return last
                .or(found)
                .ok_or_else(|| self.wrong(command.at, &format!("{name} takes something")));
        }
        let mut arguments = Vec::with_capacity(rest.len() + 1);
        for operand in rest {
            arguments.push(self.operand(operand)?);
        }
        arguments.extend(last);
        let made: Made = functions::call(name, arguments, self.titles);
        let made = made.map_err(|reason| self.wrong(command.at, &reason))?;
        if made
            .value
            .as_str()
            .is_some_and(|text| text.len() > MAX_TEXT)
        {
            return Err(self.wrong(command.at, "this makes a text of more than 4 MiB"));
        }
        Ok(made)
    }

    fn operand(&mut self, operand: &Operand) -> Result<Shown> {
        let mut value = match &operand.base {
            Base::Dot => self.dot.clone(),
            Base::Variable(name) => {
                let known = self.variables.iter().rev().find(|(known, _)| known == name);
                let known = known.map(|(_, value)| value.clone());
                known.ok_or_else(|| {
                    self.wrong(operand.at, &format!("there is no variable ${name}"))
                })?
            }
            Base::Literal(literal) => Shown::own(literal.clone()),
            Base::Group(pipeline) => self.plain(pipeline)?,
            Base::Function(name) => functions::call(name, Vec::new(), self.titles)
                .map_err(|reason| self.wrong(operand.at, &reason))?,
        };
        let mut above = "";
        for name in &operand.fields {
            value = self.field(operand.at, &value, name, above)?;
            above = name;
        }
        Ok(value)
    }

    /// The field `name` of `value`, which is the field `above` of something.
    fn field(&self, at: At, value: &Shown, name: &str, above: &str) -> Result<Shown> {
        match &value.value {
            Value::Object(fields) => match fields.get(name) {
                Some(Value::Null) | None if typed(fields, name, above).is_some() => Ok(Shown {
                    empty: typed(fields, name, above),
                    ..Shown::own(Value::Null)
                }),
                Some(found) => Ok(value.part(found.clone())),
                None if MAPS.contains(&above) => Ok(Shown::own(Value::Null)),
                None => {
                    let known = fields.keys().cloned().collect();
                    Err(self.template.unknown(at, name, known))
                }
            },
            Value::Null if MAPS.contains(&above) => Ok(Shown::own(Value::Null)),
            other => {
                let what = functions::kind(other);
                Err(self.wrong(at, &format!("there is no field .{name} of {what}")))
            }
        }
    }
}

/// What Go prints of the field `name` where there is nothing, if docker's type of the object `fields`, which is the field
/// `above` of something, has it.
fn typed(fields: &Map<String, Value>, name: &str, above: &str) -> Option<&'static str> {
    let known: &[(&str, &'static str)] = match above {
        "Config" => &OF_CONFIG,
        "" if fields.contains_key("RootFS") => &OF_IMAGE,
        _ => return None,
    };
    let mut known = known.iter().filter(|(field, _)| *field == name);
    known.next().map(|(_, empty)| *empty)
}
