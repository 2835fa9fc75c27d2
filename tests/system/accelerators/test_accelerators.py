"""Accelerators of a fake vendor, for real: found, given to one task each, seen by it alone, kept over a crash."""

import json
import os

import pytest

from fake_vendor import HOLD, LOOK, FakeVendor, seen
from api_client import problem_of
from command_line import CommandLine
from projects import Project
from running_server import serving
from traces import until

SPEC = "gpu-1xf1"


@pytest.fixture
def vendor(tmp_path):
    return FakeVendor(tmp_path / "cdi", type="F1", memory="16GB").offer(2)


@pytest.fixture
def server(tmp_path, vendor):
    # More cores than there may be: what is short here are accelerators.
    with serving(tmp_path, "--cdi", vendor.directory, "--cpus", "8", "--memory", str(8 << 30)) as running:
        yield running


@pytest.fixture
def small_spec(client):
    """As little as two tasks of the machine's own specs would leave for no third one."""
    client.call("PUT", "/api/v2/specs/one", {"compute": "gpu", "accelerator_type": "F1", "accelerators": 1, "cpus": 1, "memory_bytes": 256 << 20})
    return "one"


def kinds(client):
    return client.get("/api/v2/clusters")["items"][0]["accelerators"]


def devices(client):
    return {device["name"]: device for device in client.get("/api/v2/accelerators")["items"]}


def end(*tasks):
    for task in tasks:
        task.stop()
        task.wait_end()


def test_specs_are_made_of_what_the_machine_has(client):
    assert kinds(client) == [{"compute": "gpu", "type": "F1", "memory_bytes": 16 << 30, "total": 2, "free": 2, "unhealthy": 0}]
    specs = {spec["name"]: spec for spec in client.get("/api/v2/specs")["items"]}
    assert {"gpu-1xf1", "gpu-2xf1"} <= set(specs)
    one = specs["gpu-1xf1"]
    assert (one["compute"], one["accelerators"], one["source"], one["free_now"], one["free"]) == ("gpu", 1, "machine", True, 2)
    assert one["text"].startswith("GPU: 1*F1, CPU: 4, ")
    assert specs["gpu-2xf1"]["free"] == 1


def test_at_the_command_line_the_spec_decides_the_compute_resource(server, project, tmp_path):
    project.push({"train.py": "pass"})
    words = ("task", "submit", "-p", f"admin/{project.name}", "--boot-file", "train.py", "--spec", SPEC)
    command = CommandLine(server, tmp_path)
    assert command(*words, "--name", "by-spec", "--json")["compute"] == "gpu"
    refused = command.run(*words, "--name", "by-hand", "--compute", "cpu")
    assert refused.returncode != 0 and "one of gpu" in refused.stderr


def test_a_task_sees_its_device_and_no_other(client, project):
    tasks = [project.start(HOLD, compute="gpu", spec=SPEC), project.submit(compute="gpu", spec=SPEC)]
    try:
        first, second = [seen(task) for task in tasks]
        assert sorted(first["nodes"] + second["nodes"]) == ["fake0", "fake1"]
        for view in (first, second):
            number = view["nodes"][0][-1]
            assert view["devices"] == [os.stat("/dev/null").st_rdev] and view["opened"] == [1]
            assert view["environment"] == {"FAKE_DRIVER": "7", f"FAKE_DEVICE_{number}": "yes", "CUDA_VISIBLE_DEVICES": "0",
                                           "CLOUDBRAIN_ACCELERATORS": f"fake.example/gpu={number}"}
        assert {device["task"] for device in devices(client).values()} == {task.id for task in tasks}
        assert kinds(client)[0]["free"] == 0
    finally:
        end(*tasks)
    until(lambda: kinds(client)[0]["free"] == 2)
    assert {device["task"] for device in devices(client).values()} == {None}


def test_a_task_of_two_has_both_and_one_of_none_has_none(project):
    both = json.loads(project.run_well(LOOK, compute="gpu", spec="gpu-2xf1").log())
    assert both["nodes"] == ["fake0", "fake1"] and both["environment"]["CUDA_VISIBLE_DEVICES"] == "0,1"
    none = json.loads(project.run_well(LOOK, spec="cpu-1").log())
    assert none["nodes"] == [] and none["environment"] == {}


def test_more_than_there_are_is_refused_at_submit(client, project):
    client.call("PUT", "/api/v2/specs/three", {"compute": "gpu", "accelerator_type": "F1", "accelerators": 3, "cpus": 1, "memory_bytes": 256 << 20})
    project.push({"train.py": ""})
    assert problem_of(project.submit, compute="gpu", spec="three").fields() == {"spec": "spec_impossible"}


