"""kill -9 at any point is a normal event: tasks run on, nothing is lost, nothing is started twice."""

import os
import signal
import threading
import time

import pytest

from api_client import Problem
from archives import zip_of
from projects import Project, Task
from running_server import PROGRAM, RunningServer
from traces import files_below, mounts_naming, processes_naming, until

# Says each of its starts, then counts until the test tells it to end, and with which exit code.
TICKING = """
import os, sys, time
open("/model/starts", "a").write("started\\n")
number = 0
while not os.path.exists("/model/end"):
    print("tick", number)
    number += 1
    time.sleep(0.02)  # the script's own
print("end")
sys.exit(int(open("/model/end").read()))
"""


class Ticking:
    """A task with that script: it can be found on the machine, and told to end."""

    def __init__(self, server, project, **fields):
        self.marker = f"marker-{os.urandom(8).hex()}"
        self.server = server
        self.task = project.start(TICKING, params=[{"name": "marker", "value": self.marker}], **fields)
        self.folder = server.task_folder(self.task.id)
        self.attempt = self.folder / "attempts/1"

    def runner(self):
        return int((self.attempt / "pid").read_text())

    def end(self, exit_code=0):
        draft = self.folder / "draft"
        draft.write_text(str(exit_code))
        draft.rename(self.folder / "output/end")

    def starts(self):
        return (self.folder / "output/starts").read_text().count("started")

    def is_alive(self):
        return bool(processes_naming(self.marker))

    def expect_whole_log(self):
        """Every tick once and in order, then the end."""
        lines = (self.attempt / "log").read_text().splitlines()
        assert lines == [*(f"tick {number}" for number in range(len(lines) - 1)), "end"]

    def expect_nothing_left(self):
        until(lambda: not self.is_alive(), 10, "processes are left")
        until(lambda: not mounts_naming(self.folder), 10, lambda: f"mounts are left: {mounts_naming(self.folder)}")
        until(lambda: self.server.cgroups() == self.spare_cgroups(), 10, lambda: f"left: {self.server.cgroups()}")

    def spare_cgroups(self):
        """Those of runners that wait for the next task."""
        return [place for place in self.server.cgroups() if processes_naming(str(place))]


@pytest.fixture
def ticking(own_server, own_project):
    running = Ticking(own_server, own_project)
    running.task.wait_log("tick 3")
    return running


def test_a_task_runs_on_when_the_server_is_killed_and_the_next_one_sees_its_end(own_server, ticking):
    own_server.kill9()
    log = ticking.attempt / "log"
    size = log.stat().st_size
    until(lambda: log.stat().st_size > size + 100, what="the log does not go on")
    own_server.start()
    shown = ticking.task.show()
    assert (shown["state"], shown["attempt"]) == ("RUNNING", 1)
    ticking.end(exit_code=3)
    shown = ticking.task.wait_end()
    assert (shown["state"], shown["exit_code"], shown["reason"]["code"]) == ("FAILED", 3, "exit_code")
    assert ticking.starts() == 1
    ticking.expect_whole_log()
    ticking.expect_nothing_left()
    events = [event["code"] for event in own_server.client().get(f"{ticking.task.path}/events")["items"]]
    assert events == ["submitted", "prepared", "started", "failed"]


