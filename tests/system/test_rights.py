"""Who may do what: every route of the API's own description, asked by everyone."""

import re
import sqlite3
import time

import pytest

from accounts import make_person
from api_client import Problem
from archives import zip_of
from projects import Project, problem_of
from refusals import state_of
from running_server import PASSWORD
from traces import until

DOCUMENT = "/api/v2/openapi.json"
RIGHTS = {"anyone", "signed_in", "administer", "read_project", "use_project", "write_project", "own_project", "read_task", "change_task"}

# Routes that are open to who is signed out. A new one has to be added here by somebody who means it.
ANYONES = {
    ("POST", "/api/v2/session"), ("DELETE", "/api/v2/session"), ("POST", "/api/v2/sign-up"), ("GET", "/api/v2/platform"),
    ("GET", "/api/v2/projects"), ("GET", "/api/v2/datasets"), ("GET", "/api/v2/models"), ("GET", "/api/v2/examples"), ("GET", DOCUMENT),
    ("OPTIONS", "/api/v2/uploads"),
}

# What a role of a project may do, by right. Tasks below are the owner's.
MAY = {
    "signed out": {},
    "other": {"signed_in"},
    "reader": {"signed_in", "read_project", "use_project", "read_task"},
    "writer": {"signed_in", "read_project", "use_project", "read_task", "write_project"},
    "owner": RIGHTS - {"administer"},
    "administrator": RIGHTS,
}
REFUSALS = {"not_signed_in", "not_allowed", "not_administrator", "project_missing", "task_missing", "scope_missing", "token_invalid"}


class House:
    """A project with everything in it, and somebody in every role."""

    def __init__(self, server, **fields):
        self.client = server.client()
        self.project = Project.make(self.client, **fields)
        self.project.upload("data.zip", zip_of({"a.txt": "secret data"}))
        self.task = self.project.run_well("print('secret log'); open('/model/m.bin', 'w').write('secret model')")
        self.client.post(f"{self.project.path}/models", {"name": "secret-model"})
        self.client.post(f"{self.project.path}/models/secret-model/versions", {"task": self.task.id})
        self.token = self.client.post("/api/v2/tokens", {"name": "mine", "scopes": ["read"]})["id"]
        self.people = {"signed out": self.client.signed_out(), "administrator": self.client}
        for role in ("other", "reader", "writer", "owner"):
            self.people[role] = make_person(server, f"{role}-of-{self.project.name}")
            if role != "other":
                self.client.call("PUT", f"{self.project.path}/members/{role}-of-{self.project.name}", {"role": role})

    def fill(self, path):
        id = self.token if "/tokens/" in path else self.task.id
        values = {"owner": "admin", "name": self.project.name, "id": id, "ref": "main", "dataset": "data.zip", "file": "data.zip", "user": "nobody-at-all", "model": "secret-model", "version": "V0001",
                  "path": "a.txt" if "/content/" in path else "" if "/tree/" in path else "m.bin" if "/output/" in path or "/files/" in path else "train.py"}
        queries = {"/search": "?q=secret", "/params": "?ref=main&path=train.py"}
        query = next((text for end, text in queries.items() if path.endswith(end)), "")
        fields = {name: values.get(name, "none") for name in re.findall(r"{(\w+)}", path)}
        return path.format(**fields) + query

    def harmless(self, method, path):
        """The same for who may: a target that is not there, so that nothing is lost."""
        filled = self.fill(path)
        return filled.replace("data.zip", "none.zip").replace("secret-model", "none").replace(f"links/{self.task.id}", "links/0") if method in ("DELETE", "PUT") else filled


def operations(client):
    """(method, path, right, scope) of everything there is."""
    return [(method.upper(), path, operation["x-right"], operation["x-scope"])
            for path, item in client.get(DOCUMENT)["paths"].items() for method, operation in item.items()]


def ask(client, method, path):
    """The code of the answer: of its problem, or None."""
    body = b"{}" if method in ("POST", "PUT", "PATCH") else None
    try:
        client.call(method, path, body)
    except Problem as problem:
        assert problem.status < 500, f"{method} {path}: {problem}"
        return problem
    return None


def said(method, code):
    """An answer to HEAD has no body, so that its status alone tells."""
    return None if method == "HEAD" else code


@pytest.fixture(scope="module")
def private(server):
    return House(server, private=True)


@pytest.fixture(scope="module")
def public(server):
    return House(server)


def test_the_description_names_a_right_for_every_route(client):
    assert {right for _, _, right, _ in operations(client)} == RIGHTS
    assert {(method, path) for method, path, right, _ in operations(client) if right == "anyone"} == ANYONES


