"""The clients: how each is found, pulls into an empty store, and pushes an image under a name that is new.

All keep what they have in folders of this run. What a client must have before a timed command is made by `stage` and
is not timed. None of them may know the image from an earlier run: then it would mount layers instead of sending them.
"""

import os
import re
import shutil
import subprocess
import time
import urllib.parse
import urllib.request

from . import measure
from .servers import end


def version(argv):
    """The first number with dots that a command prints; empty when it cannot run."""
    try:
        said = subprocess.run(argv, capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    found = re.search(r"\d+(\.\d+)+", said.stdout)
    return found.group() if found and said.returncode == 0 else ""


class Client:
    """One client in one row: made anew for each run, on a `place` of its own."""

    name = ""
    asks = ["version"]
    daemon = None
    """A `measure.Daemon` where the work is done by one."""
    stays = False
    """Whether what was written is removed by somebody else, later."""

    def __init__(self, program, place):
        self.program, self.place = program, place
        os.makedirs(place)
        folders = {name: os.path.join(place, name) for name in ("home", "run", "tmp", "data", "state", "config", "cache")}
        for folder in folders.values():
            os.mkdir(folder, 0o700)
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": folders["home"],
            "TMPDIR": folders["tmp"],
            "XDG_RUNTIME_DIR": folders["run"],
            "XDG_DATA_HOME": folders["data"],
            "XDG_STATE_HOME": folders["state"],
            "XDG_CONFIG_HOME": folders["config"],
            "XDG_CACHE_HOME": folders["cache"],
            "DOCKER_CONFIG": folders["config"],
        }
        # Podman insists on the file.
        with open(os.path.join(folders["config"], "config.json"), "w", encoding="utf-8") as file:
            file.write("{}")
        self.store = os.path.join(place, "store")

    @classmethod
    def find(cls):
        """The program and its version, or None."""
        program = shutil.which(cls.name)
        found = program and version([program, *cls.asks])
        return (program, found) if found else None

    does = ("pull", "push")
    """What it can be measured at."""

    def pull(self, name):
        """The command that pulls `name`."""
        raise NotImplementedError

    def push(self, name):
        """The command that pushes as `name` what was staged."""
        raise NotImplementedError

    def copy(self, source, target):
        """The command that copies from one registry to another."""
        raise NotImplementedError

    def unpack(self, image):
        """The command that makes a folder of the files of `image`, which is no image of this client's yet."""
        raise NotImplementedError

    def stage(self, image, source, name):
        """Has `image` (which lies at `source` in the registry too) ready for a push as `name`."""
        raise NotImplementedError

    def must(self, argv):
        """Runs what must work for a measurement to mean anything; its last line."""
        sample = measure.run([self.program, *argv], self.env, 600)
        if sample.failed:
            raise RuntimeError(f"{self.name} {' '.join(argv)}: {sample.failed}")
        return measure.last_words(os.path.join(self.env["TMPDIR"], "said"))

    def close(self):
        """Ends what was started and removes what was written, unless that stays for a while."""
        if not self.stays:
            shutil.rmtree(self.place, ignore_errors=True)


class Rg(Client):
    name = "rg"
    asks = ["--version"]
    does = ("pull", "push", "copy", "unpack")

    def pull(self, name):
        return ["pull", "--plain-http", "--store", self.store, name]

    def push(self, name):
        return ["push", "--plain-http", "--store", self.store, name]

    def copy(self, source, target):
        return ["copy", "--plain-http", "--store", self.store, source, target]

    def unpack(self, image):
        image.link(self.store, "bench/image:v1")
        return ["unpack", "--store", self.store, "bench/image:v1", f"{self.place}/rootfs"]

    def stage(self, image, source, name):
        image.link(self.store, name)


