"""`cloudbrain login` and `cloudbrain token …`: what the tokens they make can do."""

import json
import os
import subprocess

import pytest

from accounts import SECRET, make_person
from command_line import CommandLine
from running_server import PASSWORD, PROGRAM


@pytest.fixture
def cloudbrain(server, tmp_path):
    return CommandLine(server, tmp_path)


def signed_in(server, home, name, password):
    """Signs in with a password, and returns the program with what `login` kept, no token in its environment."""
    command = CommandLine(server, home)
    del command.environment["CLOUDBRAIN_TOKEN"]
    done = subprocess.run([PROGRAM, "login", "--user", name, "--password-stdin"], env=command.environment, cwd=home,
                          input=password, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return command


def test_an_administrator_who_signs_in_may_do_what_an_administrator_does(server, tmp_path):
    command = signed_in(server, tmp_path, "admin", PASSWORD)
    command("spec", "set", "by-login", "--compute", "cpu", "--cpus", "1", "--memory", "512MB")
    command("spec", "delete", "by-login")


def test_anybody_else_is_not_made_one(server, tmp_path):
    make_person(server, "plain")
    command = signed_in(server, tmp_path, "plain", SECRET)
    refused = command.run("spec", "delete", "cpu-1")
    assert refused.returncode != 0 and "administrator" in refused.stderr
    assert all("admin" not in token["scopes"] for token in command("token", "list", "--json")["items"])


def test_a_token_that_is_made_works_until_it_is_removed(cloudbrain):
    secret = cloudbrain("token", "create", "nightly", "--scope", "read", "--expires", "90d").strip()
    assert len(secret) == 40
    with_it = dict(cloudbrain.environment, CLOUDBRAIN_TOKEN=secret)

    def run(*words):
        return subprocess.run([PROGRAM, *words], env=with_it, capture_output=True, text=True, timeout=60)

    assert run("project", "list").returncode == 0
    refused = run("project", "create", "never")
    assert refused.returncode != 0 and "write" in refused.stderr and "cloudbrain token create" in refused.stderr
    listed = cloudbrain("token", "list", "--json")["items"]
    made = next(token for token in listed if token["name"] == "nightly")
    assert made["expires_at"] and "token" not in made and secret not in json.dumps(listed)
    cloudbrain("token", "remove", made["id"])
    assert run("project", "list").returncode != 0


@pytest.mark.parametrize("words, said", [
    (("--expires", "soon"), "12h or 90d"), (("--scope", "root"), "read, write, task, admin"),
])
def test_a_token_of_no_sense_is_refused_with_what_would_be_right(cloudbrain, words, said):
    refused = cloudbrain.run("token", "create", "odd", *words)
    assert refused.returncode != 0 and said in refused.stderr
