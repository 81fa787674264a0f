"""Products with the Hessian: section 6.2 of docs/spec."""

import norms
import positions
import rotary
import windows
from attention_changes import Changes
from dot_attention import DotAttention
from network import ARGUMENTS, curve, looked_at, put_back, seen, taken
from tensor import beside, named


def input_key(i):
    return f"in{i}" if i else "in"


def input_index(key):
    return int(key[2:] or 0)


class Point:
    """A network at weights and on a batch, where products are taken."""

    def __init__(self, network, weights, samples):
        self.net, self.ar, self.weights = network, network.ar, weights
        self.values = network.measure(weights, samples)[0]
        self.gradients = network.gradient(weights, samples)[1]
        self.target = samples.target

    def gather(self, found, name, one):
        """The first contribution is stored, a later one added."""
        found[name] = self.ar.add(found[name], one) if name in found else one

    def argument(self, op, key):
        return self.net.owner.get(op.get(key))

    def changes(self, op, v, tangents):
        """What changes: (the argument, its change), in order."""
        for i, name in enumerate(op["in"]):
            if name in tangents:
                yield input_key(i), tangents[name]
        for key in ARGUMENTS:
            if self.argument(op, key) in self.net.trainable:
                yield key, v[self.argument(op, key)]

    def attention(self, op, key, change):
        inputs = [self.values[name] for name in op["in"]]
        return Changes(self.net.attention(op, self.weights, inputs), key, change)

    def dots(self, op):
        return DotAttention(self.ar, op, [self.values[name] for name in op["in"]])

    def nothing(self, name, change):
        """Zeros of the shape of a value, at the exponent of another."""
        y = self.values[name]
        zeros = self.ar.zeros(y.rows, y.cols)
        return zeros.like(zeros.m, change.frac)

    def term(self, op, key, change):
        """Of the tangent of an operation's output."""
        ar, x = self.ar, self.values[op["in"][0]]
        if op["op"] == "linear":
            if key == "bias":
                return ar.add_bias(ar.zeros(x.rows, change.cols), change)
            w = change if key == "weight" else self.weights[self.argument(op, "weight")]
            return ar.product(change if key == "in" else x,
                              w if op["transpose"] else w.transposed())
        if op["op"] == "conv2d":
            window = self.net.window(op, x)
            if key == "bias":
                y = self.values[op["out"]]
                return ar.add_bias(ar.zeros(y.rows, y.cols), change)
            w = change if key == "weight" else self.weights[self.argument(op, "weight")]
            return ar.product(window.patches(change if key == "in" else x), w.transposed())
        if op["op"] in windows.OPS:
            return windows.pool(ar, op, x, change)
        if op["op"] in norms.OPS:
            if key == "bias":
                return ar.add_bias(ar.zeros(x.rows, x.cols), change)
            if key == "weight":
                return ar.multiply_columns(norms.rows(ar, op, x), change)
            w = self.weights.get(self.argument(op, "weight"))
            return norms.finished(ar, norms.along(ar, op, x, change), w, None)
        if op["op"] == "add":
            return change
        if op["op"] == "subtract":
            return change if key == "in" else ar.negated(change)
        if op["op"] == "rotary":
            return rotary.rotated(ar, op, x, change, back=False)
        if op["op"] == "dot-attention":
            return self.dots(op).tangent(input_index(key), change)
        if op["op"] == "multiply":
            return ar.multiply(change, self.values[op["in"][key == "in"]])
        if op["op"] == "scale":
            return ar.times(op["factor"], change)
        if op["op"] == "concat":
            return beside([change if key == input_key(i) else self.nothing(name, change)
                           for i, name in enumerate(op["in"])])
        if op["op"] == "position" and key == "weight":
            zeros = ar.zeros(x.rows, x.cols).placed(x.positions)
            return positions.forward(ar, op, zeros, change)
        if op["op"] == "position":
            return change
        if op["op"] in positions.OPS:
            return positions.forward(ar, op, change.placed(x.positions), None)
        if op["op"] == "embedding":
            return ar.embedding(x, change)
        if op["op"] == "attention":
            y = self.values[op["out"]]
            return (ar.zeros(y.rows, y.cols) if key == "in"
                    else self.attention(op, key, change).tangent())
        return self.net.slope(op, x, change)

    def bend(self, op, to, key, change, dy):
        """How the gradient of an argument changes along another, dy staying; or None."""
        if op["op"] == "linear" and (to, key) == ("in", "weight"):
            return self.ar.product(dy, change.transposed() if op["transpose"] else change)
        if op["op"] == "linear" and (to, key) == ("weight", "in"):
            x = self.values[op["in"][0]]
            return self.net.linear_gradient(op, change.placed(x.positions), dy)
        if op["op"] == "conv2d" and (to, key) == ("in", "weight"):
            return self.net.convolution_back(op, self.values[op["in"][0]], change, dy)
        if op["op"] == "conv2d" and (to, key) == ("weight", "in"):
            x = self.values[op["in"][0]]
            return self.net.convolution_gradient(op, change.placed(x.positions), dy)
        if op["op"] in norms.OPS:
            w = self.weights.get(self.argument(op, "weight"))
            return norms.bend(self.ar, op, to, key, self.values[op["in"][0]], w, change,
                              dy)
        if op["op"] == "attention" and "in" not in (to, key):
            return self.attention(op, key, change).bends(dy).get(to)
        if op["op"] == "dot-attention":
            return self.dots(op).bend(input_index(to), input_index(key), change, dy)
        if op["op"] == "multiply" and to != key:
            return self.ar.multiply(dy, change)
        if op["op"] == "softmax":
            x = self.values[op["in"][0]]
            y, rows = self.net.run(op, None, [x]), seen(op, x)
            return self.ar.softmax_bend(y, rows, dy,
                                        self.ar.softmax_along(y, rows, change))
        if curve(op):
            bent = self.ar.curved(curve(op), self.values[op["in"][0]])[2]
            return self.ar.multiply(self.ar.multiply(bent, dy), change)
        if op["op"] in ("square", "gelu"):
            back = getattr(self.ar, op["op"] + "_second")
            return back(self.values[op["in"][0]], dy, change)
        return None

    def tangents(self, v):
        found = {}
        for op in self.net.ops:
            for key, change in self.changes(op, v, found):
                with named(op["out"]):
                    self.gather(found, op["out"], self.term(op, key, change))
        return found

    def bent_loss(self, tangents):
        """The change of the loss's gradient of its input."""
        loss, ar = self.net.loss_op, self.ar
        y, change = self.values[loss["in"]], tangents[loss["in"]]
        rows = looked_at(loss, y, self.target)
        if len(rows) < y.rows:
            if not rows:
                return ar.zeros(y.rows, y.cols)
            return put_back(y, rows, self.bent_rows(loss, taken(y, rows),
                                                    taken(change, rows)))
        return self.bent_rows(loss, y, change)

    def bent_rows(self, loss, y, change):
        ar = self.ar
        if loss["op"] == "cross-entropy":
            return ar.cross_entropy_second(y, change, loss["factor"])
        if loss["op"] in ("bce", "bce-classes"):
            slope = ar.curved("sigmoid", y)[1]
            return ar.times(loss["factor"] / self.net.divisor(loss, y),
                            ar.multiply(slope, change))
        if loss["op"] == "mse-classes":
            change = self.net.centred(loss, change)
        return ar.times(2 * loss["factor"] / self.net.divisor(loss, y), change)

    def product(self, v):
        """H v, by the names of trainable weights."""
        net, tangents, found = self.net, self.tangents(v), {}
        with named(net.loss_op["in"]):
            found[net.loss_op["in"]] = self.bent_loss(tangents)
        for op in reversed(net.ops):
            if op["out"] not in net.depends or op["out"] not in net.bears:
                continue
            inputs = [self.values[name] for name in op["in"]]
            given = {"embedding": 0, "attention": 1}.get(op["op"], len(op["in"]))
            keys = [*map(input_key, range(given))] + [k for k in ARGUMENTS if op.get(k) in net.owner]
            dy, changes = self.gradients[op["out"]], [*self.changes(op, v, tangents)]
            back = net.contributions(op, self.weights, inputs, found[op["out"]])
            for to, (name, make) in zip(keys, back, strict=True):
                if name not in net.trainable and name not in net.depends:
                    continue
                with named(name):
                    self.gather(found, name, make())
                    for key, change in changes:
                        one = self.bend(op, to, key, change, dy)
                        if one:
                            self.gather(found, name, one)
        for name in net.trainable:
            w = self.weights[name]
            found.setdefault(name, self.ar.zeros(w.rows, w.cols))
        return found
