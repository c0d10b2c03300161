//! Which way of searching a registry may have, told by how it greets a stranger.
//!
//! One request finds out: the challenge of `GET /v2/` (distribution's token authentication) names a token server, and
//! the products that have a search of their own each have a fixed path for theirs. Nothing is configured and nothing is
//! believed: a way that a registry only seems to have fails at its first page, and the next is asked.

use url::Url;

use super::{Ask, Page, catalog, gitlab, harbor, quay, v1, zot};
use crate::error::{Error, Result};
use crate::registry::origin;
use crate::registry::{Client, Greeting};

/// One way of searching.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    /// Docker Hub's v1 search.
    Hub,
    /// Docker's v1 search at a registry.
    V1,
    /// Harbor's list of repositories, with descriptions.
    HarborRepositories,
    /// Harbor's search, which older ones have, too.
    HarborSearch,
    /// Quay's search.
    Quay,
    /// zot's search extension.
    Zot,
    /// The projects of the GitLab whose API is below this URL.
    GitLab(Url),
    /// All names, matched here.
    Catalog,
}

impl Way {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Hub => "Docker Hub's search",
            Self::V1 => "docker's v1 search",
            Self::HarborRepositories => "Harbor's list of repositories",
            Self::HarborSearch => "Harbor's search",
            Self::Quay => "Quay's search",
            Self::Zot => "zot's search extension",
            Self::GitLab(_) => "GitLab's projects",
            Self::Catalog => "its catalog",
        }
    }

    /// The page of that number, from 1.
    pub(super) async fn page(&self, ask: &Ask<'_>, number: usize) -> Result<Page> {
        match self {
            Self::Hub | Self::V1 => v1::page(ask, number).await,
            Self::HarborRepositories => harbor::repositories(ask, number).await,
            Self::HarborSearch => harbor::search(ask).await,
            Self::Quay => quay::page(ask, number).await,
            Self::Zot => zot::page(ask, number).await,
            Self::GitLab(base) => gitlab::page(ask, base).await,
            Self::Catalog => catalog::page(ask).await,
        }
    }

    /// Whether the best come first by themselves, so that no more pages need be read than are shown.
    pub(super) fn is_ordered(&self) -> bool {
        matches!(self, Self::Hub | Self::Quay)
    }

    /// Whether its order is shown as it is: docker users know that of Docker Hub.
    pub(super) fn keeps_order(&self) -> bool {
        matches!(self, Self::Hub)
    }

    /// Whether it takes no login for the registry.
    pub(super) fn is_public_only(&self) -> bool {
        matches!(self, Self::Quay | Self::GitLab(_))
    }
}

impl Client {
    /// The ways worth a try at a registry, the best first and the catalog last.
    pub(super) async fn ways(&self, ask: &Ask<'_>) -> Result<Vec<Way>> {
        let host = &ask.server.host;
        let mut ways = match self.greet(host).await {
            Ok(greeting) => ways(&greeting, &ask.server.base),
            Err(error @ (Error::Network { .. } | Error::Stalled { .. } | Error::Tls { .. })) => {
                return Err(error);
            }
            // A registry of the time before v2, perhaps.
            Err(error) => {
                tracing::debug!(%host, %error, "no greeting");
                vec![Way::V1]
            }
        };
        if !harbor::is_plain(&ask.term) {
            ways.retain(|way| *way != Way::HarborRepositories);
        }
        ways.push(Way::Catalog);
        Ok(ways)
    }
}

/// What a greeting from `base` promises.
fn ways(greeting: &Greeting, base: &Url) -> Vec<Way> {
    for offer in &greeting.offers {
        // What credentials may not be sent to is not asked either.
        let realm = offer
            .realm
            .as_deref()
            .map(|realm| origin::realm(base, realm));
        let Some(Ok(realm)) = realm else { continue };
        let path = realm.path().trim_end_matches('/');
        let service = offer.service.as_deref();
        // goharbor/harbor, src/server/middleware/v2auth: service `harbor-registry`, realm `/service/token`.
        if service == Some("harbor-registry") || path.ends_with("/service/token") {
            return vec![Way::HarborRepositories, Way::HarborSearch, Way::V1];
        }
        // quay/quay, endpoints/v2: realm `/v2/auth`. Its v1 search comes without stars.
        if path.ends_with("/v2/auth") {
            return vec![Way::Quay, Way::V1];
        }
        // GitLab documentation, "Container registry authentication": realm `/jwt/auth` of GitLab itself.
        if let Some(root) = path.strip_suffix("/jwt/auth") {
            let mut api = realm.clone();
            api.set_query(None);
            api.set_path(&format!("{root}/api/v4/"));
            return vec![Way::GitLab(api)];
        }
    }
    vec![Way::V1, Way::Zot]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::Offer;

    fn chosen(scheme: &str, realm: &str, service: &str) -> Vec<Way> {
        let offer = Offer {
            scheme: scheme.to_owned(),
            realm: Some(realm.to_owned()),
            service: Some(service.to_owned()),
        };
        let greeting = Greeting {
            url: "https://r.example/v2/".to_owned(),
            status: 401,
            http: "HTTP/1.1".to_owned(),
            api: None,
            offers: vec![offer],
            objection: None,
            ahead: None,
            allowance: None,
        };
        ways(&greeting, &"https://r.example/".parse().unwrap())
    }

    #[test]
    fn products_are_told_by_where_they_send_for_tokens() {
        assert_eq!(
            chosen(
                "Bearer",
                "https://r.example/service/token",
                "harbor-registry"
            )[0],
            Way::HarborRepositories
        );
        assert_eq!(
            chosen("Bearer", "https://r.example/v2/auth", "r.example")[0],
            Way::Quay
        );
        let gitlab = "https://git.example/api/v4/".parse().unwrap();
        assert_eq!(
            chosen(
                "Bearer",
                "https://git.example/jwt/auth",
                "container_registry"
            ),
            [Way::GitLab(gitlab)]
        );
        let below = "https://git.example/git/api/v4/".parse().unwrap();
        assert_eq!(
            chosen(
                "Bearer",
                "https://git.example/git/jwt/auth",
                "container_registry"
            ),
            [Way::GitLab(below)]
        );
        let others = [Way::V1, Way::Zot];
        assert_eq!(chosen("Basic", "zot", ""), others);
        assert_eq!(chosen("Bearer", "https://auth.example/token", "x"), others);
    }

    #[test]
    fn a_realm_that_no_password_may_go_to_is_not_asked_either() {
        for realm in [
            "http://git.example/jwt/auth",
            "https://127.0.0.1/jwt/auth",
            "https://169.254.169.254/jwt/auth",
            "https://user:password@git.example/jwt/auth",
        ] {
            assert_eq!(
                chosen("Bearer", realm, "container_registry"),
                [Way::V1, Way::Zot]
            );
        }
    }
}
