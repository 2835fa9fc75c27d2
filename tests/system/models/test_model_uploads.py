"""Models from uploads, and who may see and change a model."""

import os

import pytest

from accounts import change, make_person
from api_client import problem_of
from project_models import Model, choice
from projects import Project


@pytest.fixture
def model(project):
    return Model(project, "lenet")


def test_uploaded_files_make_a_version(project, model):
    version = model.uploaded({"m.pt": b"weights", "conf/模型.json": b"{}", "empty": b""}, notes="from elsewhere")
    assert [file["path"] for file in version["files"]] == ["conf/模型.json", "empty", "m.pt"]
    assert version["state"] == "ready" and version["size"] == 9 and version["lineage"]["task"] is None
    assert model.bytes("V0001", "conf/模型.json") == b"{}"
    task = project.run_well("import os; print(sorted(os.listdir('/pretrainmodel')), os.path.getsize('/pretrainmodel/m.pt'))", model=choice(version, file="m.pt"))
    assert task.log().decode() == "['.pretrainmodel_cache_file', 'conf', 'empty', 'm.pt'] 7\n"


def test_a_file_is_not_replaced_and_a_version_that_was_used_stays_as_it_is(project, model):
    model.uploaded({"m.pt": b"weights", "conf/a": b"1"})
    assert model.put("V0001", "m.pt", b"weights")["version"] == "V0001"  # the same once more
    assert problem_of(model.put, "V0001", "m.pt", b"other b").code == "model_file_in_use"
    assert problem_of(model.put, "V0001", "m.pt", b"longer than before").code == "model_file_in_use"
    for path in ("conf", "m.pt/inside", "conf/a/b"):
        assert problem_of(model.put, "V0001", path, b"x").code == "model_path_collides"
    model.put("V0001", "conf/b", b"2")
    project.run_well("pass", model=choice({"version": "V0001"}, file="m.pt"))
    assert problem_of(model.put, "V0001", "more", b"x").code == "version_is_fixed"
    model.imported(project.run_well("open('/model/m', 'w').write('1')"))
    assert problem_of(model.put, "V0002", "more", b"x").code == "version_is_fixed"
    assert problem_of(model.put, "V0009", "more", b"x").code == "version_missing"


@pytest.mark.parametrize("path", ["..%2Fx", "%2Fetc%2Fpasswd", "a%2F..%2F..%2Fb", "a%00b", "a%0Ab", "a%5Cb", "%FF", "a/" * 40 + "b", "x" * 256, ".", "a%2F%2Fb"])
def test_hostile_paths_are_refused_and_nothing_is_stored(own_server, own_project, path):
    model = Model(own_project, "lenet")
    model.make()
    problem = problem_of(own_project.client.put, f"{model.path}/versions/V0001/files/{path}", b"secret")
    assert problem.status in (400, 404, 422), problem
    assert model.version("V0001")["files"] == []
    assert not list((own_server.data / "blobs/sha256").glob("*/*")) and not list((own_server.data / "blobs/incoming").iterdir())


def test_an_upload_that_is_refused_at_its_end_leaves_no_bytes(own_server, own_project):
    model = Model(own_project, "lenet")
    model.uploaded({"m.pt": b"weights"})
    assert problem_of(model.put, "V0001", "m.pt", b"another").code == "model_file_in_use"
    assert len(list((own_server.data / "blobs/sha256").glob("*/*"))) == 1


def test_models_count_once_toward_their_owners_storage(server):
    person = make_person(server)
    project = Project.make(person)
    project.path = f"/api/v2/projects/{person.name}/{project.name}"
    model = Model(project, "lenet")
    task = project.run_well(f"import os; open('/model/m', 'wb').write(os.urandom({1 << 20}))")
    before = person.get("/api/v2/me/quota")["usage"]["storage_bytes"]

    def used():
        return person.get("/api/v2/me/quota")["usage"]["storage_bytes"] - before
    assert used() == 0  # results do not count
    model.imported(task)
    assert used() == 1 << 20
    model.imported(task)  # the same bytes
    assert used() == 1 << 20
    change(server, person, quota={"storage_bytes": before + (2 << 20) - 1})
    other = project.run_well(f"import os; open('/model/m', 'wb').write(os.urandom({1 << 20}))")
    problem = problem_of(model.make, task=other.id)
    assert (problem.status, problem.code) == (507, "quota_storage")
    version = model.make()["version"]
    assert problem_of(model.put, version, "big", os.urandom(1 << 20)).code == "quota_storage"
    model.put(version, "small", os.urandom(1 << 10))


def test_names_and_labels_have_rules_and_one_model_has_a_name(project, model):
    def refused(**fields):
        return problem_of(project.client.post, f"{project.path}/models", fields)
    assert refused(name="LeNet").code == "model_name_in_use"
    for name in ("", "../x", "a/b", "a:b", "-x", "模型", "x" * 101):
        assert refused(name=name).fields() == {"name": "model_name"}
    assert refused(name="x", framework="f" * 51, description="d" * 256).fields() == {"framework": "framework_too_long", "description": "description_too_long"}
    changed = project.client.call("PATCH", model.path, {"name": "LeNet-5", "framework": "PyTorch"}).json
    assert (changed["name"], changed["framework"]) == ("LeNet-5", "PyTorch")
    assert project.client.get(f"{project.path}/models/lenet-5")["name"] == "LeNet-5"
    Model(project, "other")
    assert problem_of(project.client.call, "PATCH", f"{project.path}/models/other", {"name": "lenet-5"}).code == "model_name_in_use"
    assert [row["name"] for row in project.client.get(f"{project.path}/models", search="pytorch")["items"]] == ["LeNet-5"]


def test_a_private_model_is_the_members_and_a_public_one_everybodys(server, project):
    hidden, shown = Model(project, "hidden"), Model(project, "shown", public=True)
    task = project.run_well("open('/model/m', 'w').write('1')")
    for model in (hidden, shown):
        model.imported(task)
    stranger, member = make_person(server), make_person(server)
    project.client.call("PUT", f"{project.path}/members/{member.name}", {"role": "reader"})
    for who in (stranger, project.client.signed_out()):
        assert [row["name"] for row in who.get(f"{project.path}/models")["items"]] == ["shown"]
        assert who.call("GET", shown.file_path("V0001", "m")).raw == b"1"
        for path in ("", "/versions", "/versions/V0001", "/versions/V0001/files/m", "/versions/V0001/archive.zip"):
            assert problem_of(who.call, "GET", hidden.path + path).code == "model_missing"
        assert who.get(task.path)["models"] == [{"model": "shown", "version": "V0001"}]
        assert (project.name, "shown") in [(row["project"].split("/")[1], row["name"]) for row in who.get("/api/v2/models", limit=200)["items"]]
        assert "hidden" not in [row["name"] for row in who.get("/api/v2/models", limit=200, search="hidden")["items"]]
    assert len(member.get(f"{project.path}/models")["items"]) == 2 and member.call("GET", hidden.file_path("V0001", "m")).raw == b"1"
    assert problem_of(member.call, "POST", f"{hidden.path}/versions", {}).status == 403
    project.client.call("PATCH", project.path, {"private": True})
    assert not [row for row in stranger.get("/api/v2/models", limit=200)["items"] if row["name"] == "shown"]
    assert problem_of(stranger.get, shown.path).code == "project_missing"
    assert problem_of(project.client.call, "PATCH", hidden.path, {"public": True}).fields() == {"public": "project_private"}
    assert project.client.call("PATCH", shown.path, {"description": "still"}).json["description"] == "still"
