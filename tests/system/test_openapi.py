"""The API's own description: it is sound, and real answers are as it says."""

import base64
import copy
import fnmatch
import json
import re
import sqlite3

import jsonschema
import pytest

from archives import zip_of
from projects import Project, problem_of
from running_server import PASSWORD, ROOT
from traces import until

METHODS = {"get", "post", "put", "patch", "delete", "head", "options"}
UPLOADS, TUS = "/api/v2/uploads", {"Tus-Resumable": "1.0.0"}
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@pytest.fixture(scope="module")
def document(server):
    return server.client().get("/api/v2/openapi.json")


def operations(document):
    return [(method, path, operation) for path, item in document["paths"].items() for method, operation in item.items()]


def everything_below(value):
    yield value
    for below in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from everything_below(below)


def test_it_is_a_sound_document(document):
    assert document["openapi"] == "3.1.0" and document["info"]["title"] == "Cloudbrain" and document["info"]["version"]
    for name, schema in document["components"]["schemas"].items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert re.fullmatch(r"[A-Z][A-Za-z]+", name)
    references = {value["$ref"] for value in everything_below(document) if isinstance(value, dict) and "$ref" in value}
    assert references == {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}


def test_every_operation_is_described(document):
    for method, path, operation in operations(document):
        assert method in METHODS and operation["summary"], path
        captured = set(re.findall(r"{(\w+)}", path))
        assert {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"} == captured, path
        responses = operation["responses"]
        assert "application/problem+json" in responses["default"]["content"]
        assert [status for status in responses if status != "default"][0] in ("200", "201", "202", "204"), path
        assert ("requestBody" in operation) == (method in ("put", "patch") or method == "post" and not path.endswith(("/stop", "/leave", "/unpack", "/fetch", "/prune"))), path


def test_the_console_is_made_from_this_very_document(document):
    kept = json.loads((ROOT / "console/openapi/openapi.json").read_text())
    assert kept["paths"] == document["paths"]
    assert kept["components"] == document["components"]


SCRIPT = """import sys, time
open('/model/a.txt', 'w').write('1')
print('hello')
if any('stay' in word for word in sys.argv): time.sleep(600)  # until it is stopped
"""


class Described:
    """Makes requests and holds each answer against the document, with nothing in it that is not described."""

    def __init__(self, client, document):
        self.client, self.document, self.used = client, document, set()
        self.schemas = copy.deepcopy(document["components"]["schemas"])
        for schema in everything_below(self.schemas):
            if isinstance(schema, dict) and "properties" in schema and schema.get("type") == "object":
                schema["additionalProperties"] = False
        self.formats = jsonschema.FormatChecker(formats=())
        self.formats.checks("date-time")(lambda value: not isinstance(value, str) or bool(RFC_3339.fullmatch(value)))

    def check(self, schema, value):
        whole = {**schema, "components": {"schemas": self.schemas}}
        jsonschema.Draft202012Validator(whole, format_checker=self.formats).validate(value)

    def operation(self, method, path):
        """The described operation with the most literal path that fits."""
        fits = [one for one in operations(self.document) if one[0] == method.lower() and
                re.fullmatch(re.sub(r"\\{(\w+)\\}", lambda name: ".*" if name[1] == "path" else "[^/]+", re.escape(one[1])), path)]
        return min(fits, key=lambda one: one[1].count("{"))

    def call(self, method, path, body=None, statuses=None, headers=None):
        method_name, template, operation = self.operation(method, path.split("?")[0])
        self.used.add((method_name, template))
        if isinstance(body, dict):
            self.check(operation["requestBody"]["content"]["application/json"]["schema"], body)
        answer = self.client.call(method, path, body, headers)
        (status, described), = [one for one in operation["responses"].items() if one[0] != "default"]
        assert answer.status in (statuses or (int(status),)), f"{method} {path}"
        ((content_type, content),) = described.get("content", {"": {}}).items() or [("", {})]
        told = answer.headers.get_content_type() if answer.raw or content_type else ""
        assert fnmatch.fnmatch(told, content_type), f"{method} {path}: {told}"
        if content_type == "application/json":
            if content:
                self.check(content["schema"], answer.json)
            return answer.json
        return answer.raw

    def refused(self, method, path, body=None):
        problem = problem_of(self.client.call, method, path, body)
        self.check({"$ref": "#/components/schemas/Problem"}, problem.body)


def test_real_answers_are_as_the_document_says(server, document):
    """One way through everything: each operation is used, and each answer is as described."""
    described = Described(server.client().signed_out(), document)  # a client of its own: it signs out at the end
    call = described.call
    call("POST", "/api/v2/session", {"name": "admin", "password": PASSWORD})
    described.client.sign_in("admin", PASSWORD)
    call("GET", "/api/v2/me")
    token = call("POST", "/api/v2/tokens", {"name": "t", "scopes": ["read"], "expires_at": "2099-01-01T00:00:00Z"})
    call("GET", "/api/v2/tokens")
    call("DELETE", f"/api/v2/tokens/{token['id']}")
    for path in ("/api/v2/openapi.json", "/api/v2/clusters", "/api/v2/specs", "/api/v2/specs?cluster=c2net", "/api/v2/images"):
        call("GET", path)
    call("GET", "/api/v2/accelerators")
    call("PUT", "/api/v2/specs/described", {"compute": "cpu", "cpus": 1, "memory_bytes": 1 << 30, "shared_memory_bytes": 1 << 29,
                                            "clusters": ["openi"], "kinds": ["train"]})
    call("DELETE", "/api/v2/specs/described")
    use_people(call, described)
    use_images(call)
    call("POST", "/api/v2/projects", {"name": "described", "description": "d", "private": True})
    project = Project(described.client, "described")
    use_project(call, project)
    use_datasets(call, project)
    use_uploads(call, project)
    use_registries(call, f"{project.path}/registries")
    use_task(call, project)
    use_sharing(call, described, project)
    call("DELETE", f"{project.path}/datasets/a.zip")
    described.client.sign_in("admin", PASSWORD)
    call("DELETE", "/api/v2/session")
    unused = {(method, path) for method, path, _ in operations(document)} - described.used
    assert unused == set()


def use_images(call):
    use_registries(call, "/api/v2/registries")
    call("POST", "/api/v2/images", {"name": "offered", "reference": "127.0.0.1:1/a/b:1", "tags": ["CUDA 11.1"], "fetch": False})
    call("PATCH", "/api/v2/images/offered", {"recommended": True, "engines": ["MindSpore1.8.1"]})
    call("POST", "/api/v2/images/offered/fetch")
    call("PUT", "/api/v2/images/archived/archive", b"no archive", headers={"Content-Type": "application/octet-stream"})
    call("GET", "/api/v2/images")
    for name in ("offered", "archived"):
        call("DELETE", f"/api/v2/images/{name}")
    call("POST", "/api/v2/images/prune")


def use_registries(call, path):
    call("PUT", f"{path}/registry.example.com", {"user_name": "a", "password": "b"})
    call("GET", path)
    call("DELETE", f"{path}/registry.example.com")


def use_people(call, described):
    call("GET", "/api/v2/platform")
    call("PATCH", "/api/v2/settings", {"sign_up": "open", "default_quota": {"tasks_train": 9}, "max_file_bytes": 1 << 30})
    call("GET", "/api/v2/settings")
    call("POST", "/api/v2/users", {"name": "colleague", "password": "long enough"})
    call("PATCH", "/api/v2/users/colleague", {"disabled": True, "quota": {"accelerators": 1}})
    call("PATCH", "/api/v2/users/colleague", {"quota": None})
    call("GET", "/api/v2/users?search=col&limit=1")
    invitation = call("POST", "/api/v2/invitations", {"uses": 3, "expires_at": "2099-01-01T00:00:00Z", "note": "n"})
    call("GET", "/api/v2/invitations")
    call("DELETE", f"/api/v2/invitations/{invitation['id']}")
    newcomer = call("POST", "/api/v2/sign-up", {"name": "newcomer", "password": "long enough", "email": "a@b.example"})
    described.client.token, kept = newcomer["token"], described.client.token
    call("PATCH", "/api/v2/me", {"email": "newcomer@example.com"})
    call("PUT", "/api/v2/me/password", {"current": "long enough", "new": "longer than that"})
    call("GET", "/api/v2/me/quota")
    described.client.token = kept


def use_sharing(call, described, project):
    """All that has to do with other people and other projects."""
    call("GET", "/api/v2/examples")
    call("PATCH", project.path, {"description": "changed", "private": False})
    call("PATCH", project.dataset_path("a.zip"), {"public": True})
    call("POST", f"{project.path}/fork", {"name": "fork-of-described"})
    fork = "/api/v2/projects/admin/fork-of-described"
    linked = call("GET", f"{fork}/datasets")["items"][0]
    call("DELETE", f"{fork}/dataset-links/{linked['id']}")
    call("POST", f"{fork}/dataset-links", {"project": "admin/described", "name": "a.zip"})
    call("PUT", f"{fork}/archive?message=m", zip_of({"new.py": "1"}))
    call("PUT", f"{fork}/members/newcomer", {"role": "owner"})
    call("GET", f"{fork}/members")
    call("POST", f"{fork}/transfer", {"owner": "newcomer"})
    call("DELETE", f"{fork}/members/admin")
    call("PUT", f"{project.path}/members/newcomer", {"role": "reader"})
    described.client.sign_in("newcomer", "longer than that")
    call("POST", f"{project.path}/leave")
    call("DELETE", "/api/v2/projects/newcomer/fork-of-described?confirm=newcomer/fork-of-described")
    described.client.sign_in("admin", PASSWORD)


def use_project(call, project):
    call("GET", "/api/v2/projects?limit=1")
    call("GET", project.path)
    files = [{"path": "train.py", "content": SCRIPT}, {"path": "d/x", "content_base64": "AA=="}]
    call("POST", f"{project.path}/commits", {"branch": "main", "message": "m", "files": files})
    call("POST", f"{project.path}/commits", {"message": "m", "files": [{"path": "d/x", "delete": True}]})
    use_code(call, project)
    archive = zip_of({"a": "1"})  # once: a zip holds the time it was made
    call("PUT", f"{project.path}/datasets/a.zip", archive, statuses=(201, 202))
    call("PUT", f"{project.path}/datasets/a.zip", archive, statuses=(200,))
    call("GET", f"{project.path}/datasets")
    call("GET", f"{project.path}/datasets/a.zip")


def use_datasets(call, project):
    datasets = f"{project.path}/datasets"
    call("POST", datasets, {"name": "faces", "description": "d", "public": False})
    call("PUT", f"{datasets}/faces/files/part.zip", zip_of({"d/a.txt": "1"}))
    call("PUT", f"{datasets}/faces/files/plain.csv", b"1,2")
    call("PATCH", f"{datasets}/faces", {"description": "two files"})
    for below in ("", "/uses", "/files/part.zip", "/files/part.zip/tree/d?limit=1", "/files/part.zip/content/d/a.txt"):
        call("GET", f"{datasets}/faces{below}")
    call("GET", "/api/v2/datasets?search=faces&limit=1")
    with sqlite3.connect(project.client.server.database(), timeout=30) as database:
        database.execute("UPDATE dataset_files SET state = 'failed' WHERE name = 'part.zip'")
    call("POST", f"{datasets}/faces/files/part.zip/unpack")
    until(lambda: call("GET", f"{datasets}/faces")["state"] == "ready")
    call("DELETE", f"{datasets}/faces/files/plain.csv")
    call("DELETE", f"{datasets}/faces")


def use_uploads(call, project):
    def begin(name, size, **headers):
        words = {"project": f"admin/{project.name}", "dataset": "sent", "filename": name}
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in words.items())
        call("POST", UPLOADS, b"", headers={"Upload-Length": str(size), "Upload-Metadata": metadata, **TUS, **headers})
        return f"{UPLOADS}/{call('GET', UPLOADS)['items'][0]['id']}"

    append = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0", **TUS}
    call("OPTIONS", UPLOADS)
    one = begin("a.csv", 3)
    call("HEAD", one, headers=TUS)
    call("GET", one)
    call("PATCH", one, b"1,2", headers=append)
    call("POST", begin("b.csv", 3), b"3,4", headers={"X-HTTP-Method-Override": "PATCH", **append})
    call("DELETE", begin("c.csv", 3), headers=TUS)
    call("DELETE", f"{project.path}/datasets/sent")


