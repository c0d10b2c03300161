//! Unfinished uploads on disk.

use super::*;

struct World {
    folder: tempfile::TempDir,
    registry: Url,
    name: Name,
    digest: Digest,
}

impl World {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            registry: "https://r.example/".parse().unwrap(),
            name: "r.example/a/b".parse().unwrap(),
            digest: Digest::of(b"blob"),
        }
    }

    /// As another process would see it.
    fn unfinished(&self) -> Unfinished {
        Unfinished {
            folder: Some(self.folder.path().join("state/uploads")),
            swept: OnceLock::new(),
        }
    }

    async fn place(&self) -> Option<(Place, Option<Note>)> {
        let unfinished = self.unfinished();
        unfinished
            .place(&self.registry, &self.name, &self.digest)
            .await
    }

    /// A note that a run has left.
    async fn leave(&self) -> PathBuf {
        let (place, _) = self.place().await.unwrap();
        let path = place.path.clone();
        place.write(&location(), 7, 5).await.unwrap();
        path
    }
}

fn location() -> Url {
    "https://r.example/up/1?_state=x%2F%3d".parse().unwrap()
}

#[tokio::test]
async fn what_one_run_notes_the_next_one_finds_to_the_letter() {
    let world = World::new();
    let path = world.leave().await;
    let (mut place, note) = world.place().await.unwrap();
    let note = note.unwrap();
    assert_eq!(note.location, location().as_str());
    assert_eq!((note.has, note.least), (7, 5));
    place.clear().await;
    drop(place);
    assert!(!path.exists());
    assert!(world.place().await.unwrap().1.is_none());
}

#[tokio::test]
async fn an_upload_belongs_to_one_process_at_a_time() {
    let world = World::new();
    world.leave().await;
    let (place, _) = world.place().await.unwrap();
    assert!(world.place().await.is_none());
    // Still after the file was replaced.
    let place = place.write(&location(), 8, 0).await.unwrap();
    assert!(world.place().await.is_none());
    drop(place);
    assert_eq!(world.place().await.unwrap().1.unwrap().has, 8);
}

#[tokio::test]
async fn of_two_that_begin_at_once_one_is_kept() {
    let world = World::new();
    let (one, _) = world.place().await.unwrap();
    let (other, _) = world.place().await.unwrap();
    let one = one.write(&location(), 1, 0).await;
    assert!(one.is_some());
    assert!(other.write(&location(), 2, 0).await.is_none());
    drop(one);
    assert_eq!(world.place().await.unwrap().1.unwrap().has, 1);
}

#[tokio::test]
async fn another_upload_is_not_found() {
    let mut world = World::new();
    world.leave().await;
    world.digest = Digest::of(b"other");
    assert!(world.place().await.unwrap().1.is_none());
    world.digest = Digest::of(b"blob");
    world.registry = "http://r.example/".parse().unwrap();
    assert!(world.place().await.unwrap().1.is_none());
}

#[tokio::test]
async fn a_damaged_note_is_none_and_is_written_over() {
    let world = World::new();
    let path = world.leave().await;
    let good = std::fs::read(&path).unwrap();
    for bad in [&b""[..], b"{}", b"\0\xff", &good[..good.len() / 2]] {
        std::fs::write(&path, bad).unwrap();
        let (place, note) = world.place().await.unwrap();
        assert!(note.is_none());
        assert!(place.write(&location(), 9, 0).await.is_some());
        assert_eq!(world.place().await.unwrap().1.unwrap().has, 9);
    }
}

#[tokio::test]
async fn an_old_note_is_none_and_its_file_is_swept_away() {
    let world = World::new();
    let path = world.leave().await;
    let mut note: Note = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let now = SystemTime::now();
    assert!(note.is_young(now) && !note.is_young(now + KEPT));
    note.written = seconds(now) + 3600;
    assert!(!note.is_young(now), "from the future");
    let folder = path.parent().unwrap();
    sweep_away(folder, now);
    assert!(path.exists());
    let held = world.place().await.unwrap();
    sweep_away(folder, now + KEPT * 2);
    assert!(path.exists(), "it is in use");
    drop(held);
    sweep_away(folder, now + KEPT * 2);
    assert!(!path.exists());
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_user_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    let path = world.leave().await;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_or_a_pipe_in_its_place_is_not_followed() {
    let world = World::new();
    let path = world.leave().await;
    let elsewhere = world.folder.path().join("elsewhere");
    std::fs::rename(&path, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
    assert!(world.place().await.is_none());
}
