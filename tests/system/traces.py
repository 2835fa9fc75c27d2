"""What tasks and servers leave on a machine: processes, cgroups, mounts, files. And waiting for it to go."""

import hashlib
import os
import pathlib
import time


def until(condition, seconds=30, what="it did not come true"):
    """The first true value of condition(); for what no event tells of."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, what() if callable(what) else f"{what} within {seconds} s"
        time.sleep(0.01)  # between two looks
    return value


def words_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def all_pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]


def processes_naming(text):
    """Pids of all processes whose command line holds `text`."""
    text = text.encode() if isinstance(text, str) else text
    return [pid for pid in all_pids() if text in words_of(pid)]


def status_of(pid):
    """The fields of /proc/PID/status by name."""
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def mounts_naming(path):
    """(pid, line) of every mount from below `path`, in whoever's mount namespace."""
    found = []
    for pid in all_pids():
        try:
            lines = pathlib.Path(f"/proc/{pid}/mountinfo").read_text().splitlines()
        except OSError:
            continue
        found += [(pid, line) for line in lines if str(path) in line]
    return found


def _cgroup_places(tasks_root):
    """Where a server that we started keeps the cgroups of its tasks, in every hierarchy: below our own cgroup
    or the root, by a name made from its directory."""
    name = "cloudbrain-" + hashlib.sha256(os.fsencode(pathlib.Path(tasks_root).resolve())).hexdigest()[:8]
    mounts = [line.split() for line in pathlib.Path("/proc/self/mounts").read_text().splitlines()]
    own = [line.split(":", 2)[2].lstrip("/") for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines()]
    places = {pathlib.Path(where, below, name) for _, where, kind, *_ in mounts if kind in ("cgroup", "cgroup2")
              for path in own for below in (path, os.path.dirname(path), "")}
    return [place for place in places if place.is_dir()]


def cgroups_of(tasks_root):
    return [child for place in _cgroup_places(tasks_root) for child in place.iterdir() if child.is_dir()]


def remove_cgroups(tasks_root):
    for place in _cgroup_places(tasks_root):
        for directory in [*place.glob("*/"), place]:
            try:
                directory.rmdir()
            except OSError:
                pass  # somebody in it still ends


def files_below(directory, but=()):
    """Relative paths of all there is, less what starts with one of `but`."""
    found = set()
    # os.walk, unlike rglob, goes on where a folder vanishes under its feet.
    for folder, folders, files in os.walk(directory):
        found |= {os.path.relpath(os.path.join(folder, name), directory) for name in folders + files}
    return {path for path in found if not path.startswith(tuple(but))}
