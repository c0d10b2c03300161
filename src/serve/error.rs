//! Refusals: every answer that is not what was asked for, as the JSON of distribution-spec, "Error Codes".
//!
//! A [`Refusal`] says only what the client may know. What went wrong inside the store is logged and answered with a
//! plain 500: paths of this machine never leave it.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::error::{Error, Thing};

/// The codes of the spec, and the few that distribution adds to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    BlobUnknown,
    BlobUploadInvalid,
    BlobUploadUnknown,
    Denied,
    DigestInvalid,
    ManifestBlobUnknown,
    ManifestInvalid,
    ManifestUnknown,
    NameInvalid,
    NameUnknown,
    PaginationNumberInvalid,
    SizeInvalid,
    TooManyRequests,
    Unauthorized,
    Unknown,
    Unsupported,
}

impl Code {
    fn as_str(self) -> &'static str {
        match self {
            Self::BlobUnknown => "BLOB_UNKNOWN",
            Self::BlobUploadInvalid => "BLOB_UPLOAD_INVALID",
            Self::BlobUploadUnknown => "BLOB_UPLOAD_UNKNOWN",
            Self::Denied => "DENIED",
            Self::DigestInvalid => "DIGEST_INVALID",
            Self::ManifestBlobUnknown => "MANIFEST_BLOB_UNKNOWN",
            Self::ManifestInvalid => "MANIFEST_INVALID",
            Self::ManifestUnknown => "MANIFEST_UNKNOWN",
            Self::NameInvalid => "NAME_INVALID",
            Self::NameUnknown => "NAME_UNKNOWN",
            Self::PaginationNumberInvalid => "PAGINATION_NUMBER_INVALID",
            Self::SizeInvalid => "SIZE_INVALID",
            Self::TooManyRequests => "TOOMANYREQUESTS",
            Self::Unauthorized => "UNAUTHORIZED",
            Self::Unknown => "UNKNOWN",
            Self::Unsupported => "UNSUPPORTED",
        }
    }
}

/// What a handler returns; a refusal becomes a response by itself.
pub(super) type Answer = Result<Response, Refusal>;

/// An answer that says no, and why.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    code: Code,
    message: String,
    headers: HeaderMap,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            headers: HeaderMap::new(),
        }
    }

    /// 404.
    pub(super) fn absent(code: Code, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }

    /// 400.
    pub(super) fn invalid(code: Code, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// 405: the method is never, or not now, served here.
    pub(super) fn unsupported(message: impl Into<String>) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, Code::Unsupported, message)
    }

    /// 405 with the methods that are served.
    pub(super) fn method(allowed: &'static str) -> Self {
        Self::unsupported("this method is not served here")
            .with(http::header::ALLOW, HeaderValue::from_static(allowed))
    }

    /// Adds a header.
    pub(super) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Adds all of `headers`.
    pub(super) fn with_all(mut self, headers: HeaderMap) -> Self {
        self.headers.extend(headers);
        self
    }
}

impl From<Error> for Refusal {
    /// What the store could not do. Content that is not there is the client's mistake, all else is ours.
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound { what, name, .. } => {
                let code = match what {
                    Thing::Manifest | Thing::Image => Code::ManifestUnknown,
                    Thing::Blob => Code::BlobUnknown,
                    Thing::Repository => Code::NameUnknown,
                    Thing::Endpoint => Code::Unsupported,
                };
                Self::absent(code, format!("{name} is not here"))
            }
            Error::NoSpace { .. } => {
                tracing::error!(%error, "the disk is full");
                Self::new(
                    StatusCode::INSUFFICIENT_STORAGE,
                    Code::Unknown,
                    "the disk of this registry is full",
                )
            }
            error => {
                tracing::error!(error = ?error, "the store failed");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    Code::Unknown,
                    "the store of this registry failed; its log says why",
                )
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let document = serde_json::json!({
            "errors": [{ "code": self.code.as_str(), "message": self.message, "detail": null }]
        });
        let mut response = Response::new(Body::from(document.to_string()));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_refusal_is_the_json_of_the_spec() {
        let refusal = Refusal::absent(Code::BlobUnknown, "it is \"gone\"");
        let response = refusal.into_response();
        assert_eq!(response.status(), 404);
        let body = axum::body::to_bytes(response.into_body(), 1024)
            .await
            .unwrap();
        let document: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(document["errors"][0]["code"], "BLOB_UNKNOWN");
        assert_eq!(document["errors"][0]["message"], "it is \"gone\"");
    }

    #[tokio::test]
    async fn paths_of_this_machine_stay_here() {
        let error = Error::io("cannot write", "/home/u/secret-place")(std::io::Error::other("x"));
        let response = Refusal::from(error).into_response();
        assert_eq!(response.status(), 500);
        let body = axum::body::to_bytes(response.into_body(), 1024)
            .await
            .unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("secret-place"));
    }
}
