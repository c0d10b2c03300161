//! The order of tags: by their text, by version, by age.

use std::cmp::Ordering;

use clap::ValueEnum;

use crate::oci::Tag;

/// By what tags are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Order {
    /// By their text.
    Name,
    /// By version: what is no version comes first, then versions, the newest last.
    Semver,
    /// By the time their images were made: what tells none comes first, the newest last.
    Created,
}

impl Order {
    /// Leaves the first `limit` of a list by name, and the newest of the others.
    pub(crate) fn cut<T>(self, list: &mut Vec<T>, limit: Option<usize>) {
        let surplus = list.len().saturating_sub(limit.unwrap_or(usize::MAX));
        match self {
            Self::Name => list.truncate(list.len() - surplus),
            Self::Semver | Self::Created => drop(list.drain(..surplus)),
        }
    }
}

/// The order of versions; what is none comes first.
pub(crate) fn by_version(one: &Tag, other: &Tag) -> Ordering {
    let compared = match (Version::of(one.as_str()), Version::of(other.as_str())) {
        (Some(one), Some(other)) => one.cmp(&other),
        (one, other) => one.is_some().cmp(&other.is_some()),
    };
    compared.then_with(|| one.cmp(other))
}

/// A version as tags have them: any count of numbers, with or without `v`, and semver's pre-release behind a `-`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version<'a> {
    numbers: Vec<u64>,
    release: Release<'a>,
}

/// A pre-release comes before its release.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Release<'a> {
    Pre(Vec<Identifier<'a>>),
    Full,
}

/// Numbers come before words (semver 2.0.0, item 11).
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Identifier<'a> {
    Number(u64),
    Word(&'a str),
}

impl<'a> Version<'a> {
    fn of(tag: &'a str) -> Option<Self> {
        let text = tag.strip_prefix('v').unwrap_or(tag);
        let (core, pre) = match text.split_once('-') {
            Some((core, pre)) => (core, Some(pre)),
            None => (text, None),
        };
        let mut numbers: Vec<u64> = core
            .split('.')
            .map(|part| part.parse().ok())
            .collect::<Option<_>>()?;
        // 1.2 and 1.2.0 are one version.
        while numbers.last() == Some(&0) && numbers.len() > 1 {
            numbers.pop();
        }
        let identifier = |part: &'a str| {
            part.parse()
                .map_or(Identifier::Word(part), Identifier::Number)
        };
        Some(Self {
            numbers,
            release: match pre {
                Some(pre) => Release::Pre(pre.split('.').map(identifier).collect()),
                None => Release::Full,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_versions() {
        let sorted = [
            "edge",
            "latest",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-rc.2",
            "1.0.0-rc.11",
            "1",
            "1.0",
            "v1.2",
            "1.10.1",
            "2",
        ];
        let mut tags: Vec<Tag> = sorted
            .iter()
            .rev()
            .map(|text| text.parse().unwrap())
            .collect();
        tags.sort_by(by_version);
        let texts: Vec<&str> = tags.iter().map(Tag::as_str).collect();
        assert_eq!(texts, sorted);
    }

    #[test]
    fn a_limit_leaves_the_first_by_name_and_the_newest_otherwise() {
        let cut = |order: Order, limit| {
            let mut list = vec![1, 2, 3];
            order.cut(&mut list, limit);
            list
        };
        assert_eq!(cut(Order::Name, Some(2)), [1, 2]);
        assert_eq!(cut(Order::Semver, Some(2)), [2, 3]);
        assert_eq!(cut(Order::Created, Some(0)), [0; 0]);
        assert_eq!(cut(Order::Created, Some(9)), [1, 2, 3]);
        assert_eq!(cut(Order::Semver, None), [1, 2, 3]);
    }
}
