"""msgpack in the strict profile: section 14.1 of docs/spec."""

import struct


def head(n, short, longer):
    """A number n by `short` (first byte, limit) or the shortest of `longer`."""
    first, limit = short
    if n < limit:
        return bytes([first | n])
    for byte, form in longer:
        if n < 256 ** struct.calcsize(form):
            return bytes([byte]) + struct.pack(form, n)
    raise ValueError(f"{n} is too long")


def integer(n):
    if n >= 0:
        return head(n, (0, 128), ((0xCC, ">B"), (0xCD, ">H"), (0xCE, ">I"), (0xCF, ">Q")))
    if n >= -32:
        return struct.pack(">b", n)
    for byte, form in (0xD0, ">b"), (0xD1, ">h"), (0xD2, ">i"), (0xD3, ">q"):
        if n >= -(256 ** struct.calcsize(form)) // 2:
            return bytes([byte]) + struct.pack(form, n)
    raise ValueError(f"{n} is too low")


def text(s):
    b = s.encode()
    return head(len(b), (0xA0, 32), ((0xD9, ">B"), (0xDA, ">H"), (0xDB, ">I"))) + b


def binary(b):
    return head(len(b), (0, 0), ((0xC4, ">B"), (0xC5, ">H"), (0xC6, ">I"))) + b


def array(items):
    """An array of items that are packed already."""
    return head(len(items), (0x90, 16), ((0xDC, ">H"), (0xDD, ">I"))) + b"".join(items)


def mapping(pairs):
    """A map from text to values that are packed already."""
    packed = b"".join(text(key) + value for key, value in pairs)
    return head(len(pairs), (0x80, 16), ((0xDE, ">H"), (0xDF, ">I"))) + packed


def pack(value):
    """A value whose Python type says its form: a float is a real, an int an integer."""
    if value is None:
        return b"\xc0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return integer(value)
    if isinstance(value, float):
        return b"\xcb" + struct.pack(">d", value)
    if isinstance(value, str):
        return text(value)
    if isinstance(value, bytes):
        return binary(value)
    if isinstance(value, dict):
        return mapping([(key, pack(item)) for key, item in value.items()])
    return array([pack(item) for item in value])
