#!/usr/bin/env python3
"""Makes src/num/fixed/functions_table.h, the constants of the functions in fixed point, and
tests/kat/fixed_functions.txt, known answers of them.

    tools/gen/fixed_functions.py            writes both
    tools/gen/fixed_functions.py --check    makes them again and compares; exit 1 where
                                            anything differs, 77 without mpmath

Needs mpmath.  Every constant is the whole number nearest to a formula that stands in
docs/spec/11-fixed-point.md.
"""
import os
import sys

try:
    from mpmath import (mp, mpf, cos, erf, exp, factorial, floor, hermite, log, pi, sin, sqrt,
                        tanh)
except ImportError:
    sys.exit(77)

mp.prec = 700
TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
GELU_B = 2 * sqrt(2 / pi)
GELU_A = mpf("0.044715") * GELU_B
TABLE, ANSWERS = "src/num/fixed/functions_table.h", "tests/kat/fixed_functions.txt"


def nearest(x):
    return int(floor(x + mpf(1) / 2))


# ---- Constants ------------------------------------------------------------------------

def erf_coefficient(row, power):
    """Of ((x - c) 16)^power in erf's Taylor series at c = (row + 1/2) / 16."""
    c = (row + mpf(1) / 2) / 16
    if power == 0:
        return erf(c)
    slope = hermite(power - 1, c) * exp(-c * c) * 2 / sqrt(pi)
    return (-1)**(power - 1) * slope / factorial(power) / mpf(16)**power


def inverse(i):
    """The divisor table of constants.h."""
    return nearest(mpf(2)**62 / (1 + (i + mpf(1) / 2) / 128))


def array(name, values):
    return [f"static const int64_t {name}[{len(values)}] = {{",
            *(f"    {value}," for value in values), "};", ""]


def make_table():
    out = [
        "/* Made by tools/gen/fixed_functions.py: do not edit. */",
        "#ifndef SLT_NUM_FIXED_FUNCTIONS_TABLE_H",
        "#define SLT_NUM_FIXED_FUNCTIONS_TABLE_H",
        "",
        "#include <stdint.h>",
        "",
        "/* 256 / ln 2 at 20 fractional bits, ln 2 / 256 at 72. */",
        f"#define SLT_FIXED_STEPS INT64_C({nearest(mpf(2)**28 / log(2))})",
        f"#define SLT_FIXED_STEP UINT64_C({nearest(mpf(2)**64 * log(2))})",
        "",
        "/* sqrt(1/2) and 1 / sqrt(2 pi) at 62 fractional bits. */",
        f"#define SLT_FIXED_ROOT_HALF UINT64_C({nearest(mpf(2)**62 * sqrt(mpf(1) / 2))})",
        f"#define SLT_FIXED_PHI_ZERO UINT64_C({nearest(mpf(2)**62 / sqrt(2 * pi))})",
        "",
        "/* Of GELU's form with tanh, B = 2 sqrt(2 / pi): at 60; at 58, which is 2 B at 57; and",
        " * A = 0.044715 B and 3 A at 64. */",
        f"#define SLT_FIXED_GELU_B UINT64_C({nearest(mpf(2)**60 * GELU_B)})",
        f"#define SLT_FIXED_GELU_B4 UINT64_C({nearest(mpf(2)**58 * GELU_B)})",
        f"#define SLT_FIXED_GELU_A UINT64_C({nearest(mpf(2)**64 * GELU_A)})",
        f"#define SLT_FIXED_GELU_3A UINT64_C({nearest(3 * mpf(2)**64 * GELU_A)})",
        "",
        "/* 256^-j / j!, j = 0 .. 5, at 62 fractional bits. */",
        *array("fixed_power_series",
               [nearest(mpf(2)**(62 - 8 * j) / factorial(j)) for j in range(6)]),
        "/* 2^(j / 256) at 62 fractional bits. */",
        *array("fixed_power", [nearest(mpf(2)**(62 + mpf(j) / 256)) for j in range(256)]),
        "/* -ln(c_i 2^-62) of the table fixed_inverse at 62 fractional bits. */",
        *array("fixed_log",
               [nearest(-log(mpf(inverse(i)) / mpf(2)**62) * mpf(2)**62) for i in range(128)]),
        "/* erf around (i + 1/2) / 16 in powers of 16 (x - (i + 1/2) / 16), lowest first, at",
        " * 62 fractional bits. */",
        "static const int64_t fixed_erf[104][11] = {",
    ]
    for row in range(104):
        values = [nearest(mpf(2)**62 * erf_coefficient(row, j)) for j in range(11)]
        out += ["    {", *(f"        {value}," for value in values), "    },"]
    return "\n".join(out + ["};", "", "#endif", ""])


# ---- Known answers --------------------------------------------------------------------

class Words:
    """Arguments: the words of splitmix64."""

    def __init__(self, seed):
        self.state = seed

    def word(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) % 2**64
        z = self.state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
        return z ^ z >> 31

    def mantissa(self, bits):
        return (self.word() >> 1) % 2**bits - 2**bits // 2


EXTREMES = [2**63 - 1, -(2**63) + 1, -(2**63), 2**62, -(2**62), 2**32 + 1, -3, -2, -1, 0, 1, 2]


def spread(words, most, count):
    """Arguments from -most to most, with long fractions and with all exponents that fit."""
    for k in range(count):
        x = (2 * (k + mpf(words.word()) / 2**64) / count - 1) * most
        digits = max(int(floor(log(abs(x), 2))) + 1, 0)
        yield 62 - digits - (words.word() % 30 if k % 3 else 0), x


def everywhere(words):
    for f in range(-200, 201, 10):
        for m in EXTREMES if f % 40 == 0 else []:
            yield f, m
        for bits in 63, 40, 12:
            yield f, words.mantissa(bits)


