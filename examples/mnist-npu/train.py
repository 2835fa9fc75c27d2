"""Trains LeNet on MNIST with MindSpore (启智集群, Ascend NPU).

Data set: MNISTData.zip; the platform gives its place as --data_url and the place of the result as
--train_url. Result: /cache/output/checkpoint_lenet-<epoch>.ckpt.
"""

import argparse
import os

import mindspore
from mindspore import context, nn
from mindspore.train import Model

import mnist

parser = argparse.ArgumentParser(description="MindSpore MNIST example")
parser.add_argument("--data_url", default="/cache/dataset", help="the data set")
parser.add_argument("--train_url", default="/cache/output", help="where results are wanted")
parser.add_argument("--ckpt_url", default="", help="a model to go on from")
parser.add_argument("--device_target", default="Ascend", choices=["Ascend", "GPU", "CPU"])
parser.add_argument("--epoch_size", type=int, default=5, help="how many epochs to train")
parser.add_argument("--batch_size", type=int, default=32, help="images in one step")
parser.add_argument("--lr", type=float, default=0.001, help="learning rate")


def main():
    # The platform gives more arguments than a script may want: parse_known_args lets them pass.
    args, _ = parser.parse_known_args()
    context.set_context(mode=context.GRAPH_MODE, device_target=args.device_target)
    print(f"MindSpore {mindspore.__version__} on {args.device_target}", flush=True)

    data = mnist.fetch(args.data_url, "/cache/data")
    output = args.train_url if "://" not in args.train_url else "/cache/output"
    os.makedirs(output, exist_ok=True)
    train_data = mnist.batches(*mnist.load_split(data, train=True), args.batch_size, shuffle=True)
    test_data = mnist.batches(*mnist.load_split(data, train=False), 500, shuffle=False)

    network = mnist.LeNet()
    if args.ckpt_url:
        checkpoint = mnist.fetch_file(args.ckpt_url, "/cache/checkpoint.ckpt")
        mindspore.load_param_into_net(network, mindspore.load_checkpoint(checkpoint))
    loss = nn.SoftmaxCrossEntropyWithLogits(sparse=True, reduction="mean")
    optimizer = nn.Adam(network.trainable_params(), learning_rate=args.lr)
    model = Model(network, loss, optimizer, metrics={"accuracy"})
    save_as = os.path.join(output, "checkpoint_lenet-{epoch}.ckpt")
    progress = mnist.Progress(model, test_data, args.epoch_size, save_as)
    model.train(args.epoch_size, train_data, callbacks=[progress], dataset_sink_mode=False)

    mnist.deliver(output, args.train_url)
    print(f"accuracy: {progress.accuracy:.4f}", flush=True)


if __name__ == "__main__":
    main()
