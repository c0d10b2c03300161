//! A token server (distribution's `token.md`, `oauth.md`, `jwt.md`): tokens that distribution really verifies.
//!
//! GET and `OAuth2` POST, refresh tokens, anonymous tokens; one user, [`USER`] with [`PASSWORD`], who may do everything.
//! What it was asked is on record.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKey;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{
    CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, PublicKeyData as _,
    RsaKeySize,
};
use serde_json::{Value, json};
use sha2::Digest as _;

use super::http::{Request, Response, Server, lock};
use super::registry::{PASSWORD, USER};

/// What the registry is called here.
pub(crate) const SERVICE: &str = "test-registry";

/// What this server calls itself.
pub(crate) const ISSUER: &str = "test-issuer";

/// What distribution adds to the life of a token on its side, for clocks that differ.
const LEEWAY: u64 = 60;

/// Under which name the token stands in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Token,
    AccessToken,
    Both,
}

/// How tokens are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Rs256,
    Es256,
}

/// How a token server behaves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    /// How long a token is good, to the second.
    pub(crate) ttl: Duration,
    /// Answers 404 to `OAuth2` POSTs, and so gives no refresh tokens either.
    pub(crate) no_post: bool,
    /// Lets anybody pull.
    pub(crate) anonymous_pull: bool,
    pub(crate) field: Field,
    pub(crate) algorithm: Algorithm,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            ttl: Duration::from_secs(300),
            no_post: false,
            anonymous_pull: false,
            field: Field::Both,
            algorithm: Algorithm::Rs256,
        }
    }
}

/// One question.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) method: String,
    /// Who was proved to ask; `None` is anybody.
    pub(crate) account: Option<String>,
    pub(crate) scopes: Vec<String>,
    /// Whether a refresh token was sent instead of a password.
    pub(crate) refreshed: bool,
    pub(crate) status: u16,
}

enum Signer {
    Rsa(RsaKey),
    Ecdsa(EcdsaKeyPair),
}

impl Signer {
    fn of(algorithm: Algorithm, pair: &KeyPair) -> Self {
        let der = pair.serialize_der();
        match algorithm {
            Algorithm::Rs256 => Self::Rsa(RsaKey::from_pkcs8(&der).expect("an RSA key")),
            Algorithm::Es256 => {
                let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der);
                Self::Ecdsa(key.expect("a P-256 key"))
            }
        }
    }

    /// Its name in JSON Web Tokens.
    fn name(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "RS256",
            Self::Ecdsa(_) => "ES256",
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .expect("an RSA key signs");
                signature
            }
            Self::Ecdsa(key) => {
                let signature = key.sign(&random, message).expect("a P-256 key signs");
                signature.as_ref().to_vec()
            }
        }
    }
}

struct Issuer {
    options: Options,
    key: Signer,
    key_id: String,
    asks: Mutex<Vec<Ask>>,
}

/// A token server that runs until it is dropped.
pub(crate) struct TokenServer {
    server: Server,
    issuer: Arc<Issuer>,
    certificate: String,
}

impl TokenServer {
    /// Starts one with a fresh key.
    pub(crate) fn start(options: Options) -> Self {
        let pair = match options.algorithm {
            Algorithm::Rs256 => KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048),
            Algorithm::Es256 => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256),
        };
        let pair = pair.expect("a key");
        let params = CertificateParams::new(vec!["token.example".to_owned()]).expect("one name");
        let certificate = params.self_signed(&pair).expect("it signs itself").pem();
        let issuer = Arc::new(Issuer {
            options,
            key_id: fingerprint(&pair.subject_public_key_info()),
            key: Signer::of(options.algorithm, &pair),
            asks: Mutex::default(),
        });
        let serving = Arc::clone(&issuer);
        let server = Server::start(move |request| serving.answer(request));
        Self {
            server,
            issuer,
            certificate,
        }
    }

    /// The certificate of the signing key, PEM.
    pub(crate) fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Where tokens are to be had.
    pub(crate) fn realm(&self) -> String {
        format!("http://{}/token", self.server.host())
    }

    /// What was asked so far.
    pub(crate) fn asks(&self) -> Vec<Ask> {
        lock(&self.issuer.asks).clone()
    }
}

/// libtrust's name of a key: base32 of the first 30 bytes of the SHA-256 of its DER, in groups of four.
fn fingerprint(der: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let hash = sha2::Sha256::digest(der);
    let mut groups = Vec::new();
    // Five bytes are eight digits: two groups.
    for five in hash[..30].chunks(5) {
        let bits = five
            .iter()
            .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let digits: String = (0..8)
            .map(|at| char::from(ALPHABET[(bits >> (35 - 5 * at) & 31) as usize]))
            .collect();
        groups.push(digits[..4].to_owned());
        groups.push(digits[4..].to_owned());
    }
    groups.join(":")
}

