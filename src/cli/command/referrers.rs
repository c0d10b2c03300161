//! `referrers`: what is attached to an image, as a tree.

use std::collections::HashSet;

use clap::Args;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use crate::cli::options::{NetworkOptions, platform};
use crate::cli::output;
use crate::cli::place::Subject;
use crate::cli::render::escape::escape;
use crate::cli::render::tree::{self, Node};
use crate::cli::render::value::go_json;
use crate::cli::report::{Doing, Outcome, Status};
use crate::cli::session::Session;
use crate::error::{Error, Result};
use crate::oci::{Descriptor, Digest, Index, Manifest, MediaType, Platform, Selector, Tag};
use crate::store::Source;
use crate::store::attached::{MAX_ATTACHED, MAX_DEPTH, attached};

/// How many manifests are asked about at once.
const AT_ONCE: usize = 8;
/// What buildkit and cosign write the kind of a statement into: in the layers of an attestation, and about a bundle.
const PREDICATES: [&str; 3] = [
    "in-toto.io/predicate-type",
    "predicateType",
    "dev.sigstore.bundle.predicateType",
];
/// The digest of the image that an attestation in an index is about (buildkit).
const ABOUT: &str = "vnd.docker.reference.digest";

/// List what is attached to an image: signatures, SBOMs, attestations
#[derive(Args)]
#[command(after_help = "Examples:
  {program} referrers registry.example:5000/app:1
  {program} referrers --artifact-type application/spdx+json registry.example:5000/app:1
  {program} referrers --json registry.example:5000/app:1 | jq -r .Digest

Listed is what names the image, or one of its platforms, as its subject; cosign's tags; and the attestations that an index holds. What is attached to those hangs below them. `{program} copy --referrers` takes all of it along.")]
pub(crate) struct Options {
    /// The image on its registry; local:NAME for one in the local store, oci:DIR[:NAME] and others for elsewhere
    #[arg(value_name = "NAME")]
    name: String,

    /// Only artifacts of this type, and what leads to them
    #[arg(long, value_name = "TYPE")]
    artifact_type: Option<String>,

    /// Of an index, only this platform
    #[arg(long, value_name = "PLATFORM", value_parser = platform)]
    platform: Option<Platform>,

    /// One JSON object a line
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    pub(crate) network: NetworkOptions,
}

/// Prints the tree.
pub(crate) async fn run(session: &Session, options: Options) -> Outcome {
    let doing = |name: &str| format!("cannot list what is attached to {name}");
    let subject = Subject::open(session, &options.name, None, doing).await?;
    let (source, name) = (subject.source.as_ref(), &subject.name);
    let doing = doing(name);
    let root = source.manifest(&subject.selector).await.doing(&doing)?;
    if let (Some(wanted), Some(index)) = (&options.platform, root.index())
        && !index.platforms().iter().any(|known| known.runs_on(wanted))
    {
        return Err(Error::NoPlatform {
            name: name.clone(),
            wanted: wanted.clone(),
            available: index.platforms(),
        }
        .into());
    }
    let mut survey = Survey::new(source, root.descriptor().clone());
    survey
        .run(&root, options.platform.as_ref())
        .await
        .doing(&doing)?;
    if let Some(wanted) = &options.artifact_type {
        survey.keep(wanted);
    }
    if options.json {
        survey.print_json(0)?;
    } else {
        let whole = match subject.repository() {
            Some(name) => name.with_digest(root.digest()).familiar(),
            None => format!("{name}@{}", root.digest()),
        };
        let tree = survey.tree(0, escape(&whole).into_owned());
        let nothing = tree.below.is_empty();
        output::line(&tree::lines(&tree).join("\n"))?;
        if nothing {
            output::story("nothing is attached to it");
        }
    }
    if survey.cut {
        output::story(&format!(
            "the list was cut: more than {MAX_ATTACHED} entries, or more than {MAX_DEPTH} deep"
        ));
    }
    Ok(Status::SUCCESS)
}

/// The attestations among `entries` of an index that are about its image `image`.
pub(super) fn about<'a>(
    image: &Digest,
    entries: &'a [Descriptor],
) -> impl Iterator<Item = &'a Descriptor> {
    let image = image.to_string();
    entries.iter().filter(move |entry| {
        entry.is_attestation() && entry.annotation(ABOUT) == Some(image.as_str())
    })
}

/// The kind of statement that its annotations name.
fn kind(of: &Descriptor) -> Option<String> {
    let kind = PREDICATES.iter().find_map(|key| of.annotation(key));
    kind.map(str::to_owned)
}

