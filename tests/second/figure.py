"""Figure data without fits: section 16 of REPRODUCING.md."""

import math

import text
from ieee import mean, sum_products


def quoted(field):
    if any(c in field for c in ',"\n'):
        return '"' + field.replace('"', '""') + '"'
    return field


def groups(rows, runs):
    """Data rows: results by series and x, both in the order of the runs."""
    series = rows.get("series") or []
    series = series if isinstance(series, list) else [series]
    found = {}
    for values, run in runs:
        if run.status == "done" and run.results.get(rows["value"]) is not None:
            name = " ".join(f"{a}={text.scalar(values[a])}" for a in series)
            row = found.setdefault(name or rows["value"], {})
            row.setdefault(text.scalar(values[rows["by"]]), []).append(
                run.results[rows["value"]])
    return found


def error(kind, values):
    n = len(values)
    if kind == "none" or n < 2:
        return ""
    d = [v - mean(values) for v in values]
    sd = math.sqrt(sum_products(d, d) / (n - 1))
    return text.real(sd / math.sqrt(n) if kind == "se" else sd)


def data(figure, runs):
    """The CSV file of all runs: pairs of sweep values and what was computed."""
    if figure.get("fit") or "where" in figure["rows"]:
        raise NotImplementedError("fits and selections")
    lines = [("series", "x", "value", "error", "n")]
    for name, row in groups(figure["rows"], runs).items():
        for x, values in row.items():
            lines.append((name, x, text.real(mean(values)),
                          error(figure["rows"].get("error", "sd"), values),
                          str(len(values))))
    for status in "done", "diverged", "overflow":
        count = sum(run.status == status for _, run in runs)
        lines.append(("status." + status, "", str(count), "", ""))
    return "".join(",".join(map(quoted, line)) + "\n" for line in lines)
