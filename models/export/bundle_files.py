"""The files of a bundle: graphs that every provider takes, and the manifest."""

import hashlib
import json
from pathlib import Path

import onnxruntime


def strip(proto):
    """Drops what the exporter says about itself and about source lines of this machine."""
    del proto.metadata_props[:]
    proto.producer_version = ""
    for node in proto.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in [*proto.graph.value_info, *proto.graph.input, *proto.graph.output, *proto.graph.initializer]:
        del value.metadata_props[:]
    del proto.graph.metadata_props[:]
    del proto.graph.value_info[:]
    proto.graph.doc_string = ""


def check(proto):
    """Nothing that an execution provider refuses."""
    for node in proto.graph.node:
        assert node.op_type != "If", node.name
        if node.op_type == "Reshape":
            assert all(a.i == 0 for a in node.attribute if a.name == "allowzero"), f"allowzero in {node.name}"


def without_allowzero(proto):
    """allowzero=1 says that a 0 in the shape is a real 0; no shape here holds one, and DirectML refuses the attribute."""
    for node in proto.graph.node:
        if node.op_type == "Reshape":
            kept = [a for a in node.attribute if a.name != "allowzero"]
            del node.attribute[:]
            node.attribute.extend(kept)


def save(proto, path: Path):
    """-> the manifest's entry."""
    without_allowzero(proto)
    check(proto)
    data = proto.SerializeToString(deterministic=True)
    path.write_bytes(data)
    return {"file": path.name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def write_manifest(path: Path, manifest):
    """One line a value, and one line a parameter."""

    def lines(value, indent):
        if not isinstance(value, dict) or not any(isinstance(inner, dict) for inner in value.values()):
            return json.dumps(value)
        inner = ",\n".join(f"{indent} {json.dumps(key)}: {lines(item, indent + ' ')}" for key, item in value.items())
        return f"{{\n{inner}\n{indent}}}"

    path.write_text(lines(manifest, "") + "\n")


def run_session(data_or_path, threads=2):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(data_or_path, options, providers=["CPUExecutionProvider"])
