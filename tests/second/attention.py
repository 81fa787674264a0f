"""Attention over strings: sections 6 and 12 of docs/spec."""

import math

import ieee
from tensor import Tensor

TOKENS = -1, 1


class Attention:
    """The operation on the rows of x and site, in one of the float arithmetics."""

    def __init__(self, ar, op, weight, inputs):
        """`weight` gives a weight by its name."""
        self.ar, self.op, (x, site) = ar, op, inputs
        self.a, self.d = weight(op["weight"]), weight(op["weight"]).cols
        self.b = weight(op["readout"]) if "readout" in op else None
        self.rows = [self.seen_from(x.row(r), site.m[r]) for r in range(x.rows)]
        ends = {p[:k] for p, *_ in self.there() for k in range(len(p) + 1)}
        self.prefixes = self.ordered(ends, backwards=True)
        ends = {q[k:] for *_, q in self.there() for k in range(len(q) + 1)}
        self.suffixes = self.ordered(ends, backwards=False)
        self.l, self.r, self.length = {}, {}, {}
        self.norm, self.features = op["normalize"], op["features"]
        self.balanced = op["readout_norm"] == "tokens"
        find = self.find_vectors if self.norm == "vectors" else self.find_products
        find(*(self.ending(op[key], weight, key) for key in ("left", "right")))
        self.w = {(t, q): [self.chain(self.matrix(self.b, t)[a], self.r[q])
                           for a in range(self.d)]
                  for t in TOKENS for q in self.suffixes} if self.b else {}

    @staticmethod
    def seen_from(row, i):
        """The prefix, the token and the suffix of a site; None where there is no token."""
        string = []
        for x in row:
            if x == 0:
                break
            string.append(-1 if x < 0 else 1)
        return (tuple(string[:i]), string[i], tuple(string[i + 1:])) \
            if i < len(string) else None

    def there(self):
        return [row for row in self.rows if row]

    @staticmethod
    def ordered(strings, backwards):
        strings |= {()}
        return sorted(strings, key=lambda s: (len(s), s[::-1] if backwards else s))

    def chain(self, xs, ys, s=0.0):
        for x, y in zip(xs, ys):
            s = self.ar.fma(x, y, s)
        return s

    def matrix(self, w, token):
        """The rows of a token's matrix."""
        first = self.d if token > 0 else 0
        return [w.row(first + i) for i in range(self.d)]

    def ending(self, name, weight, side):
        if name not in ("dominant", "largest"):
            return weight(name).m
        found = dominant(self.matrix(self.a, -1), name == "largest")
        return [self.ar.round(x) for x in found[side == "right"]]

    def unit(self, u, node):
        n = self.length[node] = self.ar.round(math.sqrt(self.chain(u, u)))
        return [0.0 if n == 0 else self.ar.round(ieee.div(x, n)) for x in u]

    def find_vectors(self, left, right):
        for p in self.prefixes:
            columns = list(zip(*self.matrix(self.a, p[-1]))) if p else []
            u = [self.chain(self.l[p[:-1]], c) for c in columns] if p else left
            self.l[p] = self.unit(u, ("l", p))
        for q in self.suffixes:
            rows = self.matrix(self.a, q[0]) if q else []
            u = [self.chain(row, self.r[q[1:]]) for row in rows] if q else right
            self.r[q] = self.unit(u, ("r", q))

    # In place of these: products of matrices, as lists of rows.

    def divided(self, q):
        fl = self.ar.round
        f = self.chain(sum(q, []), sum(q, []))
        n = fl(math.sqrt(f))
        if self.norm == "spectral":
            det = self.ar.fma(q[0][0], q[1][1], -fl(q[0][1] * q[1][0]))
            g = self.ar.fma(f, f, -fl(4 * fl(det * det)))
            root = fl(math.sqrt(g)) if g > 0 else 0.0
            n = fl(math.sqrt(fl(fl(f + root) / 2)))
        return [[0.0 if n == 0 else fl(ieee.div(x, n)) for x in row] for row in q]

    def times(self, x, y):
        return [[self.chain(row, column) for column in zip(*y)] for row in x]

    def find_products(self, left, right):
        one = [[float(i == j) for j in range(self.d)] for i in range(self.d)]
        before, behind = {}, {}
        for p in self.prefixes:
            q = self.times(before[p[:-1]], self.matrix(self.a, p[-1])) if p else one
            before[p] = self.divided(q)
            self.l[p] = [self.chain(left, column) for column in zip(*before[p])]
        for s in self.suffixes:
            q = self.times(self.matrix(self.a, s[0]), behind[s[1:]]) if s else one
            behind[s] = self.divided(q)
            self.r[s] = [self.chain(row, right) for row in behind[s]]

    def cosines(self, r):
        """Both tokens' values, divided by their length."""
        p, _, q = self.rows[r]
        return self.unit([self.chain(self.l[p], self.w[t, q]) for t in TOKENS], r)

    def forward(self):
        d, m = self.d, []
        for r, row in enumerate(self.rows):
            p, t, q = row or ((), 0, ())
            if self.b and row and self.balanced:
                m.append(self.cosines(r)[t > 0])
                continue
            if self.b:
                m.append(self.chain(self.l[p], self.w[t, q]) if row else 0.0)
                continue
            if self.features != "both":
                left = self.features == "left"
                m += (self.l[p] if left else self.r[q]) if row else [0.0] * d
                continue
            z = [[0.0] * (d * d), [0.0] * (d * d)]
            if row:
                z[t > 0] = [self.ar.round(x * y) for x in self.l[p] for y in self.r[q]]
            m += z[0] + z[1]
        return Tensor(len(self.rows), len(m) // len(self.rows), m)

    # Backward.

    def slopes_of_features(self, dz, l=None, r=None):
        """Over these in place of l and r."""
        d, el, er = self.d, {}, {}
        moved, l, r = l is not None, l or self.l, r or self.r
        for k, row in enumerate(self.rows):
            if not row or (moved and self.features != "both"):
                continue
            p, t, q = row
            if self.features != "both":
                e, key = (el, p) if self.features == "left" else (er, q)
                e[key] = [self.ar.round(s + x)
                          for s, x in zip(e.get(key, [0.0] * d), dz.row(k))]
                continue
            half = dz.row(k)[d * d:] if t > 0 else dz.row(k)[:d * d]
            g = [half[a * d:(a + 1) * d] for a in range(d)]
            e = el.setdefault(p, [0.0] * d)
            el[p] = [self.chain(g[a], r[q], e[a]) for a in range(d)]
            e = er.setdefault(q, [0.0] * d)
            er[q] = [self.chain([g[a][b] for a in range(d)], l[p], e[b])
                     for b in range(d)]
        return el, er

    def slopes_of_rows(self, dy):
        """What a row's g is for each token that counts."""
        for r, row in enumerate(self.rows):
            if row and self.balanced:
                s = [dy.m[r] if t == row[1] else 0.0 for t in TOKENS]
                unit = self.cosines(r)
                yield dict(zip(TOKENS, self.unit_back(unit, s, r)))
            else:
                yield {row[1]: dy.m[r]} if row else {}

    def find_h(self, slopes, l=None, h=None):
        h = h or {key: [0.0] * self.d for key in self.w}
        for by_token, row in zip(slopes, self.rows):
            for t, g in by_token.items():
                h[t, row[2]] = [self.ar.fma(g, x, s)
                                for x, s in zip((l or self.l)[row[0]], h[t, row[2]])]
        return h

    def find_el(self, slopes, w=None, el=None):
        el = {} if el is None else el
        for by_token, row in zip(slopes, self.rows):
            for t, g in by_token.items():
                e = el.get(row[0], [0.0] * self.d)
                el[row[0]] = [self.ar.fma(g, x, s)
                              for x, s in zip((w or self.w)[t, row[2]], e)]
        return el

    def slopes_of_values(self, dy):
        slopes = list(self.slopes_of_rows(dy))
        el, er, h = self.find_el(slopes), {}, self.find_h(slopes)
        for q in self.suffixes:
            both = [x for t in TOKENS for x in h[t, q]]
            er[q] = [self.chain(both, self.b.m[b::self.d]) for b in range(self.d)]
        return el, er

    def unit_back(self, unit, e, node):
        n, z = self.length[node], -self.chain(unit, e)
        return [0.0 if n == 0 else
                self.ar.round(ieee.div(self.ar.fma(z, x, y), n)) for x, y in zip(unit, e)]

    def gradients(self, dy):
        """dA, dvL, dvR and dB, by the key of the operation."""
        d, fma, found = self.d, self.ar.fma, {}
        if self.norm != "vectors":
            return self.gradient_of_readout(dy)
        slopes = self.slopes_of_values(dy) if self.b else self.slopes_of_features(dy)
        da = [0.0] * (2 * d * d)
        for side, units, nodes, e in zip("lr", (self.l, self.r),
                                         (self.prefixes, self.suffixes), slopes):
            for node in reversed(nodes):
                du = self.unit_back(units[node], e.get(node, [0.0] * d), (side, node))
                if not node:
                    found["left" if side == "l" else "right"] = Tensor(1, d, du)
                    continue
                parent, t = (node[:-1], node[-1]) if side == "l" else (node[1:], node[0])
                m, before = self.matrix(self.a, t), e.get(parent, [0.0] * d)
                lines = m if side == "l" else list(zip(*m))
                e[parent] = [self.chain(lines[k], du, before[k]) for k in range(d)]
                x, y = (units[parent], du) if side == "l" else (du, units[parent])
                for a in range(d):
                    for b in range(d):
                        at = ((t > 0) * d + a) * d + b
                        da[at] = fma(x[a], y[b], da[at])
        found["weight"] = self.a.like(da)
        return found | self.gradient_of_readout(dy)

    def gradient_of_readout(self, dy):
        if not self.b:
            return {}
        h, d = self.find_h(list(self.slopes_of_rows(dy))), self.d
        return {"readout": self.b.like([
            self.chain([h[t, q][a] for q in self.suffixes],
                       [self.r[q][b] for q in self.suffixes])
            for t in TOKENS for a in range(d) for b in range(d)])}


def dominant(rows, by_value):
    """Section 12: the left and the right vector, +0 where there is no answer."""
    d, none = len(rows), ([0.0] * len(rows), [0.0] * len(rows))
    p = [x for row in rows for x in row]

    def chain(xs, ys):
        s = 0.0
        for x, y in zip(xs, ys):
            s = ieee.fma(x, y, s)
        return s

    def squared(p):
        return [chain(p[i * d:(i + 1) * d], p[j::d]) for i in range(d) for j in range(d)]

    if by_value:
        f = math.sqrt(chain(p, p))
        p = [x + f if e % (d + 1) == 0 else x for e, x in enumerate(p)]
    for _ in range(64):
        f = math.sqrt(chain(p, p))
        if not 0 < f < math.inf:
            return none
        p = squared([x / f for x in p])
    s = 0.0
    for x in p[::d + 1]:
        s = x + s
    if s == 0:
        return none
    p = [x / s for x in p]
    most = max(map(abs, p))
    near = all(abs(x - y) < 2.0**-16 * most for x, y in zip(squared(p), p))
    if not most < 2.0**32 or not near:
        return none
    i, j = divmod(next(e for e, x in enumerate(p) if abs(x) == most), d)

    def unit(x):
        n = math.sqrt(chain(x, x))
        x = [v / n for v in x]
        return [-v for v in x] if max(x, key=abs) < 0 else x

    return unit(p[i * d:(i + 1) * d]), unit(p[j::d])