class Skopeo(Client):
    name = "skopeo"
    asks = ["--version"]
    does = ("pull", "push", "copy")

    def __init__(self, program, place):
        super().__init__(program, place)
        # Makes root's skopeo, too, keep its memory of which registry has which blob in XDG_DATA_HOME.
        self.env["_CONTAINERS_ROOTLESS_UID"] = "1"

    def pull(self, name):
        copy = ["--insecure-policy", "copy", "--src-tls-verify=false"]
        return [*copy, f"docker://{name}", f"oci:{self.store}:v1"]

    def push(self, name):
        copy = ["--insecure-policy", "copy", "--dest-tls-verify=false"]
        return [*copy, f"oci:{self.store}:v1", f"docker://{name}"]

    def copy(self, source, target):
        copy = ["--insecure-policy", "copy", "--src-tls-verify=false", "--dest-tls-verify=false"]
        return [*copy, f"docker://{source}", f"docker://{target}"]

    def stage(self, image, source, name):
        image.link(self.store, "v1")


class Crane(Client):
    name = "crane"
    does = ("pull", "push", "copy")

    @classmethod
    def find(cls):
        # Debian's does not know its version.
        program = shutil.which(cls.name)
        return (program, version([program, *cls.asks]) or "of an unknown version") if program else None

    def pull(self, name):
        return ["pull", "--insecure", "--format=oci", name, self.store]

    def push(self, name):
        return ["push", "--insecure", self.store, name]

    def copy(self, source, target):
        return ["copy", "--insecure", source, target]

    def stage(self, image, source, name):
        image.link(self.store, "v1")


class Regctl(Client):
    name = "regctl"
    does = ("pull", "push", "copy")

    def pull(self, name):
        return [*self._plain(name), "image", "copy", name, f"ocidir://{self.store}:v1"]

    def push(self, name):
        return [*self._plain(name), "image", "copy", f"ocidir://{self.store}:v1", name]

    def copy(self, source, target):
        return [*self._plain(source), *self._plain(target), "image", "copy", source, target]

    def stage(self, image, source, name):
        image.link(self.store, "v1")

    @staticmethod
    def _plain(name):
        return ["--host", f"reg={name.split('/')[0]},tls=disabled"]


class Podman(Client):
    """It unpacks what it pulls and packs anew what it pushes."""

    name = "podman"
    asks = ["--version"]
    does = ("pull", "push", "unpack")

    def __init__(self, program, place):
        super().__init__(program, place)
        driver = "overlay" if os.geteuid() == 0 else "vfs"
        self.common = ["--root", self.store, "--runroot", f"{place}/runroot", "--storage-driver", driver]

    def pull(self, name):
        return [*self.common, "pull", "--quiet", "--tls-verify=false", name]

    def push(self, name):
        return [*self.common, "push", "--quiet", "--tls-verify=false", self.staged, name]

    def stage(self, image, source, name):
        layout = f"{self.place}/layout"
        image.link(layout, "v1")
        self.staged = self.must([*self.common, "pull", "--quiet", f"oci:{layout}:v1"])

    def unpack(self, image):
        return [*self.common, "load", "--quiet", "--input", image.archive()]

    def close(self):
        # Its overlay folder is a mount of its own.
        subprocess.run(["umount", f"{self.store}/overlay"], stderr=subprocess.DEVNULL, check=False)
        super().close()


