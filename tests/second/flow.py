"""Exact gradient flow: section 9.2 of docs/spec."""

import math

import lasso
import sleef
import svd
from curvature import Point
from floats import Float
from ieee import div, fma, sum_products
from tensor import Diverged, Tensor

DOUBLE = Float("f64")


def exp(x):
    return sleef.exp("f64", x)


def log(x):
    return sleef.log("f64", x)


def times(part):
    """The times that `times` stands for."""
    if isinstance(part, list):
        return [math.inf if t == "inf" else t for t in part]
    first, last, count = part["from"], part["to"], part["count"]

    def between(share):
        if part["spacing"] == "log":
            return exp(fma(log(last) - log(first), share, log(first)))
        return fma(last - first, share, first)
    found = [between(i / (count - 1)) for i in range(count)]
    found[0], found[-1] = first, last
    return found + [math.inf] * part["end"]


def in_steps(train):
    """Training as if its times were steps: a checkpoint at each index."""
    if not train or "times" not in train:
        return train
    points = train["checkpoints"] | {"every": 1, "at": [0]}
    return train | {"times": times(train["times"]), "checkpoints": points,
                    "steps": len(times(train["times"])) - 1}


def column(values):
    return Tensor(len(values), 1, list(values))


def grown(rate, t, q):
    """g of the section."""
    if q == 1:
        return t
    return div(1.0 - q, rate) if q <= 0.5 else t * ((q - 1.0) / log(q))


def coordinate(z0, rate, a, t):
    if math.isinf(t):
        return z0 if rate == 0 and a == 0 else div(a, rate)
    q = exp(-(rate * t))
    return fma(z0, q, a * grown(rate, t, q))


def arrival(z0, rate, b):
    if z0 == 0:
        return 0.0
    y = z0 / -b
    x = fma(rate, y, 1.0)
    return y if x == 1 else y * (log(x) / (x - 1.0))


def bent(z0, rate, a, l1, t):
    """With l1, of a weight of one number."""
    if z0 < 0 or (z0 == 0 and a < 0):
        z = bent(-z0, rate, -a, l1, t)
        return -z if z != 0 else z
    b = a - l1
    when = arrival(z0, rate, b) if b < 0 else 0.0
    if b >= 0 or t < when:
        z = coordinate(z0, rate, b, t)
        return z if z > 0 else 0.0
    if a + l1 < 0:
        return coordinate(0.0, rate, a + l1, t if math.isinf(t) else t - when)
    return 0.0


