"""`cloudbrain user …`: on the server's machine, on its database, with the server running or not."""

import json
import os
import pty
import re
import select
import subprocess

import pytest

from accounts import SECRET, Person, make_person
from api_client import problem_of
from running_server import PASSWORD, PROGRAM
from traces import until


def user(server, *arguments, input="", expected=0, **variables):
    """Runs the command; gives its standard output, or its standard error where it is to fail."""
    ran = subprocess.run([PROGRAM, "user", *arguments, "--data", server.data], input=input, text=True, capture_output=True,
                         env={**os.environ, "CLOUDBRAIN_LANG": "en", **variables}, timeout=60)
    assert ran.returncode == expected, ran
    assert expected or not ran.stderr, ran
    return ran.stderr if expected else ran.stdout


def test_a_forgotten_administrator_password_is_replaced_while_the_server_runs(own_server):
    admin = own_server.client()
    said = user(own_server, "passwd", "admin", "--generate")
    password = re.search(r"Password: (\S+)", said)[1]
    assert problem_of(admin.get, "/api/v2/me").code == "token_invalid"
    assert problem_of(Person(own_server, "admin").sign_in, PASSWORD).code == "sign_in_failed"
    assert Person(own_server, "admin").sign_in(password).get("/api/v2/me")["admin"]


def test_a_password_comes_from_standard_input(own_server):
    user(own_server, "passwd", "ADMIN", "--password-stdin", input="from the input\n")
    Person(own_server, "admin").sign_in("from the input")


def test_it_works_without_a_server(own_server):
    own_server.stop()
    user(own_server, "add", "ada", "--password-stdin", "--admin", "--email", "ada@example.com", input=SECRET)
    assert "ada@example.com" in user(own_server, "list")
    own_server.start()
    assert Person(own_server, "ada").sign_in().get("/api/v2/me")["admin"]


def test_a_password_is_asked_for_twice_and_not_shown(own_server):
    def typed(first, second):
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ["CLOUDBRAIN_LANG"] = "en"
            os.execv(PROGRAM, [str(PROGRAM), "user", "passwd", "admin", "--data", str(own_server.data)])
        said = b""

        def read_until(words):
            nonlocal said
            while words not in said:
                assert select.select([terminal], [], [], 30)[0], said
                said += os.read(terminal, 4096)
        read_until(b"New password: ")
        os.write(terminal, first + b"\n")
        read_until(b"Once more: ")
        os.write(terminal, second + b"\n")
        try:
            while piece := os.read(terminal, 4096):
                said += piece
        except OSError:
            pass  # the end of a terminal whose other side is gone
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said
    code, said = typed(b"typed by hand", b"typed otherwise")
    assert code == 2 and b"differ" in said
    code, said = typed(b"typed by hand", b"typed by hand")
    assert code == 0 and b"typed" not in said
    Person(own_server, "admin").sign_in("typed by hand")


def test_a_user_is_disabled_enabled_and_made_administrator(own_server):
    ada = make_person(own_server, "ada")
    user(own_server, "disable", "ada")
    assert problem_of(ada.get, "/api/v2/me").code == "token_invalid"
    assert "disabled" in user(own_server, "list")
    assert "still disabled" in subprocess.run([PROGRAM, "user", "passwd", "ada", "--data", own_server.data, "--generate"], text=True,
                                              capture_output=True, env={**os.environ, "CLOUDBRAIN_LANG": "en"}).stderr
    user(own_server, "enable", "ada")
    user(own_server, "admin", "ada")
    user(own_server, "passwd", "ada", "--password-stdin", input=SECRET)
    assert ada.sign_in().get("/api/v2/users")["items"]
    user(own_server, "admin", "ada", "--remove")
    assert problem_of(ada.get, "/api/v2/users").code == "not_administrator"


@pytest.mark.parametrize("arguments, code, said", [
    (["admin", "admin", "--remove"], 1, "last administrator"),
    (["disable", "admin"], 1, "last administrator"),
    (["passwd", "nobody", "--generate"], 1, 'no user "nobody"'),
    (["passwd", "admin", "--password-stdin"], 1, "8 characters"),
    (["passwd", "admin"], 2, "--password-stdin or --generate"),
    (["add", "ad min", "--generate"], 1, "user name"),
    (["add", "admin", "--generate"], 1, "already a user"),
])
def test_what_cannot_be_is_said(server, arguments, code, said):
    assert said in user(server, *arguments, input="short", expected=code)
    assert server.client().get("/api/v2/me")["admin"]


def test_a_directory_without_a_server_stays_empty(tmp_path):
    ran = subprocess.run([PROGRAM, "user", "list", "--data", tmp_path], text=True, capture_output=True)
    assert ran.returncode == 1 and "cloudbrain.db" in ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_answers_in_json_and_in_chinese(server):
    listed = json.loads(user(server, "list", "--json"))
    assert "admin" in [one["name"] for one in listed["items"]]
    made = json.loads(user(server, "add", "jo", "--generate", "--json"))
    Person(server, "jo").sign_in(made["password"])
    assert "管理员" in user(server, "list", CLOUDBRAIN_LANG="zh")
    assert "没有用户" in user(server, "disable", "nobody", expected=1, CLOUDBRAIN_LANG="zh")


def test_a_server_that_writes_meanwhile_is_no_hindrance(server):
    people = [make_person(server) for _ in range(3)]
    for person in people:
        user(server, "disable", person.name)
    until(lambda: user(server, "list").count("disabled") >= 3, 10)
