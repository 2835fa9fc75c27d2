"""tus as a test speaks it: the real client of the browser, and single requests by hand."""

import base64
import hashlib
import json
import os
import pathlib
import subprocess

from api_client import Problem

HERE = pathlib.Path(__file__).resolve().parent
UPLOADS = "/api/v2/uploads"
APPEND = "application/offset+octet-stream"


def archive_of(size, folder, name="big.tar"):
    """A sound tar of about so many random bytes."""
    inner = folder / "noise.bin"
    inner.write_bytes(os.urandom(size))
    subprocess.run(["tar", "-C", folder, "-cf", folder / name, inner.name], check=True)
    inner.unlink()
    return folder / name


def sha256_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def blob_of(server, path):
    digest = sha256_of(path)
    return server.data / "blobs/sha256" / digest[:2] / digest


def expect_arrived(server, project, file, name=None):
    """The bytes are there, identical, unpacked, and nothing unfinished lies about."""
    dataset = project.client.get(project.dataset_path(name or file.name))
    assert dataset["state"] == "ready", dataset
    assert blob_of(server, file).read_bytes() == file.read_bytes()
    unfinished = [upload for upload in project.client.get(UPLOADS)["items"] if upload["state"] == "open"]
    assert project.name not in {upload["project"].rpartition("/")[2] for upload in unfinished}
    assert os.listdir(server.data / "blobs/incoming") == []


class TusClient:
    """tus-js-client in node, uploading one file."""

    def __init__(self, address, project, file, **options):
        metadata = {"project": f"admin/{project.name}", "filename": file.name, **options.pop("metadata", {})}
        options = {"endpoint": address + UPLOADS, "token": project.client.token, "file": str(file), "metadata": metadata, **options}
        self.process = subprocess.Popen(
            ["node", HERE / "tus_client.mjs", json.dumps(options)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def wait_for(self, name):
        """The next event that has this member."""
        for line in self.process.stdout:
            event = json.loads(line)
            if name in event:
                return event
            assert "error" not in event, event
        raise AssertionError(f"it ended before it said {name!r}")

    def go_on(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def succeed(self):
        url = self.wait_for("success")["success"]
        assert self.process.wait(30) == 0
        return url

    def fail(self):
        return self.wait_for("error")

    def close(self):
        """As a browser whose window is closed."""
        self.process.kill()
        self.process.wait()


def encoded(metadata):
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in metadata.items())


def tus(client, method, path, body=None, **headers):
    """One request; headers by their names, "-" written as "_"."""
    fields = {"Tus-Resumable": "1.0.0", **{name.replace("_", "-"): str(value) for name, value in headers.items() if value is not None}}
    return client.call(method, path, body, fields)


def begin(project, size, name="a.tar", client=None, **headers):
    """Makes an upload into the project; gives its path."""
    metadata = headers.pop("metadata", {"project": f"admin/{project.name}", "filename": name})
    answer = tus(client or project.client, "POST", UPLOADS, b"", Upload_Length=size, Upload_Metadata=encoded(metadata), **headers)
    assert answer.status == 201, answer
    return answer.headers["Location"]


def append(client, path, offset, body, **headers):
    fields = {"Content_Type": APPEND, "Upload_Offset": offset, **headers}
    return tus(client, "PATCH", path, body, **fields)


def offset_of(client, path):
    answer = tus(client, "HEAD", path)
    assert answer.headers["Cache-Control"] == "no-store"
    return int(answer.headers["Upload-Offset"])


def status_of(call, *arguments, **fields):
    try:
        return call(*arguments, **fields).status
    except Problem as problem:
        return problem.status
