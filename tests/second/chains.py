"""How the chains of an estimate went: section 16 of docs/spec."""

import math
from fractions import Fraction

from ieee import mean, sum_products

POINTS, BINS = 250, 20


def chosen(part, run):
    """The chains of the estimate that an item of figure.chains is of."""
    found = [c for c in run.chains if c.place == part.get("llc", 1) - 1]
    at = part.get("at", "last")
    at = max(c.step for c in found) if at == "last" else at
    return [c for c in found if c.step == at]


def course(part, chains):
    for chain in chains:
        x = chain.losses
        size = -(-len(x) // POINTS)
        rows = []
        for first in range(0, len(x), size):
            draws = x[first:first + size]
            m = mean(draws)
            value = m if part.get("of") == "loss" else chain.nbeta * (m - chain.init_loss)
            rows.append((float(first), value, None, len(draws)))
        yield rows


def ranks(_, chains):
    every = sorted(x for chain in chains for x in chain.losses)
    c, s = len(chains), len(every)
    wide = math.sqrt(19 * (c - 1) / (s - 1)) if s > 1 else None
    first = {}
    for place, x in enumerate(every, 1):
        first.setdefault(x, place)
    last = {x: place for place, x in enumerate(every, 1)}
    for chain in chains:
        counts = [0] * BINS
        for x in chain.losses:
            counts[BINS * (first[x] + last[x] - 1) // (2 * s)] += 1
        yield [(float(Fraction(k, BINS)), BINS * n / len(chain.losses), wide, n)
               for k, n in enumerate(counts)]


def autocorrelation(part, chains):
    for chain in chains:
        t = len(chain.losses)
        most = min(part.get("lags", 100), t - 1)
        m = mean(chain.losses)
        d = [x - m for x in chain.losses]
        whole = sum_products(d, d)
        yield [(float(k), sum_products(d, d[k:]) / whole, None, t - k)
               for k in range(0, most + 1, max(1, -(-most // POINTS))) if whole]


SHOWN = {"trace": course, "ranks": ranks, "autocorrelation": autocorrelation}


def series(part, run):
    """Names and rows of an item, of a run that is done: x, value, error and n."""
    chains = chosen(part, run)
    for show, make in SHOWN.items():
        if show in part.get("show", SHOWN):
            for c, rows in enumerate(make(part, chains)):
                yield f"chain.{part['name']}.{show}.{c}", rows
