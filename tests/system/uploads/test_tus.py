"""Uploads that go on after whatever happened to them, by the real tus-js-client and by hand."""

import base64
import hashlib
import http.client
import os

import pytest

from accounts import change, make_person
from api_client import problem_of
from archives import tar_of, zip_of
from projects import Project
from relay import Relay
from running_server import serving
from small_disk import server_on_a_disk_of
from traces import until
from tus import (APPEND, UPLOADS, TusClient, append, archive_of, begin, blob_of, encoded, expect_arrived, offset_of,
                 sha256_of, status_of, tus)

MIB = 1 << 20


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    return archive_of(24 * MIB, tmp_path_factory.mktemp("big"))


@pytest.fixture
def relay(server):
    relay = Relay(server)
    yield relay
    relay.close()


# ---- the browser's client ----


def test_an_upload_arrives(server, project, big):
    TusClient(server.address, project, big).succeed()
    expect_arrived(server, project, big)


def test_it_arrives_in_chunks_and_with_its_first_bytes_in_the_creation(server, project, tmp_path):
    file = archive_of(5 * MIB, tmp_path)
    TusClient(server.address, project, file, chunk=MIB, withBytes=True).succeed()
    expect_arrived(server, project, file)


def test_it_pauses_and_goes_on(server, project, relay, tmp_path):
    file = archive_of(20 * MIB, tmp_path)
    client = TusClient(relay.address, project, file, pauseAt=6 * MIB, chunk=2 * MIB)
    client.wait_for("paused")
    carried = relay.carried
    client.go_on()
    client.succeed()
    expect_arrived(server, project, file)
    assert relay.carried - carried < 20 * MIB  # not from the beginning


def test_it_goes_on_where_a_closed_browser_left_it(server, project, relay, tmp_path):
    file = archive_of(20 * MIB, tmp_path)
    relay.hold_after(12 * MIB)
    client = TusClient(relay.address, project, file, store=str(tmp_path / "store"))
    relay.wait_held()
    client.close()
    relay.release()
    [upload] = [item for item in project.client.get(UPLOADS)["items"] if item["state"] == "open"]
    assert (upload["project"], upload["file"]) == (f"admin/{project.name}", "big.tar")
    until(lambda: project.client.get(f"{UPLOADS}/{upload['id']}")["offset"] > 8 * MIB, what="its bytes did not stay")
    before = relay.carried
    again = TusClient(relay.address, project, file, store=str(tmp_path / "store"))
    assert again.wait_for("before") == {"before": 1}
    again.succeed()
    expect_arrived(server, project, file)
    assert relay.carried - before < 14 * MIB


def test_it_goes_on_after_the_connection_was_cut(server, project, relay, tmp_path):
    file = archive_of(20 * MIB, tmp_path)
    relay.hold_after(10 * MIB)
    client = TusClient(relay.address, project, file)
    relay.wait_held()
    relay.release()
    relay.cut()
    client.succeed()
    expect_arrived(server, project, file)
    assert relay.carried < 32 * MIB


def test_it_goes_on_after_the_server_was_killed_and_started_again(own_server, own_project, tmp_path):
    file = archive_of(20 * MIB, tmp_path)
    relay = Relay(own_server)
    relay.hold_after(12 * MIB)
    client = TusClient(relay.address, own_project, file)
    url = client.wait_for("url")["url"]
    relay.wait_held()
    path = url.removeprefix(relay.address)
    until(lambda: own_project.client.get(path)["offset"] > 8 * MIB, what="the bytes did not come")
    own_server.kill9()
    relay.cut()
    written = (own_server.data / "blobs/unfinished" / path.rpartition("/")[2]).stat().st_size
    own_server.start()
    assert own_project.client.get(path)["offset"] == written > 8 * MIB
    relay.release()
    client.succeed()
    expect_arrived(own_server, own_project, file)
    assert relay.carried < 26 * MIB
    relay.close()


