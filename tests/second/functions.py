"""Functions in fixed point: section 11.5 of docs/spec, in Python's integers."""

import functools
import struct
from types import SimpleNamespace


def mul(x, y, k):
    return (x * y + (1 << k - 1)) >> k


def high(a, b):
    return a * b >> 64


def floor_shift(m, by):
    """floor(m 2^by)."""
    return m << by if by >= 0 else m >> -by


@functools.cache
def constants():
    """Whole numbers next to real ones, by 80 digits of mpmath."""
    from mpmath import mp, mpf
    with mp.workdps(80):
        def near(x):
            return int(mp.floor(x + mpf("0.5")))

        def erf_row(i):
            c = (i + mpf("0.5")) / 16
            slopes = [2 / mp.sqrt(mp.pi) * mp.exp(-c * c)]
            for j in range(9):  # f = erf' has f' = -2 x f
                before = slopes[j - 1] if j else 0
                slopes.append(-2 * (c * slopes[j] + before) / (j + 1))
            row = [mp.erf(c)] + [slopes[j - 1] / j for j in range(1, 11)]
            return [near(mpf(2)**62 * a / mpf(16)**j) for j, a in enumerate(row)]

        b = 2 * mp.sqrt(2 / mp.pi)
        a = mpf("0.044715") * b
        inverse = [near(mpf(2)**62 / (1 + (i + mpf("0.5")) / 128)) for i in range(128)]
        return SimpleNamespace(
            A=near(2**28 / mp.log(2)), B=near(mpf(2)**64 * mp.log(2)),
            d=[near(mpf(2)**(62 - 8 * j) / mp.factorial(j)) for j in range(6)],
            T=[near(mpf(2)**(62 + mpf(j) / 256)) for j in range(256)],
            r=[0] + [near(mpf(2)**62 / j) for j in range(1, 8)], c=inverse,
            logs=[near(-mpf(2)**62 * mp.log(mpf(x) / mpf(2)**62)) for x in inverse],
            ln2=near(mpf(2)**62 * mp.log(2)),
            erf=[erf_row(i) for i in range(104)],
            gb=near(mpf(2)**60 * b), gc=near(mpf(2)**58 * b),
            ga=near(mpf(2)**64 * a), ge=near(3 * mpf(2)**64 * a),
            S=near(mpf(2)**62 * mp.sqrt(mpf(1) / 2)),
            G=near(mpf(2)**62 / mp.sqrt(2 * mp.pi)))


# Powers of e.

def power_parts(w):
    """h and n of e^(w 2^-72), which is near h 2^(n-61)."""
    k = constants()
    steps = ((w >> 48) * k.A + (1 << 43)) >> 44
    t = w - steps * k.B
    p = k.d[5]
    for j in range(4, -1, -1):
        p = k.d[j] + high(t, p)
    return mul(k.T[steps % 256], p, 63), steps // 256


def power(w, top):
    h, n = power_parts(w)
    return 0 if top - n > 61 else (h + (1 << top - n)) >> (top - n + 1)


def falling(w):
    """power(-w, 0), 0 from 43 on."""
    return 0 if w >= 43 << 72 else power(-w, 0)


def signed(value, m):
    return -value if m < 0 else value


def exp(m, f):
    """Of a block: mantissas and their exponent."""
    w = [signed(floor_shift(abs(x), 72 - f), x) for x in m]
    largest = max(*w, 0)
    if largest >= 1 << 81:
        return [0] * len(m), 60
    top = power_parts(largest)[1]
    return [power(x, top) for x in w], 60 - top


# Logarithm.

def log_62(v, f):
    k, b = constants(), v.bit_length()
    y = floor_shift(v, 63 - b)
    i = (y >> 55) % 128
    d = mul(y, k.c[i], 62) - (1 << 62)
    p = k.r[7]
    for j in range(6, 0, -1):
        p = k.r[j] - mul(p, d, 62)
    return (b - 1 - f) * k.ln2 + k.logs[i] + mul(p, d, 62)


def log(m, f):
    return (log_62(m, f) + (1 << 9)) >> 10


# Error function.

def erf_62(u):
    i = u >> 64
    if i >= 104:
        return 1 << 62
    a, t = constants().erf[i], u % 2**64 - 2**63
    p = a[10]
    for j in range(9, -1, -1):
        p = a[j] + high(t, p)
    return p


def erf(m, f):
    return signed((erf_62(floor_shift(abs(m), 68 - f)) + 2) >> 2, m)


