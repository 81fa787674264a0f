"""Planted weights: section 8 of docs/spec, "Planted weights"."""

import copy
import math

import least_norm
from data import Samples, initial
from floats import Float
from ieee import div
from network import Network
from tensor import Tensor


def planted(model, seed, data, ar, folder):
    """The planted weights by name, in the run's arithmetic."""
    plant, exact = model["plant"], Float("f64")
    model = copy.deepcopy(model)
    for weight in model["weights"]:
        if "tied" not in weight:
            weight["trainable"] = chosen(plant, weight)
    weights = {w["name"]: initial(w, i, seed, data, exact, folder)
               for i, w in enumerate(model["weights"]) if "tied" not in w}
    samples = widened(data.training, ar)
    if plant["kind"] == "zero-loss":
        found = ZeroLoss(model, weights, samples).solve()
    else:
        found = least_squares(model, weights, samples)
    return {name: rounded(w, ar) for name, w in found.items()}


def chosen(plant, weight):
    if plant["kind"] == "least-squares":
        return weight["name"] == plant["weight"]
    return weight["name"] in plant.get("weights", []) \
        or "weights" not in plant and weight["trainable"]


def widened(samples, ar):
    """The samples in binary64."""
    def wide(tensor):
        indices = tensor.frac is None and all(isinstance(x, int) for x in tensor.m)
        return tensor if indices else Tensor(tensor.rows, tensor.cols, ar.doubles(tensor))
    return Samples({name: wide(x) for name, x in samples.inputs.items()},
                   wide(samples.target), samples.indexed)


def rounded(w, ar):
    to = ar.zeros(w.rows, w.cols)
    return to.like([ar.constant(1, 1, x).m[0] for x in w.m], to.frac)


def least_squares(model, weights, samples):
    ar, name = Float("f64"), model["plant"]["weight"]
    net = Network(model, ar)
    op = next(op for op in model["ops"] if op["out"] == model["loss"]["in"])
    values = net.forward(weights | {name: ar.zeros(weights[name].rows,
                                                   weights[name].cols)}, samples.inputs)
    y, features, target = values[op["out"]], values[op["in"][0]], samples.target
    if model["loss"]["target"] != "target":
        target = values[model["loss"]["target"]]
    if model["loss"]["op"] == "mse-classes":
        wanted = net.centred(model["loss"], ar.class_errors(y, target))
        if model["loss"]["centre"] == "samples":
            features = net.centred(model["loss"], features)
    else:
        wanted = ar.errors(y, target)
    wanted = wanted.like([-x for x in wanted.m])
    tolerance = model["plant"].get("tolerance", 1e-12)
    return {name: least_norm.solve(features, wanted, tolerance).transposed()}


