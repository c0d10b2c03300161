//! The house plan, enforced: which room of `src/` may import which, who may print, read the environment or know a
//! library, and that no test file lies around without being run.
//!
//! It reads sources, not symbols: comments and texts are left out, then every path that starts at `crate` or climbs out
//! of its room by `super` counts. Code below `#[cfg(test)]` is free to import what it likes.

mod words;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use words::{read_tree, test_module, tokens};

/// Who may import whom. A room may always import itself.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("oci", &[]),
    ("error", &["oci"]),
    ("event", &["oci"]),
    ("config", &["oci", "error", "event"]),
    ("credential", &["oci", "error", "event", "config"]),
    ("store", &["oci", "error", "event"]),
    (
        "registry",
        &["oci", "error", "event", "config", "credential", "store"],
    ),
    ("transfer", &["oci", "error", "event", "store"]),
    ("rootfs", &["oci", "error", "event", "store"]),
    ("serve", &["oci", "error", "event", "store"]),
    (
        "cli",
        &[
            "oci",
            "error",
            "event",
            "config",
            "credential",
            "store",
            "registry",
            "transfer",
            "rootfs",
            "serve",
        ],
    ),
];

/// Rooms that see the contract of `store` and none of its places.
const CONTRACT_ONLY: &[&str] = &["registry", "transfer"];
/// What is part of that contract although it is no trait: files and functions over the traits.
const CONTRACT_FILES: &[&str] = &["ranges", "read_blob"];

/// What the crate root hands on, and the room it comes from.
const RE_EXPORTS: &[(&str, &str)] = &[("Error", "error"), ("Result", "error")];

/// Crates, modules and macros that only some rooms may know.
const KEPT_TO: &[(&str, Rooms)] = &[
    ("clap", Rooms::Only(&["cli"])),
    ("clap_complete", Rooms::Only(&["cli"])),
    ("clap_mangen", Rooms::Only(&["cli"])),
    ("indicatif", Rooms::Only(&["cli"])),
    ("anstream", Rooms::Only(&["cli"])),
    ("rpassword", Rooms::Only(&["cli"])),
    ("println!", Rooms::Only(&["cli"])),
    ("print!", Rooms::Only(&["cli"])),
    ("eprintln!", Rooms::Only(&["cli"])),
    ("eprint!", Rooms::Only(&["cli"])),
    ("dbg!", Rooms::Only(&[])),
    ("io::stdout", Rooms::Only(&["cli"])),
    ("io::stderr", Rooms::Only(&["cli"])),
    ("env::var", Rooms::Only(&["config"])),
    ("env::vars", Rooms::Only(&["config"])),
    ("env::var_os", Rooms::Only(&["config"])),
    ("env::vars_os", Rooms::Only(&["config"])),
    ("tokio", Rooms::AllBut(&["oci"])),
    ("std::fs", Rooms::AllBut(&["oci"])),
    ("reqwest", Rooms::AllBut(&["oci", "transfer"])),
    ("axum", Rooms::Only(&["serve"])),
];

enum Rooms {
    Only(&'static [&'static str]),
    AllBut(&'static [&'static str]),
}

impl Rooms {
    fn contain(&self, room: &str) -> bool {
        match self {
            Self::Only(rooms) => rooms.contains(&room),
            Self::AllBut(rooms) => !rooms.contains(&room),
        }
    }
}

