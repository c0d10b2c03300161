//! What a look at a registry finds, told step by step: a line each for people, or an object each for programs.
//!
//! The objects are stable: `step`, `status` (`ok`, `note`, `failed`), `text`, `advice` where there is some, and `data`,
//! whose fields depend on the step. Fields and steps are only ever added.

use std::error::Error as _;

use serde_json::{Value, json};

use crate::cli::output;
use crate::cli::render::escape::escape;
use crate::cli::render::value::go_json;
use crate::cli::report::{Doing, Outcome, Status};
use crate::error::{Error, Result};

/// Tells findings and counts them.
pub(super) struct Findings<'a> {
    program: &'a str,
    json: bool,
    step: &'static str,
    fine: usize,
    noted: usize,
    failed: Vec<&'static str>,
    /// The first failure: the run ends with it.
    first: Option<(&'static str, Error)>,
}

impl<'a> Findings<'a> {
    /// Of a program called `program`; as objects if `json`.
    pub(super) fn new(program: &'a str, json: bool) -> Self {
        Self {
            program,
            json,
            step: "",
            fine: 0,
            noted: 0,
            failed: Vec::new(),
            first: None,
        }
    }

    /// What this program is called.
    pub(super) fn program(&self) -> &'a str {
        self.program
    }

    /// What stands above it all, for people.
    pub(super) fn title(&self, text: &str) -> Result<()> {
        if self.json {
            return Ok(());
        }
        output::line(&escape(text))
    }

    /// The step that what follows belongs to.
    pub(super) fn begin(&mut self, step: &'static str) {
        self.step = step;
    }

    /// All is well.
    pub(super) fn ok(&mut self, text: &str, data: &Value) -> Result<()> {
        self.fine += 1;
        self.tell("ok", text, None, data)
    }

    /// Neither good nor bad, or good for now.
    pub(super) fn note(&mut self, text: &str, advice: Option<&str>, data: &Value) -> Result<()> {
        self.noted += 1;
        self.tell("note", text, advice, data)
    }

    /// What went wrong, with its own hint.
    pub(super) fn failure(&mut self, error: Error, data: &Value) -> Result<()> {
        let advice = error.hint(self.program);
        self.failure_with(error, advice.as_deref(), data)
    }

    /// The same with another advice.
    pub(super) fn failure_with(
        &mut self,
        error: Error,
        advice: Option<&str>,
        data: &Value,
    ) -> Result<()> {
        if self.failed.last() != Some(&self.step) {
            self.failed.push(self.step);
        }
        let mut data = data.clone();
        if let Value::Object(fields) = &mut data {
            fields.insert("exit".to_owned(), error.exit_code().into());
        }
        self.tell("failed", &words(&error), advice, &data)?;
        self.first.get_or_insert((self.step, error));
        Ok(())
    }

    /// What kept a question from being answered: a failure, but for who is a stranger and may not ask it.
    pub(super) fn refusal(&mut self, error: Error) -> Result<()> {
        let stranger = matches!(
            error,
            Error::Denied {
                with_credentials: false,
                ..
            }
        );
        if !stranger {
            return self.failure(error, &json!({}));
        }
        let advice = error.hint(self.program);
        let text = format!("not told to strangers: {}", words(&error));
        self.note(&text, advice.as_deref(), &json!({"denied": true}))
    }

    /// Says how it all went, and ends with the first failure.
    pub(super) fn end(self) -> Outcome {
        let Self { fine, noted, .. } = self;
        if !self.json {
            let counted = format!("{fine} fine, {noted} to note");
            output::line(&match self.failed.as_slice() {
                [] => format!("Nothing failed: {counted}"),
                failed => format!("Failed: {} ({counted})", failed.join(", ")),
            })?;
        }
        match self.first {
            Some((step, error)) => Err(error).doing(format!("doctor: {step}")),
            None => Ok(Status::SUCCESS),
        }
    }

    fn tell(&self, status: &str, text: &str, advice: Option<&str>, data: &Value) -> Result<()> {
        if self.json {
            let mut told = json!({"step": self.step, "status": status, "text": text});
            if let Some(advice) = advice {
                told["advice"] = advice.into();
            }
            told["data"] = data.clone();
            return output::line(&go_json(&told));
        }
        let mark = if status == "failed" { "FAIL" } else { status };
        let text = escape(text);
        output::line(&format!("  {mark:<4}  {:<9} {text}", self.step))?;
        match advice {
            Some(advice) => output::line(&format!("{:18}advice: {}", "", escape(advice))),
            None => Ok(()),
        }
    }
}

/// An error and its causes in one line.
fn words(error: &Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !words.contains(&text) {
            words = format!("{words}: {text}");
        }
        cause = error.source();
    }
    words
}
