//! The search: a secret in any of the forms in which it could get out.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::support::http::Server;

/// The least characters of a form that says something.
const TELLING: usize = 8;

/// Every form of `secret`: plain, in JSON, in a URL, in a form, in hex, and what base64 makes of it at any place.
pub(crate) fn forms(secret: &str) -> Vec<String> {
    let json = serde_json::to_string(secret).unwrap();
    let json = json[1..json.len() - 1].to_owned();
    let percent: String = secret
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let mut forms = vec![
        secret.to_owned(),
        json.replace('/', "\\/"),
        json,
        percent.to_lowercase(),
        percent,
        form.to_lowercase(),
        form,
        crate::support::layer::hex(secret.as_bytes()),
    ];
    for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
        for before in 0..3 {
            let text = engine.encode([&vec![0; before], secret.as_bytes()].concat());
            // The first characters and the last belong to the neighbours, too.
            let own = if before == 0 { 0 } else { before + 1 };
            let whole = (before + secret.len()) / 3 * 4;
            forms.push(text[own..whole].to_owned());
        }
    }
    forms.retain(|form| form.len() >= TELLING);
    forms.sort();
    forms.dedup();
    forms
}

/// The first form of `secret` that `text` has.
pub(crate) fn found<'a>(forms: &'a [String], text: &str) -> Option<&'a String> {
    forms.iter().find(|form| text.contains(form.as_str()))
}

/// The largest file that is read, in bytes: what is larger is a layer.
const MOST: u64 = 1 << 20;

/// Every file below `folder` but those below `known`, with its text.
pub(crate) fn files(folder: &Path, known: &[PathBuf]) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if known.contains(&path) {
            continue;
        }
        if path.is_dir() {
            files.extend(self::files(&path, known));
            continue;
        }
        let small = entry.metadata().is_ok_and(|found| found.len() <= MOST);
        if let (true, Ok(bytes)) = (small, std::fs::read(&path)) {
            files.push((path, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    files
}

/// Whether a server was told `secret`, by a header, an address or a body.
pub(crate) fn heard(server: &Server, secret: &str) -> bool {
    let mut forms = forms(secret);
    forms.push(STANDARD.encode(secret));
    server.log().iter().any(|asked| {
        let headers = asked.request.headers.0.iter();
        let headers: Vec<String> = headers
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        let body = String::from_utf8_lossy(&asked.request.body).into_owned();
        [headers.join("\n"), asked.request.target.clone(), body]
            .iter()
            .any(|text| found(&forms, text).is_some())
    })
}

#[test]
fn a_secret_is_found_in_every_disguise() {
    let secret = "pl@in p%ss/w+rd\"1";
    let forms = forms(secret);
    for text in [
        format!("<{secret}>"),
        serde_json::json!({ "a": secret }).to_string(),
        format!(
            "?q={}",
            url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>()
        ),
        STANDARD.encode(format!("u:{secret}")),
        STANDARD.encode(format!("us:{secret}!")),
        URL_SAFE_NO_PAD.encode(format!("use:{secret}??")),
    ] {
        assert!(found(&forms, &text).is_some(), "{text}");
    }
    assert_eq!(found(&forms, "nothing of it"), None);
}
