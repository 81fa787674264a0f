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
    """The first and the number of the numbers of a sample that are selected, and the
    positions that are left."""
    axis, *others = x.positions
    step = math.prod(others) * x.cols
    if "at" in op:
        at = axis - 1 if op["at"] == "last" else op["at"]
        return at * step, step, tuple(others)
    taken = op.get("count", axis - op["from"])
    return op["from"] * step, taken * step, (taken, *others)


def forward(ar, op, x, w):
    if op["op"] == "reshape":
        return unfolded(folded(x), op["shape"])
    if op["op"] == "flatten":
        return folded(x)
    if op["op"] == "select":
        first, size, positions = selected(op, x)
        each = count(x) * x.cols
        m = [v for s in range(0, len(x.m), each) for v in x.m[s + first:s + first + size]]
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
    first, size, _ = selected(op, x)
    each, m = count(x) * x.cols, ar.zeros(x.rows, x.cols).m
    for s in range(len(m) // each):
        m[s * each + first:s * each + first + size] = dy.m[s * size:(s + 1) * size]
    return Tensor(x.rows, x.cols, m, dy.frac, x.positions)
