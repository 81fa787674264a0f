"""Losses of single samples, and metrics, along chains: section 10.16 of docs/spec."""

import math
import struct

import metrics
from tensor import Overflow


def packed(values):
    finite = all(map(math.isfinite, values))
    return struct.pack(f"<{len(values)}d", *values) if finite else None


class Observed:
    """What a chain of an estimate observes, draw by draw."""

    def __init__(self, estimate):
        self.net, asked = estimate.net, estimate.part.get("observables")
        self.every, self.rows, self.numbers = 0, [], []
        if asked is None or "losses" not in asked:
            return
        self.data = estimate.of_training
        known = {part["name"]: part for part in (estimate.train or {}).get("metrics", [])}
        self.metrics = [known[name] for name in asked.get("metrics", [])]
        data, asked = estimate.of_training, asked["losses"]
        of = data.validation if asked["of"] == "validation" else data.training
        self.every = asked["every"]
        self.samples = of.take(range(asked.get("first", len(of))))

    def add(self, draw, weights):
        if self.every and draw % self.every == 0:
            self.rows.append(self.losses(weights))
            self.numbers.append([metrics.of_weights(self.net, weights, self.data, part)
                                 for part in self.metrics])

    def losses(self, weights):
        try:
            return self.net.sample_losses(weights, self.samples)
        except Overflow:
            return [math.nan]

    def body(self):
        """What the trace holds: section 14.2."""
        body = {"samples": len(self.samples), "observed": packed(joined(self.rows))}
        if self.metrics:
            body |= {"metrics": len(self.metrics), "measured": packed(joined(self.numbers))}
        return body


def joined(rows):
    return [value for row in rows for value in row]
