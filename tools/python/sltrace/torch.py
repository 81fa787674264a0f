"""A manifest of a PyTorch module: its graph by torch.fx, its weights in a safetensors file, the
data in .npy files, all of them named by their SHA-256.  What a manifest cannot express is
refused, all of it by name."""

import hashlib
import json
import operator
import os
import re
import struct

import numpy
import torch
import torch.fx
import torch.nn.functional as functional
import yaml

NAME_MAX = 31
ARITHMETICS = ("f32", "f64", "fixed")


class Unsupported(ValueError):
    """What a manifest cannot express, a line each in `parts`."""

    def __init__(self, parts):
        super().__init__("a manifest cannot express\n" + "\n".join(f"  {part}" for part in parts))
        self.parts = parts


def from_torch(module, x, target, folder, *, name, train, llc=(), validation=None, loss=None,
               arithmetic="f64", seed=0):
    """Writes FOLDER/LAST.yaml, where LAST is the last word of `name`, the manifest of a run
    that starts from the module's weights; the weights, FOLDER/LAST/weights.safetensors, and
    the data as .npy files beside it; and returns the manifest's path.

    x: an array of samples x inputs, or of tokens, whole numbers, of which each column is an
    input; it is what the module is called with.  target: samples x outputs for loss "mse" or,
    of logits, "bce"; or classes, whole numbers from 0, for "cross-entropy" or, two of them and
    one logit, "bce-classes"; `loss` says which, by default mse or cross-entropy by the target's
    type.  validation: (x, target) alike.  train and llc: the manifest's parts of these names,
    as a dict and a list of dicts.

    Dropout and batch norm make the loss no function of the weights, and are refused, unless
    the module is in evaluation mode, where dropout does nothing."""
    if arithmetic not in ARITHMETICS:
        raise ValueError(f"arithmetic: expected one of {', '.join(ARITHMETICS)}, found {arithmetic}")
    x, target = _array(x), _array(target)
    graph = _Graph(module, x)
    last = name.rsplit("/", 1)[-1]
    files = _Files(folder, last)
    classes = numpy.issubdtype(target.dtype, numpy.integer)
    loss = loss or ("cross-entropy" if classes else "mse")
    data = {"kind": "file", "samples": len(x), "x": files.put("x", x) | graph.inputs,
            "target": files.put("target", target) | graph.outputs(target, classes, loss)}
    if validation is not None:
        inputs, outputs = map(_array, validation)
        data["validation"] = {"samples": len(inputs), "x": files.put("validation-x", inputs),
                              "target": files.put("validation-target", outputs)}
    held = files.put_weights({tensor: value for tensor, value, _ in graph.weights.values()})
    weights = {weight: {"shape": list(value.shape),
                        "init": {"kind": "file", "tensor": tensor} | held}
               | ({} if trainable else {"trainable": False})
               for weight, (tensor, value, trainable) in graph.weights.items()}
    weights |= {weight: {"tied": of} for weight, of in graph.tied.items()}
    manifest = {"sltrace": 1, "name": name, "run": {
        "arithmetic": arithmetic, "seed": seed, "data": data,
        "model": {"weights": weights, "ops": graph.ops,
                  "loss": {"op": loss, "in": graph.result}},
        "train": train}}
    if llc:
        manifest["run"]["llc"] = list(llc)
    path = os.path.join(folder, last + ".yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(_yaml(manifest))
    return path


def _array(values):
    if isinstance(values, torch.Tensor):
        values = values.detach().cpu()
        values = (values.float() if values.dtype == torch.bfloat16 else values).numpy()
    return numpy.ascontiguousarray(values)


DTYPES = {"f2": "F16", "f4": "F32", "f8": "F64"}  # of numpy, of safetensors


class _Files:
    """The files beside a manifest."""

    def __init__(self, folder, last):
        self._folder, self._last = folder, last
        os.makedirs(os.path.join(folder, last), exist_ok=True)

    def put(self, name, values):
        path = os.path.join(self._last, name + ".npy")
        numpy.save(os.path.join(self._folder, path), values)
        return self._named(path)

    def put_weights(self, tensors):
        """A safetensors file: the size of a JSON header, the header, the tensors' bytes."""
        path = os.path.join(self._last, "weights.safetensors")
        header, at = {}, 0
        for name, value in tensors.items():
            header[name] = {"dtype": DTYPES[value.dtype.str[1:]], "shape": list(value.shape),
                            "data_offsets": [at, at + value.nbytes]}
            at += value.nbytes
        text = json.dumps(header, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 8)
        with open(os.path.join(self._folder, path), "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
            for value in tensors.values():
                file.write(value.astype(value.dtype.newbyteorder("<")).tobytes())
        return self._named(path)

    def _named(self, path):
        with open(os.path.join(self._folder, path), "rb") as file:
            return {"file": path, "sha256": hashlib.sha256(file.read()).hexdigest()}


class _Dumper(yaml.SafeDumper):
    """YAML 1.2 as sltrace reads it: 1e-05 is a number there, and a text here without quotes."""


_Dumper.add_representer(float, lambda dumper, value: dumper.represent_scalar(
    "tag:yaml.org,2002:float", repr(value)))


def _yaml(manifest):
    return yaml.dump(manifest, Dumper=_Dumper, sort_keys=False, width=100, allow_unicode=True,
                     default_flow_style=None)


# ---- The graph ---------------------------------------------------------------------------

ELEMENTWISE = {
    torch.nn.ReLU: "relu", torch.relu: "relu", functional.relu: "relu",
    torch.nn.Tanh: "tanh", torch.tanh: "tanh", functional.tanh: "tanh",
    torch.nn.Sigmoid: "sigmoid", torch.sigmoid: "sigmoid", functional.sigmoid: "sigmoid",
    torch.nn.SiLU: "silu", functional.silu: "silu",
    torch.square: "square",
    "relu": "relu", "tanh": "tanh", "sigmoid": "sigmoid", "square": "square",
}
ADD = (operator.add, operator.iadd, torch.add, "add")
PAIRS = {function: op for op, functions in {
    "add": ADD,
    "subtract": (operator.sub, operator.isub, torch.sub, "sub"),
    "multiply": (operator.mul, operator.imul, torch.mul, "mul"),
}.items() for function in functions}
NEGATE = (operator.neg, torch.neg, "neg")
CONCAT = (torch.cat, torch.concat)
INPUTS_MAX = 4  # of an op
POWER = (operator.pow, torch.pow, "pow")
UNKNOWN = "?"  # what cannot be expressed, whatever it is
NOTHING = (torch.nn.Identity,)
RANDOM = (torch.nn.modules.dropout._DropoutNd, torch.nn.modules.batchnorm._BatchNorm)


class _Graph:
    """The ops, weights and inputs that a module comes to."""

    def __init__(self, module, x):
        self._module = module
        self.ops, self.weights, self.tied, self.result = [], {}, {}, None
        self._values = {}  # names of values by node
        self._widths = {UNKNOWN: None}  # of values, by name
        self._names, self._parameters = set(), {}
        self._tokens = numpy.issubdtype(x.dtype, numpy.integer)
        if x.ndim != 2 and not (self._tokens and x.ndim == 1):
            raise ValueError(f"x: expected samples x inputs, found shape {x.shape}")
        self._columns = 1 if x.ndim == 1 else x.shape[1]
        self._several = self._tokens and x.ndim == 2
        self._largest = int(x.max()) if self._tokens else None
        if self._tokens and x.min() < 0:
            raise ValueError("x: tokens are not negative")
        if not self._tokens:
            self._widths["x"] = self._columns
        self._ranges, wrong = set(), []
        for node in torch.fx.symbolic_trace(module).graph.nodes:
            try:
                getattr(self, "_" + node.op)(node)
            except _Cannot as cannot:
                wrong.append(f"{node.name}: {cannot}")
                self._values[node] = UNKNOWN
        if wrong:
            raise Unsupported(wrong)
        self.inputs = self._inputs()

    def _inputs(self):
        if not self._tokens:
            return {"width": self._columns}
        if len(self._ranges) != 1 or self._largest >= min(self._ranges):
            raise ValueError(f"x: tokens up to {self._largest} for embeddings of "
                             f"{sorted(self._ranges)} rows: expected one size for all")
        names = {"names": [f"x{i}" for i in range(self._columns)]} if self._several else {}
        return {"tokens": min(self._ranges)} | names

    def outputs(self, target, classes, loss):
        if classes:
            return {"classes": 2 if loss == "bce-classes" else self._widths[self.result]}
        if target.ndim != 2:
            raise ValueError(f"target: expected samples x outputs, found shape {target.shape}")
        return {"width": target.shape[1]}

    # What torch.fx has nodes of.

    def _placeholder(self, node):
        if self._values:
            raise _Cannot("a module of several arguments; give it one array of columns")
        self._values[node] = _Input() if self._several else "x"

    def _output(self, node):
        (value,) = node.args
        if not isinstance(value, torch.fx.Node):
            raise _Cannot("a result that is not one value")
        self.result = self._value(value)
        if not self.ops:
            raise _Cannot("a module that does nothing")

    def _get_attr(self, node):
        raise _Cannot(f"a parameter outside of a layer ({node.target})")

    def _call_module(self, node):
        layer = self._module.get_submodule(node.target)
        if isinstance(layer, RANDOM):
            self._random(node, layer)
        elif isinstance(layer, NOTHING):
            self._values[node] = self._argument(node)
        elif isinstance(layer, torch.nn.Linear):
            self._linear(node, layer)
        elif isinstance(layer, torch.nn.Embedding):
            self._embedding(node, layer)
        elif isinstance(layer, torch.nn.GELU):
            self._gelu(node, layer.approximate)
        elif isinstance(layer, torch.nn.Softplus):
            self._softplus(node, layer.beta)
        elif type(layer) in ELEMENTWISE:
            self._op(node, ELEMENTWISE[type(layer)], self._argument(node))
        else:
            raise _Cannot(f"the layer {type(layer).__name__} ({node.target})")

    def _call_function(self, node):
        if node.target is operator.getitem:
            self._column(node)
        elif node.target is functional.gelu:
            self._gelu(node, node.kwargs.get("approximate", "none"))
        elif node.target is functional.softplus:
            self._softplus(node, node.kwargs.get("beta", (*node.args, 1)[1]))
        elif node.target in CONCAT:
            self._concat(node)
        else:
            self._call(node, getattr(node.target, "__name__", str(node.target)))

    def _call_method(self, node):
        self._call(node, node.target)

    def _call(self, node, name):
        if node.target in ELEMENTWISE and len(node.args) == 1:
            self._op(node, ELEMENTWISE[node.target], self._argument(node))
        elif node.target in POWER and node.args[1:] == (2,):
            self._op(node, "square", self._argument(node))
        elif PAIRS.get(node.target) == "multiply" and len(set(node.args)) == 1:
            self._op(node, "square", self._argument(node))
        elif node.target in PAIRS and self._are_values(node, 2):
            self._pair(node, PAIRS[node.target])
        elif PAIRS.get(node.target) == "multiply" and self._scaled(node):
            value, factor = self._scaled(node)
            self._op(node, "scale", self._value(value), factor=factor)
        elif node.target in NEGATE:
            self._op(node, "scale", self._argument(node), factor=-1.0)
        else:
            raise _Cannot(f"{name}{tuple(a for a in node.args[1:])}")

    # Ops.

    def _random(self, node, layer):
        if isinstance(layer, torch.nn.modules.dropout._DropoutNd) and not layer.training:
            self._values[node] = self._argument(node)
            return
        raise _Cannot(f"{type(layer).__name__} ({node.target}): it makes the loss no function of "
                      "the weights")

    def _linear(self, node, layer):
        weight = self._weight(layer.weight, node.target, "weight")
        bias = {} if layer.bias is None else {"bias": self._weight(layer.bias, node.target, "bias")}
        self._op(node, "linear", self._argument(node), layer.out_features, weight=weight, **bias)

    def _embedding(self, node, layer):
        if layer.padding_idx is not None or layer.max_norm is not None:
            raise _Cannot(f"an Embedding with padding_idx or max_norm ({node.target})")
        argument = self._argument(node)
        inputs = {"x", *(f"x{i}" for i in range(self._columns))} if self._tokens else set()
        if argument not in inputs | {UNKNOWN}:
            raise _Cannot("an Embedding of what is not a column of x")
        self._ranges.add(layer.num_embeddings)
        self._op(node, "embedding", argument, layer.embedding_dim,
                 weight=self._weight(layer.weight, node.target, "weight"))

    def _gelu(self, node, approximate):
        form = {} if approximate == "none" else {"form": approximate}
        self._op(node, "gelu", self._value(node.args[0]), **form)

    def _softplus(self, node, beta):
        if beta != 1:
            raise _Cannot(f"Softplus with beta={beta}")
        self._op(node, "softplus", self._value(node.args[0]))

    def _pair(self, node, op):
        if node.kwargs:
            raise _Cannot(f"{op} with {', '.join(node.kwargs)}")
        one, other = (self._value(argument) for argument in node.args)
        if UNKNOWN not in (one, other) and self._widths.get(one) != self._widths.get(other):
            raise _Cannot(f"{op} of values of two widths")
        self._op(node, op, [one, other])

    def _scaled(self, node):
        """The value and the number of a product of the two."""
        for value, factor in (node.args, node.args[::-1]):
            if isinstance(value, torch.fx.Node) and type(factor) in (int, float):
                return value, float(factor)
        return None

    def _concat(self, node):
        """Of as many values as there are: more than an op takes go into several."""
        values = [self._value(value) for value in node.args[0]]
        dim = node.kwargs.get("dim", node.kwargs.get("axis", (*node.args, 0)[1]))
        if dim not in (1, -1):
            raise _Cannot(f"a concatenation along dim={dim}; columns are dim=1")
        widths = [self._widths.get(value) for value in values]
        while len(values) > 1:
            values[:INPUTS_MAX], widths[:INPUTS_MAX] = [self._op(
                node, "concat", values[:INPUTS_MAX],
                None if None in widths else sum(widths[:INPUTS_MAX]))], [
                    None if None in widths else sum(widths[:INPUTS_MAX])]
        self._values[node] = values[0]

    def _column(self, node):
        value, at = node.args
        source = self._values.get(value)
        if isinstance(source, _Input) and isinstance(at, tuple) and len(at) == 2 and \
                at[0] == slice(None) and isinstance(at[1], int):
            column = at[1] + self._columns * (at[1] < 0)
            if 0 <= column < self._columns:
                self._values[node] = f"x{column}"
                return
        raise _Cannot(f"the index {at}; of an array of tokens, x[:, i] is an input")

    # Names.

    def _are_values(self, node, count):
        return len(node.args) == count and all(isinstance(a, torch.fx.Node) for a in node.args)

    def _value(self, node):
        if not isinstance(node, torch.fx.Node):
            raise _Cannot(f"the constant {node}")
        value = self._values[node]
        if isinstance(value, _Input):
            raise _Cannot("an array of tokens as a whole; x[:, i] is an input")
        return value

    def _argument(self, node):
        if len(node.args) != 1 and node.op == "call_module":
            raise _Cannot("a layer of several arguments")
        return self._value(node.args[0])

    def _op(self, node, op, values, width=None, **rest):
        values = values if isinstance(values, list) else [values]
        if op != "embedding" and self._tokens and any(re.fullmatch(r"x\d*", v) for v in values):
            raise _Cannot(f"{op} of tokens")
        out = self._fresh(node.name)
        self.ops.append({"op": op, "in": values[0] if len(values) == 1 else values} | rest
                        | {"out": out})
        self._widths[out] = width or self._widths[values[0]]
        self._values[node] = UNKNOWN if UNKNOWN in values and not width else out
        return self._values[node]

    def _fresh(self, name):
        name = re.sub(r"\W", "_", name)[:NAME_MAX - 3]
        name = name if re.match(r"[A-Za-z]", name) else "v" + name
        found, count = name, 1
        while found in self._names or re.fullmatch(r"x\d*|target", found):
            count += 1
            found = f"{name}_{count}"
        self._names.add(found)
        return found

    def _weight(self, parameter, layer, part):
        of = self._parameters.get(id(parameter))
        name = self._fresh(f"{layer}.{part}".replace(".", "_"))
        if of:
            self.tied[name] = of
            return name
        self._parameters[id(parameter)] = name
        self.weights[name] = f"{layer}.{part}", _array(parameter), parameter.requires_grad
        return name


class _Input:
    """Columns of tokens, each an input of its own."""


class _Cannot(Exception):
    pass
