"""Least squares by Householder's reflections: sections 12 and 16 of docs/spec."""

import math

from ieee import fma
from svd import chain


class Dependent(ArithmeticError):
    """A column that depends on those before it."""


def reflect(columns, y, j):
    """Step j: column j gets its place in the triangle, what follows is reflected."""
    x = columns[j]
    norm = math.sqrt(chain(x[j:], x[j:]))
    alpha = -norm if x[j] > 0 else norm
    v = [x[j] - alpha] + x[j + 1:]
    length = chain(v, v)
    x[j] = alpha
    if length > 0:
        for other in columns[j + 1:] + [y]:
            f = -((2 * chain(v, other[j:])) / length)
            other[j:] = [fma(f, a, b) for a, b in zip(v, other[j:])]


def back(columns, y, n):
    """Back substitution over the first n columns of the triangle."""
    x = [0.0] * n
    for j in range(n - 1, -1, -1):
        s = y[j]
        for k in range(j + 1, n):
            s = fma(-columns[k][j], x[k], s)
        x[j] = s / columns[j][j]
    return x


def residuals(columns, x, b):
    """The sum of squared residuals, and that about the mean."""
    rss, total = 0.0, 0.0
    for i, e in enumerate(b):
        for column, a in zip(columns, x):
            e = fma(-column[i], a, e)
        rss = fma(e, e, rss)
    for value in b:
        total = total + value
    d = [value - total / len(b) for value in b]
    return rss, chain(d, d)


def least_squares(columns, b):
    """The solution, its standard errors (none without spare points), rss and tss."""
    r, y, n = [list(column) for column in columns], list(b), len(columns)
    for j in range(n):
        reflect(r, y, j)
    sizes = [abs(r[j][j]) for j in range(n)]
    if not all(size > 2.0**-40 * max(sizes) for size in sizes):
        raise Dependent
    x = back(r, y, n)
    rss, tss = residuals(columns, x, b)
    if len(b) == n:
        return x, [None] * n, rss, tss
    s2 = rss / (len(b) - n)
    z = [back(r, [0.0] * k + [1.0], k + 1) for k in range(n)]
    rows = [[z[k][j] for k in range(j, n)] for j in range(n)]
    return x, [math.sqrt(s2 * chain(row, row)) for row in rows], rss, tss


def numbers(points, degree):
    """What section 16 says of a fit of points: names, values, standard errors."""
    columns = powers([x for x, _ in points], degree)
    a, errors, rss, tss = least_squares(columns, [y for _, y in points])
    yield from ((f"a{i}", *pair) for i, pair in enumerate(zip(a, errors)))
    if tss > 0:
        yield "r2", 1 - rss / tss, None
    yield "rss", rss, None


def solved(points, degree):
    """The same; nothing where the points are too few or too much alike."""
    if len(points) <= degree:
        return []
    try:
        return list(numbers(points, degree))
    except Dependent:
        return []


def powers(xs, degree):
    """The columns 1, x, x x."""
    columns = [[1.0] * len(xs)]
    for _ in range(degree):
        columns.append([a * b for a, b in zip(columns[-1], xs)])
    return columns
