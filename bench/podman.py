"""podman with runc, the peer for starting in a container.

The root file system is this machine's own /usr, as in the `host` image, without a network, without a
log driver, and with its storage below one temporary directory: the cheapest `podman run` there is.
"""

import contextlib
import os
import resource
import shutil
import tempfile

import measure

DIRECTORIES = ("usr", "etc", "proc", "sys", "dev", "tmp", "run", "var", "code", "model")


class Podman:
    """`with Podman.prepared() as podman`: podman.command(...) is an argv for subprocess."""

    def __init__(self, directory, runroot):
        self.directory = directory
        self.runroot = runroot
        self.root = os.path.join(directory, "root")

    @classmethod
    @contextlib.contextmanager
    def prepared(cls):
        for program in ("podman", "runc"):
            if not shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin"):
                raise SystemExit(f"{program} is missing: apt install {program}")
        # podman refuses a runroot of more than 50 characters.
        with measure.temporary_directory() as directory, tempfile.TemporaryDirectory() as runroot:
            podman = cls(directory, runroot)
            podman.make_root()
            yield podman

    def make_root(self):
        for name in DIRECTORIES:
            os.makedirs(os.path.join(self.root, name))
        for name in ("bin", "sbin", "lib", "lib64"):
            if os.path.islink("/" + name):
                os.symlink(os.readlink("/" + name), os.path.join(self.root, name))
        for name in ("passwd", "group", "ld.so.cache"):
            shutil.copy("/etc/" + name, os.path.join(self.root, "etc"))

    def command(self, code, *argv):
        """Runs `argv` with the directory `code` as /code."""
        # podman asks for more descriptors than a limited root may give.
        _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
        return ["podman", "--root", f"{self.directory}/store", "--runroot", self.runroot,
                "--cgroup-manager", "cgroupfs", "--storage-driver", "vfs", "--runtime", "runc",
                "--events-backend", "none", "--log-level", "error",
                "run", "--rm", "--network", "none", "--read-only", "--log-driver", "none",
                "--ulimit", f"nofile={files}:{files}", "--ulimit", "nproc=4096:4096",
                "--env", "PYTHONUNBUFFERED=1",
                "--volume", "/usr:/usr:ro", "--volume", f"{code}:/code:ro",
                "--rootfs", self.root, *argv]
