#!/usr/bin/python3
"""PyTorch follows the runs of sltrace: from their exported data, first weights, batches
and noise it takes 200 steps of training and of SGLD by its own means, and its weights must
stay near: relative L2 distance at most 5e-7 after one step and 1e-5 after 200, in f32 2e-6
and 1e-3.  With the learning rate 1 % off the same check must fail, unless the weights hardly
move at all.

A run may magnify roundings beyond that.  Then PyTorch must drift as far from itself with the
learning rate a rounding off, and the run in f64 must pass.

    SLT_LONG=1 peer.t [MANIFEST...]      all manifests by default
"""

import glob
import os
import re
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import tier  # noqa: E402

program = tier.program("follows runs with PyTorch")

import torch  # noqa: E402

import follow  # noqa: E402
import shorten  # noqa: E402
from exported import Exported  # noqa: E402

UPDATES = 200
LIMITS = {"f32": (2e-6, 1e-3), "f64": (5e-7, 1e-5), "fixed": (5e-7, 1e-5)}
ROUNDING = {"f32": 1e-7, "f64": 2e-16, "fixed": 1e-7}  # products of fixed point round to 29 bits
OFF = 1.01
torch.set_num_threads(1)
count = 0


def report(holds, what):
    global count
    count += 1
    print(f"{'ok' if holds else 'not ok'} {count} - {what}", flush=True)


def near(distances, arithmetic):
    one_step, all_steps = LIMITS[arithmetic]
    return distances[0] <= one_step and distances[-1] <= all_steps


def words(distances):
    return (f"{distances[0]:.1e} after one step, {distances[-1]:.1e} after "
            f"{len(distances)}")


def distances(walk, weights):
    return [follow.distance(at, walk.after(update)) for update, at in enumerate(weights)]


def own_drift(steps, arithmetic):
    """How far PyTorch ends from itself with the learning rate off by a rounding or two of the
    arithmetic, and for f32 in f64."""
    others = [steps(1.0 + times * ROUNDING[arithmetic], None) for times in (1, -1, 2, -2)]
    if arithmetic == "f32":
        others.append(steps(1.0, torch.float64))
    for own, *there in zip(steps(1.0, None), *others):
        drift = max(follow.distance(own, other) for other in there)
    return drift


def judge(name, walk, steps, arithmetic):
    """steps: from a factor of the learning rate and a type to the weights after each
    update.  Whether the run is to be followed in f64 too."""
    right = distances(walk, steps(1.0, None))
    wrong = distances(walk, steps(OFF, None))
    drifts = right[0] <= LIMITS[arithmetic][0] and not near(right, arithmetic)
    if drifts:
        drift = own_drift(steps, arithmetic)
        report(drift >= right[-1] / 3, f"{name}: {words(right)}, but PyTorch is {drift:.1e} from "
               "itself after roundings")
    else:
        report(near(right, arithmetic), f"{name}: {words(right)}")
    still = near([(OFF - 1) * walk.moved(update) for update in (0, -1)], arithmetic)
    report(still or not near(wrong, arithmetic),
           f"{name}, lr 1 % off: {words(wrong)}{' (it hardly moves)' if still else ''}")
    return drifts and arithmetic != "f64"


def export(run, files, updates):
    """A run with its walks, which has as many updates as there is room for, and half of those
    that training makes where it diverges."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            exported = Exported(program, shorten.manifest_of(run), folder, updates, files)
        except RuntimeError as error:
            room = re.search(r"which are (\d+) updates of this run", str(error))
            if not room:
                raise
            shorten.cut(run, int(room[1]))
            return export(run, files, int(room[1]))
        training = exported.walk("train-")
        if training.updates > 1 and training.leaves():
            shorten.cut(run, training.updates // 2)
            return export(run, files, training.updates // 2)
        chains = [(record, exported.walk(f"llc{record['llc']}-chain{record['chain']}-"))
                  for record in exported.chains]
        return exported.run, training, chains


def follow_run(name, run, files):
    """Whether a walk has to be followed in f64 too."""
    run, training, chains = export(run, files, UPDATES)
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
