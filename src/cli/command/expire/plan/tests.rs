use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::cli::command::images_filter::pattern;
use crate::cli::command::tagged::Image;

const NOW: &str = "2026-11-22T00:00:00Z";
const DAY: u64 = 24 * 60 * 60;

fn digest(name: &str) -> Digest {
    Digest::of(name.as_bytes())
}

fn tag(text: &str) -> Tag {
    text.parse().unwrap()
}

/// A repository being put together.
#[derive(Debug, Default)]
struct Shelf(Snapshot);

impl Shelf {
    /// An image made so many days ago, under tags.
    fn image(self, name: &str, days: u64, tags: &[&str]) -> Self {
        let now: Timestamp = NOW.parse().unwrap();
        let age = std::time::Duration::from_secs(days * DAY);
        let image = Image {
            created: Some(now - age),
            complete: true,
            ..Image::default()
        };
        self.put(name, image, tags)
    }

    fn put(mut self, name: &str, image: Image, tags: &[&str]) -> Self {
        self.0.images.insert(digest(name), Arc::new(image));
        for text in tags {
            self.0.tags.insert(tag(text), digest(name));
        }
        self
    }

    fn changed(mut self, name: &str, change: impl FnOnce(&mut Image)) -> Self {
        let image = self.0.images.get_mut(&digest(name)).unwrap();
        change(Arc::make_mut(image));
        self
    }

    /// `list` becomes an index of `names`, and so of what those list.
    fn lists(self, list: &str, names: &[&str]) -> Self {
        let listed = names.iter().map(|name| digest(name));
        let deeper = listed.clone().filter_map(|digest| self.0.image(&digest));
        let below = deeper.flat_map(|image| image.below.clone());
        let below = below.chain(listed).collect();
        self.changed(list, |image| image.below = below)
    }

    fn judged(&self, rules: &Rules) -> BTreeMap<Tag, Verdict> {
        judge(rules, &self.0, NOW.parse().unwrap())
    }

    /// The tags that go, in their order.
    fn going(&self, rules: &Rules) -> Vec<String> {
        let judged = self.judged(rules).into_iter();
        let going = judged.filter(|(_, verdict)| !verdict.stays());
        going.map(|(tag, _)| tag.to_string()).collect()
    }

    fn verdict(&self, rules: &Rules, of: &str) -> Verdict {
        self.judged(rules)[&tag(of)].clone()
    }
}

fn keep(count: usize) -> Rules {
    Rules {
        keep: Some(count),
        ..Rules::default()
    }
}

fn older_than(days: u64) -> Rules {
    Rules {
        older_than: Some(Duration::from_secs(days * DAY)),
        ..Rules::default()
    }
}

fn sig(of: &str) -> String {
    format!("{}.sig", digest(of).tie())
}

#[test]
fn the_newest_images_stay_and_tags_of_one_image_count_once() {
    let shelf = Shelf::default()
        .image("a", 1, &["3", "latest"])
        .image("b", 2, &["2"])
        .image("c", 3, &["1", "old"]);
    assert_eq!(shelf.going(&keep(2)), ["1", "old"]);
    assert_eq!(shelf.going(&keep(0)).len(), 5);
    assert_eq!(shelf.verdict(&keep(2), "2"), Verdict::Stays(Reason::Newest));
}

#[test]
fn images_of_one_moment_are_ordered_by_version() {
    let shelf = Shelf::default()
        .image("a", 5, &["1.9"])
        .image("b", 5, &["1.10"])
        .image("c", 5, &["edge"]);
    assert_eq!(shelf.going(&keep(1)), ["1.9", "edge"]);
    assert_eq!(shelf.going(&keep(2)), ["edge"]);
}

#[test]
fn age_and_number_must_both_allow_it() {
    let shelf = Shelf::default()
        .image("a", 10, &["a"])
        .image("b", 40, &["b"])
        .image("c", 50, &["c"]);
    assert_eq!(shelf.going(&older_than(30)), ["b", "c"]);
    assert_eq!(shelf.going(&older_than(40)), ["b", "c"]);
    assert_eq!(shelf.going(&older_than(41)), ["c"]);
    let both = Rules {
        keep: Some(2),
        ..older_than(30)
    };
    assert_eq!(shelf.going(&both), ["c"]);
}

