"""Sudden falls of a metric: section 16 of docs/spec."""

import sleef
from ieee import mean


def starts(losses, window, drop, ends):
    """The checkpoints that transitions stand at."""
    count = len(losses)
    if count < 2 * window:
        return []
    total = mean(losses[:window]) - mean(losses[count - window:])
    if total <= 0:
        return []
    found, best = [], None
    for k in range(window, count - window + 1):
        fall = mean(losses[k - window:k]) - mean(losses[k:k + window])
        if not (fall > 0 and fall >= drop * total):
            best = None
        elif best is None or fall > best:
            found, best = (found if best is None else found[:-1]) + [k], fall
    outer = (window, count - window) if ends == "drop" else ()
    return [k for k in found if k not in outer]


def lambda_of(results, begin, end):
    """The mean of the estimates at checkpoints from step begin to below end."""
    found = [x for step, x in results if begin <= step and (end is None or step < end)]
    return mean(found) if found else None


def estimates(run, name):
    """Steps and values of the results NAME@STEP, in the table's order."""
    return [(int(key[len(name) + 1:]), x) for key, x in run.results.items()
            if key.startswith(name + "@") and x is not None]


def items(part, run):
    """Of each transition of a run its fields, by NAME.FIELD."""
    curve = [(t, metrics[part["metric"]]) for t, metrics in run.metrics.items()
             if t >= part.get("from", 0) and part["metric"] in metrics]
    steps, losses = [t for t, _ in curve], [x for _, x in curve]
    edges = [0, *starts(losses, part["window"], part["drop"], part.get("ends")),
             len(losses)]
    results, states = estimates(run, part.get("llc", "llc/mean")), []
    for a, b in zip(edges, edges[1:]):
        if a < b:
            end = steps[b] if b < len(steps) else None
            llc = lambda_of(results, steps[a], end)
            states.append((steps[a], mean(losses[a:b]), llc))
    return [fields(part, *pair) for pair in zip(states, states[1:])]


def fields(part, before, after):
    n, found = float(part["n"]), {"step": float(after[0]), "loss": after[1]}
    found |= {"r": float(after[0] - before[0]), "dloss": after[1] - before[1]}
    found |= {"dlambda": None, "df": None}
    if before[2] is not None and after[2] is not None:
        found["dlambda"] = after[2] - before[2]
        found["df"] = n * found["dloss"] + sleef.log("f64", n) * found["dlambda"]
    return {f"{part['name']}.{field}": x for field, x in found.items()}
