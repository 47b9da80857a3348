"""From modules to ONNX files: with their weights, or weight-less with external data that points into a checkpoint."""

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper
from onnxscript import optimizer
from torch.export import Dim

from models.export.bundle_files import run_session, strip
from models.export.graphs import ImageEncoderGraph, MaskDecoderGraph, MaskPromptGraph, MemoryEncoderGraph
from models.export.halves import halve
from models.export.memory_attention import ImageAttentionGraph, MemoryAttentionGraph, MemoryReaderGraph, SharedAttentionGraph
from models.export.nano_decoder import CandidateDecoderGraph, MaskUpscalerGraph, NanoDecoderGraph
from models.export.patch_memory_encoder import PatchMemoryEncoderGraph, reads_patches

OPSET = 18
PREFIX = "m."  # every graph module holds the model as `m`


def attention_specs(model):
    """As graph_specs gives them: one graph, or three where objects can share memories."""
    dim, side, rand = model.hidden_dim, model.sam_image_embedding_size, torch.rand
    b, m, p = Dim("B", min=1, max=4096), Dim("M", min=1, max=4096), Dim("P", min=0, max=4096)
    top = rand(1, dim, side, side)

    def memories(*shape):
        return {
            "memory": rand(*shape, side * side, model.mem_dim),
            "memory_tpos": torch.randint(0, model.num_maskmem, shape),
            "memory_weight": rand(*shape),
        }

    pointers = {"pointers": rand(3, 4, dim), "pointer_pos": rand(3, 4), "pointer_weight": rand(3, 4)}

    def spec(graph, inputs, outputs, shapes):
        return graph, tuple(inputs.values()), list(inputs), outputs, tuple(shapes.get(name, {}) for name in inputs)

    of_pointers = dict.fromkeys(pointers, {0: b, 1: p})
    if not ImageAttentionGraph.fits(model):
        remembered = memories(3, 2)
        shapes = {**dict.fromkeys(remembered, {0: b, 1: m}), **of_pointers}
        return {"memory_attention": spec(MemoryAttentionGraph(model), {"top": top, **remembered, **pointers}, ["pix"], shapes)}
    image, reader, remembered = ImageAttentionGraph(model), MemoryReaderGraph(model), memories(4)
    with torch.inference_mode():
        tokens, queries = image(top)
        means, sums = reader(queries, *remembered.values())
    # Out of inference mode, which the exporter does not take.
    tokens, queries, means, sums = (x.clone() for x in (tokens, queries, means, sums))
    joined = {"tokens": tokens, "queries": queries, "means": means, "sums": sums, "memory_slot": torch.tensor([[0, 1], [2, 0], [3, 2]]), **pointers}
    u = {0: Dim("U", min=1, max=4096)}
    return {
        "image_attention": (image, (top,), ["top"], ["tokens", "queries"], None),
        "memory_reader": spec(reader, {"queries": queries, **remembered}, ["means", "sums"], dict.fromkeys(remembered, u)),
        "memory_attention": spec(
            SharedAttentionGraph(model, top, tuple(remembered.values())),
            joined,
            ["pix"],
            {"means": u, "sums": u, "memory_slot": {0: b, 1: m}, **of_pointers},
        ),
    }