def test_four_parts_arrive_in_parallel(server, project, big):
    TusClient(server.address, project, big, parallel=4, metadata={"filename": "four.tar"}).succeed()
    expect_arrived(server, project, big, "four.tar")


def test_four_parts_of_another_file_arrive_though_the_connections_are_cut(server, project, relay, tmp_path):
    file = archive_of(20 * MIB, tmp_path)
    relay.hold_after(10 * MIB)
    client = TusClient(relay.address, project, file, parallel=4)
    relay.wait_held()
    relay.release()
    relay.cut()
    client.succeed()
    expect_arrived(server, project, file)


def test_a_broken_archive_is_told_at_its_end_and_nothing_stays(server, project, tmp_path):
    file = tmp_path / "broken.tar"
    file.write_bytes(os.urandom(3 * MIB))
    failure = TusClient(server.address, project, file).fail()
    assert failure["status"] == 422 and '"archive_unsupported"' in failure["body"]
    assert project.datasets() == [] and not blob_of(server, file).exists()
    [upload] = [row for row in project.client.get(UPLOADS)["items"] if row["project"] == f"admin/{project.name}"]
    assert (upload["state"], upload["offset"]) == ("failed", 0) and upload["failure"]
    assert upload["id"] not in os.listdir(server.data / "blobs/unfinished")


def test_several_files_make_one_data_set_and_a_plain_one_is_left_as_it_is(server, project, tmp_path):
    plain = tmp_path / "labels.csv"
    plain.write_bytes(os.urandom(2 * MIB))
    TusClient(server.address, project, archive_of(3 * MIB, tmp_path), metadata={"dataset": "faces"}).succeed()
    TusClient(server.address, project, plain, metadata={"dataset": "faces"}).succeed()
    files = {file["name"]: file for file in project.client.get(project.dataset_path("faces"))["files"]}
    assert {name: (file["kind"], file["state"]) for name, file in files.items()} == {
        "big.tar": ("archive", "ready"), "labels.csv": ("plain", "ready")}
    assert blob_of(server, plain).read_bytes() == plain.read_bytes()


def test_a_file_of_a_model_arrives(server, project, tmp_path):
    project.client.post(f"{project.path}/models", {"name": "lenet"})
    weights = tmp_path / "lenet.pth"
    weights.write_bytes(os.urandom(3 * MIB))
    TusClient(server.address, project, weights, metadata={"model": "lenet", "filename": "weights/lenet.pth"}).succeed()
    version = project.client.get(f"{project.path}/models/lenet/versions/V0001")
    assert [(file["path"], file["size"], file["sha256"]) for file in version["files"]] == [
        ("weights/lenet.pth", 3 * MIB, sha256_of(weights))]


# ---- by hand: the protocol's rules ----

GOOD = tar_of({"a.txt": b"hello\n" * 1000}, "w:")


def test_what_is_spoken_is_told_to_anybody(client):
    answer = client.signed_out().call("OPTIONS", UPLOADS)
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {
        "creation", "creation-with-upload", "termination", "checksum", "expiration", "concatenation"}
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


def test_an_offset_that_is_not_where_it_ends_is_refused(project):
    path = begin(project, len(GOOD))
    append(project.client, path, 0, GOOD[:100])
    for wrong in (0, 99, 101, len(GOOD)):
        assert problem_of(append, project.client, path, wrong, b"x").code == "upload_offset"
    assert offset_of(project.client, path) == 100


def test_more_bytes_than_announced_are_refused(project):
    path = begin(project, 1000)
    assert problem_of(append, project.client, path, 0, b"x" * 1001).status == 413
    with project.client.connect("PATCH", path, "Tus-Resumable: 1.0.0", f"Content-Type: {APPEND}", "Upload-Offset: 0",
                                "Transfer-Encoding: chunked") as connection:
        connection.sendall(b"7d0\r\n" + b"x" * 2000 + b"\r\n0\r\n\r\n")
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status == 413
    assert offset_of(project.client, path) <= 1000


