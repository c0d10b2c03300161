//! The end-to-end run: log in, push, list, pull, be killed, resume, verify, log out.

use std::sync::Arc;

use futures_util::TryStreamExt;

use super::image::{self, Made};
use super::meter::{Counted, Meter};
use super::world::{USER, World};
use super::{Steps, check, cut, ensure};
use crate::cli::output;
use crate::cli::render::quiet::Quiet;
use crate::cli::render::units;
use crate::cli::report::{Doing, Outcome, Status};
use crate::cli::session::{Session, blocking};
use crate::config::Environment;
use crate::credential::{Credential, Secret};
use crate::error::{Error, Result};
use crate::oci::{Host, Platforms, Reference, Selector, Tag};
use crate::registry::{Client, Credentials, Query, WhenBroken};
use crate::store::Source;
use crate::store::layout::Layout;
use crate::transfer::{self, IndexRule, Item};

const REPOSITORY: &str = "doctor/image";
const TAG: &str = "1";

/// Does everything once and tells each step.
pub(super) async fn run(program: &str, outside: &Environment) -> Outcome {
    let mut steps = Steps::new();
    let world = World::create(program, outside).doing("doctor cannot begin")?;
    output::line(&format!(
        "Everything this program does, on an embedded registry, in {}",
        world.path().display()
    ))?;
    let (server, host) = world.registry().await.doing("doctor cannot begin")?;
    let outcome = tokio::select! {
        outcome = examine(&world, &host, &mut steps) => outcome,
        // The registry runs beside the steps, in this task: it ends with them.
        ended = server.run(std::future::pending()) => ended.and(Err(super::broken("the registry stopped"))),
    };
    match outcome {
        Ok(bytes) => {
            output::line(&format!(
                "Everything works: {} verified in {}",
                units::precise_size(bytes),
                units::duration(steps.began.elapsed())
            ))?;
            Ok(Status::SUCCESS)
        }
        Err(error) => {
            steps.failed()?;
            Err(error).doing(format!("doctor: {}", steps.current))
        }
    }
}

async fn examine(world: &World, host: &Host, steps: &mut Steps) -> Result<u64> {
    let reference: Reference = format!("{host}/{REPOSITORY}:{TAG}").parse()?;
    steps.begin("image");
    let build = world.session("build")?;
    let layout = build.layout()?;
    let made = image::make(&layout, &reference).await?;
    steps.passed(&format!(
        "two layers, {}: this program, and noise",
        units::precise_size(made.size)
    ))?;

    login(world, &build, host, steps).await?;
    push(&build, &layout, &reference, &made, steps).await?;
    list(&build, &reference, steps).await?;

    steps.begin("cut");
    let came = cut::pull(world, "pulled", &reference, made.size).await?;
    steps.passed(&format!(
        "a second process pulled and was killed after {}",
        units::precise_size(came)
    ))?;

    let pulled = world.session("pulled")?;
    let store = pulled.layout()?;
    resume(&pulled, &store, &reference, &made, steps).await?;
    let bytes = verify(&store, &reference, made, steps).await?;
    again(&pulled, &store, &reference, steps).await?;
    logout(&pulled, host, steps).await?;
    Ok(bytes)
}

/// A wrong password is refused and stores nothing; the right one is stored.
async fn login(world: &World, session: &Session, host: &Host, steps: &mut Steps) -> Result<()> {
    steps.begin("login");
    let client = Client::new(
        session.config.clone(),
        Credentials::Anonymous,
        Arc::new(Quiet),
    );
    let basic = |password: Secret| Credential::Basic {
        username: USER.to_owned(),
        password,
    };
    let wrong = client.login(host, &basic(Secret::new("wrong"))).await;
    ensure(
        matches!(wrong, Err(Error::Denied { .. })),
        "a wrong password was not refused",
    )?;
    let chain = session.chain();
    ensure(
        chain.list().await.complete()?.is_empty(),
        "a refused login was stored",
    )?;
    let proven = client.login(host, &basic(world.password.clone())).await?;
    chain.store(host, &proven).await?;
    ensure(
        chain.list().await.complete()?.len() == 1,
        "the login was not stored",
    )?;
    steps.passed(&format!(
        "http://{host}: a wrong password is refused, the right one stored"
    ))
}

async fn push(
    session: &Session,
    layout: &Layout,
    reference: &Reference,
    made: &Made,
    steps: &mut Steps,
) -> Result<()> {
    steps.begin("push");
    let meter = Arc::new(Meter::default());
    let target = session
        .client(WhenBroken::Fail, meter.clone())
        .repository(&reference.name);
    let source = layout.at(&reference.name);
    let options = session.transfer(meter.as_ref(), None);
    let outcomes = transfer::copy(&source, &target, &[item(reference)], &options).await?;
    let put = outcomes
        .iter()
        .all(|outcome| outcome.put.digest == *made.manifest.digest());
    ensure(put && !outcomes.is_empty(), "another image was pushed")?;
    ensure(
        meter.moved() == made.size,
        "other bytes were sent than the image has",
    )?;
    steps.passed(&told(meter.moved(), steps))
}

