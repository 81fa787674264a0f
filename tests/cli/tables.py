#!/usr/bin/python3
"""tables.py NAME: whether NAME.csv (draws), NAME.db and NAME.nc hold the numbers of
NAME.all, which is what sltrace export --csv says of each trace of the study NAME."""
import csv
import itertools
import json
import math
import re
import sqlite3
import subprocess
import sys

name = sys.argv[1]
FILL = -1


def number(text):
    return float(text) if text else None


def same(what, a, b):
    if a != b:
        missing = list(itertools.islice((k for k in a if b.get(k, "none") != a[k]), 3))
        more = list(itertools.islice((k for k in b if k not in a), 3))
        sys.exit(f"{what}: {[(k, a[k], b.get(k)) for k in missing]} {more}")


# ---- What the traces say ----------------------------------------------------------------
losses, metrics, results, chains = {}, {}, {}, {}
for row in csv.DictReader(open(name + ".all")):
    run = int(re.search(r"(\d+)\.trace$", row["trace"]).group(1))
    value = number(row["value"])
    if row["kind"] == "checkpoint":
        metrics[run, int(row["step"]), row["name"]] = value
    elif row["kind"] == "table":
        results[run, row["name"]] = value
    elif row["kind"] == "chain":
        chain = run, int(row["llc"]) + 1, int(row["step"]), int(row["chain"])
        if row["name"] == "loss":
            losses[*chain, int(row["draw"])] = value
        else:
            chains[*chain, row["name"]] = value

# ---- The sweep, as the manifest has it --------------------------------------------------
axes = {"many": ["sweep_Loss", "sweep_Draw", "kind", "seed"], "one": []}[name]
points = {"many": [(s, d, k, i) for s, d in ((2, 0.5), (3, 0.001)) for k in ("adam", "sgd")
                   for i in (5, 6)], "one": [()]}[name]

# ---- Draws ------------------------------------------------------------------------------
found = {}
for row in csv.DictReader(open(name + ".csv")):
    run = int(row["run"])
    at = tuple(type(v)(row[a]) for a, v in zip(axes, points[run]))
    assert at == points[run], (run, at)
    key = run, *(int(row[c]) for c in ("estimate", "at_step", "chain", "draw"))
    found[key] = number(row["loss"])
same("draws", losses, found)

# ---- SQLite -----------------------------------------------------------------------------
db = sqlite3.connect(name + ".db")
assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
quoted = "".join(f'"{a}", ' for a in axes)
at = {row[0]: row[1:] for row in db.execute(f"SELECT run, {quoted} 0 FROM runs")}
assert at == {run: (*point, 0) for run, point in enumerate(points)}, at
assert all(type(a) is type(b) for run in at for a, b in zip(at[run], points[run]))
found = {}
for row in db.execute(f"SELECT run, estimate, at_step, chain, draw, loss, {quoted} 0 FROM draws"):
    assert row[6:] == (*points[row[0]], 0)
    found[row[:5]] = row[5]
same("losses in SQLite", losses, found)
same("metrics in SQLite", metrics, {r[:3]: r[3] for r in db.execute("SELECT * FROM checkpoints")})
same("results in SQLite", results, {r[:2]: r[2] for r in db.execute("SELECT * FROM results")})
for column in ("nbeta", "init_loss"):
    same(column, {k[:4]: v for k, v in chains.items() if k[4] == column},
         {r[:4]: r[4] for r in db.execute(f"SELECT run, estimate, at_step, chain, {column} FROM chains")})
for run, estimate, step, mean in db.execute("SELECT run, estimate, at_step, mean FROM estimates"):
    last = max(s for r, e, s, *_ in chains if (r, e) == (run, estimate))
    of = f"llc{estimate if estimate > 1 else ''}/mean"
    assert mean == results[run, of if step == last else f"{of}@{step}"], (run, estimate, step)
claims = db.execute("SELECT id, holds, expect FROM claims").fetchall()
assert claims == ([("small", 1, 1.0)] if name == "many" else []), claims

