"""A task in an image sees its accelerator and no other, as in the host image."""

import json

from projects import Project
from running_server import serving

# Like a vendor's CDI file: nodes that are /dev/null under other names, a driver's file, variables.
LOOK = """
import json, os
nodes = sorted(name for name in os.listdir('/dev') if name.startswith('fake'))
print(json.dumps({'nodes': nodes, 'opened': [open('/dev/' + name, 'wb').write(b'x') for name in nodes], 'driver': open('/opt/driver/version').read(),
                  'device': os.environ.get('FAKE_DRIVER'), 'visible': os.environ.get('CUDA_VISIBLE_DEVICES'), 'name': open('/etc/image-name').read()}))
"""


def test_a_device_comes_with_its_node_driver_and_variables(tmp_path, hub, plain):
    (tmp_path / "driver").mkdir(mode=0o755)
    (tmp_path / "driver/version").write_text("7.1")
    (tmp_path / "cdi").mkdir()
    (tmp_path / "cdi/fake.json").write_text(json.dumps({
        "cdiVersion": "0.6.0", "kind": "fake.example/gpu", "annotations": {"fake.example/type": "F1", "fake.example/memory": "16GB"},
        "containerEdits": {"env": ["FAKE_DRIVER=7"], "mounts": [{"hostPath": str(tmp_path / "driver"), "containerPath": "/opt/driver", "options": ["ro", "bind"]}]},
        "devices": [{"name": str(n), "containerEdits": {"deviceNodes": [{"path": f"/dev/fake{n}", "hostPath": "/dev/null"}]}} for n in range(2)]}))
    with serving(tmp_path, "--cdi", tmp_path / "cdi", "--cpus", "8", "--memory", str(8 << 30)) as server:
        client = server.client()
        client.call("PUT", f"/api/v2/registries/{hub}", {"plain_http": True})
        task = Project.make(client).run_well(LOOK, image=f"{hub}/tests/plain:1", compute="gpu", spec="gpu-1xf1")
        look = json.loads(task.log())
        assert len(look["nodes"]) == 1 and look["opened"] == [1]
        assert (look["driver"], look["device"], look["visible"], look["name"]) == ("7.1", "7", "0", "made by the test\n")
