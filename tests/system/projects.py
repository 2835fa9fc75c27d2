"""Projects and tasks as a test speaks of them. Waiting is by the server's own events, never by sleeping."""

import base64
import itertools
import json
import socket
import time
import urllib.parse

from api_client import problem_of  # noqa: F401 (for the tests)
from traces import until

FINAL = {"SUCCEEDED", "FAILED", "STOPPED", "CREATED_FAILED"}
_numbers = itertools.count(1)


class Project:
    def __init__(self, client, name, owner="admin"):
        self.client, self.name = client, name
        self.path = f"/api/v2/projects/{owner}/{name}"

    @classmethod
    def make(cls, client, name=None, **fields):
        name = name or f"demo-{next(_numbers)}"
        made = client.post("/api/v2/projects", {"name": name, **fields})
        return cls(client, name, made["owner"])

    def push(self, files, branch="main"):
        """Writes files (text, or bytes) as one commit; gives its id."""
        changes = [{"path": path, **({"content": content} if isinstance(content, str) else
                                     {"content_base64": base64.b64encode(content).decode()})}
                   for path, content in files.items()]
        return self.client.post(f"{self.path}/commits", {"branch": branch, "message": "test", "files": changes})["commit"]

    def dataset_path(self, name):
        return f"{self.path}/datasets/{urllib.parse.quote(name)}"

    def upload(self, name, archive):
        """Sends an archive and waits until it is unpacked; gives the data set as the server has it."""
        dataset = self.client.put(self.dataset_path(name), archive)

        def settled():
            now = self.client.get(self.dataset_path(name))
            return now if now["state"] not in ("waiting", "unpacking") else None
        return dataset if dataset["state"] == "ready" else until(settled, 60)

    def datasets(self):
        return self.client.get(f"{self.path}/datasets")["items"]

    def tasks(self, **query):
        return [row["task"] for row in self.client.get(f"{self.path}/tasks", **query)["items"]]

    def request(self, **fields):
        return {"name": f"task-{next(_numbers)}", "boot_file": "train.py", "spec": "cpu-1", **fields}

    def submit(self, **fields):
        return Task(self.client, self.client.post(f"{self.path}/tasks", self.request(**fields))["id"])

    def start(self, script, **fields):
        """Pushes `script` as train.py and submits it."""
        self.push({"train.py": script})
        return self.submit(**fields)

    def run(self, script, **fields):
        """Pushes `script` as train.py, runs it to its end, gives the task."""
        task = self.start(script, **fields)
        task.wait_end()
        return task

    def run_well(self, script, **fields):
        """As run(), and it succeeds."""
        task = self.run(script, **fields)
        assert task.state == "SUCCEEDED", f"{task.show()}\n{task.log().decode(errors='replace')}"
        return task


class Task:
    def __init__(self, client, id):
        self.client, self.id = client, id
        self.path = f"/api/v2/tasks/{id}"

    def show(self):
        return self.client.get(self.path)

    @property
    def state(self):
        return self.show()["state"]

    def explain(self):
        return self.client.get(f"{self.path}/explain")

    def stop(self):
        return self.client.post(f"{self.path}/stop")

    def delete(self):
        return self.client.delete(self.path)

    def log(self):
        return self.client.call("GET", f"{self.path}/log/raw").raw

    def output(self, name):
        return self.client.call("GET", f"{self.path}/output/{urllib.parse.quote(name)}").raw

    def outputs(self, folder=""):
        """Paths of the results, a directory's with a slash at its end."""
        entries = self.client.get(f"{self.path}/output", path=folder)["entries"]
        return [entry["path"] + "/" * entry["dir"] for entry in entries]

    def events(self, seconds=60, offset=0):
        """(type, id, data) as the log stream tells them, until its end."""
        headers = {"Accept": "text/event-stream", "Last-Event-ID": str(offset)}
        deadline = time.monotonic() + seconds
        with self.client.open("GET", f"{self.path}/log/stream", headers=headers, timeout=seconds) as stream:
            event = {}
            while True:
                assert time.monotonic() < deadline, f"task {self.id} said nothing more for {seconds} s: {self.show()}"
                try:
                    line = stream.readline()
                except (TimeoutError, socket.timeout):
                    raise AssertionError(f"nothing in {seconds} s; the task is {self.show()}") from None
                if not line:
                    return
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    event[name] = value
                elif "data" in event:
                    yield event.get("event", "message"), event.get("id"), json.loads(event["data"])
                    event = {}

    def wait_for(self, *states, seconds=60):
        """Until the task is in one of the states; fails at once where it ended in another."""
        for kind, _, data in self.events(seconds):
            if kind == "state" and data["state"] in states:
                return data
            if kind == "state" and data["state"] in FINAL:
                raise AssertionError(f"waited for {states}: {data}\n{self.log()!r}")
        raise AssertionError(f"the stream ended without {states}: {self.show()}")

    def wait_end(self, seconds=60):
        return self.wait_for(*FINAL, seconds=seconds)

    def wait_log(self, text, seconds=60):
        """Until the log holds `text`; gives what it held then."""
        seen = ""
        for kind, _, data in self.events(seconds):
            if kind == "log":
                seen += data["text"]
                if text in seen:
                    return seen
        raise AssertionError(f"the log never said {text!r}: {seen!r}, {self.show()}")
