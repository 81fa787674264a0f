"""A network forward and backward: section 6 of docs/spec.

Operations are written once; an arithmetic (floats.py, fixed.py) has their numbers.
"""

import math

import norms
import positions
import rotary
import windows
from attention import Attention
from dot_attention import DotAttention
from tensor import Tensor, beside, named

# Keys of an operation that name weights, in the order of their contributions.
ARGUMENTS = "weight", "bias", "left", "right", "readout"


CURVES = ("sigmoid", "tanh", "silu", "softplus", "gelu-tanh")


def curve(op):
    """Its name, where it is a curve of section 6.2."""
    name = op["op"] + ("-tanh" if op.get("form") == "tanh" else "")
    return name if name in CURVES else None


def seen(op, x):
    """How many columns each row of scores sees (section 6)."""
    if op.get("mask", "none") == "none":
        return [x.cols] * x.rows
    t = x.positions[-1]
    return [x.cols - t + 1 + r % t for r in range(x.rows)]


def looked_at(op, y, target):
    """The rows that a loss looks at (section 6)."""
    each = math.prod(y.positions)
    return [r for r in range(y.rows)
            if (op.get("at") != "last" or r % each == each - 1)
            and ("ignore" not in op or target.m[r] != op["ignore"])]


def taken(tensor, rows):
    m = [x for r in rows for x in tensor.row(r)]
    return Tensor(len(rows), tensor.cols, m, tensor.frac)


def put_back(like, rows, made):
    """The rows that were made where they were taken, +0 elsewhere."""
    m = [type(made.m[0])(0)] * len(like.m)
    for i, r in enumerate(rows):
        m[r * like.cols:(r + 1) * like.cols] = made.row(i)
    return like.like(m, made.frac)


def argmax(row):
    """The lowest index of the largest (section 5)."""
    best = 0
    for j, x in enumerate(row):
        if x > row[best]:
            best = j
    return best


