"""IEEE 754 and reductions: sections 1, 5, 10.3 and 11 of docs/spec.

Python's float is binary64. A binary32 number is a float whose value binary32 has; sums,
products, quotients and square roots of such numbers, rounded to binary64 and then to
binary32, are rounded right, since 53 >= 2 * 24 + 2. An fma is not, hence libm's.
"""

import array
import ctypes
import math
import os
import re
import struct
import sys
from itertools import repeat

_libm = ctypes.CDLL("libm.so.6")
fma = _libm.fma
fma.restype, fma.argtypes = ctypes.c_double, [ctypes.c_double] * 3
fma32 = _libm.fmaf
fma32.restype, fma32.argtypes = ctypes.c_float, [ctypes.c_float] * 3


def to32(x):
    """x rounded to binary32."""
    return ctypes.c_float(x).value


def all_to32(values):
    return array.array("f", values).tolist()


def fma_row(x, row, sums):
    """fma(x, b, s) in binary64 for each b of a row and its s."""
    return list(map(fma, repeat(x), row, sums))


# Bytes of a binary64 halfway between two binary32, and leading bytes of 0 or 2^-111 up.
_HALFWAY = re.compile(rb"\0\0\0[\x10\x30\x50\x70\x90\xb0\xd0\xf0]")
_LARGE = bytes(b for b in range(256) if b & 127 == 0 or b & 127 >= 0x39)


def fma32_row(x, row, sums):
    """The same in binary32. The product is exact in binary64, so rounding the sum twice
    goes wrong only where it is halfway or small: there libm's fmaf takes all of it."""
    wide = array.array("d", [x * b + s for b, s in zip(row, sums)])
    if sys.byteorder == "big":
        wide.byteswap()
    content = wide.tobytes()
    if _HALFWAY.search(content) or content[7::8].translate(None, _LARGE):
        return list(map(fma32, repeat(x), row, sums))
    if sys.byteorder == "big":
        wide.byteswap()
    return array.array("f", wide).tolist()


def _built():
    """chains.c, where the tests are built."""
    build = os.path.join(os.path.dirname(__file__), "../../build")
    try:
        return ctypes.CDLL(os.path.join(os.environ.get("SLT_BUILD", build),
                                        "tests/chains.so"))
    except OSError:
        return None


_chains = _built()


def _addresses(*arrays):
    return [ctypes.c_void_p(a.buffer_info()[0]) for a in arrays]


def chains(single, a, b, c, k):
    """c + a b, row-major: one fma chain an element, the inner index, below k, ascending."""
    m = len(a) // k if k else 0
    n = len(b) // k if k else 0
    if _chains:
        code = "f" if single else "d"
        a, b, c = (array.array(code, x) for x in (a, b, c))
        run = _chains.chains32 if single else _chains.chains
        run(*_addresses(a, b, c), *map(ctypes.c_long, (m, k, n)))
        return c.tolist()
    found, add = [], fma32_row if single else fma_row
    for i in range(m):
        sums = c[i * n:(i + 1) * n]
        for l in range(k):
            sums = add(a[i * k + l], b[l * n:(l + 1) * n], sums)
        found += sums
    return found if k else c


def div(a, b):
    """IEEE 754's quotient; Python's own refuses a divisor of 0."""
    if b != 0:
        return a / b
    if a == 0 or a != a:
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def tree(partials):
    """Section 5: the fixed tree over 64 partial sums."""
    p = partials
    width = 32
    while width:
        for j in range(width):
            p[j] = p[j] + p[j + width]
        width //= 2
    return p[0]


def sum_terms(terms):
    """Section 5: the reduction of a sum of terms."""
    p = [0.0] * 64
    for i, x in enumerate(terms):
        p[i % 64] = p[i % 64] + x
    return tree(p)


def sum_products(a, b):
    """Section 5: the reduction of a sum of products."""
    p = [0.0] * 64
    if _chains:
        a, b, p = (array.array("d", x) for x in (a, b, p))
        _chains.partials(*_addresses(a, b, p), ctypes.c_long(min(len(a), len(b))))
        return tree(p)
    for i, (x, y) in enumerate(zip(a, b)):
        p[i % 64] = fma(x, y, p[i % 64])
    return tree(p)


def mean(values):
    """Section 10.3."""
    return sum_terms(values) / len(values)


def split(s):
    """Section 11: a binary64 scalar as M 2^E, M its signed 53-bit significand."""
    (u,) = struct.unpack("<Q", struct.pack("<d", s))
    field, fraction = u >> 52 & 2047, u & (1 << 52) - 1
    m = fraction | (1 << 52 if field else 0)
    return -m if u >> 63 else m, max(field, 1) - 1075


def round_even(m, shift):
    """m 2^-shift, exact where shift <= 0, else the nearest integer, ties to even."""
    if shift <= 0:
        return m << -shift
    return m + (1 << shift - 1) - 1 + (m >> shift & 1) >> shift


def all_round_even(m, shift):
    if shift <= 0:
        return [x << -shift for x in m]
    below = (1 << shift - 1) - 1
    return [x + below + (x >> shift & 1) >> shift for x in m]
