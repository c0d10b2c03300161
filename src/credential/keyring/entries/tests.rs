//! Logins cut and put together over a keyring in memory.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::*;
use crate::credential::Secret;

/// A keyring in memory that is as narrow as Windows' and takes nothing but text, as KDE's. It can be told to fail.
#[derive(Default)]
pub(in crate::credential::keyring) struct Memory {
    entries: Mutex<BTreeMap<(String, String), Vec<u8>>>,
    /// Writes that still succeed.
    writes: Mutex<Option<usize>>,
}

impl Memory {
    fn users_of(&self, service: &str) -> Vec<String> {
        self.users(service).unwrap()
    }

    fn total(&self) -> usize {
        self.entries.lock().unwrap().len()
    }

    fn fail_after(&self, writes: Option<usize>) {
        *self.writes.lock().unwrap() = writes;
    }

    fn may_write(&self) -> Result<(), String> {
        match &mut *self.writes.lock().unwrap() {
            Some(0) => Err("locked".to_owned()),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl Vault for Memory {
    fn connect(&self) -> Result<(), String> {
        Ok(())
    }

    fn get(&self, service: &str, user: &str) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
        let key = (service.to_owned(), user.to_owned());
        let found = self.entries.lock().unwrap().get(&key).cloned();
        Ok(found.map(Zeroizing::new))
    }

    fn set(&self, service: &str, user: &str, secret: &[u8]) -> Result<(), String> {
        assert!(secret.len() <= MAX_ENTRY, "{} bytes", secret.len());
        assert!(std::str::from_utf8(secret).is_ok(), "an entry is a text");
        self.may_write()?;
        let key = (service.to_owned(), user.to_owned());
        self.entries.lock().unwrap().insert(key, secret.to_vec());
        Ok(())
    }

    fn erase(&self, service: &str, user: &str) -> Result<bool, String> {
        self.may_write()?;
        let key = (service.to_owned(), user.to_owned());
        Ok(self.entries.lock().unwrap().remove(&key).is_some())
    }

    fn users(&self, service: &str) -> Result<Vec<String>, String> {
        let entries = self.entries.lock().unwrap();
        let ours = entries.keys().filter(|(other, _)| other == service);
        Ok(ours.map(|(_, user)| user.clone()).collect())
    }
}

pub(in crate::credential::keyring) fn login(secret: impl Into<String>) -> Login {
    Login {
        username: "alice".to_owned(),
        secret: Secret::new(secret),
    }
}

/// A secret of `bytes` bytes without any repetition that a wrong order would hide behind, in characters of three bytes.
fn long(bytes: usize) -> String {
    let words = (0..bytes / 12).map(|number| format!("{number:09x}\u{20ac}"));
    let mut text = words.collect::<Vec<_>>().concat();
    text.extend(std::iter::repeat_n('x', bytes - text.len()));
    text
}

#[test]
fn secrets_of_every_length_come_back_whole() {
    let around = MAX_ENTRY - 100..MAX_ENTRY + 100;
    for bytes in around.chain([1, 20_000, 64 << 10]) {
        let memory = Memory::default();
        let login = login(long(bytes));
        write(&memory, "r.example", &login).unwrap();
        assert_eq!(read(&memory, "r.example"), Ok(Some(login)), "{bytes}");
        assert_eq!(servers(&memory).unwrap(), ["r.example"]);
        assert_eq!(erase(&memory, "r.example"), Ok(true));
        assert_eq!(erase(&memory, "r.example"), Ok(false));
        assert_eq!(memory.total(), 0, "{bytes}");
    }
}

#[test]
fn what_is_too_long_even_in_pieces_is_refused_and_leaves_the_old_login() {
    let memory = Memory::default();
    write(&memory, "r.example", &login("old")).unwrap();
    let error = write(&memory, "r.example", &login(long(MAX_PARTS * MAX_ENTRY))).unwrap_err();
    assert!(error.contains("too long"), "{error}");
    assert_eq!(read(&memory, "r.example"), Ok(Some(login("old"))));
    assert_eq!(memory.total(), 1);
}

#[test]
fn a_login_in_place_of_another_leaves_no_piece_of_it() {
    let memory = Memory::default();
    for bytes in [20_000, 9_000, 3, 20_000] {
        write(&memory, "r.example", &login(long(bytes))).unwrap();
        assert_eq!(read(&memory, "r.example"), Ok(Some(login(long(bytes)))));
        let pieces = memory.users_of(PARTS).len();
        assert_eq!(pieces, if bytes == 3 { 0 } else { bytes / MAX_ENTRY + 1 });
    }
}

#[test]
fn a_write_that_ends_anywhere_leaves_the_old_login_or_the_new_one() {
    for writes in 0..16 {
        let memory = Memory::default();
        write(&memory, "r.example", &login(long(9_000))).unwrap();
        memory.fail_after(Some(writes));
        let written = write(&memory, "r.example", &login(long(8_000)));
        memory.fail_after(None);
        let found = read(&memory, "r.example").unwrap().unwrap();
        assert!(
            found == login(long(9_000)) || found == login(long(8_000)),
            "after {writes} writes"
        );
        if written.is_ok() {
            assert_eq!(found, login(long(8_000)));
        }
        // What was left over goes with the login.
        erase(&memory, "r.example").unwrap();
        assert_eq!(memory.total(), 0, "after {writes} writes");
    }
}

#[test]
fn pieces_that_are_missing_foreign_or_changed_are_an_error_and_no_login() {
    let memory = Memory::default();
    write(&memory, "r.example", &login(long(9_000))).unwrap();
    let pieces = memory.users_of(PARTS);
    let damages: [&dyn Fn(); 3] = [
        &|| assert!(memory.erase(PARTS, &pieces[1]).unwrap()),
        &|| memory.set(PARTS, &pieces[1], b"other").unwrap(),
        &|| {
            let other = memory.get(PARTS, &pieces[0]).unwrap().unwrap();
            memory.set(PARTS, &pieces[1], &other).unwrap();
        },
    ];
    for damage in damages {
        damage();
        let error = read(&memory, "r.example").unwrap_err();
        assert!(error.contains("not whole"), "{error}");
    }
    assert_eq!(erase(&memory, "r.example"), Ok(true));
    assert_eq!(memory.total(), 0);
}

#[test]
fn an_entry_that_is_no_login_is_an_error_that_does_not_repeat_it() {
    let memory = Memory::default();
    for entry in [
        "hunter2",
        "{\"Secret\":\"hunter2\"}",
        r#"{"id":"../x hunter2","parts":1,"digest":"x"}"#,
        r#"{"id":"ab","parts":99999999999,"digest":"hunter2"}"#,
    ] {
        memory.set(SERVICE, "r.example", entry.as_bytes()).unwrap();
        let error = read(&memory, "r.example").unwrap_err();
        assert!(
            error.contains("r.example") && !error.contains("hunter2"),
            "{error}"
        );
    }
}

#[test]
fn pieces_of_one_server_are_not_taken_for_those_of_another() {
    let memory = Memory::default();
    for server in ["r.example", "x r.example", "1 r.example"] {
        write(&memory, server, &login(long(9_000))).unwrap();
    }
    erase(&memory, "r.example").unwrap();
    for server in ["x r.example", "1 r.example"] {
        assert_eq!(read(&memory, server), Ok(Some(login(long(9_000)))));
        erase(&memory, server).unwrap();
    }
    assert_eq!(memory.total(), 0);
}

#[test]
fn a_probe_leaves_nothing_and_is_no_login() {
    let memory = Memory::default();
    probe(&memory).unwrap();
    assert_eq!(memory.total(), 0);
    memory.fail_after(Some(1));
    assert_eq!(probe(&memory), Err("locked".to_owned()));
    assert!(servers(&memory).unwrap().is_empty());
}
