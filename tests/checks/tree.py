"""The files of the repository, as the checks look at them."""

import functools
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
GENERATED = ("console/src/api/schema.d.ts", "console/openapi/openapi.json", "console/package-lock.json")


@functools.cache
def files():
    """What git tracks or would track, less what is generated; paths relative to the root."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout
    names = sorted(set(listing.split("\0")) - {""} - set(GENERATED))
    return [pathlib.Path(name) for name in names if (ROOT / name).is_file()]


def sources(*endings, under=""):
    return [path for path in files() if path.suffix in endings and str(path).startswith(under)]


def text(path):
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def numbered_lines(path):
    return enumerate(text(path).splitlines(), 1)


def expect_none(found, instead=""):
    """Fails with every finding on a line of its own."""
    found = list(found)
    assert not found, "\n".join([instead, *found]).strip()
