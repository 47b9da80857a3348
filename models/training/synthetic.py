"""Short clips made from still images: a background under camera motion, cut-outs that move, grow, hide one another,
leave and vanish. Their masks are known, so the model learns to follow, to wait and to say "not here"."""

from __future__ import annotations

import math
import random

import numpy as np
import torch
import torch.nn.functional as F

from models.training.data import LOW, SIZE, THINGS, Images


def paths(frames: int, start: tuple[float, float, float, float], speed: tuple[float, float, float, float]) -> list[tuple]:
    """Smooth (x, y, log scale, angle) over the frames: constant speed, some acceleration, a little shake."""
    accel = [random.gauss(0, 0.25) * s for s in speed]
    out = []
    for t in range(frames):
        out.append(tuple(a + s * t + 0.5 * c * t * t / max(frames - 1, 1) + random.gauss(0, 0.06) * abs(s)
                         for a, s, c in zip(start, speed, accel, strict=True)))
    return out


def _grid(pose: tuple[float, float, float, float], centre: tuple[float, float]) -> torch.Tensor:
    """Sampling grid that puts the source's `centre` at (x, y), scaled and turned; all in -1..1."""
    x, y, log_scale, angle = pose
    s = math.exp(-log_scale)
    c, d = math.cos(angle) * s, math.sin(angle) * s
    theta = torch.tensor([[[c, -d, centre[0] - c * x + d * y], [d, c, centre[1] - d * x - c * y]]], dtype=torch.float32)
    return F.affine_grid(theta, [1, 1, SIZE, SIZE], align_corners=False)


def _pick(images: Images, i: int) -> tuple[int, int]:
    """A region of an image; large ones (whole objects) are likelier than parts."""
    area = [math.sqrt(images.mask(i, r).mean()) for r in images.regions[i]]
    return random.choices(images.regions[i], area)[0]


def make_clip(images: Images, frames: int = 7):
    """-> uint8 [T, S, S, 3], masks float32 [T, K, L, L] (covered share; K >= 1)"""
    back = random.randrange(len(images))
    rgb = torch.from_numpy(np.array(images.rgb[back])).permute(2, 0, 1)[None].float()
    regions = list({_pick(images, back) for _ in range(3)})
    source = torch.from_numpy(np.stack([images.mask(back, r) for r in regions]))[None].float()
    zoom = random.uniform(0.12, 0.45)
    pan = zoom * 0.9
    camera = paths(
        frames,
        (random.uniform(-pan, pan) * 0.6, random.uniform(-pan, pan) * 0.6, zoom, random.gauss(0, 0.06)),
        (random.gauss(0, pan / frames), random.gauss(0, pan / frames), random.gauss(0, 0.03), random.gauss(0, 0.02)),
    )
    grids = torch.cat([_grid(pose, (0, 0)) for pose in camera])
    picture = F.grid_sample(rgb.expand(frames, -1, -1, -1), grids, padding_mode="reflection", align_corners=False)
    masks = [F.grid_sample(source.expand(frames, -1, -1, -1), grids, align_corners=False)]

    cut = [i for i in random.sample(range(len(images)), 40) if images.names[i].startswith(THINGS)]
    twin = None
    for _ in range(random.choices((0, 1, 2, 3), (0.15, 0.35, 0.3, 0.2))[0]):
        if twin is not None and random.random() < 0.4:
            i, region = twin  # a look-alike
        else:
            i = cut.pop() if cut else random.randrange(len(images))
            region = _pick(images, i)
            twin = (i, region)
        mask = images.mask(i, region)
        ys, xs = np.nonzero(mask)
        centre = ((xs.min() + xs.max()) / SIZE - 1, (ys.min() + ys.max()) / SIZE - 1)
        extent = max(np.ptp(xs), np.ptp(ys)) / SIZE
        wanted = random.uniform(0.15, 0.6)
        pose = (random.uniform(-0.8, 0.8), random.uniform(-0.8, 0.8), math.log(wanted / max(extent, 0.05)), random.gauss(0, 0.15))
        speed = (random.gauss(0, 0.13), random.gauss(0, 0.1), random.gauss(0, 0.05), random.gauss(0, 0.06))
        grids = torch.cat([_grid(p, centre) for p in paths(frames, pose, speed)])
        flip = random.random() < 0.5
        both = np.concatenate([np.array(images.rgb[i], dtype=np.float32), mask[:, :, None].astype(np.float32)], 2)
        layer = torch.from_numpy(both).permute(2, 0, 1)[None]
        if flip:
            layer = layer.flip(3)
            grids = torch.cat([_grid(p, (-centre[0], centre[1])) for p in paths(frames, pose, speed)])
        layer = F.grid_sample(layer.expand(frames, -1, -1, -1), grids, align_corners=False)
        alpha = layer[:, 3:]
        if random.random() < 0.4:
            a = random.randrange(1, frames)
            b = random.choice((frames, min(frames, a + random.randint(1, 4))))
            alpha[a:b] = 0
        gain = 1 + random.gauss(0, 0.1) + torch.linspace(0, random.gauss(0, 0.15), frames)[:, None, None, None]
        picture = picture * (1 - alpha) + (layer[:, :3] * gain).clamp(0, 255) * alpha
        masks = [m * (1 - alpha) for m in masks] + [alpha]
    low = F.avg_pool2d((torch.cat(masks, 1) > 0.5).float(), SIZE // LOW)
    gain = torch.linspace(1, 1 + random.gauss(0, 0.12), frames)[:, None, None, None]
    picture = (picture * gain + torch.randn(1) * 4).clamp(0, 255).byte().permute(0, 2, 3, 1)
    return picture.contiguous(), low
