"""Figure data: section 16 of docs/spec. `runs` are pairs of the sweep values of a
run and what was computed."""

import itertools
import math
import re

import chains
import counts
import expression
import fit
import references
import samples
import text
from expression import listed
from ieee import mean
from measures import Study, numbers, of_trials

FORMULA = re.compile(r"'*[-+=@\t\r]")


def quoted(field):
    if FORMULA.match(field) and not text.DECIMAL.fullmatch(field):
        field = "'" + field  # a text that a spreadsheet would compute
    if any(c in field for c in ',"\n\r'):
        return '"' + field.replace('"', '""') + '"'
    return field


def number(x):
    return "" if x is None else text.real(float(x))


def grouped(points, by, series, name):
    """Values by series and x, both in the order of the runs."""
    found = {}
    for values, result in points:
        words = [f"{axis}={text.scalar(values[axis])}" for axis in series]
        key = " ".join(words) or name
        found.setdefault(key, {}).setdefault(values[by], []).append(result)
    return found


def error(kind, values):
    n = len(values)
    if kind == "none" or n < 2:
        return None
    sd = counts.deviation(values)
    return sd / math.sqrt(n) if kind == "se" else sd


def spread(kind, name, found):
    """Error and n of what runs have, pairs of a run and its value."""
    alone = of_trials(found[0][0], name, kind) if len(found) == 1 else None
    return alone or (error(kind, [value for _, value in found]), len(found))


def data_rows(part, study):
    series, value = listed(part.get("series", [])), part.get("value", "llc/mean")
    front = [part["name"]] if "name" in part else []
    points = [(values, (run, y)) for values, run, y in
              study.results(value, part.get("where"))]
    for key, row in grouped(points, part["by"], series, "" if front else value).items():
        name = " ".join(front + [key] if key else front)
        for x, found in row.items():
            wide, n = spread(part.get("error", "sd"), value, found)
            yield (name, text.scalar(x), number(mean([y for _, y in found])),
                   number(wide), str(n))


def point_rows(part, study):
    axes, found = listed(part.get("series", [])), {}
    values = {run: values for run, values, _, _ in study.done}
    for run, (x, y), _ in study.tuples([part["x"], part["y"]], part.get("where")):
        words = [f"{axis}={text.scalar(values[run][axis])}" for axis in axes]
        found.setdefault(" ".join([part["name"], *words]), []).append((run, x, y))
    for series, points in found.items():
        for run, x, y in points:
            yield "points." + series, number(x), number(y), "", str(run)


def curve_rows(part, study):
    kind = part.get("error", "sd")
    for name in listed(part["of"]):
        series = f"curve.{part['name']}.{name}"
        axes, groups = listed(part.get("series", [])), {}
        for _, values, run, found in study.every(part):
            words = [f"{axis}={text.scalar(values[axis])}" for axis in axes]
            group = groups.setdefault(" ".join([series, *words]), [])
            group += [(*place, run) for place in samples.abscissas(
                part, run, numbers(values) | found, name)]
        for key, group in groups.items():
            group.sort(key=lambda place: place[0])
            if "run" in part:
                for x, value, _, _ in group:
                    yield key, number(x), number(value), "", ""
                continue
            for x, places in itertools.groupby(group, key=lambda place: place[0]):
                places = list(places)
                at = f"{name}@{places[0][2]}"
                wide, n = spread(kind, at, [(run, y) for _, y, _, run in places])
                yield (key, number(x), number(mean([y for _, y, *_ in places])),
                       number(wide), str(n))


def chain_rows(part, study):
    _, _, run, _ = study.runs[part["run"]]
    if run.status == "done":
        for series, rows in chains.series(part, run):
            for x, value, wide, n in rows:
                yield series, number(x), number(value), number(wide), str(n)


def slope_rows(every):
    for name, label, found in every:
        if found.kind == "exponent":
            for x, value, spread, n in found.slopes():
                yield (f"slope.{name}{label}", number(x), number(value), number(spread),
                       str(n))


def fit_rows(figure, every, study):
    for name, label, found in every:
        points = found.points()
        for what, value, spread in fit.solved(points, found.degree):
            yield (f"fit.{name}{label}.{what}", "", number(value), number(spread),
                   str(len(points)))
    for part in figure.get("bootstrap", []):
        again = [(label, found) for name, label, found in every if name == part["fit"]]
        if part.get("over") == "blocks":
            again = samples.blocks(figure, part["fit"], study)
        for label, found in again:
            for what, n, low, high in counts.bootstrap(part, found):
                front = f"bootstrap.{part['name']}{label}.{what}."
                yield front + "low", "", number(low), "", str(n)
                yield front + "high", "", number(high), "", str(n)


