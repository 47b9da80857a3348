"""
Exports a model into a bundle (models/README.md).

    python -m models.export nano --checkpoint models/training/runs/nano-final.pt --out models/nano/bundle
    python -m models.export int8 --bundle models/nano/bundle
    python -m models.export test --fixture ../shared/fixtures/sam21-small256 --out tests/fixtures/sam21-small256
    python -m models.export sam2.1 --size tiny --image-size 512

`nano` holds its weights, and its image encoder in int8 as well, which `int8` makes alone; `test` and `sam2.1` are weight-less and are bound to their checkpoints by the app's own import.
"""

import argparse
import json
import re
from pathlib import Path

import torch

from models.export.bundle_files import run_session, save, write_manifest
from models.export.graphs import MEAN, STD
from models.export.sam21 import IMAGE_SIZES, SIZES, build
from models.export.write import compare, graph_specs, load_bound, with_weights, without_weights

TOLERANCE = 5e-4


def constants(model):
    """The manifest's numbers, read off the model."""
    return {
        "imageSize": model.image_size,
        "stride": model.backbone_stride,
        "hiddenDim": model.hidden_dim,
        "memoryDim": model.mem_dim,
        "mean": list(MEAN),
        "std": list(STD),
        "numMaskmem": model.num_maskmem,
        "memoryTemporalStride": model.memory_temporal_stride_for_eval,
        "maxObjPtrs": model.max_obj_ptrs_in_encoder,
        "maxCondFrames": model.max_cond_frames_in_attn,
        "sigmoidScale": model.sigmoid_scale_for_mem_enc,
        "sigmoidBias": model.sigmoid_bias_for_mem_enc,
        "multimaskMinPoints": model.multimask_min_pt_num,
        "multimaskMaxPoints": model.multimask_max_pt_num,
        "stabilityDelta": model.sam_mask_decoder.dynamic_multimask_stability_delta,
        "stabilityThreshold": model.sam_mask_decoder.dynamic_multimask_stability_thresh,
        "noObjScore": -1024,
        "maskPromptClamp": 32,
        "maskPromptLogit": 10,
        "fillHoleArea": 0,
        "binarizePromptedMasks": model.binarize_mask_from_pts_for_mem_enc,
        "multimaskForTracking": model.multimask_output_for_tracking,
    }


def camel(name):
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


def checked(model, weights_name=None, skip=()):
    """graph -> (proto, checkpoint key of each weight-less initializer); raises when a graph differs from the official modules."""
    parameters = model.state_dict()
    for name, spec in graph_specs(model).items():
        if name in skip:
            continue
        if weights_name is None:
            proto, bound = with_weights(spec), {}
            session = run_session(proto.SerializeToString())
        else:
            proto, bound = without_weights(spec, parameters, weights_name)
            session = load_bound(proto, bound, parameters)
        # At 1024 the full comparison takes an hour on a small machine; the graphs are the same but for their tables.
        difference = compare(session, spec, quickly=model.image_size > 512)
        assert difference < TOLERANCE, f"{name} differs from torch by {difference}"
        print(f"{name}: largest difference {difference:.1e}", flush=True)
        yield name, proto, bound


def weights_entry(model, bound, file, size, url):
    parameters = model.state_dict()
    named = {name: {"key": key, "shape": list(parameters[key].shape), "dtype": "float32"} for name, key in sorted(bound.items())}
    return {"kind": "checkpoint", "file": file, "sha256": None, "bytes": size, "url": url, "parameters": named}


def export(model, out: Path, head, checkpoint=None, training=None):
    """One bundle with all its graphs in its folder; weight-less for a checkpoint file."""
    out.mkdir(parents=True, exist_ok=True)
    graphs, bound = {}, {}
    for name, proto, learned in checked(model, checkpoint and checkpoint.name):
        graphs[camel(name)] = save(proto, out / f"{name}.onnx")
        bound.update(learned)
    weights = checkpoint and weights_entry(model, bound, checkpoint.name, checkpoint.stat().st_size, None)
    write_manifest(out / "manifest.json", {"schema": 1, **head, **constants(model), "graphs": graphs, "weights": weights, "training": training})


