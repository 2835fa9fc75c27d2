"""Data sets: stored once by content, shared by all tasks, removed when nobody needs them."""

import io
import os
import tarfile

import pytest

from archives import zip_of
from projects import Project, problem_of
from traces import files_below, until


def bytes_on_disk(directory):
    """Each file once, however many names it has."""
    files = {}
    for name in files_below(directory):
        try:
            status = os.lstat(os.path.join(directory, name))
        except FileNotFoundError:
            continue  # what is being removed
        files[status.st_ino] = status.st_blocks * 512
    return sum(files.values())


def stored(server):
    return bytes_on_disk(server.data / "blobs") + bytes_on_disk(server.data / "datasets")


@pytest.fixture
def archive():
    return zip_of({"a.bin": os.urandom(3 << 20), "sub/b.txt": os.urandom(16).hex()})


def test_the_same_bytes_under_another_name_or_in_another_project_cost_no_space(own_server, archive):
    client = own_server.client()
    first, second = Project.make(client), Project.make(client)
    one = first.upload("one.zip", archive)
    before = stored(own_server)
    assert before > 6 << 20
    others = [first.upload("two.zip", archive), second.upload("one.zip", archive), second.upload("三.zip", archive)]
    assert {other["files"][0]["sha256"] for other in others} == {one["files"][0]["sha256"]}
    assert stored(own_server) - before < 1 << 20
    for project, name in ((first, "two.zip"), (second, "三.zip")):
        script = f"import os; print(sorted(os.listdir('/dataset')), os.path.getsize('/dataset/{name[:-4]}/a.bin'))"
        assert str(3 << 20) in project.run_well(script, datasets=[name]).log().decode()


def test_a_second_task_uses_the_tree_that_is_there(own_server, own_project, archive):
    own_project.upload("one.zip", archive)
    trees = own_server.data / "datasets"
    script = "import os; status = os.stat('/dataset/a.bin'); print(status.st_ino, status.st_dev)"
    first = own_project.run_well(script, datasets=["one.zip"]).log()
    # A tree is used at once and brought to the disk beside it; the mark of that goes when it is done.
    before = until(lambda: not list(trees.glob("trees/*/unsynced")) and files_below(trees))
    assert own_project.run_well(script, datasets=["one.zip"]).log() == first
    assert files_below(trees) == before


def test_a_removed_data_set_gives_its_space_back_unless_another_name_needs_it(own_server, own_project, archive):
    own_project.upload("one.zip", archive)
    own_project.upload("two.zip", archive)
    own_project.client.delete(own_project.dataset_path("one.zip"))
    assert own_project.run_well("print(len(open('/dataset/a.bin', 'rb').read()))", datasets=["two.zip"]).log() == b"%d\n" % (3 << 20)
    own_project.client.delete(own_project.dataset_path("two.zip"))
    until(lambda: stored(own_server) < 1 << 20, what=lambda: f"{stored(own_server)} bytes stay")
    assert own_project.datasets() == []
    assert problem_of(own_project.client.delete, own_project.dataset_path("two.zip")).code == "dataset_missing"
    assert own_project.upload("two.zip", archive)["state"] == "ready"


def test_a_data_set_that_a_task_uses_is_not_removed(own_server, own_project, archive):
    own_project.upload("one.zip", archive)
    task = own_project.start("""
import os, time
print("on")
while not os.path.exists("/model/end"):
    time.sleep(0.02)  # the script's own
print(len(open("/dataset/one/a.bin", "rb").read()))
""", datasets=["one.zip"])
    task.wait_log("on")
    assert problem_of(own_project.client.delete, own_project.dataset_path("one.zip")).code == "dataset_in_use"
    (own_server.task_folder(task.id) / "output/end").touch()
    assert task.wait_end()["state"] == "SUCCEEDED"
    assert own_project.client.delete(own_project.dataset_path("one.zip")) == 204


def test_a_script_cannot_change_a_data_set_for_others(project, archive):
    project.upload("one.zip", archive)
    task = project.run_well("""
import os
def attempt(call, *arguments):
    try:
        call(*arguments)
        return True
    except OSError:
        return False
print([name for name, done in {
    "append": attempt(open, "/dataset/a.bin", "ab"), "remove": attempt(os.remove, "/dataset/a.bin"), "chmod": attempt(os.chmod, "/dataset/a.bin", 0o777),
    "create": attempt(open, "/dataset/new", "w"), "rename": attempt(os.rename, "/dataset/sub", "/dataset/bus"), "link": attempt(os.link, "/dataset/a.bin", "/model/a.bin"),
    "folder": attempt(open, "/dataset/one/new", "w"), "utime": attempt(os.utime, "/dataset/a.bin"),
}.items() if done])
""", datasets=["one.zip"])
    assert task.log() == b"[]\n"


def test_links_inside_an_archive_work_and_permissions_are_plain(project):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, fields in {"real.txt": {"size": 4, "mode": 0o000}, "run.sh": {"size": 4, "mode": 0o6777, "uid": 0},
                             "soft": {"type": tarfile.SYMTYPE, "linkname": "sub/../real.txt"}, "hard": {"type": tarfile.LNKTYPE, "linkname": "real.txt"}}.items():
            info = tarfile.TarInfo(name)
            for field, value in fields.items():
                setattr(info, field, value)
            tar.addfile(info, io.BytesIO(b"data") if info.size else None)
        tar.addfile(tarfile.TarInfo("sub/inner"), io.BytesIO())
    project.upload("links.tar.gz", buffer.getvalue())
    task = project.run_well("""
import os
print(*(open("/dataset/" + name).read() for name in ("real.txt", "soft", "hard")))
print(*(oct(os.stat("/dataset/" + name).st_mode & 0o7777) for name in ("real.txt", "run.sh")))
""", datasets=["links.tar.gz"])
    assert task.log() == b"data data data\n0o644 0o755\n"
