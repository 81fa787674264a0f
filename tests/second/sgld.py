"""Chains of every sampler, and the estimate: section 10 of docs/spec."""

import copy
import math
from types import SimpleNamespace

import draws
import sleef
from batches import Batches
from hessian import Plane, hessian_trace, over_weights
from refine import Refinement
from observe import Observed
from stein import Sums, means
from ieee import fma, mean, sum_products
from tensor import Diverged, Overflow, named
from train import finite


# Samplers whose steps are those of section 10.1, and those that take proposals or do not.
LANGEVIN = "sgld", "mala"
CORRECTING = "mala", "hmc"
# Those with two tensors beside a weight.
TWO_BESIDE = "adam-sgld", "sgnht"


def alpha_of(log_alpha):
    if not math.isfinite(log_alpha):
        return 0.0
    return sleef.exp("f64", log_alpha) if log_alpha < 0 else 1.0


def acceptance(ar, rule, trainable, w, g, w1, g1, centre, loss, loss1):
    """Section 10.2: of the step from w to w1; loss and gradients on all samples."""
    total = [0.0] * 4
    for name in trainable:
        sums = ar.metropolis(rule, w[name], w1[name], centre[name], g[name], g1[name])
        total = [t + v for t, v in zip(total, sums)]
    forward, backward, spring0, spring1 = total
    h = rule.gamma / 2
    u = fma(rule.nbeta, loss, h * spring0)
    u1 = fma(rule.nbeta, loss1, h * spring1)
    return alpha_of((u - u1) + (forward - backward) / (rule.lr + rule.lr))


def pull_of(part):
    """Section 10.1: gamma."""
    prior = part.get("prior")
    if prior is None:
        return part["localization"]
    return prior["precision"] if "precision" in prior else 1 / (prior["gaussian"] *
                                                                prior["gaussian"])


def power(b, t):
    """Section 10.13: b^t."""
    p = 1.0
    for bit in f"{t:b}":
        p = p * p
        if bit == "1":
            p = p * b
    return p


def rule_of(part, nbeta):
    """Sections 10.1, 10.9, 10.11, 10.13, 10.14 and 10.15: coefficients in binary64."""
    lr, sampler = part["lr"], part["sampler"]
    rule = SimpleNamespace(nbeta=nbeta, gamma=pull_of(part), lr=lr,
                           half=lr / 2, root=math.sqrt(lr) * part["noise_level"],
                           quarter=math.nan)
    if sampler in CORRECTING:
        rule.quarter = 0.0
        tune(rule, lr, part["noise_level"])
    elif sampler == "sgld":
        rule.quarter = lr / 4 if part.get("prior") is None else math.nan
    elif sampler == "rmsprop-sgld":
        rule.alpha, rule.other, rule.eps = part["alpha"], 1 - part["alpha"], part["eps"]
        rule.up = 1.0
    elif sampler == "adam-sgld":
        rule.beta, rule.alpha = part["betas"]
        rule.rest, rule.other, rule.eps = 1 - rule.beta, 1 - rule.alpha, part["eps"]
    elif sampler == "baoab":
        h = math.sqrt(lr)
        c = sleef.exp("f64", -(part["friction"] * h))
        rule.lose, rule.push, rule.before, rule.after = 0.0, h, h / 2, h / 2
        rule.fade, rule.noise = 1 - c, math.sqrt((1 - c) * (1 + c))
    elif sampler == "sgnht":
        rule.h = math.sqrt(lr / 2)
        rule.fade = part["diffusion"] * rule.h
        rule.noise = math.sqrt(2 * rule.fade)
    else:
        decay = part["momentum_decay"]
        rule.lose, rule.push, rule.before, rule.fade = decay, rule.half, 0.0, 0.0
        rule.noise, rule.after = math.sqrt(decay * lr), 1.0
    if sampler in ("baoab", "sghmc"):
        rule.noise = rule.noise * part["noise_level"]
    return rule


def tune(rule, lr, level):
    """Section 10.17: what is made of the lr of an update."""
    rule.lr, rule.half, rule.root = lr, lr / 2, math.sqrt(lr) * level
    rule.h = math.sqrt(lr)


class Adaptation:
    """Section 10.17."""

    def __init__(self, part):
        self.lr, self.burnin = part["lr"], part["num_burnin_steps"]
        self.target = part["adapt"].get("acceptance",
                                        .8 if part["sampler"] == "hmc" else .574)
        self.short = self.mean = 0.0

    def take(self, s, alpha):
        """The lr of update s + 1, after that of the burn-in whose acceptance was alpha."""
        m = s + 1
        share = 1 / float(m + 10)
        self.short = fma(1 - share, self.short, share * (self.target - alpha))
        x = sleef.log("f64", 10 * math.sqrt(self.lr)) - math.sqrt(m) / 0.05 * self.short
        weight = sleef.exp("f64", -(0.75 * sleef.log("f64", float(m))))
        self.mean = fma(1 - weight, self.mean, weight * x)
        q = sleef.exp("f64", self.mean if m == self.burnin else x)
        return min(max(q * q, 2.0**-64), 2.0**64)


