"""The arithmetic fixed: section 11 of docs/spec, in Python's integers."""

import fractions
import functools
import math
import operator
import struct

import draws
import functions
from ieee import all_round_even, round_even, split
from tensor import Overflow, Tensor

STATE = 48
FAR = 960


def bits(m):
    """The digits of the largest magnitude (section 11)."""
    return max(max(m), -min(m)).bit_length() if m else 0


def log2_up(n):
    return (max(n, 1) - 1).bit_length()


def checked(m):
    if m and not -(2**63) <= min(m) <= max(m) < 2**63:
        raise Overflow
    return m


def scale(s, m, f, t):
    """Section 11.1: the product of a scalar and m 2^-f as a mantissa at exponent t."""
    return scale_all(s, [m], f, t)[0]


def scale_all(s, m, f, t):
    significand, exponent = split(s)
    return checked(all_round_even([significand * x for x in m], f - t - exponent))


def block(tensor, digits):
    """The tensor rounded as a block to so many digits."""
    shift = max(0, bits(tensor.m) - digits)
    m = all_round_even(tensor.m, shift)
    return Tensor(tensor.rows, tensor.cols, m, tensor.frac - shift)


def meet(a, b):
    """Section 11.3: two blocks brought to one exponent."""
    f = max(a.frac, b.frac)
    for t in a, b:
        if bits(t.m) > 0:
            f = min(f, t.frac + 61 - bits(t.m))
    return f, *(all_round_even(t.m, t.frac - f) for t in (a, b))


def placed(operation):
    """Section 11.3: an operation whose block's exponent is brought into its range."""
    @functools.wraps(operation)
    def place(*operands):
        made = operation(*operands)
        if made.frac > FAR:
            return made.like(all_round_even(made.m, made.frac - FAR), FAR)
        if made.frac < -FAR:
            if any(made.m):
                raise Overflow
            return made.like(made.m, -FAR)
        return made
    return place


def mean_of(total, n):
    return round(fractions.Fraction(total, n))  # ties to even


def less_mean(row, centred):
    mean = mean_of(sum(row), len(row)) if centred else 0
    return [x - mean for x in row]


def half_log2(cols):
    """h of section 11.3."""
    return (log2_up(cols) + 1) // 2


def ldexp(total, exponent):
    """A whole number times a power of two, rounded to binary64 once."""
    try:
        return float(fractions.Fraction(total) * fractions.Fraction(2)**exponent)
    except OverflowError:
        return math.inf


def inner(a, b):
    """The inner product of two blocks, as binary64."""
    a, b = block(a, 48), block(b, 48)
    total = sum(map(operator.mul, a.m, b.m))
    try:
        return math.ldexp(float(total), -(a.frac + b.frac))
    except OverflowError:  # beyond binary64
        return math.copysign(math.inf, total)


# Section 11.2: normals at 60 bits.

def mul(x, y, k):
    return (x * y + (1 << k - 1)) >> k


@functools.cache
def constants():
    """Whole numbers next to logarithms and powers of pi, by 80 digits of mpmath."""
    from mpmath import mp, mpf
    with mp.workdps(80):
        def near(x):
            return int(mp.floor(x + mpf("0.5")))

        c = [near(mpf(2)**62 / (1 + (i + mpf("0.5")) / 128)) for i in range(128)]
        quarter = mp.pi / 2
        return {
            "c": c,
            "logs": [near(-mpf(2)**57 * mp.log(mpf(x) / mpf(2)**62)) for x in c],
            "ln2": near(mpf(2)**62 * mp.log(2)),
            "r": [0] + [near(mpf(2)**62 / j) for j in range(1, 8)],
            "sin": [near(mpf(2)**61 * (-1)**j * quarter**(2 * j + 1)
                         / mp.factorial(2 * j + 1)) for j in range(10)],
            "cos": [near(mpf(2)**61 * (-1)**j * quarter**(2 * j)
                         / mp.factorial(2 * j)) for j in range(11)],
        }


