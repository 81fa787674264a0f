"""Eigenvalues of symmetric matrices: section 12 of docs/spec."""

import math

from ieee import fma
from svd import chain


def reflected(a, e, k):
    """Column k of the matrix brought to one number beside the diagonal."""
    n, v = len(a), list(a[k])
    first = range(k + 1, n)
    norm = math.sqrt(chain(v[k + 1:], v[k + 1:]))
    e[k] = alpha = -norm if v[k + 1] > 0 else norm
    if not norm > 0:
        return
    v[k + 1] = v[k + 1] - alpha
    length = chain(v[k + 1:], v[k + 1:])
    q = [chain(row[k + 1:], v[k + 1:]) * (2.0 / length) for row in a]
    s = -(chain(v[k + 1:], q[k + 1:]) / length)
    q = [fma(s, x, y) for x, y in zip(v, q)]
    for i in first:
        for j in range(k + 1, i + 1):
            a[i][j] = a[j][i] = fma(-q[i], v[j], fma(-v[i], q[j], a[i][j]))


def stepped(d, e, l, m):
    g = (d[l + 1] - d[l]) / (e[l] + e[l])
    r = math.sqrt(fma(g, g, 1.0))
    g = (d[m] - d[l]) + e[l] / (g + (-r if g < 0 else r))
    s = c = 1.0
    p = 0.0
    for i in range(m - 1, l - 1, -1):
        f, b = s * e[i], c * e[i]
        e[i + 1] = r = math.sqrt(fma(f, f, g * g))
        if not r > 0:
            d[i + 1] = d[i + 1] - p
            e[m] = 0.0
            return
        s, c = f / r, g / r
        g = d[i + 1] - p
        t = c * b
        r = fma(d[i] - g, s, t + t)
        p = s * r
        d[i + 1] = g + p
        g = c * r - b
    d[l], e[l], e[m] = d[l] - p, g, 0.0


def eigenvalues(a):
    """Descending, of a list of rows, which is worked on."""
    n = len(a)
    e = [0.0] * n
    for k in range(n - 2):
        reflected(a, e, k)
    if n > 1:
        e[n - 2] = a[n - 2][n - 1]
    d = [a[i][i] for i in range(n)]
    small = 2.0**-53 * max(abs(x) + abs(y) for x, y in zip(d, e))

    def end(l):
        return next(m for m in range(l, n) if m == n - 1 or abs(e[m]) <= small)

    for l in range(n):
        steps = 0
        while end(l) > l:
            if steps == 60:
                raise ArithmeticError("QL steps do not settle")
            steps += 1
            stepped(d, e, l, end(l))
    return sorted(d, reverse=True)
