"""A form with mistakes in it: each is named at its field, in both languages, and nothing is started."""

import json
import socket

import pytest

from archives import tar_of, zip_of
from projects import Project
from refusals import expect_unchanged, refused, state_of
from running_server import serving


@pytest.fixture(scope="module")
def shop(server):
    """A project that all tests here submit to."""
    project = Project.make(server.client())
    project.push({"train.py": "print(1)", "notes.txt": "", "folder.py/inner.txt": ""})
    return project


WRONG_FIELDS = {
    "an unknown branch": ({"branch": "no-such"}, {"branch": "branch_missing"}),
    "a branch that is an option": ({"branch": "--help"}, {"branch": "branch_missing"}),
    "a boot file that is not there": ({"boot_file": "other.py"}, {"boot_file": "boot_file_missing"}),
    "a boot file that is a folder": ({"boot_file": "folder.py"}, {"boot_file": "boot_file_missing"}),
    "a boot file that is no Python": ({"boot_file": "notes.txt"}, {"boot_file": "boot_file_not_python"}),
    "a boot file outside": ({"boot_file": "../../train.py"}, {"boot_file": "boot_file_path"}),
    "an unknown spec": ({"spec": "gpu-9000"}, {"spec": "spec_missing"}),
    "a resource that the machine lacks": ({"compute": "npu"}, {"compute": "accelerator_missing"}),
    "an unknown cluster": ({"cluster": "moon"}, {"cluster": "cluster_missing"}),
    "an unknown resource": ({"compute": "abacus"}, {"compute": "compute_missing", "spec": "spec_does_not_fit"}),
    "an image against the rule": ({"image": "Ubuntu 99"}, {"image": "image_reference"}),
    "an unknown data set": ({"datasets": ["no.zip"]}, {"datasets__0": "dataset_missing"}),
    "too many data sets": ({"datasets": ["a.zip"] * 6}, {"datasets": "too_many"}),
    "an unknown model": ({"model": {"name": "m", "version": "V0001", "file": "m.pt"}}, {"model__name": "model_missing"}),
    "an inference without a model": ({"kind": "inference"}, {"model": "model_required"}),
    "a name with capitals": ({"name": "Task"}, {"name": "task_name"}),
    "a name of 37 characters": ({"name": "a" * 37}, {"name": "task_name"}),
    "a name that ends with _": ({"name": "task_"}, {"name": "task_name"}),
    "a description of 256 characters": ({"description": "字" * 256}, {"description": "description_too_long"}),
    "a parameter with a space in its name": ({"params": [{"name": "a b", "value": "1"}]}, {"params__0__name": "parameter_name"}),
    "a parameter with a NUL": ({"params": [{"name": "a", "value": "x\0y"}]}, {"params__0__value": "parameter_value"}),
    "too many parameters": ({"params": [{"name": "a", "value": "1"}] * 201}, {"params": "too_many"}),
    "no time at all": ({"max_runtime_s": 0}, {"max_runtime_s": "out_of_range"}),
    "more time than there is": ({"max_runtime_s": 10**12}, {"max_runtime_s": "out_of_range"}),
    "an unknown kind": ({"kind": "debug"}, {"kind": "not_allowed"}),
    "text for a number": ({"max_runtime_s": "60"}, {"max_runtime_s": "wrong_type"}),
    "a number for text": ({"branch": 7}, {"branch": "wrong_type"}),
    "half a second": ({"max_runtime_s": 1.5}, {"max_runtime_s": "wrong_type"}),
    "a number that fits nowhere": ({"max_runtime_s": 10**40}, {"max_runtime_s": "wrong_type"}),
    "one thing for many": ({"datasets": "a.zip"}, {"datasets": "wrong_type"}),
    "null for text": ({"spec": None}, {"spec": "wrong_type"}),
    "a field that is not known": ({"gpus": 1}, {"gpus": "unknown_field"}),
    "several at once": ({"name": "_", "spec": "no", "branch": "no"},
                        {"name": "task_name", "spec": "spec_missing", "branch": "branch_missing"}),
}


@pytest.mark.parametrize("changes, problems", WRONG_FIELDS.values(), ids=WRONG_FIELDS.keys())
def test_a_submit_is_refused_with(server, shop, changes, problems):
    body = shop.request(**changes)
    refused(server, shop, lambda client: client.post(f"{shop.path}/tasks", body), 422, **problems)


@pytest.mark.parametrize("missing", ["name", "boot_file", "spec"])
def test_a_submit_needs_its_required_fields(server, shop, missing):
    body = shop.request()
    del body[missing]
    refused(server, shop, lambda client: client.post(f"{shop.path}/tasks", body), 422, **{missing: "required"})


def test_the_words_name_the_wrong_value_and_what_would_be_right(server, shop):
    body = shop.request(spec="gpu-9000")
    problem = refused(server, shop, lambda client: client.post(f"{shop.path}/tasks", body), 422)
    (field,) = problem.body["problems"]
    assert "gpu-9000" in field["message"] and "cpu-1" in field["message"]


