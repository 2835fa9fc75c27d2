"""One task's way through every room, as a person goes it."""

import datetime
import io
import json
import zipfile

from api_client import Problem
from archives import tar_of, zip_of
from projects import problem_of
from traces import until


def test_the_server_answers_and_knows_its_administrator(client):
    assert client.call("GET", "/healthz").json["status"] == "ok"
    me = client.get("/api/v2/me")
    assert (me["name"], me["admin"]) == ("admin", True)
    assert problem_of(client.signed_out().get, "/api/v2/me").status == 401


def test_a_project_is_made_filled_and_read_back(client, project):
    commit = project.push({"train.py": "print(1)\n", "data/旧 name.txt": "你好", "raw.bin": bytes(range(256))})
    assert client.get("/api/v2/projects")["items"][0]["name"] == project.name
    shown = client.get(project.path)
    assert (shown["owner"], shown["clone_path"]) == ("admin", f"/admin/{project.name}.git")
    (branch,) = client.get(f"{project.path}/branches")["items"]
    assert (branch["name"], branch["commit"], branch["author"], branch["default"]) == ("main", commit, "admin", True)
    tree = {entry["path"]: entry["dir"] for entry in client.get(f"{project.path}/tree/main/")["items"]}
    assert tree == {"train.py": False, "data": True, "raw.bin": False}
    assert client.call("GET", f"{project.path}/raw/{commit}/raw.bin").raw == bytes(range(256))


def test_a_script_reads_its_data_and_writes_its_model(project):
    project.upload("numbers.zip", zip_of({"train/a.txt": "40\n", "test/b.txt": "2\n"}))
    script = """
import os
total = int(open("/dataset/train/a.txt").read()) + int(open("/dataset/numbers/test/b.txt").read())
os.makedirs("/model/sub")
open("/model/sub/answer.txt", "w").write(str(total))
"""
    task = project.run_well(script, datasets=["numbers.zip"])
    shown = task.show()
    assert (shown["exit_code"], shown["reason"], shown["version"], shown["creator"]) == (0, None, "V0001", "admin")
    assert shown["created_at"] <= shown["started_at"] <= shown["ended_at"]
    assert task.output("sub/answer.txt") == b"42"


def test_a_data_set_may_be_a_compressed_tar_with_a_chinese_name(project):
    dataset = project.upload("手写 数字.tar.gz", tar_of({"训练/a.txt": b"1", "b.txt": b"22"}))
    assert dataset["state"] == "ready"
    assert [(file["entries"], file["folder"], file["kind"]) for file in dataset["files"]] == [(2, "手写 数字", "archive")]
    task = project.run_well("print(open('/dataset/训练/a.txt').read() + open('/dataset/手写 数字/b.txt').read())",
                            datasets=["手写 数字.tar.gz"])
    assert task.log() == b"122\n"


def test_the_same_archive_again_changes_nothing_and_another_under_its_name_is_refused(project):
    archive = zip_of({"a": "1"})
    first = project.upload("a.zip", archive)
    again = project.client.call("PUT", project.dataset_path("a.zip"), archive)
    assert (again.status, again.json) == (200, first)
    assert problem_of(project.upload, "a.zip", zip_of({"a": "2"})).status == 409
    assert project.datasets() == [first]


def test_the_log_is_what_the_script_wrote_byte_for_byte(project):
    script = r"""
import os, sys
for number in range(2000):
    os.write(1, b"out %d \xff\x00\xfe\r\n" % number)
    os.write(2, b"err \xe4\xbd %d\n" % number)
os.write(1, bytes(range(256)) * 512)
os.write(2, b"no end of line")
"""
    written = b"".join(b"out %d \xff\x00\xfe\r\nerr \xe4\xbd %d\n" % (number, number) for number in range(2000))
    written += bytes(range(256)) * 512 + b"no end of line"
    task = project.run_well(script)
    assert task.log() == written
    part = project.client.call("GET", f"{task.path}/log/raw", headers={"Range": "bytes=5-99"})
    assert (part.status, part.raw) == (206, written[5:100])


def test_results_are_listed_and_fetched_while_the_script_runs(project):
    script = """
import os, sys, time
os.makedirs("/model/epoch 1/深")
open("/model/epoch 1/深/weights.bin", "wb").write(bytes(range(256)) * 4096)
open("/model/empty", "w")
print("written")
while not os.path.exists("/model/go-on"):
    time.sleep(0.05)  # the script's own
"""
    task = project.start(script)
    try:
        task.wait_log("written")
        assert task.outputs() == ["empty", "epoch 1/"]
        assert task.outputs("epoch 1/深") == ["epoch 1/深/weights.bin"]
        assert task.output("epoch 1/深/weights.bin") == bytes(range(256)) * 4096
        assert_part_and_zip(task)
        assert task.state == "RUNNING"
    finally:
        task.stop()
    assert task.wait_end()["state"] == "STOPPED"
    assert task.output("empty") == b""


def assert_part_and_zip(task):
    """A range of one file, and everything as a zip that is streamed (no length is known beforehand)."""
    path = f"{task.path}/output/epoch%201/%E6%B7%B1/weights.bin"
    part = task.client.call("GET", path, headers={"Range": "bytes=1048570-"})
    assert (part.status, part.raw) == (206, bytes(range(250, 256)))
    assert part.headers["Content-Range"] == "bytes 1048570-1048575/1048576"
    assert problem_of(task.client.call, "GET", path, headers={"Range": "bytes=9999999-"}).status == 416
    answer = task.client.call("GET", f"{task.path}/output.zip")
    assert answer.headers["Content-Length"] is None and "attachment" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.raw)) as archive:
        assert archive.testzip() is None
        files = {name.split("/", 1)[1]: name for name in archive.namelist() if not name.endswith("/")}
        assert set(files) == {"empty", "epoch 1/深/weights.bin"}
        assert archive.read(files["epoch 1/深/weights.bin"]) == bytes(range(256)) * 4096