def destroys(method, path):
    """Asked by who may, it would take away what the others are asked about."""
    return (method, path) == ("DELETE", "/api/v2/tasks/{id}") or (method == "POST" and path.endswith(("/modify", "/leave", "/fork")))


@pytest.mark.parametrize("role", MAY)
@pytest.mark.parametrize("kind", ["private", "public"])
def test_every_route_is_open_to_whom_it_is_for_and_to_nobody_else(server, request, client, kind, role):
    house = request.getfixturevalue(kind)
    who, before = house.people[role], state_of(server, house.project)
    may = set(MAY[role])
    if kind == "public":
        may |= {"read_project", "read_task"} | ({"use_project"} if role != "signed out" else set())
    for method, path, right, _ in operations(client):
        if right == "anyone" or (right in may and destroys(method, path)):
            continue
        problem = ask(who, method, house.harmless(method, path) if right in may else house.fill(path))
        code = problem and problem.code
        if right in may:
            assert code not in REFUSALS, f"{role}, {kind}: {method} {path}: {problem}"
            continue
        assert problem, f"{role}, {kind}: {method} {path} was done"
        assert b"secret" not in problem.raw
        hidden = right.endswith(("_project", "_task")) and "read_project" not in may
        wanted = 404 if hidden else 401 if role == "signed out" else 403
        assert problem.status == wanted, f"{role}, {kind}: {method} {path}: {problem}"
        if hidden:
            assert house.project.name not in problem.body["detail"] or "/projects/" in path
    if role in ("signed out", "other", "reader"):
        assert state_of(server, house.project) == before


@pytest.mark.parametrize("role", ["owner", "administrator"])
def test_who_may_delete_a_task_does(server, private, role):
    task = private.project.run_well("print(1)")
    assert private.people[role].delete(task.path) == 204


def test_an_expired_token_opens_nothing(server, client, private):
    token = client.post("/api/v2/tokens", {"name": "short", "scopes": ["read", "write", "task", "admin"]})
    with sqlite3.connect(server.database(), timeout=30) as database:
        database.execute("UPDATE tokens SET expires_at = ? WHERE id = ?", (int(time.time() * 1000) - 1, token["id"]))
    expired = client.with_token(token["token"])
    for method, path, right, _ in operations(client):
        if (method, path) != ("DELETE", "/api/v2/session"):
            problem = ask(expired, method, private.fill(path))
            assert (problem.status, problem.code) == (401, said(method, "token_invalid")), f"{method} {path}"


@pytest.mark.parametrize("scope", ["read", "write", "task", "admin"])
def test_a_token_does_only_what_its_scope_says(server, client, private, scope):
    token = client.with_token(client.make_token(scope))
    before = state_of(server, private.project)
    for method, path, right, needed in operations(client):
        if needed == scope or right == "anyone":
            continue
        problem = ask(token, method, private.fill(path))
        assert problem and (problem.status, problem.code) == (403, said(method, "scope_missing")), f"{method} {path}: {problem}"
    assert state_of(server, private.project) == before


@pytest.fixture(scope="module")
def eve(server):
    return make_person(server, "eve")


def test_a_token_gives_no_scope_that_it_has_not(client):
    writer = client.with_token(client.make_token("read", "write"))
    problem = problem_of(writer.post, "/api/v2/tokens", {"name": "more", "scopes": ["read", "admin"]})
    assert problem.fields() == {"scopes": "scope_missing"}
    assert problem_of(client.post, "/api/v2/tokens", {"name": "odd", "scopes": ["everything"]}).fields() == {"scopes": "not_allowed"}


def test_tokens_and_tasks_of_others_are_not_listed(client, private, eve):
    assert eve.get("/api/v2/tasks")["items"] == []
    assert [token["name"] for token in eve.get("/api/v2/tokens")["items"]] == []
    assert problem_of(eve.delete, f"/api/v2/tokens/{private.token}").code == "token_missing"
    for who in (eve, client.signed_out()):
        assert private.project.name not in [project["name"] for project in who.get("/api/v2/projects", limit=200)["items"]]


def test_a_project_of_another_user_may_have_the_same_name(client, public, eve):
    eve.post("/api/v2/projects", {"name": public.project.name})
    assert eve.get(f"/api/v2/projects/eve/{public.project.name}")["owner"] == "eve"
    assert client.get(public.project.path)["owner"] == "admin"


def test_a_disabled_user_is_out_at_once(server):
    mallory = make_person(server, "mallory")
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
