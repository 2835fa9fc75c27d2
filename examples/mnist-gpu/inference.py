"""Reads the digits of the test images with a trained model: an inference task.

The platform gives the chosen model as --ckpt_url (/model/mnist.pt).
Result: /result/result.txt, one line an image: its number, what was read, what it is.
"""

import argparse
import os

import torch

import mnist

parser = argparse.ArgumentParser(description="PyTorch MNIST example: inference")
parser.add_argument("--ckpt_url", default="/model/mnist.pt", help="the trained model")
parser.add_argument("--testdata", default="/dataset/test", help="root of the test data")
parser.add_argument("--result_dir", default="/result", help="where the result is written")
parser.add_argument("--num_threads", type=int, default=0, help="CPU threads; 0: PyTorch decides")


def main():
    args, _ = parser.parse_known_args()
    if args.num_threads > 0:
        torch.set_num_threads(args.num_threads)
    device = mnist.choose_device()
    images, labels = mnist.load_split(args.testdata, train=False, device=device)
    network = mnist.Network().to(device)
    network.load_state_dict(torch.load(args.ckpt_url, map_location=device))

    read = mnist.predict(network, images)
    path = os.path.join(args.result_dir, "result.txt")
    with open(path, "w") as result:
        for number, (digit, label) in enumerate(zip(read.tolist(), labels.tolist())):
            result.write(f"{number} {digit} {label}\n")
    print(f"wrote {path}: {len(images)} images", flush=True)
    print(f"accuracy: {(read == labels).float().mean().item():.4f}", flush=True)


if __name__ == "__main__":
    main()
