"""Pictures of what goes wrong on held-out data, for the model card. `python -m models.training.failures CHECKPOINT`

Silhouettes only: the photographs under them may not be redistributed. Green: right; red: missed; blue: too much."""

from __future__ import annotations

import argparse
import contextlib
import io
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

from models.nano.model import IMAGE_SIZE, build_nano, build_nano_video_predictor
from models.training.common import decode, early_features, hard_iou, image_features
from models.training.data import Images, low_mask
from models.training.evaluate import answer, central_pixel, central_point, jaccard

GREEN, RED, BLUE, PAPER, CLICK = (94, 168, 94), (214, 84, 76), (84, 124, 214), (246, 246, 244), (0, 0, 0)
SIDE = 180


def silhouette(found: np.ndarray, truth: np.ndarray, caption: str, point: tuple[float, float] | None = None) -> Image.Image:
    """found, truth bool [H, W]; point in 0..1 -> a picture SIDE wide with its caption below."""
    picture = np.full((*truth.shape, 3), PAPER, np.uint8)
    picture[found & truth], picture[~found & truth], picture[found & ~truth] = GREEN, RED, BLUE
    height = round(SIDE * truth.shape[0] / truth.shape[1])
    small = Image.fromarray(picture).resize((SIDE, height), Image.Resampling.NEAREST)
    tile = Image.new("RGB", (SIDE + 6, height + 18), (255, 255, 255))
    tile.paste(small, (3, 0))
    draw = ImageDraw.Draw(tile)
    if point:
        x, y = 3 + point[0] * SIDE, point[1] * height
        draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill=CLICK, outline=(255, 255, 255))
    draw.text((5, height + 3), caption, fill=(40, 40, 40))
    return tile


def sheet(tiles: list[Image.Image], columns: int, path: Path) -> None:
    w, h = tiles[0].size
    picture = Image.new("RGB", (w * columns, h * -(-len(tiles) // columns)), (255, 255, 255))
    for k, tile in enumerate(tiles):
        picture.paste(tile, (k % columns * w, k // columns * h))
    picture.save(path, quality=85)
    print(path, path.stat().st_size, flush=True)


@torch.inference_mode()
def track(predictor, folder: Path, prompt: str) -> list[tuple[int, np.ndarray, np.ndarray, float]]:
    """-> (frame, found, truth, mean J) with all objects of the sequence in one silhouette"""
    paths = sorted((folder / "masks").iterdir())
    truth = [np.asarray(Image.open(p)) for p in paths]
    ids = [int(v) for v in np.unique(truth[0]) if v not in (0, 255)] or [255]
    out = []
    with contextlib.redirect_stderr(io.StringIO()):
        state = predictor.init_state(str(folder / "frames"))
        for i in ids:
            if prompt == "mask":
                predictor.add_new_mask(state, 0, i, truth[0] == i)
            else:
                point = np.array([central_pixel(truth[0] == i)], dtype=np.float32)
                predictor.add_new_points_or_box(state, 0, i, points=point, labels=np.array([1], dtype=np.int32))
        for t, found, logits in predictor.propagate_in_video(state):
            each = [(logit[0].numpy() > 0, truth[t] == i) for i, logit in zip(found, logits, strict=True)]
            score = float(np.mean([jaccard(a, b) for a, b in each]))
            out.append((t, np.any([a for a, _ in each], 0), np.any([b for _, b in each], 0), score))
    return out


@torch.no_grad()
def worst_clicks(model, images: Images, count: int) -> list[Image.Image]:
    """The same regions as a plain evaluation takes, one click each; every n-th of the failures, from bad to less bad."""
    generator, rows = np.random.default_rng(0), []
    for i in range(len(images)):
        region = images.regions[i][generator.integers(len(images.regions[i]))]
        target = torch.from_numpy(low_mask(images.mask(i, region)))[None]
        (s0, s1, top), _ = image_features(model, *early_features(model, torch.from_numpy(images.rgb[i].copy())[None]))
        point = torch.tensor([[central_point(target[0].numpy())]], dtype=torch.float32)
        masks, ious, _, _ = decode(model, top + model.no_mem_embed[0, 0][None, :, None, None], s0, s1, point, torch.ones(1, 1), None)
        mask = answer(model, masks, ious, 1)
        rows.append((hard_iou(mask[:, None], target)[0, 0].item(), (mask[0] > 0).numpy(), target[0].numpy() > 0.5, point[0, 0] / IMAGE_SIZE))
    rows.sort(key=lambda r: r[0])
    bad = rows[: len(rows) // 2]
    return [silhouette(a, b, f"one click, IoU {score:.2f}", tuple(p.tolist())) for score, a, b, p in bad[:: max(1, len(bad) // count)][:count]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("models/nano"))
    parser.add_argument("--sequences", nargs="+", default=["bmx-trees", "dogs_jump", "horsejump-high", "dog"])
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    sheet(worst_clicks(build_nano(args.checkpoint), Images(args.data, "val"), 12), 6, args.out / "failures-clicks.webp")
    predictor = build_nano_video_predictor(args.checkpoint)
    for name in args.sequences:
        rows = track(predictor, args.data / "video" / "val" / name, "mask")
        picks = [rows[round(k * (len(rows) - 1) / 5)] for k in range(1, 6)]
        picks.append(min(rows[1:], key=lambda r: r[3]))
        picks.sort(key=lambda r: r[0])
        tiles = [silhouette(a, b, f"frame {t}, J {score:.2f}") for t, a, b, score in picks]
        sheet(tiles, 6, args.out / f"failures-{name}.webp")


if __name__ == "__main__":
    main()
