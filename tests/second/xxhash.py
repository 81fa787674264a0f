"""XXH3 of 128 and 64 bits by libxxhash; digests in canonical, big-endian form."""

import ctypes

_lib = ctypes.CDLL("libxxhash.so.0")


class _Hash128(ctypes.Structure):
    _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]


_lib.XXH3_128bits.restype = _Hash128
_lib.XXH3_128bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
_lib.XXH3_64bits.restype = ctypes.c_uint64
_lib.XXH3_64bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]


def xxh128(data):
    """Section 14.2: the high 64 bits, then the low ones."""
    digest = _lib.XXH3_128bits(data, len(data))
    return digest.high.to_bytes(8, "big") + digest.low.to_bytes(8, "big")


def xxh64(data):
    return _lib.XXH3_64bits(data, len(data)).to_bytes(8, "big")
