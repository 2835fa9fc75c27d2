"""Models from tasks' results: no byte copied, nothing lost by a crash, nothing taken that is not theirs."""

import hashlib
import io
import os
import stat
import zipfile

import pytest

from api_client import Problem
from archives import zip_of
from project_models import Model, choice
from projects import Project, problem_of
from running_server import serving
from small_disk import server_on_a_disk_of
from traces import until

WRITES = """
import os
os.makedirs("/model/deep/er")
open("/model/m.bin", "wb").write(b"weights" * 1000)
open("/model/deep/er/a.txt", "w").write("a")
open("/model/deep/b.txt", "w").write("b")
"""


@pytest.fixture
def model(project):
    return Model(project, "lenet")


def problem_or_none(call, **fields):
    try:
        call(**fields)
    except Problem as problem:
        return problem
    return None


def paths(version):
    return [file["path"] for file in version["files"]]


def test_a_version_shares_its_bytes_with_the_results_it_was_made_from(server, project, model):
    task = project.run_well(WRITES)
    version = model.imported(task, notes="良好", metrics={"accuracy": 0.98})
    assert (version["version"], version["notes"], version["metrics"]) == ("V0001", "良好", {"accuracy": 0.98})
    assert paths(version) == ["deep/b.txt", "deep/er/a.txt", "m.bin"]
    [file] = [file for file in version["files"] if file["path"] == "m.bin"]
    assert file["sha256"] == hashlib.sha256(b"weights" * 1000).hexdigest() and version["size"] == 7002
    result = (server.task_folder(task.id) / "output/m.bin").stat()
    blob = (server.data / "blobs/sha256" / file["sha256"][:2] / file["sha256"]).stat()
    assert (result.st_ino, result.st_dev) == (blob.st_ino, blob.st_dev)
    assert result.st_uid == os.geteuid() and stat.S_IMODE(result.st_mode) == 0o444
    assert model.bytes("V0001", "m.bin") == task.output("m.bin") == b"weights" * 1000


def test_files_and_folders_are_chosen_and_each_comes_once(project, model):
    task = project.run_well(WRITES)
    assert paths(model.imported(task, paths=["m.bin"])) == ["m.bin"]
    assert paths(model.imported(task, paths=["deep", "deep/b.txt"])) == ["deep/b.txt", "deep/er/a.txt"]


def test_what_is_wrong_with_an_import_is_told_by_its_field(project, model):
    task = project.run_well(WRITES)
    none = project.run_well("print('no results')")

    def refused(**fields):
        return problem_of(model.make, **fields).fields()
    assert refused(task=task.id, paths=["m.bin", "none.bin", "../spec.json", "/etc/passwd", "", "deep/../m.bin"]) == {"paths[4]": "empty"}
    assert refused(task=task.id, paths=["m.bin", "none.bin", "../spec.json", "/etc/passwd", "deep/../m.bin"]) == {
        f"paths[{i}]": "path_missing" for i in range(1, 5)}
    assert refused(task=none.id) == {"paths": "path_missing"}
    assert refused(task=task.id, paths=[]) == {"paths": "empty"}
    assert refused(paths=["m.bin"]) == {"paths": "task_missing"}
    assert refused(task=987654) == {"task": "task_missing"}
    assert refused(task=Project.make(project.client).run_well(WRITES).id) == {"task": "task_missing"}
    assert refused(metrics={"": 1.0, "x" * 101: 2}, notes="n" * 10_001) == {"metrics.": "metric", "metrics." + "x" * 100: "metric", "notes": "notes_too_long"}
    assert project.client.get(model.path)["versions"] == 0


def test_links_among_the_results_lead_to_files_inside_alone(server, project, model):
    task = project.run_well("""
import os, socket
os.makedirs("/model/real")
open("/model/real/epoch3.pt", "w").write("third")
os.symlink("real/epoch3.pt", "/model/latest.pt")
os.symlink("/etc/passwd", "/model/passwd")
os.symlink("../../../cloudbrain.db", "/model/database")
os.symlink(".", "/model/circle")
os.symlink("real", "/model/folder")
os.mkfifo("/model/pipe")
socket.socket(socket.AF_UNIX).bind("/model/socket")
open(b"/model/\\xff\\xfe", "w").write("not UTF-8")
""")
    assert paths(model.imported(task)) == ["latest.pt", "real/epoch3.pt"]
    assert model.bytes("V0001", "latest.pt") == b"third"
    assert paths(model.imported(task, paths=["folder/epoch3.pt"])) == ["folder/epoch3.pt"]
    for path in ("passwd", "database", "pipe", "socket", "circle/circle/passwd"):
        assert problem_of(model.make, task=task.id, paths=[path]).fields() == {"paths[0]": "path_missing"}


