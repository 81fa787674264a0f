"""Values whose samples have positions: sections 5 and 6 of docs/spec."""

import math

import ieee
import windows
from tensor import Tensor

OPS = "reshape", "flatten", "select", "mean", "position", *windows.OPS
LONG = 4096


def count(tensor):
    return math.prod(tensor.positions)


def unfolded(samples, axes):
    """A table of a row a sample, seen with these axes, the last of which is the width."""
    *positions, width = axes
    return Tensor(samples.rows * math.prod(positions), width, samples.m, samples.frac,
                  tuple(positions))


def long_sum(ar, x, make, *operands):
    """What `make` sums over the rows of its operands, which are those of x."""
    block = max(1, LONG // count(x)) * count(x)
    if count(x) == 1 or x.rows <= block:
        return make(*operands)
    return ar.tree([make(*(t.between(first, first + block) for t in operands))
                    for first in range(0, x.rows, block)])


def folded(x):
    """A row a sample."""
    return Tensor(x.rows // count(x), count(x) * x.cols, x.m, x.frac)


def selected(op, x):
    """Which numbers of a sample are selected, and the positions that are left."""
    axis, *others = x.positions
    step = math.prod(others) * x.cols
    taken = list(range(axis))[op["from"]::op.get("every", 1)]
    taken = taken[:op.get("count", axis)]
    left = len(taken), *others
    if "at" in op:
        taken, left = [axis - 1 if op["at"] == "last" else op["at"]], tuple(others)
    return [p * step + e for p in taken for e in range(step)], left


def forward(ar, op, x, w):
    if op["op"] == "reshape":
        return unfolded(folded(x), op["shape"])
    if op["op"] == "flatten":
        return folded(x)
    if op["op"] == "select":
        places, positions = selected(op, x)
        each = count(x) * x.cols
        m = [x.m[s + p] for s in range(0, len(x.m), each) for p in places]
        return Tensor(len(m) // x.cols, x.cols, m, x.frac, positions)
    if op["op"] == "mean":
        return mean(ar, x)
    return unfolded(ar.add_bias(folded(x), w), (*x.positions, x.cols))


def share(x):
    return ieee.div(1.0, float(count(x)))


def mean(ar, x):
    samples, parts = x.rows // count(x), []
    for p in range(count(x)):
        m = [v for s in range(samples) for v in x.row(s * count(x) + p)]
        parts.append(Tensor(samples, x.cols, m, x.frac))
    z = parts[0]
    for part in parts[1:]:
        z = ar.add(z, part)
    return ar.times(share(x), z)


def gradient(ar, op, x, dy):
    """Of the input."""
    if op["op"] == "mean":
        g = ar.times(share(x), dy)
        m = [v for s in range(g.rows) for v in g.row(s) * count(x)]
        return Tensor(x.rows, x.cols, m, g.frac, x.positions)
    if op["op"] != "select":
        return Tensor(x.rows, x.cols, dy.m, dy.frac, x.positions)
    places, _ = selected(op, x)
    each, m = count(x) * x.cols, ar.zeros(x.rows, x.cols).m
    for k, v in enumerate(dy.m):
        m[k // len(places) * each + places[k % len(places)]] = v
    return Tensor(x.rows, x.cols, m, dy.frac, x.positions)
