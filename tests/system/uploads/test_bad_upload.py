"""Uploads that are broken, hostile or too large: refused, and nothing of them stays."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import tarfile
import urllib.parse
import zipfile

import pytest

from api_client import Problem
from archives import tar_entry, tar_of, zip_link, zip_of
from projects import Project
from refusals import expect_unchanged, refused, state_of
from small_disk import server_on_a_disk_of
from traces import until

GOOD = zip_of({"a.txt": "hello\n"})
MANY_ZEROS = b"\0" * (60 << 20)


def encrypted_zip():
    folder = pathlib.Path(os.environ.get("TMPDIR", "/tmp")) / f"encrypted-{os.getpid()}"
    folder.mkdir()
    try:
        (folder / "a.txt").write_text("secret\n" * 100)
        subprocess.run(["zip", "-q", "-P", "password", "e.zip", "a.txt"], cwd=folder, check=True)
        return (folder / "e.zip").read_bytes()
    finally:
        shutil.rmtree(folder)


def lying_zip():
    """Says 10 bytes and holds 60 MB."""
    honest = zip_of({"zeros": MANY_ZEROS}, zipfile.ZIP_DEFLATED)
    return honest.replace(len(MANY_ZEROS).to_bytes(4, "little"), (10).to_bytes(4, "little"))


def through_a_link():
    """A link to a folder outside, then a file through it."""
    link = tar_entry("way", type=tarfile.SYMTYPE, linkname="/tmp")
    return link[:512] + tar_of({"way/planted": b"x"}, "w:")


HOSTILE = {
    "no archive at all": ("a.zip", b"hello, world\n" * 100, 422, "archive_unsupported"),
    "random bytes": ("a.tar.gz", os.urandom(10_000), 422, "archive_unsupported"),
    "a zip cut in half": ("a.zip", zip_of({"a": os.urandom(10_000)})[:5_000], 422, "archive_corrupt"),
    "a zip with a wrong bit": ("a.zip", zip_of({"a": b"x" * 1000}).replace(b"x" * 1000, b"x" * 999 + b"y"), 422, "archive_corrupt"),
    "a tar.gz cut in half": ("a.tar.gz", tar_of({"a": os.urandom(10_000)})[:5_000], 422, "archive_corrupt"),
    "a zip that climbs": ("a.zip", zip_of({"../../planted": "x"}), 422, "archive_escapes"),
    "a zip that climbs later": ("a.zip", zip_of({"good": "x", "sub/../../../planted": "x"}), 422, "archive_escapes"),
    "a zip with an absolute path": ("a.zip", zip_of({"/tmp/planted": "x"}), 422, "archive_escapes"),
    "a tar that climbs": ("a.tar", tar_of({"../planted": b"x"}, "w:"), 422, "archive_escapes"),
    "a tar with an absolute path": ("a.tar", tar_of({"/tmp/planted": b"x"}, "w:"), 422, "archive_escapes"),
    "a zip with a link out": ("a.zip", zip_link("link", "/etc/passwd"), 422, "archive_escapes"),
    "a zip with a link up": ("a.zip", zip_link("sub/link", "../../x"), 422, "archive_escapes"),
    "a tar with a link out": ("a.tar", tar_entry("link", type=tarfile.SYMTYPE, linkname="../../etc"), 422, "archive_escapes"),
    "a tar with a hard link out": ("a.tar", tar_entry("link", type=tarfile.LNKTYPE, linkname="/etc/passwd"), 422, "archive_escapes"),
    "a file through a link out": ("a.tar", through_a_link(), 422, "archive_escapes"),
    "a device": ("a.tar", tar_entry("null", type=tarfile.CHRTYPE, devmajor=1, devminor=3), 422, "archive_special"),
    "a pipe": ("a.tar", tar_entry("pipe", type=tarfile.FIFOTYPE), 422, "archive_special"),
    "a zip bomb": ("a.zip", lambda: zip_of({"zeros": MANY_ZEROS}, zipfile.ZIP_DEFLATED), 413, "archive_bomb"),
    "a tar.gz bomb": ("a.tar.gz", lambda: tar_of({"zeros": MANY_ZEROS}), 413, "archive_bomb"),
    "a bomb that lies": ("a.zip", lying_zip, 413, "archive_bomb"),
    "very deep folders": ("a.zip", zip_of({"d/" * 200 + "x": "x"}), 413, "archive_limit"),
    "an encrypted zip": ("a.zip", encrypted_zip, 422, "archive_encrypted"),
    "nothing": ("a.zip", b"", 422, "empty_upload"),
}


@pytest.mark.parametrize("name, archive, status, code", HOSTILE.values(), ids=HOSTILE.keys())
def test_an_upload_is_refused_that_is(server, project, name, archive, status, code):
    archive = archive() if callable(archive) else archive
    planted = pathlib.Path("/tmp/planted")
    assert not planted.exists()
    refused(server, project, lambda client: client.put(project.dataset_path(name), archive), status, code)
    assert not planted.exists()


@pytest.mark.parametrize("name", [".hidden.zip", "a/b.zip", "x" * 200 + ".zip", "a\nb.zip", "a\\b.zip"])
def test_a_data_set_is_not_called(server, project, name):
    path = f"{project.path}/datasets/{urllib.parse.quote(name, safe='')}"
    problem = refused(server, project, lambda client: client.put(path, GOOD), 422)
    assert problem.fields() == {"name": "dataset_name"}


def test_an_upload_by_a_wrong_token_or_to_no_project_is_refused_before_its_bytes_come(server, project):
    before = state_of(server, project)
    for path, token, status in ((project.dataset_path("a.zip"), "0" * 40, 401),
                                (project.dataset_path("a.zip"), project.client.make_token("read"), 403),
                                ("/api/v2/projects/admin/none/datasets/a.zip", project.client.token, 404)):
        client = project.client.with_token(token)
        with client.connect("PUT", path, "Content-Length: 100000000", "Expect: 100-continue") as connection:
            assert connection.recv(65536).startswith(f"HTTP/1.1 {status} ".encode())
    before["tokens"] = state_of(server, project)["tokens"]
    expect_unchanged(server, project, before)


@pytest.mark.parametrize("header, piece", [("Content-Length: 1000000", b"x" * 1000), ("Transfer-Encoding: chunked", b"3e8\r\n" + b"x" * 1000 + b"\r\n")])
def test_half_an_upload_leaves_nothing(server, project, header, piece):
    before = state_of(server, project)
    incoming = server.data / "blobs/incoming"
    with project.client.connect("PUT", project.dataset_path("half.zip"), header) as connection:
        connection.sendall(piece * 100)
        until(lambda: os.listdir(incoming), what="it did not begin")
    expect_unchanged(server, project, before)
    assert project.upload("half.zip", GOOD)["state"] == "ready"


def test_a_project_goes_on_as_if_nothing_had_been(server, project):
    for name, archive, *_ in list(HOSTILE.values())[:12]:
        refused(server, project, lambda client: client.put(project.dataset_path(name), archive), 422)
    assert project.upload("a.zip", GOOD)["files"][0]["entries"] == 1
    assert project.run_well("print(open('/dataset/a.txt').read(), end='')", datasets=["a.zip"]).log() == b"hello\n"


# ---- a small disk ----


def test_an_archive_that_does_not_fit_the_disk_once_unpacked_is_refused(tmp_path):
    # 512 MB stay free for the database, logs and results: of 600 MB, 120 more are too much.
    archive = zip_of({"noise": os.urandom(2 << 20), "zeros": b"\0" * (120 << 20)}, zipfile.ZIP_DEFLATED)
    with server_on_a_disk_of("600m", tmp_path / "disk") as server:
        project = Project.make(server.client())
        refused(server, project, lambda client: client.put(project.dataset_path("a.zip"), archive), 507, "disk_full")
        before = state_of(server, project)
        with project.client.connect("PUT", project.dataset_path("b.zip"), "Content-Length: 5000000000", "Expect: 100-continue") as connection:
            assert connection.recv(65536).startswith(b"HTTP/1.1 507 ")
        expect_unchanged(server, project, before)
        assert project.upload("good.zip", GOOD)["state"] == "ready"


FILLED = """
import os, time
def wait_while(there):
    while os.path.exists("/model/full") != there:
        time.sleep(0.02)  # the script's own
