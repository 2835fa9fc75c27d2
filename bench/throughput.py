#!/usr/bin/python3
"""1,000 trivial tasks submitted at once: tasks a second from the first submit to the last end, beside
sbatch of the same script with the delays of Slurm's scheduler tuned away.

Cloudbrain runs one task a core. Slurm may run many more at once, because it notices once a second only
that a slot is free. Both are submitted to by a few clients at once; every sbatch is a process of its
own, which is how sbatch is used.
"""

import concurrent.futures
import os
import subprocess
import time

import measure
import server
import slurm

TASKS = 1000
CLIENTS = 4
SCRIPT = "#!/usr/bin/python3\npass\n"
PATIENCE_S = 600


def in_parallel(count, work):
    """Calls work(client number, task number) for `count` tasks from CLIENTS threads."""
    def share(client):
        for task in range(client, count, CLIENTS):
            work(client, task)

    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(share, client) for client in range(CLIENTS)]:
            done.result()


def wait_until(done):
    deadline = time.monotonic() + PATIENCE_S
    while not done():
        if time.monotonic() > deadline:
            raise SystemExit("the tasks did not end in time")
        time.sleep(0.1)


def cloudbrain_rate(tasks):
    with server.Server.running() as cloudbrain:
        project = cloudbrain.project("many", {"train.py": SCRIPT})
        clients = [cloudbrain.client.another() for _ in range(CLIENTS)]
        form = cloudbrain.form("t")
        path = f"/api/v2/projects/admin/{project}/tasks"
        begin = time.monotonic()
        in_parallel(tasks, lambda client, task: clients[client].call(
            "POST", path, {**form, "name": f"t{task}"}))
        submitted = time.monotonic()
        live = "state=PREPARING&state=WAITING&state=RUNNING&limit=1"
        wait_until(lambda: not cloudbrain.client.call("GET", f"/api/v2/tasks?{live}")["items"])
        end = time.monotonic()
        check(cloudbrain, tasks)
    return report("cloudbrain", tasks, begin, submitted, end)


def check(cloudbrain, tasks):
    """Every one of them ran once and well."""
    seen, after = 0, ""
    while after is not None:
        page = cloudbrain.client.call("GET", f"/api/v2/tasks?state=SUCCEEDED&limit=100{after}")
        seen += sum(task["attempt"] == 1 for task in page["items"])
        after = f"&after={page['next']}" if page.get("next") else None
    if seen != tasks:
        raise SystemExit(f"{seen} of {tasks} tasks ended well")


def sbatch_rate(tasks):
    with slurm.Slurm.running() as cluster, measure.temporary_directory() as directory:
        script = os.path.join(directory, "train.py")
        with open(script, "w", encoding="ascii") as out:
            out.write(SCRIPT)
        command = ["sbatch", "--quiet", "--ntasks=1", "--output=/dev/null", script]
        begin = time.monotonic()
        in_parallel(tasks, lambda client, task: subprocess.run(
            command, env=cluster.environment, check=True, stdout=subprocess.DEVNULL))
        submitted = time.monotonic()
        wait_until(lambda: cluster.ended_jobs() >= tasks)
        end = time.monotonic()
    return report("sbatch, tuned", tasks, begin, submitted, end)


def report(name, tasks, begin, submitted, end):
    rate = tasks / (end - begin)
    print(f"  {name:<34} {tasks} tasks: all submitted after {submitted - begin:.2f} s, "
          f"all ended after {end - begin:.2f} s: {rate:.1f} tasks/s", flush=True)
    return rate


def run(repeats):
    tasks = int(os.environ.get("BENCH_TASKS", TASKS))
    ours, peer = [], []
    for _ in range(repeats):
        ours.append(cloudbrain_rate(tasks))
        peer.append(sbatch_rate(tasks))
    return [measure.Figure(f"{tasks:,} trivial tasks at once", measure.median(ours), "tasks/s",
                           "sbatch, tuned", measure.median(peer), at_least=2.0)]


if __name__ == "__main__":
    measure.run_figure("tasks a second", 3, run)
