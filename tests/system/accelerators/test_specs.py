"""Specs as the administrator makes, changes and withdraws them by the API and the command line."""

import json
import os
import subprocess

import pytest

from accounts import make_person
from api_client import problem_of
from running_server import PROGRAM

SPEC = {"compute": "cpu", "cpus": 1, "memory_bytes": 256 << 20}


def specs(client, **query):
    return {spec["name"]: spec for spec in client.get("/api/v2/specs", **query)["items"]}


def put(client, name, **fields):
    return client.call("PUT", f"/api/v2/specs/{name}", {**SPEC, **fields})


def delete(client, name):
    return client.call("DELETE", f"/api/v2/specs/{name}")


def test_a_spec_is_there_at_once_and_after_a_crash(own_server, own_project):
    client = own_server.client()
    put(client, "tiny", shared_memory_bytes=64 << 20, internet=False, kinds=["train"], clusters=["openi"])
    own_server.restart()
    tiny = specs(client)["tiny"]
    assert (tiny["source"], tiny["internet"], tiny["kinds"], tiny["clusters"]) == ("administrator", False, ["train"], ["openi"])
    assert tiny["shared_memory_bytes"] == 64 << 20 and tiny["free"] >= 1
    assert "tiny" not in specs(client, cluster="c2net") and "tiny" in specs(client, cluster="openi")
    own_project.run_well("print(1)", spec="tiny")
    assert problem_of(own_project.submit, spec="tiny", cluster="c2net").fields() == {"spec": "spec_does_not_fit"}
    delete(client, "tiny")
    assert "tiny" not in specs(client)


def test_a_spec_of_the_machine_can_be_replaced_withdrawn_and_had_back(client):
    before = specs(client)["cpu-1"]
    put(client, "cpu-1")
    assert specs(client)["cpu-1"]["memory_bytes"] == 256 << 20
    delete(client, "cpu-1")
    assert specs(client)["cpu-1"] == before
    delete(client, "cpu-1")
    assert "cpu-1" not in specs(client)
    assert problem_of(delete, client, "cpu-1").code == "spec_missing"
    put(client, "cpu-1", memory_bytes=before["memory_bytes"])
    delete(client, "cpu-1")
    assert specs(client)["cpu-1"] == before


def test_a_spec_in_use_stays(client, project):
    put(client, "busy")
    task = project.start("import time\nprint('on', flush=True)\ntime.sleep(600)", spec="busy")  # stopped
    task.wait_log("on")
    problem = problem_of(delete, client, "busy")
    assert (problem.status, problem.code) == (409, "spec_in_use")
    task.stop()
    task.wait_end()
    delete(client, "busy")


@pytest.mark.parametrize("fields, wrong", [
    ({"cpus": 0}, "cpus"), ({"cpus": 2 << 30}, "cpus"), ({"memory_bytes": 1}, "memory_bytes"), ({"memory_bytes": -1}, "memory_bytes"),
    ({"shared_memory_bytes": 1 << 60}, "shared_memory_bytes"), ({"accelerators": 1}, "accelerator_type"),
    ({"accelerator_type": "V100"}, "accelerator_type"), ({"accelerators": -1, "accelerator_type": "x"}, "accelerators"),
    ({"clusters": ["nowhere"]}, "clusters[0]"), ({"kinds": ["play"]}, "kinds[0]"), ({"compute": ""}, "compute"),
])
def test_a_wrong_spec_is_refused_field_by_field(client, fields, wrong):
    problem = problem_of(put, client, "wrong", **fields)
    assert problem.status in (400, 422) and wrong in problem.fields(), problem
    assert "wrong" not in specs(client)


def test_a_name_is_a_word(client):
    for name in ("a%20b", "x" * 61, "a%2Fb", "%22"):
        assert problem_of(put, client, name).status == 422


def test_only_the_administrator_makes_specs(server, client):
    person = make_person(server, "somebody")
    assert problem_of(put, person, "mine").code == "not_administrator"
    assert problem_of(delete, person, "cpu-1").code == "not_administrator"
    assert problem_of(person.get, "/api/v2/accelerators").code == "not_administrator"


def test_the_command_line_does_the_same(server, client):
    def cloudbrain(*words):
        done = subprocess.run([PROGRAM, *words, "--json"], capture_output=True, text=True, timeout=60,
                              env={**os.environ, "CLOUDBRAIN_SERVER": server.address, "CLOUDBRAIN_TOKEN": client.token})
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None
    made = cloudbrain("spec", "set", "by-hand", "--compute", "cpu", "--cpus", "1", "--memory", "512MB", "--shared-memory", "128MB", "--no-internet")
    assert (made["memory_bytes"], made["shared_memory_bytes"], made["internet"]) == (512 << 20, 128 << 20, False)
    assert "by-hand" in {spec["name"] for spec in cloudbrain("spec", "list")["items"]}
    assert cloudbrain("accelerator", "list")["items"] == []
    cloudbrain("spec", "delete", "by-hand")
    assert "by-hand" not in specs(client)
