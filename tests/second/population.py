"""The error of a plane under a law of two classes: sections 4 and 9 of docs/spec."""

import functools
import math
import re

import scalars
from ieee import div, fma, tree
from sleef import chapter


@functools.cache
def nodes():
    found = re.findall(r"^ *(\d+) (0x1\.[0-9a-f]+p-\d+) (0x1\.[0-9a-f]+p-\d+)$", chapter(),
                       re.M)
    assert [int(k) for k, _, _ in found] == list(range(64))
    return [(float.fromhex(s), float.fromhex(w)) for _, s, w in found]


def power(b, n):
    p, base = 1.0, b
    for digit in reversed(format(n // 2, "b") if n > 1 else ""):
        if digit == "1":
            p = p * base
        base = base * base
    return p * math.sqrt(b) if n % 2 else p


def tail(dimension, h):
    """The share of the unit ball whose first coordinate is at least h."""
    if h >= 1:
        return 0.0
    if h < 0:
        return 1 - tail(dimension, -h)
    c = 1.0 if dimension % 2 else float.fromhex("0x1.45f306dc9c883p+0")
    for d in range(4 - dimension % 2, dimension + 1, 2):
        c = c * d / (d - 1)
    q, terms = 1 - h, []
    for s, w in nodes():
        v = q * s
        terms.append(w * power(v * (2 - v), dimension - 1))
    return c * q * tree(terms)


def missed(a):
    """E(a) of an exponential where w > 0."""
    if not a > 0:
        return 0.0
    u = scalars.exp(-a)
    if not u < 1:
        return a
    return div((1 - u) * a, -scalars.log(u)) if u > 0 else 1 - u


def of_exponential(data, w, c):
    positive = data["signs"] == "positive"
    if w[0] == 0:
        alone = 0.0 if c > 0 else 1.0
        return alone if positive else 0.5 if c else 1.0
    b = -div(c, w[0])

    def share(a):
        return missed(a) if w[0] > 0 else scalars.exp(-a) if a > 0 else 1.0

    above = share(b - data["gap"])
    return above if positive else 0.5 * (above + share(-b - data["gap"]))


def of_ball(data, w, c):
    n = 0.0
    for number in w:
        n = fma(number, number, n)
    length = math.sqrt(n)
    if length == 0:
        return 0.5 if c else 1.0
    shares = [tail(len(w), div(fma(data["gap"], w[0], x), length)) for x in (c, -c)]
    return 0.5 * (shares[0] + shares[1])


def error(data, w, c):
    return (of_ball if data["kind"] == "ball" else of_exponential)(data, w, c)
