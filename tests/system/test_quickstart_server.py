"""How quickstart keeps its server: started once, on a port that is free, and never somebody else's process."""

import os
import signal
import socket
import subprocess

import pytest

from running_server import PROGRAM, ROOT


@pytest.fixture
def tree(tmp_path):
    """The parts of a working tree that scripts/server.sh looks at."""
    (tmp_path / "build/release").mkdir(parents=True)
    for name in ("cloudbrain", "cloudbrain-runner"):
        (tmp_path / "build/release" / name).symlink_to(PROGRAM.with_name(name))
    (tmp_path / ".cloudbrain").mkdir()
    (tmp_path / ".cloudbrain/server.port").write_text("28080")
    yield tmp_path
    in_tree(tree=tmp_path, script="stop_server || true")


def in_tree(tree, script):
    prelude = f'set -euo pipefail; root={tree}; cd "$root"; for part in terminal install server; do . {ROOT}/scripts/$part.sh; done; '
    return subprocess.run(["bash", "-c", prelude + script], capture_output=True, text=True, timeout=60)


def started(tree):
    run = in_tree(tree, 'start_server; echo "port=$port pid=$(server_pid)"')
    assert run.returncode == 0, run.stdout + run.stderr
    return dict(word.split("=") for word in run.stdout.splitlines()[-1].split())


def test_it_starts_once_and_is_found_again(tree):
    first = started(tree)
    assert started(tree) == first
    assert in_tree(tree, "stop_server; server_pid || echo none").stdout.strip() == "none"
    assert in_tree(tree, f"has_ended {first['pid']}").returncode == 0
    assert in_tree(tree, "stop_server").returncode == 1


def test_a_port_that_is_taken_is_passed_over_and_it_says_so(tree):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (tree / ".cloudbrain/server.port").write_text(str(port))
        run = in_tree(tree, 'start_server; echo "port=$port"')
        assert f"port {port} is taken" in run.stdout
        assert 8080 <= int(run.stdout.splitlines()[-1].removeprefix("port=")) < 8180


def test_a_process_that_has_the_pid_but_is_not_ours_is_left_alone(tree):
    stranger = subprocess.Popen(["sleep", "600"])
    try:
        (tree / ".cloudbrain/server.pid").write_text(str(stranger.pid))
        assert in_tree(tree, "stop_server").returncode == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_after_a_kill_it_starts_again_on_the_same_port(tree):
    first = started(tree)
    os.kill(int(first["pid"]), signal.SIGKILL)
    second = started(tree)
    assert second["port"] == first["port"] and second["pid"] != first["pid"]


def test_the_password_is_made_once_and_is_for_its_owner_alone(tree):
    passwords = {in_tree(tree, "admin_password").stdout for _ in range(2)}
    assert len(passwords) == 1 and len(passwords.pop()) == 24
    assert (tree / ".cloudbrain/admin-password").stat().st_mode & 0o777 == 0o600
