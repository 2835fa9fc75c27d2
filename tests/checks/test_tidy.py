"""clang-tidy, within a time: what changed last comes first, what was clean before is not looked at again.

CLOUDBRAIN_TIDY_SECONDS is the time it may take (0: none at all); `make check` gives it all it wants.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tree import ROOT, expect_none, sources, text

TIDY = "clang-tidy-19"
BUILD = ROOT / "build/release"
CLEAN = ROOT / ".cloudbrain/tidy"  # an empty file named by content for each source found clean


def compiled_sources():
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    known = {os.path.relpath(command["file"], ROOT) for command in commands}
    return [str(path) for path in sources(".cpp", under="src/") if str(path) in known]


def newest_first(names):
    """Changed but not committed, then by the last commit that touched them."""
    git = lambda *words: subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True).stdout.splitlines()
    recent = git("diff", "--name-only", "HEAD") + git("log", "-30", "--format=", "--name-only")
    rank = {name: position for position, name in reversed(list(enumerate(recent)))}
    return sorted(names, key=lambda name: rank.get(name, len(recent)))


def content_key(name, seen=None):
    """Names a source together with all of our headers it includes and the checks' settings."""
    seen = {} if seen is None else seen
    if name not in seen and (ROOT / name).is_file():
        seen[name] = text(name)
        for include in re.findall(r'#\s*include\s+"([^"]+)"', seen[name]):
            content_key(f"src/{include}", seen)
    return hashlib.sha256((text(".clang-tidy") + json.dumps(seen, sort_keys=True)).encode()).hexdigest()


def tidy(name, deadline):
    marker = CLEAN / content_key(name)
    if marker.exists():
        return "clean", ""
    if time.monotonic() > deadline:
        return "not reached", ""
    run = subprocess.run([TIDY, "-p", BUILD, "--quiet", "--extra-arg=-Wno-ignored-gch",
                          "--extra-arg=-Wno-unknown-warning-option", name],
                         cwd=ROOT, capture_output=True, text=True)
    if run.returncode == 0:
        marker.touch()
        return "clean", ""
    return "dirty", run.stdout


@pytest.mark.skipif(shutil.which(TIDY) is None, reason=f"{TIDY} is not installed")
def test_clang_tidy_finds_nothing(record_property):
    seconds = int(os.environ.get("CLOUDBRAIN_TIDY_SECONDS", "180"))
    if seconds == 0:
        pytest.skip("CLOUDBRAIN_TIDY_SECONDS=0")
    CLEAN.mkdir(parents=True, exist_ok=True)
    names = newest_first(compiled_sources())
    assert names, "nothing is built in build/release"
    deadline = time.monotonic() + seconds
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda name: tidy(name, deadline), names))
    reached = sum(state != "not reached" for state, _ in results)
    print(f"{reached} of {len(names)} sources looked at within {seconds} s")
    record_property("sources", f"{reached}/{len(names)}")
    expect_none(output for state, output in results if state == "dirty")
