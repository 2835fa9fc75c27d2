#!/usr/bin/python3
"""Two GB up and down: PUT of an archive (hashed, stored by its content, synced) beside nginx's WebDAV;
the same by tus beside @tus/server with @tus/file-store (which do none of the three), the same client for
both; a file of a task's results beside a static file that nginx sends by sendfile. And what memory it takes.
"""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import tarfile
import time

import measure
import nginx
import server

SIZE = 2_000_000_000
SCRIPT = f"""import os
block = os.urandom(1_000_000)
with open("/model/big.bin", "wb") as out:
    for _ in range({SIZE // 1_000_000}):
        out.write(block)
"""
TUS = pathlib.Path(__file__).resolve().parent / "tus"


def exchange(address, head, body=None):
    """Sends a request and takes the whole answer: (seconds, bytes of the answer's body)."""
    with socket.create_connection(address) as connection:
        begin = time.monotonic()
        connection.sendall(head.encode())
        if body is not None:
            connection.sendfile(body)
        buffer = bytearray(1 << 18)
        count = connection.recv_into(buffer)
        answer_head, _, start = bytes(buffer[:count]).partition(b"\r\n\r\n")
        status = int(answer_head.split()[1])
        if status >= 300:
            raise SystemExit(f"{head.splitlines()[0]}: {bytes(buffer[:count])!r}")
        length = next((int(line.split(b":")[1]) for line in answer_head.splitlines()
                       if line.lower().startswith(b"content-length:")), 0)
        taken = len(start)
        while taken < length:
            count = connection.recv_into(buffer)
            if count == 0:
                raise SystemExit("the answer was cut off")
            taken += count
        return time.monotonic() - begin, taken


def upload(address, path, file, token=""):
    size = os.path.getsize(file)
    with open(file, "rb") as body:
        seconds, _ = exchange(address, request("PUT", path, token, size), body)
    return size / seconds / 1e9


def download(address, path, token=""):
    seconds, taken = exchange(address, request("GET", path, token))
    if taken != SIZE:
        raise SystemExit(f"{taken} bytes came, not {SIZE}")
    return taken / seconds / 1e9


def request(method, path, token, size=None):
    head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\n"
    if token:
        head += f"Authorization: Bearer {token}\r\n"
    if size is not None:
        head += f"Content-Length: {size}\r\n"
    return head + "\r\n"


def make_results(cloudbrain, project, nginx_files):
    """A task with two GB of results; the same bytes for nginx, and as an archive to upload."""
    task = cloudbrain.submit(project, cloudbrain.form("big"))["id"]
    cloudbrain.succeed(task)
    source = f"{cloudbrain.data}/tasks/{task}/output/big.bin"
    static = os.path.join(nginx_files, "big.bin")
    with open(source, "rb") as read, open(static, "wb") as write:
        os.posix_fallocate(write.fileno(), 0, SIZE)
        while os.sendfile(write.fileno(), read.fileno(), None, 1 << 24):
            pass
    archive = os.path.join(os.path.dirname(nginx_files), "big.tar")
    with tarfile.open(archive, "w") as tar:
        tar.add(static, "big.bin")
    return f"/api/v2/tasks/{task}/output/big.bin", archive


# ---- tus ----


@contextlib.contextmanager
def tus_server():
    """The peer, with an empty directory: its address."""
    if not (TUS / "node_modules").exists():
        subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=TUS, check=True)
    with measure.temporary_directory() as directory:
        peer = subprocess.Popen(["node", TUS / "server.mjs", directory], stdout=subprocess.PIPE, text=True)
        try:
            yield f"http://127.0.0.1:{int(peer.stdout.readline())}/files", directory
        finally:
            peer.terminate()
            peer.wait()


def tus_upload(file, endpoint, metadata, token=""):
    command = ["node", TUS / "upload.mjs", file, endpoint, json.dumps(metadata), token]
    seconds = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return os.path.getsize(file) / seconds / 1e9


def empty(directory):
    """What the peer keeps of every upload would fill the disk."""
    for name in os.listdir(directory):
        os.unlink(os.path.join(directory, name))


# ---- the run ----


def first_upload(cloudbrain, path, archive):
    """The archive is unpacked after its first upload. Later ones of the same bytes are received,
    hashed and stored as well, and answered at once."""
    upload(cloudbrain.client.address, path, archive, cloudbrain.client.token)
    while cloudbrain.client.call("GET", path)["state"] != "ready":
        time.sleep(0.1)


def run(repeats):
    names = ("upload", "upload nginx", "tus", "tus peer", "download", "download nginx")
    rates = {name: [] for name in names}
    with server.Server.running() as cloudbrain, nginx.Nginx.running() as peer, tus_server() as (tus, tus_directory):
        project = cloudbrain.project("transfer", {"train.py": SCRIPT})
        big, archive = make_results(cloudbrain, project, peer.files)
        data_set = f"/api/v2/projects/admin/{project}/datasets/big.tar"
        first_upload(cloudbrain, data_set, archive)
        token, address = cloudbrain.client.token, cloudbrain.client.address
        ours = "http://{}:{}/api/v2/uploads".format(*address)
        metadata = {"project": f"admin/{project}", "filename": "big.tar"}
        before = measure.resident_kb(cloudbrain.pid)
        measure.forget_peak(cloudbrain.pid)
        for _ in range(repeats):
            rates["upload"].append(upload(address, data_set, archive, token))
            rates["upload nginx"].append(upload(peer.address, "/up.tar", archive))
            rates["tus"].append(tus_upload(archive, ours, metadata, token))
            rates["tus peer"].append(tus_upload(archive, tus, {"filename": "big.tar"}))
            empty(tus_directory)
            rates["download"].append(download(address, big, token))
            rates["download nginx"].append(download(peer.address, "/big.bin"))
        grown = (measure.resident_kb(cloudbrain.pid, "VmHWM") - before) / 1024
    for name, values in rates.items():
        measure.print_spread(name, values, "GB/s")
    middle = {name: measure.median(values) for name, values in rates.items()}
    return [
        measure.Figure("upload of 2 GB", middle["upload"], "GB/s", "nginx PUT",
                       middle["upload nginx"], at_least=0.8),
        measure.Figure("upload of 2 GB by tus", middle["tus"], "GB/s", "@tus/server",
                       middle["tus peer"], at_least=1.0),
        measure.Figure("download of 2 GB", middle["download"], "GB/s", "nginx sendfile",
                       middle["download nginx"], at_least=0.9),
        measure.Figure("memory that they take at most", max(0, grown), "MB", at_most=20),
    ]


if __name__ == "__main__":
    measure.run_figure("two GB up and down", 5, run)
