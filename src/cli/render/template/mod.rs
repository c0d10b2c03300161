//! Go's templates, which listings take in `--format`.
//!
//! Understood are text, fields, variables, pipes, parentheses, `if`, `with`, `range` with `break` and `continue`,
//! comments, trimming, and the functions of [`functions`]: Go's own and those that docker adds. Where Go and docker
//! would print something else, there is an error that names its place; nothing is silently printed wrong.

mod eval;
mod functions;
mod lex;
mod parse;
mod printf;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use self::eval::{Run, Shown};
use self::parse::{Base, Block, Node, Operand, Parser, Pipeline};
use super::escape::escape;
use super::format::Column;
use super::table;
use crate::error::{Error, Result};

/// What is told of templates in the manual page of the program.
pub(crate) const HELP: &str = include_str!("templates.1");

/// A place in a template, in bytes.
type At = usize;

/// A parsed template.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Template {
    source: String,
    nodes: Vec<Node>,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// `Usage`, with the place and what is wrong there.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let source = unescaped(text);
        let pieces = lex::pieces(&source)?;
        let nodes = Parser::new(&source, pieces).whole()?;
        Ok(Self { source, nodes })
    }

    /// Fills in one value. Text of the value is escaped; text of the template is the user's own.
    ///
    /// # Errors
    /// `Usage` for a field that is not there and a function that does not take what it is given.
    pub(crate) fn render(&self, value: &Value) -> Result<String> {
        Run::new(self, Shown::foreign(value.clone()), false).finish()
    }

    /// A table whose columns are the template's tabs.
    pub(crate) fn table(&self, columns: &[Column], rows: &[Value]) -> Result<String> {
        let titles: Map<String, Value> = columns
            .iter()
            .map(|column| (column.name.to_owned(), column.title.into()))
            .collect();
        let titles = Run::new(self, Shown::own(titles), true).finish()?;
        let mut lines = vec![titles];
        for row in rows {
            lines.push(self.render(row)?);
        }
        Ok(table::align(&lines))
    }

    /// Finds a field that no column has, before anything is done for the rows.
    ///
    /// # Errors
    /// `Usage`.
    pub(crate) fn check(&self, columns: &[Column]) -> Result<()> {
        self.check_nodes(&self.nodes, columns, true)
    }

    /// `at_row` says that the dot is the row itself.
    fn check_nodes(&self, nodes: &[Node], columns: &[Column], at_row: bool) -> Result<()> {
        let check_block = |block: &Block, inner: bool| {
            self.check_pipeline(&block.of, columns, at_row)?;
            self.check_nodes(&block.then, columns, inner)?;
            self.check_nodes(&block.otherwise, columns, at_row)
        };
        for node in nodes {
            match node {
                Node::Print(pipeline) => self.check_pipeline(pipeline, columns, at_row)?,
                Node::If(block) => check_block(block, at_row)?,
                Node::With(block) | Node::Range(block) => check_block(block, false)?,
                Node::Text(_) | Node::Break | Node::Continue => {}
            }
        }
        Ok(())
    }

    fn check_pipeline(&self, pipeline: &Pipeline, columns: &[Column], at_row: bool) -> Result<()> {
        let operands = pipeline
            .commands
            .iter()
            .flat_map(|command| &command.operands);
        for operand in operands {
            let of_row = match &operand.base {
                Base::Dot => at_row,
                Base::Variable(name) => name.is_empty(),
                Base::Group(group) => {
                    self.check_pipeline(group, columns, at_row)?;
                    false
                }
                Base::Literal(_) | Base::Function(_) => false,
            };
            if of_row {
                self.check_operand(operand, columns)?;
            }
        }
        Ok(())
    }

    fn check_operand(&self, operand: &Operand, columns: &[Column]) -> Result<()> {
        let known = |name: &String| columns.iter().any(|column| column.name == name);
        match &operand.fields[..] {
            [] => Ok(()),
            [name] if known(name) => Ok(()),
            [name] => {
                let known = columns.iter().map(|column| column.name.to_owned());
                Err(self.unknown(operand.at, name, known.collect()))
            }
            [..] => Err(bad(
                &self.source,
                operand.at,
                "the fields here have no inner fields",
            )),
        }
    }

    fn unknown(&self, at: At, name: &str, mut known: Vec<String>) -> Error {
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

/// Docker reads `\t` and `\n` outside of the braces as what they stand for.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let open = rest.find("{{").unwrap_or(rest.len());
        let (plain, after) = rest.split_at(open);
        out.push_str(&plain.replace("\\t", "\t").replace("\\n", "\n"));
        let close = after.find("}}").map_or(after.len(), |close| close + 2);
        out.push_str(&after[..close]);
        rest = &after[close..];
    }
    out
}

fn bad(source: &str, at: At, reason: &str) -> Error {
    let place = source[..at].chars().count() + 1;
    let excerpt: String = source[at..].chars().take(40).collect();
    let excerpt = if excerpt.is_empty() {
        "the end".to_owned()
    } else {
        escape(&excerpt).into_owned()
    };
    Error::Usage {
        message: format!("invalid template: at character {place}, {excerpt}: {reason}"),
        hint: None,
    }
}
