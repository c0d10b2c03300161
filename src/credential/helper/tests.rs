//! Helpers that behave, and helpers that do not.

use std::io::Write;
use std::path::Path;

use super::*;
use crate::credential::Secret;

/// Writes `docker-credential-NAME` as a shell script and returns its path. Another process writes it: were it open
/// for writing here, a child that another test starts at that moment would inherit it and make it "text file busy".
pub(in crate::credential) fn script(folder: &Path, name: &str, body: &str) -> PathBuf {
    let path = folder.join(format!("docker-credential-{name}"));
    let mut shell = std::process::Command::new("/bin/sh")
        .args(["-c", "cat > \"$0\" && chmod 755 \"$0\""])
        .arg(&path)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let text = format!("#!/bin/sh\n{body}\n");
    shell
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    assert!(shell.wait().unwrap().success());
    path
}

/// An environment whose `PATH` begins with `folder`.
pub(in crate::credential) fn environment(folder: &Path) -> Environment {
    let path = format!("relative:{}:/usr/bin:/bin", folder.display());
    [("PATH".to_owned(), path)].into_iter().collect()
}

fn helper(folder: &Path, body: &str) -> Helper {
    script(folder, "test", body);
    Helper::new("test", &environment(folder)).unwrap()
}

/// What `get` makes of a helper with this body.
async fn get(body: &str) -> Result<Option<Credential>, String> {
    let folder = tempfile::tempdir().unwrap();
    let got = helper(folder.path(), body).get("r.example").await;
    got.map_err(|error| {
        assert!(matches!(error, Error::Credential { .. }) && error.exit_code() == 4);
        assert!(error.to_string().contains("docker-credential-test"));
        assert!(!error.to_string().contains("hunter2"), "{error}");
        error.to_string()
    })
}

#[tokio::test]
async fn a_login_is_got() {
    let basic = Credential::Basic {
        username: "alice".to_owned(),
        password: Secret::new("hunter2"),
    };
    let full = r#"cat >/dev/null; echo '{"ServerURL":"x","Username":"alice","Secret":"hunter2"}'"#;
    assert_eq!(get(full).await, Ok(Some(basic.clone())));
    let without_server = r#"echo '{"Username":"alice","Secret":"hunter2"}'"#;
    assert_eq!(get(without_server).await, Ok(Some(basic)));
    let identity = Credential::Identity {
        username: String::new(),
        token: Secret::new("t"),
    };
    let token = r#"echo '{"ServerURL":"x","Username":"<token>","Secret":"t"}'"#;
    assert_eq!(get(token).await, Ok(Some(identity)));
}

