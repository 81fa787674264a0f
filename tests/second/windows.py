"""Windows that go over images: section 6 of docs/spec."""

import itertools
import math

import ieee
from tensor import Tensor

OPS = "conv2d", "maxpool", "meanpool"


def pair(value):
    return value if isinstance(value, list) else [value, value]


class Window:
    """What its places see of values with the positions of x."""

    def __init__(self, op, x, axes=None):
        size = pair(op["window"]) if axes is None else axes[1:3]
        stride = pair(op.get("stride", 1 if axes else size))
        padding, dilation = pair(op["padding"]), pair(op.get("dilation", 1))
        self.within, self.size = x.positions, size
        self.out = tuple((h + 2 * p - (n - 1) * d - 1) // s + 1 for h, n, s, p, d in
                         zip(x.positions, size, stride, padding, dilation))
        self.places = [*itertools.product(*map(range, size))]
        at = [*itertools.product(*map(range, self.out))]
        self.sees = [[self.position(o, k, stride, padding, dilation) for o in at]
                     for k in self.places]

    def position(self, o, k, stride, padding, dilation):
        """The number of the position that place k sees at o; None beyond the edge."""
        y, x = (a * s + b * d - p for a, s, b, d, p in
                zip(o, stride, k, dilation, padding))
        height, width = self.within
        return y * width + x if 0 <= y < height and 0 <= x < width else None

    def samples(self, x):
        return x.rows // math.prod(self.within)

    def at_place(self, x, q):
        """What place q sees, at all positions of the window."""
        m, each = [], math.prod(self.within)
        for s in range(self.samples(x)):
            for p in self.sees[q]:
                m += [0] * x.cols if p is None else x.row(s * each + p)
        return Tensor(len(m) // x.cols, x.cols, m, x.frac, self.out)

    def patches(self, x):
        parts = [self.at_place(x, q) for q in range(len(self.places))]
        m = [v for r in range(parts[0].rows) for part in parts for v in part.row(r)]
        return Tensor(parts[0].rows, len(parts) * x.cols, m, x.frac, self.out)

    def sums(self, ar, x):
        found = self.nothing(ar, self.samples(x) * math.prod(self.out), x.cols, x)
        for q in range(len(self.places)):
            found = ar.add(found, self.at_place(x, q))
        return found.placed(self.out)

    def nothing(self, ar, rows, cols, like):
        zeros = ar.zeros(rows, cols)
        return zeros.like(zeros.m, like.frac)

    def spread(self, ar, parts):
        """`parts` has for each place what comes back through it."""
        each, out, cols = math.prod(self.within), math.prod(self.out), parts[0].cols
        rows = parts[0].rows // out * each
        found = self.nothing(ar, rows, cols, parts[0])
        for sees, part in zip(self.sees, parts):
            m = self.nothing(ar, rows, cols, part).m
            for r in range(part.rows):
                p = sees[r % out]
                if p is not None:
                    at = (r // out * each + p) * cols
                    m[at:at + cols] = part.row(r)
            found = ar.add(found, Tensor(rows, cols, m, part.frac))
        return found.placed(self.within)

    def largest(self, x):
        """The number of the place, for each position of the window and column."""
        best = [None] * (self.samples(x) * math.prod(self.out) * x.cols)
        out, each = math.prod(self.out), math.prod(self.within)
        for e in range(len(best)):
            r, c = divmod(e, x.cols)
            for q, sees in enumerate(self.sees):
                p = sees[r % out]
                if p is None:
                    continue
                v = x.m[(r // out * each + p) * x.cols + c]
                if best[e] is None or v > best[e][0]:
                    best[e] = v, q
        return [q for _, q in best]


def share(window):
    return ieee.div(1.0, float(len(window.places)))


def pool(ar, op, x, of=None):
    """The pool of x, or along a change of it."""
    window, of = Window(op, x), of or x
    if op["op"] == "meanpool":
        return ar.times(share(window), window.sums(ar, of)).placed(window.out)
    parts = [window.at_place(of, q).m for q in range(len(window.places))]
    m = [parts[q][e] for e, q in enumerate(window.largest(x))]
    return Tensor(len(m) // x.cols, x.cols, m, of.frac, window.out)


def pool_gradient(ar, op, x, dy):
    window = Window(op, x)
    if op["op"] == "meanpool":
        back = window.spread(ar, [dy] * len(window.places))
        return ar.times(share(window), back).placed(x.positions)
    which = window.largest(x)
    parts = [dy.like([d if k == q else 0 for d, k in zip(dy.m, which)], dy.frac)
             for q in range(len(window.places))]
    return window.spread(ar, parts)


def by_place(window, d):
    cols = d.cols // len(window.places)
    return [d.columns(q * cols, cols) for q in range(len(window.places))]
