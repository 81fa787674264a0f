"""Trials and tallies: section 17 of docs/spec."""

import copy
import math
import struct

import ieee
from draws import Seed
from xxhash import xxh128

ENDS = ["done", "diverged", "overflow"]



def trial_of(run, k):
    """Trial k of a run, gone through."""
    trial = copy.copy(run)
    trial.part = {key: item for key, item in run.part.items() if key != "trials"}
    trial.results, trial.snapshots = {}, {}
    over = run.part["trials"]["over"]
    trial.data_seed = Seed(run.seed, k if over != "init" else 0)
    trial.init_seed = Seed(run.seed, k if over != "data" else 0)
    trial.status, trial.overflowed, end = trial.go_through_training()
    if trial.status == "done":
        trial.set_results(end)
    return trial


class Tally:
    """The numbers of one tally: counts, and partial sums where it has them."""

    def __init__(self, part, run):
        self.part, self.run = part, run
        self.steps = run.steps_due()
        self.cols = {"histogram": part.get("bins", 0) + 2,
                     "curve": len(self.steps)}.get(part["kind"], 1)
        self.has_sums = part["kind"] in ("sum", "curve")

    def begin(self):
        self.counts = [0] * self.cols
        self.sums = [[0.0] * 64 for _ in range(self.cols)]
        self.squares = [[0.0] * 64 for _ in range(self.cols)]

    def sum(self, place, col, value):
        self.counts[col] += 1
        s, q = self.sums[col], self.squares[col]
        s[place % 64] = s[place % 64] + value
        q[place % 64] = ieee.fma(value, value, q[place % 64])

    def edge(self, j):
        part = self.part
        if j == part["bins"]:
            return part["to"]
        return part["from"] + j * ieee.div(part["to"] - part["from"], float(part["bins"]))

    def add(self, place, trial):
        if self.part["kind"] == "curve":
            self.add_curve(place, trial)
            return
        value = trial.results.get(self.part["of"])
        if value is not None and "since" in self.part:
            since = trial.results.get("mark/" + self.part["since"])
            value = None if since is None else value - since
        if value is None or not math.isfinite(value):
            return
        if self.part["kind"] == "sum":
            self.sum(place, 0, value)
        elif self.part["kind"] == "histogram":
            above = [j for j in range(self.part["bins"] + 1) if self.edge(j) <= value]
            self.counts[1 + max(above) if above else 0] += 1
        else:
            self.counts[0] += (value >= self.part.get("at_least", value)
                               and value < self.part.get("below", math.inf)
                               and value == self.part.get("equals", value))

    def add_curve(self, place, trial):
        steps, metric = sorted(trial.metrics), self.part["of"]
        if "before" not in self.part:
            for step in set(steps) & set(self.steps):
                self.sum(place, self.steps.index(step), trial.metrics[step][metric])
            return
        mark = trial.marks().get(self.part["before"])
        for j, step in enumerate(reversed([t for t in steps if mark is not None
                                           and t <= mark])):
            self.sum(place, j, trial.metrics[step][metric])
        if mark is not None and self.part.get("hold"):
            for col in range(j + 1, self.cols):
                self.sum(place, col, trial.metrics[steps[0]][metric])

    def numbers(self):
        """Of the block: its counts, sums and sums of squares."""
        close = [[ieee.tree(list(p)) for p in row] for row in (self.sums, self.squares)]
        return (self.counts, *close) if self.has_sums else (self.counts,)

    def moments(self, col, n, s, q, behind=""):
        mean = s[col] / n[col] if n[col] else None
        std = None
        if n[col] > 1:
            std = max(ieee.fma(-s[col], mean, q[col]), 0.0)
            std = math.sqrt(std / float(n[col] - 1))
        name = f"tally/{self.part['name']}/"
        return {name + "trials" + behind: float(n[col]), name + "mean" + behind: mean,
                name + "std" + behind: std}

    def results(self, totals, done):
        name, n = f"tally/{self.part['name']}/", totals[0]
        if self.part["kind"] == "count":
            return {name + "trials": float(n[0]),
                    name + "share": n[0] / done if done else None}
        if self.part["kind"] == "sum":
            return self.moments(0, *totals)
        if self.part["kind"] == "histogram":
            found = {"trials": sum(n), "below": n[0], "above": n[-1]}
            found |= {f"bin@{j}": count for j, count in enumerate(n[1:-1])}
            return {name + key: float(count) for key, count in found.items()}
        found = {}
        for col, step in enumerate(self.steps):
            behind = f"@{col if 'before' in self.part else step}"
            found |= self.moments(col, *totals, behind)
        return found


def tensor(name, kind, rows):
    flat = [x for row in rows for x in row]
    data = struct.pack("<q%dq" % len(flat), 0, *flat) if kind == "fixed" \
        else struct.pack("<%dd" % len(flat), *flat)
    return {"name": name, "type": kind, "rows": len(rows), "cols": len(rows[0]),
            "hash": xxh128(data), "data": data}


def add_up(totals, numbers):
    """The totals with the numbers of one more block."""
    if totals is None:
        return [[0 + x for x in row] for row in numbers]
    return [[a + b for a, b in zip(*rows)] for rows in zip(totals, numbers)]


class Trials:
    """All trials of a run: its blocks, and what comes of them."""

    def __init__(self, run):
        self.run, self.part = run, run.part["trials"]
        self.tallies = [Tally(part, run) for part in self.part["tally"]]
        self.ended, self.totals = [0, 0, 0], [None] * len(self.tallies)

    def blocks(self):
        """The body of each checkpoint; totals and ended follow."""
        count, size = self.part["count"], self.part["block"]
        for first in range(0, count, size):
            end = min(first + size, count)
            yield self.block(first, end)

    def block(self, first, end):
        ended = [0, 0, 0]
        for tally in self.tallies:
            tally.begin()
        for k in range(first, end):
            trial = trial_of(self.run, k)
            ended[ENDS.index(trial.status)] += 1
            for tally in self.tallies:
                if trial.status == "done":
                    tally.add(k - first, trial)
        self.ended = [a + b for a, b in zip(self.ended, ended)]
        tensors = [tensor("trials/ended", "fixed", [ended])]
        for i, tally in enumerate(self.tallies):
            numbers = tally.numbers()
            self.totals[i] = add_up(self.totals[i], numbers)
            tensors.append(tensor(tally.part["name"], "fixed", [numbers[0]]))
            if tally.has_sums:
                tensors.append(tensor(tally.part["name"] + "/sums", "f64", numbers[1:]))
        return {"step": end, "metrics": {}, "tensors": tensors}

    def results(self):
        found = {"trials/" + end: float(n) for end, n in zip(ENDS, self.ended)}
        for tally, totals in zip(self.tallies, self.totals):
            found |= tally.results(totals, self.ended[0])
        return found
