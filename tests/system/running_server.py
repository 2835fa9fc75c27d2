"""The real program on a free port with a data directory of its own: started, killed, started again."""

import contextlib
import os
import pathlib
import re
import selectors
import shutil
import signal
import subprocess
import time

from api_client import Client
from traces import cgroups_of, processes_naming, remove_cgroups

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("CLOUDBRAIN_BIN", ROOT / "build/release")) / "cloudbrain"
PASSWORD = "a password of the tests"


class RunningServer:
    def __init__(self, data, arguments=(), program=PROGRAM):
        self.data = pathlib.Path(data)
        self.arguments = list(arguments)
        self.program = program
        self.port = 0  # another free one after every start; clients ask for `address` each time
        self.process = None
        self._log = None
        self._client = None

    def start(self):
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self._log = open(self.log_path, "ab")
        self.process = subprocess.Popen(
            [self.program, "serve", "--data", self.data, "--listen", "127.0.0.1:0", *self.arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._log,
            env={**os.environ, "CLOUDBRAIN_ADMIN_PASSWORD": PASSWORD}, start_new_session=True,
        )
        self.port = self._read_port()
        return self

    @property
    def log_path(self):
        return self.data.with_name(self.data.name + ".server.log")

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")

    def _read_port(self, seconds=60):
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
        raise AssertionError(f"the server did not start: {said!r}\n{self.log}")

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def client(self):
        """Signed in as the administrator; stays so when the server is started again."""
        if self._client is None:
            self._client = Client(self).sign_in("admin", PASSWORD)
        return self._client

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def resident_bytes(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024

    def kill9(self):
        self.process.kill()
        self._reap()

    def stop(self):
        self.process.terminate()
        return self._reap()

    def _reap(self):
        code = self.process.wait(timeout=60)
        self.process.stdout.close()
        self._log.close()
        return code

    def restart(self):
        """As after a crash."""
        self.kill9()
        return self.start()

    def database(self):
        """Path of the rows, for a test that looks at them, or changes them while nobody serves."""
        return self.data / "cloudbrain.db"

    def task_folder(self, id):
        return self.data / "tasks" / str(id)

    def cgroups(self):
        """Directories of the cgroups that tasks of this server have or had."""
        return cgroups_of(self.data / "tasks")

    def clean_up(self):
        """Ends what a test left running: the tasks' runners outlive their server on purpose."""
        if self.is_running():
            self.kill9()
        for pid in processes_naming(os.fsencode(self.data)):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        remove_cgroups(self.data / "tasks")


@contextlib.contextmanager
def serving(folder, *arguments):
    """A server for a while, with its data below `folder`."""
    running = RunningServer(folder / "data", arguments)
    try:
        yield running.start()
    finally:
        running.clean_up()
        shutil.rmtree(running.data, ignore_errors=True)
