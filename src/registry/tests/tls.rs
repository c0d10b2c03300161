//! Certificates that are trusted, and those that are not.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;

use super::*;
use crate::error::{Distrust, Error};
use crate::oci::{Selector, Tag};
use crate::store::Source;

/// An authority, and the folder its files are in.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: rcgen::Certificate,
    folder: tempfile::TempDir,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), certificate.pem()).unwrap();
        Self {
            issuer: Issuer::new(params, key),
            certificate,
            folder,
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn sign(&self, name: &str, last_year: i32) -> (rcgen::Certificate, KeyPair) {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2000, 1, 1);
        params.not_after = rcgen::date_time_ymd(last_year, 1, 1);
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }
}

/// A registry over TLS. Counts what came to it in plain text.
struct TlsScript {
    port: u16,
    plain: Arc<Mutex<usize>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for TlsScript {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl TlsScript {
    async fn start(signed: (rcgen::Certificate, KeyPair), clients: Option<&Authority>) -> Self {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = rustls::RootCertStore::empty();
                roots.add(authority.certificate.der().clone()).unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let key = PrivateKeyDer::Pkcs8(signed.1.serialize_der().into());
        let chain = vec![signed.0.der().clone()];
        let tls = Arc::new(builder.with_single_cert(chain, key).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let plain = Arc::new(Mutex::new(0));
        let count = Arc::clone(&plain);
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let connection = rustls::ServerConnection::new(Arc::clone(&tls)).unwrap();
                connections.spawn(pump(stream, connection, Arc::clone(&count)));
            }
        });
        Self { port, plain, task }
    }
}

/// Answers every request over `connection` with a manifest, until something breaks.
async fn pump(
    mut stream: TcpStream,
    mut connection: rustls::ServerConnection,
    plain: Arc<Mutex<usize>>,
) {
    let mut bytes = vec![0; 16 << 10];
    while let Ok(read @ 1..) = stream.read(&mut bytes).await {
        if bytes.starts_with(b"HEAD") || bytes.starts_with(b"GET") {
            *plain.lock().unwrap() += 1;
        }
        connection.read_tls(&mut &bytes[..read]).unwrap();
        let broken = connection.process_new_packets().is_err();
        let mut request = Vec::new();
        // Nothing to read yet is an error here, and an ordinary one.
        let _ = connection.reader().read_to_end(&mut request);
        if request.windows(4).any(|four| four == b"\r\n\r\n") {
            let reply = manifest_reply();
            write!(connection.writer(), "{}\r\n", reply.head).unwrap();
            if request.starts_with(b"GET") {
                connection.writer().write_all(&reply.body).unwrap();
            }
            connection.send_close_notify();
        }
        let mut out = Vec::new();
        while connection.wants_write() {
            connection.write_tls(&mut out).unwrap();
        }
        if stream.write_all(&out).await.is_err() || broken {
            return;
        }
    }
}

async fn resolve(script: &TlsScript, reach: crate::config::Reach) -> Result<(), Error> {
    let mut settings = config();
    settings.every_registry = reach;
    let (client, _) = with(settings, Credentials::Anonymous);
    let name = format!("localhost:{}/a/b", script.port).parse().unwrap();
    let at = Selector::Tag(Tag::latest());
    client.repository(&name).resolve(&at).await.map(|_| ())
}

fn trusting(authority: &Authority) -> crate::config::Reach {
    crate::config::Reach {
        ca_files: vec![authority.file("ca.pem")],
        ..Default::default()
    }
}

#[tokio::test]
async fn a_private_authority_is_trusted_where_it_is_named() {
    let authority = Authority::new("one");
    let script = TlsScript::start(authority.sign("localhost", 2999), None).await;
    resolve(&script, trusting(&authority)).await.unwrap();
    let insecure = crate::config::Reach {
        insecure: Some(true),
        ..Default::default()
    };
    resolve(&script, insecure).await.unwrap();
}

