"""Stage 2: short sequences, real and synthetic; the memory path is trained end to end.
`python -m models.training.video_stage --help`"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from models.nano.model import FEATURE_SIZE, IMAGE_SIZE, build_nano
from models.training.common import (
    Ema, Log, correction, decode, early_features, first_prompt, parameter_groups, precision, prompt_loss, save, schedule,
)
from models.training.data import LOW, Images, Videos, low_mask
from models.training.evaluate import evaluate_images, evaluate_videos
from models.training.image_stage import image_loss
from models.training.memory_start import start_memory
from models.training.synthetic import make_clip

MIN_PRESENT = 4.0 / LOW**2  # share of the frame below which an object counts as absent
MIN_START = 0.003  # share an object needs on the frame it is prompted on


class Clips:
    """Trunk features (fp16, the trunk is frozen in this stage) and masks of real and synthetic frames."""

    def __init__(self, model, images: Images, videos: Videos, pool: int) -> None:
        self.model, self.images, self.videos, self.pool = model, images, videos, pool
        self.frames: dict = {}
        self.synthetic: list = []

    @torch.no_grad()
    def features(self, rgb: torch.Tensor) -> list[torch.Tensor]:
        s4, s8 = early_features(self.model, rgb)
        return [x.half() for x in (s4, s8, *self.model.image_encoder.trunk.late(s8))]

    def real(self, length: int):
        v = random.randrange(len(self.videos.names))
        labels = self.videos.labels[v]
        step = random.choice((1, 1, 2, 2, 3, 4))
        step = max(1, min(step, (len(labels) - 1) // (length - 1)))
        first = random.randrange(len(labels) - step * (length - 1))
        order = list(range(first, first + step * length, step))[:length]
        if random.random() < 0.5:
            order.reverse()
        flip = random.random() < 0.5
        parts, masks = [], []
        ids = self.videos.ids(v)
        for t in order:
            if (v, t, flip) not in self.frames:
                rgb = self.videos.rgb[v][t]
                rgb = np.ascontiguousarray(rgb[:, ::-1] if flip else rgb)
                self.frames[v, t, flip] = self.features(torch.from_numpy(rgb)[None])
            parts.append(self.frames[v, t, flip])
            low = np.stack([low_mask(labels[t] == i) for i in ids])
            masks.append(torch.from_numpy(low[:, :, ::-1].copy() if flip else low))
        return [torch.cat(x) for x in zip(*parts, strict=True)], torch.stack(masks)

    def stills(self, count: int, prompts: int):
        """-> four levels of features [count, ...], targets [count * prompts, L, L]"""
        parts, targets = [], []
        for i in random.sample(range(len(self.images)), count):
            flip = random.random() < 0.5
            if ("still", i, flip) not in self.frames:
                rgb = self.images.rgb[i][:, ::-1] if flip else self.images.rgb[i]
                self.frames["still", i, flip] = self.features(torch.from_numpy(np.ascontiguousarray(rgb))[None])
            parts.append(self.frames["still", i, flip])
            for region in random.choices(self.images.regions[i], k=prompts):
                mask = self.images.mask(i, region)
                targets.append(low_mask(mask[:, ::-1] if flip else mask))
        return [torch.cat(x) for x in zip(*parts, strict=True)], torch.from_numpy(np.stack(targets))

    def made(self, length: int):
        if len(self.synthetic) < self.pool and (len(self.synthetic) < 8 or random.random() < 0.35):
            rgb, masks = make_clip(self.images, 8)
            self.synthetic.append((self.features(rgb), masks))
            features, masks = self.synthetic[-1]
        else:
            features, masks = random.choice(self.synthetic)
        total = len(masks)
        first = random.randrange(total - length + 1)
        order = list(range(first, first + length))
        if random.random() < 0.5:
            order.reverse()
        return [x[order] for x in features], masks[order]

    def pairs(self, count: int = 40):
        """Two frames a few steps apart of real clips -> ((levels [n, ...], targets [n, L, L]), the same)"""
        first: tuple[list, list] = ([], [])
        second: tuple[list, list] = ([], [])
        while len(first[1]) < count:
            features, masks = self.sample(3, 1, 1.0)
            if masks[2, 0].mean() > MIN_START:
                for t, (levels, targets) in ((0, first), (2, second)):
                    levels.append([x[t : t + 1] for x in features])
                    targets.append(masks[t, 0])
        join = lambda part: ([torch.cat(x) for x in zip(*part[0], strict=True)], torch.stack(part[1]))  # noqa: E731
        return join(first), join(second)

    def sample(self, length: int, objects: int, real_share: float):
        """-> four levels of features [T, ...], targets [T, K, L, L] with 1 <= K <= objects"""
        while True:
            features, masks = self.real(length) if random.random() < real_share else self.made(length)
            usable = [k for k in range(masks.shape[1]) if masks[0, k].mean() > MIN_START]
            if usable:
                keep = random.sample(usable, min(objects, len(usable)))
                return features, masks[:, keep]


def video_loss(model, clips: list, correct: float = 0.25):
    """clips: [(features [T, ...], targets [T, K, L, L])] -> loss, mean IoU of tracked frames, share of right object signs"""
    length = len(clips[0][1])
    owner = torch.tensor([c for c, (_, masks) in enumerate(clips) for _ in range(masks.shape[1])])
    targets = torch.cat([masks for _, masks in clips], 1)  # [T, B, L, L]
    present = targets.mean((2, 3)) > MIN_PRESENT
    batch = len(owner)
    levels = [torch.cat([f[k].float() for f, _ in clips]) for k in range(4)]  # [clips * T, ...]
    maps, positions = model.image_encoder.neck(levels)
    s0 = model.sam_mask_decoder.conv_s0(maps[0])
    s1 = model.sam_mask_decoder.conv_s1(maps[1])
    size = [(FEATURE_SIZE, FEATURE_SIZE)]
    pad_point, pad_label = torch.zeros(batch, 1, 2), -torch.ones(batch, 1)
    outputs = {"cond_frame_outputs": {}, "non_cond_frame_outputs": {}}
    kind = random.choices(("mask", "click", "box", "clicks"), (0.4, 0.3, 0.2, 0.1))[0]
    corrected = random.randrange(1, length) if random.random() < correct else -1
    losses, ious, signs = [], [], []
    every = torch.arange(batch)

    for t in range(length):
        at = owner * length + t
        top, a, b = maps[2][at], s0[at], s1[at]
        flat = [top.flatten(2).permute(2, 0, 1)]
        place = [positions[2][at].flatten(2).permute(2, 0, 1)]
        target, here = targets[t], present[t]
        from_points = False
        score_target = here.float()
        if t == 0 and kind == "mask":
            mask = (F.interpolate(target[:, None], size=(IMAGE_SIZE, IMAGE_SIZE), mode="bilinear") > 0.5).float()
            masks, guess, tokens, score = decode(model, top, a, b, pad_point, pad_label, model.mask_downsample(mask))
            loss, chosen, _ = prompt_loss(masks, guess, target, multimask=False)
            high = mask * 20 - 10
        else:
            if t == 0:
                pix = top + model.no_mem_embed[0, 0][None, :, None, None]
                points, labels = first_prompt(target, "box" if kind == "box" else "click", 3 if kind == "clicks" else 1)
                from_points, many = True, kind == "click"
            else:
                pix = model._prepare_memory_conditioned_features(
                    frame_idx=t, is_init_cond_frame=False, current_vision_feats=flat, current_vision_pos_embeds=place,
                    feat_sizes=size, output_dict=outputs, num_frames=1000)
                points, labels, many = pad_point, pad_label, True
            masks, guess, tokens, score = decode(model, pix, a, b, points, labels, None)
            loss, chosen, iou = prompt_loss(masks, guess, target, many, here)
            if t > 0:
                ious.append(iou[here].detach()), signs.append(((score[:, 0] > 0) == here).float())
            low = masks[every, chosen]
            if t == corrected and here.all():
                losses.append(loss + F.binary_cross_entropy_with_logits(score[:, 0], score_target))
                point, label = correction(low.detach(), target)
                masks, guess, tokens, score = decode(
                    model, pix, a, b, point[:, None], label[:, None], low.detach()[:, None].clamp(-32, 32))
                loss, chosen, _ = prompt_loss(masks, guess, target, True, here)
                low, from_points = masks[every, chosen], True
            low = torch.where(here[:, None, None], low, -1024.0)
            high = F.interpolate(low[:, None], size=(IMAGE_SIZE, IMAGE_SIZE), mode="bilinear")
        losses.append(loss + F.binary_cross_entropy_with_logits(score[:, 0], score_target))
        if t == length - 1:
            break
        pointer = model.obj_ptr_proj(tokens[every, chosen])
        pointer = torch.where(here[:, None], pointer, model.no_obj_ptr)
        memory, memory_position = model._encode_new_memory(
            flat, size, high, torch.where(here, 10.0, -10.0)[:, None], is_mask_from_pts=from_points)
        group = "cond_frame_outputs" if t == 0 or from_points else "non_cond_frame_outputs"
        outputs[group][t] = {"maskmem_features": memory, "maskmem_pos_enc": memory_position, "obj_ptr": pointer}
    return torch.stack(losses).mean(), torch.cat(ious).mean(), torch.cat(signs).mean()


def still_loss(model, levels: list[torch.Tensor], targets: torch.Tensor, prompts: int):
    """The image stage's loss on features of the frozen trunk, so that prompts go on improving."""
    maps, _ = model.image_encoder.neck([x.float() for x in levels])
    s0, s1 = model.sam_mask_decoder.conv_s0(maps[0]), model.sam_mask_decoder.conv_s1(maps[1])
    return image_loss(model, (s0, s1, maps[2]), targets, prompts)[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--runs", type=Path, default=Path("models/training/runs"))
    parser.add_argument("--start", type=Path, default=Path("models/training/runs/nano-image.pt"))
    parser.add_argument("--minutes", type=float, default=35.5)
    parser.add_argument("--lr", type=float, default=5e-4)
    parser.add_argument("--clips", type=int, default=3, help="clips a step")
    parser.add_argument("--objects", type=int, default=2, help="most objects a clip")
    parser.add_argument("--frames", type=int, default=6, help="longest sequence; the first third trains on 4")
    parser.add_argument("--real", type=float, default=0.5, help="share of real clips")
    parser.add_argument("--stills", type=int, default=4, help="still images a step, 0 for none")
    parser.add_argument("--prompts", type=int, default=5, help="prompts a still image")
    parser.add_argument("--pool", type=int, default=300, help="synthetic clips kept")
    parser.add_argument("--bf16", action=argparse.BooleanOptionalAction, default=False)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--validate-every", type=float, default=9, help="minutes")
    parser.add_argument("--seed", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed), random.seed(args.seed), np.random.seed(args.seed)

    images, held_out = Images(args.data, "train"), Images(args.data, "val")
    model = build_nano(args.start)
    clips = Clips(model, images, Videos(args.data, "train"), args.pool)
    if not (args.runs / "video-state.pt").exists():
        start_memory(model, clips.pairs())
    optimiser = torch.optim.AdamW(parameter_groups(model, args.lr, 0.0), weight_decay=0.01, betas=(0.9, 0.99))
    ema = Ema(model)
    step, spent = 0, 0.0
    state = args.runs / "video-state.pt"
    if state.exists():
        saved = torch.load(state, weights_only=True)
        model.load_state_dict(saved["model"]), ema.model.load_state_dict(saved["ema"])
        optimiser.load_state_dict(saved["optimiser"])
        step, spent, ema.steps = saved["step"], saved["spent"], saved["step"]
    log = Log(args.runs / "log.csv")

    def keep() -> None:
        torch.save({"model": model.state_dict(), "ema": ema.model.state_dict(), "optimiser": optimiser.state_dict(),
                    "step": step, "spent": spent}, state)
        save(args.runs / "nano-latest.pt", ema.model)

    began, last_validation, losses, scores, signs = time.time() - spent, spent, [], [], []
    while spent < args.minutes * 60:
        progress = spent / (args.minutes * 60)
        factor = schedule(step, progress, warmup=20)
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * factor
        length = 4 if progress < 0.34 else args.frames
        batch = [clips.sample(length, args.objects, args.real) for _ in range(args.clips)]
        still = clips.stills(args.stills, args.prompts) if args.stills else None
        with precision(args.bf16):
            loss, iou, sign = video_loss(model, batch)
            if args.stills:
                loss = loss + still_loss(model, *still, args.prompts)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimiser.step()
        ema.update(model)
        step, spent = step + 1, time.time() - began
        losses.append(loss.item()), signs.append(sign.item())
        if not iou.isnan():
            scores.append(iou.item())
        if step % 10 == 0:
            print("object sign right", float(np.mean(signs)), "synthetic clips", len(clips.synthetic))
            log.row(seconds=spent, stage="video", step=step, loss=float(np.mean(losses)), train_iou=float(np.mean(scores)), lr=args.lr * factor)
            losses, scores, signs = [], [], []
            keep()
        if spent - last_validation > args.validate_every * 60:
            last_validation = spent
            keep()
            quick = evaluate_videos(ema.model, args.data, limit=12)
            log.row(seconds=spent, stage="video", step=step, **evaluate_images(ema.model, held_out, limit=30), **quick["mean"])
    keep()
    save(args.runs / "nano-final.pt", ema.model)
    print("done", step, spent, flush=True)


if __name__ == "__main__":
    main()
