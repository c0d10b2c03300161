//! The folders `certs.d/HOST[:PORT]/`: authorities and client certificates for single registries.
//!
//! Docker's rules: `*.crt` is an authority, `NAME.cert` a client certificate, `NAME.key` its key; half a pair is an error.
//! The folders of rootless docker, of Docker Desktop and of podman are looked into as well. Authorities and pairs are
//! taken from all of them, the user's before the administrator's: a second authority harms nobody, and the pair that the
//! server's own authorities accept is the one that is shown.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::endpoint::{Identity, Reach, Told};
use super::others::{Complaints, Places};
use crate::error::{Error, Result};
use crate::oci::Host;

/// The folders, below which there is one for each registry.
fn folders(places: &Places) -> impl Iterator<Item = PathBuf> {
    let user = places.user.as_deref();
    let system = places.system.as_deref();
    let candidates = [
        user.map(|folder| folder.join("docker")),
        Some(places.docker.clone()),
        user.map(|folder| folder.join("containers")),
        system.map(|folder| folder.join("docker")),
        system.map(|folder| folder.join("containers")),
    ];
    let mut seen = BTreeSet::new();
    let distinct = candidates.into_iter().flatten();
    distinct
        .filter(move |folder| seen.insert(folder.clone()))
        .map(|folder| folder.join("certs.d"))
}

/// What these folders hold for `host`; `None` when it is nothing.
///
/// # Errors
/// [`Error::BadFile`] for half a pair. A folder that cannot be read is a complaint.
pub(super) fn read(places: &Places, host: &Host, complaints: &Complaints) -> Result<Option<Told>> {
    let (mut found, mut reach) = (Vec::new(), Reach::default());
    for folder in folders(places) {
        let folder = folder.join(host.as_str());
        let before = (reach.ca_files.len(), reach.identities.len());
        match std::fs::read_dir(&folder) {
            Ok(entries) => add_folder(&mut reach, &folder, entries)?,
            Err(error) if super::is_absence(&error) => continue,
            // An administrator may keep keys from users; podman goes on, too.
            Err(error) => complaints.add(&folder, &format!("it cannot be read: {error}")),
        }
        if before != (reach.ca_files.len(), reach.identities.len()) {
            found.push(folder.display().to_string());
        }
    }
    let place = found.join(", ");
    Ok((!found.is_empty()).then_some(Told { place, reach }))
}

/// A certificate and a key of one name.
#[derive(Default)]
struct Pair {
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
}

fn add_folder(reach: &mut Reach, folder: &Path, entries: std::fs::ReadDir) -> Result<()> {
    let mut authorities = Vec::new();
    let mut pairs: BTreeMap<PathBuf, Pair> = BTreeMap::new();
    for entry in entries {
        let path = entry
            .map_err(Error::io("cannot read the folder", folder))?
            .path();
        let stem = path.with_extension("");
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("crt") => authorities.push(path),
            Some("cert") => pairs.entry(stem).or_default().certificate = Some(path),
            Some("key") => pairs.entry(stem).or_default().key = Some(path),
            _ => {}
        }
    }
    authorities.sort();
    reach.ca_files.extend(authorities);
    for (stem, pair) in pairs {
        reach.identities.push(complete(&stem, pair)?);
    }
    Ok(())
}

fn complete(stem: &Path, pair: Pair) -> Result<Identity> {
    let missing = |ending: &str| format!("{}.{ending}", stem.display());
    match pair {
        Pair {
            certificate: Some(certificate),
            key: Some(key),
        } => Ok((certificate, key).into()),
        Pair {
            certificate: Some(path),
            key: None,
        } => {
            let reason = format!(
                "a client certificate needs its key, and {} is missing; if it is an authority's, name it *.crt",
                missing("key")
            );
            Err(Error::BadFile { path, reason })
        }
        Pair { key, .. } => {
            let reason = format!(
                "a key needs its client certificate, and {} is missing",
                missing("cert")
            );
            let path = key.unwrap_or_default();
            Err(Error::BadFile { path, reason })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct World(tempfile::TempDir);

    impl World {
        fn new(files: &[&str]) -> Self {
            let world = Self(tempfile::tempdir().unwrap());
            for file in files {
                let path = world.0.path().join(file);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, "").unwrap();
            }
            world
        }

        fn read(&self, host: &str) -> Result<Option<Told>> {
            let at = |name: &str| self.0.path().join(name);
            let places = Places {
                system: Some(at("etc")),
                user: Some(at("config")),
                docker: at("client"),
                ..Places::default()
            };
            read(&places, &host.parse().unwrap(), &Complaints::default())
        }

        fn names(&self, files: &[PathBuf]) -> Vec<String> {
            let relative = files
                .iter()
                .map(|file| file.strip_prefix(self.0.path()).unwrap());
            relative.map(|path| path.display().to_string()).collect()
        }
    }

    #[test]
    fn all_folders_of_docker_and_podman_are_looked_into() {
        let world = World::new(&[
            "etc/docker/certs.d/r.example:5000/b.crt",
            "etc/docker/certs.d/r.example:5000/a.crt",
            "etc/docker/certs.d/r.example:5000/README",
            "etc/containers/certs.d/r.example:5000/p.crt",
            "config/docker/certs.d/r.example:5000/u.crt",
            "config/containers/certs.d/r.example:5000/q.crt",
            "client/certs.d/r.example:5000/v1.client.cert",
            "client/certs.d/r.example:5000/v1.client.key",
        ]);
        let told = world.read("r.example:5000").unwrap().unwrap();
        let files = [
            "config/docker/certs.d/r.example:5000/u.crt",
            "config/containers/certs.d/r.example:5000/q.crt",
            "etc/docker/certs.d/r.example:5000/a.crt",
            "etc/docker/certs.d/r.example:5000/b.crt",
            "etc/containers/certs.d/r.example:5000/p.crt",
        ];
        assert_eq!(world.names(&told.reach.ca_files), files);
        let [identity] = &told.reach.identities[..] else {
            panic!("{told:?}");
        };
        let pair = [identity.cert_file.clone(), identity.key_file.clone()];
        let expected =
            ["cert", "key"].map(|end| format!("client/certs.d/r.example:5000/v1.client.{end}"));
        assert_eq!(world.names(&pair), expected);
        assert_eq!(told.place.split(", ").count(), 5);
        for other in ["r.example", "r.example:5001", "docker.io"] {
            assert_eq!(world.read(other).unwrap(), None);
        }
    }

    #[test]
    fn half_a_pair_is_an_error_that_names_the_other_half() {
        let folder = "etc/docker/certs.d/r.example";
        for (there, lacking) in [("a.b.cert", "a.b.key"), ("a.b.key", "a.b.cert")] {
            let world = World::new(&[&format!("{folder}/{there}")]);
            let error = world.read("r.example").unwrap_err();
            assert_eq!(error.exit_code(), 7);
            let text = error.to_string();
            assert!(
                text.contains(&format!("{folder}/{lacking} is missing")),
                "{text}"
            );
            assert!(text.contains(&format!("{folder}/{there}: ")), "{text}");
        }
        let world = World::new(&[&format!("{folder}/ca.cert")]);
        let error = world.read("r.example").unwrap_err().to_string();
        assert!(
            error.contains("if it is an authority's, name it *.crt"),
            "{error}"
        );
    }
}
