#!/usr/bin/env python3
"""Makes src/num/float/erf_table.h, the polynomials of erf in binary32 and binary64, and
tests/kat/erf.txt, known answers of erf.

    tools/gen/erf.py            writes both
    tools/gen/erf.py --check    makes them again and compares, and compares the constants
                                in docs/spec/04-functions.md; exit 1 where anything differs, 77
                                without mpmath

Needs mpmath.  Minimax polynomials (Remez exchange, 60 digits), their coefficients then
rounded to the format, with t = min(|x|, END):

  t < 1:       erf(x) = x + x q(x^2),     the error of q relative to erf(x) / x;
  1 <= t:      erf(t) = p(t - MIDDLE),    the error absolute;
  TAIL <= t:   erf(t) = 1 - r(t - END),   the error absolute; binary64 only.

END lies where erf is 1 to the format with room to spare.  MIDDLE is the multiple of 1/64
in a range given below whose erf is nearest to a number of the format, so that the constant
term, which alone reaches the result unscaled, brings next to no error of its own; and
MIDDLE - 1 is at most 2, so that the subtraction is exact.  One p up to END in binary64
would need a MIDDLE further to the right, or powers so large that rounding tells.
"""
import os
import re
import struct
import sys

try:
    from mpmath import (mp, mpf, matrix, lu_solve, erf, erfc, sqrt, pi, cos, polyval, sign,
                        frac, workprec)
except ImportError:
    sys.exit(77)

mp.dps = 60
TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")

FORMATS = [
    # name, bits, degrees of q, p, r, TAIL, END, MIDDLE within, suffix of a constant
    ("F32", 24, 6, 15, None, 4, 4, (2.25, 2.75), "f"),
    ("F64", 53, 12, 33, 11, 5, 6, (2.75, 3.0), ""),
]


def round_to(x, bits):
    with workprec(bits):
        return +x


def solve(points, f, weight, degree):
    """The polynomial whose weighted error alternates with equal size on the points."""
    n = degree + 2
    a, b = matrix(n, n), matrix(n, 1)
    for i, t in enumerate(points):
        for j in range(degree + 1):
            a[i, j] = t**j
        a[i, n - 1] = (-1)**i / weight(t)
        b[i] = f(t)
    solution = lu_solve(a, b)
    return [solution[j] for j in range(degree + 1)]


def extremes(errors):
    """Indices of the largest errors between changes of sign."""
    found, best = [], 0
    for i in range(1, len(errors)):
        if sign(errors[i]) != sign(errors[best]):
            found.append(best)
            best = i
        elif abs(errors[i]) > abs(errors[best]):
            best = i
    return found + [best]


def remez(f, weight, low, high, degree):
    def nodes(count):
        middle, half = (low + high) / 2, (high - low) / 2
        return [middle - half * cos(pi * k / (count - 1)) for k in range(count)]

    points, grid = nodes(degree + 2), nodes(24 * (degree + 2))
    values, weights = [f(t) for t in grid], [weight(t) for t in grid]
    for _ in range(20):
        coefficients = solve(points, f, weight, degree)
        errors = [w * (v - polyval(coefficients[::-1], t))
                  for t, v, w in zip(grid, values, weights)]
        peaks = extremes(errors)
        while len(peaks) > degree + 2:
            peaks.pop(0 if abs(errors[peaks[0]]) < abs(errors[peaks[-1]]) else -1)
        if len(peaks) < degree + 2:
            break
        points = [grid[i] for i in peaks]
        sizes = [abs(errors[i]) for i in peaks]
        if max(sizes) < min(sizes) * mpf("1.01"):
            break
    return coefficients, max(abs(e) for e in errors)


def small(u):
    """q(u) with erf(x) = x + x q(x^2)."""
    if u == 0:
        return 2 / sqrt(pi) - 1
    return erf(sqrt(u)) / sqrt(u) - 1


def choose_middle(low, high, bits):
    candidates = [mpf(k) / 64 for k in range(int(low * 64), int(high * 64) + 1)]
    return min(candidates, key=lambda m: abs(erf(m) - round_to(erf(m), bits)))


