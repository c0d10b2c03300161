//! The stories that also run against the embedded registry, against distribution.

use crate::support::client::Client;
use crate::support::registry::{Options, PASSWORD, Registry, USER};
use crate::support::token_server::{self, TokenServer};
use crate::transfer_cli::{
    attached, copies, deletion, economy, expiry, platforms, removal, shapes,
};

fn distribution() -> Registry {
    Registry::distribution(&Options::default())
}

#[test]
#[ignore = "needs docker-registry"]
fn every_shape_round_trips_through_distribution() {
    let (from, to) = (distribution(), distribution());
    for (name, graph) in shapes::shapes() {
        shapes::round_trip(&from, &to, name, &graph);
    }
}

#[test]
#[ignore = "needs docker-registry"]
fn artifacts_of_every_kind_go_every_way_through_distribution() {
    let (from, to) = (distribution(), distribution());
    for (name, graph) in shapes::artifacts() {
        shapes::every_way(&from, &to, name, &graph);
    }
}

#[test]
#[ignore = "needs docker-registry"]
fn a_second_pull_from_distribution_is_one_head() {
    let registry = distribution();
    economy::prepare(&Client::new(), &registry);
    economy::second_pull(&registry, &[]);
}

#[test]
#[ignore = "needs docker-registry"]
fn a_second_pull_with_a_password_is_one_head_after_the_challenge() {
    let registry = Registry::distribution(&Options {
        htpasswd: true,
        ..Options::default()
    });
    economy::prepare(&Client::new().with_basic(USER, PASSWORD), &registry);
    economy::second_pull(&registry, &["--creds", &format!("{USER}:{PASSWORD}")]);
}

#[test]
#[ignore = "needs docker-registry"]
fn a_second_pull_with_a_token_is_one_head_after_the_challenge() {
    let server = TokenServer::start(token_server::Options::default());
    let registry = Registry::distribution(&Options {
        token: Some(&server),
        ..Options::default()
    });
    let scope = "repository:economy:pull,push";
    let asking = format!(
        "{}?service={}&scope={scope}",
        server.realm(),
        token_server::SERVICE
    );
    let token = Client::new().with_basic(USER, PASSWORD).get(&asking).json();
    let client = Client::new().with_bearer(token["token"].as_str().expect("a token"));
    economy::prepare(&client, &registry);
    economy::second_pull(&registry, &["--creds", &format!("{USER}:{PASSWORD}")]);
}

#[test]
#[ignore = "needs docker-registry"]
fn a_second_push_to_distribution_sends_no_blob_bytes() {
    economy::second_push(&distribution(), &distribution());
}

#[test]
#[ignore = "needs docker-registry"]
fn distribution_mounts_layers_of_another_repository() {
    economy::mount(&distribution());
}

#[test]
#[ignore = "needs docker-registry"]
fn copies_between_and_within_registries_of_distribution_move_what_they_must() {
    copies::between_registries(&distribution(), &distribution());
    copies::within_a_registry(&distribution());
}

#[test]
#[ignore = "needs docker-registry"]
fn deletions_at_distribution_take_what_was_named_and_nothing_else() {
    let deleting = || {
        Registry::distribution(&Options {
            delete: true,
            ..Options::default()
        })
    };
    deletion::by_digest(&deleting());
    deletion::no_tags_alone(&deleting());
    deletion::nothing_at_all(&distribution());
}

#[test]
#[ignore = "needs docker-registry"]
fn old_tags_expire_at_distribution_and_what_others_share_survives() {
    let deleting = Registry::distribution(&Options {
        delete: true,
        ..Options::default()
    });
    expiry::by_the_rules(&deleting, false);
    expiry::nothing_at_all(&distribution());
}

#[test]
#[ignore = "needs docker-registry"]
fn what_is_attached_goes_along_to_distribution_which_lists_no_referrers() {
    attached::goes_along(&distribution());
}

#[test]
#[ignore = "needs docker-registry"]
fn two_platforms_share_one_tag_with_distribution() {
    platforms::one_by_one(&distribution(), &distribution());
}

#[test]
#[ignore = "needs docker-registry"]
fn fifty_removals_never_break_a_pull_from_distribution() {
    removal::beside_a_pull(&distribution(), 50);
}

#[test]
#[ignore = "needs docker-registry"]
fn a_first_push_to_distribution_is_three_requests_a_blob_and_two_more() {
    economy::first_push(&distribution());
}
