"""The least of a quadratic with l1: section 12 of docs/spec."""

import math

from ieee import chains, fma


def signed(l1, sign):
    return -l1 if sign < 0 else l1


def factor(g, free):
    """The decomposition by the arguments that are not held, or None."""
    l = []
    for i, j in enumerate(free):
        row = []
        for k in range(i + 1):
            s = g[j][free[k]]
            for m in range(k):
                s = fma(-row[m], (l[k] if k < i else row)[m], s)
            if k == i and not 2.0**-40 * g[j][j] < s:
                return None
            row.append(s / l[k][k] if k < i else math.sqrt(s))
        l.append(row)
    return l


def solve(l, a, l1, sign, free):
    y = []
    for i, j in enumerate(free):
        s = a[j] - signed(l1, sign[j])
        for m in range(i):
            s = fma(-l[i][m], y[m], s)
        y.append(s / l[i][i])
    for i in reversed(range(len(free))):
        s = y[i]
        for m in range(i + 1, len(free)):
            s = fma(-l[m][i], y[m], s)
        y[i] = s / l[i][i]
    return y


def move(x, y, sign, free):
    """Goes to y or to the first 0 on the way; whether it got to y."""
    shares = [(x[j] / (x[j] - to) if x[j] != 0 else 0.0, i)
              for i, (j, to) in enumerate(zip(free, y)) if not to * sign[j] > 0]
    if not shares:
        for j, to in zip(free, y):
            x[j] = to
        return True
    share, first = min(shares)
    for i, (j, to) in enumerate(zip(free, y)):
        x[j] = 0.0 if i == first else fma(share, to - x[j], x[j])
    sign[free[first]] = 0
    return False


def look(g, a, l1, x, sign):
    """Frees one, or says whether this is the least."""
    best, most, least = None, 0.0, True
    flat = sum(g, [])
    falls = chains(False, flat, [-y for y in x], a, len(x))
    sizes = chains(False, list(map(abs, flat)), list(map(abs, x)), list(map(abs, a)),
                   len(x))
    for j, (f, t) in enumerate(zip(falls, sizes)):
        doubt = 2.0**-40 * t
        if sign[j]:
            least = least and abs(f - signed(l1, sign[j])) <= doubt
        elif (abs(f) - l1) - doubt > most:
            best, most = (j, f), (abs(f) - l1) - doubt
    if best is None:
        return least
    sign[best[0]] = -1 if best[1] < 0 else 1
    return False


def sweep(g, a, l1, x, sign):
    for j, row in enumerate(g):
        s = a[j]
        for m, b in enumerate(row):
            if m != j:
                s = fma(-b, x[m], s)
        left = abs(s) - l1
        sign[j] = (-1 if s < 0 else 1) if left > 0 and row[j] > 0 else 0
        x[j] = sign[j] * (left / row[j]) if sign[j] else 0.0


def least(g, a, l1, start):
    """The least, or None where it is not found."""
    x = list(start)
    sign = [1 if y > 0 or l1 == 0 else -1 if y < 0 else 0 for y in x]
    for _ in range(100 * len(x) + 1000):
        free = [j for j, s in enumerate(sign) if s]
        l = factor(g, free)
        if l is None:
            if l1 == 0:
                return None
            sweep(g, a, l1, x, sign)
        else:
            y = solve(l, a, l1, sign, free)
            if l1 == 0:
                x = y
            elif not move(x, y, sign, free):
                continue
        if look(g, a, l1, x, sign):
            return x
    return None
