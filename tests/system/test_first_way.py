"""One task's way through every room, as a person goes it."""

import io
import zipfile

from projects import problem_of


def zip_of(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_the_server_answers_and_knows_its_administrator(server):
    client = server.client()
    assert client.call("GET", "/healthz").status == 200
    assert client.get("/api/v2/me")["name"] == "admin"
    assert problem_of(client.signed_out().get, "/api/v2/me").status == 401


def test_a_script_reads_its_data_writes_its_model_and_its_log_is_byte_exact(project):
    project.upload("numbers.zip", zip_of({"train/a.txt": "40\n", "test/b.txt": "2\n"}))
    script = """
import argparse, os, sys
parser = argparse.ArgumentParser()
parser.add_argument("--greeting")
args, unknown = parser.parse_known_args()
print(args.greeting)
print("to stderr", file=sys.stderr)
total = int(open("/dataset/train/a.txt").read()) + int(open("/dataset/numbers/test/b.txt").read())
os.makedirs("/model/sub")
open("/model/sub/answer.txt", "w").write(str(total))
sys.stdout.buffer.write(b"no end of line")
"""
    greeting = "你好 \"quoted\" $(id) `x`\nsecond line"
    task = project.run(script, datasets=["numbers.zip"], params=[{"name": "greeting", "value": greeting}])
    shown = task.show()
    assert (shown["state"], shown["exit_code"], shown["reason"]) == ("SUCCEEDED", 0, None)
    log = task.log()
    assert log.startswith((greeting + "\n").encode()) and b"to stderr\n" in log and log.endswith(b"no end of line")
    assert task.output("sub/answer.txt") == b"42"


def test_a_script_that_fails_says_why(project):
    task = project.run("raise SystemExit(7)")
    shown = task.show()
    assert (shown["state"], shown["exit_code"], shown["reason"]["code"]) == ("FAILED", 7, "exit_code")


def test_the_log_goes_by_while_the_script_runs(project):
    project.push({"train.py": "import time\nprint('first', flush=True)\ntime.sleep(600)"})
    task = project.submit()
    assert "first" in task.wait_log("first")
    assert task.state == "RUNNING"
    task.stop()
    assert task.wait_end()["state"] == "STOPPED"


def test_modify_makes_the_next_version(project):
    first = project.run("print('one')").show()
    body = project.request(params=[{"name": "x", "value": "1"}])
    second = project.client.post(f"/api/v2/tasks/{first['id']}/modify", body)
    assert (first["version"], second["version"], second["parent"]) == ("V0001", "V0002", first["id"])
