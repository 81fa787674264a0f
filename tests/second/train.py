"""Training: section 9 of docs/spec."""

import math
from types import SimpleNamespace

from batches import Batches
from tensor import Diverged, named


def moments(optimizer):
    if optimizer["kind"] == "adam":
        return ["m", "v"]
    if optimizer["kind"] == "flow":
        return []
    return ["m"] if optimizer["momentum"] != 0 else []


class State:
    """What section 9 calls a state: `moments` of each weight that is trainable."""

    def __init__(self, weights, trainable, optimizer, ar):
        self.t, self.weights = 0, weights
        self.powers = [1.0, 1.0]
        self.moments = {n: {key: ar.zeros(weights[n].rows, weights[n].cols)
                            for key in moments(optimizer)} for n in trainable}


def rule_at(optimizer, state):
    """Section 9.1: the coefficients of update t, in binary64."""
    lr = optimizer["lr"]
    for entry in optimizer["schedule"]:
        if entry["from"] <= state.t:
            lr = entry["lr"]
    rule = SimpleNamespace(lr=lr, weight_decay=optimizer["weight_decay"])
    if optimizer["kind"] == "sgd":
        rule.momentum = optimizer["momentum"]
        return rule
    rule.beta1, rule.beta2 = optimizer["betas"]
    b1, b2 = state.powers[0] * rule.beta1, state.powers[1] * rule.beta2
    state.powers = [b1, b2]
    rule.o1, rule.o2, rule.eps = 1.0 - rule.beta1, 1.0 - rule.beta2, optimizer["eps"]
    rule.rate, rule.root = lr / (1.0 - b1), 1.0 / math.sqrt(1.0 - b2)
    rule.decoupled = optimizer["decay"] == "decoupled"
    rule.shrink = 1.0 - lr * rule.weight_decay
    return rule


def update(state, gradients, optimizer, ar):
    rule = rule_at(optimizer, state)
    step = getattr(ar, optimizer["kind"])
    for name, own in state.moments.items():
        with named(name):
            w, g = state.weights[name], gradients[name]
            if optimizer["l1"] != 0:
                g = ar.add_sign(optimizer["l1"], w, g)
            state.weights[name] = step(w, g, own, rule)
    for name in state.moments:
        ar.look(name, state.weights[name])
    for name, own in state.moments.items():
        if "v" in own:
            ar.look("v/" + name, own["v"])
    state.t += 1


def finite(loss):
    if not math.isfinite(loss):
        raise Diverged("loss")
    return loss


def flowing(part, network, data, state, flow):
    """The states at the times of a flow."""
    state.weights[flow.name] = flow.at(part["times"][0])
    yield state
    stop = part.get("stop") or {}
    while state.t < part["steps"]:
        loss = finite(network.measure(state.weights, data.training)[1])
        if "loss_below" in stop and (
                state.t >= stop["after"] and loss < stop["loss_below"]):
            return
        state.weights[flow.name] = flow.at(part["times"][state.t + 1])
        state.t += 1
        yield state


def states(part, network, data, state, seed):
    """Every state that training reaches, the initial one first; the last is its end."""
    yield state
    if not part:
        return
    batches = Batches(part["batch"], data, seed, purpose=4)
    while state.t < part["steps"]:
        loss, gradients = network.gradient(state.weights, batches.at(state.t))
        finite(loss)
        stop = part.get("stop")
        if stop and "loss_below" in stop and (
                state.t >= stop["after"] and loss < stop["loss_below"]):
            return
        update(state, gradients, part["optimizer"], network.ar)
        yield state
