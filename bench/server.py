"""A Cloudbrain server of its own for one measurement, and a client of its API.

CLOUDBRAIN_BIN names the directory of `cloudbrain` and `cloudbrain-runner` (or `cloudbrain` itself);
else it is build/release of this repository.
"""

import contextlib
import datetime
import http.client
import json
import os
import pathlib
import subprocess
import threading
import time
import urllib.parse

import measure

PASSWORD = "bench-administrator"
FINAL = ("SUCCEEDED", "FAILED", "STOPPED", "CREATED_FAILED")
START_PATIENCE_S = 30
END_PATIENCE_S = 15


def program():
    default = pathlib.Path(__file__).resolve().parent.parent / "build" / "release"
    path = pathlib.Path(os.environ.get("CLOUDBRAIN_BIN", default))
    if path.is_dir():
        path = path / "cloudbrain"
    if not path.exists():
        raise SystemExit(f"{path} is not there: build it (make build), or set CLOUDBRAIN_BIN")
    return path


def seconds_between(begin, end):
    """Between two times of the API (RFC 3339)."""
    first, last = (datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
                   for text in (begin, end))
    return (last - first).total_seconds()


class ApiError(Exception):
    def __init__(self, status, body):
        super().__init__(f"{status} {body[:500]!r}")
        self.status = status


class Client:
    """One kept-alive connection. Not for two threads at once."""

    def __init__(self, address, token=None):
        self.address = address
        self.token = token
        self.connection = http.client.HTTPConnection(*address, timeout=600)

    def call(self, method, path, body=None, headers=None):
        """Gives the parsed JSON of the answer."""
        status, content = self.raw(method, path, body, headers)
        if status >= 400:
            raise ApiError(status, content)
        return json.loads(content) if content else None

    def raw(self, method, path, body=None, headers=None):
        headers = dict(headers or {})
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers["Content-Type"] = "application/json"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def another(self):
        return Client(self.address, self.token)

    def follow(self, task, offset=0):
        """The events of a task's log stream as (time received, event, data). The connection is
        taken by it until the stream ends."""
        self.connection.request("GET", f"/api/v2/tasks/{task}/log/stream?from={offset}",
                                headers={"Authorization": f"Bearer {self.token}"})
        answer = self.connection.getresponse()
        if answer.status != 200:
            raise ApiError(answer.status, answer.read())
        pending = b""
        while True:
            piece = answer.read1(65536)
            received = time.monotonic_ns()
            if not piece:
                return
            *events, pending = (pending + piece).split(b"\n\n")
            for text in events:
                event, data = parse_event(text)
                if event:
                    yield received, event, data

    def close(self):
        self.connection.close()


def parse_event(text):
    """One server-sent event. Comments (":") keep a connection alive and say nothing."""
    event, data = None, []
    for line in text.decode().splitlines():
        name, _, value = line.partition(":")
        if name == "event":
            event = value.removeprefix(" ")
        elif name == "data":
            data.append(value.removeprefix(" "))
    return event, json.loads("\n".join(data)) if data else None


class Server:
    """`with Server.running() as server`: a server on a free port with an empty data directory."""

    def __init__(self, data, options=()):
        self.data = data
        self.options = list(options)
        self.process = None
        self.client = None
        self.start_seconds = None
        self._spec = None
        self.output = []

    @classmethod
    @contextlib.contextmanager
    def running(cls, options=()):
        with measure.temporary_directory() as directory:
            server = cls(os.path.join(directory, "data"), options)
            try:
                server.start()
                yield server
            finally:
                server.stop()

    def start(self):
        environment = {**os.environ, "CLOUDBRAIN_ADMIN_PASSWORD": PASSWORD}
        with open(self.data + ".log", "ab") as log:
            begin = time.monotonic()
            self.process = subprocess.Popen(
                [program(), "serve", "--data", self.data, "--listen", "127.0.0.1:0", *self.options],
                stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL, env=environment)
        address = self._address()
        self.client = Client(address)
        self.client.raw("GET", "/healthz")
        self.start_seconds = time.monotonic() - begin
        answer = self.client.call("POST", "/api/v2/session", {"name": "admin", "password": PASSWORD})
        self.client.token = answer["token"]
        return self

    def _address(self):
        for line in self.process.stdout:
            if b"http://" in line:
                url = urllib.parse.urlsplit(line[line.index(b"http://"):].decode().strip())
                # Whatever else it prints must not fill the pipe.
                threading.Thread(target=self.process.stdout.read, daemon=True).start()
                return url.hostname, url.port
        with open(self.data + ".log", encoding="utf-8") as log:
            raise SystemExit("the server did not start:\n" + log.read())

    @property
    def pid(self):
        return self.process.pid

    def stop(self):
        """Ends the tasks first: they would outlive the server, as they should."""
        if self.process is None:
            return
        if self.process.poll() is None and self.client and self.client.token:
            with contextlib.suppress(Exception):
                self._end_tasks()
        self.process.terminate()
        try:
            self.process.wait(END_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def _end_tasks(self):
        client = self.client.another()
        live = "state=PREPARING&state=WAITING&state=RUNNING&state=STOPPING"
        deadline = time.monotonic() + END_PATIENCE_S
        while time.monotonic() < deadline:
            tasks = client.call("GET", f"/api/v2/tasks?limit=100&{live}")["items"]
            if not tasks:
                return
            for task in tasks:
                if task["state"] != "STOPPING":
                    client.raw("POST", f"/api/v2/tasks/{task['id']}/stop")
            time.sleep(0.05)

    # ---- projects and tasks --------------------------------------------------------------------

    def project(self, name, files):
        """A project whose main branch has these files ({path: text})."""
        self.client.call("POST", "/api/v2/projects", {"name": name})
        self.client.call("POST", f"/api/v2/projects/admin/{name}/commits",
                         {"branch": "main", "message": "bench",
                          "files": [{"path": path, "content": text} for path, text in files.items()]})
        return name

    @property
    def spec(self):
        """The smallest amount of resources on offer: one core."""
        if self._spec is None:
            specs = self.client.call("GET", "/api/v2/specs?cluster=openi&compute=cpu&kind=train")
            self._spec = min(specs["items"], key=lambda spec: spec["cpus"])["name"]
        return self._spec

    def form(self, name, boot_file="train.py", **changes):
        """The body of a submit."""
        return {"kind": "train", "cluster": "openi", "compute": "cpu", "name": name,
                "branch": "main", "boot_file": boot_file, "image": "host", "spec": self.spec,
                "params": [], "datasets": [], **changes}

    def submit(self, project, form):
        return self.client.call("POST", f"/api/v2/projects/admin/{project}/tasks", form)

    def task(self, task):
        return self.client.call("GET", f"/api/v2/tasks/{task}")

    def wait(self, task, states=FINAL, every_s=0.01):
        while (row := self.task(task))["state"] not in states:
            time.sleep(every_s)
        return row

    def succeed(self, task):
        """Waits for the end; anything but a good one ends the measurement."""
        row = self.wait(task)
        if row["state"] != "SUCCEEDED":
            log = self.client.raw("GET", f"/api/v2/tasks/{task}/log/raw")[1]
            raise SystemExit(f"task {task} is {row['state']}: {row['reason']}\n{log.decode()[-2000:]}")
        return row

    def events(self, task):
        """When what happened: {code: RFC 3339 time}."""
        items = self.client.call("GET", f"/api/v2/tasks/{task}/events")["items"]
        return {item["code"]: item["at"] for item in items}