class Estimate:
    """The entry at a place of the manifest's list `llc`, at the weights w* of the
    checkpoint k of those that it stands at."""

    def __init__(self, part, place, k, seed, network, data, centre, train):
        self.part, self.place, self.seed, self.train = part, place, seed, train
        self.c3 = place + 8 * k + 1
        self.refined = Refinement(network, centre, part["restrict"])
        self.net, self.centre, self.of_training = self.refined.net, centre, data
        self.data = data.of(part["loss_on"])
        self.trained = network.trainable
        self.home = centre  # where the pull goes
        if part.get("prior") is not None:
            self.home = {n: self.net.ar.zeros(w.rows, w.cols) for n, w in centre.items()}
        nbeta = part["nbeta"]
        if isinstance(nbeta, str):
            n = len(self.data.training)
            if nbeta == "batch/ln(batch)" and part["batch"] != "full":
                n = part["batch"]["size"]
            nbeta = n / sleef.log("f64", float(n))
        self.langevin = part["sampler"] in LANGEVIN
        self.rule = rule_of(part, nbeta)
        self.number = {w["name"]: i for i, w in enumerate(network.weights)}
        self.plane = None
        to = part["restrict"]
        if to["orthogonal"] if isinstance(to, dict) else to == "orthogonal":
            self.plane = Plane(self.net, centre, self.gradient(centre, None)[1])
        self.replicas = self.ladder(part.get("tempering"))

    def ladder(self, tempering):
        """Section 10.19: this estimate with each further replica's nbeta, lr and counter."""
        replicas = []
        for r, (nbeta, lr) in enumerate(zip(*(tempering[k] for k in ("nbeta", "lr")))
                                        if tempering else (), 1):
            replica = copy.copy(self)
            replica.rule = rule_of(self.part | {"lr": lr}, nbeta)
            replica.c3 = self.c3 + r * 2**20
            replicas.append(replica)
        return replicas

    def batches(self, chain):
        return Batches(self.part["batch"], self.data, self.seed, 6, chain, self.c3)

    def on(self, measure, weights, batch):
        """A measure of the network on a batch, or on all samples where it is None."""
        return measure(weights, self.data.training if batch is None else batch)

    def gradient(self, weights, batch):
        """With the loss."""
        loss, g = self.on(self.net.gradient, weights, batch)
        return loss, self.refined.slope(g)

    def init_loss(self):
        if self.part["init_loss"] == "full":
            return self.on(self.net.loss, self.centre, None)
        return mean([self.on(self.net.loss, self.centre, self.batches(c).at(0))
                     for c in range(self.part["num_chains"])])

    def beside(self):
        """Momenta, thermostats, means or mean squares, where the sampler keeps some, kind
        by kind."""
        kinds = 0 if self.langevin or self.corrects else 2 if self.part["sampler"] in TWO_BESIDE else 1
        return [{name: self.net.ar.zeros(self.centre[name].rows, self.centre[name].cols)
                 for name in self.trained} for _ in range(kinds)]

    def rule_at(self, s):
        """The coefficients of update s."""
        if self.part["sampler"] != "adam-sgld":
            return self.rule
        rule = SimpleNamespace(**vars(self.rule))
        rule.nbeta = rule.nbeta / (1 - power(rule.beta, s + 1))
        rule.up = 1 / math.sqrt(1 - power(rule.alpha, s + 1))
        return rule

    def moved(self, c, s, w, g, beside):
        """The new weights; what stands beside them is changed where it stands."""
        w1, ar = dict(w), self.net.ar
        rule = self.rule_at(s)
        step = (ar.preconditioned if hasattr(rule, "alpha") else
                ar.thermostat if hasattr(rule, "h") else ar.underdamped)
        for name in self.net.trainable:
            stream = draws.Stream(self.seed, 5, self.number[name], c, s, self.c3)
            about = g[name], self.home[name], stream, rule
            with named(name):
                if self.langevin:
                    w1[name] = ar.sgld(w[name], *about)
                else:
                    *new, w1[name] = step(w[name], *(b[name] for b in beside), *about)
                    for b, tensor in zip(beside, new):
                        b[name] = tensor
        w1 = self.refined.back(w1, self.centre)
        self.look(w1)
        for tensors in beside:
            self.look(tensors)
        if self.plane:
            w1 = self.refined.back(w1 | self.plane.project(w1), self.centre)
            self.look(w1)
        return self.boxed(w1) if "bounding_box" in self.part else w1

    def boxed(self, w1):
        """Section 10.12."""
        for name in self.net.trainable:
            sides = self.net.ar.box(self.centre[name], self.part["bounding_box"])
            kept = [lo if x < lo else hi if x > hi else x
                    for x, lo, hi in zip(w1[name].m, *sides)]
            if self.corrects and kept != w1[name].m:
                raise Diverged
            w1[name] = w1[name].like(kept, w1[name].frac)
        return w1

    def look(self, weights):
        for name in self.net.trainable:
            if name in weights:
                self.net.ar.look(name, weights[name])

    def chain(self, c):
        """The chain's status, losses, last weights and, where asked for, acceptance."""
        chain = SimpleNamespace(status="done", losses=[], weights=None, acceptance=None,
                                lr=None, energies=[],
                                tensor=None, stein=Sums(self), observed=Observed(self),
                                beside=self.beside(), swaps=[0.0] * len(self.replicas))
        try:
            self.draw(c, chain)
        except Diverged:
            chain.status = "diverged"
        except Overflow as overflow:
            chain.status, chain.tensor = "overflow", overflow.tensor
        return chain

    @property
    def corrects(self):
        return self.part["sampler"] in CORRECTING

    @property
    def energetic(self):
        return (self.part.get("observables") or {}).get("energy")

    @property
    def accepts(self):
        return self.corrects or self.part.get("mala_acceptance")

    def alpha(self, w, loss, g, w1, loss1, g1):
        return acceptance(self.net.ar, self.rule, self.net.trainable, w, g, w1, g1,
                          self.home, loss, loss1)

    def step(self, c, s, w, loss, g):
        """Section 10.10: the proposal, loss and gradient there, alpha."""
        w1 = self.moved(c, s, w, g, [])
        loss1, g1 = self.gradient(w1, None)
        return w1, loss1, g1, self.alpha(w, finite(loss), g, w1, finite(loss1), g1)

    def kick(self, c, w, g, p):
        return self.refined.slope({
            name: self.net.ar.kick(p[name], w[name], g[name], self.home[name], c, self.rule)
            for name in self.net.trainable})

    def energy(self, w, loss):
        """Section 10.15: U."""
        a = {n: self.net.ar.away(w[n], self.home[n]) for n in self.net.trainable}
        spring = over_weights(self.net.ar, self.net.trainable, a, a)
        return fma(self.rule.nbeta, loss, self.rule.gamma / 2 * spring)

    def trajectory(self, c, s, w, loss, g):
        """Section 10.15: the same at a trajectory's end."""
        ar, h, names = self.net.ar, self.rule.h, self.net.trainable
        p = self.refined.slope({
            name: ar.normals(w[name].rows, w[name].cols,
                             draws.Stream(self.seed, 5, self.number[name], c, s, self.c3), 1.0)
            for name in names})
        kinetic = over_weights(ar, names, p, p)
        energy0 = self.energy(w, loss) + kinetic / 2
        self.energies = energy0, None
        w1, g1, steps = w, g, self.part["leapfrog_steps"]
        p = self.kick(h / 2, w, g, p)
        for left in range(steps, 0, -1):
            drifted = {name: ar.drift(w1[name], p[name], h) for name in names}
            w1 = self.refined.back(w1 | drifted, self.centre)
            self.look(w1)
            loss1, g1 = self.gradient(w1, None)
            finite(loss1)
            p = self.kick(h / 2 if left == 1 else h, w1, g1, p)
        if "bounding_box" in self.part:
            self.boxed(w1)
        u1, kinetic1 = self.energy(w1, loss1), over_weights(ar, names, p, p)
        self.energies = energy0, u1 + kinetic1 / 2
        fall = self.energy(w, loss) - u1
        return w1, loss1, g1, alpha_of(fall + (kinetic - kinetic1) / 2)

    def proposed(self, c, s, w, loss, g):
        """Sections 10.10 and 10.15: the weights after update s, loss and gradient, alpha."""
        alpha, propose = 0.0, self.step if self.langevin else self.trajectory
        try:
            w1, loss1, g1, alpha = propose(c, s, w, loss, g)
        except (Diverged, Overflow):
            pass
        word = draws.Stream(self.seed, 11, 0, c, s, self.c3).words(1)[0]
        taken = (word + 0.5) / 2**32 < alpha
        if self.energetic:
            self.at_hand = self.energies[taken]
        return (w1, loss1, g1, alpha) if taken else (w, loss, g, alpha)

    def updated(self, c, s, w, loss, g, beside, batch):
        """The same of any sampler, alpha 0 where none is recorded."""
        if self.corrects:
            return self.proposed(c, s, w, loss, g)
        w1 = self.moved(c, s, w, g, beside)
        loss1, g1 = self.gradient(w1, batch)
        return w1, loss1, g1, self.alpha(w, loss, g, w1, loss1, g1) if self.accepts else 0.0

    def draw(self, c, chain):
        p, w, batches = self.part, self.centre, self.batches(c)
        alphas, s = 0.0, 0
        adapts = Adaptation(p) if "adapt" in p else None
        first = adapts.burnin if adapts else 0
        if adapts:
            tune(self.rule, p["lr"], p["noise_level"])
        loss, g = self.gradient(w, batches.at(s))
        others = [(w, loss, g) for _ in self.replicas]
        while True:
            if s >= p["num_burnin_steps"] and (
                    s - p["num_burnin_steps"]) % p["num_steps_bw_draws"] == 0:
                full = p["loss"] == "full"
                recorded = self.on(self.net.loss, w, None) if full else loss
                chain.losses.append(finite(recorded))
                if p["stein"]:
                    chain.stein.add(len(chain.losses) - 1, w, g)
                chain.observed.add(len(chain.losses) - 1, w)
                if self.energetic:
                    chain.energies.append(self.at_hand)
                if len(chain.losses) == p["num_draws"]:
                    break
            w, loss, g, alpha = self.updated(c, s, w, finite(loss), g, chain.beside,
                                             batches.at(s + 1))
            others = [replica.proposed(c, s, *other)[:3]
                      for replica, other in zip(self.replicas, others)]
            if s < first:
                tune(self.rule, adapts.take(s, alpha), p["noise_level"])
            else:
                alphas = alphas + alpha
            s += 1
            (w, loss, g), *others = self.exchanged(c, s, [(w, loss, g), *others], chain)
        chain.weights, chain.lr = w, self.rule.lr
        chain.beside += [{name: other[0][name] for name in self.trained}
                         for other in others]
        chain.swaps = [total / count if count else 1.0 for total, count in
                       zip(chain.swaps, (sum(pair in self.offered(t) for t in
                                             range(1, s + 1)) for pair in
                                         range(len(self.replicas))))]
        chain.acceptance = alphas / (s - first) if s > first else 1.0

    def offered(self, t):
        """Section 10.19: the pairs that are offered an exchange after t updates."""
        pairs = range(len(self.replicas))
        if not pairs or t % self.part["tempering"]["every"]:
            return []
        turns = min(len(pairs), 2)
        return pairs[(t // self.part["tempering"]["every"] - 1) % turns::turns]

    def exchanged(self, c, t, places, chain):
        """Weights, loss and gradient of each replica after the exchanges at t."""
        rules = [self.rule, *(replica.rule for replica in self.replicas)]
        for i in self.offered(t):
            alpha = alpha_of((rules[i].nbeta - rules[i + 1].nbeta)
                             * (places[i][1] - places[i + 1][1]))
            chain.swaps[i] = chain.swaps[i] + alpha
            word = draws.Stream(self.seed, 12, 0, c, t, self.c3).words(i + 1)[i]
            if (word + 0.5) / 2**32 < alpha:
                places[i], places[i + 1] = places[i + 1], places[i]
        return places

    def results(self, chains, init_loss, step):
        """Section 10.3 and the names of section 14.4."""
        number = "" if self.place == 0 else str(self.place + 1)
        found = self.of_chains(number, chains, init_loss)
        if self.part["hessian_probes"]:
            found[f"hessian{number}/trace"] = hessian_trace(self, step)
        return found

    def of_chains(self, number, chains, init_loss):
        llc = "llc" + number
        if any(chain.status != "done" for chain in chains):
            return {llc + "/mean": None}
        each = [self.rule.nbeta * (mean(chain.losses) - init_loss) for chain in chains]
        found = {llc + "/mean": mean(each)}
        if len(each) > 1:
            d = [x - found[llc + "/mean"] for x in each]
            found[llc + "/std"] = math.sqrt(sum_products(d, d) / (len(each) - 1))
        for c, x in enumerate(each):
            found[f"{llc}-chain/{c}"] = x
        if self.accepts:
            head = "hmc" if self.part["sampler"] == "hmc" else "mala"
            found[f"{head}{number}/acceptance"] = mean([x.acceptance for x in chains])
        if "adapt" in self.part:
            found[f"adapted{number}/lr"] = mean([x.lr for x in chains])
        for pair in range(len(self.replicas)):
            found[f"swap{number}-pair/{pair}"] = mean([x.swaps[pair] for x in chains])
        if self.part["stein"]:
            found |= means(number, chains, self.rule)
        return found
