"""What PyTorch's functions come to."""

import math
import operator
from dataclasses import dataclass, replace

import numpy
import torch
import torch.nn.functional as functional

from .attention import Attention, Scores, by_labels, seen
from .ops import NO_FUNCTION, array, as_seen, called, is_number, number
from .views import Cannot, Held, View, counted, held, in_order, inverse


# What PyTorch calls the same thing: functions and the names of methods.
ALIKE = {function: name for name, functions in {
    "relu": (torch.relu, functional.relu, "relu"),
    "tanh": (torch.tanh, functional.tanh, "tanh"),
    "sigmoid": (torch.sigmoid, functional.sigmoid, "sigmoid"),
    "silu": (functional.silu,),
    "gelu": (functional.gelu,),
    "softplus": (functional.softplus,),
    "square": (torch.square, "square"),
    "power": (operator.pow, operator.ipow, torch.pow, "pow"),
    "add": (operator.add, operator.iadd, torch.add, "add"),
    "subtract": (operator.sub, operator.isub, torch.sub, "sub"),
    "multiply": (operator.mul, operator.imul, torch.mul, "mul"),
    "divide": (operator.truediv, operator.itruediv, torch.div, "div"),
    "negate": (operator.neg, torch.neg, "neg"),
    "concat": (torch.cat, torch.concat),
    "linear": (functional.linear,),
    "embedding": (functional.embedding,),
    "product": (operator.matmul, torch.matmul, "matmul"),
    "rsqrt": (torch.rsqrt, "rsqrt"),
    "sqrt": (torch.sqrt, "sqrt"),
    "mean": (torch.mean, "mean"),
    "sum": (torch.sum, "sum"),
    "dropout": (functional.dropout,),
    "layer_norm": (functional.layer_norm,),
    "rms_norm": tuple(getattr(functional, name) for name in ("rms_norm",)
                      if hasattr(functional, name)),
    "batch_norm": (functional.batch_norm,),
    "einsum": (torch.einsum,),
    "mask": (torch.masked_fill, "masked_fill"),
    "where": (torch.where,),
    "attention": tuple(getattr(functional, name) for name in ("scaled_dot_product_attention",)
                       if hasattr(functional, name)),
    "softmax": (torch.softmax, functional.softmax, "softmax"),
    "conv": (functional.conv2d, functional.conv1d),
    "max_pool": (functional.max_pool2d, functional.max_pool1d, torch.max_pool2d,
                 torch.max_pool1d),
    "avg_pool": (functional.avg_pool2d, functional.avg_pool1d),
}.items() for function in functions}


@dataclass(frozen=True)
class Size:
    """The mean square of each row of a view on its way into a norm written out: the mean, its
    sum with `eps`, the root of that, 1 over it."""

    of: View
    form: str = "mean"
    eps: float = 0.0


