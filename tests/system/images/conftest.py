"""Images and a registry for all tests of this folder."""

import pytest

from oci_images import Layout, base_layer
from registries import Door, registry


@pytest.fixture(scope="session")
def debian():
    return base_layer()


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A registry that everyone may read and write."""
    with registry(tmp_path_factory.mktemp("hub") / "registry") as address:
        yield address


@pytest.fixture
def door(hub):
    return Door(hub)


@pytest.fixture(scope="module")
def plain(hub, debian, tmp_path_factory):
    """An image with no configuration at all, in the registry."""
    layout = Layout(tmp_path_factory.mktemp("plain") / "layout", [debian])
    layout.push(f"{hub}/tests/plain:1")
    return layout


@pytest.fixture
def trusts(client):
    """The platform speaks to a registry of this machine, which has no certificate."""
    def trust(address, **credentials):
        client.call("PUT", f"/api/v2/registries/{address}", {"plain_http": True, **credentials})
        return address
    return trust
