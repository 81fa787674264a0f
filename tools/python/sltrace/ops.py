"""Ops and weights of a manifest, one after the other, from views of its values."""

import itertools
import math
import operator
import re
from dataclasses import dataclass

import numpy
import torch

from .views import Cannot, Held, View, counted, held, in_order, inverse, permutation

NAME_MAX = 63
NO_FUNCTION = "it makes the loss no function of the weights"
INPUTS_MAX = 4  # of an op
AXES_MAX = 4    # of a value, a weight or an array in a file


class Unsupported(ValueError):
    """What a manifest cannot express, a line each in `parts`."""

    def __init__(self, parts):
        super().__init__("a manifest cannot express\n" + "\n".join(f"  {part}" for part in parts))
        self.parts = parts


@dataclass(frozen=True)
class Weight:
    """A weight of the manifest: its tensor in the file, and the axes that the weight has,
    which are the tensor's in the order `permute` where there is one."""

    tensor: str
    values: numpy.ndarray
    shape: tuple
    permute: tuple | None
    trainable: bool


class Ops:
    """`ops`, `weights` by name, and `result`, a View."""

    def begin(self):
        self.ops, self.weights, self.result = [], {}, None
        self._names, self._made, self._owners, self._ranges = set(), {}, {}, set()
        self._products, self._squares, self._spans, self._wrong = {}, {}, {}, []
        self._moving = set()  # values that depend on a weight that trains

    def _same(self, op, value, **rest):
        """An op that goes element by element."""
        view = self._whole(value)
        return View(self._op(op, [view.name], **rest), view.positions, view.width, view.index)

    def _scaled(self, value, factor):
        return self._same("scale", value, factor=factor)

    def _pair(self, op, one, other):
        one, other = self._whole(one), self._whole(other)
        if one.index.shape != other.index.shape:
            raise Cannot(f"{op} of the shapes {list(one.index.shape)} and "
                         f"{list(other.index.shape)}")
        if (one.index != other.index).any():
            raise Cannot(f"{op} of values whose numbers stand in another order")
        other = self._shaped(other, one.axes)
        return as_seen(one, self._op(op, [one.name, other.name]))

    def _placed(self, value, what):
        """A value to which a parameter or a constant is added, another at each place."""
        view = self._whole(value)
        view = view if view.positions else self._shaped(view, (1, view.width))
        shape = view.index.shape
        if is_number(what):
            dtype = self._found[self._at].dtype
            what = held(self._at.name, torch.full(shape, float(what), dtype=dtype))
        if not isinstance(what, Held):
            raise Cannot(f"a sum with {called(what)}")
        index = what.index[0] if what.index.shape[:1] == (1,) and \
            what.index.ndim == len(shape) + 1 else what.index
        try:
            order = numpy.broadcast_to(index, shape).reshape(-1)[inverse(view.index.reshape(-1))]
        except ValueError:
            raise Cannot(f"a sum with {called(what)} of another shape") from None
        if not what.moves:
            values = what.tensor.detach().cpu().numpy().reshape(-1)[order].reshape(view.axes)
            name = self._weight(what.name, values, view.axes, None, False)
        elif len(set(order.tolist())) != len(order):
            raise Cannot(f"a sum with {called(what)} that is not one number for each place of a "
                         "sample")
        else:
            name = self._ordered(what, order, view.axes)
        return as_seen(view, self._op("position", [view.name], weight=name))

    def _beside(self, views):
        """Columns side by side, of as many values as there are: more than an op takes go into
        several."""
        views = list(views)
        while len(views) > 1:
            some = views[:INPUTS_MAX]
            name = self._op("concat", [view.name for view in some])
            made = View(name, some[0].positions, sum(view.width for view in some), None)
            views[:INPUTS_MAX] = [made.moved(counted(made.axes))]
        return views[0]

    def _op(self, op, values, **rest):
        """The name of the value that an op makes; of two that are one and the same op the
        first one's."""
        key = repr((op, values, rest))
        if key not in self._made:
            self._made[key] = self._fresh(self._at.name.removeprefix("module_"))
            self.ops.append({"op": op, "in": values[0] if len(values) == 1 else list(values)}
                            | rest | {"out": self._made[key]})
            if self._moving & {*values} or any(self.weights[rest[field]].trainable
                                               for field in ("weight", "bias") if field in rest):
                self._moving.add(self._made[key])
        return self._made[key]

    # ---- Views.

    def _value(self, value):
        if not isinstance(value, (View, Held)):
            raise Cannot(f"what is no tensor of the samples, {value!r}")
        return value

    def _whole(self, value):
        """The view with all numbers of its value: a part of the positions is selected."""
        if not isinstance(value, View):
            raise Cannot(f"an op of {called(value)}")
        if value.tokens:
            raise Cannot(f"{self._at.name} of tokens")
        numbers = numpy.sort(value.index, axis=None)
        if len(numbers) and (numbers[1:] == numbers[:-1]).any():
            raise Cannot("numbers of a value that are there twice")
        if len(numbers) == value.numbers:
            return value
        step = value.numbers // (value.positions or (1,))[0]
        first = int(numbers[0])
        block = self._block(value, numbers)
        if block:
            return block
        if not value.positions or numbers[-1] - first + 1 != len(numbers) or \
                first % step or len(numbers) % step:
            raise Cannot("an index that is no position or range of the first axis of positions")
        at, count = first // step, len(numbers) // step
        if count == 1:
            last = at == value.positions[0] - 1
            name = self._op("select", [value.name], at="last" if last else at)
            positions = value.positions[1:]
        else:
            name = self._op("select", [value.name], **{"from": at}, count=count)
            positions = (count, *value.positions[1:])
        return View(name, positions, value.width, value.index - first)

    def _block(self, value, numbers):
        """A block of columns of a product: the product with those rows of the weight."""
        first, last = int(numbers[0] % value.width), int(numbers[-1] % value.width)
        table = numbers.reshape(-1, last - first + 1) if last >= first and \
            len(numbers) == value.numbers // value.width * (last - first + 1) else None
        if value.name not in self._products or table is None or \
                (table % value.width != numpy.arange(first, last + 1)).any():
            return None
        view, columns, axes, weight, bias = self._products[value.name]
        at, width = slice(first, last + 1), last - first + 1
        name = self._product(view, columns, axes, weight.moved(weight.index[at]),
                             bias and bias.moved(bias.index[at]))
        index = value.index // value.width * width + value.index % value.width - first
        return View(name, value.positions, width, index)

    def _shaped(self, view, axes):
        axes = tuple(axes)
        if axes == view.axes:
            return view
        if len(axes) > AXES_MAX:
            raise Cannot(f"a value of the axes {list(axes)}: at most {AXES_MAX}")
        name = self._op("flatten", [view.name]) if len(axes) == 1 else \
            self._op("reshape", [view.name], shape=list(axes))
        return View(name, axes[:-1], axes[-1], view.index)

    def _along_last(self, value):
        """Of a value with the tensor's last axis as its columns: the view, the row of each of
        the tensor's rows, the column of each place in one, and the axes of the columns."""
        view = self._whole(value)
        if not view.index.ndim:
            raise Cannot("a layer of one number a sample without an axis")
        length = view.index.shape[-1]
        table = view.index.reshape(-1, length)
        rows, columns = table // length, table[0] % length
        if (rows != rows[:, :1]).any() or (table % length != columns).any():
            raise Cannot("a last axis whose numbers lie apart")
        first = len(view.axes)
        while first > 0 and math.prod(view.axes[first:]) < length:
            first -= 1
        axes = view.axes[first:]
        if math.prod(axes) != length:
            axes = (length,)
            view = self._shaped(view, (view.numbers // length, length)
                                if view.numbers > length else (length,))
        else:
            view = self._shaped(view, (*view.axes[:first], length))
        return view, rows[:, 0].reshape(view.index.shape[:-1]), columns, axes

    # ---- Weights.

    def _parameter(self, tensor, name):
        if tensor is None:
            return None
        if id(tensor) not in self._parameters:
            raise Cannot(f"a weight that is made of others ({name})")
        return self._held(self._parameters[id(tensor)], tensor)

    def _held(self, name, tensor):
        if name in self._hooked:
            raise Cannot(f"the parameter {name}, whose gradient a hook may change")
        return held(name, tensor)

    def _matrix(self, weight, columns, axes):
        """The name of a matrix [outputs, inputs] whose inputs are these columns, and whether
        the op takes its transpose."""
        order = weight.index[:, inverse(columns)]
        if not in_order(order) and in_order(order.T):
            return self._ordered(weight, order.T, order.T.shape), {"transpose": True}
        finer = (len(order), *(axes[i] for i in permutation(columns, axes) or ()))
        return self._ordered(weight, order, order.shape, finer), {}

    def _named(self, weight):
        """The name of a weight that is the tensor as it is."""
        return self._ordered(weight, weight.index, weight.index.shape)

    def _ordered(self, weight, order, axes, finer=None):
        """The name of a weight with these axes that has the tensor's numbers in this order, all
        of them or some of its rows; `finer`, other axes that the tensor may be seen with."""
        order, shape = order.reshape(-1), tuple(weight.tensor.shape)
        first, step = int(order.min()), math.prod(shape[1:])
        if len(set(order.tolist())) != len(order) or order.max() - first + 1 != len(order) or \
                first % step or len(order) % step:
            raise Cannot(f"a part of {called(weight)} that is not some of its rows")
        rows, count = first // step, len(order) // step
        name, shape = weight.name, (count, *shape[1:])
        if count < len(weight.tensor):
            name += f".{rows}to{rows + count}"
        for stands in (shape, finer):
            stands = tuple(n for n in stands or () if n > 1) or (1,)
            moved = permutation(order - first, stands) \
                if math.prod(stands) == len(order) else None
            if moved is None:
                continue
            plain = in_order(order - first)
            values = array(weight.tensor).reshape(-1)[first:first + len(order)]
            values, moved = _standing(values, shape if plain else stands, moved, axes)
            return self._weight(name, values, axes, moved, weight.moves,
                                weight.tensor, (first, first + len(order)))
        raise Cannot(f"the numbers of {called(weight)} in another order")

    def _weight(self, tensor, values, shape, permute, trainable, owner=None, span=None):
        weight = Weight(tensor, values, tuple(shape), permute, trainable)
        key = tensor, weight.shape, permute, values.shape, \
            values.tobytes() if owner is None else id(owner)
        if key not in self._owners:
            self._owners[key] = self._fresh(tensor)
            self.weights[self._owners[key]] = weight
            self._spans[self._owners[key]] = id(owner), span or (0, values.size)
        return self._owners[key]

    def finish(self):
        """Leaves out what the result does not depend on; a number is in one weight at most."""
        needed, ops, held, wrong = {self.result.name}, [], {}, []
        for op in reversed(self.ops):
            if op["out"] in needed:
                ops.append(op)
                needed |= {op["in"]} if isinstance(op["in"], str) else {*op["in"]}
                needed |= {op[key] for key in ("weight", "bias") if key in op}
        self.ops = ops[::-1]
        self.weights = {name: weight for name, weight in self.weights.items() if name in needed}
        for name, weight in self.weights.items():
            owner, (first, end) = self._spans[name]
            if weight.trainable:
                others = held.setdefault(owner, [])
                wrong += [f"{weight.tensor} and {other}: two weights with the same numbers"
                          for other, start, stop in others if first < stop and start < end]
                others.append((weight.tensor, first, end))
        if not self.weights:
            wrong.append("a result that depends on no parameter")
        if wrong:
            raise Unsupported(wrong)

    def _fresh(self, name):
        name = re.sub(r"[^\w.]", "_", name, flags=re.ASCII)
        name = (name if re.match(r"[A-Za-z_]", name) else "_" + name)[-NAME_MAX + 4:]
        name = name if re.match(r"[A-Za-z_]", name) else "_" + name
        found, count = name, 1
        while found in self._names or found in ("x", "target"):
            count += 1
            found = f"{name}_{count}"
        self._names.add(found)
        return found


def _standing(values, shape, moved, axes):
    """A tensor of this shape and the order of its axes, if not their own, such that a weight
    with `axes`, whose first are its rows, may be read from it."""
    moved = None if moved == tuple(range(len(moved))) else moved
    order = [shape[i] for i in moved or range(len(shape))]
    rows = axes[0] if len(axes) > 1 else 1
    ends = (1,) if len(order) == 1 else (order[0],) if len(order) == 2 else \
        (1, *itertools.accumulate(order, operator.mul))
    if rows in ends:
        return values.reshape(shape), moved
    if moved is None:
        return values.reshape(axes), None
    return values.reshape(1, *shape), (0, *(1 + i for i in moved))


def array(tensor):
    tensor = tensor.detach().cpu()
    tensor = tensor.float() if tensor.dtype == torch.bfloat16 else tensor
    return numpy.ascontiguousarray(tensor.numpy())


def as_seen(view, name):
    return View(name, view.positions, view.width, view.index)


def number(value):
    """A Python number for one of NumPy's, or for a constant that is one; else as it is."""
    if isinstance(value, Held) and not value.moves and value.index.shape in ((), (1,)):
        return value.values.item()
    return value.item() if isinstance(value, (numpy.integer, numpy.floating)) else value


def is_number(value):
    return type(value) in (int, float)


def called(value):
    if isinstance(value, Held):
        return f"the parameter {value.name}" if value.moves else f"the constant {value.name}"
    return f"the value {value.name}" if isinstance(value, View) else f"{value}"