/// An image, one of its platforms, or something attached.
struct Entry {
    descriptor: Descriptor,
    role: Role,
    below: Vec<usize>,
}

#[derive(PartialEq, Eq)]
enum Role {
    /// What was asked about, or one of the images it lists.
    Image,
    /// Names its subject itself; the kinds of its statements.
    Referrer(Vec<String>),
    /// Tied to its image by a tag of cosign's.
    Tagged(Tag, Vec<String>),
    /// Held by the index that holds its image; the kinds of its statements.
    Attestation(Vec<String>),
}

/// A tree being found, the image asked about first.
struct Survey<'a> {
    source: &'a dyn Source,
    entries: Vec<Entry>,
    seen: HashSet<Digest>,
    cut: bool,
}

impl<'a> Survey<'a> {
    fn new(source: &'a dyn Source, root: Descriptor) -> Self {
        let mut survey = Self {
            source,
            entries: Vec::new(),
            seen: HashSet::new(),
            cut: false,
        };
        survey.add(None, root, Role::Image);
        survey
    }

    /// Notes an entry below another one. `None` when there is no room for it.
    fn add(&mut self, above: Option<usize>, descriptor: Descriptor, role: Role) -> Option<usize> {
        if self.entries.len() >= MAX_ATTACHED {
            self.cut = true;
            return None;
        }
        let at = self.entries.len();
        self.entries.push(Entry {
            descriptor,
            role,
            below: Vec::new(),
        });
        if let Some(above) = above {
            self.entries[above].below.push(at);
        }
        Some(at)
    }

    async fn run(&mut self, root: &Manifest, wanted: Option<&Platform>) -> Result<()> {
        let mut level = vec![0];
        if let Some(index) = root.index() {
            level.extend(self.platforms(index, wanted).await?);
        }
        for _ in 0..MAX_DEPTH {
            level.retain(|at| self.seen.insert(self.entries[*at].descriptor.digest));
            if level.is_empty() {
                return Ok(());
            }
            level = self.descend(&level).await?;
        }
        self.cut |= !level.is_empty();
        Ok(())
    }

    /// The images of an index, with the attestations it holds about each.
    async fn platforms(&mut self, index: &Index, wanted: Option<&Platform>) -> Result<Vec<usize>> {
        let listed = &index.manifests;
        let images: Vec<_> = listed
            .iter()
            .filter(|entry| !entry.is_attestation())
            .filter(|entry| match (wanted, &entry.platform) {
                (Some(wanted), Some(platform)) => platform.runs_on(wanted),
                (wanted, _) => wanted.is_none(),
            })
            .collect();
        let mut added = Vec::new();
        for image in images {
            let Some(at) = self.add(Some(0), image.clone(), Role::Image) else {
                break;
            };
            added.push(at);
            for entry in about(&image.digest, listed) {
                let said = self.statements(&Selector::Digest(entry.digest)).await?;
                self.add(Some(at), entry.clone(), Role::Attestation(said));
            }
        }
        Ok(added)
    }

    /// What is attached to each of `level` becomes the next one.
    async fn descend(&mut self, level: &[usize]) -> Result<Vec<usize>> {
        let source = self.source;
        let subjects: Vec<_> = level
            .iter()
            .map(|at| (*at, self.entries[*at].descriptor.digest))
            .collect();
        let mut found =
            stream::iter(subjects)
                .map(|(at, digest)| async move {
                    Ok::<_, Error>((at, attached(source, &digest).await?))
                })
                .buffered(AT_ONCE);
        let mut next = Vec::new();
        while let Some((at, found)) = found.try_next().await? {
            if self.cut {
                break;
            }
            for one in found {
                let (descriptor, role) = match &one.tag {
                    None => {
                        let referrer = self.referrer(one.descriptor).await?;
                        let kinds = kind(&referrer).into_iter().collect();
                        (referrer, Role::Referrer(kinds))
                    }
                    Some(tag) => {
                        let kinds = self.statements(&one.selector()).await?;
                        (one.descriptor, Role::Tagged(tag.clone(), kinds))
                    }
                };
                next.extend(self.add(Some(at), descriptor, role));
            }
        }
        Ok(next)
    }

    /// A referrer as it says of itself, where the list does not tell its type: cosign, which keeps the list at registries
    /// without the API, writes that of the config.
    async fn referrer(&self, listed: Descriptor) -> Result<Descriptor> {
        let told = listed.artifact_type.as_ref();
        if told.is_some_and(|told| *told != MediaType::OCI_EMPTY) {
            return Ok(listed);
        }
        let at = Selector::Digest(listed.digest);
        match self.source.manifest(&at).await {
            Ok(manifest) => Ok(manifest.referrer()),
            Err(error) if error.is_not_found() => Ok(listed),
            Err(error) => Err(error),
        }
    }