def graph_specs(model):
    """name -> (module, example inputs, input names, output names, dynamic shapes)."""
    size, dim, memory_dim, side = model.image_size, model.hidden_dim, model.mem_dim, model.sam_image_embedding_size
    rand, is_nano = torch.rand, hasattr(model.sam_prompt_encoder, "dense_prompt")
    # Bounds keep the exporter from specialising; the graphs themselves have none.
    b, n = Dim("B", min=1, max=4096), Dim("N", min=1, max=4096)
    labels = torch.tensor([[1.0, 0, 2, 3], [1, 1, -1, -1], [-1, -1, -1, -1]])
    features = (rand(3, dim, side, side), rand(1, dim // 8, 4 * side, 4 * side), rand(1, dim // 4, 2 * side, 2 * side))
    specs = {
        "image_encoder": (ImageEncoderGraph(model), ((rand(1, size, size, 3) * 255).to(torch.uint8),), ["image"], ["s0", "s1", "top", "top_init"], None),
        **attention_specs(model),
        "mask_decoder": (
            NanoDecoderGraph(model) if is_nano else MaskDecoderGraph(model),
            (*features, rand(3, 4, 2) * size, labels, rand(3, 1, 4 * side, 4 * side), torch.tensor([1.0, 0, 1])),
            ["pix", "s0", "s1", "points", "labels", "mask_prompt", "has_mask"],
            ["masks", "ious", "pointers", "object_logit"],
            ({0: b}, {}, {}, {0: b, 1: n}, {0: b, 1: n}, {0: b}, {0: b}),
        ),
        "memory_encoder": (
            PatchMemoryEncoderGraph(model) if reads_patches(model) else MemoryEncoderGraph(model),
            (rand(1, dim, side, side), rand(3, 1, 4 * side, 4 * side) - 0.5, torch.tensor([1.0, 0, 0]), torch.tensor([1.0, -1, 1])),
            ["top", "logits", "binarize", "object_logit"],
            ["memory"],
            ({}, {0: b}, {0: b}, {0: b}),
        ),
        "mask_prompt": (MaskPromptGraph(model), (rand(1, 1, size, size),), ["mask"], ["mask_prompt", "no_object_pointer"], None),
    }
    if is_nano:
        outputs = ["ious", "pointers", "object_logit", "mixes", "image"]
        specs["candidate_decoder"] = (CandidateDecoderGraph(model), features[:1], ["pix"], outputs, ({0: b},))
        found = (rand(3, side * side, dim), rand(3, 4, dim // 8) - 0.5, *features[1:])
        specs["mask_upscaler"] = (MaskUpscalerGraph(model), found, ["image", "mixes", "s0", "s1"], ["masks"], ({0: b}, {0: b}, {}, {}))
    return specs


def with_weights(spec):
    """The graph with its weights inside, constants folded; as 16-bit floats where they are such."""
    module, inputs, names, outputs, dynamic = spec
    program = torch.onnx.export(module.eval(), inputs, input_names=names, output_names=outputs, opset_version=OPSET, dynamo=True, dynamic_shapes=dynamic, verbose=False)
    proto = program.model_proto
    strip(proto)
    halve(proto)
    return proto


def without_weights(spec, parameters, location):
    """
    The graph with every learned tensor as external data under its checkpoint name, not one of them folded.
    parameters: state dict key -> tensor. Offsets are 0 here; the app's checkpoint import writes the real ones.
    """
    module, inputs, names, outputs, dynamic = spec
    program = torch.onnx.export(
        module.eval(), inputs, input_names=names, output_names=outputs, opset_version=OPSET, dynamo=True, dynamic_shapes=dynamic, verbose=False, optimize=False
    )
    proto = program.model_proto
    graph = proto.graph
    learned = {i.name: i.name[len(PREFIX) :] for i in graph.initializer if i.name.startswith(PREFIX) and i.name[len(PREFIX) :] in parameters}
    kept = [i for i in graph.initializer if i.name not in learned]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    # As inputs the optimizer can neither fold nor rename them.
    graph.input.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, list(parameters[key].shape)) for name, key in learned.items())
    # Shape arithmetic is folded; tables that unfold from a row or a column stay folded up until a session loads.
    proto = optimizer.optimize(proto, output_size_limit=1024)
    graph = proto.graph
    used = {name for node in graph.node for name in node.input}
    ordinary = [i for i in graph.input if i.name not in learned]
    del graph.input[:]
    graph.input.extend(ordinary)
    for name, key in learned.items():
        if name not in used:
            continue
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=list(parameters[key].shape), data_location=TensorProto.EXTERNAL)
        length = parameters[key].numel() * 4
        for entry, value in (("location", location), ("offset", "0"), ("length", str(length))):
            tensor.external_data.add(key=entry, value=value)
        graph.initializer.append(tensor)
    strip(proto)
    return proto, {name: key for name, key in learned.items() if name in used}


def compare(session: onnxruntime.InferenceSession, spec, quickly=False):
    """Largest difference to the official modules, over inputs of other sizes than the traced ones too; `quickly`: one small input."""
    module, inputs, names, _, dynamic = spec
    worst = 0.0
    for case in [smallest(inputs, names, dynamic)] if quickly else cases(inputs, names, dynamic):
        with torch.inference_mode():
            expected = getattr(module, "official", module)(*case)
        expected = expected if isinstance(expected, tuple) else (expected,)
        got = session.run(None, {name: value.numpy() for name, value in zip(names, case)})
        worst = max(worst, *(float(np.abs(a - b.numpy()).max()) for a, b in zip(got, expected)))
    return worst


def by_object(names):
    """Of a memory attention: the inputs that say what each object attends to, [B, M, ...]. Memories that are shared stay all there."""
    return [name for name in names if name == "memory_slot" or (name.startswith("memory") and "pointers" in names)]


def first_object(inputs, names, dynamic):
    """Memories that are shared stay all there."""
    return tuple(x[:1] if d and name not in ("means", "sums") else x for x, name, d in zip(inputs, names, dynamic))


def smallest(inputs, names, dynamic):
    """One object, one memory."""
    first = first_object(inputs, names, dynamic or [None] * len(inputs))
    return tuple(x[:, :1] if name in by_object(names) else x for x, name in zip(first, names))


def cases(inputs, names, dynamic):
    yield inputs
    if dynamic is None:
        return
    yield first_object(inputs, names, dynamic)
    if "pointers" in names:
        yield tuple(x[:, :0] if name.startswith("pointer") else x for x, name in zip(inputs, names))
        yield tuple(torch.cat([x, x, x], 1) if name in by_object(names) else x for x, name in zip(inputs, names))
    if "memory_slot" in names:
        yield tuple(x[:1] * 0 if name == "memory_slot" else x[:1] for x, name in zip(inputs, names))
    if "points" in names:
        yield tuple(x[:, :2] if name in ("points", "labels") else x for x, name in zip(inputs, names))


def load_bound(proto, weights, parameters):
    """A session of a weight-less graph with its tensors put in, for checking."""
    bound = onnx.ModelProto()
    bound.CopyFrom(proto)
    for tensor in bound.graph.initializer:
        if tensor.data_location == TensorProto.EXTERNAL:
            del tensor.external_data[:]
            tensor.data_location = TensorProto.DEFAULT
            tensor.raw_data = parameters[weights[tensor.name]].detach().contiguous().numpy().tobytes()
    return run_session(bound.SerializeToString())
