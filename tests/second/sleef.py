"""Elementary functions: section 4 of docs/spec.

exp, log, tanh and sincospi are SLEEF 3.5.1's own; erf's constants are the chapter's.
"""

import ctypes
import functools
import math
import os
import re

from ieee import fma, fma32, to32

_lib = ctypes.CDLL("libsleef.so.3")
SUFFIX = {"f32": "f", "f64": "", "fixed": ""}


class _Pair32(ctypes.Structure):
    _fields_ = [("x", ctypes.c_float), ("y", ctypes.c_float)]


class _Pair64(ctypes.Structure):
    _fields_ = [("x", ctypes.c_double), ("y", ctypes.c_double)]


@functools.cache
def scalar(name, type_name):
    """SLEEF's deterministic scalar function of that name."""
    letter, ulp = "f" if type_name == "f32" else "d", "35" if name == "sincospi" else "10"
    function = getattr(_lib, f"Sleef_finz_{name}{letter}1_u{ulp}purecfma")
    real = ctypes.c_float if letter == "f" else ctypes.c_double
    pair = _Pair32 if letter == "f" else _Pair64
    function.restype = pair if name == "sincospi" else real
    function.argtypes = [real]
    return function


def exp(type_name, x):
    return scalar("exp", type_name)(x)


def log(type_name, x):
    return scalar("log", type_name)(x)


def tanh(type_name, x):
    return scalar("tanh", type_name)(x)


def sincospi(type_name, x):
    pair = scalar("sincospi", type_name)(x)
    return pair.x, pair.y


@functools.cache
def chapter():
    page = os.path.join(os.path.dirname(__file__), "../../docs/spec/04-functions.md")
    with open(page, encoding="utf-8") as file:
        return file.read()


@functools.cache
def constants(type_name):
    """erf's polynomials: MIDDLE and the coefficients of Q, P, R, k_0 first."""
    found = {}
    for name, key, numbers in re.findall(
            r"^(erff?) (MIDDLE|[QPR]) ((?:-?0x1\.[0-9a-f]+p[+-]?\d+\s+)+)",
            chapter(), re.M):
        if name == "erf" + SUFFIX[type_name]:
            found[key] = [float.fromhex(number) for number in numbers.split()]
    return found


def erf(type_name, x):
    if x != x:
        return x
    single, k = type_name == "f32", constants(type_name)
    step, fl = (fma32, to32) if single else (fma, float)
    end = 4.0 if single else 6.0

    def horner(coefficients, at):
        p = coefficients[-1]
        for c in reversed(coefficients[:-1]):
            p = step(p, at, c)
        return p

    t = min(abs(x), end)
    if t < 1:
        return step(x, horner(k["Q"], fl(x * x)), x)
    if single or t < 5:
        return math.copysign(horner(k["P"], fl(t - k["MIDDLE"][0])), x)
    return math.copysign(1.0 - horner(k["R"], t - end), x)
