//! Tags, catalogs and referrers, page by page.

use futures_util::TryStreamExt;

use super::*;
use crate::error::Error;
use crate::oci::{Digest, Tag};
use crate::store::{Sink, Source};

async fn names(
    client: &Client,
    script: &Script,
    limit: Option<usize>,
) -> Result<Vec<String>, Error> {
    client
        .catalog(&script.host(), None, limit)
        .try_collect()
        .await
}

#[tokio::test]
async fn pages_of_tags_are_followed_by_their_links() {
    let script = Script::start(|seen, before| {
        assert!(
            seen.target.starts_with("/v2/a/b/tags/list?"),
            "{}",
            seen.target
        );
        match before {
            0 => Reply::new(200)
                .header("Link", "</v2/a/b/tags/list?n=2&last=b>; rel=\"next\"")
                .json(r#"{"name":"a/b","tags":["a","b",null,7]}"#),
            1 => Reply::new(200)
                .header("Link", "</prefix/v2/a/b/tags/list?last=c%2F>; rel=next")
                .json(r#"{"tags":["b","c","not a tag","sha256:abc"],"manifest":{"x":{}}}"#),
            _ => Reply::new(200).json(r#"{"tags":null}"#),
        }
    })
    .await;
    let tags = script.repository(&anonymous()).tags().await.unwrap();
    let tags: Vec<_> = tags.iter().map(Tag::as_str).collect();
    assert_eq!(tags, ["a", "b", "c"]);
    let seen = script.seen();
    assert_eq!(seen[0].target, "/v2/a/b/tags/list?n=1000");
    assert_eq!(seen[2].target, "/v2/a/b/tags/list?last=c%2F");
}

#[tokio::test]
async fn a_link_to_another_server_is_not_followed() {
    let other = Script::start(|_, _| Reply::new(200).json(r#"{"tags":["x"]}"#)).await;
    let link = format!("<{}>; rel=\"next\"", other.url("/v2/a/b/tags/list"));
    let script = Script::start(move |_, _| {
        Reply::new(200)
            .header("Link", &link)
            .json(r#"{"tags":["a"]}"#)
    })
    .await;
    let error = script.repository(&as_user()).tags().await.unwrap_err();
    assert_eq!(error.exit_code(), 6, "{error:?}");
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn a_link_to_itself_ends_the_list() {
    let script = Script::start(|seen, _| {
        Reply::new(200)
            .header("Link", format!("<{}>; rel=\"next\"", seen.target))
            .json(r#"{"tags":["a"],"repositories":["a"]}"#)
    })
    .await;
    let client = anonymous();
    let error = script.repository(&client).tags().await.unwrap_err();
    assert!(matches!(error, Error::Malformed { .. }), "{error:?}");
    assert!(names(&client, &script, None).await.is_err());
    assert!(script.seen().len() <= 4);
}

#[tokio::test]
async fn a_full_page_without_a_link_is_followed_by_its_last_name() {
    let script = Script::start(|seen, _| {
        let page: Vec<String> = if seen.target.contains("last=") {
            vec!["\"z\"".to_owned()]
        } else {
            (0..1000).map(|at| format!("\"r{at:04}\"")).collect()
        };
        let list = page.join(",");
        Reply::new(200).json(&format!(r#"{{"tags":[{list}],"repositories":[{list}]}}"#))
    })
    .await;
    let client = anonymous();
    assert_eq!(script.repository(&client).tags().await.unwrap().len(), 1001);
    assert_eq!(names(&client, &script, None).await.unwrap().len(), 1001);
    assert_eq!(
        script.seen()[1].target,
        "/v2/a/b/tags/list?n=1000&last=r0999"
    );
}

#[tokio::test]
async fn a_catalog_is_read_no_further_than_asked() {
    let script = Script::start(|_, before| {
        Reply::new(200)
            .header(
                "Link",
                format!("</v2/_catalog?last={before}>; rel=\"next\""),
            )
            .json(&format!(
                r#"{{"repositories":["r{before}a","r{before}b"]}}"#
            ))
    })
    .await;
    let found = names(&anonymous(), &script, Some(3)).await.unwrap();
    assert_eq!(found, ["r0a", "r0b", "r1a"]);
    assert_eq!(script.seen().len(), 2);
    assert_eq!(script.seen()[0].target, "/v2/_catalog?n=3");
}

#[tokio::test]
async fn a_registry_without_a_catalog_says_so() {
    for status in [403, 404, 405] {
        let script = Script::start(move |_, _| Reply::new(status).body("")).await;
        let error = names(&anonymous(), &script, None).await.unwrap_err();
        assert!(
            error.to_string().contains("does not offer a catalog"),
            "{error}"
        );
    }
}

fn index_of(entries: &[Descriptor]) -> String {
    format!(
        r#"{{"schemaVersion":2,"mediaType":"{}","manifests":{}}}"#,
        MediaType::OCI_INDEX,
        serde_json::to_string(entries).unwrap()
    )
}

#[tokio::test]
async fn referrers_come_from_the_api_or_from_the_tag() {
    let entry = Descriptor::of(MediaType::OCI_MANIFEST, b"signature");
    for (api, expected) in [(200, 1), (404, 1), (400, 1), (500, 1)] {
        let index = index_of(std::slice::from_ref(&entry));
        let script = Script::start(move |seen, _| {
            let reply = Reply::new(200).header("Content-Type", MediaType::OCI_INDEX);
            match seen.target.as_str() {
                target if target.contains("/referrers/") && api != 200 => Reply::new(api).body(""),
                _ => reply.body(index.clone()),
            }
        })
        .await;
        let of = Digest::of(b"subject");
        let found = script
            .repository(&anonymous())
            .referrers(&of)
            .await
            .unwrap();
        assert_eq!(found.len(), expected, "{api}");
    }
    let none = Script::start(|_, _| Reply::new(404).body("")).await;
    let found = none
        .repository(&anonymous())
        .referrers(&Digest::of(b""))
        .await;
    assert!(found.unwrap().is_empty());
}

#[tokio::test]
async fn a_referrer_is_listed_where_the_registry_does_not_list_it() {
    let subject = Descriptor::of(MediaType::OCI_MANIFEST, b"subject");
    let text = manifest_text().replace(
        "\"layers\":[]",
        &format!(
            "\"layers\":[],\"subject\":{}",
            serde_json::to_string(&subject).unwrap()
        ),
    );
    let manifest = crate::oci::Manifest::parse(text, None).unwrap();
    let tag = format!(
        "/v2/a/b/manifests/{}",
        subject.digest.to_string().replace(':', "-")
    );
    for listed in [true, false] {
        let script = Script::start(move |seen, _| match seen.method.as_str() {
            "PUT" if listed => Reply::new(201).header("OCI-Subject", "x").body(""),
            "PUT" => Reply::new(201).body(""),
            _ => Reply::new(404).body(""),
        })
        .await;
        script
            .repository(&anonymous())
            .put_manifest(&manifest, None)
            .await
            .unwrap();
        assert_eq!(script.count("PUT", &tag), usize::from(!listed));
    }
}
