"""A project's code in the API: branches, trees, files, history, diffs, commits, a boot file's parameters."""

import base64
import io
import urllib.parse
import zipfile

import pytest

from projects import problem_of

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


@pytest.fixture
def code(project):
    project.first = project.push({"train.py": "print(1)\n", "src/模型.py": "x = 1\n", "README.md": "# English\n",
                                  "README.zh-CN.md": "# 中文\n", "logo.png": PNG, "page.html": "<script>alert(1)</script>",
                                  "look.svg": "<svg onload='alert(1)'/>", "notes.ipynb": "{}", "weights.bin": b"\0\1\2"})
    return project


def quoted(text):
    return urllib.parse.quote(text, safe="")


def test_a_tree_tells_what_each_entry_is(code):
    tree = code.client.get(f"{code.path}/tree/main/")
    assert (tree["commit"], tree["path"]) == (code.first, "")
    assert tree["items"][0] == {"name": "src", "path": "src", "kind": "directory", "size": 0, "dir": True, "executable": False}
    below = code.client.get(f"{code.path}/tree/{code.first}/src")
    assert [entry["path"] for entry in below["items"]] == ["src/模型.py"]
    assert problem_of(code.client.get, f"{code.path}/tree/main/no").code == "path_missing"
    assert problem_of(code.client.get, f"{code.path}/tree/no/").code == "branch_missing"


@pytest.mark.parametrize("path, kind, media_type, content", [
    ("train.py", "text", "text/plain; charset=utf-8", "print(1)\n"),
    ("README.md", "markdown", "text/plain; charset=utf-8", "# English\n"),
    ("notes.ipynb", "notebook", "text/plain; charset=utf-8", "{}"),
    ("logo.png", "image", "image/png", None),
    ("weights.bin", "binary", "application/octet-stream", None),
    ("page.html", "text", "text/plain; charset=utf-8", "<script>alert(1)</script>"),
    ("look.svg", "text", "text/plain; charset=utf-8", "<svg onload='alert(1)'/>"),
])
def test_a_file_is_shown_as_what_it_is_and_never_runs(code, path, kind, media_type, content):
    file = code.client.get(f"{code.path}/file/main/{path}")
    assert (file["kind"], file["media_type"], file["content"]) == (kind, media_type, content)
    with code.client.open("GET", f"{code.path}/raw/main/{path}") as raw:
        assert raw.headers["Content-Type"] == media_type and len(raw.read()) == file["size"]
        assert "sandbox" in raw.headers["Content-Security-Policy"]
        assert raw.headers["X-Content-Type-Options"] == "nosniff"


def test_a_page_with_the_name_of_an_image_is_no_image(code):
    code.push({"fake.png": "<script>alert(1)</script>"})
    with code.client.open("GET", f"{code.path}/raw/main/fake.png") as raw:
        assert raw.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_a_large_file_comes_raw_and_is_not_shown(code):
    content = b"line of text\n" * 500_000
    code.push({"large.txt": content.decode()})
    file = code.client.get(f"{code.path}/file/main/large.txt")
    assert (file["kind"], file["content"], file["size"]) == ("too_large", None, len(content))
    with code.client.open("GET", f"{code.path}/raw/main/large.txt") as raw:
        assert raw.read() == content


def test_the_readme_is_in_the_readers_language(code, project):
    assert code.client.get(f"{code.path}/readme")["content"] == "# English\n"
    assert code.client.in_chinese().get(f"{code.path}/readme?ref=main")["content"] == "# 中文\n"


def test_an_empty_project_has_no_readme_and_no_history(project):
    assert problem_of(project.client.get, f"{project.path}/readme").code == "readme_missing"
    assert project.client.get(f"{project.path}/commits") == {"items": [], "next": None}
    assert project.client.get(f"{project.path}/branches") == {"items": []}


def test_a_branch_is_made_and_deleted(code):
    made = code.client.post(f"{code.path}/branches", {"name": "feature/x", "from": "main"})
    assert (made["commit"], made["default"], made["title"]) == (code.first, False, "test")
    assert code.client.get(f"{code.path}/tree/{quoted('feature/x')}/")["commit"] == code.first
    assert problem_of(code.client.post, f"{code.path}/branches", {"name": "feature", "from": "main"}).code == "branch_exists"
    assert problem_of(code.client.post, f"{code.path}/branches", {"name": "-x", "from": "main"}).fields() == {"name": "branch_name"}
    assert problem_of(code.client.delete, f"{code.path}/branches/main").code == "default_branch"
    code.client.delete(f"{code.path}/branches/{quoted('feature/x')}")
    assert [branch["name"] for branch in code.client.get(f"{code.path}/branches")["items"]] == ["main"]


def test_history_comes_in_pages_that_fit_together_while_the_branch_moves(code):
    ids = [code.first] + [code.push({"train.py": f"print({number})\n"}) for number in range(2, 6)]
    page = code.client.get(f"{code.path}/commits?limit=2")
    assert [commit["id"] for commit in page["items"]] == ids[:2:-1]
    code.push({"other.py": "1\n"})
    rest = code.client.get(f"{code.path}/commits?limit=10&after={page['next']}")
    assert [commit["id"] for commit in rest["items"]] == ids[2::-1] and rest["next"] is None
    of_path = code.client.get(f"{code.path}/commits?path=src")["items"]
    assert [commit["id"] for commit in of_path] == [code.first]
    assert of_path[0]["author"] == "admin" and of_path[0]["message"] == "test" and of_path[0]["parents"] == []
    for wrong in ("x", "main-1", f"{code.first}-x", "0" * 40 + "-1"):
        assert problem_of(code.client.get, f"{code.path}/commits?after={wrong}").status in (404, 422)


