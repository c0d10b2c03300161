//! A look at one registry: every step on the way to it, what it says and what it can do. After a failure it goes on with
//! whatever can still be found out.
//!
//! | file | its steps |
//! |---|---|
//! | `way` | name, addresses, proxy, connect |
//! | `tls` | tls |
//! | `front` | answer, challenge, login, token, clock |
//! | `content` | mirrors, catalog, ranges, upload, referrers, deletion, limits |
//! | `findings` | what is printed of them |

use std::sync::Arc;

use super::Options;
use crate::cli::options::{GlobalOptions, registry};
use crate::cli::render::quiet::Quiet;
use crate::cli::report::{Outcome, usage};
use crate::cli::session::Session;
use crate::config::Environment;
use crate::error::Result;
use crate::oci::{Host, Name, Reference};
use crate::registry::{Client, Credentials};
use findings::Findings;

mod content;
mod findings;
mod front;
mod tls;
mod way;

/// What is looked at, and with what.
struct Look<'a> {
    session: &'a Session,
    options: &'a Options,
    host: Host,
    /// Asks without credentials.
    stranger: Client,
    /// The image to read, if one was named.
    read: Option<Reference>,
    /// The repository to begin an upload in, if one was named.
    write: Option<Name>,
}

/// Asks and tells.
pub(super) async fn run(
    program: &str,
    global: &GlobalOptions,
    options: &Options,
    environment: Environment,
    text: &str,
) -> Outcome {
    let host = registry(text)?;
    let read = options.repository.as_deref();
    let read = read.map(|text| reference(&host, text)).transpose()?;
    let write = options.write.as_deref();
    let write = write.map(|text| repository(&host, text)).transpose()?;
    let session = Session::open(program, global, Some(&options.network), environment)?;
    let stranger = Client::new(
        session.config.clone(),
        Credentials::Anonymous,
        Arc::new(Quiet),
    );
    let look = Look {
        session: &session,
        options,
        host,
        stranger,
        read,
        write,
    };
    let mut findings = Findings::new(program, options.json);
    findings.title(&format!("The registry {}, as seen from here", look.host))?;
    look.through(&mut findings).await?;
    findings.end()
}

impl Look<'_> {
    async fn through(&self, findings: &mut Findings<'_>) -> Result<()> {
        let reached = way::steps(self, findings).await?;
        let greeting = if reached {
            front::greeting(self, findings).await?
        } else {
            None
        };
        let client = front::login(self, greeting.as_ref(), findings).await?;
        let Some(greeting) = greeting else {
            return Ok(());
        };
        if greeting.objection.is_none() {
            front::token(self, &client, findings).await?;
            content::steps(self, &client, &greeting, findings).await?;
        }
        front::clock(&greeting, findings)
    }
}

/// An image at `host`, written with the registry or without.
fn reference(host: &Host, text: &str) -> Result<Reference> {
    let rest = text.strip_prefix(host.as_str());
    let rest = rest.and_then(|rest| rest.strip_prefix('/'));
    let reference: Reference = format!("{host}/{}", rest.unwrap_or(text)).parse()?;
    Ok(reference)
}

/// A repository at `host`, written in the same way.
fn repository(host: &Host, text: &str) -> Result<Name> {
    let reference = reference(host, text)?;
    if reference.tag.is_some() || reference.digest.is_some() {
        let message = format!("{} names one image", reference.familiar());
        let hint = "give the repository to write to alone, without tag or digest";
        return Err(usage(message, Some(hint)));
    }
    Ok(reference.name)
}
