"""
Records the official SAM2VideoPredictor driving nano, for the test of the TypeScript tracker on the same weights.

    python -m models.parity.record_nano --checkpoint models/training/runs/nano-final.pt --out tests/fixtures/nano-parity

The frames come from resources/sample.mp4, decoded at the model's size, so that resizing plays no part. One scenario: point; box;
mask; several objects; propagation; a correction on a tracked frame (kept: add_all_frames_to_correct_as_cond); propagation
again; backward. Written: frames.png (all frames below each other), scenario.json and scenario.bin in the layout of the other recordings.
"""

import argparse
import json
import subprocess
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from models.nano.model import IMAGE_MEAN, IMAGE_SIZE, IMAGE_STD, build_nano_video_predictor

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


def decode(clip):
    """RGB frames [COUNT, S, S, 3] of the clip, stretched by ffmpeg."""
    select = f"select='gte(n\\,{FIRST})*not(mod(n-{FIRST}\\,{STEP}))',scale={IMAGE_SIZE}:{IMAGE_SIZE}:flags=bicubic+accurate_rnd+full_chroma_int,format=rgb24"
    command = ["ffmpeg", "-v", "error", "-i", str(clip), "-vf", select, "-vsync", "passthrough", "-frames:v", str(COUNT), "-f", "rawvideo", "-"]
    raw = subprocess.run(command, check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(COUNT, IMAGE_SIZE, IMAGE_SIZE, 3)


class Recorder:
    def __init__(self):
        self.data = bytearray()

    def put(self, array, dtype="float32"):
        raw = np.packbits(array, bitorder="little").tobytes() if dtype == "bits" else np.ascontiguousarray(array, np.float32).tobytes()
        if dtype == "bfloat16":
            raw = (np.ascontiguousarray(array, np.float32).view(np.uint32) >> 16).astype(np.uint16).tobytes()
        entry = {"dtype": dtype, "shape": list(array.shape), "offset": len(self.data), "bytes": len(raw)}
        self.data += raw
        return entry


def state_of(predictor, frames):
    """The official inference state over frames that are already in memory."""
    mean, std = torch.tensor(IMAGE_MEAN).view(1, 3, 1, 1), torch.tensor(IMAGE_STD).view(1, 3, 1, 1)
    images = (torch.from_numpy(frames.copy()).permute(0, 3, 1, 2).float() / 255 - mean) / std
    import sam2.sam2_video_predictor as module

    original = module.load_video_frames
    module.load_video_frames = lambda **_: (images, HEIGHT, WIDTH)
    try:
        return predictor.init_state(video_path="frames in memory")
    finally:
        module.load_video_frames = original


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--clip", type=Path, default=Path("resources/sample.mp4"))
    parser.add_argument("--out", type=Path, default=Path("tests/fixtures/nano-parity"))
    args = parser.parse_args()
    torch.set_num_threads(2)
    args.out.mkdir(parents=True, exist_ok=True)
    frames = decode(args.clip)
    Image.fromarray(frames.reshape(COUNT * IMAGE_SIZE, IMAGE_SIZE, 3)).save(args.out / "frames.png", optimize=True)

    predictor = build_nano_video_predictor(args.checkpoint, add_all_frames_to_correct_as_cond=True)
    assert predictor.fill_hole_area == 0
    recorder, calls = Recorder(), []

    original = predictor._run_single_frame_inference
    heads = predictor._forward_sam_heads
    seen = {}

    def watched_heads(*positional, **named):
        out = heads(*positional, **named)
        seen["ious"], seen["multimask"] = out[2], bool(named.get("multimask_output", False))
        return out

    attention = predictor.memory_attention.forward

    def watched_attention(*positional, **named):
        tokens = named["memory"].shape[0]
        seen["tokens"] = [int(tokens), int(named["num_obj_ptr_tokens"])]
        return attention(*positional, **named)

    def watched(*positional, **named):
        seen.clear()
        seen["tokens"] = None
        out, masks = original(*positional, **named)
        calls.append(
            {
                "frame": named["frame_idx"],
                "is_mask": named["mask_inputs"] is not None,
                "multimask": seen["multimask"],
                "score": float(out["object_score_logits"][0, 0]),
                "ious": seen["ious"][0].tolist(),
                "low_res": recorder.put(out["pred_masks"][0, 0].numpy()),
                "obj_ptr": recorder.put(out["obj_ptr"][0].numpy()),
                "memory_tokens": seen["tokens"],
            }
        )
        return out, masks

    predictor._forward_sam_heads = watched_heads
    predictor.memory_attention.forward = watched_attention
    predictor._run_single_frame_inference = watched

    state = state_of(predictor, frames)
    steps = []
    with torch.inference_mode():
        for step in STEPS:
            calls.clear()
            # Masks are compared from the low-res logits; one video-size mask a prompt keeps the upsampling honest.
            masks = []
            if step["op"] == "points":
                named = {key: np.array(step[key], np.float32) for key in ("points", "box") if key in step}
                if "labels" in step:
                    named["labels"] = np.array(step["labels"], np.int32)
                frame, ids, video = predictor.add_new_points_or_box(
                    state, step["frame"], step["obj"], clear_old_points=step.get("clear_old_points", True), **named
                )
                masks.append({"frame": frame, "bits": recorder.put((video[:, 0] > 0).numpy(), "bits")})
            elif step["op"] == "mask":
                frame, ids, video = predictor.add_new_mask(state, step["frame"], step["obj"], ellipse())
                masks.append({"frame": frame, "bits": recorder.put((video[:, 0] > 0).numpy(), "bits")})
            else:
                for frame, ids, video in predictor.propagate_in_video(state, start_frame_idx=step.get("start"), reverse=step.get("reverse", False)):
                    if frame == COUNT - 1:
                        masks.append({"frame": frame, "bits": recorder.put((video[:, 0] > 0).numpy(), "bits")})
            steps.append({"step": step, "ids": list(map(int, ids)), "calls": list(calls), "preflight": [], "video_masks": masks})
    (args.out / "scenario.bin").write_bytes(recorder.data)
    head = {"scenario": "nano", "bin": "scenario.bin", "add_all_frames_to_correct_as_cond": True}
    video = {"width": WIDTH, "height": HEIGHT, "frames": COUNT, "image_size": IMAGE_SIZE}
    (args.out / "scenario.json").write_text(json.dumps({**head, "video": video, "steps": steps}) + "\n")
    scores = [call["score"] for step in steps for call in step["calls"]]
    print(len(scores), "calls; object logits from", min(scores), "to", max(scores), "; bytes", len(recorder.data))


if __name__ == "__main__":
    main()
