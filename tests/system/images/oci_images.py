"""Small images made here: a Debian with Python from the packages of this machine, and hostile ones layer by layer."""

import gzip
import hashlib
import io
import json
import os
import pathlib
import subprocess
import tarfile

ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
# What a shell, the usual small programs and Python need.
PACKAGES = """
base-files dash coreutils libc6 libc-bin libgcc-s1 libacl1 libattr1 libselinux1 libpcre2-8-0 libgmp10 libssl3 libcrypt1
python3-minimal python3.11-minimal libpython3.11-minimal libpython3.11-stdlib libexpat1 zlib1g libbz2-1.0 liblzma5
libffi8 libuuid1 libncursesw6 libtinfo6 libreadline8 libsqlite3-0 libdb5.3 libnsl2 libtirpc3
""".split()
SKIPPED = ("/usr/share/doc", "/usr/share/man", "/usr/share/locale", "/usr/lib/python3.11/test", "/usr/share/lintian")
PASSWD = "root:x:0:0:root:/root:/bin/sh\nworker:x:1234:2345:a worker:/home/worker:/bin/sh\n"


def debian_files():
    """(path in the image, path here) of the packages, directories first."""
    found = {}
    for package in PACKAGES:
        listed = subprocess.run(["dpkg", "-L", package], capture_output=True, text=True).stdout
        for line in listed.splitlines():
            if line.startswith("/") and line != "/." and not line.startswith(SKIPPED) and os.path.lexists(line):
                found[os.path.join(os.path.realpath(os.path.dirname(line)), os.path.basename(line))] = line
    return sorted(found)


def base_layer():
    """The tar of a Debian with a user `worker`, a program /entry and a file of root's alone."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in debian_files():
            if path not in ("/bin", "/lib", "/lib64", "/sbin", "/etc/passwd", "/etc/group"):
                tar.add(path, path.lstrip("/"), recursive=False)
        for name in ("bin", "sbin", "lib", "lib64"):
            add_link(tar, name, f"usr/{name}")
        add_file(tar, "etc/passwd", PASSWD)
        add_file(tar, "etc/group", "root:x:0:\nworker:x:2345:\n")
        add_file(tar, "etc/image-name", "made by the test\n")
        add_file(tar, "root/secret", "of root alone\n", mode=0o600)
        add_folder(tar, "home/worker", owner=1234)
        add_file(tar, "home/worker/notes", "of the worker\n", owner=1234)
        add_file(tar, "entry", '#!/bin/sh\necho "entry point: $#"\nexport FROM_ENTRY=yes\nexec "$@"\n', mode=0o755)
    return stream.getvalue()


def add_file(tar, name, content, mode=0o644, owner=0):
    data = content.encode() if isinstance(content, str) else content
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.uid, member.gid = len(data), mode, owner, owner
    tar.addfile(member, io.BytesIO(data))


def add_folder(tar, name, mode=0o755, owner=0):
    member = tarfile.TarInfo(name)
    member.type, member.mode, member.uid, member.gid = tarfile.DIRTYPE, mode, owner, owner
    tar.addfile(member)


def add_link(tar, name, target, hard=False):
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.mode = tarfile.LNKTYPE if hard else tarfile.SYMTYPE, target, 0o777
    tar.addfile(member)


def add_device(tar, name, kind, major, minor, mode=0o666):
    member = tarfile.TarInfo(name)
    member.type, member.mode, member.devmajor, member.devminor = kind, mode, major, minor
    tar.addfile(member)


def layer(write):
    """The tar of what `write` puts into it."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        write(tar)
    return stream.getvalue()


class Layout:
    """An OCI image layout with one image, tagged `image`."""

    def __init__(self, folder, layers, architecture=ARCHITECTURE, **config):
        self.path = pathlib.Path(folder)
        (self.path / "blobs/sha256").mkdir(parents=True)
        packed = [gzip.compress(one, 1) for one in layers]
        history = [self._blob(one, "application/vnd.oci.image.layer.v1.tar+gzip") for one in packed]
        described = {"architecture": architecture, "os": "linux", "config": config, "rootfs": {
            "type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(one).hexdigest() for one in layers]}}
        manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                    "config": self._blob(json.dumps(described).encode(), "application/vnd.oci.image.config.v1+json"), "layers": history}
        entry = self._blob(json.dumps(manifest).encode(), manifest["mediaType"])
        entry["annotations"] = {"org.opencontainers.image.ref.name": "image"}
        self.digest = entry["digest"]
        self.layer_bytes = sum(map(len, packed))
        (self.path / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
        (self.path / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')

    def _blob(self, content, kind):
        digest = hashlib.sha256(content).hexdigest()
        (self.path / "blobs/sha256" / digest).write_bytes(content)
        return {"mediaType": kind, "digest": f"sha256:{digest}", "size": len(content)}

    def push(self, reference, credentials=None):
        more = ["--dest-creds", credentials] if credentials else []
        copy(f"oci:{self.path}:image", f"docker://{reference}", "--dest-tls-verify=false", *more)

    def save(self, path, kind="docker-archive", name="test/image:1"):
        copy(f"oci:{self.path}:image", f"{kind}:{path}:{name}")
        return pathlib.Path(path)


def copy(source, target, *options):
    done = subprocess.run(["skopeo", "--insecure-policy", "copy", "--quiet", *options, source, target], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
