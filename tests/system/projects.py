"""Projects and tasks as a test speaks of them. Waiting is by the server's own events, never by sleeping."""

import json
import socket
import time

from api_client import Problem

FINAL = {"SUCCEEDED", "FAILED", "STOPPED", "CREATED_FAILED"}


class Project:
    def __init__(self, client, name):
        self.client, self.name = client, name
        self.path = f"/api/v2/projects/admin/{name}"

    def push(self, files, branch="main"):
        changes = [{"path": path, "content": content} for path, content in files.items()]
        return self.client.post(f"{self.path}/commits", {"branch": branch, "message": "test", "files": changes})["commit"]

    def upload(self, name, archive):
        """Sends an archive and waits until it is unpacked; gives the data set as the server has it."""
        dataset = self.client.put(f"{self.path}/datasets/{name}", archive)
        deadline = time.monotonic() + 60
        while dataset["state"] in ("waiting", "unpacking"):
            assert time.monotonic() < deadline, f"still {dataset['state']}"
            time.sleep(0.02)  # there is no event of a data set
            dataset = self.client.get(f"{self.path}/datasets/{name}")
        return dataset

    def request(self, **fields):
        return {"name": "task-1", "boot_file": "train.py", "spec": "cpu-1", **fields}

    def submit(self, **fields):
        return Task(self.client, self.client.post(f"{self.path}/tasks", self.request(**fields))["id"])

    def run(self, script, **fields):
        """Pushes `script` as train.py, runs it to its end, gives the task."""
        self.push({"train.py": script})
        task = self.submit(**fields)
        task.wait_end()
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

    def stop(self):
        return self.client.post(f"{self.path}/stop")

    def log(self):
        return self.client.call("GET", f"{self.path}/log/raw").raw

    def output(self, name):
        return self.client.call("GET", f"{self.path}/output/{name}").raw

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


def problem_of(call, *arguments, **fields):
    """The Problem that a call meets; fails where it meets none."""
    try:
        answer = call(*arguments, **fields)
    except Problem as problem:
        return problem
    raise AssertionError(f"accepted: {answer}")
