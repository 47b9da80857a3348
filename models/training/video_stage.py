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
    Ema, Log, Workers, correction, decode, decoder_maps, early_features, first_prompt, precision, prompt_loss, quicken, save,
    schedule,
)
from models.training.data import MIN_PRESENT, MIN_START, Images, Videos, low_mask
from models.training.evaluate import evaluate_images, evaluate_videos
from models.training.image_stage import image_loss
from models.training.memory_start import start_memory
from models.training.optimiser import build_optimiser
from models.training.synthetic import make_clip

LONGEST = 8  # frames
ABSENT_WEIGHT = 2.0


class Clips:
    """Trunk features (fp16, the trunk is frozen in this stage) and masks of real and synthetic frames."""

    def __init__(self, model, images: Images, videos: Videos, pool: int, fresh: float = 0.12) -> None:
        self.model, self.images, self.videos, self.pool, self.fresh = model, images, videos, pool, fresh
        self.frames: dict = {}
        self.pools: dict[str, list] = {"real": [], "made": []}

    @torch.no_grad()
    def features(self, rgb: torch.Tensor) -> list[torch.Tensor]:
        s4, s8 = early_features(self.model, rgb)
        return [x.half() for x in (s4, s8, *self.model.image_encoder.trunk.late(s8))]

    def cut_real(self, length: int):
        """A new clip of real frames: some speed and direction, a window that may drift, so that objects also leave."""
        while True:
            v = random.randrange(len(self.videos.names))
            count = len(self.videos.labels[v])
            step = max(1, min(random.choice((1, 1, 2, 2, 3, 4)), (count - 1) // (length - 1)))
            first = random.randrange(count - step * (length - 1))
            order = list(range(first, first + step * length, step))[:length]
            if random.random() < 0.5:
                order.reverse()
            ids = self.videos.ids(v)
            found = [i for i in ids if (self.videos.labels[v][order[0]] == i).mean() > MIN_START]
            if found:
                break
        ys, xs = np.nonzero(self.videos.labels[v][order[0]] == random.choice(found))
        share = 1.0 if random.random() < 0.3 else random.uniform(0.4, 1.0)
        x, y = (c.mean() / IMAGE_SIZE - share * random.uniform(0.2, 0.8) for c in (xs, ys))
        dx, dy = (random.gauss(0, 0.05) * share for _ in range(2))
        flip, gain, lift = random.random() < 0.5, random.uniform(0.75, 1.25), random.uniform(-20, 20)
        frames, masks = [], []
        for t in order:
            rgb, labels = self.videos.window(v, t, min(max(x, 0), 1 - share), min(max(y, 0), 1 - share), share)
            x, y = x + dx, y + dy
            low = np.stack([low_mask(labels == i) for i in ids])
            frames.append((rgb[:, ::-1] if flip else rgb).astype(np.float32) * gain + lift)
            masks.append(low[:, :, ::-1] if flip else low)
        rgb = torch.from_numpy(np.stack(frames)).clamp(0, 255).byte()
        return self.features(rgb), torch.from_numpy(np.stack(masks))

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

    def draw(self, kind: str, length: int):
        """A piece of a clip, forwards or backwards, from a pool that grows, then is slowly replaced."""
        pool = self.pools[kind]
        if len(pool) < 8 or random.random() < (max(0.4, self.fresh) if len(pool) < self.pool else self.fresh):
            clip = self.cut_real(LONGEST) if kind == "real" else self.compose()
            if len(pool) < self.pool:
                pool.append(clip)
            else:
                pool[random.randrange(len(pool))] = clip
        else:
            clip = random.choice(pool)
        features, masks = clip
        first = random.randrange(len(masks) - length + 1)
        order = list(range(first, first + length))
        if random.random() < 0.5:
            order.reverse()
        return [x[order] for x in features], masks[order]

    def compose(self):
        rgb, masks = make_clip(self.images, LONGEST)
        return self.features(rgb), masks

    def splice(self, features, masks):
        """Some frames after the first are taken from another clip: the objects are not there."""
        length = len(masks)
        a = random.randrange(1, length)
        b = length if random.random() < 0.4 else min(length, a + random.randint(1, 3))
        other, _ = self.draw(random.choice(("real", "made")), length)
        masks = masks.clone()
        masks[a:b] = 0
        return [torch.cat([x[:a], y[a:b], x[b:]]) for x, y in zip(features, other, strict=True)], masks

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
        whole = lambda part: ([torch.cat(x) for x in zip(*part[0], strict=True)], torch.stack(part[1]))  # noqa: E731
        return whole(first), whole(second)

    def sample(self, length: int, objects: int, real_share: float, splices: float = 0.0):
        """-> four levels of features [T, ...], targets [T, K, L, L] with 1 <= K <= objects"""
        while True:
            features, masks = self.draw("real" if random.random() < real_share else "made", length)
            usable = [k for k in range(masks.shape[1]) if masks[0, k].mean() > MIN_START]
            if usable:
                break
        if random.random() < splices:
            features, masks = self.splice(features, masks)
        # Objects that leave or hide are chosen first: there are few of them.
        random.shuffle(usable)
        usable.sort(key=lambda k: masks[:, k].mean((1, 2)).min().item() > MIN_PRESENT and random.random() < 0.7)
        return features, masks[:, sorted(usable[:objects])]


def presence_loss(score: torch.Tensor, here: torch.Tensor) -> torch.Tensor:
    """score [B, 1], here [B] -> mean BCE, where absence, which is rarer, weighs more."""
    loss = F.binary_cross_entropy_with_logits(score[:, 0], here.float(), reduction="none")
    return (loss * torch.where(here, 1.0, ABSENT_WEIGHT)).mean()


def join(clips: list):
    """[(features [T, ...], targets [T, K, L, L])] -> levels [clips * T, ...], targets [T, B, L, L], the clip of each object [B]"""
    owner = torch.tensor([c for c, (_, masks) in enumerate(clips) for _ in range(masks.shape[1])])
    return [torch.cat([f[k].float() for f, _ in clips]) for k in range(4)], torch.cat([masks for _, masks in clips], 1), owner


def video_loss(model, levels: list, targets: torch.Tensor, owner: torch.Tensor, correct: float = 0.25, own_sign: bool = False, prompt: str | None = None):
    """levels: four, [clips * T, ...]; targets [T, B, L, L] of all objects; owner [B]: whose object. -> loss, IoU of tracked objects
    that are there [n], object scores of tracked frames [m], whether the object is there [m].

    What enters the memory follows the true presence, or with `own_sign` the model's own score, as at inference."""
    length, batch = targets.shape[:2]
    present = targets.mean((2, 3)) > MIN_PRESENT
    device = targets.device
    maps, positions = model.image_encoder.neck(levels)
    s0 = model.sam_mask_decoder.conv_s0(maps[0])
    s1 = model.sam_mask_decoder.conv_s1(maps[1])
    size = [(FEATURE_SIZE, FEATURE_SIZE)]
    pad_point, pad_label = torch.zeros(batch, 1, 2, device=device), -torch.ones(batch, 1, device=device)
    outputs = {"cond_frame_outputs": {}, "non_cond_frame_outputs": {}}
    kind = prompt or random.choices(("mask", "click", "box", "clicks"), (0.4, 0.35, 0.15, 0.1))[0]
    corrected = random.randrange(1, length) if random.random() < correct else -1
    losses, ious, scores, there = [], [], [], []
    every = torch.arange(batch, device=device)

    for t in range(length):
        at = owner * length + t
        top, a, b = maps[2][at], s0[at], s1[at]
        flat = [top.flatten(2).permute(2, 0, 1)]
        place = [positions[2][at].flatten(2).permute(2, 0, 1)]
        target, here = targets[t], present[t]
        from_points, seen = False, here
        if t == 0 and kind == "mask":
            mask = (F.interpolate(target[:, None], size=(IMAGE_SIZE, IMAGE_SIZE), mode="bilinear") > 0.5).float()
            masks, guess, tokens, score = decode(model, top, a, b, pad_point, pad_label, model.mask_downsample(mask))
            loss, chosen, _ = prompt_loss(masks, guess, target, multimask=False)
            high = mask * 20 - 10
        else:
            if t == 0:
                pix = top + model.no_mem_embed[0, 0][None, :, None, None]
                points, labels = first_prompt(target, "box" if kind == "box" else "click", 3 if kind == "clicks" else 1)
                from_points, many = True, kind == "click" and random.random() < 0.5
            else:
                pix = model._prepare_memory_conditioned_features(
                    frame_idx=t, is_init_cond_frame=False, current_vision_feats=flat, current_vision_pos_embeds=place,
                    feat_sizes=size, output_dict=outputs, num_frames=1000)
                points, labels, many = pad_point, pad_label, True
            masks, guess, tokens, score = decode(model, pix, a, b, points, labels, None)
            loss, chosen, iou = prompt_loss(masks, guess, target, many, here)
            if t > 0:
                ious.append(iou[here].detach()), scores.append(score[:, 0].detach()), there.append(here)
            low = masks[every, chosen]
            if t == corrected and here.all():
                losses.append(loss + presence_loss(score, here))
                point, label = correction(low.detach(), target)
                masks, guess, tokens, score = decode(
                    model, pix, a, b, point[:, None], label[:, None], low.detach()[:, None].clamp(-32, 32))
                loss, chosen, _ = prompt_loss(masks, guess, target, True, here)
                low, from_points = masks[every, chosen], True
            seen = (score[:, 0].detach() > 0) if own_sign and t > 0 else here
            low = torch.where(seen[:, None, None], low, -1024.0)
            high = F.interpolate(low[:, None], size=(IMAGE_SIZE, IMAGE_SIZE), mode="bilinear")
        losses.append(loss + presence_loss(score, here))
        if t == length - 1:
            break
        pointer = model.obj_ptr_proj(tokens[every, chosen])
        pointer = torch.where(seen[:, None], pointer, model.no_obj_ptr)
        memory, memory_position = model._encode_new_memory(
            flat, size, high, torch.where(seen, 10.0, -10.0)[:, None], is_mask_from_pts=from_points)
        group = "cond_frame_outputs" if t == 0 or from_points else "non_cond_frame_outputs"
        outputs[group][t] = {"maskmem_features": memory, "maskmem_pos_enc": memory_position, "obj_ptr": pointer}
    return torch.stack(losses).mean(), torch.cat(ious), torch.cat(scores), torch.cat(there)


def still_loss(model, levels: list[torch.Tensor], targets: torch.Tensor, prompts: int):
    """The image stage's loss on features of the frozen trunk, so that prompts go on improving."""
    return image_loss(model, decoder_maps(model, [x.float() for x in levels])[0], targets, prompts)[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--runs", type=Path, default=Path("models/training/runs"))
    parser.add_argument("--start", type=Path, default=Path("models/training/runs/nano-image.pt"))
    parser.add_argument("--no-memory-start", action="store_true", help="--start holds a memory path already")
    parser.add_argument("--minutes", type=float, default=35.5)
    parser.add_argument("--lr", type=float, default=5e-4)
    parser.add_argument("--clips", type=int, default=2, help="clips a step")
    parser.add_argument("--objects", type=int, default=2, help="most objects a clip")
    parser.add_argument("--frames", type=int, default=LONGEST, help="longest sequence; training begins with 4, then 6")
    parser.add_argument("--real", type=float, default=0.5, help="share of real clips")
    parser.add_argument("--splices", type=float, default=0.5, help="share of clips with frames of another clip")
    parser.add_argument("--stills", type=int, default=2, help="still images a step, 0 for none")
    parser.add_argument("--prompts", type=int, default=4, help="prompts a still image")
    parser.add_argument("--pool", type=int, default=150, help="clips kept, real and synthetic each")
    parser.add_argument("--fresh", type=float, default=0.35, help="share of draws that make a new clip once the pool is full")
    parser.add_argument("--quick", action=argparse.BooleanOptionalAction, default=False, help="compile the parts that are many small operations")
    parser.add_argument("--muon", action=argparse.BooleanOptionalAction, default=True, help="Muon for the matrices; else AdamW for everything")
    parser.add_argument("--bf16", action=argparse.BooleanOptionalAction, default=False)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--validate-every", type=float, default=9, help="minutes")
    parser.add_argument("--seed", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    workers = Workers()
    seed = args.seed + 1000 * workers.rank
    torch.manual_seed(seed), random.seed(seed), np.random.seed(seed)

    images, held_out = Images(args.data, "train"), Images(args.data, "val")
    model = build_nano(args.start)
    if args.quick:
        quicken(model)
    clips = Clips(model, images, Videos(args.data, "train"), args.pool, args.fresh)
    if not (args.runs / "video-state.pt").exists() and not args.no_memory_start and workers.leads:
        start_memory(model, clips.pairs())
        save(args.runs / "video-start.pt", model)
    workers.agree(model)
    optimiser = build_optimiser(model, args.lr, 0.0, args.muon)
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

    began, last_validation, losses, scores, signs = time.time() - spent, spent, [], [], ([], [])
    while spent < args.minutes * 60:
        progress = spent / (args.minutes * 60)
        factor = schedule(step, progress, warmup=20)
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * factor
        length = 4 if progress < 0.1 else min(6, args.frames) if progress < 0.4 else args.frames
        batch = [clips.sample(length, args.objects, args.real, args.splices) for _ in range(args.clips)]
        still = clips.stills(args.stills, args.prompts) if args.stills else None
        with precision(args.bf16):
            loss, iou, score, there = video_loss(model, *join(batch), own_sign=progress > 0.3 and random.random() < 0.5)
            if args.stills:
                loss = loss + still_loss(model, *still, args.prompts)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        shared = workers.share(model, time.time() - began)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimiser.step()
        ema.update(model)
        step, spent = step + 1, shared
        if not workers.leads:
            continue
        losses.append(loss.item()), scores.extend(iou.tolist())
        signs[0].extend((score[there] > 0).tolist()), signs[1].extend((score[~there] < 0).tolist())
        if step % 10 == 0:
            sizes = {k: len(v) for k, v in clips.pools.items()}
            print(f"object sign right: there {np.mean(signs[0]):.3f} of {len(signs[0])}, absent {np.mean(signs[1] or [0]):.3f} of {len(signs[1])}", sizes)
            log.row(seconds=spent, stage="video", step=step, loss=float(np.mean(losses)), train_iou=float(np.mean(scores)), lr=args.lr * factor)
            losses, scores, signs = [], [], ([], [])
            if step % 50 == 0:
                keep()
        if spent - last_validation > args.validate_every * 60:
            last_validation = spent
            keep()
            quick = evaluate_videos(ema.model, args.data, limit=12)
            log.row(seconds=spent, stage="video", step=step, **evaluate_images(ema.model, held_out, limit=30), **quick["mean"])
    if not workers.leads:
        return
    keep()
    save(args.runs / "nano-final.pt", ema.model)
    print("done", step, spent, flush=True)


if __name__ == "__main__":
    main()