class Network:
    def __init__(self, model, arithmetic):
        self.ar = arithmetic
        self.ops, self.loss_op = model["ops"], model["loss"]
        self.weights, self.blocks = model["weights"], model.get("blocks", [])
        by_name = {w["name"]: w for w in self.weights}
        self.axes = {n: w.get("shape") for n, w in by_name.items()}
        self.owner = {n: w.get("tied", n) for n, w in by_name.items()}
        self.trainable = [n for n, w in by_name.items()
                          if "tied" not in w and w["trainable"]]
        self.depends = self.values_depending()
        self.bears = self.values_bearing()

    def values_depending(self):
        """Values that depend on a trainable weight (section 6.1)."""
        found = set()
        for op in self.ops:
            used = (self.owner.get(op.get(key)) for key in ARGUMENTS)
            if found & set(op["in"]) or any(w in self.trainable for w in used):
                found.add(op["out"])
        return found

    def values_bearing(self):
        """Values that the loss depends on."""
        found = {self.loss_op["in"]}
        for op in reversed(self.ops):
            if op["out"] in found:
                found |= set(op["in"])
        return found

    def forward(self, weights, inputs):
        values = dict(inputs)
        for op in self.ops:
            with named(op["out"]):
                x = values[op["in"][0]]
                y = self.run(op, weights, [values[n] for n in op["in"]])
                values[op["out"]] = (y if op["op"] in positions.OPS
                                     else y.placed(x.positions))
        return values

    def window(self, op, x):
        """Of a convolution."""
        return windows.Window(op, x, self.axes[self.owner[op["weight"]]])

    def attention(self, op, weights, inputs):
        return Attention(self.ar, op, lambda name: weights[self.owner[name]], inputs)

    def run(self, op, weights, inputs):
        ar, x = self.ar, inputs[0]
        if op["op"] == "attention":
            return self.attention(op, weights, inputs).forward()
        if op["op"] == "linear":
            w = weights[self.owner[op["weight"]]]
            y = ar.product(x, w if op["transpose"] else w.transposed())
            return ar.add_bias(y, weights[self.owner[op["bias"]]]) if "bias" in op else y
        if op["op"] == "conv2d":
            w = weights[self.owner[op["weight"]]]
            window = self.window(op, x)
            y = ar.product(window.patches(x), w.transposed())
            if "bias" in op:
                y = ar.add_bias(y, weights[self.owner[op["bias"]]])
            return y.placed(window.out)
        if op["op"] in windows.OPS:
            return windows.pool(ar, op, x)
        if op["op"] == "add":
            y = x
            for other in inputs[1:]:
                y = ar.add(y, other)
            return y
        if op["op"] == "subtract":
            return ar.subtract(*inputs)
        if op["op"] == "multiply":
            return ar.multiply(*inputs)
        if op["op"] == "scale":
            return ar.times(op["factor"], x)
        if op["op"] == "concat":
            return beside(ar.meeting(inputs))
        if op["op"] == "embedding":
            return ar.embedding(x, weights[self.owner[op["weight"]]])
        if curve(op):
            return ar.curved(curve(op), x)[0]
        if op["op"] == "softmax":
            return ar.softmax(x, seen(op, x))
        if op["op"] == "rotary":
            return rotary.rotated(ar, op, x, x, back=False)
        if op["op"] == "dot-attention":
            return DotAttention(ar, op, inputs).forward()
        if op["op"] in norms.OPS:
            return norms.forward(ar, op, x, *self.columns(op, weights))
        if op["op"] in positions.OPS:
            return positions.forward(ar, op, x,
                                     weights.get(self.owner.get(op.get("weight"))))
        return getattr(ar, op["op"])(x)

    def columns(self, op, weights):
        """The weight and the bias of an operation, None where it has none."""
        return [weights.get(self.owner.get(op.get(key))) for key in ("weight", "bias")]

    def slope(self, op, x, dy):
        """The gradient of the input of an operation without products."""
        if op["op"] in windows.OPS:
            return windows.pool_gradient(self.ar, op, x, dy)
        if op["op"] in positions.OPS:
            return positions.gradient(self.ar, op, x, dy)
        if op["op"] == "rotary":
            return rotary.rotated(self.ar, op, x, dy, back=True)
        if op["op"] == "softmax":
            return self.ar.softmax_along(self.run(op, None, [x]), seen(op, x), dy)
        if curve(op):
            return self.ar.multiply(self.ar.curved(curve(op), x)[1], dy)
        return getattr(self.ar, op["op"] + "_gradient")(x, dy)

    def divisor(self, op, y):
        over = op["mean_over"]
        return ((y.rows if "samples" in over else 1)
                * (y.cols if "outputs" in over else 1))

    def squares(self, op, y, errors):
        """Section 6: the loss of a sum of squares, and the gradient of y."""
        factor, divisor = op["factor"], self.divisor(op, y)
        return (factor * self.ar.inner(errors, errors) / divisor,
                self.ar.times(2 * factor / divisor, errors))

    def compared(self, op, values, samples):
        """A loss of the values, and its gradient of its input."""
        target, y = samples.target, values[op["in"]]
        if op["target"] != "target":
            target = values[op["target"]]
        with named(op["in"]):
            return self.of_rows(op, y, target)

    def of_rows(self, op, y, target):
        """The loss of the rows that it looks at; the gradient is +0 at others."""
        rows = looked_at(op, y, target)
        if len(rows) == y.rows:
            return self.of_all(op, y, target)
        if not rows:
            return 0.0, self.ar.zeros(y.rows, y.cols)
        loss, dy = self.of_all(op, taken(y, rows), taken(target, rows))
        return loss, put_back(y, rows, dy)

    def of_all(self, op, y, target):
        if op["op"] == "cross-entropy":
            return self.ar.cross_entropy(y, target, op["factor"])
        if op["op"] in ("bce", "bce-classes"):
            if op["op"] == "bce-classes":
                target = self.ar.indicators(target)
            total, errors = self.ar.binary(y, target)
            factor, divisor = op["factor"], self.divisor(op, y)
            return factor * total / divisor, self.ar.times(factor / divisor, errors)
        if op["op"] == "mse-classes":
            errors = self.ar.class_errors(y, target)
            return self.squares(op, y, self.centred(op, errors))
        return self.squares(op, y, self.ar.errors(y, target))

    def measure(self, weights, samples):
        """The values, the loss, and the loss's gradient of its input."""
        values = self.forward(weights, samples.inputs)
        return (values, *self.compared(self.loss_op, values, samples))

    def centred(self, op, errors):
        centre = op["centre"]
        if centre == "samples":
            return self.ar.less_means(errors.transposed(), chained=True).transposed()
        return self.ar.less_means(errors, chained=False) if centre == "outputs" else errors

    def loss(self, weights, samples):
        return self.measure(weights, samples)[1]

    def sample_losses(self, weights, samples):
        """Section 10.16: the loss of each sample's rows, of values of all."""
        op, values = self.loss_op, self.forward(weights, samples.inputs)
        y, target = values[op["in"]], samples.target
        if op["target"] != "target":
            target = values[op["target"]]
        each, found = math.prod(y.positions), []
        for first in range(0, y.rows, each):
            rows = range(first, first + each)
            own = taken(y, rows).placed(y.positions)
            found.append(self.of_rows(op, own, taken(target, rows))[0])
        return found

    def metrics(self, weights, samples, others, front=""):
        """Section 9: the loss, accuracy or error by the target, and other losses."""
        values, loss, _ = self.measure(weights, samples)
        found = {front + "loss": loss}
        if samples.indexed:
            y = values[self.loss_op["in"]]
            rows = looked_at(self.loss_op, y, samples.target)
            y, target = taken(y, rows), taken(samples.target, rows)
            chosen = map(argmax, map(y.row, range(y.rows)))
            if self.loss_op["op"] == "bce-classes":
                chosen = (x > 0 for x in y.m)
            right = sum(c == t for c, t in zip(chosen, target.m))
            found[front + "accuracy"] = right / y.rows if rows else 0.0
        if samples.signs and self.loss_op["target"] == "target":
            y = values[self.loss_op["in"]]
            rows = looked_at(self.loss_op, y, samples.target)
            y, target = taken(y, rows), taken(samples.target, rows)
            wrong = sum(not a * b > 0 for a, b in zip(y.m, target.m))
            found[front + "error"] = wrong / y.rows if rows else 0.0
        for part in others:
            found[f"{front}metric/{part['name']}"] = self.compared(
                part["loss"], values, samples)[0]
        return found

    def gradient(self, weights, samples):
        """The loss and the gradient of each trainable weight."""
        values, loss, dy = self.measure(weights, samples)
        return loss, self.backward(weights, values, dy)

    def backward(self, weights, values, dy):
        """What the gradient of the loss's value makes of those of the weights."""
        gradients = {self.loss_op["in"]: dy}
        for op in reversed(self.ops):
            if op["out"] in self.depends and op["out"] in self.bears:
                inputs = [values[name] for name in op["in"]]
                for name, make in self.contributions(op, weights, inputs,
                                                     gradients[op["out"]]):
                    if name in self.trainable or name in self.depends:
                        with named(name):
                            one = make()
                            gradients[name] = (self.ar.add(gradients[name], one)
                                               if name in gradients else one)
        for name in self.trainable:
            w = weights[name]
            gradients.setdefault(name, self.ar.zeros(w.rows, w.cols))
        return gradients

    def linear_gradient(self, op, x, dy):
        """Of the weight."""
        a, b = (x, dy) if op["transpose"] else (dy, x)
        return positions.long_sum(
            self.ar, x, lambda a, b: self.ar.product(a.transposed(), b), a, b)

    def convolution_back(self, op, x, w, dy):
        window = self.window(op, x)
        return window.spread(self.ar, windows.by_place(window, self.ar.product(dy, w)))

    def convolution_gradient(self, op, x, dy):
        """Of the weight."""
        patches = self.window(op, x).patches(x)
        return positions.long_sum(
            self.ar, patches, lambda a, b: self.ar.product(a.transposed(), b), dy, patches)

    def contributions(self, op, weights, inputs, dy):
        """What an operation adds, in order: its inputs, its weight, its bias."""
        ar, x = self.ar, inputs[0]
        if op["op"] == "linear":
            name = self.owner[op["weight"]]
            w = weights[name]
            dx = w.transposed() if op["transpose"] else w
            yield op["in"][0], lambda: ar.product(dy, dx)
            yield name, lambda: self.linear_gradient(op, x, dy)
            if "bias" in op:
                yield (self.owner[op["bias"]],
                       lambda: positions.long_sum(ar, x, ar.column_sums, dy))
        elif op["op"] == "conv2d":
            name = self.owner[op["weight"]]
            yield op["in"][0], lambda: self.convolution_back(op, x, weights[name], dy)
            yield name, lambda: self.convolution_gradient(op, x, dy)
            if "bias" in op:
                yield (self.owner[op["bias"]], lambda: positions.long_sum(
                    ar, dy.placed(self.window(op, x).out), ar.column_sums, dy))
        elif op["op"] == "add":
            for name in op["in"]:
                yield name, lambda: dy
        elif op["op"] == "subtract":
            yield op["in"][0], lambda: dy
            yield op["in"][1], lambda: ar.negated(dy)
        elif op["op"] == "multiply":
            for name, other in zip(op["in"], reversed(inputs)):
                yield name, lambda other=other: ar.multiply(dy, other)
        elif op["op"] == "scale":
            yield op["in"][0], lambda: ar.times(op["factor"], dy)
        elif op["op"] == "concat":
            first = 0
            for name, part in zip(op["in"], inputs):
                yield name, lambda at=first, part=part: dy.columns(at, part.cols)
                first += part.cols
        elif op["op"] == "attention":
            found = self.attention(op, weights, inputs).gradients(dy)
            yield op["in"][0], lambda: ar.zeros(x.rows, x.cols)
            for key in (key for key in ARGUMENTS if op.get(key) in self.owner):
                yield self.owner[op[key]], lambda key=key: found.get(key)
        elif op["op"] == "dot-attention":
            for i, (name, x) in enumerate(zip(op["in"], inputs)):
                yield name, lambda i=i, x=x: DotAttention(ar, op, inputs).gradient(
                    i, dy).placed(x.positions)
        elif op["op"] in norms.OPS:
            w, b = self.columns(op, weights)
            yield op["in"][0], lambda: norms.gradient(ar, op, x, w, dy)
            if w is not None:
                yield (self.owner[op["weight"]],
                       lambda: norms.weight_gradient(ar, x, norms.rows(ar, op, x), dy))
            if b is not None:
                yield (self.owner[op["bias"]],
                       lambda: positions.long_sum(ar, x, ar.column_sums, dy))
        elif op["op"] == "embedding":
            name = self.owner[op["weight"]]
            yield name, lambda: positions.long_sum(
                ar, x, lambda i, d: ar.embedding_gradient(i, weights[name], d), x, dy)
        else:
            yield op["in"][0], lambda: self.slope(op, x, dy)
            if op["op"] == "position":
                w = weights[self.owner[op["weight"]]]
                yield self.owner[op["weight"]], lambda: w.like(*ar.column_sums(
                    positions.folded(dy.placed(x.positions))).parts())
