"""
TensorFlow.js graph models (a model.json and its weight file) as ONNX. Only the operators of convolutional detectors are known, and every
shape is fixed. Pictures are [1, C, H, W] in ONNX and [1, H, W, C] in TensorFlow.js; shapes here are ONNX's.
"""

import base64
import json
import math
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

OPSET = 18


def read(path: Path):
    """-> (nodes in the order of computation, constants by name)."""
    model = json.loads(path.read_text())
    constants = {}
    for group in model["weightsManifest"]:
        data = b"".join((path.parent / part).read_bytes() for part in group["paths"])
        offset = 0
        for entry in group["weights"]:
            stored = entry.get("quantization", {}).get("dtype", entry["dtype"])
            if stored not in ("float16", "float32", "int32"):
                raise SystemExit(f"{entry['name']} is stored as {stored}, which is not read here.")
            count = math.prod(entry["shape"])
            values = np.frombuffer(data, np.dtype(stored), count, offset)
            offset += values.nbytes
            constants[entry["name"]] = values.astype(entry["dtype"]).reshape(entry["shape"])
        assert offset == len(data), "the weight file is longer than its manifest says"
    nodes = [node for node in model["modelTopology"]["node"] if node["op"] != "Const"]
    return in_order(nodes), constants


def in_order(nodes):
    """Inputs before those that use them."""
    by_name, done, ordered = {node["name"]: node for node in nodes}, set(), []
    stack = [(name, False) for name in reversed(by_name)]
    while stack:
        name, has_inputs = stack.pop()
        if name in done or name not in by_name:
            continue
        if has_inputs:
            done.add(name)
            ordered.append(by_name[name])
        else:
            stack.append((name, True))
            stack.extend((source(one), False) for one in by_name[name].get("input", []))
    return ordered


def source(name):
    return name.split(":")[0]


