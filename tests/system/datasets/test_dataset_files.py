"""Data sets of many files: chosen as one or one by one, looked into, shared, and never left half done."""

import os
import sqlite3
import threading
import urllib.parse
import zipfile

import pytest

from accounts import make_person
from api_client import Problem
from archives import tar_of, zip_of
from projects import Project, problem_of
from traces import files_below, until

LISTING = """
import os
for folder, _, names in sorted(os.walk("/dataset")):
    print(folder, *sorted(names))
"""


def file_path(project, dataset, file):
    return f"{project.path}/datasets/{urllib.parse.quote(dataset)}/files/{urllib.parse.quote(file)}"


@pytest.fixture
def faces(project):
    """A set of two archives and a plain file."""
    project.client.post(f"{project.path}/datasets", {"name": "faces", "description": "五千张"})
    project.client.put(file_path(project, "faces", "a.zip"), zip_of({"1.txt": "one", "sub/2.txt": "two"}))
    project.client.put(file_path(project, "faces", "b.tar.gz"), tar_of({"3.txt": b"three"}))
    project.client.put(file_path(project, "faces", "labels.csv"), b"name,label\n")
    return project


def test_a_set_is_shown_with_its_files(faces):
    shown = faces.client.get(faces.dataset_path("faces"))
    assert (shown["description"], shown["state"], shown["created_by"], shown["public"]) == ("五千张", "ready", "admin", False)
    assert [(file["name"], file["kind"], file["folder"], file["entries"]) for file in shown["files"]] == [
        ("a.zip", "archive", "a", 2), ("b.tar.gz", "archive", "b", 1), ("labels.csv", "plain", "", 1)]
    assert shown["size"] == sum(file["size"] for file in shown["files"])
    assert faces.datasets() == [shown]


def test_a_set_stands_for_all_of_its_files(faces):
    log = faces.run_well(LISTING, datasets=["faces"]).log().decode().splitlines()
    assert log == ["/dataset .dataset_cache_file labels.csv", "/dataset/a 1.txt", "/dataset/a/sub 2.txt", "/dataset/b 3.txt"]


def test_one_archive_of_a_set_lies_at_the_root_too(faces):
    log = faces.run_well(LISTING, datasets=["faces/a.zip"]).log().decode().splitlines()
    assert log == ["/dataset .dataset_cache_file 1.txt", "/dataset/a 1.txt", "/dataset/a/sub 2.txt", "/dataset/sub 2.txt"]


def test_a_plain_file_lies_at_the_root_and_cannot_be_changed(faces):
    script = LISTING + """
try:
    open("/dataset/labels.csv", "a")
except OSError as error:
    print(error.strerror)
"""
    log = faces.run_well(script, datasets=["faces/labels.csv"]).log().decode().splitlines()
    assert log[0] == "/dataset .dataset_cache_file labels.csv" and log[1] in ("Permission denied", "Read-only file system")


@pytest.mark.parametrize("chosen, problems", [
    (["faces", "faces/a.zip"], {"datasets[1]": "dataset_twice"}),
    (["faces/none.zip"], {"datasets[0]": "dataset_file_missing"}),
    (["none/a.zip"], {"datasets[0]": "dataset_missing"}),
    (["empty"], {"datasets[0]": "dataset_empty"}),
    (["faces", "a.tar"], {"datasets[1]": "dataset_folder_taken"}),
    (["faces", "b"], {"datasets[1]": "dataset_folder_taken"}),
    (["a.tar", "../x", ""], {"datasets[1]": "dataset_missing", "datasets[2]": "dataset_missing"}),
])
def test_a_choice_that_cannot_be_placed_is_refused_at_submit(faces, chosen, problems):
    faces.push({"train.py": ""})
    faces.client.post(f"{faces.path}/datasets", {"name": "empty"})
    faces.upload("a.tar", tar_of({"x": b""}, "w"))
    faces.client.put(faces.dataset_path("b"), b"a plain file where an archive's folder would lie")
    problem = problem_of(faces.submit, datasets=chosen)
    assert problem.fields() == problems
    for taken in (one for one in problem.body["problems"] if one["code"] == "dataset_folder_taken"):
        assert "faces/" in taken["message"] and chosen[1] in taken["message"]


def test_a_set_may_be_renamed_while_a_task_uses_it(faces, server):
    task = faces.start("""
import os, time
print("on")
while not os.path.exists("/model/end"):
    time.sleep(0.02)  # the script's own
print(open("/dataset/a/1.txt").read())
""", datasets=["faces"])
    task.wait_log("on")
    faces.client.call("PATCH", faces.dataset_path("faces"), {"name": "people"})
    for path in (faces.dataset_path("people"), file_path(faces, "people", "a.zip")):
        problem = problem_of(faces.client.delete, path)
        assert problem.code == "dataset_in_use" and task.show()["name"] in problem.body["detail"]
    (server.task_folder(task.id) / "output/end").touch()
    assert task.wait_end()["state"] == "SUCCEEDED" and b"one" in task.log()
    assert faces.client.delete(file_path(faces, "people", "a.zip")) == 204
    assert [file["name"] for file in faces.client.get(faces.dataset_path("people"))["files"]] == ["b.tar.gz", "labels.csv"]


