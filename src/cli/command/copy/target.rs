//! Where a copy goes: what was written on the command line, ready to be written to.

use std::path::Path;
use std::sync::Arc;

use super::Options;
use crate::cli::location::{Place, Transport};
use crate::cli::render::Progress;
use crate::cli::report::{Failure, usage, warn};
use crate::cli::session::{Session, blocking};
use crate::error::{Error, Result, Thing};
use crate::oci::{Descriptor, Name, Platform, Reference, Tag};
use crate::registry::Client;
use crate::store::archive::{Form, Writer};
use crate::store::layout::Layout;
use crate::store::listed::EntryName;
use crate::store::{Sink, Source};
use crate::transfer::{Blob, Plan};

/// Where images go.
pub(super) struct Target {
    pub(super) sink: Box<dyn Sink>,
    /// What the sink has, where that can be read.
    pub(super) nearby: Option<Box<dyn Source>>,
    kind: Kind,
    /// The repository that all tags become those of, where that was said.
    repository: Option<Name>,
}

enum Kind {
    /// A repository on its registry; with a tag where one was given.
    Registry(Reference),
    /// A repository of the local store.
    Store(Reference, Layout),
    /// Images are called something after they were put.
    Place(Place, Opened),
}

enum Opened {
    Layout(Layout),
    Archive(Writer),
}

/// What an image becomes at the target.
pub(super) struct Wanted {
    /// The tag that the sink sets.
    pub(super) tag: Option<Tag>,
    /// What it is called afterwards, where the sink sets no tag.
    name: Option<EntryName>,
    /// How people are told where it went.
    pub(super) shown: String,
    /// How people are told of it among others: its tag.
    pub(super) label: String,
}

impl Wanted {
    /// The repository it becomes one of, as far as a name says so.
    pub(super) fn repository(&self) -> Option<Name> {
        let full = self.name.as_ref()?.full.as_ref()?;
        Some(full.name.clone())
    }
}

impl Target {
    /// A repository on its registry.
    pub(super) fn registry(
        reference: Reference,
        options: &Options,
        client: &Client,
    ) -> Result<Self, Failure> {
        check(&reference, options)?;
        Ok(Self {
            sink: Box::new(client.repository(&reference.name)),
            nearby: None,
            kind: Kind::Registry(reference),
            repository: None,
        })
    }

    /// A repository of the local store.
    pub(super) fn store(
        session: &Session,
        text: &str,
        options: &Options,
        progress: Arc<dyn Progress>,
    ) -> Result<Self, Failure> {
        let reference: Reference = text.parse()?;
        check(&reference, options)?;
        let layout = session.layout()?;
        Ok(Self {
            sink: Box::new(layout.at(&reference.name).observed(progress)),
            nearby: Some(Box::new(layout.at(&reference.name))),
            kind: Kind::Store(reference, layout),
            repository: None,
        })
    }

