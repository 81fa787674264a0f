"""Random small networks for PyTorch to follow: data, weights and ops, of which each kind is a
row of OPS."""

import hashlib
import json
import math
import os

import numpy

SAMPLES = 7
NUMBERS_MAX = 120  # of a sample of a value
CURVES = ("relu", "gelu", "silu", "softplus", "sigmoid", "tanh", "square")


class Graph:
    """`ops` and `weights` as a manifest has them, and files of data in a folder."""

    def __init__(self, seed, folder):
        self.draw, self._folder = numpy.random.default_rng(seed), folder
        self.axes, self.ops, self.weights, self._fields = {}, [], {}, {}
        self._moving = set()  # weights that train, and values that depend on them
        self._data()
        for _ in range(self.below(3, 12)):
            self._grow()
        while self.ops[-1]["out"] not in self._moving:
            linear(self)
        self.result = self.ops[-1]["out"]
        self._loss()

    def manifest(self):
        run = {"arithmetic": "f64", "seed": 1, "data": self._fields,
               "model": {"weights": self.weights, "ops": self.ops, "loss": self.loss},
               "train": {"optimizer": {"kind": "sgd", "lr": 1}, "steps": 1}}
        return json.dumps({"sltrace": 1, "name": "peer/graph", "run": run})

    def chance(self, percent):
        return self.draw.integers(100) < percent

    def below(self, least, most):
        return int(self.draw.integers(least, most + 1))

    # ---- Data.

    def _file(self, name, array):
        path = os.path.join(self._folder, name + ".npy")
        numpy.save(path, array.reshape(SAMPLES, -1))
        with open(path, "rb") as file:
            return {"file": name + ".npy", "sha256": hashlib.sha256(file.read()).hexdigest()}

    def _data(self):
        positions = [self.below(1, 4) for _ in range(self.below(0, 3))]
        self._fields |= {"kind": "file", "samples": SAMPLES}
        if self.chance(30):
            self.tokens = self.below(2, 6)
            x = self.draw.integers(0, self.tokens, (SAMPLES, *(positions or [1])))
            self._fields["x"] = self._file("x", x) | {"tokens": self.tokens}
            self.placed = positions
            if positions:
                self._fields["shape"] = [*positions, 1]
            while not embedding(self):
                pass
            return
        width = self.below(1, 5)
        x = self.draw.normal(size=(SAMPLES, *positions, width))
        self.tokens, self.axes["x"] = 0, (*positions, width)
        self._fields["x"] = self._file("x", x) | {"width": math.prod(self.axes["x"])}
        if positions:
            self._fields["shape"] = list(self.axes["x"])

    def _loss(self):
        *positions, width = self.axes[self.result]
        classes = width > 1 and self.chance(50)
        self.loss = {"op": "cross-entropy" if classes else ("mse", "bce")[self.below(0, 1)],
                     "in": self.result}
        if classes:
            target = self.draw.integers(0, width, (SAMPLES, *(positions or [1])))
            fields = {"classes": width}
            ignored = self.below(0, width - 1)
            if self.chance(40) and (target.reshape(SAMPLES, -1)[:, -1] != ignored).any():
                self.loss["ignore"] = ignored
        else:
            target = self.draw.uniform(0, 1, (SAMPLES, *positions, width))
            fields = {"width": math.prod((*positions, width))}
        self._fields["target"] = self._file("target", target) | fields
        if positions:
            self.loss |= {"at": "last"} if self.chance(40) else {}
            self._fields["target_shape"] = [*positions, 1 if classes else width]

    # ---- Growing.

    def _grow(self):
        while True:
            names = list(OPS)
            if OPS[names[self.below(0, len(names) - 1)]](self):
                return

    def pick(self, like=None):
        """Mostly the newest value; sometimes any, of the axes asked for."""
        found = [name for name, axes in self.axes.items() if like is None or axes == like]
        return found[-1] if self.chance(60) else found[self.below(0, len(found) - 1)]

    def weight(self, shape, std=None):
        """A new weight, or one there already."""
        for name, held in self.weights.items():
            if held["shape"] == list(shape) and self.chance(30):
                return name
        name = f"w.{len(self.weights)}"
        std = std or 1 / math.sqrt(shape[-1])
        self.weights[name] = {"shape": list(shape), "init": {"kind": "normal", "std": std}}
        if self.chance(10):
            self.weights[name]["trainable"] = False
        else:
            self._moving.add(name)
        return name

    def add(self, op, inputs, axes, **fields):
        """Whether the op's value is not too large to be taken."""
        if math.prod(axes) > NUMBERS_MAX or len(axes) > 4:
            return False
        out = f"v.{len(self.ops)}"
        self.ops.append({"op": op, "in": inputs if len(inputs) > 1 else inputs[0], **fields,
                         "out": out})
        self.axes[out] = tuple(axes)
        if self._moving & {*inputs, *map(str, fields.values())}:
            self._moving.add(out)
        return True


