//! The conditions of `search --filter`, in docker's words.

use crate::cli::report::usage;
use crate::error::Result;
use crate::registry::Hit;

/// What results must meet.
#[derive(Debug, Default)]
pub(super) struct Wish {
    stars: u64,
    official: Option<bool>,
    automated: Option<bool>,
}

impl Wish {
    /// Reads `KEY=VALUE` conditions, and the least number of stars beside them.
    pub(super) fn parse(conditions: &[String], stars: Option<u64>) -> Result<Self> {
        let mut wish = Self {
            stars: stars.unwrap_or(0),
            ..Self::default()
        };
        for condition in conditions {
            let wrong = || {
                usage(
                    format!("invalid filter {condition:?}"),
                    Some("there are stars=N, is-official=true|false and is-automated=true|false"),
                )
            };
            let (key, value) = condition.split_once('=').ok_or_else(wrong)?;
            match key {
                "stars" => wish.stars = value.parse().map_err(|_| wrong())?,
                "is-official" => wish.official = Some(value.parse().map_err(|_| wrong())?),
                "is-automated" => wish.automated = Some(value.parse().map_err(|_| wrong())?),
                _ => return Err(wrong()),
            }
        }
        Ok(wish)
    }

    /// Whether every result meets it.
    pub(super) fn is_empty(&self) -> bool {
        self.stars == 0 && self.official.is_none() && self.automated.is_none()
    }

    /// Whether a result meets all of it.
    pub(super) fn meets(&self, hit: &Hit) -> bool {
        hit.stars >= self.stars
            && self
                .official
                .is_none_or(|official| official == hit.official)
            && self
                .automated
                .is_none_or(|automated| automated == hit.automated.unwrap_or(false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(conditions: &[&str], stars: Option<u64>) -> Result<Wish> {
        let conditions: Vec<String> = conditions.iter().map(|text| (*text).to_owned()).collect();
        Wish::parse(&conditions, stars)
    }

    fn hit(stars: u64, official: bool) -> Hit {
        Hit {
            name: "a".to_owned(),
            stars,
            official,
            ..Hit::default()
        }
    }

    #[test]
    fn all_conditions_must_be_met() {
        let official = wish(&["stars=3", "is-official=true"], None).unwrap();
        assert!(official.meets(&hit(3, true)));
        assert!(!official.meets(&hit(2, true)) && !official.meets(&hit(3, false)));
        assert!(!wish(&[], Some(5)).unwrap().meets(&hit(4, true)));
        assert!(
            !wish(&["is-automated=true"], None)
                .unwrap()
                .meets(&hit(4, true))
        );
    }

    #[test]
    fn malformed_conditions_are_refused() {
        for condition in ["stars", "stars=many", "is-official=yes", "size=1"] {
            assert_eq!(
                wish(&[condition], None).unwrap_err().exit_code(),
                2,
                "{condition}"
            );
        }
    }
}
