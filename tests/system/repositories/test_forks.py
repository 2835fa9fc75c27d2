"""Code that comes from elsewhere: forks, imports by git, uploaded archives, and data sets of other projects."""

import io
import os
import subprocess
import tarfile

import pytest

from accounts import decide, make_person
from api_client import problem_of
from archives import zip_of
from projects import Project, Task
from traces import until


@pytest.fixture(scope="module")
def eve(server):
    return make_person(server, "eve-of-forks")


def disk_use(*folders):
    return int(subprocess.run(["du", "-sc", *folders], check=True, capture_output=True, text=True).stdout.split()[-2])


def repository(server, client, path):
    return server.data / "repositories" / f"{client.get(path)['id']}.git"


# ---- forks ----------------------------------------------------------------------------------------------------------------------


def test_the_first_step_fork_an_example_and_run_it(eve):
    fork = eve.post("/api/v2/projects/examples/mnist-gpu/fork", {"name": "mine"})
    assert (fork["full_name"], fork["fork_of"], fork["role"], fork["state"]) == ("eve-of-forks/mine", "examples/mnist-gpu", "owner", "ready")
    path = "/api/v2/projects/eve-of-forks/mine"
    eve.post(f"{path}/commits", {"branch": "main", "message": "mine", "files": [{"path": "train.py", "content": "print('forked')"}]})
    task = Task(eve, eve.post(f"{path}/tasks", {"name": "first", "boot_file": "train.py", "spec": "cpu-1"})["id"])
    assert task.wait_end()["state"] == "SUCCEEDED" and task.log() == b"forked\n"
    original = eve.call("GET", "/api/v2/projects/examples/mnist-gpu/raw/main/train.py").raw
    assert b"forked" not in original
    assert eve.get("/api/v2/projects/examples/mnist-gpu")["forks"] >= 1


def test_a_fork_shares_objects_on_disk_and_outlives_its_origin(server, client, eve):
    source = Project.make(client)
    source.push({"big.bin": os.urandom(8 << 20)})
    eve.post(f"{source.path}/fork", {"name": "shared"})
    path = "/api/v2/projects/eve-of-forks/shared"
    one, other = repository(server, client, source.path), repository(server, eve, path)
    assert disk_use(one, other) < disk_use(one) + 1024, "8 MiB are there once"
    assert client.delete(f"{source.path}?confirm=admin/{source.name}") == 204
    assert len(eve.call("GET", f"{path}/raw/main/big.bin").raw) == 8 << 20
    assert eve.get(path)["fork_of"] is None
    subprocess.run(["git", "-c", "safe.directory=*", "--git-dir", other, "fsck", "--strict"], check=True, capture_output=True)


def test_a_fork_of_what_is_private_stays_private_and_hides_its_origin(client, eve):
    source = Project.make(client, private=True, readme=True)
    assert problem_of(eve.post, f"{source.path}/fork").status == 404
    client.call("PUT", f"{source.path}/members/eve-of-forks", {"role": "reader"})
    fork = eve.post(f"{source.path}/fork", {"private": False})
    assert fork["private"] and fork["fork_of"] == f"admin/{source.name}"
    assert problem_of(eve.post, f"{source.path}/fork").code == "name_in_use"
    client.delete(f"{source.path}/members/eve-of-forks")
    assert eve.get(f"/api/v2/projects/eve-of-forks/{source.name}")["fork_of"] is None


# ---- data sets of other projects ------------------------------------------------------------------------------------------------


def test_public_data_sets_stay_linked_in_a_fork_and_tasks_use_them(client, eve):
    source = Project.make(client)
    source.push({"train.py": "print(open('/dataset/a.txt').read())"})
    source.upload("shared.zip", zip_of({"a.txt": "from elsewhere"}))
    source.upload("own.zip", zip_of({"a.txt": "not public"}))
    client.call("PATCH", source.dataset_path("shared.zip"), {"public": True})
    eve.post(f"{source.path}/fork", {"name": "linked"})
    path = "/api/v2/projects/eve-of-forks/linked"
    (row,) = eve.get(f"{path}/datasets")["items"]
    assert (row["name"], row["linked"], row["project"]) == ("shared.zip", True, f"admin/{source.name}")
    body = {"name": "uses", "boot_file": "train.py", "spec": "cpu-1", "datasets": ["shared.zip"]}
    task = Task(eve, eve.post(f"{path}/tasks", body)["id"])
    assert task.wait_end()["state"] == "SUCCEEDED" and task.log() == b"from elsewhere\n"
    client.call("PATCH", source.dataset_path("shared.zip"), {"public": False})
    assert eve.get(f"{path}/datasets")["items"] == []
    assert problem_of(eve.post, f"{path}/tasks", {**body, "name": "too-late"}).fields() == {"datasets[0]": "dataset_missing"}


def test_a_data_set_is_linked_and_unlinked(client, eve):
    source, private = Project.make(client), Project.make(client, private=True)
    for project in (source, private):
        project.upload("d.zip", zip_of({"a.txt": "x"}))
    assert problem_of(client.call, "PATCH", private.dataset_path("d.zip"), {"public": True}).fields() == {"public": "project_private"}
    eve.post("/api/v2/projects", {"name": "links"})
    links = "/api/v2/projects/eve-of-forks/links/dataset-links"
    for name in (f"admin/{source.name}", f"admin/{private.name}", "nobody/x", "x"):
        assert problem_of(eve.post, links, {"project": name, "name": "d.zip"}).fields() == {"name": "dataset_missing"}
    client.call("PATCH", source.dataset_path("d.zip"), {"public": True})
    linked = eve.post(links, {"project": f"admin/{source.name}", "name": "d.zip"})
    assert eve.post(links, {"project": f"admin/{source.name}", "name": "d.zip"})["id"] == linked["id"], "once more is the same"
    assert problem_of(eve.delete, f"{links}/999999").code == "link_missing"
    assert eve.delete(f"{links}/{linked['id']}") == 204
    assert eve.get("/api/v2/projects/eve-of-forks/links/datasets")["items"] == []


