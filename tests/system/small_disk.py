"""A disk that is soon full."""

import contextlib
import subprocess

import pytest

from running_server import RunningServer


@contextlib.contextmanager
def server_on_a_disk_of(size, folder, *arguments):
    """A server whose data directory is a disk of its own."""
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], capture_output=True)
    if made.returncode != 0:
        pytest.skip("a small disk needs the right to mount one")
    running = RunningServer(folder / "data", arguments)
    try:
        yield running.start()
    finally:
        running.clean_up()
        # Lazily: a process that was just killed may still be on its way out.
        subprocess.run(["umount", "--lazy", folder], check=True)
