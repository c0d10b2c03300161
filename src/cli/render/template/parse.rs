//! The words of actions become what is done.

use std::vec::IntoIter;

use serde_json::Value;

use super::functions;
use super::lex::{Kind, Piece, Token};
use super::{At, bad};
use crate::error::Result;

/// How deep blocks and parentheses may be nested.
const MAX_DEPTH: usize = 50;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Text(String),
    Print(Pipeline),
    If(Block),
    With(Block),
    Range(Block),
    Break,
    Continue,
}

/// What depends on a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    pub(super) of: Pipeline,
    pub(super) then: Vec<Node>,
    pub(super) otherwise: Vec<Node>,
}

/// Commands, each of which gets what the one before it made as its last argument.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pipeline {
    pub(super) at: At,
    /// The variables that get the value.
    pub(super) names: Vec<String>,
    /// Whether those are new.
    pub(super) declares: bool,
    pub(super) commands: Vec<Command>,
}

/// A function or a value, and what it is given.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Command {
    pub(super) at: At,
    pub(super) operands: Vec<Operand>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Operand {
    pub(super) at: At,
    pub(super) base: Base,
    /// Fields of it.
    pub(super) fields: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Base {
    Dot,
    Variable(String),
    Literal(Value),
    Function(String),
    Group(Pipeline),
}

/// What ends a list of nodes.
enum Ending {
    Source,
    Word,
    /// With what follows it, as in `else if`.
    Else(At, Vec<Token>),
}

pub(super) struct Parser<'a> {
    source: &'a str,
    pieces: IntoIter<Piece>,
    depth: usize,
    /// Names of the variables in sight, the newest last.
    variables: Vec<String>,
    /// How many ranges are around.
    ranges: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(source: &'a str, pieces: Vec<Piece>) -> Self {
        Self {
            source,
            pieces: pieces.into_iter(),
            depth: 0,
            variables: vec![String::new()],
            ranges: 0,
        }
    }

    /// All of the template.
    pub(super) fn whole(mut self) -> Result<Vec<Node>> {
        let (nodes, end, at) = self.nodes()?;
        match end {
            Ending::Source => Ok(nodes),
            Ending::Word => Err(bad(self.source, at, "there is nothing that it ends")),
            Ending::Else(..) => Err(bad(
                self.source,
                at,
                "there is nothing that it is the else of",
            )),
        }
    }

    fn nodes(&mut self) -> Result<(Vec<Node>, Ending, At)> {
        let mut nodes = Vec::new();
        while let Some(piece) = self.pieces.next() {
            let (at, tokens) = match piece {
                Piece::Text(text) => {
                    nodes.push(Node::Text(text));
                    continue;
                }
                Piece::Action(at, tokens) => (at, tokens),
            };
            let word = match tokens.first().map(|token| &token.kind) {
                Some(Kind::Word(word)) => word.clone(),
                Some(_) => String::new(),
                None => return Err(bad(self.source, at, "something is missing here")),
            };
            let mut rest = tokens;
            match word.as_str() {
                "end" | "break" | "continue" if rest.len() > 1 => {
                    return Err(bad(
                        self.source,
                        at,
                        &format!("{word} stands alone in its braces"),
                    ));
                }
                "end" => return Ok((nodes, Ending::Word, at)),
                "else" => return Ok((nodes, Ending::Else(at, rest.split_off(1)), at)),
                "break" | "continue" if self.ranges == 0 => {
                    return Err(bad(
                        self.source,
                        at,
                        &format!("{word} stands outside of a range"),
                    ));
                }
                "break" => nodes.push(Node::Break),
                "continue" => nodes.push(Node::Continue),
                "if" | "with" | "range" => nodes.push(self.block(&word, at, rest.split_off(1))?),
                "define" | "template" | "block" => {
                    let reason = format!("{word} is not understood: there is one template here");
                    return Err(bad(self.source, at, &reason));
                }
                _ => nodes.push(Node::Print(self.pipeline(at, rest, false)?)),
            }
        }
        Ok((nodes, Ending::Source, self.source.len()))
    }

    fn block(&mut self, word: &str, at: At, tokens: Vec<Token>) -> Result<Node> {
        self.deeper(at)?;
        let outer = self.variables.len();
        let of = self.pipeline(at, tokens, word == "range")?;
        let is_range = usize::from(word == "range");
        self.ranges += is_range;
        let (then, end, _) = self.nodes()?;
        self.ranges -= is_range;
        let otherwise = match end {
            Ending::Source => return Err(bad(self.source, at, &format!("this {word} has no end"))),
            Ending::Word => Vec::new(),
            Ending::Else(at, rest) => self.otherwise(word, at, rest)?,
        };
        self.variables.truncate(outer);
        self.depth -= 1;
        let block = Block {
            of,
            then,
            otherwise,
        };
        Ok(match word {
            "if" => Node::If(block),
            "with" => Node::With(block),
            _ => Node::Range(block),
        })
    }

    /// What follows an else: nodes up to the end, or another block that shares it.
    fn otherwise(&mut self, word: &str, at: At, mut rest: Vec<Token>) -> Result<Vec<Node>> {
        if rest.is_empty() {
            let (nodes, end, last) = self.nodes()?;
            return match end {
                Ending::Word => Ok(nodes),
                Ending::Source => Err(bad(self.source, at, "this else has no end")),
                Ending::Else(..) => Err(bad(self.source, last, "there was an else already")),
            };
        }
        let next = match &rest[0].kind {
            Kind::Word(next) if next == word && next != "range" => next.clone(),
            _ => {
                let reason = format!("after else comes nothing, or else {word} with a condition");
                return Err(bad(self.source, at, &reason));
            }
        };
        Ok(vec![self.block(&next, at, rest.split_off(1))?])
    }

    fn deeper(&mut self, at: At) -> Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(bad(self.source, at, "this is nested too deep"));
        }
        Ok(())
    }

    /// Reads all of `tokens` as one pipeline; a range may set two variables.
    fn pipeline(&mut self, at: At, tokens: Vec<Token>, two: bool) -> Result<Pipeline> {
        let mut words = Words {
            tokens: tokens.into_iter().peekable(),
        };
        let (names, declares) = self.names(&mut words, two)?;
        let pipeline = self.commands(at, &mut words, 0)?;
        if declares {
            self.variables.extend(names.iter().cloned());
        }
        Ok(Pipeline {
            names,
            declares,
            ..pipeline
        })
    }

    /// `$x :=`, `$x =`, or of a range `$i, $x :=`.
    fn names(&mut self, words: &mut Words, two: bool) -> Result<(Vec<String>, bool)> {
        let ahead: Vec<Token> = words.tokens.clone().take(4).collect();
        let kinds: Vec<&Kind> = ahead.iter().map(|token| &token.kind).collect();
        let (names, sets) = match kinds[..] {
            [
                Kind::Variable(one),
                sets @ (Kind::Declare | Kind::Assign),
                ..,
            ] => (vec![one], sets),
            [
                Kind::Variable(one),
                Kind::Comma,
                Kind::Variable(other),
                sets @ (Kind::Declare | Kind::Assign),
            ] if two => (vec![one, other], sets),
            _ => return Ok((Vec::new(), false)),
        };
        let declares = *sets == Kind::Declare;
        let names: Vec<String> = names.into_iter().cloned().collect();
        for name in &names {
            if name.is_empty() {
                return Err(bad(self.source, ahead[0].at, "$ itself cannot be set"));
            }
            if !declares {
                self.known(ahead[0].at, name)?;
            }
        }
        for _ in 0..names.len() * 2 {
            words.tokens.next();
        }
        Ok((names, declares))
    }

    fn known(&self, at: At, name: &str) -> Result<()> {
        if self.variables.iter().any(|known| known == name) {
            return Ok(());
        }
        Err(bad(
            self.source,
            at,
            &format!("there is no variable ${name}"),
        ))
    }

    /// Commands up to the end, or to the parenthesis that closes this group.
    fn commands(&mut self, at: At, words: &mut Words, groups: usize) -> Result<Pipeline> {
        let mut commands: Vec<Command> = Vec::new();
        let mut operands = Vec::new();
        let mut begun = at;
        loop {
            let token = words.tokens.next();
            let closes = match &token {
                None => groups == 0,
                Some(token) => token.kind == Kind::Close && groups > 0,
            };
            let ends = closes || token.as_ref().is_some_and(|token| token.kind == Kind::Pipe);
            if ends {
                let command = Command {
                    at: begun,
                    operands: std::mem::take(&mut operands),
                };
                self.check(&command, commands.is_empty())?;
                commands.push(command);
                if closes {
                    return Ok(Pipeline {
                        at,
                        names: Vec::new(),
                        declares: false,
                        commands,
                    });
                }
                continue;
            }
            let Some(token) = token else {
                return Err(bad(self.source, at, "this group is not closed with )"));
            };
            if operands.is_empty() {
                begun = token.at;
            }
            let operand = self.operand(token, words, groups, operands.last())?;
            operands.push(operand);
        }
    }

    /// A command that can be one.
    fn check(&self, command: &Command, first: bool) -> Result<()> {
        let at = command.at;
        match command.operands.first() {
            None => Err(bad(self.source, at, "something is missing here")),
            Some(operand) => match &operand.base {
                Base::Function(_) => Ok(()),
                _ if !first => Err(bad(self.source, at, "behind | stands a function")),
                _ if command.operands.len() > 1 => Err(bad(
                    self.source,
                    operand.at,
                    "this is no function and takes nothing",
                )),
                _ => Ok(()),
            },
        }
    }

    fn operand(
        &mut self,
        token: Token,
        words: &mut Words,
        groups: usize,
        before: Option<&Operand>,
    ) -> Result<Operand> {
        let Token { at, kind, joined } = token;
        let may_join = matches!(kind, Kind::Open | Kind::Close);
        if joined && before.is_some() && !may_join {
            return Err(bad(self.source, at, "a blank is missing before this"));
        }
        let mut fields = Vec::new();
        let base = match kind {
            Kind::Field(names) => {
                fields = names;
                Base::Dot
            }
            Kind::Variable(name) => {
                self.known(at, &name)?;
                Base::Variable(name)
            }
            Kind::Text(text) => Base::Literal(Value::String(text)),
            Kind::Integer(number) => Base::Literal(number.into()),
            Kind::Float(number) => Base::Literal(number.into()),
            Kind::Open => {
                self.deeper(at)?;
                let group = self.commands(at, words, groups + 1)?;
                self.depth -= 1;
                Base::Group(group)
            }
            Kind::Word(word) => match word.as_str() {
                "true" => Base::Literal(Value::Bool(true)),
                "false" => Base::Literal(Value::Bool(false)),
                "nil" => Base::Literal(Value::Null),
                _ if functions::is_known(&word) => Base::Function(word),
                _ => {
                    let all = functions::NAMES.join(", ");
                    let reason = format!("{word:?} is not understood; the functions are {all}");
                    return Err(bad(self.source, at, &reason));
                }
            },
            Kind::Close => return Err(bad(self.source, at, "there is nothing that it closes")),
            Kind::Pipe | Kind::Comma | Kind::Declare | Kind::Assign => {
                return Err(bad(self.source, at, "this stands in the wrong place"));
            }
        };
        let takes_fields = matches!(base, Base::Variable(_) | Base::Group(_));
        if takes_fields
            && let Some(next) = words.tokens.next_if(|next| {
                next.joined && matches!(&next.kind, Kind::Field(names) if !names.is_empty())
            })
            && let Kind::Field(names) = next.kind
        {
            fields = names;
        }
        Ok(Operand { at, base, fields })
    }
}

struct Words {
    tokens: std::iter::Peekable<IntoIter<Token>>,
}
