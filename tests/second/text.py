"""The text of numbers: section 2 of docs/spec."""

import re

from decimal import Decimal


DECIMAL = re.compile(r"-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


def real(x):
    """The shortest decimal that reads back, as section 2's table writes it."""
    sign, digits, exponent = Decimal(repr(x)).as_tuple()
    digits = "".join(map(str, digits)).lstrip("0")
    k = len(digits)
    n, digits = k + exponent, digits.rstrip("0")
    k, front = len(digits), "-" if sign else ""
    if not k:
        return front + "0"
    if k <= n <= 21:
        return front + digits + "0" * (n - k)
    if 0 < n <= 21:
        return front + digits[:n] + "." + digits[n:]
    if -6 < n <= 0:
        return front + "0." + "0" * -n + digits
    mantissa = digits[0] + ("." + digits[1:] if k > 1 else "")
    return front + mantissa + "e" + ("-" if n < 1 else "+") + str(abs(n - 1))


def scalar(value):
    """A sweep value or a result, as a golden has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "-"
    return real(value) if isinstance(value, float) else word(str(value))


def word(value):
    """Text as one word of a golden (section 15)."""
    escaped = re.sub(rb"[^!-~]|%(?=[0-9A-F]{2})", lambda m: b"%%%02X" % m[0][0],
                     value.encode())
    return escaped.decode("ascii")


def unword(value):
    return re.sub(rb"%([0-9A-F]{2})", lambda m: bytes([int(m[1], 16)]),
                  value.encode("ascii")).decode()
