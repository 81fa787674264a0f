"""Operations that give each column a factor and a term: section 6 of docs/spec."""

import positions

OPS = "affine", "layernorm", "rmsnorm"


def finished(ar, y, w, b):
    if w is not None:
        y = ar.multiply_columns(y, w)
    return y if b is None else ar.add_bias(y, b)


def rows(ar, op, x):
    """What the weight multiplies."""
    if op["op"] == "affine":
        return x
    return ar.normalized(x, op["op"] == "layernorm", op["eps"])


def along(ar, op, x, change):
    """How that changes along a change of x; also what x gets of its gradient."""
    if op["op"] == "affine":
        return change
    return ar.normalized_along(x, op["op"] == "layernorm", op["eps"], change)


def forward(ar, op, x, w, b):
    return finished(ar, rows(ar, op, x), w, b)


def gradient(ar, op, x, w, dy):
    """Of the input."""
    return along(ar, op, x, dy if w is None else ar.multiply_columns(dy, w))


def weight_gradient(ar, x, made, dy):
    """Of the weight, whose factors are `made`."""
    return positions.long_sum(ar, x, ar.column_dots, dy, made)


def bend(ar, op, to, key, x, w, change, dy):
    """As section 6.2 has it."""
    if (to, key) == ("in", "weight"):
        return gradient(ar, op, x, change, dy)
    if (to, key) == ("weight", "in"):
        return weight_gradient(ar, x, along(ar, op, x, change), dy)
    if (to, key) == ("in", "in") and op["op"] != "affine":
        g = dy if w is None else ar.multiply_columns(dy, w)
        return ar.normalized_bend(x, op["op"] == "layernorm", op["eps"], g, change)
    return None
