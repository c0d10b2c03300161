//! The password of a proxy: told to the proxy, and to nobody else.

use crate::support::fake::Content;
use crate::support::http::{Request, Response, Server};
use crate::support::image::small;

use super::search::heard;
use super::was_told;
use super::world::{Mood, Switch, Watched, basic};

/// As it stands in the proxy's URL, and as it is.
const WRITTEN: &str = "pr0xy%20p%40ss%2Fword%2B1";
const PLAIN: &str = "pr0xy p@ss/word+1";
const NAME: &str = "registry.example/app:v1";

/// A proxy with a password before the registry `registry.example`, which is played by itself; whoever asks for a tunnel
/// is refused.
fn proxy(mood: &Switch, lets_in: bool) -> Server {
    let content = Content::of(&[("app", "v1", &small(1))]);
    let mood = mood.clone();
    Server::start(move |request| {
        let proof = request.headers.get("Proxy-Authorization");
        if !lets_in || proof != Some(&basic("pu", PLAIN)) {
            let refusal = Response::new(407).header("Proxy-Authenticate", "Basic realm=\"proxy\"");
            return refusal.body(proof.unwrap_or_default());
        }
        if request.method == "CONNECT" {
            return Response::new(502).body(proof.unwrap_or_default());
        }
        let url = url::Url::parse(&request.target).expect("a proxy is asked for whole URLs");
        let own = Request {
            target: url.path().to_owned(),
            ..request.clone()
        };
        mood.answer(request, content.answer(&own))
    })
}

fn user(proxy: &Server) -> Watched {
    let url = format!("http://pu:{WRITTEN}@{}", proxy.host());
    Watched::new(&[PLAIN, WRITTEN])
        .env("HTTP_PROXY", &url)
        .env("HTTPS_PROXY", &url)
}

const PULL: [&str; 6] = [
    "pull",
    "--plain-http",
    "--anonymous",
    "--retries",
    "0",
    NAME,
];

#[test]
fn the_password_of_a_proxy_is_never_said() {
    let mood = Switch::honest();
    let proxy = proxy(&mood, true);
    let user = user(&proxy);
    user.rg(&PULL).succeeds();
    was_told(&proxy, &[PLAIN]);
    let again: [&[&str]; 5] = [
        &["tags", "--plain-http", "registry.example/app"],
        &["catalog", "--plain-http", "registry.example"],
        &["search", "--plain-http", "registry.example/app"],
        &["push", "--plain-http", NAME],
        &["doctor", "--plain-http", "registry.example"],
    ];
    for turn in [
        Mood::Honest,
        Mood::Echo(403),
        Mood::EchoText(502),
        Mood::EchoWarning,
        Mood::EchoRubbish,
    ] {
        mood.set(turn);
        for command in again {
            user.rg(&[command, &["--retries", "0"]].concat());
        }
    }
}

#[test]
fn a_proxy_that_refuses_repeats_no_password() {
    let refusing = proxy(&Switch::honest(), false);
    let user = user(&refusing);
    user.rg(&PULL)
        .exits(5)
        .says("proxy authentication required");
    user.rg(&["pull", "--retries", "0", NAME]).exits(5);
    was_told(&refusing, &[PLAIN]);
}

#[test]
fn a_tunnel_that_does_not_come_about_repeats_no_password() {
    let proxy = proxy(&Switch::honest(), true);
    let user = user(&proxy);
    user.rg(&["pull", "--retries", "0", NAME]).exits(5);
    let tunnels = proxy
        .lines()
        .iter()
        .filter(|line| line.starts_with("CONNECT"))
        .count();
    assert!(tunnels > 0 && heard(&proxy, PLAIN), "{:?}", proxy.lines());
}

#[test]
fn a_proxy_whose_url_makes_no_sense_is_not_repeated() {
    let user =
        Watched::new(&[PLAIN, WRITTEN]).env("HTTP_PROXY", &format!("http://pu:{WRITTEN}@:x/"));
    user.rg(&PULL).exits(7).says("HTTP_PROXY");
}