def test_names_that_no_model_has_are_told_and_the_rest_can_be_chosen(project, model):
    task = project.run_well(r"""
open("/model/new\nline", "w").write("x"); open("/model/good", "w").write("y"); open("/model/back\\slash", "w").write("z")
""")
    assert problem_of(model.make, task=task.id).fields() == {"paths": "model_path"}
    assert paths(model.imported(task, paths=["good"])) == ["good"]


def test_only_a_task_that_has_ended_gives_a_model(project, model):
    task = project.start("import time\nopen('/model/m', 'w').write('1')\nprint('up')\ntime.sleep(600)  # stopped below\n")
    task.wait_log("up")
    problem = problem_of(model.make, task=task.id)
    assert (problem.status, problem.code) == (409, "task_not_ended") and problem.body["next"]
    task.stop()
    task.wait_end()
    assert paths(model.imported(task)) == ["m"]


def test_a_file_that_somebody_still_writes_to_becomes_no_model(server, project, model):
    task = project.run_well(WRITES)
    with open(server.task_folder(task.id) / "output/m.bin", "ab"):
        version = model.settled(model.make(task=task.id)["version"])
        assert version["state"] == "failed" and "m.bin" in version["failure"]
    assert problem_of(model.bytes, "V0001", "m.bin").code == "version_not_ready"
    assert problem_of(project.submit, model=choice(version, file="m.bin")).fields() == {"model.version": "version_failed"}
    assert model.imported(task)["version"] == "V0002"


def test_a_version_outlives_its_task_and_so_does_its_lineage(project, model):
    project.upload("d.zip", zip_of({"a": "1"}))
    task = project.run_well(WRITES, datasets=["d.zip"], params=[{"name": "lr", "value": "0.1"}])
    model.imported(task, paths=["m.bin"])
    show = task.show()
    assert show["models"] == [{"model": "lenet", "version": "V0001"}]
    lineage = model.version("V0001")["lineage"]
    assert lineage["task"] == {"id": task.id, "name": show["name"], "version": "V0001", "kind": "train"}
    assert (lineage["commit"], lineage["branch"], lineage["boot_file"]) == (show["commit"], "main", "train.py")
    assert [dataset["name"] for dataset in lineage["datasets"]] == ["d.zip"] and lineage["params"] == show["params"]
    task.delete()
    assert model.bytes("V0001", "m.bin") == b"weights" * 1000
    after = model.version("V0001")["lineage"]
    assert after["task"] == {**lineage["task"], "id": None} and after["commit"] == lineage["commit"]
    other = project.run_well("import sys; print(open(sys.argv[1].split('=')[1]).read(7))", model=choice({"version": "V0001"}))
    assert other.log() == b"weights\n"
    assert model.imported(project.run_well(WRITES, model=choice({"version": "V0001"})))["lineage"]["parent_model"] == {
        "name": "lenet", "version": "V0001", "file": "m.bin"}


def test_an_import_goes_on_after_a_kill_and_its_task_stays_meanwhile(own_server, own_project):
    model = Model(own_project, "big")
    size = 3 << 30  # sparse: seconds to hash, nothing on the disk
    task = own_project.run_well(f"open('/model/big.bin', 'wb').truncate({size}); open('/model/a', 'w').write('a')")
    version = model.make(task=task.id)
    assert version["state"] == "importing"
    problem = problem_of(task.delete)
    assert (problem.status, problem.code) == (409, "results_being_imported") and "big" in problem.body["detail"]
    assert problem_of(own_project.submit, model={"name": "big", "version": "V0001", "file": "a"}).fields() == {"model.version": "version_not_ready"}
    until(lambda: model.version("V0001")["files"][0]["sha256"])
    own_server.restart()
    settled = model.settled("V0001", 120)
    assert settled["state"] == "ready" and settled["size"] == size + 1
    zeros = hashlib.sha256()
    for _ in range(size >> 22):
        zeros.update(bytes(1 << 22))
    assert {file["path"]: file["sha256"] for file in settled["files"]}["big.bin"] == zeros.hexdigest()
    assert task.delete() == 204


def test_a_version_may_be_deleted_while_it_is_imported(tmp_path):
    with serving(tmp_path, "--task-disk", "0") as server:  # a file larger than the disk, with nothing in it
        delete_while_imported(server, Project.make(server.client()))


