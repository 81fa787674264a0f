"""Rotary positions: its section in section 6 of docs/spec."""

import ieee
import scalars
from ieee import round_even, split
from tensor import Tensor

PI = float.fromhex("0x1.921fb54442d18p+1")


def turns(op, x):
    """The cosine and the sine at each position for each pair, in binary64."""
    d = x.cols // op["heads"]
    for t in range(x.positions[0]):
        row = []
        for i in range(d // 2):
            w = scalars.exp(-((2 * i / d) * scalars.log(op["base"])))
            s, c = scalars.sincospi(ieee.div(t * w, PI))
            row.append((c, s))
        yield row


def pairs(op, cols):
    """The columns of all pairs, and which pair of its head each is."""
    d = cols // op["heads"]
    for h in range(0, cols, d):
        for i in range(d // 2):
            if op["pairs"] == "neighbours":
                yield i, h + 2 * i, h + 2 * i + 1
            else:
                yield i, h + i, h + i + d // 2


def at_60(x):
    significand, exponent = split(x)
    return round_even(significand, -60 - exponent)


def rotated(ar, op, x, tensor, back):
    """A tensor of the shape of x."""
    table = [*turns(op, x)]
    fixed = tensor.frac is not None
    digits = max(abs(v) for v in tensor.m).bit_length() if fixed else 0
    shift = digits - 1 if digits else 60
    m = [None] * len(tensor.m)
    for r in range(tensor.rows):
        turn = table[r % len(table)]
        for i, one, two in pairs(op, tensor.cols):
            a, b = tensor.m[r * tensor.cols + one], tensor.m[r * tensor.cols + two]
            c, s = map(at_60 if fixed else ar.round, turn[i])
            s = -s if back else s
            if fixed:
                y = round_even(a * c - b * s, shift), round_even(b * c + a * s, shift)
            else:
                y = ar.fma(a, c, -ar.round(b * s)), ar.fma(b, c, ar.round(a * s))
            m[r * tensor.cols + one], m[r * tensor.cols + two] = y
    found = Tensor(tensor.rows, tensor.cols, m, tensor.frac + 60 - shift if fixed else None)
    return found.placed(x.positions)
