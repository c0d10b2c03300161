//! How well a name matches a term.

/// How close `name` is to `term`, more is better, without regard to case; `None` when the term is not in it.
#[must_use]
pub fn rank(name: &str, term: &str) -> Option<u8> {
    let (name, term) = (name.to_lowercase(), term.to_lowercase());
    let last = name.rsplit('/').next().unwrap_or_default();
    Some(if name == term {
        4
    } else if last == term {
        3
    } else if last.starts_with(&term) {
        2
    } else if last.contains(&term) {
        1
    } else if name.contains(&term) {
        0
    } else {
        return None;
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_name_ranks_first() {
        let ranks: Vec<_> = [
            "app",
            "team/app",
            "team/app-web",
            "team/webapp",
            "app/x",
            "other",
        ]
        .iter()
        .map(|name| rank(name, "app"))
        .collect();
        assert_eq!(ranks, [Some(4), Some(3), Some(2), Some(1), Some(0), None]);
    }

    #[test]
    fn case_does_not_count_in_any_script() {
        assert_eq!(rank("Team/APP", "app"), Some(3));
        assert_eq!(rank("team/app", "APP"), Some(3));
        assert_eq!(rank("team/CAFÉ-ΣΊΣΥΦΟΣ", "café"), Some(2));
        assert_eq!(rank("", ""), Some(4));
    }
}