# ---- netCDF -----------------------------------------------------------------------------
text = subprocess.run(["ncdump", "-p", "9,17", name + ".nc"], check=True, capture_output=True,
                      text=True).stdout
groups, group, at = {}, None, None
for part in re.split(r"(?m)^group: ", text)[1:]:
    group = part.split()[0]
    sizes = dict(re.findall(r"(?m)^\s+(\w+) = (\d+) ;", part.split("variables:", 1)[0]))
    dims = {v: d.split(", ") if d else [] for _, v, d in
            re.findall(r"(?m)^\s+(string|int64|double) ([^ (:]+)(?:\(([^)]*)\))? ;", part)}
    data = {}
    for match in re.finditer(r"(?m)^\s+(\S+) =((?:[^;\"]|\"[^\"]*\")*);", part.split("data:", 1)[1]):
        variable = match.group(1).replace("\\", "")
        data[variable] = [v.strip() for v in match.group(2).split(",")]
    groups[group] = {k: int(v) for k, v in sizes.items()}, dims, data


def cells(group, variable):
    """The cells of a variable: {dimension: index}, value."""
    sizes, dims, data = groups[group]
    over = dims[variable]
    places = itertools.product(*(range(sizes[d]) for d in over))
    for place, value in itertools.zip_longest(places, data[variable]):
        if value not in ("_", "NaN", "NaNf", ""):
            yield dict(zip(over, place)), json.loads(value)


grid = [a for a in axes if a != "sweep_Draw"]
for group, (sizes, dims, data) in groups.items():
    assert [sizes[a] for a in grid] == ([2, 2, 2] if grid else []), group
    for i, axis in enumerate(axes):
        values = dict.fromkeys(p[i] for p in points)
        assert [v for _, v in cells(group, axis)] == list(values), (group, axis)
        assert dims[axis] == ["sweep_Loss" if axis == "sweep_Draw" else axis]


def run_of(place):
    run = 0
    for axis in grid:
        run = run * 2 + place[axis]
    return run


assert all(v == run_of(p) for p, v in cells("results", "run"))
found = {}
for (run, of), value in results.items():
    found[of] = {}
for of in found:
    found[of] = {run_of(p): v for p, v in cells("results", of.replace("/", "_"))}
same("results in netCDF", {k: v for k, v in results.items() if v is not None},
     {(run, of): v for of, values in found.items() for run, v in values.items()})
steps = {(run_of(p), p["checkpoint"]): v for p, v in cells("checkpoints", "at_step") if v != FILL}
same("metrics in netCDF", {k: v for k, v in metrics.items() if v is not None},
     {(run_of(p), steps[run_of(p), p["checkpoint"]], of): v for of in {k[2] for k in metrics}
      for p, v in cells("checkpoints", of.replace("/", "_"))})
found, llc = {}, {}
for estimate in {k[1] for k in chains}:
    number_of = str(estimate) if estimate > 1 else ""
    steps = {(run_of(p), p.get("checkpoint", 0)): v
             for p, v in cells("estimate" + number_of, "at_step") if v != FILL}
    for group, variable, into in (("sample_stats", "loss", found), ("posterior", "llc", llc)):
        if group + number_of not in groups or variable not in groups[group + number_of][1]:
            continue
        for p, v in cells(group + number_of, variable):
            run = run_of(p)
            into[run, estimate, steps[run, p.get("checkpoint", 0)], p["chain"], p["draw"]] = v
    for variable in ("nbeta", "init_loss"):
        same(variable + " in netCDF",
             {k[:4]: v for k, v in chains.items() if k[1] == estimate and k[4] == variable},
             {(run_of(p), estimate, steps[run_of(p), p.get("checkpoint", 0)], p["chain"]): v
              for p, v in cells("sample_stats" + number_of, variable)})
finite = {k: v for k, v in losses.items() if v is not None and math.isfinite(v)}
same("losses in netCDF", finite, found)
same("llc in netCDF", {k: chains[*k[:4], "nbeta"] * (v - chains[*k[:4], "init_loss"])
                       for k, v in finite.items()}, llc)
print(f"{len(losses)} losses, {len(metrics)} metrics, {len(results)} results: the same in all")
