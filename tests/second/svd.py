"""Singular values by one-sided Jacobi rotations: section 12 of docs/spec."""

import math

from ieee import fma
from tensor import Tensor


def chain(x, y):
    s = 0.0
    for a, b in zip(x, y):
        s = fma(a, b, s)
    return s


def rotation(alpha, beta, gamma):
    zeta = (beta - alpha) / (gamma + gamma)
    size = abs(zeta)
    root = math.sqrt(fma(zeta, zeta, 1.0)) if size < 2.0**500 else size
    t = 1.0 / (size + root)
    if zeta < 0:
        t = -t
    c = 1.0 / math.sqrt(fma(t, t, 1.0))
    return c, c * t


def rotate(columns, p, q, c, s):
    x, y = columns[p], columns[q]
    columns[p] = [fma(c, a, -(s * b)) for a, b in zip(x, y)]
    columns[q] = [fma(s, a, c * b) for a, b in zip(x, y)]


def sweep(u, v, m, least):
    """One sweep over the pairs of columns whose squares are not below `least`; whether it
    rotated any."""
    rotated = False
    for p in range(len(u) - 1):
        for q in range(p + 1, len(u)):
            alpha, beta = chain(u[p], u[p]), chain(u[q], u[q])
            gamma = chain(u[p], u[q])
            if alpha < least or beta < least:
                continue
            if abs(gamma) > (m * 2.0**-53) * (math.sqrt(alpha) * math.sqrt(beta)):
                c, s = rotation(alpha, beta, gamma)
                rotate(u, p, q, c, s)
                rotate(v, p, q, c, s)
                rotated = True
    return rotated


def signed(x, y):
    """Both columns, with the sign that section 12 wants."""
    largest = max(x, key=abs)
    return ([-a for a in x], [-a for a in y]) if largest < 0 else (x, y)


def decompose(a):
    """U, the singular values and V of a matrix with no fewer rows than columns."""
    m, n = a.rows, a.cols
    u = [a.m[j::n] for j in range(n)]
    v = [[float(i == j) for i in range(n)] for j in range(n)]
    least = 0.0
    for count in range(60):
        if not sweep(u, v, m, least):
            break
        if count == 29:
            least = 2.0**-100 * max(chain(x, x) for x in u)
    else:
        raise ArithmeticError("Jacobi's rotations do not settle")
    values = [math.sqrt(chain(x, x)) for x in u]
    order = sorted(range(n), key=lambda j: -values[j])
    found = [signed([x / values[j] if values[j] else 0.0 for x in u[j]], v[j])
             for j in order]
    us, vs = zip(*found)
    return (Tensor(n, m, sum(us, [])).transposed(), [values[j] for j in order],
            Tensor(n, n, sum(vs, [])).transposed())
