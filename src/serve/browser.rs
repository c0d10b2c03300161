//! What a web page may not do: reach a registry on this machine through the browser of whoever opened it.
//!
//! A page whose own name is made to point at 127.0.0.1 (DNS rebinding) could read and write a store that is open to
//! everybody on the loopback. Its requests tell on themselves: they carry `Origin`, which no registry client sends,
//! and a `Host` that is not ours.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{HOST, ORIGIN};
use http::{HeaderMap, StatusCode, Uri};

use super::Service;
use super::error::{Code, Refusal};

/// Lets a request pass unless a web page of another host sent it to a registry that has no password.
pub(super) async fn check(
    State(service): State<Arc<Service>>,
    request: Request,
    next: Next,
) -> Response {
    let open = service.guard.is_none() && service.address.ip().is_loopback();
    let headers = request.headers();
    if open && headers.contains_key(ORIGIN) && !is_for(service.address, request.uri(), headers) {
        let message = "web pages of other hosts may not use this registry";
        return Refusal::new(StatusCode::MISDIRECTED_REQUEST, Code::Denied, message)
            .into_response();
    }
    next.run(request).await
}

/// Whether the request names this machine, by a name that no other can take.
fn is_for(bound: SocketAddr, uri: &Uri, headers: &HeaderMap) -> bool {
    let mut named = headers.get_all(HOST).iter();
    let authority = match (uri.authority(), named.next(), named.next()) {
        (Some(authority), _, _) => Some(authority.clone()),
        (None, Some(host), None) => host.to_str().ok().and_then(|host| host.parse().ok()),
        _ => None,
    };
    authority.is_some_and(|authority: Authority| {
        let host = authority.host();
        let address = host.trim_start_matches('[').trim_end_matches(']');
        let address = address.parse::<IpAddr>().ok();
        host.eq_ignore_ascii_case("localhost")
            || address.is_some_and(|address| address.is_loopback() || address == bound.ip())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn passes(hosts: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::from_str(host).unwrap());
        }
        let bound = "127.0.0.1:5000".parse().unwrap();
        is_for(bound, &Uri::from_static("/v2/"), &headers)
    }

    #[test]
    fn only_names_of_the_loopback_are_ours() {
        for host in [
            "localhost:5000",
            "LOCALHOST",
            "127.0.0.1:5000",
            "127.1.2.3",
            "[::1]:5000",
        ] {
            assert!(passes(&[host]), "{host}");
        }
        for host in [
            "evil.example:5000",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
        ] {
            assert!(!passes(&[host]), "{host}");
        }
        for host in ["10.0.0.1:5000", "", "a b", "user@", "[::1", "0.0.0.0:5000"] {
            assert!(!passes(&[host]), "{host}");
        }
        assert!(!passes(&[]));
        assert!(!passes(&["localhost", "evil.example"]));
    }
}