def delete_while_imported(own_server, own_project):
    model = Model(own_project, "big")
    task = own_project.run_well(f"open('/model/big.bin', 'wb').truncate({100 << 30}); open('/model/a', 'w').write('a')")
    model.make(task=task.id)
    until(lambda: model.version("V0001")["files"][0]["sha256"])
    assert own_project.client.delete(f"{model.path}/versions/V0001") == 204
    assert task.delete() == 204
    until(lambda: not list((own_server.data / "blobs/sha256").glob("*/*")))
    # Nothing of it holds up the next one.
    small = own_project.run_well(WRITES)
    assert model.imported(small)["version"] == "V0002"


def test_numbers_are_given_once_and_deleted_bytes_are_gone(own_server, own_project):
    model = Model(own_project, "lenet")
    task = own_project.run_well(WRITES)
    model.imported(task)
    model.imported(task, paths=["m.bin"])
    own_project.client.delete(f"{model.path}/versions/V0002")
    assert model.bytes("V0001", "m.bin")
    assert model.imported(task, paths=["m.bin"])["version"] == "V0003"
    assert own_project.client.get(model.path)["latest"] == "V0003"
    assert len(list((own_server.data / "models").iterdir())) == 2
    task.delete()
    assert own_project.client.delete(model.path) == 204
    assert not list((own_server.data / "blobs/sha256").glob("*/*"))
    assert not list((own_server.data / "models").iterdir())
    assert own_project.client.get(f"{own_project.path}/models")["items"] == []


def test_a_project_goes_with_its_models(own_server, own_project):
    model = Model(own_project, "lenet")
    model.imported(own_project.run_well(WRITES))
    Model(own_project, "empty")
    assert own_project.client.delete(f"{own_project.path}?confirm=admin/{own_project.name}") == 204
    assert not list((own_server.data / "blobs/sha256").glob("*/*"))


def test_an_import_on_a_full_disk_is_refused_or_goes_on_once_there_is_room(tmp_path):
    with server_on_a_disk_of("600m", tmp_path / "disk", "--task-disk", "0") as server:
        project = Project.make(server.client())
        model = Model(project, "big")
        task = project.run_well(f"open('/model/big.bin', 'wb').truncate({1 << 30}); open('/model/a', 'w').write('a')")
        filling = tmp_path / "disk/filling"
        with pytest.raises(OSError), open(filling, "wb", buffering=0) as file:
            while True:
                file.write(bytes(1 << 20))
        refused = problem_or_none(model.make, task=task.id)
        filling.unlink()
        if refused:  # what little is written had no room; else it had, and the rest may have none
            assert (refused.status, refused.code) == (507, "disk_full")
            assert project.client.get(model.path)["versions"] == 0
            model.make(task=task.id)
        version = project.client.get(f"{model.path}/versions")["items"][0]["version"]
        assert model.settled(version)["size"] == (1 << 30) + 1
        assert model.bytes(version, "a") == b"a" == task.output("a")


# ---- download -----------------------------------------------------------------------------------

def test_a_file_comes_in_ranges_and_all_as_a_zip(project, model):
    model.imported(project.run_well(WRITES))
    path = model.file_path("V0001", "m.bin")
    part = project.client.call("GET", path, headers={"Range": "bytes=3-9"})
    assert (part.status, part.raw) == (206, (b"weights" * 2)[3:10]) and part.headers["Content-Range"] == "bytes 3-9/7000"
    whole = project.client.call("GET", path)
    assert whole.headers["Content-Type"] == "application/octet-stream" and whole.headers["X-Content-Type-Options"] == "nosniff"
    assert 'filename="m.bin"' in whole.headers["Content-Disposition"]
    project.run_well("pass", model=choice({"version": "V0001"}, file="m.bin"))  # the folder has the marker now
    packed = zipfile.ZipFile(io.BytesIO(project.client.call("GET", f"{model.path}/versions/V0001/archive.zip").raw))
    assert sorted(name for name in packed.namelist() if not name.endswith("/")) == [f"lenet-V0001/{name}" for name in ("deep/b.txt", "deep/er/a.txt", "m.bin")]
    assert packed.read("lenet-V0001/m.bin") == b"weights" * 1000 and packed.testzip() is None
    assert problem_of(model.bytes, "V0001", "../m.bin").status in (400, 404)
    assert problem_of(model.bytes, "V0001", "none").code == "model_file_missing"
    for version in ("V1", "V0002", "v0001", "0001", "V00001", "V-001"):
        assert problem_of(model.version, version).code == "version_missing"
