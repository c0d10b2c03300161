//! The file through crashes, links, modes and rivals.

use super::*;
use crate::credential::{Credential, Secret};
use crate::oci::Host;

fn basic(password: &str) -> Credential {
    Credential::Basic {
        username: "alice".to_owned(),
        password: Secret::new(password),
    }
}

fn log_in(file: &DockerFile, host: &str, password: &str) -> Result<()> {
    let host: Host = host.parse().unwrap();
    file.update(|config| config.set_login(&host, Some(&basic(password))))
}

fn in_folder(folder: &tempfile::TempDir) -> DockerFile {
    DockerFile::new(folder.path().join("config.json"))
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// The mask belongs to the whole process, so the test runs itself again in one that has an open mask.
#[cfg(unix)]
#[test]
fn a_login_under_an_open_mask_is_private_and_keeps_what_was_there() {
    const MARK: &str = "RG_TEST_UMASK_IS_OPEN";
    if std::env::var_os(MARK).is_none() {
        let name = "credential::file::tests::a_login_under_an_open_mask_is_private_and_keeps_what_was_there";
        let output = std::process::Command::new("/bin/sh")
            .args(["-c", "umask 000; exec \"$0\" --exact \"$1\" --nocapture"])
            .arg(std::env::current_exe().unwrap())
            .arg(name)
            .env(MARK, "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}"
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let open = folder.path().join("open");
    std::fs::write(&open, "").unwrap();
    assert_eq!(mode(&open), 0o666, "the mask is open");
    let file = DockerFile::new(folder.path().join("new/folder/config.json"));
    log_in(&file, "r.example", "p").unwrap();
    assert_eq!(mode(file.path()), 0o600);
    assert_eq!(mode(&folder.path().join("new")), 0o700);
    assert_eq!(mode(&folder.path().join("new/folder")), 0o700);
    let foreign = "{ \"currentContext\":\"x\",\r\n   \"auths\": {\"old.example\":{\"auth\":\"YTpi\"}}, \"n\": 1.0}\n";
    std::fs::write(file.path(), foreign).unwrap();
    std::fs::set_permissions(
        file.path(),
        std::os::unix::fs::PermissionsExt::from_mode(0o644),
    )
    .unwrap();
    log_in(&file, "r.example", "p").unwrap();
    assert_eq!(mode(file.path()), 0o600);
    assert_eq!(
        std::fs::read_to_string(file.path()).unwrap(),
        "{\n\t\"currentContext\": \"x\",\n\t\"auths\": {\n\t\t\"old.example\": {\n\t\t\t\"auth\": \"YTpi\"\n\t\t},\n\t\t\
         \"r.example\": {\n\t\t\t\"auth\": \"YWxpY2U6cA==\"\n\t\t}\n\t},\n\t\"n\": 1.0\n}"
    );
}

#[cfg(unix)]
#[test]
fn a_stricter_mode_and_the_owner_are_kept() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    let folder = tempfile::tempdir().unwrap();
    let file = in_folder(&folder);
    std::fs::write(file.path(), "{}").unwrap();
    std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o440)).unwrap();
    if rustix::process::geteuid().is_root() {
        chown(file.path(), Some(4321), Some(4322)).unwrap();
    }
    let before = std::fs::metadata(file.path()).unwrap();
    log_in(&file, "r.example", "p").unwrap();
    let after = std::fs::metadata(file.path()).unwrap();
    assert_eq!(mode(file.path()), 0o400);
    assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
    assert_ne!(
        after.ino(),
        before.ino(),
        "it was replaced, not written over"
    );
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_stays_and_the_file_behind_it_changes() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let real = folder.path().join("dotfiles");
    std::fs::create_dir(&real).unwrap();
    std::fs::create_dir(folder.path().join("docker")).unwrap();
    let link = folder.path().join("docker/config.json");
    symlink("../dotfiles/docker.json", &link).unwrap();
    let file = DockerFile::new(link.clone());
    for password in ["first", "second"] {
        log_in(&file, "r.example", password).unwrap();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        let text = std::fs::read_to_string(real.join("docker.json")).unwrap();
        assert!(text.contains("r.example"), "{text}");
    }
    let circle = folder.path().join("circle");
    symlink("circle", &circle).unwrap();
    assert_eq!(
        log_in(&DockerFile::new(circle), "r.example", "p")
            .unwrap_err()
            .exit_code(),
        7
    );
}

#[test]
fn a_file_that_is_not_understood_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let file = in_folder(&folder);
    for text in [
        "{\"auths\":",
        "[]",
        "{\"a\":1,\"a\":2}",
        "{\"auths\":[]}",
        "\u{0}",
    ] {
        std::fs::write(file.path(), text).unwrap();
        let error = log_in(&file, "r.example", "hunter2").unwrap_err();
        assert!(matches!(error, Error::BadFile { .. }), "{error}");
        assert_eq!(std::fs::read_to_string(file.path()).unwrap(), text);
    }
    let folder = tempfile::tempdir().unwrap();
    let folder_instead = DockerFile::new(folder.path().to_owned());
    assert_eq!(folder_instead.read().err().unwrap().exit_code(), 7);
}

#[test]
fn an_absent_or_empty_file_is_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = in_folder(&folder);
    assert!(file.read().unwrap().hosts().unwrap().is_empty());
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "reading leaves no trace"
    );
    std::fs::write(file.path(), "\n").unwrap();
    assert!(file.read().unwrap().hosts().unwrap().is_empty());
    let below_a_file = DockerFile::new(file.path().join("config.json"));
    assert!(below_a_file.read().unwrap().hosts().unwrap().is_empty());
}

#[test]
fn logins_at_the_same_time_all_stay() {
    let folder = tempfile::tempdir().unwrap();
    let file = in_folder(&folder);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let file = &file;
            scope.spawn(move || {
                for number in 0..5 {
                    log_in(file, &format!("r{thread}-{number}.example"), "p").unwrap();
                }
            });
        }
    });
    assert_eq!(file.read().unwrap().hosts().unwrap().len(), 20);
}

#[test]
fn a_reader_sees_a_whole_file_at_every_instant() {
    let folder = tempfile::tempdir().unwrap();
    let file = in_folder(&folder);
    log_in(&file, "r.example", "p").unwrap();
    let done = std::sync::atomic::AtomicBool::new(false);
    let reads = std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut reads = 0;
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                let hosts = file.read().unwrap().hosts().unwrap();
                assert!(!hosts.is_empty(), "the first login is always there");
                reads += 1;
            }
            reads
        });
        for number in 0..200 {
            let password = "p".repeat(number * 50);
            log_in(&file, &format!("r{}.example", number % 7), &password).unwrap();
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        reader.join().unwrap()
    });
    assert!(reads > 0);
    assert_eq!(file.read().unwrap().hosts().unwrap().len(), 8);
}

#[test]
fn what_a_killed_login_left_is_swept_away() {
    let folder = tempfile::tempdir().unwrap();
    let file = in_folder(&folder);
    std::fs::write(folder.path().join(".config.json.abc123.new"), "{\"auths\":").unwrap();
    std::fs::write(folder.path().join(".config.json.mine"), "not ours").unwrap();
    log_in(&file, "r.example", "p").unwrap();
    let mut names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        [".config.json.mine", "config.json", "config.json.lock"]
    );
}