    /// The kinds of statements an attestation has, each once.
    async fn statements(&self, at: &Selector) -> Result<Vec<String>> {
        let manifest = match self.source.manifest(at).await {
            // An image for one platform alone leaves the attestations behind.
            Err(error) if error.is_not_found() => return Ok(Vec::new()),
            manifest => manifest?,
        };
        let mut kinds = Vec::new();
        for layer in manifest.image().iter().flat_map(|image| &image.layers) {
            kinds.extend(kind(layer).filter(|kind| !kinds.contains(kind)));
        }
        Ok(kinds)
    }

    /// Drops what is not of the type `wanted` and leads to nothing that is.
    fn keep(&mut self, wanted: &str) {
        let mut leads = vec![false; self.entries.len()];
        // What is below an entry was noted after it.
        for at in (0..self.entries.len()).rev() {
            self.entries[at].below.retain(|below| leads[*below]);
            let entry = &self.entries[at];
            leads[at] = !entry.below.is_empty() || entry.is_of(wanted);
        }
    }

    /// The tree below `at`. Platforms that nothing is attached to are not told.
    fn tree(&self, at: usize, text: String) -> Node {
        let mut below = Vec::new();
        for next in &self.entries[at].below {
            let entry = &self.entries[*next];
            let node = self.tree(*next, entry.line());
            if entry.role != Role::Image || !node.below.is_empty() {
                below.push(node);
            }
        }
        Node { text, below }
    }

    fn print_json(&self, at: usize) -> Result<()> {
        let subject = &self.entries[at].descriptor;
        for below in &self.entries[at].below {
            let entry = &self.entries[*below];
            if entry.role != Role::Image {
                output::line(&go_json(&entry.value(subject)))?;
            }
            self.print_json(*below)?;
        }
        Ok(())
    }
}

impl Entry {
    fn is_of(&self, wanted: &str) -> bool {
        let types = [
            self.descriptor.artifact_type.as_ref(),
            Some(&self.descriptor.media_type),
        ];
        let said = match &self.role {
            Role::Image => return false,
            Role::Referrer(said) | Role::Tagged(_, said) | Role::Attestation(said) => said,
        };
        types.into_iter().flatten().any(|of| of.as_str() == wanted)
            || said.iter().any(|kind| kind == wanted)
    }

    /// What it is, and its digest.
    fn line(&self) -> String {
        let descriptor = &self.descriptor;
        let of_kinds = |what: &str, kinds: &[String]| match kinds {
            [] => what.to_owned(),
            kinds => format!("{what} ({})", kinds.join(", ")),
        };
        let what = match &self.role {
            Role::Image => descriptor
                .platform
                .as_ref()
                .map_or_else(|| "image".to_owned(), ToString::to_string),
            Role::Referrer(kinds) => {
                let what = descriptor.artifact_type.as_ref();
                of_kinds(what.unwrap_or(&descriptor.media_type).as_str(), kinds)
            }
            Role::Tagged(tag, kinds) => {
                let what = match tag.as_str().rsplit('.').next() {
                    Some("sig") => "cosign signature",
                    Some("att") => "cosign attestation",
                    _ => "cosign SBOM",
                };
                of_kinds(what, kinds)
            }
            Role::Attestation(kinds) => of_kinds("attestation", kinds),
        };
        format!("{}  {}", escape(&what), descriptor.digest)
    }

    fn value(&self, subject: &Descriptor) -> Value {
        let (tag, kinds) = match &self.role {
            Role::Image => (None, &[][..]),
            Role::Tagged(tag, kinds) => (Some(tag.as_str()), &kinds[..]),
            Role::Referrer(kinds) | Role::Attestation(kinds) => (None, &kinds[..]),
        };
        json!({
            "Subject": subject.digest.to_string(),
            "Platform": subject.platform.as_ref().map(ToString::to_string),
            "Digest": self.descriptor.digest.to_string(),
            "MediaType": self.descriptor.media_type.as_str(),
            "ArtifactType": self.descriptor.artifact_type.as_ref().map(MediaType::as_str),
            "Size": self.descriptor.size,
            "Tag": tag,
            "PredicateTypes": kinds,
            "Annotations": self.descriptor.annotations,
        })
    }
}
