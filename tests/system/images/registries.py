"""A real registry (Debian's docker-registry) on loopback, and a door before it that can count, hold and refuse."""

import contextlib
import http.client
import http.server
import pathlib
import socket
import subprocess
import threading
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def registry(folder, user=None, password=None):
    """Its address; with a user, nobody else gets in."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True)
    port = free_port()
    text = f"version: 0.1\nlog: {{level: error}}\nstorage:\n  filesystem: {{rootdirectory: {folder}/store}}\nhttp: {{addr: '127.0.0.1:{port}'}}\n"
    if user:
        hashed = subprocess.run(["htpasswd", "-Bbn", user, password], capture_output=True, text=True, check=True).stdout
        (folder / "users").write_text(hashed)
        text += f"auth:\n  htpasswd: {{realm: tests, path: {folder}/users}}\n"
    (folder / "config.yml").write_text(text)
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(["docker-registry", "serve", folder / "config.yml"], stdout=log, stderr=log)
    try:
        _wait_for(port, process, folder / "log")
        yield f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _wait_for(port, process, log):
    deadline = time.monotonic() + 30
    while True:
        assert process.poll() is None and time.monotonic() < deadline, log.read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return


class Door:
    """Stands before a registry: counts what is fetched, holds large blobs half-way, answers 503."""

    def __init__(self, registry):
        self.registry = registry
        self.blobs = []  # digests, as often as they were asked for
        self.failures = 0  # so many of the next blobs are refused
        self.may_pass = threading.Event()
        self.may_pass.set()
        self.held = threading.Event()
        self.hung_up = threading.Event()

    @contextlib.contextmanager
    def open(self):
        door = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                door._pass_on(self)
            do_HEAD = do_GET

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            self.may_pass.set()
            server.shutdown()
            thread.join()
            server.server_close()

    def _pass_on(self, request):
        is_blob = "/blobs/" in request.path and request.command == "GET"
        if is_blob:
            self.blobs.append(request.path.rsplit("/", 1)[1])
            if self.failures > 0:
                self.failures -= 1
                request.send_error(503)
                return
        back = http.client.HTTPConnection(self.registry)
        back.putrequest(request.command, request.path, skip_host=True, skip_accept_encoding=True)
        for name, value in request.headers.items():  # Accept comes several times
            back.putheader(name, self.registry if name == "Host" else value)
        back.endheaders()
        answer = back.getresponse()
        body = answer.read()
        request.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection"):
                request.send_header(name, value.replace(self.registry, request.headers["Host"]))
        request.end_headers()
        if request.command == "HEAD":
            return
        half = len(body) // 2 if is_blob and len(body) > 100_000 and not self.may_pass.is_set() else len(body)
        try:
            request.wfile.write(body[:half])
            request.wfile.flush()
            if half < len(body):
                self._hold(request)
                request.wfile.write(body[half:])
        except OSError:
            self.hung_up.set()

    def _hold(self, request):
        self.held.set()
        request.connection.settimeout(0.05)
        while not self.may_pass.is_set():
            with contextlib.suppress(TimeoutError):
                if request.connection.recv(1) == b"":
                    raise BrokenPipeError
        request.connection.settimeout(None)