#[tokio::test]
async fn not_found_and_empty_fields_are_no_login() {
    assert_eq!(get(&format!("echo {NOT_FOUND}; exit 1")).await, Ok(None));
    assert_eq!(
        get(&format!("echo {NOT_FOUND} >&2; exit 1")).await,
        Ok(None)
    );
    assert_eq!(
        get(r#"echo '{"ServerURL":"","Username":"","Secret":""}'"#).await,
        Ok(None)
    );
}

#[tokio::test]
async fn rubbish_is_an_error_that_does_not_repeat_it() {
    for body in [
        "echo hunter2",
        "echo '{\"Secret\":[\"hunter2\"]}'",
        "true",
        "echo '{}'",
    ] {
        let error = get(body).await.unwrap_err();
        assert!(
            error.contains("not JSON with Username and Secret"),
            "{body}: {error}"
        );
    }
    let error = get(r#"echo '{"Secret":"hunter2"}'; exit 1"#)
        .await
        .unwrap_err();
    assert!(error.contains("left out"), "{error}");
}

#[tokio::test]
async fn a_failing_helper_is_told_in_its_own_raw_words() {
    let error = get("printf '\\033[31mlocked\\n'; exit 3")
        .await
        .unwrap_err();
    assert!(
        error.contains("exit status: 3: \u{1b}[31mlocked"),
        "{error:?}"
    );
    let error = get("echo 'no bus' >&2; exit 1").await.unwrap_err();
    assert!(error.contains("no bus"), "{error}");
    let error = get("kill -9 $$").await.unwrap_err();
    assert!(
        error.contains("signal: 9") && error.contains("said nothing"),
        "{error}"
    );
    let long =
        get("i=0; while [ $i -lt 2000 ]; do printf '\u{e9}'; i=$((i+1)); done; exit 1").await;
    assert!(long.unwrap_err().len() < MAX_WORDS + 200);
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let error = get("exec cat /dev/zero").await.unwrap_err();
    assert!(error.contains("more than 64 KiB"), "{error}");
    let error = get("head -c 1048576 /dev/zero").await.unwrap_err();
    assert!(error.contains("more than 64 KiB"), "{error}");
}

#[tokio::test]
async fn words_on_stderr_do_not_hold_a_helper_up() {
    let body = r#"head -c 1048576 /dev/zero >&2; echo '{"Username":"","Secret":""}'"#;
    assert_eq!(get(body).await, Ok(None));
    let daemon = r#"sleep 5 >/dev/null </dev/null & echo '{"Username":"","Secret":""}'"#;
    assert_eq!(
        get(daemon).await,
        Ok(None),
        "a daemon that holds stderr is not waited for"
    );
}

#[tokio::test]
async fn a_hanging_helper_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let pid = folder.path().join("pid");
    let body = format!(
        "echo $$ > {0}.new; mv {0}.new {0}; exec sleep 1000",
        pid.display()
    );
    let hanging = Helper {
        limit: Duration::from_millis(500),
        ..helper(folder.path(), &body)
    };
    let error = hanging.get("r.example").await.unwrap_err().to_string();
    assert!(error.contains("no answer to `get` within 0.5 s"), "{error}");
    // Under load it may have been killed before it wrote its number: dead as well.
    let Ok(pid) = std::fs::read_to_string(&pid) else {
        return;
    };
    let pid = rustix::process::Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    while rustix::process::test_kill_process(pid).is_ok() {
        assert!(std::time::Instant::now() < deadline, "it still runs");
        // Lets the runtime reap it.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_missing_or_unusable_helper_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let missing = Helper::new("missing", &environment(folder.path())).unwrap();
    let error = missing.get("r.example").await.unwrap_err();
    assert!(
        error.to_string().contains("no such program on PATH"),
        "{error}"
    );
    std::fs::write(folder.path().join("docker-credential-plain"), "").unwrap();
    let plain = Helper::new("plain", &environment(folder.path())).unwrap();
    let error = plain.get("r.example").await.unwrap_err();
    assert!(error.to_string().contains("is not executable"), "{error}");
    for name in ["../../evil", "", "a b", "a;b", "a/b", "a\n"] {
        let error = Helper::new(name, &environment(folder.path()))
            .err()
            .unwrap();
        assert_eq!(error.exit_code(), 4, "{name:?}");
    }
    let error = missing.get("r.example\nhost=evil").await.unwrap_err();
    assert!(error.to_string().contains("control characters"), "{error}");
}

#[tokio::test]
async fn a_secret_goes_over_stdin_and_never_into_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let seen = folder.path().join("seen");
    let keeping = helper(
        folder.path(),
        &format!("printf '%s ' \"$@\" > {0}; cat >> {0}", seen.display()),
    );
    let login = Credential::Basic {
        username: "alice".to_owned(),
        password: Secret::new("hunter\"2"),
    };
    keeping.store("r.example", &login).await.unwrap();
    assert_eq!(
        std::fs::read_to_string(seen).unwrap(),
        r#"store {"ServerURL":"r.example","Username":"alice","Secret":"hunter\"2"}"#
    );
    for echo in [
        "cat; exit 1",
        "cat >&2; exit 1",
        "echo 'bad: hunter\"2'; exit 1",
    ] {
        let echoing = helper(folder.path(), echo);
        let error = echoing
            .store("r.example", &login)
            .await
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("left out") && !error.contains("hunter"),
            "{error}"
        );
    }
    let deaf = helper(folder.path(), "exec <&-; exit 0");
    deaf.store("r.example", &login).await.unwrap();
}

#[tokio::test]
async fn servers_are_listed_and_erased() {
    let folder = tempfile::tempdir().unwrap();
    let list = helper(
        folder.path(),
        r#"echo '{"https://index.docker.io/v1/":"alice","r.example":"bob"}'"#,
    );
    assert_eq!(
        list.list().await.unwrap(),
        ["https://index.docker.io/v1/", "r.example"]
    );
    let unknown = helper(folder.path(), &format!("echo {NOT_FOUND}; exit 1"));
    unknown.erase("r.example").await.unwrap();
    assert!(unknown.list().await.is_err());
}
