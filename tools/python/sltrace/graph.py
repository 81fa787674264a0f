"""The ops and weights of a manifest that a PyTorch module comes to."""

import copy
import operator
import re

import numpy
import torch
from torch import nn

from .follow import MOVING, Tracer
from .functions import ALIKE
from .layers import DROPOUT, LAYERS, Layers
from .ops import AXES_MAX, Unsupported, called
from .views import SAMPLES, Cannot, Held, View, counted, held, in_order, move

MOVING_LAYERS = (nn.Identity, nn.Flatten, nn.Unflatten)
IMAGES = (nn.modules.conv._ConvNd, nn.modules.pooling._MaxPoolNd, nn.modules.pooling._AvgPoolNd,
          nn.modules.pooling._AdaptiveAvgPoolNd, nn.modules.batchnorm._BatchNorm)


class Graph(Layers):
    """`ops`, `weights` by name, and `result`, a View; `x` is the View that the data have."""

    def __init__(self, module, x):
        tracer = Tracer(_example(module, x))
        _check_hooks(module)
        try:
            whole = _Whole(module)
        except RuntimeError as error:  # of weight_norm, prune
            raise Unsupported([f"a module that cannot be copied: {error}"]) from None
        try:
            nodes = tracer.follow(whole)
        except Cannot as cannot:
            raise Unsupported([str(cannot)]) from None
        except torch.fx.proxy.TraceError as error:
            raise Unsupported([f"what torch.fx cannot follow: {error}"]) from None
        except TypeError as error:
            if "Proxy" not in str(error):
                raise
            raise Unsupported([f"what torch.fx cannot follow: {error}"]) from None
        self._root, self._found = tracer.root, tracer.found
        self._parameters = {id(p): _plain(n) for n, p in tracer.root.named_parameters()}
        tokens = numpy.issubdtype(x.dtype, numpy.integer)
        self._largest = int(x.max()) if tokens else None
        self._hooked = {n for n, p in module.named_parameters() if p._backward_hooks}
        if tokens and x.min() < 0:
            raise ValueError("x: tokens are not negative")
        wrong = []
        for self.x in _inputs(x, tokens, any(map(self._is_of_images, nodes))):
            self.begin()
            self._overwritten(nodes)
            self._follow(nodes)
            if not self._wrong:
                return
            wrong = wrong or self._wrong
        raise Unsupported(wrong)

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
            stands[node] = stands[first] if self._is_another_name(node) else node
            if self._is_in_place(node):
                gone[stands[first]] = node.name

    def _is_another_name(self, node):
        """Whether PyTorch's result may be the very numbers of what it is made of."""
        if node.op == "call_module":
            return isinstance(self._root.get_submodule(node.target), (*MOVING_LAYERS, DROPOUT))
        return node.target in MOVING or node.target is getattr or \
            ALIKE.get(node.target) == "dropout"

    def _is_in_place(self, node):
        if node.op == "call_module":
            return getattr(self._root.get_submodule(node.target), "inplace", False)
        name = node.target if isinstance(node.target, str) else node.target.__name__
        return node.op in ("call_function", "call_method") and (
            node.kwargs.get("inplace", False)
            or name in ("iadd", "isub", "imul", "itruediv", "ipow")
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
                    values[node] = self._attribute(node.target, self._found[node])
                elif node.op == "output":
                    self._output(*args)
                else:
                    self._at = node
                    values[node] = getattr(self, "_" + node.op)(node.target, args, words)
                    self._check_gradient(values[node], self._found[node])
            except Cannot as cannot:
                self._wrong.append(f"{node.name}: {cannot}")
                if node.op != "output":
                    values[node] = _stand_in(self._found[node])

    def _attribute(self, target, tensor):
        if tensor.requires_grad and id(tensor) not in self._parameters:
            raise Cannot("a tensor that is made of parameters")
        return self._held(_plain(target), tensor)

    def _check_gradient(self, value, found):
        """What depends on a weight that trains has a gradient in a manifest."""
        if isinstance(value, tuple):
            for one, other in zip(value, found):
                self._check_gradient(one, other)
        moves = isinstance(value, Held) and value.moves or \
            isinstance(value, View) and value.name in self._moving
        if moves and not found.requires_grad:
            raise Cannot("a gradient that ends here, by detach or no_grad")

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
        if layer._forward_hooks or layer._forward_pre_hooks or "forward" in vars(layer):
            raise Cannot(f"the layer {type(layer).__name__} ({name}) with a hook, or another "
                         "forward")
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
            raise Cannot(f"the layer {type(layer).__name__} ({name}) of {called(args[0])}")
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
            found = getattr(self, "_do_" + ALIKE[function], None)
            return found(*args, **words) if found else self._do(ALIKE[function], *args, **words)
        except TypeError as error:
            if "argument" not in str(error):
                raise
            raise Cannot(f"{name} with {', '.join(map(str, words)) or 'these arguments'}") from None

    def _move(self, function, args, words):
        if any(isinstance(one, (View, Held)) for one in _flat((args[1:], words))):
            raise Cannot("an index that depends on values")
        return move(self._value(args[0]), lambda tensor: function(tensor, *args[1:], **words))


class _Whole(nn.Module):
    """The module with one argument: its others stay what they are by default."""

    def __init__(self, module):
        super().__init__()
        self.module = copy.deepcopy(module)

    def forward(self, x):
        return self.module(x)


def _check_hooks(module):
    """What torch.fx does not see: hooks of gradients, and hooks of all modules."""
    of_all = [name for name, hooks in vars(nn.modules.module).items()
              if re.fullmatch(r"_global_\w+_hooks", name) and hooks]
    hooked = [name or "the module" for name, layer in module.named_modules()
              if layer._backward_hooks or getattr(layer, "_backward_pre_hooks", None)]
    wrong = [f"{name}: a hook that may change gradients" for name in hooked] + \
        [f"hooks of all modules ({name})" for name in of_all]
    if wrong:
        raise Unsupported(wrong)


def _example(module, x):
    """A few samples, numbers of the module's own type, and of tokens the first."""
    example = torch.from_numpy(numpy.resize(x[:SAMPLES], (SAMPLES, *x.shape[1:])))
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


def _flat(parts):
    found = []
    torch.fx.node.map_aggregate(parts, found.append)
    return found
