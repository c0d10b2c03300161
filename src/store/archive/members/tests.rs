use super::*;

fn tar(members: &[(&str, &[u8])], links: &[(&str, &str, tar::EntryType)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    for (name, target, kind) in links {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(*kind);
        header.set_size(0);
        builder.append_link(&mut header, name, target).unwrap();
    }
    builder.into_inner().unwrap()
}

fn file(bytes: &[u8]) -> (tempfile::NamedTempFile, File) {
    let named = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(named.path(), bytes).unwrap();
    let file = File::open(named.path()).unwrap();
    (named, file)
}

#[test]
fn members_are_read_where_they_lie_and_links_lead_to_members_only() {
    let bytes = tar(
        &[("./a/layer.tar", b"content"), ("b/VERSION", b"1.0")],
        &[
            ("b/layer.tar", "../a/layer.tar", tar::EntryType::Symlink),
            ("c", "a/layer.tar", tar::EntryType::Link),
            ("out", "../../../etc/passwd", tar::EntryType::Symlink),
            ("round", "round", tar::EntryType::Symlink),
        ],
    );
    let (named, file) = file(&bytes);
    let members = Members::in_place(named.path(), file).unwrap();
    for name in ["a/layer.tar", "b/layer.tar", "c"] {
        assert_eq!(members.size(name), Some(7), "{name}");
        assert_eq!(members.read_at(name, 3, 4).unwrap(), "tent");
    }
    for name in ["out", "round", "none", "etc/passwd"] {
        assert_eq!(members.size(name), None, "{name}");
    }
    assert!(members.read_at("a/layer.tar", 3, 5).is_err());
    assert!(members.read("a/layer.tar", 6).is_err());
}

#[test]
fn what_is_no_tar_is_told() {
    for bytes in [&b""[..], b"hello", &[0; 1024], &[0x1f, 0x8b, 8, 0]] {
        let (named, file) = file(bytes);
        let error = Members::in_place(named.path(), file).err().unwrap();
        assert!(matches!(error, Error::BadFile { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn what_can_be_read_only_once_goes_into_the_store() {
    let large = vec![7; 300 << 10];
    let digest = Digest::of(&large);
    let bytes = tar(&[("x/layer.tar", &large), ("manifest.json", b"[]")], &[]);
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::open(&folder.path().join("store")).unwrap();
    let store = layout.clone();
    let members =
        tokio::task::spawn_blocking(move || Members::spooled(Path::new("-"), &bytes[..], &store));
    let members = members.await.unwrap().unwrap();
    assert_eq!(members.digest("x/layer.tar"), Some(digest));
    assert_eq!(layout.size_of(&digest).unwrap(), Some(large.len() as u64));
    assert_eq!(members.read("manifest.json", 10).unwrap().unwrap(), "[]");
    assert_eq!(members.read_at("x/layer.tar", 5, 3).unwrap(), vec![7; 3]);
}
