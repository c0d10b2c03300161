//! Scopes: what a token is good for (distribution's token authentication, "Token Scope").

use std::collections::BTreeSet;
use std::fmt;

use crate::oci::Repository;

/// A resource and what may be done to it, such as `repository:library/alpine:pull`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Scope {
    resource: String,
    actions: BTreeSet<String>,
}

impl Scope {
    /// Reads a scope from both ends, since the name in its middle may hold a port. `None` for an empty text; a text of
    /// another form is kept whole, to be handed to the token server as it came.
    fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        Some(match text.rsplit_once(':') {
            Some((resource, actions)) if resource.contains(':') => Self {
                resource: resource.to_owned(),
                actions: actions
                    .split(',')
                    .filter(|action| !action.is_empty())
                    .map(str::to_owned)
                    .collect(),
            },
            _ => Self {
                resource: text.to_owned(),
                actions: BTreeSet::new(),
            },
        })
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.resource)?;
        for (at, action) in self.actions.iter().enumerate() {
            f.write_str(if at == 0 { ":" } else { "," })?;
            f.write_str(action)?;
        }
        Ok(())
    }
}

/// The scopes of one token, the most important first: some servers read only that.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Scopes(Vec<Scope>);

impl Scopes {
    /// No scope: only who is asking matters.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// Reading a repository.
    pub(crate) fn pull(repository: &Repository) -> Self {
        Self::parse(&format!("repository:{repository}:pull"))
    }

    /// Writing a repository, and reading it.
    pub(crate) fn push(repository: &Repository) -> Self {
        Self::parse(&format!("repository:{repository}:pull,push"))
    }

    /// Listing the repositories of a registry.
    pub(crate) fn catalog() -> Self {
        Self::parse("registry:catalog:*")
    }

    /// Scopes separated by spaces, as in a challenge.
    pub(crate) fn parse(text: &str) -> Self {
        let mut scopes = Self::none();
        for scope in text.split_ascii_whitespace().filter_map(Scope::parse) {
            scopes.add(scope);
        }
        scopes
    }

    /// The repository that a request with these scopes is about: that of the first. Of the two of a mount it is the
    /// target; what concerns no single repository has none.
    pub(crate) fn repository(&self) -> Option<Repository> {
        let resource = &self.0.first()?.resource;
        resource.strip_prefix("repository:")?.parse().ok()
    }

    /// Adds a scope; the actions of one resource are joined.
    fn add(&mut self, scope: Scope) {
        match self
            .0
            .iter_mut()
            .find(|have| have.resource == scope.resource)
        {
            Some(have) => have.actions.extend(scope.actions),
            None => self.0.push(scope),
        }
    }

    /// Adds all of `other`.
    pub(crate) fn extend(&mut self, other: &Self) {
        for scope in &other.0 {
            self.add(scope.clone());
        }
    }

    /// What to ask the token server for, when a request needs `self` and the challenge names `challenged`. The
    /// challenge knows the resource's name better (registries behind path prefixes rename it), the request knows which
    /// actions come next; further resources of the request (the other repository of a mount) are always asked for.
    pub(crate) fn under(&self, challenged: &Self) -> Self {
        if challenged.0.is_empty() {
            return self.clone();
        }
        let mut asked = challenged.clone();
        for (at, scope) in self.0.iter().enumerate() {
            let named = asked.0.iter().any(|have| have.resource == scope.resource);
            if named || at > 0 {
                asked.add(scope.clone());
            }
        }
        asked
    }

    /// The scopes, each as it stands in a query.
    pub(crate) fn iter(&self) -> impl Iterator<Item = String> + '_ {
        self.0.iter().map(Scope::to_string)
    }

    /// The same for every order of the same scopes.
    pub(crate) fn key(&self) -> Vec<String> {
        let mut key: Vec<String> = self.iter().collect();
        key.sort();
        key
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iter().collect::<Vec<_>>().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_port_is_read_from_both_ends() {
        let text = "repository:host.example:5000/a/b:pull,push";
        let scopes = Scopes::parse(text);
        assert_eq!(scopes.0[0].resource, "repository:host.example:5000/a/b");
        assert_eq!(scopes.to_string(), text);
        assert_eq!(Scopes::parse("aws").to_string(), "aws");
        assert_eq!(Scopes::parse("  "), Scopes::none());
    }

    #[test]
    fn actions_of_one_resource_are_joined() {
        let mut scopes = Scopes::parse("repository:a:push repository:b:pull");
        scopes.extend(&Scopes::parse("repository:a:pull"));
        assert_eq!(
            scopes.to_string(),
            "repository:a:pull,push repository:b:pull"
        );
    }

    #[test]
    fn a_challenge_renames_and_a_request_widens() {
        let wanted = Scopes::parse("repository:a:pull,push repository:b:pull");
        let under = |text: &str| wanted.under(&Scopes::parse(text)).to_string();
        assert_eq!(under(""), "repository:a:pull,push repository:b:pull");
        assert_eq!(
            under("repository:a:pull"),
            "repository:a:pull,push repository:b:pull"
        );
        assert_eq!(
            under("repository:virtual/a:pull"),
            "repository:virtual/a:pull repository:b:pull"
        );
    }

    #[test]
    fn the_first_repository_is_the_one_a_request_is_about() {
        let about = |text: &str| Scopes::parse(text).repository();
        let name: Repository = "team/app".parse().unwrap();
        let mount = "repository:team/app:pull,push repository:other/app:pull";
        assert_eq!(about(mount), Some(name.clone()));
        assert_eq!(Scopes::push(&name).repository(), Some(name));
        assert_eq!(Scopes::catalog().repository(), None);
        assert_eq!(Scopes::none().repository(), None);
    }

    #[test]
    fn order_does_not_make_another_token() {
        let one = Scopes::parse("repository:a:pull repository:b:push,pull");
        let other = Scopes::parse("repository:b:pull,push repository:a:pull");
        assert_ne!(one, other);
        assert_eq!(one.key(), other.key());
    }
}