    /// A layout or an archive; in a dry run nothing is made there. `pipe` takes the archive of a daemon.
    pub(super) async fn place(
        place: Place,
        options: &Options,
        progress: Arc<dyn Progress>,
        pipe: Option<Box<dyn std::io::Write + Send>>,
    ) -> Result<Self, Failure> {
        // The name of one image would be that of all of them.
        let repository = place.name.as_deref().filter(|_| options.all_tags);
        if let Some(tag) = repository
            && tag.parse::<Tag>().is_ok()
            && !place.transport.is_docker()
        {
            let message = format!("{tag} would be one tag for all of them");
            let hint = format!(
                "leave it out, or name a repository: {}:team/app",
                place.whole()
            );
            return Err(usage(message, Some(&hint)).into());
        }
        let repository = repository.map(str::parse::<Name>).transpose()?;
        let (path, dry) = (place.path.clone(), options.dry_run);
        let (transport, label) = (place.transport, place.to_string());
        let open = move || {
            let piped = |pipe, form| Writer::pipe(Path::new(&label), pipe, form);
            let nowhere = || Box::new(std::io::sink());
            let form = if transport.is_docker() {
                Form::Both
            } else {
                Form::Layout
            };
            Ok::<_, Error>(match (transport, pipe) {
                (Transport::Oci, _) if !dry => {
                    let layout = Layout::open(&path)?;
                    layout.begin_index()?;
                    Opened::Layout(layout)
                }
                (Transport::Oci, _) if path.join("index.json").exists() => {
                    Opened::Layout(Layout::reading(&path)?)
                }
                (Transport::DockerDaemon, Some(pipe)) => Opened::Archive(piped(pipe, form)),
                (Transport::OciArchive | Transport::DockerArchive, _) if !dry => {
                    Opened::Archive(Writer::file(&path, form)?)
                }
                _ => Opened::Archive(piped(nowhere(), form)),
            })
        };
        let opened = blocking(open).await?;
        // Content is not in a repository there; the sink has to be called something.
        let name = Name::stand_in();
        let sink: Box<dyn Sink> = match &opened {
            Opened::Layout(layout) => Box::new(layout.at(&name).unlisted().observed(progress)),
            Opened::Archive(writer) => Box::new(writer.at(&name)),
        };
        Ok(Self {
            sink,
            nearby: None,
            kind: Kind::Place(place, opened),
            repository,
        })
    }

    /// The repository on its registry, if that is what it is.
    pub(super) fn remote(&self) -> Option<&Name> {
        match &self.kind {
            Kind::Registry(reference) => Some(&reference.name),
            Kind::Store(..) | Kind::Place(..) => None,
        }
    }

    /// Whether it is written as a whole, and not image by image.
    pub(super) fn is_archive(&self) -> bool {
        matches!(&self.kind, Kind::Place(_, Opened::Archive(_)))
    }

    /// Whether docker reads it.
    pub(super) fn is_for_docker(&self) -> bool {
        matches!(&self.kind, Kind::Place(place, _) if place.transport.is_docker())
    }

    /// Says what docker, for which it is, does not take of an image.
    pub(super) fn warn_of(name: &str, plan: &Plan) {
        let zstd = |blob: &Blob| blob.descriptor.media_type.as_str().ends_with("zstd");
        if plan.blobs.iter().any(zstd) {
            warn(&format!(
                "{name} has layers that are zstd, which docker before 23.0 refuses; `save --recompress gzip` makes a tar \
                 of it with gzip"
            ));
        }
    }

    /// The local store, if it is in that.
    pub(super) fn layout(&self) -> Option<&Layout> {
        match &self.kind {
            Kind::Store(_, layout) => Some(layout),
            Kind::Registry(_) | Kind::Place(..) => None,
        }
    }

    /// How people are told where all of it went.
    pub(super) fn shown(&self) -> String {
        match &self.kind {
            Kind::Registry(reference) | Kind::Store(reference, _) => reference.name.to_string(),
            Kind::Place(place, _) => place.to_string(),
        }
    }

    /// What one image becomes: called as was said, else as it was called where it comes from.
    pub(super) fn one(
        &self,
        repository: Option<&Name>,
        tag: Option<&Tag>,
    ) -> Result<Wanted, Failure> {
        match &self.kind {
            Kind::Registry(reference) | Kind::Store(reference, _) => {
                let tag = reference.tag.as_ref().or(tag);
                let tag = tag.cloned().unwrap_or_else(Tag::latest);
                Ok(self.tagged(repository, &tag)?)
            }
            Kind::Place(place, _) => {
                let name = match &place.name {
                    Some(text) if place.transport.is_docker() => EntryName::parse_docker(text)?,
                    // Another tag of that repository may be another image there.
                    Some(text) => {
                        let same = tag.is_some_and(|tag| tag.as_str() == text);
                        EntryName::parse(text, repository.filter(|_| same))?
                    }
                    None => {
                        let named = repository.is_some() || tag.is_some();
                        let tag = tag.cloned().unwrap_or_else(Tag::latest);
                        return if named {
                            self.tagged(repository, &tag)
                        } else {
                            Err(unnamed(place))
                        };
                    }
                };
                Ok(Wanted {
                    tag: None,
                    shown: place.to_string(),
                    label: name.tag(),
                    name: Some(name),
                })
            }
        }
    }

