"""References and comparisons: section 16 of docs/spec."""

import csv
import hashlib
import io
import os

import expression
import sleef
import text
from ieee import div


def cells(name, folder, digest):
    """The lines of a CSV file as maps from columns to texts."""
    with open(os.path.join(folder, name), "rb") as file:
        content = file.read()
    assert hashlib.sha256(content).hexdigest() == digest, name
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def points(part, folder):
    """x, y, error and n, None where a point has none."""
    for line in cells(part["csv"], folder, part["sha256"]):
        if any(line[column] != str(wanted)
               for column, wanted in part.get("where", {}).items()):
            continue
        names = {column: float(cell) if text.DECIMAL.fullmatch(cell) else None
                 for column, cell in line.items()}
        point = [expression.value(part[key], names) if key in part else None
                 for key in ("x", "y", "error", "n")]
        if None not in point[:2]:
            yield point


class Series:
    """Rows of one series by x: x, value, error, n."""

    def __init__(self, rows):
        self.rows = sorted(rows, key=lambda row: row[0])

    def at(self, x):
        """Value, error (0 where there is none) and n, None where it is read off."""
        before = None
        for row in self.rows:
            if row[0] == x:
                return row[1], row[2] or 0.0, row[3]
            if row[0] > x:
                break
            before = row
        else:
            return None
        if before is None:
            return None
        share = div(x - before[0], row[0] - before[0])
        return *(a + share * (b - a) for a, b in
                 zip((before[1], before[2] or 0.0), (row[1], row[2] or 0.0))), None


def of_table(table, name):
    rows = [row for row in table if row[0] == name and row[1]]
    return Series([(float(x), float(value), float(error) if error else None,
                    int(n) if n else None) for _, x, value, error, n in rows])


def places(part, table):
    """x, ours and theirs of each place where both are."""
    ours = of_table(table, part["of"])
    theirs = of_table(table, "reference." + part["reference"])
    if "at" in part:
        found = [(float(x), ours.at(float(x)), theirs.at(float(x)))
                 for x in expression.listed(part["at"])]
    else:
        found = [(x, ours.at(x), (value, error or 0.0, n))
                 for x, value, error, n in theirs.rows]
    return [place for place in found if None not in place]


def ratios(found):
    return [(x, div(a[0], b[0])) for x, a, b in found if b[0] != 0]


def binomial(a, b):
    (p, _, n), (q, _, m) = a, b
    both = (p * n + q * m) / (float(n) + m)
    variance = both * (1 - both) * (1 / n + 1 / m)
    return (p - q) * (p - q) / variance if variance > 0 else 0.0


def chi2(kind, found):
    total = 0.0
    if kind == "counts":
        ours = theirs = 0.0
        for _, a, b in found:
            ours, theirs = ours + a[0], theirs + b[0]
        for _, a, b in found:
            expected = b[0] * (ours / theirs)
            total += (a[0] - expected) * (a[0] - expected) / expected
        return total
    for _, a, b in found:
        if kind == "binomial":
            total += binomial(a, b)
        elif kind == "logs":
            log = sleef.log("f64", div(a[0], b[0]))
            total += log * log
        else:
            d = a[0] - b[0]
            total += d * d / (a[1] * a[1] + b[1] * b[1])
    return total


def numbers(part, table):
    """Names and values of what is said of a comparison, and of how many places."""
    found = places(part, table)
    values = [ratio for _, ratio in ratios(found)]
    yield "count", float(len(found)), len(found)
    if values:
        yield "least", min(values), len(found)
        yield "greatest", max(values), len(found)
    if part.get("chi2", "none") != "none":
        yield "chi2", chi2(part["chi2"], found), len(found)