class Functions(Attention):
    """Each takes what PyTorch's function of the name takes, views and held tensors for
    tensors."""

    def _do(self, op, value, inplace=False):
        return self._same(op, value)

    def _do_gelu(self, value, approximate="none"):
        return self._same("gelu", value, **({} if approximate == "none" else {"form": approximate}))

    def _do_square(self, value):
        found = self._same("square", value)
        self._squares[found.name] = self._whole(value)
        return found

    def _do_softplus(self, value, beta=1, threshold=20):
        if beta != 1 or threshold < 20:  # beyond which PyTorch's is its input
            raise Cannot(f"Softplus with beta={beta}, threshold={threshold}")
        return self._same("softplus", value)

    def _do_dropout(self, value, p=0.5, training=True, inplace=False):
        if training and p:
            raise Cannot(f"dropout in training: {NO_FUNCTION}")
        return value

    def _do_power(self, value, exponent):
        if isinstance(value, Size) and value.form == "sum" and exponent in (0.5, -0.5):
            return replace(value, form="root" if exponent > 0 else "inverse")
        if exponent != 2:
            raise Cannot(f"the power {exponent}")
        return self._do_square(value)

    def _do_sqrt(self, value):
        return self._do_power(value, 0.5)

    def _do_rsqrt(self, value):
        return self._do_power(value, -0.5)

    def _rms_norm(self, value, size):
        """A value divided by its own size, each row."""
        if not isinstance(value, View) or value.name != size.of.name or \
                (value.index != size.of.index).any():
            raise Cannot("a value divided by the size of another")
        view, rows, columns, _ = self._along_last(value)
        index = rows[..., None] * len(columns) + columns
        fields = {} if size.eps == 1e-5 else {"eps": size.eps}
        return View(self._op("rmsnorm", [view.name], **fields), view.positions, view.width, index)

    def _do_rms_norm(self, value, normalized_shape, weight=None, eps=None):
        if len(normalized_shape) != 1:
            raise Cannot(f"rms_norm over the axes {list(normalized_shape)}")
        eps = torch.finfo(self._found[self._at].dtype).eps if eps is None else eps
        found = self._rms_norm(value, Size(value, "inverse", eps))
        return found if weight is None else self._along_channels(found, weight)

    def _do_negate(self, value):
        return self._scaled(value, -1.0)

    def _do_add(self, one, other):
        if isinstance(other, (View, Scores, Size)) and not isinstance(one, (View, Scores)):
            one, other = other, one
        if isinstance(one, Scores):
            return self._masked(one, *seen(other))
        if isinstance(one, Size) and one.form == "mean" and is_number(other) and other > 0:
            return replace(one, form="sum", eps=float(other))
        if isinstance(other, View):
            return self._pair("add", one, other)
        return self._placed(one, other)

    def _do_subtract(self, one, other):
        if isinstance(one, View) and isinstance(other, View):
            return self._pair("subtract", one, other)
        if isinstance(other, View):
            return self._placed(self._scaled(other, -1.0), one)
        if is_number(other):
            return self._placed(one, -other)
        raise Cannot("a parameter that is taken off")

    def _do_multiply(self, one, other):
        if isinstance(other, View) and not isinstance(one, View):
            one, other = other, one
        one, other = number(one), number(other)
        if isinstance(one, Scores) or isinstance(other, Scores):
            return self._scaled_scores(one, other)
        if isinstance(one, Size) or isinstance(other, Size):
            size, value = (one, other) if isinstance(one, Size) else (other, one)
            if size.form != "inverse":
                raise Cannot("a product with the mean square of a value")
            return self._rms_norm(value, size)
        if one is other:
            return self._do_square(one)
        if isinstance(other, View):
            return self._pair("multiply", one, other)
        if is_number(other):
            return self._scaled(one, float(other))
        if isinstance(other, Held):
            return self._along_channels(one, other)
        raise Cannot(f"a product with {called(other)}")

    def _along_channels(self, value, weight):
        """Each number times that of its column."""
        view, rows, columns, _ = self._along_last(value)
        if weight.tensor.numel() != len(columns) or weight.index.shape[-1:] != columns.shape:
            raise Cannot(f"a product with {called(weight)} that is not one number for each of "
                         f"the last axis")
        fields = self._channels(weight, None, inverse(columns))
        index = rows[..., None] * len(columns) + columns
        return View(self._op("affine", [view.name], **fields), view.positions, view.width, index)

    def _do_divide(self, one, other):
        if isinstance(other, Size) and other.form == "root":
            return self._rms_norm(one, other)
        other = number(other)
        if not is_number(other):
            raise Cannot(f"a division by {called(other)}")
        if isinstance(one, Scores):
            return self._scaled_scores(one, 1 / other)
        return self._scaled(one, 1 / other)

    def _do_linear(self, value, weight, bias=None):
        """The product with the weight's transpose, along the last axis."""
        if not isinstance(weight, Held) or weight.index.ndim != 2:
            raise Cannot(f"a product with {called(weight)}, which is no matrix")
        view, rows, columns, axes = self._along_last(value)
        name = self._product(view, columns, axes, weight, bias)
        width = weight.index.shape[0]
        index = rows[..., None] * width + numpy.arange(width)
        return View(name, view.positions, width, index)

    def _product(self, view, columns, axes, weight, bias):
        made, form = self._matrix(weight, columns, axes)
        if bias is not None:
            form["bias"] = self._ordered(bias, bias.index, bias.index.shape)
        name = self._op("linear", [view.name], weight=made, **form)
        self._products[name] = view, columns, axes, weight, bias
        return name

    def _do_product(self, one, other):
        if isinstance(one, View) and isinstance(other, View):
            return self._scores(one, other.moved(numpy.swapaxes(other.index, -1, -2)))
        if isinstance(one, Scores) and isinstance(other, View):
            return self._attended(one, other)
        if not isinstance(one, View) or not isinstance(other, Held):
            raise Cannot(f"a product of {called(one)} and {called(other)}")
        return self._do_linear(one, other.moved(other.index.T))

    def _do_einsum(self, equation, *operands):
        labels, _, out = str(equation).replace(" ", "").partition("->")
        labels = labels.split(",")
        if len(operands) != 2 or len(labels) != 2 or not out or "." in equation or \
                any(len({*of}) != len(of) for of in (*labels, out)):
            raise Cannot(f"einsum {equation!r}")
        if isinstance(operands[0], Held) or isinstance(operands[1], Scores):
            operands, labels = operands[::-1], labels[::-1]
        (one, other), (first, second) = operands, labels
        if first[0] != out[0]:
            raise Cannot(f"einsum {equation!r}: samples are the first axis")
        summed = [c for c in second if c in first[1:] and c not in out]
        if isinstance(one, View) and isinstance(other, Held):
            kept, made = [c for c in first[1:] if c not in summed], \
                [c for c in second if c not in summed]
            if set(kept) & set(made) or out[0] in second or {*kept, *made} != {*out[1:]}:
                raise Cannot(f"einsum {equation!r} with {called(other)}")
            index = by_labels(one.index, first[1:], kept + summed)
            weight = by_labels(other.index, second, made + summed)
            found = self._do_linear(
                one.moved(index.reshape(*index.shape[:len(kept)], -1)),
                other.moved(weight.reshape(math.prod(weight.shape[:len(made)]), -1)))
            shape = *index.shape[:len(kept)], *weight.shape[:len(made)]
            return found.moved(by_labels(found.index.reshape(shape), kept + made, out[1:]))
        both = [c for c in first[1:] if c in second and c in out]
        if len(summed) != 1 or len(both) > 1 or out[0] not in second[:1]:
            raise Cannot(f"einsum {equation!r}")
        if isinstance(one, Scores) and isinstance(other, View):
            (mine,) = [c for c in second[1:] if c not in both + summed] or ["?"]
            queries = [c for c in first[1:] if c not in both + summed]
            if [*first[1:]] != both + queries + summed or mine == "?":
                raise Cannot(f"einsum {equation!r}")
            index = by_labels(other.index, second[1:], both + summed + [mine])
            found = self._attended(one, other.moved(index))
            return found.moved(by_labels(found.index, both + queries + [mine], out[1:]))
        if not isinstance(one, View) or not isinstance(other, View):
            raise Cannot(f"einsum {equation!r} of {called(one)} and {called(other)}")
        if out[-1] in first:  # the keys' axis is the last one
            one, other, first, second = other, one, second, first
        queries, keys = ([c for c in of[1:] if c not in both + summed]
                         for of in (first, second))
        if [*out[1:]] != both + queries + keys:
            raise Cannot(f"einsum {equation!r}: scores are heads x queries x keys")
        return self._scores(*(value.moved(by_labels(value.index, of[1:], both + rest + summed))
                              for value, of, rest in ((one, first, queries),
                                                      (other, second, keys))))

    def _do_embedding(self, ids, weight, padding_idx=None, max_norm=None, norm_type=2.0,
                      scale_grad_by_freq=False, sparse=False):
        if padding_idx is not None or max_norm is not None or scale_grad_by_freq:
            raise Cannot("an embedding with padding_idx, max_norm or scale_grad_by_freq")
        if isinstance(ids, Held) and not ids.tensor.is_floating_point():
            return weight.moved(weight.index[ids.values])
        if not isinstance(ids, View) or not ids.tokens or not weight.whole:
            raise Cannot("an embedding of what is not tokens of x")
        self._ranges.add(weight.index.shape[0])
        width = weight.index.shape[1]
        name = self._op("embedding", [ids.name], weight=self._named(weight))
        index = ids.index[..., None] * width + numpy.arange(width)
        return View(name, ids.positions, width, index)

    def _do_concat(self, values, dim=0, axis=None):
        views = [self._whole(value) for value in values]
        (dim,) = _axes(views[0], dim if axis is None else axis)
        moved = [numpy.moveaxis(view.index, dim, -1) for view in views]
        if all(_are_columns(view, index, moved[0], views[0]) for view, index in zip(views, moved)):
            rows = moved[0][..., 0] // views[0].width
            made = self._beside([self._shaped(view, (*views[0].positions, view.width))
                                 for view in views])
            index = rows[..., None] * made.width + numpy.arange(made.width)
            return made.moved(numpy.moveaxis(index, -1, dim))
        first = [numpy.moveaxis(view.index, dim, 0) for view in views]
        if any(index.shape[1:] != first[0].shape[1:] or not in_order(index) for index in first):
            raise Cannot(f"a concatenation along dim={dim + 1} of values in another order")
        axes = (sum(map(len, first)), *first[0].shape[1:])
        made = self._beside([self._shaped(view, (view.numbers,)) for view in views])
        return self._shaped(made, axes).moved(numpy.moveaxis(counted(axes), 0, dim))

    def _do_mean(self, value, dim=None, keepdim=False, *, axis=None):
        view = self._whole(value)
        dims = _axes(view, axis if dim is None else dim)
        if view.name in self._squares and dims == [view.index.ndim - 1] and keepdim:
            return Size(self._squares[view.name].moved(view.index))
        kept = [d for d in range(view.index.ndim) if d not in dims]
        table = view.index.transpose(*dims, *kept).reshape(
            math.prod(view.index.shape[d] for d in dims), -1)
        columns = table % view.width
        if not view.positions or table.shape[1] != view.width or (columns != columns[0]).any():
            raise Cannot("a mean over anything but all positions")
        shape = [1 if d in dims else size for d, size in enumerate(view.index.shape)
                 if keepdim or d not in dims]
        return View(self._op("mean", [view.name]), (), view.width, columns[0].reshape(shape))

    def _do_sum(self, value, dim=None, keepdim=False, *, axis=None):
        view = self._whole(value)
        return self._scaled(self._do_mean(view, dim, keepdim, axis=axis),
                            float(view.numbers // view.width))

    def _do_layer_norm(self, value, normalized_shape, weight=None, bias=None, eps=1e-5):
        shape = (normalized_shape,) if isinstance(normalized_shape, int) else normalized_shape
        lead = value.index.shape[:value.index.ndim - len(shape)]
        joined = value.moved(value.index.reshape(*lead, -1))
        view, rows, columns, _ = self._along_last(joined)
        order = inverse(columns)
        name = self._op("layernorm", [view.name], **self._channels(weight, bias, order),
                        **({} if eps == 1e-5 else {"eps": eps}))
        index = rows[..., None] * len(columns) + columns
        made = View(name, view.positions, view.width, index.reshape(value.index.shape))
        return self._shaped(made, self._whole(value).axes)

    def _channels(self, weight, bias, order):
        """The fields of weights with a number a column, where there are any."""
        given = (("weight", weight), ("bias", bias))
        return {key: self._ordered(held, held.index.reshape(-1)[order], (len(order),))
                for key, held in given if held is not None}

    def _do_batch_norm(self, value, running_mean, running_var, weight=None, bias=None,
                       training=False, momentum=0.1, eps=1e-5):
        if training or running_mean is None:
            raise Cannot(f"batch_norm in training: {NO_FUNCTION}")
        return self._normalized(value, running_mean.name, running_mean.tensor, running_var.tensor,
                                weight, bias, eps)

    def _normalized(self, value, name, mean, var, weight, bias, eps):
        """Batch norm in evaluation: what is divided by stays, what is multiplied by trains."""
        factor = (var + eps).rsqrt()
        stays = self._by_channel(value, held(name + ".factor", factor),
                                 held(name + ".shift", -mean * factor))
        if weight is None and bias is not None:
            raise Cannot("batch_norm with a bias and no weight")
        return stays if weight is None else self._by_channel(stays, weight, bias)

    def _by_channel(self, value, weight, bias):
        """Each channel, the first axis of a sample, times a number and plus another."""
        view = self._whole(value)
        channels = numpy.moveaxis(view.index % view.width, 0, -1)
        if channels.shape[-1] != view.width or (channels != numpy.arange(view.width)).any():
            raise Cannot("channels that are not the columns of the manifest's value")
        fields = self._channels(weight, bias, numpy.arange(view.width))
        return as_seen(view, self._op("affine", [view.name], **fields))

    def _do_softmax(self, value, dim=None, _stacklevel=3, dtype=None):
        if isinstance(value, Scores):
            ndim = 3 + (value.heads is not None)
            if dim not in (-1, ndim - 1) or value.shares:
                raise Cannot("a softmax of scores along another axis than the keys")
            return replace(value, shares=True)
        if dim is None or dtype is not None or \
                _axes(value, dim) != [value.index.ndim - 1]:
            raise Cannot("a softmax along another axis than the last")
        view, rows, columns, _ = self._along_last(value)
        index = rows[..., None] * len(columns) + columns
        return View(self._op("softmax", [view.name]), view.positions, view.width, index)

    # ---- Images.

    def _image(self, value):
        """The view of height x width with the channels as columns; of a line height is 1."""
        view = self._whole(value)
        channels, *size = view.index.shape
        if len(size) not in (1, 2) or not in_order(numpy.moveaxis(view.index, 0, -1)):
            raise Cannot("channels that are not the columns of the manifest's value")
        return self._shaped(view, (*[1] * (2 - len(size)), *size, channels))

    def _windowed(self, op, value, **fields):
        """The view of an op that looks through a window, in the shape that PyTorch gives it."""
        view = self._image(value)
        shape = tuple(self._found[self._at].shape[1:])
        channels, *size = shape
        axes = (*[1] * (2 - len(size)), *size, channels)
        name = self._op(op, [view.name], **fields)
        return View(name, axes[:-1], channels, numpy.moveaxis(counted((*size, channels)), -1, 0))

    def _do_conv(self, value, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
        if groups != 1:
            raise Cannot(f"a convolution in {groups} groups")
        if not isinstance(weight, Held) or not weight.whole:
            raise Cannot(f"a convolution with {called(weight)}")
        axes = weight.index.ndim - 2
        size = weight.index.shape[2:]
        if padding == "same":
            reach = [d * (k - 1) for d, k in zip(_several(dilation, axes), size)]
            if any(n % 2 for n in reach):
                raise Cannot("padding='same' of a window that has no middle")
            padding = tuple(n // 2 for n in reach)
        padding = 0 if padding == "valid" else padding
        fields = {"weight": self._kernel(weight)}
        if bias is not None:
            fields["bias"] = self._named(bias)
        for key, given, usual in (("stride", stride, 1), ("padding", padding, 0),
                                  ("dilation", dilation, 1)):
            fields |= _pair_field(key, _several(given, axes), usual)
        return self._windowed("conv2d", value, **fields)

    def _kernel(self, weight):
        """The name of a convolution's weight: outputs, height, width, inputs."""
        outputs, inputs, *size = weight.index.shape
        values = array(weight.tensor).reshape(outputs, inputs, *[1] * (2 - len(size)), *size)
        shape = (outputs, *values.shape[2:], inputs)
        return self._weight(weight.name, values, shape, (0, 2, 3, 1), weight.moves, weight.tensor)

    def _do_max_pool(self, value, kernel_size, stride=None, padding=0, dilation=1,
                     ceil_mode=False, return_indices=False):
        axes = value.index.ndim - 1
        if any(d != 1 for d in _several(dilation, axes)) or ceil_mode or return_indices:
            raise Cannot("a max pool with dilation, ceil_mode or return_indices")
        return self._windowed("maxpool", value, **_pool_fields(kernel_size, stride, padding, axes))

    def _do_avg_pool(self, value, kernel_size, stride=None, padding=0, ceil_mode=False,
                     count_include_pad=True, divisor_override=None):
        axes = value.index.ndim - 1
        edges = any(_several(padding, axes))
        if ceil_mode or divisor_override is not None or (edges and not count_include_pad):
            raise Cannot("an average pool with ceil_mode, divisor_override, or without its edges")
        return self._windowed("meanpool", value, **_pool_fields(kernel_size, stride, padding, axes))


def _are_columns(view, index, first, like):
    """Whether the last axis is all columns, and the rows those of the first of all."""
    return index.ndim == first.ndim and index.shape[-1] == view.width and \
        index.shape[:-1] == first.shape[:-1] and \
        (index % view.width == numpy.arange(view.width)).all() and \
        (index[..., 0] // view.width == first[..., 0] // like.width).all()


def _several(given, axes):
    given = given if isinstance(given, (tuple, list)) else (given,) * axes
    return tuple(map(int, given))


def _pair_field(key, given, usual):
    """A number for height and width, or both; of a line the height's is the usual one."""
    height, width = (usual, *given)[-2:]
    if (height, width) == (usual, usual):
        return {}
    return {key: width if height == width else [height, width]}


def _pool_fields(kernel_size, stride, padding, axes):
    size = _several(kernel_size, axes)
    stride = size if stride is None or stride == [] else _several(stride, axes)
    fields = _pair_field("window", size, 1) or {"window": 1}
    if stride != size:
        fields |= _pair_field("stride", stride, 1) or {"stride": 1}
    return fields | _pair_field("padding", _several(padding, axes), 0)


def _axes(view, dims):
    """Which axes of the index those of a tensor are."""
    dims = (dims,) if isinstance(dims, int) else tuple(dims or (0,))
    found = sorted({dim - 1 if dim > 0 else dim + view.index.ndim for dim in dims})
    if not 0 <= found[0] <= found[-1] < view.index.ndim:
        raise Cannot("what takes samples together")
    return found
