"""Random numbers: section 3 of docs/spec."""

import math
from typing import NamedTuple

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


class Seed(int):
    """A key with the trial that c1 is for what is drawn once for a run."""

    def __new__(cls, key, trial):
        seed = super().__new__(cls, key)
        seed.trial = trial
        return seed


def once(seed, purpose, tensor):
    """Section 17.1: the stream of what is drawn once for a run or a trial."""
    return Stream(seed, purpose, tensor, 0, getattr(seed, "trial", 0))


class Stream(NamedTuple):
    """Section 3.1: the words that key, c1, c2 and c3 address."""

    seed: int
    purpose: int
    tensor: int
    chain: int = 0
    c1: int = 0
    c3: int = 0

    def words(self, count):
        found, key = [], (self.seed & WORD, self.seed >> 32)
        c2 = self.purpose << 24 | self.tensor << 12 | self.chain
        for c0 in range(-(-count // 4)):
            found += philox(key, (c0, self.c1, c2, self.c3))
        return found[:count]


def uniforms(ar, stream, count, lo, hi):
    """Section 3.2."""
    width = hi - lo
    return [ar.round(fma(width, (a + 0.5) * 2.0**-32, lo)) for a in stream.words(count)]


def exponentials(ar, stream, count, lo):
    """Section 3.4."""
    return [ar.round(lo - sleef.log("f64", (a + 0.5) * 2.0**-32))
            for a in stream.words(count)]


def bounded(stream, limits):
    """Section 3.2: one integer below each of the limits."""
    words = stream.words(2 * len(limits))
    return [(low | high << 32) * n >> 64
            for low, high, n in zip(words[::2], words[1::2], limits)]


def shuffle(stream, n):
    """Section 3.2: Fisher and Yates's, one bounded integer an item."""
    items = list(range(n))
    for i, j in enumerate(bounded(stream, range(n, 0, -1))):
        items[i], items[i + j] = items[i + j], items[i]
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
