//! A registry, its token server and its object store, each of which can turn against its client; and a user whose every
//! command is searched for what it must not say.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;

use super::search::{files, forms, found};
use crate::support::env::{Env, Output};
use crate::support::fake::{Content, Fake, basic_challenge, bearer_challenge};
use crate::support::http::{Request, Response, Server, lock};
use crate::support::image::{AMD64, image};
use crate::support::layer::Layer;

pub(super) const USER: &str = "alice";
/// With everything that encodings change.
pub(super) const PASSWORD: &str = "pl@in p%ss/w+rd\"1";
pub(super) const BEARER: &str = "bearer-Token/4711+x==";
pub(super) const REFRESH: &str = "refresh token & \"first\"/0815";
pub(super) const ROTATED: &str = "refresh token & \"second\"/0816";
pub(super) const REGISTRY_TOKEN: &str = "registry-Token/2342+y==";
pub(super) const SIGNATURE: &str = "5ignature/0123456789+abcdef";
pub(super) const STATE: &str = "upl0ad-5tate/0123456789+z==";

/// Everything said by anybody's libraries, as far as they say it at all.
pub(super) const LOUDEST: &str =
    "rg=trace,hyper=trace,hyper_util=trace,reqwest=trace,rustls=trace,tokio=trace,mio=trace";

/// How a server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    Honest,
    /// Answers this status to whoever has proved who they are, and repeats all it was sent in JSON.
    Echo(u16),
    /// The same as plain text.
    EchoText(u16),
    /// Repeats the proof as the name of a scheme.
    EchoScheme,
    /// Repeats the proof in every part of a challenge that seems to be in order.
    EchoChallenge,
    /// Sends on to an address whose path repeats the proof.
    EchoPlace,
    /// Answers with what is no document, and holds all it was sent.
    EchoRubbish,
    /// Says all it was sent in a warning beside an honest answer.
    EchoWarning,
    /// Takes what is put and never answers.
    SilentPuts,
}

/// A mood that a test changes while the server runs.
#[derive(Clone)]
pub(super) struct Switch(Arc<Mutex<Mood>>);

impl Switch {
    pub(super) fn honest() -> Self {
        Self(Arc::new(Mutex::new(Mood::Honest)))
    }

    pub(super) fn set(&self, mood: Mood) {
        *lock(&self.0) = mood;
    }

    /// What becomes of the `honest` answer.
    pub(super) fn answer(&self, request: &Request, honest: Response) -> Response {
        let mood = *lock(&self.0);
        let all = everything(request);
        match mood {
            Mood::Echo(status) => {
                let error =
                    serde_json::json!({"code": "DENIED", "message": all, "detail": {"sent": all}});
                let body = serde_json::json!({"errors": [error], "error": "denied", "error_description": all});
                with_challenge(Response::new(status).json(&body), status)
            }
            Mood::EchoText(status) => {
                let answer = Response::new(status).header("Content-Type", "text/plain");
                with_challenge(answer.body(all), status)
            }
            Mood::EchoScheme => {
                Response::new(401).header("WWW-Authenticate", proof(request).trim_end_matches('='))
            }
            Mood::EchoChallenge => {
                let (host, proof) = (request.host(), proof(request));
                let realm = format!("http://{host}/v2/token/{proof}");
                let challenge = format!(
                    "Bearer realm=\"{realm}\",service=\"{proof}\",scope=\"repository:{proof}:pull\""
                );
                Response::new(401).header("WWW-Authenticate", &challenge)
            }
            Mood::EchoPlace => {
                Response::new(307).header("Location", &format!("/v2/sent/{}", proof(request)))
            }
            Mood::EchoRubbish => Response::new(200)
                .header("Content-Type", "application/json")
                .body(format!("{{{all}")),
            Mood::EchoWarning => {
                let text = all.replace(['"', '\\', '\n'], " ");
                honest.header("Warning", &format!("299 - \"sent {text}\""))
            }
            Mood::SilentPuts if request.method == "PUT" => honest.silent_after(0),
            Mood::Honest | Mood::SilentPuts => honest,
        }
    }
}

fn with_challenge(response: Response, status: u16) -> Response {
    match status {
        401 => response.header("WWW-Authenticate", "Basic realm=\"again\""),
        _ => response,
    }
}

