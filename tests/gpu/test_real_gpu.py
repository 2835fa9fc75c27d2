"""Real GPUs: what a task is given is what CUDA sees in it. Started by tests/gpu/run."""

import json
import pathlib
import re
import subprocess

import pytest

from projects import Project
from traces import until

CARDS = sorted(path for path in pathlib.Path("/dev").glob("nvidia*") if re.fullmatch(r"nvidia\d+", path.name))
pytestmark = pytest.mark.skipif(not CARDS, reason="there is no NVIDIA GPU here")

LOOK = """
import ctypes, json, os, re
cuda = ctypes.CDLL("libcuda.so.1")
count, total = ctypes.c_int(), ctypes.c_size_t()
assert cuda.cuInit(0) == 0
assert cuda.cuDeviceGetCount(ctypes.byref(count)) == 0
uuids = []
for index in range(count.value):
    device, uuid = ctypes.c_int(), (ctypes.c_ubyte * 16)()
    assert cuda.cuDeviceGet(ctypes.byref(device), index) == 0
    assert cuda.cuDeviceGetUuid(ctypes.byref(uuid), device) == 0
    uuids.append(bytes(uuid).hex())
said = {"uuids": uuids, "nodes": [name for name in os.listdir("/dev") if re.fullmatch(r"nvidia\\d+", name)],
        "visible": os.environ["CUDA_VISIBLE_DEVICES"], "name": os.environ["CLOUDBRAIN_ACCELERATORS"]}
try:
    import torch
    said["torch"] = torch.cuda.device_count() if torch.version.cuda else None
    if said["torch"]:
        a = torch.rand(512, 512, device="cuda")
        said["right"] = bool(torch.allclose((a @ a).cpu(), a.cpu() @ a.cpu(), rtol=1e-2, atol=1e-1))
except ImportError:
    said["torch"] = None
print(json.dumps(said), flush=True)
"""
HOLD = LOOK + "import time\ntime.sleep(600)  # until it is stopped\n"


@pytest.fixture
def spec(client):
    kind = client.get("/api/v2/clusters")["items"][0]["accelerators"][0]
    client.call("PUT", "/api/v2/specs/one-gpu", {"compute": "gpu", "accelerator_type": kind["type"], "accelerators": 1,
                                                 "cpus": 1, "memory_bytes": 4 << 30})
    return "one-gpu"


def test_the_driver_and_the_platform_tell_the_same(client):
    listed = subprocess.run(["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"],
                            capture_output=True, text=True, check=True).stdout.strip().splitlines()
    devices = client.get("/api/v2/accelerators")["items"]
    assert len(devices) == len(CARDS) and all(device["healthy"] for device in devices)
    for device, line in zip(devices, listed):
        name, megabytes = line.rsplit(", ", 1)
        assert device["type"].split("-")[-1] in name
        assert abs(device["memory_bytes"] / (1 << 20) - int(megabytes)) < 2048


def test_every_gpu_goes_to_one_task_and_cuda_sees_that_one(client, spec):
    project = Project.make(client)
    tasks = [project.start(HOLD, compute="gpu", spec=spec)] + [project.submit(compute="gpu", spec=spec) for _ in CARDS]
    try:
        said = [json.loads(task.wait_log("}\n").splitlines()[0]) for task in tasks[:len(CARDS)]]
        until(lambda: tasks[-1].state == "WAITING")
        assert all(len(one["uuids"]) == 1 and len(one["nodes"]) == 1 and one["visible"] == "0" for one in said)
        assert len({one["uuids"][0] for one in said}) == len(CARDS) and len({one["name"] for one in said}) == len(CARDS)
        assert all(one["torch"] in (None, 1) and one.get("right", True) for one in said)
    finally:
        for task in tasks:
            task.stop()
            task.wait_end()
