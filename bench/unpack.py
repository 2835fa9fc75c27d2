#!/usr/bin/python3
"""Unpacking 60,000 small files: from the last byte of the upload until the data set is ready (hashed, stored,
unpacked with all checks, made into what tasks see), beside `unzip -q` into an empty directory. They take turns.
"""

import os
import pathlib
import subprocess
import time

import measure
import server
from dataset_reuse import FILES, make_archive, upload


def unzip(archive):
    with measure.temporary_directory() as directory:
        begin = time.monotonic()
        subprocess.run(["unzip", "-q", archive, "-d", directory], check=True)
        seconds = time.monotonic() - begin
    settle()
    return seconds


def settle():
    """Neither shall pay for what the other left to be written or removed."""
    os.sync()


def unpack(cloudbrain, project, archive):
    seconds = upload(cloudbrain, project, archive)
    shown = cloudbrain.client.call("GET", f"/api/v2/projects/admin/{project}/datasets/many.zip")
    if shown["files"][0]["entries"] != FILES:
        raise SystemExit(f"it holds {shown['files'][0]['entries']} files")
    # The same bytes are unpacked once: for the next round they have to be gone.
    cloudbrain.client.raw("DELETE", f"/api/v2/projects/admin/{project}/datasets/many.zip")
    old = pathlib.Path(cloudbrain.data) / "datasets/old"
    while any(old.iterdir()):
        time.sleep(0.05)
    settle()
    return seconds


def run(repeats):
    with measure.temporary_directory() as directory, server.Server.running() as cloudbrain:
        archive = os.path.join(directory, "many.zip")
        make_archive(archive)
        project = cloudbrain.project("data", {"train.py": ""})
        settle()
        theirs, ours = [], []
        for _ in range(repeats):
            theirs.append(unzip(archive))
            ours.append(unpack(cloudbrain, project, archive))
    measure.print_spread("unzip -q", theirs, "s")
    measure.print_spread("Cloudbrain", ours, "s")
    return [measure.Figure("60,000 small files unpacked", measure.median(ours), "s", "unzip -q",
                           measure.median(theirs), at_most=1.1)]


if __name__ == "__main__":
    measure.run_figure("unpacking", 5, run)
