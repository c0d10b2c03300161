//! Logins as entries of a keyring.
//!
//! | service | user | secret |
//! |---|---|---|
//! | `rg-registry-login` | the server, as it was given | `{"ServerURL","Username","Secret"}`, or the head of a split one |
//! | `rg-registry-login-part` | `ID NUMBER SERVER` | a piece of that document |
//!
//! Windows keeps at most 2560 bytes an entry, less than many tokens have. A longer document is cut on every platform, so
//! that all of them keep the same and the tests of one speak for the others. Its pieces are written under a fresh ID, then
//! the head that names ID, count and digest, then the pieces of the login before are removed: a reader that comes in
//! between, or after a kill, finds the old login or the new one. Pieces that are not all there, or not those the head was
//! written for, are an error and never a login.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::vault::Vault;
use crate::credential::protocol::Login;
use crate::oci::Digest;

/// The service of logins. Without a dot: see [`Vault::users`] of Windows.
pub(super) const SERVICE: &str = "rg-registry-login";
/// The service of pieces.
pub(super) const PARTS: &str = "rg-registry-login-part";
/// The service of the entry by which is tried whether the keyring takes any.
const PROBE: &str = "rg-registry-login-probe";

/// Bytes in one entry: `CRED_MAX_CREDENTIAL_BLOB_SIZE` of Windows.
pub(super) const MAX_ENTRY: usize = 2560;
/// Pieces of one login: five times what a helper may answer with.
const MAX_PARTS: usize = 128;
/// How often a split login is read that seems to be replaced at that moment.
const READS: usize = 3;
/// Bytes of randomness in an ID: two logins at once must not choose the same.
const ID_BYTES: usize = 8;

/// What stands in place of a document that is too long.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    id: String,
    parts: usize,
    digest: String,
}

impl Head {
    fn read(bytes: &[u8]) -> Option<Self> {
        let head: Self = serde_json::from_slice(bytes).ok()?;
        let is_id = !head.id.is_empty() && head.id.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_id && (1..=MAX_PARTS).contains(&head.parts)).then_some(head)
    }

    fn part(&self, number: usize, server: &str) -> String {
        format!("{} {number} {server}", self.id)
    }
}

/// The login kept for exactly `server`.
pub(super) fn read(vault: &dyn Vault, server: &str) -> Result<Option<Login>, String> {
    for _ in 0..READS {
        let Some(entry) = vault.get(SERVICE, server)? else {
            return Ok(None);
        };
        let document = match Head::read(&entry) {
            Some(head) => joined(vault, server, &head)?,
            None => Some(entry),
        };
        // `None`: replaced while it was read, or not whole.
        if let Some(document) = document {
            return match Login::read(&document) {
                Some((_, login)) => Ok(Some(login)),
                None => Err(format!("its entry for {server} is not a login")),
            };
        }
    }
    Err(format!(
        "the login for {server} in it is not whole; log in again"
    ))
}

/// The pieces as one; `None` unless all of them are there and right.
fn joined(
    vault: &dyn Vault,
    server: &str,
    head: &Head,
) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
    let mut document = Zeroizing::new(Vec::with_capacity(head.parts * MAX_ENTRY));
    for number in 1..=head.parts {
        match vault.get(PARTS, &head.part(number, server))? {
            // Never past the room that was made: what grows leaves copies behind.
            Some(part) if part.len() <= MAX_ENTRY => document.extend_from_slice(&part),
            _ => return Ok(None),
        }
    }
    let is_right = Digest::of(&document).to_string() == head.digest;
    Ok(is_right.then_some(document))
}

/// Keeps `login` for `server`, in place of what is there.
pub(super) fn write(vault: &dyn Vault, server: &str, login: &Login) -> Result<(), String> {
    let before = vault
        .get(SERVICE, server)?
        .and_then(|entry| Head::read(&entry));
    let document = login.document(server);
    if document.len() <= MAX_ENTRY {
        vault.set(SERVICE, server, document.as_bytes())?;
    } else {
        write_split(vault, server, &document)?;
    }
    if let Some(before) = before {
        for number in 1..=before.parts {
            vault.erase(PARTS, &before.part(number, server))?;
        }
    }
    Ok(())
}

fn write_split(vault: &dyn Vault, server: &str, document: &str) -> Result<(), String> {
    let parts = pieces(document, MAX_ENTRY);
    if parts.len() > MAX_PARTS {
        return Err("the secret is too long for it".to_owned());
    }
    let head = Head {
        id: fresh_id()?,
        parts: parts.len(),
        digest: Digest::of(document.as_bytes()).to_string(),
    };
    for (number, part) in (1..).zip(parts) {
        vault.set(PARTS, &head.part(number, server), part.as_bytes())?;
    }
    let head = serde_json::to_vec(&head).expect("texts and a number always serialize");
    vault.set(SERVICE, server, &head)
}

/// Forgets what is kept for exactly `server`, pieces that a killed run left included. `false` when there was no login;
/// then nothing is looked through, for which the keyring might have to be unlocked.
pub(super) fn erase(vault: &dyn Vault, server: &str) -> Result<bool, String> {
    if !vault.erase(SERVICE, server)? {
        return Ok(false);
    }
    for part in vault.users(PARTS)? {
        if part.splitn(3, ' ').nth(2) == Some(server) {
            vault.erase(PARTS, &part)?;
        }
    }
    Ok(true)
}

/// The servers that have a login, each once.
pub(super) fn servers(vault: &dyn Vault) -> Result<Vec<String>, String> {
    let mut servers = vault.users(SERVICE)?;
    servers.sort();
    servers.dedup();
    Ok(servers)
}

/// Writes an entry and removes it: whoever has to unlock the keyring is asked now.
pub(super) fn probe(vault: &dyn Vault) -> Result<(), String> {
    vault.set(PROBE, "probe", b"probe")?;
    vault.erase(PROBE, "probe").map(drop)
}

/// `text` in pieces of at most `limit` bytes and whole characters: some keyrings take nothing but text.
fn pieces(text: &str, limit: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut ends = (1..=limit.min(rest.len())).rev();
        let end = ends.find(|&end| rest.is_char_boundary(end));
        let (piece, after) = rest.split_at(end.unwrap_or(rest.len()));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

fn fresh_id() -> Result<String, String> {
    let mut bytes = [0; ID_BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|error| format!("the system has no randomness: {error}"))?;
    Ok(bytes.map(|byte| format!("{byte:02x}")).concat())
}

#[cfg(test)]
pub(super) mod tests;
