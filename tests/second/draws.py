"""Random numbers: section 3 of REPRODUCING.md."""

import math

import sleef
from ieee import fma

WORD = 0xFFFFFFFF


def philox(key, counter):
    """Philox4x32-10 (Salmon, Moraes, Dror and Shaw, SC 2011): a block of four words."""
    k0, k1 = key
    x0, x1, x2, x3 = counter
    for _ in range(10):
        a, b = 0xD2511F53 * x0, 0xCD9E8D57 * x2
        x0, x1, x2, x3 = b >> 32 ^ x1 ^ k0, b & WORD, a >> 32 ^ x3 ^ k1, a & WORD
        k0, k1 = k0 + 0x9E3779B9 & WORD, k1 + 0xBB67AE85 & WORD
    return x0, x1, x2, x3


class Stream:
    """Section 3.1: the words that key, c1, c2 and c3 address."""

    def __init__(self, seed, purpose, tensor, chain=0, c1=0, c3=0):
        self.key = seed & WORD, seed >> 32
        self.c1, self.c2, self.c3 = c1, purpose << 24 | tensor << 12 | chain, c3

    def words(self, count):
        found = []
        for c0 in range(-(-count // 4)):
            found += philox(self.key, (c0, self.c1, self.c2, self.c3))
        return found[:count]


def uniforms(ar, stream, count, lo, hi):
    """Section 3.2."""
    width = hi - lo
    return [ar.round(fma(width, (a + 0.5) * 2.0**-32, lo)) for a in stream.words(count)]


def shuffle(stream, n):
    """Section 3.2: Fisher and Yates's, one bounded integer an item."""
    words, items = stream.words(2 * n), list(range(n))
    for i in range(n):
        j = i + ((words[2 * i] | words[2 * i + 1] << 32) * (n - i) >> 64)
        items[i], items[j] = items[j], items[i]
    return items


def pairs(stream, count):
    """Section 3.3: the words of as many pairs as `count` elements need."""
    words = stream.words(count + count % 2)
    return zip(words[::2], words[1::2])


def normals(ar, stream, count, std):
    """Section 3.3: Box and Muller's pairs, times std."""
    fl, found = ar.round, []
    for a, b in pairs(stream, count):
        q = -2 * sleef.log("f64", (a + 0.5) * 2.0**-32)
        r = fl(math.sqrt(fl(q)))
        t = b - 2**32 if b >> 31 else b
        s, c = sleef.sincospi(ar.name, fl(float(t)) * 2.0**-31)
        found += [fl(r * c), fl(r * s)]
    scale = fl(std)
    return [fl(z * scale) for z in found[:count]]
