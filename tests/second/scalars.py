"""exp, log and sincospi as sequences of binary64 operations: section 4 of docs/spec."""

import functools
import math
import re

from ieee import fma
from sleef import chapter


@functools.cache
def coefficients(name):
    numbers = re.search(rf"^{name} coefficients ((?:-?0x1\.[0-9a-f]+p[+-]?\d+\s+)+)",
                        chapter(), re.M).group(1)
    return [float.fromhex(number) for number in numbers.split()]


def pairs(name, x):
    """fma(k_1, x, k_0), fma(k_3, x, k_2), ...; a last coefficient without another."""
    k = coefficients(name)
    return [fma(k[i + 1], x, k[i]) if i + 1 < len(k) else k[i]
            for i in range(0, len(k), 2)]


def exp(x):
    if x != x:
        return x
    if x > float.fromhex("0x1.62e42fe102c83p+9"):
        return math.inf
    if x < -1000:
        return 0.0
    q = round(x * float.fromhex("0x1.71547652b82fep+0"))
    s = fma(q, -float.fromhex("0x1.62e42fefa3000p-1"), x)
    s = fma(q, -float.fromhex("0x1.3de6af278ece6p-42"), s)
    s2 = s * s
    s4 = s2 * s2
    e = pairs("exp", s)
    p = fma(s4 * s4, e[4], fma(s4, fma(s2, e[3], e[2]), fma(s2, e[1], e[0])))
    u = fma(fma(fma(p, s, 0.5), s, 1.0), s, 1.0)
    half = q // 2
    return u * 2.0**half * 2.0**(q - half)


def add_exactly(a, b):
    total = a + b
    v = total - a
    return total, (b - v) + (a - (total - v))


def log(x):
    if x != x or x < 0:
        return math.nan
    if x in (0, math.inf):
        return x if x else -math.inf
    scaled = 64 if x < 2.0**-1022 else 0
    x *= 2.0**scaled
    fraction, exponent = math.frexp(x)
    e = exponent - (0 if fraction * float.fromhex("0x1.5555555555555p+0") >= 1 else 1)
    m = math.ldexp(x, -e)
    n, n_low = add_exactly(-1.0, m)
    d, d_low = add_exactly(1.0, m)
    t = 1 / d
    h = n * t
    v = fma(-t, d_low, fma(-t, d, 1.0))
    h_low = fma(h, v, fma(t, n_low, fma(t, n, -h)))
    e -= scaled
    ln2 = float.fromhex("0x1.62e42fefa39efp-1")
    k = e * ln2
    k_low = fma(e, float.fromhex("0x1.abc9e3b39803fp-56"), fma(e, ln2, -k))
    x2 = h * h
    x4 = x2 * x2
    c = pairs("log", x2)
    p = fma(x4 * x4, fma(x4, c[3], c[2]), fma(x4, c[1], c[0]))
    a = k + 2 * h
    a_low = (k_low + (2 * h + (k - a))) + 2 * h_low
    r = (h * x2) * p
    total = a + r
    return total + (a_low + (r + (a - total)))


def horner(name, x):
    found, *rest = reversed(coefficients(name))
    for k in rest:
        found = fma(found, x, k)
    return found


def sincospi(x):
    if not math.isfinite(x):
        return math.nan, math.nan
    if abs(x) > 250000000:
        return 0.0, 0.0
    u = 4 * x
    n = math.floor(abs(u))
    q = int(math.copysign(n + n % 2, x))
    t = u - q
    t2 = t * t
    s, c = horner("sine", t2) * t, horner("cosine", t2)
    if q // 2 % 2:
        s, c = c, s
    return -s if q // 4 % 2 else s, -c if (q + 2) // 4 % 2 else c
