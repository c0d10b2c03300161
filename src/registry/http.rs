//! The only place a request leaves.
//!
//! [`Client::send`] sends one request to a registry: (1) with the authorization known for it, if any; (2) following
//! redirects, at most [`MAX_REDIRECTS`], with `Authorization` on the hops that are at the registry's own origin and on
//! no other; (3) again, as `retry` decides, when it failed for a while; (4) again with new authorization when it was
//! answered 401 and `auth` can answer that. A request whose body is a stream is sent once: it takes new authorization
//! too, but whoever owns the stream has to begin it again.
//!
//! Every wait for a socket is bounded by the stall clock. While an upload waits for its own source, the clock stands.

use std::sync::{Arc, PoisonError};
use std::time::Instant;

use reqwest::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, LOCATION, WARNING, WWW_AUTHENTICATE,
};
use reqwest::{Method, StatusCode};
use url::Url;

use super::Client;
use super::answer::{Asked, Response};
use super::auth::Rounds;
use super::endpoint::Server;
use super::failure::{Failure, proxy_wants_credentials};
use super::origin::{self, redact, same_origin};
use super::pulse::{Upstream, watch};
use super::request::Request;
use super::retry::{Fault, Policy, Spent};
use crate::config::Proxy;
use crate::error::{Error, Result};
use crate::event::Event;

/// The most redirects followed for one request.
const MAX_REDIRECTS: usize = 10;
/// The longest warning of a server that is passed on, in bytes (distribution-spec, "Warnings").
const MAX_WARNING: usize = 4096;
/// The most different warnings passed on; more are noise.
const MAX_WARNINGS: usize = 64;

/// Which rules the hops of a request keep.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    /// A request to the registry.
    Registry,
    /// A request to its token server.
    Realm,
    /// A request to an address that an image lists: nothing of the user's goes there.
    Foreign,
}

impl Client {
    /// Sends a request to `server` and returns its answer, whatever its status is except 401.
    pub(super) async fn send(&self, server: &Arc<Server>, request: &Request) -> Result<Response> {
        let mut rounds = Rounds::default();
        let mut authorization = self
            .authorization(server, &request.wanted, &mut rounds)
            .await?;
        loop {
            let sent = self
                .deliver(server, request, authorization.as_ref(), Course::Registry)
                .await?;
            if sent.status() != 401 || sent.elsewhere || !same_origin(sent.url(), &server.base) {
                return Ok(sent);
            }
            let answered = self.answer_challenge(server, &request.wanted, sent, &mut rounds);
            let answered = answered.await;
            authorization = Some(answered.map_err(|error| self.secrets().mask_error(error))?);
        }
    }

    /// Sends a request whose body is a stream, once. `None` when the registry wanted other authorization, which it has
    /// now: the request is to be repeated.
    pub(super) async fn send_stream(
        &self,
        server: &Arc<Server>,
        request: &Request,
        body: Upstream,
    ) -> Result<Option<Response>> {
        let mut rounds = Rounds::for_stream(body.lasting);
        let authorization = self
            .authorization(server, &request.wanted, &mut rounds)
            .await?;
        let own = same_origin(&request.url, &server.base);
        let authorization = authorization.as_ref().filter(|_| own);
        let sent = self
            .exchange(
                server,
                request,
                &request.url,
                Course::Registry,
                authorization,
                Some(body),
            )
            .await
            .map_err(|failure| failure.error)?;
        if sent.status() != 401 || !own {
            return Ok(Some(sent));
        }
        let answered = self.answer_challenge(server, &request.wanted, sent, &mut rounds);
        let answered = answered.await;
        answered.map_err(|error| self.secrets().mask_error(error))?;
        Ok(None)
    }

    /// Sends a request with the authorization given, following redirects and trying again.
    pub(super) async fn deliver(
        &self,
        server: &Server,
        request: &Request,
        authorization: Option<&HeaderValue>,
        course: Course,
    ) -> Result<Response> {
        let most = if request.brief { 1 } else { u32::MAX };
        let policy = Policy {
            retries: self.config().retries.min(most),
            base: self.config().retry_base,
        };
        let (mut effort, mut went_back) = (Spent::default(), false);
        loop {
            let outcome = self.attempt(server, request, authorization, course).await;
            let (fault, reason) = match &outcome {
                // A presigned URL lives for minutes; the registry makes another.
                Ok(sent) if sent.elsewhere && !went_back && is_refusal(sent.status()) => {
                    tracing::debug!(status = sent.status(), "asking for a fresh redirect");
                    went_back = true;
                    continue;
                }
                Ok(sent) => {
                    let fault = Fault::Status(sent.status(), sent.retry_after());
                    (fault, format!("answered {}", sent.status()))
                }
                Err(failure) => (failure.fault, failure.error.to_string()),
            };
            effort.tries += 1;
            let Some(wait) = policy.wait(effort, fault, roll()) else {
                return outcome
                    .map(|mut sent| {
                        sent.tries = effort.tries;
                        sent
                    })
                    .map_err(|failure| failure.error);
            };
            let doing = self.secrets().mask_url(&request.doing());
            tracing::debug!(?doing, ?reason, ?wait, "trying again");
            self.observe(&Event::Retrying {
                doing,
                reason,
                wait,
            });
            effort.waited += wait;
            tokio::time::sleep(wait).await;
        }
    }

