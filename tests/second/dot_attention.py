"""Dot-product attention: its section in section 6 of docs/spec."""

import math

import ieee
import positions
from tensor import Tensor


def cut(tensor, samples, heads):
    """The columns of each head of each sample."""
    each, width = tensor.rows // samples, tensor.cols // heads
    for s in range(samples):
        rows = tensor.between(s * each, (s + 1) * each)
        for h in range(heads):
            yield rows.columns(h * width, width)


def joined(ar, parts, heads):
    """The other way round."""
    parts = ar.meeting(parts)
    m = []
    for s in range(0, len(parts), heads):
        for r in range(parts[0].rows):
            m += [x for part in parts[s:s + heads] for x in part.row(r)]
    cols = heads * parts[0].cols
    return Tensor(len(m) // cols, cols, m, parts[0].frac)


class Head:
    """One head of one sample."""

    def __init__(self, ar, q, k, v, causal, scale):
        self.ar, self.q, self.k, self.v, self.scale = ar, q, k, v, scale
        before = k.rows - q.rows
        self.seen = [before + i + 1 if causal else k.rows for i in range(q.rows)]
        self.p = ar.softmax(self.compared(q, k), self.seen)

    def compared(self, q, k):
        return self.ar.times(self.scale, self.ar.product(q, k.transposed()))

    def over_keys(self, p, v):
        """p v, for each query over the keys that it sees."""
        if p.frac is not None:
            return self.ar.product(p, v)
        m = []
        for i, n in enumerate(self.seen):
            m += self.ar.product(Tensor(1, n, p.row(i)[:n]), v.between(0, n)).m
        return Tensor(p.rows, v.cols, m)

    def over_queries(self, p, d):
        """p' d, for each key over the queries that see it."""
        if p.frac is not None:
            return self.ar.product(p.transposed(), d)
        m = []
        for j in range(p.cols):
            first = min(i for i, n in enumerate(self.seen) if n > j)
            column = p.m[first * p.cols + j::p.cols]
            m += self.ar.product(Tensor(1, len(column), column),
                                 d.between(first, d.rows)).m
        return Tensor(p.cols, d.cols, m)

    def forward(self):
        return self.over_keys(self.p, self.v)

    def slope(self, dy, v):
        """Of scores before they were scaled, from the gradient dy v' of p."""
        g = self.ar.product(dy, v.transposed())
        return self.ar.times(self.scale, self.ar.softmax_along(self.p, self.seen, g))

    def passed(self, f, part, q, k):
        return self.over_keys(f, k) if part == 0 else self.over_queries(f, q)

    def gradient(self, part, dy):
        if part == 2:
            return self.over_queries(self.p, dy)
        return self.passed(self.slope(dy, self.v), part, self.q, self.k)

    def moved(self, part, change):
        """How p changes along q or k."""
        q, k = (change, self.k) if part == 0 else (self.q, change)
        return self.ar.softmax_along(self.p, self.seen, self.compared(q, k))

    def tangent(self, part, change):
        if part == 2:
            return self.over_keys(self.p, change)
        return self.over_keys(self.moved(part, change), self.v)

    def bend(self, to, part, change, dy):
        ar = self.ar
        if part == 2:
            return self.passed(self.slope(dy, change), to, self.q, self.k)
        z = self.moved(part, change)
        if to == 2:
            return self.over_queries(z, dy)
        g = ar.product(dy, self.v.transposed())
        f = ar.times(self.scale, ar.softmax_bend(self.p, self.seen, g, z))
        found = self.passed(f, to, self.q, self.k)
        if to != part:
            other = self.passed(self.slope(dy, self.v), to, change, change)
            found = ar.add(found, other)
        return found


class DotAttention:
    def __init__(self, ar, op, inputs):
        self.ar, self.heads = ar, op["heads"]
        q = inputs[0]
        self.positions, self.samples = q.positions, q.rows // positions.count(q)
        scale = op.get("scale", ieee.div(1.0, math.sqrt(q.cols // self.heads)))
        cuts = [self.cut(x) for x in inputs]
        self.parts = [Head(ar, *three, op["mask"] == "causal", scale)
                      for three in zip(*cuts)]

    def cut(self, x):
        return cut(x, self.samples, self.heads)

    def joined(self, parts):
        return joined(self.ar, list(parts), self.heads)

    def forward(self):
        y = self.joined(head.forward() for head in self.parts)
        return y.placed(self.positions)

    def gradient(self, part, dy):
        return self.joined(head.gradient(part, d)
                           for head, d in zip(self.parts, self.cut(dy)))

    def tangent(self, part, change):
        return self.joined(head.tangent(part, z)
                           for head, z in zip(self.parts, self.cut(change)))

    def bend(self, to, part, change, dy):
        if to == part == 2:
            return None
        return self.joined(head.bend(to, part, z, d) for head, z, d in
                           zip(self.parts, self.cut(change), self.cut(dy)))