# ---- imports --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url, code", [
    ("file:///etc", "import_scheme"), ("ext::sh -c id", "import_url"), ("/etc", "import_scheme"), ("ssh://git@host/x", "import_scheme"),
    ("-u", "import_scheme"), ("http://user:secret@example.org/x.git", "import_url_password"), ("http:///x", "import_url")])
def test_an_address_that_is_none_for_an_import_makes_no_project(client, url, code):
    problem = problem_of(client.post, "/api/v2/projects", {"name": "not-imported", "import_url": url})
    assert problem.fields() == {"import_url": code} and "secret" not in problem.raw.decode()
    assert problem_of(client.get, "/api/v2/projects/admin/not-imported").status == 404


def settled(client, path):
    def look():
        project = client.get(path)
        return project if project["state"] != "importing" else None
    return until(look, 60, "the import does not end")


def test_this_machine_itself_is_imported_from_only_where_that_is_allowed(server, client):
    source = Project.make(client, readme=True)
    url = f"{server.address}/admin/{source.name}.git"
    client.post("/api/v2/projects", {"name": "refused", "import_url": url})
    refused = settled(client, "/api/v2/projects/admin/refused")
    assert refused["state"] == "import_failed" and refused["failure"]
    decide(server, import_private_addresses=True)
    try:
        client.post("/api/v2/projects", {"name": "imported", "import_url": url})
        imported = settled(client, "/api/v2/projects/admin/imported")
        assert (imported["state"], imported["origin"]) == ("ready", url), imported["failure"]
        text = client.call("GET", "/api/v2/projects/admin/imported/raw/main/README.md").raw
        assert text == client.call("GET", f"{source.path}/raw/main/README.md").raw

        secret = Project.make(client, private=True, readme=True)
        url = f"{server.address}/admin/{secret.name}.git"
        client.post("/api/v2/projects", {"name": "wrong-password", "import_url": url, "import_user": "admin", "import_password": "wrong-one"})
        assert settled(client, "/api/v2/projects/admin/wrong-password")["state"] == "import_failed"
        token = client.make_token("read")
        client.post("/api/v2/projects", {"name": "with-token", "import_url": url, "import_user": "admin", "import_password": token})
        assert settled(client, "/api/v2/projects/admin/with-token")["state"] == "ready"
        assert token not in client.call("GET", "/api/v2/projects/admin/with-token").raw.decode()
    finally:
        decide(server, import_private_addresses=False)


def test_a_failed_import_is_deleted_like_any_project(client):
    client.post("/api/v2/projects", {"name": "gone", "import_url": "http://no-such-host.invalid/x.git"})
    assert settled(client, "/api/v2/projects/admin/gone")["state"] == "import_failed"
    assert client.delete("/api/v2/projects/admin/gone?confirm=admin/gone") == 204


# ---- archives -------------------------------------------------------------------------------------------------------------------


def tar_of(files):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, (content, mode) in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), mode
            archive.addfile(info, io.BytesIO(content))
    return packed.getvalue()


def test_the_files_of_an_archive_become_one_commit(client):
    project = Project.make(client)
    archive = zip_of({"repo-main/train.py": "print('zipped')", "repo-main/数据/说明.txt": "你好", "repo-main/.gitignore": "*.pt"})
    commit = client.put(f"{project.path}/archive?message=%E4%B8%8A%E4%BC%A0", archive)["commit"]
    (branch,) = client.get(f"{project.path}/branches")["items"]
    assert (branch["name"], branch["commit"]) == ("main", commit)
    assert client.call("GET", f"{project.path}/raw/main/%E6%95%B0%E6%8D%AE/%E8%AF%B4%E6%98%8E.txt").raw == "你好".encode()
    client.put(f"{project.path}/archive", tar_of({"run.sh": (b"#!/bin/sh\n", 0o755), "train.py": (b"print('tarred')", 0o644)}))
    assert client.call("GET", f"{project.path}/raw/main/train.py").raw == b"print('tarred')"
    assert client.call("GET", f"{project.path}/raw/main/.gitignore").raw == b"*.pt", "what the archive does not name stays"


@pytest.mark.parametrize("archive, code", [
    (b"no archive at all", "archive_unsupported"), (zip_of({"../out": "x"}), "archive_escapes"), (zip_of({".git/config": "x"}), None)],
    ids=["not-an-archive", "out-of-the-tree", "into-.git"])  # an id made of the bytes would hold the time they were zipped
def test_a_hostile_archive_changes_nothing(server, client, archive, code):
    project = Project.make(client, readme=True)
    before = client.get(f"{project.path}/branches")
    problem = problem_of(client.put, f"{project.path}/archive", archive)
    assert problem.status in (400, 422) and (code is None or problem.code == code), problem
    assert client.get(f"{project.path}/branches") == before
    assert not list((server.data / "scratch").iterdir()), "and leaves nothing"
