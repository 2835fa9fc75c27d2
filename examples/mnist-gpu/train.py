"""Trains a digit classifier on MNIST.

Data set: MnistDataset_torch.zip, which appears as /dataset/train and /dataset/test.
Result:   /model/mnist.pt, to be downloaded from the task's results.
"""

import argparse
import os

import torch

import mnist

parser = argparse.ArgumentParser(description="PyTorch MNIST example")
parser.add_argument("--traindata", default="/dataset/train", help="root of the training data")
parser.add_argument("--testdata", default="/dataset/test", help="root of the test data")
parser.add_argument("--model_dir", default="/model", help="where the trained model is saved")
parser.add_argument("--epoch_size", type=int, default=1, help="how many epochs to train")
parser.add_argument("--batch_size", type=int, default=128, help="images in one step")
parser.add_argument("--lr", type=float, default=0.002, help="learning rate")
parser.add_argument("--num_threads", type=int, default=0, help="CPU threads; 0: PyTorch decides")
parser.add_argument("--seed", type=int, default=1, help="makes a run on a CPU repeatable")


def main():
    # The platform may add arguments of its own: parse_known_args lets them pass.
    args, unknown = parser.parse_known_args()
    if args.num_threads > 0:
        torch.set_num_threads(args.num_threads)
    torch.manual_seed(args.seed)
    device = mnist.choose_device()
    print(f"PyTorch {torch.__version__} on {device}, {torch.get_num_threads()} threads", flush=True)
    if unknown:
        print("arguments not used:", unknown, flush=True)

    images, labels = mnist.load_split(args.traindata, train=True, device=device)
    test_images, test_labels = mnist.load_split(args.testdata, train=False, device=device)
    print(f"{len(images)} training images, {len(test_images)} test images", flush=True)

    network = mnist.Network().to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=args.lr)
    accuracy = 0.0
    for epoch in range(1, args.epoch_size + 1):
        mnist.train_epoch(network, optimizer, images, labels, args.batch_size, epoch, args.epoch_size)
        accuracy = mnist.accuracy_of(network, test_images, test_labels)
        print(f"epoch {epoch}/{args.epoch_size} test accuracy {accuracy:.4f}", flush=True)

    path = os.path.join(args.model_dir, "mnist.pt")
    torch.save(network.state_dict(), path)
    print(f"saved {path}", flush=True)
    print(f"accuracy: {accuracy:.4f}", flush=True)


if __name__ == "__main__":
    main()
