//! What the user could do about an error, in the words of the command line.

use super::{Distrust, Error, seconds};

impl Error {
    /// What the user could do about it; `program` is the name this program was called by.
    #[must_use]
    pub fn hint(&self, program: &str) -> Option<String> {
        Some(match self {
            Self::Usage { hint, .. } => return hint.clone(),
            Self::Denied {
                host,
                with_credentials: false,
                ..
            } => {
                format!(
                    "run `{program} login {host}` if the repository is private, and check its name"
                )
            }
            Self::NoTls { host } => {
                let host = in_names(host);
                format!(
                    "if that is meant, say `--plain-http`, or write `plain_http = true` below [registry.{host:?}] into the settings file, or list {host} in insecure-registries of docker's daemon.json"
                )
            }
            Self::Denied {
                host,
                with_credentials: true,
                ..
            } => {
                format!(
                    "these credentials may not do this; `{program} login {host}` stores others"
                )
            }
            Self::Blocked { .. } => {
                "whoever looks after this machine may take `blocked = true` out of that file"
                    .to_owned()
            }
            Self::NoPlatform { available, .. } => {
                let platform = available.first()?;
                format!(
                    "choose one with `--platform {platform}`, or take all with `{program} pull --all-platforms`"
                )
            }
            Self::Incomplete { .. } => format!(
                "pull the rest with `{program} pull --all-platforms`, or push one image with `--platform`"
            ),
            Self::Credential { .. } => {
                "mend or remove the credential helper that docker's config.json names (credsStore, credHelpers)"
                    .to_owned()
            }
            Self::Keyring { .. } => {
                "unlock it, or do without: `credential_store = \"file\"` in the settings, and no `rg` as a helper in docker's config.json".to_owned()
            }
            Self::Busy { answer } if answer.status == 429 => match answer.retry_after {
                Some(wait) => format!(
                    "the registry limits how often it may be asked; try again in {}",
                    seconds(wait)
                ),
                None => format!(
                    "the registry limits how often it may be asked; `{program} login` usually raises the limit"
                ),
            },
            Self::Tls {
                kind: Distrust::UnknownIssuer,
                host,
                ..
            } => format!(
                "put the certificate of its authority, or this one if it is signed by itself, into /etc/docker/certs.d/{}/ca.crt, or name it with `--ca-file FILE`; `--insecure` turns verification off",
                in_names(host)
            ),
            Self::Tls {
                kind: Distrust::Expired,
                ..
            } => "the server needs a new certificate; check this machine's clock too".to_owned(),
            Self::Tls {
                kind: Distrust::WrongName,
                ..
            } => "use a name that the certificate is for, or make it anew for this one (`openssl req -addext subjectAltName=DNS:NAME`)".to_owned(),
            Self::DigestMismatch { .. } | Self::SizeMismatch { .. } => format!(
                "the content is damaged or was tampered with, and is not taken; where it is the local store's, `{program} fsck --repair` mends it"
            ),
            Self::TooLarge { .. } => {
                "if you trust it, say how large it may get with `--max-size SIZE`".to_owned()
            }
            Self::NoSpace { .. } => {
                "make room, or choose another place (`--store DIR` is where the local store is)"
                    .to_owned()
            }
            Self::Ambiguous { .. } => "give more digits of the ID".to_owned(),
            Self::Foreign { refusals: None, .. } => {
                "`--allow-foreign-layers` fetches it from there, without credentials".to_owned()
            }
            Self::BadFile { path, .. } if path.ends_with("origins.json") => {
                format!("`{program} fsck --repair` sets it aside; nothing else depends on it")
            }
            _ => return None,
        })
    }
}

/// `HOST:PORT` as it stands in names, where the port of https is left out.
fn in_names(host: &str) -> &str {
    host.strip_suffix(":443").unwrap_or(host)
}
