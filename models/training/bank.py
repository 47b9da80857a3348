"""Stills and videos as uint8 tensors on one device, from which whole batches are cut, turned, coloured and composed there."""

from __future__ import annotations

import math
import random
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from models.nano.model import IMAGE_MEAN, IMAGE_SIZE, IMAGE_STD
from models.training.data import LOW, MIN_START, THINGS, load_labels, load_rgb

SIDE = 512  # what is kept; batches are cut from it at IMAGE_SIZE
MIN_AREA, MAX_AREA = 0.0025, 0.8
PASTED = 255  # region id of what was pasted on a still


def numbered(label: np.ndarray, most: int = PASTED - 1) -> np.ndarray:
    """Region ids numbered anew from 1, largest first; at most `most` stay -> uint8"""
    share = np.bincount(label.ravel())
    share[0] = 0
    order = [i for i in np.argsort(-share)[:most] if share[i] > 0]
    table = np.zeros(len(share), np.uint8)
    table[order] = np.arange(1, len(order) + 1)
    return table[label]


def affine(rows: list[tuple[float, ...]], device) -> Tensor:
    """Rows of 2 x 3 affine maps, output place -> source place, both -1..1: [n, 2, 3]"""
    return torch.tensor(rows, dtype=torch.float32, device=device).view(-1, 2, 3)


def grid_of(theta: Tensor) -> Tensor:
    return F.affine_grid(theta, [len(theta), 1, IMAGE_SIZE, IMAGE_SIZE], align_corners=False)


