#!/usr/bin/python3
"""PyTorch as a bench worker: the steps of a run, written as a good user would write them.

worker.h has the protocol.  Lines that are timed:

    COUNT train NAME WAY     training steps
    COUNT chain NAME WAY     updates of the first estimate, by SGLD or RMSprop-SGLD
    COUNT metrics NAME       losses and accuracies of a checkpoint
    COUNT checkpoint NAME    weights and optimiser's state saved, to memory
    COUNT normals TYPE N     N normals into a tensor

and, the way of the published program of modular addition (authors.py):

    COUNT authors-train NAME     COUNT authors-metrics NAME     COUNT authors-chain NAME

and, of a network that is usually written another way than the fastest:

    COUNT usual-train NAME       COUNT usual-chain NAME

NAME is a run given before by "settings NAME JSON": what the manifest says of it, in its
canonical form.  WAY is how the weights lie:

    plain      a tensor each, one after the other
    foreach    a tensor each, updates by the functions that take lists
    flat       views of one long tensor, and their gradients of another, so that an update is
               a few calls however many weights there are

All are one thread, whole tensors, batches by index, no data loader, no wait for a number.
"""

import copy
import io
import json
import math
import re
import sys
import time

import torch
from torch.nn import functional

import authors


def teacher(run):
    """Samples of a linear teacher."""
    data = run["data"]
    x = torch.randn(data["samples"], data["inputs"])
    rank = data["rank"]
    left, right = torch.randn(data["outputs"], rank), torch.randn(rank, data["inputs"])
    return x, data["teacher_std"] ** 2 * x @ right.T @ left.T


def linear_network(run):
    """y = W2 W1 x and a teacher of that rank."""
    x, y = teacher(run)

    def loss(weights, rows):
        one, two = weights
        return functional.mse_loss(functional.linear(functional.linear(x, one), two), y)

    return len(y), loss


def polynomial(run):
    """y = A powers(t)."""
    data = run["data"]
    t = torch.rand(data["samples"], 1) * 2 - 1
    x = t ** torch.arange(data["degree"] + 1)
    y = x @ (torch.rand(data["degree"] + 1, 1) * 2 - 1)
    return data["samples"], lambda weights, rows: functional.mse_loss(
        functional.linear(x, weights[0]), y)


def superposition(run):
    """relu(W'W x + b) of one-hot x."""
    data = run["data"]
    x = torch.eye(data["features"])[torch.randint(data["features"], (data["samples"],))]

    def loss(weights, rows):
        w, b = weights
        batch = x if rows is None else x[rows]
        y = functional.relu(functional.linear(functional.linear(batch, w), w.t(), b))
        return functional.mse_loss(y, batch)

    return data["samples"], loss


def autoencoder(run):
    data = run["data"]
    rank, inputs = data["rank"], data["inputs"]
    x = torch.randn(data["samples"], rank) @ torch.randn(rank, inputs)

    def loss(weights, rows):
        w1, b1, w2, b2, w3, b3, w4, b4 = weights
        h = functional.relu(functional.linear(x, w1, b1))
        h = functional.relu(functional.linear(h, w2, b2))
        h = functional.relu(functional.linear(h, w3, b3))
        return functional.mse_loss(functional.linear(h, w4, b4), x)

    return data["samples"], loss


def sinusoid(run):
    """A wide network of one input; the branch of Fourier columns stands beside it."""
    samples = run["data"]["samples"]
    x = torch.linspace(-1, 1, samples)[:, None]
    y = torch.sin(math.pi * x)

    def loss(weights, rows):
        w1, b1, w2, b2 = weights[:4]
        h = functional.relu(functional.linear(x, w1, b1))
        return functional.mse_loss(functional.linear(h, w2, b2), y)

    return samples, loss


def perceptron(run):
    x, y = teacher(run)

    def loss(weights, rows):
        w1, b1, w2, b2 = weights
        h = functional.relu(functional.linear(x[rows], w1, b1))
        return functional.mse_loss(functional.linear(h, w2, b2), y[rows])

    return len(y), loss


def convolution(run):
    """Channels first, as PyTorch has images; kernels are kept so too."""
    x, y = teacher(run)
    x = x.view(-1, 1, *run["data"]["shape"][:2])

    def loss(weights, rows):
        w1, b1, w2, b2, w3, b3 = weights
        h = functional.relu(functional.conv2d(x[rows], w1, b1, padding=1))
        h = functional.max_pool2d(h, 2)
        h = functional.relu(functional.conv2d(h, w2, b2, padding=1))
        h = functional.max_pool2d(h, 2).flatten(1)
        return functional.mse_loss(functional.linear(h, w3.flatten(1), b3), y[rows])

    return len(y), loss