def test_a_name_that_is_in_use_is_refused_and_the_other_kind_of_task_is_another_name(server, shop):
    task = shop.submit(name="taken")
    body = shop.request(name="taken")
    refused(server, shop, lambda client: client.post(f"{shop.path}/tasks", body), 409, "task_name_in_use")
    task.wait_end()
    refused(server, shop, lambda client: client.post(f"{shop.path}/tasks", body), 409, "task_name_in_use")


def test_two_data_sets_for_one_folder_are_refused(server, shop):
    shop.upload("same.zip", zip_of({"a": "1"}))
    shop.upload("same.tar.gz", tar_of({"a": b"1"}))
    body = shop.request(datasets=["same.zip", "same.tar.gz"])
    refused(server, shop, lambda client: client.post(f"{shop.path}/tasks", body), 422, datasets__1="dataset_folder_taken")


def test_a_spec_that_can_never_run_here_is_refused_and_says_so_in_the_list(tmp_path):
    # Specs are made from what the machine has: only a machine that sells less than a spec's least is too small.
    with serving(tmp_path, "--memory", str(100 << 20)) as small:
        project = Project.make(small.client())
        project.push({"train.py": "print(1)"})
        (spec, *_) = project.client.get("/api/v2/specs")["items"]
        assert "memory" in spec["impossible"] and not spec["free_now"]
        body = project.request(spec=spec["name"])
        refused(small, project, lambda client: client.post(f"{project.path}/tasks", body), 422, spec="spec_impossible")


def test_a_machine_of_one_core_has_no_larger_spec(one_core_server):
    project = Project.make(one_core_server.client())
    project.push({"train.py": "print(1)"})
    names = [spec["name"] for spec in project.client.get("/api/v2/specs")["items"] if spec["compute"] == "cpu"]
    assert names == ["cpu-1"]
    body = project.request(spec="cpu-2")
    refused(one_core_server, project, lambda client: client.post(f"{project.path}/tasks", body), 422, spec="spec_missing")