/// All that a request says.
fn everything(request: &Request) -> String {
    let headers = request.headers.0.iter();
    let headers: Vec<String> = headers
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let body = match request.body.len() {
        0..=4096 => String::from_utf8_lossy(&request.body).into_owned(),
        _ => String::new(),
    };
    format!("{}\n{}\n{body}", request.line(), headers.join("\n"))
}

fn proof(request: &Request) -> String {
    let header = request.headers.get("Authorization").unwrap_or("none none");
    header
        .split_once(' ')
        .map_or("none", |(_, proof)| proof)
        .to_owned()
}

/// What the registry asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Basic,
    Token,
}

/// A registry with its token server and its object store.
pub(super) struct World {
    pub(super) registry: Fake,
    pub(super) tokens: Server,
    pub(super) store: Fake,
    pub(super) mood: Switch,
    pub(super) tokens_mood: Switch,
    pub(super) store_mood: Switch,
}

impl World {
    /// With an image of one small layer.
    pub(super) fn new(way: Way) -> Self {
        Self::with(way, 4000)
    }

    /// With an image whose layer takes about `size` bytes.
    pub(super) fn with(way: Way, size: usize) -> Self {
        let graph = image(AMD64, &[Layer::gzip(1, size)]);
        let content = Content::of(&[("app", "v1", &graph), ("app", "v2", &graph)]);
        let (mood, tokens_mood, store_mood) =
            (Switch::honest(), Switch::honest(), Switch::honest());
        let switch = store_mood.clone();
        let store = Fake::start(Arc::clone(&content), move |request, content| {
            let signed = request.query("X-Amz-Signature").as_deref() == Some(SIGNATURE);
            let honest = if signed {
                content.answer(request)
            } else {
                Response::new(403)
            };
            switch.answer(request, honest)
        });
        let switch = tokens_mood.clone();
        let tokens = Server::start(move |request| switch.answer(request, token(request)));
        let (realm, place) = (format!("http://{}/token", tokens.host()), store.host());
        let switch = mood.clone();
        let registry = Fake::start(content, move |request, content| {
            let proven = match request.headers.get("Authorization") {
                Some(sent) => sent == right(way) || sent == format!("Bearer {REGISTRY_TOKEN}"),
                None => false,
            };
            if !proven {
                return match way {
                    Way::Basic => basic_challenge(),
                    Way::Token => bearer_challenge(&realm, ""),
                };
            }
            switch.answer(request, honest(request, content, &place))
        });
        Self {
            registry,
            tokens,
            store,
            mood,
            tokens_mood,
            store_mood,
        }
    }
}

fn right(way: Way) -> String {
    match way {
        Way::Basic => basic(USER, PASSWORD),
        Way::Token => format!("Bearer {BEARER}"),
    }
}

/// The header that proves a password.
pub(super) fn basic(user: &str, password: &str) -> String {
    use base64::Engine as _;
    let pair = format!("{user}:{password}");
    format!(
        "Basic {}",
        base64::engine::general_purpose::STANDARD.encode(pair)
    )
}

/// The token server: a password brings a refresh token, that brings another one.
fn token(request: &Request) -> Response {
    let form: std::collections::BTreeMap<String, String> =
        url::form_urlencoded::parse(&request.body)
            .into_owned()
            .collect();
    let refreshed = form.get("refresh_token").map(String::as_str);
    if request.method == "POST" && matches!(refreshed, Some(REFRESH | ROTATED)) {
        let answer = serde_json::json!({"access_token": BEARER, "refresh_token": ROTATED});
        return Response::new(200).json(&answer);
    }
    if request.headers.get("Authorization") != Some(&basic(USER, PASSWORD)) {
        return Response::error(401, "UNAUTHORIZED", "who is it?");
    }
    let mut answer = serde_json::json!({"token": BEARER});
    if request.query("offline_token").is_some() {
        answer["refresh_token"] = REFRESH.into();
    }
    Response::new(200).json(&answer)
}

