"""The images that are moved and unpacked: made once a run and read by every client.

What is moved is deterministic and incompressible: a layer is a tar of one file of noise in one gzip member of level 0, so
that unpacking clients find what they expect and nobody can save a byte. What is unpacked is a real Debian.
"""

import hashlib
import json
import os
import random
import shutil
import subprocess
import tarfile
import zlib

from .servers import Missing

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
PIECE = MIB
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"

FULL = {
    "one-big": [2 * GIB],
    "one-256": [256 * MIB],
    "wide-32": [32 * MIB] * 8,
    "many": [MIB] * 60,
    "tiny": [2 * KIB],
}
DEBIAN = [[], ["ca-certificates", "curl", "git", "build-essential", "python3-full", "python3-dev", "nodejs", "npm"]]
"""Packages of the two systems that `debian` is made of, beyond the least."""
QUICK_DEBIAN = [[], ["python3-minimal"]]
QUICK = {
    "one-big": [64 * MIB],
    "one-256": [32 * MIB],
    "wide-32": [4 * MIB] * 8,
    "many": [64 * KIB] * 60,
    "tiny": [2 * KIB],
}


class Image:
    """An OCI layout in a folder, named `v1` there."""

    def __init__(self, name, folder, tars, level=0):
        """`tars` are those of the layers, lowest first, each in pieces; `level` is that of gzip."""
        self.name, self.folder = name, folder
        self.blobs = os.path.join(folder, "blobs", "sha256")
        os.makedirs(self.blobs)
        layers = [self._layer(tar, level) for tar in tars]
        config = self._document(
            {
                "architecture": "amd64",
                "os": "linux",
                "config": {},
                "rootfs": {"type": "layers", "diff_ids": [diff for _, diff in layers]},
            },
            CONFIG,
        )
        self.layers = [layer for layer, _ in layers]
        self.config = config
        self.manifest = self._document(
            {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": self.layers}, MANIFEST
        )
        self.write_index(folder, "v1")

    @property
    def size(self):
        """Bytes of its blobs, the manifest aside."""
        return self.config["size"] + sum(layer["size"] for layer in self.layers)

    def write_index(self, folder, name):
        """Makes the layout in `folder` know the image by `name`."""
        names = {"org.opencontainers.image.ref.name": name, "io.containerd.image.name": name}
        index = {"schemaVersion": 2, "manifests": [{**self.manifest, "annotations": names}]}
        with open(os.path.join(folder, "index.json"), "w", encoding="utf-8") as file:
            json.dump(index, file)
        with open(os.path.join(folder, "oci-layout"), "w", encoding="utf-8") as file:
            file.write('{"imageLayoutVersion": "1.0.0"}')

    def link(self, folder, name):
        """The same layout under another name and without any history: hard links, so next to nothing is written."""
        blobs = os.path.join(folder, "blobs", "sha256")
        os.makedirs(blobs)
        for blob in os.listdir(self.blobs):
            os.link(os.path.join(self.blobs, blob), os.path.join(blobs, blob))
        self.write_index(folder, name)

    def path(self, descriptor):
        """Where a blob lies."""
        return os.path.join(self.blobs, descriptor["digest"].removeprefix("sha256:"))

    def _document(self, value, media_type):
        text = json.dumps(value).encode()
        descriptor = {
            "mediaType": media_type,
            "digest": "sha256:" + hashlib.sha256(text).hexdigest(),
            "size": len(text),
        }
        with open(self.path(descriptor), "wb") as file:
            file.write(text)
        return descriptor

    def _layer(self, tar, level):
        plain, packed = hashlib.sha256(), hashlib.sha256()
        deflate = zlib.compressobj(level, zlib.DEFLATED, 31)
        written = 0
        draft = os.path.join(self.folder, "draft")
        with open(draft, "wb") as file:

            def put(piece):
                nonlocal written
                packed.update(piece)
                written += file.write(piece)

            for piece in tar:
                plain.update(piece)
                put(deflate.compress(piece))
            put(deflate.flush())
        descriptor = {"mediaType": LAYER, "digest": "sha256:" + packed.hexdigest(), "size": written}
        os.rename(draft, self.path(descriptor))
        return descriptor, "sha256:" + plain.hexdigest()

    def archive(self):
        """The same as a tar that `load` commands take, made when first asked for."""
        path = os.path.join(self.folder, "archive.tar")
        if not os.path.exists(path):
            blobs = "blobs/sha256/"
            inner = [blobs + layer["digest"].removeprefix("sha256:") for layer in self.layers]
            config = blobs + self.config["digest"].removeprefix("sha256:")
            listed = [{"Config": config, "RepoTags": [f"localhost/bench/{self.name}:v1"], "Layers": inner}]
            manifest = os.path.join(self.folder, "manifest.json")
            with open(manifest, "w", encoding="utf-8") as file:
                json.dump(listed, file)
            with tarfile.open(path, "w") as tar:
                for member in [config, *inner, "manifest.json"]:
                    tar.add(os.path.join(self.folder, member), member)
        return path


def noise(name, sizes):
    """The tars of layers that are one file of noise each."""
    for at, size in enumerate(sizes):
        yield noise_tar(f"{name} {at}", size)


def noise_tar(seed, size):
    """The same bytes every time."""
    source = random.Random(seed)
    entry = tarfile.TarInfo("noise")
    entry.size = size
    yield entry.tobuf(tarfile.USTAR_FORMAT)
    left = size
    while left:
        piece = source.randbytes(min(left, PIECE))
        yield piece
        left -= len(piece)
    # To a whole block, then the two empty blocks that end a tar.
    yield bytes(-size % 512 + 1024)


def debian(folder, systems):
    """The tars of a Debian in layers: the first of `systems` (lists of packages), what the next adds, and its files of
    node in one of their own."""
    program = shutil.which("mmdebstrap")
    if not program:
        raise Missing("mmdebstrap is not installed, which makes the image to unpack; on Debian: apt install mmdebstrap")
    os.makedirs(folder)
    tars = []
    for packages in systems:
        tars.append(os.path.join(folder, f"{len(tars)}.tar"))
        include = [f"--include={','.join(packages)}"] if packages else []
        made = subprocess.run(
            [program, "--variant=minbase", "--quiet", *include, "bookworm", tars[-1]],
            env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise Missing(f"mmdebstrap: {made.stderr.strip()[-300:]}")
    base, whole = tars
    with tarfile.open(base) as tar:
        known = {entry.name: likeness(entry) for entry in tar}
    upper, node = (os.path.join(folder, f"{name}.tar") for name in ("upper", "node"))
    with tarfile.open(whole) as tar, tarfile.open(upper, "w") as rest, tarfile.open(node, "w") as nodes:
        for entry in tar:
            if known.get(entry.name) != likeness(entry):
                to = nodes if "/node" in entry.name and not entry.islnk() else rest
                to.addfile(entry, tar.extractfile(entry) if entry.isreg() else None)
    for path in (base, upper, node):
        yield pieces(path)
    shutil.rmtree(folder)


def likeness(entry):
    """What two entries of one name have in common when they are the same."""
    return entry.type, entry.size, entry.mtime, entry.mode, entry.uid, entry.gid, entry.linkname


def pieces(path):
    """A file, piece by piece."""
    with open(path, "rb") as file:
        while piece := file.read(PIECE):
            yield piece
