#!/usr/bin/python3
"""Makes src/num/fixed/constants.h: the constants of the fixed-point normals.

    tools/gen/fixed.py            writes the table to standard output
    tools/gen/fixed.py --check    compares it with the file in the tree
"""
import pathlib
import sys

try:
    from mpmath import factorial, floor, log, mp, mpf, pi, sqrt
except ImportError:
    sys.exit(77)

mp.prec = 300
TREE = pathlib.Path(__file__).resolve().parents[2]


def nearest(value):
    return int(floor(value + mpf(1) / 2))


def array(name, values, number="int64_t"):
    rows = [f"    {value}," for value in values]
    return "\n".join([f"static const {number} {name}[{len(values)}] = {{", *rows, "};"])


def table():
    inverse = [nearest(mpf(2) ** 62 / (1 + (i + mpf(1) / 2) / 128)) for i in range(128)]
    logs = [nearest(-log(mpf(c) / mpf(2) ** 62) * mpf(2) ** 57) for c in inverse]
    reciprocal = [nearest(mpf(2) ** 62 / j) for j in range(1, 8)]

    def taylor(n):
        sign = -1 if n // 2 % 2 else 1
        return nearest(sign * mpf(2) ** 61 * (pi / 2) ** n / factorial(n))

    parts = [
        "/* Made by tools/gen/fixed.py: do not edit. */",
        "#ifndef SLT_NUM_FIXED_CONSTANTS_H",
        "#define SLT_NUM_FIXED_CONSTANTS_H",
        "",
        "#include <stdint.h>",
        "",
        "/* ln 2 at 62 fractional bits. */",
        f"#define SLT_FIXED_LN2 INT64_C({nearest(log(2) * mpf(2) ** 62)})",
        "",
        "/* c_i: 1 / (1 + (i + 1/2) / 128) at 62 fractional bits. */",
        array("fixed_inverse", inverse),
        "",
        "/* -ln(c_i 2^-62) at 57 fractional bits. */",
        array("fixed_inverse_log", logs),
        "",
        "/* 1 / j, j = 1 .. 7, at 62 fractional bits. */",
        array("fixed_reciprocal", reciprocal),
        "",
        "/* Taylor coefficients of sin(pi a / 2) / a and cos(pi a / 2) in a^2, at 61",
        " * fractional bits. */",
        array("fixed_sine", [taylor(n) for n in range(1, 20, 2)]),
        "",
        array("fixed_cosine", [taylor(n) for n in range(0, 21, 2)]),
        "",
        "/* 1 / sqrt of (i + 64.5) / 256, at 15 fractional bits, rounded down: where roots",
        " * start. */",
        array("fixed_root_start", [int(floor(2**15 * sqrt(mpf(512) / (2 * i + 129)))) for i in range(192)],
              "uint16_t"),
        "",
        "#endif",
        "",
    ]
    return "\n".join(parts)


def main():
    text = table()
    if sys.argv[1:] == ["--check"]:
        same = (TREE / "src/num/fixed/constants.h").read_text() == text
        print("1..1")
        print("ok 1" if same else "not ok 1", "- src/num/fixed/constants.h is what its generator makes")
        return 0 if same else 1
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
