"""
Records the official SAM2VideoPredictor at SAM 2.1's own sizes with seeded weights, for the tests of the TypeScript tracker.

    python -m models.parity.record_sam21 scenarios        # every scenario, tiny at 512 -> tests/fixtures/sam21-parity
    python -m models.parity.record_sam21 sizes            # one scenario, every size, at 512 and 1024

The weights are not stored: seeded_weights.py makes them from a seed, tests/parity/sam21-checkpoint.ts makes the same. A recording holds, of
each call, the mask's bits, the pointer, scores and token counts, and of some calls the logits as 16-bit floats.
"""

import argparse
import gzip
import json
import subprocess
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from models.export.sam21 import SIZES, build
from models.parity.official import apply_step, call_watchers, pack_array, state_of
from models.parity.sam21_scenarios import FOR_ALL_SIZES, SCENARIOS
from models.parity.seeded_weights import TUNING, law

WIDTH, HEIGHT, IMAGES = 192, 108, 12
SEED = 7
MEAN, STD = torch.tensor((0.485, 0.456, 0.406)).view(1, 3, 1, 1), torch.tensor((0.229, 0.224, 0.225)).view(1, 3, 1, 1)


def decode(clip):
    """RGB images [IMAGES, HEIGHT, WIDTH, 3], every fourth of the clip from frame 40 on."""
    select = f"select='gte(n\\,40)*not(mod(n-40\\,4))',scale={WIDTH}:{HEIGHT}:flags=bicubic+accurate_rnd+full_chroma_int,format=rgb24"
    command = ["ffmpeg", "-v", "error", "-i", str(clip), "-vf", select, "-vsync", "passthrough", "-frames:v", str(IMAGES), "-f", "rawvideo", "-"]
    raw = subprocess.run(command, check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(IMAGES, HEIGHT, WIDTH, 3)


def image_of_frame(frame):
    """The clip runs to and fro."""
    at = frame % (2 * IMAGES - 2)
    return min(at, 2 * IMAGES - 2 - at)


def ellipse_mask(parameters):
    if not parameters:
        return np.zeros((HEIGHT, WIDTH), bool)
    x0, y0, rx, ry = parameters
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return ((x - x0) / rx) ** 2 + ((y - y0) / ry) ** 2 < 1


class Recorder:
    """Watches a predictor; every single-object inference becomes one entry of `calls`."""

    def __init__(self, predictor, images):
        self.predictor, self.data, self.calls, self.seen = predictor, bytearray(), [], {}
        size = predictor.image_size
        resized = np.stack([np.asarray(Image.fromarray(image).resize((size, size))) for image in images])
        self.images = (torch.from_numpy(resized).permute(0, 3, 1, 2).float() / 255 - MEAN) / STD
        self.features = {}
        self.watch()

    def watch(self):
        predictor, seen = self.predictor, self.seen
        run, forward_image = predictor._run_single_frame_inference, predictor.forward_image

        def cached_image(image):
            # The clip shows each image several times, and its features never change.
            key = hash(image.numpy().tobytes())
            if key not in self.features:
                self.features[key] = forward_image(image)
            out = self.features[key]
            return {**out, "backbone_fpn": list(out["backbone_fpn"]), "vision_pos_enc": list(out["vision_pos_enc"])}

        def watched(*positional, **named):
            seen.clear()
            out, masks = run(*positional, **named)
            state = named["inference_state"]
            obj = next(state["obj_idx_to_id"][i] for i, d in state["output_dict_per_obj"].items() if d is named["output_dict"])
            is_mask = named["mask_inputs"] is not None
            self.calls.append(
                {
                    "frame": named["frame_idx"], "obj": int(obj), "is_mask": is_mask, "multimask": not is_mask and seen["multimask"],
                    "score": float(out["object_score_logits"][0, 0]), "ious": [1.0] if is_mask else seen["ious"], "stability": seen.get("stability"),
                    "tokens": seen.get("tokens"), "mask": self.put(out["pred_masks"][0, 0].numpy() > 0, "bits"),
                    "pointer": self.put(out["obj_ptr"][0].numpy(), "float16"), "logits": out["pred_masks"][0, 0].numpy(),
                }
            )
            return out, masks

        own = ((predictor, "forward_image", cached_image), (predictor, "_run_single_frame_inference", watched))
        for owner, method, watching in (*own, *call_watchers(predictor, seen)):
            setattr(owner, method, watching)

    def put(self, array, dtype):
        return pack_array(self.data, array, dtype)

    def play(self, frame_count, steps):
        images = self.images[[image_of_frame(t) for t in range(frame_count)]]
        state, recorded = state_of(self.predictor, images, WIDTH, HEIGHT), []
        for step in steps:
            self.calls.clear()
            for _ in apply_step(self.predictor, state, step, lambda prompted: ellipse_mask(prompted["ellipse"])):
                pass
            calls = list(self.calls)
            # Logits of what was prompted, and of the last frame of a run.
            for index, call in enumerate(calls):
                keep = step["op"] != "propagate" or call["frame"] == calls[-1]["frame"]
                call["logits"] = self.put(call["logits"], "float16") if keep else None
            recorded.append({"step": step, "calls": calls})
            print(step, *(f"{call['frame']}/{call['obj']}: {call['score']:.2f} {call['stability']:.3f} {np.argmax(call['ious'])}" for call in calls), flush=True)
        return {"frameCount": frame_count, "steps": recorded}


def tuned(size, image_size):
    return build(size, image_size, seed=SEED, tuning=TUNING, add_all_frames_to_correct_as_cond="true")


def laws(model):
    """What the test makes the weights from: parameter -> [offset, scale]."""
    return {key: list(law(key, tuple(value.shape), TUNING)) for key, value in model.state_dict().items()}


def write(out, name, recorder, head, scenarios):
    """One line a call."""
    (out / f"{name}.bin.gz").write_bytes(gzip.compress(bytes(recorder.data), 9, mtime=0))
    text = json.dumps({**head, "seed": SEED, "video": {"width": WIDTH, "height": HEIGHT, "images": IMAGES}, "bin": f"{name}.bin.gz", "scenarios": scenarios, "laws": laws(recorder.predictor)})
    (out / f"{name}.json").write_text(text.replace('{"step"', '\n{"step"').replace('{"frame": ', '\n {"frame": ') + "\n")
    print(out / name, len(recorder.data), "+", len(text), "bytes")


def statistics(scenarios):
    calls = [call for scenario in scenarios.values() for step in scenario["steps"] for call in step["calls"]]
    tracked = [call for call in calls if call["tokens"]]
    scores = [call["score"] for call in calls]
    single = [call for call in calls if not call["multimask"] and not call["is_mask"]]
    chosen = [int(np.argmax(call["ious"])) for call in calls if call["multimask"]]
    print(len(calls), "calls,", len(tracked), "with memory; object logits", min(scores), "to", max(scores), ";", sum(s <= 0 for s in scores), "absent; nearest to zero", min(map(abs, scores)))
    print("single mask:", len(single), "of them unstable", sum(call["stability"] < 0.98 for call in single), "; candidates chosen", {i: chosen.count(i) for i in set(chosen)})
    margins = [np.diff(sorted(call["ious"]))[-1] for call in calls if call["multimask"]]
    print("smallest margin between candidates", min(margins))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["scenarios", "sizes"])
    parser.add_argument("--clip", type=Path, default=Path("resources/sample.mp4"))
    parser.add_argument("--out", type=Path, default=Path("tests/fixtures/sam21-parity"))
    parser.add_argument("--only", nargs="*")
    args = parser.parse_args()
    torch.set_num_threads(2)
    args.out.mkdir(parents=True, exist_ok=True)
    images = decode(args.clip)
    Image.fromarray(images.reshape(IMAGES * HEIGHT, WIDTH, 3)).save(args.out / "images.png", optimize=True)
    with torch.inference_mode():
        if args.what == "scenarios":
            recorder = Recorder(tuned("tiny", 512), images)
            scenarios = {name: recorder.play(*SCENARIOS[name]) for name in args.only or SCENARIOS}
            statistics(scenarios)
            write(args.out, "tiny-512", recorder, {"model": "sam2.1-tiny/512"}, scenarios)
            return
        for image_size, (frame_count, steps) in FOR_ALL_SIZES.items():
            for size in args.only or SIZES:
                recorder = Recorder(tuned(size, image_size), images)
                scenarios = {"size": recorder.play(frame_count, steps)}
                statistics(scenarios)
                write(args.out, f"size-{size}-{image_size}", recorder, {"model": f"sam2.1-{size}/{image_size}"}, scenarios)


if __name__ == "__main__":
    main()