#[tokio::test]
async fn a_bad_certificate_is_named_and_never_leads_to_plain_http() {
    let authority = Authority::new("one");
    let (other, twin) = (Authority::new("other"), Authority::new("one"));
    let cases = [
        (authority.sign("localhost", 2020), Distrust::Expired),
        (authority.sign("else.example", 2999), Distrust::WrongName),
        (other.sign("localhost", 2999), Distrust::UnknownIssuer),
        (twin.sign("localhost", 2999), Distrust::UnknownIssuer),
    ];
    for (signed, expected) in cases {
        let script = TlsScript::start(signed, None).await;
        let error = resolve(&script, trusting(&authority)).await.unwrap_err();
        let Error::Tls { host, kind, .. } = &error else {
            panic!("{error:?}");
        };
        assert_eq!(
            (*kind, host),
            (expected, &format!("localhost:{}", script.port))
        );
        assert_eq!(error.exit_code(), 8);
        assert_eq!(*script.plain.lock().unwrap(), 0);
    }
}

#[tokio::test]
async fn a_client_certificate_is_shown_where_there_is_one() {
    let authority = Authority::new("one");
    let (certificate, key) = authority.sign("client", 2999);
    std::fs::write(authority.file("c.pem"), certificate.pem()).unwrap();
    std::fs::write(authority.file("c.key"), key.serialize_pem()).unwrap();
    let script = TlsScript::start(authority.sign("localhost", 2999), Some(&authority)).await;
    let error = resolve(&script, trusting(&authority)).await.unwrap_err();
    assert!(matches!(error, Error::Challenge { .. }), "{error:?}");
    assert!(error.to_string().contains("--cert-file"), "{error}");
    let with_key = |key: &str| crate::config::Reach {
        identities: vec![(authority.file("c.pem"), authority.file(key)).into()],
        ..trusting(&authority)
    };
    resolve(&script, with_key("c.key")).await.unwrap();
    let error = resolve(&script, with_key("ca.pem")).await.unwrap_err();
    assert!(matches!(error, Error::BadFile { .. }), "{error:?}");
}

#[tokio::test]
async fn plain_http_at_a_name_that_promised_tls_is_told_with_what_to_do() {
    let script = Script::start(|_, _| manifest_reply()).await;
    let transport = crate::registry::transport::Transport::new(&Arc::new(config()));
    let url = format!("https://127.0.0.1:{}/v2/", script.port)
        .parse()
        .unwrap();
    let client = transport
        .client(&url, &crate::config::Endpoint::default(), true)
        .unwrap();
    let request = reqwest::Request::new(reqwest::Method::GET, url.clone());
    let error = client.execute(request).await.unwrap_err();
    let failure = transport.failure(&error, "GET x", &url, None);
    assert!(
        failure.error.to_string().contains("speaks plain HTTP"),
        "{failure:?}"
    );
    assert_eq!(failure.error.exit_code(), 8);
    assert!(failure.error.hint("rg").unwrap().contains("--plain-http"));
}

/// What `openssl req -x509` makes: an authority (CA:TRUE) that signed itself and stands for a server.
fn self_signed(name: &str, last_year: i32) -> (rcgen::Certificate, KeyPair) {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, "my registry");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.not_before = rcgen::date_time_ymd(2000, 1, 1);
    params.not_after = rcgen::date_time_ymd(last_year, 1, 1);
    let key = KeyPair::generate().unwrap();
    (params.self_signed(&key).unwrap(), key)
}

fn pinning(folder: &tempfile::TempDir, certificate: &rcgen::Certificate) -> crate::config::Reach {
    let file = folder.path().join("pinned.crt");
    std::fs::write(&file, certificate.pem()).unwrap();
    crate::config::Reach {
        ca_files: vec![file],
        ..Default::default()
    }
}

#[tokio::test]
async fn a_self_signed_certificate_is_trusted_where_it_is_pinned_to_the_letter() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = self_signed("localhost", 2999);
    let reach = pinning(&folder, &certificate);
    let script = TlsScript::start((certificate, key), None).await;
    resolve(&script, reach.clone()).await.unwrap();
    let twin = TlsScript::start(self_signed("localhost", 2999), None).await;
    let error = resolve(&twin, reach).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::Tls {
                kind: Distrust::UnknownIssuer,
                ..
            }
        ),
        "{error:?}"
    );
    let error = resolve(&twin, crate::config::Reach::default())
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("signed by itself") || error.to_string().contains("CA:TRUE"),
        "{error}"
    );
    let hint = error.hint("rg").unwrap();
    let folder = format!("/etc/docker/certs.d/localhost:{}/ca.crt", twin.port);
    assert!(hint.contains(&folder), "{hint}");
}

