"""
Records the official SAM2VideoPredictor on the small SAM 2.1 of tests/fixtures/sam21-small256, for a clone that has nothing else.

    python -m models.parity.record_small        # -> tests/fixtures/small-parity

Every call is recorded with what a forced run needs, so that a test can compare each alone. The weights are seeded (seeded_weights.py) and the
images are those of tests/fixtures/sam21-parity, so neither is stored; logits are 16-bit floats. The scenarios are short, and chosen so
that each rule of tests/parity/mutations is broken by one of them.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from models.export.graphs import MEAN, STD
from models.parity.record_sam21 import HEIGHT, IMAGES, WIDTH, ellipse_mask, image_of_frame
from models.parity.official import state_of
from models.parity.recorder import Recorder, normalised
from models.parity.sam21_scenarios import box, click, more
from models.parity.small_model import IMAGE_SIZE, SEED, build_small, laws

FRAMES = 16
MASKS = {"masks/ellipse.png": (140, 55, 30, 20), "masks/empty.png": ()}


def mask(frame, obj, name):
    return {"op": "mask", "frame": frame, "obj": obj, "mask": f"masks/{name}.png"}


def track(start=None, most=None, reverse=False):
    """`most` frames more than the first."""
    named = {"start": start, "max_frames": most, "reverse": reverse or None}
    return {"op": "propagate", **{key: value for key, value in named.items() if value is not None}}


def clear(frame, obj):
    return {"op": "clear", "frame": frame, "obj": obj}


def remove(obj):
    return {"op": "remove", "obj": obj}


# name -> (whether corrections become conditioning frames, steps)
SCENARIOS = {
    "click": (False, [click(0, 1, (70, 60, 1)), track()]),
    "corrections": (
        False,
        [click(0, 1, (70, 60, 1)), box(0, 2, 100, 20, 170, 80), more(0, 2, (130, 50, 1)), more(0, 1, (90, 50, 1)), track(0, 4), click(2, 1, (100, 60, 1), (40, 80, 0)), track(3, 2), track(2, 1)],
    ),
    "kept_corrections": (
        True,
        [click(0, 1, (70, 60, 1)), box(0, 2, 100, 20, 170, 80), track(0, 6), click(4, 1, (100, 60, 1), (40, 80, 0)), track(0, 8)],
    ),
    "mask_and_reverse": (
        False,
        [
            mask(8, 1, "ellipse"),
            {**box(8, 2, 20, 30, 110, 100), "points": [[60, 60], [180, 10]], "labels": [1, 0]},
            track(8, 2),
            track(8, 8, reverse=True),
            click(4, 2, (90, 60, 1)),
            track(6, 5, reverse=True),
        ],
    ),
    "empty_mask_and_prompts_ahead": (
        True,
        [mask(0, 1, "empty"), track(most=3), click(2, 1, (84, 50, 1)), click(5, 1, (120, 60, 1)), box(9, 1, 60, 20, 130, 90), track()],
    ),
    "prompts_and_objects_removed": (
        True,
        [
            click(0, 1, (70, 60, 1)), click(0, 2, (150, 30, 1)), click(3, 1, (90, 40, 1)), track(0, 4),
            clear(3, 1), track(0, 4), remove(1), track(3, 3),
        ],
    ),
}


def keeps_masks(step, frame):
    """Video masks are made from the logits: those of prompts and of some frames do."""
    return step["op"] != "propagate" or frame % 3 == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=Path, default=Path("tests/fixtures/sam21-parity/images.png"))
    parser.add_argument("--out", type=Path, default=Path("tests/fixtures/small-parity"))
    parser.add_argument("--only", nargs="*")
    args = parser.parse_args()
    torch.set_num_threads(2)
    (args.out / "masks").mkdir(parents=True, exist_ok=True)
    for name, ellipse in MASKS.items():
        Image.fromarray(ellipse_mask(ellipse).astype(np.uint8) * 255).save(args.out / name, optimize=True)

    images = np.asarray(Image.open(args.images)).reshape(IMAGES, HEIGHT, WIDTH, 3)
    resized = np.stack([np.asarray(Image.fromarray(image).resize((IMAGE_SIZE, IMAGE_SIZE))) for image in images])
    frames = normalised(resized, MEAN, STD)[[image_of_frame(t) for t in range(FRAMES)]]
    model = build_small()
    with torch.inference_mode():
        for name in args.only or SCENARIOS:
            model.add_all_frames_to_correct_as_cond, steps = SCENARIOS[name]
            recorder = Recorder(model, logits="float16", memories=True)
            played = recorder.play(state_of(model, frames, WIDTH, HEIGHT), steps, lambda name: ellipse_mask(MASKS[name]), keeps_masks)
            recorder.unwatch()
            recorder.write(args.out, name, {"scenario": name, "add_all_frames_to_correct_as_cond": SCENARIOS[name][0]}, played)
    config = {
        "image_size": IMAGE_SIZE,
        "video": [WIDTH, HEIGHT],
        "frames": FRAMES,
        "images": {"file": "../sam21-parity/images.png", "count": IMAGES},
        "seed": SEED,
        "tolerance_teacher_forced": {"low_res": 0.02, "obj_ptr": 0.001, "score": 0.0005, "iou": 0.0005, "memory": 0.25},
        "laws": laws(model),
    }
    (args.out / "config.json").write_text(json.dumps(config).replace(', "laws"', ',\n"laws"').replace('], "', '],\n "') + "\n")


if __name__ == "__main__":
    main()
