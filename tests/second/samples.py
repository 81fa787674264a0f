"""What fits are through: the samples of runs, and the points that they make. Section 16
of docs/spec."""

import struct

import expression
import fit
import references
import sleef
import text
import transitions
from expression import listed
from ieee import mean
from measures import along, numbers, time

DEGREE = {"constant": 0, "linear": 1, "quadratic": 2, "exponent": 1}


class Samples:
    """Of one fit, or of one of its series: pairs with their run, and the key of the
    point that they are averaged in, None where each is one."""

    def __init__(self, kind, fields, found):
        self.kind, self.fields, self.found = kind, fields, found
        self.degree = DEGREE[kind]

    def units(self):
        """What is redrawn: the runs that samples are of."""
        return list(dict.fromkeys(run for run, *_ in self.found))

    def middle(self, values):
        return mean(values)

    def inside(self, x, names):
        ends = [expression.value(self.fields[end], names) if end in self.fields else x
                for end in ("from", "to")]
        return None not in ends and ends[0] <= x <= ends[1]

    def points(self, units=None, whole=False):
        """The points of some runs, of all where they are not given."""
        of_run, means, points = {}, {}, []
        for run, *sample in self.found:
            of_run.setdefault(run, []).append(sample)
        for run in self.units() if units is None else units:
            for key, x, y, names in of_run.get(run, []):
                if not whole and not self.inside(x, names):
                    continue
                if key is None:
                    points.append((x, y))
                else:
                    means.setdefault(key, (x, []))[1].append(y)
        order = dict.fromkeys(key for _, key, *_ in self.found)
        order = sorted(order) if "curve" in self.fields else order
        points += [(means[key][0], self.middle(means[key][1]))
                   for key in order if key in means]
        if self.kind != "exponent":
            return points
        return [tuple(sleef.log("f64", float(z)) for z in point) for point in points
                if min(point) > 0]

    def slopes(self):
        """Abscissas, local slopes and their errors, and of how many points they are."""
        points, local = self.points(whole=True), self.fields.get("local", 3)
        points.sort(key=lambda point: point[0])
        for k in range(len(points) - local + 1):
            part = points[k:k + local]
            for name, value, error in fit.solved(part, 1):
                if name == "a1":
                    middle = (part[0][0] + part[-1][0]) / 2
                    yield sleef.exp("f64", middle), value, error, local


class Blocks(Samples):
    """Those of the blocks of trials of a curve, whose ordinates are sums and counts."""

    def __init__(self, kind, fields, found, blocks):
        super().__init__(kind, fields, found)
        self.blocks = blocks

    def units(self):
        return self.blocks

    def middle(self, values):
        total = count = 0.0
        for s, n in values:
            total, count = total + s, count + n
        return total / count


def of_points(part, study):
    """Run, key, x, y and the names that a window may use, of each sample."""
    for run, (x, y), names in study.tuples([part["x"], part["y"]], part.get("where")):
        yield run, None, x, y, names


def of_axis(fields, study):
    for run, values, result, found in study.selected(fields.get("where")):
        y = found[fields["y"]] if fields["y"] in found else result.results.get(fields["y"])
        if y is not None:
            x = values[fields["x"]]
            yield run, text.scalar(x), float(x), y, numbers(values) | found


def abscissas(part, run, names, metric):
    """Of one metric of an item of curves what a run shows, in order of step: x, value and
    step; with `at` in its order, without steps."""
    found = []
    for step, value in along(run, metric):
        place = {"step": float(step), "time": time(run, step)}
        x = expression.value(part.get("x", "step"), names | place)
        if x is not None:
            found.append((x, value, step))
    if "at" not in part:
        return found
    lines = references.Series((x, value, None, None) for x, value, _ in found)
    found = [(float(x), lines.at(float(x))) for x in listed(part["at"])]
    return [(x, place[0], None) for x, place in found if place]


def of_curve(part, fields, study):
    """In order of run; the keys ascend with x."""
    metric = fields.get("of", listed(part["of"])[0])
    found = []
    for number, values, run, names in study.every(part):
        scope = numbers(values) | names
        found += [(number, x, x, y, scope) for x, y, _ in
                  abscissas(part, run, scope, metric)]
    return found


def tables(block, tally):
    """The counts and sums of a tally in a block."""
    data = {tensor["name"]: tensor["data"] for tensor in block["tensors"]}
    counts, sums = data[tally], data[tally + "/sums"]
    counts = struct.unpack("<%dq" % (len(counts) // 8), counts)[1:]
    return counts, struct.unpack("<%dd" % (len(sums) // 8), sums)[:len(counts)]


def of_blocks(part, fields, runs):
    """The units of some runs, a number and the place of a block, and their samples."""
    tally = fields.get("of", listed(part["of"])[0]).split("/")[1]
    units, found = [], []
    for number, values, run, names in runs:
        scope = numbers(values) | names
        steps = [step for step, _ in transitions.estimates(run, f"tally/{tally}/trials")]
        for place, block in enumerate(run.blocks):
            units.append((number, place))
            for step, n, s in zip(steps, *tables(block, tally)):
                at = {"step": float(step), "time": time(run, step)}
                x = expression.value(part.get("x", "step"), scope | at)
                if n and x is not None:
                    found.append((units[-1], x, x, (s, float(n)), scope))
    return units, found


def blocks(figure, name, study):
    """Series and samples of a fit through the blocks of its curve."""
    (kind, fields), = ((kind, fields) for one, kind, fields in fits(figure["fit"])
                       if one == name)
    part, = (part for part in figure["curves"] if part["name"] == fields["curve"])
    for label, runs in labels(part, listed(part.get("series", [])), study).items():
        units, found = of_blocks(part, fields, [one for one in study.every(part)
                                                if one[0] in runs])
        yield label, Blocks(kind, fields, found, units)


def labels(part, axes, study):
    """The runs of each series, in the order in which they first show them."""
    series = {}
    for run, values, _, _ in study.every(part):
        words = [f"{axis}={text.scalar(values[axis])}" for axis in axes]
        series.setdefault(f"[{' '.join(words)}]" if axes else "", set()).add(run)
    return series


def fits(part):
    """Name, kind and fields of each fit."""
    if isinstance(part, dict):
        return [(kind, kind, fields) for kind, fields in part.items()]
    return [(one.get("name", kind), kind, fields)
            for one in part for kind, fields in one.items() if kind != "name"]


def every(figure, study):
    """Name, series and samples of each fit of each series."""
    points = {part["name"]: part for part in figure.get("points", [])}
    curves = {part["name"]: part for part in figure.get("curves", [])}
    for name, kind, fields in fits(figure.get("fit", {})):
        if "points" in fields:
            part, axes = points[fields["points"]], fields.get("series", [])
            samples = of_points(part, study)
        elif "curve" in fields:
            part = curves[fields["curve"]]
            axes, samples = part.get("series", []), of_curve(part, fields, study)
        else:
            part, axes = fields, fields.get("series", [])
            samples = of_axis(fields, study)
        samples = list(samples)
        for label, runs in labels(part, listed(axes), study).items():
            yield name, label, Samples(kind, fields,
                                       [one for one in samples if one[0] in runs])