class ZeroLoss:
    def __init__(self, model, weights, samples):
        self.plant = {"loss": 1e-24, "steps": 200, "sum_over_classes": "free"} \
            | model["plant"]
        self.ar = Float("f64")
        self.net, self.samples = Network(model, self.ar), samples
        self.weights, self.names = weights, self.net.trainable
        last = next(op for op in model["ops"] if op["out"] == model["loss"]["in"])
        self.last = [self.net.owner[last[key]] for key in ("weight", "bias")
                     if last.get(key)]

    def projected(self, v):
        """Without the part that changes the sums over classes."""
        if self.plant["sum_over_classes"] == "free":
            return v
        v = dict(v)
        for name in set(self.last) & set(self.names):
            w = v[name]
            flat = w.rows == 1 and name == self.last[-1] and len(self.last) == 2
            if flat:
                w = w.transposed()
            share = div(1.0, float(w.rows))
            means = [-share * s for s in self.ar.column_sums(w).m]
            w = self.ar.add_bias(w, Tensor(1, w.cols, means))
            v[name] = w.transposed() if flat else w
        return v

    # Vectors: a tensor for each planted weight.

    def times(self, factor, v):
        return {n: v[n].like([factor * x for x in v[n].m]) for n in self.names}

    def plus(self, a, b):
        return {n: self.ar.add(a[n], b[n]) for n in self.names}

    def inner(self, a, b):
        s = 0.0
        for n in self.names:
            s = s + self.ar.inner(a[n], b[n])
        return s

    def look(self, at):
        """The loss and its gradient; afterwards products are taken there."""
        self.at = self.weights | at
        self.values = self.net.forward(self.at, self.samples.inputs)
        loss, gradient = self.net.gradient(self.at, self.samples)
        return loss, self.projected(gradient)

    def tangents(self, v):
        """Section 6.2: the changes of values."""
        ar, found = self.ar, {}
        for op in self.net.ops:
            if op["out"] not in self.net.depends:
                continue
            x = [self.values[n] for n in op["in"]]
            terms = [self.along_input(op, x, found[n]) for n in op["in"]
                     if n in self.net.depends]
            for key in ("weight", "bias"):
                name = self.net.owner.get(op.get(key))
                if name in self.names:
                    terms.append(self.along_weight(op, key, x[0], v[name]))
            total = terms[0]
            for term in terms[1:]:
                total = ar.add(total, term)
            found[op["out"]] = total
        return found

    def along_input(self, op, x, vx):
        if op["op"] == "linear":
            w = self.at[self.net.owner[op["weight"]]]
            return self.ar.product(vx, w if op["transpose"] else w.transposed())
        if op["op"] == "add":
            return vx
        return getattr(self.ar, op["op"] + "_gradient")(x[0], vx)

    def along_weight(self, op, key, x, change):
        ar = self.ar
        if key == "bias":
            zeros = ar.zeros(x.rows, change.cols)
            return ar.add_bias(zeros, change)
        if op["op"] == "embedding":
            return ar.embedding(x, change)
        return ar.product(x, change if op["transpose"] else change.transposed())

    def product(self, mu, v):
        """(G + mu I) v."""
        y = self.net.loss_op["in"]
        change = self.tangents(v)[y]
        if self.net.loss_op["op"] == "mse-classes":
            change = self.net.centred(self.net.loss_op, change)
        scale = (2 * self.net.loss_op["factor"]
                 / self.net.divisor(self.net.loss_op, change))
        found = self.net.backward(self.at, self.values, self.ar.times(scale, change))
        found = self.projected({n: found[n] for n in self.names})
        return self.plus(found, self.times(mu, v))

    def step(self, gradient, mu):
        rest = self.times(-1.0, gradient)
        ahead, step = rest, self.times(0.0, rest)
        square = self.inner(rest, rest)
        bound = 2.0**-13 * square
        for _ in range(4096):
            if not bound < square:
                break
            product = self.product(mu, ahead)
            curvature = self.inner(ahead, product)
            if not curvature > 0:
                break
            length = square / curvature
            step = self.plus(step, self.times(length, ahead))
            rest = self.plus(rest, self.times(-length, product))
            following = self.inner(rest, rest)
            ahead = self.plus(rest, self.times(following / square, ahead))
            square = following
        return step

    def solve(self):
        at = {n: self.weights[n] for n in self.names}
        if self.plant["sum_over_classes"] == "zero":
            at = self.projected(at)
        loss, gradient = self.look(at)
        mu = div(self.inner(gradient, self.product(0.0, gradient)),
                 self.inner(gradient, gradient))
        for _ in range(self.plant["steps"]):
            if not self.plant["loss"] < loss or not math.isfinite(mu):
                break
            trial = self.plus(at, self.step(gradient, mu))
            if self.plant["sum_over_classes"] == "zero":
                trial = self.projected(trial)
            found = self.look(trial)
            if found[0] < loss:
                at, (loss, gradient), mu = trial, found, mu / 4
            else:
                self.look(at)
                mu *= 4
        if self.plant["loss"] < loss:
            raise ArithmeticError("no loss of 0 is found")
        return at
