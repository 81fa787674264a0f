"""A run as sltrace exports it: its settings, data, batches, noise and weights."""

import glob
import json
import os
import re
import shutil
import subprocess
import urllib.parse

import numpy
import torch


class Exported:
    """One run: computed, exported, read; `files` is the folder of its manifest, which may
    have one called data."""

    def __init__(self, program, manifest, folder, updates, files):
        path = os.path.join(folder, "run.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(manifest)

        def call(*words):
            done = subprocess.run([program, *words], capture_output=True, text=True,
                                  check=False)
            if done.returncode:
                raise RuntimeError(f"sltrace {words[0]}: {done.stderr.strip()}")
            return done.stdout

        data = os.path.join(files, "data")
        if os.path.isdir(data):  # weights are found by their path, data by their SHA-256
            shutil.copytree(data, os.path.join(folder, "data"))
            shutil.copytree(data, folder, dirs_exist_ok=True)
        call("run", path, "--data", folder, "--out", folder, "--jobs", "1", "--quiet")
        trace = os.path.join(folder, "traces", "000000.trace")
        shown = json.loads(call("show", trace, "--json"))
        call("export", trace, "--data", folder, "--npy", folder, "--inputs", str(updates))
        self.prefix = os.path.join(folder, "000000-")
        self.run = shown["run"]
        self.chains = [record for record in shown["records"] if record["kind"] == "chain"]
        self.data = self.arrays("data-")

    def arrays(self, prefix):
        """Arrays whose names begin so, by the rest of the name.  Integers with a binary
        point become binary64."""
        found = {}
        for path in glob.glob(self.prefix + prefix + "*.npy"):
            name = path[len(self.prefix + prefix):-len(".npy")]
            fixed = re.fullmatch(r"(.*)\.frac(\d+)", name)
            array = numpy.load(path)
            if fixed:
                name, array = fixed[1], numpy.ldexp(array.astype("f8"), -int(fixed[2]))
            found[urllib.parse.unquote(name)] = array
        return found

    def walk(self, name):
        number = re.match(r"llc(\d+)-", name)
        estimate = self.run["llc"][int(number[1])] if number else {}
        data = self.data
        loss_on = estimate.get("loss_on")
        if loss_on == "validation":
            data = self.arrays("validation-")
        elif isinstance(loss_on, dict):
            data = self.arrays(f"other.{loss_on['data']}-")
        return Walk(data, self.arrays(name))


class Walk:
    """Training ("train-") or a chain ("llc0-chain0-"): weights, noise and batches."""

    def __init__(self, data, arrays):
        self.data = data
        self.weights = {key[len("weight."):]: array for key, array in arrays.items()
                        if key.startswith("weight.")}
        self.noise = {key[len("noise."):]: array for key, array in arrays.items()
                      if key.startswith("noise.")}
        self.batches = arrays.get("batches")
        self.stream = {key[len("batches."):]: array for key, array in arrays.items()
                       if key.startswith("batches.")}
        self.updates = len(next(iter(self.weights.values()))) - 1

    def after(self, update):
        """The run's weights after an update, from 0, by name."""
        return {name: torch.from_numpy(rows[update + 1])
                for name, rows in self.weights.items()}

    def stays(self, update):
        """Whether an update changed no weight."""
        return all((rows[update + 1] == rows[update]).all() for rows in self.weights.values())

    def leaves(self):
        """Whether it left, or all but left, the finite numbers."""
        return not all((abs(rows[-1]) < 1e6).all() for rows in self.weights.values())

    def moved(self, update):
        """How far it is from the first weights to those after an update, relative to these."""
        apart = sum(((rows[0] - rows[update + 1 if update >= 0 else update]) ** 2).sum()
                    for rows in self.weights.values())
        return (apart / sum((rows[0] ** 2).sum() for rows in self.weights.values())) ** 0.5

    def batch(self, update):
        """Inputs and target of an update, in the order of its batch."""
        if self.stream:
            return {name: tables[update] for name, tables in self.stream.items()}
        if self.batches is None:
            return self.data
        rows = self.batches[update]
        rows = rows[rows >= 0]
        return {name: table[rows] for name, table in self.data.items()}
