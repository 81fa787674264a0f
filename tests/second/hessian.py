"""Chains in a plane and the trace of the Hessian: sections 10.4 and 10.5 of
docs/spec."""

import math

import draws
from curvature import Point
from ieee import div, mean
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


def signs(estimate, name, k):
    """Probe k: 1 or -1 for each element of a weight."""
    stream = draws.Stream(estimate.seed, 10, estimate.number[name], 0, k, estimate.c3)
    w = estimate.centre[name]
    ones = estimate.net.ar.constant(w.rows, w.cols, 1.0)
    m = [one if x < 2**31 else -one for x, one in zip(stream.words(len(w.m)), ones.m)]
    return w.like(m, ones.frac)


def difference(estimate, samples, v):
    """v'Hv by a difference of gradients."""
    net, centre = estimate.net, estimate.centre
    h = {"f32": 2.0**-8, "f64": 2.0**-17, "fixed": 2.0**-10}[net.ar.name]
    a, b = (over_weights(net.ar, net.trainable, v, net.gradient(centre | {
        name: net.ar.plus(centre[name], step, v[name])
        for name in net.trainable}, samples)[1]) for step in (h, -h))
    return div(a - b, h + h)


def hessian_trace(estimate, step):
    """Of the estimate at the checkpoint of that step."""
    net, part, samples = estimate.net, estimate.part, estimate.data.training
    found = []
    try:
        if part["hessian_batch"] == "last":
            samples = samples.take(estimate.training_batches().rows(max(step - 1, 0)))
        if part["hessian_method"] == "exact":
            point = Point(net, estimate.centre, samples)
        for k in range(part["hessian_probes"]):
            v = {name: signs(estimate, name, k) for name in net.trainable}
            found.append(over_weights(net.ar, net.trainable, v, point.product(v))
                         if part["hessian_method"] == "exact"
                         else difference(estimate, samples, v))
    except Overflow:
        return None
    return mean(found) if all(map(math.isfinite, found)) else None