    /// One request, the redirects it meets, and, of a document, all of it.
    async fn attempt(
        &self,
        server: &Server,
        request: &Request,
        authorization: Option<&HeaderValue>,
        course: Course,
    ) -> Result<Response, Failure> {
        let mut sent = self.follow(server, request, authorization, course).await?;
        if let Some(limit) = request.document.filter(|_| sent.is_success()) {
            let read = sent.read_document(self.transport(), limit).await;
            read.map_err(|error| {
                let fault = if error.is_transient() {
                    Fault::Broken
                } else {
                    Fault::Hopeless
                };
                Failure { error, fault }
            })?;
        }
        Ok(sent)
    }

    /// One request and the redirects it meets.
    async fn follow(
        &self,
        server: &Server,
        request: &Request,
        authorization: Option<&HeaderValue>,
        course: Course,
    ) -> Result<Response, Failure> {
        let home = match course {
            Course::Registry => &server.base,
            Course::Realm | Course::Foreign => &request.url,
        };
        let mut url = request.url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let authorization = authorization.filter(|_| same_origin(&url, home));
            let mut sent = self
                .exchange(server, request, &url, course, authorization, None)
                .await?;
            sent.elsewhere = !same_origin(&url, &request.url);
            let Some(location) = redirects(&sent, &request.method) else {
                return Ok(sent);
            };
            let next = match course {
                Course::Registry => origin::redirect(&server.base, &url, location),
                Course::Realm => origin::realm_redirect(&server.base, &url, location),
                Course::Foreign => origin::foreign_redirect(&server.base, &url, location),
            };
            let next = next.map_err(|reason| Failure::hopeless(sent.malformed(reason)))?;
            if !same_origin(&next, &request.url) {
                if !request.abroad {
                    return Ok(sent);
                }
                if request.body.is_some() && course == Course::Realm {
                    let reason = "redirects credentials to another server, which is not followed";
                    return Err(Failure::hopeless(sent.malformed(reason)));
                }
            }
            self.secrets().learn_query(&next);
            let shown = |url| self.secrets().mask_url(&redact(url));
            tracing::debug!(from = ?shown(&url), to = ?shown(&next), "redirected");
            url = next;
        }
        Err(Failure::hopeless(Error::Malformed {
            doing: self.secrets().mask_url(&request.doing()),
            reason: format!("more than {MAX_REDIRECTS} redirects"),
        }))
    }

    /// One request to one URL, and the head of its answer.
    async fn exchange(
        &self,
        server: &Server,
        request: &Request,
        url: &Url,
        course: Course,
        authorization: Option<&HeaderValue>,
        stream: Option<Upstream>,
    ) -> Result<Response, Failure> {
        let own = course != Course::Foreign && same_origin(url, &server.base);
        let settings = self.settings(server, url, own);
        let settings = settings.map_err(Failure::hopeless)?;
        let client = self
            .transport()
            .client(url, &settings, own)
            .map_err(Failure::hopeless)?;
        // Where a server sent us may repeat what it knows. Asked for only where it is shown.
        let doing = || {
            self.secrets()
                .mask_url(&format!("{} {}", request.method, redact(url)))
        };
        tracing::debug!(
            doing = ?doing(),
            range = ?request.headers.get(reqwest::header::RANGE),
            authorized = authorization.is_some(),
            "sending"
        );
        let mut outgoing = reqwest::Request::new(request.method.clone(), url.clone());
        outgoing.headers_mut().clone_from(&request.headers);
        if own {
            for (name, value) in &server.headers {
                if !request.headers.contains_key(name) {
                    outgoing.headers_mut().append(name, value.clone());
                }
            }
        }
        if let Some(value) = authorization {
            self.secrets().learn_authorization(value);
            outgoing.headers_mut().insert(AUTHORIZATION, value.clone());
        }
        let pulse = stream.as_ref().map(|stream| Arc::clone(&stream.pulse));
        if let Some(stream) = stream {
            outgoing
                .headers_mut()
                .insert(CONTENT_LENGTH, stream.length.into());
            *outgoing.body_mut() = Some(reqwest::Body::wrap_stream(stream.bytes));
        } else if let Some(body) = &request.body {
            *outgoing.body_mut() = Some(body.clone().into());
        }
        let stall = self.config().stall_timeout;
        let started = Instant::now();
        let answer = watch(client.execute(outgoing), stall, pulse.as_deref()).await;
        let inner = match answer {
            Ok(Ok(inner)) => inner,
            Ok(Err(error)) => {
                let proxy = client.proxy();
                return Err(self.transport().failure(&error, &doing(), url, proxy));
            }
            Err(waited) => {
                let doing = doing();
                let error = Error::Stalled { doing, waited };
                let fault = Fault::Stalled;
                return Err(Failure { error, fault });
            }
        };
        tracing::debug!(doing = ?doing(), status = inner.status().as_u16(), after = ?started.elapsed(), "answered");
        if let Some((reason, fault)) = client
            .proxy()
            .and_then(|proxy| by_proxy(&inner, url, proxy))
        {
            let doing = doing();
            let error = Error::Network { doing, reason };
            return Err(Failure { error, fault });
        }
        self.pass_on_warnings(&inner);
        let asked = Asked {
            host: server.host.clone(),
            what: server.describe(&request.wanted),
            with_credentials: server.auth.has_credentials(&request.wanted),
        };
        let method = method_name(&request.method);
        let secrets = Arc::clone(self.secrets());
        Ok(Response::new(
            inner,
            method,
            url.clone(),
            stall,
            asked,
            secrets,
        ))
    }

    /// One event for each distinct `Warning: 299` (RFC 7234, section 5.5; distribution-spec, "Warnings").
    fn pass_on_warnings(&self, answer: &reqwest::Response) {
        for value in answer.headers().get_all(WARNING) {
            let Some(text) = value.to_str().ok().and_then(warning) else {
                continue;
            };
            let text = self.secrets().mask(&text);
            let mut told = self
                .warnings()
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if told.len() < MAX_WARNINGS && told.insert(text.clone()) {
                drop(told);
                self.observe(&Event::Warning { message: text });
            }
        }
    }
}

