"""Images on their way from a registry: once for all, told of, given up, tried again, refused with a reason."""

import os
import pathlib

import pytest

from oci_images import Layout, add_file, layer
from projects import Project, problem_of
from registries import registry
from traces import until

SCRIPT = {"train.py": "print(open('/etc/image-name').read())"}


@pytest.fixture
def big(hub, debian, tmp_path):
    """An image with a layer that takes a while, under a name of its own."""
    number = os.urandom(4).hex()
    layout = Layout(tmp_path / "big", [debian, layer(lambda tar: add_file(tar, "etc/noise", os.urandom(3 << 20)))])
    layout.push(f"{hub}/tests/big-{number}:1")
    layout.name = f"tests/big-{number}:1"
    return layout


def end_of(task):
    task.wait_end(180)
    show = task.show()
    return show["state"], (show["reason"] or {}).get("code")


def image_work(server):
    return [path for path in (server.data / "images/.work").iterdir()]


def processes_of(server):
    """Programs that work at images for this server."""
    found = []
    for path in pathlib.Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                line = (path / "cmdline").read_bytes()
            except OSError:
                continue
            if str(server.data).encode() in line and (b"skopeo" in line or b"umoci" in line):
                found.append(path.name)
    return found


def test_two_tasks_that_want_one_image_fetch_it_once_and_see_how_far_it_is(project, big, door, trusts):
    project.push(SCRIPT)
    with door.open() as address:
        image = f"{trusts(address)}/{big.name}"
        door.may_pass.clear()
        first = project.submit(image=image)
        second = project.submit(image=image)
        assert door.held.wait(60)

        def told():
            reason = first.explain()["reason"]
            return reason if "MB" in reason["message"] and " 0 of" not in reason["message"].split(",")[1] else None
        reason = until(told, 30)
        assert reason["code"] == "pulling_image"
        assert f"of {big.layer_bytes >> 20} MB" in reason["message"] and "of 2 layers" in reason["message"]
        assert until(lambda: second.explain()["reason"]["code"] == "pulling_image", 30)
        assert first.state == "PREPARING"
        door.may_pass.set()
        assert end_of(first) == end_of(second) == ("SUCCEEDED", None)
    layers = {path.name for path in (big.path / "blobs/sha256").iterdir() if path.stat().st_size > 100_000}
    assert sorted(blob.split(":")[1] for blob in door.blobs if blob.split(":")[1] in layers) == sorted(layers)


def test_who_stops_the_last_task_that_waits_ends_the_fetch(server, project, big, door, trusts):
    project.push(SCRIPT)
    with door.open() as address:
        door.may_pass.clear()
        first = project.submit(image=f"{trusts(address)}/{big.name}")
        second = project.submit(image=f"{address}/{big.name}")
        assert door.held.wait(60)
        until(lambda: second.explain()["reason"]["code"] == "pulling_image", 30)
        first.stop()
        assert end_of(first) == ("STOPPED", "stopped_by_user")
        assert processes_of(server), "the other still waits"
        second.stop()
        assert end_of(second) == ("STOPPED", "stopped_by_user")
        assert door.hung_up.wait(30), "the fetch goes on"
        until(lambda: not processes_of(server) and not image_work(server), 30)
        # The next one gets it all the same.
        door.may_pass.set()
        third = project.submit(image=f"{address}/{big.name}")
        assert end_of(third) == ("SUCCEEDED", None)


def test_a_registry_that_stumbles_is_asked_again(project, big, door, trusts):
    project.push(SCRIPT)
    with door.open() as address:
        door.failures = 2
        assert end_of(project.submit(image=f"{trusts(address)}/{big.name}")) == ("SUCCEEDED", None)


def test_a_server_that_is_killed_while_it_fetches_begins_anew(own_server, own_project, big, door):
    own_project.push(SCRIPT)
    with door.open() as address:
        own_project.client.call("PUT", f"/api/v2/registries/{address}", {"plain_http": True})
        door.may_pass.clear()
        task = own_project.submit(image=f"{address}/{big.name}")
        assert door.held.wait(60)
        own_server.kill9()
        door.may_pass.set()
        own_server.start()
        assert end_of(task) == ("SUCCEEDED", None)
    assert image_work(own_server) == []


