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


def spread(ranges, size):
    """Which of so many rows or columns a block's part has."""
    first = (ranges or {}).get("from", 0)
    last = first + (ranges or {}).get("count", size - first)
    return torch.tensor([first <= i < last for i in range(size)])


def movers(model, restrict, weights):
    """Of each weight of which numbers move: whether each does."""
    if isinstance(restrict, str):
        return {name: torch.ones_like(weight, dtype=bool) for name, weight in weights.items()}
    moves = {name: torch.zeros_like(weight, dtype=bool) for name, weight in weights.items()}
    parts = [{"weight": name} for name in restrict.get("weights", [])]
    for block in model.get("blocks", []):
        parts += block["of"] if block["name"] in restrict.get("blocks", []) else []
    for part in parts:
        of = moves[part["weight"]]
        rows = of.view(len(of) if of.dim() > 1 else 1, -1)
        rows |= torch.outer(spread(part.get("rows"), rows.shape[0]),
                            spread(part.get("columns"), rows.shape[1]))
    return {name: of for name, of in moves.items() if of.any()}


def momentum(estimate, lr):
    """Of a step with a momentum: lose, push, before, fade, noise and after."""
    if estimate["sampler"] == "sghmc":
        decay = estimate.get("momentum_decay", 0.1)
        return decay, lr / 2, 0.0, 0.0, math.sqrt(decay * lr), 1.0
    h = math.sqrt(lr)
    keep = math.exp(-estimate["friction"] * h)
    return 0.0, h, h / 2, 1 - keep, math.sqrt(1 - keep * keep), h / 2


class Scaled:
    """The drift of a step that the root of a mean square of gradients scales, and the
    scale, of a weight from update to update."""

    def __init__(self, estimate, weight):
        self.adam = estimate["sampler"] == "adam-sgld"
        self.b1, self.b2 = estimate.get("betas", [0.9, 0.999]) if self.adam else (
            0.0, estimate.get("alpha", 0.99))
        self.eps = estimate.get("eps", 0.1)
        self.mean, self.square = torch.zeros_like(weight), torch.zeros_like(weight)

    def step(self, update, gradient):
        """What stands in the place of the gradient, and the scale."""
        self.mean = self.b1 * self.mean + (1 - self.b1) * gradient
        self.square = self.b2 * self.square + (1 - self.b2) * gradient * gradient
        if not self.adam:
            return gradient, 1 / (self.square.sqrt() + self.eps)
        root = (self.square / (1 - self.b2 ** (update + 1))).sqrt()
        return self.mean / (1 - self.b1 ** (update + 1)), 1 / (root + self.eps)


def pull_of(estimate, weights):
    """The pull's strength, and where it goes."""
    prior = estimate.get("prior")
    if prior is None:
        return estimate["localization"], {n: w.detach().clone() for n, w in weights.items()}
    return (prior["precision"] if "precision" in prior else prior["gaussian"] ** -2,
            {name: torch.zeros_like(weight) for name, weight in weights.items()})


def sample(run, chain, walk, scale=1.0, dtype=None):
    """The same of a chain's updates, with the chain's own noise, and where proposals may be
    refused with its own verdicts."""
    network = begin(run, walk, dtype)
    weights = network.moving
    centre = {name: weight.detach().clone() for name, weight in weights.items()}
    estimate, nbeta = run["llc"][chain["llc"]], chain["nbeta"]
    lr, level = estimate["lr"] * scale, estimate.get("noise_level", 1)
    gamma, home = pull_of(estimate, weights)
    box = estimate.get("bounding_box", math.inf)
    restrict, kind = estimate.get("restrict", "none"), estimate.get("sampler", "sgld")
    moves = movers(run["model"], restrict, weights)
    plane = restrict.get("orthogonal") if isinstance(restrict, dict) else restrict == "orthogonal"
    momenta = {name: torch.zeros_like(weight) for name, weight in centre.items()}
    gained = {name: torch.zeros_like(weight) for name, weight in centre.items()}
    scaled = {name: Scaled(estimate, weight) for name, weight in centre.items()} if kind in (
        "rmsprop-sgld", "adam-sgld") else {}

    def slope(samples):
        found = network.gradient(samples)
        return {name: found[name] * of for name, of in moves.items()}

    def trajectory(update, gradient):
        """Leapfrog steps from momenta that are the update's noise."""
        steps, h = estimate.get("leapfrog_steps", 10), math.sqrt(lr)
        p = {name: tensor(walk.noise[name][update], weights[name].dtype) * of
             for name, of in moves.items()}
        for step in range(steps + 1):
            for name, of in moves.items():
                push = nbeta * gradient[name] + gamma * (weights[name] - home[name])
                p[name] -= h * (0.5 if step in (0, steps) else 1) * push.detach() * of
            if step < steps:
                with torch.no_grad():
                    for name in moves:
                        weights[name] += h * p[name]
                gradient = slope(walk.batch(update))

    def moved(name, update, gradient, pull, noise):
        if scaled:
            push, q = scaled[name].step(update, gradient)
            return (lr * q).sqrt() * noise - lr / 2 * q * (nbeta * push + pull)
        drift = pull + nbeta * gradient
        if kind in ("sgld", "mala"):
            return math.sqrt(lr) * noise - lr / 2 * drift
        if kind == "sgnht":
            h, diffusion = math.sqrt(lr / 2), estimate["diffusion"]
            friction = diffusion + gained[name]
            momenta[name] = momenta[name] * (1 - h * friction) - h * drift + math.sqrt(
                2 * diffusion * h) * noise
            gained[name] = gained[name] + h * (momenta[name] ** 2 - 1)
            return h * momenta[name]
        lose, push, before, fade, size, after = momentum(estimate, lr)
        p = momenta[name] - lose * momenta[name] - push * drift
        momenta[name] = p - fade * p + size * noise
        return before * p + after * momenta[name]

    normal = slope(walk.data) if plane else None
    for update in range(walk.updates):
        gradient = slope(walk.batch(update))
        stays = kind in ("mala", "hmc") and walk.stays(update)
        if kind == "hmc":
            if not stays:
                trajectory(update, gradient)
            yield {name: weight.detach() for name, weight in weights.items()}
            continue
        with torch.no_grad():
            for name, of in moves.items() if not stays else ():
                weight = weights[name]
                noise = tensor(walk.noise[name][update], weight.dtype)
                pull = gamma * (weight - home[name])
                weight += moved(name, update, gradient[name], pull, level * noise) * of
                weight.clamp_(centre[name] - box, centre[name] + box)
            if plane:
                project(weights, centre, normal)
        yield {name: weight.detach() for name, weight in weights.items()}