async fn list(session: &Session, reference: &Reference, steps: &mut Steps) -> Result<()> {
    steps.begin("list");
    let client = session.reader();
    let host = &reference.name.host;
    let names: Vec<String> = client.catalog(host, None, None).try_collect().await?;
    ensure(names == [REPOSITORY], format!("the catalog is {names:?}"))?;
    let tags = client.repository(&reference.name).tags().await?;
    let tags: Vec<&str> = tags.iter().map(Tag::as_str).collect();
    ensure(tags == [TAG], format!("the tags are {tags:?}"))?;
    let query = Query {
        term: Some("doctor"),
        limit: 25,
        keep: None,
    };
    let found = client.search(host, query).await?;
    let found = found.hits.iter().any(|hit| hit.name == REPOSITORY);
    ensure(found, "search does not find the repository")?;
    steps.passed(&format!("catalog, tags and search find {REPOSITORY}:{TAG}"))
}

/// Takes up what the killed process left; only the rest may come.
async fn resume(
    session: &Session,
    store: &Layout,
    reference: &Reference,
    made: &Made,
    steps: &mut Steps,
) -> Result<()> {
    steps.begin("resume");
    let meter = Arc::new(Meter::default());
    let client = session.client(WhenBroken::Fail, meter.clone());
    let source = Counted::new(client.repository(&reference.name));
    let sink = store.at(&reference.name);
    let options = session.transfer(meter.as_ref(), Some(&sink));
    transfer::copy(&source, &sink, &[item(reference)], &options).await?;
    let (moved, kept) = (meter.moved(), meter.resumed());
    let (requests, parts) = source.ranges();
    ensure(kept > 0, "nothing of the killed pull was kept")?;
    ensure(moved + kept <= made.size, "something was fetched twice")?;
    ensure(parts > 1, "the rest did not come in ranges")?;
    steps.passed(&format!(
        "{} were kept; {} in {requests} requests, {parts} of them ranges",
        units::precise_size(kept),
        told(moved, steps)
    ))
}

async fn verify(
    store: &Layout,
    reference: &Reference,
    made: Made,
    steps: &mut Steps,
) -> Result<u64> {
    steps.begin("verify");
    let (store, name) = (store.clone(), reference.to_string());
    let checked = blocking(move || check::arrived(&store, &name, &made)).await?;
    steps.passed(&format!(
        "{} pieces, {}, hash to their digests, and the program inside is this one",
        checked.pieces,
        told(checked.bytes, steps)
    ))?;
    Ok(checked.bytes)
}

async fn again(
    session: &Session,
    store: &Layout,
    reference: &Reference,
    steps: &mut Steps,
) -> Result<()> {
    steps.begin("again");
    let meter = Arc::new(Meter::default());
    let client = session.client(WhenBroken::Fail, meter.clone());
    let source = client.repository(&reference.name);
    let sink = store.at(&reference.name);
    let options = session.transfer(meter.as_ref(), Some(&sink));
    let outcomes = transfer::copy(&source, &sink, &[item(reference)], &options).await?;
    let changed = outcomes.iter().any(|outcome| outcome.changed);
    ensure(
        !changed && meter.moved() == 0,
        "a second pull was not up to date",
    )?;
    steps.passed("a second pull is up to date and moves nothing")
}

async fn logout(session: &Session, host: &Host, steps: &mut Steps) -> Result<()> {
    steps.begin("logout");
    let chain = session.chain();
    ensure(chain.erase(host).await?, "there was no login to erase")?;
    ensure(chain.list().await.complete()?.is_empty(), "a login is left")?;
    let name = format!("{host}/{REPOSITORY}:{TAG}")
        .parse::<Reference>()?
        .name;
    let selector = Selector::Tag(TAG.parse()?);
    let repository = session.reader().repository(&name);
    let refused = matches!(
        Source::resolve(&repository, &selector).await,
        Err(Error::Denied { .. })
    );
    ensure(refused, "the registry answers without a login")?;
    steps.passed("the login is gone, and the registry refuses without it")
}

fn item(reference: &Reference) -> Item {
    Item {
        label: None,
        reference: reference.clone(),
        selector: reference.selector(),
        tag: reference.tag.clone(),
        platforms: Platforms::All,
        strict: false,
        index: IndexRule::Kept,
    }
}

/// Bytes and the rate they had in this step.
fn told(bytes: u64, steps: &Steps) -> String {
    format!(
        "{} at {}",
        units::precise_size(bytes),
        units::rate(bytes, steps.elapsed())
    )
}
