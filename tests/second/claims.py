"""The values of claims, from the figure's data: section 16 of docs/spec."""

import canonical
import expression
import text
from ieee import mean


def names(figure, table):
    """What the names of a claim stand for. Rows of `figure.rows` come first."""
    own = {part.get("name") for part in expression.listed(figure.get("rows", []))}
    found, values = {}, []
    for series, x, value, error, n in table:
        row = {"value": value, "error": error, "n": n}
        keys = [f"row[{series},{x}]."]
        if not x:
            found |= {series: value, series + ".error": error}
            continue
        if is_of_rows(series, own):
            keys.append(f"row[{x}].")
            values.append(float(value))
        for key in keys:
            for what, content in row.items():
                found.setdefault(key + what, content)
    if values:
        found |= of_rows(values)
    return {name: float(x) for name, x in found.items() if x != ""}


def is_of_rows(series, own):
    """Whether a series with an x is of `figure.rows`, not of points and the like."""
    if None in own or not own:
        return not series.startswith(("points.", "hist.", "curve."))
    return series.split(" ")[0] in own


def of_rows(values):
    return {"rows.mean": mean(values), "rows.min": expression.CALLS["min"](*values),
            "rows.max": expression.CALLS["max"](*values), "rows.first": values[0],
            "rows.last": values[-1], "rows.count": float(len(values))}


def settings(part, path):
    """The numbers of a run's part by their paths, as pins write them."""
    if isinstance(part, dict):
        for key, item in part.items():
            yield from settings(item, f"{path}.{key}")
    elif isinstance(part, list):
        for place, item in enumerate(part):
            named = isinstance(item, dict) and "name" in item
            inner = f"{path}.{item['name']}" if named else f"{path}[{place}]"
            yield from settings(item, inner)
    elif isinstance(part, (int, float)) and not isinstance(part, bool):
        yield f"setting[{path}]", str(part)


def lines(figure, table, run):
    """A golden's words behind `claim`, one list a claim; `run` is run 0's part."""
    known = names(figure, table[1:])
    known |= {key: float(x) for key, x in settings(canonical.complete(run), "run")}
    for claim in figure.get("claims", []):
        value = expression.value(claim["value"], known)
        yield [claim["id"], "value", "-" if value is None else text.real(value), "expect",
               text.scalar(claim["expect"]), "tolerance", text.scalar(claim["tolerance"])]
