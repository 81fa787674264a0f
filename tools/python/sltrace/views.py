"""How the values of a PyTorch module stand in those of a manifest.

A value of a manifest has numbers for each sample: positions, and a width (its columns) last.
A tensor of the module shows these numbers in an order and shape of its own.  So `View.index`
has the tensor's shape without the samples, and says of each place which number of the sample
stands there.  Whatever only moves numbers (view, transpose, x[:, 0]) is then done to the index,
by PyTorch itself."""

import itertools
import math
from dataclasses import dataclass

import numpy
import torch

SAMPLES = 2  # of the example, and of an index as PyTorch moves it: none may come into the other's
             # place


class Cannot(Exception):
    """What a manifest cannot express, in words."""


@dataclass(frozen=True)
class View:
    """A value of the manifest by its name, as a tensor of the module shows it; `tokens`
    where it is whole numbers."""

    name: str
    positions: tuple
    width: int
    index: numpy.ndarray
    tokens: bool = False

    @property
    def axes(self):
        return (*self.positions, self.width)

    @property
    def numbers(self):
        return math.prod(self.axes)

    def moved(self, index):
        return View(self.name, self.positions, self.width, index, self.tokens)


@dataclass(frozen=True)
class Held:
    """A parameter (`name` is PyTorch's), or a constant of the module; `index` as that of a
    view, of the tensor's own numbers."""

    name: str
    tensor: torch.Tensor
    index: numpy.ndarray

    @property
    def moves(self):
        return self.tensor.requires_grad

    def moved(self, index):
        return Held(self.name, self.tensor, index)

    @property
    def values(self):
        return self.tensor.detach().cpu().numpy().reshape(-1)[self.index]

    @property
    def whole(self):
        """Whether it is the tensor as it is."""
        return self.index.shape == tuple(self.tensor.shape) and in_order(self.index)


def counted(axes):
    return numpy.arange(math.prod(axes), dtype=numpy.int64).reshape(axes)


def held(name, tensor):
    return Held(name, tensor, counted(tuple(tensor.shape)))


def in_order(index):
    return bool((index.reshape(-1) == numpy.arange(index.size)).all())


def move(value, how):
    """What `how`, which only moves numbers, makes of a view or of a held tensor: one, or
    several."""
    index = torch.from_numpy(numpy.ascontiguousarray(value.index))
    if isinstance(value, View):
        index = index + value.numbers * torch.arange(SAMPLES).reshape(-1, *[1] * index.dim())
    found = how(index)
    if isinstance(found, (tuple, list)):
        return tuple(value.moved(_own(value, one)) for one in found)
    return value.moved(_own(value, found))


def _own(value, index):
    """Of the numbers of all samples those of one."""
    index = index.numpy()
    if isinstance(value, Held):
        return index
    if index.ndim < 1 or len(index) != SAMPLES or (index[0] >= value.numbers).any() or \
            (index[1] != index[0] + value.numbers).any():
        raise Cannot("samples that take each other's place, or each other's numbers")
    return index[0].copy()


def permutation(order, axes):
    """The order of `axes` in which an array with them, its numbers counted, reads as `order`;
    None if there is none."""
    for tried in itertools.permutations(range(len(axes))):
        if (counted(axes).transpose(tried).reshape(-1) == order).all():
            return tried
    return None


def inverse(order):
    found = numpy.empty_like(order)
    found[order] = numpy.arange(len(order))
    return found