def tanh(m, f):
    q = falling(floor_shift(abs(m), 73 - f))
    one = 1 << 60
    return signed((((one - q) << 61) // (one + q) + 1) >> 1, m)


def tanh_bends(y):
    """Of a value of tanh: the first derivative and the second, at 60."""
    d = (1 << 60) - mul(abs(y), abs(y), 60)
    return d, signed(-mul(2 * abs(y), d, 60), y)


def sigmoid(m, f):
    """The logistic function and two derivatives, at 60."""
    one = 1 << 60
    q = falling(floor_shift(abs(m), 72 - f))
    r = ((one << 61) // (one + q) + 1) >> 1
    d = mul(r, one - r, 60)
    k = mul(d, 2 * r - one, 60)
    return (one - r, d, k) if m < 0 else (r, d, -k)


def gate(m, f, cubic):
    """The logistic function of v, and two derivatives of x times it, at 60."""
    k, one = constants(), 1 << 60
    w, g, j = floor_shift(abs(m), 72 - f), 1 << 58, 1 << 58
    if cubic:
        x = min(floor_shift(abs(m), 60 - f), 2**63 - 1)
        p = x * x >> 63
        w = x * (k.gb + (p * k.ga >> 61)) >> 48
        g, j = k.gc + (p * k.ge >> 63), k.gc + (p * k.ge >> 62)
    q = falling(w)
    r = ((one << 61) // (one + q) + 1) >> 1
    lean = bend = 0
    if w < 47 << 72:
        h, n = power_parts(-w)
        t, whole = floor_shift(abs(m) * h, n + 2 - f), floor_shift(h, n + 1)
        lean = mul(mul(mul(t, g, 61), r, 60), r, 60)
        bend = (mul(mul(mul(whole, j, 59), r, 60), r, 60)
                - mul(mul(lean, g, 58), 2 * r - one, 60))
    return (one - r, one - r - lean, bend) if m < 0 else (r, r + lean, bend)


def binary_parts(m, f):
    """ln(1 + q) at 58, and the logistic function of -|x| at 60."""
    q, one = falling(floor_shift(abs(m), 72 - f)), 1 << 60
    return (log_62(one + q, 60) + 8 >> 4,
            one - (((one << 61) // (one + q) + 1) >> 1))


def softplus_log(m, f):
    """ln(1 + e^-|x|) at 60."""
    return log_62((1 << 60) + falling(floor_shift(abs(m), 72 - f)), 60) + 2 >> 2


def gelu_parts(m, f):
    """The distribution function and its argument's share of the slope, at 60."""
    k = constants()
    size = erf_62(floor_shift(abs(m) * k.S, 6 - f))
    h = ((1 << 62) + signed(size, m) + 4) >> 3
    x = floor_shift(abs(m), 60 - f)
    return h, signed(dampened(x * k.G >> 62, x), m)


def dampened(factor, x):
    """factor times exp(-x^2 / 2) at 60, x at 60."""
    w = x * x >> 49
    if x >= 10 << 60 or w >= 45 << 72:
        return 0
    rise, n = power_parts(-w)
    return mul(factor, rise, 61 - n)


def gelu_bend(m, f):
    """GELU's second derivative at 60."""
    k, x = constants(), floor_shift(abs(m), 60 - f)
    return dampened(k.G // 2, x) - (x * dampened(x * k.G >> 62, x) >> 60)


def shares(m, f):
    """P at 60, before anything is taken off, the sum s and the largest mantissa."""
    top = max(m)
    e = [falling(floor_shift(top - x, 72 - f)) for x in m]
    s = sum(e)
    z = s.bit_length() - 61
    inverse = (1 << 124 - z) // floor_shift(s, 2 - z)
    return [mul(x, inverse, 62) for x in e], s, top


def cross_entropy_row(m, f, t):
    """l at 58, g at f, and P at 60."""
    p, s, top = shares(m, f)
    p[t] -= 1 << 60
    return (log_62(s, 60) + 8) >> 4, top - m[t], p


# Fingerprints.

def blocks(name):
    for f in range(0, 97, 8):
        z = [0x9E3779B97F4A7C15 * e % 2**64 for e in range(512)]
        m = [(x - 2**64 if x >> 63 else x) >> 1 + e % 61 for e, x in enumerate(z)]
        if name == "log":
            m = [abs(x) + 1 for x in m]
        if name == "exp" and f < 56:
            m = [-abs(x) for x in m]
        yield m, f


def fingerprinted(name, sincospi):
    """What a fingerprint is taken of."""
    content = b""
    for m, f in blocks(name):
        if name == "exp":
            results = [exp(m, f)]
        elif name == "sincospi":
            pairs = [sincospi(x, f) for x in m]
            results = [([s for s, _ in pairs], 61), ([c for _, c in pairs], 61)]
        else:
            function, exponent = {"log": (log, 52), "erf": (erf, 60),
                                  "tanh": (tanh, 60)}[name]
            results = [([function(x, f) for x in m], exponent)]
        for found, exponent in results:
            content += struct.pack("<%dq" % (len(found) + 1), exponent, *found)
    return content
