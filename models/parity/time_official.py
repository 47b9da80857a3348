"""Times the official PyTorch predictor on a folder of JPEG frames, for `npm run bench:models`. Prints one JSON object.

`python -m models.parity.time_official --size tiny --image-size 512 --checkpoint FILE --frames FOLDER`
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path

import torch
from sam2.build_sam import build_sam2_video_predictor

CONFIGS = {
    "tiny": "configs/sam2.1/sam2.1_hiera_t.yaml",
    "small": "configs/sam2.1/sam2.1_hiera_s.yaml",
    "base-plus": "configs/sam2.1/sam2.1_hiera_b+.yaml",
    "large": "configs/sam2.1/sam2.1_hiera_l.yaml",
}


class Stopwatch:
    """Milliseconds spent in wrapped methods since the last `take`."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def wrap(self, owner: object, method: str, name: str) -> None:
        inner = getattr(owner, method)

        def timed(*args, **kwargs):
            start = time.perf_counter()
            try:
                return inner(*args, **kwargs)
            finally:
                self.spent[name] = self.spent.get(name, 0.0) + (time.perf_counter() - start) * 1e3

        setattr(owner, method, timed)

    def take(self) -> dict[str, float]:
        spent, self.spent = self.spent, {}
        return spent


def spread_points(count: int, width: int, height: int) -> list[tuple[float, float]]:
    places = [(0.45, 0.53), (0.1, 0.45), (0.7, 0.5), (0.5, 0.2), (0.25, 0.75)]
    return [(x * width, y * height) for x, y in places[:count]]


def measure(predictor, watch: Stopwatch, frames: Path, objects: int, warm: int) -> dict:
    with torch.inference_mode():
        state = predictor.init_state(str(frames))
        for index, point in enumerate(spread_points(objects, state["video_width"], state["video_height"])):
            predictor.add_new_points_or_box(state, frame_idx=0, obj_id=index + 1, points=[point], labels=[1])
        totals, modules = [], []
        watch.take()
        start = time.perf_counter()
        for _ in predictor.propagate_in_video(state):
            now = time.perf_counter()
            totals.append((now - start) * 1e3)
            modules.append(watch.take())
            start = time.perf_counter()
    steady = modules[warm:]
    names = sorted({name for frame in steady for name in frame})
    return {
        "objects": objects,
        "frameMs": statistics.median(totals[warm:]),
        "modules": {name: statistics.median(frame.get(name, 0.0) for frame in steady) for name in names},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=CONFIGS, required=True)
    parser.add_argument("--image-size", type=int, default=1024)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--frames", type=Path, required=True)
    parser.add_argument("--objects", default="1,5")
    parser.add_argument("--warm", type=int, default=17, help="frames that fill the memory, not counted")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    predictor = build_sam2_video_predictor(
        CONFIGS[args.size], str(args.checkpoint), device="cpu", hydra_overrides_extra=[f"++model.image_size={args.image_size}"]
    )
    watch = Stopwatch()
    watch.wrap(predictor, "forward_image", "imageEncoder")
    watch.wrap(predictor.memory_attention, "forward", "memoryAttention")
    watch.wrap(predictor, "_forward_sam_heads", "maskDecoder")
    watch.wrap(predictor, "_encode_new_memory", "memoryEncoder")
    runs = [measure(predictor, watch, args.frames, int(count), args.warm) for count in args.objects.split(",")]
    print(json.dumps({"torch": torch.__version__, "threads": args.threads, "runs": runs}))


if __name__ == "__main__":
    main()