# ---- looking into it ----


def test_the_unpacked_tree_is_listed_a_page_at_a_time(project):
    names = [f"{number:03}.txt" for number in range(250)]
    project.upload("many.zip", zip_of({f"deep/{name}": name for name in names}))
    tree = file_path(project, "many.zip", "many.zip") + "/tree/"
    assert project.client.get(tree)["entries"] == [{"path": "deep", "name": "deep", "dir": True, "size": 0}]
    seen, after = [], ""
    while after is not None:
        page = project.client.get(tree + "deep", limit=100, after=after)
        seen += [entry["name"] for entry in page["entries"]]
        after = page.get("next")
    assert seen == names
    assert problem_of(project.client.get, tree + "none").code == "path_missing"


def test_a_file_of_the_tree_is_served_and_never_as_a_page(project):
    page = b"<html><script>alert(1)</script></html>"
    picture = b"\x89PNG\r\n\x1a\n" + os.urandom(100)
    project.upload("web.zip", zip_of({"page.html": page, "picture.svg": b"<svg/>", "p.txt": picture, "noise.png": b"\0\xff\0", "文.txt": "字" * 3000}))
    content = file_path(project, "web.zip", "web.zip") + "/content/"
    types = {"page.html": "text/plain; charset=utf-8", "picture.svg": "text/plain; charset=utf-8", "p.txt": "image/png",
             "noise.png": "application/octet-stream", "文.txt": "text/plain; charset=utf-8"}
    for name, expected in types.items():
        answer = project.client.call("GET", content + urllib.parse.quote(name))
        assert answer.headers["Content-Type"] == expected
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    part = project.client.call("GET", content + "page.html", headers={"Range": "bytes=1-4"})
    assert (part.status, part.raw) == (206, b"html")
    for path in ("none", "..%2f..%2fcloudbrain.db", "%2e%2e/x"):
        assert problem_of(project.client.call, "GET", content + path).status in (400, 404)


def test_the_original_is_downloaded_with_ranges(faces):
    archive = zip_of({"x": os.urandom(5000)})
    faces.client.put(file_path(faces, "faces", "c.zip"), archive)
    path = file_path(faces, "faces", "c.zip")
    whole = faces.client.call("GET", path)
    assert whole.raw == archive and "c.zip" in whole.headers["Content-Disposition"]
    part = faces.client.call("GET", path, headers={"Range": "bytes=100-199"})
    assert (part.status, part.raw) == (206, archive[100:200])


# ---- others ----


def test_a_private_one_of_a_public_project_is_for_its_members(server, faces):
    other = make_person(server, f"stranger-{faces.name}")
    for client in (other, other.signed_out()):
        assert client.get(f"{faces.path}/datasets")["items"] == []
        for path in (faces.dataset_path("faces"), faces.dataset_path("faces") + "/uses", file_path(faces, "faces", "a.zip"),
                     file_path(faces, "faces", "a.zip") + "/tree/", file_path(faces, "faces", "a.zip") + "/content/1.txt"):
            assert problem_of(client.call, "GET", path).code == "dataset_missing"
    faces.client.call("PATCH", faces.dataset_path("faces"), {"public": True})
    assert [item["name"] for item in other.get(f"{faces.path}/datasets")["items"]] == ["faces"]
    assert other.signed_out().call("GET", file_path(faces, "faces", "a.zip") + "/content/1.txt").raw == b"one"


def test_public_ones_are_found_and_it_is_known_who_uses_them(server, client):
    home, guest, hidden = Project.make(client), Project.make(client), Project.make(client, private=True)
    home.upload("数字.zip", zip_of({"a": "1"}))
    strangers = make_person(server, f"finder-{home.name}")
    assert strangers.get("/api/v2/datasets", search=home.name)["items"] == []
    home.client.call("PATCH", home.dataset_path("数字.zip"), {"public": True, "description": "手写"})
    for project in (guest, hidden):
        client.post(f"{project.path}/dataset-links", {"project": f"admin/{home.name}", "name": "数字.zip"})
    task = guest.run_well("print(open('/dataset/a').read())", datasets=["数字.zip"])
    secret = hidden.run_well("", datasets=["数字.zip"])
    for words in (home.name, "数字"):
        found = strangers.signed_out().get("/api/v2/datasets", search=words)["items"]
        mine = [item for item in found if item["project"] == f"admin/{home.name}"]
        assert [(item["name"], item["description"], item["files"], item["links"], item["tasks"]) for item in mine] == [("数字.zip", "手写", 1, 2, 2)]
    uses = strangers.get(home.dataset_path("数字.zip") + "/uses")
    assert uses["projects"] == [f"admin/{guest.name}"] and [use["id"] for use in uses["tasks"]] == [task.id] and uses["hidden"] == 2
    assert [use["id"] for use in client.get(home.dataset_path("数字.zip") + "/uses")["tasks"]] == [secret.id, task.id]


