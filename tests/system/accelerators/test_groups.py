"""A device node that belongs to a group alone, as Ascend's do: its task is of that group, in the host image and in any other."""

import json
import os
import pathlib
import sys

import pytest

from fake_vendor import FakeVendor
from projects import Project
from running_server import serving

sys.path.append(str(pathlib.Path(__file__).parents[1] / "images"))
from oci_images import Layout, base_layer  # noqa: E402
from registries import registry  # noqa: E402

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="groups of tasks are given by a server that is root")

GROUP = 2222  # of nobody here
OPEN = """
import json, os
print(json.dumps([os.getgroups(), open("/dev/fake0", "wb").write(b"x")]))
"""


def test_a_task_may_open_the_node_of_its_device_alone(tmp_path):
    node = tmp_path / "card"
    os.mknod(node, 0o20660, os.stat("/dev/null").st_rdev)
    node.chmod(0o660)
    os.chown(node, 0, GROUP)
    vendor = FakeVendor(tmp_path / "cdi", type="F1").offer(1, host_path=lambda number: node)
    with serving(tmp_path, "--cdi", vendor.directory) as server, registry(tmp_path / "registry") as address:
        client = server.client()
        Layout(tmp_path / "layout", [base_layer()]).push(f"{address}/tests/plain:1")
        client.call("PUT", f"/api/v2/registries/{address}", {"plain_http": True})
        client.call("PUT", "/api/v2/specs/one", {"compute": "gpu", "accelerator_type": "F1", "accelerators": 1, "cpus": 1, "memory_bytes": 256 << 20})
        project = Project.make(client)
        groups, written = json.loads(project.run_well(OPEN, compute="gpu", spec="one").log().splitlines()[-1])
        assert GROUP in groups and written == 1
        groups, written = json.loads(project.run_well(OPEN, compute="gpu", spec="one", image=f"{address}/tests/plain:1").log().splitlines()[-1])
        assert len(groups) >= 1 and written == 1
        assert GROUP not in json.loads(project.run_well(OPEN.replace(', open("/dev/fake0", "wb").write(b"x")', ""), spec="cpu-1").log())[0]
