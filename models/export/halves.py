"""
Weights that are 16-bit floats exactly lie in a graph as such, and are cast when it loads: ONNX Runtime folds the casts, so nothing is computed
otherwise, and the file takes half the space.
"""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

SUFFIX = ".half"
# Below this a cast takes more room than it saves.
FEWEST = 64


def halve(proto):
    """In place: initializers of floats that lose nothing become float16, each with a cast to its old name."""
    graph, casts = proto.graph, []
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or tensor.data_location == TensorProto.EXTERNAL:
            continue
        values = numpy_helper.to_array(tensor)
        with np.errstate(over="ignore"):
            halves = values.astype(np.float16)
        # By bits: -0 is not 0.
        if values.size < FEWEST or not np.array_equal(halves.astype(np.float32).view(np.uint32), np.ascontiguousarray(values).view(np.uint32)):
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(halves, name + SUFFIX))
        casts.append(helper.make_node("Cast", [name + SUFFIX], [name], to=TensorProto.FLOAT))
    nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend([*casts, *nodes])


def widen(proto):
    """In place: what `halve` did is undone."""
    graph = proto.graph
    casts = {node.input[0]: node.output[0] for node in graph.node if node.op_type == "Cast" and node.input[0].endswith(SUFFIX)}
    kept = [node for node in graph.node if not (node.op_type == "Cast" and node.input[0] in casts)]
    for tensor in graph.initializer:
        if tensor.name in casts:
            tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float32), casts[tensor.name]))
    del graph.node[:]
    graph.node.extend(kept)
    return proto
