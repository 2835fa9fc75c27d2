"""Requests from other sites, secrets, names and links that lead out, and content that would run in a browser."""

import base64
import http.client
import io
import json
import os
import re
import stat
import subprocess
import zipfile
from urllib.parse import quote

import pytest

from api_client import Client, Problem
from archives import zip_of
from projects import Project, problem_of
from running_server import PASSWORD, RunningServer
from traces import until


# ---- requests from other sites ----


@pytest.fixture(scope="module")
def cookie(server):
    answer = server.client().signed_out().call("POST", "/api/v2/session", {"name": "admin", "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Lax", "Path=/"))
    return cookie.split(";")[0]


def by_cookie(server, cookie, method, path, body=None, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client(server).call(method, path, body, {"Cookie": cookie, **headers})


def test_a_cookie_is_enough_to_look(server, cookie):
    answer = by_cookie(server, cookie, "GET", "/api/v2/me", Origin="http://evil.example")
    assert answer.json["name"] == "admin"
    assert "Access-Control-Allow-Origin" not in answer.headers, "another site's script could read it"


FOREIGN = [{"Origin": "http://evil.example"}, {"Origin": "null"}, {}, {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"},
           {"Origin": "http://127.0.0.1:1"}, {"Referer": "http://evil.example/"}]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_cookie_changes_nothing_for_another_site(server, project, cookie, headers):
    project.push({"train.py": "print(1)"})
    before = project.client.get("/api/v2/projects", limit=200)
    for method, path, body in (
        ("POST", "/api/v2/projects", {"name": "planted"}), ("POST", f"{project.path}/tasks", project.request()),
        ("POST", f"{project.path}/commits", {"message": "m", "files": [{"path": "x", "content": ""}]}),
        ("PUT", f"{project.path}/datasets/a.zip", zip_of({"a": "1"})), ("POST", "/api/v2/tokens", {"name": "planted"}),
        ("DELETE", "/api/v2/session", None),
    ):
        problem = problem_of(by_cookie, server, cookie, method, path, body, **headers)
        assert (problem.status, problem.code) == (403, "wrong_origin"), f"{method} {path}: {problem}"
    assert project.client.get("/api/v2/projects", limit=200) == before
    assert project.tasks() == [] and project.datasets() == []
    assert by_cookie(server, cookie, "GET", "/api/v2/me").status == 200


@pytest.mark.parametrize("own", ["Origin", "Sec-Fetch-Site"])
def test_a_cookie_works_for_our_own_pages(server, cookie, own):
    headers = {"Origin": server.address} if own == "Origin" else {"Sec_Fetch_Site": "same-origin"}
    answer = by_cookie(server, cookie, "POST", "/api/v2/projects", {"name": f"own-{own.lower()}"}, **headers)
    assert answer.status == 201


# ---- secrets ----


def test_secrets_are_neither_in_the_log_nor_in_the_data(tmp_path):
    server = RunningServer(tmp_path / "data", ["--verbose"])
    try:
        client = server.start().client()
        project = Project.make(client, "quiet")
        token = client.make_token("read", "write", "task")
        known = client.with_token(token)
        Project(known, "quiet").run_well("print(1)")
        secrets = [client.token, token, PASSWORD]
        for call in (lambda: known.get(f"{project.path}?token={token}"), lambda: known.get(f"{project.path}/none?access_token={token}"),
                     lambda: client.signed_out().call("GET", "/admin/quiet.git/info/refs?service=git-upload-pack", headers=basic(token)),
                     lambda: client.with_token(token + "x").get("/api/v2/me"),
                     lambda: client.signed_out().post("/api/v2/session", {"name": "admin", "password": PASSWORD + "x"})):
            try:
                call()
            except Problem:
                pass
        subprocess.run(["git", "clone", "-q", f"http://admin:{token}@127.0.0.1:{server.port}/admin/quiet.git", tmp_path / "copy"],
                       check=True, env={**os.environ, "no_proxy": "*"})
        server.stop()
        assert f"GET {project.path}" in server.log, "requests are not logged at all"
        for secret in secrets:
            assert secret not in server.log
            for path in server.data.rglob("*"):
                if path.is_file() and not path.is_symlink():
                    assert secret.encode() not in path.read_bytes(), path
    finally:
        server.clean_up()


def basic(token):
    return {"Authorization": "Basic " + base64.b64encode(f"admin:{token}".encode()).decode()}


def test_the_data_directory_is_for_the_server_alone(server):
    assert stat.S_IMODE(server.data.stat().st_mode) == 0o700


# ---- what a browser does with answers ----


def test_every_kind_of_answer_carries_the_headers_that_protect(project):
    project.upload("a.zip", zip_of({"a": "1"}))
    task = project.run_well("open('/model/a.txt', 'w').write('1')")
    client = project.client
    paths = ["/", "/healthz", "/metrics", "/api/v2/me", "/api/v2/none", project.path, f"{project.path}/raw/main/train.py",
             f"{task.path}/log/raw", f"{task.path}/log/stream", f"{task.path}/output/a.txt", f"{task.path}/output.zip",
             f"/admin/{project.name}.git/info/refs?service=git-upload-pack", "/api/v2/%ff"]
    for path in paths:
        try:
            headers = client.call("GET", path).headers
        except Problem as problem:
            headers = problem.headers
        policy = headers["Content-Security-Policy"]
        assert ("default-src 'none'" if "/raw/main" in path else "default-src 'self'") in policy and "object-src 'none'" in policy and "frame-ancestors 'none'" in policy, path
        assert "unsafe-inline" not in policy and "unsafe-eval" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Frame-Options"] == "DENY", path


EVIL = {"index.html": "<script>alert(1)</script>", "image.svg": "<svg onload='alert(1)'/>", "page.xhtml": "<html/>",
        "script.js": "alert(1)", "noending": "<!DOCTYPE html><script>alert(1)</script>"}
HARMLESS = {"text/plain", "application/octet-stream"}


def test_nothing_that_a_user_wrote_is_shown_as_a_page(project):
    project.push({**EVIL, "train.py": "import shutil\nfor name in %r: shutil.copy(name, '/model')\nprint(open('index.html').read())" % list(EVIL)})
    task = project.submit()
    task.wait_end()
    client = project.client
    for name, content in EVIL.items():
        raw = client.call("GET", f"{project.path}/raw/main/{name}")
        assert raw.headers.get_content_type() in HARMLESS and raw.raw == content.encode()
        result = client.call("GET", f"{task.path}/output/{name}")
        assert result.headers.get_content_type() in HARMLESS
        assert result.headers["Content-Disposition"].startswith("attachment"), "a click would open it"
    assert client.call("GET", f"{task.path}/log/raw").headers.get_content_type() in HARMLESS


# ---- names and links that lead out ----


OUTSIDE = ["../spec.json", "../attempts/1/launch.json", "../../../cloudbrain.db", "../../../../etc/passwd", "/etc/passwd"]


def test_a_result_path_cannot_climb(server, project):
    task = project.run_well("open('/model/a.txt', 'w').write('fine')")
    host, port = server.address.removeprefix("http://").split(":")
    for path in OUTSIDE:
        for written in (path, path.replace("..", "%2e%2e"), path.replace("/", "%2f"), path.replace("../", "..%2f"),
                        path.replace("..", "%252e%252e"), "a/../" + path, path.replace("/", "\\"), "./" + path, path + "%00.txt"):
            for start in ("output/", "output?path=", "output.zip?path="):
                connection = http.client.HTTPConnection(host, int(port), timeout=30)
                connection.putrequest("GET", f"{task.path}/{start}{written}", skip_accept_encoding=True)
                connection.putheader("Authorization", f"Bearer {project.client.token}")
                connection.endheaders()
                answer = connection.getresponse()
                assert answer.status in (400, 404, 422), f"{start}{written}: {answer.status} {answer.read()[:200]}"
                connection.close()


def test_a_raw_path_of_a_repository_cannot_climb(project):
    project.push({"train.py": "print(1)"})
    for path in ("../config", "%2e%2e/config", "..%2fconfig", "/etc/passwd", "train.py/../../x"):
        problem = problem_of(project.client.get, f"{project.path}/raw/main/{path}")
        assert problem.status in (400, 404)


LINKS = """
import os
os.makedirs("/model/real")
open("/model/real/a.txt", "w").write("fine")
links = {"passwd": "/etc/passwd", "spec": "../spec.json", "launch": "../attempts/1/launch.json", "root": "/", "database": "../../../cloudbrain.db",
         "environment": "/proc/self/environ", "self": "self", "up": "..", "deep": "real/../../spec.json", "good": "real/a.txt", "folder": "real"}
for name, target in links.items():
    os.symlink(target, "/model/" + name)
os.symlink("../../spec.json", "/model/real/out")
os.mkfifo("/model/pipe")
"""


def test_links_among_the_results_lead_nowhere_outside(project):
    task = project.run_well(LINKS)
    inside = {"good", "folder/", "real/"}
    assert set(task.outputs()) == inside
    assert set(task.outputs("real")) == {"real/a.txt"}
    for path in ("passwd", "spec", "launch", "root/etc/passwd", "database", "environment", "self", "up/spec.json", "deep", "real/out", "pipe"):
        assert problem_of(task.output, path).status == 404, path
    assert (task.output("good"), task.output("folder/a.txt")) == (b"fine", b"fine")
    for folder in ("root", "up", "passwd"):
        assert problem_of(task.outputs, folder).status == 404
    with zipfile.ZipFile(io.BytesIO(task.client.call("GET", f"{task.path}/output.zip").raw)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            assert name.endswith("/") or archive.read(name) in (b"fine", b"real", b"real/a.txt"), name


def test_odd_names_of_results_are_told_and_fetched_as_they_are(project):
    names = ['quote".txt', "line\nfeed.txt", "a\r\nSet-Cookie: x=1.txt", "<b>.txt", "semi;colon.txt", "per%cent.txt", "q?a#b.txt", "空 格.txt", "-rf"]
    task = project.run_well(f"import json\nfor name in {names!r}: open('/model/' + name, 'w').write(name)\nopen(b'/model/\\xff.bin', 'w')")
    assert set(task.outputs()) == set(names)
    for name in names:
        answer = task.client.call("GET", f"{task.path}/output/{quote(name)}")
        assert answer.raw == name.encode() and answer.headers["Set-Cookie"] is None
    with zipfile.ZipFile(io.BytesIO(task.client.call("GET", f"{task.path}/output.zip").raw)) as archive:
        assert archive.testzip() is None
        assert not any(".." in name.split("/") or name.startswith("/") or "\\" in name for name in archive.namelist())


def test_links_in_a_repository_lead_nowhere_on_the_machine(server, project, tmp_path):
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "precious").write_text("untouched")
    before = (victim.stat().st_uid, stat.S_IMODE(victim.stat().st_mode), (victim / "precious").stat().st_uid)
    copy = tmp_path / "copy"
    copy.mkdir()

    def git(*words):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=copy, check=True, env={**os.environ, "no_proxy": "*"})
    git("init", "-q", "-b", "main")
    (copy / "folder").symlink_to(victim)
    (copy / "file").symlink_to(victim / "precious")
    (copy / "train.py").write_text(f"import os\nos.symlink({str(victim)!r}, 'another')\nos.symlink({str(victim)!r}, '/tmp/third')\n"
                                   "print(os.path.exists('folder/precious'))")
    git("add", "-A")
    git("commit", "-qm", "links")
    git("push", "-q", f"http://admin:{project.client.make_token('read', 'write')}@127.0.0.1:{server.port}/admin/{project.name}.git", "main")
    for path in ("file", "folder/precious"):
        try:
            assert b"untouched" not in project.client.call("GET", f"{project.path}/raw/main/{path}").raw
        except Problem as problem:
            assert problem.status == 404
    task = project.submit()
    assert task.wait_end()["state"] == "SUCCEEDED"
    assert task.log() == b"False\n"
    folder = server.task_folder(task.id)
    until(lambda: not (folder / "code").exists() and not (folder / "tmp").exists(), what="it is not tidied")
    assert (victim / "precious").read_text() == "untouched"
    assert (victim.stat().st_uid, stat.S_IMODE(victim.stat().st_mode), (victim / "precious").stat().st_uid) == before


def test_a_script_cannot_reach_out_by_what_it_leaves_for_the_server(server, project, tmp_path):
    """Modes, owners and deep folders that a careless clean-up would trip over."""
    task = project.run_well("""
import os
os.makedirs("/code/locked/in"); os.chmod("/code/locked", 0)
path = "/tmp"
for _ in range(300):
    path += "/d"
    os.mkdir(path)
os.makedirs("/model/locked"); open("/model/locked/x", "w"); os.chmod("/model/locked", 0); os.chmod("/model", 0o500)
""")
    folder = server.task_folder(task.id)
    until(lambda: not (folder / "code").exists() and not (folder / "tmp").exists(), what="it is not tidied")
    assert task.delete() == 204
    until(lambda: not folder.exists(), what="it is not removed")


def test_the_log_of_the_server_takes_no_line_from_a_request(tmp_path):
    server = RunningServer(tmp_path / "data", ["--verbose"])
    try:
        client = server.start().client()
        for path in ("/api/v2/projects/admin/a%0aforged%20line", "/api/v2/x%0d%0aforged%20line", "/api/v2/x%0bforged%20line"):
            assert problem_of(client.get, path).status == 404
        server.stop()
        assert "forged line" in server.log
        assert not any(line.startswith("forged") for line in re.split(r"[\n\r\v]", server.log))
    finally:
        server.clean_up()


def test_the_description_of_the_api_can_be_read_by_anyone(client):
    assert json.loads(client.signed_out().call("GET", "/api/v2/openapi.json").raw)["openapi"].startswith("3.1")
