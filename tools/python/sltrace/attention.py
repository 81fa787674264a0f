"""Attention, in one call or written out: products, a scale, a mask, a softmax, products."""

import math
from dataclasses import dataclass, replace

import numpy

from .ops import NO_FUNCTION, Ops, called, is_number
from .views import Cannot, Held, View, counted

HIDES = -1e4  # a manifest hides altogether


@dataclass(frozen=True)
class Scores:
    """Products of queries and keys on their way through an attention, heads x queries x keys;
    `hidden`, what a causal mask has made of those not seen, at most; `shares` once a softmax has
    gone over the keys."""

    queries: View
    keys: View
    heads: int | None  # None: there is no axis of heads
    factor: float = 1.0
    causal: bool = False
    hidden: float = -math.inf
    shares: bool = False


class Attention(Ops):
    """An attention's parts."""

    def _heads(self, value):
        """Of heads x positions x columns, or positions x columns, the view with the columns of
        its heads side by side, and the number of heads."""
        view = self._whole(value)
        *heads, rows, width = view.index.shape if view.index.ndim > 1 else (1, 1, 1, 1)
        if len(heads) > 1:
            raise Cannot(f"products of values of the shape {list(view.index.shape)}")
        count = heads[0] if heads else 1
        order = counted((rows, count, width)).transpose(1, 0, 2)
        if (view.index.reshape(-1) != order.reshape(-1)).any():
            raise Cannot("heads that are not blocks of columns")
        return self._shaped(view, (rows, count * width)), heads[0] if heads else None

    def _scores(self, queries, keys):
        (q, heads), (k, others) = self._heads(queries), self._heads(keys)
        if heads != others or q.width != k.width:
            raise Cannot("products of values of two shapes")
        return Scores(q, k, heads)

    def _scaled_scores(self, one, other):
        scores, factor = (one, other) if isinstance(one, Scores) else (other, one)
        if not is_number(factor) or scores.shares:
            raise Cannot(f"a product of an attention's scores and {called(factor)}")
        return replace(scores, factor=scores.factor * factor,
                       hidden=scores.hidden * factor if scores.causal else scores.hidden)

    def _masked(self, scores, seen, hidden):
        """Scores where those not seen are hidden: all that are later than the query."""
        queries, keys = scores.queries.positions[0], scores.keys.positions[0]
        seen = numpy.asarray(seen)
        if seen.ndim < 2 or seen.size != queries * keys or scores.shares or \
                (seen.reshape(queries, keys) != _causal(queries, keys)).any():
            raise Cannot("a mask of scores that is not a causal one")
        return replace(scores, causal=True, hidden=max(float(hidden), scores.hidden))

    def _do_mask(self, value, mask, hidden):
        if not isinstance(value, Scores):
            raise Cannot(f"a mask of {called(value)}")
        return self._masked(value, ~constant(mask).astype(bool), constant(hidden).max())

    def _do_where(self, condition, one, other):
        if isinstance(one, Scores):
            return self._masked(one, constant(condition).astype(bool), constant(other).max())
        return self._do_mask(other, condition, one)

    def _attended(self, shares, value):
        view, heads = self._heads(value)
        if not shares.shares or heads != shares.heads:
            raise Cannot("products of scores that are no softmax, or of other heads")
        if not shares.hidden <= HIDES:
            raise Cannot(f"a mask of scores that hides by {shares.hidden:g}, not {HIDES:g} or less")
        width = shares.queries.width // (heads or 1)
        fields = {} if (heads or 1) == 1 else {"heads": heads}
        if shares.causal:
            fields["mask"] = "causal"
        if not math.isclose(shares.factor, 1 / math.sqrt(width), rel_tol=1e-12):
            fields["scale"] = shares.factor
        name = self._op("dot-attention", [shares.queries.name, shares.keys.name, view.name],
                        **fields)
        rows = shares.queries.positions[0]
        index = counted((rows, heads or 1, view.width // (heads or 1))).transpose(1, 0, 2)
        return View(name, (rows,), view.width, index if heads else index[0])

    def _do_attention(self, query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False,
                      scale=None):
        if dropout_p:
            raise Cannot(f"dropout of an attention in training: {NO_FUNCTION}")
        scores = self._scores(query, key)
        scale = 1 / math.sqrt(query.index.shape[-1]) if scale is None else scale
        scores = replace(scores, factor=scale)
        if is_causal:
            scores = self._masked(scores, numpy.tri(query.index.shape[-2], key.index.shape[-2],
                                                    dtype=bool), -math.inf)
        if attn_mask is not None:
            scores = self._masked(scores, *seen(attn_mask))
        return self._attended(replace(scores, shares=True), value)


def _causal(queries, keys):
    """What queries see, which are the last of as many positions as there are keys."""
    return numpy.tri(queries, keys, keys - queries, dtype=bool)


def by_labels(index, labels, wanted):
    """An index whose axes have these labels, with its axes in another order."""
    if sorted(labels) != sorted(wanted):
        raise Cannot(f"einsum of axes {''.join(labels)} as {''.join(wanted)}")
    return index.transpose([[*labels].index(c) for c in wanted])


def seen(mask):
    """What a mask that is added shows, or one of what is seen, and the number that hides, of
    several the largest."""
    found = constant(mask)
    if found.dtype == bool:
        return found, -math.inf
    return found == 0, found[found != 0].max(initial=-math.inf)


def constant(value):
    if isinstance(value, Held) and not value.moves:
        return value.values
    if is_number(value) or isinstance(value, bool):
        return numpy.asarray(value)
    raise Cannot(f"a mask that is {called(value)}")
