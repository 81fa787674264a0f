"""Least squares of least norm: section 12 of docs/spec."""

import math

from ieee import div, fma
from svd import chain
from tensor import Tensor


def reflect(v, length, y):
    """y less its part along v, twice."""
    p = chain(v, y)
    f = -div(p + p, length)
    return [fma(f, a, b) for a, b in zip(v, y)]


def reflector(x):
    """v, the sum of its squares, and what x becomes."""
    norm = math.sqrt(chain(x, x))
    alpha = -norm if x[0] > 0 else norm
    v = [x[0] - alpha] + x[1:]
    return v, chain(v, v), alpha


def solve(a, b, tolerance):
    """The x of least norm among those with the least sum of squares of a x - b, by
    columns of b."""
    m, n = a.rows, a.cols
    columns = [a.m[j::n] for j in range(n)]
    sides = [b.m[j::b.cols] for j in range(b.cols)]
    order, k, bound = list(range(n)), 0, 0.0
    while k < min(m, n):
        squares = [chain(c[k:], c[k:]) for c in columns[k:]]
        pivot = k + max(range(n - k), key=lambda c: (squares[c], -c))
        norm = math.sqrt(squares[pivot - k])
        bound = tolerance * norm if k == 0 else bound
        if not bound < norm:
            break
        for row in columns, order:
            row[k], row[pivot] = row[pivot], row[k]
        v, length, alpha = reflector(columns[k][k:])
        columns[k][k] = alpha
        for c in columns[k + 1:] + sides:
            c[k:] = reflect(v, length, c[k:])
        k += 1
    turns = []
    for i in reversed(range(k if k < n else 0)):
        places = [i, *range(k, n)]
        v, length, alpha = reflector([columns[c][i] for c in places])
        columns[i][i] = alpha
        for row in range(i):
            moved = reflect(v, length, [columns[c][row] for c in places])
            for c, x in zip(places, moved):
                columns[c][row] = x
        turns.append((places, v, length))
    found = Tensor(n, b.cols, [0.0] * (n * b.cols))
    for side, y in enumerate(sides):
        x = [0.0] * n
        for j in reversed(range(k)):
            s = y[j]
            for l in range(j + 1, k):
                s = fma(-columns[l][j], x[l], s)
            x[j] = div(s, columns[j][j])
        for places, v, length in reversed(turns):
            for c, moved in zip(places, reflect(v, length, [x[c] for c in places])):
                x[c] = moved
        for j in range(n):
            found.m[order[j] * b.cols + side] = x[j]
    return found