impl Issuer {
    fn answer(&self, request: &Request) -> Response {
        if request.path() != "/token" {
            return Response::new(404);
        }
        let post = request.method == "POST";
        if post && self.options.no_post {
            return Response::new(404);
        }
        let given: Vec<(String, String)> = if post {
            url::form_urlencoded::parse(&request.body)
                .into_owned()
                .collect()
        } else {
            let query = request
                .target
                .split_once('?')
                .map_or("", |(_, query)| query);
            url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect()
        };
        let value = |key: &str| {
            let found = given.iter().find(|(name, _)| name == key);
            found.map(|(_, value)| value.clone())
        };
        let scopes: Vec<String> = given
            .iter()
            .filter(|(name, _)| name == "scope")
            .flat_map(|(_, value)| value.split(' ').map(str::to_owned))
            .collect();
        let refreshed = value("grant_type").as_deref() == Some("refresh_token");
        let account = if post {
            by_form(&value)
        } else {
            by_header(request)
        };
        let wants_refresh = value("offline_token").as_deref() == Some("true")
            || value("access_type").as_deref() == Some("offline");
        let response = match &account {
            Err(()) => Response::error(401, "UNAUTHORIZED", "incorrect username or password"),
            Ok(account) => self.grant(account.as_deref(), &scopes, wants_refresh),
        };
        lock(&self.asks).push(Ask {
            method: request.method.clone(),
            account: account.ok().flatten(),
            scopes,
            refreshed,
            status: response.status,
        });
        response
    }

    fn grant(&self, account: Option<&str>, scopes: &[String], refresh: bool) -> Response {
        let access: Vec<Value> = scopes
            .iter()
            .filter_map(|scope| self.access(account, scope))
            .collect();
        let token = self.sign(account.unwrap_or_default(), &access);
        let mut answer = json!({"expires_in": self.options.ttl.as_secs()});
        if self.options.field != Field::AccessToken {
            answer["token"] = token.clone().into();
        }
        if self.options.field != Field::Token {
            answer["access_token"] = token.into();
        }
        if let (true, Some(account)) = (refresh && !self.options.no_post, account) {
            answer["refresh_token"] = refresh_token(account).into();
        }
        Response::new(200).json(&answer)
    }

    /// What of `scope` is granted, as a claim.
    fn access(&self, account: Option<&str>, scope: &str) -> Option<Value> {
        let (kind, rest) = scope.split_once(':')?;
        let (name, actions) = rest.rsplit_once(':')?;
        let granted: Vec<&str> = actions
            .split(',')
            .filter(|action| account.is_some() || self.options.anonymous_pull && *action == "pull")
            .collect();
        Some(json!({"type": kind, "name": name, "actions": granted}))
    }

    fn sign(&self, subject: &str, access: &[Value]) -> String {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("after 1970")
            .as_secs();
        let header = json!({"typ": "JWT", "alg": self.key.name(), "kid": self.key_id});
        let claims = json!({
            "iss": ISSUER,
            "sub": subject,
            "aud": SERVICE,
            "iat": now,
            "nbf": now - LEEWAY,
            // distribution accepts a token for so much longer; taken off here, a token is good for `ttl` and no more.
            "exp": now + self.options.ttl.as_secs() - LEEWAY,
            "jti": format!("{}", lock(&self.asks).len()),
            "access": access,
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&header), part(&claims));
        let signature = self.key.sign(message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// A refresh token that this server will know again.
fn refresh_token(account: &str) -> String {
    format!("refresh-of-{account}")
}

/// Who a GET proves to be by Basic; `Err` when the proof is wrong.
fn by_header(request: &Request) -> Result<Option<String>, ()> {
    let Some(header) = request.headers.get("Authorization") else {
        return Ok(None);
    };
    let expected = STANDARD.encode(format!("{USER}:{PASSWORD}"));
    let given = header.split_once(' ').map(|(_, given)| given);
    if given == Some(expected.as_str()) {
        Ok(Some(USER.to_owned()))
    } else {
        Err(())
    }
}

/// Who a POST proves to be by its grant.
fn by_form(value: &impl Fn(&str) -> Option<String>) -> Result<Option<String>, ()> {
    let grant = value("grant_type").unwrap_or_default();
    let right = match grant.as_str() {
        "password" => {
            value("username").as_deref() == Some(USER)
                && value("password").as_deref() == Some(PASSWORD)
        }
        "refresh_token" => value("refresh_token") == Some(refresh_token(USER)),
        _ => false,
    };
    if right {
        Ok(Some(USER.to_owned()))
    } else {
        Err(())
    }
}
