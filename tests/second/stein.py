"""The Stein ratio of chains: section 10.7 of docs/spec."""

import math
import struct

from hessian import over_weights
from ieee import div, fma, mean
from tensor import Overflow

BATCHES = 16
TERMS = ("drift", "pull", "step")


def total(values):
    found = 0.0
    for value in values:
        found = found + value
    return found


class Sums:
    """X_b, Y_b and Z_b of a chain's draws."""

    def __init__(self, estimate):
        self.ar, self.names = estimate.net.ar, estimate.net.trainable
        self.centre, self.plane = estimate.centre, estimate.plane
        self.prior = estimate.home is not estimate.centre
        self.numbers = estimate.refined.moving
        self.draws = estimate.part["num_draws"]
        self.rows = [[0.0] * BATCHES for _ in range(3)]
        if self.plane and self.plane.q == 0:
            self.plane = None

    def of_draw(self, w, g):
        try:
            a = {n: self.ar.away(w[n], self.centre[n]) for n in self.names}
            x, y = (over_weights(self.ar, self.names, b, a)
                    for b in (g, w if self.prior else a))
        except Overflow:
            x = y = math.inf
        z = over_weights(self.ar, self.names, g, g)
        if self.plane:
            u = over_weights(self.ar, self.names, self.plane.g, g)
            z = z - u * (u / self.plane.q)
        return x, y, z

    def add(self, t, w, g):
        b = [b for b in range(BATCHES)
             if b * self.draws // BATCHES <= t < (b + 1) * self.draws // BATCHES]
        for row, value in zip(self.rows, self.of_draw(w, g)):
            row[b[0]] = row[b[0]] + value

    @property
    def moving(self):
        return self.numbers - bool(self.plane)

    def body(self):
        """What the trace holds: section 14.2."""
        values = [value for row in self.rows for value in row]
        packed = struct.pack("<48d", *values) if all(map(math.isfinite, values)) else None
        return {"moving": self.moving, "stein": packed}

    def ratios(self, rule):
        """ratio, drift, pull and step."""
        if not all(math.isfinite(value) for row in self.rows for value in row):
            return (math.nan,) * 4
        x, y, z = (total(row) / self.draws for row in self.rows)
        d, nbeta, gamma = float(self.moving), rule.nbeta, rule.gamma
        drift, pull = div(nbeta * x, d), div(gamma * y, d)
        square = fma(nbeta, fma(nbeta, z, (gamma + gamma) * x), (gamma * gamma) * y)
        return drift + pull, drift, pull, div(rule.quarter * square, d)


def means(number, chains, rule):
    """The results of an estimate."""
    each = [chain.stein.ratios(rule) for chain in chains]
    found = {f"stein{number}/{name}": mean(list(values))
             for name, values in zip(("mean",) + TERMS, zip(*each))}
    for c, terms in enumerate(each):
        found[f"stein{number}-chain/{c}"] = terms[0]
    return {name: x if math.isfinite(x) else None for name, x in found.items()}