def test_a_script_that_fails_says_why(project):
    shown = project.run("raise SystemExit(7)").show()
    assert (shown["state"], shown["exit_code"], shown["reason"]["code"]) == ("FAILED", 7, "exit_code")
    assert "7" in shown["reason"]["message"] and shown["reason"]["next"]


def test_the_log_goes_by_while_the_script_runs(project):
    task = project.start("import time\nprint('first')\ntime.sleep(600)")  # not ours: it is stopped
    assert "first" in task.wait_log("first")
    assert task.state == "RUNNING"
    task.stop()
    assert task.wait_end()["state"] == "STOPPED"


def test_modify_makes_the_next_version_from_newer_code(project):
    first = project.run_well("print('one')").show()
    commit = project.push({"train.py": "import sys\nprint('two', sys.argv[1:])"})
    body = project.request(name=first["name"], params=[{"name": "x", "value": "1"}])
    second = project.client.post(f"/api/v2/tasks/{first['id']}/modify", body)
    assert (first["version"], second["version"], second["parent"]) == ("V0001", "V0002", first["id"])
    assert (second["commit"], first["commit"] == commit) == (commit, False)
    assert [row["task"]["id"] for row in project.client.get(f"{project.path}/tasks")["items"]] == [second["id"]]
    assert [task["version"] for task in project.tasks(versions="all")] == ["V0002", "V0001"]
    other = project.request(name="another-name")
    assert problem_of(project.client.post, f"/api/v2/tasks/{first['id']}/modify", other).code == "name_is_fixed"


def test_the_code_is_that_of_the_submit_even_if_the_branch_moves_on(project):
    blocker = project.start("import time\ntime.sleep(600)", spec=largest_spec(project.client))  # not ours: it is stopped
    project.push({"train.py": "print('old')"})
    task = project.submit()
    project.push({"train.py": "print('new')"})
    blocker.stop()
    task.wait_end()
    assert task.log() == b"old\n"


def largest_spec(client):
    specs = [spec for spec in client.get("/api/v2/specs")["items"] if spec["compute"] == "cpu"]
    return max(specs, key=lambda spec: spec["cpus"])["name"]


def test_events_tell_the_way_in_order_in_both_languages(project):
    task = project.run_well("print(1)")
    events = project.client.get(f"{task.path}/events")["items"]
    assert [event["code"] for event in events] == ["submitted", "prepared", "started", "succeeded"]
    assert sorted(event["at"] for event in events) == [event["at"] for event in events]
    chinese = project.client.in_chinese().get(f"{task.path}/events")["items"]
    assert chinese[3]["message"] == "脚本运行成功。"


def test_usage_shows_what_a_busy_script_takes(project):
    task = project.start("held = bytearray(50 << 20)\nwhile True: pass")
    try:
        samples = until(lambda: project.client.get(f"{task.path}/usage")["samples"], 30)
        assert samples[0]["memory_bytes"] > 50 << 20 and samples[0]["processes"] >= 1
        assert 0 < samples[0]["cpus"] < 1.5
    finally:
        task.stop()
    task.wait_end()


def test_an_ended_task_is_deleted_with_its_files_and_a_running_one_is_not(server, project):
    task = project.start("import time\nprint('on', flush=True)\ntime.sleep(600)")  # not ours: it is stopped
    task.wait_log("on")
    assert problem_of(task.delete).status == 409
    task.stop()
    task.wait_end()
    assert server.task_folder(task.id).exists()
    assert task.delete() == 204
    assert problem_of(task.show).code == "task_missing"
    until(lambda: not server.task_folder(task.id).exists(), what="the folder stayed")


def test_tokens_are_shown_once_carry_scopes_and_can_be_removed(client, project):
    made = client.post("/api/v2/tokens", {"name": "for reading", "scopes": ["read"]})
    reader = client.with_token(made["token"])
    assert reader.get("/api/v2/me")["name"] == "admin"
    assert problem_of(submit_as, reader, project).code == "scope_missing"
    listed = [token for token in client.get("/api/v2/tokens")["items"] if token["id"] == made["id"]]
    assert listed[0]["scopes"] == ["read"] and made["token"] not in json.dumps(listed)
    assert client.delete(f"/api/v2/tokens/{made['id']}") == 204
    assert problem_of(reader.get, "/api/v2/me").code == "token_invalid"


def submit_as(client, project):
    project.push({"train.py": "print(1)"})
    return client.post(f"{project.path}/tasks", project.request())


def test_a_token_ends_when_it_expires(client):
    soon = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(seconds=3)
    token = client.post("/api/v2/tokens", {"name": "old", "scopes": ["read"], "expires_at": soon.strftime("%Y-%m-%dT%H:%M:%SZ")})["token"]

    def refusal():
        try:
            client.with_token(token).get("/api/v2/me")
        except Problem as problem:
            return problem.code
        return None
    assert until(refusal) == "token_invalid" and datetime.datetime.now(datetime.timezone.utc) >= soon
