#!/usr/bin/python3
"""PyTorch follows the runs of sltrace: from their exported data, first weights, batches
and noise it takes 200 steps of training and of SGLD by its own means, and its weights must
stay near: relative L2 distance at most 5e-7 after one step, and after 200 at most 1e-5, in
f32 1e-3.  With the learning rate 1 % off the same check must fail.

A run in f32 may magnify roundings beyond that.  Then PyTorch in f32 must drift as far from
PyTorch in f64, and the run in f64 must pass.

    SLT_LONG=1 peer.t [MANIFEST...]      all manifests by default
"""

import glob
import os
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"

program = os.path.abspath(os.environ.get("SLTRACE", HERE + "/../../build/sltrace"))
if not os.environ.get("SLT_LONG"):
    print("1..0 # SKIP SLT_LONG=1 follows runs with PyTorch")
    sys.exit()
if not os.access(program, os.X_OK):
    print("1..0 # SKIP the program is not built")
    sys.exit()

import torch  # noqa: E402

import follow  # noqa: E402
import shorten  # noqa: E402
from exported import Exported  # noqa: E402

UPDATES = 200
ONE_STEP, ALL_STEPS = 5e-7, {"f32": 1e-3, "f64": 1e-5, "fixed": 1e-5}
OFF = 1.01
torch.set_num_threads(1)
count = 0


def report(holds, what):
    global count
    count += 1
    print(f"{'ok' if holds else 'not ok'} {count} - {what}", flush=True)


def near(distances, arithmetic):
    return (len(distances) == UPDATES and distances[0] <= ONE_STEP
            and distances[-1] <= ALL_STEPS[arithmetic])


def words(distances):
    return (f"{distances[0]:.1e} after one step, {distances[-1]:.1e} after "
            f"{len(distances)}")


def distances(walk, weights):
    return [follow.distance(at, walk.after(update)) for update, at in enumerate(weights)]


def own_drift(steps):
    """How far PyTorch in f32 ends from PyTorch in f64."""
    for single, double in zip(steps(1.0, torch.float32), steps(1.0, torch.float64)):
        drift = follow.distance(single, double)
    return drift


def judge(name, walk, steps, arithmetic):
    """steps: from a factor of the learning rate and a type to the weights after each
    update.  Whether the run is to be followed in f64 too."""
    right = distances(walk, steps(1.0, None))
    wrong = distances(walk, steps(OFF, None))
    drifts = arithmetic == "f32" and right[0] <= ONE_STEP and not near(right, arithmetic)
    if drifts:
        drift = own_drift(steps)
        report(drift >= right[-1] / 3, f"{name}: {words(right)}, but PyTorch in f32 and in "
               f"f64 are {drift:.1e} apart")
    else:
        report(near(right, arithmetic), f"{name}: {words(right)}")
    report(not near(wrong, arithmetic), f"{name}, lr 1 % off: {words(wrong)}")
    return drifts


def follow_run(name, run, files):
    """Whether a walk in f32 has to be followed in f64 too."""
    with tempfile.TemporaryDirectory() as folder:
        exported = Exported(program, shorten.manifest_of(run), folder, UPDATES, files)
        run, training = exported.run, exported.walk("train-")
        chains = [(record, exported.walk(f"llc{record['llc']}-chain{record['chain']}-"))
                  for record in exported.chains]
    arithmetic, drifts = run["arithmetic"], False
    if training.updates:
        drifts = judge(f"{name} training", training, lambda scale, dtype: follow.train(
            run, training, scale, dtype), arithmetic)
    for record, walk in chains:
        drifts |= judge(f"{name} llc[{record['llc']}]", walk,
                        lambda scale, dtype: follow.sample(run, record, walk, scale, dtype),
                        arithmetic)
    return drifts


def follow_manifest(path):
    files = os.path.dirname(os.path.abspath(path))
    for name, run in shorten.runs(path, UPDATES):
        if follow_run(name, run, files):
            follow_run(f"{name}, in f64", {**run, "arithmetic": "f64"}, files)


manifests = sys.argv[1:] or sorted(
    glob.glob(HERE + "/manifests/*.yaml") + glob.glob(HERE + "/../../manifests/*/*.yaml"))
report(len(manifests) > 0, "there are manifests")
for manifest in manifests:
    try:
        follow_manifest(manifest)
    except (RuntimeError, NotImplementedError, KeyError) as error:
        report(False, f"{manifest}: {error!r}")
print(f"1..{count}")
sys.exit()
