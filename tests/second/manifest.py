"""Reading a manifest and spanning its runs: sections 13.1 and 13.2 of docs/spec."""

import itertools
import re

import yaml

WHOLE = re.compile(r"-?(0|[1-9][0-9]*)\Z")
REAL = re.compile(r"-?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\Z")


class MinusZero(int):
    """`-0`: the whole number 0 but, where a real is wanted, minus zero."""

    def __float__(self):
        return -0.0


def scalar(node):
    """Section 13.1: what a scalar is."""
    if node.style in ("'", '"', "|", ">"):
        return node.value
    if node.value in ("", "~", "null"):
        return None
    if node.value in ("true", "false"):
        return node.value == "true"
    if WHOLE.match(node.value) and -(2**63) <= int(node.value) < 2**64:
        return MinusZero() if node.value == "-0" else int(node.value)
    return float(node.value) if REAL.match(node.value) else node.value


def value(node):
    if isinstance(node, yaml.MappingNode):
        return {key.value: value(item) for key, item in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [value(item) for item in node.value]
    return scalar(node)


def read(path):
    with open(path, encoding="utf-8-sig") as file:
        return value(yaml.compose(file, yaml.BaseLoader))


def points(axis):
    """Section 13.2: the values of an axis."""
    if isinstance(axis, list):
        return axis
    step = axis.get("step", 1)
    return [axis["from"] + i * step for i in range(axis["count"])]


def substitute(part, values):
    if isinstance(part, dict):
        return {key: substitute(item, values) for key, item in part.items()}
    if isinstance(part, list):
        return [substitute(item, values) for item in part]
    if isinstance(part, str) and part.startswith("$") and part[1:] in values:
        return values[part[1:]]
    return part


def rungs(estimate):
    """Section 13.2: the estimates that one stands for whose nbeta is a list."""
    if not isinstance(estimate.get("nbeta"), list):
        return [estimate]
    lists = {key: estimate[key] for key in ("nbeta", "lr")
             if isinstance(estimate.get(key), list)}
    return [{**estimate, **{key: items[i] for key, items in lists.items()}}
            for i in range(len(estimate["nbeta"]))]


def unfold(run):
    if "llc" not in run:
        return run
    return {**run, "llc": [rung for estimate in run["llc"] for rung in rungs(estimate)]}


def runs(manifest):
    """The runs in order: of each its sweep values and its part `run`, values put in."""
    sweep, run = manifest.get("sweep") or {}, unfold(manifest["run"])
    factors = {name: points(axis) for name, axis in sweep.items()
               if isinstance(axis, list) or "with" not in axis}
    for indices in itertools.product(*(range(len(items)) for items in factors.values())):
        index, values = dict(zip(factors, indices)), {}
        for name, axis in sweep.items():
            if name not in factors:
                index[name] = index[axis["with"]]
            values[name] = (factors.get(name) or axis["values"])[index[name]]
        yield values, substitute(run, values)
