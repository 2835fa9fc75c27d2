"""What the scripts of this project share: the network, the data, where things lie."""

import os

import mindspore
import mindspore.dataset
import numpy
from mindspore import nn
from mindspore.train.callback import Callback


class LeNet(nn.Cell):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, pad_mode="valid")
        self.conv2 = nn.Conv2d(6, 16, 5, pad_mode="valid")
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(kernel_size=2, stride=2)
        self.flatten = nn.Flatten()
        self.fc1 = nn.Dense(16 * 4 * 4, 120)
        self.fc2 = nn.Dense(120, 84)
        self.fc3 = nn.Dense(84, 10)

    def construct(self, images):
        x = self.pool(self.relu(self.conv1(images)))  # 28x28 -> 12x12
        x = self.pool(self.relu(self.conv2(x)))  # 12x12 -> 4x4
        x = self.relu(self.fc1(self.flatten(x)))
        return self.fc3(self.relu(self.fc2(x)))


def read_idx(path):
    """An array as MNIST's files hold it: a magic number, the sizes, then bytes."""
    with open(path, "rb") as file:
        magic = int.from_bytes(file.read(4), "big")
        shape = [int.from_bytes(file.read(4), "big") for _ in range(magic & 0xFF)]
        return numpy.frombuffer(file.read(), dtype=numpy.uint8).reshape(shape)


def load_split(root, train):
    """Images as float32 (count, 1, 28, 28) from -1 to 1, and their labels."""
    folder, prefix = ("train", "train") if train else ("test", "t10k")
    images = read_idx(os.path.join(root, folder, f"{prefix}-images-idx3-ubyte"))
    labels = read_idx(os.path.join(root, folder, f"{prefix}-labels-idx1-ubyte"))
    return images[:, None].astype(numpy.float32) / 127.5 - 1, labels.astype(numpy.int32)


def batches(images, labels, batch_size, shuffle):
    columns = {"image": images, "label": labels}
    data = mindspore.dataset.NumpySlicesDataset(columns, shuffle=shuffle)
    return data.batch(batch_size, drop_remainder=shuffle)


class Progress(Callback):
    """Tells the loss as training goes on; after each epoch tests the network and saves it."""

    def __init__(self, model, test_data, epochs, save_as, report_every=100):
        super().__init__()
        self.model = model
        self.test_data = test_data
        self.epochs = epochs
        self.save_as = save_as
        self.report_every = report_every
        self.accuracy = 0.0

    def step_end(self, run_context):
        now = run_context.original_args()
        step = (now.cur_step_num - 1) % now.batch_num + 1
        if step % self.report_every == 0 or step == now.batch_num:
            loss = float(now.net_outputs.asnumpy())
            print(f"epoch {now.cur_epoch_num}/{self.epochs} step {step}/{now.batch_num} loss {loss:.4f}", flush=True)

    def epoch_end(self, run_context):
        now = run_context.original_args()
        self.accuracy = self.model.eval(self.test_data, dataset_sink_mode=False)["accuracy"]
        path = self.save_as.format(epoch=now.cur_epoch_num)
        mindspore.save_checkpoint(now.train_network, path)
        print(f"epoch {now.cur_epoch_num}/{self.epochs} test accuracy {self.accuracy:.4f}, saved {path}", flush=True)


def fetch(url, local):
    """A local path for `url`: itself, or where an object store's content was copied to."""
    if "://" not in url:
        return url
    import moxing

    moxing.file.copy_parallel(url, local)
    return local


def fetch_file(url, local):
    if "://" not in url:
        return url
    import moxing

    moxing.file.copy(url, local)
    return local


def deliver(local, url):
    """Copies a directory to `url` where that is in an object store."""
    if "://" in url:
        import moxing

        moxing.file.copy_parallel(local, url)
