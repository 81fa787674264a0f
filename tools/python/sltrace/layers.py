"""What PyTorch's layers come to."""

import torch
from torch import nn

from .functions import Functions
from .ops import NO_FUNCTION
from .views import Cannot, Held, held

DROPOUT = nn.modules.dropout._DropoutNd
LAYERS = {
    nn.ReLU: "relu", nn.Tanh: "tanh", nn.Sigmoid: "sigmoid", nn.SiLU: "silu", nn.GELU: "gelu",
    nn.Softplus: "softplus", nn.Linear: "linear", nn.Embedding: "embedding",
    nn.MultiheadAttention: "attention", nn.LayerNorm: "layer_norm", nn.Softmax: "softmax",
    DROPOUT: "dropout", nn.modules.batchnorm._BatchNorm: "batch_norm",
    nn.Conv1d: "conv", nn.Conv2d: "conv", nn.MaxPool1d: "max_pool", nn.MaxPool2d: "max_pool",
    nn.AvgPool1d: "avg_pool", nn.AvgPool2d: "avg_pool",
    nn.AdaptiveAvgPool1d: "adaptive_mean", nn.AdaptiveAvgPool2d: "adaptive_mean",
}

if hasattr(nn, "RMSNorm"):  # of PyTorch 2.4
    LAYERS[nn.RMSNorm] = "rms_norm"


class Layers(Functions):
    """Each takes the layer, its name in the module and what it is called with."""

    def _layer(self, layer, name, value):
        return self._same(LAYERS[type(layer)], value)

    def _layer_gelu(self, layer, name, value):
        return self._do_gelu(value, layer.approximate)

    def _layer_softplus(self, layer, name, value):
        return self._do_softplus(value, layer.beta, layer.threshold)

    def _layer_linear(self, layer, name, value):
        return self._do_linear(value, self._parameter(layer.weight, name + ".weight"),
                               self._parameter(layer.bias, name + ".bias"))

    def _layer_embedding(self, layer, name, value):
        return self._do_embedding(value, self._parameter(layer.weight, name + ".weight"),
                                  layer.padding_idx, layer.max_norm,
                                  scale_grad_by_freq=layer.scale_grad_by_freq)

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

    def _layer_rms_norm(self, layer, name, value):
        return self._do_rms_norm(value, layer.normalized_shape,
                                 self._parameter(layer.weight, name + ".weight"), layer.eps)

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
