"""The example projects run as they are, in the host image, on a small data set in MNIST's own format."""

import pathlib
import struct

import pytest

from test_first_way import zip_of

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"


def idx(shape, values):
    return struct.pack(">HBB", 0, 8, len(shape)) + struct.pack(f">{len(shape)}I", *shape) + bytes(values)


def tiny_mnist(count=512):
    """Digits that are easy to tell apart: digit d is a bright bar in rows 2d and 2d + 1."""
    labels = [number % 10 for number in range(count)]
    images = b"".join(bytes(255 if row // 2 == label else 0 for row in range(28) for _ in range(28)) for label in labels)
    return {f"{split}-{kind}": data for split in ("train", "t10k")
            for kind, data in (("images-idx3-ubyte", idx((count, 28, 28), images)), ("labels-idx1-ubyte", idx((count,), labels)))}


def torch_archive():
    return zip_of({f"{split}/MNIST/raw/{name}": data for split in ("train", "test") for name, data in tiny_mnist().items()})


@pytest.fixture
def mnist_gpu(project):
    project.push({path.name: path.read_text() for path in (EXAMPLES / "mnist-gpu").iterdir() if path.is_file()})
    project.upload("MnistDataset_torch.zip", torch_archive())
    return project


@pytest.mark.parametrize("script, cluster", [("train.py", "openi"), ("train_for_c2net.py", "c2net"), ("pretrain.py", "openi")])
def test_the_pytorch_example_learns(mnist_gpu, script, cluster):
    task = mnist_gpu.submit(boot_file=script, cluster=cluster, datasets=["MnistDataset_torch.zip"],
                            params=[{"name": "epoch_size", "value": "4"}, {"name": "batch_size", "value": "32"},
                                    {"name": "num_threads", "value": "1"}])
    end = task.wait_end(seconds=120)
    log = task.log().decode()
    assert end["state"] == "SUCCEEDED", log
    assert float(log.strip().splitlines()[-1].removeprefix("accuracy: ")) > 0.9, log
    assert "loss" in log and len(task.output("mnist.pt")) > 50_000