def test_two_tasks_never_have_one_device_though_the_server_is_killed(server, client, project, small_spec):
    tasks = [project.start(HOLD, compute="gpu", spec=small_spec), project.submit(compute="gpu", spec=small_spec)]
    held = {task.id: seen(task)["nodes"] for task in tasks}
    try:
        for _ in range(2):
            server.restart()
        waiting = project.submit(compute="gpu", spec=small_spec)
        assert {device["task"] for device in devices(client).values()} == set(held)
        assert kinds(client)[0]["free"] == 0
        until(lambda: waiting.state == "WAITING")
        for _ in range(2):
            server.restart()
        assert waiting.state == "WAITING" and {device["task"] for device in devices(client).values()} == set(held)
        end(tasks[0])
        assert seen(waiting)["nodes"] == held[tasks[0].id]
        assert tasks[1].state == "RUNNING"
    finally:
        end(waiting, tasks[1])


def test_tasks_that_come_and_go_while_the_server_is_killed_never_meet_on_a_device(server, client, project, small_spec):
    project.push({"train.py": LOOK + """
began = time.clock_gettime(time.CLOCK_BOOTTIME)
time.sleep(0.4)  # what it trains
print(json.dumps([nodes[0], began, time.clock_gettime(time.CLOCK_BOOTTIME)]))
"""})
    tasks = [project.submit(compute="gpu", spec=small_spec) for _ in range(9)]
    for at in (0, 3, 6):
        tasks[at].wait_log("}}")
        server.restart()
    spans = []
    for task in tasks:
        task.wait_end()
        assert task.state == "SUCCEEDED", task.show()
        spans.append(json.loads(task.log().splitlines()[-1]))
    assert {node for node, _, _ in spans} == {"fake0", "fake1"}
    for node in ("fake0", "fake1"):
        mine = sorted((began, ended) for name, began, ended in spans if name == node)
        assert all(before[1] <= after[0] for before, after in zip(mine, mine[1:])), mine


def test_devices_come_and_go_while_the_server_runs(vendor, client, project):
    vendor.offer(3)
    until(lambda: kinds(client)[0]["total"] == 3)
    other = FakeVendor(vendor.directory, kind="other.example/npu", type="N9").offer(1)
    until(lambda: len(kinds(client)) == 2)
    assert "npu-1xn9" in {spec["name"] for spec in client.get("/api/v2/specs")["items"]}
    said = json.loads(project.run_well(LOOK, compute="npu", spec="npu-1xn9").log())
    assert said["environment"]["ASCEND_VISIBLE_DEVICES"] == "0"
    other.file.unlink()
    until(lambda: len(kinds(client)) == 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="making a device node is for root")
def test_a_device_that_is_gone_is_not_given_out_until_it_is_back(vendor, client, project, tmp_path, small_spec):
    node = tmp_path / "card"

    def plug_in():
        os.mknod(node, 0o20666, os.stat("/dev/null").st_rdev)
        node.chmod(0o666)
    plug_in()
    vendor.offer(1, host_path=lambda number: node)
    until(lambda: kinds(client)[0]["total"] == 1)
    assert kinds(client)[0]["free"] == 1
    node.unlink()
    until(lambda: kinds(client)[0]["unhealthy"] == 1)
    device = devices(client)["fake.example/gpu=0"]
    assert not device["healthy"] and str(node) in device["problem"]
    task = project.start(LOOK, compute="gpu", spec=small_spec)
    until(lambda: task.state == "WAITING")
    plug_in()
    task.wait_end()
    assert task.state == "SUCCEEDED", task.log()


def test_a_file_that_cannot_be_read_is_told_and_hurts_nothing_else(vendor, client, server):
    (vendor.directory / "broken.yaml").write_text("kind: [")
    vendor.offer(3)
    until(lambda: kinds(client)[0]["total"] == 3)
    until(lambda: "broken.yaml" in server.log)


def test_the_device_cgroup_lets_a_task_open_its_devices_alone(server, project, small_spec):
    task = project.start(HOLD, compute="gpu", spec=small_spec)
    try:
        seen(task)
        lists = [list for cgroup in server.cgroups() if (list := cgroup / "devices.list").exists() and (cgroup / "cgroup.procs").read_text()]
        if not lists:
            pytest.skip("this machine has no device cgroup of version 1")
        rules = [list.read_text() for list in lists]
        assert any("a *:* rwm" not in text and "c 1:3 rw" in text and "c 136:* rwm" in text for text in rules), rules
    finally:
        end(task)
