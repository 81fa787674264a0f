"""Data sets and initial values: sections 7 and 8 of docs/spec."""

import ast
import copy
import hashlib
import io
import itertools
import json
import math
import os
import struct
import zipfile

import draws
import ieee
import positions
import scalars
import svd
from fixed import Fixed
from floats import Float
from tensor import Tensor, named


class Samples:
    """Samples in some order: `inputs` by name, `target`; `indexed` where that is of
    indices, `signs` where of signs."""

    def __init__(self, inputs, target, indexed=False, signs=False):
        self.inputs, self.target = inputs, target
        self.indexed, self.signs = indexed, signs

    def take(self, rows):
        inputs = {name: x.take(rows) for name, x in self.inputs.items()}
        return Samples(inputs, self.target.take(rows), self.indexed,
                       self.signs)

    def unfold(self, part):
        """With the positions that the data name (section 7)."""
        if "shape" in part:
            first = next(iter(self.inputs))
            self.inputs[first] = positions.unfolded(self.inputs[first], part["shape"])
        if "target_shape" in part:
            self.target = positions.unfolded(self.target, part["target_shape"])

    def __len__(self):
        return self.target.rows // positions.count(self.target)


class Data:
    """`training` and, where there are any, `validation` samples; `teacher` are W1* and
    W2*, or A."""

    def __init__(self, part, seed, ar, folder="."):
        self.part, self.seed, self.ar, self.folder = part, seed, ar, folder
        self.validation, self.validating, self.others = None, False, {}
        self.stream = self.taught
        self.training = self.made(part)
        for samples in (self.training, self.validation):
            if samples:
                samples.unfold(part)
        if "validation" in part and part["kind"] != "file":
            self.validating = True
            self.validation = self.new(part["validation"]["samples"],
                                       lambda tensor: draws.once(seed, 3, tensor))
            self.validating = False

    def made(self, part):
        return getattr(self, part["kind"].replace("-", "_"))(**part)

    def new(self, count, stream):
        """So many other samples of a kind that draws them, from the streams of each tensor
        that `stream` gives: sections 7 and 7.2."""
        self.stream = stream
        samples = self.made({**self.part, "samples": count})
        self.stream = self.taught
        samples.unfold(self.part)
        return samples

    def of(self, loss_on):
        """What takes the place of the training samples in an estimate: section 10."""
        if isinstance(loss_on, dict):
            return self.others[loss_on["data"]]
        other = copy.copy(self)
        if loss_on == "validation":
            other.training = self.validation
        return other

    def taught(self, tensor):
        """The stream of what all samples have in common, and of those of the table."""
        return draws.once(self.seed, 2, tensor)

    def normals(self, tensor, rows, cols, std, stream=None):
        return self.ar.normals(rows, cols, (stream or self.stream)(tensor), std)

    def uniforms(self, tensor, rows, cols, size, stream=None):
        return self.ar.uniforms(rows, cols, (stream or self.stream)(tensor), -size, size)

    def constant(self, samples, inputs, outputs, x_value, target_value, **_):
        with named("x"):
            x = self.ar.constant(samples, inputs, x_value)
        with named("y*"):
            return Samples({"x": x}, self.ar.constant(samples, outputs, target_value))

    def file(self, samples, x, target, validation=None, **_):
        if validation:
            v = {name: {**part, "first": 0, **validation[name]}
                 for name, part in (("x", x), ("target", target))}
            self.validation = self.file(validation["samples"], **v)
        inputs = file_columns(x, samples, self.folder, self.ar, "tokens")
        names = x.get("names", ["x"])
        (y,) = file_columns(target, samples, self.folder, self.ar, "classes")
        return Samples(dict(zip(names, inputs)), y, "classes" in target)

    def linear_teacher(self, samples, inputs, outputs, rank, teacher_std, noise_std,
                       depth=2, **_):
        ar, x = self.ar, self.normals(0, samples, inputs, 1.0)
        with named("y*"):
            widths, target = [inputs] + (depth - 1) * [rank] + [outputs], x
            self.teacher = [
                self.normals(tensor, rows, cols, teacher_std, self.taught)
                for tensor, rows, cols in zip((1, 2, *range(4, 99)), widths[1:], widths)]
            for w in self.teacher:
                target = ar.product(target, w.transposed())
            if noise_std > 0:
                target = ar.add(target, self.normals(3, samples, outputs, noise_std))
        return Samples({"x": x}, target)

    def modular_addition(self, p, train_fraction, tokens=False, **_):
        order = draws.shuffle(draws.once(self.seed, 3, 0), p * p)
        a, b = [k // p for k in order], [k % p for k in order]
        columns = a, b, [(i + j) % p for i, j in zip(a, b)]
        a, b, target = (Tensor(p * p, 1, column) for column in columns)
        inputs = {"a": a, "b": b}
        if tokens:
            inputs = {"x": Tensor(p * p, 3, [
                token for pair in zip(a.m, b.m) for token in (*pair, p)])}
        pairs, n = Samples(inputs, target, True), int(train_fraction * p**2)
        if n < p * p:
            self.validation = pairs.take(range(n, p * p))
        return pairs.take(range(n))

    def one_hot(self, samples, features, value, **_):
        ar = self.ar
        x, column = ar.zeros(samples, features), ar.constant(samples, 1, 1.0)
        if value == "uniform":
            column = ar.uniforms(samples, 1, self.stream(1), 0.0, 1.0)
        for s, i in enumerate(draws.bounded(self.stream(0), [features] * samples)):
            x.m[s * features + i] = column.m[s]
        return Samples({"x": x}, x)

    def polynomial(self, samples, degree, scale, **_):
        ar = self.ar
        with named("x"):
            x = ar.zeros(samples, degree + 1)
            ts, x.m = self.uniforms(0, samples, 1, scale).m, []
            for t in ts:
                x.m += ar.constant(1, 1, 1.0).m
                for _ in range(degree):
                    x.m.append(ar.times_element(x.m[-1], t))
        self.teacher = (self.uniforms(1, 1, degree + 1, 1.0, self.taught),)
        return Samples({"x": x}, ar.product(x, self.teacher[0].transposed()))

    def subspace(self, samples, inputs, rank, **_):
        with named("x"):
            z = self.normals(0, samples, rank, 1.0)
            a = self.normals(1, inputs, rank, 1.0, self.taught)
            x = self.ar.product(z, a.transposed())
        return Samples({"x": x}, x)

    def sinusoid(self, samples, order, amplitudes, noise_std, **_):
        ar, x = self.ar, self.uniforms(0, samples, 1, 1.0)
        basis, a = ar.zeros(samples, 2 * order + 1), ar.zeros(1, 2 * order + 1)
        basis.m = []
        for v in x.m:
            basis.m += ar.constant(1, 1, 1.0).m
            for k in range(1, order + 1):
                angle = ar.times_element(ar.constant(1, 1, float(k)).m[0], v)
                basis.m += reversed(ar.sincospi(angle))
        with named("y*"):
            for k, amplitude in enumerate(amplitudes, 1):
                a.m[2 * k] = ar.constant(1, 1, amplitude).m[0]
            self.teacher = (a,)
            target = ar.product(basis, a.transposed())
            if noise_std > 0:
                target = ar.add(target, self.normals(1, samples, 1, noise_std))
        return Samples({"x": x, "basis": basis}, target)

    def in_context_regression(self, samples, dimension, pairs, noise_std, tasks=None, **_):
        ar, d = self.ar, dimension
        with named("x"):
            u, numbers = self.normals(0, samples, pairs * d, 1.0), 2 * pairs * (d + 1)
            if tasks and not self.validating:
                all_w = self.normals(3, tasks, d, 1.0, self.taught)
                rows = draws.bounded(self.stream(1), [tasks] * samples)
                w = all_w.take(rows)
            else:
                w = self.normals(1, samples, d, 1.0)
            y = ar.zeros(samples, pairs)
            for s in range(samples):
                point = Tensor(pairs, d, u.m[s * pairs * d:(s + 1) * pairs * d], u.frac)
                task = Tensor(d, 1, w.m[s * d:(s + 1) * d], w.frac)
                y.m[s * pairs:(s + 1) * pairs] = ar.drawn(ar.product(point, task)).m
            if noise_std > 0:
                y = ar.add(y, self.normals(2, samples, pairs, noise_std))
            x, answers = ar.zeros(samples, numbers), ar.drawn(y)
            for k in range(samples * pairs):
                at = 2 * k * (d + 1)
                x.m[at + 1:at + 1 + d] = u.m[k * d:(k + 1) * d]
                x.m[at + d + 1] = answers.m[k]
        x = positions.unfolded(x, [2 * pairs, d + 1])
        return Samples({"x": x}, positions.unfolded(y, [pairs, 1]))

    def automaton(self, rule, applications, length, ends, weights=None, test=None, **_):
        test = test or {"lengths": []}
        lengths = length if isinstance(length, list) else [length]
        width = max(lengths + test["lengths"])

        def sites(lengths, weights):
            x, site, target = [], [], []
            for m, times in zip(lengths, weights):
                for string in times * list(itertools.product((-1, 1), repeat=m)):
                    made = string
                    for _ in range(applications):
                        outer = (made[-1], made[0]) if ends == "closed" else (-1, -1)
                        row = outer[0], *made, outer[1]
                        made = [1 if rule >> (4 * (a > 0) + 2 * (b > 0) + (c > 0)) & 1
                                else -1 for a, b, c in zip(row, row[1:], row[2:])]
                    x += m * [*string, *[0] * (width - m)]
                    site, target = site + [*range(m)], target + [*made]
            values = {v: self.ar.constant(1, 1, float(v)).m[0] for v in (-1, 0, 1)}
            like, n = self.ar.zeros(1, 1), len(site)
            x = Tensor(n, width, [values[v] for v in x], like.frac)
            target = Tensor(n, 1, [values[v] for v in target], like.frac)
            return Samples({"x": x, "site": Tensor(n, 1, site)}, target, signs=True)

        if test["lengths"]:
            of_test = test.get("weights", [1] * len(test["lengths"]))
            self.validation = sites(test["lengths"], of_test)
        return sites(lengths, weights or [1] * len(lengths))

    def halves(self, samples, positive=False):
        """The target of two classes."""
        signs = [1.0 if positive or 2 * s < samples else -1.0 for s in range(samples)]
        target = self.ar.zeros(samples, 1)
        target.m = [self.ar.constant(1, 1, y).m[0] for y in signs]
        return signs, target

    def exponential(self, samples, gap, shift, signs, **_):
        ys, target = self.halves(samples, signs == "positive")
        with named("x"):
            x = self.ar.exponentials(samples, 1, self.stream(0), gap + shift)
            x.m = [a if y > 0 else -a for a, y in zip(x.m, ys)]
        return Samples({"x": x}, target, signs=True)

    def ball(self, samples, inputs, gap, push, squares_from=None, **_):
        ar, (ys, target) = self.ar, self.halves(samples)
        with named("x"):
            z = ar.doubles(self.normals(0, samples, inputs, 1.0))
            if squares_from is None:
                drawn = ar.exponentials(samples, 1, self.stream(1), 0.0)
            else:
                drawn = ar.uniforms(samples, 1, self.stream(1), squares_from, 1.0)
            x = ar.zeros(samples, inputs)
            x.m = []
            for s, (y, e) in enumerate(zip(ys, ar.doubles(drawn))):
                row = z[s * inputs:(s + 1) * inputs]
                for j in range(2 if push else 0):
                    row[j] = ar.doubles(ar.constant(1, 1, row[j] + y * push))[0]
                n = 0.0
                for number in row:
                    n = ieee.fma(number, number, n)
                r = math.sqrt(n + (e + e) if squares_from is None else n)
                m = 1.0 if squares_from is None else math.sqrt(e)
                row = [ieee.div(number, r) * m if r else 0.0 for number in row]
                row[0] = ieee.fma(y, gap, row[0])
                x.m += [ar.constant(1, 1, number).m[0] for number in row]
        return Samples({"x": x}, target, signs=True)


def balanced_factor(which, rows, cols, teacher, ar):
    """Section 8, `teacher`: a factor of the teacher's product, with the roots of its
    singular values, or the identity."""
    w1, *between, w2 = (t.like(ar.doubles(t)) for t in teacher)
    inputs, outputs, double = w1.cols, w2.rows, Float("f64")
    if which not in ("W1", f"W{len(teacher)}"):
        one = ar.constant(1, 1, 1.0)
        w = ar.zeros(rows, cols)
        for i in range(min(w1.rows, rows, cols)):
            w.m[i * cols + i] = one.m[0]
        return w
    for w in between:
        w1 = double.product(w, w1)
    if outputs >= inputs:
        u, s, v = svd.decompose(double.product(w2, w1))
    else:
        v, s, u = svd.decompose(double.product(w1.transposed(), w2.transposed()))
    q = [math.sqrt(x) for x in s[:min(w1.rows, inputs, outputs)]]

    def element(i, j):
        if which == "W1":
            return v.m[j * v.cols + i] * q[i] if i < len(q) else 0.0
        return u.m[i * u.cols + j] * q[j] if j < len(q) else 0.0

    w = ar.zeros(rows, cols)
    return w.like([ar.constant(1, 1, element(i, j)).m[0]
                   for i in range(rows) for j in range(cols)], w.frac)


def polygon(init, rows, cols, stream, ar):
    """Section 8, `polygon`: two rows, corners on a circle, noise."""
    w, k = ar.zeros(rows, cols), init["corners"]
    (length,) = ar.constant(1, 1, init["length"]).m
    phi = ar.uniforms(1, 1, stream._replace(c1=1), -1.0, 1.0)
    for j in range(k):
        angle = ar.add(phi, ar.constant(1, 1, 2 * j / k)).m[0]
        w.m[cols + j], w.m[j] = ar.turned(length, angle)
    if init["noise"] > 0:
        w = ar.add(w, ar.normals(rows, cols, stream, init["noise"]))
    return w


def fourier(init, p, cols, seed, ar):
    """Section 8, `fourier`: waves."""
    frequencies, family = (p - 1) // 2, init["family"]
    if family == "one-parameter":
        parts = init.get("phases", 6)
        waves = [(1 + j // parts, j % parts, -2 * j)
                 for j in range(frequencies * parts)]
        scale = ieee.div(4.0, float(p * parts))
    elif family == "grid":
        parts = init.get("phases", 3)
        waves = [(1 + j // parts**2, j // parts, j)
                 for j in range(frequencies * parts**2)]
        scale = ieee.div(4.0, float(p * parts**2))
    else:
        parts, words = 2**32, draws.once(seed, 1, 4095).words(2 * cols)
        waves = [(1 + j % frequencies, words[2 * j], words[2 * j + 1])
                 for j in range(cols)]
        scale = ieee.div(1.0, float(2 * p * cols)) if init["scale"] == "inputs" \
            else ieee.div(2.0, float(cols))
    w = ar.zeros(p, cols)
    for j, (k, first, second) in enumerate(waves):
        phase = {"a": first, "b": second, "v": first + second}[init["part"]]
        for x in range(p):
            h = (k * x * parts + p * phase) % (p * parts)
            _, c = scalars.sincospi(ieee.div(float(2 * h), float(p * parts)))
            c = scale * c if init["part"] == "v" else c
            w.m[x * cols + j] = ar.constant(1, 1, c).m[0]
    return w


def idx_array(content):
    """Section 7: shape and numbers of an IDX file."""
    axes = content[3]
    shape = struct.unpack(f">{axes}I", content[4:4 + 4 * axes])
    code = ">" + {8: "B", 9: "b", 11: "h", 12: "i", 13: "f", 14: "d"}[content[2]]
    return shape, [v for (v,) in struct.iter_unpack(code, content[4 + 4 * axes:])]


def safetensors_array(content, name):
    """Section 8: shape and numbers of one tensor."""
    size = int.from_bytes(content[:8], "little")
    said = json.loads(content[8:8 + size])[name]
    begin, end = said["data_offsets"]
    data = content[8 + size + begin:8 + size + end]
    if said["dtype"] == "BF16":
        data = b"".join(b"\0\0" + data[i:i + 2] for i in range(0, len(data), 2))
    code = {"BF16": "f", "F16": "e", "F32": "f", "F64": "d", "I64": "q", "I32": "i",
            "I16": "h", "I8": "b", "U8": "B", "BOOL": "B"}[said["dtype"]]
    return said["shape"], [v for (v,) in struct.iter_unpack("<" + code, data)]


def array_of(content, member=None):
    """Shape and numbers, whole or of binary64, of the array of a file; `member`: of that
    one of several."""
    if member and content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            return npy_array(file.read(member + ".npy"))
    if member:
        return safetensors_array(content, member)
    return npy_array(content) if content[:1] == b"\x93" else idx_array(content)


def npy_array(content):
    start = 12 if content[6] > 1 else 10
    size = int.from_bytes(content[8:start], "little")
    said = ast.literal_eval(content[start:start + size].decode("ascii").strip())
    code = {"b1": "B", "u1": "B", "u2": "H", "u4": "I", "u8": "Q", "i1": "b", "i2": "h",
            "i4": "i", "i8": "q", "f2": "e", "f4": "f", "f8": "d"}[said["descr"][1:]]
    order = said["descr"][0].replace("|", "<")
    found = [v for (v,) in struct.iter_unpack(order + code, content[start + size:])]
    shape = said["shape"]
    if said["fortran_order"]:
        steps = list(itertools.accumulate(shape[:-1], lambda a, b: a * b, initial=1))
        places = itertools.product(*(range(n) for n in shape))
        found = [found[sum(i * n for i, n in zip(at, steps))] for at in places]
    return shape, found


def array_rows(content, member):
    """The rows of an array, each a list of its numbers."""
    shape, found = array_of(content, member)
    width = len(found) // shape[0]
    return [found[i * width:(i + 1) * width] for i in range(shape[0])]


def moved(init, shape, found):
    """The numbers of an array with its axes in the order that an init says."""
    order = init.get("permute") or list(range(len(shape)))[::-1 if init["transpose"] else 1]
    steps = [math.prod(shape[i + 1:]) for i in range(len(shape))]
    places = itertools.product(*(range(shape[axis]) for axis in order))
    return [found[sum(i * steps[axis] for i, axis in zip(at, order))] for at in places]


def file_columns(part, samples, folder, ar, indices):
    """Section 7, `file`: a table of numbers, or one of indices for each column."""
    with open(os.path.join(folder, part["file"]), "rb") as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != part["sha256"]:
        raise ValueError(part["file"])
    first = part.get("first", 0)
    rows = array_rows(content, part.get("member"))[first:first + samples]
    if indices in part:
        if "names" in part:
            return [Tensor(samples, 1, [int(row[i]) for row in rows])
                    for i in range(len(part["names"]))]
        return [Tensor(samples, len(rows[0]), [int(v) for row in rows for v in row])]
    scale, shift = part.get("scale", 1.0), part.get("shift", 0.0)
    plain = scale == 1.0 and shift == 0.0 and math.copysign(1.0, shift) > 0
    x = ar.zeros(samples, part["width"])
    values = [float(v) if plain else ieee.fma(float(v), scale, shift)
              for row in rows for v in row]
    return [x.like([ar.constant(1, 1, v).m[0] for v in values], x.frac)]


def npy_parts(content, file):
    """What a NumPy file says: its type in ours, and the elements as a trace has them."""
    start = 12 if content[6] > 1 else 10
    size = int.from_bytes(content[8:start], "little")
    said = ast.literal_eval(content[start:start + size].decode("ascii").strip())
    order, kind, shape = said["descr"][0], said["descr"][1:], said["shape"]
    code = order + {"f2": "e", "f4": "f", "f8": "d", "i8": "q"}[kind]
    elements = [x for (x,) in struct.iter_unpack(code, content[start + size:])]
    rows, cols = ([1] + list(shape))[-2:]
    if said["fortran_order"]:
        elements = [elements[j * rows + i] for i in range(rows) for j in range(cols)]
    if kind == "i8":
        frac = int(file.rsplit(".frac", 1)[1].removesuffix(".npy"))
        return (rows, cols), Fixed(), struct.pack(f"<q{len(elements)}q", frac, *elements)
    code, name = ("d", "f64") if kind == "f8" else ("f", "f32")
    return (rows, cols), Float(name), struct.pack(f"<{len(elements)}{code}", *elements)


def raw_type(init, ar):
    """Section 8: the type of raw elements, by word, by name, or the run's."""
    ends = {".f32": "f32", ".raw32": "f32", ".f64": "f64", ".raw64": "f64",
            ".fixed": "fixed"}
    word = init.get("type", "named")
    if word == "named":
        word = ends.get(os.path.splitext(init["file"])[1], ar.name)
    return Fixed() if word == "fixed" else Float(word)


def from_file(init, rows, cols, folder, ar):
    """Section 8, `file`: NumPy's, or the bytes that a trace holds of a weight."""
    with open(os.path.join(folder, init["file"]), "rb") as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != init["sha256"]:
        raise ValueError(init["file"])
    if "tensor" in init:
        numbers = moved(init, *array_of(content, init["tensor"]))
        w = ar.zeros(rows, cols)
        return w.like([ar.constant(1, 1, x).m[0] for x in numbers], w.frac)
    of, shape, n = raw_type(init, ar), (rows, cols), rows * cols
    if content[:6] == b"\x93NUMPY":
        shape, of, content = npy_parts(content, init["file"])
    sizes = {"f32": 4 * n, "f64": 8 * n, "fixed": 8 * n + 8}
    if shape != (rows, cols) or len(content) != sizes[of.name]:
        raise ValueError(init["file"])
    found = of.from_bytes(rows, cols, content)
    if of.name == ar.name:
        return found
    w = ar.zeros(rows, cols)
    return w.like([ar.constant(1, 1, x).m[0] for x in of.doubles(found)], w.frac)


def initial(weight, place, seed, data, ar, folder):
    """The initial value of the weight at a place in the manifest."""
    shape, init = weight["shape"], weight["init"]
    sizes = [data.training.inputs["x"].cols if n == "inputs" else n for n in shape]
    rows, cols = sizes[0] if len(sizes) > 1 else 1, math.prod(sizes[len(sizes) > 1:])
    stream, kind = draws.once(seed, 1, place), init["kind"]
    if kind == "zero":
        return ar.zeros(rows, cols)
    if kind == "constant":
        return ar.constant(rows, cols, init["value"])
    if kind == "normal":
        return ar.normals(rows, cols, stream, init["std"])
    if kind == "uniform":
        return ar.uniforms(rows, cols, stream, init["lo"], init["hi"])
    if kind == "fan-in":
        hi = ieee.div(1.0, math.sqrt(init.get("fan_in", cols)))
        return ar.uniforms(rows, cols, stream, -hi, hi)
    if kind == "values":
        w = ar.zeros(rows, cols)
        listed = init["values"]
        rest = [init["rest"]] * (len(w.m) - len(listed)) if "rest" in init else []
        return w.like([ar.constant(1, 1, x).m[0] for x in listed + rest], w.frac)
    if kind == "polygon":
        return polygon(init, rows, cols, stream, ar)
    if kind == "fourier":
        return fourier(init, rows, cols, seed, ar)
    if kind == "teacher" and init["factor"] == "A":
        return data.teacher[0]
    if kind == "teacher":
        return balanced_factor(init["factor"], rows, cols, data.teacher, ar)
    return from_file(init, rows, cols, folder, ar)