def log_radius(a):
    """-ln((a + 1/2) 2^-32) 2^57."""
    k = constants()
    n = 2 * a + 1
    e = n.bit_length() - 1
    y = n << 62 - e
    i = (y >> 55) % 128
    d = mul(y, k["c"][i], 62) - (1 << 62)
    p = k["r"][7]
    for c in k["r"][6:0:-1]:
        p = c - (p * d + (1 << 61) >> 62)
    q = mul(p, d, 62)
    return mul(33 - e, k["ln2"], 5) - k["logs"][i] - (q + 16 >> 5)


def radius(a):
    return math.isqrt(log_radius(a) << 64)


def horner(coefficients, z):
    p = coefficients[-1]
    for c in coefficients[-2::-1]:
        p = c + (p * z + (1 << 60) >> 61)
    return p


def angle(b):
    """cos and sin of 2 pi b 2^-32, at 61 bits."""
    t = ((b + 2**29) % 2**32) >> 30
    e = (b - (t << 30) + 2**31) % 2**32 - 2**31
    return turned(t, e << 31)


def turned(t, x):
    """cos and sin of t quarter turns and x at 61 bits of one."""
    z = mul(x, x, 61)
    c, s = horner(constants()["cos"], z), mul(horner(constants()["sin"], z), x, 61)
    return ((c, s), (-s, c), (-c, -s), (s, -c))[t]


def sincospi(m, f):
    """sin and cos of pi m 2^-f, at 61 bits: section 11.5."""
    v = round_even(m, f - 62)
    quarters = (v + 2**60) >> 61
    c, s = turned(quarters % 4, v - (quarters << 61))
    return s, c


def normal_pair(a, b):
    r = radius(a)
    return [mul(r, x, 61) for x in angle(b)]


def fingerprinted():
    """What the fingerprint `fixed` is taken of."""
    numbers = []
    for i in range(4096):
        w = i * 2654435769 % 2**32
        numbers += [log_radius(w), radius(w), *angle(w)]
    return struct.pack("<%dq" % len(numbers), *numbers)


