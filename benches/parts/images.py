"""The images that are moved: deterministic, incompressible, made once a run and read by every client.

A layer is a tar of one file of noise in one gzip member of level 0, so that unpacking clients find what they expect
and nobody can save a byte.
"""

import hashlib
import json
import os
import random
import tarfile
import zlib

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
QUICK = {
    "one-big": [64 * MIB],
    "one-256": [32 * MIB],
    "wide-32": [4 * MIB] * 8,
    "many": [64 * KIB] * 60,
    "tiny": [2 * KIB],
}


class Image:
    """An OCI layout in a folder, named `v1` there."""

    def __init__(self, name, folder, sizes):
        self.name, self.folder = name, folder
        self.blobs = os.path.join(folder, "blobs", "sha256")
        os.makedirs(self.blobs)
        layers = [self._layer(f"{name} {at}", size) for at, size in enumerate(sizes)]
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

    def _layer(self, seed, size):
        noise = random.Random(seed)
        entry = tarfile.TarInfo("noise")
        entry.size = size
        tar, packed = hashlib.sha256(), hashlib.sha256()
        deflate = zlib.compressobj(0, zlib.DEFLATED, 31)
        written = 0
        draft = os.path.join(self.folder, "draft")
        with open(draft, "wb") as file:

            def put(raw, end=False):
                nonlocal written
                tar.update(raw)
                for piece in [deflate.compress(raw)] + ([deflate.flush()] if end else []):
                    packed.update(piece)
                    written += file.write(piece)

            put(entry.tobuf(tarfile.USTAR_FORMAT))
            left = size
            while left:
                piece = noise.randbytes(min(left, PIECE))
                put(piece)
                left -= len(piece)
            # To a whole block, then the two empty blocks that end a tar.
            put(bytes(-size % 512 + 1024), end=True)
        descriptor = {"mediaType": LAYER, "digest": "sha256:" + packed.hexdigest(), "size": written}
        os.rename(draft, self.path(descriptor))
        return descriptor, "sha256:" + tar.hexdigest()
