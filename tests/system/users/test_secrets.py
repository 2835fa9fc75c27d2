"""No password, token or code is ever in the log, whatever it is asked with, and not in the data directory."""

import base64
import os
import socket
import subprocess

import pytest

from accounts import SECRET, Person, decide, sign_up
from api_client import Client, Problem
from projects import Project
from running_server import PASSWORD, serving
from traces import until


@pytest.fixture
def talkative(tmp_path):
    with serving(tmp_path, "--verbose") as running:
        yield running


def git(*arguments):
    return subprocess.run(["git", *arguments], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_GLOBAL": "/dev/null"})


def ask(client, method, path, body=None, headers=None):
    """Whatever comes of it."""
    try:
        client.call(method, path, body, headers)
    except Problem:
        pass


def ask_in_every_way(server, secret):
    """As a token, a password, a cookie, a query; in good requests, bad ones, and broken ones."""
    in_query = secret.replace(" ", "+")
    basic = base64.b64encode(f"admin:{secret}".encode()).decode()
    for headers in ({"Authorization": f"Bearer {secret}"}, {"Authorization": f"token {secret}"}, {"Authorization": f"Basic {basic}"},
                    {"Authorization": secret}, {"Cookie": f"cloudbrain_session={secret}"}):
        for method, path, body in (("GET", "/api/v2/me", None), ("GET", "/api/v2/none", None), ("POST", "/api/v2/projects", b"{"),
                                   ("GET", f"/api/v2/me?token={in_query}", None), ("GET", f"/sign-up?invitation={in_query}", None),
                                   ("PATCH", "/api/v2/me", {"email": 7}), ("GET", "/admin/p.git/info/refs?service=git-upload-pack", None)):
            ask(Client(server), method, path, body, headers)
    ask(Client(server), "POST", "/api/v2/session", {"name": "admin", "password": secret, "odd": secret})
    ask(Client(server), "POST", "/api/v2/session", f'{{"password": "{secret}", '.encode())
    host, port = server.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as broken:
        broken.sendall(f"GET /api/v2/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {secret}\r\nbroken\r\n\r\n".encode())
        broken.recv(65536)


def test_no_secret_is_in_the_log_or_readable_in_the_data(talkative, tmp_path):
    admin = talkative.client()
    decide(talkative, sign_up="invitation")
    code = admin.post("/api/v2/invitations", {"uses": 2})["code"]
    sign_up(Client(talkative), "ada", invitation=code)
    ada = Person(talkative, "ada").sign_in()
    new_password = "the second password of ada"
    ada.call("PUT", "/api/v2/me/password", {"current": SECRET, "new": new_password})
    token = admin.make_token("read", "write")
    wrong_token, typed_wrong = os.urandom(20).hex(), "mistyped password"
    project = Project.make(admin, "secret-test", private=True)
    project.push({"train.py": "print(1)"})
    for user, password in (("admin", token), ("admin", PASSWORD.replace(" ", "%20")), ("ada", wrong_token)):
        url = talkative.address.replace("http://", f"http://{user}:{password}@") + "/admin/secret-test.git"
        git("clone", "-q", url, str(tmp_path / os.urandom(4).hex()))
    secrets = [PASSWORD, SECRET, new_password, token, wrong_token, typed_wrong, code, admin.token, ada.token]
    for secret in secrets:
        ask_in_every_way(talkative, secret)
    until(lambda: "/api/v2/none" in talkative.log and "git" in talkative.log, 10, "the log has the requests")
    for secret in secrets:
        for form in (secret, secret.replace(" ", "%20"), base64.b64encode(f"admin:{secret}".encode()).decode()):
            assert form not in talkative.log, f"{form} is in the log"
    kept = b"".join(file.read_bytes() for file in talkative.data.rglob("*") if file.is_file() and not file.is_symlink())
    for secret in secrets:
        assert secret.encode() not in kept, f"{secret} is in the data directory"


def test_no_secret_is_in_the_commands_or_variables_of_what_the_server_starts(talkative):
    """The first password comes by a variable; git and tasks must not inherit it."""
    project = Project.make(talkative.client())
    task = project.run_well("import os; print(sorted(os.environ)); print(open('/proc/self/environ').read())")
    assert PASSWORD.encode() not in task.log() and b"CLOUDBRAIN_ADMIN_PASSWORD" not in task.log()
