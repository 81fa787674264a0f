"""Measures of a run and the values of expressions: section 16 of docs/spec."""

import math
import re

import expression
import transitions
from ieee import mean


def place(at, run, found):
    """The step that `at` names: itself, the last, or an earlier measure."""
    if at == "last":
        return max(run.metrics, default=None)
    return found.get(at) if isinstance(at, str) else at


def first(part, run):
    """The step of the first checkpoint that meets a bound."""
    for step, metrics in run.metrics.items():
        metric = metrics.get(part["first"])
        if metric is None or step % part.get("every", 1):
            continue
        if metric >= part["at_least"] if "at_least" in part else metric < part["below"]:
            return float(step)
    return None


def of_draws(part, run):
    """An estimate of one part of the draws."""
    chains = [c for c in run.chains if c.place == part.get("llc", 1) - 1]
    last = [c for c in chains if c.step == max(c.step for c in chains)]
    k, n, found = part["part"], part["of"], []
    for c in last:
        count = len(c.losses)
        losses = c.losses[(k - 1) * count // n:k * count // n]
        if c.status != "done" or not losses:
            return None
        found.append(c.nbeta * (mean(losses) - c.init_loss))
    return mean(found) if found else None


def bounded(part, names):
    """An expression's value within its bounds."""
    value = expression.value(part["value"], names)
    if value is None or ("above" in part and not value > part["above"]) or (
            "below" in part and not value < part["below"]):
        return None
    return value


def over_items(part, scopes):
    """The mean, or what an expression is at the item where another is extreme."""
    kind = next(key for key in ("mean", "max", "min") if key in part)
    values = [(expression.value(part[kind], names), names) for names in scopes]
    values = [pair for pair in values if pair[0] is not None]
    if not values:
        return None
    if kind == "mean":
        return mean([value for value, _ in values])
    pick = max if kind == "max" else min  # the first of equals
    best, names = pick(values, key=lambda pair: pair[0])
    return expression.value(part["give"], names) if "give" in part else best


def measure(part, run, axes, found, items):
    if "if" in part and not expression.value(part["if"], axes | found):
        return None
    for kind in "mean", "max", "min":
        if kind in part:
            (name,) = lists([part[kind]])
            return over_items(part, [axes | found | item for item in items[name]])
    if "first" in part:
        return first(part, run)
    if "part" in part:
        return of_draws(part, run)
    if "value" in part:
        return bounded(part, axes | found)
    step = place(part["at"], run, found) if "at" in part else None
    if "metric" in part:
        return run.metrics.get(step, {}).get(part["metric"])
    if "at" not in part:
        return run.results.get(part["result"])
    if step is None or step != int(step):
        return None
    return run.results.get(f"{part['result']}{int(step)}")


def numbers(values):
    """The sweep values that expressions can name."""
    return {axis: value for axis, value in values.items()
            if isinstance(value, (int, float)) and not isinstance(value, bool)}


def lists(texts):
    """The lists whose items some expressions are over."""
    return {name.split(".")[0] for text in texts for name in expression.names(text)
            if "." in name}


def along(run, name):
    """Steps and values of a metric or, where it is none, of results at checkpoints."""
    curve = [(t, found[name]) for t, found in run.metrics.items() if name in found]
    return curve or transitions.estimates(run, name)


def time(run, step):
    """The time of a checkpoint, None at the end of all times."""
    if not run.times:
        return float(step)
    return None if math.isinf(run.times[step]) else run.times[step]


def checkpoints(part, run):
    """Of each checkpoint of a run its fields, by NAME.FIELD."""
    steps = {}
    for field, name in part["of"].items():
        for t, x in along(run, name):
            if t >= part.get("from", 0) and t % part.get("every", 1) == 0:
                steps.setdefault(t, {})[field] = x
    fields = ["step", "time", *part["of"]]
    return [{f"{part['name']}.{field}":
             (found | {"step": float(t), "time": time(run, t)}).get(field)
             for field in fields} for t, found in sorted(steps.items())]


def of_trials(run, name, kind):
    """The error and n of a tally's share or mean, a result; None if it is none, or no
    error is asked for."""
    found = re.fullmatch(r"(tally/.*)/(share|mean)(@\d+)?", name)
    if not found or kind == "none":
        return None
    front, what, behind = found[1], found[2], found[3] or ""
    if what == "share":
        p, n = run.results[name], run.results["trials/done"]
        sd = math.sqrt(p * (1 - p))
        se = math.sqrt(p * (1 - p) / n + 1 / (4 * n * n)) / (1 + 1 / n)
    else:
        sd, n = (run.results.get(f"{front}/{part}{behind}") for part in ("std", "trials"))
        se = None if sd is None else sd / math.sqrt(n)
    return {"sd": sd, "se": se}[kind], int(n)


class Study:
    """The runs that are done: of each its number, sweep values, names and items."""

    def __init__(self, figure, runs):
        self.done, self.items, self.runs = [], {}, []
        for number, (values, run) in enumerate(runs):
            self.runs.append((number, values, run, {}))
            if run.status == "done":
                items = {part["name"]: transitions.items(part, run)
                         for part in figure.get("transitions", [])}
                items |= {part["name"]: checkpoints(part, run)
                          for part in figure.get("checkpoints", [])}
                found, axes = {}, numbers(values)
                for name, part in figure.get("measures", {}).items():
                    found[name] = measure(part, run, axes, found, items)
                self.runs[number] = number, values, run, found
                self.done.append(self.runs[number])
                self.items[number] = items

    def selected(self, where):
        return [one for one in self.done
                if all(one[1][axis] == value for axis, value in (where or {}).items())]

    def every(self, part):
        """The runs of an item: its `run`, however that ended, or those selected."""
        if "run" in part:
            return [self.runs[part["run"]]]
        return self.selected(part.get("where"))

    def results(self, name, where=None):
        """Sweep values, run, and the measure or result of that name, of runs that have
        it."""
        for _, values, run, found in self.selected(where):
            value = found[name] if name in found else run.results.get(name)
            if value is not None:
                yield values, run, value

    def result(self, name, where=None):
        return [(values, value) for values, _, value in self.results(name, where)]

    def tuples(self, texts, where):
        """Run numbers, the values of some expressions, where all of them exist, and the
        names that they could use."""
        named = lists(texts)
        for number, values, _, found in self.selected(where):
            names = numbers(values) | found
            scopes = [names | item for name in named for item in self.items[number][name]]
            for scope in scopes if named else [names]:
                tuple_ = [expression.value(text, scope) for text in texts]
                if None not in tuple_:
                    yield number, tuple_, scope

    def differences(self, text, where, less):
        """The values of runs less those of their partners."""
        found = {number: value for number, (value,), _ in self.tuples([text], None)}
        for number, values, _, _ in self.selected(where):
            theirs = [found[other] for other, partner, _, _ in self.done
                      if partner == values | less and other in found]
            if number in found and theirs:
                yield found[number] - theirs[0]

    def values(self, text, where):
        return [value for _, (value,), _ in self.tuples([text], where)]
