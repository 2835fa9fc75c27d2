"""Who may do what: every route of the API's own description, asked by people who may not."""

import hashlib
import os
import sqlite3
import time

import pytest

from api_client import Problem
from archives import zip_of
from projects import Project, problem_of
from refusals import state_of
from running_server import PASSWORD
from traces import until

DOCUMENT = "/api/v2/openapi.json"


def second_user(server, name="eve", scopes='["read", "write", "task"]'):
    """There is no way yet to make a user but the database; gives a client of hers."""
    token = os.urandom(20).hex()
    now = int(time.time() * 1000)
    with sqlite3.connect(server.database(), timeout=30) as database:
        user = database.execute("INSERT INTO users (name, password_hash, is_admin, disabled, created_at) VALUES (?, '!', 0, 0, ?)",
                                (name, now)).lastrowid
        database.execute("INSERT INTO tokens (user_id, name, token_hash, scopes_json, created_at) VALUES (?, 'test', ?, ?, ?)",
                         (user, hashlib.sha256(token.encode()).hexdigest(), scopes, now))
    return server.client().with_token(token)


@pytest.fixture(scope="module")
def eve(server):
    return second_user(server)


class House:
    """A project with everything in it."""

    def __init__(self, client, **fields):
        self.project = Project.make(client, **fields)
        self.project.upload("data.zip", zip_of({"a.txt": "secret data"}))
        self.task = self.project.run_well("print('secret log'); open('/model/m.bin', 'w').write('secret model')")
        self.token = client.post("/api/v2/tokens", {"name": "mine", "scopes": ["read"]})["id"]

    def fill(self, path):
        id = self.token if "/tokens/" in path else self.task.id
        values = {"owner": "admin", "name": self.project.name, "id": id, "ref": "main", "file": "data.zip",
                  "path": "m.bin" if "/output/" in path else "train.py" if "/raw/" in path else ""}
        return path.format(**values) + "?q=secret" * path.endswith("/search")


@pytest.fixture(scope="module")
def private(server):
    return House(server.client(), private=True)


@pytest.fixture(scope="module")
def public(server):
    return House(server.client())


def operations(client):
    """(method, path, right, scope) of everything there is."""
    return [(method.upper(), path, operation["x-right"], operation["x-scope"])
            for path, item in client.get(DOCUMENT)["paths"].items() for method, operation in item.items()]


def ask(client, method, path):
    body = b"{}" if method in ("POST", "PUT") else None
    return problem_of(client.call, method, path, body)


def test_the_description_names_a_right_for_every_route(client):
    rights = {right for _, _, right, _ in operations(client)}
    assert rights == {"anyone", "signed_in", "read_project", "write_project", "read_task", "change_task"}
    assert len(operations(client)) > 30
    anyones = {(method, path) for method, path, right, _ in operations(client) if right == "anyone"}
    assert anyones == {("POST", "/api/v2/session"), ("DELETE", "/api/v2/session"), ("GET", "/api/v2/projects"), ("GET", DOCUMENT)}


def test_who_is_signed_out_gets_nowhere_in_a_private_project(server, client, private):
    before = state_of(server, private.project)
    for method, path, right, _ in operations(client):
        if right == "anyone":
            continue
        problem = ask(client.signed_out(), method, private.fill(path))
        assert problem.status == (401 if right == "signed_in" else 404), f"{method} {path}: {problem}"
        assert b"secret" not in problem.raw
    assert state_of(server, private.project) == before


def test_another_user_gets_nowhere_in_a_private_project(server, client, private, eve):
    before = state_of(server, private.project)
    for method, path, right, _ in operations(client):
        if right in ("anyone", "signed_in"):
            continue
        problem = ask(eve, method, private.fill(path))
        assert problem.status == 404, f"{method} {path}: {problem}"
        assert private.project.name not in problem.body["detail"] or "/projects/" in path
    assert state_of(server, private.project) == before


