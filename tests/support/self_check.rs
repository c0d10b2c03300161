//! The support proves itself, without `rg`: what a test stands on must hold by itself.

use super::client::Client;
use super::fake::{Content, Fake};
use super::http::{End, Response, Server};
use super::image::{AMD64, image, push_raw, small};
use super::layer::{Content as Bytes, Layer, noise, sha256};
use super::proxy::{Fault, Limits, Proxy, Rule};
use super::registry::{Options, PASSWORD, Registry, USER};
use crate::transfer_cli::shapes;
use std::time::Duration;

/// A fake registry with one small image as `app:v1`, and a proxy before it.
fn behind_a_proxy() -> (Fake, Proxy, String) {
    let graph = small(1);
    let fake = Fake::honest(Content::of(&[("app", "v1", &graph)]));
    let proxy = Proxy::start(&fake.host());
    let url = format!(
        "http://{}/v2/app/blobs/{}",
        proxy.host(),
        graph.largest().digest
    );
    (fake, proxy, url)
}

#[test]
fn images_have_the_same_digests_every_time() {
    assert_eq!(small(7).digest(), small(7).digest());
    assert_ne!(small(7).digest(), small(8).digest());
    let layer = Layer::big(3, 1_300_001);
    assert_eq!(layer.content.len(), layer.content.bytes().len() as u64);
    assert_eq!(sha256(&layer.content.bytes()), layer.digest);
}

#[test]
fn a_zstd_layer_written_by_hand_has_the_size_its_frame_says() {
    let layer = Layer::zstd(1, 300_000);
    let bytes = layer.content.bytes();
    assert_eq!(bytes[..4], [0x28, 0xb5, 0x2f, 0xfd]);
    let size = u32::from_le_bytes([bytes[5], bytes[6], bytes[7], bytes[8]]);
    // Three raw blocks: nine bytes of frame header, three for every block.
    assert_eq!(bytes.len(), size as usize + 9 + 3 * 3);
}

#[test]
fn a_graph_put_into_the_fake_by_plain_requests_comes_out_again() {
    let graph = image(AMD64, &[Layer::gzip(1, 5000), Layer::plain(2, 100)]);
    let fake = Fake::honest(Content::of(&[]));
    let client = Client::new();
    push_raw(&client, &fake.base(), "a/b", "v1", &graph);
    let (_, bytes) = client
        .manifest(&fake.base(), "a/b", "v1")
        .expect("just put");
    assert_eq!(bytes, graph.document());
    assert!(
        graph
            .nodes
            .iter()
            .all(|node| fake.content.has(&node.digest))
    );
    assert_eq!(
        fake.content.tag("a/b", "v1").as_deref(),
        Some(graph.digest())
    );
}

#[test]
fn the_embedded_registry_takes_every_shape_by_plain_requests_through_the_proxy() {
    let registry = Registry::embedded(&Options::default());
    let proxy = Proxy::start(&registry.host());
    let (client, base) = (Client::new(), format!("http://{}", proxy.host()));
    for (name, graph) in shapes::shapes() {
        push_raw(&client, &base, name, "v1", &graph);
        shapes::assert_there(&client, &base, name, "v1", &graph);
    }
    super::layout::check(&registry.store());
}

#[test]
fn the_embedded_registry_with_a_password_file_lets_the_right_one_in() {
    let registry = Registry::embedded(&Options {
        htpasswd: true,
        ..Options::default()
    });
    let client = Client::new();
    let url = format!("{}/v2/", registry.base());
    assert_eq!(client.get(&url).status, 401);
    assert_eq!(client.with_basic(USER, PASSWORD).get(&url).status, 200);
}

#[test]
fn the_fake_serves_ranges() {
    let graph = small(1);
    let fake = Fake::honest(Content::of(&[("app", "v1", &graph)]));
    let url = format!("{}/v2/app/blobs/{}", fake.base(), graph.largest().digest);
    let answer = Client::new().send("GET", &url, &[("Range", "bytes=10-19")], None);
    assert_eq!(answer.status, 206);
    assert_eq!(answer.body, graph.largest().content.bytes().slice(10..20));
}

#[test]
fn a_scripted_answer_may_reset_and_may_never_end() {
    let server = Server::start(|request| match request.path() {
        "/cut" => Response::new(200)
            .body(noise(1, 10_000))
            .cut(5_000, End::Reset),
        "/close" => Response::new(200)
            .body(noise(1, 10_000))
            .until_close()
            .cut(5_000, End::Close),
        _ => Response::new(200).body("all"),
    });
    let client = Client::new();
    let url = |path: &str| format!("http://{}{path}", server.host());
    assert!(client.try_send("GET", &url("/cut"), &[], None).is_err());
    assert_eq!(client.get(&url("/close")).body.len(), 5_000);
    assert_eq!(client.get(&url("/")).text(), "all");
    assert_eq!(server.lines(), ["GET /cut", "GET /close", "GET /"]);
    assert!(server.log()[0].sent() >= 5_000 && server.log()[0].status() == 200);
}

#[test]
fn a_server_is_dropped_while_it_stalls() {
    let server = Server::start(|_| Response::new(200).body("abc").cut(1, End::Stall));
    let url = format!("http://{}/", server.host());
    let thread =
        std::thread::spawn(move || Client::new().try_send("GET", &url, &[], None).is_err());
    super::env::wait_for("the request", || (!server.log().is_empty()).then_some(()));
    drop(server);
    assert!(thread.join().unwrap());
}

