#!/usr/bin/python3
"""What Cloudbrain costs while nothing happens: memory of the server and of a runner, and the time from
its start to its first answer. Beside it slurmctld and slurmd.
"""

import glob
import time

import measure
import server
import slurm

SCRIPT = "print('x', flush=True)\n"
WAITING_SCRIPT = "import time\nprint('x', flush=True)\ntime.sleep(3600)\n"
USES = 50


def start_times(repeats):
    times = []
    for _ in range(repeats):
        with server.Server.running() as cloudbrain:
            times.append(cloudbrain.start_seconds * 1000)
            # Again, on a data directory that is there already.
            cloudbrain.stop()
            cloudbrain.start()
            times.append(cloudbrain.start_seconds * 1000)
    measure.print_spread("start to first answer", times, "ms")
    return times


def use(cloudbrain):
    """A person's hour: tasks, logs, lists, downloads."""
    project = cloudbrain.project("use", {"train.py": SCRIPT, "wait.py": WAITING_SCRIPT})
    for number in range(USES):
        task = cloudbrain.submit(project, cloudbrain.form(f"t{number}"))["id"]
        cloudbrain.succeed(task)
        for path in ("log?from=1", "log/raw", "events", "output", "output.zip"):
            cloudbrain.client.raw("GET", f"/api/v2/tasks/{task}/{path}")
        cloudbrain.client.call("GET", f"/api/v2/projects/admin/{project}/tasks?limit=20")
    return project


def runner_kb(cloudbrain, project):
    """The runner beside a task that waits."""
    task = cloudbrain.submit(project, cloudbrain.form("waits", "wait.py"))["id"]
    cloudbrain.wait(task, ("RUNNING",))
    time.sleep(2)
    with open(glob.glob(f"{cloudbrain.data}/tasks/{task}/attempts/*/pid")[0], encoding="ascii") as pid:
        return measure.resident_kb(int(pid.read()))


def run(repeats):
    times = start_times(repeats)
    with server.Server.running() as cloudbrain, slurm.Slurm.running() as cluster:
        time.sleep(1)
        fresh = measure.resident_kb(cloudbrain.pid) / 1024
        project = use(cloudbrain)
        time.sleep(2)
        used = measure.resident_kb(cloudbrain.pid) / 1024
        runner = runner_kb(cloudbrain, project) / 1024
        peer = sum(measure.resident_kb(daemon.pid) for daemon in cluster.daemons[1:]) / 1024
    name = "slurmctld + slurmd"
    return [
        measure.Figure("idle server, just started", fresh, "MB", at_most=40),
        measure.Figure(f"idle server, after {USES} tasks", used, "MB", at_most=40),
        measure.Figure(f"idle server, after {USES} tasks", used, "MB", name, peer),
        measure.Figure("runner beside a task", runner, "MB", at_most=1),
        measure.Figure("start to first answer", measure.median(times), "ms", at_most=300),
    ]


if __name__ == "__main__":
    measure.run_figure("idle", 5, run)
