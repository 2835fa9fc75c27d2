"""How the server starts, what it says, and how it ends."""

import os
import re
import socket
import subprocess
import time
import urllib.request

from api_client import Client, problem_of
from projects import Project
from running_server import PASSWORD, PROGRAM, RunningServer
from traces import all_pids, until, words_of


def serve(*arguments, password=None):
    """Runs the program as someone who types it wrongly does, to its end."""
    environment = {**os.environ, "CLOUDBRAIN_ADMIN_PASSWORD": password or ""}
    done = subprocess.run([PROGRAM, "serve", *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                          env=environment)
    return done.returncode, done.stdout + done.stderr


class Typed:
    """A server started without a password given; what it prints."""

    def __init__(self, data, *arguments):
        environment = {name: value for name, value in os.environ.items() if name != "CLOUDBRAIN_ADMIN_PASSWORD"}
        self.process = subprocess.Popen([PROGRAM, "serve", "--data", data, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True, env=environment)
        self.said = ""
        while "serves on" not in self.said:
            line = self.process.stdout.readline()
            assert line, self.said
            self.said += line
        self.address = re.search(r"serves on (http://\S+)", self.said)[1]

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=60)
        self.process.stdout.close()


def test_the_first_start_prints_a_random_password_once(tmp_path):
    first = Typed(tmp_path / "data", "--listen", "127.0.0.1:0")
    try:
        password = re.search(r'"admin", password (\S+)', first.said)[1]
        assert len(password) >= 16
        assert Client(first).sign_in("admin", password).get("/api/v2/me")["admin"]
    finally:
        first.stop()
    second = Typed(tmp_path / "data", "--listen", "127.0.0.1:0")
    try:
        assert "password" not in second.said
        assert Client(second).sign_in("admin", password).get("/api/v2/me")["admin"]
    finally:
        second.stop()


def test_a_password_given_later_changes_nothing(own_server):
    own_server.stop()
    other = RunningServer(own_server.data)
    other.start()
    try:
        assert Client(other).sign_in("admin", PASSWORD).get("/api/v2/me")
        assert problem_of(Client(other).sign_in, "admin", PASSWORD + "x").status == 401
    finally:
        other.kill9()


def test_it_serves_on_the_other_internet_protocol_too(tmp_path):
    if not socket.has_ipv6 or not os.path.exists("/proc/net/if_inet6"):
        return
    server = Typed(tmp_path / "data", "--listen", "[::1]:0")
    try:
        assert server.address.startswith("http://[::1]:")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        assert opener.open(server.address + "/healthz").status == 200
    finally:
        server.stop()


def test_a_port_that_is_taken_is_named(tmp_path, own_server):
    code, said = serve("--data", tmp_path / "other", "--listen", f"127.0.0.1:{own_server.port}")
    assert code != 0 and str(own_server.port) in said


def test_a_wrong_start_says_what_would_be_right(tmp_path):
    (tmp_path / "file").write_text("")
    for arguments, words in (
        (["--data", tmp_path / "d", "--listen", "127.0.0.1:http"], "HOST:PORT"),
        (["--data", tmp_path / "d", "--listen", "no.such.host.invalid:80"], "no.such.host.invalid"),
        (["--data", tmp_path / "file/below"], "file"),
        (["--data", tmp_path / "file"], "file"),
        ([], "--data"),
    ):
        code, said = serve(*arguments)
        assert code not in (0, -6, -11) and words in said, f"{arguments}: {code} {said}"


def test_a_database_that_is_none_is_refused_and_left_as_it_is(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "cloudbrain.db").write_bytes(b"this is no database" * 1000)
    code, said = serve("--data", data, "--listen", "127.0.0.1:0")
    assert code not in (0, -6, -11) and "cloudbrain.db" in said
    assert (data / "cloudbrain.db").read_bytes() == b"this is no database" * 1000


def test_it_ends_at_once_though_people_follow_and_download(own_server, own_project):
    task = own_project.start("import time\nprint('on')\nopen('/model/big', 'wb').truncate(1 << 30)\nprint('made')\ntime.sleep(600)")  # stopped with the server
    task.wait_log("made")
    followers = [task.events() for _ in range(10)]
    for follower in followers:
        next(follower)
    idle = own_project.client.connect("GET", f"{task.path}/output/big")
    assert idle.recv(100)
    began = time.monotonic()
    assert own_server.stop() == 0
    assert time.monotonic() - began < 15
    idle.close()


def test_nothing_of_the_server_stays_when_it_ends(own_server, own_project):
    own_project.run_well("print(1)")
    children = [pid for pid in all_pids() if b"cloudbrain-runner" in words_of(pid) and parent_of(pid) == own_server.process.pid]
    assert children, "a runner is kept ready"
    own_server.stop()
    until(lambda: not [pid for pid in children if b"cloudbrain-runner" in words_of(pid)], 10, "runners that wait are still there")
    assert own_server.cgroups() == []


def parent_of(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return int(file.read().rpartition(")")[2].split()[1])
    except OSError:
        return None


def test_a_killed_server_leaves_no_waiting_runner_either(own_server, own_project):
    own_project.run_well("print(1)")
    children = [pid for pid in all_pids() if parent_of(pid) == own_server.process.pid]
    own_server.kill9()
    until(lambda: not [pid for pid in children if b"cloudbrain-runner" in words_of(pid)], 10, "runners that wait are still there")
    until(lambda: own_server.cgroups() == [], 10, lambda: f"left: {own_server.cgroups()}")


def test_its_numbers_can_be_read_by_prometheus(client, project):
    project.run_well("print(1)")
    text = client.call("GET", "/metrics").raw.decode()
    for line in text.splitlines():
        assert line.startswith("#") or re.fullmatch(r'[a-z_]+(\{([a-z_]+="[^"]*",?)*\})? [-+.0-9eInfNa]+', line), line
    assert re.search(r'cloudbrain_tasks\{state="SUCCEEDED"\} [1-9]', text)
    assert 'route="/api/v2/tasks/{id}"' in text and project.name not in text


def test_one_project_after_another_is_found_again_after_a_restart(own_server):
    client = own_server.client()
    made = [Project.make(client) for _ in range(3)]
    own_server.restart()
    assert {project.name for project in made} <= {row["name"] for row in client.get("/api/v2/projects")["items"]}