class Flow:
    """Of the trained weight, from its initial value."""

    def __init__(self, optimizer, net, data, weights):
        self.l1, self.l2 = optimizer["l1"], optimizer["l2"]
        self.tolerance = optimizer["tolerance"]
        self.net, self.ar, (self.name,) = net, net.ar, net.trainable
        self.weight = weights[self.name]
        self.v = self.ar.doubles(self.weight)
        self.walk = [self.v]
        self.make(net, data.training, weights)
        self.smooth, self.one = self.l1 == 0, len(self.v) == 1
        self.modes = self.find_modes() if self.smooth or self.one else None
        if not self.one:
            self.find_quadratic()

    def make(self, net, samples, weights):
        ar, w = self.ar, self.weight
        origin = weights | {self.name: ar.zeros(w.rows, w.cols)}
        loss = net.loss_op
        values = net.forward(origin, samples.inputs)
        y = values[loss["in"]]
        target = samples.target if loss["target"] == "target" else values[loss["target"]]
        self.r = column([t - x for t, x in zip(ar.doubles(target), ar.doubles(y))])
        self.c = 2.0 * loss["factor"] / net.divisor(loss, y)
        point, columns = Point(net, origin, samples), []
        for e in range(len(w.m)):
            direction = ar.zeros(w.rows, w.cols)
            direction.m[e] = 1.0
            columns.append(ar.doubles(point.tangents({self.name: direction})[loss["in"]]))
        self.j = Tensor(len(columns), len(columns[0]), sum(columns, [])).transposed()

    def find_modes(self):
        """Rates, drifts and first coordinates, the vectors, and what is left."""
        j, v = self.j, column(self.v)
        if self.one:
            (square,) = DOUBLE.product(j.transposed(), j).m
            (pull,) = DOUBLE.product(j.transposed(), self.r).m
            return [(fma(self.c, square, self.l2), self.c * pull, self.v[0])], None, None
        if j.rows < j.cols:
            right, values, left = svd.decompose(j.transposed())
        else:
            left, values, right = svd.decompose(j)
        unit = 2.0**-23 if self.ar.name == "f32" else 2.0**-52
        bound = float(max(j.rows, j.cols)) * unit * values[0]
        count = sum(s > bound for s in values)
        pulls = DOUBLE.product(left.transposed(), self.r).m
        firsts = DOUBLE.product(right.transposed(), v).m
        modes = [(fma(self.c * s, s, self.l2), self.c * s * pull, first)
                 for s, pull, first in zip(values[:count], pulls, firsts)]
        x = right.transposed().take(range(count)).transposed()
        if count == len(self.v):
            return modes, x, None
        inside = DOUBLE.product(x, column(firsts[:count])).m
        return modes, x, [a - b for a, b in zip(self.v, inside)]

    def by_modes(self, t):
        modes, x, rest = self.modes
        if self.one:
            (rate, a, z0), = modes
            return [coordinate(z0, rate, a, t) if self.smooth
                    else bent(z0, rate, a, self.l1, t)]
        z = column([coordinate(z0, rate, a, t) for rate, a, z0 in modes])
        w = DOUBLE.product(x, z).m
        if rest is None:
            return w
        h = 1.0 if self.l2 == 0 else 0.0 if math.isinf(t) else exp(-(self.l2 * t))
        return [fma(h, q, y) for q, y in zip(rest, w)]

    def find_quadratic(self):
        g = DOUBLE.product(self.j.transposed(), self.j)
        self.b = [self.c * x for x in DOUBLE.product(self.j.transposed(), self.r).m]
        self.g = [[self.c * x for x in g.row(i)] for i in range(g.rows)]
        for i, row in enumerate(self.g):
            row[i] = row[i] + self.l2
        self.end = None
        if self.l1 > 0 or self.l2 > 0:
            self.end = lasso.least(self.g, self.b, self.l1, self.v)

    def slope(self):
        """d of the section."""
        found = []
        for g, b, v in zip(DOUBLE.product(
                Tensor(len(self.v), len(self.v), sum(self.g, [])), column(self.v)).m,
                self.b, self.v):
            g = g - b
            up = v > 0 or (v == 0 and g < 0)
            bend = g + self.l1 if up else g - self.l1
            held = v == 0 and (bend >= 0 if up else bend <= 0)
            found.append(0.0 if held else bend)
        return math.sqrt(sum_products(found, found))

    def step(self, w, size):
        more = 1.0 / size
        g = [[x + more if i == k else x for k, x in enumerate(row)]
             for i, row in enumerate(self.g)]
        b = [more * x + y for x, y in zip(w, self.b)]
        return lasso.least(g, b, self.l1, w)

    def by_steps(self, t):
        d = self.slope()
        if d == 0:
            return self.v
        h, n = math.sqrt(2.0) * self.tolerance / d, 0
        while self.walked(n, h) is not None and not t < h * (n + 1):
            n += 1
        w, rest = self.walked(n, h), t - h * n
        return self.step(w, rest) if w is not None and rest > 0 else w

    def walked(self, n, h):
        """The weights after n steps, or None; those of fewer are made before."""
        if n == len(self.walk):
            self.walk.append(self.step(self.walk[-1], h))
        return self.walk[n]

    def at(self, t):
        """The weight at a time, in the run's format."""
        if t == 0:
            w = self.v
        elif math.isinf(t) and not self.one and (self.end is not None or not self.smooth):
            w = self.end
        else:
            w = self.by_modes(t) if self.modes else self.by_steps(t)
        if w is None or not all(map(math.isfinite, w)):
            raise Diverged(self.name)
        return self.weight.like([self.ar.round(x) for x in w])


def crossing(mark, times, steps, holds):
    """The time of a mark, or None; `steps` are those where its bound holds, `holds` says
    it of a time, None where that cannot be reached."""
    rises = mark["which"] == "first"
    step = min(steps) if rises else max(steps)
    if rises and step == 0:
        return times[0] if math.isfinite(times[0]) else None
    if not rises and step + 1 == len(times):
        return None
    lower, upper = times[step - rises], times[step + (not rises)]
    if math.isinf(upper):
        t = lower
        while True:
            t = t + max(t, 1.0)
            found = holds(t) if math.isfinite(t) else None
            if found is None:
                return None
            if found == rises:
                break
            lower = t
        upper = t
    while upper - lower > mark["width"] * upper:
        middle = fma(upper - lower, 0.5, lower)
        if middle in (lower, upper):
            break
        found = holds(middle)
        if found is None:
            return None
        if found == rises:
            upper = middle
        else:
            lower = middle
    return upper if rises else lower
