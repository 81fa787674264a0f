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


class Histogram:
    def __init__(self, part, values):
        start, end, bins = float(part["from"]), float(part["to"]), part["bins"]
        width = (end - start) / bins
        self.edges = [start + k * width for k in range(bins)] + [end]
        self.bins, self.below, self.above, self.count = [0] * bins, 0, 0, len(values)
        for v in values:
            if v < self.edges[0]:
                self.below += 1
            elif not v < end:
                self.above += 1
            else:
                self.bins[max(k for k in range(bins) if self.edges[k] <= v)] += 1

    def mode(self):
        """The centre of the fullest bin, the first of equals."""
        if not any(self.bins):
            return None
        k = self.bins.index(max(self.bins))
        return (self.edges[k] + self.edges[k + 1]) / 2


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
    runs = part.get("over", "points") == "runs"
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
