"""What came out, as Markdown: what each client took, and whether `rg` reaches its lines."""

from . import measure
from .rows import MEMORY, OLD_SKOPEO, Line

MIB = 1 << 20
COLUMNS = [
    ("wall", "wall s", 1),
    ("cpu", "CPU s", 1),
    ("memory", "memory MiB", MIB),
    ("requests", "requests", 1),
    ("connections", "connections", 1),
    ("body", "bodies MiB", MIB),
]


class Result:
    """All samples of one row."""

    def __init__(self, row, image):
        self.row, self.size = row, image.size
        self.samples = {}
        self.limits = {}
        """Lists of seconds, by what was measured."""

    def add(self, client, sample):
        """One more run of `client`."""
        self.samples.setdefault(client, []).append(sample)

    def of(self, client, metric):
        """The median of a metric over the runs that did not fail."""
        runs = [sample for sample in self.samples.get(client, []) if not sample.failed]
        if metric == "share":
            body = measure.median(sample.body for sample in runs)
            return None if body is None else body / self.size
        return measure.median(getattr(sample, metric) for sample in runs)

    def failures(self, client):
        """What the failed runs said."""
        return [sample.failed for sample in self.samples.get(client, []) if sample.failed]

    def limit(self):
        """Seconds of the slowest of the things that nobody can do without."""
        return max((measure.median(times) for times in self.limits.values()), default=None)


def number(value, metric):
    """Figures as far as they mean something."""
    if metric == "memory":
        return f"{value:.0f}"
    if isinstance(value, int) or metric in ("requests", "connections"):
        return f"{value:g}"
    if metric == "body" and value < 1:
        return f"{value:.3f}"
    return f"{value:.3f}" if value < 1 else f"{value:.2f}"


def figures(results):
    """The first table: medians, each with its ratio to that of rg."""
    lines = ["| row | client | " + " | ".join(title for _, title, _ in COLUMNS) + " |"]
    lines.append("|---|---|" + "---|" * len(COLUMNS))
    for result in results:
        title = f"{result.row.name}, {result.row.profile}"
        for client in result.samples:
            cells = []
            for metric, _, unit in COLUMNS:
                value, own = result.of(client, metric), result.of("rg", metric)
                cell = "-" if value is None else number(value / unit, metric)
                if client != "rg" and value is not None and own:
                    cell += f" ({value / own:.2f}x)"
                cells.append(cell)
            if failed := result.failures(client):
                cells[0] += f", fails {len(failed)} of {len(result.samples[client])}"
            lines.append(f"| {title} | {client} | " + " | ".join(cells) + " |")
            title = ""
        for what, times in result.limits.items():
            blanks = "- | " * (len(COLUMNS) - 1)
            lines.append(f"| {title} | *{what}* | {number(measure.median(times), 'wall')} | {blanks}".rstrip())
    return "\n".join(lines)


def major(version):
    """The first two numbers of a version; zero for one that is not known."""
    return tuple(int(part) for part in version.split(".")[:2] if part.isdecimal()) or (0,)


def verdicts(results, versions, quick):
    """The second table: each line with what was measured; whether none was missed."""
    lines = ["| row | line | measured | |", "|---|---|---|---|"]
    missed = 0
    for result in results:
        title = f"{result.row.name}, {result.row.profile}"
        for told, value, most in judge(result, versions):
            measured = value if isinstance(value, str) else "not measured" if value is None else f"{value:.3g}"
            verdict = "" if value is None else "ok" if isinstance(value, str) or value <= most else "MISSED"
            if quick and verdict:
                verdict = f"({verdict})"
            missed += verdict == "MISSED"
            lines.append(f"| {title} | {told} | {measured} | {verdict} |")
            title = ""
        for failure in result.failures("rg")[:1]:
            missed += 1
            lines.append(f"| {title} | does not fail | {failure.replace('|', '/')} | MISSED |")
    peaks = [result.of("rg", "memory") for result in results]
    peak = max((value for value in peaks if value is not None), default=None)
    if peak is not None:
        verdict = "ok" if peak <= MEMORY.most else "MISSED"
        verdict = f"({verdict})" if quick else verdict
        missed += verdict == "MISSED"
        lines.append(f"| peak memory, all rows | <= {MEMORY.most / MIB:g} MiB | {peak / MIB:.1f} MiB | {verdict} |")
    return "\n".join(lines), missed == 0


def judge(result, versions):
    """Each line of a row as (what it says, what was measured, the most it may be). What was measured is None where rg
    has no figure, and words where a peer fails at what rg does."""
    row, absent, found = result.row, set(), []
    for line in row.lines:
        if line.of is None:
            found.append((absolute(line), result.of("rg", line.metric), line.most))
        elif line.of not in versions or major(versions[line.of])[0] < line.since:
            absent.add(line.of)
        else:
            most = line.most
            if line.of == "skopeo" and row.profile == "loopback" and major(versions["skopeo"]) <= OLD_SKOPEO:
                most /= 2
            found.append(relative(result, line, most))
    if absent and row.limit and (limit := result.limit()):
        value = result.of("rg", "wall")
        told = f"<= {row.limit:g} x the limit, {limit:.3g} s"
        found.append((told, None if value is None else value / limit, row.limit))
    elif "crane" in absent and row.instead and "skopeo" in versions:
        old = row.profile == "loopback" and major(versions["skopeo"]) <= OLD_SKOPEO
        told, value, most = relative(result, Line("wall", row.instead, "skopeo"), row.instead / (2 if old else 1))
        found.append((f"{told} (for crane)", value, most))
    return found


def relative(result, line, most):
    """A line that is a part of what a peer takes."""
    own, theirs = result.of("rg", line.metric), result.of(line.of, line.metric)
    value = own / theirs if own is not None and theirs else None
    if own is not None and theirs is None and result.failures(line.of):
        value = f"{line.of} fails"
    return f"{line.metric} <= {most:.2g} x {line.of}", value, most


def absolute(line):
    """A line that is a number."""
    if line.metric == "share":
        return f"bytes <= {line.most:g} x the size"
    if line.metric == "written":
        return f"bytes written to files <= {line.most:g}"
    return f"{line.metric} <= {line.most:g}"
