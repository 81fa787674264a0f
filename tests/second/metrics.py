"""The metrics of a checkpoint: section 9 of docs/spec."""

import math

import hessian
import population
import scalars
import sleef
from eigenvalues import eigenvalues
from ieee import div, fma, mean
from svd import chain


def norm(ar, weight):
    return math.sqrt(ar.inner(weight, weight))


def ratio(powers):
    """Of the squared magnitudes of a line at its frequencies; None where all are 0."""
    squares = fourths = 0.0
    for power in powers:
        squares = squares + power
        fourths = fma(power, power, fourths)
    return div(fourths, squares * squares) if squares > 0 else None


def row(ar, numbers):
    """Numbers of binary64 in the run's format."""
    found = ar.zeros(1, len(numbers))
    found.m = [ar.constant(1, 1, x).m[0] for x in numbers]
    return found


def ipr(ar, weight):
    """That of the columns."""
    n = weight.rows
    turns = [sleef.sincospi("f64", div(float(2 * j), float(n))) for j in range(n)]
    lines = [[] for _ in range(weight.cols)]
    for k in range(1, n // 2 + 1):
        waves = [turns[k * j % n] for j in range(n)]
        im, re = (ar.doubles(ar.product(row(ar, wave), weight)) for wave in zip(*waves))
        for line, a, b in zip(lines, re, im):
            line.append(fma(a, a, b * b))
    found = [x for x in map(ratio, lines) if x is not None]
    return mean(found) if found else 0.0


def centred(columns):
    """Each column less its mean."""
    for column in columns:
        s = 0.0
        for x in column:
            s = x + s
        m = s / len(column)
        column[:] = [x - m for x in column]
    return columns


def effective_dimension(ar, value, centre):
    columns = [ar.doubles(value)[j::value.cols] for j in range(value.cols)]
    if centre == "samples":
        columns = centred(columns)
    lines = columns if value.cols <= value.rows else [list(row) for row in zip(*columns)]
    above = [x for x in eigenvalues([[chain(x, y) for y in lines] for x in lines])
             if x > 0]
    t = h = 0.0
    for a in above:
        t = a + t
    for u in (a / t for a in above):
        if u > 0:
            h = fma(u, scalars.log(u), h)
    return scalars.exp(-h) if above else 0.0


def of_weights(net, weights, data, part):
    """Of the kinds that are a number of weights alone."""
    weight = weights[net.owner[part["weight"]]]
    if part["kind"] == "norm":
        return norm(net.ar, weight)
    if part["kind"] == "population-error":
        c = net.ar.doubles(weights[net.owner[part["bias"]]])[0] if "bias" in part else 0.0
        return population.error(data.part, net.ar.doubles(weight), c)
    return ipr(net.ar, weight.transposed() if part["lines"] == "rows" else weight)


def of_state(net, state, data, train, seed):
    """All that a checkpoint records, in order."""
    weights, parts = state.weights, (train or {}).get("metrics", [])
    others = [part for part in parts if part["kind"] == "loss"]
    found = net.metrics(weights, data.training, others)
    if data.validation:
        found |= net.metrics(weights, data.validation, others, "val/")
    for place, part in enumerate(parts):
        if part["kind"] == "hessian-trace":
            found["metric/" + part["name"]] = hessian.metric(net, state, data, train,
                                                             place, seed)
        elif part["kind"] == "effective-dimension":
            value = net.forward(weights, data.training.inputs)[part["value"]]
            found["metric/" + part["name"]] = effective_dimension(
                net.ar, value, part["centre"])
        elif part["kind"] != "loss":
            found["metric/" + part["name"]] = of_weights(net, weights, data, part)
    order = ["loss", "accuracy", "error", "val/loss", "val/accuracy", "val/error"]
    order += [front + "metric/" + part["name"] for part in parts for front in ("", "val/")]
    return {name: found[name] for name in order if name in found}
