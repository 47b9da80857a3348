"""
Weights in int8 that give what those in fp32 gave on images: rounded one input channel after the other, each next one making up for the error so
far where the inputs go together (GPTQ, arXiv 2210.17323), and a bias for what is left of it in the mean.
"""

import numpy as np
import onnx
from numpy.lib.stride_tricks import sliding_window_view
from onnx import helper, numpy_helper

from models.export.bundle_files import run_session

# Two products of 255 and 64 fit into 16 bits, which AVX2 adds them in; with all 8 bits processors without VNNI would
# saturate. Products of depthwise convolutions are added in 32 bits everywhere.
LARGEST, LARGEST_DEPTHWISE = 64, 127
PIXELS = 512  # of an image, that a layer's inputs are looked at at most


class Layer:
    """A convolution, and what its inputs are on the images."""

    def __init__(self, node, weight, bias):
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        self.input, self.weight, self.bias = node.input[0], weight, bias
        self.strides, self.pads = attributes["strides"], attributes["pads"]
        self.is_depthwise = attributes["group"] > 1
        fan_in = weight[0].size
        self.mean = np.zeros((len(weight), 1) if self.is_depthwise else fan_in)
        self.products = None if self.is_depthwise else np.zeros((fan_in, fan_in))

    def see(self, x):
        """x [1, I, H, W]"""
        if self.is_depthwise:
            self.mean[:, 0] += x.mean((0, 2, 3))
            return
        top, left, bottom, right = self.pads
        x = np.pad(x[0], ((0, 0), (top, bottom), (left, right)))
        windows = sliding_window_view(x, self.weight.shape[2:], (1, 2))[:, :: self.strides[0], :: self.strides[1]]
        places = windows.shape[1] * windows.shape[2]
        rows, columns = np.divmod(np.arange(0, places, max(1, places // PIXELS)), windows.shape[2])
        seen = windows[:, rows, columns].transpose(1, 0, 2, 3).reshape(len(rows), -1).astype(np.float64)
        self.mean += seen.mean(0)
        self.products += seen.T @ seen / len(seen)

    def quantized(self, images, input_scale):
        """-> int8 weights, their scales by output channel, the bias in steps of these and the input's scale."""
        weight = self.weight.reshape(len(self.weight), -1).astype(np.float64)
        largest = LARGEST_DEPTHWISE if self.is_depthwise else LARGEST
        # The bias is counted in steps of both scales, which must not be too many for 32 bits where a channel has hardly
        # any weight.
        least = np.abs(self.bias) / (input_scale * 2**30) + 1e-12
        scale = np.maximum(np.abs(weight).max(1) / largest, least).astype(np.float32)
        steps = rounded(weight, scale, largest) if self.is_depthwise else compensated(weight, self.products / images, scale, largest)
        missing = weight - steps * scale[:, None].astype(np.float64)
        bias = self.bias + (missing * (self.mean / images)).sum(1)
        return steps.astype(np.int8).reshape(self.weight.shape), scale, np.rint(bias / (scale * input_scale)).astype(np.int32)


def rounded(weight, scale, largest):
    return np.clip(np.rint(weight / scale[:, None]), -largest, largest)


def compensated(weight, products, scale, largest):
    """weight [O, K], products [K, K] mean products of the inputs -> whole numbers [O, K]"""
    order = np.argsort(-np.diag(products), kind="stable")
    weight, products = weight[:, order].copy(), products[np.ix_(order, order)].copy()
    count = len(order)
    # Inputs that are always 0 must not make it singular.
    products[np.diag_indices(count)] += 0.01 * np.diag(products).mean() + 1e-9
    factor = np.linalg.cholesky(np.linalg.inv(products)).T
    steps = np.empty_like(weight)
    for k in range(count):
        steps[:, k] = np.clip(np.rint(weight[:, k] / scale), -largest, largest)
        error = (weight[:, k] - steps[:, k] * scale) / factor[k, k]
        weight[:, k + 1 :] -= error[:, None] * factor[k, k + 1 :]
    back = np.empty_like(steps)
    back[:, order] = steps
    return back


def layers_of(model):
    """weight's name -> Layer, of the fp32 graph"""
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    array = lambda name: numpy_helper.to_array(constants[name])
    return {node.input[1]: Layer(node, array(node.input[1]), array(node.input[2])) for node in model.graph.node if node.op_type == "Conv"}


def fit_weights(prepared, quantized, feeds):
    """
    Replaces the weights and biases of the convolutions of an int8 graph (QOperator format); the ranges of activations stay.
    prepared: the fp32 graph that it was made of; feeds: the images, one after the other.
    """
    layers = layers_of(prepared)
    told = onnx.ModelProto()
    told.CopyFrom(prepared)
    inputs = sorted({layer.input for layer in layers.values()})
    told.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in inputs)
    session = run_session(told.SerializeToString())
    images = 0
    for feed in feeds:
        values = dict(zip(inputs, session.run(inputs, feed)))
        for layer in layers.values():
            layer.see(values[layer.input])
        images += 1

    constants = {tensor.name: tensor for tensor in quantized.graph.initializer}

    def replace(name, values):
        constants[name].CopyFrom(numpy_helper.from_array(values, name))

    for node in quantized.graph.node:
        if node.op_type != "QLinearConv":
            continue
        _, input_scale, _, weight, weight_scale, _, _, _, bias = node.input
        layer = layers[weight.removesuffix("_quantized")]
        for name, values in zip((weight, weight_scale, bias), layer.quantized(images, float(numpy_helper.to_array(constants[input_scale])))):
            replace(name, values)