    /// What an image becomes that keeps its tag: one of the repository that was named, else of `repository`.
    pub(super) fn tagged(&self, repository: Option<&Name>, tag: &Tag) -> Result<Wanted, Failure> {
        let place = match &self.kind {
            Kind::Registry(reference) | Kind::Store(reference, _) => {
                return Ok(Wanted {
                    shown: reference.name.with_tag(tag).to_string(),
                    label: tag.to_string(),
                    tag: Some(tag.clone()),
                    name: None,
                });
            }
            Kind::Place(place, _) => place,
        };
        let name = match self.repository.as_ref().or(repository) {
            Some(name) => EntryName::from(name.with_tag(tag)),
            None if place.transport.is_docker() => return Err(unnamed(place)),
            // A bare tag, as it is called where it comes from.
            None => EntryName::parse(tag.as_str(), None)?,
        };
        Ok(Wanted {
            tag: None,
            shown: format!("{}:{}", place.whole(), name.written),
            label: tag.to_string(),
            name: Some(name),
        })
    }

    /// What an image becomes that nothing but its digest tells of.
    pub(super) fn nameless() -> Wanted {
        Wanted {
            tag: None,
            name: None,
            shown: String::new(),
            label: String::new(),
        }
    }

    /// Calls what was put by its name, where the sink did not.
    pub(super) async fn call(&self, put: &Descriptor, wanted: &Wanted) -> Result<()> {
        let Kind::Place(_, opened) = &self.kind else {
            return Ok(());
        };
        match (opened, wanted.name.clone()) {
            (Opened::Archive(writer), name) => {
                writer.list(put, name);
                Ok(())
            }
            (Opened::Layout(layout), name) => {
                let (layout, put) = (layout.clone(), put.clone());
                blocking(move || match name {
                    Some(name) => layout.call(&put, name),
                    None => layout.list(&put),
                })
                .await
            }
        }
    }

    /// Ends an archive, and says what readers of docker's list will not see of it.
    pub(super) async fn finish(&self, wanted: &Platform) -> Result<(), Failure> {
        let Kind::Place(place, Opened::Archive(writer)) = &self.kind else {
            return Ok(());
        };
        if place.transport.is_docker() && writer.hides_all(wanted)? {
            let nothing = Failure::from(Error::NotFound {
                what: Thing::Image,
                name: place.to_string(),
                answer: None,
            });
            let said = format!("docker would find nothing in it: there is no image for {wanted}");
            return Err(nothing
                .saying(said)
                .hinting("choose one with `--platform`, or write an oci-archive:"));
        }
        for hidden in writer.clone().seal(wanted).await? {
            if place.transport.is_docker() {
                warn(&format!(
                    "docker will not see {}: it is no image for {wanted}",
                    hidden.digest
                ));
            }
        }
        Ok(())
    }
}

fn unnamed(place: &Place) -> Failure {
    let hint = format!("give it one: {}:NAME", place.whole());
    usage("the image has no name where it comes from", Some(&hint)).into()
}

fn check(reference: &Reference, options: &Options) -> Result<(), Failure> {
    if reference.digest.is_some() {
        return Err(usage(
            "cannot copy to a digest reference",
            Some("name the tag it shall have"),
        )
        .into());
    }
    if options.all_tags && reference.tag.is_some() {
        return Err(usage("tag can't be used with --all-tags/-a", None).into());
    }
    Ok(())
}
