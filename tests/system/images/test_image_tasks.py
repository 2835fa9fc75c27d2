"""A task in an image of a real registry: what it sees, and what of the image is honoured."""

import json

from oci_images import Layout
from projects import problem_of

LOOK = """
import json, os, sys
with open('/etc/image-name') as file: name = file.read()
print(json.dumps({'image': name, 'argv': sys.argv, 'uid': os.getuid(), 'gid': os.getgid(), 'cwd': os.getcwd(), 'env': dict(os.environ),
                  'version': sys.version_info[:2]}))
os.makedirs('/model', exist_ok=True)
open('/model/result.txt', 'w').write('made in an image')
"""


def seen(task):
    return json.loads(task.log().decode().splitlines()[-1])


def test_a_task_runs_in_an_image_of_a_registry(project, hub, plain, trusts):
    trusts(hub)
    task = project.run_well(LOOK, image=f"{hub}/tests/plain:1", params=[{"name": "a", "value": "1 2"}])
    look = seen(task)
    assert look["image"] == "made by the test\n"
    assert look["argv"] == ["/code/train.py", "--a=1 2"]
    assert look["cwd"] == "/code"
    assert task.output("result.txt") == b"made in an image"
