#!/usr/bin/python3
"""The page of a directory of 1,000 files in a repository of 50,000 commits, over HTTP, and the first page of its
history.
"""

import io
import subprocess
import time

import measure
import server

COMMITS, FILES = 50_000, 1_000
WARM_UP = 10


def history():
    """The commands of git-fast-import(1): 1,000 files in one directory, then one of them changed by each commit."""
    out = io.BytesIO()
    for number in range(COMMITS):
        who = b"bench <bench@example.org> %d +0000\n" % (1_700_000_000 + number)
        out.write(b"commit refs/heads/main\nauthor " + who + b"committer " + who + b"data 6\ncommit\n")
        for file in range(FILES) if number == 0 else [number % FILES]:
            content = b"content %d of %d\n" % (number, file)
            out.write(b"M 100644 inline data/file-%04d.txt\ndata %d\n%s\n" % (file, len(content), content))
    return out.getvalue()


def page_times(client, path, repeats, count):
    times = []
    for number in range(-WARM_UP, repeats):
        begin = time.perf_counter()
        page = client.call("GET", path)
        if number >= 0:
            times.append((time.perf_counter() - begin) * 1000)
        if len(page["items"]) != count:
            raise SystemExit(f"{len(page['items'])} of {count} in {path}")
    return times


def run(repeats):
    with server.Server.running() as cloudbrain:
        project = cloudbrain.client.call("POST", "/api/v2/projects", {"name": "long"})
        repository = f"{cloudbrain.data}/repositories/{project['id']}.git"
        subprocess.run(["git", "-c", "safe.directory=*", "--git-dir", repository, "fast-import", "--quiet"], input=history(),
                       check=True)
        base = "/api/v2/projects/admin/long"
        trees = page_times(cloudbrain.client, f"{base}/tree/main/data", repeats, FILES)
        commits = page_times(cloudbrain.client, f"{base}/commits?limit=20", repeats, 20)
    measure.print_spread("tree page", trees, "ms")
    measure.print_spread("first page of the history", commits, "ms")
    return [
        measure.Figure(f"directory of {FILES:,} files in {COMMITS:,} commits, p95", measure.percentile(trees, 0.95), "ms",
                       at_most=50),
        measure.Figure(f"first page of {COMMITS:,} commits, p95", measure.percentile(commits, 0.95), "ms"),
    ]


if __name__ == "__main__":
    measure.run_figure("a page of a large repository", 100, run)
