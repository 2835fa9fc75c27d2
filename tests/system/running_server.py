"""The real program on a free port with a data directory of its own: started, killed, started again."""

import os
import pathlib
import re
import selectors
import signal
import subprocess
import time

from api_client import Client

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("CLOUDBRAIN_PROGRAM", ROOT / "build/release/cloudbrain"))
PASSWORD = "a password of the tests"


class RunningServer:
    def __init__(self, data, arguments=(), program=PROGRAM):
        self.data = pathlib.Path(data)
        self.arguments = list(arguments)
        self.program = program
        self.port = 0  # a free one, the same again after a restart
        self.process = None
        self._log = None

    def start(self):
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self._log = open(self.log_path, "ab")
        self.process = subprocess.Popen(
            [self.program, "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.port}", *self.arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._log,
            env={**os.environ, "CLOUDBRAIN_ADMIN_PASSWORD": PASSWORD}, start_new_session=True,
        )
        self.port = self._read_port()
        return self

    @property
    def log_path(self):
        return self.data.with_name(self.data.name + ".server.log")

    def _read_port(self, seconds=20):
        """The server says where it serves once it does."""
        deadline = time.monotonic() + seconds
        said = b""
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while selector.select(max(0, deadline - time.monotonic())):
                piece = os.read(self.process.stdout.fileno(), 4096)
                said += piece
                if found := re.search(rb"serves on http://[^\s]*:(\d+)\n", said):
                    return int(found[1])
                if not piece:
                    break
        raise AssertionError(f"the server did not start: {said!r}\n{self.log_path.read_text(errors='replace')}")

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def client(self):
        """Signed in as the administrator."""
        return Client(self.address).sign_in("admin", PASSWORD)

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def kill9(self):
        self.process.kill()
        self._reap()

    def stop(self):
        self.process.terminate()
        return self._reap()

    def _reap(self):
        code = self.process.wait(timeout=30)
        self.process.stdout.close()
        self._log.close()
        return code

    def restart(self):
        """As after a crash."""
        self.kill9()
        return self.start()

    def processes(self):
        """Pids of everything, the server and what its tasks left, that was told of our data directory."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                try:
                    words = (entry / "cmdline").read_bytes()
                except OSError:
                    continue
                if os.fsencode(self.data) in words:
                    found.append(int(entry.name))
        return found

    def clean_up(self):
        """Ends what a test left running: the tasks' runners outlive their server on purpose."""
        if self.is_running():
            self.kill9()
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
