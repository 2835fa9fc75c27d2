#!/usr/bin/python3
"""Starting in an OCI image: HTTP submit to the first byte of the script's output, in a small image and in one
of 2 GB, beside a bare `runc run` of an equal bundle (the same tree below an overlay, the same namespaces)
and `podman run` of that tree.
"""

import json
import os
import pathlib
import subprocess
import sys
import time

import measure
import podman
import server
from submit_latency import SCRIPT, of_program, take_turns

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests/system/images"))
from oci_images import Layout, add_file, base_layer, layer  # noqa: E402

LARGE = 2 << 30
FILES = 20_000


def load_image(cloudbrain, name, layers, directory):
    archive = Layout(f"{directory}/{name}", layers).save(f"{directory}/{name}.tar", "oci-archive", "bench:1")
    with open(archive, "rb") as data:
        cloudbrain.client.call("PUT", f"/api/v2/images/{name}/archive", data.read())
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        image = next(one for one in cloudbrain.client.call("GET", "/api/v2/images")["items"] if one["name"] == name)
        if image["state"] == "ready":
            return image
        if image["state"] == "failed":
            raise SystemExit(image["failure"])
        time.sleep(0.2)
    raise SystemExit("the image is not ready")


def through_api(cloudbrain, follower, project, name, image):
    begin = time.monotonic_ns()
    task = cloudbrain.submit(project, {**cloudbrain.form(name), "image": image})["id"]
    first = None
    for received, event, _ in follower.follow(task):
        if event == "log" and first is None:
            first = received
    return (first - begin) / 1e6


def bundle(tree, code, directory):
    """For runc: an overlay of the tree, and what a task has around it."""
    for name in ("upper", "work", "rootfs", "state"):
        os.makedirs(f"{directory}/{name}")
    owner = os.stat(tree)
    os.chown(f"{directory}/upper", owner.st_uid, owner.st_gid)
    subprocess.run(["mount", "-t", "overlay", "overlay", "-o",
                    f"nodev,nosuid,lowerdir={tree},upperdir={directory}/upper,workdir={directory}/work", f"{directory}/rootfs"], check=True)

    def bind(source, target, *options):
        return {"destination": target, "type": "bind", "source": source, "options": ["rbind", "nosuid", "nodev", *options]}
    ids = [{"containerID": 0, "hostID": owner.st_uid, "size": 1}, {"containerID": 1, "hostID": 1_900_000_001, "size": 65535}]
    places = [bind(code, path) for path in ("/tmp", "/code", "/dataset", "/pretrainmodel", "/model")]
    config = {
        "ociVersion": "1.0.2", "root": {"path": "rootfs"}, "hostname": "bench",
        "process": {"terminal": False, "user": {"uid": 0, "gid": 0}, "args": ["python3", "/code/train.py"], "cwd": "/code",
                    "env": ["PATH=/usr/bin:/bin", "PYTHONUNBUFFERED=1"], "capabilities": {}, "noNewPrivileges": True},
        "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
                   {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755", "size=64k"]},
                   {"destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": ["nosuid", "nodev", "mode=1777"]},
                   bind("/sys/devices/system", "/sys/devices/system", "ro"), bind("/etc/resolv.conf", "/etc/resolv.conf", "ro"),
                   bind("/etc/hosts", "/etc/hosts", "ro"), *places],
        "linux": {"uidMappings": ids, "gidMappings": ids, "maskedPaths": ["/proc/kcore", "/proc/keys", "/proc/timer_list"],
                  "namespaces": [{"type": kind} for kind in ("pid", "mount", "ipc", "uts", "user")]},
    }
    with open(f"{directory}/config.json", "w", encoding="utf-8") as out:
        json.dump(config, out)


def run(repeats):
    with (measure.temporary_directory() as work, measure.temporary_directory() as code,
          server.Server.running() as cloudbrain, podman.Podman.prepared() as containers):
        with open(os.path.join(code, "train.py"), "w", encoding="ascii") as out:
            out.write(SCRIPT)
        base = base_layer()
        small = load_image(cloudbrain, "small", [base], work)
        weight = layer(lambda tar: [add_file(tar, f"opt/weight/{n // 1000}/{n}", bytes(LARGE // FILES)) for n in range(FILES)])
        large = load_image(cloudbrain, "large", [base, weight], work)
        print(f"  images of {small['size'] >> 20} and {large['size'] >> 20} MB", flush=True)
        project = cloudbrain.project("images", {"train.py": SCRIPT})
        follower = cloudbrain.client.another()
        tree = f"{cloudbrain.data}/images/{small['digest'].removeprefix('sha256:')}/tree"
        os.makedirs(f"{work}/runc")
        bundle(tree, code, f"{work}/runc")
        # podman mounts an overlay of its own for `tree:O`, and needs to walk to it.
        direct = containers.command(code, "python3", "/code/train.py")
        start = direct.index("run")
        limits = [word for word in direct if word.startswith(("nofile=", "nproc="))]
        limits = [word for limit in limits for word in ("--ulimit", limit)]
        podman_run = [*direct[:start], "run", "--rm", "--network", "host", "--log-driver", "none", *limits, "--volume", f"{code}:/code:ro",
                      "--rootfs", f"{tree}:O", "python3", "/code/train.py"]
        path = os.environ["PATH"] + ":/usr/sbin"
        number = iter(range(1_000_000))
        try:
            times = take_turns(repeats, {
                "cloudbrain, small image": lambda n: through_api(cloudbrain, follower, project, f"s{n + 1}", "small"),
                "cloudbrain, 2 GB image": lambda n: through_api(cloudbrain, follower, project, f"l{n + 1}", "large"),
                "runc run": lambda _: of_program(["runc", "--root", f"{work}/runc/state", "run", "--bundle", f"{work}/runc",
                                                  f"bench-{next(number)}"], {**os.environ, "PATH": path}),
                "podman run": lambda _: of_program(podman_run, {**os.environ, "PATH": path}),
            })
        finally:
            subprocess.run(["umount", "--lazy", f"{work}/runc/rootfs"], check=True)
    for name, values in times.items():
        measure.print_spread(name, values, "ms")
    middle = {name: measure.median(values) for name, values in times.items()}
    ours = middle["cloudbrain, small image"]
    return [
        measure.Figure("submit → first byte in an image", ours, "ms", "runc run", middle["runc run"], at_most=1.6),
        measure.Figure("submit → first byte in an image", ours, "ms", "podman run", middle["podman run"], at_most=0.5),
        measure.Figure("the same in an image of 2 GB", middle["cloudbrain, 2 GB image"], "ms", "small image", ours, at_most=1.2),
    ]


if __name__ == "__main__":
    measure.run_figure("start in an image", 20, run)