def use_code(call, project):
    body = {"branch": "main", "new_branch": "topic/x", "message": "m", "files": [{"path": "README.md", "content": "# x"}]}
    commit = call("POST", f"{project.path}/commits", {**body, "expected_head": call("GET", f"{project.path}/tree/main/")["commit"]})["commit"]
    call("POST", f"{project.path}/branches", {"name": "other", "from": commit})
    for path in ("/branches", "/raw/main/train.py", "/file/other/README.md", "/readme?ref=other", "/commits?ref=other&path=README.md&limit=1",
                 f"/commits/{commit}", "/archive/other", "/boot-file/params?ref=main&path=train.py"):
        call("GET", project.path + path)
    call("DELETE", f"{project.path}/branches/other")


def use_task(call, project):
    body = {"name": "one", "boot_file": "train.py", "spec": "cpu-1", "kind": "train", "cluster": "openi", "compute": "gpu",
            "description": "说明", "branch": "main", "image": "host", "engine": None, "model": None, "datasets": ["a.zip"],
            "params": [{"name": "p", "value": "v"}], "max_runtime_s": 3600}
    id = call("POST", f"{project.path}/tasks", body)["id"]
    path = f"/api/v2/tasks/{id}"
    for _ in project.client.open("GET", f"{path}/log/stream"):
        pass
    for below in ("", "/events", "/usage", "/explain", "/log", "/log/info", "/log/raw", "/log/search?q=hello", "/log/stream",
                  "/output", "/output/a.txt", "/output.zip"):
        call("GET", path + below)
    call("GET", f"{project.path}/tasks?kind=train&state=SUCCEEDED&state=FAILED&name=on&versions=all")
    call("GET", "/api/v2/tasks?limit=1")
    use_models(call, project, id)
    second = call("POST", f"{path}/modify", {**body, "params": [{"name": "stay", "value": "1"}]})["id"]
    call("GET", f"/api/v2/tasks/{second}/differences")
    call("PUT", f"/api/v2/tasks/{second}/priority", {"priority": 1})
    call("GET", "/api/v2/queue")
    call("POST", f"/api/v2/tasks/{second}/stop", statuses=(202,))
    for _ in project.client.open("GET", f"/api/v2/tasks/{second}/log/stream"):
        pass
    call("GET", f"/api/v2/tasks/{second}")
    for one in (second, id):
        call("DELETE", f"/api/v2/tasks/{one}")


