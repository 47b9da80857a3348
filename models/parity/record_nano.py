"""
Records the official SAM2VideoPredictor driving nano, for the test of the TypeScript tracker on the same weights.

    python -m models.parity.record_nano --checkpoint models/training/runs/nano-final.pt --out tests/fixtures/nano-parity

The frames come from resources/sample.mp4, decoded at the model's size, so that resizing plays no part, and are kept as video in RGB, which every
decoder gives back to the bit. One scenario: point; box; mask; several objects; propagation; a correction on a tracked frame (kept:
add_all_frames_to_correct_as_cond); propagation again; backward. Written: frames.mkv, scenario.json and scenario.bin.gz.
"""

import argparse
import subprocess
from pathlib import Path

import numpy as np
import torch

from models.nano.model import IMAGE_MEAN, IMAGE_SIZE, IMAGE_STD, build_nano_video_predictor
from models.parity.official import state_of
from models.parity.recorder import Recorder, normalised

WIDTH, HEIGHT = 1280, 720
FIRST, STEP, COUNT = 44, 3, 14

STEPS = [
    {"op": "points", "frame": 0, "obj": 1, "points": [[500, 400]], "labels": [1]},
    {"op": "points", "frame": 0, "obj": 2, "box": [60, 240, 250, 420]},
    {"op": "points", "frame": 0, "obj": 2, "points": [[170, 330]], "labels": [1], "clear_old_points": False},
    {"op": "mask", "frame": 0, "obj": 3, "mask": "ellipse"},
    {"op": "propagate"},
    {"op": "points", "frame": 9, "obj": 1, "points": [[520, 450], [900, 300]], "labels": [1, 0]},
    {"op": "propagate", "start": 0},
    {"op": "propagate", "start": 12, "reverse": True},
]


def ellipse():
    """A hand-drawn mask: the stone on the right."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return ((x - 960) / 150.0) ** 2 + ((y - 340) / 60.0) ** 2 < 1


def run(*args):
    return subprocess.run(["ffmpeg", "-v", "error", "-y", *args], check=True, capture_output=True).stdout


def make_frames(clip, path):
    """The frames of the clip, stretched by ffmpeg, as a small video in RGB."""
    select = f"select='gte(n\\,{FIRST})*not(mod(n-{FIRST}\\,{STEP}))',scale={IMAGE_SIZE}:{IMAGE_SIZE}:flags=bicubic+accurate_rnd+full_chroma_int,format=gbrp,setpts=N/25/TB"
    encode = ["-c:v", "libx264rgb", "-crf", "16", "-preset", "slow", "-threads", "1", "-fflags", "+bitexact", "-flags:v", "+bitexact"]
    run("-i", str(clip), "-vf", select, "-vsync", "passthrough", "-frames:v", str(COUNT), "-an", *encode, str(path))


def read_frames(path):
    """RGB frames [COUNT, S, S, 3]"""
    raw = run("-i", str(path), "-vsync", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
    return np.frombuffer(raw, np.uint8).reshape(COUNT, IMAGE_SIZE, IMAGE_SIZE, 3)


def keeps_masks(step, frame):
    """Masks are compared from the low-res logits; one video-size mask a prompt keeps the upsampling honest."""
    return step["op"] != "propagate" or frame == COUNT - 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, default=Path("models/nano/nano-0.6.0.pt"))
    parser.add_argument("--clip", type=Path, default=Path("resources/sample.mp4"))
    parser.add_argument("--out", type=Path, default=Path("tests/fixtures/nano-parity"))
    args = parser.parse_args()
    torch.set_num_threads(2)
    args.out.mkdir(parents=True, exist_ok=True)
    make_frames(args.clip, args.out / "frames.mkv")
    frames = normalised(read_frames(args.out / "frames.mkv"), IMAGE_MEAN, IMAGE_STD)
    predictor = build_nano_video_predictor(args.checkpoint, add_all_frames_to_correct_as_cond=True)
    assert predictor.fill_hole_area == 0
    recorder = Recorder(predictor, logits="float16")
    with torch.inference_mode():
        steps = recorder.play(state_of(predictor, frames, WIDTH, HEIGHT), STEPS, lambda _: ellipse(), keeps_masks)
    video = {"width": WIDTH, "height": HEIGHT, "frames": COUNT, "image_size": IMAGE_SIZE}
    recorder.write(args.out, "scenario", {"scenario": "nano", "add_all_frames_to_correct_as_cond": True, "video": video}, steps)


if __name__ == "__main__":
    main()
