//! What a server shows in a TLS handshake, seen over the shoulder of who judges it: for `doctor`, also where the judgement
//! is no.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};

use super::certificate::{Names, validity};

/// One certificate of the chain that a server showed. Texts in it are the server's own, unescaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it is for, by common name or else by organization; `None` where it has neither.
    pub subject: Option<String>,
    /// Who signed it, in the same way.
    pub issuer: Option<String>,
    /// The first moment at which it counts; `None` where that cannot be read.
    pub from: Option<Timestamp>,
    /// The last one.
    pub until: Option<Timestamp>,
    /// Whether it names itself as who signed it.
    pub self_issued: bool,
}

impl Certificate {
    fn read(certificate: &[u8]) -> Self {
        let names = Names::of(certificate);
        let lasts = validity(certificate);
        Self {
            subject: names.and_then(|names| names.subject_name()),
            issuer: names.and_then(|names| names.issuer_name()),
            from: lasts.map(|(from, _)| from),
            until: lasts.map(|(_, until)| until),
            self_issued: names.is_some_and(|names| names.is_self_issued()),
        }
    }
}

/// What one server showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    /// Its name, as it was asked for.
    pub(super) server: String,
    /// Its own certificate first.
    pub(super) chain: Vec<Certificate>,
    /// Such as `TLS 1.3`; `None` before the handshake has come so far.
    pub(super) protocol: Option<&'static str>,
}

/// What all servers of a client showed, a proxy that is spoken to over TLS too.
#[derive(Debug, Clone, Default)]
pub(super) struct Witness(Arc<Mutex<Vec<Shown>>>);

impl Witness {
    /// A verifier that judges as `judge` does, seen by this witness.
    pub(super) fn beside(&self, judge: Arc<dyn ServerCertVerifier>) -> Arc<dyn ServerCertVerifier> {
        let witness = self.clone();
        Arc::new(Watched { judge, witness })
    }

    /// What the server called `name` showed last.
    pub(super) fn of(&self, name: &str) -> Option<Shown> {
        let seen = self.seen();
        seen.iter()
            .rev()
            .find(|shown| shown.server == name)
            .cloned()
    }

    fn seen(&self) -> MutexGuard<'_, Vec<Shown>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The signature that comes next after a chain tells the protocol by its form.
    fn note(&self, protocol: &'static str) {
        if let Some(last) = self.seen().last_mut() {
            last.protocol = Some(protocol);
        }
    }
}

#[derive(Debug)]
struct Watched {
    judge: Arc<dyn ServerCertVerifier>,
    witness: Witness,
}

impl ServerCertVerifier for Watched {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(end_entity).chain(intermediates);
        let shown = Shown {
            server: server_name.to_str().into_owned(),
            chain: chain.map(|one| Certificate::read(one)).collect(),
            protocol: None,
        };
        self.witness.seen().push(shown);
        self.judge
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.witness.note("TLS 1.2");
        self.judge.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.witness.note("TLS 1.3");
        self.judge.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.judge.supported_verify_schemes()
    }
}
