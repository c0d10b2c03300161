"""The rows of the table, and the line that `rg` must reach in each."""

from dataclasses import dataclass, field

WAN = ["--round-trip", "60ms", "--per-connection", "8MB/s", "--in-all", "125MB/s"]
LOSSY = ["--in-all", "1GB/s", "--reset-after", "8MiB-64MiB"]
QUICK_LOSSY = ["--in-all", "1GB/s", "--reset-after", "2MiB-16MiB"]
# Slow enough that half of the bytes can be waited for.
RESUME = ["--in-all", "125MB/s"]
QUICK_RESUME = ["--in-all", "16MB/s"]
PROFILES = ["loopback", "wan", "lossy", "resume"]


@dataclass(frozen=True)
class Line:
    """`metric` of rg is at most `most` times that of `of`, or `most` itself where `of` is None."""

    metric: str
    most: float
    of: str = None
    since: int = 0
    """The major version of the peer that is meant; an older one counts as absent."""


@dataclass(frozen=True)
class Row:
    """One thing that every client does."""

    action: str
    """`pull`, `push`, `pull again`, `push again`, `resume`, `copy` or `unpack`."""
    image: str
    profile: str
    lines: list = field(default_factory=list)
    limit: float = None
    """At most so many times the limit of this run, where a peer of `lines` is absent."""
    instead: float = None
    """At most so many times the wall time of skopeo, where crane is absent and there is no limit: the line for crane,
    translated by what the two were measured to take side by side."""

    @property
    def verb(self):
        """What a client must be able to do."""
        return {"resume": "pull"}.get(self.action, self.action.split()[0])

    @property
    def name(self):
        image = f"up-to-date {self.action.split()[0]} {self.image}" if "again" in self.action else None
        return image or f"{self.action} {self.image}"


def wall(most, of, since=0):
    """A line about wall time."""
    return Line("wall", most, of, since)


# What skopeo has gained on loopback since the one of Debian 12, which these lines are halved for.
OLD_SKOPEO = (1, 9)

MEMORY = Line("memory", 24 << 20)
# A copy between registries keeps nothing; a log or a lock may be written.
NOTHING_ON_DISK = Line("written", 64 << 10)

ROWS = [
    Row("pull", "one-256", "wan", [wall(0.09, "skopeo"), wall(0.55, "ctr", since=2)], limit=1.3),
    Row("pull", "wide-32", "wan", [wall(0.35, "skopeo")], limit=1.4),
    Row("pull", "many", "wan", [wall(0.4, "skopeo"), Line("connections", 32)]),
    Row("pull", "tiny", "wan", [wall(0.6, "crane")], instead=0.6 * 0.48 / 0.49),
    Row("push", "many", "wan", [wall(0.3, "crane")], instead=0.3 * 6.8 / 28.1),
    Row("pull", "one-256", "loopback", [wall(0.5, "skopeo"), wall(0.85, "crane")], limit=1.5),
    Row("pull", "one-big", "loopback", [wall(0.7, "crane")], limit=1.6),
    Row("pull", "many", "loopback", [wall(0.85, "crane")], instead=0.85 * 0.32 / 0.35),
    Row("pull", "tiny", "loopback", [wall(0.6, "crane"), Line("requests", 3)], instead=0.6 * 0.019 / 0.029),
    Row("push", "one-256", "loopback", [wall(0.9, "crane")], instead=0.9 * 0.98 / 1.0),
    Row("push", "many", "loopback", [wall(0.75, "crane"), Line("requests", 185)], instead=0.75 * 0.62 / 1.0),
    Row("pull", "one-256", "lossy", [wall(0.2, "skopeo"), Line("share", 1.05)]),
    Row("resume", "one-256", "resume", [Line("share", 1.02)]),
    Row("pull again", "many", "loopback", [wall(0.4, "skopeo"), Line("requests", 1)]),
    Row("copy", "one-256", "loopback", [wall(0.9, "crane"), NOTHING_ON_DISK], instead=0.9 * 0.98 / 1.0),
    Row("copy", "many", "loopback", [wall(0.9, "crane"), NOTHING_ON_DISK], instead=0.9 * 0.62 / 1.0),
    Row("unpack", "debian", "loopback", [wall(0.5, "umoci"), wall(0.5, "podman")]),
    Row("push again", "many", "loopback", [wall(0.9, "crane"), Line("requests", 2)], instead=0.9 * 0.013 / 0.097),
]
