//! The grammar of names (distribution-spec, "Pulling manifests"; docker's rules for hosts and lengths), with the place of
//! every fault.

use std::ops::Range;

use super::{DOCKER_HUB, Host, Name, ReferenceError, Repository, Tag};
use crate::oci::Digest;
use crate::oci::digest::DigestError;

const MAX_NAME: usize = 255; // docker: repository name with its host
const MAX_TAG: usize = 128;

pub(super) fn broken(input: &str, at: Range<usize>, reason: impl Into<String>) -> ReferenceError {
    ReferenceError {
        input: input.to_owned(),
        at,
        reason: reason.into(),
    }
}

pub(super) fn digest(input: &str, start: usize) -> Result<Digest, ReferenceError> {
    input[start..]
        .parse()
        .map_err(|error: DigestError| broken(input, start..input.len(), error.to_string()))
}

pub(super) fn tag(input: &str, at: Range<usize>) -> Result<Tag, ReferenceError> {
    let text = &input[at.clone()];
    if text.is_empty() {
        return Err(broken(input, at, "the tag is empty"));
    }
    for (offset, character) in text.char_indices() {
        let inner = offset > 0 && matches!(character, '.' | '-');
        if !(character.is_ascii_alphanumeric() || character == '_' || inner) {
            let place = at.start + offset;
            let reason = format!(
                "{character:?} cannot stand {} a tag",
                if offset == 0 { "first in" } else { "in" }
            );
            return Err(broken(input, place..place + character.len_utf8(), reason));
        }
    }
    if text.len() > MAX_TAG {
        return Err(broken(
            input,
            at,
            format!("a tag has at most {MAX_TAG} characters"),
        ));
    }
    Ok(Tag(text.to_owned()))
}

/// Reads `input[..end]` as a repository, with or without its host.
pub(super) fn name(input: &str, end: usize) -> Result<Name, ReferenceError> {
    let text = &input[..end];
    if text.is_empty() {
        return Err(broken(input, 0..end, "the repository name is empty"));
    }
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(broken(
            input,
            0..end,
            "64 hex characters are an image ID, not a name",
        ));
    }
    let slash = text.find('/').filter(|&slash| names_a_host(&text[..slash]));
    let Some(slash) = slash else {
        let path = repository(input, 0..end)?;
        let path = if path.0.contains('/') {
            path
        } else {
            Repository(format!("library/{}", path.0))
        };
        return bounded(
            input,
            end,
            Name {
                host: Host::docker_hub(),
                repository: path,
            },
        );
    };
    let host = host(input, 0..slash)?;
    let path = repository(input, slash + 1..end)?;
    let library = host.is_docker_hub() && !path.0.contains('/');
    let path = if library {
        Repository(format!("library/{}", path.0))
    } else {
        path
    };
    bounded(
        input,
        end,
        Name {
            host,
            repository: path,
        },
    )
}

fn bounded(input: &str, end: usize, name: Name) -> Result<Name, ReferenceError> {
    if name.host.0.len() + 1 + name.repository.0.len() > MAX_NAME {
        return Err(broken(
            input,
            0..end,
            format!("a repository name has at most {MAX_NAME} characters"),
        ));
    }
    Ok(name)
}

fn names_a_host(first: &str) -> bool {
    first.contains(['.', ':'])
        || first == "localhost"
        || first.bytes().any(|byte| byte.is_ascii_uppercase())
}

pub(super) fn host(input: &str, at: Range<usize>) -> Result<Host, ReferenceError> {
    let text = &input[at.clone()];
    let wrong = |reason: &str| broken(input, at.clone(), reason);
    let (hostname, port) = match text.rsplit_once(':') {
        Some((hostname, port)) if !port.contains(']') => (hostname, Some(port)),
        _ => (text, None),
    };
    if let Some(port) = port
        && !(port.bytes().all(|byte| byte.is_ascii_digit())
            && port.parse::<u16>().is_ok_and(|port| port > 0))
    {
        let start = at.start + hostname.len() + 1;
        return Err(broken(
            input,
            start..at.end,
            "a port is a number from 1 to 65535",
        ));
    }
    if let Some(inner) = hostname
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        inner
            .parse::<std::net::Ipv6Addr>()
            .map_err(|_| wrong("brackets hold an IPv6 address"))?;
    } else {
        if hostname.is_empty() {
            return Err(wrong("the host is empty"));
        }
        if hostname.split('.').any(str::is_empty) {
            return Err(wrong("a host name has something between its dots"));
        }
        let mut start = at.start;
        for label in hostname.split('.') {
            let good = label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            if !good || label.starts_with('-') || label.ends_with('-') {
                let reason = format!("{label:?} cannot be part of a host name");
                return Err(broken(input, start..start + label.len(), reason));
            }
            start += label.len() + 1;
        }
    }
    let canonical = match text {
        "docker.io" | "index.docker.io" | "registry-1.docker.io" | "registry.hub.docker.com" => {
            DOCKER_HUB
        }
        other => other,
    };
    Ok(Host(canonical.to_owned()))
}

pub(super) fn repository(input: &str, at: Range<usize>) -> Result<Repository, ReferenceError> {
    let text = &input[at.clone()];
    if text.is_empty() {
        return Err(broken(input, at, "the repository name is empty"));
    }
    if let Some(upper) = text.find(|character: char| character.is_ascii_uppercase()) {
        let reason = format!("repository name ({text}) must be lowercase");
        return Err(broken(
            input,
            at.start + upper..at.start + upper + 1,
            reason,
        ));
    }
    let mut start = at.start;
    for component in text.split('/') {
        path_component(input, component, start)?;
        start += component.len() + 1;
    }
    if text.len() > MAX_NAME {
        return Err(broken(
            input,
            at,
            format!("a repository name has at most {MAX_NAME} characters"),
        ));
    }
    Ok(Repository(text.to_owned()))
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
fn path_component(input: &str, component: &str, start: usize) -> Result<(), ReferenceError> {
    let here = start..start + component.len();
    if component.is_empty() {
        return Err(broken(input, here, "a path component is empty"));
    }
    let alphanumeric =
        |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
    for (offset, character) in component.char_indices() {
        if !alphanumeric(character) && !matches!(character, '.' | '_' | '-') {
            let place = start + offset;
            let reason = format!("{character:?} cannot stand in a repository name");
            return Err(broken(input, place..place + character.len_utf8(), reason));
        }
    }
    let separators = component.split(alphanumeric).filter(|run| !run.is_empty());
    let bad_run = separators
        .into_iter()
        .any(|run| !matches!(run, "." | "_" | "__") && run.bytes().any(|byte| byte != b'-'));
    if bad_run || !component.starts_with(alphanumeric) || !component.ends_with(alphanumeric) {
        let reason = format!(
            "{component:?}: letters and digits, joined by one of . _ __ or any number of -"
        );
        return Err(broken(input, here, reason));
    }
    Ok(())
}
