"""The real program, an empty data directory, a free port; two runs at once do not meet.

`server` serves all tests of a file; `client` is signed in as its administrator; `project` is an empty
project of hers, a new one for each test. `own_server` is of one test alone, which may kill it. Tests
marked `extra` take long or need more than Debian and npm: `./test --extra`.
"""

import os

import pytest

from git_client import Git, address_of
from projects import Project
from running_server import PROGRAM, serving


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


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def client(server):
    return server.client()


@pytest.fixture
def project(client):
    return Project.make(client)


@pytest.fixture
def own_server(tmp_path):
    with serving(tmp_path) as running:
        yield running


@pytest.fixture
def own_project(own_server):
    return Project.make(own_server.client())


@pytest.fixture
def one_core_server(tmp_path):
    """Sells one core, so that a second task waits for the first."""
    with serving(tmp_path, "--cpus", "1") as running:
        yield running


@pytest.fixture
def git(tmp_path):
    return Git(tmp_path)


@pytest.fixture
def copy(git, project, tmp_path):
    """A clone of `project` whose password is a token for writing."""
    project.push({"train.py": "print('first')\n"})
    git("clone", "-q", address_of(project, project.client.make_token("read", "write")), "copy")
    return tmp_path / "copy"
