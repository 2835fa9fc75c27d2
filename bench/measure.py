"""What all figures share: statistics, the bare facts of the machine, and how a result is told.

A figure is measured beside its peer in the same run, the two taking turns, because the ratio of two
things measured under the same conditions says more than either time does.
"""

import argparse
import atexit
import contextlib
import dataclasses
import json
import math
import os
import shutil
import statistics
import sys
import tempfile
import time

QUIET_LOAD = 1.5


def median(values):
    return statistics.median(values)


def percentile(values, share):
    """The smallest value that `share` (0..1) of all values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclasses.dataclass
class Figure:
    """One line of the table. Without a peer the target holds for `ours` itself, else for the ratio."""

    what: str
    ours: float
    unit: str
    peer_name: str = ""
    peer: float = None
    at_most: float = None
    at_least: float = None

    @property
    def ratio(self):
        return None if self.peer is None else self.ours / self.peer

    @property
    def met(self):
        """None where there is no target."""
        value = self.ours if self.peer is None else self.ratio
        if self.at_most is not None:
            return value <= self.at_most
        if self.at_least is not None:
            return value >= self.at_least
        return None

    def cells(self):
        target = ""
        if self.at_most is not None or self.at_least is not None:
            sign, bound = ("≤", self.at_most) if self.at_most is not None else ("≥", self.at_least)
            target = f"{sign} {bound:.3g}" + (f" {self.unit}" if self.peer is None else " ×")
        peer = "" if self.peer is None else f"{self.peer_name}: {number(self.peer)} {self.unit}"
        ratio = "" if self.ratio is None else f"{self.ratio:.3g} ×"
        verdict = {None: "", True: "met", False: "MISSED"}[self.met]
        return [self.what, f"{number(self.ours)} {self.unit}", peer, ratio, target, verdict]


HEADINGS = ["what", "ours", "peer", "ratio", "target", ""]


def number(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def print_table(figures):
    """Markdown, so that it can be pasted into README.md."""
    rows = [HEADINGS, ["---"] * len(HEADINGS)] + [figure.cells() for figure in figures]
    for row in rows:
        print("| " + " | ".join(row) + " |")


def print_spread(name, values, unit):
    """One line about one contender: the median is the figure, the rest tells how far to trust it."""
    print(f"  {name:<34} median {median(values):9.3f} {unit}   best {min(values):9.3f}   "
          f"p90 {percentile(values, 0.9):9.3f}   n {len(values)}", flush=True)


def arguments(description, repeats):
    """The options of every script. `repeats`: how often where --repeats does not say."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--repeats", type=int, default=repeats)
    parser.add_argument("--wait", action="store_true",
                        help=f"first wait until the machine's load is below {QUIET_LOAD}")
    parser.add_argument("--json", metavar="FILE", help="append the figures to FILE, one a line")
    return parser.parse_args()


def run_figure(description, repeats, measure):
    """The main function of a script: `measure(repeats)` gives its figures."""
    options = arguments(description, repeats)
    print(f"== {description}", flush=True)
    if options.wait:
        wait_for_quiet()
    load = os.getloadavg()[0]
    if load > QUIET_LOAD:
        print(f"  the machine is busy (load {load:.1f}): these figures say little", flush=True)
    figures = measure(options.repeats)
    print_table(figures)
    if options.json:
        with open(options.json, "a", encoding="utf-8") as out:
            for figure in figures:
                out.write(json.dumps(dataclasses.asdict(figure)) + "\n")
    sys.exit(1 if any(figure.met is False for figure in figures) else 0)


def wait_for_quiet(patience_s=6 * 3600):
    """Other work on the machine distorts every figure. The load of the last minute must be low, and
    the processors idle right now."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if os.getloadavg()[0] < QUIET_LOAD and busy_share(2.0) < 0.15:
            return
        time.sleep(5)


def busy_share(seconds):
    """Share of all processors' time that was not idle."""
    before = processor_times()
    time.sleep(seconds)
    idle, total = (now - then for now, then in zip(processor_times(), before))
    return 1 - idle / max(1, total)


def processor_times():
    with open("/proc/stat", encoding="ascii") as stat:
        fields = [int(field) for field in stat.readline().split()[1:9]]
    return fields[3] + fields[4], sum(fields)


def resident_kb(pid, field="VmRSS"):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith(field + ":"):
                return int(line.split()[1])
    raise LookupError(field)


def forget_peak(pid):
    """VmHWM counts from now on."""
    with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as clear:
        clear.write("5")


# What is deleted slows down what is made after it: on ext4 without a journal the search for a free inode
# steps over each that was freed in the last minutes. So nothing is deleted before the end, and in a
# BENCH_DIR nothing at all: whoever named it removes it.
_directories = []


@contextlib.contextmanager
def temporary_directory():
    """An empty directory below BENCH_DIR, or else the system's directory for temporary files."""
    path = tempfile.mkdtemp(prefix="cloudbrain-bench-", dir=os.environ.get("BENCH_DIR"))
    os.chmod(path, 0o755)
    if not _directories and "BENCH_DIR" not in os.environ:
        atexit.register(_remove_directories)
    _directories.append(path)
    yield path


def _remove_directories():
    for path in _directories:
        shutil.rmtree(path, ignore_errors=True)