/// The registry: blobs come from the object store by signed addresses, uploads carry their state in theirs.
fn honest(request: &Request, content: &Content, place: &str) -> Response {
    let signed = |secret: &str| -> String {
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect()
    };
    let blob = request.path().contains("/blobs/") && !request.path().contains("/uploads/");
    if blob && request.method == "GET" {
        let address = format!(
            "http://{place}{}?X-Amz-Signature={}",
            request.path(),
            signed(SIGNATURE)
        );
        return Response::new(307).header("Location", &address);
    }
    // A repository that never has anything yet.
    let fresh = request.path().starts_with("/v2/fresh/");
    if fresh && request.method == "HEAD" {
        return Response::new(404);
    }
    let unmounted = Request {
        target: request.path().to_owned(),
        ..request.clone()
    };
    let request = if fresh && request.method == "POST" {
        &unmounted
    } else {
        request
    };
    if request.path() == "/v2/_catalog" {
        return Response::new(200).json(&serde_json::json!({"repositories": ["app"]}));
    }
    let response = content.answer(request);
    match response.headers.get("Location").map(str::to_owned) {
        Some(location) if location.contains("/uploads/") => {
            response.header("Location", &format!("{location}?_state={}", signed(STATE)))
        }
        _ => response,
    }
}

/// A user whose every word is searched.
pub(super) struct Watched {
    pub(super) env: Env,
    variables: Vec<(String, String)>,
    secrets: Vec<(String, Vec<String>)>,
    /// Where secrets are kept on purpose.
    known: Vec<PathBuf>,
}

impl Watched {
    /// One who must not say any of `secrets`.
    pub(super) fn new(secrets: &[&str]) -> Self {
        let env = Env::new();
        let known = vec![env.path("docker"), env.path("bin")];
        let secrets = secrets
            .iter()
            .map(|&secret| (secret.to_owned(), forms(secret)));
        Self {
            secrets: secrets.collect(),
            env,
            variables: Vec::new(),
            known,
        }
    }

    /// Sets a variable for all commands.
    pub(super) fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Runs a command as loudly as it can be, and searches what it said and what it left.
    #[track_caller]
    pub(super) fn rg(&self, arguments: &[&str]) -> Output {
        self.with_input(arguments, "")
    }

    #[track_caller]
    pub(super) fn with_input(&self, arguments: &[&str], input: &str) -> Output {
        let mut run = self.env.command(arguments).args(&["-D"]).stdin(input);
        run = run.env("RG_LOG", LOUDEST);
        for (name, value) in &self.variables {
            run = run.env(name, value);
        }
        let output = run.run();
        for (secret, forms) in &self.secrets {
            for text in [&output.stdout, &output.stderr] {
                let form = found(forms, text);
                assert!(form.is_none(), "{secret:?} was said, as {form:?}: {output}");
            }
        }
        self.search_files();
        output
    }

    /// Searches every file that is not known to keep a secret.
    #[track_caller]
    pub(super) fn search_files(&self) {
        let left = files(&self.env.path(""), &self.known);
        assert!(!left.is_empty());
        for (secret, forms) in &self.secrets {
            for (path, text) in &left {
                let form = found(forms, text);
                assert!(form.is_none(), "{secret:?} is in {}", path.display());
            }
        }
    }

    /// Every command that asks a registry.
    #[track_caller]
    pub(super) fn ask_all(&self, world: &World, flags: &[&str]) -> Vec<Output> {
        let host = world.registry.host();
        let [v1, v2] = ["app:v1", "app:v2"].map(|name| world.registry.name(name));
        let commands: [&[&str]; 7] = [
            &["pull", "--progress", "json", &v2],
            &["pull", "--newer", &v1],
            &["push", &v1],
            &["catalog", &host],
            &["digest", &v1],
            &["inspect", "--remote", &v1],
            &["manifest", &v1],
        ];
        let mut outputs = self.ask_some(world, flags);
        outputs.extend(commands.iter().map(|command| self.ask(command, flags)));
        outputs
    }

    /// One command of each kind: what fetches, what sends, what lists, and what tries a login.
    #[track_caller]
    pub(super) fn ask_some(&self, world: &World, flags: &[&str]) -> Vec<Output> {
        let host = world.registry.host();
        let names = ["app", "app:v1", "fresh/app:v1"];
        let [app, v1, fresh] = names.map(|name| world.registry.name(name));
        let commands: [&[&str]; 5] = [
            &["pull", &v1],
            &["push", "--progress", "json", &fresh],
            &["tags", &app],
            &["search", &app],
            &["doctor", &host],
        ];
        let outputs = commands.iter().map(|command| self.ask(command, flags));
        outputs.collect()
    }

    #[track_caller]
    fn ask(&self, command: &[&str], flags: &[&str]) -> Output {
        self.rg(&[command, &["--retries", "0"], flags].concat())
    }
}