# ---- Ops: each adds itself to a graph, and says whether it could.

def linear(graph):
    x = graph.pick()
    *positions, inputs = graph.axes[x]
    outputs, transpose = graph.below(1, 6), graph.chance(40)
    fields = {"weight": graph.weight((inputs, outputs) if transpose else (outputs, inputs))}
    if graph.chance(50):
        fields["bias"] = graph.weight((outputs,), 0.5)
    if transpose:
        fields["transpose"] = True
    return graph.add("linear", [x], (*positions, outputs), **fields)


def curve(graph):
    x, op = graph.pick(), CURVES[graph.below(0, len(CURVES) - 1)]
    form = {"form": "tanh"} if op == "gelu" and graph.chance(50) else {}
    if op == "square" and any(op["op"] == "square" for op in graph.ops):
        return False
    return graph.add(op, [x], graph.axes[x], **form)


def pair(graph):
    x = graph.pick()
    op = ("add", "subtract", "multiply")[graph.below(0, 2)]
    others = [graph.pick(graph.axes[x]) for _ in range(graph.below(1, 3) if op == "add" else 1)]
    return graph.add(op, [x, *others], graph.axes[x])


def scale(graph):
    x = graph.pick()
    return graph.add("scale", [x], graph.axes[x], factor=graph.below(-15, 15) / 8)


def concat(graph):
    x = graph.pick()
    like = [name for name, axes in graph.axes.items() if axes[:-1] == graph.axes[x][:-1]]
    values = [x, *(like[graph.below(0, len(like) - 1)] for _ in range(graph.below(1, 3)))]
    width = sum(graph.axes[name][-1] for name in values)
    return graph.add("concat", values, (*graph.axes[x][:-1], width))


def embedding(graph):
    if not graph.tokens:
        return False
    width = graph.below(1, 5)
    return graph.add("embedding", ["x"], (*graph.placed, width),
                     weight=graph.weight((graph.tokens, width), 1))


def position(graph):
    x = graph.pick()
    if len(graph.axes[x]) == 1:
        return False
    return graph.add("position", [x], graph.axes[x], weight=graph.weight(graph.axes[x], 0.5))


def reshape(graph):
    x = graph.pick()
    left, axes = math.prod(graph.axes[x]), []
    for _ in range(graph.below(0, 3)):
        divisors = [n for n in range(1, left + 1) if left % n == 0]
        axes.append(divisors[graph.below(0, len(divisors) - 1)])
        left //= axes[-1]
    return graph.add("reshape", [x], (*axes, left), shape=[*axes, left])


def flatten(graph):
    x = graph.pick()
    return graph.add("flatten", [x], (math.prod(graph.axes[x]),))


def select(graph):
    x = graph.pick()
    size, *rest = graph.axes[x]
    if not rest:
        return False
    if graph.chance(50):
        at = "last" if graph.chance(40) else graph.below(0, size - 1)
        return graph.add("select", [x], rest, at=at)
    first = graph.below(0, size - 1)
    count = graph.below(1, size - first)
    return graph.add("select", [x], (count, *rest), **{"from": first, "count": count})


def mean(graph):
    x = graph.pick()
    if len(graph.axes[x]) == 1:
        return False
    return graph.add("mean", [x], graph.axes[x][-1:])


def softmax(graph):
    x = graph.pick()
    axes = graph.axes[x]
    causal = len(axes) > 1 and axes[-2] <= axes[-1] and graph.chance(60)
    return graph.add("softmax", [x], axes, **({"mask": "causal"} if causal else {}))


def made(graph, op, inputs, axes, **fields):
    """The name of the value of an op, or None."""
    return f"v.{len(graph.ops) - 1}" if graph.add(op, inputs, axes, **fields) else None


