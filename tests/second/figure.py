"""Figure data: section 16 of REPRODUCING.md. `runs` are pairs of the sweep values of a
run and what was computed."""

import math

import fit
import text
from ieee import mean, sum_products

DEGREE = {"constant": 0, "linear": 1, "quadratic": 2}


def quoted(field):
    if any(c in field for c in ',"\n'):
        return '"' + field.replace('"', '""') + '"'
    return field


def number(x):
    return "" if x is None else text.real(x)


def listed(value):
    """A list, also where one item is written without brackets."""
    return value if isinstance(value, list) else [value]


def selected(runs, name, where):
    """The runs that are done, have the result and those sweep values."""
    return [(values, run.results[name]) for values, run in runs
            if run.status == "done" and run.results.get(name) is not None
            and all(values[axis] == value for axis, value in (where or {}).items())]


def groups(points, by, series, name):
    """Results by series and x, both in the order of the runs."""
    found = {}
    for values, result in points:
        key = " ".join(f"{a}={text.scalar(values[a])}" for a in series) or name
        found.setdefault(key, {}).setdefault(values[by], []).append(result)
    return found


def error(kind, values):
    n = len(values)
    if kind == "none" or n < 2:
        return None
    d = [v - mean(values) for v in values]
    sd = math.sqrt(sum_products(d, d) / (n - 1))
    return sd / math.sqrt(n) if kind == "se" else sd


def data_rows(rows, runs):
    series = listed(rows.get("series", []))
    name = rows.get("value", "llc/mean")
    points = selected(runs, name, rows.get("where"))
    for key, row in groups(points, rows["by"], series, name).items():
        for x, values in row.items():
            yield (key, text.scalar(x), text.real(mean(values)),
                   number(error(rows.get("error", "sd"), values)), str(len(values)))


def fit_rows(name, kind, part, runs):
    points = selected(runs, part["y"], part.get("where"))
    row = groups(points, part["x"], [], "")[""]
    columns = fit.powers([float(x) for x in row], DEGREE[kind])
    a, errors, rss, tss = fit.least_squares(columns, [mean(v) for v in row.values()])
    found = [(f"a{i}", *pair) for i, pair in enumerate(zip(a, errors))]
    if tss > 0:
        found.append(("r2", 1 - rss / tss, None))
    for what, value, spread in found + [("rss", rss, None)]:
        yield f"fit.{name}.{what}", "", text.real(value), number(spread), str(len(row))


def summary_rows(name, runs):
    values = [result for _, result in selected(runs, name, None)]
    for what, of in ("min", min), ("mean", mean), ("max", max):
        yield f"summary.{name}.{what}", "", text.real(of(values)), "", str(len(values))


def fits(part):
    """Name, kind and fields of each fit."""
    if isinstance(part, dict):
        return [(kind, kind, fields) for kind, fields in part.items()]
    return [(one.get("name", kind), kind, fields)
            for one in part for kind, fields in one.items() if kind != "name"]


def data(figure, runs):
    """The CSV file of all runs."""
    lines = [("series", "x", "value", "error", "n"), *data_rows(figure["rows"], runs)]
    for name, kind, part in fits(figure.get("fit", {})):
        lines += fit_rows(name, kind, part, runs)
    for name in listed(figure.get("summary", [])):
        lines += summary_rows(name, runs)
    for status in "done", "diverged", "overflow":
        count = sum(run.status == status for _, run in runs)
        lines.append(("status." + status, "", str(count), "", ""))
    return "".join(",".join(map(quoted, line)) + "\n" for line in lines)
