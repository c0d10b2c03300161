//! A private authority and what it signs, made anew for every test.

use std::sync::{Arc, Once};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

/// Makes aws-lc the provider of this process's TLS, once.
pub(crate) fn install_provider() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    });
}

/// A name that no resolver knows; a proxy can be told what it stands for.
pub(crate) const MADE_UP: &str = "registry.test";

/// A certificate authority nobody knows, and a server certificate of it for `localhost`, `127.0.0.1` and [`MADE_UP`].
pub(crate) struct Authority {
    /// The authority's certificate, PEM.
    pub(crate) ca: String,
    /// The server's certificate, PEM.
    pub(crate) certificate: String,
    /// The server's key, PEM.
    pub(crate) key: String,
    /// The certificate of a client, PEM.
    pub(crate) client_certificate: String,
    /// That client's key, PEM.
    pub(crate) client_key: String,
}

impl Authority {
    /// A fresh one.
    pub(crate) fn new() -> Self {
        Self::named("a private authority")
    }

    /// A fresh one of that name.
    pub(crate) fn named(name: &str) -> Self {
        let names = ["localhost", "127.0.0.1", MADE_UP];
        Self::certifying(name, &names, None)
    }

    /// A fresh one whose server's certificate is for `names`, and ends so many days from now if that is told: before now
    /// where they are fewer than none.
    pub(crate) fn certifying(name: &str, names: &[&str], ends_in: Option<i64>) -> Self {
        let ca_key = KeyPair::generate().expect("a key");
        let mut ca = CertificateParams::new(Vec::new()).expect("no names");
        ca.distinguished_name.push(DnType::CommonName, name);
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let ca_certificate = ca.self_signed(&ca_key).expect("an authority signs itself");
        let issuer = Issuer::new(ca, ca_key);

        let key = KeyPair::generate().expect("a key");
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut server = CertificateParams::new(names).expect("good names");
        if let Some(days) = ends_in {
            server.not_before = rcgen::date_time_ymd(2000, 1, 1);
            let last = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * days);
            let last = last.to_zoned(jiff::tz::TimeZone::UTC).date();
            let part = |part: i8| u8::try_from(part).expect("months and days count up from one");
            let (month, day) = (part(last.month()), part(last.day()));
            server.not_after = rcgen::date_time_ymd(last.year().into(), month, day);
        }
        server
            .distinguished_name
            .push(DnType::CommonName, "a test server");
        server.use_authority_key_identifier_extension = true;
        let certificate = server
            .signed_by(&key, &issuer)
            .expect("the authority signs");
        let client_key = KeyPair::generate().expect("a key");
        let mut client = CertificateParams::new(vec!["client".to_owned()]).expect("a name");
        client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let client = client.signed_by(&client_key, &issuer);
        Self {
            client_certificate: client.expect("the authority signs").pem(),
            client_key: client_key.serialize_pem(),
            ca: ca_certificate.pem(),
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }

    /// What a scripted server needs to speak TLS as this authority's server.
    pub(crate) fn server_config(&self) -> Arc<rustls::ServerConfig> {
        self.server_config_of(rustls::ALL_VERSIONS)
    }

    /// The same for these versions of TLS alone.
    pub(crate) fn server_config_of(
        &self,
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> Arc<rustls::ServerConfig> {
        use rustls::pki_types::pem::PemObject;
        use rustls::pki_types::{CertificateDer, PrivateKeyDer};
        install_provider();
        let certificate = CertificateDer::from_pem_slice(self.certificate.as_bytes()).expect("PEM");
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).expect("PEM");
        let config = rustls::ServerConfig::builder_with_protocol_versions(versions)
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("the key fits the certificate");
        Arc::new(config)
    }
}