def test_a_commit_shows_what_it_changed(code):
    id = code.push({"train.py": "print(2)\n", "new.py": "1\n"})
    diff = code.client.get(f"{code.path}/commits/{id}")
    assert (diff["commit"]["id"], diff["additions"], diff["deletions"], diff["cut"]) == (id, 2, 1, False)
    assert {file["path"]: file["status"] for file in diff["files"]} == {"train.py": "modified", "new.py": "added"}
    assert diff["files"][1]["patch"] == "@@ -1 +1 @@\n-print(1)\n+print(2)\n"
    for wrong in ("main", "0" * 40, "HEAD"):
        assert problem_of(code.client.get, f"{code.path}/commits/{wrong}").code == "commit_missing"


def test_a_commit_onto_a_branch_that_moved_is_refused(code):
    body = {"branch": "main", "message": "m", "files": [{"path": "train.py", "content": "2"}], "expected_head": code.first}
    second = code.client.post(f"{code.path}/commits", body)["commit"]
    problem = problem_of(code.client.post, f"{code.path}/commits", body)
    assert (problem.status, problem.code) == (409, "branch_moved")
    aside = code.client.post(f"{code.path}/commits", {**body, "expected_head": second, "new_branch": "aside",
                                                      "files": [{"path": "src/模型.py", "delete": True}]})["commit"]
    heads = {branch["name"]: branch["commit"] for branch in code.client.get(f"{code.path}/branches")["items"]}
    assert heads == {"main": second, "aside": aside}


def test_the_files_come_as_a_zip(code):
    with code.client.open("GET", f"{code.path}/archive/main") as answer:
        assert f"{code.name}-main.zip" in answer.headers["Content-Disposition"]
        archive = zipfile.ZipFile(io.BytesIO(answer.read()))
    assert archive.read(f"{code.name}-main/src/模型.py") == b"x = 1\n"


def test_limits_hold_for_commits(server, code):
    client = server.client()
    before = client.get("/api/v2/settings")
    try:
        client.call("PATCH", "/api/v2/settings", {"max_file_bytes": 1 << 20})
        large = {"branch": "main", "message": "m", "files": [{"path": "large", "content": "x" * (1 << 20) + "x"}]}
        assert problem_of(client.post, f"{code.path}/commits", large).fields() == {"files[0].path": "file_too_large"}
    finally:
        client.call("PATCH", "/api/v2/settings", {"max_file_bytes": before["max_file_bytes"]})


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", ".git/config", "a/.GIT/hooks/x", "a\\b", "a\nb", "", "a//b"])
def test_a_hostile_path_writes_nothing(code, path):
    body = {"branch": "main", "message": "m", "files": [{"path": path, "content": "x"}]}
    assert problem_of(code.client.post, f"{code.path}/commits", body).fields() == {"files[0].path": "file_path"}


@pytest.mark.parametrize("ref", ["--output=/tmp/harmed", "-h", "main:train.py", "HEAD", "main^", "@{u}", "refs/heads/main", ":/x",
                                 "../../x", "$(touch harmed)", "main..main", "main\nx"])
def test_a_hostile_reference_is_no_branch(code, ref):
    for route in (f"tree/{quoted(ref)}/", f"file/{quoted(ref)}/train.py", f"raw/{quoted(ref)}/train.py", f"archive/{quoted(ref)}",
                  f"commits?ref={quoted(ref)}", f"boot-file/params?path=train.py&ref={quoted(ref)}"):
        problem = problem_of(code.client.get, f"{code.path}/{route}")
        assert problem.status in (400, 404), route
    body = {"branch": ref, "message": "m", "files": [{"path": "x", "content": "x"}]}
    assert problem_of(code.client.post, f"{code.path}/commits", body).status in (404, 422)


def test_a_boot_files_parameters_are_offered(code):
    code.push({"train.py": "import argparse\np = argparse.ArgumentParser()\n"
                           "p.add_argument('--epochs', type=int, default=3, help='how often')\n"
                           "p.add_argument('--opt', choices=['sgd', 'adam'])\np.parse_known_args()\n",
               "broken.py": "x = 1\ny = (\n", "deep.py": "x = " + "-" * 200_000 + "1\n"})
    params = code.client.get(f"{code.path}/boot-file/params?ref=main&path=train.py")
    assert params == {"parses_known_only": True, "params": [
        {"name": "epochs", "type": "int", "default": "3", "help": "how often", "choices": [], "required": False, "flag": False},
        {"name": "opt", "type": "str", "default": None, "help": None, "choices": ["sgd", "adam"], "required": False, "flag": False}]}
    broken = problem_of(code.client.get, f"{code.path}/boot-file/params?path=broken.py")
    assert (broken.status, broken.code) == (422, "not_python") and "line 2" in broken.body["detail"]
    assert problem_of(code.client.get, f"{code.path}/boot-file/params?path=deep.py").code == "script_too_complex"
    assert problem_of(code.client.get, f"{code.path}/boot-file/params?path=no.py").code == "path_missing"
    assert problem_of(code.client.get, f"{code.path}/boot-file/params").fields() == {"path": "required"}