class Fixed:
    name = "fixed"

    @placed
    def product(self, a, b):
        depth = a.cols
        p = min(30, (62 - log2_up(depth)) // 2)
        a, b = block(a, p), block(b, p)
        columns = [b.m[j::b.cols] for j in range(b.cols)]
        rows = [a.m[i * depth:(i + 1) * depth] for i in range(a.rows)]
        m = [sum(map(operator.mul, row, column)) for row in rows for column in columns]
        return Tensor(a.rows, b.cols, m, a.frac + b.frac)

    @placed
    def column_sums(self, d):
        d = block(d, 62 - log2_up(d.rows))
        return Tensor(1, d.cols, [sum(d.m[j::d.cols]) for j in range(d.cols)], d.frac)

    def tree(self, parts):
        """Section 5's long sums: those of blocks, neighbours added."""
        while len(parts) > 1:
            pairs = [self.add(a, b) for a, b in zip(parts[::2], parts[1::2])]
            parts = pairs + parts[2 * len(pairs):]
        return parts[0]

    @placed
    def add(self, a, b):
        f, x, y = meet(a, b)
        return a.like(list(map(operator.add, x, y)), f)

    @placed
    def subtract(self, a, b):
        f, x, y = meet(a, b)
        return a.like(list(map(operator.sub, x, y)), f)

    def negated(self, a):
        return a.like(checked([-x for x in a.m]), a.frac)

    def meeting(self, blocks):
        """Blocks brought to one exponent: section 11.3."""
        f = min([max(t.frac for t in blocks),
                 *(t.frac + 61 - bits(t.m) for t in blocks if any(t.m))])
        return [self.placed_at(t, f) for t in blocks]

    @placed
    def placed_at(self, t, f):
        return t.like(all_round_even(t.m, t.frac - f), f)

    @placed
    def add_sign(self, s, w, g):
        significand, exponent = split(s)
        f, m, (term,) = meet(g, Tensor(1, 1, [significand], -exponent))
        return g.like([y + (term if x > 0 else -term if x < 0 else 0)
                       for x, y in zip(w.m, m)], f)

    @placed
    def add_bias(self, y, b):
        f, x, bias = meet(y, b)
        return y.like(list(map(operator.add, x, bias * y.rows)), f)

    @placed
    def multiply(self, a, b):
        shift = max(0, bits(a.m) + bits(b.m) - 62)
        m = all_round_even(list(map(operator.mul, a.m, b.m)), shift)
        return a.like(m, a.frac + b.frac - shift)

    @placed
    def times(self, s, a):
        """Scalar times block."""
        if not any(a.m):
            return a.like(a.m, STATE)
        significand, exponent = split(s)
        shift = max(0, 53 + bits(a.m) - 62)
        return a.like(all_round_even([significand * x for x in a.m], shift),
                      a.frac - exponent - shift)

    def relu(self, x):
        return x.like([max(v, 0) for v in x.m], x.frac)

    def relu_gradient(self, x, dy):
        return x.like([d if v > 0 else 0 for v, d in zip(x.m, dy.m)], dy.frac)

    def square(self, x):
        return self.multiply(x, x)

    @placed
    def square_gradient(self, x, dy):
        product = self.multiply(x, dy)
        return x.like(product.m, product.frac - 1)

    def square_second(self, x, dy, change):
        return self.square_gradient(change, dy)

    def hot(self, depth):
        """The digits of a one-hot row's 1 in a product."""
        return min(30, (62 - log2_up(depth)) // 2)

    @placed
    def embedding(self, x, w):
        p = self.hot(w.rows)
        w = block(w, p)
        m = [v << p - 1 for i in x.m for v in w.row(i)]
        return Tensor(x.rows, w.cols, m, w.frac + p - 1)

    @placed
    def embedding_gradient(self, x, w, dy):
        p = self.hot(x.rows)
        dy, c, m = block(dy, p), w.cols, [0] * len(w.m)
        for r, i in enumerate(x.m):
            for j, v in enumerate(dy.row(r)):
                m[i * c + j] += v << p - 1
        return w.like(m, dy.frac + p - 1)

    def gelu(self, x):
        return self.weighed(x, [functions.gelu_parts(v, x.frac)[0] for v in x.m])

    def gelu_gradient(self, x, dy):
        return self.weighed(dy, [sum(functions.gelu_parts(v, x.frac)) for v in x.m])

    def gelu_second(self, x, dy, change):
        bent = self.weighed(dy, [functions.gelu_bend(v, x.frac) for v in x.m])
        return self.multiply(bent, change)

    def curved(self, name, x):
        """The value and two derivatives of a curve; those are blocks at 60."""
        if name in ("silu", "gelu-tanh"):
            found = [functions.gate(v, x.frac, name == "gelu-tanh") for v in x.m]
            share, slope, bend = (x.like(list(m), 60) for m in zip(*found))
            return self.multiply(x, share), slope, bend
        if name == "softplus":
            log = x.like([functions.softplus_log(v, x.frac) for v in x.m], 60)
            return self.add(self.relu(x), log), *self.curved("sigmoid", x)[:2]
        if name == "sigmoid":
            found = [functions.sigmoid(v, x.frac) for v in x.m]
        else:
            values = [functions.tanh(v, x.frac) for v in x.m]
            found = [(y, *functions.tanh_bends(y)) for y in values]
        return [x.like(list(m), 60) for m in zip(*found)]

    @placed
    def weighed(self, x, factors):
        """x times factors at 60."""
        s = bits(x.m) - 1 if any(x.m) else 60
        return x.like(all_round_even(list(map(operator.mul, x.m, factors)), s),
                      x.frac + 60 - s)

    def indicators(self, target):
        return target.like([t << STATE for t in target.m], STATE)

    def binary(self, y, target):
        """The sum S of binary cross entropy, and what the scale multiplies."""
        one = Tensor(1, 1, [1 << STATE], STATE)
        f, t, (one,) = meet(target, one)
        below = [x < 0 for x in y.m]
        c = y.like([-b if neg else one - b for b, neg in zip(t, below)], f)
        logs, w = zip(*(functions.binary_parts(x, y.frac) for x in y.m))
        w = y.like([a if neg else -a for a, neg in zip(w, below)], 60)
        total = math.ldexp(float(sum(logs)), -58) + self.inner(y, c)
        return total, self.add(w, c)

    def cross_entropy_second(self, y, change, factor):
        s, found = max(0, bits(change.m) - 60), []
        for r in range(y.rows):
            p = functions.shares(y.row(r), y.frac)[0]
            u = all_round_even(change.row(r), s)
            m = sum(a * b for a, b in zip(p, u)) + 2**59 >> 60
            found += all_round_even([a * (b - m) for a, b in zip(p, u)], 60)
        return self.times(factor / y.rows, y.like(found, change.frac - s))

    def cross_entropy(self, y, target, factor):
        """The loss and the gradient of y; target holds a class a row."""
        rows = [functions.cross_entropy_row(y.row(r), y.frac, t)
                for r, t in enumerate(target.m)]
        logs, gaps, shares = zip(*rows)
        total = (math.ldexp(float(sum(logs)), -58)
                 + math.ldexp(float(sum(gaps)), -y.frac))
        shares = y.like([x for row in shares for x in row], 60)
        return factor * total / y.rows, self.times(factor / y.rows, shares)

    def softmax(self, x, seen):
        """Row r sees its first seen[r] columns."""
        rows = [functions.shares(x.row(r)[:n], x.frac)[0] + [0] * (x.cols - n)
                for r, n in enumerate(seen)]
        return x.like([v for row in rows for v in row], 60)

    @placed
    def softmax_along(self, y, seen, change):
        s, found = max(0, bits(change.m) - 60), []
        for r, n in enumerate(seen):
            p, u = y.row(r)[:n], all_round_even(change.row(r)[:n], s)
            m = sum(a * b for a, b in zip(p, u)) + 2**59 >> 60
            found += all_round_even([a * (b - m) for a, b in zip(p, u)], 60)
            found += [0] * (y.cols - n)
        return y.like(found, change.frac - s)

    @placed
    def softmax_bend(self, y, seen, dy, dshare):
        s, found = max(0, bits(dy.m) - 60), []
        for r, n in enumerate(seen):
            p, v = y.row(r)[:n], dshare.row(r)[:n]
            u = all_round_even(dy.row(r)[:n], s)
            m, b = (sum(a * c for a, c in zip(w, u)) + 2**59 >> 60 for w in (p, v))
            found += all_round_even(
                [c * (x - m) - a * b for a, x, c in zip(p, u, v)], 60)
            found += [0] * (y.cols - n)
        return y.like(found, dy.frac - s + dshare.frac - 60)

    @placed
    def multiply_columns(self, x, w):
        shift = max(0, bits(x.m) + bits(w.m) - 62)
        m = all_round_even(list(map(operator.mul, x.m, w.m * x.rows)), shift)
        return x.like(m, x.frac + w.frac - shift)

    @placed
    def column_dots(self, a, b):
        p = self.hot(a.rows)
        a, b = block(a, p), block(b, p)
        m = [sum(map(operator.mul, a.m[j::a.cols], b.m[j::b.cols]))
             for j in range(a.cols)]
        return Tensor(1, a.cols, m, a.frac + b.frac)

    def normal_row(self, row, f, centred, eps):
        """i and n, which is at 54 - h."""
        s = max(0, bits(row) - 60)
        c = less_mean(all_round_even(row, s), centred)
        t = max(0, bits(c) - 48)
        v = ldexp(sum(x * x for x in all_round_even(c, t)), -2 * (f - s - t))
        if math.isinf(v):
            raise Overflow
        i = 1 / math.sqrt(v / len(c) + eps)
        return i, scale_all(i, c, f - s, 54 - half_log2(len(c)))

    def slopes(self, g):
        return block(g, 60 - half_log2(g.cols))

    def projected(self, g, r, n, centred):
        """q and D of a row."""
        unit = 54 - half_log2(g.cols)
        q = mean_of(round_even(sum(a * b for a, b in zip(g.row(r), n)), unit), len(n))
        return q, [d - round_even(q * a, unit)
                   for a, d in zip(n, less_mean(g.row(r), centred))]

    def normalized(self, x, centred, eps):
        return x.like([v for r in range(x.rows)
                       for v in self.normal_row(x.row(r), x.frac, centred, eps)[1]],
                      54 - half_log2(x.cols))

    @placed
    def rows_scaled(self, by, d):
        """Each row times its number, the largest product having 62 digits."""
        most = [bits(d.row(r)) + 53 + split(s)[1] for r, s in enumerate(by)
                if any(d.row(r))]
        t = d.frac + 62 - max(most) if most else STATE
        return d.like([x for r, s in enumerate(by)
                       for x in scale_all(s, d.row(r), d.frac, t)], t)

    def normalized_along(self, x, centred, eps, g):
        g, by, m = self.slopes(g), [], []
        for r in range(x.rows):
            i, n = self.normal_row(x.row(r), x.frac, centred, eps)
            by.append(i)
            m += self.projected(g, r, n, centred)[1]
        return self.rows_scaled(by, g.like(m, g.frac))

    def normalized_bend(self, x, centred, eps, g, change):
        g, v = self.slopes(g), self.slopes(change)
        h, cols = half_log2(x.cols), x.cols
        rows = [self.normal_row(x.row(r), x.frac, centred, eps) for r in range(x.rows)]
        slopes = [self.projected(g, r, n, centred) for r, (_, n) in enumerate(rows)]
        moves = [self.projected(v, r, n, centred) for r, (_, n) in enumerate(rows)]
        k = max(0, max(bits(d) for _, d in slopes + moves) - (60 - h))
        m = []
        for r, ((_, n), (q, slope), (u, moved)) in enumerate(zip(rows, slopes, moves)):
            slope, moved = (all_round_even(d, k) for d in (slope, moved))
            total = sum(a * b for a, b in zip(g.row(r), moved))
            p = mean_of(round_even(total, 60), cols)
            m += [round_even(u * a, 60) + round_even(q * b, 60)
                  + round_even(p * c, 54 - h) for a, b, c in zip(slope, moved, n)]
        return self.rows_scaled([-(i * i) for i, _ in rows],
                                x.like(m, g.frac + v.frac - k - 60))

    def sincospi(self, x):
        """Of a number at exponent 48, at exponent 48."""
        return [round_even(v, 61 - STATE) for v in sincospi(x, STATE)]

    def turned(self, length, x):
        """length times sin and cos of pi x, all at exponent 48 but those, at 61."""
        return checked([round_even(length * v, 61) for v in sincospi(x, STATE)])

    def errors(self, y, target):
        return self.subtract(y, target)

    def class_errors(self, y, target):
        hot = [1 << STATE if t == j else 0 for t in target.m for j in range(y.cols)]
        return self.subtract(y, y.like(hot, STATE))

    def less_means(self, e, chained):
        """Each row less its mean; no order shows in exact sums."""
        m = []
        for r in range(e.rows):
            mean = round(fractions.Fraction(sum(e.row(r)), e.cols))  # ties to even
            m += [x - mean for x in e.row(r)]
        return e.like(m, e.frac)

    # Sections 7, 8 and 11.2: at exponent 48.

    def zeros(self, rows, cols):
        return Tensor(rows, cols, [0] * (rows * cols), STATE)

    def constant(self, rows, cols, value):
        return Tensor(rows, cols, [scale(value, 1, 0, STATE)] * (rows * cols), STATE)

    def doubles(self, tensor):
        """The elements in binary64."""
        return [math.ldexp(float(x), -tensor.frac) for x in tensor.m]

    def times_element(self, a, b):
        return checked([round_even(a * b, STATE)])[0]

    def drawn(self, tensor):
        """With the exponent of what is drawn."""
        return tensor.like(scale_all(1.0, tensor.m, tensor.frac, STATE), STATE)

    def normals_60(self, stream, count):
        pairs = draws.pairs(stream, count)
        return [x for a, b in pairs for x in normal_pair(a, b)][:count]

    def normals(self, rows, cols, stream, std):
        z = self.normals_60(stream, rows * cols)
        return Tensor(rows, cols, scale_all(std, z, 60, STATE), STATE)

    def uniforms(self, rows, cols, stream, lo, hi):
        m = []
        for w in stream.words(rows * cols):
            n = 2 * w + 1
            m.append(scale(lo, 2**33 - n, 33, STATE) + scale(hi, n, 33, STATE))
        return Tensor(rows, cols, checked(m), STATE)

    def exponentials(self, rows, cols, stream, lo):
        m = [scale(lo, 1, 0, STATE) + round_even(log_radius(w), 9)
             for w in stream.words(rows * cols)]
        return Tensor(rows, cols, checked(m), STATE)

    # Sections 10.4 and 10.5.

    def inner(self, a, b):
        return inner(a, b)

    def plus(self, w, s, v):
        """w + s v."""
        return self.moved(w, scale_all(s, v.m, v.frac, STATE))

    def away(self, w, centre):
        return w.like(checked([x - c for x, c in zip(w.m, centre.m)]), STATE)

    def box(self, w, half):
        """Section 10.12: low and high."""
        try:
            half = scale(half, 1, 0, STATE)
        except Overflow:
            half = 1 << 64
        return [x - half for x in w.m], [x + half for x in w.m]

    def metropolis(self, rule, w, w1, centre, g, g1):
        """forward, backward, spring0 and spring1 of one weight: section 11.4."""
        pull, push = rule.half * rule.gamma, rule.half * rule.nbeta

        def square(*rows):
            try:
                v = w.like(checked([sum(terms) for terms in zip(*rows)]), STATE)
            except Overflow:
                return math.inf
            return inner(v, v)

        def away(a, b):
            return [x - y for x, y in zip(a.m, b.m)]

        def noise(p, p1, g):
            try:
                back = scale_all(pull, checked(away(p, centre)), STATE, STATE)
                down = scale_all(push, g.m, g.frac, STATE)
                return square(away(p1, p), back, down)
            except Overflow:
                return math.inf

        return [noise(w, w1, g), noise(w1, w, g1),
                square(away(w, centre)), square(away(w1, centre))]

    # Section 11.4.

    def moved(self, w, *parts):
        return w.like(checked(list(map(sum, zip(w.m, *parts)))), STATE)

    def sgd(self, w, g, state, rule):
        if rule.momentum == 0 and rule.weight_decay == 0:
            return self.moved(w, scale_all(-rule.lr, g.m, g.frac, STATE))
        decay = rule.weight_decay
        d = checked(list(map(operator.add, scale_all(1.0, g.m, g.frac, STATE),
                             scale_all(decay, w.m, STATE, STATE))))
        if rule.momentum != 0:
            faded = scale_all(rule.momentum, state["m"].m, STATE, STATE)
            d = checked(list(map(operator.add, d, faded)))
            state["m"] = w.like(d, STATE)
        return self.moved(w, scale_all(-rule.lr, d, STATE, STATE))

    def root(self, v):
        """The root of Adam's second moment."""
        m, f = v.m, v.frac
        if f % 2:
            m, f = all_round_even(m, 1), f - 1
        return v.like([math.isqrt(x << 64) for x in m], (f + 64) // 2)

    def quotient(self, m, d, to=40):
        """m / d at this exponent, towards zero."""
        found = []
        for x, y in zip(m.m, d.m):
            shift = to - m.frac + d.frac
            high = abs(x) << shift if shift >= 0 else abs(x) >> -shift
            if x and (not y or high.bit_length() - y.bit_length() > 61):
                raise Overflow
            q = high // y if y else 0
            found.append(-q if x < 0 else q)
        return found

    def adam(self, w, g, state, rule):
        if not rule.decoupled and rule.weight_decay != 0:
            g = self.add(self.times(rule.weight_decay, w), g)
        m = self.add(self.times(rule.beta1, state["m"]), self.times(rule.o1, g))
        v = self.add(self.times(rule.beta2, state["v"]),
                     self.multiply(self.times(rule.o2, g), g))
        state["m"], state["v"] = m, v
        significand, exponent = split(rule.eps)
        eps = w.like([significand] * len(w.m), -exponent)
        below = self.add(self.times(rule.root, self.root(v)), eps)
        if rule.decoupled and rule.shrink != 1:
            w = w.like(scale_all(rule.shrink, w.m, STATE, STATE), STATE)
        return self.moved(w, scale_all(-rule.rate, self.quotient(m, below), 40, STATE))

    def sgld(self, w, g, centre, stream, rule):
        pull, push = rule.half * rule.gamma, rule.half * rule.nbeta
        z = self.normals_60(stream, len(w.m))
        return self.moved(
            w,
            scale_all(-pull, list(map(operator.sub, w.m, centre.m)), STATE, STATE),
            scale_all(-push, g.m, g.frac, STATE),
            scale_all(rule.root, z, 60, STATE))

    def underdamped(self, w, p, g, centre, stream, rule):
        """The new momentum and weight."""
        pull, push = rule.push * rule.gamma, rule.push * rule.nbeta
        away = checked([x - x0 for x, x0 in zip(w.m, centre.m)])
        p = self.moved(
            p,
            scale_all(-rule.lose, p.m, STATE, STATE),
            scale_all(-pull, away, STATE, STATE),
            scale_all(-push, g.m, g.frac, STATE))
        w = self.moved(w, scale_all(rule.before, p.m, STATE, STATE))
        p = self.moved(
            p,
            scale_all(-rule.fade, p.m, STATE, STATE),
            scale_all(rule.noise, self.normals_60(stream, len(w.m)), 60, STATE))
        return p, self.moved(w, scale_all(rule.after, p.m, STATE, STATE))

    def thermostat(self, w, p, xi, g, centre, stream, rule):
        """The new momentum, thermostat and weight."""
        pull, push = rule.h * rule.gamma, rule.h * rule.nbeta
        away = checked([x - x0 for x, x0 in zip(w.m, centre.m)])
        heated = checked(all_round_even(list(map(operator.mul, xi.m, p.m)), STATE))
        p = self.moved(
            p,
            scale_all(-rule.fade, p.m, STATE, STATE),
            scale_all(-rule.h, heated, STATE, STATE),
            scale_all(-pull, away, STATE, STATE),
            scale_all(-push, g.m, g.frac, STATE),
            scale_all(rule.noise, self.normals_60(stream, len(w.m)), 60, STATE))
        w = self.moved(w, scale_all(rule.h, p.m, STATE, STATE))
        squares = checked(all_round_even([v * v for v in p.m], STATE))
        gained = scale_all(rule.h, [x - 2**STATE for x in squares], STATE, STATE)
        return p, self.moved(xi, gained), w

    def kick(self, p, w, g, centre, c, rule):
        """The new momentum of a trajectory."""
        away = self.subtract(w, centre)
        p = self.moved(p, scale_all(-(c * rule.gamma), away.m, away.frac, STATE))
        return self.moved(p, scale_all(-(c * rule.nbeta), g.m, g.frac, STATE))

    def drift(self, w, p, h):
        """The new weight."""
        return self.moved(w, scale_all(h, p.m, STATE, STATE))

    def preconditioned(self, w, *args):
        """The new means, if there are any, mean squares and weights."""
        *means, v, g, centre, stream, rule = args
        v = self.add(self.times(rule.alpha, v),
                     self.multiply(self.times(rule.other, g), g))
        significand, exponent = split(rule.eps)
        eps = w.like([significand] * len(w.m), -exponent)
        size, push = self.root(v), g
        if means:
            push = self.add(self.times(rule.beta, means[0]), self.times(rule.rest, g))
            means, size = [push], self.times(rule.up, size)
        size = self.add(size, eps)
        drift = self.add(self.times(rule.half * rule.gamma, self.away(w, centre)),
                         self.times(rule.half * rule.nbeta, push))
        noise = self.times(rule.root, w.like(self.normals_60(stream, len(w.m)), 60))
        down, up = (self.quotient(a, b, STATE)
                    for a, b in ((drift, size), (noise, self.root(size))))
        return *means, v, self.moved(w, [-x for x in down], up)

    def look(self, name, tensor):
        """An overflow is met where it happens."""

    def bytes(self, tensor):
        return struct.pack("<%dq" % (len(tensor.m) + 1), tensor.frac, *tensor.m)

    def from_bytes(self, rows, cols, content):
        frac, *m = struct.unpack("<%dq" % (rows * cols + 1), content)
        return Tensor(rows, cols, m, frac)
