"""The ops and weights of a manifest that a PyTorch module comes to."""

import copy
import math
import operator
import re
from dataclasses import dataclass, replace

import numpy
import torch
import torch.nn.functional as functional
from torch import nn

from .follow import Tracer
from .views import Cannot, Held, View, counted, held, in_order, inverse, move, permutation

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


@dataclass(frozen=True)
class Scores:
    """Products of queries and keys on their way through an attention, heads x queries x keys;
    `shares` once a softmax has gone over the keys."""

    queries: View
    keys: View
    heads: int | None  # None: there is no axis of heads
    factor: float = 1.0
    causal: bool = False
    shares: bool = False


# What PyTorch calls the same thing: functions and the names of methods.
ALIKE = {function: name for name, functions in {
    "relu": (torch.relu, functional.relu, "relu"),
    "tanh": (torch.tanh, functional.tanh, "tanh"),
    "sigmoid": (torch.sigmoid, functional.sigmoid, "sigmoid"),
    "silu": (functional.silu,),
    "gelu": (functional.gelu,),
    "softplus": (functional.softplus,),
    "square": (torch.square, "square"),
    "power": (operator.pow, torch.pow, "pow"),
    "add": (operator.add, operator.iadd, torch.add, "add"),
    "subtract": (operator.sub, operator.isub, torch.sub, "sub"),
    "multiply": (operator.mul, operator.imul, torch.mul, "mul"),
    "divide": (operator.truediv, operator.itruediv, torch.div, "div"),
    "negate": (operator.neg, torch.neg, "neg"),
    "concat": (torch.cat, torch.concat),
    "linear": (functional.linear,),
    "embedding": (functional.embedding,),
    "product": (operator.matmul, torch.matmul, "matmul"),
    "mean": (torch.mean, "mean"),
    "sum": (torch.sum, "sum"),
    "dropout": (functional.dropout,),
    "layer_norm": (functional.layer_norm,),
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

LAYERS = {
    nn.ReLU: "relu", nn.Tanh: "tanh", nn.Sigmoid: "sigmoid", nn.SiLU: "silu", nn.GELU: "gelu",
    nn.Softplus: "softplus", nn.Linear: "linear", nn.Embedding: "embedding",
    nn.MultiheadAttention: "attention", nn.LayerNorm: "layer_norm", nn.Softmax: "softmax",
    nn.modules.dropout._DropoutNd: "dropout", nn.modules.batchnorm._BatchNorm: "batch_norm",
    nn.Conv1d: "conv", nn.Conv2d: "conv", nn.MaxPool1d: "max_pool", nn.MaxPool2d: "max_pool",
    nn.AvgPool1d: "avg_pool", nn.AvgPool2d: "avg_pool",
    nn.AdaptiveAvgPool1d: "adaptive_mean", nn.AdaptiveAvgPool2d: "adaptive_mean",
}

# What moves numbers, and does nothing to them.
MOVING_LAYERS = (nn.Identity, nn.Flatten, nn.Unflatten)
MOVING = {
    operator.getitem, torch.reshape, torch.flatten, torch.transpose, torch.permute,
    torch.squeeze, torch.unsqueeze, torch.movedim, torch.moveaxis, torch.swapaxes,
    torch.swapdims, torch.flip, torch.chunk, torch.split, torch.unbind, torch.select, torch.narrow,
    "reshape", "view", "flatten", "unflatten", "transpose", "permute", "squeeze", "unsqueeze",
    "movedim", "moveaxis", "swapaxes", "swapdims", "chunk", "split", "unbind", "select",
    "narrow", "contiguous", "clone", "t", "expand", "flip", "repeat",
}
IMAGES = (nn.modules.conv._ConvNd, nn.modules.pooling._MaxPoolNd, nn.modules.pooling._AvgPoolNd,
          nn.modules.pooling._AdaptiveAvgPoolNd, nn.modules.batchnorm._BatchNorm)


class Graph:
    """`ops`, `weights` by name, and `result`, a View; `x` is the View that the data have."""

    def __init__(self, module, x):
        tracer = Tracer(_example(module, x))
        try:
            nodes = tracer.follow(_Whole(module))
        except Cannot as cannot:
            raise Unsupported([str(cannot)]) from None
        except torch.fx.proxy.TraceError as error:
            raise Unsupported([f"what torch.fx cannot follow: {error}"]) from None
        self._root, self._found = tracer.root, tracer.found
        self._parameters = {id(p): _plain(n) for n, p in tracer.root.named_parameters()}
        tokens = numpy.issubdtype(x.dtype, numpy.integer)
        self._largest = int(x.max()) if tokens else None
        if tokens and x.min() < 0:
            raise ValueError("x: tokens are not negative")
        wrong = []
        for self.x in _inputs(x, tokens, any(map(self._is_of_images, nodes))):
            self._begin()
            self._overwritten(nodes)
            self._follow(nodes)
            if not self._wrong:
                return
            wrong = wrong or self._wrong
        raise Unsupported(wrong)

    def _begin(self):
        self.ops, self.weights, self.result = [], {}, None
        self._names, self._made, self._owners, self._ranges = set(), {}, {}, set()
        self._products, self._spans, self._wrong = {}, {}, []

    def _overwritten(self, nodes):
        """What is changed in place and then used as it was before, under whichever name, has
        no name in a manifest."""
        stands, gone = {}, {}
        for node in nodes:
            for used in node.all_input_nodes:
                if stands[used] in gone:
                    self._wrong.append(f"{node.name}: {used.name} after it was changed in place "
                                       f"by {gone[stands[used]]}")
            first = (*node.all_input_nodes, node)[0]
            stands[node] = stands[first] if node.target in MOVING else node
            if self._is_in_place(node):
                gone[stands[first]] = node.name

    def _is_in_place(self, node):
        if node.op == "call_module":
            return getattr(self._root.get_submodule(node.target), "inplace", False)
        name = node.target if isinstance(node.target, str) else node.target.__name__
        return node.op in ("call_function", "call_method") and (
            node.kwargs.get("inplace", False) or name in ("iadd", "isub", "imul", "itruediv")
            or re.search(r"[^_]_$", name) is not None)

    def _is_of_images(self, node):
        return node.op == "call_module" and isinstance(
            self._root.get_submodule(node.target), IMAGES) and self._found[node].dim() == 4

    def _follow(self, nodes):
        values = {}
        for node in nodes:
            args, words = torch.fx.node.map_arg((node.args, node.kwargs), values.__getitem__)
            try:
                if node.op == "placeholder":
                    values[node] = self.x
                elif node.op == "get_attr":
                    values[node] = held(_plain(node.target), self._found[node])
                elif node.op == "output":
                    self._output(*args)
                else:
                    self._at = node
                    values[node] = getattr(self, "_" + node.op)(node.target, args, words)
            except Cannot as cannot:
                self._wrong.append(f"{node.name}: {cannot}")
                if node.op != "output":
                    values[node] = _stand_in(self._found[node])

    def tokens(self):
        """How many tokens there are: the rows of the embeddings."""
        if len(self._ranges) != 1 or self._largest >= min(self._ranges):
            raise ValueError(f"x: tokens up to {self._largest} for embeddings of "
                             f"{sorted(self._ranges)} rows: expected one size for all")
        return min(self._ranges)

    def _output(self, value):
        if not isinstance(value, View):
            raise Cannot("a result that is not one value of the samples")
        if not self.ops and not self._wrong:
            raise Cannot("a module that does nothing")
        self.result = self._whole(value)

    def classes_at(self, positions):
        """The result with its columns, the classes, at these positions: they are its last
        axis, or as PyTorch's cross-entropy has it its first."""
        found = self.result
        shape = found.index.shape
        if shape[1:] == positions and shape[:-1] != positions:
            found = found.moved(numpy.moveaxis(found.index, 0, -1))
        if not shape or found.index.shape[:-1] != positions or not in_order(found.index):
            raise ValueError(f"target: classes at positions {list(positions)}, found values of the "
                             f"shape {list(shape)}")
        self.result = self._shaped(found, found.index.shape)
        return self.result

    # ---- What torch.fx has nodes of.

    def _call_module(self, path, args, words):
        layer, name = self._root.get_submodule(path), _plain(path)
        if isinstance(layer, MOVING_LAYERS):
            return move(self._value(args[0]), layer)
        kind = next((kind for of, kind in LAYERS.items() if isinstance(layer, of)), None)
        if kind is None:
            raise Cannot(f"the layer {type(layer).__name__} ({name})")
        if kind == "attention":
            return self._layer_attention(layer, name, *args, **words)
        if len(args) != 1 or words:
            raise Cannot(f"a layer of several arguments ({name})")
        if not isinstance(args[0], (View, Held)) and kind not in ("softmax", "dropout"):
            raise Cannot(f"the layer {type(layer).__name__} ({name}) of {_called(args[0])}")
        return getattr(self, "_layer_" + kind, self._layer)(layer, name, args[0])

    def _call_function(self, function, args, words):
        if function is operator.getitem and isinstance(args[0], tuple):
            return args[0][args[1]]
        if function in MOVING or function is getattr:
            return self._move(function, args, words)
        return self._call(function, getattr(function, "__name__", str(function)), args, words)

    def _call_method(self, name, args, words):
        if name in MOVING:
            return self._move(lambda tensor, *rest, **more: getattr(tensor, name)(*rest, **more),
                              args, words)
        return self._call(name, name, args, words)

    def _call(self, function, name, args, words):
        if isinstance(function, str) and re.search(r"[^_]_$", function):
            function = function[:-1]  # in place, which `_overwritten` has looked at
        if function not in ALIKE:
            raise Cannot(f"{name}{tuple(a for a in args[1:] if not isinstance(a, (View, Held)))}")
        try:
            return getattr(self, "_do_" + ALIKE[function], self._do)(*args, **words)
        except TypeError as error:
            if "argument" not in str(error):
                raise
            raise Cannot(f"{name} with {', '.join(map(str, words)) or 'these arguments'}") from None

    def _move(self, function, args, words):
        if any(isinstance(one, (View, Held)) for one in _flat((args[1:], words))):
            raise Cannot("an index that depends on values")
        return move(self._value(args[0]), lambda tensor: function(tensor, *args[1:], **words))

    # ---- Layers.

    def _layer(self, layer, name, value):
        return self._same(LAYERS[type(layer)], value)

    def _layer_gelu(self, layer, name, value):
        return self._do_gelu(value, layer.approximate)

    def _layer_softplus(self, layer, name, value):
        return self._do_softplus(value, layer.beta)

    def _layer_linear(self, layer, name, value):
        return self._do_linear(value, self._parameter(layer.weight, name + ".weight"),
                               self._parameter(layer.bias, name + ".bias"))

    def _layer_embedding(self, layer, name, value):
        if layer.padding_idx is not None or layer.max_norm is not None:
            raise Cannot(f"an Embedding with padding_idx or max_norm ({name})")
        return self._do_embedding(value, self._parameter(layer.weight, name + ".weight"))

    def _layer_adaptive_mean(self, layer, name, value):
        axes = 2 if isinstance(layer, nn.AdaptiveAvgPool2d) else 1
        if layer.output_size not in (1, (1,) * axes):
            raise Cannot(f"{type(layer).__name__}({layer.output_size}) ({name})")
        return self._do_mean(value, tuple(range(-axes, 0)), True)

    def _layer_dropout(self, layer, name, value):
        if layer.training and layer.p:
            raise Cannot(f"{type(layer).__name__} ({name}) in training: {NO_FUNCTION}")
        return value

    def _layer_batch_norm(self, layer, name, value):
        if layer.training or layer.running_mean is None:
            raise Cannot(f"{type(layer).__name__} ({name}) in training: {NO_FUNCTION}")
        return self._normalized(value, name, layer.running_mean, layer.running_var,
                                self._parameter(layer.weight, name + ".weight"),
                                self._parameter(layer.bias, name + ".bias"), layer.eps)

    def _layer_layer_norm(self, layer, name, value):
        return self._do_layer_norm(value, layer.normalized_shape,
                                   self._parameter(layer.weight, name + ".weight"),
                                   self._parameter(layer.bias, name + ".bias"), layer.eps)

    def _layer_softmax(self, layer, name, value):
        return self._do_softmax(value, layer.dim)

    def _layer_conv(self, layer, name, value):
        if layer.padding_mode != "zeros":
            raise Cannot(f"{type(layer).__name__} with padding_mode={layer.padding_mode} ({name})")
        return self._do_conv(value, self._parameter(layer.weight, name + ".weight"),
                             self._parameter(layer.bias, name + ".bias"), layer.stride,
                             layer.padding, layer.dilation, layer.groups)

    def _layer_max_pool(self, layer, name, value):
        return self._do_max_pool(value, layer.kernel_size, layer.stride, layer.padding,
                                 layer.dilation, layer.ceil_mode, layer.return_indices)

    def _layer_avg_pool(self, layer, name, value):
        return self._do_avg_pool(value, layer.kernel_size, layer.stride, layer.padding,
                                 layer.ceil_mode, layer.count_include_pad,
                                 getattr(layer, "divisor_override", None))

    # ---- Functions.

    def _do(self, value, inplace=False):
        target = self._at.target
        return self._same(ALIKE[target.rstrip("_") if isinstance(target, str) else target], value)

    def _do_gelu(self, value, approximate="none"):
        return self._same("gelu", value, **({} if approximate == "none" else {"form": approximate}))

    def _do_softplus(self, value, beta=1, threshold=20):
        if beta != 1:
            raise Cannot(f"Softplus with beta={beta}")
        return self._same("softplus", value)

    def _do_dropout(self, value, p=0.5, training=True, inplace=False):
        if training and p:
            raise Cannot(f"dropout in training: {NO_FUNCTION}")
        return value

    def _do_power(self, value, exponent):
        if exponent != 2:
            raise Cannot(f"the power {exponent}")
        return self._same("square", value)

    def _do_negate(self, value):
        return self._scaled(value, -1.0)

    def _do_add(self, one, other):
        if isinstance(other, (View, Scores)) and not isinstance(one, (View, Scores)):
            one, other = other, one
        if isinstance(one, Scores):
            return self._masked(one, *_seen(other))
        if isinstance(other, View):
            return self._pair("add", one, other)
        return self._placed(one, other)

    def _do_subtract(self, one, other):
        if isinstance(one, View) and isinstance(other, View):
            return self._pair("subtract", one, other)
        if isinstance(other, View):
            return self._placed(self._scaled(other, -1.0), one)
        if _is_number(other):
            return self._placed(one, -other)
        raise Cannot("a parameter that is taken off")

    def _do_multiply(self, one, other):
        if isinstance(other, View) and not isinstance(one, View):
            one, other = other, one
        if isinstance(one, Scores) or isinstance(other, Scores):
            return self._scaled_scores(one, other)
        if one is other:
            return self._same("square", one)
        if isinstance(other, View):
            return self._pair("multiply", one, other)
        if _is_number(other):
            return self._scaled(one, float(other))
        if isinstance(other, Held):
            return self._along_channels(one, other)
        raise Cannot(f"a product with {_called(other)}")

    def _along_channels(self, value, weight):
        """Each number times that of its column."""
        view, rows, columns, _ = self._along_last(value)
        if weight.tensor.numel() != len(columns) or weight.index.shape[-1:] != columns.shape:
            raise Cannot(f"a product with {_called(weight)} that is not one number for each of "
                         f"the last axis")
        fields = self._channels(weight, None, inverse(columns))
        index = rows[..., None] * len(columns) + columns
        return View(self._op("affine", [view.name], **fields), view.positions, view.width, index)

    def _do_divide(self, one, other):
        if not _is_number(other):
            raise Cannot(f"a division by {_called(other)}")
        if isinstance(one, Scores):
            return self._scaled_scores(one, 1 / other)
        return self._scaled(one, 1 / other)

    def _do_linear(self, value, weight, bias=None):
        """The product with the weight's transpose, along the last axis."""
        if not isinstance(weight, Held):
            raise Cannot(f"a product with {_called(weight)}")
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
            raise Cannot(f"a product of {_called(one)} and {_called(other)}")
        if other.index.ndim != 2:
            raise Cannot(f"a product with {_called(other)} of {other.index.ndim} axes")
        return self._do_linear(one, other.moved(other.index.T))

    def _do_einsum(self, equation, *operands):
        labels, out = equation.replace(" ", "").split("->")
        labels = labels.split(",")
        if len(operands) != 2 or len(labels) != 2 or "." in equation:
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
                raise Cannot(f"einsum {equation!r} with {_called(other)}")
            index = _by_labels(one.index, first[1:], kept + summed)
            weight = _by_labels(other.index, second, made + summed)
            found = self._do_linear(
                one.moved(index.reshape(*index.shape[:len(kept)], -1)),
                other.moved(weight.reshape(math.prod(weight.shape[:len(made)]), -1)))
            shape = *index.shape[:len(kept)], *weight.shape[:len(made)]
            return found.moved(_by_labels(found.index.reshape(shape), kept + made, out[1:]))
        both = [c for c in first[1:] if c in second and c in out]
        if len(summed) != 1 or len(both) > 1 or out[0] not in second[:1]:
            raise Cannot(f"einsum {equation!r}")
        if isinstance(one, Scores) and isinstance(other, View):
            (mine,) = [c for c in second[1:] if c not in both + summed] or ["?"]
            queries = [c for c in first[1:] if c not in both + summed]
            if [*first[1:]] != both + queries + summed or mine == "?":
                raise Cannot(f"einsum {equation!r}")
            index = _by_labels(other.index, second[1:], both + summed + [mine])
            found = self._attended(one, other.moved(index))
            return found.moved(_by_labels(found.index, both + queries + [mine], out[1:]))
        if not isinstance(one, View) or not isinstance(other, View):
            raise Cannot(f"einsum {equation!r} of {_called(one)} and {_called(other)}")
        queries, keys = ([c for c in of[1:] if c not in both + summed]
                         for of in (first, second))
        if [*out[1:]] != both + queries + keys:
            raise Cannot(f"einsum {equation!r}: scores are heads x queries x keys")
        return self._scores(*(value.moved(_by_labels(value.index, of[1:], both + rest + summed))
                              for value, of, rest in ((one, first, queries),
                                                      (other, second, keys))))

    # ---- Attention.

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
        if not _is_number(factor) or scores.shares:
            raise Cannot(f"a product of an attention's scores and {_called(factor)}")
        return replace(scores, factor=scores.factor * factor)

    def _masked(self, scores, seen, hidden):
        """Scores where those not seen are hidden: all that are later than the query."""
        queries, keys = scores.queries.positions[0], scores.keys.positions[0]
        seen = numpy.asarray(seen)
        if seen.ndim < 2 or seen.size != queries * keys or scores.shares or hidden > -1e4 or \
                (seen.reshape(seen.shape[-2:]) != numpy.tri(queries, keys, dtype=bool)).any():
            raise Cannot("a mask of scores that is not a causal one, by numbers of -1e4 or less")
        return replace(scores, causal=True)

    def _do_mask(self, value, mask, hidden):
        if not isinstance(value, Scores):
            raise Cannot(f"a mask of {_called(value)}")
        return self._masked(value, ~_constant(mask).astype(bool), float(_constant(hidden)))

    def _do_where(self, condition, one, other):
        if isinstance(one, Scores):
            return self._masked(one, _constant(condition).astype(bool), float(_constant(other)))
        return self._do_mask(other, condition, one)

    def _attended(self, shares, value):
        view, heads = self._heads(value)
        if not shares.shares or heads != shares.heads:
            raise Cannot("products of scores that are no softmax, or of other heads")
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
        scores = replace(scores, factor=scale or 1 / math.sqrt(query.index.shape[-1]))
        if is_causal:
            scores = replace(scores, causal=True)
        if attn_mask is not None:
            scores = self._masked(scores, *_seen(attn_mask))
        return self._attended(replace(scores, shares=True), value)

    def _layer_attention(self, layer, name, query, key, value, key_padding_mask=None,
                         need_weights=True, attn_mask=None, average_attn_weights=True,
                         is_causal=False):
        """The result alone: the shares are no value of a manifest."""
        if layer.training and layer.dropout:
            raise Cannot(f"MultiheadAttention with dropout ({name}) in training: {NO_FUNCTION}")
        if not layer.batch_first:
            raise Cannot(f"MultiheadAttention ({name}) without batch_first=True")
        if key_padding_mask is not None or layer.bias_k is not None or layer.add_zero_attn:
            raise Cannot(f"MultiheadAttention ({name}) with key_padding_mask, bias_kv or zero_attn")
        size, parts = layer.embed_dim, []
        bias = self._parameter(layer.in_proj_bias, name + ".in_proj_bias")
        for i, (part, given) in enumerate(zip("qkv", (query, key, value))):
            at = slice(i * size, (i + 1) * size)
            if layer.in_proj_weight is None:
                weight = self._parameter(getattr(layer, part + "_proj_weight"), name)
            else:
                weight = self._parameter(layer.in_proj_weight, name + ".in_proj_weight")
                weight = weight.moved(weight.index[at])
            made = self._do_linear(given, weight, bias and bias.moved(bias.index[at]))
            heads = made.index.reshape(*made.index.shape[:-1], layer.num_heads, -1)
            parts.append(made.moved(heads.transpose(1, 0, 2)))
        if isinstance(attn_mask, Held) and attn_mask.tensor.dtype == torch.bool:
            attn_mask = held(attn_mask.name, ~attn_mask.tensor)  # there True is what is hidden
        found = self._do_attention(*parts, attn_mask=attn_mask)
        joined = found.index.transpose(1, 0, 2)
        return self._do_linear(
            found.moved(joined.reshape(len(joined), -1)),
            self._parameter(layer.out_proj.weight, name + ".out_proj.weight"),
            self._parameter(layer.out_proj.bias, name + ".out_proj.bias")), None

    def _do_embedding(self, ids, weight, padding_idx=None, max_norm=None, *rest, **words):
        if padding_idx is not None or max_norm is not None:
            raise Cannot("an embedding with padding_idx or max_norm")
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
        return View(name, view.positions, view.width, index.reshape(value.index.shape))

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
        return stays if weight is None else self._by_channel(stays, weight, bias)

    def _by_channel(self, value, weight, bias):
        """Each channel, the first axis of a sample, times a number and plus another."""
        view = self._whole(value)
        channels = numpy.moveaxis(view.index % view.width, 0, -1)
        if channels.shape[-1] != view.width or (channels != numpy.arange(view.width)).any():
            raise Cannot("channels that are not the columns of the manifest's value")
        fields = self._channels(weight, bias, numpy.arange(view.width))
        return _as_seen(view, self._op("affine", [view.name], **fields))

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
            raise Cannot(f"a convolution with {_called(weight)}")
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
        values = _array(weight.tensor).reshape(outputs, inputs, *[1] * (2 - len(size)), *size)
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

    # ---- Ops.

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
        return _as_seen(one, self._op(op, [one.name, other.name]))

    def _placed(self, value, what):
        """A value to which a parameter or a constant is added, another at each place."""
        view = self._whole(value)
        view = view if view.positions else self._shaped(view, (1, view.width))
        shape = view.index.shape
        if _is_number(what):
            dtype = self._found[self._at].dtype
            what = held(self._at.name, torch.full(shape, float(what), dtype=dtype))
        if not isinstance(what, Held):
            raise Cannot(f"a sum with {_called(what)}")
        index = what.index[0] if what.index.shape[:1] == (1,) and \
            what.index.ndim == len(shape) + 1 else what.index
        try:
            order = numpy.broadcast_to(index, shape).reshape(-1)[inverse(view.index.reshape(-1))]
        except ValueError:
            raise Cannot(f"a sum with {_called(what)} of another shape") from None
        if not what.moves:
            values = what.tensor.detach().cpu().numpy().reshape(-1)[order].reshape(view.axes)
            name = self._weight(what.name, values, view.axes, None, False)
        elif len(set(order.tolist())) != len(order):
            raise Cannot(f"a sum with {_called(what)} that is not one number for each place of a "
                         "sample")
        else:
            name = self._ordered(what, order, view.axes)
        return _as_seen(view, self._op("position", [view.name], weight=name))

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
            self._made[key] = self._fresh(self._at.name)
            self.ops.append({"op": op, "in": values[0] if len(values) == 1 else list(values)}
                            | rest | {"out": self._made[key]})
        return self._made[key]

    # ---- Views.

    def _value(self, value):
        if not isinstance(value, (View, Held)):
            raise Cannot(f"what is no tensor of the samples, {value!r}")
        return value

    def _whole(self, value):
        """The view with all numbers of its value: a part of the positions is selected."""
        if not isinstance(value, View):
            raise Cannot(f"an op of {_called(value)}")
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
        return held(self._parameters[id(tensor)], tensor)

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
            raise Cannot(f"a part of {_called(weight)} that is not some of its rows")
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
            values = _array(weight.tensor).reshape(-1)[first:first + len(order)]
            values = values.reshape(shape if plain else stands)
            return self._weight(name, values, axes, None if plain else moved, weight.moves,
                                weight.tensor, (first, first + len(order)))
        raise Cannot(f"the numbers of {_called(weight)} in another order")

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


class _Whole(nn.Module):
    """The module with one argument: its others stay what they are by default."""

    def __init__(self, module):
        super().__init__()
        self.module = copy.deepcopy(module)

    def forward(self, x):
        return self.module(x)


def _example(module, x):
    """Two samples, numbers of the module's own type, and of tokens the first."""
    example = torch.from_numpy(numpy.resize(x[:2], (2, *x.shape[1:])))
    types = [p.dtype for p in module.parameters() if p.is_floating_point()]
    if not example.is_floating_point():
        return torch.zeros_like(example)
    return example.to(types[0]) if types else example


def _plain(name):
    """A name in the module's own words."""
    return name.removeprefix("module").removeprefix(".")


def _inputs(x, tokens, images):
    """How the manifest may have x: as it is or, where there are positions, with the first axis
    of a sample, its channels, as the last.  That is tried first where layers are of images."""
    shape = x.shape[1:]
    if tokens:
        positions = () if shape in ((), (1,)) else shape
        return [View("x", positions, 1, counted(shape), True)]
    if not 1 <= len(shape) <= AXES_MAX:
        raise ValueError(f"x: expected samples x inputs, or axes of positions between, found "
                         f"shape {x.shape}")
    channels, *size = shape
    last = numpy.moveaxis(counted((*size, channels)), -1, 0)
    plain = View("x", tuple(shape[:-1]), shape[-1], counted(shape))
    found = [plain, View("x", tuple(size), channels, last)]
    return found[::-1] if images else found[:1 + (len(shape) > 1)]


def _stand_in(found):
    """In the place of what cannot be expressed, so that the rest is looked at too."""
    if isinstance(found, (tuple, list)):
        return tuple(map(_stand_in, found))
    if not isinstance(found, torch.Tensor):
        return found
    shape = tuple(found.shape[1:])
    return View("?", shape[:-1], (shape or (1,))[-1], counted(shape))


def _array(tensor):
    tensor = tensor.detach().cpu()
    tensor = tensor.float() if tensor.dtype == torch.bfloat16 else tensor
    return numpy.ascontiguousarray(tensor.numpy())


def _as_seen(view, name):
    return View(name, view.positions, view.width, view.index)


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


def _by_labels(index, labels, wanted):
    """An index whose axes have these labels, with its axes in another order."""
    if sorted(labels) != sorted(wanted):
        raise Cannot(f"einsum of axes {''.join(labels)} as {''.join(wanted)}")
    return index.transpose([[*labels].index(c) for c in wanted])


def _seen(mask):
    """What a mask that is added shows, or one of what is seen, and the number that hides."""
    found = _constant(mask)
    return (found, -math.inf) if found.dtype == bool else (found == 0, found.min())


def _constant(value):
    if isinstance(value, Held) and not value.moves:
        return value.values
    if _is_number(value) or isinstance(value, bool):
        return numpy.asarray(value)
    raise Cannot(f"a mask that is {_called(value)}")


def _is_number(value):
    return type(value) in (int, float)


def _called(value):
    if isinstance(value, Held):
        return f"the parameter {value.name}" if value.moves else f"the constant {value.name}"
    return f"the value {value.name}" if isinstance(value, View) else f"{value}"


def _flat(parts):
    found = []
    torch.fx.node.map_aggregate(parts, found.append)
    return found
