"""A PyTorch module, followed by torch.fx with an example: every value's shape is known on the
way, so that a module may ask for it."""

import copy
import itertools
import math
import operator

import torch
import torch.fx

from .views import SAMPLES, Cannot

# What moves numbers, and does nothing to them.
MOVING = {
    operator.getitem, torch.reshape, torch.flatten, torch.transpose, torch.permute,
    torch.squeeze, torch.unsqueeze, torch.movedim, torch.moveaxis, torch.swapaxes,
    torch.swapdims, torch.flip, torch.chunk, torch.split, torch.unbind, torch.select, torch.narrow,
    "reshape", "view", "flatten", "unflatten", "transpose", "permute", "squeeze", "unsqueeze",
    "movedim", "moveaxis", "swapaxes", "swapdims", "chunk", "split", "unbind", "select",
    "narrow", "contiguous", "clone", "t", "expand", "flip", "repeat",
}
CALLS = 4  # more of them, which must all come to the same


class _Proxy(torch.fx.Proxy):
    """What stands for a value while the module runs."""

    def _found(self):
        return self.tracer.found[self.node]

    shape = property(lambda self: self._found().shape)
    ndim = property(lambda self: self._found().dim())
    dtype = property(lambda self: self._found().dtype)
    device = property(lambda self: self._found().device)
    is_cuda = property(lambda self: False)
    is_nested = property(lambda self: False)
    requires_grad = property(lambda self: self._found().requires_grad)
    T = property(lambda self: self._attribute("T"))
    mT = property(lambda self: self._attribute("mT"))

    def _attribute(self, name):
        return self.tracer.create_proxy("call_function", getattr, (self, name), {})

    def size(self, dim=None):
        return self.shape if dim is None else self.shape[dim]

    def dim(self):
        return self.ndim

    def numel(self):
        return math.prod(self.shape)

    def is_floating_point(self):
        return self.dtype.is_floating_point

    # torch.fx itself would take these for the ops that leave their operand as it is.
    __iadd__ = lambda self, other: self._in_place(operator.iadd, other)
    __isub__ = lambda self, other: self._in_place(operator.isub, other)
    __imul__ = lambda self, other: self._in_place(operator.imul, other)
    __itruediv__ = lambda self, other: self._in_place(operator.itruediv, other)
    __ipow__ = lambda self, other: self._in_place(operator.ipow, other)

    def _in_place(self, op, other):
        return self.tracer.create_proxy("call_function", op, (self, other), {})

    def __len__(self):
        return len(self._found())

    def __iter__(self):
        return iter([self[i] for i in range(len(self))])


class Tracer(torch.fx.Tracer):
    """`found` has the value of each node for the example."""

    # Layers of PyTorch's that are made of layers, and are followed themselves.
    MADE = (torch.nn.Sequential, torch.nn.TransformerEncoder, torch.nn.TransformerEncoderLayer)

    def __init__(self, example):
        super().__init__()
        self.found, self._example, self._computing = {}, example, False

    def follow(self, module):
        """The nodes of a copy of the module, which is `self.root`.  Further calls, with other
        parameters and another number of samples, must come to the same nodes: no noise, nothing
        that is computed aside."""
        nodes = self._follow(copy.deepcopy(module), copy.deepcopy(module).eval())
        other = copy.deepcopy(module)
        for parameter in other.parameters():
            if parameter.is_floating_point():
                parameter.data += 1
        quiet = copy.deepcopy(other).eval()
        for samples in (SAMPLES,) * CALLS + (SAMPLES + 1,):
            again = Tracer(torch.cat([self._example] * 2)[:samples])
            found = again._follow(other, quiet)
            for one, another in itertools.zip_longest(self._told(nodes, samples),
                                                      again._told(found, samples)):
                if one != another:
                    raise Cannot(f"{(one or another)[0]}: what another call, other parameters or "
                                 "more samples make another")
        return nodes

    def _follow(self, module, quiet):
        self._quiet = quiet
        with torch.enable_grad():  # what is found has a gradient where PyTorch has one
            return list(self.trace(module).nodes)

    def _told(self, nodes, samples):
        """Of each node its name, what it does, and the numbers of a tensor that the module made;
        other nodes by their places.  With more samples than the example's it is no matter by
        which shape numbers are moved."""
        place = {node: i for i, node in enumerate(nodes)}
        for node in nodes:
            made = node.op == "get_attr" and node.target.startswith("_tensor_constant")
            what = (node.args, node.kwargs)
            if samples != SAMPLES and node.target in MOVING:
                what = node.all_input_nodes
            yield (node.name.rstrip("0123456789"), node.op,
                   repr(self.found[node].tolist() if made else node.target),
                   repr(torch.fx.node.map_arg(tuple(what), place.__getitem__)))

    def is_leaf_module(self, m, module_qualified_name):
        return not isinstance(m, self.MADE) and super().is_leaf_module(m, module_qualified_name)

    def call_module(self, m, forward, args, kwargs):
        if self._computing:
            return forward(*args, **kwargs)
        return super().call_module(m, forward, args, kwargs)

    def getattr(self, attr, attr_val, parameter_proxy_cache):
        if self._computing:
            return attr_val
        return super().getattr(attr, attr_val, parameter_proxy_cache)

    def proxy(self, node):
        return _Proxy(node, self)

    def create_node(self, *arguments, **words):
        node = super().create_node(*arguments, **words)
        if node.op != "output":
            self._computing = True
            self.found[node] = self._value(node)
            self._computing = False
        return node

    def _value(self, node):
        args, words = torch.fx.node.map_arg((node.args, node.kwargs), self.found.__getitem__)
        if node.op == "placeholder":
            if any(one.op == "placeholder" for one in self.found):
                if node.args:
                    return node.args[0]
                raise Cannot("a module of several arguments; give it one array")
            return self._example
        if node.op == "get_attr":
            found = self.root
            for part in node.target.split("."):
                found = getattr(found, part)
            return found
        if node.op == "call_module":
            return self._quiet.get_submodule(node.target)(*args, **words)
        if node.op == "call_method":
            return getattr(args[0], node.target)(*args[1:], **words)
        return node.target(*args, **words)

    def to_bool(self, obj):
        raise Cannot("a module whose way depends on the values of its tensors")
