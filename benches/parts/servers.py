"""The other ends: a real registry, and the proxy that makes it slow, unreliable, or only counted."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request


class Missing(Exception):
    """Something that must be installed first."""


def free_port():
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def end(child):
    """Ends a child of ours and waits for it."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


class Registry:
    """Debian's docker-registry on a free loopback port, its images in a folder."""

    def __init__(self, folder):
        program = shutil.which("docker-registry")
        if not program:
            raise Missing("docker-registry is not installed; on Debian: apt install docker-registry")
        os.makedirs(folder)
        for _ in range(5):
            self.port = free_port()
            self.host = f"127.0.0.1:{self.port}"
            # Another name for the same place: what is known about one says nothing about the other.
            self.alias = f"localhost:{self.port}"
            settings = os.path.join(folder, "registry.yml")
            with open(settings, "w", encoding="utf-8") as file:
                file.write(
                    "version: 0.1\n"
                    "log: {level: error}\n"
                    f'storage: {{filesystem: {{rootdirectory: "{folder}/data"}}}}\n'
                    f'http: {{addr: "{self.host}", secret: any}}\n'
                )
            with open(os.path.join(folder, "log"), "wb") as log:
                self.child = subprocess.Popen(
                    [program, "serve", settings],
                    env={"PATH": os.environ["PATH"], "OTEL_TRACES_EXPORTER": "none"},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=folder,
                )
            if self._answers():
                return
        raise Missing(f"docker-registry does not start; see {folder}/log")

    def _answers(self):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        until = time.monotonic() + 30
        while time.monotonic() < until and self.child.poll() is None:
            try:
                opener.open(f"http://{self.host}/v2/", timeout=5).close()
                return True
            except urllib.error.HTTPError:
                return True
            except OSError:
                time.sleep(0.05)
        end(self.child)
        return False

    def close(self):
        """Ends it."""
        end(self.child)


class Proxy:
    """The fault proxy before a registry; it counts everything."""

    def __init__(self, program, upstream, options=()):
        self.child = subprocess.Popen(
            [program, "--upstream", upstream, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.host = self.child.stdout.readline().strip()
        if not self.host:
            raise Missing(f"{program} did not start")

    def _ask(self, word):
        self.child.stdin.write(word + "\n")
        self.child.stdin.flush()
        return json.loads(self.child.stdout.readline())

    def forget(self):
        """Counts anew from here."""
        self._ask("forget")

    def counts(self):
        """What has passed since."""
        return self._ask("counts")

    def close(self):
        """Ends it."""
        self.child.stdin.close()
        self.child.wait()
