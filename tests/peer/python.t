#!/usr/bin/python3
"""The Python package of tools/python: a module of PyTorch becomes a manifest whose runs
PyTorch follows; traces and tables are read exactly; damaged ones are refused; verdicts are the
program's; a wheel and an sdist are built.

    SLT_LONG=1 python.t
"""

import json
import math
import os
import random
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.normpath(HERE + "/../../tools/python")

import tier  # noqa: E402

program = tier.program("tests the Python package, with PyTorch")
os.environ["SLTRACE"] = program
sys.path.insert(0, PACKAGE)

import numpy  # noqa: E402
import torch  # noqa: E402
from torch.nn import functional  # noqa: E402

import sltrace  # noqa: E402
from sltrace.torch import Unsupported  # noqa: E402

count = failed = 0


def ok(holds, what):
    global count, failed
    count += 1
    failed += not holds
    print(f"{'ok' if holds else 'not ok'} {count} - {what}", flush=True)


def raises(kind, what, call, *words):
    try:
        call()
    except kind as error:
        missing = [word for word in words if word not in str(error)]
        ok(not missing, f"{what}: refused" + (f", without {missing}: {error}" if missing else ""))
    else:
        ok(False, f"{what}: not refused")


class Deep(torch.nn.Module):
    """Every op that a manifest has of a module of numbers, a branch, a frozen and a tied
    weight."""

    def __init__(self):
        super().__init__()
        self.first, self.second = torch.nn.Linear(5, 7), torch.nn.Linear(7, 7, bias=False)
        self.again, self.last = torch.nn.Linear(7, 7, bias=False), torch.nn.Linear(7, 3)
        self.again.weight = self.second.weight
        self.first.bias.requires_grad_(False)
        self.act = torch.nn.Sequential(torch.nn.Tanh(), torch.nn.Identity(), torch.nn.Dropout(0.5))

    def forward(self, x):
        h = self.act(self.first(x))
        g = functional.gelu(self.second(h)) + h
        s = torch.sigmoid(self.again(g)).relu() ** 2
        return self.last(s * s + g)


class Gated(torch.nn.Module):
    """Products, differences, multiples, columns side by side, and smooth gates."""

    def __init__(self):
        super().__init__()
        self.first, self.gate = torch.nn.Linear(5, 7), torch.nn.Linear(5, 7)
        self.narrow, self.last = torch.nn.Linear(7, 2), torch.nn.Linear(35, 3)
        self.silu, self.soft = torch.nn.SiLU(), torch.nn.Softplus()
        self.gelu = torch.nn.GELU(approximate="tanh")

    def forward(self, x):
        h = self.silu(self.gate(x)) * self.first(x)
        d = self.soft(h) - functional.gelu(h, approximate="tanh") * 0.5
        n = -self.narrow(functional.softplus(d))
        c = torch.cat([h, d, n, 2 * n, x, self.gelu(x)], dim=-1)
        return self.last(torch.cat((c, functional.silu(d)), 1))


