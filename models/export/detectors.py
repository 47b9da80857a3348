"""
Exports the detectors: models that answer a picture with boxes (models/README.md).

    npm pack @vladmandic/human@3.3.6
    python -m models.export.detectors --package vladmandic-human-3.3.6.tgz
    python -m models.export.detectors --package vladmandic-human-3.3.6.tgz --reference DIR     # compares with TensorFlow.js, too

The weights come inside the npm package, as TensorFlow.js graph models. `--reference` names a folder where `npm install @tensorflow/tfjs-core@4.22.0
@tensorflow/tfjs-converter@4.22.0 @tensorflow/tfjs-backend-cpu@4.22.0` was run: the exporter then runs the original there (tfjs-reference.mjs) on the
same picture.
"""

import argparse
import hashlib
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper
from PIL import Image

from models.export.bundle_files import run_session, save, strip, write_manifest
from models.export.tfjs import OPSET, Translation

PACKAGE_SHA256 = "425e9c51dbbca0c8934362b170cb0d54c2529c11c654b3c03092b16e9d6ad3f7"
PACKAGE = "https://www.npmjs.com/package/@vladmandic/human/v/3.3.6"
MOST_BOXES = 100

COCO = (
    "person bicycle car motorcycle airplane bus train truck boat,traffic light,fire hydrant,stop sign,parking meter,bench bird cat dog horse sheep cow "
    "elephant bear zebra giraffe backpack umbrella handbag tie suitcase frisbee skis snowboard,sports ball,kite,baseball bat,baseball glove,skateboard "
    "surfboard,tennis racket,bottle,wine glass,cup fork knife spoon bowl banana apple sandwich orange broccoli carrot,hot dog,pizza donut cake chair couch,"
    "potted plant,bed,dining table,toilet tv laptop mouse remote keyboard,cell phone,microwave oven toaster sink refrigerator book clock vase scissors,"
    "teddy bear,hair drier,toothbrush"
)
WHOLE = {"traffic light", "fire hydrant", "stop sign", "parking meter", "sports ball", "baseball bat", "baseball glove", "tennis racket", "wine glass"} | {
    "hot dog", "potted plant", "dining table", "cell phone", "teddy bear", "hair drier"
}


def coco_classes():
    return [name for part in COCO.split(",") for name in ([part] if part in WHOLE else part.split())]


def picture(graph, size, scale=1.0, bias=0.0):
    """uint8 [1, S, S, 3] -> float [1, 3, S, S]"""
    image = graph.add("Transpose", [graph.add("Cast", ["image"], None, None, to=TensorProto.FLOAT)], None, [1, 3, size, size], perm=[0, 3, 1, 2])
    if (scale, bias) == (1.0, 0.0):
        return image
    image = graph.add("Mul", [image, graph.constant(np.float32(scale))], None, [1, 3, size, size])
    return graph.add("Add", [image, graph.constant(np.float32(bias))], None, [1, 3, size, size])


def best(graph, scores, most):
    """Flat scores -> (the greatest, their places)."""
    flat = graph.add("Reshape", [scores, graph.constant(np.int64([-1]))])
    graph.nodes.append(helper.make_node("TopK", [flat, graph.constant(np.int64([most]))], ["scores", "places"], axis=0, largest=1, sorted=1))
    return "scores", "places"


def centernet(graph, size):
    """Peaks of the class maps, with the distances to the four sides that the size map has there."""
    heat, reach = graph.translate({"tower_0/images": picture(graph, size)}, ["tower_0/keypoints", "tower_0/wh"])
    side = size // 4
    around = graph.add("MaxPool", [heat], None, None, kernel_shape=[3, 3], strides=[1, 1], pads=[1, 1, 1, 1])
    peaks = graph.add("Where", [graph.add("Equal", [heat, around]), heat, graph.constant(np.float32(0))])
    _, places = best(graph, peaks, MOST_BOXES)
    cells = graph.constant(np.int64(side * side))
    classes = graph.add("Div", [places, cells])
    cell = graph.add("Sub", [places, graph.add("Mul", [classes, cells])])
    row = graph.add("Div", [cell, graph.constant(np.int64(side))])
    column = graph.add("Sub", [cell, graph.add("Mul", [row, graph.constant(np.int64(side))])])
    centre = [graph.add("Mul", [graph.add("Cast", [one], to=TensorProto.FLOAT), graph.constant(np.float32(4))]) for one in (column, row)]
    centre = [graph.add("Reshape", [one, graph.constant(np.int64([1, -1]))]) for one in centre]
    flat = graph.add("Reshape", [reach, graph.constant(np.int64([4, -1]))])
    there = graph.add("Gather", [flat, cell], axis=1)
    graph.nodes.append(helper.make_node("Split", [there], ["left", "up", "right", "down"], axis=0, num_outputs=4))
    sides = [graph.add(op, [centre[axis], name]) for op, axis, name in (("Sub", 0, "left"), ("Sub", 1, "up"), ("Add", 0, "right"), ("Add", 1, "down"))]
    graph.add("Transpose", [graph.add("Concat", sides, axis=0)], "boxes", None, perm=[1, 0])
    graph.add("Cast", [classes], "classes", None, to=TensorProto.INT32)