def test_a_wrong_type_or_version_is_refused_as_the_protocol_says(project):
    path = begin(project, 1000)
    problem = problem_of(append, project.client, path, 0, b"x", Content_Type="application/octet-stream")
    assert (problem.status, problem.code) == (415, "upload_type")
    problem = problem_of(append, project.client, path, 0, b"x", Tus_Resumable="0.2.2")
    assert (problem.status, problem.headers["Tus-Version"]) == (412, "1.0.0")
    assert problem.headers["Tus-Resumable"] == "1.0.0"


@pytest.mark.parametrize("kind, digest", [("sha1", hashlib.sha1), ("sha256", hashlib.sha256)])
def test_a_checksum_is_compared_and_wrong_bytes_are_dropped(server, project, kind, digest):
    def checksum(body):
        return f"{kind} {base64.b64encode(digest(body).digest()).decode()}"
    path = begin(project, len(GOOD), f"{kind}.tar")
    append(project.client, path, 0, GOOD[:500], Upload_Checksum=checksum(GOOD[:500]))
    problem = problem_of(append, project.client, path, 500, GOOD[500:], Upload_Checksum=checksum(b"others"))
    assert (problem.status, problem.code) == (460, "upload_checksum")
    assert offset_of(project.client, path) == 500
    for wrong in ("md5 AAAA", f"{kind} AAAA", f"{kind} ***", kind, "", "x" * 300):
        if wrong:
            assert problem_of(append, project.client, path, 500, GOOD[500:], Upload_Checksum=wrong).status == 400
    append(project.client, path, 500, GOOD[500:], Upload_Checksum=checksum(GOOD[500:]))
    assert project.client.get(project.dataset_path(f"{kind}.tar"))["state"] == "ready"


