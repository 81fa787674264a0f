"""Chains in a plane and the trace of the Hessian: sections 10.4 and 10.5 of
REPRODUCING.md."""

import math

import draws
from ieee import div, mean, sum_products


def over_weights(names, a, b):
    """The sum of products over some weights: a reduction each, added in their order."""
    total = 0.0
    for name in names:
        total = total + sum_products(a[name].m, b[name].m)
    return total


class Plane:
    """The plane through the centre that is orthogonal to the gradient there."""

    def __init__(self, network, centre, gradient):
        self.ar, self.names = network.ar, network.trainable
        self.centre, self.g = centre, gradient
        self.q = over_weights(self.names, gradient, gradient)

    def project(self, weights):
        """The weights that move, brought back to the plane."""
        if self.q == 0:
            return {}
        ds = {n: weights[n].like([w - c for w, c in zip(weights[n].m, self.centre[n].m)])
              for n in self.names}
        c = self.ar.round(over_weights(self.names, self.g, ds) / self.q)
        return {n: weights[n].like(self.ar.fma_row(-c, self.g[n].m, weights[n].m))
                for n in self.names}


def signs(estimate, name, k):
    """Probe k: 1 or -1 for each element of a weight."""
    stream = draws.Stream(estimate.seed, 10, estimate.number[name], 0, k, estimate.c3)
    w = estimate.centre[name]
    return w.like([1.0 if x < 2**31 else -1.0 for x in stream.words(len(w.m))])


def hessian_trace(estimate):
    net, centre = estimate.net, estimate.centre
    h = 2.0**-8 if net.ar.name == "f32" else 2.0**-17
    found = []
    for k in range(estimate.part["hessian_probes"]):
        v = {name: signs(estimate, name, k) for name in net.trainable}
        a, b = (over_weights(net.trainable, v, estimate.gradient(centre | {
            name: centre[name].like(net.ar.fma_row(step, v[name].m, centre[name].m))
            for name in net.trainable})) for step in (h, -h))
        found.append(div(a - b, h + h))
    return mean(found) if all(map(math.isfinite, found)) else None
