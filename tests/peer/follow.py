"""Taking the steps of a run with PyTorch, and how far that leads from the run's weights."""

import math

import torch

from network import Network, tensor

DTYPES = {"f32": torch.float32, "f64": torch.float64, "fixed": torch.float64}


def optimizer(spec, weights, scale):
    lr, decay = spec["lr"] * scale, spec.get("weight_decay", 0)
    if spec["kind"] == "sgd":
        return torch.optim.SGD(weights, lr, spec.get("momentum", 0), weight_decay=decay)
    kind = torch.optim.AdamW if spec.get("decay") == "decoupled" else torch.optim.Adam
    return kind(weights, lr, spec.get("betas", (0.9, 0.999)), spec.get("eps", 1e-8), decay)


def rate(spec, update):
    """The learning rate of an update: that of the last entry of the schedule begun."""
    rates = [entry["lr"] for entry in spec.get("schedule", []) if entry["from"] <= update]
    return rates[-1] if rates else spec["lr"]


def distance(weights, wanted):
    """Relative L2 distance, all weights as one vector."""
    apart = size = 0.0
    for name, weight in weights.items():
        apart += (weight.double() - wanted[name].double()).square().sum().item()
        size += wanted[name].double().square().sum().item()
    return math.sqrt(apart / size)


def begin(run, walk, dtype):
    first = {name: rows[0] for name, rows in walk.weights.items()}
    return Network(run["model"], run["data"], first, dtype or DTYPES[run["arithmetic"]])


def train(run, walk, scale=1.0, dtype=None):
    """The weights that move after each update; scale multiplies the learning rate."""
    network = begin(run, walk, dtype)
    spec = run["train"]["optimizer"]
    steps = optimizer(spec, list(network.moving.values()), scale)
    for update in range(walk.updates):
        for group in steps.param_groups:
            group["lr"] = rate(spec, update) * scale
        for name, gradient in network.gradient(walk.batch(update)).items():
            pull = spec.get("l1", 0) * network.moving[name].detach().sign()
            network.moving[name].grad = gradient + pull
        steps.step()
        yield {name: weight.detach() for name, weight in network.moving.items()}


def project(weights, centre, normal):
    """Takes from weights - centre its part along the normal, all weights as one vector."""
    square = sum(n.double().square().sum() for n in normal.values())
    along = sum(((weights[name] - centre[name]).double() * n.double()).sum()
                for name, n in normal.items())
    for name, n in normal.items():
        weights[name] -= (along / square).to(n.dtype) * n


def sample(run, chain, walk, scale=1.0, dtype=None):
    """The same of a chain's SGLD updates, with the chain's own noise."""
    network = begin(run, walk, dtype)
    weights = network.moving
    centre = {name: weight.detach().clone() for name, weight in weights.items()}
    estimate, nbeta = run["llc"][chain["llc"]], chain["nbeta"]
    lr, gamma = estimate["lr"] * scale, estimate["localization"]
    restricted = estimate.get("restrict", "none") == "orthogonal"
    normal = network.gradient(walk.data) if restricted else None
    for update in range(walk.updates):
        gradient = network.gradient(walk.batch(update))
        with torch.no_grad():
            for name, weight in weights.items():
                noise = tensor(walk.noise[name][update], weight.dtype)
                drift = gamma * (weight - centre[name]) + nbeta * gradient[name]
                weight += math.sqrt(lr) * noise - lr / 2 * drift
            if restricted:
                project(weights, centre, normal)
        yield {name: weight.detach() for name, weight in weights.items()}