def statistic_rows(part, study):
    part = part if isinstance(part, dict) else {"name": part, "of": part}
    values = study.values(part["of"], part.get("where"))
    if "less" in part:
        values = list(study.differences(part["of"], part.get("where"), part["less"]))
    for what, value, spread in counts.statistics(values):
        yield (f"stat.{part['name']}.{what}", "", number(value), number(spread),
               str(len(values)))


def cluster_rows(part, study):
    front, found = "cluster." + part["name"], counts.clusters(
        study.values(part["of"], part.get("where")), part["gap"])
    yield front + ".count", "", str(len(found)), "", ""
    for k, values in enumerate(found, 1):
        for what, value in (("n", len(values)), ("min", values[0]),
                            ("mean", mean(values)), ("max", values[-1])):
            yield f"{front}.{k}.{what}", "", number(value), "", ""


def histogram_rows(part, histogram):
    front = "hist." + part["name"] + "."
    for what in "below", "above", "count":
        yield front + what, "", str(getattr(histogram, what)), "", ""
    if histogram.mode() is not None:
        yield front + "mode", "", number(histogram.mode()), "", ""


def summary_rows(name, study):
    values = [value for _, value in study.result(name)]
    for what, of in ("min", min), ("mean", mean), ("max", max):
        yield f"summary.{name}.{what}", "", number(of(values)), "", str(len(values))


def reference_rows(part, folder):
    for x, y, spread, n in references.points(part, folder):
        yield ("reference." + part["name"], number(x), number(y), number(spread),
               "" if n is None else str(int(n)))


def ratio_rows(part, table):
    for x, ratio in references.ratios(references.places(part, table)):
        yield "ratio." + part["name"], number(x), number(ratio), "", ""


def comparison_rows(part, table):
    for what, value, n in references.numbers(part, table):
        yield f"compare.{part['name']}.{what}", "", number(value), "", str(n)


def data_lines(figure, study, histograms, every, folder):
    for part in listed(figure.get("rows", [])):
        yield from data_rows(part, study)
    for part in figure.get("points", []):
        yield from point_rows(part, study)
    for part, histogram in histograms:
        for edge, count in zip(histogram.edges, histogram.bins):
            yield "hist." + part["name"], number(edge), str(count), "", ""
    for part in figure.get("curves", []):
        yield from curve_rows(part, study)
    for part in figure.get("chains", []):
        yield from chain_rows(part, study)
    yield from slope_rows(every)
    for part in figure.get("references", []):
        yield from reference_rows(part, folder)


def lines(figure, runs, folder):
    study = Study(figure, runs)
    histograms = [(part, counts.histogram(part, study))
                  for part in figure.get("histograms", [])]
    every = list(samples.every(figure, study))
    table = list(data_lines(figure, study, histograms, every, folder))
    yield from table
    for part in figure.get("comparisons", []):
        yield from ratio_rows(part, table)
    yield from fit_rows(figure, every, study)
    for part in figure.get("statistics", []):
        yield from statistic_rows(part, study)
    for part in figure.get("clusters", []):
        yield from cluster_rows(part, study)
    for part, histogram in histograms:
        yield from histogram_rows(part, histogram)
    for part in figure.get("comparisons", []):
        yield from comparison_rows(part, table)
    for name in listed(figure.get("summary", [])):
        yield from summary_rows(name, study)
    for status in "done", "diverged", "overflow":
        count = sum(run.status == status for _, run in runs)
        yield "status." + status, "", str(count), "", ""


def table(figure, runs, folder):
    """The lines of the CSV file of all runs, its header first; folder: of the
    manifest."""
    return [("series", "x", "value", "error", "n"), *lines(figure, runs, folder)]


def data(rows):
    return "".join(",".join(map(quoted, line)) + "\n" for line in rows)


def called(figure):
    """The functions that a figure calls."""
    texts = [part[key] for part in figure.get("measures", {}).values()
             for key in ("value", "mean", "max", "min", "give", "if") if key in part]
    texts += [claim["value"] for claim in figure.get("claims", [])]
    for key in "points", "histograms", "statistics", "clusters":
        for part in figure.get(key, []):
            if isinstance(part, dict):
                texts += [part[name] for name in ("x", "y", "of") if name in part]
    texts += [part["x"] for part in figure.get("curves", []) if "x" in part]
    texts += [part[key] for part in figure.get("references", [])
              for key in ("x", "y", "error", "n") if key in part]
    fits = samples.fits(figure.get("fit", {}))
    texts += [fields[end] for _, _, fields in fits for end in ("from", "to")
              if end in fields]
    names = {name for text_ in texts for name in expression.names(text_)}
    found = {"log"} if "ln" in names or figure.get("transitions") else set()
    if any(part.get("chi2") == "logs" for part in figure.get("comparisons", [])):
        found |= {"log"}
    if any(kind == "exponent" for _, kind, _ in fits):
        found |= {"log", "exp"}
    return found | {"exp"} if "exp" in names else found