#[test]
fn no_room_imports_what_it_must_not_know() {
    let mut faults = String::new();
    for source in program() {
        for fault in source.imports() {
            writeln!(faults, "{}: {fault}", source.path.display()).unwrap();
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn only_the_rooms_that_may_know_a_library_or_a_terminal_do() {
    let mut faults = String::new();
    for source in program() {
        for fault in source.outside() {
            writeln!(faults, "{}: {fault}", source.path.display()).unwrap();
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn no_test_file_is_forgotten() {
    let files = sources("tests");
    let mut declared: Vec<PathBuf> = vec!["main.rs".into()];
    for file in &files {
        for words in file.tokens.windows(3) {
            if let [first, name, last] = words
                && first == "mod"
                && last == ";"
            {
                declared.extend(file.files_of(name));
            }
        }
    }
    let forgotten: Vec<_> = files
        .iter()
        .map(|file| &file.path)
        .filter(|path| !declared.contains(path))
        .collect();
    assert!(forgotten.is_empty(), "no `mod` names {forgotten:?}");
}

#[test]
fn the_reader_of_sources_sees_every_way_to_import() {
    let store = |text: &str| imports_of("store/layout.rs", text);
    assert_eq!(
        store("use crate::config::Config;"),
        ["store must not import config"]
    );
    assert_eq!(
        store("use crate::{oci::{Digest, Name}, error::Result, cli::{self, run}};"),
        ["store must not import cli", "store must not import cli"]
    );
    assert_eq!(store("fn f() -> crate::registry::Client {}").len(), 1);
    assert_eq!(store("use super::super::serve;").len(), 1);
    assert_eq!(store("use super::{Source, super::serve};").len(), 1);
    assert_eq!(store("use crate::nowhere::X;"), ["nowhere is no room"]);
    assert_eq!(store("use crate::*;"), ["* is no room"]);
    assert_eq!(
        imports_of("attic/mod.rs", ""),
        ["attic is no room of the plan"]
    );
    let transfer = |text: &str| imports_of("transfer/mod.rs", text);
    assert_eq!(
        transfer("use crate::store::{Source, layout::Layout};"),
        ["transfer must not import store::layout, only the traits of store"]
    );
    assert_eq!(
        transfer("use crate::store::{Sink, Source, ranges};").len(),
        0
    );
}

#[test]
fn the_reader_of_sources_is_not_fooled_by_what_is_no_import() {
    for text in [
        "// use crate::cli;\n/* crate::cli /* nested */ crate::cli */",
        "const A: &str = \"crate::cli \\\" crate::cli\"; const B: &str = r#\"crate::cli \" \"#;",
        "fn f<'a>(x: &'a str) { let q = '\"'; let r = '\\''; } // \" crate::cli",
        "use super::Source; use self::partial::Partial; use crate::store::layout; use crate::Result;",
        "fn f() {}\n#[cfg(test)]\nmod tests { use crate::cli; }",
        "#[cfg(all(test, unix))]\n#[allow(dead_code)]\npub(super) mod tests { use crate::cli; }",
        "pub(crate) struct A; pub(in crate::store) struct B;",
    ] {
        assert!(imports_of("store/layout.rs", text).is_empty(), "{text}");
    }
    let after = "#[cfg(test)]\nuse crate::oci::Name;\nuse crate::cli;";
    assert_eq!(
        imports_of("store/layout.rs", after).len(),
        1,
        "only a module ends the search"
    );
}

#[test]
fn the_reader_of_sources_sees_libraries_and_terminals() {
    let outside = |path: &str, text: &str| Source::new(PathBuf::from(path), text).outside();
    assert_eq!(
        outside("store/mod.rs", "fn f() { println!(\"x\") }").len(),
        1
    );
    assert_eq!(
        outside(
            "store/mod.rs",
            "fn f() { let mut out = std::io::stdout(); }"
        )
        .len(),
        1
    );
    assert_eq!(
        outside("config/mod.rs", "#[derive(clap::Args)] struct A;").len(),
        1
    );
    assert_eq!(outside("oci/name.rs", "use tokio::fs;").len(), 1);
    assert_eq!(outside("transfer/mod.rs", "use reqwest::Url;").len(), 1);
    assert_eq!(
        outside("registry/mod.rs", "fn f() { std::env::var(\"A\"); }").len(),
        1
    );
    assert_eq!(outside("cli/mod.rs", "fn f() { println!(\"x\") }").len(), 0);
    assert_eq!(
        outside("store/mod.rs", "fn f(c: C) { c.stdout(pipe()) }").len(),
        0
    );
}

fn imports_of(path: &str, text: &str) -> Vec<String> {
    Source::new(PathBuf::from(path), text).imports()
}

/// One source file: its path below `src` or `tests`, and the words of its code, tests left out.
struct Source {
    path: PathBuf,
    tokens: Vec<String>,
    /// Modules with a file of their own that are only for tests.
    tests: Vec<String>,
}

/// Every file of the program, without those that are only for tests.
fn program() -> Vec<Source> {
    let mut files = sources("src");
    let tests: Vec<PathBuf> = files
        .iter()
        .flat_map(|file| file.tests.iter().flat_map(|name| file.files_of(name)))
        .collect();
    files.retain(|file| !tests.contains(&file.path));
    files
}

/// Every `.rs` file below a folder of this package.
fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push(Source::new(path.strip_prefix(&root).unwrap().into(), &text));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} has sources");
    found
}

impl Source {
    fn new(path: PathBuf, text: &str) -> Self {
        let mut tokens = tokens(text);
        let mut tests = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            match test_module(&tokens, at) {
                // A test module with a body ends a file by custom.
                Some((_, "{")) => tokens.truncate(at),
                Some((name, _)) => tests.push(name.to_owned()),
                None => {}
            }
            at += 1;
        }
        Self {
            path,
            tokens,
            tests,
        }
    }

    /// Where the modules below this one have their files, by their name.
    fn files_of(&self, module: &str) -> [PathBuf; 2] {
        let folder = match self.path.file_name().and_then(|name| name.to_str()) {
            Some("main.rs" | "lib.rs" | "mod.rs") => self.path.parent().unwrap().to_owned(),
            _ => self.path.with_extension(""),
        };
        [
            folder.join(format!("{module}.rs")),
            folder.join(module).join("mod.rs"),
        ]
    }

    /// The module path of this file, from the crate root.
    fn module(&self) -> Vec<String> {
        let path = self.path.with_extension("");
        let mut module: Vec<String> = path
            .iter()
            .map(|part| part.to_string_lossy().into_owned())
            .collect();
        if module
            .last()
            .is_some_and(|last| last == "mod" || last == "lib")
        {
            module.pop();
        }
        module
    }

    /// What it imports and must not.
    fn imports(&self) -> Vec<String> {
        let module = self.module();
        // The crate root and the program itself stand above all rooms.
        let Some(room) = module.first().filter(|room| *room != "main") else {
            return Vec::new();
        };
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| name == room) else {
            return vec![format!("{room} is no room of the plan")];
        };
        let mut faults = Vec::new();
        for path in self.paths(&module) {
            let target = RE_EXPORTS
                .iter()
                .find(|(name, _)| *name == path[0])
                .map_or(path[0].as_str(), |(_, room)| room);
            if target == room {
                continue;
            }
            if !MAY_IMPORT.iter().any(|(name, _)| *name == target) {
                faults.push(format!("{target} is no room"));
            } else if !allowed.contains(&target) {
                faults.push(format!("{room} must not import {target}"));
            } else if target == "store" && CONTRACT_ONLY.contains(&room.as_str()) {
                let place = path.get(1).filter(|place| {
                    place.starts_with(char::is_lowercase)
                        && !CONTRACT_FILES.contains(&place.as_str())
                        && *place != "self"
                });
                if let Some(place) = place {
                    faults.push(format!(
                        "{room} must not import store::{place}, only the traits of store"
                    ));
                }
            }
        }
        faults
    }

    /// Every path in it that starts at the crate root, or climbs up to it.
    fn paths(&self, module: &[String]) -> Vec<Vec<String>> {
        let mut paths = Vec::new();
        for (at, word) in self.tokens.iter().enumerate() {
            let starts = word == "crate" || word == "super";
            let inside = at > 0 && self.tokens[at - 1] == "::";
            if starts && !inside && self.tokens.get(at + 1).is_some_and(|next| next == "::") {
                read_tree(&self.tokens, at, &[], &mut paths);
            }
        }
        let absolute = paths.into_iter().filter_map(|path| {
            let climbs = path.iter().take_while(|part| *part == "super").count();
            let base = match path.first()?.as_str() {
                "crate" => &[],
                _ => module.get(..module.len().checked_sub(climbs)?)?,
            };
            let rest = &path[climbs.max(1)..];
            Some([base, rest].concat()).filter(|path| !path.is_empty())
        });
        absolute.collect()
    }

    /// What it uses from outside and must not.
    fn outside(&self) -> Vec<String> {
        let module = self.module();
        let room = module.first().map_or("", String::as_str);
        if room.is_empty() {
            return Vec::new();
        }
        // The program itself belongs to the room that talks to people.
        let room = if room == "main" { "cli" } else { room };
        let mut seen = BTreeMap::new();
        for (what, rooms) in KEPT_TO {
            let words = tokens(what);
            let used = self
                .tokens
                .windows(words.len())
                .enumerate()
                .any(|(at, window)| {
                    let member = at > 0 && [".", "::"].contains(&self.tokens[at - 1].as_str());
                    window == words && (!member || words.len() > 1)
                });
            if used && !rooms.contain(room) {
                seen.insert(*what, format!("{room} must not use {what}"));
            }
        }
        seen.into_values().collect()
    }
}
