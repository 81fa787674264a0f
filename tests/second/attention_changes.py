"""How attention changes along one of its weights: section 6 of docs/spec."""

import ieee
from attention import TOKENS
from tensor import Tensor


class Changes:
    """Of an Attention, along the change of its argument `key`."""

    def __init__(self, at, key, change):
        self.at, self.key, self.change, self.d = at, key, change, at.d
        self.zero = [0.0] * at.d
        self.shrink = {}
        if key == "readout":
            self.shrink = dict.fromkeys(at.length, 0.0)
            self.vl = dict.fromkeys(at.prefixes, self.zero)
            self.vr = dict.fromkeys(at.suffixes, self.zero)
        else:
            self.vl, self.vr = {}, {}
            self.find_vectors()
        self.vw = self.find_w() if at.b else {}

    def matrix(self, token):
        """Of the change of A or B."""
        return self.at.matrix(self.change, token)

    def divided(self, unit, along, before, node):
        n = self.at.length[node]
        return [0.0 if n == 0 else self.at.ar.round(ieee.div(self.at.ar.fma(along, x, y), n))
                for x, y in zip(unit, before)]

    def changed(self, unit, vu, node):
        along = self.shrink[node] = -self.at.chain(unit, vu)
        return self.divided(unit, along, vu, node)

    def find_vectors(self):
        at, chain = self.at, self.at.chain
        for p in at.prefixes:
            vu = self.change.m if self.key == "left" else self.zero
            if p:
                columns = zip(*at.matrix(at.a, p[-1]))
                vu = [chain(self.vl[p[:-1]], c) for c in columns]
                if self.key == "weight":
                    vu = [chain(at.l[p[:-1]], c, s)
                          for c, s in zip(zip(*self.matrix(p[-1])), vu)]
            self.vl[p] = self.changed(at.l[p], vu, ("l", p))
        for q in at.suffixes:
            vu = self.change.m if self.key == "right" else self.zero
            if q:
                vu = [chain(row, self.vr[q[1:]]) for row in at.matrix(at.a, q[0])]
                if self.key == "weight":
                    vu = [chain(row, at.r[q[1:]], s)
                          for row, s in zip(self.matrix(q[0]), vu)]
            self.vr[q] = self.changed(at.r[q], vu, ("r", q))

    def find_w(self):
        at, found = self.at, {}
        for t in TOKENS:
            for q in at.suffixes:
                found[t, q] = [at.chain(row, self.vr[q]) for row in at.matrix(at.b, t)]
                if self.key == "readout":
                    found[t, q] = [at.chain(row, at.r[q], s)
                                   for row, s in zip(self.matrix(t), found[t, q])]
        return found

    def value_change(self, p, t, q):
        return self.at.chain(self.at.l[p], self.vw[t, q],
                             self.at.chain(self.vl[p], self.at.w[t, q]))

    def cosine_changes(self, r):
        p, _, q = self.at.rows[r]
        return self.changed(self.at.cosines(r),
                            [self.value_change(p, t, q) for t in TOKENS], r)

    def tangent(self):
        at, d, m = self.at, self.d, []
        for r, row in enumerate(at.rows):
            p, t, q = row or ((), 0, ())
            if at.b and row and at.balanced:
                m.append(self.cosine_changes(r)[t > 0])
                continue
            if at.b:
                m.append(self.value_change(p, t, q) if row else 0.0)
                continue
            if at.features != "both":
                left = at.features == "left"
                m += (self.vl[p] if left else self.vr[q]) if row else self.zero
                continue
            z = [[0.0] * (d * d), [0.0] * (d * d)]
            if row:
                z[t > 0] = [at.ar.fma(at.l[p][a], self.vr[q][b],
                                      at.ar.round(self.vl[p][a] * at.r[q][b]))
                            for a in range(d) for b in range(d)]
            m += z[0] + z[1]
        return Tensor(len(at.rows), len(m) // len(at.rows), m)

    # Of the gradients.

    def rows_bent(self, dy):
        """What g is for each token that counts, and how it changes."""
        at = self.at
        slopes, changes = list(at.slopes_of_rows(dy)), [{} for _ in at.rows]
        for r, row in enumerate(at.rows):
            if row and at.balanced:
                s = [dy.m[r] if t == row[1] else 0.0 for t in TOKENS]
                _, vg = self.bent(r, at.cosines(r), self.cosine_changes(r), s, [0.0, 0.0])
                changes[r] = dict(zip(TOKENS, vg))
        return slopes, changes

    def find_vh(self, slopes, changes):
        return self.at.find_h(changes, None, self.at.find_h(slopes, self.vl))

    def slopes_of_values(self, dy):
        """The changes of e(l) and e(r)."""
        at, er = self.at, {}
        slopes, changes = self.rows_bent(dy)
        h, vh = at.find_h(slopes), self.find_vh(slopes, changes)
        el = at.find_el(changes, None, at.find_el(slopes, self.vw))
        for q in at.suffixes:
            both = [x for t in TOKENS for x in vh[t, q]]
            er[q] = [at.chain(both, at.b.m[b::self.d]) for b in range(self.d)]
            if self.key == "readout":
                both = [x for t in TOKENS for x in h[t, q]]
                er[q] = [at.chain(both, self.change.m[b::self.d], er[q][b])
                         for b in range(self.d)]
        return el, er

    def bends(self, dy):
        """The changes of dA, dvL, dvR and dB, dy staying as it is, by their keys."""
        at = self.at
        linear = self.key == "readout" and not at.balanced
        found = {} if linear or not at.b else {"readout": self.readout(dy)}
        if at.norm != "vectors":
            return found
        if at.b:
            slopes, changes = at.slopes_of_values(dy), self.slopes_of_values(dy)
        else:
            slopes = at.slopes_of_features(dy)
            changes = at.slopes_of_features(dy, self.vl, self.vr)
        da = [0.0] * (2 * self.d * self.d)
        found["left"] = self.walk("l", slopes[0], changes[0], da)
        found["right"] = self.walk("r", slopes[1], changes[1], da)
        found["weight"] = at.a.like(da)
        return found

    def bent(self, node, unit, change, e, ve):
        """e(u) and its change."""
        at = self.at
        du = at.unit_back(unit, e, node)
        along = -at.chain(unit, e)
        turn = -at.chain(change, e, at.chain(unit, ve))
        s = [at.ar.fma(turn, x, y) for x, y in zip(unit, ve)]
        s = [at.ar.fma(along, x, y) for x, y in zip(change, s)]
        return du, self.divided(du, self.shrink[node], s, node)

    def walk(self, side, e, ve, da):
        """From the last node to the first; adds to the change of dA."""
        at, d = self.at, self.d
        units, changes, nodes = ((at.l, self.vl, at.prefixes) if side == "l" else
                                 (at.r, self.vr, at.suffixes))
        for node in reversed(nodes):
            du, vdu = self.bent((side, node), units[node], changes[node],
                                e.get(node, self.zero), ve.get(node, self.zero))
            if not node:
                return Tensor(1, d, vdu)
            parent, t = (node[:-1], node[-1]) if side == "l" else (node[1:], node[0])

            def lines(m):
                return m if side == "l" else list(zip(*m))
            m = lines(at.matrix(at.a, t))
            e[parent] = [at.chain(m[k], du, e.get(parent, self.zero)[k]) for k in range(d)]
            ve[parent] = [at.chain(m[k], vdu, ve.get(parent, self.zero)[k])
                          for k in range(d)]
            if self.key == "weight":
                m = lines(self.matrix(t))
                ve[parent] = [at.chain(m[k], du, ve[parent][k]) for k in range(d)]
            for x, y in (units[parent], vdu), (changes[parent], du):
                if side == "r":
                    x, y = y, x
                for a in range(d):
                    for b in range(d):
                        k = ((t > 0) * d + a) * d + b
                        da[k] = at.ar.fma(x[a], y[b], da[k])
        raise AssertionError

    def readout(self, dy):
        at, d, m = self.at, self.d, []
        slopes, changes = self.rows_bent(dy)
        h, vh = at.find_h(slopes), self.find_vh(slopes, changes)
        for t in TOKENS:
            for a in range(d):
                for b in range(d):
                    xs = [x for q in at.suffixes for x in (vh[t, q][a], h[t, q][a])]
                    ys = [y for q in at.suffixes for y in (at.r[q][b], self.vr[q][b])]
                    m.append(at.chain(xs, ys))
        return at.b.like(m)
