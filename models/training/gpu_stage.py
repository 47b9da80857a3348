"""Training on a GPU, where minutes do what hours do on a CPU: the whole trunk learns, and batches are made on the GPU (bank.py, compose.py).
`--stage image` takes stills alone, `--stage joint` stills and clips together. `python -m models.training.gpu_stage --help`"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import torch

from models.nano.model import build_nano
from models.training.bank import ImageBank, VideoBank, trunk_input
from models.training.common import Ema, Log, decoder_maps, precision, save, schedule
from models.training.compose import clip_batch
from models.training.image_stage import image_loss
from models.training.optimiser import build_optimiser
from models.training.video_stage import LONGEST, video_loss


def levels_of(model, rgb: torch.Tensor, bf16: bool, wide: bool) -> list[torch.Tensor]:
    """rgb [n, 3, S, S] 0..255 -> the trunk's four levels"""
    x = trunk_input(rgb)
    with precision(bf16):
        levels = model.image_encoder.trunk(x.contiguous(memory_format=torch.channels_last) if wide else x)
    return [level.float() for level in levels]


def validate(checkpoint: Path, data: Path, out: Path) -> subprocess.Popen:
    """Held-out images, on the CPU and beside the training"""
    command = [sys.executable, "-m", "models.training.evaluate", str(checkpoint), "--data", str(data), "--images-only", "--out", str(out), "--threads", "4"]
    return subprocess.Popen(command, env={**os.environ, "CUDA_VISIBLE_DEVICES": ""})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--runs", type=Path, default=Path("models/training/runs"))
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--stage", choices=("image", "joint"), required=True)
    parser.add_argument("--minutes", type=float, required=True, help="loading not counted")
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--trunk-lr", type=float, default=3e-4)
    parser.add_argument("--early-lr", type=float, default=1e-4)
    parser.add_argument("--images", type=int, default=64, help="stills a step")
    parser.add_argument("--prompts", type=int, default=4, help="prompts a still")
    parser.add_argument("--clips", type=int, default=16, help="clips a step, half of them real")
    parser.add_argument("--objects", type=int, default=3, help="most objects a clip")
    parser.add_argument("--splices", type=float, default=0.4)
    parser.add_argument("--real", type=float, default=0.5, help="share of real clips")
    parser.add_argument("--cuts", type=float, default=0.7)
    parser.add_argument("--paste", type=float, default=0.3)
    parser.add_argument("--central", type=float, default=0.5, help="share of steps whose first click is in the middle of the object")
    parser.add_argument("--decay", type=float, default=0.999, help="of the averaged weights")
    parser.add_argument("--bf16", action=argparse.BooleanOptionalAction, default=False, help="in the trunk")
    parser.add_argument("--wide", action=argparse.BooleanOptionalAction, default=True, help="channels last in the trunk (an H200: 28 ms for 64 images, 46 ms without)")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--steps", type=int, default=10**9)
    parser.add_argument("--validate-every", type=float, default=100, help="seconds")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.manual_seed(args.seed), random.seed(args.seed), np.random.seed(args.seed)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = args.stage == "image"  # clips have another number of objects each step
    args.runs.mkdir(parents=True, exist_ok=True)
    began = time.time()
    images = ImageBank(args.data, "train", args.device)
    videos = VideoBank(args.data, "train", args.device) if args.stage == "joint" else None
    model = build_nano(args.start).to(args.device)
    if args.wide:
        model.image_encoder.trunk.to(memory_format=torch.channels_last)
    optimiser = build_optimiser(model, args.lr, args.trunk_lr, True, args.early_lr)
    ema, log = Ema(model, args.decay), Log(args.runs / "log.csv")
    print(len(images), "stills", len(images.labels), "maps; loaded in", round(time.time() - began, 1), "s", flush=True)

    running, latest, final = [], args.runs / f"{args.stage}-latest.pt", args.runs / f"{args.stage}-final.pt"
    began, step, noted, validated, losses, scores, signs = time.time(), 0, 0.0, 0.0, [], [], ([], [])
    while (spent := time.time() - began) < args.minutes * 60 and step < args.steps:
        progress = spent / (args.minutes * 60)
        factor = schedule(step, progress, warmup=30)
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * factor
        loss = torch.zeros((), device=args.device)
        rgb, targets = images.batch(args.images, args.prompts, args.cuts, args.paste)
        if videos is None:
            part, iou = image_loss(model, decoder_maps(model, levels_of(model, rgb, args.bf16, args.wide))[0], targets, args.prompts, args.central)
            loss, score = loss + part, iou.detach()
        else:
            real = round(args.clips * args.real)
            length = 4 if progress < 0.06 else 6 if progress < 0.25 else LONGEST
            frames, wanted, owner = clip_batch(images, videos, real, args.clips - real, length, args.objects, args.splices)
            levels = levels_of(model, torch.cat([rgb, frames]), args.bf16, args.wide)
            loss = loss + image_loss(model, decoder_maps(model, [x[: len(rgb)] for x in levels])[0], targets, args.prompts, args.central)[0]
            part, iou, sign, there = video_loss(model, [x[len(rgb) :] for x in levels], wanted, owner, own_sign=progress > 0.2 and random.random() < 0.5)
            loss, score = loss + part, iou.mean()
            signs[0].append(((sign > 0) & there).sum() / there.sum().clamp(min=1)), signs[1].append(((sign < 0) & ~there).sum() / (~there).sum().clamp(min=1))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimiser.step()
        ema.update(model)
        step += 1
        losses.append(loss.detach()), scores.append(score)
        if spent - noted > 15 or step == args.steps:
            noted = spent
            log.row(seconds=spent, stage=args.stage, step=step, loss=torch.stack(losses).mean().item(), train_iou=torch.stack(scores).mean().item(), lr=args.lr * factor)
            if signs[1]:
                print("object sign right: there", torch.stack(signs[0]).mean().item(), "absent", torch.stack(signs[1]).mean().item(), flush=True)
            losses, scores, signs = [], [], ([], [])
        if spent - validated > args.validate_every:
            validated = spent
            save(latest, ema.model)
            running.append(validate(latest, args.data, args.runs / f"{args.stage}-{int(spent)}.json"))
    save(final, ema.model)
    save(args.runs / f"{args.stage}-raw.pt", model)
    print("done", step, "steps", round(time.time() - began, 1), "s,", torch.cuda.max_memory_allocated() // 2**20, "MiB", flush=True)
    running.append(validate(final, args.data, args.runs / f"{args.stage}-final.json"))
    for process in running:
        process.wait()


if __name__ == "__main__":
    main()
