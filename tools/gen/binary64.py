#!/usr/bin/python3
"""Makes tests/kat/binary64.txt: sums, products, quotients, roots and fused products of
binary64 numbers, rounded from the exact number in whole-number arithmetic.

    tools/gen/binary64.py            writes the list to standard output
    tools/gen/binary64.py --check    compares it with the file in the tree
"""
import math
import pathlib
import random
import sys
from fractions import Fraction

TREE = pathlib.Path(__file__).resolve().parents[2]
SIGN, INFINITE = 1 << 63, 0x7ff << 52


def exact(bits):
    exponent, mantissa = bits >> 52 & 0x7ff, bits & (1 << 52) - 1
    if exponent:
        mantissa |= 1 << 52
    number = Fraction(mantissa) * Fraction(2) ** (max(exponent, 1) - 1075)
    return -number if bits & SIGN else number


def ties_to_even(number):
    whole = math.floor(number)
    rest = number - whole
    return whole + (rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole & 1))


def rounded(number, sign_of_zero):
    """Bits of the nearest binary64; the sign where it is 0."""
    if number == 0:
        return sign_of_zero
    sign, number = (SIGN, -number) if number < 0 else (0, number)
    power = number.numerator.bit_length() - number.denominator.bit_length()
    if Fraction(2) ** power > number:
        power -= 1
    step = max(power, -1022) - 52
    kept = ties_to_even(number / Fraction(2) ** step)
    return sign | min((step + 1074 << 52) + kept, INFINITE)


def sign_of_sum(a, b):
    return a & b & SIGN


def root(bits):
    """The binary64 nearest to the root: bits of the root rounded down, then up or not."""
    number = exact(bits)
    shifted = number * Fraction(2) ** 2200
    down = Fraction(math.isqrt(math.floor(shifted)), 2 ** 1100)
    # The root is down or slightly more; a tie cannot be, since its square is too long.
    inexact = down * down != number
    return rounded(down + (Fraction(1, 2 ** 1200) if inexact else 0), bits)


def result(op, a, b, c):
    x, y, z = exact(a), exact(b), exact(c)
    if op == "add":
        return rounded(x + y, sign_of_sum(a, b))
    if op == "mul":
        return rounded(x * y, (a ^ b) & SIGN)
    if op == "div":
        return rounded(x / y, (a ^ b) & SIGN)
    if op == "fma":
        return rounded(x * y + z, sign_of_sum(a ^ b, c))
    return root(a)


def number(draw):
    """Near a power of 2, with few bits, or anything; exponents from all over."""
    exponent = draw.choice([0, 0, 1, 2, 53, 54, 500, 969, 1020, 1021, 1022, 1023, 1023,
                            1024, 1075, 1076, 1546, 2045, 2046, draw.randrange(2047)])
    ones = (1 << 52) - 1
    mantissa = draw.choice([0, 1, 2, 3, ones, ones - 1, 1 << 51, (1 << 51) + 1,
                            (1 << 51) - 1, 1 << draw.randrange(52),
                            draw.getrandbits(52), draw.getrandbits(52)])
    return draw.getrandbits(1) << 63 | exponent << 52 | mantissa


def neighbour(draw, bits, apart):
    """Another number whose exponent is at most `apart` away."""
    exponent = (bits >> 52 & 0x7ff) + draw.randint(-apart, apart)
    other = number(draw) & (SIGN | (1 << 52) - 1)
    return other | min(max(exponent, 0), 2046) << 52


def operands(draw, op):
    a, b = number(draw), number(draw)
    if op == "add" and draw.random() < 0.7:
        b = neighbour(draw, a, draw.choice([1, 3, 56]))
    if op == "div":
        b = b if b & ~SIGN else 1
    c = number(draw)
    if op == "fma" and draw.random() < 0.8:
        product = rounded(exact(a) * exact(b), 0)
        if product & ~SIGN < INFINITE:
            c = draw.choice([product ^ SIGN, neighbour(draw, product, 1),
                             neighbour(draw, product, 3), neighbour(draw, product, 110)])
    return a & ~SIGN if op == "sqrt" else a, b, c


def tie(draw):
    """A product halfway between two numbers, or exact, and an addend far below it."""
    factors = [draw.getrandbits(1) << 63 | draw.randrange(900, 1150) << 52
               | (draw.getrandbits(26) | 1) << 26 for _ in range(2)]
    product = rounded(exact(factors[0]) * exact(factors[1]), 0)
    below = (product >> 52 & 0x7ff) - draw.choice([54, 60, 75, 107, 126, 127, 128, 300])
    return *factors, number(draw) & (SIGN | (1 << 52) - 1) | below << 52


def bits_of(number):
    return rounded(Fraction(number), 0)


def above_tie(draw):
    """An addend and half a unit of its last place, but for 2^-78 of that half."""
    factors = [bits_of(2 ** 26 + 1), bits_of(2 ** 52 - 2 ** 26 + 1)]
    addend = 2 ** 79 * (2 ** 52 + draw.getrandbits(51))
    signs = [draw.getrandbits(1) << 63 for _ in range(2)]
    return factors[0] | signs[0], factors[1], bits_of(addend) | signs[1]


def table():
    draw = random.Random(64)
    lines = ["# Operation, operands, result: bits of binary64, rounded to nearest even.",
             "# Made by tools/gen/binary64.py."]
    for op, takes, count in (("add", 2, 200), ("mul", 2, 150), ("div", 2, 150),
                             ("sqrt", 1, 60), ("fma", 3, 340)):
        for _ in range(count):
            numbers = operands(draw, op)
            words = [*numbers[:takes], result(op, *numbers)]
            lines.append(op + "".join(f" {word:016x}" for word in words))
    for i in range(60):
        numbers = tie(draw) if i % 3 else above_tie(draw)
        words = [*numbers, result("fma", *numbers)]
        lines.append("fma" + "".join(f" {word:016x}" for word in words))
    return "\n".join(lines) + "\n"


def main():
    made = table()
    if sys.argv[1:] == ["--check"]:
        if (TREE / "tests/kat/binary64.txt").read_text(encoding="utf-8") != made:
            sys.exit("tests/kat/binary64.txt is not what tools/gen/binary64.py makes")
    else:
        sys.stdout.write(made)


main()
