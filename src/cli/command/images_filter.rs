//! The conditions of `images --filter`, in docker's words.

use globset::{GlobBuilder, GlobMatcher};
use jiff::Timestamp;

use crate::cli::report::usage;
use crate::error::Result;
use crate::oci::Reference;
use crate::store::layout::LocalImage;

/// What images must meet: every kind of condition, and any one of several references.
#[derive(Debug, Default)]
pub(crate) struct Filters {
    dangling: Option<bool>,
    labels: Vec<(String, Option<String>)>,
    before: Option<String>,
    since: Option<String>,
    references: Vec<GlobMatcher>,
    named: Option<GlobMatcher>,
}

/// Filters whose images were looked up.
#[derive(Debug)]
pub(crate) struct Settled {
    filters: Filters,
    before: Option<Timestamp>,
    since: Option<Timestamp>,
}

impl Filters {
    /// Reads `KEY=VALUE` conditions, and the name beside them.
    pub(crate) fn parse(conditions: &[String], name: Option<&str>) -> Result<Self> {
        let mut filters = Self::default();
        for condition in conditions {
            let (key, value) = condition.split_once('=').ok_or_else(|| {
                usage(
                    format!("invalid filter {condition:?}"),
                    Some("a filter is written KEY=VALUE"),
                )
            })?;
            match key.trim().to_ascii_lowercase().as_str() {
                "dangling" => filters.dangling = Some(flag(condition, value)?),
                "label" => filters.labels.push(match value.split_once('=') {
                    Some((key, value)) => (key.to_owned(), Some(value.to_owned())),
                    None => (value.to_owned(), None),
                }),
                "before" => filters.before = Some(value.to_owned()),
                "since" => filters.since = Some(value.to_owned()),
                "reference" => filters.references.push(pattern(value)?),
                other => {
                    return Err(usage(
                        format!("invalid filter {other:?}"),
                        Some("there are dangling, label, before, since and reference"),
                    ));
                }
            }
        }
        filters.named = name.map(|name| pattern(&familiar(name))).transpose()?;
        Ok(filters)
    }

    /// Looks up the images that `before` and `since` name.
    pub(crate) fn settled(
        self,
        created: impl Fn(&str) -> Result<Option<Timestamp>>,
    ) -> Result<Settled> {
        let time = |name: &Option<String>| -> Result<Option<Timestamp>> {
            match name {
                Some(name) => Ok(Some(created(name)?.unwrap_or_default())),
                None => Ok(None),
            }
        };
        Ok(Settled {
            before: time(&self.before)?,
            since: time(&self.since)?,
            filters: self,
        })
    }
}

impl Settled {
    /// Whether an image meets the conditions about images.
    pub(crate) fn pass_image(&self, image: &LocalImage, created: Option<Timestamp>) -> bool {
        let created = created.unwrap_or_default();
        let labelled = |(key, value): &(String, Option<String>)| {
            image.config.as_ref().is_some_and(|config| {
                let mut labels = config.labels();
                labels.any(|(name, text)| {
                    name == key && value.as_deref().is_none_or(|value| value == text)
                })
            })
        };
        self.filters
            .dangling
            .is_none_or(|dangling| dangling == image.is_dangling())
            && self.filters.labels.iter().all(labelled)
            && self.before.is_none_or(|before| created < before)
            && self.since.is_none_or(|since| created > since)
    }

    /// Whether a line meets the conditions about names; `name` is its repository and its full name.
    pub(crate) fn pass_name(&self, name: Option<&(String, String)>) -> bool {
        let meets = |pattern: &GlobMatcher| {
            name.is_some_and(|(repository, full)| {
                pattern.is_match(repository) || pattern.is_match(full)
            })
        };
        let references = &self.filters.references;
        self.filters.named.as_ref().is_none_or(meets)
            && (references.is_empty() || references.iter().any(meets))
    }
}

/// A name as listings show it; a pattern, or anything else that is no name, stays as it is.
fn familiar(name: &str) -> String {
    let parsed: Result<Reference, _> = name.parse();
    parsed.map_or_else(|_| name.to_owned(), |reference| reference.familiar())
}

fn flag(condition: &str, value: &str) -> Result<bool> {
    match value {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(usage(
            format!("invalid filter {condition:?}"),
            Some("it is true or false"),
        )),
    }
}

/// A shell pattern in which `*` stops at `/`, as Go's `path.Match` has it.
pub(crate) fn pattern(text: &str) -> Result<GlobMatcher> {
    GlobBuilder::new(text)
        .literal_separator(true)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|error| usage(format!("invalid pattern {text:?}: {}", error.kind()), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(conditions: &[&str], name: Option<&str>, row: (&str, &str)) -> bool {
        let conditions: Vec<String> = conditions.iter().map(|text| (*text).to_owned()).collect();
        let filters = Filters::parse(&conditions, name).unwrap();
        let settled = filters.settled(|_| Ok(None)).unwrap();
        settled.pass_name(Some(&(row.0.to_owned(), row.1.to_owned())))
    }

    #[test]
    fn patterns_match_repositories_and_names() {
        let row = ("my/bb", "my/bb:v1");
        assert!(passes(&["reference=my/*"], None, row));
        assert!(passes(&["reference=my/bb:v*"], None, row));
        assert!(
            passes(&["reference=x", "reference=*/bb"], None, row),
            "any of several"
        );
        assert!(
            !passes(&["reference=*"], None, row),
            "a star stops at a slash"
        );
        assert!(passes(&[], Some("my/bb"), row) && passes(&[], Some("docker.io/my/bb:v1"), row));
        assert!(!passes(&[], Some("bb"), row) && !passes(&[], Some("my/bb:v2"), row));
        assert!(
            !passes(&["reference=my/*"], Some("other"), row),
            "both are conditions"
        );
    }

    #[test]
    fn malformed_filters_are_refused() {
        for condition in ["dangling", "dangling=maybe", "size=3", "reference=[", "=x"] {
            let error = Filters::parse(&[condition.to_owned()], None).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{condition}");
        }
    }
}
