"""A manifest of a PyTorch module: its graph by torch.fx, its weights in a safetensors file, the
data in .npy files, all of them named by their SHA-256.  What a manifest cannot express is
refused, all of it by name."""

import hashlib
import json
import os
import struct

import numpy
import torch
import yaml

from .graph import Graph
from .ops import AXES_MAX, Unsupported
from .views import View, counted, inverse

__all__ = ["Unsupported", "from_torch"]
ARITHMETICS = ("f32", "f64", "fixed")
LOSS_FIELDS = ("op", "mean_over", "factor", "ignore", "centre", "at")


def from_torch(module, x, target, folder, *, name, train, llc=(), validation=None, loss=None,
               arithmetic="f64", seed=0):
    """Writes FOLDER/LAST.yaml, where LAST is the last word of `name`, the manifest of a run
    that starts from the module's weights; the weights, FOLDER/LAST/weights.safetensors, and
    the data as .npy files beside it; and returns the manifest's path.

    x: what the module is called with: an array of samples x inputs; with positions between,
    samples x T x channels; of a module with layers of images samples x channels x height x
    width; or of tokens, whole numbers, samples or samples x T.  target: an array like the
    module's result for loss "mse" or, of logits, "bce"; or classes, whole numbers from 0, one a
    sample or one a position, for "cross-entropy" or, two of them and one logit, "bce-classes";
    `loss` says which, by default mse or cross-entropy by the target's type; or it is the
    manifest's loss as a dict, such as {"at": "last", "ignore": 0}, without `in` and `target`.
    validation: (x, target) alike.  train and llc: the manifest's parts of these names, as a dict
    and a list of dicts.

    Files have images with their channels last, and targets in the order of the manifest's
    values.  Dropout and batch norm in training make the loss no function of the weights, and
    are refused; the module may be in evaluation mode."""
    if arithmetic not in ARITHMETICS:
        raise ValueError(f"arithmetic: expected one of {', '.join(ARITHMETICS)}, found "
                         f"{arithmetic}")
    x, target = _array(x), _array(target)
    graph = Graph(module, x)
    classes = numpy.issubdtype(target.dtype, numpy.integer)
    loss = _loss(loss, "cross-entropy" if classes else "mse")
    inputs, outputs = _Inputs(graph), (_Classes if classes else _Numbers)(graph, target, loss["op"])
    _check_looks(loss, graph.result)
    graph.finish()
    last = name.rsplit("/", 1)[-1]
    files = _Files(folder, last)
    data = {"kind": "file", "samples": len(x),
            "x": files.put("x", inputs.of(x)) | inputs.fields,
            "target": files.put("target", outputs.of(target)) | outputs.fields}
    if validation is not None:
        other_x, other_target = map(_array, validation)
        data["validation"] = {"samples": len(other_x),
                              "x": files.put("validation-x", inputs.of(other_x)),
                              "target": files.put("validation-target", outputs.of(other_target))}
    data |= {key: list(view.axes) for key, view in (("shape", graph.x),
                                                    ("target_shape", outputs.view))
             if view.positions}
    held = files.put_weights({weight.tensor: weight.values for weight in graph.weights.values()})
    manifest = {"sltrace": 1, "name": name, "run": {
        "arithmetic": arithmetic, "seed": seed, "data": data,
        "model": {"weights": {name: _weight(weight, held)
                              for name, weight in graph.weights.items()},
                  "ops": graph.ops, "loss": loss | {"in": graph.result.name}},
        "train": train}}
    if llc:
        manifest["run"]["llc"] = list(llc)
    path = os.path.join(folder, last + ".yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(_yaml(manifest))
    return path


def _loss(loss, op):
    """The manifest's loss without its `in`, `op` where none is named."""
    fields = loss if isinstance(loss, dict) else {"op": loss or op}
    for field in fields:
        if field not in LOSS_FIELDS:
            raise ValueError(f"loss: expected fields among {', '.join(LOSS_FIELDS)}, found {field}")
    if fields.get("at", "all") not in ("all", "last"):
        raise ValueError(f"loss: at: expected all or last, found {fields['at']}")
    return {"op": op} | fields


def _check_looks(loss, result):
    """Whether the result has the positions and the classes that the loss names."""
    if loss.get("at") == "last" and not result.positions:
        raise ValueError("loss: at: expected the module's result to have positions, found none")
    if "ignore" not in loss:
        return
    if loss["op"] != "cross-entropy":
        raise ValueError(f"loss: ignore: expected with op cross-entropy, found {loss['op']}")
    if loss["ignore"] not in range(result.width):
        raise ValueError(f"loss: ignore: expected a class from 0 below {result.width}, found "
                         f"{loss['ignore']}")


def _weight(weight, held):
    init = {"kind": "file", "tensor": weight.tensor} | held
    if weight.permute:
        init["permute"] = list(weight.permute)
    return {"shape": list(weight.shape), "init": init} | (
        {} if weight.trainable else {"trainable": False})


def _in_order(view, array):
    """Samples with their numbers in the order of the view's value."""
    if array.shape[1:] != view.index.shape:
        raise ValueError(f"expected samples of the shape {list(view.index.shape)}, found "
                         f"{list(array.shape[1:])}")
    order = inverse(view.index.reshape(-1))
    return numpy.ascontiguousarray(array.reshape(len(array), -1)[:, order]).reshape(
        len(array), *view.axes)


class _Inputs:
    """x as the manifest has it."""

    def __init__(self, graph):
        self.view = graph.x
        self.fields = {"tokens": graph.tokens()} if self.view.tokens else \
            {"width": self.view.numbers}

    def of(self, x):
        return x if self.view.tokens else _in_order(self.view, x)


class _Numbers:
    """Targets that are numbers, like the result."""

    def __init__(self, graph, target, loss):
        self.view = graph.result
        if target.shape[1:] != self.view.index.shape or target.ndim < 2:
            raise ValueError(f"target: expected samples x outputs, {list(self.view.index.shape)} "
                             f"each as the module's result, found shape {target.shape}")
        self.fields = {"width": self.view.numbers}

    def of(self, target):
        return _in_order(self.view, target)


class _Classes:
    """Targets that are classes, one a sample or one a position."""

    def __init__(self, graph, target, loss):
        result = graph.classes_at(target.shape[1:])
        self.view = View("target", result.positions, 1, counted((*result.positions, 1)), True)
        self.fields = {"classes": 2 if loss == "bce-classes" else result.width}

    def of(self, target):
        return target


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
        values = values if values.ndim <= AXES_MAX else values.reshape(len(values), -1)
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
    """A float is written so that it is one in YAML 1.1 too, where 1e-05 is a text."""


def _float(dumper, value):
    text = repr(value)
    return dumper.represent_scalar("tag:yaml.org,2002:float",
                                   text if "." in text else text.replace("e", ".0e"))


_Dumper.add_representer(float, _float)


def _yaml(manifest):
    return yaml.dump(manifest, Dumper=_Dumper, sort_keys=False, width=100, allow_unicode=True,
                     default_flow_style=None)