def dot_attention(graph):
    """Of a value's positions, maybe turned, with all queries or that of the last one."""
    x, heads = graph.pick(), graph.below(1, 2)
    *positions, inputs = graph.axes[x]
    if not positions:
        return False
    width, depth = 2 * heads * graph.below(1, 2), heads * graph.below(1, 2)
    three = [made(graph, "linear", [x], (*positions, n), weight=graph.weight((n, inputs)))
             for n in (width, width, depth)]
    if None in three:
        return False
    many = {"heads": heads} if heads > 1 else {}
    if len(positions) == 1 and graph.chance(50):
        turn = {"base": graph.below(2, 100)} if graph.chance(50) else {}
        if graph.chance(50):
            turn["pairs"] = "neighbours"
        for i in range(2):
            three[i] = made(graph, "rotary", [three[i]], graph.axes[three[i]], **many, **turn)
    if graph.chance(30):
        three[0] = made(graph, "select", [three[0]], graph.axes[three[0]][1:], at="last")
    fields = {"scale": graph.below(-8, 8) / 4} if graph.chance(30) else {}
    if graph.chance(50):
        fields["mask"] = "causal"
    return graph.add("dot-attention", three, (*graph.axes[three[0]][:-1], depth),
                     **many, **fields)


def norm(graph):
    x = graph.pick()
    op, width = ("affine", "layernorm", "rmsnorm")[graph.below(0, 2)], graph.axes[x][-1:]
    if op == "layernorm" and width[0] < 3:  # rows of two are signs
        return False
    fields = {} if op == "affine" else {"eps": graph.below(1, 9) / 10}
    if op == "affine" or graph.chance(60):
        fields["weight"] = graph.weight(width, 0.7)
    if graph.chance(50):
        fields["bias"] = graph.weight(width, 0.5)
    return graph.add(op, [x], graph.axes[x], **fields)


def rotary(graph):
    x, heads = graph.pick(), graph.below(1, 2)
    axes = graph.axes[x]
    if len(axes) != 2 or axes[-1] % (2 * heads):
        return False
    fields = {"pairs": "neighbours"} if graph.chance(50) else {}
    if graph.chance(40):
        fields["base"] = graph.below(2, 50)
    return graph.add("rotary", [x], axes, heads=heads, **fields)


def both(graph, least, most):
    """A number for height and width, or two."""
    pair = [graph.below(least, most), graph.below(least, most)]
    return pair[0] if graph.chance(50) else pair


def spread(fields, key, usual):
    given = fields.get(key, usual)
    return given if isinstance(given, list) else [given, given]


def windowed(graph, x, op, size, fields, width, **more):
    """An op that looks through a window, where that fits the positions of an image."""
    stride = spread(fields, "stride", size if op != "conv2d" else 1)
    padding, dilation = spread(fields, "padding", 0), spread(fields, "dilation", 1)
    out = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, p, d, k, s in
           zip(graph.axes[x], padding, dilation, spread({"k": size}, "k", 1), stride)]
    if min(out) < 1:
        return False
    return graph.add(op, [x], (*out, width), **fields, **more)


def conv2d(graph):
    x = graph.pick()
    if len(graph.axes[x]) != 3:
        return False
    fields = {key: both(graph, least, 2) for key, least in
              (("stride", 1), ("padding", 0), ("dilation", 1)) if graph.chance(40)}
    size, outputs = [graph.below(1, 3), graph.below(1, 3)], graph.below(1, 4)
    weight = graph.weight((outputs, *size, graph.axes[x][-1]), 0.4)
    if graph.chance(50):
        fields["bias"] = graph.weight((outputs,), 0.5)
    return windowed(graph, x, "conv2d", size, fields, outputs, weight=weight)


def pool(graph):
    x, size = graph.pick(), both(graph, 1, 3)
    if len(graph.axes[x]) != 3:
        return False
    fields = {"stride": both(graph, 1, 2)} if graph.chance(50) else {}
    if graph.chance(40):  # at most half of the window
        fields["padding"] = [graph.below(0, k // 2) for k in spread({"k": size}, "k", 1)]
    op = ("maxpool", "meanpool")[graph.below(0, 1)]
    return windowed(graph, x, op, size, fields, graph.axes[x][-1], window=size)


OPS = {function.__name__: function for function in (
    linear, curve, pair, scale, concat, embedding, position, reshape, flatten, select, mean,
    softmax, dot_attention, rotary, norm, conv2d, pool)}