def test_another_user_and_nobody_may_only_look_at_a_public_project(server, client, public, eve):
    before = state_of(server, public.project)
    for who, refusal in ((eve, 403), (client.signed_out(), 401)):
        for method, path, right, _ in operations(client):
            if right in ("read_project", "read_task"):
                assert who.call(method, public.fill(path)).status == 200, path
            elif right in ("write_project", "change_task"):
                problem = ask(who, method, public.fill(path))
                assert problem.status == refusal, f"{method} {path}: {problem}"
    assert state_of(server, public.project) == before


@pytest.mark.parametrize("scope", ["read", "write", "task", "admin"])
def test_a_token_does_only_what_its_scope_says(server, client, private, scope):
    token = client.with_token(client.make_token(scope))
    before = state_of(server, private.project)
    for method, path, right, needed in operations(client):
        if needed == scope or (method, path) in (("POST", "/api/v2/session"), ("DELETE", "/api/v2/session")):
            continue
        problem = ask(token, method, private.fill(path))
        # An administrator's token without the scope admin is one of the project's owner, who is the same here.
        assert (problem.status, problem.code) == (403, "scope_missing"), f"{method} {path}: {problem}"
    assert state_of(server, private.project) == before


def test_a_token_gives_no_scope_that_it_has_not(client):
    writer = client.with_token(client.make_token("read", "write"))
    problem = problem_of(writer.post, "/api/v2/tokens", {"name": "more", "scopes": ["read", "admin"]})
    assert problem.fields() == {"scopes": "scope_missing"}
    assert problem_of(client.post, "/api/v2/tokens", {"name": "odd", "scopes": ["everything"]}).fields() == {"scopes": "not_allowed"}


def test_tokens_and_tasks_of_others_are_not_listed(client, private, eve):
    assert eve.get("/api/v2/tasks")["items"] == []
    assert [token["name"] for token in eve.get("/api/v2/tokens")["items"]] == ["test"]
    assert problem_of(eve.delete, f"/api/v2/tokens/{private.token}").code == "token_missing"
    for who in (eve, client.signed_out()):
        assert private.project.name not in [project["name"] for project in who.get("/api/v2/projects", limit=200)["items"]]


def test_a_project_of_another_user_may_have_the_same_name(client, public, eve):
    eve.post("/api/v2/projects", {"name": public.project.name})
    assert eve.get(f"/api/v2/projects/eve/{public.project.name}")["owner"] == "eve"
    assert client.get(public.project.path)["owner"] == "admin"


def test_a_disabled_user_is_out_at_once(server):
    mallory = second_user(server, "mallory")
    assert mallory.get("/api/v2/me")["name"] == "mallory"
    with sqlite3.connect(server.database(), timeout=30) as database:
        database.execute("UPDATE users SET disabled = 1 WHERE name = 'mallory'")
    assert problem_of(mallory.get, "/api/v2/me").code == "token_invalid"


def test_signing_out_ends_the_session(own_server):
    client = own_server.client()
    assert client.get("/api/v2/me")["name"] == "admin"
    assert client.delete("/api/v2/session") == 204
    assert problem_of(client.get, "/api/v2/me").code == "token_invalid"


def test_guessing_a_password_is_slowed_down_for_that_name_alone(own_server):
    client = own_server.client().signed_out()

    def sign_in(name, password):
        try:
            client.post("/api/v2/session", {"name": name, "password": password})
            return 201
        except Problem as problem:
            return problem.status
    for _ in range(6):
        until(lambda: sign_in("admin", "wrong") == 401, 20, "it stays closed")
    problem = problem_of(client.post, "/api/v2/session", {"name": "admin", "password": PASSWORD})
    assert (problem.status, problem.code) == (429, "sign_in_slowed") and problem.headers["Retry-After"]
    assert sign_in("other", "wrong") == 401
    until(lambda: sign_in("admin", PASSWORD) == 201, 20, "it stays closed")
