//! What a registry can do, tried out on an image of it, at the registry itself: mirrors, lists, ranges, uploads, referrers, limits.

use futures_util::TryStreamExt;
use serde_json::{Value, json};

use super::Look;
use super::findings::Findings;
use crate::cli::render::units;
use crate::error::{Error, Result};
use crate::oci::{Manifest, Name, Platform, Selector, Tag};
use crate::registry::{Allowance, Client, Greeting, Mirrored, Repository, Trial};
use crate::store::Source;

/// How many names of a catalog are looked at for one with an image.
const MAX_NAMES: usize = 5;
/// A repository that nobody has: mirrors of a registry are those of any.
const ANY: &str = "any/name";
/// What Docker Hub keeps for asking how often one may still ask.
const PREVIEW: &str = "docker.io/ratelimitpreview/test";

/// An image of the registry.
struct Sample {
    repository: Repository,
    at: Selector,
    /// Of one platform.
    manifest: Manifest,
}

/// Why there is no image to try things out on.
enum Lack {
    /// None is known.
    Unknown,
    /// The one named, or found, cannot be read.
    Unreadable(Box<Error>),
}

/// Tries out what there is to try.
pub(super) async fn steps(
    look: &Look<'_>,
    client: &Client,
    greeting: &Greeting,
    findings: &mut Findings<'_>,
) -> Result<()> {
    mirrors(look, client, findings).await?;
    let names = catalog(look, client, findings).await?;
    let sample = sample(look, client, &names).await;
    let sample = match sample {
        Ok(sample) => Some(sample),
        Err(lack) => {
            findings.begin("ranges");
            lacking(lack, findings)?;
            None
        }
    };
    if let Some(sample) = &sample {
        ranges(sample, findings).await?;
    }
    if let Some(name) = &look.write {
        findings.begin("upload");
        match client.repository(name).try_upload().await {
            Ok(trial) => uploaded(name, &trial, findings)?,
            Err(error) => findings.failure(error, &json!({"repository": name.to_string()}))?,
        }
    }
    referrers(sample.as_ref(), findings).await?;
    findings.begin("deletion");
    let text = "whether tags can be deleted is not asked: only a deletion would tell";
    findings.note(text, None, &json!({"tags": null}))?;
    limits(look, client, greeting, sample.as_ref(), findings).await
}

/// Asks the mirrors of the repository named, or of any where none is.
async fn mirrors(look: &Look<'_>, client: &Client, findings: &mut Findings<'_>) -> Result<()> {
    findings.begin("mirrors");
    let name = match (&look.read, &look.write) {
        (Some(reference), _) => reference.name.clone(),
        (None, Some(name)) => name.clone(),
        (None, None) => format!("{}/{ANY}", look.host).parse()?,
    };
    let mirrors = client.repository(&name).ask_mirrors().await;
    if mirrors.is_empty() {
        return findings.ok("none", &json!({"site": null}));
    }
    for Mirrored {
        site,
        file,
        instead,
        answer,
    } in mirrors
    {
        let place = if instead {
            format!("{site} instead of the registry")
        } else {
            site.clone()
        };
        let mut data = json!({
            "site": site,
            "from": file.display().to_string(),
            "instead": instead,
            "status": null,
        });
        match answer {
            Ok(status) => {
                data["status"] = status.into();
                let text = format!("{place} answers {status} (named in {})", file.display());
                findings.ok(&text, &data)?;
            }
            Err(error) if instead => findings.failure(error, &data)?,
            Err(error) => {
                let text = format!("{place} does not serve: {error}");
                let advice = format!("the next place is asked; it is named in {}", file.display());
                findings.note(&text, Some(&advice), &data)?;
            }
        }
    }
    Ok(())
}

