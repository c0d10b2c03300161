//! What TLS connections trust, and which certificate of ours they show.
//!
//! A server is trusted when the platform's verifier trusts it, with the user's authorities added. One thing more is
//! trusted: a certificate that stands in the user's own files to the letter, though it is an authority's (`CA:TRUE`). It is
//! what `openssl req -x509` makes and what people put into `certs.d`; curl and docker take it, the verifier below does not.
//! It must be in date and its name must match, as any other.
//!
//! Of several client certificates the one is shown that the server's authorities signed, as far as it names any.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, verify_server_name};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use rustls::{CertificateError, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme};

use super::certificate::Names;
use super::witness::Witness;
use crate::config::Identity;
use crate::error::{Error, Result};

/// Bytes of a file of certificates or a key: several times what all public authorities take.
const MAX_PEM: u64 = 4 << 20;

/// What servers are to be trusted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Trust {
    /// Authorities besides the platform's.
    pub(super) ca_files: Vec<PathBuf>,
    /// The one host that is not verified at all.
    pub(super) unverified: Option<String>,
    /// Whether there is anybody else, a proxy, who is.
    pub(super) verifies: bool,
}

/// The TLS of connections that trust `trust` and have these certificates to show. A `witness` sees what servers show.
///
/// # Errors
/// `Io` and `BadFile` about one of the files; `Machine` when this machine trusts nobody.
pub(super) fn client(
    trust: &Trust,
    identities: &[Identity],
    witness: Option<&Witness>,
) -> Result<rustls::ClientConfig> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Arc::new(Verifier::new(trust, &provider)?);
    let verifier: Arc<dyn ServerCertVerifier> = match witness {
        Some(witness) => witness.beside(verifier),
        None => verifier,
    };
    let builder = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut config = if identities.is_empty() {
        builder.with_no_client_auth()
    } else {
        let keys = identities
            .iter()
            .map(|identity| certified(identity, &provider));
        let keys = keys.collect::<Result<Vec<_>>>()?;
        builder.with_client_cert_resolver(Arc::new(Wallet(keys)))
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn unusable(error: &rustls::Error) -> Error {
    Error::Machine(format!("cannot set up TLS: {error}"))
}

/// Why a certificate is not trusted, with what else its reader may want to know.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) why: CertificateError,
    /// Whom it was meant to be of.
    pub(super) server: String,
    /// Who signed it, by name.
    pub(super) issuer: Option<String>,
    /// Whether that is itself.
    pub(super) self_signed: bool,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.why.fmt(f)
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    /// The one inside an error of TLS.
    pub(super) fn in_error(error: &CertificateError) -> Option<&Self> {
        match error {
            CertificateError::Other(OtherError(other)) => other.downcast_ref(),
            _ => None,
        }
    }
}