def low(masks: Tensor) -> Tensor:
    """bool [..., S, S] -> covered share [..., L, L]"""
    return F.avg_pool2d(masks.flatten(0, -3)[:, None].float(), IMAGE_SIZE // LOW).view(*masks.shape[:-2], LOW, LOW)


def trunk_input(rgb: Tensor) -> Tensor:
    """0..255 [n, 3, S, S] -> the model's normalisation"""
    mean, std = (torch.tensor(v, device=rgb.device)[None, :, None, None] * 255 for v in (IMAGE_MEAN, IMAGE_STD))
    return (rgb - mean) / std


def recolour(rgb: Tensor, how_many: int) -> Tensor:
    """Another exposure, contrast and saturation for each of `how_many` groups of pictures: [how_many * k, 3, S, S] 0..255"""
    n, device = how_many, rgb.device
    uniform = lambda a, b: (torch.rand(n, device=device) * (b - a) + a).repeat_interleave(len(rgb) // n)[:, None, None, None]  # noqa: E731
    x = rgb
    grey = x.mean(1, keepdim=True)
    x = grey + (x - grey) * uniform(0.5, 1.4)
    x = x * (1 + (torch.rand(n, 3, device=device).repeat_interleave(len(rgb) // n, 0)[:, :, None, None] - 0.5) * 0.12)
    return ((x - 128) * uniform(0.72, 1.3) + 128 + uniform(-28, 28)).clamp(0, 255)


class ImageBank:
    """Stills with one or more label maps each."""

    def __init__(self, root: Path, split: str, device) -> None:
        held_out = set((root / "val_images.txt").read_text().split())
        maps: dict[str, list[Path]] = {}
        for path in sorted((root / "train" / "labels").glob("*.png")):
            maps.setdefault(re.sub(r"_a\d$", "", path.stem), []).append(path)
        paths = [p for p in sorted((root / "train" / "images").iterdir()) if (p.stem in held_out) == (split == "val") and p.stem in maps]
        with ThreadPoolExecutor(16) as pool:
            labels = list(pool.map(lambda p: [numbered(load_labels(q, SIDE)) for q in maps[p.stem]], paths))
            found = [[self.regions_of(m) for m in group] for group in labels]
            keep = [i for i, group in enumerate(found) if any(group)]
            rgb = list(pool.map(lambda i: load_rgb(paths[i], SIDE), keep))
        self.names = [paths[i].stem for i in keep]
        self.rgb = torch.from_numpy(np.stack(rgb)).permute(0, 3, 1, 2).contiguous().to(device)
        self.labels = torch.from_numpy(np.concatenate([np.stack(labels[i]) for i in keep])).to(device)
        # For each image: its maps, and all regions of them as (map, id, share, centre x, centre y, extent), places in
        # -1..1.
        self.maps, self.regions, first = [], [], 0
        for i in keep:
            self.maps.append([(first + k, len(regions)) for k, regions in enumerate(found[i]) if regions])
            self.regions.append([(first + k, *region) for k, regions in enumerate(found[i]) for region in regions])
            first += len(labels[i])
        self.things = [i for i, name in enumerate(self.names) if name.startswith(THINGS)]
        self.device = self.rgb.device

    def __len__(self) -> int:
        return len(self.names)

    @staticmethod
    def regions_of(label: np.ndarray) -> list[tuple[int, float, float, float, float]]:
        half = label[::2, ::2]  # enough for areas and boxes
        order = np.argsort(half.ravel(), kind="stable")
        counts = np.bincount(half.ravel())
        ends = np.cumsum(counts)
        xs, out = order % half.shape[1], []
        for i in range(1, len(counts)):
            if MIN_AREA <= counts[i] / half.size <= MAX_AREA:
                x, ys = xs[ends[i] - counts[i] : ends[i]], (order[ends[i] - counts[i]] // half.shape[1], order[ends[i] - 1] // half.shape[1])
                x0, x1, (y0, y1), side = int(x.min()), int(x.max()), map(int, ys), half.shape[1]
                out.append((i, float(counts[i] / half.size), (x0 + x1) / side - 1, (y0 + y1) / side - 1, max(x1 - x0, y1 - y0) / side))
        return out

    def views(self, count: int, cuts: float, paste: float) -> tuple[Tensor, Tensor]:
        """`cuts`: share of images of which a part is taken; `paste`: share on which a thing of another image is put
        -> rgb [count, 3, S, S] 0..255, labels [count, S, S]"""
        picks = random.sample(range(len(self)), count)
        chosen = [random.choices(self.maps[i], [n for _, n in self.maps[i]])[0][0] for i in picks]
        rows = []
        for _ in picks:
            sx = sy = 1.0
            if random.random() < cuts:
                share, stretch = random.uniform(0.35, 1.0), math.exp(random.uniform(-0.2, 0.2))
                sx, sy = min(1.0, share * stretch), min(1.0, share / stretch)
            x, y = random.uniform(sx - 1, 1 - sx), random.uniform(sy - 1, 1 - sy)
            turn = random.gauss(0, 0.12) if random.random() < 0.25 else 0.0
            flip = -1.0 if random.random() < 0.5 else 1.0
            c, s = math.cos(turn), math.sin(turn)
            rows.append((sx * c * flip, -sx * s, x, sy * s * flip, sy * c, y))
        grid = grid_of(affine(rows, self.device))
        rgb = F.grid_sample(self.rgb[picks].float(), grid, padding_mode="reflection", align_corners=False)
        labels = F.grid_sample(self.labels[chosen][:, None].float(), grid, mode="nearest", padding_mode="reflection", align_corners=False)[:, 0].long()
        if paste > 0:
            rgb, labels = self.paste(rgb, labels, paste)
        bright = recolour(rgb, count)
        return torch.where(torch.rand(count, 1, 1, 1, device=self.device) < 0.8, bright, rgb), labels

    def thing(self) -> tuple[int, tuple]:
        """An image and a region of it; large ones (whole objects) are likelier than parts."""
        i = random.choice(self.things)
        return i, random.choices(self.regions[i], [math.sqrt(r[2]) for r in self.regions[i]])[0]

    def paste(self, rgb: Tensor, labels: Tensor, share: float) -> tuple[Tensor, Tensor]:
        at = [k for k in range(len(rgb)) if random.random() < share]
        if not at:
            return rgb, labels
        things = [self.thing() for _ in at]
        rows = [pose_of((random.uniform(-0.8, 0.8), random.uniform(-0.8, 0.8), math.log(random.uniform(0.12, 0.7) / max(r[5], 0.05)), random.gauss(0, 0.15)),
                        (r[3], r[4]), random.random() < 0.5) for _, r in things]
        layer, alpha = self.layers(things, affine(rows, self.device))
        layer = recolour(layer, len(at))
        rgb, labels = rgb.clone(), labels.clone()
        rgb[at] = rgb[at] * (1 - alpha) + layer * alpha
        labels[at] = torch.where(alpha[:, 0] > 0.5, PASTED, labels[at])
        return rgb, labels

    def layers(self, things: list, theta: Tensor, repeat: int = 1) -> tuple[Tensor, Tensor]:
        """Things, each under `repeat` of the maps -> rgb [n * repeat, 3, S, S], alpha [n * repeat, 1, S, S]"""
        ids = torch.tensor([r[1] for _, r in things], device=self.device)[:, None, None]
        mask = (self.labels[[r[0] for _, r in things]] == ids).float()
        both = torch.cat([self.rgb[[i for i, _ in things]].float(), mask[:, None]], 1).repeat_interleave(repeat, 0)
        both = F.grid_sample(both, grid_of(theta), align_corners=False)
        return both[:, :3], both[:, 3:]

    def batch(self, count: int, prompts: int, cuts: float = 0.7, paste: float = 0.3) -> tuple[Tensor, Tensor]:
        """-> rgb [count, 3, S, S] 0..255, targets [count * prompts, L, L]"""
        rgb, labels = self.views(count + count // 8, cuts, paste)
        cells = IMAGE_SIZE**2
        share = torch.zeros(len(rgb), 256, device=self.device).scatter_add_(1, labels.flatten(1), torch.ones(1, device=self.device).expand(len(rgb), cells)) / cells
        fits = ((share >= MIN_AREA) & (share <= MAX_AREA)).float()
        fits[:, 0] = 0
        fits[:, PASTED] *= 3
        good = (fits.sum(1) > 0).nonzero()[:count, 0]
        while len(good) < count:  # many cut-outs without a region: some are used twice
            good = torch.cat([good, good])[:count]
        ids = torch.multinomial(fits[good], prompts, replacement=True)
        return rgb[good], low(labels[good][:, None] == ids[:, :, None, None]).flatten(0, 1)


def pose_of(pose: tuple[float, float, float, float], centre: tuple[float, float], flip: bool = False) -> tuple[float, ...]:
    """The map that puts the source's `centre` at (x, y), scaled by exp(log scale) and turned; all in -1..1."""
    x, y, log_scale, angle = pose
    s = math.exp(-log_scale)
    c, d = math.cos(angle) * s, math.sin(angle) * s
    m = -1.0 if flip else 1.0
    return (m * c, -m * d, centre[0] - m * (c * x - d * y), d, c, centre[1] - d * x - c * y)


class VideoBank:
    """Sequences of frames with a label map each; ids are the same objects throughout a sequence."""

    def __init__(self, root: Path, split: str, device) -> None:
        self.sequences, frames, masks = [], [], []
        for folder in sorted((root / "video" / split).iterdir()):
            found = {p.stem: p for p in (folder / "frames").iterdir()}
            listed = [m for m in sorted((folder / "masks").iterdir()) if m.stem in found]
            with ThreadPoolExecutor(16) as pool:
                rgb = list(pool.map(lambda m, found=found: load_rgb(found[m.stem], SIDE), listed))
                labels = list(pool.map(lambda m: load_labels(m, SIDE), listed))
            ids = [int(v) for v in np.unique(np.stack(labels)) if v not in (0, 255)] or [255]
            places = [{i: self.place(label == i) for i in ids if (label == i).mean() > MIN_START} for label in labels]
            self.sequences.append((len(frames), len(listed), ids, places))
            frames += rgb
            masks += [label.astype(np.uint8) for label in labels]
        self.rgb = torch.from_numpy(np.stack(frames)).permute(0, 3, 1, 2).contiguous().to(device)
        self.labels = torch.from_numpy(np.stack(masks)).to(device)
        self.device = self.rgb.device

    @staticmethod
    def place(mask: np.ndarray) -> tuple[float, float]:
        ys, xs = np.nonzero(mask)
        return float(xs.mean()) / SIDE * 2 - 1, float(ys.mean()) / SIDE * 2 - 1

    def clips(self, count: int, length: int, most: int) -> tuple[Tensor, Tensor]:
        """Some speed and direction, a window that may drift, so that objects also leave
        -> rgb [count, T, 3, S, S] 0..255, masks [count, T, most, L, L] (empty where there are fewer objects)"""
        at, rows, wanted = [], [], []
        while len(wanted) < count:
            first, frames, ids, places = random.choice(self.sequences)
            step = max(1, min(random.choice((1, 1, 2, 2, 3, 4)), (frames - 1) // (length - 1)))
            start = random.randrange(frames - step * (length - 1))
            order = list(range(start, start + step * length, step))[:length]
            if random.random() < 0.5:
                order.reverse()
            found = list(places[order[0]])
            if not found:
                continue
            random.shuffle(found)
            cx, cy = places[order[0]][found[0]]
            share = 1.0 if random.random() < 0.25 else random.uniform(0.4, 1.0)
            x, y = (c - share * random.uniform(-0.6, 0.6) for c in (cx, cy))
            dx, dy = (random.gauss(0, 0.1) * share for _ in range(2))
            flip, turn = (-1.0 if random.random() < 0.5 else 1.0), (random.gauss(0, 0.1) if random.random() < 0.25 else 0.0)
            c, s = math.cos(turn) * share, math.sin(turn) * share
            for t in range(length):
                inside = lambda v: min(max(v, share - 1), 1 - share)  # noqa: E731
                rows.append((c * flip, -s, inside(x + dx * t), s * flip, c, inside(y + dy * t)))
            at += [first + t for t in order]
            wanted.append((found + [254] * most)[:most])
        grid = grid_of(affine(rows, self.device))
        rgb = F.grid_sample(self.rgb[at].float(), grid, padding_mode="reflection", align_corners=False)
        labels = F.grid_sample(self.labels[at][:, None].float(), grid, mode="nearest", padding_mode="reflection", align_corners=False)[:, 0].long()
        ids = torch.tensor(wanted, device=self.device).repeat_interleave(length, 0)  # [n * T, most]
        masks = low(labels[:, None] == ids[:, :, None, None])
        return recolour(rgb, count).view(count, length, *rgb.shape[1:]), masks.view(count, length, most, LOW, LOW)