UNREADABLE = {
    "nothing": b"",
    "half an object": b'{"name": "task",',
    "two objects": b"{}{}",
    "an array": b"[]",
    "plain text": b"name=task&spec=cpu-1",
    "invalid UTF-8": b'{"name": "\xff\xfe", "boot_file": "train.py", "spec": "cpu-1"}',
    "an overlong UTF-8 slash": b'{"name": "\xc0\xaf", "boot_file": "train.py", "spec": "cpu-1"}',
    "half a surrogate": b'{"name": "\\ud800", "boot_file": "train.py", "spec": "cpu-1"}',
    "a comment": b'{"name": "task" /* mine */}',
    "NaN": b'{"max_runtime_s": NaN}',
    "a hundred thousand levels": b'{"params":' + b"[" * 100_000,
    "closed deep nesting": b'{"params":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_body_that_is_no_json_is_refused(server, shop, body):
    status = 422 if body == b"[]" else 400
    refused(server, shop, lambda client: client.call("POST", f"{shop.path}/tasks", body), status)


def answer_on(connection):
    """Status line, headers and body of what comes until the server closes."""
    received = b""
    try:
        while piece := connection.recv(65536):
            received += piece
    except (ConnectionResetError, socket.timeout):
        pass
    head, _, body = received.partition(b"\r\n\r\n")
    return head.decode(), body


@pytest.mark.parametrize("header", ["Content-Length: 2000000", "Transfer-Encoding: chunked"])
def test_a_body_over_a_megabyte_is_refused_before_it_is_read_whole(server, shop, header):
    before = state_of(server, shop)
    with shop.client.connect("POST", f"{shop.path}/tasks", header, "Connection: close") as connection:
        if "chunked" in header:
            for _ in range(20):  # 64 KiB each
                try:
                    connection.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")
                except (BrokenPipeError, ConnectionResetError):
                    break
        head, body = answer_on(connection)
    assert head.startswith("HTTP/1.1 413 ") and "application/problem+json" in head
    assert json.loads(body)["code"] == "body_too_large"
    expect_unchanged(server, shop, before)


WRONG_QUERIES = {
    "/tasks?limit=0": "limit", "/tasks?limit=many": "limit", "/tasks?after=-1": "after", "/tasks?limit=201": "limit",
    "/tasks?state=ASLEEP": "state[0]", "/tasks?kind=debug": "kind",
}


@pytest.mark.parametrize("query, field", WRONG_QUERIES.items(), ids=WRONG_QUERIES.keys())
def test_a_wrong_filter_names_its_field(server, shop, query, field):
    problem = refused(server, shop, lambda client: client.get(shop.path + query), 422)
    assert list(problem.fields()) == [field]


@pytest.mark.parametrize("path, code", [
    ("/api/v2/tasks/999999", "task_missing"), ("/api/v2/tasks/abc", "task_missing"), ("/api/v2/tasks/-1", "task_missing"),
    ("/api/v2/tasks/99999999999999999999", "task_missing"), ("/api/v2/projects/admin/none", "project_missing"),
    ("/api/v2/projects/nobody/none", "project_missing"), ("/api/v2/specs?cluster=moon", "cluster_missing"),
    ("/api/v2/none", "no_such_address"), ("/api/v2/projects/admin/%ff", "bad_encoding"), ("/api/v2/%2e%2e/x", "bad_path"),
])
def test_what_is_not_there_is_a_problem_too(server, shop, path, code):
    status = 400 if code.startswith("bad_") else 404
    refused(server, shop, lambda client: client.get(path), status, code)


def test_a_method_that_a_route_does_not_know_is_refused(server, shop):
    problem = refused(server, shop, lambda client: client.call("POST", shop.path, {}), 405, "method_not_allowed")
    assert "GET" in problem.headers["Allow"]


@pytest.mark.parametrize("method, path", [("GET", "/api/v2/me"), ("POST", "{project}/tasks"), ("GET", "/api/v2/projects")])
@pytest.mark.parametrize("token", ["0" * 40, "", "x y", "é"])
def test_a_wrong_token_is_refused_even_where_none_is_needed(server, shop, method, path, token):
    def call(client):
        headers = {**client.headers, "Authorization": f"Bearer {token}".encode()}
        return client.signed_out().call(method, path.format(project=shop.path), shop.request() if method == "POST" else None, headers)
    problem = refused(server, shop, call, 401, "token_invalid")
    assert "Bearer" in problem.headers["WWW-Authenticate"]


@pytest.mark.parametrize("name", ["admin", "nobody", ""])
def test_a_wrong_password_is_refused_the_same_way_as_a_wrong_name(server, shop, name):
    body = {"name": name, "password": "wrong"}
    refused(server, shop, lambda client: client.post("/api/v2/session", body), 401, "sign_in_failed")


WRONG_PROJECTS = {
    "a name with a slash": ({"name": "a/b"}, {"name": "project_name"}),
    "a name that ends with .git": ({"name": "a.git"}, {"name": "project_name"}),
    "two dots": ({"name": ".."}, {"name": "project_name"}),
    "no name": ({}, {"name": "required"}),
    "a long description": ({"name": "long", "description": "x" * 256}, {"description": "description_too_long"}),
}


@pytest.mark.parametrize("body, problems", WRONG_PROJECTS.values(), ids=WRONG_PROJECTS.keys())
def test_a_project_is_refused_with(server, shop, body, problems):
    refused(server, shop, lambda client: client.post("/api/v2/projects", body), 422, **problems)


def test_a_project_name_is_taken_whatever_its_case(server, shop):
    body = {"name": shop.name.upper()}
    refused(server, shop, lambda client: client.post("/api/v2/projects", body), 409, "name_in_use")


WRONG_COMMITS = {
    "no files": ([], "files"),
    "a path that climbs": ([{"path": "../x", "content": ""}], "files[0].path"),
    "an absolute path": ([{"path": "/etc/x", "content": ""}], "files[0].path"),
    "git's own folder": ([{"path": ".GIT/hooks/x", "content": ""}], "files[0].path"),
    "a line feed in a path": ([{"path": "a\nM 100644 inline b", "content": ""}], "files[0].path"),
    "a file that is a folder": ([{"path": "folder.py", "content": ""}], "files[0].path"),
    "a folder that is a file": ([{"path": "train.py/x", "content": ""}], "files[0].path"),
    "the same file twice": ([{"path": "x", "content": ""}, {"path": "x", "content": ""}], "files[1].path"),
    "nothing to write": ([{"path": "x"}], "files[0]"),
    "wrong base64": ([{"path": "x", "content_base64": "%%%"}], "files[0].content_base64"),
    "a file to delete that is not there": ([{"path": "none", "delete": True}], "files[0].path"),
}


@pytest.mark.parametrize("files, field", WRONG_COMMITS.values(), ids=WRONG_COMMITS.keys())
def test_a_commit_is_refused_with(server, shop, files, field):
    body = {"message": "m", "files": files}
    problem = refused(server, shop, lambda client: client.post(f"{shop.path}/commits", body), 422)
    assert list(problem.fields()) == [field]


def test_a_commit_to_a_branch_that_is_not_there_or_cannot_be_is_refused(server, shop):
    files = [{"path": "x", "content": ""}]
    for branch, status in (("no-such", 404), ("a..b", 422), ("--upload-pack=x", 422), ("a\nb", 422)):
        body = {"branch": branch, "message": "m", "files": files}
        refused(server, shop, lambda client: client.post(f"{shop.path}/commits", body), status)