def test_bytes_to_be_verified_do_not_outlive_a_server_that_was_killed(own_server, own_project):
    client = own_project.client
    path = begin(own_project, 10 * MIB)
    append(client, path, 0, b"a" * 1000)
    connection = client.connect("PATCH", path, "Tus-Resumable: 1.0.0", f"Content-Type: {APPEND}", "Upload-Offset: 1000",
                                f"Upload-Checksum: sha1 {base64.b64encode(b'x' * 20).decode()}", f"Content-Length: {5 * MIB}")
    connection.sendall(b"b" * MIB)
    file = own_server.data / "blobs/unfinished" / path.rpartition("/")[2]
    until(lambda: file.stat().st_size > MIB // 2, what="the bytes did not come")
    own_server.restart()
    connection.close()
    assert client.get(path)["offset"] == 1000
    assert offset_of(client, path) == 1000 == file.stat().st_size


def test_an_upload_that_is_given_up_is_gone(server, project):
    path = begin(project, 1000)
    append(project.client, path, 0, b"x" * 100)
    assert tus(project.client, "DELETE", path).status == 204
    assert status_of(tus, project.client, "HEAD", path) == 404
    assert not (server.data / "blobs/unfinished" / path.rpartition("/")[2]).exists()


def test_whoever_asks_for_the_offset_shuts_out_a_connection_that_is_still_there(project):
    client = project.client
    path = begin(project, 1000)
    with client.connect("PATCH", path, "Tus-Resumable: 1.0.0", f"Content-Type: {APPEND}", "Upload-Offset: 0", "Content-Length: 1000") as stale:
        stale.sendall(b"a" * 100)
        until(lambda: client.get(path)["offset"] == 100, what="the bytes did not come")
        assert offset_of(client, path) == 100
        stale.sendall(b"b" * 100)
        answer = http.client.HTTPResponse(stale)
        answer.begin()
        assert answer.status == 409
    assert offset_of(client, path) == 100


def test_who_did_not_begin_an_upload_does_not_see_it(server, project):
    other = make_person(server)
    path = begin(project, 1000)
    for client in (other, other.signed_out()):
        wanted = 404 if client.token else 401
        assert status_of(tus, client, "HEAD", path) == wanted
        assert status_of(append, client, path, 0, b"x") == wanted
        assert status_of(tus, client, "DELETE", path) == wanted
        assert status_of(tus, client, "GET", path) == wanted
    assert other.get(UPLOADS)["items"] == []
    assert offset_of(project.client, path) == 0


def test_who_may_not_write_to_a_project_uploads_nothing_into_it(server, project):
    other = make_person(server)
    problem = problem_of(begin, project, 1000, client=other)
    assert (problem.status, problem.code) == (403, "not_allowed")
    server.client().call("PUT", f"{project.path}/members/{other.name}", {"role": "writer"})
    path = begin(project, len(GOOD), client=other)
    server.client().call("PUT", f"{project.path}/members/{other.name}", {"role": "reader"})
    assert problem_of(append, other, path, 0, GOOD).status == 403  # at the end once more
    assert project.datasets() == []


@pytest.mark.parametrize("length", ["", "-1", "+5", " 5 x", "1e9", "0x10", "18446744073709551616", "99999999999999999999999", "1.5", "١"])
def test_a_length_that_is_none_is_refused(project, length):
    metadata = encoded({"project": f"admin/{project.name}", "filename": "a.zip"})
    with project.client.connect("POST", UPLOADS, "Tus-Resumable: 1.0.0", f"Upload-Length: {length}".encode("utf-8").decode("latin-1"),
                                f"Upload-Metadata: {metadata}", "Content-Length: 0") as connection:
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert answer.status == 400


@pytest.mark.parametrize("length", [(16 << 40) + 1, 2**63, 2**64 - 1])
def test_a_length_beyond_all_disks_is_refused(project, length):
    assert problem_of(begin, project, length).status in (413, 507)


def test_an_upload_of_nothing_is_refused(project):
    assert problem_of(begin, project, 0).code == "empty_upload"


@pytest.mark.parametrize("name", ["../../planted.zip", "a/../b.zip", "/tmp/planted.zip", "a\nb.zip", "a\\b.zip", "x" * 300 + ".zip", ".zip", ".."])
def test_a_hostile_name_is_refused(project, name):
    problem = problem_of(begin, project, 1000, name)
    assert problem.status == 422, problem


@pytest.mark.parametrize("metadata", ["project", "project !!!", "project YQ==,project Yg==", ",", " YQ==", "project YQ", "project /w==", "project YQBi", "a b c"])
def test_metadata_that_are_none_are_refused(project, metadata):
    problem = problem_of(tus, project.client, "POST", UPLOADS, b"", Upload_Length=10, Upload_Metadata=metadata)
    assert problem.status in (400, 404), problem


@pytest.mark.parametrize("concat", ["final", "final;", "partially", "final;/etc/passwd", "final;/api/v2/uploads/../../etc/passwd",
                                    "final;http://other/x", "final;/api/v2/uploads/" + "0" * 32])
def test_parts_that_are_none_are_refused(project, concat):
    metadata = encoded({"project": f"admin/{project.name}", "filename": "a.zip"})
    problem = problem_of(tus, project.client, "POST", UPLOADS, b"", Upload_Metadata=metadata, Upload_Concat=concat)
    assert problem.status in (400, 404), problem


def test_parts_that_have_not_wholly_arrived_are_not_joined(project):
    parts = [begin(project, 1000, metadata={}, Upload_Concat="partial") for _ in range(2)]
    append(project.client, parts[0], 0, b"x" * 1000)
    metadata = encoded({"project": f"admin/{project.name}", "filename": "a.zip"})
    problem = problem_of(tus, project.client, "POST", UPLOADS, b"", Upload_Metadata=metadata, Upload_Concat="final;" + " ".join(parts))
    assert (problem.status, problem.code) == (409, "part_unfinished")
    assert offset_of(project.client, parts[0]) == 1000


def test_the_same_file_by_two_at_once_arrives_once(server, project, tmp_path):
    file = archive_of(8 * MIB, tmp_path)
    clients = [TusClient(server.address, project, file, metadata={"filename": name}) for name in ("one.tar", "two.tar", "one.tar")]
    for client in clients:
        client.succeed()
    expect_arrived(server, project, file, "one.tar")
    expect_arrived(server, project, file, "two.tar")
    assert len(project.datasets()) == 2


def test_known_content_is_taken_without_its_bytes_by_who_may_read_it_and_by_nobody_else(server, project):
    body = zip_of({"secret.txt": os.urandom(5000)})
    digest = hashlib.sha256(body).hexdigest()
    for private in (True, False):  # a public project, too, shows strangers its public data sets alone
        Project.make(project.client, private=private).upload("hidden.zip", body)

    def told(client, owner, name):
        metadata = {"project": f"{owner}/{name}", "filename": "mine.zip", "sha256": digest}
        answer = tus(client, "POST", UPLOADS, b"", Upload_Length=len(body), Upload_Metadata=encoded(metadata))
        return int(answer.headers["Upload-Offset"]), answer.headers["Location"]
    other = make_person(server)
    other.post("/api/v2/projects", {"name": "own"})
    offset, path = told(other, other.name, "own")
    assert offset == 0  # as for bytes that nobody has
    append(other, path, 0, body)
    assert other.get(f"/api/v2/projects/{other.name}/own/datasets/mine.zip")["files"][0]["sha256"] == digest
    stranger = make_person(server)
    stranger.post("/api/v2/projects", {"name": "own"})
    assert told(stranger, stranger.name, "own")[0] == 0
    other.call("PATCH", f"/api/v2/projects/{other.name}/own/datasets/mine.zip", {"public": True})
    assert told(stranger, stranger.name, "own")[0] == len(body)
    offset, path = told(project.client, "admin", project.name)
    assert offset == len(body) == offset_of(project.client, path)
    assert project.client.get(project.dataset_path("mine.zip"))["state"] == "ready"


def test_bytes_that_are_not_what_was_promised_are_refused(server, project):
    metadata = {"project": f"admin/{project.name}", "filename": "a.tar", "sha256": "0" * 64}
    path = begin(project, len(GOOD), metadata=metadata)
    problem = problem_of(append, project.client, path, 0, GOOD)
    assert (problem.status, problem.code) == (422, "content_differs")
    assert project.datasets() == [] and project.client.get(path)["state"] == "failed"


def test_an_end_that_another_server_did_not_get_to_is_made_up_for(own_server, own_project):
    path = begin(own_project, len(GOOD))
    append(own_project.client, path, 0, GOOD[:-10])
    own_server.kill9()
    with open(own_server.data / "blobs/unfinished" / path.rpartition("/")[2], "ab") as file:
        file.write(GOOD[-10:])  # the last bytes came, and then the power went
    own_server.start()
    assert offset_of(own_project.client, path) == len(GOOD)
    assert own_project.client.get(own_project.dataset_path("a.tar"))["state"] == "ready"
    assert offset_of(own_project.client, path) == len(GOOD)


def test_a_name_that_was_taken_meanwhile_is_told_and_can_be_freed(project):
    path = begin(project, len(GOOD))
    project.upload("a.tar", tar_of({"other.txt": b"x"}, "w:"))
    assert problem_of(append, project.client, path, 0, GOOD).code == "dataset_name_in_use"
    assert project.client.get(path)["offset"] == len(GOOD)
    project.client.delete(project.dataset_path("a.tar"))
    assert offset_of(project.client, path) == len(GOOD)
    assert project.client.get(project.dataset_path("a.tar"))["state"] == "ready"


def test_an_unfinished_upload_expires_and_frees_its_space(tmp_path):
    with serving(tmp_path, "--upload-expiry", "1") as server:
        project = Project.make(server.client())
        path = begin(project, 10 * MIB)
        append(project.client, path, 0, b"x" * MIB)
        folder = server.data / "blobs/unfinished"
        until(lambda: not os.listdir(folder), 10, "it did not go")
        assert status_of(tus, project.client, "HEAD", path) == 404
        assert project.client.get(UPLOADS)["items"] == []


# ---- room ----


def stored_by(person):
    return person.get("/api/v2/me/quota")["usage"]["storage_bytes"]


def test_an_upload_counts_against_the_owners_quota_from_its_creation(server):
    person = make_person(server)
    person.post("/api/v2/projects", {"name": "own"})
    project = Project(person, "own")
    project.path = f"/api/v2/projects/{person.name}/own"
    metadata = {"project": f"{person.name}/own", "filename": "a.tar"}
    used = stored_by(person)
    change(server, person, quota={"storage_bytes": used + 10 * MIB})
    problem = problem_of(begin, project, 11 * MIB, metadata=metadata)
    assert (problem.status, problem.code) == (507, "quota_storage")
    path = begin(project, 6 * MIB, metadata=metadata)
    assert stored_by(person) >= used + 6 * MIB
    assert problem_of(begin, project, 6 * MIB, metadata=metadata).code == "quota_storage"
    assert problem_of(begin, project, 6 * MIB, metadata={}, Upload_Concat="partial").code == "quota_storage"
    assert problem_of(person.put, f"{project.path}/datasets/b.tar", b"x" * 5 * MIB).code == "quota_storage"
    tus(person, "DELETE", path)
    begin(project, 6 * MIB, metadata=metadata)


def test_parts_are_not_charged_twice_where_they_are_joined(server):
    person = make_person(server)
    person.post("/api/v2/projects", {"name": "own"})
    project = Project(person, "own")
    body = tar_of({"noise": os.urandom(6 * MIB)}, "w:")
    change(server, person, quota={"storage_bytes": stored_by(person) + 10 * MIB})
    half = len(body) // 2
    parts = []
    for piece in (body[:half], body[half:]):
        parts.append(begin(project, len(piece), metadata={}, Upload_Concat="partial"))
        append(person, parts[-1], 0, piece)
    metadata = encoded({"project": f"{person.name}/own", "filename": "a.tar"})
    tus(person, "POST", UPLOADS, b"", Upload_Metadata=metadata, Upload_Concat="final;" + " ".join(parts))
    assert person.get(f"/api/v2/projects/{person.name}/own/datasets/a.tar")["state"] == "ready"
    assert status_of(tus, person, "HEAD", parts[0]) == 404


def test_one_person_begins_no_more_than_so_many_uploads(server):
    person = make_person(server)
    project = Project(person, "none")
    for _ in range(200):
        begin(project, 1, metadata={}, Upload_Concat="partial")
    assert problem_of(begin, project, 1, metadata={}, Upload_Concat="partial").code == "uploads_too_many"


def test_a_full_disk_stops_the_upload_alone_and_it_goes_on_once_there_is_room(tmp_path):
    # 256 MiB stay free for everything else, and 256 more when an archive is unpacked.
    with server_on_a_disk_of("640m", tmp_path / "disk") as server:
        project = Project.make(server.client())
        assert problem_of(begin, project, 400 * MIB).code == "disk_full"
        task = project.start("print('before')")
        body = tar_of({"noise": os.urandom(20 * MIB)}, "w:")
        path = begin(project, len(body))
        append(project.client, path, 0, body[:8 * MIB])
        filler = server.data.parent / "filler"
        filler.write_bytes(b"x" * (372 * MIB))
        problem = problem_of(append, project.client, path, 8 * MIB, body[8 * MIB:])
        assert (problem.status, problem.code) == (507, "disk_full")
        task.wait_log("before")  # nothing else suffers
        project.push({"other.py": "print(1)"})
        filler.unlink()
        offset = offset_of(project.client, path)
        assert 8 * MIB <= offset < len(body)
        append(project.client, path, offset, body[offset:])
        assert project.client.get(project.dataset_path("a.tar"))["files"][0]["sha256"] == hashlib.sha256(body).hexdigest()
