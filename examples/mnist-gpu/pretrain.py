"""Goes on training a model that was trained before: a task with a model chosen in its form.

The platform gives the chosen file as --ckpt_url (/pretrainmodel/mnist.pt). Without one, training
starts from nothing. Result: /model/mnist.pt.
"""

import argparse
import os

import torch

import mnist

parser = argparse.ArgumentParser(description="PyTorch MNIST example: from a pretrained model")
parser.add_argument("--ckpt_url", default="", help="the pretrained model")
parser.add_argument("--traindata", default="/dataset/train", help="root of the training data")
parser.add_argument("--testdata", default="/dataset/test", help="root of the test data")
parser.add_argument("--model_dir", default="/model", help="where the trained model is saved")
parser.add_argument("--epoch_size", type=int, default=1, help="how many epochs to train")
parser.add_argument("--batch_size", type=int, default=128, help="images in one step")
parser.add_argument("--lr", type=float, default=0.0005, help="learning rate, small: most is learnt")
parser.add_argument("--num_threads", type=int, default=0, help="CPU threads; 0: PyTorch decides")


def main():
    args, _ = parser.parse_known_args()
    if args.num_threads > 0:
        torch.set_num_threads(args.num_threads)
    device = mnist.choose_device()
    images, labels = mnist.load_split(args.traindata, train=True, device=device)
    test_images, test_labels = mnist.load_split(args.testdata, train=False, device=device)

    network = mnist.Network().to(device)
    if args.ckpt_url:
        network.load_state_dict(torch.load(args.ckpt_url, map_location=device))
        accuracy = mnist.accuracy_of(network, test_images, test_labels)
        print(f"loaded {args.ckpt_url}, test accuracy {accuracy:.4f}", flush=True)
    else:
        print("no --ckpt_url: training starts from nothing", flush=True)

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
