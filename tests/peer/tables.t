#!/usr/bin/python3
"""xarray reads what `sltrace export --netcdf` writes: each group with the sweep's axes as
coordinates, and the mean of an estimate's draws is the estimate.

    SLT_LONG=1 tables.t
"""

import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))

import tier  # noqa: E402

program = tier.program("reads netCDF with xarray")

import numpy  # noqa: E402
import xarray  # noqa: E402

count = failed = 0


def report(holds, what):
    global count, failed
    count += 1
    failed += not holds
    print(f"{'ok' if holds else 'not ok'} {count} - {what}", flush=True)


with tempfile.TemporaryDirectory() as folder:
    manifest = HERE + "/../../manifests/smoke/linear.yaml"
    data = folder + "/study.nc"
    subprocess.run([program, "run", manifest, "--quiet", "--out", folder + "/study"], check=True,
                   stdout=subprocess.DEVNULL)
    subprocess.run([program, "export", manifest, "--from", folder + "/study", "--netcdf", data],
                   check=True, stdout=subprocess.DEVNULL)
    group = {name: xarray.load_dataset(data, group=name)
             for name in ("posterior", "sample_stats", "estimate", "checkpoints", "results")}
    seen = folder + "/seen.nc"
    manifest = HERE + "/../../manifests/smoke/observables.yaml"
    subprocess.run([program, "run", manifest, "--quiet", "--out", folder + "/seen"], check=True,
                   stdout=subprocess.DEVNULL)
    subprocess.run([program, "export", manifest, "--from", folder + "/seen", "--netcdf", seen],
                   check=True, stdout=subprocess.DEVNULL)
    observed, whole = (xarray.load_dataset(seen, group=name)
                       for name in ("log_likelihood", "sample_stats"))
for name, found in group.items():
    report(list(found.arithmetic.values) == ["f32", "f64"] and list(found["rank"].values) == [1, 3]
           and list(found.seed.values) == [0, 1], f"{name}: the axes")
draws, stats = group["posterior"].llc, group["sample_stats"]
report(draws.dims == ("arithmetic", "rank", "seed", "chain", "draw"), "dimensions of the draws")
mean = draws.mean(["chain", "draw"])
report(bool(numpy.allclose(mean, group["results"].llc_mean, rtol=1e-12)), "their means are the estimates")
report(bool((group["estimate"]["mean"] == group["results"].llc_mean).all()), "as the groups agree")
report(bool((draws == stats.nbeta * (stats.loss - stats.init_loss)).all()), "the draws are of the losses")
last = group["checkpoints"].loss.isel(checkpoint=-1)
report(bool((last == group["results"].loss).all()), "the last checkpoint has the result's loss")
report(int(group["results"].run.sel(arithmetic="f64", rank=3, seed=1)) == 7, "a run by its axes")
target = observed.target
report(target.dims == ("arithmetic", "seed", "chain", "draw", "observation")
       and list(observed.draw.values) == [0, 4, 8], "log likelihoods of samples")
total = -whole.nbeta * whole.loss.sel(draw=observed.draw)
report(bool(numpy.allclose(target.sum("observation"), total, rtol=1e-12)),
       "their sum is -nbeta times the loss of the draw")
print(f"1..{count}")
sys.exit(failed > 0)
