"""Marks of training and where estimates stand: sections 9 and 10 of docs/spec."""

import math

import sleef
from ieee import fma


def bounded(part, metrics):
    """Whether the metrics of a checkpoint satisfy a bound."""
    metric = metrics[part["metric"]]
    if "above" in part:
        return metric > part["above"]
    return metric >= part["at_least"] if "at_least" in part else metric < part["below"]


def meets(mark, step, metrics):
    """Whether a checkpoint meets a mark."""
    return not (mark["every"] and step % mark["every"]) and bounded(mark, metrics)


def end(part, checkpoints):
    """The step that training ends at, at the latest."""
    stop = part.get("stop") or {}
    found = reached(part["marks"], checkpoints)
    if stop.get("mark") not in found:
        return part["steps"]
    return min(max(found[stop["mark"]] + stop["steps"], stop["after"]), part["steps"])


def ends(stop, checkpoints):
    """Whether the last checkpoint ends training by the stop rule on a metric."""
    if not stop or "metric" not in stop:
        return False
    last = sorted(checkpoints)[-stop["checkpoints"]:]
    return (len(last) == stop["checkpoints"] and last[-1] >= stop["after"]
            and all(bounded(stop, checkpoints[t]) for t in last))


def is_wanted(part, marks):
    """What an estimate's `when` says."""
    when = part.get("when")
    if not when:
        return True
    if "then" not in when:
        return when["mark"] in marks
    return (when["mark"] in marks and when["then"] in marks
            and marks[when["then"]] - marks[when["mark"]] > when["apart"])


def spread(at, every, most):
    """Section 10: steps in equal ratios, rounded to multiples of `every`."""
    first, last, count = at["from"], at["to"], at["count"]
    a, b = sleef.log("f64", float(first)), sleef.log("f64", float(last))
    x = [sleef.exp("f64", fma(b - a, i / (count - 1), a)) for i in range(count)]
    x[0], x[-1] = float(first), float(last)
    times = [min(max(math.floor(y / every + 0.5), 1), most // every) for y in x]
    return [every * m for i, m in enumerate(times) if m > max(times[:i], default=0)]


def stands_at(at, part, steps, marks, train):
    """Section 10: the steps of the checkpoints that an estimate stands at."""
    if at == "checkpoints":
        return sorted(t for t in steps if t >= part["from"])
    if isinstance(at, dict) and "count" in at:
        at = spread(at, train["checkpoints"]["every"], train["steps"])
    if isinstance(at, list):
        return sorted({max(steps) if t == "last" else t for t in at} & set(steps))
    step = marks.get(at["mark"]) if isinstance(at, dict) else at
    step = max(steps) if step == "last" else step
    return [step] if step in steps else []


def reached(marks, checkpoints):
    """The steps of the marks that training reached, by the metrics of its steps."""
    found = {}
    for mark in marks:
        steps = [t for t, metrics in checkpoints.items()
                 if meets(mark, t, metrics)]
        if steps:
            found[mark["name"]] = (max if mark["which"] == "last" else min)(steps)
    return found
