"""Traces as NumPy arrays.  Reading checks the file's form and its chain of hashes, so that a
damaged or cut file is refused; that a trace is right is what `sltrace verify` and `replay`
tell."""

import os
from dataclasses import dataclass, field

import msgpack
import numpy
import xxhash

MAGIC = b"\x8bSLT\r\n\x1a\n\x01\x00\x00\x00"
HEADER, CHECKPOINT, CHAIN, TABLE, END = range(5)
ITEMS = {"f32": numpy.dtype("<f4"), "f64": numpy.dtype("<f8"), "fixed": numpy.dtype("<i8")}


@dataclass(frozen=True)
class Fixed:
    """A tensor in fixed point: a value is integers * 2**-exponent."""

    integers: numpy.ndarray
    exponent: int

    def __array__(self, dtype=None):
        return numpy.ldexp(self.integers.astype(numpy.float64), -self.exponent).astype(
            dtype or numpy.float64)


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint.  `tensors` has arrays of rows x cols, or Fixed, by name ("W1"; moments are
    "m/W1" and "v/W1") where the trace stores the state, and is empty where it does not;
    `hashes` has their XXH3-128 in either case, `joint` one over all where there is only that."""

    step: int
    metrics: dict
    tensors: dict = field(repr=False)
    hashes: dict = field(repr=False)
    joint: str | None
    powers: tuple


@dataclass(frozen=True)
class Chain:
    """A chain of an estimate; `losses` is None where the trace does not store them."""

    estimate: int  # from 1, as in the names of results: llc, llc2, ...
    chain: int
    step: int
    status: str
    nbeta: float
    init_loss: float
    draws: int
    losses: numpy.ndarray | None = field(repr=False)
    acceptance: float | None

    @property
    def llc(self):
        """nbeta (loss - init_loss) of each draw, whose mean over chains is the estimate."""
        return self.nbeta * (self.losses - self.init_loss)


class Trace:
    """The record of one run.

    path, experiment, numerics; run: its canonical form as a dict; checkpoints, chains: lists;
    results: numbers by name, NaN where they are not finite; status, step: how it ended."""

    def __init__(self, path):
        self.path = os.fspath(path)
        with open(path, "rb") as file:
            content = file.read()
        if content[:len(MAGIC)] != MAGIC:
            raise ValueError(f"{self.path}: not a trace")
        self.checkpoints, self.chains, self.results = [], [], {}
        kinds = [self._read(kind, body) for kind, body in self._records(content)]
        ends = [i for i, kind in enumerate(kinds) if kind == END]
        if kinds[:1] != [HEADER] or ends != [len(kinds) - 1] or self._count != len(kinds):
            raise ValueError(f"{self.path}: its records are not all there")

    def _records(self, content):
        """(kind, body) of each record, once its hash is found right."""
        before, at, index = bytes(16), len(MAGIC), 0
        while at < len(content):
            unpacker = msgpack.Unpacker(raw=False, strict_map_key=True, use_list=True,
                                        max_buffer_size=0)
            unpacker.feed(content[at:])
            try:
                if unpacker.read_array_header() != 3:
                    raise ValueError("not three items")
                kind = unpacker.unpack()
                body = unpacker.unpack()
                size = unpacker.tell()
                found = unpacker.unpack()
                end = at + unpacker.tell()
            except (ValueError, msgpack.UnpackException) as error:
                raise ValueError(f"{self.path}: record {index}: {error or 'cut off'}") from None
            expected = xxhash.xxh3_128(before + content[at + 1:at + size]).digest()
            if found != expected:
                raise ValueError(f"{self.path}: record {index}: its hash is not that of its bytes")
            yield kind, body
            before, at, index = found, end, index + 1

    def _read(self, kind, body):
        readers = {HEADER: self._header, CHECKPOINT: self._checkpoint, CHAIN: self._chain,
                   TABLE: self._table, END: self._end}
        if kind not in readers:
            raise ValueError(f"{self.path}: no record has kind {kind!r}")
        try:
            readers[kind](body)
        except KeyError as error:
            raise ValueError(f"{self.path}: a record lacks {error}") from None
        return kind

    def _header(self, body):
        self.numerics = body["numerics"]
        self.run = msgpack.unpackb(body["run"], raw=False)
        self.experiment = xxhash.xxh3_128(body["run"]).hexdigest()
        self.functions = body["functions"]

    def _checkpoint(self, body):
        tensors = body.get("tensors", [])
        joint = body.get("joint")
        self.checkpoints.append(Checkpoint(
            body["step"], {name: _real(value) for name, value in body["metrics"].items()},
            {t["name"]: self._tensor(t) for t in tensors if "data" in t},
            {t["name"]: t["hash"].hex() for t in tensors}, joint.hex() if joint else None,
            tuple(body.get("powers", ()))))

    def _tensor(self, stored):
        data = stored["data"]
        if xxhash.xxh3_128(data).digest() != stored["hash"]:
            raise ValueError(f"{self.path}: {stored['name']}: its hash is not that of its bytes")
        values = numpy.frombuffer(data, ITEMS[stored["type"]])
        shape = stored["rows"], stored["cols"]
        if stored["type"] == "fixed":
            return Fixed(values[1:].reshape(shape), int(values[0]))
        return values.reshape(shape)

    def _chain(self, body):
        losses = body.get("losses")
        losses = None if losses is None else numpy.frombuffer(losses, "<f8")
        self.chains.append(Chain(
            body["llc"] + 1, body["chain"], body["step"], body["status"], _real(body["nbeta"]),
            _real(body["init_loss"]), body["draws"] if losses is None else len(losses), losses,
            body.get("acceptance")))

    def _table(self, body):
        self.results = {name: _real(value) for name, value in body["results"].items()}

    def _end(self, body):
        self.status, self.step, self._count = body["status"], body["step"], body["records"]

    def losses(self, estimate=1, step=None):
        """The losses of an estimate, chains x draws: at a checkpoint, by default its last."""
        chains = [c for c in self.chains if c.estimate == estimate]
        step = max((c.step for c in chains), default=None) if step is None else step
        found = [c.losses for c in chains if c.step == step]
        if not found:
            raise KeyError(f"{self.path}: no chain of estimate {estimate} at step {step}")
        if any(one is None for one in found):
            raise ValueError(f"{self.path}: the losses of estimate {estimate} are not stored")
        return numpy.stack(found)

    def __repr__(self):
        return (f"<Trace {self.path}: {len(self.checkpoints)} checkpoints, "
                f"{len(self.chains)} chains, {self.status} at step {self.step}>")


def _real(value):
    return float("nan") if value is None else value
