//! Lists: the tags of a repository, the catalog of repositories, and what refers to a manifest (distribution-spec,
//! "Content Discovery"; the catalog is docker's).

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header::{CONTENT_TYPE, LINK};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use serde_json::json;

use super::error::{Answer, Code, Refusal};
use super::page::Page;
use super::path::Parameters;
use super::{Call, Service};
use crate::oci::{Descriptor, Digest, MediaType, Tag};
use crate::store::Source as _;

/// Names the filters that were applied to a list of referrers.
const FILTERS: HeaderName = HeaderName::from_static("oci-filters-applied");

/// `tags/list`
pub(super) async fn tags(call: Call) -> Answer {
    reading(&call.method)?;
    let page = Page::read(&call.parameters)?;
    let repository = call.service.layout.at(&call.place.name);
    let path = &call.place.path;
    let tags = repository.tags().await.map_err(|error| match error {
        error if error.is_not_found() => {
            Refusal::absent(Code::NameUnknown, format!("there is no repository {path}"))
        }
        error => error.into(),
    })?;
    let tags = page.cut(tags, Tag::to_string);
    let names: Vec<&str> = tags.entries.iter().map(Tag::as_str).collect();
    let link = tags
        .next
        .map(|last| page.link(&format!("/v2/{path}/tags/list"), &last, &[]));
    let document = json!({ "name": path, "tags": names });
    Ok(document_of("application/json", &document, link))
}

/// `/v2/_catalog`: familiar names, so that each can be asked for as it stands.
pub(super) async fn catalog(State(service): State<Arc<Service>>, uri: Uri) -> Answer {
    let page = Page::read(&Parameters::of(&uri))?;
    let names = page.cut(service.repositories().await?, String::clone);
    let link = names.next.map(|last| page.link("/v2/_catalog", &last, &[]));
    let document = json!({ "repositories": names.entries });
    Ok(document_of("application/json", &document, link))
}

/// `referrers/<digest>`: an index, empty where nothing refers to it or it is not here at all.
pub(super) async fn referrers(call: Call, of: Digest) -> Answer {
    reading(&call.method)?;
    let page = Page::read(&call.parameters)?;
    let repository = call.service.layout.at(&call.place.name);
    let mut found = repository.referrers(&of).await?;
    let kind = call.parameters.first("artifactType");
    let kind = kind.filter(|kind| !kind.is_empty());
    if let Some(kind) = kind {
        found.retain(|referrer| {
            let own = referrer.artifact_type.as_ref();
            own.is_some_and(|own| own.as_str() == kind)
        });
    }
    let found = page.cut(found, |referrer: &Descriptor| referrer.digest.to_string());
    let also: Vec<(&str, &str)> = kind
        .map(|kind| ("artifactType", kind))
        .into_iter()
        .collect();
    let path = format!("/v2/{}/referrers/{of}", call.place.path);
    let link = found.next.map(|last| page.link(&path, &last, &also));
    let document = json!({
        "schemaVersion": 2,
        "mediaType": MediaType::OCI_INDEX,
        "manifests": found.entries,
    });
    let mut response = document_of(MediaType::OCI_INDEX.as_str(), &document, link);
    if kind.is_some() {
        let filter = HeaderValue::from_static("artifactType");
        response.headers_mut().insert(FILTERS, filter);
    }
    Ok(response)
}

fn reading(method: &Method) -> Result<(), Refusal> {
    if method == Method::GET || method == Method::HEAD {
        Ok(())
    } else {
        Err(Refusal::method("GET, HEAD"))
    }
}

fn document_of(
    media_type: &str,
    document: &serde_json::Value,
    link: Option<HeaderValue>,
) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, super::ascii(media_type.to_owned()));
    if let Some(link) = link {
        headers.insert(LINK, link);
    }
    (headers, document.to_string()).into_response()
}
