"""Tensors: row-major lists of numbers or, in fixed point, of integers and an exponent."""

import contextlib


class Tensor:
    """`m` are the elements; `frac` is the exponent f of section 11.1, else None."""

    def __init__(self, rows, cols, m, frac=None):
        self.rows, self.cols, self.m, self.frac = rows, cols, m, frac

    def like(self, m, frac=None):
        return Tensor(self.rows, self.cols, m, frac)

    def row(self, r):
        return self.m[r * self.cols:(r + 1) * self.cols]

    def take(self, rows):
        """The rows of a batch (section 6)."""
        m = [x for r in rows for x in self.row(r)]
        return Tensor(len(rows), self.cols, m, self.frac)

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