print("before")
wait_while(True)
print("x" * 100_000)
wait_while(False)
print("after")
"""


def test_a_full_disk_ends_no_task_and_no_server_and_all_goes_on_once_there_is_room(tmp_path):
    with server_on_a_disk_of("64m", tmp_path / "disk") as server:
        project = Project.make(server.client())
        task = project.start(FILLED)
        task.wait_log("before")
        folder = server.task_folder(task.id)
        (folder / "output/full").touch()
        filler = fill_the_disk(server.data.parent)
        body = project.request(name="while-full")
        taken = submit_while_full(project, body)
        filler.unlink()
        (folder / "output/full").unlink()
        assert task.wait_end()["state"] == "SUCCEEDED"
        lines = task.log().decode().splitlines()
        # What did not fit is missing, and the log says so.
        assert (lines[0], lines[-1]) == ("before", "after")
        assert "x" * 100_000 in lines or any("the disk was full" in line for line in lines)
        assert project.run_well("print('all is well')").log() == b"all is well\n"
        assert [row["name"] for row in project.tasks() if row["name"] == "while-full"] == ["while-full"] * taken


def fill_the_disk(folder):
    filler = folder / "filler"
    with open(filler, "wb", buffering=0) as file:
        for piece in (1 << 20, 4096):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * piece)
    return filler


def submit_while_full(project, body):
    """Refused, or acknowledged and then really there."""
    try:
        project.client.post(f"{project.path}/tasks", body)
        return True
    except Problem as problem:
        assert problem.status in (503, 507) and problem.code, problem
        return False
