"""The trace of a run: section 14 of docs/spec."""

import copy
import math
import struct
from types import SimpleNamespace

import canonical
import fingerprints
import flow
import marks
import metrics
import msgpack
import plant
from data import Data, initial
from fixed import Fixed
from floats import Float
from ieee import mean
from network import Network
from observe import packed
from sgld import Estimate
from tensor import Diverged, Overflow
from train import State, finite, flowing, moments, states
from trials import Trials
from xxhash import xxh128

MAGIC = b"\x8bSLT\r\n\x1a\n" + struct.pack("<I", 1)
HEADER, CHECKPOINT, CHAIN, TABLE, END = range(5)


def real(x):
    """Section 14.2: a number that is not finite is nil."""
    return x if math.isfinite(x) else None


def losses(found, stored):
    """Section 14.2: the losses of a chain or what stands for them."""
    content, count = struct.pack("<%dd" % len(found), *found), len(found)
    if stored:
        return {"losses": content}
    parts = [found[q * count // 4:(q + 1) * count // 4] for q in range(4)]
    return {"draws": count, "losses_hash": xxh128(content),
            "quarters": [real(mean(part)) if part else None for part in parts]}


class Trace:
    def __init__(self):
        self.bytes, self.hashes = MAGIC, []

    def add(self, kind, body):
        hashed = msgpack.integer(kind) + msgpack.pack(body)
        before = self.hashes[-1] if self.hashes else bytes(16)
        self.hashes.append(xxh128(before + hashed))
        self.bytes += b"\x93" + hashed + msgpack.binary(self.hashes[-1])


class Run:
    """A run of a manifest; `trace`, `status` and `results` are what it comes to."""

    def __init__(self, part, folder="."):
        self.folder = folder
        self.part = canonical.complete(part)
        self.canonical = canonical.form(self.part)
        self.experiment = xxh128(self.canonical)
        self.seed, self.name = self.part["seed"], self.part["arithmetic"]
        self.data_seed = self.init_seed = self.seed
        self.ar = Fixed() if self.name == "fixed" else Float(self.name)
        self.train = flow.in_steps(self.part.get("train"))
        self.times = (self.train or {}).get("times")  # of its checkpoints
        self.flow = None
        self.trace, self.results, self.snapshots = Trace(), {}, {}
        self.chains, self.blocks = [], []

    def compute(self):
        self.net = Network(self.part["model"], self.ar)
        self.trace.add(HEADER, {"numerics": 1, "run": self.canonical,
                                "functions": fingerprints.header(self.part)})
        end_step = self.make_trials() if "trials" in self.part else self.make_plain()
        self.trace.add(TABLE, {"results": self.results})
        end = {"status": self.status, "step": end_step, "tensor": self.overflowed,
               "records": len(self.trace.hashes) + 1}
        if not self.overflowed:
            del end["tensor"]
        self.trace.add(END, end)
        return self

    def make_plain(self):
        """The run's checkpoints and chains; the step that training ended at."""
        self.status, self.overflowed, end_step = self.go_through_training()
        for snapshot in self.snapshots.values():
            self.trace.add(CHECKPOINT, self.checkpoint(*snapshot))
        self.set_results(end_step)
        if self.status == "done":
            self.estimate_all()
        return end_step

    def set_results(self, end_step):
        """Those of training."""
        if self.snapshots:
            self.results |= self.snapshots[max(self.snapshots)][1]
        self.results["step"] = float(end_step)
        self.results |= {"mark/" + n: float(t) for n, t in self.mark_values().items()}

    def make_trials(self):
        """Section 17: the blocks; how many trials there are."""
        trials = Trials(self)
        for block in trials.blocks():
            self.trace.add(CHECKPOINT, block)
            self.blocks.append(block)
        self.status, self.overflowed = "done", None
        self.results = trials.results()
        return self.part["trials"]["count"]

    # Training and checkpoints.

    def go_through_training(self):
        """The status of training, the tensor that overflowed if one did, the step."""
        try:
            self.data = Data(self.part["data"], self.data_seed, self.ar, self.folder)
            self.data.others = {
                part["name"]: Data(part, self.data_seed, self.ar, self.folder)
                for part in self.part["other_data"]}
        except Overflow as overflow:
            return "overflow", overflow.tensor, 0
        self.state = self.initial_state()
        try:
            for state in self.states():
                if self.is_due(state.t):
                    self.snap()
                    if marks.ends(self.train.get("stop"), self.metrics):
                        break
                if self.train and state.t >= marks.end(self.train, self.metrics):
                    break
            self.snap()
        except Diverged:
            return "diverged", None, self.state.t
        except Overflow as overflow:
            return "overflow", overflow.tensor, self.state.t
        return "done", None, self.state.t

    def states(self):
        if not self.train or "times" not in self.train:
            return states(self.train, self.net, self.data, self.state, self.seed)
        self.flow = flow.Flow(self.train["optimizer"], self.net, self.data,
                              self.state.weights)
        return flowing(self.train, self.net, self.data, self.state, self.flow)

    def initial_state(self):
        weights = self.part["model"]["weights"]
        values = {w["name"]: initial(w, i, self.init_seed, self.data, self.ar, self.folder)
                  for i, w in enumerate(weights) if "tied" not in w}
        if "plant" in self.part["model"]:
            values |= plant.planted(self.part["model"], self.init_seed, self.data,
                                    self.ar, self.folder)
        still = {"optimizer": {"kind": "sgd", "momentum": 0}}
        optimizer = (self.train or still)["optimizer"]
        self.moments = moments(optimizer)
        return State(values, self.net.trainable, optimizer, self.ar)

    def is_due(self, t):
        """Section 14.4: where checkpoints stand."""
        if not self.train:
            return False
        points = self.train["checkpoints"]
        return t in points["at"] or (points["every"] > 0 and t > 0
                                     and t % points["every"] == 0)

    def steps_due(self):
        """The steps at which the run asks for a checkpoint."""
        last = self.train["steps"] if self.train else 0
        return [t for t in range(last + 1) if t == last or self.is_due(t)]

    def snap(self):
        s = copy.copy(self.state)
        s.weights, s.moments = dict(s.weights), copy.deepcopy(s.moments)
        found = metrics.of_state(self.net, s, self.data, self.train, self.seed)
        self.snapshots[s.t] = s, {n: finite(x) for n, x in found.items()}

    def is_stored(self, t):
        if not self.train:
            return False
        rule = self.train["checkpoints"]["state"]
        last = self.status == "done" and t == max(self.snapshots)
        if isinstance(rule, dict):
            return last or t % rule["every"] == 0
        return rule == "all" or (rule == "last" and last)

    def checkpoint(self, state, metrics):
        stored = self.is_stored(state.t)
        tensors = dict(state.weights)
        for key in self.moments:
            tensors |= {key + "/" + n: own[key] for n, own in state.moments.items()}
        body = {"step": state.t, "metrics": metrics}
        if self.train and self.train["checkpoints"]["hashes"] == "joint" and not stored:
            joint = b"".join(self.ar.bytes(tensor) for tensor in tensors.values())
            return body | {"joint": xxh128(joint)}
        body["tensors"] = [self.tensor(n, x, stored) for n, x in tensors.items()]
        if stored and "v" in self.moments:
            body["powers"] = state.powers
        return body

    def tensor(self, name, tensor, stored):
        data = self.ar.bytes(tensor)
        found = {"name": name, "type": self.name, "rows": tensor.rows,
                 "cols": tensor.cols, "hash": xxh128(data)}
        return found | {"data": data} if stored else found

    # Marks and estimates.

    @property
    def metrics(self):
        """Those of each checkpoint, by its step."""
        return {t: found for t, (_, found) in self.snapshots.items()}

    def marks(self):
        return marks.reached((self.train or {}).get("marks", []), self.metrics)

    def mark_values(self):
        """What results say of marks: their steps, along a flow their times."""
        if not self.flow:
            return self.marks()
        found, last = {}, max(self.snapshots) + 1
        for mark in self.train["marks"]:
            steps = [t for t, m in self.metrics.items() if marks.meets(mark, t, m)]
            if steps:
                time = flow.crossing(mark, self.train["times"][:last], steps,
                                     lambda t, mark=mark: self.holds(mark, t))
                if time is not None:
                    found[mark["name"]] = time
        return found

    def holds(self, mark, time):
        """Whether a mark's bound holds at a time of the flow; None: it is not reached."""
        state = copy.copy(self.state)
        try:
            state.weights = state.weights | {self.flow.name: self.flow.at(time)}
            found = metrics.of_state(self.net, state, self.data, self.train, self.seed)
        except Diverged:
            return None
        return marks.bounded(mark, found)

    def estimate_all(self):
        reached = self.marks()
        for place, part in enumerate(self.part["llc"]):
            found, steps = {}, []
            if marks.is_wanted(part, reached):
                steps = marks.stands_at(part["at"], part, self.snapshots, reached,
                                        self.train)
            for k, step in enumerate(steps):
                store = part["store_losses"]
                stored = store == "all" or (store == "last" and step == steps[-1])
                found = self.estimate(place, k, part, step, stored)
                if part["at"] == "checkpoints" or isinstance(part["at"], list) or (
                        isinstance(part["at"], dict) and "count" in part["at"]):
                    self.results |= {f"{name}@{step}": x for name, x in found.items()
                                     if "-chain/" not in name}
            self.results |= found

    def estimate(self, place, k, part, step, stored):
        """Its results; its chains go into the trace."""
        centre = self.snapshots[step][0].weights
        estimate = Estimate(part, place, k, self.seed, self.net, self.data, centre,
                            self.part.get("train"))
        init_loss = estimate.init_loss()
        chains = [estimate.chain(c) for c in range(part["num_chains"])]
        for c, chain in enumerate(chains):
            body = self.chain(c, step, estimate, init_loss, chain, stored)
            self.trace.add(CHAIN, body)
            self.chains.append(SimpleNamespace(
                place=place, step=step, nbeta=estimate.rule.nbeta, init_loss=init_loss,
                status=chain.status, losses=chain.losses))
            if self.status == "done":
                self.status, self.overflowed = chain.status, chain.tensor
        return estimate.results(chains, init_loss, step)

    def chain(self, c, step, estimate, init_loss, chain, stored):
        body = {"llc": estimate.place, "chain": c, "step": step, "status": chain.status,
                "nbeta": real(estimate.rule.nbeta), "init_loss": real(init_loss)}
        body |= losses(chain.losses, stored) | {"weights": None}
        if chain.status == "done":
            last = [*chain.weights.values()]
            for kind in chain.beside:
                last += kind.values()
            body["weights"] = xxh128(b"".join(map(self.ar.bytes, last)))
            if estimate.accepts:
                body["acceptance"] = chain.acceptance
            if "adapt" in estimate.part:
                body["adapted_lr"] = chain.lr
            if chain.swaps:
                body["swaps"] = struct.pack("<%dd" % len(chain.swaps), *chain.swaps)
            if estimate.part["stein"]:
                body |= chain.stein.body()
            if "losses" in estimate.part.get("observables", {}):
                body |= chain.observed.body()
            if estimate.energetic:
                body["energies"] = packed(chain.energies)
        return body
