"""A PyTorch module, followed by torch.fx with an example: every value's shape is known on the
way, so that a module may ask for it."""

import copy
import math
import operator

import torch
import torch.fx

from .views import Cannot


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
        """The nodes of a copy of the module, which is `self.root`."""
        module = copy.deepcopy(module)
        self._quiet = copy.deepcopy(module).eval()
        with torch.no_grad():
            return list(self.trace(module).nodes)

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
