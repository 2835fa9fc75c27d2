"""`cloudbrain image …` as an administrator types it."""

import json
import os
import pty
import subprocess

import pytest

from oci_images import Layout
from running_server import PROGRAM
from traces import until


@pytest.fixture
def type_in(server, tmp_path):
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "CLOUDBRAIN_SERVER": server.address,
                   "CLOUDBRAIN_TOKEN": server.client().token, "LC_ALL": "C.UTF-8"}

    def run(*words, password=None, code=0):
        """With a password: at a terminal, where it is asked for."""
        if password is None:
            done = subprocess.run([PROGRAM, *map(str, words)], env=environment, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
            assert done.returncode == code, (words, done)
            return done.stdout + done.stderr
        own, theirs = pty.openpty()
        with subprocess.Popen([PROGRAM, *map(str, words)], env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as process:
            os.close(theirs)
            said = b""
            while b":" not in said:
                said += os.read(own, 1000)
            os.write(own, password.encode() + b"\n")
            assert process.wait(60) == code
        os.close(own)
        return said.decode()
    return run


def ready(type_in, name):
    return until(lambda: next(image for image in json.loads(type_in("image", "list", "--json"))["items"] if image["name"] == name)["state"] == "ready", 60)


def test_the_catalogue_by_commands(type_in, hub, plain, debian, tmp_path):
    type_in("image", "login", hub, "--platform", "--plain-http")
    assert hub in type_in("image", "registries", "--platform")
    added = type_in("image", "add", "typed", f"{hub}/tests/plain:1", "--tag", "CUDA 11.1", "--tag", "Python 3.11", "--engine", "MindSpore1.7", "--recommended")
    assert "typed" in added
    assert ready(type_in, "typed")
    listed = type_in("image", "list")
    assert "typed *" in listed and "CUDA 11.1, Python 3.11" in listed and "MindSpore1.7" in listed
    type_in("image", "set", "typed", "--description", "by hand")
    assert "by hand" in type_in("image", "list")
    type_in("image", "fetch", "typed")
    archive = Layout(tmp_path / "layout", [debian]).save(tmp_path / "image.tar")
    type_in("image", "load", "loaded", archive)
    assert ready(type_in, "loaded")
    type_in("image", "remove", "typed")
    type_in("image", "remove", "loaded")
    assert "freed" in type_in("image", "prune")
    type_in("image", "logout", hub, "--platform")
    assert hub not in type_in("image", "registries", "--platform")


def test_a_password_is_asked_for_and_not_shown(type_in, client, project):
    said = type_in("image", "login", "registry.example.com", "-p", project.name, "-u", "builder", password="a secret word")
    assert "a secret word" not in said
    assert client.get(f"{project.path}/registries")["items"][0]["user_name"] == "builder"
    assert "secret" not in type_in("image", "registries", "-p", project.name)


def test_whose_registry_must_be_said(type_in):
    assert "--platform" in type_in("image", "login", "registry.example.com", code=2)
