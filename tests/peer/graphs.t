#!/usr/bin/python3
"""PyTorch has the gradients of random small networks: one step of SGD with learning rate 1
takes the gradient off each weight, and PyTorch's must be the same within 1e-9 of the largest
number.  With PyTorch's own backward of one op off by one part in a thousand the same check must
notice it.

    SLT_LONG=1 graphs.t [SEED...]      a seed a network; 160 of them by default
"""

import os
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import tier  # noqa: E402

program = tier.program("makes random networks for PyTorch to follow")

import torch  # noqa: E402

from exported import Exported  # noqa: E402
from graphs import Graph  # noqa: E402
from network import Network  # noqa: E402

SEEDS = range(1, 161)
NEAR, OFF = 1e-9, 1.001
torch.set_num_threads(1)
count = 0
noticed, tried = {}, {}


def report(holds, what):
    global count
    count += 1
    print(f"{'ok' if holds else 'not ok'} {count} - {what}", flush=True)


class Spoiled(Network):
    """Its op of that place has a backward that is off."""

    def __init__(self, place, *rest):
        super().__init__(*rest)
        self._left = place

    def apply(self, op, inputs):
        out = super().apply(op, inputs)
        self._left -= 1
        if self._left == -1 and out.requires_grad:
            out = out * 1  # of its own, whatever the op gives
            out.register_hook(lambda gradient: gradient * OFF)
        return out


def apart(gradients, steps):
    """The largest difference of two gradients, as a share of the largest number."""
    most = max(step.abs().max() for step in steps.values())
    return max((gradients[name] - step).abs().max() / most for name, step in steps.items()).item()


def follow(seed):
    with tempfile.TemporaryDirectory() as folder:
        graph = Graph(seed, folder)
        exported = Exported(program, graph.manifest(), folder, 1, folder)
        walk = exported.walk("train-")
    first = {name: rows[0] for name, rows in walk.weights.items()}
    network = exported.run["model"], exported.run["data"], first, torch.float64
    steps = {name: torch.from_numpy(rows[0] - rows[1]) for name, rows in walk.weights.items()}
    right = Network(*network).gradient(walk.data)
    steps = {name: step for name, step in steps.items() if name in right}
    if not steps or not max(step.abs().max() for step in steps.values()) > 1e-6:
        return False
    distance = apart(right, steps)
    words = " ".join(op["op"] for op in graph.ops)
    report(distance <= NEAR, f"seed {seed}, {graph.loss['op']} of {words}: {distance:.1e}")
    for place, op in enumerate(graph.ops):
        wrong = Spoiled(place, *network).gradient(walk.data)
        if apart(wrong, right) > 1e-12:
            tried[op["op"]] = tried.get(op["op"], 0) + 1
            noticed[op["op"]] = noticed.get(op["op"], 0) + (apart(wrong, steps) > NEAR)
    return True


followed = [seed for seed in map(int, sys.argv[1:] or SEEDS) if follow(seed)]
report(len(followed) > 0, f"{len(followed)} networks have gradients")
for op, times in sorted(tried.items()):
    report(noticed[op] >= times * 0.9,
           f"a backward of {op} off by {OFF} is noticed: {noticed[op]} of {times}")
print(f"1..{count}")
sys.exit()