def fixed(points):
    return [(f, nearest(x * mpf(2)**f)) for f, x in points]


def exponent_of_power(f, m):
    """The exponent of exp's result where m 2^-f is the largest argument."""
    w = (abs(m) << 72 - f if f <= 72 else abs(m) >> f - 72) * (1 if m > 0 else -1)
    k = (w >> 48) * nearest(mpf(2)**28 / log(2)) + 2**43 >> 44
    return 60 - max(0, k >> 8)


def answer(name, f, m, t, value):
    scaled = value * mpf(2)**t
    whole = nearest(scaled)
    return f"{name} {f} {m} {t} {whole} {nearest((scaled - whole) * 2**20)}"


def make_answers():
    words = Words(1)
    out = ["# Function, exponent and mantissa of x; exponent and nearest mantissa of the",
           "# answer, and what that rounding left, in units of 2^-20 of its last place.",
           "# Made by tools/gen/fixed_functions.py."]
    points = [p for p in everywhere(words) if p[1] <= 0]
    points += [p for p in fixed(spread(words, 44, 600)) if p[1] <= 0]
    points += [p for p in fixed(spread(words, 511, 400)) if p[1] > 0]
    for f, m in points:
        x = mpf(m) / mpf(2)**f
        name = "exp" if x <= 0 else "expup"
        out.append(answer(name, f, m, exponent_of_power(f, m), exp(max(x, mpf(-999)))))
    points = [p for p in everywhere(words) if p[1] > 0]
    points += [(62, 2**62 + sign * 2**k) for k in range(0, 62, 3) for sign in (-1, 1)]
    points += [(f, abs(m) + 1) for f, m in fixed(spread(words, 40, 300))]
    for f, m in points:
        out.append(answer("log", f, m, 52, log(mpf(m) / mpf(2)**f)))
    for name, function, most in ("erf", erf, 7), ("tanh", tanh, 24):
        for f, m in [*everywhere(words), *fixed(spread(words, most, 600))]:
            x = mpf(m) / mpf(2)**f
            x = min(max(x, mpf(-99)), mpf(99))
            out.append(answer(name, f, m, 60, function(x)))
    for f, m in [*everywhere(words), *fixed(spread(words, 5, 400))]:
        x = mpf(m) / mpf(2)**f
        x -= 2 * floor(x / 2)
        out.append(answer("sinpi", f, m, 61, sin(pi * x)))
        out.append(answer("cospi", f, m, 61, cos(pi * x)))
    for f, m in [*everywhere(words), *fixed(spread(words, 10, 600))]:
        x = mpf(m) / mpf(2)**f
        shift = max(abs(m).bit_length() - 1, 0) if m else 60
        out.append(answer("gelu", f, m, f + 60 - shift, x * share(x)))
        density = exp(-x * x / 2) / sqrt(2 * pi) if abs(x) < 99 else mpf(0)
        out.append(answer("slope", f, m, 60, share(x) + x * density))
        out.append(answer("bend", f, m, 60, (2 - x * x) * density))
    for f, m in [*everywhere(words), *fixed(spread(words, 50, 600))]:
        x = min(max(mpf(m) / mpf(2)**f, mpf(-999)), mpf(999))
        out.append(answer("odds", f, m, 60, 1 / (1 + exp(-x))))
        if x <= 0:
            out.append(answer("loss", f, m, 58, log(1 + exp(x))))
    for f, m in [*list(everywhere(words))[::4], *fixed(spread(words, 50, 200))]:
        x = min(max(mpf(m) / mpf(2)**f, mpf(-999)), mpf(999))
        y, t = 1 / (1 + exp(-x)), tanh(x)
        out.append(answer("sigmoid", f, m, 60, y))
        out.append(answer("sigrise", f, m, 60, y * (1 - y)))
        out.append(answer("sigbend", f, m, 60, y * (1 - y) * (1 - 2 * y)))
        out.append(answer("tanrise", f, m, 60, 1 - t * t))
        out.append(answer("tanbend", f, m, 60, -2 * t * (1 - t * t)))
    for f, m in [*list(everywhere(words))[::4], *fixed(spread(words, 20, 400))]:
        x = min(max(mpf(m) / mpf(2)**f, mpf(-999)), mpf(999))
        for name, v, rise, curl in (
                ("si", x, mpf(1), mpf(0)),
                ("gt", x * (GELU_B + GELU_A * x * x), GELU_B + 3 * GELU_A * x * x,
                 6 * GELU_A * x)):
            y = 1 / (1 + exp(-v))
            d = y * (1 - y)
            out.append(answer(name + "rise", f, m, 60, y + x * d * rise))
            out.append(answer(name + "bend", f, m, 60, 2 * d * rise + x * d * (
                (1 - 2 * y) * rise * rise + curl)))
        if f <= 60:
            x = mpf(m) / mpf(2)**f
            t = min(60, f + 61 - m.bit_length()) if m > 0 else 60
            out.append(answer("softpl", f, m, t, max(x, mpf(0)) + log(1 + exp(-min(abs(x), mpf(999))))))
    return "\n".join(out + [""])


def share(x):
    """The normal distribution function."""
    return (1 + erf(min(max(x, mpf(-99)), mpf(99)) / sqrt(mpf(2)))) / 2


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    for path, make in (TABLE, make_table), (ANSWERS, make_answers):
        text = make()
        with open(os.path.join(TOP, path), "r" if sys.argv[1:] else "w") as file:
            if not sys.argv[1:]:
                file.write(text)
            elif file.read() != text:
                sys.exit(path + " is not what tools/gen/fixed_functions.py makes")


if __name__ == "__main__":
    main()