def transformer(run):
    """One layer on the tokens of a sum; the query of the last alone, whose output counts."""
    (a, b, y), _ = modular_pairs(run)
    tokens = torch.stack([a, b, torch.full_like(a, run["data"]["p"])], 1)
    heads, = (op["heads"] for op in run["model"]["ops"] if "heads" in op)

    def split(z):
        return z.view(len(z), -1, heads, z.shape[-1] // heads).transpose(1, 2)

    def loss(weights, rows):
        e, place, wq, wk, wv, wo, wide, narrow, out = weights
        x, target = (tokens, y) if rows is None else (tokens[rows], y[rows])
        h = functional.embedding(x, e) + place
        last = h[:, -1:]
        q = split(functional.linear(last, wq))
        k, v = split(functional.linear(h, wk)), split(functional.linear(h, wv))
        shares = (q @ k.transpose(2, 3) * q.shape[-1] ** -0.5).softmax(-1)
        z = (shares @ v).transpose(1, 2).reshape(len(x), -1)
        middle = last[:, 0] + functional.linear(z, wo)
        end = middle + functional.linear(functional.relu(functional.linear(middle, wide)),
                                         narrow)
        return functional.cross_entropy(functional.linear(end, out), target)

    return len(y), loss


def modular_pairs(run):
    """Pairs and sums of the training set, then those of the validation set."""
    p = run["data"]["p"]
    pairs = torch.cartesian_prod(torch.arange(p), torch.arange(p))[torch.randperm(p * p)]
    train = int(run["data"]["train_fraction"] * p * p)
    sums = pairs.sum(1) % p
    return [(half[:, 0].contiguous(), half[:, 1].contiguous(), y)
            for half, y in ((pairs[:train], sums[:train]), (pairs[train:], sums[train:]))]


def modular_logits(weights, a, b):
    e, left, left_bias, right, right_bias, out = weights
    h = (functional.linear(functional.embedding(a, e), left, left_bias)
         + functional.linear(functional.embedding(b, e), right, right_bias))
    return functional.linear(functional.gelu(h), out)


def modular_addition(run):
    (a, b, y), _ = modular_pairs(run)

    def loss(weights, rows):
        return functional.cross_entropy(modular_logits(weights, a[rows], b[rows]), y[rows])

    return len(y), loss


def quadratic_values(weights, a, b):
    """V (W'x)^2 of two one-hot rows x."""
    left, right, out = weights
    h = functional.embedding(a, left) + functional.embedding(b, right)
    return functional.linear(h * h, out)


def centred_error(values, y):
    """Half the squared error of a sample, less each output's mean over the batch."""
    error = values - functional.one_hot(y, values.shape[1])
    error = error - error.mean(0)
    return (error * error).sum() / (2 * len(y))


def quadratic_addition(run):
    (a, b, y), _ = modular_pairs(run)

    def loss(weights, rows):
        return centred_error(quadratic_values(weights, a[rows], b[rows]), y[rows])

    return len(y), loss


def automaton_strings(n):
    """All strings of tokens 0 and 1, and what each site becomes by rule 30, -1 or +1."""
    x = torch.arange(2 ** n)[:, None] >> torch.arange(n) & 1
    wide = functional.pad(x, (1, 1))
    y = wide[:, :-2] ^ (wide[:, 1:-1] | wide[:, 2:])
    return x, (2 * y - 1).float()


def attention(run):
    """Values at all sites of all strings, by products of whole matrices: what strings begin
    and end with is multiplied once for all of them.  Vectors of length j + 1 are those of
    length j before a 0, then those before a 1."""
    n = run["data"]["length"]
    _, y = automaton_strings(n)
    order = []
    for site in range(n):
        before, behind = torch.arange(2 ** site), torch.arange(2 ** (n - 1 - site))
        bits = behind[:, None] >> torch.arange(n - 1 - site) & 1
        behind = (bits << (n - 1 - torch.arange(n - 1 - site))).sum(1)
        strings = before[:, None, None] + (torch.arange(2)[:, None] << site) + behind
        order.append(strings.reshape(-1) * n + site)
    y = y.reshape(-1)[torch.cat(order)]

    def unit(vectors):
        return functional.normalize(vectors, dim=1)

    def loss(weights, rows):
        a, left, right, b = weights
        d = a.shape[1]
        first, second = a[:d], a[d:]
        read = torch.cat([b[:d], b[d:]], 1)
        ls, rs = [unit(left[None])], [unit(right[None])]
        for _ in range(n - 1):
            l, r = ls[-1], rs[-1]
            ls.append(unit(torch.cat([l @ first, l @ second])))
            rs.append(unit(torch.cat([r @ first.t(), r @ second.t()])))
        values = [((l @ read).view(-1, d) @ r.t()).view(-1)
                  for l, r in zip(ls, reversed(rs))]
        return functional.mse_loss(torch.cat(values), y)

    return len(y), loss


def attention_by_strings(run):
    """The same, each string by products of its own matrices, as usually written."""
    x, y = automaton_strings(run["data"]["length"])
    n = x.shape[1]

    def loss(weights, rows):
        a, left, right, b = weights
        d = a.shape[1]
        own = a.view(2, d, d)[x]
        ls = [functional.normalize(left.expand(len(x), 1, d), dim=2)]
        rs = [functional.normalize(right[:, None].expand(len(x), d, 1), dim=1)]
        for j in range(n - 1):
            ls.append(functional.normalize(ls[-1] @ own[:, j], dim=2))
            rs.append(functional.normalize(own[:, n - 1 - j] @ rs[-1], dim=1))
        l, r = torch.stack(ls, 1), torch.stack(rs[::-1], 1)
        values = l @ b.view(2, d, d)[x] @ r
        return functional.mse_loss(values[:, :, 0, 0], y)

    return y.numel(), loss


# Networks of classes: the values of a batch, and their loss.
CLASSES = {modular_addition: (modular_logits, functional.cross_entropy),
           quadratic_addition: (quadratic_values, centred_error)}
# What builds the loss of a run, by the ops of its model: a manifest whose ops are others
# is refused, so that both sides compute one thing.
SYSTEMS = {
    "linear linear mse": linear_network,
    "linear mse": polynomial,
    "linear linear relu mse": superposition,
    "linear relu linear relu linear relu linear mse": autoencoder,
    "linear relu linear linear mse": sinusoid,
    "embedding embedding linear linear add gelu linear cross-entropy": modular_addition,
    "embedding embedding add square linear mse-classes": quadratic_addition,
    "attention mse": attention,
    "linear relu linear mse": perceptron,
    "conv2d relu maxpool conv2d relu maxpool flatten linear mse": convolution,
    "embedding position select linear linear linear dot-attention linear add linear relu "
    "linear add flatten linear cross-entropy": transformer,
}
# What is also written another way.
USUAL = {attention: attention_by_strings}


class Run:
    """A run's settings, and its steps by one way of writing them."""

    def __init__(self, settings):
        self.settings = settings
        ops = [op["op"] for op in settings["model"]["ops"]]
        self.kind = SYSTEMS.get(" ".join([*ops, settings["model"]["loss"]["op"]]))
        if not self.kind:
            raise ValueError(f"no network of {ops}")
        if settings["arithmetic"] != "f32":
            raise ValueError("f32 alone is timed here")
        self.samples, self.loss = self.kind(settings)

    def usual(self):
        """The same run, as its network is usually written."""
        other = copy.copy(self)
        other.samples, other.loss = USUAL[self.kind](self.settings)
        return other

    def first_weights(self):
        """Of the manifest's shapes and scales."""
        data = self.settings["data"]
        inputs = data.get("inputs", data.get("degree", 0) + 1)

        def first(spec):
            shape = [inputs if side == "inputs" else side for side in spec["shape"]]
            if len(shape) == 4:  # channels last, where PyTorch has them behind the first axis
                shape = [shape[0], shape[3], shape[1], shape[2]]
            if spec["init"]["kind"] == "fan-in":
                bound = spec["init"].get("fan_in", shape[-1]) ** -0.5
                return (torch.rand(shape) * 2 - 1) * bound
            return torch.randn(shape) * spec["init"].get("std", 0.5)
        return [first({"init": {"kind": "normal"}, **spec})
                for spec in self.settings["model"]["weights"]]

    def batches(self, spec):
        """An endless row of batches: index tensors, or None for the full data."""
        n = self.samples
        size, order = ((spec["size"], spec.get("order", "fresh")) if spec != "full"
                       else (0, None))
        while True:
            if not size:
                yield None
            elif order == "replacement":
                yield torch.randint(n, (size,))
            elif order == "fresh":
                yield torch.randperm(n)[:size]
            else:
                yield from torch.randperm(n).split(size)

    def optimizer(self, weights, foreach):
        spec = self.settings["train"]["optimizer"]
        rate, decay = spec["lr"], spec.get("weight_decay", 0)
        if spec["kind"] == "sgd":
            return torch.optim.SGD(weights, rate, spec.get("momentum", 0),
                                   weight_decay=decay, foreach=foreach)
        kind = torch.optim.AdamW if spec.get("decay") == "decoupled" else torch.optim.Adam
        return kind(weights, rate, spec.get("betas", (0.9, 0.999)),
                                spec.get("eps", 1e-8), decay, foreach=foreach)


def flatten(tensors):
    """One long tensor and its gradient, and weights that are views of them."""
    weights = torch.cat([tensor.reshape(-1) for tensor in tensors])
    gradients, views, at = torch.zeros_like(weights), [], 0
    for tensor in tensors:
        view = weights[at:at + tensor.numel()].view_as(tensor).requires_grad_()
        view.grad = gradients[at:at + tensor.numel()].view_as(tensor)
        views.append(view)
        at += tensor.numel()
    return weights, gradients, views


def training(run, way):
    """Does `count` steps each time it is sent one."""
    weights = run.first_weights()
    if way == "flat":
        whole, gradients, weights = flatten(weights)
        whole.requires_grad_()
        whole.grad = gradients
        steps = run.optimizer([whole], False)
    else:
        weights = [weight.requires_grad_() for weight in weights]
        steps = run.optimizer(weights, way == "foreach")
    batches = run.batches(run.settings["train"].get("batch", "full"))
    while True:
        for _ in range((yield)):
            if way == "flat":
                gradients.zero_()
            else:
                steps.zero_grad(set_to_none=True)
            run.loss(weights, next(batches)).backward()
            steps.step()


def nbeta_of(estimate, samples):
    nbeta = estimate.get("nbeta", "n/ln(n)")
    if nbeta == "batch/ln(batch)" and estimate.get("batch", "full") != "full":
        samples = estimate["batch"]["size"]
    return samples / math.log(samples) if isinstance(nbeta, str) else nbeta


class Sgld:
    """w += -lr/2 (nbeta g + gamma (w - w*)) + sqrt(lr) noise."""

    def __init__(self, estimate, samples, _):
        rate = estimate["lr"]
        self.pull = rate / 2 * estimate["localization"]
        self.slope = -rate / 2 * nbeta_of(estimate, samples)
        self.spread = math.sqrt(rate)

    def one(self, _, weight, start, gradient, noise):
        weight.lerp_(start, self.pull)
        if gradient is not None:
            weight.add_(gradient, alpha=self.slope)
        weight.add_(noise, alpha=self.spread)

    def lists(self, weights, centre, gradients):
        torch._foreach_mul_(weights, 1 - self.pull)
        torch._foreach_add_(weights, centre, alpha=self.pull)
        torch._foreach_add_(weights, gradients, alpha=self.slope)
        torch._foreach_add_(weights, [torch.randn_like(w) for w in weights],
                            alpha=self.spread)


class RmspropSgld:
    """The same, its drift over r = sqrt(v) + eps and its noise over sqrt(r), v the running
    mean of g g."""

    def __init__(self, estimate, samples, weights):
        self.gamma, self.half = estimate["localization"], estimate["lr"] / 2
        self.nbeta, self.spread = nbeta_of(estimate, samples), math.sqrt(estimate["lr"])
        self.alpha, self.eps = estimate.get("alpha", 0.99), estimate.get("eps", 0.1)
        self.squares = [torch.zeros_like(w) for w in weights]

    def one(self, at, weight, start, gradient, noise):
        square = self.squares[at]
        square.mul_(self.alpha).addcmul_(gradient, gradient, value=1 - self.alpha)
        root = square.sqrt().add_(self.eps)
        drift = weight.sub(start).mul_(self.gamma).add_(gradient, alpha=self.nbeta)
        weight.addcdiv_(drift, root, value=-self.half)
        weight.addcdiv_(noise, root.sqrt_(), value=self.spread)

    def lists(self, weights, centre, gradients):
        torch._foreach_mul_(self.squares, self.alpha)
        torch._foreach_addcmul_(self.squares, gradients, gradients, 1 - self.alpha)
        root = torch._foreach_sqrt(self.squares)
        torch._foreach_add_(root, self.eps)
        drift = torch._foreach_sub(weights, centre)
        torch._foreach_mul_(drift, self.gamma)
        torch._foreach_add_(drift, gradients, alpha=self.nbeta)
        torch._foreach_addcdiv_(weights, drift, root, -self.half)
        torch._foreach_sqrt_(root)
        torch._foreach_addcdiv_(weights, [torch.randn_like(w) for w in weights], root,
                                self.spread)


UPDATES = {"sgld": Sgld, "rmsprop-sgld": RmspropSgld}


def chain(run, way):
    """Updates of the first estimate's chain; losses are kept."""
    estimate = run.settings["llc"][0]
    weights = run.first_weights()
    if way == "flat":
        whole, gradients, weights = flatten(weights)
        centre, noise = whole.clone(), torch.empty_like(whole)
    else:
        centre = [weight.clone() for weight in weights]
        weights = [weight.requires_grad_() for weight in weights]
    rule = UPDATES[estimate.get("sampler", "sgld")](
        estimate, run.samples, [whole] if way == "flat" else centre)

    def update(loss):
        if way == "flat":
            gradients.zero_()
            loss.backward()
            rule.one(0, whole, centre, gradients, noise.normal_())
            return
        moved = torch.autograd.grad(loss, weights, allow_unused=True)
        with torch.no_grad():
            if way == "foreach" and None not in moved:
                rule.lists(weights, centre, moved)
                return
            for at, (weight, start, gradient) in enumerate(zip(weights, centre, moved)):
                rule.one(at, weight, start, gradient, torch.randn_like(weight))

    batches = run.batches(estimate.get("batch", "full"))
    while True:
        losses = []
        for _ in range((yield)):
            loss = run.loss(weights, next(batches))
            losses.append(loss.detach())
            update(loss)


def metrics(run):
    """Loss on all training samples; for classes the accuracy, and both on the others."""
    weights = run.first_weights()
    values_of, loss_of = CLASSES.get(run.kind, (None, None))
    halves = modular_pairs(run.settings) if values_of else None
    found = []
    while True:
        for _ in range((yield)):
            with torch.no_grad():
                if not halves:
                    found.append(run.loss(weights, None).item())
                for a, b, y in halves or ():
                    values = values_of(weights, a, b)
                    found.append(loss_of(values, y).item())
                    found.append((values.argmax(1) == y).float().mean().item())


def checkpoint(run):
    """torch.save of weights and moments into memory."""
    weights = [weight.requires_grad_() for weight in run.first_weights()]
    steps = run.optimizer(weights, False)
    for weight in weights:
        weight.grad = torch.zeros_like(weight)
    steps.step()
    while True:
        for step in range((yield)):
            state = {"step": step, "weights": weights, "optimizer": steps.state_dict()}
            torch.save(state, io.BytesIO())


def normals(dtype, size):
    tensor = torch.empty(int(size), dtype={"f32": torch.float32,
                                           "f64": torch.float64}[dtype])
    while True:
        for _ in range((yield)):
            tensor.normal_()


TASKS = {"train": training, "chain": chain, "metrics": metrics, "checkpoint": checkpoint,
         "usual-train": lambda run: training(run.usual(), "foreach"),
         "usual-chain": lambda run: chain(run.usual(), "foreach"),
         "authors-train": authors.train, "authors-metrics": authors.metrics,
         "authors-chain": authors.chain}
runs, tasks = {}, {}


def task(words):
    """The task of these words, at its beginning when it is new."""
    key = " ".join(words)
    if key not in tasks:
        made = (normals(*words[1:]) if words[0] == "normals"
                else TASKS[words[0]](runs[words[1]], *words[2:]))
        next(made)
        tasks[key] = made
    return tasks[key]


def timed(words, count):
    work = task(words)
    start = time.process_time()
    work.send(count)
    return time.process_time() - start


def info():
    capability = re.search(r"CPU capability usage: (\S+)", torch.__config__.show())
    return {"torch": torch.__version__, "python": sys.version.split()[0],
            "threads": torch.get_num_threads(),
            "capability": capability[1] if capability else None}


def main():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    for line in sys.stdin:
        first, _, rest = line.strip().partition(" ")
        if first == "info":
            print(json.dumps(info()), flush=True)
        elif first == "settings":
            name, _, settings = rest.partition(" ")
            runs[name] = Run(json.loads(settings))
            print("ok", flush=True)
        else:
            print(repr(timed(rest.split(), int(first))), flush=True)


if __name__ == "__main__":
    main()
