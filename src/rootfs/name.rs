//! Names in a layer: bytes, cleaned and bounded before anything is done with them.
//!
//! A clean name is relative to the root of the image, has neither `.` nor `..` nor empty components, and is empty for
//! the root itself. What would climb out of the root is an error, never cut short: two readers must not disagree about
//! where it leads.

use super::trouble::{Step, Trouble};

/// The longest component, in bytes: what Linux takes (`NAME_MAX`).
pub(super) const MAX_NAME: usize = 255;
/// The longest name, in bytes, without the NUL that the system adds (`PATH_MAX`).
pub(super) const MAX_PATH: usize = 4095;
/// How the name of a file begins that hides another one.
pub(super) const WHITEOUT: &[u8] = b".wh.";
/// The file that hides all that lower layers have in its directory.
pub(super) const OPAQUE: &[u8] = b".wh..wh..opq";
/// How the names begin that AUFS keeps for itself.
pub(super) const AUFS: &[u8] = b".wh..wh.";

/// The clean form of a name, leading slashes dropped.
///
/// # Errors
/// `Bad` for a NUL, a component or a name that is too long, and for what leads out of the root.
pub(super) fn clean(raw: &[u8]) -> Step<Vec<u8>> {
    if raw.len() > MAX_PATH {
        return Err(Trouble::bad("its name has more than 4096 bytes"));
    }
    if raw.contains(&0) {
        return Err(Trouble::bad("its name has a NUL in it"));
    }
    let mut clean: Vec<u8> = Vec::with_capacity(raw.len());
    for part in components(raw) {
        if part == b".." {
            if clean.is_empty() {
                return Err(Trouble::bad("its name leads out of the image"));
            }
            clean.truncate(split(&clean).0.len());
            continue;
        }
        if part.len() > MAX_NAME {
            return Err(Trouble::bad(
                "a component of its name has more than 255 bytes",
            ));
        }
        clean = join(&clean, part);
    }
    Ok(clean)
}

/// What stands between the slashes of `path`, without the empty ones and `.`.
pub(super) fn components(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    path.split(|&byte| byte == b'/')
        .filter(|part| !part.is_empty() && *part != b".")
}

/// The folder and the last component of a clean name.
pub(super) fn split(clean: &[u8]) -> (&[u8], &[u8]) {
    match clean.iter().rposition(|&byte| byte == b'/') {
        Some(at) => (&clean[..at], &clean[at + 1..]),
        None => (&[], clean),
    }
}

/// `name` in the folder with the clean name `folder`.
pub(super) fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    let mut path = Vec::with_capacity(folder.len() + 1 + name.len());
    path.extend_from_slice(folder);
    if !folder.is_empty() {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(raw: &str) -> Option<String> {
        let clean = clean(raw.as_bytes()).ok()?;
        Some(String::from_utf8(clean).unwrap())
    }

    #[test]
    fn a_clean_name_is_relative_and_has_no_detours() {
        for (raw, expected) in [
            ("", ""),
            ("/", ""),
            ("./", ""),
            ("a", "a"),
            ("/a", "a"),
            ("//a//b/", "a/b"),
            ("./a/./b", "a/b"),
            ("a/../b", "b"),
            ("a/b/../../c", "c"),
            ("a/..", ""),
            ("..a/...", "..a/..."),
        ] {
            assert_eq!(cleaned(raw).as_deref(), Some(expected), "{raw:?}");
        }
    }

    #[test]
    fn what_leads_out_or_is_too_long_is_an_error() {
        for raw in ["..", "../a", "/../a", "a/../../b", "./..", "a\0b"] {
            assert_eq!(cleaned(raw), None, "{raw:?}");
        }
        assert!(cleaned(&"n".repeat(255)).is_some());
        assert_eq!(cleaned(&"n".repeat(256)), None);
        assert!(cleaned(&"n/".repeat(2047)).is_some());
        assert_eq!(cleaned(&"n/".repeat(2048)), None);
    }

    #[test]
    fn a_name_is_split_at_its_last_slash() {
        assert_eq!(split(b"a/b/c"), (&b"a/b"[..], &b"c"[..]));
        assert_eq!(split(b"a"), (&b""[..], &b"a"[..]));
    }
}
