"""Fingerprints of elementary functions: section 4 of docs/spec."""

import functools
import math
import re
import struct

import fixed
import functions
import sleef
from ieee import to32
from sleef import SUFFIX, chapter
from xxhash import xxh64

POWER = {"exp": -6, "expf": -9, "log": -14, "logf": -14, "tanh": -11, "tanhf": -11,
         "erf": -13, "erff": -13, "sincospi": -14, "sincospif": -14}
SPECIAL = {
    "f32": "00000000 00000001 007fffff 00800000 7f7fffff 7f800000 3f000000 3f7fffff"
           " 3f800000 3f800001",
    "f64": "0000000000000000 0000000000000001 000fffffffffffff 0010000000000000"
           " 7fefffffffffffff 7ff0000000000000 3fe0000000000000 3fefffffffffffff"
           " 3ff0000000000000 3ff0000000000001",
}


def grid(name, type_name):
    """The arguments that a function is tried at."""
    width, form = (32, "<If") if type_name == "f32" else (64, "<Qd")
    patterns = []
    for digits in SPECIAL[type_name].split():
        patterns += [int(digits, 16), int(digits, 16) | 1 << width - 1]
    for i in range(65536):
        patterns.append(i << 16 | (40503 * i) % 65536 if width == 32 else
                        i << 48 | (0x9E3779B97F4A7C15 * i) % 2**64 >> 16)
    found = [struct.unpack("<" + form[2], struct.pack(form[:2], p))[0] for p in patterns]
    fl = to32 if width == 32 else float
    step = fl(float.fromhex("0x1.6a09e667f3bcdp0")) * 2.0**POWER[name]
    multiples = range(1, 65537) if name.startswith("log") else range(-32768, 32768)
    found += [fl(j * step) for j in multiples]
    return [x for x in found if not left_out(name, x)]


def left_out(name, x):
    return x != x or (name.startswith("log") and x < 0) or (
        name.startswith("sincospi") and math.isinf(x))


@functools.cache
def published():
    """Numerics revision 1's fingerprints, from the page."""
    return dict(re.findall(r"^([a-z_]+) ([0-9a-f]{16})$", chapter(), re.M))


def fingerprint(name, function=None):
    """Of the function of that name, or of another in its place."""
    if name == "fixed":
        return xxh64(fixed.fingerprinted()).hex()
    if name.startswith("fixed_"):
        return xxh64(functions.fingerprinted(name[6:], fixed.sincospi)).hex()
    type_name = "f32" if name in ("expf", "logf", "tanhf", "erff", "sincospif") else "f64"
    function = function or functools.partial(
        getattr(sleef, name[:-1] if type_name == "f32" else name), type_name)
    results = list(map(function, grid(name, type_name)))
    if name.startswith("sincospi"):
        results = [s for s, _ in results] + [c for _, c in results]
    form = "<%df" if type_name == "f32" else "<%dd"
    return xxh64(struct.pack(form % len(results), *results)).hex()


def draws_normals(part):
    """Whether data or an initial value, by their kinds, draw normals."""
    return (part["kind"] in ("linear-teacher", "subspace", "ball", "normal")
            or part["kind"] == "sinusoid" and part["noise_std"] > 0
            or part["kind"] == "polygon" and part["noise"] > 0)


def called_by(name, starts, model, normals=False):
    """What data and initial values, by their kinds, and operations and the loss call in
    an arithmetic."""
    front, suffix = "fixed_" if name == "fixed" else "", SUFFIX[name]
    found = set()
    if normals or any(map(draws_normals, starts)):
        found |= {"fixed"} if name == "fixed" else {"log", "sincospi" + suffix}
    if any(part["kind"] == "exponential" or part["kind"] == "ball"
           and "squares_from" not in part for part in starts):
        found.add("fixed" if name == "fixed" else "log")
    if any(part["kind"] in ("sinusoid", "polygon") for part in starts):
        found.add(front + "sincospi" + suffix)
    if any(part["kind"] == "fourier" for part in starts):
        found.add("sincospi")
    for op in model["ops"]:
        if op["op"] == "gelu" and op["form"] == "exact":
            found.add(front + "erf" + suffix)
        if op["op"] in ("gelu", "silu", "softplus", "sigmoid", "softmax", "dot-attention"):
            found.add(front + "exp" + suffix)
        if op["op"] == "rotary":
            found |= {"exp", "log", "sincospi"}
        if op["op"] == "softplus":
            found.add(front + "log" + suffix)
    if any(op["op"] == "tanh" for op in model["ops"]):
        found.add(front + "tanh" + suffix)
    return found | called_by_loss(name, model["loss"])


def called_by_loss(name, loss):
    front, suffix = "fixed_" if name == "fixed" else "", SUFFIX[name]
    return {front + "exp" + suffix, front + "log"} if loss["op"] in ("cross-entropy", "bce", "bce-classes") \
        else set()


def called_by_metric(name, metric, data):
    if metric["kind"] == "loss":
        return called_by_loss(name, metric["loss"])
    if metric["kind"] == "population-error":
        return {"exp", "log"} if data["kind"] == "exponential" else set()
    if metric["kind"] == "effective-dimension":
        return {"exp", "log"}
    return {"sincospi"} if metric["kind"] == "ipr" else set()


def called(run):
    """The functions that a run calls."""
    model, llc = run["model"], run["llc"]
    inits = [w["init"] for w in model["weights"] if "init" in w]
    found = called_by(run["arithmetic"], [run["data"], *run["other_data"], *inits], model,
                      bool(llc))
    if "plant" in model:
        found |= called_by("f64", inits, model)
    for metric in (run.get("train") or {}).get("metrics", []):
        found |= called_by_metric(run["arithmetic"], metric, run["data"])
    if "times" in (run.get("train") or {}):
        found |= {"exp", "log"}
    if any(isinstance(part["nbeta"], str) for part in llc):
        found.add("log")
    if any(part.get("mala_acceptance") or part["sampler"] in ("baoab", "mala", "hmc")
           for part in llc):
        found.add("exp")
    if any("adapt" in part for part in llc):
        found.add("log")
    if any(isinstance(part["at"], dict) and "count" in part["at"] for part in llc):
        found |= {"exp", "log"}
    return sorted(found)


def header(run):
    """What a trace's header holds of them."""
    return {name: published()[name] for name in called(run)}
