"""`cloudbrain dataset upload` with the real server: broken off, it goes on; known bytes are not sent."""

import os
import signal
import subprocess

import pytest

from relay import Relay
from running_server import PROGRAM
from tus import UPLOADS, archive_of, expect_arrived
from traces import until

MIB = 1 << 20


def command(address, project, *arguments):
    # The relay is on this machine: no proxy of the surroundings is asked.
    return subprocess.Popen(
        [PROGRAM, "dataset", "upload", "-p", f"admin/{project.name}", *arguments], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env={**os.environ, "CLOUDBRAIN_SERVER": address, "CLOUDBRAIN_TOKEN": project.client.token})


@pytest.fixture
def relay(own_server):
    relay = Relay(own_server)
    yield relay
    relay.close()


def test_broken_off_it_goes_on_when_it_is_run_again(own_server, own_project, relay, tmp_path):
    file = archive_of(20 * MIB, tmp_path)
    relay.hold_after(12 * MIB)
    first = command(relay.address, own_project, file)
    relay.wait_held()
    first.send_signal(signal.SIGINT)
    assert first.wait(30) == 130
    relay.release()
    until(lambda: own_project.client.get(UPLOADS)["items"][0]["offset"] > 8 * MIB, what="its bytes did not stay")
    before = relay.carried
    again = command(relay.address, own_project, file)
    out, err = again.communicate(timeout=60)
    assert again.returncode == 0, err
    assert "is ready" in out and "have arrived" in err
    expect_arrived(own_server, own_project, file)
    assert relay.carried - before < 14 * MIB


def test_it_goes_on_by_itself_when_the_server_was_killed_and_started_again(own_server, own_project, relay, tmp_path):
    file = archive_of(20 * MIB, tmp_path)
    relay.hold_after(12 * MIB)
    running = command(relay.address, own_project, file)
    relay.wait_held()
    own_server.kill9()
    relay.cut()
    own_server.start()
    relay.release()
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0 and "Trying again" in err, err
    expect_arrived(own_server, own_project, file)


def test_bytes_that_the_server_has_are_not_sent(own_server, own_project, relay, tmp_path):
    file = archive_of(8 * MIB, tmp_path)
    own_project.upload("first.tar", file.read_bytes())
    before = relay.carried
    running = command(relay.address, own_project, file, "--name", "second.tar")
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0 and "nothing is sent" in err, err
    assert own_project.client.get(own_project.dataset_path("second.tar"))["state"] == "ready"
    assert relay.carried - before < 10_000


def test_several_files_are_a_data_set_each_or_the_files_of_one(own_server, own_project, tmp_path):
    paths = [tmp_path / "labels.csv", tmp_path / "notes.txt"]
    for path in paths:
        path.write_text(path.name)

    def upload(*arguments):
        running = command(own_server.address, own_project, *paths, *arguments)
        out, err = running.communicate(timeout=60)
        assert running.returncode == 0, err
        return out

    assert "labels.csv" in upload() and own_project.client.get(own_project.dataset_path("notes.txt"))["state"] == "ready"
    upload("--dataset", "survey")
    together = own_project.client.get(own_project.dataset_path("survey"))
    assert {file["name"] for file in together["files"]} == {"labels.csv", "notes.txt"}