class Logit(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.last = torch.nn.Linear(5, 7), torch.nn.Linear(7, 1)

    def forward(self, x):
        return self.last(functional.silu(self.first(x)))


class Tokens(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.table, self.out = torch.nn.Embedding(6, 4), torch.nn.Linear(4, 6, bias=False)

    def forward(self, pairs):
        return self.out(torch.square(self.table(pairs[:, 0]) + self.table(pairs[:, -1])))


class Places(torch.nn.Module):
    """Positions: layers along the last axis, a parameter and a constant added, one position, a
    range, the mean, all of them, in PyTorch's order and in another."""

    def __init__(self):
        super().__init__()
        (self.embed, self.all, self.turned, self.mean, self.last, self.two) = (
            torch.nn.Linear(*size) for size in ((3, 6), (24, 5), (24, 5), (6, 5), (6, 5), (12, 5)))
        self.place = torch.nn.Parameter(torch.randn(1, 4, 6) / 3)
        wave = torch.sin(torch.arange(40.).reshape(10, 4))
        self.register_buffer("wave", wave.to(self.place.dtype))
        self.head = torch.nn.Parameter(torch.randn(20, 3) / 3)

    def forward(self, x, targets=None):
        n, size, width = x.shape
        h = functional.gelu(self.embed(x.view(n, -1, width)) + self.place[:, :size])
        t = h.transpose(1, 2) + self.wave[:6, :size]
        y = [self.all(h.flatten(1)) + self.turned(t.reshape(n, -1)),
             self.mean(h.mean(dim=1)) + self.last(h[:, -1]),
             self.two(h[:, 1:3].reshape(n, 12)), self.two(torch.cat([h[:, 0], h[:, 3]], -1))]
        if targets is not None:
            return functional.cross_entropy(y, targets)
        return torch.cat([(2 * part).unsqueeze(1) / 4 for part in y], 1).flatten(1) @ self.head


class Sequence(torch.nn.Module):
    """Tokens at positions, logits at each, by the transpose of the embedding."""

    def __init__(self):
        super().__init__()
        self.token, self.place = torch.nn.Embedding(7, 6), torch.nn.Embedding(5, 6)
        self.layers = torch.nn.ModuleList([torch.nn.Linear(6, 6) for _ in range(2)])
        self.mix = torch.nn.Linear(30, 30)
        with torch.no_grad():
            self.token.weight.mul_(0.5)

    def forward(self, tokens):
        h = self.token(tokens) + self.place(torch.arange(tokens.shape[1], device=tokens.device))
        for layer in self.layers:
            h = h + layer(h).tanh()
        h = h + self.mix(h.flatten(1)).view(h.size()) * 0.5
        return functional.linear(h, self.token.weight)


class Line(torch.nn.Module):
    """Numbers at each of a line's positions."""

    def __init__(self):
        super().__init__()
        self.first, self.last = torch.nn.Linear(3, 4), torch.nn.Linear(4, 3)

    def forward(self, x):
        h = torch.tanh(self.first(x))
        return torch.cat([self.last(h)[:, :3], self.last(h)[:, 3:] * 2], 1)


class Pixels(torch.nn.Module):
    """Images, channels first, without a layer that knows of them; a target at each."""

    def __init__(self):
        super().__init__()
        self.pixel, self.place = torch.nn.Linear(3, 4), torch.nn.Parameter(torch.randn(4, 2, 5) / 3)

    def forward(self, x):
        h = self.pixel(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        h += self.place
        return torch.relu(h).permute(0, 2, 3, 1)


class Images(torch.nn.Module):
    """Windows over images, channels first, and over a line; the classifier behind `flatten`
    has its columns in PyTorch's order; a residual, and means over all positions."""

    def __init__(self):
        super().__init__()
        self.first = torch.nn.Conv2d(2, 4, 3, padding=1)
        self.block = torch.nn.Sequential(
            torch.nn.Conv2d(4, 4, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2), bias=False),
            torch.nn.GELU(), torch.nn.AvgPool2d(2, stride=1, padding=1))
        self.pool, self.same = torch.nn.MaxPool2d((2, 3), 2), torch.nn.Conv2d(4, 4, 3, padding="same")
        self.line = torch.nn.Conv1d(4, 3, 3, padding=1)
        self.flat, self.mean = torch.nn.Linear(48, 3), torch.nn.Linear(4, 3)
        self.part = torch.nn.AdaptiveAvgPool2d(1)

    def forward(self, x):
        h = torch.relu(self.first(x))
        p = self.pool(h)
        g = self.same(h).relu_() + h
        y = self.flat(p.flatten(1)) + self.mean(self.part(g).flatten(1))
        b = functional.max_pool2d(self.block(h), 2)
        return y + self.mean(b.mean((2, 3))) + self.line(b.flatten(2)).transpose(1, 2).softmax(-1).mean(1)


class Writer(torch.nn.Module):
    """A transformer as it is often written: one product for queries, keys and values, heads by
    `view`, a mask of a buffer, dropout that rests, more places than are used."""

    def __init__(self, width=8, heads=2, places=9, tokens=7):
        super().__init__()
        self.heads, self.width = heads, width
        self.token, self.place = torch.nn.Embedding(tokens, width), torch.nn.Embedding(places, width)
        self.attend, self.project = torch.nn.Linear(width, 3 * width), torch.nn.Linear(width, width)
        self.one, self.two = torch.nn.LayerNorm(width), torch.nn.LayerNorm(width, eps=1e-6)
        self.mlp = torch.nn.Sequential(torch.nn.Linear(width, 12), torch.nn.GELU(),
                                       torch.nn.Linear(12, width), torch.nn.Dropout(0.1))
        self.gain = torch.nn.Parameter(torch.rand(width) + 0.5)
        self.register_buffer("seen", torch.tril(torch.ones(places, places))[None, None])

    def attention(self, x):
        n, t, c = x.size()
        q, k, v = (part.view(n, t, self.heads, c // self.heads).transpose(1, 2)
                   for part in self.attend(x).split(self.width, dim=2))
        scores = (q @ k.transpose(-2, -1)) * (c // self.heads) ** -0.5
        scores = scores.masked_fill(self.seen[:, :, :t, :t] == 0, float("-inf"))
        y = functional.dropout(scores.softmax(-1), 0.1, self.training) @ v
        return self.project(y.transpose(1, 2).contiguous().view(n, t, c))

    def forward(self, tokens, targets=None):
        x = self.token(tokens) + self.place(torch.arange(tokens.size(1), device=tokens.device))
        x = x + self.attention(self.one(x))
        x = x + self.mlp(self.two(x))
        x = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.gain
        return x @ self.token.weight.T


class Letters(torch.nn.Module):
    """A transformer by its letters: a parameter for each head, scores with the queries last in
    the product, a mask that is added; one result, at the last position."""

    def __init__(self, width=6, heads=3, tokens=7):
        super().__init__()
        self.embed, self.place = torch.nn.Embedding(tokens, width), torch.nn.Parameter(
            torch.randn(3, width) / 3)
        (self.q, self.k, self.v, self.o) = (torch.nn.Parameter(
            torch.randn(heads, width // heads, width) / 3) for _ in range(4))
        self.up = torch.nn.Parameter(torch.randn(heads, width, width // heads) / 3)
        self.register_buffer("mask", -1e10 * (1 - torch.tril(torch.ones(3, 3))))

    def forward(self, x):
        h = self.embed(x) + self.place
        q, k, v = (torch.einsum("btd,ied->bite", h, w) for w in (self.q, self.k, self.v))
        a = torch.einsum("bike,biqe->biqk", k, q) / q.shape[-1] ** 0.5 + self.mask.to(h.dtype)
        z = torch.einsum("bike,biqk->biqe", v, functional.softmax(a, dim=-1))
        h = h + torch.einsum("biqe,ied->bqd", z, self.o)
        return torch.einsum("btd,hde->bthe", h, self.up).flatten(2)[:, -1]


class Layers(torch.nn.Module):
    """PyTorch's own: attention to all, an encoder's layer, norms over all axes, batch norm as it
    is evaluated, factors of columns."""

    def __init__(self):
        super().__init__()
        self.attend = torch.nn.MultiheadAttention(6, 2, batch_first=True)
        self.encode = torch.nn.TransformerEncoderLayer(6, 3, 8, batch_first=True)
        self.norm, self.out = torch.nn.LayerNorm([4, 6]), torch.nn.Linear(24, 3)
        self.last = torch.nn.BatchNorm1d(3, affine=False)
        self.gain = torch.nn.Parameter(torch.rand(6) + 0.5)
        with torch.no_grad():
            self.last.running_mean.normal_()
            self.last.running_var.uniform_(0.5, 2)
            self.norm.weight.normal_()

    def forward(self, x):
        h = x + self.attend(x, x, x, need_weights=False)[0]
        h = self.encode(h) * self.gain
        return self.last(self.out(self.norm(h).flatten(1)))


class Constants(torch.nn.Module):
    """Numbers of NumPy's, constants of one number, masks by tensors, what is frozen."""

    def __init__(self):
        super().__init__()
        self.q, self.k, self.v = (torch.nn.Linear(3, 4) for _ in "qkv")
        self.frozen = torch.nn.Linear(4, 4).requires_grad_(False)
        self.calls = 0
        self.register_buffer("root", torch.tensor(4.0).sqrt())
        self.register_buffer("part", torch.full((1,), 0.5))

    def forward(self, x):
        places = x.shape[1]
        scores = self.q(x) @ self.k(x).mT / self.root
        hidden = torch.full((places, places), -math.inf)
        scores = torch.where(torch.ones(places, places).tril() > 0, scores, hidden)
        with torch.no_grad():
            ramp = torch.linspace(0, 1, places)[:, None]
        h = scores.softmax(-1) @ self.v(x) * numpy.sqrt(2) + ramp
        self.calls += 1
        h **= 2
        return (self.part * self.frozen(h) / numpy.float64(3)).mean(1)


class Bottle(torch.nn.Module):
    """Windows with batch norm behind them, and a norm over all axes in PyTorch's order."""

    def __init__(self):
        super().__init__()
        self.conv, self.batch = torch.nn.Conv2d(2, 4, 3, bias=False), torch.nn.BatchNorm2d(4)
        self.norm, self.out = torch.nn.LayerNorm([4, 4, 3]), torch.nn.Linear(48, 3)
        with torch.no_grad():
            self.batch.running_var.uniform_(0.5, 2)
            self.batch.weight.uniform_(0.5, 2)
            self.norm.weight.normal_()

    def forward(self, x):
        return self.out(self.norm(torch.relu(self.batch(self.conv(x)))).flatten(1))


class Odd(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.w, self.p = torch.nn.Linear(5, 5), torch.nn.Parameter(torch.zeros(1, 9, 5))

    def reused(self, x):
        h = self.w(x)
        g = h.view(-1, 30)
        h += x
        return g


TRAIN = {"optimizer": {"kind": "sgd", "lr": 0.05}, "steps": 40,
         "checkpoints": {"every": 10, "at": [0], "state": "all"}}
LLC = [{"at": "last", "lr": 1e-3, "localization": 1, "num_chains": 2, "num_draws": 8}]


class Aside(torch.nn.Module):
    """What PyTorch does beside the graph of a module: each is refused."""

    def __init__(self, how=lambda m: None):
        super().__init__()
        self.w, self.v = torch.nn.Linear(5, 5), torch.nn.Linear(5, 5)
        self.same, self.drop = torch.nn.Identity(), torch.nn.Dropout(0.5)
        self.table = torch.nn.Embedding(5, 5)
        self.calls = 0
        how(self)

    def counted(self):
        self.calls += 1
        return self.calls

    def without(self, x):
        with torch.no_grad():
            return self.w(x)

    def held(self, name):
        return dict(self.named_parameters())[name]

    def assigned(self, x):
        h = self.w(x)
        h[:, 0] = 0
        return h

    def after(self, name_again):
        """A value used by its other name after it was changed."""
        def forward(x):
            h = self.w(x)
            again = name_again(h)
            h += 1.0
            return again * 2
        return forward

    def masked(self, x, hidden, factor):
        scores = self.w(x) @ self.v(x).mT + torch.full((6, 6), 1.0).triu(1) * hidden
        return (scores * factor).softmax(-1) @ x


def shapes(path):
    """Of the tensors in a safetensors file, by name."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return {name: tensor["shape"] for name, tensor in header.items()}


def owned(module, weights, path):
    """Of each weight that is a parameter's numbers, or those of some of its rows, these in the
    manifest's order."""
    held, of = shapes(path), dict(module.named_parameters())
    for weight in weights:
        tensor, rows = weight["init"]["tensor"], slice(None)
        if tensor not in of:
            name, first, end = re.fullmatch(r"(.*)\.(\d+)to(\d+)", tensor).groups() \
                if re.search(r"\dto\d", tensor) else (None, 0, 0)
            tensor, rows = name, slice(int(first), int(end))
        if tensor in of:
            value = of[tensor].detach().numpy()[rows].reshape(held[weight["init"]["tensor"]])
            order = weight["init"].get("permute", range(value.ndim))
            yield weight["name"], value.transpose(order).reshape(-1)


def loss_of(y, target, loss):
    """PyTorch's loss that `loss` names, a word or fields."""
    fields = loss if isinstance(loss, dict) else {"op": loss}
    if fields.get("at") == "last":
        y, target = y[:, -1], target[:, -1]
    if (fields.get("op") or "").startswith("bce"):
        target = target.reshape(len(target), -1).to(y.dtype)
        return functional.binary_cross_entropy_with_logits(y, target)
    if target.dtype == torch.int64:
        return functional.cross_entropy(y.flatten(0, -2), target.flatten(),
                                        ignore_index=fields.get("ignore", -100))
    return functional.mse_loss(y, target) * fields.get("factor", 1)


def follow(module, x, target, trace, tolerance, named, path):
    """Whether PyTorch's losses and weights on the way are the trace's."""
    weights, followed = trace.run["model"]["weights"], set()
    optimizer = torch.optim.SGD([p for p in module.parameters() if p.requires_grad], lr=0.05)
    worst = 0.0
    for step in range(41):
        loss = loss_of(module(x), target, named)
        if step % 10 == 0:
            at = trace.checkpoints[step // 10]
            worst = max(worst, abs(loss.item() - at.metrics["loss"]) / abs(loss.item()))
            for name, wanted in owned(module, weights, path):
                found = numpy.asarray(at.tensors[name]).reshape(-1)
                size = max(numpy.linalg.norm(wanted), 1e-2)  # a key's bias stays at 0
                worst = max(worst, numpy.linalg.norm(found - wanted) / size)
                followed.add(name)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    moving = {weight["name"] for weight in weights if weight.get("trainable", True)}
    return moving <= followed and worst <= tolerance, worst


def modules():
    draw = numpy.random.default_rng(7)
    for arithmetic, tolerance in (("f64", 1e-12), ("f32", 1e-4), ("fixed", 1e-4)):
        real = numpy.float32 if arithmetic == "f32" else numpy.float64
        for name, make, x, target, *loss in (
                ("deep", Deep, draw.normal(size=(30, 5)).astype(real), draw.integers(0, 3, 30)),
                ("gated", Gated, draw.normal(size=(30, 5)).astype(real), draw.integers(0, 3, 30)),
                ("logits", Gated, draw.normal(size=(30, 5)).astype(real),
                 draw.integers(0, 2, (30, 3)).astype(real), "bce"),
                ("logit", Logit, draw.normal(size=(30, 5)).astype(real), draw.integers(0, 2, 30),
                 "bce-classes"),
                ("regression", Deep, draw.normal(size=(30, 5)).astype(real),
                 draw.normal(size=(30, 3)).astype(real)),
                ("tokens", Tokens, draw.integers(0, 6, (30, 2)), draw.integers(0, 6, 30)),
                ("places", Places, draw.normal(size=(30, 4, 3)).astype(real),
                 draw.integers(0, 3, 30)),
                ("sequence", Sequence, draw.integers(0, 7, (30, 5)), draw.integers(0, 7, (30, 5))),
                ("ignoring", Sequence, draw.integers(0, 7, (30, 5)), draw.integers(0, 7, (30, 5)),
                 {"ignore": 2}),
                ("ending", Writer, draw.integers(0, 7, (30, 5)), draw.integers(0, 7, (30, 5)),
                 {"op": "cross-entropy", "ignore": 0, "at": "last"}),
                ("line", Line, draw.normal(size=(30, 4, 3)).astype(real),
                 draw.normal(size=(30, 4, 3)).astype(real), {"at": "last", "factor": 0.5}),
                ("pixels", Pixels, draw.normal(size=(30, 3, 2, 5)).astype(real),
                 draw.normal(size=(30, 2, 5, 4)).astype(real)),
                ("images", Images, draw.normal(size=(30, 2, 6, 9)).astype(real),
                 draw.integers(0, 3, 30)),
                ("writer", Writer, draw.integers(0, 7, (30, 5)), draw.integers(0, 7, (30, 5))),
                ("letters", Letters, draw.integers(0, 7, (30, 3)), draw.integers(0, 6, 30)),
                ("layers", Layers, draw.normal(size=(30, 4, 6)).astype(real),
                 draw.integers(0, 3, 30)),
                ("constants", Constants, draw.normal(size=(30, 6, 3)).astype(real),
                 draw.normal(size=(30, 4)).astype(real)),
                ("bottle", Bottle, draw.normal(size=(30, 2, 6, 5)).astype(real),
                 draw.integers(0, 3, 30))):
            torch.manual_seed(3)
            torch.set_default_dtype(torch.float32 if arithmetic == "f32" else torch.float64)
            module = make().eval()
            manifest = sltrace.from_torch(
                module, x, target, "made", name=f"mine/{name}-{arithmetic}", train=TRAIN, llc=LLC,
                validation=(x[:9], target[:9]), arithmetic=arithmetic, loss=(*loss, None)[0])
            out = f"out/{name}-{arithmetic}"
            told = sltrace.run(manifest, out=out)
            trace = sltrace.Trace(f"{out}/traces/000000.trace")
            holds, worst = follow(module, torch.tensor(x), torch.tensor(target), trace, tolerance,
                                  (*loss, None)[0], manifest.replace(".yaml", "/weights.safetensors"))
            ok(told["computed"] == 1 and holds,
               f"{name} in {arithmetic}: PyTorch follows within {worst:.1e}")
            ok("val/loss" in trace.results and len(trace.chains) == 2, "with validation and chains")
            yield manifest, out


def published(manifest, out):
    """A stranger's path: record, verify; a changed weight."""
    os.makedirs("away", exist_ok=True)
    golden = os.path.splitext(manifest)[0] + ".golden"
    sltrace.record(manifest, from_=out, golden=golden)
    verdict = sltrace.verify(golden)
    ok(verdict.ok and verdict.judged == verdict.identical == 1 and not verdict.failures(),
       "recorded and verified")
    text = open(golden, encoding="utf-8").read()
    forged = golden.replace(".golden", "-forged.golden")
    line = next(line for line in text.splitlines() if line.startswith("0 "))
    digit = line[-3]
    with open(forged, "w", encoding="utf-8") as file:
        file.write(text.replace(line, line[:-3] + ("1" if digit != "1" else "2") + line[-2:]))
    verdict = sltrace.verify(forged)
    ok(not verdict.ok and verdict.failures(), "a forged golden is not ok")
    weights = "made/deep-f64/weights.safetensors"
    content = bytearray(open(weights, "rb").read())
    content[-1] ^= 1
    with open(weights, "wb") as file:
        file.write(content)
    verdict = sltrace.verify(golden)
    said = str(verdict.failures()) + str(verdict.message)
    ok(verdict.status in (1, 2) and os.path.basename(weights) in said,
       "a changed weight is found and named")
    raises(sltrace.Failed, "a manifest that is not there", lambda: sltrace.run("none.yaml"), "none.yaml")


def refused():
    class Bad(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.drop = torch.nn.LSTM(5, 5), torch.nn.Dropout(0.1)
            self.norm, self.scale = torch.nn.BatchNorm1d(5), torch.nn.Parameter(torch.ones(5))

        def forward(self, x):
            return self.norm(self.drop(torch.exp(x) * 3)) / self.scale

    x, target = numpy.zeros((4, 5)), numpy.zeros((4, 5))

    def make(module, x=x, target=target, **more):
        return sltrace.from_torch(module, x, target, "made", name="mine/bad", train=TRAIN, **more)

    raises(Unsupported, "what a manifest cannot express", lambda: make(Bad()), "exp",
           "Dropout (drop)", "BatchNorm1d (norm)", "scale")
    raises(Unsupported, "Softplus of a steepness", lambda: make(torch.nn.Softplus(beta=2)), "beta=2")
    raises(Unsupported, "no weights", lambda: make(torch.nn.ReLU()), "depends on no parameter")
    raises(Unsupported, "nothing", lambda: make(torch.nn.Identity()), "does nothing")
    for what, words, forward in (
            ("another axis than the last", "last axis", lambda m, x: m.w(x[:, :5].transpose(1, 2))),
            ("samples one after the other", "samples", lambda m, x: m.w(x.reshape(-1, 5))),
            ("an axis of samples", "samples", lambda m, x: m.w(x.mean(0, keepdim=True) + x)),
            ("a column", "position or range", lambda m, x: m.w(x).relu()[:, :, 1]),
            ("every other position", "position or range", lambda m, x: m.w(x[:, ::2])),
            ("a part of a parameter", "some of its rows",
             lambda m, x: m.w(x) + m.p[:, :6]),
            ("a parameter that is a factor", "one number for each of", lambda m, x: m.w(x) * m.p[:, :6]),
            ("a value used before it was changed", "changed in place", lambda m, x: m.reused(x)),
            ("dropout in training", "dropout in training",
             lambda m, x: functional.dropout(m.w(x), 0.5, m.training)),
            ("a way that depends on values", "values", lambda m, x: m.w(x) if x.sum() > 0 else x),
            ("a sum of two shapes", "shapes", lambda m, x: m.w(x) + m.w(x)[:, :1]),
            ("numbers in another order", "another order", lambda m, x: x + x.flip(1)),
            ("numbers that are repeated", "there twice",
             lambda m, x: m.w(x[:, :1].expand(-1, 6, -1)))):
        Odd.forward = forward
        x = numpy.zeros((4, 6, 5))
        raises(Unsupported, what, lambda: make(Odd(), x, x), words)
    ends, changed, other = "a gradient that ends here", "changed in place", "another call"
    hooked = "with a hook, or another forward"
    torch.set_default_dtype(torch.float32)
    steps = torch.full((6, 6), -1e9).triu(2) + torch.full((6, 6), -5.0).triu(1).tril(1)
    for what, words, forward, *how in (
            ("what is detached", "detach()", lambda m, x: m.v(m.w(x).detach())),
            ("its data", ends, lambda m, x: m.v(m.w(x).data)),
            ("a parameter's data", ends, lambda m, x: functional.linear(x, m.w.weight.data)),
            ("without gradients", ends, lambda m, x: m.v(m.without(x))),
            ("a parameter's twofold, computed aside", other,
             lambda m, x: x @ (m.held("w.weight").T * 2)),
            ("its largest number", other, lambda m, x: m.v(x) * m.held("w.weight").data.max().item()),
            ("a parameter that is none of the module's", "made of parameters",
             lambda m, x: m.v(x) + torch.ones(6, 5, requires_grad=True)),
            ("noise", other, lambda m, x: m.w(x) + torch.randn(6, 5)),
            ("a number drawn", other, lambda m, x: m.w(x) * random.random()),
            ("a position drawn", other, lambda m, x: m.w(x)[:, random.randrange(4):].mean(1)),
            ("a factor by calls", other, lambda m, x: m.w(x) * m.counted()),
            ("a way by calls", other, lambda m, x: (m.w, m.v)[m.counted() % 2](x)),
            ("a factor by samples", other, lambda m, x: m.w(x) / len(x)),
            ("another name of what was changed", changed, lambda m, x: m.after(m.same)(x)),
            ("another name by dropout", changed, lambda m, x: m.after(m.drop)(x)),
            ("another name by an attribute", changed, lambda m, x: m.after(lambda h: h.mT)(x)),
            ("an assignment", "item assignment", lambda m, x: m.assigned(x)),
            ("a hook of a layer", hooked, lambda m, x: m.w(x),
             lambda m: m.w.register_forward_hook(lambda m, i, o: 2 * o)),
            ("a hook before it", hooked, lambda m, x: m.w(x),
             lambda m: m.w.register_forward_pre_hook(lambda m, i: (2 * i[0],))),
            ("another forward of it", hooked, lambda m, x: m.w(x),
             lambda m: setattr(m.w, "forward", lambda x: 3 * x)),
            ("a hook of gradients", "may change gradients", lambda m, x: m.w(x),
             lambda m: m.w.register_full_backward_hook(lambda m, i, o: None)),
            ("a hook of a parameter", "the parameter w.bias, whose gradient a hook", lambda m, x: m.w(x),
             lambda m: m.w.bias.register_hook(lambda g: 2 * g)),
            ("a weight made of others", "w.weight", lambda m, x: m.w(x),
             lambda m: torch.nn.utils.parametrizations.orthogonal(m.w)),
            ("a module that cannot be copied", "cannot be copied", lambda m, x: m.w(x),
             lambda m: torch.nn.utils.weight_norm(m.w)),
            ("a softplus that is its input early", "threshold=1", lambda m, x: m.s(m.w(x)),
             lambda m: setattr(m, "s", torch.nn.Softplus(threshold=1))),
            ("likewise the function", "threshold=1", lambda m, x: functional.softplus(m.w(x), 1, 1)),
            ("a mask that some scores pass", "hides by -5,", lambda m, x:
             (m.w(x) @ m.v(x).mT + steps).softmax(-1) @ x),
            ("a mask that a factor takes off", "hides by -1,", lambda m, x: m.masked(x, -1e9, 1e-9)),
            ("a mask that a factor turns", "hides by 1e+09,", lambda m, x: m.masked(x, -1e9, -1.0)),
            ("einsum without its result", "einsum 'bti,oi'",
             lambda m, x: torch.einsum("bti,oi", m.w(x), m.v.weight)),
            ("a product with one row", "no matrix", lambda m, x: functional.linear(x, m.v.weight[0])),
            ("a bias alone", "no weight", lambda m, x: functional.batch_norm(
                m.w(x).mT, torch.zeros(5), torch.ones(5), None, m.v.bias))):
        Aside.forward = forward
        x = numpy.zeros((4, 6, 5), "f4")
        raises(Unsupported, what, lambda: make(Aside(*how), x, x), words)
    for what, forward in (
            ("gradients by frequency", lambda m, x: m.table(x)),
            ("likewise the function",
             lambda m, x: functional.embedding(x, m.w.weight, None, None, 2.0, True))):
        Aside.forward = forward
        raises(Unsupported, what, lambda: make(
            Aside(lambda m: setattr(m.table, "scale_grad_by_freq", True)),
            numpy.zeros((4, 6), int), numpy.zeros((4, 6, 5))), "scale_grad_by_freq")
    hook = torch.nn.modules.module.register_module_forward_hook(lambda m, i, o: None)
    raises(Unsupported, "hooks of all modules", lambda: make(torch.nn.Linear(5, 5)),
           "hooks of all modules")
    hook.remove()
    raises(ValueError, "images", lambda: make(torch.nn.Linear(5, 5), numpy.zeros((4, 1, 5))), "shape")
    raises(ValueError, "an arithmetic", lambda: make(torch.nn.Linear(5, 5), arithmetic="f16"), "f16")
    of_classes = {"target": numpy.zeros(4, int)}
    for what, loss, words, more in (
            ("an unknown field of the loss", {"ignore_index": 0}, "ignore, centre, at", {}),
            ("a loss's `in`", {"in": "y"}, "found in", {}),
            ("places of a loss", {"at": "first"}, "expected all or last, found first", {}),
            ("the last of no positions", {"at": "last"}, "to have positions, found none", {}),
            ("an ignored class of numbers", {"ignore": 0}, "with op cross-entropy, found mse", {}),
            ("an ignored class that is none", {"ignore": -100}, "from 0 below 5, found -100",
             of_classes),
            ("one beyond the last", {"ignore": 5}, "from 0 below 5, found 5", of_classes)):
        raises(ValueError, what, lambda: make(torch.nn.Linear(5, 5), loss=loss, **more), words)
    raises(ValueError, "tokens beyond the table",
           lambda: make(Tokens(), numpy.full((4, 2), 6), numpy.zeros(4, int)), "embeddings of")


def read(manifest, out):
    """Traces and tables against what the program prints."""
    path = f"{out}/traces/000000.trace"
    trace = sltrace.Trace(path)
    shown = sltrace.command("show", path, json_out=True)[1]
    ok(shown["experiment"] == trace.experiment and shown["numerics"] == trace.numerics,
       "the experiment")
    points = [r for r in shown["records"] if r["kind"] == "checkpoint"]
    ok([(p["step"], p["metrics"], {t["name"]: t["hash"] for t in p["tensors"]}) for p in points]
       == [(c.step, c.metrics, c.hashes) for c in trace.checkpoints], "checkpoints")
    chains = [r for r in shown["records"] if r["kind"] == "chain"]
    ok([(c["llc"] + 1, c["chain"], c["nbeta"], c["init_loss"]) for c in chains]
       == [(c.estimate, c.chain, c.nbeta, c.init_loss) for c in trace.chains], "chains")
    sltrace.command("export", path, "--npy", "arrays")
    ok(all((numpy.load(f"arrays/000000-llc0-chain{c.chain}.npy") == c.losses).all()
           for c in trace.chains), "losses")
    ok(all((numpy.load(f"arrays/000000-step{c.step}-{name.replace('.', '%2E')}.npy") == value).all()
           for c in trace.checkpoints for name, value in c.tensors.items() if "/" not in name),
       "tensors")
    ok(abs(numpy.mean([c.llc for c in trace.chains]) / trace.results["llc/mean"] - 1) < 1e-12
       and trace.losses().shape == (2, 8), "the estimate is the mean of its draws")
    study = sltrace.Study(manifest, out)
    ok(study.trace(0).experiment == trace.experiment, "the trace of a run by its number")
    raises(IndexError, "a run that is not there", lambda: study.trace(1), "no run 1")
    draws = study.frame("draws")
    ok((draws.loss.to_numpy().reshape(2, 8) == trace.losses()).all(), "draws as a frame")
    raises(KeyError, "a table that is not there", lambda: study.frame("none"), "none")
    ok((study.inference_data()["sample_stats"].loss.to_numpy() == trace.losses()).all(),
       "draws as xarray has them")

    content = open(path, "rb").read()
    draw, taken = random.Random(5), []
    places = sorted(draw.sample(range(len(content)), 400))
    for place in places:
        bad = bytearray(content)
        bad[place] ^= 1 << draw.randrange(8)
        with open("bad.trace", "wb") as file:
            file.write(bad)
        try:
            sltrace.Trace("bad.trace")
            taken.append(place)
        except ValueError:
            pass
    for size in sorted(draw.sample(range(len(content)), 100)):
        with open("bad.trace", "wb") as file:
            file.write(content[:size])
        try:
            sltrace.Trace("bad.trace")
            taken.append(size)
        except ValueError:
            pass
    ok(not taken, f"400 flipped bits and 100 cuts are refused {taken[:5]}")


def session(text, folder):
    """The Python of the manual, in a folder of its own."""
    code = "".join(re.findall(r"(?s)```python\n(.*?)```", text))
    done = subprocess.run([sys.executable, "-B", "-c", code], cwd=folder, capture_output=True,
                          text=True, check=False, env=os.environ | {"PYTHONPATH": PACKAGE})
    return code, done


def manual():
    """The sessions that the manual shows; the second in an empty repository."""
    with open(HERE + "/../../docs/manual/python.md", encoding="utf-8") as file:
        first, path = file.read().split("## From a module to a golden")
    os.mkdir("manual")
    for name in ("manifests", "golden"):
        os.symlink(os.path.abspath(HERE + "/../../" + name), "manual/" + name)
    code, done = session(first, "manual")
    ok(done.returncode == 0 and code.count("assert") == 2,
       "the manual's session" + done.stderr[-400:] * (done.returncode != 0))
    os.mkdir("empty")
    subprocess.run(["git", "init", "-q", "empty"], check=True)
    code, done = session(path, "empty")
    ok(done.returncode == 0, "a module becomes a manifest in an empty repository"
       + done.stderr[-400:] * (done.returncode != 0))
    (lines,) = re.findall(r"(?s)```sh\n(.*?)```", path)
    for line in lines.splitlines():
        words = line.replace("sltrace", program, 1).split()
        done = subprocess.run(words, cwd="empty", capture_output=True, text=True, check=False)
        ok(done.returncode == 0, f"{line}: {done.returncode}{done.stderr[-300:]}")
    weights = "empty/study/block/weights.safetensors"
    with open(weights, "r+b") as file:
        file.seek(-1, os.SEEK_END)
        last = file.read(1)[0]
        file.seek(-1, os.SEEK_END)
        file.write(bytes([last ^ 1]))
    done = subprocess.run(words, cwd="empty", capture_output=True, text=True, check=False)
    ok(words[1] == "verify" and done.returncode in (1, 2)
       and "study/block/weights.safetensors" in done.stdout + done.stderr,
       f"with one weight changed: {done.returncode}, naming its file")


def built():
    made = subprocess.run(
        [sys.executable, "-c", "import sys\nfrom setuptools import build_meta as b\n"
         "to = sys.argv[1]\nb.build_wheel(to)\nb.build_sdist(to)", os.path.abspath("dist")],
        cwd="copy", capture_output=True, text=True, check=False)
    ok(made.returncode == 0, "a wheel and an sdist" + made.stderr[-300:] * (made.returncode != 0))
    names = os.listdir("dist")
    wheel = [n for n in names if n.endswith(".whl")]
    sdist = [n for n in names if n.endswith(".tar.gz")]
    held = zipfile.ZipFile("dist/" + wheel[0]).namelist()
    modules_of = {f"sltrace/{n}" for n in os.listdir(PACKAGE + "/sltrace") if n.endswith(".py")}
    ok(modules_of <= set(held), "the wheel has all modules")
    held = {name.split("/", 1)[-1] for name in tarfile.open("dist/" + sdist[0]).getnames()}
    ok(modules_of <= held and "README.md" in held, "and the sdist")


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    os.mkdir("dist")
    subprocess.run(["cp", "-r", PACKAGE, "copy"], check=True)
    made = list(modules())
    read(*made[0])
    refused()
    published(*made[0])
    manual()
    built()
    os.chdir("/")
print(f"1..{count}")
sys.exit(failed > 0)