def test_a_task_that_ends_while_there_is_no_server_is_shown_as_it_ended(own_server, ticking):
    own_server.kill9()
    ticking.end()
    until(lambda: (ticking.attempt / "exit").exists(), what="the runner wrote no exit")
    ended = (ticking.attempt / "exit").stat().st_mtime
    own_server.start()
    shown = ticking.task.wait_end()
    assert (shown["state"], shown["exit_code"], shown["reason"]) == ("SUCCEEDED", 0, None)
    # The end is when the script ended, not when somebody looked.
    assert abs(time.mktime(time.strptime(shown["ended_at"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone - ended) < 2
    ticking.expect_whole_log()
    ticking.expect_nothing_left()


def test_a_server_that_ends_in_order_leaves_tasks_running_too(own_server, ticking):
    assert own_server.stop() == 0
    assert ticking.is_alive()
    own_server.start()
    assert ticking.task.state == "RUNNING"
    ticking.end()
    assert ticking.task.wait_end()["state"] == "SUCCEEDED"
    assert ticking.starts() == 1


def test_a_task_whose_runner_is_killed_is_lost_within_seconds_and_leaves_nothing(ticking):
    began = time.monotonic()
    os.kill(ticking.runner(), signal.SIGKILL)
    shown = ticking.task.wait_end(20)
    assert time.monotonic() - began < 10
    assert (shown["state"], shown["reason"]["code"]) == ("FAILED", "node_lost")
    assert shown["started_at"] and shown["ended_at"] and shown["reason"]["next"]
    ticking.expect_nothing_left()
    assert ticking.task.log().startswith(b"tick 0\n")
    assert "starts" in ticking.task.outputs()


def test_a_task_whose_runner_is_killed_while_there_is_no_server_is_lost_too(own_server, ticking):
    own_server.kill9()
    os.kill(ticking.runner(), signal.SIGKILL)
    own_server.start()
    shown = ticking.task.wait_end(20)
    assert (shown["state"], shown["reason"]["code"]) == ("FAILED", "node_lost")
    ticking.expect_nothing_left()
    assert ticking.starts() == 1


def test_the_cores_of_a_lost_task_are_free_again(one_core_server):
    project = Project.make(one_core_server.client())
    first = Ticking(one_core_server, project)
    first.task.wait_log("tick 1")
    second = Ticking(one_core_server, project)
    second.task.wait_for("WAITING")
    one_core_server.restart()  # the cores of what runs are taken from the start
    assert (first.task.state, second.task.state) == ("RUNNING", "WAITING")
    os.kill(first.runner(), signal.SIGKILL)
    second.task.wait_log("tick 1")
    assert (first.task.state, second.starts()) == ("FAILED", 1)


def test_an_acknowledged_submit_survives_kill_9_at_once_and_is_started_once(own_server, own_project):
    script = "open('/model/starts', 'a').write('started\\n')"
    own_project.push({"train.py": script})
    tasks = []
    for number in range(20):
        tasks.append(own_project.submit())
        time.sleep(number // 2 * 0.004)  # no wait: the kill meets other moments of the task's way
        own_server.restart()
        assert tasks[-1].show()["name"]
    for task in tasks:
        shown = task.wait_end()
        assert shown["state"] == "SUCCEEDED", f"{shown}\n{task.log()}"
        assert task.output("starts") == b"started\n"
    assert [task["id"] for task in own_project.tasks()] == [task.id for task in reversed(tasks)][:20]


def many_files(count=6_000):
    return zip_of({f"part-{number % 100}/{number}.txt": str(number) for number in range(count)})


def test_a_kill_while_a_data_set_unpacks_and_a_task_waits_for_it_loses_neither(own_server, own_project):
    archive = many_files()

    def upload():
        try:
            own_project.client.put(own_project.dataset_path("many.zip"), archive)
        except (OSError, Problem):
            pass  # the server is killed before it answers
    own_project.push({"train.py": "import os; print(len(os.listdir('/dataset/part-7')), len(os.listdir('/dataset')))"})
    sender = threading.Thread(target=upload)
    sender.start()
    until(lambda: [data for data in own_project.datasets() if data["state"] == "unpacking"], 60, "it never unpacked")
    task = own_project.submit(datasets=["many.zip"])
    assert task.state == "PREPARING"
    own_server.kill9()
    sender.join()
    assert os.listdir(own_server.data / "datasets/staging") != []
    own_server.start()
    assert task.wait_end(120)["state"] == "SUCCEEDED"
    # 100 folders, the folder named after the archive, and the marker file.
    assert task.log() == b"60 102\n"
    assert own_project.datasets()[0]["files"][0]["entries"] == 6_000
    until(lambda: not os.listdir(own_server.data / "datasets/staging"), what="staging is not empty")


def test_a_kill_during_a_stop_does_not_lose_the_stop(own_server, own_project):
    task = own_project.start("""
import os, signal, time
def end(*_):
    print("asked to end")
    while not os.path.exists("/model/release"):
        time.sleep(0.02)  # the script's own
    print("saved")
    raise SystemExit(0)
signal.signal(signal.SIGTERM, end)
print("ready")
while True:
    time.sleep(1)  # the script's own
""")
    task.wait_log("ready")
    assert task.stop()["state"] == "STOPPING"
    task.wait_log("asked to end")
    own_server.restart()
    assert task.state == "STOPPING"
    (own_server.task_folder(task.id) / "output/release").touch()
    shown = task.wait_end()
    assert (shown["state"], shown["reason"]["code"]) == ("STOPPED", "stopped_by_user")
    assert task.log() == b"ready\nasked to end\nsaved\n"


def test_a_script_that_ignores_the_stop_is_ended_after_its_grace_even_without_a_server(own_server, own_project):
    task = own_project.start("""
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen(["sleep", "600"], start_new_session=True)
print("ready")
while True:
    time.sleep(1)  # the script's own
""")
    task.wait_log("ready")
    task.stop()
    attempt = own_server.task_folder(task.id) / "attempts/1"
    until(lambda: (attempt / "stop").exists(), what="the stop did not reach the runner")
    own_server.kill9()
    until(lambda: (attempt / "exit").exists(), 40, "it was not ended")
    own_server.start()
    shown = task.wait_end()
    assert (shown["state"], shown["reason"]["code"]) == ("STOPPED", "stopped_by_user")


def test_a_start_cleans_what_a_crash_left(own_server, ticking):
    project = Project.make(own_server.client())
    half = own_server.client().connect("PUT", project.dataset_path("half.zip"), "Content-Length: 1000000")
    half.sendall(b"x" * 500_000)
    incoming = own_server.data / "blobs/incoming"
    until(lambda: os.listdir(incoming), what="the upload did not begin")
    own_server.kill9()
    half.close()
    os.kill(ticking.runner(), signal.SIGKILL)
    (own_server.data / "datasets/staging/left").mkdir()
    (own_server.data / "repositories/.unfinished-left").mkdir()
    orphan = own_server.task_folder(999)
    (orphan / "attempts/1").mkdir(parents=True)
    own_server.start()
    assert ticking.task.wait_end()["reason"]["code"] == "node_lost"
    for left in (incoming / "*", own_server.data / "datasets/staging/*", own_server.data / "repositories/.unfinished*", orphan):
        until(lambda: not list(left.parent.glob(left.name)), what=f"{left} is still there")
    ticking.expect_nothing_left()
    # What only a running task needs goes with it; its log and results stay.
    until(lambda: files_below(ticking.folder) <= {"spec.json", "output", "output/starts", "attempts", "attempts/1", *(
        f"attempts/1/{name}" for name in ("launch.json", "pid", "log", "usage", "exit", ".exit"))},
        what=lambda: f"left: {files_below(ticking.folder)}")


def test_a_project_whose_repository_was_not_made_before_a_crash_gets_it(own_server, own_project):
    row = own_server.client().get(own_project.path)["id"]
    own_server.kill9()
    repository = own_server.data / f"repositories/{row}.git"
    repository.rename(own_server.data / "repositories/.unfinished-this")  # as if killed between row and rename
    own_server.start()
    assert own_project.run_well("print('hello')").log() == b"hello\n"


def test_tasks_that_wait_keep_their_order_over_a_restart(one_core_server):
    project = Project.make(one_core_server.client())
    first = Ticking(one_core_server, project)
    first.task.wait_log("tick 1")
    project.push({"train.py": "import time; print(time.time_ns())"})
    waiting = [project.submit() for _ in range(4)]
    for task in waiting:
        task.wait_for("WAITING")
    one_core_server.restart()
    assert [until(lambda: task.explain()["queue_position"]) for task in waiting] == [1, 2, 3, 4]
    first.end()
    for task in waiting:
        assert task.wait_end()["state"] == "SUCCEEDED"
    times = [int(task.log()) for task in waiting]
    assert times == sorted(times)


def test_two_servers_never_share_a_data_directory(own_server):
    second = RunningServer(own_server.data, program=PROGRAM)
    with pytest.raises(AssertionError, match="Another server already uses the data directory"):
        second.start()
    second.process.wait(timeout=30)
    assert own_server.client().get("/api/v2/me")["name"] == "admin"


def test_a_stop_at_any_moment_of_the_start_leaves_nothing_running(own_server, own_project):
    marker = f"marker-{os.urandom(8).hex()}"
    own_project.push({"train.py": "import time\ntime.sleep(600)"})  # the script's own
    tasks = []
    for number in range(24):
        task = own_project.submit(params=[{"name": "marker", "value": marker}])
        time.sleep(number * 0.001)  # no wait: the stop meets other moments of the start
        task.stop()
        tasks.append(task)
    for task in tasks:
        assert task.wait_end()["state"] == "STOPPED", task.show()
    until(lambda: not processes_naming(marker), 10, "a stopped task still runs")
    assert Task(own_project.client, tasks[0].id).show()["reason"]["code"] == "stopped_by_user"
