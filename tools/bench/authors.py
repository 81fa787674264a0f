"""Modular addition the way of the published program (Lakkapragada 2025, Figures 2 and 3).

What a step does is known from the paper's program; written anew here.  The data are a list
of pairs of small tensors; a DataLoader is asked for the first batch of a fresh shuffle at
each step; a checkpoint evaluates the network on one sample after the other, all of both
sets; the estimate walks each chain by a loop over the weights and reads each loss back,
as the library for it does.  One thread, as all here.
"""

import math

import torch
from torch import nn
from torch.utils.data import DataLoader


class Network(nn.Module):
    def __init__(self, run):
        super().__init__()
        shapes = [spec["shape"] for spec in run.settings["model"]["weights"]]
        (p, embedded), (hidden, _) = shapes[0], shapes[1]
        self.embedding = nn.Embedding(p, embedded)
        self.left = nn.Linear(embedded, hidden)
        self.right = nn.Linear(embedded, hidden)
        self.activation = nn.GELU()
        self.out = nn.Linear(hidden, p, bias=False)

    def forward(self, pairs):
        left = self.left(self.embedding(pairs[..., 0]))
        right = self.right(self.embedding(pairs[..., 1]))
        return self.out(self.activation(left + right))


def data_sets(run):
    """Lists of (pair, sum), training and validation."""
    p = run.settings["data"]["p"]
    samples = [(torch.tensor([i, j]), torch.tensor((i + j) % p))
               for i in range(p) for j in range(p)]
    order = torch.randperm(len(samples)).tolist()
    train = int(run.settings["data"]["train_fraction"] * len(samples))
    return [samples[i] for i in order[:train]], [samples[i] for i in order[train:]]


def train(run):
    spec = run.settings["train"]
    network, criterion = Network(run), nn.CrossEntropyLoss()
    adam = torch.optim.Adam(network.parameters(), lr=spec["optimizer"]["lr"],
                            weight_decay=spec["optimizer"]["weight_decay"])
    loader = DataLoader(data_sets(run)[0], batch_size=spec["batch"]["size"], shuffle=True)
    while True:
        for _ in range((yield)):
            pairs, sums = next(iter(loader))
            adam.zero_grad()
            criterion(network(pairs), sums).backward()
            adam.step()


def metrics(run):
    """Both sets, sample by sample."""
    network, criterion = Network(run), nn.CrossEntropyLoss()
    sets = data_sets(run)
    while True:
        for _ in range((yield)):
            for samples in sets:
                loss, correct = 0.0, 0
                with torch.no_grad():
                    for pair, total in samples:
                        logits = network(pair)
                        loss += criterion(logits, total).item()
                        correct += int(torch.argmax(logits) == total)


def chain(run):
    """SGLD with localization, a weight at a time, over a loader's shuffled epochs."""
    estimate = run.settings["llc"][0]
    rate, gamma, nbeta = estimate["lr"], estimate["localization"], estimate["nbeta"]
    network, criterion = Network(run), nn.CrossEntropyLoss()
    weights = list(network.parameters())
    centre = [weight.detach().clone() for weight in weights]
    loader = DataLoader(data_sets(run)[0], batch_size=estimate["batch"]["size"],
                        shuffle=True)
    batches, losses = iter(loader), []
    while True:
        for _ in range((yield)):
            try:
                pairs, sums = next(batches)
            except StopIteration:
                batches = iter(loader)
                pairs, sums = next(batches)
            network.zero_grad()
            loss = criterion(network(pairs), sums)
            loss.backward()
            losses.append(loss.item())
            with torch.no_grad():
                for weight, start in zip(weights, centre):
                    drift = weight.grad * nbeta + gamma * (weight - start)
                    weight.add_(drift, alpha=-rate / 2)
                    weight.add_(torch.normal(0.0, 1.0, size=weight.shape),
                                alpha=math.sqrt(rate))
