"""Stage 1: clicks and boxes on still images, with correction clicks. `python -m models.training.image_stage --help`"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import numpy as np
import torch

from models.nano.model import build_nano, initialise_for_training
from models.training.common import (
    Ema, Log, Workers, correction, decode, early_features, first_prompt, load_matching, precision, prompt_loss, quicken,
    save, schedule,
)
from models.training.data import Images, low_mask
from models.training.evaluate import evaluate_images
from models.training.optimiser import build_optimiser


class Cache:
    """Early trunk features of (image, flipped), computed on first use, kept as fp16."""

    def __init__(self, model, images: Images) -> None:
        self.model, self.images, self.store = model, images, {}

    def get(self, i: int, flip: bool):
        if (i, flip) not in self.store:
            rgb = self.images.rgb[i][:, ::-1] if flip else self.images.rgb[i]
            s4, s8 = early_features(self.model, torch.from_numpy(np.ascontiguousarray(rgb))[None])
            self.store[i, flip] = (s4[0].half(), s8[0].half())
        return self.store[i, flip]


def recolour(rgb: np.ndarray) -> np.ndarray:
    """Another exposure, contrast and saturation: uint8 [S, S, 3] -> uint8 [S, S, 3]"""
    x = rgb.astype(np.float32)
    grey = x.mean(2, keepdims=True)
    x = grey + (x - grey) * random.uniform(0.5, 1.4)
    x = (x - 128) * random.uniform(0.75, 1.3) + 128 + random.uniform(-25, 25)
    return x.clip(0, 255).astype(np.uint8)


def cut_image(images: Images, model, i: int):
    """A random part of an image with other colours -> s4, s8, labels [S, S], ids in it (may be none)"""
    share = random.uniform(0.4, 0.95)
    rgb, label, ids = images.window(i, random.uniform(0, 1 - share), random.uniform(0, 1 - share), share)
    if random.random() < 0.5:
        rgb, label = rgb[:, ::-1], label[:, ::-1]
    s4, s8 = early_features(model, torch.from_numpy(np.ascontiguousarray(recolour(rgb)))[None])
    return s4[0], s8[0], label, ids


def image_batch(images: Images, cache: Cache, count: int, prompts: int, cuts: float = 0.0):
    """`cuts`: the share of images of which a part is taken -> s4 [count, ...], s8 [count, ...], targets [count * prompts, L, L]"""
    s4, s8, targets = [], [], []
    for i in random.sample(range(len(images)), count):
        if random.random() < cuts:
            a, b, label, ids = cut_image(images, cache.model, i)
            if ids:
                s4.append(a)
                s8.append(b)
                targets += [low_mask(label == k) for k in random.choices(ids, k=prompts)]
                continue
        flip = random.random() < 0.5
        a, b = cache.get(i, flip)
        s4.append(a.float())
        s8.append(b.float())
        for region in random.choices(images.regions[i], k=prompts):
            mask = images.mask(i, region)
            targets.append(low_mask(mask[:, ::-1] if flip else mask))
    return torch.stack(s4), torch.stack(s8), torch.from_numpy(np.stack(targets))


def image_loss(model, maps, targets, prompts: int, central: float = 0.0, clicks: float = 0.6):
    """maps: s0, s1, top of n images; targets [n * prompts, L, L]. One step's loss: most steps start as clicks (`clicks`: the share; `central`: how often in the
    middle of the object), the others as boxes or two clicks; as many steps add correction clicks with the previous mask."""
    s0, s1, top = maps
    top = top + model.no_mem_embed[0, 0][None, :, None, None]
    repeat = lambda x: x.repeat_interleave(prompts, 0)  # noqa: E731
    s0, s1, top = repeat(s0), repeat(s1), repeat(top)
    kind = random.choices(("click", "box", "clicks"), (clicks, 0.75 * (1 - clicks), 0.25 * (1 - clicks)))[0]
    points, labels = first_prompt(targets, "box" if kind == "box" else "click", 2 if kind == "clicks" else 1, central)
    masks, ious, _, _ = decode(model, top, s0, s1, points, labels, None)
    loss, chosen, iou = prompt_loss(masks, ious, targets, multimask=kind == "click")
    if kind == "click":  # the mask that is right most often, beside the three that share the possibilities
        loss = loss + prompt_loss(masks, ious, targets, multimask=False)[0]
    rounds = random.choices((0, 1, 2), (clicks - 0.2, 0.6 - clicks / 2, 0.6 - clicks / 2))[0]
    for _ in range(rounds):
        logits = masks.detach()[torch.arange(len(masks), device=masks.device), chosen]
        point, label = correction(logits, targets)
        points = torch.cat([points, point[:, None]], 1)
        labels = torch.cat([labels, label[:, None]], 1)
        masks, ious, _, _ = decode(model, top, s0, s1, points, labels, logits[:, None].clamp(-32, 32))
        more, chosen, _ = prompt_loss(masks, ious, targets, multimask=False)
        loss = loss + more
    return loss / (1 + rounds), iou.mean()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--runs", type=Path, default=Path("models/training/runs"))
    parser.add_argument("--start", type=Path, help="a checkpoint whose tensors are taken where name and shape agree")
    parser.add_argument("--minutes", type=float, default=24)
    parser.add_argument("--lr", type=float, default=8e-4)
    parser.add_argument("--trunk-lr", type=float, default=8e-5)
    parser.add_argument("--images", type=int, default=4, help="images a step")
    parser.add_argument("--prompts", type=int, default=4, help="prompts an image")
    parser.add_argument("--cuts", type=float, default=0.5, help="share of images of which a random part is taken")
    parser.add_argument("--central", type=float, default=0.5, help="share of steps whose first click is in the middle of the object")
    parser.add_argument("--clicks", type=float, default=0.6, help="share of steps that start with one click; most of these end with it")
    parser.add_argument("--decoder-only", action="store_true", help="only prompt encoder and mask decoder learn: the memory goes on seeing the features it knows")
    parser.add_argument("--muon", action=argparse.BooleanOptionalAction, default=True, help="Muon for the matrices; else AdamW for everything")
    parser.add_argument("--bf16", action=argparse.BooleanOptionalAction, default=False)
    parser.add_argument("--quick", action=argparse.BooleanOptionalAction, default=False, help="compile the parts that are many small operations")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--validate-every", type=float, default=5, help="minutes")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    workers = Workers()
    seed = args.seed + 1000 * workers.rank
    torch.manual_seed(seed), random.seed(seed), np.random.seed(seed)
    args.runs.mkdir(parents=True, exist_ok=True)

    model = build_nano()
    initialise_for_training(model)
    # The object score is taught by the video stage; until then it says "present".
    torch.nn.init.constant_(model.sam_mask_decoder.pred_obj_score_head.layers[-1].bias, 3.0)
    if args.start:
        load_matching(model, args.start)
    if args.quick:
        quicken(model)
    if args.decoder_only:
        args.trunk_lr = 0.0
        for name, p in model.named_parameters():
            p.requires_grad_(name.startswith(("sam_prompt_encoder.", "sam_mask_decoder.")))
    optimiser = build_optimiser(model, args.lr, args.trunk_lr, args.muon)
    ema = Ema(model)
    step, spent = 0, 0.0
    state = args.runs / "image-state.pt"
    if state.exists():
        saved = torch.load(state, weights_only=True)
        model.load_state_dict(saved["model"]), ema.model.load_state_dict(saved["ema"])
        optimiser.load_state_dict(saved["optimiser"])
        step, spent, ema.steps = saved["step"], saved["spent"], saved["step"]
    workers.agree(model)
    workers.agree(ema.model)
    images, held_out = Images(args.data, "train"), Images(args.data, "val")
    print(len(images), "images for training,", len(held_out), "held out", flush=True)
    cache, log = Cache(model, images), Log(args.runs / "log.csv")

    def features(s4: torch.Tensor, s8: torch.Tensor) -> list[torch.Tensor]:
        with torch.set_grad_enabled(not args.decoder_only):
            levels = [s4, s8, *model.image_encoder.trunk.late(s8)]
            maps, _ = model.image_encoder.neck(levels)
        return [model.sam_mask_decoder.conv_s0(maps[0]), model.sam_mask_decoder.conv_s1(maps[1]), maps[2]]

    def keep() -> None:
        torch.save({"model": model.state_dict(), "ema": ema.model.state_dict(), "optimiser": optimiser.state_dict(),
                    "step": step, "spent": spent}, state)
        save(args.runs / "nano-latest.pt", ema.model)

    began, last_validation, losses, scores = time.time() - spent, spent, [], []
    while spent < args.minutes * 60:
        factor = schedule(step, spent / (args.minutes * 60))
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * factor
        s4, s8, targets = image_batch(images, cache, args.images, args.prompts, args.cuts)
        with precision(args.bf16):
            loss, iou = image_loss(model, features(s4, s8), targets, args.prompts, args.central, args.clicks)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        spent = workers.share(model, time.time() - began)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimiser.step()
        ema.update(model)
        step += 1
        losses.append(loss.item()), scores.append(iou.item())
        if step % 50 == 0 and workers.leads:
            log.row(seconds=spent, stage="image", step=step, loss=float(np.mean(losses)), train_iou=float(np.mean(scores)), lr=args.lr * factor)
            losses, scores = [], []
        if spent - last_validation > args.validate_every * 60:
            last_validation = spent
            if not workers.leads:
                continue
            log.row(seconds=spent, stage="image", step=step, **evaluate_images(ema.model, held_out, limit=60))
            keep()
    if not workers.leads:
        return
    keep()
    save(args.runs / "nano-image.pt", ema.model)
    log.row(seconds=spent, stage="image", step=step, **evaluate_images(ema.model, held_out))


if __name__ == "__main__":
    main()
