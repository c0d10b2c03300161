//! From a request to the handler that answers it, and what every request goes through: the log, the guard against web
//! pages, the password, the switches for writing and deleting.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::Uri;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Method};

use super::error::{Answer, Refusal};
use super::path::{self, Parameters, Target};
use super::{Call, Service, auth, blob, browser, list, manifest, search, upload};

/// Tells docker clients that this is a registry.
const API_VERSION: HeaderName = HeaderName::from_static("docker-distribution-api-version");

/// Everything that is served.
pub(super) fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route("/v2", get(version))
        .route("/v2/", get(version))
        .route("/v2/_catalog", get(list::catalog))
        .route("/v1/search", get(search::answer))
        .method_not_allowed_fallback(|| async { Refusal::method("GET, HEAD") })
        .fallback(repository)
        .layer(middleware::from_fn_with_state(
            Arc::clone(&service),
            auth::check,
        ))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&service),
            browser::check,
        ))
        .layer(middleware::from_fn(log))
        .with_state(service)
}

/// `/v2/`: this is a registry, and whoever asks may come in.
async fn version() -> Response {
    let kind = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (kind, "{}").into_response()
}

/// Everything below the name of a repository.
async fn repository(State(service): State<Arc<Service>>, request: Request) -> Answer {
    let (head, body) = request.into_parts();
    let (place, target) = path::parse(head.uri.path())?;
    permit(&service, &head.method, &target)?;
    let call = Call {
        service,
        parameters: Parameters::of(&head.uri),
        method: head.method,
        headers: head.headers,
        place,
    };
    match target {
        Target::Tags => list::tags(call).await,
        Target::Manifest(reference) => manifest::answer(call, body, reference).await,
        Target::Blob(digest) => blob::answer(call, digest).await,
        Target::Uploads => upload::begin(call, body).await,
        Target::Upload(id) => upload::go_on(call, body, id).await,
        Target::Referrers(digest) => list::referrers(call, digest).await,
    }
}

/// Refuses what the options do not allow. Cancelling an upload deletes nothing that was there before.
fn permit(service: &Service, method: &Method, target: &Target) -> Result<(), Refusal> {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    if service.options.read_only && !reads {
        return Err(Refusal::unsupported("this registry is read-only"));
    }
    let stored = matches!(target, Target::Manifest(_) | Target::Blob(_));
    if method == Method::DELETE && stored && !service.options.allow_delete {
        return Err(Refusal::unsupported(
            "deletion is not enabled on this registry",
        ));
    }
    Ok(())
}

/// Logs a request and its answer. Queries are left out; so is what would let a reader of the log go on with an upload.
async fn log(method: Method, uri: Uri, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let api = HeaderValue::from_static("registry/2.0");
    response.headers_mut().insert(API_VERSION, api);
    let path = path::loggable(uri.path());
    let status = response.status().as_u16();
    let bytes = if method == Method::HEAD {
        0
    } else {
        length(&response)
    };
    tracing::info!(%method, ?path, status, bytes);
    response
}

/// Bytes the body of an answer has, as far as it says.
fn length(response: &Response<Body>) -> u64 {
    let stated = response.headers().get(CONTENT_LENGTH);
    let stated = stated.and_then(|length| length.to_str().ok()?.parse().ok());
    stated
        .or_else(|| response.body().size_hint().exact())
        .unwrap_or(0)
}
