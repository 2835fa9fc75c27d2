"""Tasks that do not fit wait their turn: first come, first served, and each is told where it stands."""

import pytest

from accounts import make_person
from api_client import Problem
from projects import Project
from running_server import serving
from traces import until

WAITING = "import os, time\nprint(time.time_ns(), flush=True)\nwhile not os.path.exists('/model/end'):\n    time.sleep(0.02)"  # the script's own


class Line:
    """Tasks that end when they are told to."""

    def __init__(self, server):
        self.server, self.project = server, Project.make(server.client())
        self.project.push({"train.py": WAITING})

    def running(self, **fields):
        task = self.project.submit(**fields)
        task.wait_for("RUNNING")
        return task

    def waiting(self, **fields):
        task = self.project.submit(**fields)
        task.wait_for("WAITING")
        return task

    def end(self, task):
        (self.server.task_folder(task.id) / "output/end").touch()
        assert task.wait_end()["state"] == "SUCCEEDED"


@pytest.fixture
def one_core(one_core_server):
    return Line(one_core_server)


@pytest.fixture
def two_cores(tmp_path):
    with serving(tmp_path, "--cpus", "2") as running:
        yield Line(running)


def cluster(line, name="openi"):
    return next(one for one in line.project.client.get("/api/v2/clusters")["items"] if one["name"] == name)


def test_the_second_task_waits_is_told_why_and_runs_when_the_first_has_ended(one_core):
    first = one_core.running()
    second = one_core.waiting()
    explained = second.explain()
    assert (explained["state"], explained["queue_position"], explained["reason"]["code"]) == ("WAITING", 1, "waiting_for_resources")
    assert "Next" in explained["reason"]["message"] and explained["reason"]["next"]
    third = one_core.waiting()
    explained = one_core.project.client.in_chinese().get(f"{third.path}/explain")
    assert explained["queue_position"] == 2 and "前面" in explained["reason"]["message"]
    assert (first.explain()["queue_position"], first.explain()["reason"]) == (None, None)
    one_core.end(first)
    second.wait_for("RUNNING")
    assert third.explain()["queue_position"] == 1
    one_core.end(second)
    third.wait_for("RUNNING")
    one_core.end(third)


def test_tasks_submitted_at_once_run_in_the_order_of_their_submits(one_core):
    first = one_core.running()
    tasks = [one_core.project.submit() for _ in range(5)]
    for task in tasks:
        task.wait_for("WAITING")
    # A task is told that it waits a moment before it is in the line.
    until(lambda: [task.explain()["queue_position"] for task in tasks] == [1, 2, 3, 4, 5])
    for task in [first, *tasks]:
        one_core.end(task)
    starts = [int(task.log()) for task in tasks]
    assert starts == sorted(starts)


def test_a_small_task_does_not_overtake_a_large_one(two_cores):
    first = two_cores.running(spec="cpu-1")
    large = two_cores.waiting(spec="cpu-2")
    small = two_cores.waiting(spec="cpu-1")
    assert [task.explain()["queue_position"] for task in (large, small)] == [1, 2]
    two_cores.end(first)
    large.wait_for("RUNNING")
    assert small.state == "WAITING"
    two_cores.end(large)
    two_cores.end(small)


def test_a_stopped_task_leaves_the_line_to_those_behind_it(one_core):
    first = one_core.running()
    second, third = one_core.waiting(), one_core.waiting()
    second.stop()
    second.wait_end()
    assert third.explain()["queue_position"] == 1
    one_core.end(first)
    one_core.end(third)


def test_what_is_free_is_told_by_clusters_and_specs(one_core):
    client = one_core.project.client
    assert (cluster(one_core)["cpus_total"], cluster(one_core)["cpus_free"]) == (1, 1)
    assert client.get("/api/v2/specs")["items"][0]["free_now"]
    first, second = one_core.running(), one_core.waiting()
    now = cluster(one_core)
    assert (now["cpus_free"], now["running"], now["waiting"]) == (0, 1, 1)
    assert now["memory_free"] < now["memory_total"]
    assert not client.get("/api/v2/specs")["items"][0]["free_now"]
    one_core.end(first)
    one_core.end(second)
    until(lambda: cluster(one_core)["cpus_free"] == 1, what="the core is not given back")
    assert cluster(one_core)["memory_free"] == cluster(one_core)["memory_total"]


def test_both_clusters_share_the_machine(one_core):
    first = one_core.running(cluster="openi")
    second = one_core.waiting(cluster="c2net")
    assert second.explain()["queue_position"] == 1
    assert [(cluster(one_core, name)["running"], cluster(one_core, name)["waiting"]) for name in ("openi", "c2net")] == [(1, 0), (0, 1)]
    one_core.end(first)
    second.wait_for("RUNNING")
    second.stop()
    second.wait_end()


def test_many_small_tasks_all_run_once(one_core):
    one_core.project.push({"train.py": "open('/model/starts', 'a').write('x')"})
    tasks = [one_core.project.submit() for _ in range(40)]
    for task in tasks:
        assert task.wait_end()["state"] == "SUCCEEDED"
        assert task.output("starts") == b"x"