#[test]
fn the_proxy_passes_and_counts_bodies_both_ways() {
    let (_fake, proxy, url) = behind_a_proxy();
    let client = Client::new();
    let answer = client.get(&url);
    assert_eq!(answer.status, 200);
    let base = format!("http://{}", proxy.host());
    let graph = image(AMD64, &[Layer::gzip(5, 70_000)]);
    push_raw(&client, &base, "other", "v1", &graph);
    assert_eq!(proxy.blob_bytes_fetched(), answer.body.len() as u64);
    assert_eq!(
        proxy.sent(),
        proxy.log().iter().map(|record| record.sent).sum::<u64>()
    );
    assert_eq!(proxy.blob_bytes_uploaded(), graph.blob_bytes());
    let place = client.send(
        "POST",
        &format!("{base}/v2/other/blobs/uploads/"),
        &[],
        None,
    );
    assert_eq!(place.status, 202);
    proxy.forget();
    assert!(proxy.log().is_empty());
}

#[test]
fn every_fault_of_the_proxy_happens_as_often_as_told() {
    let (fake, proxy, url) = behind_a_proxy();
    let client = Client::new();
    let right = client.get(&url).body;
    let once = |fault| proxy.rule(Rule::new(1, fault, super::proxy::Record::fetches_blob));

    once(Fault::Cut(1000));
    assert!(client.try_send("GET", &url, &[], None).is_err());
    once(Fault::Close(1000));
    assert!(client.try_send("GET", &url, &[], None).is_err());
    once(Fault::Answer(503, Some("1".to_owned())));
    let busy = client.get(&url);
    assert_eq!((busy.status, busy.header("Retry-After")), (503, Some("1")));
    once(Fault::Flip(1000));
    let flipped = client.get(&url).body;
    let differing = flipped
        .iter()
        .zip(&right)
        .filter(|(one, other)| one != other);
    assert_eq!((differing.count(), flipped.len()), (1, right.len()));
    once(Fault::IgnoreRange);
    let ranged = || client.send("GET", &url, &[("Range", "bytes=100-199")], None);
    assert_eq!(ranged().status, 200);
    once(Fault::WrongContentRange);
    let total = right.len();
    assert_eq!(
        ranged().header("Content-Range"),
        Some(format!("bytes 99-199/{total}").as_str())
    );
    once(Fault::Redirect(fake.base()));
    let away = client.get(&url);
    assert_eq!(
        (
            away.status,
            away.header("Location").unwrap().starts_with(&fake.base())
        ),
        (307, true)
    );
    once(Fault::DropAfterCommit);
    assert!(client.try_send("GET", &url, &[], None).is_err());

    let answer = client.get(&url);
    assert_eq!((answer.status, answer.body), (200, right));
    assert_eq!(
        proxy.log().iter().filter(|record| record.spoiled).count(),
        8
    );
}

#[test]
fn the_proxy_cuts_an_upload_in_its_middle() {
    let (fake, proxy, _) = behind_a_proxy();
    let client = Client::new();
    proxy.rule(Rule::new(1, Fault::CutRequest(1000), |record| {
        record.method == "PATCH"
    }));
    let base = format!("http://{}", proxy.host());
    let begun = client.send("POST", &format!("{base}/v2/app/blobs/uploads/"), &[], None);
    let place = format!("{base}{}", begun.header("Location").unwrap());
    let body = Bytes::Bytes(noise(1, 500_000).into());
    assert!(client.try_send("PATCH", &place, &[], Some(&body)).is_err());
    assert!(fake.content.uploaded("upload-1") < 500_000);
}

#[test]
fn a_stall_of_the_proxy_ends_when_the_client_gives_up() {
    let (_fake, proxy, url) = behind_a_proxy();
    proxy.rule(Rule::new(
        1,
        Fault::Stall(100),
        super::proxy::Record::fetches_blob,
    ));
    let impatient = reqwest_with_read_timeout(Duration::from_millis(100));
    assert!(impatient(&url).is_err());
    super::env::wait_for("the stalled request's end", || {
        let ended = proxy
            .log()
            .iter()
            .any(|record| record.spoiled && record.sent == 100);
        ended.then_some(())
    });
}

fn reqwest_with_read_timeout(limit: Duration) -> impl Fn(&str) -> Result<Vec<u8>, reqwest::Error> {
    super::tls::install_provider();
    move |url| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let client = reqwest::Client::builder()
            .no_proxy()
            .read_timeout(limit)
            .build()?;
        runtime.block_on(async { Ok(client.get(url).send().await?.bytes().await?.to_vec()) })
    }
}

#[test]
fn a_capped_proxy_still_passes_every_byte() {
    let graph = image(AMD64, &[Layer::gzip(1, 300_000)]);
    let fake = Fake::honest(Content::of(&[("app", "v1", &graph)]));
    let limits = Limits {
        per_connection: Some(20 << 20),
        in_all: Some(10 << 20),
        latency: Duration::from_millis(1),
        ..Limits::default()
    };
    let proxy = Proxy::limited(&fake.host(), limits);
    let url = format!(
        "http://{}/v2/app/blobs/{}",
        proxy.host(),
        graph.largest().digest
    );
    assert_eq!(
        Client::new().get(&url).body,
        graph.largest().content.bytes()
    );
}