def use_models(call, project, task):
    models = f"{project.path}/models"
    call("POST", models, {"name": "lenet", "description": "d", "framework": "PyTorch", "public": False})
    call("PATCH", f"{models}/lenet", {"framework": "MindSpore"})
    one = f"{models}/lenet/versions/" + call("POST", f"{models}/lenet/versions", {
        "task": task, "paths": ["a.txt"], "notes": "n", "metrics": {"accuracy": 0.5}})["version"]
    until(lambda: call("GET", one)["state"] == "ready")
    call("PATCH", one, {"notes": "m", "metrics": {}})
    for path in ("/api/v2/models?search=lenet", f"{models}?limit=1", f"{models}/lenet", f"{models}/lenet/versions", f"{one}/files/a.txt",
                 f"{one}/archive.zip", f"/api/v2/tasks/{task}"):
        call("GET", path)
    other = f"{models}/lenet/versions/" + call("POST", f"{models}/lenet/versions", {})["version"]
    call("PUT", f"{other}/files/deep/m.pt", b"weights")
    call("DELETE", other)
    call("DELETE", f"{models}/lenet")


def test_problems_are_as_the_document_says(server, document):
    described = Described(server.client(), document)
    project = Project.make(described.client)
    for method, path, body in (
        ("GET", "/api/v2/none", None), ("GET", "/api/v2/tasks/0", None), ("POST", f"{project.path}/tasks", {}), ("PATCH", project.path, None),
        ("POST", f"{project.path}/tasks", b"{"), ("PUT", f"{project.path}/datasets/a.zip", b"x"),
        ("POST", "/api/v2/projects", {"name": project.name}), ("GET", "/api/v2/%ff", None), ("GET", "/api/v2/tasks?limit=x", None),
    ):
        described.refused(method, path, body)
        described.client.token, kept = None, described.client.token
        described.refused(method, path, body)
        described.client.token = kept


def test_states_in_the_stream_are_tasks_as_the_document_says(server, document, project):
    described = Described(server.client(), document)
    project.push({"train.py": "print(1)"})
    for kind, _, data in project.submit().events():
        if kind == "state":
            described.check({"$ref": "#/components/schemas/TaskView"}, data)
        elif kind == "log":
            assert set(data) == {"offset", "text"}


def test_a_list_is_paged_newest_first_without_gap_or_repetition(project):
    project.push({"train.py": "print(1)"})
    made = [project.submit().id for _ in range(7)]
    path, seen = f"{project.path}/tasks", []
    query = {"limit": 3}
    while True:
        page = project.client.get(path, **query)
        seen += [row["task"]["id"] for row in page["items"]]
        if page["next"] is None:
            break
        query["after"] = page["next"]
    assert seen == sorted(made, reverse=True)