class Ctr(Client):
    """containerd, started privately for each run. What it pulls is not unpacked."""

    name = "ctr"
    asks = ["--version"]

    @classmethod
    def find(cls):
        return super().find() if shutil.which("containerd") and os.geteuid() == 0 else None

    def __init__(self, program, place):
        super().__init__(program, place)
        self.socket = f"{place}/c.sock"
        settings = f"{place}/containerd.toml"
        with open(settings, "w", encoding="utf-8") as file:
            file.write(
                f'version = 2\nroot = "{self.store}"\nstate = "{place}/run/state"\n'
                'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n'
                f'[grpc]\naddress = "{self.socket}"\n[ttrpc]\naddress = "{self.socket}.ttrpc"\n'
            )
        with open(f"{place}/containerd.log", "wb") as log:
            self.child = subprocess.Popen(
                ["containerd", "--config", settings],
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + 30
        while subprocess.run(
            [program, "-a", self.socket, "version"],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        ).returncode:
            if self.child.poll() is not None or time.monotonic() > until:
                end(self.child)
                raise RuntimeError("containerd does not start")
            time.sleep(0.05)
        self.daemon = measure.Daemon(self.child.pid)

    def pull(self, name):
        return ["-a", self.socket, "content", "fetch", "--plain-http", name]

    def push(self, name):
        return ["-a", self.socket, "images", "push", "--plain-http", name]

    def stage(self, image, source, name):
        self.must(self.pull(source))
        self.must(["-a", self.socket, "images", "tag", source, name])

    def close(self):
        end(self.child)
        super().close()


class Docker(Client):
    """Only where a daemon answers; it is the machine's own, so what it uses is not measured."""

    name = "docker"

    @classmethod
    def find(cls):
        program = shutil.which(cls.name)
        found = program and version([program, "version", "--format", "{{.Server.Version}}"])
        return (program, found) if found else None

    def __init__(self, program, place):
        super().__init__(program, place)
        self.names = []
        if host := os.environ.get("DOCKER_HOST"):
            self.env["DOCKER_HOST"] = host

    def pull(self, name):
        self.names.append(name)
        return ["pull", "--quiet", name]

    def push(self, name):
        return ["push", "--quiet", name]

    def stage(self, image, source, name):
        self.must(self.pull(source))
        self.must(["tag", source, name])
        self.names.append(name)

    def close(self):
        subprocess.run(
            [self.program, "rmi", "--force", *self.names],
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        super().close()


class Umoci(Client):
    """It only unpacks."""

    name = "umoci"
    asks = ["--version"]
    does = ("unpack",)

    def unpack(self, image):
        image.link(self.store, "v1")
        rootless = [] if os.geteuid() == 0 else ["--rootless"]
        return ["unpack", *rootless, "--image", f"{self.store}:v1", f"{self.place}/bundle"]


PEERS = [Skopeo, Crane, Regctl, Podman, Ctr, Docker, Umoci]


class Curl(Client):
    """The limit: the blobs of an image by up to sixteen requests at once, nothing verified."""

    name = "curl"
    asks = ["--version"]
    LANES = 16

    def fetch(self, image, host):
        """The command that gets the blobs of `image`, which is `bench/NAME` at `host`, by closed ranges into files."""
        blobs = [image.config, *image.layers]
        each = max(1, self.LANES // len(image.layers))
        os.makedirs(self.store, exist_ok=True)
        transfers = []
        for number, blob in enumerate(blobs):
            cuts = [blob["size"] * at // each for at in range(each + 1)] if blob["size"] > each else [0, blob["size"]]
            for at, (first, last) in enumerate(zip(cuts, cuts[1:])):
                url = f"http://{host}/v2/bench/{image.name}/blobs/{blob['digest']}"
                transfers.append(
                    [f"url = {url}", f"range = {first}-{last - 1}", f"output = {self.store}/{number}.{at}"]
                )
        return self._all(transfers)

    def send(self, image, host, repository):
        """The command that sends the blobs of `image` by one PUT each; the uploads are opened before it."""
        transfers = []
        for blob in [image.config, *image.layers]:
            asked = urllib.request.Request(f"http://{host}/v2/{repository}/blobs/uploads/", method="POST")
            with urllib.request.urlopen(asked) as answer:
                place = urllib.parse.urljoin(asked.full_url, answer.headers["Location"])
            url = f"{place}{'&' if '?' in place else '?'}digest={blob['digest']}"
            headers = [f'header = "{header}"' for header in ("Content-Type: application/octet-stream", "Expect:")]
            transfers.append([f'url = "{url}"', *headers, f"upload-file = {image.path(blob)}"])
        return self._all(transfers)

    def _all(self, transfers):
        settings = os.path.join(self.place, "curl")
        with open(settings, "w", encoding="utf-8") as file:
            each = ("\n".join(["silent", "show-error", "fail", *lines]) for lines in transfers)
            file.write("\nnext\n".join(each))
        return ["--parallel", "--parallel-immediate", "--parallel-max", str(self.LANES), "--config", settings]


__all__ = ["PEERS", "Client", "Curl", "Rg"]