def blazeface(graph, size):
    """896 anchors: two on each cell of 16 px, six on each of 32 px. A box is told by its centre's distance from the anchor's, and its size."""
    image = picture(graph, size, 1 / 127.5, -1)
    fine, coarse, fine_boxes, coarse_boxes = graph.translate({"input": image}, ["Identity", "Identity_1", "Identity_2", "Identity_3"])
    logits = graph.add("Concat", [fine, coarse], axis=1)
    _, places = best(graph, graph.add("Sigmoid", [logits]), MOST_BOXES)
    regressed = graph.add("Reshape", [graph.add("Concat", [fine_boxes, coarse_boxes], axis=1), graph.constant(np.int64([-1, 16]))])
    told = graph.add("Gather", [regressed, places], axis=0)
    anchors = [
        ((column + 0.5) * step, (row + 0.5) * step)
        for step, count in ((size // 16, 2), (size // 8, 6))
        for row in range(size // step)
        for column in range(size // step)
        for _ in range(count)
    ]
    anchor = graph.add("Gather", [graph.constant(np.float32(anchors)), places], axis=0)
    graph.nodes.append(helper.make_node("Split", [told, graph.constant(np.int64([2, 2, 12]))], ["centre", "extent", "landmarks"], axis=1))
    centre = graph.add("Add", [anchor, "centre"])
    half = graph.add("Mul", ["extent", graph.constant(np.float32(0.5))])
    graph.add("Concat", [graph.add("Sub", [centre, half]), graph.add("Add", [centre, half])], "boxes", None, axis=1)
    graph.add("Cast", [graph.add("Mul", [places, graph.constant(np.int64(0))])], "classes", None, to=TensorProto.INT32)


DETECTORS = {
    "coco-centernet": {
        "file": "centernet",
        "head": centernet,
        # Made for 512, but as good at 384 on pictures that keep their shape, in under half of the time (MODEL_CARD.md).
        "size": 384,
        "name": "CenterNet, 80 classes",
        "classes": coco_classes(),
        "score": 0.2,
        "overlap": 0.5,
        "licence": "MIT (the npm package). The repository that trained it states no licence; it learned from COCO, whose photographs have licences of their own.",
        "origin": "https://github.com/610265158/mobilenetv3_centernet",
    },
    "blazeface": {
        "file": "blazeface",
        "head": blazeface,
        "size": 256,
        "name": "BlazeFace, faces",
        "classes": ["face"],
        "score": 0.3,
        "overlap": 0.3,
        "licence": "MIT (the npm package); Google published the model with MediaPipe under Apache-2.0.",
        "origin": "https://github.com/google/mediapipe",
    },
}


def build(models: Path, spec, size):
    graph = Translation(models / f"{spec['file']}.json")
    spec["head"](graph, size)
    outputs = [
        helper.make_tensor_value_info("boxes", TensorProto.FLOAT, [MOST_BOXES, 4]),
        helper.make_tensor_value_info("scores", TensorProto.FLOAT, [MOST_BOXES]),
        helper.make_tensor_value_info("classes", TensorProto.INT32, [MOST_BOXES]),
    ]
    image = helper.make_tensor_value_info("image", TensorProto.UINT8, [1, size, size, 3])
    proto = helper.make_model(helper.make_graph(graph.nodes, spec["file"], [image], outputs, graph.initializers), opset_imports=[helper.make_opsetid("", OPSET)])
    proto.ir_version = 9
    strip(proto)
    checker.check_model(proto)
    return proto


def unpack(package: Path, folder: Path):
    """-> the package's models. A package that is not the one named here is refused."""
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    if digest != PACKAGE_SHA256:
        raise SystemExit(f"{package} is not @vladmandic/human 3.3.6: its sha256 is {digest}.")
    wanted = {f"package/models/{spec['file']}.{ending}" for spec in DETECTORS.values() for ending in ("json", "bin")}
    with tarfile.open(package) as archive:
        archive.extractall(folder, [member for member in archive.getmembers() if member.name in wanted], filter="data")
    return folder / "package/models"


def seeded_picture(size):
    """A picture with edges at all scales: what differs in padding or resizing shows."""
    rng, y, x = np.random.default_rng(1), *np.mgrid[:size, :size]
    waves = sum(np.sin(x[..., None] / rng.uniform(3, 60) + y[..., None] / rng.uniform(3, 60) + rng.uniform(0, 6, 3)) for _ in range(6))
    return np.clip(128 + 30 * waves + rng.normal(0, 10, (size, size, 3)), 0, 255).astype(np.uint8)


def original(models: Path, spec, size, node_modules: Path, image):
    """What TensorFlow.js says: boxes, scores and classes."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "image.rgb"
        raw.write_bytes(image.tobytes())
        command = ["node", str(Path(__file__).with_name("tfjs-reference.mjs")), str(node_modules), str(models / f"{spec['file']}.json"), str(raw), str(size)]
        return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def compare(proto, expected, image):
    """Largest differences of boxes (px) and scores to the original, of all boxes over a hundredth."""
    boxes, scores, classes = run_session(proto.SerializeToString()).run(["boxes", "scores", "classes"], {"image": image[None]})
    count = sum(score > 0.01 for score in expected["scores"])
    worst_box = worst_score = 0.0
    for box, score, kind in zip(expected["boxes"][:count], expected["scores"], expected["classes"]):
        # Equal scores may be ordered either way.
        alike = [i for i in range(MOST_BOXES) if classes[i] == kind and abs(scores[i] - score) < 1e-3]
        assert alike, f"nothing of class {kind} and score {score}"
        worst_box = max(worst_box, min(float(np.abs(boxes[i] - box).max()) for i in alike))
        worst_score = max(worst_score, min(float(abs(scores[i] - score)) for i in alike))
    return count, worst_box, worst_score


def letterboxed(path: Path, size):
    """-> (the picture in the upper left of a black square, its width and height there)"""
    with Image.open(path) as image:
        scale = size / max(image.size)
        width, height = (round(side * scale) for side in image.size)
        square = np.zeros((size, size, 3), np.uint8)
        square[:height, :width] = np.asarray(image.convert("RGB").resize((width, height), Image.Resampling.BILINEAR))
        return square, width, height


def record(name, spec, models: Path, size, node_modules: Path, path: Path, folder: Path):
    """What the original finds in a picture, in shares of its sides, for the app's tests."""
    square, width, height = letterboxed(path, size)
    expected = original(models, spec, size, node_modules, square)
    found = [
        {"box": [round(value / side, 5) for value, side in zip(box, (width, height) * 2)], "score": round(score, 5), "class": spec["classes"][kind]}
        for box, score, kind in zip(expected["boxes"], expected["scores"], expected["classes"])
        if score >= 0.1
    ]
    (folder / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("models"))
    parser.add_argument("--only", choices=list(DETECTORS))
    parser.add_argument("--size", type=int, help="of the square picture, instead of the usual one")
    parser.add_argument("--reference", type=Path, help="a folder with TensorFlow.js in its node_modules")
    parser.add_argument("--image", type=Path, help="a picture to compare on, instead of a pattern")
    parser.add_argument("--record", type=Path, help="a folder for what the original finds in --image, which the app's tests compare with")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        models = unpack(args.package, Path(folder))
        for name, spec in DETECTORS.items():
            if args.only not in (None, name):
                continue
            size = args.size or spec["size"]
            proto = build(models, spec, size)
            if args.reference:
                image = seeded_picture(size) if args.image is None else letterboxed(args.image, size)[0]
                expected = original(models, spec, size, args.reference, image)
                count, box, score = compare(proto, expected, image)
                print(f"{name}: {count} boxes, largest difference {box:.1e} px and {score:.1e}", flush=True)
                assert box < 0.05 and score < 1e-3, "the graph differs from the original"
                if args.record:
                    record(name, spec, models, size, args.reference, args.image, args.record)
            out = args.out / name / "bundle"
            out.mkdir(parents=True, exist_ok=True)
            entry = save(proto, out / "detector.onnx")
            head = {key: spec[key] for key in ("name", "licence")}
            manifest = {
                "schema": 1,
                "kind": "detector",
                "id": name,
                **head,
                "version": "3.3.6",
                "source": f"{PACKAGE} (models/{spec['file']}.json), from {spec['origin']}",
                "imageSize": size,
                "classes": spec["classes"],
                "score": spec["score"],
                "overlap": spec["overlap"],
                "graphs": {"detector": entry},
            }
            write_manifest(out / "manifest.json", manifest)
            print(f"{out}: {entry['bytes']} bytes", flush=True)


if __name__ == "__main__":
    main()
