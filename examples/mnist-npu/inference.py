"""Reads the digits of the test images with a trained LeNet: an inference task (启智集群, Ascend NPU).

The platform gives the data as --data_url, the chosen model as --ckpt_url and the place of the result
as --result_url. Result: result.txt, one line an image: its number, what was read, what it is.
"""

import argparse
import os

import mindspore
from mindspore import context

import mnist

parser = argparse.ArgumentParser(description="MindSpore MNIST example: inference")
parser.add_argument("--data_url", default="/cache/dataset", help="the data set")
parser.add_argument("--ckpt_url", required=True, help="the trained model")
parser.add_argument("--result_url", default="/cache/output", help="where the result is wanted")
parser.add_argument("--device_target", default="Ascend", choices=["Ascend", "GPU", "CPU"])


def main():
    args, _ = parser.parse_known_args()
    context.set_context(mode=context.GRAPH_MODE, device_target=args.device_target)
    data = mnist.fetch(args.data_url, "/cache/data")
    checkpoint = mnist.fetch_file(args.ckpt_url, "/cache/checkpoint.ckpt")
    output = args.result_url if "://" not in args.result_url else "/cache/result"
    os.makedirs(output, exist_ok=True)

    network = mnist.LeNet()
    mindspore.load_param_into_net(network, mindspore.load_checkpoint(checkpoint))
    network.set_train(False)
    images, labels = mnist.load_split(data, train=False)
    read = []
    for start in range(0, len(images), 500):
        scores = network(mindspore.Tensor(images[start : start + 500])).asnumpy()
        read.extend(scores.argmax(axis=1).tolist())

    path = os.path.join(output, "result.txt")
    with open(path, "w") as result:
        for number, (digit, label) in enumerate(zip(read, labels.tolist())):
            result.write(f"{number} {digit} {label}\n")
    mnist.deliver(output, args.result_url)
    correct = sum(digit == label for digit, label in zip(read, labels.tolist()))
    print(f"wrote {path}: {len(read)} images", flush=True)
    print(f"accuracy: {correct / len(read):.4f}", flush=True)


if __name__ == "__main__":
    main()
