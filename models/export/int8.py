"""
The image encoder in int8, for CPUs: products of uint8 activations, whose ranges are read off training images, and int8 weights with a scale for
each channel, which are fitted to these images. The other graphs stay in fp32: they are fast already, and their error would go round the memory.
"""

import hashlib
import json
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from PIL import Image

from models.export.bundle_files import run_session, save, strip, write_manifest
from models.export.halves import widen
from models.export.int8_weights import fit_weights

CALIBRATION_IMAGES = 64
FILE = "image_encoder_int8.onnx"


def calibration_images(data: Path, count=CALIBRATION_IMAGES):
    """Training images, never held-out ones: the first by the SHA-256 of their names, so that new images replace few of them."""
    held_out = set((data / "val_images.txt").read_text().split())
    paths = [path for path in (data / "train/images").glob("*.jpg") if path.stem not in held_out]
    return sorted(paths, key=lambda path: hashlib.sha256(path.stem.encode()).digest())[:count]


def model_image(path: Path, size):
    """uint8 [1, size, size, 3]"""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB").resize((size, size), Image.Resampling.BICUBIC))[None]


class Images(CalibrationDataReader):
    """One image after the other, each read when it is asked for."""

    def __init__(self, paths, size):
        self.feeds = ({"image": model_image(path, size)} for path in paths)

    def get_next(self):
        return next(self.feeds, None)


def quantized(encoder: Path, paths, size):
    """-> the int8 graph of an fp32 image encoder."""
    with tempfile.TemporaryDirectory() as folder:
        prepared, written = Path(folder) / "prepared.onnx", Path(folder) / "int8.onnx"
        quant_pre_process(widen(onnx.load(encoder)), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(written),
            Images(paths, size),
            quant_format=QuantFormat.QOperator,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            per_channel=True,
        )
        proto = onnx.load(written)
        fit_weights(onnx.load(prepared), proto, Images(paths, size).feeds)
    strip(proto)
    return proto


def relative_error(encoder: Path, int8: Path, path: Path, size):
    """Of each output on an image: root mean square of the difference over that of the fp32 output."""
    image = {"image": model_image(path, size)}
    session = run_session(str(encoder))
    names = [output.name for output in session.get_outputs()]
    pairs = zip(names, session.run(names, image), run_session(str(int8)).run(names, image))
    return {name: float(np.sqrt(((a - b) ** 2).mean() / (a**2).mean())) for name, a, b in pairs}


def add_int8(bundle: Path, data: Path):
    """Writes the int8 encoder beside the fp32 one of a bundle, and names it in the manifest; nothing else changes."""
    manifest = json.loads((bundle / "manifest.json").read_text())
    graphs, size = manifest["graphs"], manifest["imageSize"]
    encoder = bundle / graphs["imageEncoder"]["file"]
    *paths, unseen = calibration_images(data, CALIBRATION_IMAGES + 1)
    entry = save(quantized(encoder, paths, size), bundle / FILE)
    errors = relative_error(encoder, bundle / FILE, unseen, size)
    assert max(errors.values()) < 0.3, f"the int8 encoder is far from the fp32 one: {errors}"
    print("image_encoder_int8: relative error " + ", ".join(f"{name} {error:.3f}" for name, error in errors.items()), flush=True)
    # Beside the encoder that it stands for.
    manifest["graphs"] = {key: value for name, graph in graphs.items() if name != "imageEncoderInt8" for key, value in around(name, graph, entry)}
    write_manifest(bundle / "manifest.json", manifest)


def around(name, graph, entry):
    return [(name, graph), ("imageEncoderInt8", entry)] if name == "imageEncoder" else [(name, graph)]
