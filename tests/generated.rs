//! `man/` and `completions/` are what the program prints. `RG_BLESS=1 cargo test generated` writes them anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Shells, and the file each reads.
const SHELLS: [(&str, &str); 5] = [
    ("bash", "rg.bash"),
    ("zsh", "_rg"),
    ("fish", "rg.fish"),
    ("powershell", "_rg.ps1"),
    ("elvish", "rg.elv"),
];

fn print(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_rg"))
        .args(arguments)
        .env_clear()
        .output()
        .unwrap();
    assert!(output.status.success(), "rg {arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The commands that `rg help` lists, but for `help` itself.
fn commands() -> Vec<String> {
    let help = print(&["help"]);
    let listed = help.split("Commands:\n").nth(1).unwrap();
    let names = listed
        .lines()
        .take_while(|line| line.starts_with("  "))
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

/// Every file there should be, with its content.
fn expected() -> BTreeMap<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = BTreeMap::from([(root.join("man/rg.1"), print(&["man"]))]);
    let settings = root.join("man/rg-config.5");
    files.insert(settings, print(&["man", "config.5"]));
    for command in commands() {
        let page = root.join(format!("man/rg-{command}.1"));
        files.insert(page, print(&["man", &command]));
    }
    for (shell, file) in SHELLS {
        files.insert(
            root.join("completions").join(file),
            print(&["completion", shell]),
        );
    }
    files
}

#[test]
fn man_pages_and_completions_are_what_the_program_prints() {
    let expected = expected();
    assert!(
        expected.len() > 20,
        "commands were found: {:?}",
        expected.keys()
    );
    if std::env::var_os("RG_BLESS").is_some() {
        for (path, content) in &expected {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
    }
    for (path, content) in &expected {
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            found == *content,
            "{} is not current: RG_BLESS=1 cargo test generated",
            path.display()
        );
    }
    for folder in ["man", "completions"] {
        for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap()
        {
            let path = entry.unwrap().path();
            assert!(
                expected.contains_key(&path),
                "{} belongs to no command",
                path.display()
            );
        }
    }
}

#[test]
fn every_page_that_the_main_page_names_is_there() {
    let main = print(&["man"]);
    for command in commands() {
        assert!(
            main.contains(&format!("rg\\-{command}(1)")),
            "rg(1) does not name {command}"
        );
    }
}

#[cfg(unix)]
#[test]
fn pages_completions_and_usage_follow_the_name_the_program_is_called_by() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("reg");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_rg"), &other).unwrap();
    let run = |arguments: &[&str]| {
        let output = Command::new(&other)
            .args(arguments)
            .env_clear()
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
    };
    assert!(run(&["man", "pull"]).contains("reg\\-pull"));
    assert!(run(&["completion", "bash"]).contains("_reg()"));
    assert!(run(&["pull", "--help"]).contains("Usage: reg pull"));
    for arguments in [
        &["help"][..],
        &["pull", "--help"],
        &["frobnicate"],
        &["man", "login"],
    ] {
        let text = run(arguments);
        assert!(
            !text.contains("rg pull") && !text.contains("rg login") && !text.contains(" rg "),
            "{text}"
        );
    }
}
