#!/usr/bin/python3
"""A line written by the script to the line received over server-sent events; and what 1,000 idle
followers of one log cost the server.

The script prints the monotonic clock; the follower, on the same machine, compares it with its own.
Beside it the same script through srun's and podman's standard output, which hold no log at all.
"""

import os
import socket
import subprocess
import time

import measure
import podman
import server
import slurm

SCRIPT = """import sys, time
for _ in range(int(sys.argv[1].removeprefix("--lines="))):
    time.sleep(0.003)
    print(time.clock_gettime_ns(time.CLOCK_MONOTONIC), flush=True)
"""
WAITING_SCRIPT = "import time\nprint('x', flush=True)\ntime.sleep(3600)\n"
LINES = 1000
FOLLOWERS = 1000


def delays(lines, received):
    return [(received - int(line)) / 1e6 for line in lines]


def through_stream(cloudbrain, project, name):
    form = cloudbrain.form(name, params=[{"name": "lines", "value": str(LINES)}])
    task = cloudbrain.submit(project, form)["id"]
    follower = cloudbrain.client.another()
    values, pending = [], ""
    for received, event, data in follower.follow(task):
        if event == "log":
            *lines, pending = (pending + data["text"]).split("\n")
            values += delays(lines, received)
    follower.close()
    return values


def through_pipe(command, environment=None):
    values, pending = [], b""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          env=environment) as process:
        while piece := os.read(process.stdout.fileno(), 65536):
            received = time.monotonic_ns()
            *lines, pending = (pending + piece).split(b"\n")
            values += delays(lines, received)
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return values


def latency(repeats, cloudbrain, figures):
    project = cloudbrain.project("log", {"train.py": SCRIPT})
    values = {"cloudbrain": [], "srun": [], "podman run": []}
    with (slurm.Slurm.running() as cluster, podman.Podman.prepared() as containers,
          measure.temporary_directory() as code):
        script = os.path.join(code, "train.py")
        with open(script, "w", encoding="ascii") as out:
            out.write(SCRIPT)
        arguments = [f"--lines={LINES}"]
        for round_number in range(repeats):
            values["cloudbrain"] += through_stream(cloudbrain, project, f"t{round_number}")
            values["srun"] += through_pipe(["srun", "/usr/bin/python3", script, *arguments],
                                           cluster.environment)
            values["podman run"] += through_pipe(containers.command(
                code, "/usr/bin/python3", "/code/train.py", *arguments))
    for name, all_values in values.items():
        print(f"  {name:<34} p50 {measure.median(all_values):7.3f} ms   "
              f"p99 {measure.percentile(all_values, 0.99):7.3f} ms   n {len(all_values)}")
    ninety_nine = {name: measure.percentile(times, 0.99) for name, times in values.items()}
    figures.append(measure.Figure("line written → received over SSE, p99",
                                  ninety_nine["cloudbrain"], "ms", at_most=10))
    figures += [measure.Figure("the same, beside a pipe without a log", ninety_nine["cloudbrain"],
                               "ms", name, ninety_nine[name]) for name in ("srun", "podman run")]


def followers(cloudbrain, figures):
    project = cloudbrain.project("idle", {"train.py": WAITING_SCRIPT})
    task = cloudbrain.submit(project, cloudbrain.form("waits"))["id"]
    cloudbrain.wait(task, ("RUNNING",))
    follow(cloudbrain, task, 10)  # what the first ones cost is not the followers'
    before = measure.resident_kb(cloudbrain.pid)
    sockets = follow(cloudbrain, task, FOLLOWERS)
    after = measure.resident_kb(cloudbrain.pid)
    for follower in sockets:
        follower.close()
    print(f"  {FOLLOWERS} idle followers: {before} kB -> {after} kB resident")
    figures.append(measure.Figure(f"{FOLLOWERS:,} idle followers of a log", (after - before) / 1024,
                                  "MB", at_most=8))


def follow(cloudbrain, task, count):
    """Followers that have been sent all there is, and wait for more."""
    request = (f"GET /api/v2/tasks/{task}/log/stream HTTP/1.1\r\nHost: bench\r\n"
               f"Authorization: Bearer {cloudbrain.client.token}\r\n\r\n").encode()
    sockets = []
    for _ in range(count):
        follower = socket.create_connection(cloudbrain.client.address)
        follower.sendall(request)
        received = b""
        while b"event: log" not in received:
            received += follower.recv(65536)
        sockets.append(follower)
    return sockets


def run(repeats):
    figures = []
    with server.Server.running() as cloudbrain:
        latency(repeats, cloudbrain, figures)
    with server.Server.running() as cloudbrain:
        followers(cloudbrain, figures)
    return figures


if __name__ == "__main__":
    measure.run_figure("log line to follower", 3, run)
