#!/usr/bin/python3
"""Submit to first output: HTTP submit, then the first byte of the script's output in the log stream,
beside srun and podman run of the same script, from the start of the program to its first byte.

Cloudbrain's way holds a durable row, the export of a commit, a sandbox and cgroups; srun's holds no
container at all.
"""

import os
import subprocess
import time

import measure
import podman
import server
import slurm

SCRIPT = 'print("x", flush=True)\n'


def through_api(cloudbrain, follower, project, name):
    begin = time.monotonic_ns()
    task = cloudbrain.submit(project, cloudbrain.form(name))["id"]
    first = None
    for received, event, _ in follower.follow(task):
        if event == "log" and first is None:
            first = received
    return task, (first - begin) / 1e6


def of_program(command, environment=None):
    begin = time.monotonic_ns()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          env=environment) as process:
        byte = os.read(process.stdout.fileno(), 1)
        took = time.monotonic_ns() - begin
        process.stdout.read()
    if not byte or process.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return took / 1e6


def take_turns(repeats, contenders, pause_s=0.3):
    """One round each, then the next round: what disturbs one disturbs all. The pause lets what ended
    be cleared away, on either side."""
    times = {name: [] for name in contenders}
    for round_number in range(-1, repeats):
        for name, run in contenders.items():
            took = run(round_number)
            if round_number >= 0:  # the first round warms caches up
                times[name].append(took)
            time.sleep(pause_s)
    return times


def run(repeats):
    with (measure.temporary_directory() as code, server.Server.running() as cloudbrain,
          slurm.Slurm.running() as cluster, podman.Podman.prepared() as containers):
        script = os.path.join(code, "train.py")
        with open(script, "w", encoding="ascii") as out:
            out.write(SCRIPT)
        project = cloudbrain.project("latency", {"train.py": SCRIPT})
        follower = cloudbrain.client.another()

        def ours(round_number):
            return through_api(cloudbrain, follower, project, f"t{round_number + 1}")[1]

        python = ["/usr/bin/python3", "/code/train.py"]
        times = take_turns(repeats, {
            "bare": lambda _: of_program(["/usr/bin/python3", script]),
            "cloudbrain": ours,
            "srun": lambda _: of_program(["srun", "/usr/bin/python3", script], cluster.environment),
            "podman run --runtime runc": lambda _: of_program(containers.command(code, *python)),
        })
    for name, values in times.items():
        measure.print_spread(name, values, "ms")
    middle = {name: measure.median(values) for name, values in times.items()}
    return [
        measure.Figure("submit → first byte of output", middle["cloudbrain"], "ms", name,
                       middle[name], at_most=bound)
        for name, bound in (("srun", 1.0), ("podman run --runtime runc", 1 / 3))
    ]


if __name__ == "__main__":
    measure.run_figure("submit to first output", 30, run)
