"""Does the object score know whether the object is there? Measured on clips in which objects leave, hide, vanish or are cut
away; its zero can be set on training clips. `python -m models.training.presence --help`"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from models.nano.model import NanoModel, build_nano
from models.training.common import save
from models.training.data import Images, Videos
from models.training.video_stage import LONGEST, Clips, join, video_loss

SHIFTS = (0.0, -0.5, -1.0, -1.5, 0.5)


@torch.no_grad()
def collect(model: NanoModel, images: Images, videos: Videos, count: int, seed: int = 5) -> tuple[Tensor, Tensor, float]:
    """Tracks `count` clips of 8 frames, half real, a third of them with frames of another clip, from a mask or one click, as at
    inference -> object scores [m], whether the object is there [m], mean IoU where it is."""
    torch.manual_seed(seed), random.seed(seed), np.random.seed(seed)
    clips = Clips(model, images, videos, pool=10**6)
    scores, there, ious = [], [], []
    for k in range(count):
        clip = clips.sample(LONGEST, 3, 0.5, splices=0.35)
        _, iou, score, here = video_loss(model, *join([clip]), correct=0.0, own_sign=True, prompt="mask" if k % 2 else "click")
        ious.append(iou), scores.append(score), there.append(here)
    return torch.cat(scores), torch.cat(there), torch.cat(ious).mean().item()


def shares(scores: Tensor, there: Tensor) -> dict[str, float]:
    """Shares of frames with the right sign."""
    right = (scores > 0) == there
    return {"present": right[there].float().mean().item(), "absent": right[~there].float().mean().item(), "all": right.float().mean().item()}


def worth(right: dict[str, float]) -> float:
    """Where 95 % of the frames with the object are right, those without it decide."""
    return min(right["present"], 0.95) + right["absent"]


def calibrate(model: NanoModel, images: Images, videos: Videos, clips: int) -> None:
    """Moves the score's zero. What the score lets into the memory changes with it, so every candidate is tracked with; a shift that is
    read off the scores of one run can cost ten times what it promised."""
    bias = model.sam_mask_decoder.pred_obj_score_head.layers[-1].bias
    start, best, kept = bias.detach().clone(), -1.0, 0.0
    for shift in SHIFTS:
        with torch.no_grad():
            bias.copy_(start + shift)
        right = shares(*collect(model, images, videos, clips)[:2])
        print(json.dumps({"shift": shift, "training clips": right}), flush=True)
        if worth(right) > best:
            best, kept = worth(right), shift
    with torch.no_grad():
        bias.copy_(start + kept)
    print(json.dumps({"kept": kept}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--clips", type=int, default=60)
    parser.add_argument("--calibrate", type=Path, help="set the score's zero on training clips and write the weights here")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    model = build_nano(args.checkpoint)
    if args.calibrate:
        calibrate(model, Images(args.data, "train"), Videos(args.data, "train"), args.clips)
        save(args.calibrate, model)
    scores, there, iou = collect(model, Images(args.data, "val"), Videos(args.data, "val"), args.clips)
    print(json.dumps({"held-out clips": shares(scores, there), "frames": len(there), "absent": int((~there).sum()), "IoU": iou}), flush=True)


if __name__ == "__main__":
    main()
