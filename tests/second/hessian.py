"""Chains in a plane and the trace of the Hessian: sections 10.4 and 10.5 of
docs/spec."""

import math

import draws
from batches import Batches
from curvature import Point
from ieee import div, mean
from refine import Refinement
from tensor import Overflow, named


def over_weights(ar, names, a, b):
    """The sum of products over some weights: a reduction each, added in their order."""
    total = 0.0
    for name in names:
        total = total + ar.inner(a[name], b[name])
    return total


class Plane:
    """The plane through the centre that is orthogonal to the gradient there."""

    def __init__(self, network, centre, gradient):
        self.ar, self.names = network.ar, network.trainable
        self.centre, self.g = centre, gradient
        self.q = over_weights(self.ar, self.names, gradient, gradient)

    def project(self, weights):
        """The weights that move, brought back to the plane."""
        if self.q == 0:
            return {}
        with named(self.names[0]):
            ds = {n: self.ar.away(weights[n], self.centre[n]) for n in self.names}
            c = over_weights(self.ar, self.names, self.g, ds) / self.q
            if self.ar.name == "fixed" and not math.isfinite(c):
                raise Overflow
        found = {}
        for n in self.names:
            with named(n):
                found[n] = self.ar.plus(weights[n], -c, self.g[n])
        return found


class Probes:
    """Probes of the Hessian at weights, on samples; chain and c3 of their streams. Of the
    numbers that move where some stay."""

    def __init__(self, refined, weights, samples, seed, chain, c3):
        net = refined.net
        self.refined, self.net, self.ar = refined, net, net.ar
        self.weights, self.samples = weights, samples
        self.seed, self.chain, self.c3 = seed, chain, c3
        self.number = {w["name"]: i for i, w in enumerate(net.weights)}

    def signs(self, name, k):
        """Probe k: 1 or -1 for each element of a weight."""
        stream = draws.Stream(self.seed, 10, self.number[name], self.chain, k, self.c3)
        w = self.weights[name]
        ones = self.ar.constant(w.rows, w.cols, 1.0)
        words = stream.words(len(w.m))
        m = [one if x < 2**31 else -one for x, one in zip(words, ones.m)]
        return w.like(m, ones.frac)

    def difference(self, v):
        """v'Hv by a difference of gradients."""
        ar, net, centre = self.ar, self.net, self.weights
        h = {"f32": 2.0**-8, "f64": 2.0**-17, "fixed": 2.0**-10}[ar.name]
        a, b = (self.along(v, net.gradient(centre | {
            name: ar.plus(centre[name], step, v[name])
            for name in net.trainable}, self.samples)[1]) for step in (h, -h))
        return div(a - b, h + h)

    def along(self, v, found):
        return over_weights(self.ar, self.net.trainable, v, self.refined.slope(found))

    def exact(self, point, v):
        return self.along(v, point.product(v))

    def trace(self, count, method):
        """None where a probe is no number."""
        found = []
        try:
            point = Point(self.net, self.weights, self.samples)
            for k in range(count):
                v = self.refined.slope(
                    {name: self.signs(name, k) for name in self.net.trainable})
                found.append(self.exact(point, v) if method == "exact"
                             else self.difference(v))
        except Overflow:
            return None
        return mean(found) if all(map(math.isfinite, found)) else None


def samples_of(data, batch, train, seed, step):
    """All samples, or those of the batch of the last update before a step."""
    if batch == "full" or not train:
        return data.training
    batches = Batches(train["batch"], data, seed, purpose=4)
    return batches.at(max(step - 1, 0))


def hessian_trace(estimate, step):
    """Of the estimate at the checkpoint of that step."""
    part = estimate.part
    full = part["hessian_batch"] == "full"
    samples = samples_of(estimate.data if full else estimate.of_training,
                         part["hessian_batch"], estimate.train, estimate.seed, step)
    probes = Probes(estimate.refined, estimate.centre, samples, estimate.seed, 0,
                    estimate.c3)
    return probes.trace(part["hessian_probes"], part["hessian_method"])


def metric(net, state, data, train, place, seed):
    """The metric at a place of train.metrics, of a state."""
    part = train["metrics"][place]
    samples = samples_of(data, part["batch"], train, seed, state.t)
    refined = Refinement(net, state.weights, "none")
    probes = Probes(refined, state.weights, samples, seed, place + 1, state.t)
    found = probes.trace(part["probes"], "exact")
    return math.nan if found is None else found
