"""
Nano's weights, kept once: most of them lie in the graphs of the bundle, as the same 16-bit floats, and the checkpoint holds the others and says where
those are. `read` gives the whole state dict of such a checkpoint and of a plain one ({"model": state dict}).

    python -m models.nano.weights PLAIN.pt models/nano/nano-0.6.0.pt    # beside models/nano/bundle, which was exported from it
"""

import argparse
import hashlib
import json
from pathlib import Path

import torch

# A tensor of fewer elements is in the checkpoint itself.
FEWEST = 256


def tensors_of(graph: Path):
    """Name -> float16 array of a graph's initializers."""
    import onnx
    from onnx import TensorProto, numpy_helper

    halves = (tensor for tensor in onnx.load(graph).graph.initializer if tensor.data_type == TensorProto.FLOAT16)
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in halves}


def graphs_of(bundle: Path):
    entries = json.loads((bundle / "manifest.json").read_text())["graphs"]
    return [bundle / entry["file"] for entry in entries.values()]


def sha256(path: Path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read(path):
    """The state dict. Raises where a graph that holds a part of it is not the one that the checkpoint was written beside."""
    path = Path(path)
    saved = torch.load(path, map_location="cpu", weights_only=True)
    state = dict(saved["model"])
    for file, part in saved.get("bundle", {}).items():
        graph = path.parent / file
        if sha256(graph) != part["sha256"]:
            raise ValueError(f"{path} refers to tensors of another {graph}; take both from the same commit.")
        tensors = tensors_of(graph)
        for key, (name, shape, is_transposed) in part["tensors"].items():
            values = tensors[name].T if is_transposed else tensors[name]
            state[key] = torch.from_numpy(values.reshape(shape).copy())
    return state


def is_split(path):
    """Whether a checkpoint leaves tensors to a bundle."""
    return "bundle" in torch.load(path, map_location="cpu", weights_only=True)


def write(state, path: Path, bundle: Path):
    """Saves a state dict of 16-bit floats beside the bundle that was exported from it: a tensor that a graph holds is named, not stored."""
    found = {}
    for graph in graphs_of(bundle):
        for name, values in tensors_of(graph).items():
            found.setdefault(values.tobytes(), (graph, name, False))
            if values.ndim == 2:
                found.setdefault(values.T.tobytes(), (graph, name, True))
    kept, parts = {}, {}
    for key, value in state.items():
        half = value.to(torch.float16).contiguous()
        if not torch.equal(half.to(torch.float32), value.to(torch.float32)):
            raise ValueError(f"{key} is not a tensor of 16-bit floats")
        graph, name, is_transposed = found.get(half.numpy().tobytes(), (None, None, None))
        if graph is None or half.numel() < FEWEST:
            kept[key] = half
            continue
        file = graph.relative_to(path.parent).as_posix()
        part = parts.setdefault(file, {"sha256": sha256(graph), "tensors": {}})
        part["tensors"][key] = [name, list(half.shape), is_transposed]
    torch.save({"model": kept, "bundle": parts}, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    write(read(args.checkpoint), args.out, args.out.parent / "bundle")


if __name__ == "__main__":
    main()
