"""A vendor of accelerators that are /dev/null under other names, described by a CDI file as a real vendor's are."""

import json


class FakeVendor:
    def __init__(self, directory, kind="fake.example/gpu", **annotations):
        self.directory, self.kind, self.annotations = directory, kind, annotations
        directory.mkdir(parents=True, exist_ok=True)

    @property
    def file(self):
        return self.directory / (self.kind.replace("/", "-") + ".json")

    def offer(self, count, host_path=lambda number: "/dev/null", **shared):
        """`count` devices, as a file that comes into being at once."""
        devices = [{"name": str(number), "containerEdits": {
            "deviceNodes": [{"path": f"/dev/fake{number}", "hostPath": str(host_path(number))}],
            "env": [f"FAKE_DEVICE_{number}=yes"]}} for number in range(count)]
        text = json.dumps({"cdiVersion": "0.6.0", "kind": self.kind, "devices": devices,
                           "annotations": {f"fake.example/{key}": value for key, value in self.annotations.items()},
                           "containerEdits": {"env": ["FAKE_DRIVER=7"], **shared}})
        draft = self.file.with_suffix(".draft")
        draft.write_text(text)
        draft.rename(self.file)
        return self


# What a task says of the accelerators that it finds.
LOOK = """
import json, os, stat, sys, time
nodes = sorted(name for name in os.listdir("/dev") if name.startswith("fake"))
print(json.dumps({"nodes": nodes, "devices": [os.stat("/dev/" + name).st_rdev for name in nodes],
                  "opened": [open("/dev/" + name, "wb").write(b"x") for name in nodes],
                  "environment": {key: value for key, value in os.environ.items()
                                  if key.startswith(("FAKE", "CUDA", "ASCEND_VIS", "ASCEND_RT", "CLOUDBRAIN_ACC"))}}), flush=True)
"""
HOLD = LOOK + "time.sleep(600)  # until it is stopped\n"


def seen(task):
    """What a task that runs LOOK has said."""
    return json.loads(task.wait_log("}}\n").splitlines()[0])
