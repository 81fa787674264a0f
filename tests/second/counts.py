"""Histograms, statistics, clusters and bootstraps: section 16 of docs/spec."""

import math

import draws
import fit
from ieee import mean, sum_products


def deviation(values):
    d = [v - mean(values) for v in values]
    return math.sqrt(sum_products(d, d) / (len(values) - 1))


def quantile(ordered, p):
    h = (len(ordered) - 1) * p
    i = math.floor(h)
    if i >= len(ordered) - 1:
        return ordered[-1]
    return ordered[i] + (h - i) * (ordered[i + 1] - ordered[i])


def edges(part):
    start, end, bins = float(part["from"]), float(part["to"]), part["bins"]
    width = (end - start) / bins
    return [start + k * width for k in range(bins)] + [end]


class Histogram:
    def __init__(self, edges_, bins, below, above, count):
        self.edges, self.bins = edges_, bins
        self.below, self.above, self.count = below, above, count

    def mode(self):
        """The centre of the fullest bin, the first of equals."""
        if not any(self.bins):
            return None
        k = self.bins.index(max(self.bins))
        return (self.edges[k] + self.edges[k + 1]) / 2


def histogram(part, study):
    """Of the values of an expression, or what tallies of trials counted."""
    if "tally" in part:
        return of_tally(part, study)
    values, at = study.values(part["of"], part.get("where")), edges(part)
    bins = [sum(low <= v < high for v in values) for low, high in zip(at, at[1:])]
    return Histogram(at, bins, sum(v < at[0] for v in values),
                     sum(not v < at[-1] for v in values), len(values))


def of_tally(part, study):
    front = f"tally/{part['tally']}/"
    runs = [run for _, _, run, _ in study.selected(part.get("where"))]
    every = [run for _, values, run, _ in study.runs
             if all(values[axis] == value
                    for axis, value in part.get("where", {}).items())]
    tally, = (one for one in every[0].part["trials"]["tally"]
              if one["name"] == part["tally"])
    total = {key: sum(int(run.results[front + key]) for run in runs)
             for key in ["below", "above", "trials",
                         *(f"bin@{k}" for k in range(tally["bins"]))]}
    return Histogram(edges(tally), [total[f"bin@{k}"] for k in range(tally["bins"])],
                     total["below"], total["above"], total["trials"])


def statistics(values):
    """Names, values and standard errors."""
    n, ordered = len(values), sorted(values)
    yield "count", float(n), None
    if not n:
        return
    sd = deviation(values) if n > 1 else None
    yield "min", ordered[0], None
    yield "mean", mean(values), None if sd is None else sd / math.sqrt(n)
    yield "max", ordered[-1], None
    if n > 1:
        yield "sd", sd, None
    for name, p in ("median", 0.5), ("q05", 0.05), ("q95", 0.95):
        yield name, quantile(ordered, p), None


def clusters(values, gap):
    found = []
    for v in sorted(values):
        if found and not v - found[-1][-1] > gap:
            found[-1].append(v)
        else:
            found.append([v])
    return found


def bootstrap(part, samples):
    """Names, number of resamples and the interval's two ends."""
    found, points, units = {}, samples.points(), samples.units()
    runs = part.get("over", "points") != "points"
    n = len(units if runs else points)
    for r in range(part["resamples"]):
        stream = draws.Stream(part["seed"], 7, 0, 0, r)
        drawn = draws.bounded(stream, [n] * n)
        sample = (samples.points([units[j] for j in drawn]) if runs
                  else [points[j] for j in drawn])
        for name, value, _ in fit.solved(sample, samples.degree):
            found.setdefault(name, []).append(value)
    p = (1 - part.get("level", 0.95)) / 2
    for name, values in found.items():
        if name != "rss":
            ends = [quantile(sorted(values), q) for q in (p, 1 - p)]
            yield name, len(values), *ends