/// Whether the trouble is that an authority's certificate stands for a server.
pub(super) fn is_authority_as_server(why: &CertificateError) -> bool {
    // The verifier's crate is not one of ours, so its error has no type here.
    matches!(why, CertificateError::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity"))
}

#[derive(Debug)]
struct Verifier {
    /// `None` where nobody is to be verified.
    platform: Option<Arc<dyn ServerCertVerifier>>,
    /// The user's own certificates.
    own: Vec<CertificateDer<'static>>,
    unverified: Option<String>,
    provider: Arc<CryptoProvider>,
}

impl Verifier {
    fn new(trust: &Trust, provider: &Arc<CryptoProvider>) -> Result<Self> {
        let mut own = Vec::new();
        for path in &trust.ca_files {
            own.extend(authorities(path)?);
        }
        let platform: Option<Arc<dyn ServerCertVerifier>> = if trust.verifies {
            // Its authorities take milliseconds to load.
            let platform = rustls_platform_verifier::Verifier::new_with_extra_roots(
                own.iter().cloned(),
                Arc::clone(provider),
            );
            Some(Arc::new(platform.map_err(|error| {
                Error::Machine(format!(
                    "cannot set up TLS: {error}; install the package ca-certificates, or name a file of authorities in SSL_CERT_FILE"
                ))
            })?))
        } else {
            None
        };
        Ok(Self {
            platform,
            own,
            unverified: trust.unverified.clone(),
            provider: Arc::clone(provider),
        })
    }

    fn judge(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(platform) = &self.platform else {
            return Err(CertificateError::UnknownIssuer.into());
        };
        let judged =
            platform.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match judged {
            // The verifier looks at the dates before it looks at this.
            Err(rustls::Error::InvalidCertificate(why))
                if is_authority_as_server(&why) && self.own.contains(end_entity) =>
            {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            judged => judged,
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let server = server_name.to_str();
        if self.unverified.as_deref() == Some(&*server) {
            return Ok(ServerCertVerified::assertion());
        }
        let judged = self.judge(end_entity, intermediates, server_name, ocsp_response, now);
        judged.map_err(|error| match error {
            rustls::Error::InvalidCertificate(why) => {
                let last = intermediates.last().unwrap_or(end_entity);
                let refusal = Refusal {
                    why,
                    server: server.into_owned(),
                    issuer: Names::of(last).and_then(|names| names.issuer_name()),
                    self_signed: Names::of(end_entity).is_some_and(|names| names.is_self_issued()),
                };
                CertificateError::Other(OtherError(Arc::new(refusal))).into()
            }
            other => other,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}

/// Certificates of ours, with their keys.
#[derive(Debug)]
struct Wallet(Vec<Arc<CertifiedKey>>);

impl ResolvesClientCert for Wallet {
    fn resolve(
        &self,
        root_hint_subjects: &[&[u8]],
        sigschemes: &[SignatureScheme],
    ) -> Option<Arc<CertifiedKey>> {
        let usable = |key: &&Arc<CertifiedKey>| key.key.choose_scheme(sigschemes).is_some();
        let wanted = |key: &&Arc<CertifiedKey>| {
            let mut names = key
                .cert
                .iter()
                .filter_map(|certificate| Names::of(certificate));
            names.any(|names| root_hint_subjects.contains(&names.issuer))
        };
        let usable: Vec<_> = self.0.iter().filter(usable).collect();
        let chosen = usable.iter().copied().find(wanted);
        chosen.or(usable.first().copied()).cloned()
    }

    fn has_certs(&self) -> bool {
        !self.0.is_empty()
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    crate::config::file::read(path, MAX_PEM).map_err(Error::io("cannot read", path))
}

fn bad_file(path: &Path, reason: impl Into<String>) -> Error {
    Error::BadFile {
        path: path.to_owned(),
        reason: reason.into(),
    }
}

/// The certificates in a file; at least one.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let bundle = CertificateDer::pem_slice_iter(&read(path)?)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| bad_file(path, "not certificates in PEM form"))?;
    if bundle.is_empty() {
        return Err(bad_file(path, "no certificate in it"));
    }
    Ok(bundle)
}

fn authorities(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let bundle = certificates(path)?;
    for certificate in &bundle {
        let added = RootCertStore::empty().add(certificate.clone());
        added.map_err(|error| {
            bad_file(
                path,
                format!("not the certificate of an authority: {error}"),
            )
        })?;
    }
    Ok(bundle)
}

fn certified(identity: &Identity, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>> {
    let Identity {
        cert_file,
        key_file,
    } = identity;
    let chain = certificates(cert_file)?;
    let text = read(key_file)?;
    let key = PrivateKeyDer::from_pem_slice(&text).map_err(|_| {
        let locked = text.windows(9).any(|nine| nine == b"ENCRYPTED");
        let reason = if locked {
            "the key is encrypted; take its passphrase off with `openssl pkey`"
        } else {
            "not the key of a client certificate in PEM form"
        };
        bad_file(key_file, reason)
    })?;
    let certified = CertifiedKey::from_der(chain, key, provider);
    certified.map(Arc::new).map_err(|error| {
        let reason = format!("not the key of {}: {error}", cert_file.display());
        bad_file(key_file, reason)
    })
}
