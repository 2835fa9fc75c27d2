#!/usr/bin/python3
"""A script that prints 1,000,000 lines (100 MB), in a task beside the same script writing straight to a
file.

The time is the script's own, from its first line to its end, as the task tells it (started_at to
ended_at, which is after the last byte is in the log) and as the parent process sees it. In a task
Python writes each line by itself (PYTHONUNBUFFERED), so it does so in both. The third script writes
blocks of many lines, which shows the way of the bytes alone.
"""

import os
import subprocess
import time

import measure
import server

LINES = 1_000_000
# Each write is one line of 100 bytes, as a program in C would do it by write(2).
SCRIPT = f"""import os
for number in range({LINES}):
    os.write(1, b"%099d\\n" % number)
"""
PRINT_SCRIPT = f"""for number in range({LINES}):
    print(f"{{number:099d}}")
"""
WAYS = {"write.py": "a write each", "print.py": "print()", "blocks.py": "500 a write"}
BLOCKS_SCRIPT = f"""import os
for first in range(0, {LINES}, 500):
    os.write(1, b"".join(b"%099d\\n" % number for number in range(first, first + 500)))
"""


def in_a_task(cloudbrain, project, name, boot_file):
    task = cloudbrain.submit(project, cloudbrain.form(name, boot_file))["id"]
    # Asking often would take processor time from the script.
    cloudbrain.wait(task, every_s=0.2)
    row = cloudbrain.succeed(task)
    size = cloudbrain.client.call("GET", f"/api/v2/tasks/{task}/log/info")
    if (size["lines"], size["bytes"]) != (LINES, LINES * 100):
        raise SystemExit(f"the log has {size}, not {LINES} lines of 100 bytes")
    return server.seconds_between(row["started_at"], row["ended_at"])


def to_a_file(directory, script):
    with open(os.path.join(directory, "out.txt"), "wb") as out:
        begin = time.monotonic()
        subprocess.run(["/usr/bin/python3", script], stdout=out, check=True,
                       env={**os.environ, "PYTHONUNBUFFERED": "1"})
        return time.monotonic() - begin


def run(repeats):
    figures = []
    with server.Server.running() as cloudbrain, measure.temporary_directory() as directory:
        scripts = {"write.py": SCRIPT, "print.py": PRINT_SCRIPT, "blocks.py": BLOCKS_SCRIPT}
        project = cloudbrain.project("lines", scripts)
        for boot_file, text in scripts.items():
            script = os.path.join(directory, boot_file)
            with open(script, "w", encoding="ascii") as out:
                out.write(text)
            ours, peer = [], []
            for round_number in range(repeats):
                name = f"t{round_number}-{boot_file.removesuffix('.py')}"
                ours.append(in_a_task(cloudbrain, project, name, boot_file))
                peer.append(to_a_file(directory, script))
            measure.print_spread(f"{boot_file} in a task", ours, "s")
            measure.print_spread(f"{boot_file} to a file", peer, "s")
            figures.append(measure.Figure(f"1,000,000 lines, {WAYS[boot_file]}", measure.median(ours),
                                          "s", "to a file", measure.median(peer), at_most=1.5))
    return figures


if __name__ == "__main__":
    measure.run_figure("1,000,000 lines", 5, run)