def test_what_the_registry_does_not_have_or_give_is_told_with_the_next_step(project, hub, plain, trusts, debian, tmp_path):
    trusts(hub)
    project.push(SCRIPT)
    task = project.submit(image=f"{hub}/tests/nothing:1")
    assert end_of(task) == ("CREATED_FAILED", "image_not_found")
    reason = task.show()["reason"]
    assert f"{hub}/tests/nothing:1" in reason["message"] and reason["next"]
    assert end_of(project.submit(image=f"{hub}/tests/plain:no-such-tag")) == ("CREATED_FAILED", "image_not_found")
    Layout(tmp_path / "foreign", [debian], architecture="s390x").push(f"{hub}/tests/foreign:1")
    task = project.submit(image=f"{hub}/tests/foreign:1")
    assert end_of(task) == ("CREATED_FAILED", "image_wrong_architecture")
    assert "linux/s390x" in task.show()["reason"]["message"]
    Layout(tmp_path / "user", [debian], User="stranger").push(f"{hub}/tests/user:1")
    task = project.submit(image=f"{hub}/tests/user:1")
    assert end_of(task) == ("CREATED_FAILED", "image_broken") and "stranger" in task.show()["reason"]["message"]


def test_a_registry_that_is_not_there_is_a_failed_pull(project, trusts):
    project.push(SCRIPT)
    task = project.submit(image=f"{trusts('127.0.0.1:1')}/tests/plain:1")
    assert end_of(task) == ("CREATED_FAILED", "image_pull_failed")


def test_credentials_open_a_registry_to_their_project_alone_and_are_never_shown(server, client, debian, trusts, tmp_path):
    with registry(tmp_path / "closed", "builder", "a secret word") as address:
        Layout(tmp_path / "layout", [debian]).push(f"{address}/closed/image:1", "builder:a secret word")
        trusts(address)
        inside, outside = Project.make(client), Project.make(client)
        for project in (inside, outside):
            project.push(SCRIPT)
        assert end_of(inside.submit(image=f"{address}/closed/image:1")) == ("CREATED_FAILED", "image_denied")
        put = client.call("PUT", f"{inside.path}/registries/{address}", {"user_name": "builder", "password": "a secret word"})
        assert end_of(inside.submit(image=f"{address}/closed/image:1")) == ("SUCCEEDED", None)
        # The tree is here now, and the name is known: still nobody else gets it.
        assert end_of(outside.submit(image=f"{address}/closed/image:1")) == ("CREATED_FAILED", "image_denied")
        client.call("PUT", f"{outside.path}/registries/{address}", {"user_name": "builder", "password": "wrong"})
        assert end_of(outside.submit(image=f"{address}/closed/image:1")) == ("CREATED_FAILED", "image_denied")
        listed = client.call("GET", f"{inside.path}/registries")
        assert listed.json["items"][0]["user_name"] == "builder"
        for said in (put.raw, listed.raw, server.log.encode()):
            assert b"a secret word" not in said
        assert problem_of(client.call, "PUT", f"{inside.path}/registries/{address}",
                          {"user_name": "x", "password": "y", "plain_http": True}).fields() == {"plain_http": "not_allowed"}
        client.delete(f"{inside.path}/registries/{address}")
        assert client.get(f"{inside.path}/registries")["items"] == []
        # The platform's own are for the platform's images.
        trusts(address, user_name="builder", password="a secret word")
        assert end_of(outside.submit(image=f"{address}/closed/image:1")) == ("CREATED_FAILED", "image_denied")
        client.post("/api/v2/images", {"name": "closed-1", "reference": f"{address}/closed/image:1"})
        assert end_of(outside.submit(image="closed-1")) == ("SUCCEEDED", None)
