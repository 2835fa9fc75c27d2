"""The .deb: what is in it, what it asks for, and that what it installs serves and runs a task."""

import os
import re
import shutil
import subprocess

import pytest

from projects import Project
from running_server import ROOT, RunningServer

pytestmark = pytest.mark.skipif(shutil.which("dpkg-shlibdeps") is None, reason="dpkg-dev is not installed")


def run(*words, **options):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{words}: {done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("package")
    run("cpack", "--config", ROOT / "build/release/CPackConfig.cmake", "-B", folder)
    (made,) = folder.glob("*.deb")
    return made


@pytest.fixture(scope="module")
def installed(package, tmp_path_factory):
    root = tmp_path_factory.mktemp("installed")
    os.chmod(root, 0o755)
    run("dpkg-deb", "--extract", package, root)
    return root


def test_it_depends_on_all_that_the_server_starts_and_is_linked_with(package):
    depends = run("dpkg-deb", "--field", package, "Depends")
    for name in run(ROOT / "packaging/packages", "run").split():
        assert re.search(rf"(^|, ){re.escape(name)}(,| |$)", depends), name
    for library in ("libc6", "libarchive13", "libcurl4", "libsqlite3-0", "libsodium23"):
        assert library in depends


def test_it_holds_the_programs_the_examples_and_the_service(installed):
    for name in ("usr/bin/cloudbrain", "usr/lib/cloudbrain/cloudbrain-runner", "usr/lib/systemd/system/cloudbrain.service",
                 "usr/lib/sysusers.d/cloudbrain.conf", "etc/default/cloudbrain", "usr/share/cloudbrain/examples/mnist-gpu/train.py"):
        assert (installed / name).is_file(), name
    assert not list(installed.rglob("__pycache__"))


def test_its_scripts_can_be_read_by_the_shell(package, tmp_path):
    run("dpkg-deb", "--control", package, tmp_path / "control")
    for name in ("postinst", "prerm", "postrm"):
        run("sh", "-n", tmp_path / "control" / name)
        assert os.access(tmp_path / "control" / name, os.X_OK)
    assert (tmp_path / "control/conffiles").read_text() == "/etc/default/cloudbrain\n"


def test_the_service_ends_the_server_alone_and_leaves_tasks_running(installed):
    unit = (installed / "usr/lib/systemd/system/cloudbrain.service").read_text()
    assert "KillMode=process" in unit and "Delegate=yes" in unit
    program = re.search(r"ExecStart=(\S+)", unit)[1]
    assert (installed / program.lstrip("/")).is_file()


def test_what_it_installs_serves_and_runs_a_task(installed, tmp_path):
    runner = installed / "usr/lib/cloudbrain/cloudbrain-runner"
    server = RunningServer(tmp_path / "data", ["--runner", runner], installed / "usr/bin/cloudbrain")
    try:
        client = server.start().client()
        assert client.call("GET", "/healthz").status == 200
        client.post("/api/v2/projects", {"name": "demo"})
        task = Project(client, "demo").run("print('from the package')")
        assert (task.state, task.log()) == ("SUCCEEDED", b"from the package\n")
    finally:
        server.clean_up()


def test_its_server_carries_the_web_console(installed, tmp_path):
    if not (ROOT / "console/dist/index.html").exists():
        pytest.skip("the console is not built")
    server = RunningServer(tmp_path / "data", [], installed / "usr/bin/cloudbrain")
    server.arguments = ["--runner", installed / "usr/lib/cloudbrain/cloudbrain-runner"]
    try:
        page = server.start().client().signed_out().call("GET", "/")
        assert page.headers.get_content_type() == "text/html" and b"<div id=" in page.raw
    finally:
        server.clean_up()