#[tokio::test]
async fn a_pinned_certificate_must_be_in_date_and_of_that_name() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        (
            self_signed("localhost", 2020),
            Distrust::Expired,
            "it has expired on 2020-01-01",
        ),
        (
            self_signed("else.example", 2999),
            Distrust::WrongName,
            "it is for else.example",
        ),
    ];
    for ((certificate, key), expected, text) in cases {
        let reach = pinning(&folder, &certificate);
        let script = TlsScript::start((certificate, key), None).await;
        let error = resolve(&script, reach).await.unwrap_err();
        assert!(error.to_string().contains(text), "{error}");
        let Error::Tls { kind, .. } = error else {
            panic!("{error:?}");
        };
        assert_eq!(kind, expected);
        assert_eq!(*script.plain.lock().unwrap(), 0);
    }
}

#[tokio::test]
async fn who_signed_an_unknown_certificate_is_told() {
    let authority = Authority::new("the other house");
    let script = TlsScript::start(authority.sign("localhost", 2999), None).await;
    let error = resolve(&script, crate::config::Reach::default())
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(text.contains("signed by \"the other house\""), "{text}");
    assert_eq!(error.exit_code(), 8);
}

/// Certificates of these authorities for a client, and their keys.
fn identities(authorities: &[&Authority]) -> Vec<crate::config::Identity> {
    let signed = authorities.iter().map(|authority| {
        let (certificate, key) = authority.sign("client", 2999);
        let (cert_file, key_file) = (authority.file("c.cert"), authority.file("c.key"));
        std::fs::write(&cert_file, certificate.pem()).unwrap();
        std::fs::write(&key_file, key.serialize_pem()).unwrap();
        (cert_file, key_file).into()
    });
    signed.collect()
}

#[tokio::test]
async fn of_several_client_certificates_the_one_that_the_server_accepts_is_shown() {
    let (one, other) = (Authority::new("one"), Authority::new("other"));
    for accepted in [&one, &other] {
        let script = TlsScript::start(one.sign("localhost", 2999), Some(accepted)).await;
        let reach = crate::config::Reach {
            identities: identities(&[&one, &other]),
            ..trusting(&one)
        };
        resolve(&script, reach).await.unwrap();
    }
}

#[tokio::test]
async fn a_client_certificate_is_not_shown_at_another_origin() {
    let authority = Authority::new("one");
    let script = TlsScript::start(authority.sign("localhost", 2999), Some(&authority)).await;
    let settings = crate::config::Endpoint {
        ca_files: vec![authority.file("ca.pem")],
        identities: identities(&[&authority]),
        ..Default::default()
    };
    let transport = crate::registry::transport::Transport::new(&Arc::new(config()));
    let url: url::Url = format!("https://localhost:{}/v2/", script.port)
        .parse()
        .unwrap();
    for own in [true, false] {
        let client = transport.client(&url, &settings, own).unwrap();
        let request = reqwest::Request::new(reqwest::Method::HEAD, url.clone());
        let answered = client.execute(request).await;
        assert_eq!(answered.is_ok(), own, "{answered:?}");
    }
}

#[test]
fn a_key_that_cannot_be_used_is_told_with_its_reason() {
    let (one, other) = (Authority::new("one"), Authority::new("other"));
    let [first, second] = &identities(&[&one, &other])[..] else {
        panic!();
    };
    let transport = crate::registry::transport::Transport::new(&Arc::new(config()));
    let url: url::Url = "https://localhost/".parse().unwrap();
    let refused = |cert_file: &PathBuf, key_file: &PathBuf| {
        let settings = crate::config::Endpoint {
            identities: vec![(cert_file.clone(), key_file.clone()).into()],
            ..Default::default()
        };
        let error = transport
            .client(&url, &settings, true)
            .map(|_| ())
            .unwrap_err();
        assert_eq!(error.exit_code(), 7);
        error.to_string()
    };
    assert!(refused(&first.cert_file, &second.key_file).contains("not the key of"));
    let locked = one.file("locked.key");
    std::fs::write(
        &locked,
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    )
    .unwrap();
    assert!(refused(&first.cert_file, &locked).contains("encrypted"));
    assert!(refused(&locked, &first.key_file).contains("no certificate in it"));
}