def spell(x, bits, suffix):
    """A C hexadecimal constant with the value of x rounded to bits."""
    return float(round_to(x, bits)).hex().replace("0000000p", "p") + suffix


def table(name, coefficients, bits, suffix):
    lines = ["static const %s slt_erf_%s[] = {" % (
        "float" if suffix else "double", name)]
    lines += ["    %s," % spell(c, bits, suffix) for c in coefficients]
    return lines + ["};", ""]


def define(name, value, bits, suffix):
    return "#define SLT_ERF_%s %s" % (name, spell(mpf(value), bits, suffix))


def make_format(name, bits, degree_q, degree_p, degree_r, tail, end, within, suffix):
    kind, one = name.lower(), lambda t: mpf(1)
    q, error_q = remez(small, lambda u: 1 / (1 + small(u)), mpf(0), mpf(1), degree_q)
    middle = choose_middle(*within, bits)
    p, error_p = remez(lambda s: erf(s + middle), one, 1 - middle, tail - middle, degree_p)
    print("%s: q within 2^%.2f, p within 2^%.2f, middle %s" % (
        name, mp.log(error_q, 2), mp.log(error_p, 2), middle), file=sys.stderr)
    out = [define(name + "_END", end, bits, suffix),
           define(name + "_MIDDLE", middle, bits, suffix), ""]
    out += table("q_" + kind, q, bits, suffix) + table("p_" + kind, p, bits, suffix)
    if degree_r:
        r, error_r = remez(lambda s: erfc(s + end), one, mpf(tail - end), mpf(0), degree_r)
        print("%s: r within 2^%.2f" % (name, mp.log(error_r, 2)), file=sys.stderr)
        out += [define(name + "_TAIL", tail, bits, suffix), ""]
        out += table("r_" + kind, r, bits, suffix)
    return out


def make():
    out = [
        "/* Made by tools/gen/erf.py, which says how; do not edit. Lowest power first. */",
        "#ifndef SLT_NUM_FLOAT_ERF_TABLE_H",
        "#define SLT_NUM_FLOAT_ERF_TABLE_H",
        "",
    ]
    for row in FORMATS:
        out += make_format(*row)
    return "\n".join(out + ["#endif", ""])


def bits_of(x):
    return "%016x" % struct.unpack("<Q", struct.pack("<d", float(x)))[0]


def make_answers():
    """Points over every binade up to 1/2 and densely from there to 6, with long fractions."""
    out = [
        "# x, erf(x) rounded to binary64, and what the rounding left, rounded again: bits.",
        "# Made by tools/gen/erf.py.",
    ]
    points = [mpf(2)**-k * (1 + frac(k * sqrt(mpf(2)))) for k in range(2, 1075, 5)]
    points += [mpf(1) / 2 + (k + frac(k * sqrt(mpf(3)))) * 11 / 1600 for k in range(800)]
    for x in [mpf(float(point)) for point in points]:
        high = mpf(float(erf(x)))
        out.append("%s %s %s" % (bits_of(x), bits_of(high), bits_of(erf(x) - high)))
    return "\n".join(out + [""])


def is_specified(header):
    """Whether the specification has every constant of the header, in the header's order."""
    with open(os.path.join(TOP, "docs/spec/04-functions.md")) as file:
        words = iter(file.read().split())
    constants = re.findall(r"-?0x1\.[0-9a-f]+p[-+]\d+", header)
    ends = {define(name + "_END", end, bits, "").split()[-1]
            for name, bits, _, _, _, _, end, _, _ in FORMATS}
    ends |= {define(row[0] + "_TAIL", row[5], row[1], "").split()[-1] for row in FORMATS}
    return all(c in words for c in constants if c not in ends)


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    header = make()
    if sys.argv[1:] and not is_specified(header):
        sys.exit("docs/spec/04-functions.md lacks a constant that tools/gen/erf.py makes")
    for path, text in (("src/num/float/erf_table.h", header), ("tests/kat/erf.txt", make_answers())):
        with open(os.path.join(TOP, path), "r" if sys.argv[1:] else "w") as file:
            if not sys.argv[1:]:
                file.write(text)
            elif file.read() != text:
                sys.exit(path + " is not what tools/gen/erf.py makes")


if __name__ == "__main__":
    main()
