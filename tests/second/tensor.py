"""Tensors: row-major lists of numbers or, in fixed point, of integers and an exponent."""

import contextlib
import math


class Tensor:
    """`m` are the elements; `frac` is the exponent f of section 11.1, else None. A sample
    has a row for each of its `positions` (section 6)."""

    def __init__(self, rows, cols, m, frac=None, positions=()):
        self.rows, self.cols, self.m, self.frac = rows, cols, m, frac
        self.positions = positions

    def like(self, m, frac=None):
        return Tensor(self.rows, self.cols, m, frac, self.positions)

    def placed(self, positions):
        return Tensor(self.rows, self.cols, self.m, self.frac, positions)

    def row(self, r):
        return self.m[r * self.cols:(r + 1) * self.cols]

    def between(self, first, end):
        """Rows that follow one another."""
        m = self.m[first * self.cols:end * self.cols]
        return Tensor(len(m) // self.cols, self.cols, m, self.frac)

    def take(self, samples):
        """The samples of a batch (section 6)."""
        each = math.prod(self.positions)
        m = [x for s in samples for x in self.between(s * each, (s + 1) * each).m]
        return Tensor(len(samples) * each, self.cols, m, self.frac, self.positions)

    def parts(self):
        """What `like` takes."""
        return self.m, self.frac

    def columns(self, first, count):
        m = [x for r in range(self.rows) for x in self.row(r)[first:first + count]]
        return Tensor(self.rows, count, m, self.frac)

    def transposed(self):
        m = [x for j in range(self.cols) for x in self.m[j::self.cols]]
        return Tensor(self.cols, self.rows, m, self.frac)


def beside(tensors):
    """Tensors of one number of rows, and one exponent, side by side."""
    rows = tensors[0].rows
    m = [x for r in range(rows) for t in tensors for x in t.row(r)]
    return Tensor(rows, sum(t.cols for t in tensors), m, tensors[0].frac)


class Overflow(Exception):
    """A value of fixed point that does not fit; `tensor` is the name to tell."""

    tensor = None


@contextlib.contextmanager
def named(name):
    """Gives an overflow met inside the name of the tensor being made."""
    try:
        yield
    except Overflow as overflow:
        overflow.tensor = name
        raise


class Diverged(Exception):
    """A loss or weight that is not finite."""
