#!/usr/bin/python3
"""The second task on a data set of 60,000 files: from its submit to being ready, beside unpacking the
data set (Cloudbrain's own, and bsdtar's or unzip's into an empty directory).
"""

import os
import random
import shutil
import subprocess
import time
import zipfile

import measure
import server

FILES = 60_000
FILE_BYTES = 1500
SCRIPT = """import os
root = "/dataset/many"
print(sum(len(files) for _, _, files in os.walk(root)), flush=True)
"""


def make_archive(path):
    """Folders of 1,000 images' worth of bytes that hardly compress, as real images do."""
    source = random.Random(1)
    block = source.randbytes(1 << 20)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(FILES):
            at = source.randrange(len(block) - FILE_BYTES)
            archive.writestr(f"{number // 1000:03d}/{number:06d}.png", block[at:at + FILE_BYTES])


def unpack_by(program, archive):
    with measure.temporary_directory() as directory:
        command = {"bsdtar": ["bsdtar", "-xf", archive, "-C", directory],
                   "unzip": ["unzip", "-q", archive, "-d", directory]}[program]
        begin = time.monotonic()
        subprocess.run(command, check=True)
        return time.monotonic() - begin


def upload(cloudbrain, project, archive):
    """Gives the seconds from the last byte sent to being ready."""
    path = f"/api/v2/projects/admin/{project}/datasets/many.zip"
    client = cloudbrain.client.another()
    with open(archive, "rb") as body:
        client.connection.putrequest("PUT", path)
        client.connection.putheader("Authorization", f"Bearer {client.token}")
        client.connection.putheader("Content-Length", str(os.path.getsize(archive)))
        client.connection.endheaders()
        while piece := body.read(1 << 20):
            client.connection.send(piece)
    begin = time.monotonic()
    answer = client.connection.getresponse()
    content = answer.read()
    if answer.status >= 300:
        raise server.ApiError(answer.status, content)
    while cloudbrain.client.call("GET", path)["state"] != "ready":
        time.sleep(0.01)
    return time.monotonic() - begin


def ready_after(cloudbrain, project, name):
    """Seconds from the submit until the task's code and data are in place."""
    form = cloudbrain.form(name, datasets=["many.zip"])
    task = cloudbrain.submit(project, form)["id"]
    cloudbrain.succeed(task)
    log = cloudbrain.client.raw("GET", f"/api/v2/tasks/{task}/log/raw")[1].decode()
    if int(log) != FILES:
        raise SystemExit(f"the task saw {log} files")
    events = cloudbrain.events(task)
    return server.seconds_between(events["submitted"], events["prepared"])


def run(repeats):
    program = "bsdtar" if shutil.which("bsdtar") else "unzip"
    with measure.temporary_directory() as directory, server.Server.running() as cloudbrain:
        archive = os.path.join(directory, "many.zip")
        make_archive(archive)
        project = cloudbrain.project("data", {"train.py": SCRIPT})
        peer = unpack_by(program, archive)
        ours = upload(cloudbrain, project, archive)
        ready_after(cloudbrain, project, "first")
        ready = [ready_after(cloudbrain, project, f"t{number}") for number in range(repeats)]
    print(f"  {FILES} files: unpacked by Cloudbrain in {ours:.2f} s, by {program} in {peer:.2f} s")
    measure.print_spread("second task ready", [1000 * seconds for seconds in ready], "ms")
    # Times of the timeline are whole milliseconds; none is taken for less than one.
    second = max(measure.median(ready), 0.001)
    fastest = min(ours, peer)
    return [
        measure.Figure("60,000 files: ready sooner than unpacked", fastest / second, "times",
                       at_least=50),
        measure.Figure("60,000 files unpacked", ours, "s", program, peer),
    ]


if __name__ == "__main__":
    measure.run_figure("data set reuse", 10, run)
