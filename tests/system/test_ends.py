"""How a task ends, and that its reason says which way it was."""

import os
import signal
import time

import pytest

from projects import Project, problem_of
from running_server import serving
from traces import processes_naming, until


def ended(project, script, **fields):
    task = project.run(script, **fields)
    shown = task.show()
    return task, shown["state"], shown["exit_code"], (shown["reason"] or {}).get("code")


@pytest.mark.parametrize("script, code", [
    ("raise SystemExit(3)", 3), ("import sys; sys.exit('words')", 1), ("import os; os._exit(255)", 255),
    ("1 / 0", 1), ("this is no Python", 1), ("import no_such_module", 1),
])
def test_a_script_that_ends_badly_has_its_exit_code(project, script, code):
    task, *end = ended(project, script)
    assert end == ["FAILED", code, "exit_code"]
    reason = task.show()["reason"]
    assert str(code) in reason["message"] and "log" in reason["next"]
    assert str(code) in project.client.in_chinese().get(task.path)["reason"]["message"]


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGKILL", "SIGTERM"])
def test_a_script_that_dies_of_a_signal_says_which(project, name):
    number = getattr(signal, name)
    task, *end = ended(project, f"import os\nprint('last words', flush=True)\nos.kill(os.getpid(), {int(number)})")
    assert end == ["FAILED", 128 + number, "signal"]
    assert name in task.show()["reason"]["message"] and task.log() == b"last words\n"


@pytest.fixture(scope="module")
def small_memory(tmp_path_factory):
    """A server whose smallest spec has 256 MB."""
    with serving(tmp_path_factory.mktemp("small"), "--cpus", "1", "--memory", str(256 << 20)) as running:
        yield running


# Takes memory until it is stopped from outside.
GREEDY = "print('taking', flush=True)\nheld = []\nwhile True:\n    held.append(bytearray(b'x') * (8 << 20))\n"


def skip_unless_limited(task):
    if b"not fully limited" in task.log():
        pytest.skip("this machine lets nobody limit memory")


def test_a_script_that_takes_more_memory_than_its_spec_is_out_of_memory(small_memory):
    project = Project.make(small_memory.client())
    task, state, exit_code, code = ended(project, GREEDY)
    skip_unless_limited(task)
    assert (state, exit_code, code) == ("FAILED", 137, "out_of_memory")
    reason = task.show()["reason"]
    assert "256 MB" in reason["message"] and reason["next"]
    samples = project.client.get(f"{task.path}/usage")["samples"]
    assert all(sample["memory_bytes"] <= 256 << 20 for sample in samples)
    assert project.run_well("print('next')").log() == b"next\n"


def test_a_script_whose_child_runs_out_of_memory_is_told_so_unless_it_ends_well(small_memory):
    project = Project.make(small_memory.client())
    parent = f"import subprocess, sys\ndone = subprocess.run([sys.executable, '-c', {GREEDY!r}])\nsys.exit(%s)"
    task, *end = ended(project, parent % "1 if done.returncode else 0")
    skip_unless_limited(task)
    assert end == ["FAILED", 1, "out_of_memory"]
    _, *end = ended(project, parent % "0")
    assert end == ["SUCCEEDED", 0, None]


def test_files_in_tmp_do_not_count_as_memory(small_memory):
    project = Project.make(small_memory.client())
    project.run_well("with open('/tmp/large', 'wb') as file:\n    for _ in range(400):\n        file.write(bytes(1 << 20))")


def test_a_script_that_takes_too_long_is_asked_to_end_and_its_results_stay(project):
    script = """
import signal, sys, time
def save(*_):
    open("/model/saved", "w").write("checkpoint")
    sys.exit(0)
signal.signal(signal.SIGTERM, save)
time.sleep(600)  # the script's own
"""
    task, state, _, code = ended(project, script, max_runtime_s=4)
    assert (state, code) == ("FAILED", "timeout")
    assert "4 s" in task.show()["reason"]["message"] and task.output("saved") == b"checkpoint"


def test_a_stop_gives_the_script_time_to_save(project):
    task = project.start("""
import signal, sys, time
def save(*_):
    print("saving")
    open("/model/saved", "w").write("checkpoint")
    sys.exit(0)
signal.signal(signal.SIGTERM, save)
print("ready")
while True:
    time.sleep(1)  # the script's own
""")
    task.wait_log("ready")
    assert task.stop()["state"] == "STOPPING"
    shown = task.wait_end()
    assert (shown["state"], shown["reason"]["code"]) == ("STOPPED", "stopped_by_user")
    assert "admin" in shown["reason"]["message"]
    assert (task.log(), task.output("saved")) == (b"ready\nsaving\n", b"checkpoint")
    assert task.stop()["state"] == "STOPPED", "a second stop is no mistake"
    assert problem_of(project.run("pass").stop).code == "task_ended"
    codes = [event["code"] for event in project.client.get(f"{task.path}/events")["items"]]
    assert codes == ["submitted", "prepared", "started", "stop_requested", "stopped"]


def test_a_stop_reaches_every_process_of_the_task(project):
    marker = f"marker-{os.urandom(8).hex()}"
    task = project.start(f"""
import subprocess, time
subprocess.Popen(["sleep", "600"])
subprocess.Popen(["sh", "-c", "sleep 600; : {marker}"], start_new_session=True)
print("ready")
time.sleep(600)  # the script's own
""")
    task.wait_log("ready")
    until(lambda: processes_naming(marker), 10, "it does not run")
    task.stop()
    task.stop()  # a second one is no mistake
    assert task.wait_end()["state"] == "STOPPED"
    until(lambda: not processes_naming(marker), 10, "it still runs")


def test_a_task_is_stopped_before_it_runs(one_core_server):
    project = Project.make(one_core_server.client())
    first = project.start("import time\nprint('on', flush=True)\ntime.sleep(600)")  # the script's own
    first.wait_log("on")
    second = project.submit()
    second.wait_for("WAITING")
    second.stop()
    shown = second.wait_end(10)
    assert (shown["state"], shown["started_at"], shown["exit_code"]) == ("STOPPED", None, None)
    assert second.log() == b"" and second.outputs() == [] and first.state == "RUNNING"
