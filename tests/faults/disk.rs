//! A disk that does not take what a pull brings: said before the first byte where it can be known, and nothing is lost.

use serde_json::json;

use super::Bench;
use crate::support::env::Env;
use crate::support::fake::{Content, Fake};
use crate::support::image::{AMD64, OCI_MANIFEST, image};
use crate::support::layer::{Layer, sha256};
use crate::support::layout;
use crate::support::proxy::{Limits, Proxy, Record};

const TIB: u64 = 1 << 40;

#[test]
fn an_image_that_does_not_fit_is_refused_before_its_first_byte() {
    let graph = image(AMD64, &[Layer::gzip(1, 1000)]);
    let mut document = graph.value();
    let layers = (0..1000).map(|number| {
        let digest = sha256(format!("a layer nobody could make: {number}").as_bytes());
        json!({
            "mediaType": "application/vnd.oci.image.layer.v1.tar",
            "digest": digest,
            "size": TIB,
        })
    });
    document["layers"] = layers.collect();
    let graph = graph.with_root(OCI_MANIFEST, &document);
    let fake = Fake::honest(Content::of(&[("app", "v1", &graph)]));
    let proxy = Proxy::start(&fake.host());
    let env = Env::new();
    let name = format!("{}/app:v1", proxy.host());
    let needed = 1000 * TIB + 1000 * TIB / 20;
    let refused = env.rg(["pull", &name]).exits(7);
    let refused = refused
        .says(&format!("error: cannot pull {name}: "))
        .says(&env.store().display().to_string())
        .says(" bytes free, ")
        .says("hint: make room");
    let said = refused.stderr.split(" bytes free, ").nth(1).unwrap();
    let said: u64 = said.split(' ').next().unwrap().parse().unwrap();
    assert!(said >= needed && said < needed + (1 << 20), "{refused}");
    assert!(!proxy.log().iter().any(Record::fetches_blob));
    env.rg(["fsck"])
        .succeeds()
        .prints("Checked 0 images, 0 blobs");
}

#[test]
fn a_limit_on_file_sizes_is_an_error_that_names_the_file_and_costs_nothing_else() {
    let large = Layer::big(1, 40 << 20);
    let bench = Bench::with(
        image(AMD64, &[large, Layer::gzip(2, 100_000)]),
        Limits::default(),
    );
    let limited = format!(
        "ulimit -f 2000; exec {} pull {}",
        env!("CARGO_BIN_EXE_rg"),
        bench.name()
    );
    bench
        .env
        .program("sh", &["-c", &limited])
        .run()
        .exits(7)
        .says("cannot write")
        .says(".part");
    bench.assert_not_pulled();
    let partial = format!("{}.part", bench.graph.largest().digest.replace(':', "-"));
    assert!(bench.env.store().join("ingest").join(partial).exists());
    bench.env.rg(["fsck"]).succeeds();
    bench.env.rg(["pull", &bench.name()]).succeeds();
    bench.assert_pulled();
    bench.env.rg(["fsck"]).succeeds();
    assert_eq!(layout::partial_bytes(&bench.env.store().join("ingest")), 0);
}