def test_a_short_task_goes_ahead_where_the_one_in_front_is_not_put_off(two_cores):
    first = two_cores.running(spec="cpu-1", max_runtime_s=3600)
    large = two_cores.waiting(spec="cpu-2")
    long = two_cores.waiting(spec="cpu-1", max_runtime_s=7200)
    short = two_cores.running(spec="cpu-1", max_runtime_s=600)
    assert (large.state, long.state) == ("WAITING", "WAITING")
    two_cores.end(short)
    two_cores.end(first)
    large.wait_for("RUNNING")
    two_cores.end(large)
    two_cores.end(long)


def test_a_waiting_task_is_told_what_it_lacks_who_has_it_and_what_would_start_now(two_cores):
    first = two_cores.running(spec="cpu-1", max_runtime_s=3600)
    large = two_cores.waiting(spec="cpu-2", max_runtime_s=600)
    last = two_cores.waiting(spec="cpu-2")
    told = large.explain()
    assert told["short_of"][0] == {"resource": "cpu", "wanted": 2, "free": 1} and "CPU core" in told["reason"]["message"]
    assert [(one["id"], one["creator"]) for one in told["waits_for"]] == [(first.id, "admin")] and told["hidden"] == 0
    ends_by = told["waits_for"][0]["ends_by"]
    assert told["starts_by"] == ends_by > first.show()["started_at"]
    assert told["startable"] == ["cpu-1"] and "cpu-1" in told["reason"]["next"]
    told = last.explain()
    assert (told["queue_position"], told["starts_by"] > ends_by) == (2, True)
    assert told["startable"] == [], "it may run for a day, which would put off the one in front"
    two_cores.end(first)
    two_cores.end(large)
    two_cores.end(last)


def test_the_first_task_of_one_is_not_held_up_by_the_many_of_another(one_core):
    first = one_core.running()
    many = [one_core.waiting() for _ in range(3)]
    bo = make_person(one_core.server)
    theirs = Project.make(bo, private=True)
    theirs.push({"train.py": WAITING})
    late = theirs.submit()
    late.wait_for("WAITING")
    assert late.explain()["queue_position"] == 1
    assert [one["id"] for one in late.explain()["waits_for"]] == [first.id]
    assert [task.explain()["queue_position"] for task in many] == [2, 3, 4]
    one_core.end(first)
    late.wait_for("RUNNING")
    stranger = Project.make(make_person(one_core.server))
    stranger.push({"train.py": WAITING})
    waits = stranger.submit()
    waits.wait_for("WAITING")
    assert (waits.explain()["waits_for"], waits.explain()["hidden"]) == ([], 1), "a private task is named to a stranger"
    for task in (late, waits, *many):
        task.stop()
        task.wait_end()


def test_the_administrator_lets_a_task_go_first(one_core):
    client = one_core.project.client
    first = one_core.running()
    second, third = one_core.waiting(), one_core.waiting()
    assert client.call("PUT", f"{third.path}/priority", {"priority": 10}).json["priority"] == 10
    until(lambda: third.explain()["queue_position"] == 1, what="the queue keeps its order")
    queue = client.get("/api/v2/queue")
    assert [one["task"]["id"] for one in queue["items"]] == [third.id, second.id] and queue["waiting"] == 2
    for body, status in (({"priority": 1001}, 422), ({"priority": "high"}, 422), ({}, 422)):
        with pytest.raises(Problem) as refused:
            client.call("PUT", f"{third.path}/priority", body)
        assert refused.value.status == status
    with pytest.raises(Problem) as refused:
        client.call("PUT", "/api/v2/tasks/999999/priority", {"priority": 1})
    assert (refused.value.status, refused.value.code) == (404, "task_missing")
    one_core.end(first)
    third.wait_for("RUNNING")
    one_core.end(third)
    one_core.end(second)


def test_the_order_is_the_same_after_a_restart(tmp_path):
    with serving(tmp_path, "--cpus", "1") as server:
        line = Line(server)
        first = line.running()
        second, third = line.waiting(), line.waiting()
        line.project.client.call("PUT", f"{third.path}/priority", {"priority": 1})
        server.kill9()
        server.start()
        until(lambda: third.explain()["queue_position"] == 1, what="the priority is forgotten")
        assert second.explain()["queue_position"] == 2
        line.end(first)
        third.wait_for("RUNNING")
        line.end(third)
        line.end(second)


def test_a_spec_that_never_fits_is_refused_with_the_nearest_that_does(tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / "config/specs.toml").write_text(
        "".join(f'[[spec]]\nname = "cores-{n}"\ncompute = "cpu"\ncpus = {n}\nmemory = "1GB"\n' for n in (1, 2, 64)))
    with serving(tmp_path, "--cpus", "2", "--config", str(tmp_path / "config")) as server:
        project = Project.make(server.client())
        project.push({"train.py": "print(1)"})
        with pytest.raises(Problem) as refused:
            project.submit(spec="cores-64")
        assert "64" in str(refused.value) and "cores-2" in str(refused.value)