async fn catalog(
    look: &Look<'_>,
    client: &Client,
    findings: &mut Findings<'_>,
) -> Result<Vec<String>> {
    findings.begin("catalog");
    let names = client.catalog(&look.host, None, Some(MAX_NAMES));
    match names.try_collect::<Vec<String>>().await {
        Ok(names) => {
            let data = json!({"offered": true, "empty": names.is_empty()});
            let text = match names.as_slice() {
                [] => "offered, with nothing in it".to_owned(),
                [first, ..] => format!("offered; it begins with {first}"),
            };
            findings.ok(&text, &data)?;
            Ok(names)
        }
        Err(error @ Error::Unsupported { .. }) => {
            let text = format!("{error}: search and catalog find nothing here");
            findings.note(&text, None, &json!({"offered": false}))?;
            Ok(Vec::new())
        }
        Err(error) => {
            findings.refusal(error)?;
            Ok(Vec::new())
        }
    }
}

/// The image named, else the first that the catalog leads to.
async fn sample(look: &Look<'_>, client: &Client, names: &[String]) -> Result<Sample, Lack> {
    if let Some(reference) = &look.read {
        let exact = reference.tag.is_some() || reference.digest.is_some();
        let at = exact.then(|| reference.selector());
        let found = image(client.repository(&reference.name).without_mirrors(), at).await;
        let found = found.map_err(|error| Lack::Unreadable(Box::new(error)))?;
        return found.ok_or(Lack::Unknown);
    }
    let mut unreadable = None;
    for name in names {
        let name = format!("{}/{name}", look.host).parse::<Name>();
        let Ok(name) = name else { continue };
        match image(client.repository(&name).without_mirrors(), None).await {
            Ok(Some(sample)) => return Ok(sample),
            Ok(None) => {}
            Err(error) => unreadable = Some(Box::new(error)),
        }
    }
    Err(unreadable.map_or(Lack::Unknown, Lack::Unreadable))
}

/// An image of `repository`: the one at `at`, else `latest`, else the first there is. `None` where it has none.
async fn image(repository: Repository, at: Option<Selector>) -> Result<Option<Sample>> {
    let at = if let Some(at) = at {
        at
    } else {
        let tags = repository.tags().await?;
        let latest = tags.iter().find(|tag| **tag == Tag::latest());
        let Some(tag) = latest.or(tags.first()) else {
            return Ok(None);
        };
        Selector::Tag(tag.clone())
    };
    let mut manifest = repository.manifest(&at).await?;
    if let Some(index) = manifest.index() {
        let fitting = Platform::host().choose(&index.manifests);
        let Some(child) = fitting.or(index.manifests.first()) else {
            return Ok(None);
        };
        let digest = child.digest;
        manifest = repository.manifest(&Selector::Digest(digest)).await?;
    }
    Ok(Some(Sample {
        repository,
        at,
        manifest,
    }))
}

/// Says why there is nothing to try ranges on.
fn lacking(lack: Lack, findings: &mut Findings<'_>) -> Result<()> {
    match lack {
        Lack::Unreadable(error) => findings.refusal(*error),
        Lack::Unknown => {
            let advice = "name an image by --repository NAME:TAG";
            let text = "not asked: no image of it is known";
            findings.note(text, Some(advice), &json!({"honoured": null}))
        }
    }
}

async fn ranges(sample: &Sample, findings: &mut Findings<'_>) -> Result<()> {
    findings.begin("ranges");
    let name = sample.repository.name().familiar();
    let Some(image) = sample
        .manifest
        .image()
        .filter(|image| image.config.size > 1)
    else {
        let text = format!("not asked: {name} has nothing to take a part of");
        return findings.note(&text, None, &json!({"honoured": null}));
    };
    let wanted = 1..image.config.size;
    match sample.repository.blob(&image.config, wanted.clone()).await {
        Ok(part) => {
            let honoured = part.range == wanted;
            let data = json!({"honoured": honoured, "repository": name});
            if honoured {
                let text = format!("honoured (206), tried on the config of {name}");
                return findings.ok(&text, &data);
            }
            let text = format!("not honoured: the whole config of {name} came for a part of it");
            let advice =
                "large blobs come over one connection, and one that was cut off starts over";
            findings.note(&text, Some(advice), &data)
        }
        Err(error) => findings.refusal(error),
    }
}

