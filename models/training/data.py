"""Images, label maps and videos as uint8 arrays at the model's size, decoded once and kept in memory.

Licences and sources: models/nano/MODEL_CARD.md. `data/val_images.txt` and `data/video/val` are never trained on.
"""

from __future__ import annotations

import random
import re
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from models.nano.model import IMAGE_MEAN, IMAGE_SIZE, IMAGE_STD

SIZE = IMAGE_SIZE
LOW = SIZE // 4
MIN_PRESENT = 4.0 / LOW**2  # share of the frame below which an object counts as absent
MIN_START = 0.003  # share an object needs on the frame it is prompted on
# Sets whose regions are whole things, so that they can be put elsewhere.
THINGS = ("coco", "ccp", "droplet", "nuclei", "labelme", "aotdemo")


def load_rgb(path: Path, side: int = SIZE) -> np.ndarray:
    """-> uint8 [side, side, 3], stretched as SAM 2 does."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB").resize((side, side), Image.BICUBIC))


def load_labels(path: Path, side: int = SIZE) -> np.ndarray:
    """-> int16 [side, side] region ids, 0 = unlabelled."""
    with Image.open(path) as image:
        return np.asarray(image.resize((side, side), Image.NEAREST)).astype(np.int16)


def cut_out(path: Path, x: float, y: float, share: float, how: Image.Resampling) -> np.ndarray:
    """The part of a picture with its corner at (x, y) and `share` of each side (all 0..1) -> uint8 [S, S, 3] or [S, S]"""
    with Image.open(path) as image:
        w, h = image.size
        whole = image if how == Image.Resampling.NEAREST else image.convert("RGB")
        return np.asarray(whole.resize((SIZE, SIZE), how, box=(x * w, y * h, (x + share) * w, (y + share) * h)))


def normalise(images: Tensor) -> Tensor:
    """uint8 [n, S, S, 3] -> float [n, 3, S, S] in the model's normalisation."""
    x = images.permute(0, 3, 1, 2).float() / 255
    mean, std = torch.tensor(IMAGE_MEAN), torch.tensor(IMAGE_STD)
    return (x - mean[None, :, None, None]) / std[None, :, None, None]


def low_mask(mask: np.ndarray) -> np.ndarray:
    """bool [S, S] -> float32 [S/4, S/4], the covered share of each 4 x 4 cell."""
    return mask.reshape(LOW, 4, LOW, 4).mean((1, 3), dtype=np.float32)


class Images:
    """Still images with one or more label maps each (BSDS has four)."""

    def __init__(self, root: Path, split: str, min_area: float = 0.0025, max_area: float = 0.8) -> None:
        held_out = set((root / "val_images.txt").read_text().split())
        maps: dict[str, list[Path]] = {}
        for path in sorted((root / "train" / "labels").glob("*.png")):
            maps.setdefault(re.sub(r"_a\d$", "", path.stem), []).append(path)
        self.names, self.rgb, self.labels, self.regions, self.paths = [], [], [], [], []
        self.min_area, self.max_area = min_area, max_area
        for path in sorted((root / "train" / "images").iterdir()):
            if (path.stem in held_out) != (split == "val") or path.stem not in maps:
                continue
            labels = [load_labels(p) for p in maps[path.stem]]
            regions = []
            for k, label in enumerate(labels):
                regions += [(k, i) for i in self._regions_of(label)]
            if not regions:
                continue
            self.names.append(path.stem)
            self.paths.append((path, maps[path.stem]))
            self.rgb.append(load_rgb(path))
            self.labels.append(labels)
            self.regions.append(regions)

    def __len__(self) -> int:
        return len(self.names)

    def _regions_of(self, label: np.ndarray) -> list[int]:
        """Ids of a label map that are neither too small nor too large."""
        share = np.bincount(label.ravel().clip(0)) / label.size
        return [i for i in range(1, len(share)) if self.min_area <= share[i] <= self.max_area]

    def mask(self, i: int, region: tuple[int, int]) -> np.ndarray:
        return self.labels[i][region[0]] == region[1]

    def window(self, i: int, x: float, y: float, share: float) -> tuple[np.ndarray, np.ndarray, list[int]]:
        """A cut-out of an image with its corner at (x, y) and `share` of each side (all 0..1), read at full resolution, with
        one of its label maps -> uint8 [S, S, 3], int16 labels [S, S], the ids that are neither too small nor too large there"""
        path, maps = self.paths[i]
        rgb = cut_out(path, x, y, share, Image.Resampling.BICUBIC)
        label = cut_out(random.choice(maps), x, y, share, Image.Resampling.NEAREST).astype(np.int16)
        return rgb, label, self._regions_of(label)


class Videos:
    """Sequences of frames with a label map each; ids as the dataset gives them."""

    def __init__(self, root: Path, split: str) -> None:
        self.names, self.rgb, self.labels, self.paths = [], [], [], []
        for folder in sorted((root / "video" / split).iterdir()):
            masks = sorted((folder / "masks").iterdir())
            frames = {p.stem: p for p in (folder / "frames").iterdir()}
            masks = [m for m in masks if m.stem in frames]
            self.names.append(folder.name)
            self.paths.append([(frames[m.stem], m) for m in masks])
            self.rgb.append(np.stack([load_rgb(frames[m.stem]) for m in masks]))
            self.labels.append(np.stack([load_labels(m) for m in masks]))

    def ids(self, i: int) -> list[int]:
        return [int(v) for v in np.unique(self.labels[i]) if v not in (0, 255)] or [255]

    def window(self, i: int, t: int, x: float, y: float, share: float) -> tuple[np.ndarray, np.ndarray]:
        """A cut-out of a frame with its corner at (x, y) and `share` of each side (all 0..1), read at full resolution
        -> uint8 [S, S, 3], int16 labels [S, S]"""

        frame, mask = self.paths[i][t]
        rgb = cut_out(frame, x, y, share, Image.Resampling.BILINEAR)
        return rgb, cut_out(mask, x, y, share, Image.Resampling.NEAREST).astype(np.int16)
