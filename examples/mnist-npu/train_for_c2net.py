"""Trains LeNet on MNIST with MindSpore where the c2net package tells the places (智算网络集群).

Data set: MNISTData.zip. Result: checkpoint_lenet-<epoch>.ckpt in the output directory of c2net.
"""

import argparse
import os
from types import SimpleNamespace

import mindspore
from mindspore import context, nn
from mindspore.train import Model

import mnist

try:
    from c2net.context import prepare, upload_output
except ImportError:  # an image without the package: it would read the same variables

    def prepare():
        return SimpleNamespace(
            dataset_path=os.environ["LOCAL_DATASET_PATH"],
            pretrain_model_path=os.environ["LOCAL_PRETRAIN_MODEL_PATH"],
            output_path=os.environ["LOCAL_OUTPUT_PATH"],
        )

    def upload_output():
        return os.environ["LOCAL_OUTPUT_PATH"]


parser = argparse.ArgumentParser(description="MindSpore MNIST example for c2net")
parser.add_argument("--device_target", default="Ascend", choices=["Ascend", "GPU", "CPU"])
parser.add_argument("--epoch_size", type=int, default=5, help="how many epochs to train")
parser.add_argument("--batch_size", type=int, default=32, help="images in one step")
parser.add_argument("--lr", type=float, default=0.001, help="learning rate")


def main():
    args, _ = parser.parse_known_args()
    places = prepare()
    context.set_context(mode=context.GRAPH_MODE, device_target=args.device_target)
    print(f"MindSpore {mindspore.__version__} on {args.device_target}", flush=True)

    data = os.path.join(places.dataset_path, "MNISTData")
    train_data = mnist.batches(*mnist.load_split(data, train=True), args.batch_size, shuffle=True)
    test_data = mnist.batches(*mnist.load_split(data, train=False), 500, shuffle=False)

    network = mnist.LeNet()
    loss = nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction="mean")
    optimizer = nn.Adam(network.trainable_params(), learning_rate=args.lr)
    model = Model(network, loss, optimizer, metrics={"accuracy"})
    save_as = os.path.join(places.output_path, "checkpoint_lenet-{epoch}.ckpt")
    progress = mnist.Progress(model, test_data, args.epoch_size, save_as)
    model.train(args.epoch_size, train_data, callbacks=[progress], dataset_sink_mode=False)

    upload_output()
    print(f"accuracy: {progress.accuracy:.4f}", flush=True)


if __name__ == "__main__":
    main()
