"""Data sets and initial values: sections 7 and 8 of REPRODUCING.md."""

import hashlib
import math
import os

import draws
import ieee
import svd
from floats import Float
from tensor import Tensor, named


class Data:
    """`x` and `target` on all samples; `teacher` are W1* and W2*."""

    def __init__(self, part, seed, ar):
        n, inputs, outputs = part["samples"], part["inputs"], part["outputs"]
        self.samples = n
        if part["kind"] == "constant":
            with named("x"):
                self.x = ar.constant(n, inputs, part["x_value"])
            with named("y*"):
                self.target = ar.constant(n, outputs, part["target_value"])
            return

        def normals(tensor, rows, cols, std):
            return ar.normals(rows, cols, draws.Stream(seed, 2, tensor), std)

        rank, std = part["rank"], part["teacher_std"]
        self.x = normals(0, n, inputs, 1.0)
        with named("y*"):
            w1, w2 = normals(1, rank, inputs, std), normals(2, outputs, rank, std)
            self.teacher = w1, w2
            self.target = ar.product(ar.product(self.x, w1.transposed()), w2.transposed())
            if part["noise_std"] > 0:
                noise = normals(3, n, outputs, part["noise_std"])
                self.target = ar.add(self.target, noise)


def balanced_factor(which, rows, cols, teacher, ar):
    """Section 8, `teacher`: a factor of W2* W1* with the roots of its singular values."""
    w1, w2 = teacher
    inputs, outputs, double = w1.cols, w2.rows, Float("f64")
    if outputs >= inputs:
        u, s, v = svd.decompose(double.product(w2, w1))
    else:
        v, s, u = svd.decompose(double.product(w1.transposed(), w2.transposed()))
    q = [math.sqrt(x) for x in s[:min(w1.rows, inputs, outputs)]]

    def element(i, j):
        if which == "W1":
            return v.m[j * v.cols + i] * q[i] if i < len(q) else 0.0
        return u.m[i * u.cols + j] * q[j] if j < len(q) else 0.0

    m = [ar.round(element(i, j)) for i in range(rows) for j in range(cols)]
    return Tensor(rows, cols, m)


def from_file(init, rows, cols, folder, ar):
    """Section 8, `file`: the bytes that a trace holds of a weight."""
    with open(os.path.join(folder, init["file"]), "rb") as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != init["sha256"]:
        raise ValueError(init["file"])
    return ar.from_bytes(rows, cols, content)


def initial(weight, place, seed, data, ar, folder):
    """The initial value of the weight at a place in the manifest."""
    shape, init = weight["shape"], weight["init"]
    rows, cols = shape if len(shape) == 2 else (1, shape[0])
    stream, kind = draws.Stream(seed, 1, place), init["kind"]
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
    if kind == "teacher":
        return balanced_factor(init["factor"], rows, cols, data.teacher, ar)
    return from_file(init, rows, cols, folder, ar)