#[test]
fn only_what_matches_is_counted_and_goes() {
    let rules = |matching: &[&str], except: &[&str]| {
        let patterns = |texts: &[&str]| texts.iter().map(|text| pattern(text).unwrap()).collect();
        Rules {
            matching: patterns(matching),
            except: patterns(except),
            ..keep(1)
        }
    };
    let shelf = Shelf::default()
        .image("a", 1, &["v2"])
        .image("b", 2, &["pr-2"])
        .image("c", 3, &["pr-1", "v1"])
        .image("d", 4, &["dev-1"]);
    assert_eq!(shelf.going(&rules(&["pr-*"], &[])), ["pr-1"]);
    assert_eq!(
        shelf.going(&rules(&["pr-*", "dev-*"], &[])),
        ["dev-1", "pr-1"]
    );
    assert_eq!(shelf.going(&rules(&[], &["v*", "pr-1"])), ["dev-1"]);
    let verdict = shelf.verdict(&rules(&["pr-*"], &[]), "pr-1");
    assert_eq!(verdict, Verdict::GoesAlone(tag("v1")));
}

#[test]
fn an_image_that_tells_no_time_or_an_impossible_one_stays_and_takes_no_place() {
    let ageless = Image {
        complete: true,
        ..Image::default()
    };
    let epoch = Image {
        created: Some(Timestamp::UNIX_EPOCH),
        ..ageless.clone()
    };
    let shelf = Shelf::default()
        .put("none", ageless, &["none"])
        .put("epoch", epoch, &["epoch"])
        .image("a", 400, &["a"])
        .image("b", 500, &["b"]);
    for rules in [keep(1), older_than(450)] {
        assert_eq!(shelf.going(&rules), ["b"]);
        for of in ["none", "epoch"] {
            assert_eq!(shelf.verdict(&rules, of), Verdict::Stays(Reason::Ageless));
        }
    }
}

#[test]
fn what_a_remaining_index_lists_is_at_most_untagged() {
    let shelf = Shelf::default()
        .image("index", 1, &["v1"])
        .image("amd64", 9, &["v1-amd64"])
        .lists("index", &["amd64", "arm64"]);
    let verdict = shelf.verdict(&keep(1), "v1-amd64");
    assert_eq!(verdict, Verdict::GoesAlone(tag("v1")));
    assert_eq!(shelf.verdict(&keep(0), "v1-amd64"), Verdict::Goes);
}

#[test]
fn what_is_attached_stays_and_goes_with_its_image() {
    let shelf = Shelf::default()
        .image("index", 1, &["v2"])
        .lists("index", &["amd64"])
        .image("old", 9, &["v1"])
        .image("sig-amd64", 400, &[&sig("amd64")])
        .image("sig-old", 1, &[&sig("old")])
        .image("sig-of-sig", 1, &[&sig("sig-old")])
        .image("sig-lost", 400, &[&sig("nowhere")])
        .image("sbom", 400, &["v2-sbom"])
        .changed("sbom", |sbom| sbom.subjects = [digest("index")].into())
        .image("about-sbom", 400, &["note"])
        .changed("about-sbom", |note| note.subjects = [digest("sbom")].into());
    let rules = older_than(5);
    let mut gone = [sig("old"), sig("sig-old"), "v1".to_owned()];
    gone.sort();
    assert_eq!(shelf.going(&rules), gone);
    assert_eq!(shelf.verdict(&rules, &sig("old")), Verdict::GoesAlong);
    for attached in [&sig("amd64"), "v2-sbom", "note"] {
        let verdict = shelf.verdict(&rules, attached);
        assert_eq!(verdict, Verdict::Stays(Reason::Attached), "{attached}");
    }
    let lost = shelf.verdict(&rules, &sig("nowhere"));
    assert_eq!(lost, Verdict::Stays(Reason::Adrift));
}

#[test]
fn beside_what_cannot_be_read_tags_go_alone_at_most() {
    let mut shelf = Shelf::default()
        .image("a", 9, &["a"])
        .image("sig", 9, &[&sig("a")]);
    assert_eq!(shelf.verdict(&keep(0), "a"), Verdict::Goes);
    shelf.0.unread.insert(tag("old"), false);
    assert_eq!(shelf.verdict(&keep(0), "a"), Verdict::Goes);
    assert_eq!(
        shelf.verdict(&keep(0), "old"),
        Verdict::Stays(Reason::Unread)
    );
    shelf.0.unread.insert(tag("dark"), true);
    assert_eq!(
        shelf.verdict(&keep(0), "a"),
        Verdict::GoesAlone(tag("dark"))
    );
    assert_eq!(shelf.going(&keep(0)), ["a"]);
}

