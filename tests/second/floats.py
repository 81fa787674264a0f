"""The arithmetics f32 and f64: sections 5, 6, 9.1 and 10.1 of docs/spec."""

import math
import struct

import draws
import ieee
import sleef
from tensor import Diverged, Tensor


def largest(row):
    """Section 5's max, ascending, the running maximum on the left."""
    m = row[0]
    for x in row[1:]:
        m = m if m > x else x
    return m


class Float:
    def __init__(self, name):
        single = name == "f32"
        self.name, self.single = name, single
        self.round = ieee.to32 if single else float
        self.round_all = ieee.all_to32 if single else list
        self.fma = ieee.fma32 if single else ieee.fma
        self.fma_row = ieee.fma32_row if single else ieee.fma_row
        self.packed = "<%df" if single else "<%dd"

    # Section 5: products and column sums.

    def product(self, a, b):
        """a b: one fma chain an output, the inner index ascending, from +0."""
        zeros = [0.0] * (a.rows * b.cols)
        return Tensor(a.rows, b.cols, ieee.chains(self.single, a.m, b.m, zeros, b.rows))

    def column_sums(self, d):
        m = [0.0] * d.cols
        for i in range(d.rows):
            row = d.m[i * d.cols:(i + 1) * d.cols]
            m = self.round_all([x + s for x, s in zip(row, m)])
        return Tensor(1, d.cols, m)

    def tree(self, parts):
        """Section 5's long sums: those of blocks, widened, neighbours added."""
        sums = [part.m for part in parts]
        while len(sums) > 1:
            pairs = [[x + y for x, y in zip(a, b)] for a, b in zip(sums[::2], sums[1::2])]
            sums = pairs + sums[2 * len(pairs):]
        return parts[0].like(self.round_all(sums[0]))

    # Section 6: operations, element by element.

    def add(self, a, b):
        return a.like(self.round_all([x + y for x, y in zip(a.m, b.m)]))

    def add_bias(self, y, b):
        return y.like(self.round_all([x + b.m[e % y.cols] for e, x in enumerate(y.m)]))

    def relu(self, x):
        return x.like([v if v > 0 else 0.0 for v in x.m])

    def relu_gradient(self, x, dy):
        return x.like([d if v > 0 else 0.0 for v, d in zip(x.m, dy.m)])

    def square(self, x):
        return x.like(self.round_all([v * v for v in x.m]))

    def square_gradient(self, x, dy):
        twice = self.round_all([v + v for v in x.m])
        return x.like(self.round_all([t * d for t, d in zip(twice, dy.m)]))

    def square_second(self, x, dy, change):
        return self.square_gradient(change, dy)

    def gelu_half(self, x):
        c = self.round(float.fromhex("0x1.6a09e667f3bcdp-1"))
        u = self.round_all([v * c for v in x.m])
        return [self.fma(0.5, sleef.erf(self.name, v), 0.5) for v in u]

    def gelu(self, x):
        return x.like(self.round_all([v * h for v, h in zip(x.m, self.gelu_half(x))]))

    def density(self, x):
        g = self.round(float.fromhex("0x1.9884533d43651p-2"))
        q = self.round_all([v * v for v in x.m])
        p = [sleef.exp(self.name, self.round(-0.5 * v)) for v in q]
        return self.round_all([v * g for v in p])

    def gelu_second(self, x, dy, change):
        f = self.density(x)
        down = self.round_all([a * b for a, b in zip(x.m, f)])
        twice = self.round_all([v + v for v in f])
        k = [self.fma(-a, b, c) for a, b, c in zip(x.m, down, twice)]
        both = self.round_all([a * b for a, b in zip(dy.m, change.m)])
        return x.like(self.round_all([a * b for a, b in zip(both, k)]))

    def gelu_gradient(self, x, dy):
        d = map(self.fma, x.m, self.density(x), self.gelu_half(x))
        return x.like(self.round_all([a * b for a, b in zip(dy.m, d)]))

    def curved(self, name, x):
        """The value and two derivatives of a curve."""
        found = [getattr(self, name.replace("-", "_") + "_parts")(v) for v in x.m]
        return [x.like(list(m)) for m in zip(*found)]

    def tanh_parts(self, x):
        y = sleef.tanh(self.name, x)
        d = self.fma(-y, y, 1.0)
        return y, d, self.round(-self.round(y + y) * d)

    def sigmoid_parts(self, x):
        fl = self.round
        q = sleef.exp(self.name, -abs(x))
        r = fl(1 / fl(1 + q))
        qr = fl(q * r)
        d = fl(qr * r)
        c = fl(1 - q) if x < 0 else fl(q - 1)
        return qr if x < 0 else r, d, fl(d * fl(c * r))

    def gate(self, x, z, v, g, j):
        """x s(v), with the derivative g of v by z and j = z v'' + 2 g."""
        fl, fma = self.round, self.fma
        s, d, k = self.sigmoid_parts(v)
        return fl(x * s), fma(fl(z * g), d, s), fma(fl(z * g), fl(k * g), fl(d * j))

    def silu_parts(self, x):
        return self.gate(x, x, x, 1.0, 2.0)

    def gelu_tanh_parts(self, x):
        b, a, e = (self.round(float.fromhex(h)) for h in (
            "0x1.9884533d43651p+0", "0x1.2444f2a4d8b4bp-4", "0x1.b6676bf7450f0p-3"))
        z = 32.0 if x > 32 else -32.0 if x < -32 else x
        p = self.round(z * z)
        return self.gate(x, z, self.round(z * self.fma(a, p, b)), self.fma(e, p, b),
                         self.fma(4 * e, p, b + b))

    def softplus_parts(self, x):
        fl = self.round
        s, d, _ = self.sigmoid_parts(x)
        q = sleef.exp(self.name, -abs(x))
        u = fl(1 + q)
        l = q if u == 1 else fl(sleef.log(self.name, u) * fl(q / fl(u - 1)))
        return fl(x + l) if x > 0 else l, s, d

    def add_sign(self, s, w, g):
        s = self.round(s)
        return g.like(self.round_all([y + s if x > 0 else y - s if x < 0 else y
                                      for x, y in zip(w.m, g.m)]))

    def multiply(self, a, b):
        return a.like(self.round_all([x * y for x, y in zip(a.m, b.m)]))

    # Columns by a number each, and rows by their size.

    def multiply_columns(self, x, w):
        return x.like(self.round_all([w.m[e % x.cols] * v for e, v in enumerate(x.m)]))

    def column_dots(self, a, b):
        sums = [0.0] * a.cols
        for r in range(a.rows):
            sums = [self.fma(*t) for t in zip(a.row(r), b.row(r), sums)]
        return Tensor(1, a.cols, sums)

    def centred_row(self, row, centred):
        mean = self.round(ieee.sum_terms(row) / len(row)) if centred else 0.0
        return self.round_all([x - mean for x in row]) if centred else row

    def normal_row(self, row, centred, eps):
        """i and n."""
        c = self.centred_row(row, centred)
        square = ieee.sum_products(c, c) / len(c) + eps
        i = self.round(ieee.div(1.0, math.sqrt(square)))
        return i, self.round_all([x * i for x in c])

    def projected(self, row, n, centred):
        """q and d."""
        q = self.round(ieee.sum_products(row, n) / len(n))
        return q, [self.fma(-q, a, b) for a, b in zip(n, self.centred_row(row, centred))]

    def normalized(self, x, centred, eps):
        return x.like([v for r in range(x.rows)
                       for v in self.normal_row(x.row(r), centred, eps)[1]])

    def normalized_along(self, x, centred, eps, g):
        m = []
        for r in range(x.rows):
            i, n = self.normal_row(x.row(r), centred, eps)
            m += self.round_all([i * d for d in self.projected(g.row(r), n, centred)[1]])
        return x.like(m)

    def normalized_bend(self, x, centred, eps, g, change):
        m = []
        for r in range(x.rows):
            i, n = self.normal_row(x.row(r), centred, eps)
            q, slope = self.projected(g.row(r), n, centred)
            u, moved = self.projected(change.row(r), n, centred)
            p = self.round(ieee.sum_products(g.row(r), moved) / len(n))
            less = -self.round(i * i)
            rest = self.round_all([q * v for v in moved])
            rest = [self.fma(p, a, b) for a, b in zip(n, rest)]
            m += self.round_all([less * self.fma(u, a, b) for a, b in zip(slope, rest)])
        return x.like(m)

    def subtract(self, a, b):
        return a.like(self.round_all([x - y for x, y in zip(a.m, b.m)]))

    def negated(self, a):
        return a.like([-x for x in a.m])

    def meeting(self, tensors):
        return tensors

    def errors(self, y, target):
        return self.subtract(y, target)

    def class_errors(self, y, target):
        m = list(y.m)
        for r, t in enumerate(target.m):
            m[r * y.cols + t] = self.round(m[r * y.cols + t] - 1)
        return y.like(m)

    def less_means(self, e, chained):
        """Each row less its mean: of one chain, or of the reduction."""
        m = []
        for r in range(e.rows):
            row = e.row(r)
            total = ieee.sum_terms(row)
            if chained:
                total = 0.0
                for x in row:
                    total = x + total
            mean = self.round(total / e.cols)
            m += self.round_all([x - mean for x in row])
        return e.like(m)

    def times(self, s, a):
        s = self.round(s)
        return a.like(self.round_all([s * v for v in a.m]))

    def embedding(self, x, w):
        rows = [w.m[i * w.cols:(i + 1) * w.cols] for i in x.m]
        return Tensor(x.rows, w.cols, [v + 0.0 for row in rows for v in row])

    def embedding_gradient(self, x, w, dy):
        """Of the weight: the rows of dy, each added where its index says."""
        c, m = w.cols, [0.0] * len(w.m)
        for r, i in enumerate(x.m):
            sums = zip(dy.m[r * c:(r + 1) * c], m[i * c:(i + 1) * c])
            m[i * c:(i + 1) * c] = self.round_all([d + s for d, s in sums])
        return w.like(m)

    def indicators(self, target):
        return target.like([float(t) for t in target.m])

    def binary(self, y, target):
        """The sum S of binary cross entropy, and what the scale multiplies."""
        fl, terms, errors = self.round, [], []
        for x, t in zip(y.m, target.m):
            q = sleef.exp(self.name, -abs(x))
            w = fl(q * fl(1 / fl(1 + q)))
            u = 1 + q
            l = q if u == 1 else sleef.log("f64", u) * (q / (u - 1))
            c = -t if x < 0 else fl(1 - t)
            terms.append(ieee.fma(x, c, l))
            errors.append(fl((w if x < 0 else -w) + c))
        return ieee.sum_terms(terms), y.like(errors)

    def shares(self, row):
        """d, s and p of a row."""
        m = largest(row)
        d = self.round_all([x - m for x in row])
        e = [sleef.exp(self.name, x) for x in d]
        s = ieee.sum_terms(e)
        return d, s, self.round_all([ieee.div(x, self.round(s)) for x in e])

    def cross_entropy_second(self, y, change, factor):
        found, scale = [], self.round(factor / y.rows)
        for r in range(y.rows):
            p, z = self.shares(y.row(r))[2], change.row(r)
            m = self.round(ieee.sum_products(p, z))
            away = self.round_all([x - m for x in z])
            bent = self.round_all([a * b for a, b in zip(p, away)])
            found += self.round_all([x * scale for x in bent])
        return y.like(found)

    def cross_entropy(self, y, target, factor):
        """The loss and the gradient of y; target holds a class a row."""
        losses, dy = [], []
        scale = self.round(factor / y.rows)
        for r, t in enumerate(target.m):
            d, s, p = self.shares(y.row(r))
            losses.append(sleef.log("f64", s) - d[t])
            p[t] = self.round(p[t] - 1)
            dy += self.round_all([x * scale for x in p])
        return factor * ieee.sum_terms(losses) / y.rows, y.like(dy)

    # Softmax; row r sees its first seen[r] columns.

    def softmax(self, x, seen):
        rows = [self.shares(x.row(r)[:n])[2] + [0.0] * (x.cols - n)
                for r, n in enumerate(seen)]
        return x.like([v for row in rows for v in row])

    def softmax_along(self, y, seen, change):
        found = []
        for r, n in enumerate(seen):
            p, z = y.row(r)[:n], change.row(r)[:n]
            m = self.round(ieee.sum_products(p, z))
            away = self.round_all([v - m for v in z])
            found += self.round_all([a * b for a, b in zip(p, away)])
            found += [0.0] * (y.cols - n)
        return y.like(found)

    def softmax_bend(self, y, seen, dy, dshare):
        found = []
        for r, n in enumerate(seen):
            p, u, v = y.row(r)[:n], dy.row(r)[:n], dshare.row(r)[:n]
            m = self.round(ieee.sum_products(p, u))
            b = self.round(ieee.sum_products(v, u))
            away = self.round_all([x - m for x in u])
            less = self.round_all([-(x * b) for x in p])
            found += [self.fma(*t) for t in zip(v, away, less)] + [0.0] * (y.cols - n)
        return y.like(found)

    # Sections 7 and 8: what is drawn or given.

    def zeros(self, rows, cols):
        return Tensor(rows, cols, [0.0] * (rows * cols))

    def constant(self, rows, cols, value):
        return Tensor(rows, cols, [self.round(value)] * (rows * cols))

    def doubles(self, tensor):
        """The elements in binary64."""
        return tensor.m

    def times_element(self, a, b):
        return self.round(a * b)

    def sincospi(self, x):
        return sleef.sincospi(self.name, x)

    def turned(self, length, x):
        """length times sin and cos of pi x."""
        return [self.round(length * v) for v in self.sincospi(x)]

    def drawn(self, tensor):
        return tensor

    def normals(self, rows, cols, stream, std):
        return Tensor(rows, cols, draws.normals(self, stream, rows * cols, std))

    def uniforms(self, rows, cols, stream, lo, hi):
        return Tensor(rows, cols, draws.uniforms(self, stream, rows * cols, lo, hi))

    def exponentials(self, rows, cols, stream, lo):
        return Tensor(rows, cols, draws.exponentials(self, stream, rows * cols, lo))

    # Section 9.1: updates. `state` holds m and v of one weight.

    def sgd(self, w, g, state, rule):
        lr, momentum, decay = map(self.round, (rule.lr, rule.momentum, rule.weight_decay))
        d = g.m
        if decay != 0:
            d = list(map(lambda x, y: self.fma(decay, x, y), w.m, d))
        if momentum != 0:
            d = list(map(lambda x, y: self.fma(momentum, x, y), state["m"].m, d))
            state["m"] = w.like(d)
        return w.like([self.fma(-lr, y, x) for x, y in zip(w.m, d)])

    def adam(self, w, g, state, rule):
        fma, fl = self.fma, self.round
        beta1, beta2, o1, o2, rate, root, shrink, eps, decay = map(fl, (
            rule.beta1, rule.beta2, rule.o1, rule.o2, rule.rate, rule.root, rule.shrink,
            rule.eps, rule.weight_decay))
        ws, gs = w.m, g.m
        if rule.decoupled:
            ws = [fl(x * shrink) for x in ws]
        elif decay != 0:
            gs = [fma(decay, x, y) for x, y in zip(ws, gs)]
        m = [fma(beta1, a, fl(o1 * y)) for a, y in zip(state["m"].m, gs)]
        v = [fma(beta2, a, fl(fl(o2 * y) * y)) for a, y in zip(state["v"].m, gs)]
        below = [fma(fl(math.sqrt(b)) if b >= 0 else math.nan, root, eps) for b in v]
        state["m"], state["v"] = w.like(m), w.like(v)
        return w.like([fma(-rate, fl(ieee.div(a, b)), x)
                       for a, b, x in zip(m, below, ws)])

    # Section 10.1.

    def sgld(self, w, g, centre, stream, rule):
        fma, fl = self.fma, self.round
        half, root, nbeta, gamma = map(fl, (rule.half, rule.root, rule.nbeta, rule.gamma))
        noise = draws.normals(self, stream, len(w.m), 1.0)
        moved = []
        for x, y, x0, z in zip(w.m, g.m, centre.m, noise):
            t = fma(nbeta, y, fl(gamma * fl(x - x0)))
            moved.append(fma(root, z, fma(-half, t, x)))
        return w.like(moved)

    # Section 10.9: the new momentum and weight.

    def underdamped(self, w, p, g, centre, stream, rule):
        fma, fl = self.fma, self.round
        nbeta, gamma, lose, push, before, fade, noise, after = map(fl, (
            rule.nbeta, rule.gamma, rule.lose, rule.push, rule.before, rule.fade,
            rule.noise, rule.after))
        zs, ps, ws = draws.normals(self, stream, len(w.m), 1.0), [], []
        for x, y, v, x0, z in zip(w.m, g.m, p.m, centre.m, zs):
            t = fma(nbeta, y, fl(gamma * fl(x - x0)))
            v = fma(-push, t, fma(-lose, v, v))
            x = fma(before, v, x)
            v = fma(noise, z, fma(-fade, v, v))
            ps.append(v)
            ws.append(fma(after, v, x))
        return w.like(ps), w.like(ws)

    # Section 10.14: the new momentum, thermostat and weight.

    def thermostat(self, w, p, xi, g, centre, stream, rule):
        fma, fl = self.fma, self.round
        nbeta, gamma, h, fade, noise = map(fl, (rule.nbeta, rule.gamma, rule.h, rule.fade,
                                                rule.noise))
        zs, ps, xs, ws = draws.normals(self, stream, len(w.m), 1.0), [], [], []
        for x, v, a, y, x0, z in zip(w.m, p.m, xi.m, g.m, centre.m, zs):
            t = fma(nbeta, y, fl(gamma * fl(x - x0)))
            c = fma(-h, a, -fade)
            v = fma(noise, z, fma(-h, t, fma(c, v, v)))
            ps.append(v)
            ws.append(fma(h, v, x))
            xs.append(fma(h, fma(v, v, -1.0), a))
        return w.like(ps), w.like(xs), w.like(ws)

    # Section 10.15: the new momentum, and the new weight.

    def kick(self, p, w, g, centre, c, rule):
        fma, fl = self.fma, self.round
        pull, push = fl(c * rule.gamma), fl(c * rule.nbeta)
        return p.like([fma(-push, y, fma(-pull, fl(x - x0), v))
                       for v, x, y, x0 in zip(p.m, w.m, g.m, centre.m)])

    def drift(self, w, p, h):
        return w.like([self.fma(self.round(h), v, x) for x, v in zip(w.m, p.m)])

    # Sections 10.11 and 10.13: the new means, if there are any, mean squares and weights.

    def preconditioned(self, w, *args):
        fma, fl, root_of = self.fma, self.round, math.sqrt
        *means, v, g, centre, stream, rule = args
        half, root, nbeta, gamma, alpha, other, eps, up = map(fl, (
            rule.half, rule.root, rule.nbeta, rule.gamma, rule.alpha, rule.other,
            rule.eps, rule.up))
        zs, vs, ws, push = draws.normals(self, stream, len(w.m), 1.0), [], [], g.m
        if means:
            beta, rest = fl(rule.beta), fl(rule.rest)
            push = [fma(beta, m, fl(rest * y)) for m, y in zip(means[0].m, g.m)]
            means = [w.like(push)]
        for x, y, p, s, x0, z in zip(w.m, g.m, push, v.m, centre.m, zs):
            s = fma(alpha, s, fl(fl(other * y) * y))
            size = fma(fl(root_of(s) if s >= 0 else math.nan), up, eps)
            q = fl(ieee.div(1.0, size))
            t = fma(nbeta, p, fl(gamma * fl(x - x0)))
            u = fma(-half, fl(q * t), x)
            vs.append(s)
            ws.append(fma(root, fl(fl(root_of(q) if q >= 0 else math.nan) * z), u))
        return *means, w.like(vs), w.like(ws)

    # Sections 10.4 and 10.5.

    def inner(self, a, b):
        return ieee.sum_products(a.m, b.m)

    def away(self, w, centre):
        return w.like([x - c for x, c in zip(w.m, centre.m)])

    def box(self, w, half):
        """Section 10.12: low and high."""
        half = self.round(half)
        return [self.round(x - half) for x in w.m], [self.round(x + half) for x in w.m]

    def plus(self, w, s, v):
        """w + s v."""
        return w.like(self.fma_row(self.round(s), v.m, w.m))

    # Section 10.2.

    def metropolis(self, rule, w, w1, centre, g, g1):
        """forward, backward, spring0 and spring1 of one weight."""
        a, b, x, y = [], [], [], []
        for p, p1, c, d, d1 in zip(w.m, w1.m, centre.m, g.m, g1.m):
            a.append(p - c)
            b.append(p1 - c)
            s = ieee.fma(rule.nbeta, d, rule.gamma * a[-1])
            r = ieee.fma(rule.nbeta, d1, rule.gamma * b[-1])
            x.append(ieee.fma(rule.half, s, p1 - p))
            y.append(ieee.fma(rule.half, r, p - p1))
        return [ieee.sum_products(v, v) for v in (x, y, a, b)]

    # Sections 6 and 14.2.

    def look(self, name, tensor):
        """Ends the run where an element is not finite."""
        if not all(map(math.isfinite, tensor.m)):
            raise Diverged(name)

    def bytes(self, tensor):
        return struct.pack(self.packed % len(tensor.m), *tensor.m)

    def from_bytes(self, rows, cols, content):
        return Tensor(rows, cols, [*struct.unpack(self.packed % (rows * cols), content)])
