#!/usr/bin/env python3
"""Makes src/num/ball_table.h, the nodes of the tail of a ball, and tests/kat/ball.txt,
known answers of it.

    tools/gen/ball.py            writes both
    tools/gen/ball.py --check    makes them again and compares, and compares the constants
                                 in docs/spec/04-functions.md; exit 1 where anything differs

The tail of the unit ball in D dimensions is the share of it with first coordinate >= h:

    F(h) = c int_h^1 (1 - u^2)^((D-1)/2) du,  c = Gamma(D/2 + 1) / (sqrt(pi) Gamma((D+1)/2))

With u = 1 - q s^2, q = 1 - h, it is 2 c q int_0^1 s (q s^2 (2 - q s^2))^((D-1)/2) ds, whose
integrand is smooth also where the power is half of an odd number: Gauss and Legendre's rule
of 64 nodes on [0, 1].  The table has s^2 and the weight times s of each node, rounded to
binary64; everything here is computed with 50 decimal digits.
"""
import math
import os
import struct
import sys
from decimal import Decimal, getcontext

getcontext().prec = 50
TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
NODES = 64
PI = Decimal("3.14159265358979323846264338327950288419716939937510582")
DIMENSIONS = [1, 2, 3, 4, 5, 7, 10, 17, 32, 64, 127, 128, 255, 256]


def legendre(n, z):
    """P_n and its derivative."""
    before, value = Decimal(1), z
    for k in range(2, n + 1):
        before, value = value, ((2 * k - 1) * z * value - (k - 1) * before) / k
    return value, n * (z * value - before) / (z * z - 1)


def nodes():
    found = []
    for i in range(NODES):
        z = -Decimal(math.cos(math.pi * (i + 0.75) / (NODES + 0.5)))
        for _ in range(7):
            value, slope = legendre(NODES, z)
            z -= value / slope
        _, slope = legendre(NODES, z)
        s = (1 + z) / 2
        found.append((s * s, s / ((1 - z * z) * slope * slope)))
    return found


def power(x, halves):
    return x**(halves // 2) * (x.sqrt() if halves % 2 else 1)


def tail(dimension, h):
    """By series whose terms are all positive."""
    c, a, x, y = 2 / PI, Decimal(dimension + 1) / 2, 1 - h * h, h * h
    if dimension % 2:
        c = Decimal(1) / 2
    for d in range(4 - dimension % 2, dimension + 1, 2):
        c = c * d / (d - 1)
    far = y > Decimal("0.3")
    total, term, n = Decimal(0), Decimal(1), 0
    while term > total * Decimal(10)**-45:
        total += term
        term *= (a + n + Decimal(1) / 2) * (x / (a + 1 + n) if far
                                            else y / (Decimal(3) / 2 + n))
        n += 1
    if far:
        return c * power(x, dimension + 1) * h * total / (2 * a)
    return Decimal(1) / 2 - c * h * power(x, dimension + 1) * total


def bits_of(x):
    return "%016x" % struct.unpack("<Q", struct.pack("<d", float(x)))[0]


def table(name, values):
    lines = ["static const slt_real slt_ball_%s[SLT_BALL_NODES] = {" % name]
    for i in range(0, NODES, 3):
        lines.append("    " + " ".join("{0x%s}," % bits_of(v) for v in values[i:i + 3]))
    return lines + ["};", ""]


def make(found):
    out = [
        "/* Made by tools/gen/ball.py, which says how; do not edit. */",
        "#ifndef SLT_NUM_BALL_TABLE_H",
        "#define SLT_NUM_BALL_TABLE_H",
        "",
        "#define SLT_BALL_NODES %d" % NODES,
        "",
    ]
    out += table("square", [s for s, _ in found]) + table("weight", [w for _, w in found])
    return "\n".join(out + ["#endif", ""])


def make_answers():
    """From 0 to next to 1; only where the answer is not near the end of binary64's range."""
    out = ["# dimension, h, the tail rounded to binary64: bits.  Made by tools/gen/ball.py."]
    points = [0.0] + [2.0**-k for k in range(30, 1, -7)]
    points += [(k + math.modf(k * math.sqrt(3))[0]) / 25 for k in range(25)]
    points += [1 - 2.0**-k for k in range(5, 53, 6)]
    for dimension in DIMENSIONS:
        for h in points:
            found = tail(dimension, Decimal(h))
            if h < 1 and found > Decimal(10)**-280:
                out.append("%d %s %s" % (dimension, bits_of(h), bits_of(found)))
    return "\n".join(out + [""])


def specified(found):
    """What docs/spec/04-functions.md has: a node a line."""
    return "\n".join("%2d %s %s" % (k, float(s).hex(), float(w).hex())
                     for k, (s, w) in enumerate(found))


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    found = nodes()
    if sys.argv[1:]:
        with open(os.path.join(TOP, "docs/spec/04-functions.md")) as file:
            if specified(found) not in file.read():
                sys.exit("docs/spec/04-functions.md lacks the nodes of tools/gen/ball.py:\n"
                         + specified(found))
    for path, text in (("src/num/ball_table.h", make(found)),
                       ("tests/kat/ball.txt", make_answers())):
        with open(os.path.join(TOP, path), "r" if sys.argv[1:] else "w") as file:
            if not sys.argv[1:]:
                file.write(text)
            elif file.read() != text:
                sys.exit(path + " is not what tools/gen/ball.py makes")


if __name__ == "__main__":
    main()
