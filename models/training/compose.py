"""Batches of clips on one device: composed from stills, cut from videos, and with frames of other clips between them."""

from __future__ import annotations

import math
import random

import torch
import torch.nn.functional as F
from torch import Tensor

from models.nano.model import IMAGE_SIZE
from models.training.bank import ImageBank, VideoBank, affine, grid_of, low, pose_of
from models.training.data import LOW, MIN_PRESENT, MIN_START
from models.training.synthetic import paths

LAYERS = 3  # most things that move over the background


def composed(bank: ImageBank, count: int, length: int) -> tuple[Tensor, Tensor]:
    """A background under camera motion, things that move, grow, hide one another, leave and vanish, some of them look-alikes
    -> rgb [count, T, 3, S, S] 0..255, masks [count, T, 2 * LAYERS, L, L] (regions of the background, then the things)"""
    device = bank.device
    backs = random.sample(range(len(bank)), count)
    rows, regions = [], []
    for back in backs:
        zoom = random.uniform(0.12, 0.45)
        pan = zoom * 0.9
        camera = paths(
            length,
            (random.uniform(-pan, pan) * 0.6, random.uniform(-pan, pan) * 0.6, zoom, random.gauss(0, 0.06)),
            (random.gauss(0, pan / length), random.gauss(0, pan / length), random.gauss(0, 0.03), random.gauss(0, 0.02)),
        )
        flip = random.random() < 0.5
        rows += [pose_of(pose, (0, 0), flip) for pose in camera]
        areas = [math.sqrt(r[2]) for r in bank.regions[back]]
        regions.append(random.choices(bank.regions[back], areas, k=LAYERS))
    grid = grid_of(affine(rows, device))
    flat = count * length
    spread = lambda x: x.float().repeat_interleave(length, 0)  # noqa: E731
    picture = F.grid_sample(spread(bank.rgb[backs]), grid, padding_mode="reflection", align_corners=False)
    maps = torch.tensor([[r[0] for r in group] for group in regions], device=device)
    ids = torch.tensor([[r[1] for r in group] for group in regions], device=device)[:, :, None, None]
    masks = F.grid_sample(spread(bank.labels[maps] == ids), grid, align_corners=False)  # [n * T, LAYERS, S, S]
    twins: list = [None] * count
    how_many = random.choices((0, 1, 2, 3), (0.15, 0.35, 0.3, 0.2), k=count)
    above = []
    for layer in range(LAYERS):
        at = [k for k in range(count) if how_many[k] > layer]
        if not at:
            continue
        things, rows, gone = [], [], torch.ones(len(at), length, 1, 1, 1)
        for j, k in enumerate(at):
            thing = twins[k] if twins[k] is not None and random.random() < 0.4 else bank.thing()
            twins[k] = thing
            region = thing[1]
            wanted = random.uniform(0.15, 0.6)
            pose = (random.uniform(-0.8, 0.8), random.uniform(-0.8, 0.8), math.log(wanted / max(region[5], 0.05)), random.gauss(0, 0.15))
            speed = (random.gauss(0, 0.13), random.gauss(0, 0.1), random.gauss(0, 0.05), random.gauss(0, 0.06))
            flip = random.random() < 0.5
            rows += [pose_of(p, (region[3], region[4]), flip) for p in paths(length, pose, speed)]
            things.append(thing)
            if random.random() < 0.4:
                a = random.randrange(1, length)
                gone[j, a : random.choice((length, min(length, a + random.randint(1, 4))))] = 0
        rgb, alpha = bank.layers(things, affine(rows, device), length)
        alpha = (alpha.view(len(at), length, 1, IMAGE_SIZE, IMAGE_SIZE) * gone.to(device)).flatten(0, 1)
        gain = torch.tensor([[1 + a + b * t / (length - 1) for t in range(length)] for a, b in ((random.gauss(0, 0.1), random.gauss(0, 0.15)) for _ in at)], device=device)
        where = torch.tensor([k * length + t for k in at for t in range(length)], device=device)
        picture[where] = picture[where] * (1 - alpha) + (rgb * gain.flatten()[:, None, None, None]).clamp(0, 255) * alpha
        masks[where] = masks[where] * (1 - alpha)
        whole = torch.zeros(flat, 1, IMAGE_SIZE, IMAGE_SIZE, device=device)
        whole[where] = alpha
        above = [other * (1 - whole) for other in above] + [whole]
    above += [torch.zeros_like(masks[:, :1])] * (LAYERS - len(above))
    masks = low(torch.cat([masks, *above], 1) > 0.5)
    light = torch.tensor([[1 + a * t / (length - 1) for t in range(length)] for a in (random.gauss(0, 0.12) for _ in range(count))], device=device)
    picture = (picture * light.flatten()[:, None, None, None] + torch.randn(count, device=device).repeat_interleave(length)[:, None, None, None] * 4).clamp(0, 255)
    return picture.view(count, length, *picture.shape[1:]), masks.view(count, length, *masks.shape[1:])


def spliced(rgb: Tensor, masks: Tensor, share: float) -> tuple[Tensor, Tensor]:
    """In a share of the clips some frames after the first are taken from the clip before: the objects are not there. [n, T, ...]"""
    length = masks.shape[1]
    source, rgb, masks = rgb.roll(1, 0), rgb.clone(), masks.clone()
    for k in range(len(masks)):
        if random.random() < share:
            a = random.randrange(1, length)
            b = length if random.random() < 0.4 else min(length, a + random.randint(1, 3))
            rgb[k, a:b] = source[k, a:b]
            masks[k, a:b] = 0
    return rgb, masks


def picked(masks: Tensor, most: int) -> tuple[Tensor, Tensor]:
    """masks [n, T, K, L, L] -> targets [T, B, L, L] of at most `most` objects a clip that are on its first frame, and the clip of each [B].
    Objects that leave or hide are chosen first: there are few of them."""
    size = masks.mean((3, 4)).cpu()  # [n, T, K]
    chosen = []
    for c in range(len(size)):
        usable = [k for k in range(size.shape[2]) if size[c, 0, k] > MIN_START]
        random.shuffle(usable)
        usable.sort(key=lambda k: size[c, :, k].min().item() > MIN_PRESENT and random.random() < 0.7)
        chosen += [(c, k) for k in sorted(usable[:most])]
    owner = torch.tensor([c for c, _ in chosen], device=masks.device)
    return masks[owner, :, torch.tensor([k for _, k in chosen], device=masks.device)].transpose(0, 1).contiguous(), owner


def clip_batch(images: ImageBank, videos: VideoBank, real: int, made: int, length: int, objects: int, splices: float) -> tuple[Tensor, Tensor, Tensor]:
    """-> rgb [(real + made) * T, 3, S, S] 0..255, targets [T, B, L, L], the clip of each object [B]"""
    a, b = videos.clips(real, length, 2 * LAYERS), composed(images, made, length)
    order = torch.randperm(real + made, device=images.device)
    rgb, masks = spliced(torch.cat([a[0], b[0]])[order], torch.cat([a[1], b[1]])[order], splices)
    targets, owner = picked(masks, objects)
    return rgb.flatten(0, 1), targets, owner