/// Where an answer sends this method on to. Only 307 and 308 keep a method that is not GET or HEAD.
fn redirects<'a>(answer: &'a Response, method: &Method) -> Option<&'a str> {
    let safe = matches!(*method, Method::GET | Method::HEAD);
    match answer.status() {
        301..=303 if safe => answer.header(LOCATION),
        307 | 308 => answer.header(LOCATION),
        _ => None,
    }
}

/// What an answer means that is the proxy's rather than the registry's, so that none of the errors about registries fits.
/// Over TLS a proxy cannot answer in the registry's place.
fn by_proxy(answer: &reqwest::Response, url: &Url, proxy: &Proxy) -> Option<(String, Fault)> {
    let status = answer.status();
    if url.scheme() == "https" {
        return None;
    }
    if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        return Some((proxy_wants_credentials(proxy), Fault::Hopeless));
    }
    // Registries speak JSON; a proxy's page is for browsers.
    let kind = answer.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    if !kind.starts_with("text/html") {
        return None;
    }
    // tinyproxy answers so to wrong credentials; a registry that asks for some says how.
    if status == StatusCode::UNAUTHORIZED && !answer.headers().contains_key(WWW_AUTHENTICATE) {
        return Some((proxy_wants_credentials(proxy), Fault::Hopeless));
    }
    let fault = match status.as_u16() {
        403 => Fault::Hopeless,
        502..=504 => Fault::Unreachable,
        _ => return None,
    };
    let reason = format!("the proxy {proxy}, or who stands behind it, answered {status}");
    Some((reason, fault))
}

/// What object stores answer when the URL has expired or was used up.
fn is_refusal(status: u16) -> bool {
    matches!(status, 400 | 401 | 403 | 404 | 410)
}

/// The text of a `299` warning: `299 agent "text"`.
fn warning(value: &str) -> Option<String> {
    let rest = value.trim().strip_prefix("299 ")?;
    let (_, quoted) = rest.split_once('"')?;
    let mut text = String::new();
    let mut characters = quoted.chars();
    loop {
        match characters.next()? {
            '"' => break,
            '\\' => text.push(characters.next()?),
            other => text.push(other),
        }
    }
    (!text.is_empty() && text.len() <= MAX_WARNING && !text.contains(char::is_control))
        .then_some(text)
}

fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "GET",
    }
}

/// A random number from 0 to 1; 1, the longest wait, where the system has no randomness to give.
pub(super) fn roll() -> f64 {
    getrandom::u32().map_or(1.0, |random| f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_persistent_warnings_are_passed_on() {
        assert_eq!(
            warning("299 - \"a \\\"quoted\\\" text\" \"Sun, 06 Nov 1994 08:49:37 GMT\"").as_deref(),
            Some("a \"quoted\" text")
        );
        let long = format!("299 - \"{}\"", "x".repeat(MAX_WARNING + 1));
        for bad in [
            "199 - \"x\"",
            "299 - unquoted",
            "299 - \"open",
            "299 - \"\"",
            "",
            &long,
        ] {
            assert_eq!(warning(bad), None, "{bad}");
        }
    }
}
