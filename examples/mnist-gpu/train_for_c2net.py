"""Trains on MNIST where the c2net package tells the places (智算网络集群).

Data set: MnistDataset_torch.zip. Result: mnist.pt in the output directory of c2net.
"""

import argparse
import os
from types import SimpleNamespace

import torch

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


parser = argparse.ArgumentParser(description="PyTorch MNIST example for c2net")
parser.add_argument("--epoch_size", type=int, default=1, help="how many epochs to train")
parser.add_argument("--batch_size", type=int, default=128, help="images in one step")
parser.add_argument("--lr", type=float, default=0.002, help="learning rate")
parser.add_argument("--num_threads", type=int, default=0, help="CPU threads; 0: PyTorch decides")


def main():
    args, _ = parser.parse_known_args()
    if args.num_threads > 0:
        torch.set_num_threads(args.num_threads)
    context = prepare()
    data = os.path.join(context.dataset_path, "MnistDataset_torch")
    device = mnist.choose_device()
    images, labels = mnist.load_split(os.path.join(data, "train"), train=True, device=device)
    test_images, test_labels = mnist.load_split(os.path.join(data, "test"), train=False, device=device)

    network = mnist.Network().to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=args.lr)
    accuracy = 0.0
    for epoch in range(1, args.epoch_size + 1):
        mnist.train_epoch(network, optimizer, images, labels, args.batch_size, epoch, args.epoch_size)
        accuracy = mnist.accuracy_of(network, test_images, test_labels)
        print(f"epoch {epoch}/{args.epoch_size} test accuracy {accuracy:.4f}", flush=True)

    path = os.path.join(context.output_path, "mnist.pt")
    torch.save(network.state_dict(), path)
    upload_output()
    print(f"saved {path}", flush=True)
    print(f"accuracy: {accuracy:.4f}", flush=True)


if __name__ == "__main__":
    main()