fn uploaded(name: &Name, trial: &Trial, findings: &mut Findings<'_>) -> Result<()> {
    let data = json!({
        "repository": name.to_string(),
        "begun": trial.begun,
        "location": if trial.relative { "relative" } else { "absolute" },
        "elsewhere": trial.elsewhere,
        "chunk_min": trial.chunk,
        "asked": trial.asked,
        "given_up": trial.given_up,
    });
    let location = if trial.relative {
        "a relative location"
    } else {
        "an absolute location"
    };
    let elsewhere = if trial.elsewhere {
        ", at another server"
    } else {
        ""
    };
    let chunk = trial.chunk.map_or_else(
        || "no least size of chunks".to_owned(),
        |least| format!("chunks of at least {}", units::size(least)),
    );
    let status = |status: Option<u16>| {
        status.map_or_else(|| "no answer".to_owned(), |status| status.to_string())
    };
    let text = format!(
        "begun {} with {location}{elsewhere}, {chunk}; asked about {}, given up {}",
        trial.begun,
        status(trial.asked),
        status(trial.given_up)
    );
    let usual = |status: Option<u16>| matches!(status, Some(200..=204));
    if !usual(trial.given_up) {
        let advice =
            "nothing was uploaded, but it keeps an empty upload until it clears those away";
        return findings.note(&text, Some(advice), &data);
    }
    if trial.begun != 202 || !usual(trial.asked) {
        let advice = "an upload that is cut off starts over";
        return findings.note(&text, Some(advice), &data);
    }
    findings.ok(&text, &data)
}

async fn referrers(sample: Option<&Sample>, findings: &mut Findings<'_>) -> Result<()> {
    findings.begin("referrers");
    let Some(sample) = sample else {
        let text = "not asked: no image of it can be read";
        return findings.note(text, None, &json!({"offered": null}));
    };
    match sample
        .repository
        .offers_referrers(sample.manifest.digest())
        .await
    {
        Ok(true) => findings.ok("the API is offered", &json!({"offered": true})),
        Ok(false) => {
            let text = "no API: what is attached to images is listed under a tag";
            findings.note(text, None, &json!({"offered": false}))
        }
        Err(error) => findings.refusal(error),
    }
}

async fn limits(
    look: &Look<'_>,
    client: &Client,
    greeting: &Greeting,
    sample: Option<&Sample>,
    findings: &mut Findings<'_>,
) -> Result<()> {
    findings.begin("limits");
    let asked = match sample {
        Some(sample) => Some((sample.repository.clone(), sample.at.clone())),
        None if look.host.is_docker_hub() => {
            let name = PREVIEW.parse::<Name>()?;
            Some((client.repository(&name), Selector::Tag(Tag::latest())))
        }
        None => None,
    };
    let allowance = match asked {
        Some((repository, at)) => match repository.allowance(&at).await {
            Ok(allowance) => allowance,
            Err(error) => return findings.refusal(error),
        },
        None => None,
    };
    if let Some(allowance) = allowance.or(greeting.allowance) {
        return limited(allowance, findings);
    }
    let data = json!({"limit": null, "remaining": null, "window": null});
    findings.ok("none are stated", &data)
}

fn limited(allowance: Allowance, findings: &mut Findings<'_>) -> Result<()> {
    let data = json!({
        "limit": allowance.limit,
        "remaining": allowance.remaining,
        "window": allowance.window.map(|window| window.as_secs()),
    });
    let number = |number: Option<u64>| {
        let value = number.map(Value::from);
        value.map_or_else(|| "an unknown number".to_owned(), |value| value.to_string())
    };
    let window = allowance.window.map(units::duration);
    let window = window.map(|window| format!(" in {window}"));
    let text = format!(
        "{} of {} requests are left{}",
        number(allowance.remaining),
        number(allowance.limit),
        window.unwrap_or_default()
    );
    if allowance.remaining == Some(0) {
        let advice = "wait, or log in: that usually raises the limit";
        return findings.note(&text, Some(advice), &data);
    }
    findings.ok(&text, &data)
}