/// Repositories of a few images that list and are about each other at random.
fn shelves() -> impl Strategy<Value = Shelf> {
    let image = (
        0..60_u64,
        prop::bool::weighted(0.8),
        prop::collection::vec(0..8_usize, 0..3),
        prop::option::weighted(0.3, 0..8_usize),
        prop::collection::vec(0..4_u8, 0..3),
    );
    prop::collection::vec(image, 1..8).prop_map(|images| {
        let mut shelf = Shelf::default();
        for (at, (days, dated, listed, about, tags)) in images.into_iter().enumerate() {
            let name = at.to_string();
            // Only what came before can be listed or meant: digests make no circles.
            let before = |of: &usize| *of < at;
            let tags: Vec<String> = tags
                .into_iter()
                .map(|kind| match kind {
                    0 if at > 0 => sig(&(at - 1).to_string()),
                    kind => format!("{}{at}", ["v", "v", "pr-", "x"][usize::from(kind)]),
                })
                .collect();
            let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
            let listed: Vec<String> = listed
                .iter()
                .filter(|of| before(of))
                .map(usize::to_string)
                .collect();
            let listed: Vec<&str> = listed.iter().map(String::as_str).collect();
            shelf = shelf.image(&name, days, &tags).lists(&name, &listed);
            shelf = shelf.changed(&name, |image| {
                image.created = image.created.filter(|_| dated);
                image.subjects = about
                    .filter(before)
                    .map(|of| digest(&of.to_string()))
                    .into_iter()
                    .collect();
            });
        }
        shelf
    })
}

#[test]
fn what_is_attached_takes_no_place_of_an_image() {
    let shelf = Shelf::default()
        .image("old", 20, &["v1"])
        .image("new", 10, &["v2"])
        .image("note", 1, &["v1-note"])
        .changed("note", |note| {
            note.subject = Some(digest("old"));
            note.subjects = [digest("old")].into();
        });
    let kept = |keep| {
        shelf.judged(&Rules {
            keep: Some(keep),
            ..Rules::default()
        })
    };
    let one = kept(1);
    assert_eq!(one[&tag("v1")], Verdict::Goes);
    assert_eq!(one[&tag("v1-note")], Verdict::Goes);
    assert_eq!(one[&tag("v2")], Verdict::Stays(Reason::Newest));
    let two = kept(2);
    assert_eq!(two[&tag("v1")], Verdict::Stays(Reason::Newest));
    assert_eq!(two[&tag("v1-note")], Verdict::Stays(Reason::Attached));
}

proptest! {
    #[test]
    fn nothing_that_a_remaining_tag_needs_or_that_is_attached_to_it_goes(
        shelf in shelves(), count in 0..4_usize, days in prop::option::of(0..60_u64),
    ) {
        let rules = Rules {
            older_than: days.map(|days| Duration::from_secs(days * DAY)),
            except: vec![pattern("x*").unwrap()],
            ..keep(count)
        };
        let judged = shelf.judged(&rules);
        prop_assert_eq!(judged.len(), shelf.0.tags.len());
        let staying = judged.iter().filter(|(_, verdict)| verdict.stays());
        let kept: BTreeSet<Digest> = staying.flat_map(|(tag, _)| shelf.0.reach(tag)).collect();
        for (tag, verdict) in judged.iter().filter(|(_, verdict)| !verdict.stays()) {
            let root = shelf.0.tags[tag];
            let is_kept = kept.contains(&root);
            match verdict {
                Verdict::Goes => prop_assert!(!is_kept, "{tag}"),
                Verdict::GoesAlone(keeper) => {
                    prop_assert!(is_kept && judged[keeper].stays(), "{tag}");
                }
                _ => {}
            }
            let about = &shelf.0.image(&root).unwrap().subjects;
            prop_assert!(about.is_disjoint(&kept), "{tag} is about what stays");
            if let Some(to) = tied_to(tag) {
                prop_assert!(kept.iter().all(|digest| digest.tie() != to), "{tag} is tied to what stays");
            }
            prop_assert!(!tag.as_str().starts_with('x'));
        }
    }
}
