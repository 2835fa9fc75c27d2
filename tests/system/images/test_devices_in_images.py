"""Accelerators in an image of a registry: the same devices, variables and mounts as in the host image, and no more."""

import json
import os

import pytest

from running_server import serving

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="images need a server that runs as root")

GROUP = 2222  # of nobody here
LOOK = """
import json, os
nodes = sorted(name for name in os.listdir("/dev") if name.startswith("fake"))
print(json.dumps({"image": open("/etc/image-name").read(), "nodes": nodes, "opened": [open("/dev/" + name, "wb").write(b"x") for name in nodes],
                  "driver": open("/opt/fake/driver").read(), "visible": os.environ["CUDA_VISIBLE_DEVICES"],
                  "name": os.environ["CLOUDBRAIN_ACCELERATORS"], "variable": os.environ["FAKE"]}))
"""


@pytest.fixture
def server(tmp_path):
    directory = tmp_path / "cdi"
    directory.mkdir()
    (tmp_path / "driver").write_text("seven")
    for number in range(2):
        os.mknod(tmp_path / f"card{number}", 0o20660, os.stat("/dev/null").st_rdev)
        (tmp_path / f"card{number}").chmod(0o660)
        os.chown(tmp_path / f"card{number}", 0, GROUP)
    (directory / "fake.json").write_text(json.dumps({"cdiVersion": "0.6.0", "kind": "fake.example/gpu", "annotations": {"fake.example/type": "F1"},
        "containerEdits": {"env": ["FAKE=yes"], "mounts": [{"hostPath": str(tmp_path / "driver"), "containerPath": "/opt/fake/driver"}]},
        "devices": [{"name": str(number), "containerEdits": {"deviceNodes": [{"path": f"/dev/fake{number}", "hostPath": str(tmp_path / f"card{number}")}]}}
                    for number in range(2)]}))
    os.chmod(tmp_path, 0o755)
    with serving(tmp_path, "--cdi", directory) as running:
        yield running


def test_a_task_in_an_image_has_its_accelerator_and_no_other(client, project, hub, plain, trusts):
    trusts(hub)
    client.call("PUT", "/api/v2/specs/one", {"compute": "gpu", "accelerator_type": "F1", "accelerators": 1, "cpus": 1, "memory_bytes": 256 << 20})
    for image in ("host", f"{hub}/tests/plain:1"):
        script = LOOK if image != "host" else LOOK.replace("/etc/image-name", "/etc/hostname").replace('open("/etc/hostname").read()', '"host"')
        said = json.loads(project.run_well(script, compute="gpu", spec="one", image=image).log().splitlines()[-1])
        assert said.pop("image") in ("host", "made by the test\n")
        assert said == {"nodes": ["fake0"], "opened": [1], "driver": "seven", "visible": "0", "name": "fake.example/gpu=0", "variable": "yes"}
