"""Running one command and saying what it cost."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field

# Runs its arguments as a child and prints what wait4 says of it. It is a process of its own, and a small one, because a
# child's peak memory begins with that of the process it was forked from.
LAUNCHER = """
import os, sys, time
begun = time.monotonic()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_CLOSE, 3)])
_, status, used = os.wait4(child, 0)
wall = time.monotonic() - begun
cpu, ended = used.ru_utime + used.ru_stime, os.waitstatus_to_exitcode(status)
text = f'[{wall}, {cpu}, {used.ru_maxrss}, {used.ru_oublock}, {ended}]'
os.write(3, text.encode())
"""


@dataclass
class Sample:
    """What one run cost; None where nobody could tell."""

    wall: float = None
    """Seconds."""
    cpu: float = None
    """Seconds, user and system, the command's children and its daemon included."""
    memory: int = None
    """Peak bytes resident, of the largest process."""
    written: int = None
    """Bytes written to files, whether they have reached the disk or not."""
    requests: int = None
    connections: int = None
    body: int = None
    """Bytes of bodies both ways."""
    failed: str = None
    """The end of what the command said, where it failed."""
    more: dict = field(default_factory=dict)

    def count(self, counts):
        """Adds what a proxy saw."""
        self.requests = (self.requests or 0) + counts["requests"]
        self.connections = (self.connections or 0) + counts["connections"]
        self.body = (self.body or 0) + counts["sent"] + counts["received"]


def run(argv, env, limit):
    """Runs a command to its end, for at most `limit` seconds."""
    said = os.path.join(env["TMPDIR"], "said")
    reader, writer = os.pipe()
    python = [sys.executable, "-I", "-S", "-c", LAUNCHER]

    def hand_over():
        os.dup2(writer, 3)

    with open(said, "wb") as out:
        child = subprocess.Popen(
            python + argv,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            preexec_fn=hand_over,
            close_fds=False,
            start_new_session=True,
        )
    os.close(writer)
    sample = Sample()
    try:
        child.wait(limit)
        told = os.read(reader, 4096)
    except subprocess.TimeoutExpired:
        told = b""
        sample.failed = f"not done after {limit} s"
    finally:
        kill(child)
        os.close(reader)
    if told:
        wall, cpu, kib, blocks, status = json.loads(told)
        sample.wall, sample.cpu, sample.memory, sample.written = wall, cpu, kib * 1024, blocks * 512
        if status:
            sample.failed = last_words(said) or f"exit code {status}"
    elif not sample.failed:
        sample.failed = last_words(said) or "did not start"
    return sample


def kill(child):
    """Ends a command that runs in a session of its own, and what it started: nobody else is in its group."""
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def last_words(path):
    """The last line of a file, shortened."""
    with open(path, "rb") as file:
        lines = file.read()[-4000:].decode(errors="replace").strip().splitlines()
    return lines[-1][-300:] if lines else ""


def median(values):
    """The middle one of those that are known; None where none is."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return None
    half = len(known) // 2
    return known[half] if len(known) % 2 else (known[half - 1] + known[half]) / 2


class Daemon:
    """What a daemon costs between two moments."""

    def __init__(self, pid):
        self.pid = pid

    def begin(self):
        """Peak memory and CPU time count from here."""
        with open(f"/proc/{self.pid}/clear_refs", "w", encoding="ascii") as file:
            file.write("5")
        self.before = self._cpu()

    def add_to(self, sample):
        """Adds what was used since to `sample`."""
        if sample.cpu is not None:
            sample.cpu += self._cpu() - self.before
            with open(f"/proc/{self.pid}/status", encoding="ascii") as file:
                peak = next(line for line in file if line.startswith("VmHWM"))
            sample.memory = max(sample.memory, int(peak.split()[1]) * 1024)

    def _cpu(self):
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")
