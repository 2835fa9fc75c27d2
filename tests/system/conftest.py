"""Every test has a server of its own: the real program, an empty data directory, a free port.

`server` may be killed and started again; `client` is signed in as the administrator; `project` is an
empty project of hers. Tests marked `extra` take long or need more than Debian and npm: `./test --extra`.
"""

import os
import shutil

import pytest

from projects import Project
from running_server import PROGRAM, RunningServer


def pytest_configure(config):
    config.addinivalue_line("markers", "extra: takes long or needs more than Debian's packages and npm")


def pytest_collection_modifyitems(items):
    if os.environ.get("CLOUDBRAIN_EXTRA"):
        return
    for item in items:
        if item.get_closest_marker("extra"):
            item.add_marker(pytest.mark.skip(reason="only with ./test --extra"))


@pytest.fixture(scope="session", autouse=True)
def _program_is_built():
    assert PROGRAM.exists(), f"{PROGRAM} is not built: make build"


@pytest.fixture
def server(tmp_path):
    running = RunningServer(tmp_path / "data").start()
    yield running
    running.clean_up()
    shutil.rmtree(running.data, ignore_errors=True)


@pytest.fixture
def client(server):
    return server.client()


@pytest.fixture
def project(client):
    client.post("/api/v2/projects", {"name": "demo"})
    return Project(client, "demo")
