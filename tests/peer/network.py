"""A run's network in PyTorch, from the fields of its manifest."""

import torch
from torch.nn import functional


def tensor(array, dtype):
    """Numbers of the type asked for, a row a sample; one index a sample becomes a vector."""
    if array.dtype.kind == "i":
        found = torch.from_numpy(array.astype("i8"))
        return found[:, 0] if found.shape[1] == 1 else found
    return torch.from_numpy(array).to(dtype)


class Network:
    """Named weights and the loss of a batch."""

    def __init__(self, model, data, weights, dtype):
        """weights: first values, by name; tied ones have none of their own."""
        self.model, self.dtype = model, dtype
        self.shapes = {"x": data.get("shape"), "target": data.get("target_shape")}
        self.weights, self.moving = {}, {}
        for spec in model["weights"]:
            name = spec["name"]
            if "tied" in spec:
                self.weights[name] = self.weights[spec["tied"]]
                continue
            moves = spec.get("trainable", True)
            self.weights[name] = tensor(weights[name], dtype).clone().requires_grad_(moves)
            if moves:
                self.moving[name] = self.weights[name]

    def apply(self, op, inputs):
        weight = self.weights.get(op.get("weight"))
        if op["op"] == "linear":
            matrix = weight if op.get("transpose", False) else weight.T
            product = inputs[0] @ matrix
            return product + self.weights[op["bias"]] if "bias" in op else product
        if op["op"] == "embedding":
            return weight[inputs[0]]
        if op["op"] == "attention":
            return self.attention(op, weight, *inputs)
        if op["op"] == "relu":
            return torch.relu(inputs[0])
        if op["op"] == "gelu":
            form = "tanh" if op.get("form") == "tanh" else "none"
            return functional.gelu(inputs[0], approximate=form)
        if op["op"] in ("silu", "softplus"):
            return getattr(functional, op["op"])(inputs[0])
        if op["op"] in ("sigmoid", "tanh"):
            return getattr(torch, op["op"])(inputs[0])
        if op["op"] == "dot-attention":
            return self.dot_attention(op, *inputs)
        if op["op"] == "rotary":
            return self.rotary(op, inputs[0])
        if op["op"] == "softmax":
            return torch.softmax(self.masked(op, inputs[0]), -1)
        if op["op"] in ("affine", "layernorm", "rmsnorm"):
            return self.normed(op, inputs[0], weight)
        if op["op"] == "square":
            return inputs[0] ** 2
        if op["op"] == "subtract":
            return inputs[0] - inputs[1]
        if op["op"] == "multiply":
            return inputs[0] * inputs[1]
        if op["op"] == "scale":
            return op["factor"] * inputs[0]
        if op["op"] == "concat":
            return torch.cat(inputs, -1)
        if op["op"] == "reshape":
            return inputs[0].reshape(len(inputs[0]), *op["shape"])
        if op["op"] == "flatten":
            return inputs[0].flatten(1)
        if op["op"] == "select":
            return self.select(op, inputs[0])
        if op["op"] == "mean":
            return inputs[0].flatten(1, -2).mean(1)
        if op["op"] == "position":
            return inputs[0] + weight.reshape(inputs[0].shape[1:])
        if op["op"] == "conv2d":
            return self.convolve(op, weight, inputs[0])
        if op["op"] in ("maxpool", "meanpool"):
            return self.pool(op, inputs[0])
        if op["op"] == "add":
            return sum(inputs[1:], inputs[0])
        raise NotImplementedError(f"op {op['op']}")

    def dot_attention(self, op, q, k, v):
        heads = op.get("heads", 1)

        def split(x):
            """[samples, heads, positions, columns]."""
            return x.flatten(1, -2).unflatten(-1, (heads, -1)).transpose(1, 2) if (
                x.dim() > 2) else x[:, None].unflatten(-1, (heads, -1)).transpose(1, 2)
        scale = op.get("scale", (q.shape[-1] // heads) ** -0.5)
        scores = scale * split(q) @ split(k).transpose(2, 3)
        y = torch.softmax(self.masked(op, scores), -1) @ split(v)
        return y.transpose(1, 2).reshape(*q.shape[:-1], v.shape[-1])

    def rotary(self, op, x):
        """As rotate_half of Llama's code, or with neighbours as complex numbers."""
        each = x.unflatten(-1, (op.get("heads", 1), -1))
        d = each.shape[-1]
        w = op.get("base", 10000) ** (-torch.arange(0, d, 2, dtype=x.dtype) / d)
        angle = torch.arange(x.shape[1], dtype=x.dtype)[:, None] * w
        if op.get("pairs") == "neighbours":
            turned = torch.view_as_complex(each.unflatten(-1, (-1, 2)).contiguous())
            turned = turned * torch.polar(torch.ones_like(angle), angle)[:, None]
            return torch.view_as_real(turned).flatten(-3)
        angle = torch.cat([angle, angle], -1)[:, None]
        one, two = each.chunk(2, -1)
        turned = each * angle.cos() + torch.cat([-two, one], -1) * angle.sin()
        return turned.flatten(-2)

    def masked(self, op, scores):
        """Without what a position may not see: of T the last ones of all scores."""
        if op.get("mask", "none") == "none":
            return scores
        t, count = scores.shape[-2:]
        hidden = torch.ones(t, count, dtype=bool).triu(count - t + 1)
        return scores.masked_fill(hidden, -torch.inf)

    def convolve(self, op, weight, x):
        axes = next(w["shape"] for w in self.model["weights"] if w["name"] == op["weight"])
        kernel = weight.reshape(len(weight), *axes[1:3], -1).permute(0, 3, 1, 2)
        bias = self.weights[op["bias"]].flatten() if "bias" in op else None
        y = functional.conv2d(x.permute(0, 3, 1, 2), kernel, bias,
                              **{key: op.get(key, other) for key, other in
                                 (("stride", 1), ("padding", 0), ("dilation", 1))})
        return y.permute(0, 2, 3, 1)

    def pool(self, op, x):
        pool = functional.max_pool2d if op["op"] == "maxpool" else functional.avg_pool2d
        y = pool(x.permute(0, 3, 1, 2), op["window"], op.get("stride"),
                 op.get("padding", 0))
        return y.permute(0, 2, 3, 1)

    def normed(self, op, x, weight):
        bias = self.weights.get(op.get("bias"))
        weight, bias = (v if v is None else v.reshape(-1) for v in (weight, bias))
        eps, shape = op.get("eps", 1e-5), x.shape[-1:]
        if op["op"] == "layernorm":
            return functional.layer_norm(x, shape, weight, bias, eps)
        if op["op"] == "rmsnorm":
            x = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps)
        y = x if weight is None else x * weight
        return y if bias is None else y + bias

    def select(self, op, x):
        if "at" in op:
            return x[:, -1 if op["at"] == "last" else op["at"]]
        first = op.get("from", 0)
        return x[:, first:first + op.get("count", x.shape[1])]

    def placed(self, name, array):
        """With the positions that the data name."""
        values = tensor(array, self.dtype)
        shape = self.shapes.get(name)
        if not shape:
            return values
        return values.reshape(len(values), *(shape[:-1] if array.dtype.kind == "i" else shape))

    def ending(self, word, first, side):
        """A weight, or an eigenvector of the first matrix."""
        if word in self.weights:
            return self.weights[word].reshape(-1)
        found, vectors = torch.linalg.eig(first.T if side == "left" else first)
        most = (found.real if word == "largest" else found.abs()).argmax()
        vector = vectors[:, most].real
        return vector * vector[vector.abs().argmax()].sign()

    def norms(self, products, kind):
        squares = (products ** 2).sum((1, 2), keepdim=True)
        if kind == "frobenius":
            return squares.sqrt()
        return torch.linalg.matrix_norm(products, 2)[:, None, None]

    def attention(self, op, weight, x, site):
        """Each string by itself, by products of its own matrices."""
        d = weight.shape[1]
        kind = op.get("normalize", "vectors")
        matrices = weight.view(2, d, d)
        ends = [self.ending(op[key], matrices[0], key) for key in ("left", "right")]
        length = (x != 0).cumprod(1).sum(1)
        token = (x > 0).long()
        own = token[torch.arange(len(x)), site]
        if kind == "vectors":
            l, r = (functional.normalize(end.expand(len(x), 1, d), dim=2) for end in ends)
            r = r.transpose(1, 2)
        else:
            l = r = torch.eye(d, dtype=x.dtype).expand(len(x), d, d)
            l = r = l / self.norms(l, kind)

        def divided(step, dim):
            if kind == "vectors":
                return functional.normalize(step, dim=dim)
            return step / self.norms(step, kind)
        for j in range(x.shape[1]):
            step = divided(l @ matrices[token[:, j]], 2)
            l = torch.where((j < site)[:, None, None], step, l)
        for j in reversed(range(x.shape[1])):
            step = divided(matrices[token[:, j]] @ r, 1)
            behind = ((j > site) & (j < length))[:, None, None]
            r = torch.where(behind, step, r)
        if kind == "vectors":
            l, r = l[:, 0], r[:, :, 0]
        else:
            l, r = ends[0] @ l, r @ ends[1]
        if "readout" in op:
            b = self.weights[op["readout"]].view(2, d, d)
            both = torch.einsum("na,tab,nb->nt", l, b, r)
            if op.get("readout_norm") == "tokens":
                both = functional.normalize(both, dim=1)
            y = both.gather(1, own[:, None])
        elif op.get("features", "both") != "both":
            y = l if op["features"] == "left" else r
        else:
            z = torch.einsum("na,nb->nab", l, r).reshape(len(x), d * d)
            own = own[:, None].to(z.dtype)
            y = torch.cat([(1 - own) * z, own * z], 1)
        return torch.where((site < length)[:, None], y, torch.zeros_like(y))

    def loss(self, batch):
        """batch: arrays by the name of the input; `target` is the data's target."""
        values = {name: self.placed(name, array) for name, array in batch.items()}
        target = values[self.model["loss"].get("target", "target")]
        for op in self.model["ops"]:
            values[op["out"]] = self.apply(op, [values[name] for name in op["in"]])
        output = values[self.model["loss"]["in"]]
        if self.model["loss"].get("at") == "last":
            output = output.flatten(1, -2)[:, -1:]
            each = output.shape[2:] if target.is_floating_point() else ()
            target = target.reshape(len(target), -1, *each)[:, -1:]
        if self.model["loss"]["op"] == "cross-entropy":
            return self.model["loss"].get("factor", 1) * functional.cross_entropy(
                output.flatten(0, -2), target.flatten(),
                ignore_index=self.model["loss"].get("ignore", -100))
        if self.model["loss"]["op"] == "mse":
            return self.squares(output - target)
        if self.model["loss"]["op"] == "mse-classes":
            errors = output - functional.one_hot(target, output.shape[-1])
            along = {"samples": tuple(range(output.dim() - 1)),
                     "outputs": -1}.get(self.model["loss"].get("centre"))
            if along is not None:
                errors = errors - errors.mean(along, keepdim=True)
            return self.squares(errors)
        if self.model["loss"]["op"] == "bce":
            return self.mean(functional.binary_cross_entropy_with_logits(
                output, target, reduction="none"))
        if self.model["loss"]["op"] == "bce-classes":
            return self.mean(functional.binary_cross_entropy_with_logits(
                output, target[:, None].to(output.dtype), reduction="none"))
        raise NotImplementedError(f"loss {self.model['loss']['op']}")

    def squares(self, errors):
        return self.mean(errors ** 2)

    def mean(self, terms):
        means = self.model["loss"].get("mean_over", ["samples", "outputs"])
        count = (terms[..., 0].numel() if "samples" in means else 1) * (
            terms.shape[-1] if "outputs" in means else 1)
        return self.model["loss"].get("factor", 1) * terms.sum() / count

    def gradient(self, batch):
        """Gradients by the name of the weight; of one that nothing uses zeros."""
        grads = torch.autograd.grad(self.loss(batch), list(self.moving.values()),
                                    allow_unused=True)
        return {name: torch.zeros_like(weight) if grad is None else grad
                for (name, weight), grad in zip(self.moving.items(), grads)}
