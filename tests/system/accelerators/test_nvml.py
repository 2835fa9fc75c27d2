"""NVIDIA's management library, as the platform asks it: one of the test's own, which knows two cards, one of them lost."""

import os
import shutil
import subprocess

import pytest

from fake_vendor import FakeVendor
from running_server import PROGRAM

LIBRARY = r"""
#include <string.h>
struct memory { unsigned long long total, free, used; };
int nvmlInit_v2(void) { return 0; }
int nvmlShutdown(void) { return 0; }
int nvmlDeviceGetCount_v2(unsigned *count) { *count = 2; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device) { *device = (void *)(long)(index + 1); return index == 1 ? 15 : 0; }
int nvmlDeviceGetMinorNumber(void *device, unsigned *minor) { *minor = 0; return 0; }
int nvmlDeviceGetName(void *device, char *name, unsigned size) { strcpy(name, "NVIDIA H100 80GB HBM3"); return 0; }
int nvmlDeviceGetUUID(void *device, char *uuid, unsigned size) { strcpy(uuid, "GPU-1"); return 0; }
int nvmlDeviceGetMemoryInfo(void *device, struct memory *memory) { memory->total = 85899345920ULL; return 0; }
"""


@pytest.mark.skipif(not shutil.which("cc"), reason="makes a library")
@pytest.mark.skipif(os.path.exists("/dev/nvidiactl"), reason="the driver's own library is asked here")
def test_model_memory_and_health_are_what_the_driver_says(tmp_path):
    (tmp_path / "nvml.c").write_text(LIBRARY)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", tmp_path / "libnvidia-ml.so.1", tmp_path / "nvml.c"], check=True)
    vendor = FakeVendor(tmp_path / "cdi", kind="nvidia.com/gpu")
    vendor.file.write_text("""{"cdiVersion": "0.5.0", "kind": "nvidia.com/gpu", "devices": [
        {"name": "0", "containerEdits": {"deviceNodes": [{"path": "/dev/nvidia0", "hostPath": "/dev/null"}]}},
        {"name": "1", "containerEdits": {"deviceNodes": [{"path": "/dev/nvidia1", "hostPath": "/dev/null"}]}}]}""")
    told = subprocess.run([PROGRAM, "doctor", "--cdi", vendor.directory, "--data", tmp_path], capture_output=True, text=True,
                          env={**os.environ, "LD_LIBRARY_PATH": str(tmp_path), "LC_ALL": "C.UTF-8"}).stdout
    line, = [line for line in told.splitlines() if " accelerators " in line]
    assert "1 × H100" in line and "nvidia.com/gpu=1: it has fallen off the bus" in line
