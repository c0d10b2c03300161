//! What a server said when it did not do what was asked.

use std::fmt;
use std::time::Duration;

/// An unwelcome answer over HTTP. Texts in it are the server's own, unescaped.
#[derive(Debug, Clone, thiserror::Error)]
pub struct Answer {
    /// Such as `GET`.
    pub method: String,
    /// Without user and query.
    pub url: String,
    /// Such as 404.
    pub status: u16,
    /// The errors of the spec's JSON, as (code, message, detail).
    pub errors: Vec<(String, String, String)>,
    /// How many times it was tried.
    pub tries: u32,
    /// How long the server asks us to wait.
    pub retry_after: Option<Duration>,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.method, self.url, self.status)?;
        if self.errors.is_empty() {
            let reason = http::StatusCode::from_u16(self.status)
                .ok()
                .and_then(|status| status.canonical_reason());
            write!(f, " {}", reason.unwrap_or_default())?;
        }
        for (at, (code, message, _)) in self.errors.iter().enumerate() {
            let separator = if at == 0 { " " } else { "; " };
            match (code.as_str(), message.as_str()) {
                ("", message) => write!(f, "{separator}{message}")?,
                (code, "") => write!(f, "{separator}{code}")?,
                (code, message) => write!(f, "{separator}{code}: {message}")?,
            }
        }
        if self.tries > 1 {
            write!(f, " (after {} tries)", self.tries)?;
        }
        Ok(())
    }
}