def export_sam21(args):
    """Only the image encoder differs between the sizes; what they share is exported once and lies in models/sam2.1-common."""
    for image_size in args.image_size or IMAGE_SIZES:
        common = {}
        for name in [args.size] if args.size else list(SIZES):
            size, model = SIZES[name], build(name, image_size, seed=0)
            out, shared = args.out / f"sam2.1-{name}" / str(image_size), args.out / "sam2.1-common" / str(image_size)
            out.mkdir(parents=True, exist_ok=True)
            shared.mkdir(parents=True, exist_ok=True)
            graphs, bound = {}, {}
            for graph, proto, learned in checked(model, "checkpoint.pt", skip=common):
                if graph == "image_encoder":
                    graphs[camel(graph)] = save(proto, out / f"{graph}.onnx")
                    bound.update(learned)
                else:
                    common[graph] = save(proto, shared / f"{graph}.onnx"), learned
            for graph, (entry, learned) in common.items():
                graphs[camel(graph)] = {**entry, "file": f"../../sam2.1-common/{image_size}/{entry['file']}"}
                bound.update(learned)
            head = {
                "id": f"sam2.1-{name}-{image_size}",
                "name": f"SAM 2.1 {size.label}, {image_size} px",
                "family": "sam2.1",
                "version": "092824",
                "licence": "Apache-2.0 (Meta's code and checkpoints); the graphs hold no weights",
                "source": "https://github.com/facebookresearch/sam2",
            }
            weights = weights_entry(model, bound, size.file, size.bytes, size.url)
            write_manifest(out / "manifest.json", {"schema": 1, **head, **constants(model), "graphs": graphs, "weights": weights, "training": None})
            print(out, flush=True)


def export_nano(args):
    from models.nano import weights
    from models.nano.model import build_nano

    training = json.loads(args.training.read_text()) if args.training else None
    head = {
        "id": "nano",
        "name": "SAM2 Video nano",
        "family": "nano",
        "version": args.version,
        # Of the app, not of the modules: a click's answer is the piece that was clicked
        # (engine/tracking/clicked-piece.ts).
        "keepClickedPiece": True,
        # From where on its answers become objects that nobody clicked, as `npm run bench:discover` measured it.
        "discovery": {"pointIou": 0.7, "boxIou": 0.5, "stability": 0, "stabilityOffset": 1},
        "licence": "For research and evaluation; see MODEL_CARD.md for the training data and what follows from its licences.",
        "source": "models/nano and models/training of this repository",
    }
    if not args.without_int8:
        require_images(args.data)
    model = build_nano(args.checkpoint)
    export(model, args.out, head, training=training)
    if weights.is_split(args.checkpoint) and args.out.resolve() == (args.checkpoint.parent / "bundle").resolve():
        # It named tensors of the graphs that are now others.
        weights.write(model.state_dict(), args.checkpoint, args.checkpoint.parent / "bundle")
    if not args.without_int8:
        export_int8(argparse.Namespace(bundle=args.out, data=args.data))


def require_images(data: Path):
    if not (data / "train/images").is_dir():
        raise SystemExit(f"There are no images in {data}/train/images for the ranges of the int8 encoder. Give them with --data, or --without-int8.")


def export_int8(args):
    from models.export.int8 import add_int8

    require_images(args.data)
    add_int8(args.bundle, args.data)


def export_test(args):
    from sam2.build_sam import build_sam2_video_predictor

    config = json.loads((args.fixture / "config.json").read_text())
    checkpoint = args.fixture / "sam2_small256.pt"
    model = build_sam2_video_predictor("configs/sam2.1/sam2.1_hiera_t.yaml", str(checkpoint), device="cpu", hydra_overrides_extra=config["hydra_overrides"], apply_postprocessing=True)
    head = {
        "id": "sam2.1-small256",
        "name": "SAM 2.1 test model",
        "family": "sam2.1",
        "version": "1",
        "licence": "Random weights; no licence applies",
        "source": "Official SAM 2.1 classes at a small size with seeded random weights, for tests",
    }
    export(model, args.out, head, checkpoint=checkpoint)


def main():
    torch.manual_seed(0)
    torch.set_num_threads(2)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    nano = commands.add_parser("nano")
    nano.add_argument("--checkpoint", type=Path, required=True)
    nano.add_argument("--out", type=Path, default=Path("models/nano/bundle"))
    nano.add_argument("--version", default="0.6.0")
    nano.add_argument("--training", type=Path, help="JSON for the manifest's `training`: command, data, quality")
    nano.add_argument("--data", type=Path, default=Path("../shared/data"), help="training data (models/training), of which the int8 encoder's ranges are read")
    nano.add_argument("--without-int8", action="store_true", help="no image encoder in int8")
    nano.set_defaults(run=export_nano)
    int8 = commands.add_parser("int8", help="the image encoder in int8, beside that of a bundle that is there")
    int8.add_argument("--bundle", type=Path, default=Path("models/nano/bundle"))
    int8.add_argument("--data", type=Path, default=Path("../shared/data"))
    int8.set_defaults(run=export_int8)
    test = commands.add_parser("test")
    test.add_argument("--fixture", type=Path, default=Path("../shared/fixtures/sam21-small256"))
    test.add_argument("--out", type=Path, default=Path("tests/fixtures/sam21-small256"))
    test.set_defaults(run=export_test)
    sam21 = commands.add_parser("sam2.1")
    sam21.add_argument("--size", choices=list(SIZES), help="all sizes by default")
    sam21.add_argument("--image-size", type=int, choices=IMAGE_SIZES, action="append", help="both by default")
    sam21.add_argument("--out", type=Path, default=Path("models"))
    sam21.set_defaults(run=export_sam21)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
