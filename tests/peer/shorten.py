"""A manifest cut down to what a peer follows: single runs of a few hundred updates.

All settings of a run stay; its training and its chains get shorter, estimates stand at the
last step, and what decides no weight goes: stop rules, marks, checkpoints underway.  So does
`adapt`: chains keep the lr that is written, which a peer knows; and so does `tempering`, whose
exchanges are not exported.
"""

import itertools
import json
import re
from decimal import Decimal

import yaml


def values(axis):
    """All values of an axis, as text."""
    if isinstance(axis, list):
        return axis
    if "with" in axis:
        return axis["values"]
    first, step = Decimal(axis["from"]), Decimal(axis.get("step", "1"))
    return [str(first + i * step) for i in range(int(axis["count"]))]


def places(axis):
    """Of an axis of words every place, of one of numbers the middle."""
    count = len(values(axis))
    words = any(re.match("[A-Za-z]", value) for value in values(axis))
    return range(count) if words else [count // 2]


def points(sweep):
    """Values of the axes; an axis `with` another goes along with it."""
    apart = [name for name, axis in sweep.items() if "with" not in axis]
    for chosen in itertools.product(*(places(sweep[name]) for name in apart)):
        place = dict(zip(apart, chosen))
        yield {name: values(axis)[place[name if name in place else axis["with"]]]
               for name, axis in sweep.items()}


def substitute(value, point):
    if isinstance(value, dict):
        return {key: substitute(item, point) for key, item in value.items()}
    if isinstance(value, list):
        return [substitute(item, point) for item in value]
    return point[value[1:]] if value[:1] == "$" else value


def flow(value):
    """YAML in one line.  Scalars are text as the manifest has it; plain ones stay plain, so
    that a number is the same number."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return value if re.fullmatch(r"[\w.+-]+", value) else json.dumps(value)


def cut(run, updates):
    """Changes a run in place: `updates` of training, at least as many of each chain.  A
    flow has no updates: chains are then those at the first weights."""
    if "times" in run.get("train", {}):
        run.pop("train")
    train = run.get("train")
    if train:
        if train["steps"] != "0":
            train["steps"] = str(updates)
        for key in ("stop", "marks", "metrics"):
            train.pop(key, None)
        train["checkpoints"] = {"state": "last"}
    for estimate in run.get("llc", []):
        estimate["at"] = "last"
        estimate["num_draws"] = str(updates + 1)
        estimate["num_chains"] = "1"
        for key in ("from", "when", "hessian_probes", "hessian_method", "hessian_batch",
                    "adapt", "tempering"):
            estimate.pop(key, None)


def runs(path, updates):
    """Name and part `run` for each point where there is anything to follow; trials may
    end before that."""
    with open(path, encoding="utf-8") as file:
        manifest = yaml.load(file, Loader=yaml.BaseLoader)
    for point in points(manifest.get("sweep", {})):
        run = substitute(manifest["run"], point)
        cut(run, updates)
        if "trials" in run or not run.keys() & {"train", "llc"}:
            continue
        words = " ".join(f"{axis}={value}" for axis, value in point.items())
        yield f"{manifest['name']} {words}".strip(), run


def manifest_of(run):
    return f"sltrace: 1\nname: peer/run\nrun: {flow(run)}\n"