class Translation:
    """Grows an ONNX graph, node by node. `shape` holds [1, C, H, W] or whatever the shape is."""

    def __init__(self, path: Path, half=True):
        """:param half: weights are stored in 16 bits, as the package stores them, and widened when the graph is loaded"""
        self.nodes, self.initializers, self.shape = [], [], {}
        self.half = half
        self.source_nodes, self.constants = read(path)
        self.known = {}

    def add(self, op, inputs, name=None, shape=None, **attributes):
        """-> the output's name."""
        name = name or f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], name=name, **attributes))
        self.shape[name] = shape
        return name

    def constant(self, values, name=None):
        values = np.asarray(values)
        name = name or f"constant_{len(self.initializers)}"
        if name in self.known:
            return self.known[name]
        # What is not one of 16 bits exactly stays as it is.
        narrow = self.half and values.dtype == np.float32 and values.size > 16 and np.array_equal(values.astype(np.float16).astype(np.float32), values)
        stored = values.astype(np.float16) if narrow else values
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(stored), f"{name}.half" if narrow else name))
        self.known[name] = self.add("Cast", [f"{name}.half"], name, to=TensorProto.FLOAT) if narrow else name
        self.shape[name] = list(values.shape)
        return name

    def translate(self, feeds, until):
        """
        Translates what the outputs need.
        feeds: name of a placeholder -> name of the ONNX value it is; until: names of nodes that are wanted
        """
        names = dict(feeds)
        wanted, by_name = set(), {node["name"]: node for node in self.source_nodes}
        stack = list(until)
        while stack:
            name = source(stack.pop())
            if name in by_name and name not in wanted:
                wanted.add(name)
                stack.extend(by_name[name].get("input", []))
        for node in self.source_nodes:
            if node["name"] in wanted and node["op"] != "Placeholder":
                names[node["name"]] = self.node(node, names)
        return [names[name] for name in until]

    def node(self, node, names):
        op, inputs, attributes = node["op"], [source(one) for one in node.get("input", [])], node.get("attr", {})
        if op == "Identity":
            return names[inputs[0]]
        if op in ("_FusedConv2D", "Conv2D", "FusedDepthwiseConv2dNative", "DepthwiseConv2dNative"):
            return self.convolution(node, names[inputs[0]], inputs[1:], attributes)
        if op in ("Mul", "Add", "AddV2", "Sub"):
            first, second = (names[one] if one in names else self.broadcast(one) for one in inputs)
            shape = max(self.shape[first], self.shape[second], key=math.prod)
            return self.add(op.removesuffix("V2"), [first, second], node["name"], shape)
        x = names[inputs[0]]
        shape = self.shape[x]
        if op in ("Relu", "Sigmoid"):
            return self.add(op, [x], node["name"], shape)
        if op == "Relu6":
            return self.add("Clip", [x, self.constant(np.float32(0), "zero"), self.constant(np.float32(6), "six")], node["name"], shape)
        if op == "Mean":
            assert list(self.constants[inputs[1]]) == [1, 2], node["name"]
            return self.add("GlobalAveragePool", [x], node["name"], [1, shape[1], 1, 1])
        if op == "ConcatV2":
            parts = [names[one] for one in inputs[:-1]]
            channels = sum(self.shape[one][1] for one in parts)
            return self.add("Concat", parts, node["name"], [1, channels, *shape[2:]], axis=1)
        if op == "ResizeBilinear":
            rows, columns = (int(size) for size in self.resized(inputs[1], shape))
            scales = self.constant(np.float32([1, 1, rows / shape[2], columns / shape[3]]))
            return self.add("Resize", [x, "", scales], node["name"], [1, shape[1], rows, columns], mode="linear", coordinate_transformation_mode="asymmetric")
        if op == "MaxPool":
            window, strides = spatial(attributes["ksize"]), spatial(attributes["strides"])
            pads, size = same_padding(shape[2:], window, strides, attributes["padding"])
            return self.add("MaxPool", [x], node["name"], [1, shape[1], *size], kernel_shape=window, strides=strides, pads=pads)
        if op == "Pad":
            rows = [self.constants[inputs[1]][axis] for axis in (0, 3, 1, 2)]
            pads = np.int64([row[0] for row in rows] + [row[1] for row in rows])
            padded = [size + int(before + after) for size, (before, after) in zip(shape, rows)]
            return self.add("Pad", [x, self.constant(pads)], node["name"], padded)
        if op == "Reshape":
            last_first = self.add("Transpose", [x], None, None, perm=[0, 2, 3, 1])
            wanted = [int(size) for size in self.constants[inputs[1]]]
            return self.add("Reshape", [last_first, self.constant(np.int64(wanted))], node["name"], wanted)
        raise SystemExit(f"{node['name']} is a {op}, which is not known here.")

    def resized(self, name, shape):
        """Where the size is a constant of another picture size, the factor of the original graph holds: 2 in all graphs known here."""
        return 2 * shape[2], 2 * shape[3]

    def broadcast(self, name):
        values = self.constants[name]
        return self.constant(values.reshape(-1, 1, 1) if values.ndim == 1 else values, name)

    def convolution(self, node, x, inputs, attributes):
        """Weights are [h, w, in, out], of depthwise ones [h, w, in, multiplier]."""
        weights, shape = self.constants[inputs[0]], self.shape[x]
        depthwise = "Depthwise" in node["op"]
        if depthwise:
            weights = weights.reshape(*weights.shape[:2], 1, -1)
        strides, dilations = spatial(attributes["strides"]), spatial(attributes.get("dilations", {"list": {"i": [1, 1, 1, 1]}}))
        reach = [(size - 1) * step + 1 for size, step in zip(weights.shape[:2], dilations)]
        pads, size = same_padding(shape[2:], reach, strides, attributes["padding"])
        fed = [x, self.constant(weights.transpose(3, 2, 0, 1), inputs[0])]
        fused = [base64.b64decode(one).decode() for one in attributes.get("fused_ops", {}).get("list", {}).get("s", [])]
        if "BiasAdd" in fused:
            fed.append(self.constant(self.constants[inputs[1]], inputs[1]))
        group = shape[1] if depthwise else 1
        made = [1, weights.shape[3], *size]
        rest = [one for one in fused if one != "BiasAdd"]
        name = f"{node['name']}/linear" if rest else node["name"]
        out = self.add("Conv", fed, name, made, strides=strides, dilations=dilations, pads=pads, group=group)
        for one in rest:
            assert one == "Relu", f"{node['name']} ends in {one}"
            out = self.add("Relu", [out], node["name"], made)
        return out


def spatial(attribute):
    return [int(value) for value in attribute["list"]["i"][1:3]]


def same_padding(size, window, strides, padding):
    """TensorFlow pads more at the end. -> (begins and ends, size of the result)"""
    if base64.b64decode(padding["s"]).decode() == "VALID":
        return [0, 0, 0, 0], [(one - reach) // step + 1 for one, reach, step in zip(size, window, strides)]
    result = [-(-one // step) for one, step in zip(size, strides)]
    missing = [max(0, (out - 1) * step + reach - one) for one, out, step, reach in zip(size, result, strides, window)]
    begin = [one // 2 for one in missing]
    return [*begin, *(one - first for one, first in zip(missing, begin))], result