def test_a_private_project_has_no_public_data_set(client):
    project = Project.make(client, private=True)
    refused = problem_of(client.post, f"{project.path}/datasets", {"name": "d", "public": True})
    assert refused.fields() == {"public": "project_private"}


# ---- half done ----


def many_files(count=30_000):
    """Takes a while to unpack, and little to send."""
    return zip_of({f"{number % 100}/{number}.txt": b"x" * 50 for number in range(count)}, zipfile.ZIP_STORED)


def send_in_background(project, name, archive):
    """The answer, or its Problem, or None where the connection broke, is put into the list given back."""
    answers = []

    def send():
        try:
            answers.append(project.client.put(project.dataset_path(name), archive))
        except Problem as problem:
            answers.append(problem)
        except OSError:
            answers.append(None)
    thread = threading.Thread(target=send)
    thread.start()
    return thread, answers


def unpacking(server, project):
    return until(lambda: [path for path in files_below(server.data / "datasets/staging")][:1] and project.datasets(), 60,
                 "unpacking did not begin")


def leftovers(server):
    return [path for folder in ("staging", "trees", "views", "old") for path in (server.data / "datasets" / folder).iterdir()]


def test_one_deleted_while_it_is_unpacked_is_gone_at_once(own_server, own_project):
    thread, answers = send_in_background(own_project, "many.zip", many_files())
    unpacking(own_server, own_project)
    assert own_project.client.delete(own_project.dataset_path("many.zip")) == 204
    thread.join(60)
    assert answers[0].code == "dataset_missing"
    assert own_project.datasets() == []
    until(lambda: not leftovers(own_server), 60, "something of it stays")
    assert not [path for path in (own_server.data / "blobs").rglob("*") if path.is_file()]
    assert own_project.upload("many.zip", zip_of({"a": "1"}))["state"] == "ready"


def test_a_server_killed_while_it_unpacks_goes_on_when_it_starts_again(own_server, own_project):
    thread, _ = send_in_background(own_project, "many.zip", many_files())
    unpacking(own_server, own_project)
    own_server.kill9()
    thread.join(60)
    assert not list((own_server.data / "datasets/trees").iterdir())  # no half tree
    own_server.start()
    ready = until(lambda: [one for one in own_project.datasets() if one["state"] == "ready"], 120)
    assert ready[0]["files"][0]["entries"] == 30_000
    task = own_project.run_well("import os; print(sum(len(f) for _, _, f in os.walk('/dataset/many')))", datasets=["many.zip"])
    assert task.log() == b"30000\n"


def test_bytes_that_no_row_names_are_swept_at_the_next_start(own_server, own_project):
    own_project.upload("a.zip", zip_of({"a": "1"}))
    own_server.kill9()
    stray = own_server.data / "blobs/sha256/ab" / ("ab" * 32)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"left by a killed server")
    own_server.start()
    assert not stray.exists()
    assert own_project.run_well("print(open('/dataset/a').read())", datasets=["a.zip"]).log() == b"1\n"


def test_what_failed_to_unpack_can_be_tried_again(own_server, own_project):
    own_project.upload("a.zip", zip_of({"a": "1"}))
    path = file_path(own_project, "a.zip", "a.zip")
    assert problem_of(own_project.client.post, path + "/unpack").code == "not_failed"
    own_server.kill9()
    with sqlite3.connect(own_server.database()) as rows:
        rows.execute("UPDATE dataset_files SET state = 'failed', failure_json = ?",
                     ['{"code":"disk_full","message":{"en":"Full.","zh":"满。"},"next":{"en":"Free some.","zh":"请清理。"}}'])
    rows.close()
    own_server.start()
    shown = own_project.datasets()[0]
    assert (shown["state"], shown["files"][0]["failure"], shown["files"][0]["next"]) == ("failed", "Full.", "Free some.")
    assert problem_of(own_project.client.get, path + "/tree/").code == "dataset_not_ready"
    own_project.client.post(path + "/unpack")
    until(lambda: own_project.datasets()[0]["state"] == "ready")
    assert own_project.client.get(path + "/tree/")["entries"][0]["name"] == "a"
