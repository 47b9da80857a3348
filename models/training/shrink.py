"""A small copy of the data folder, in its own layout, for a machine that everything must be carried to: pictures as 512 x 512 WebP,
label maps as 512 x 512 PNG, one tar file for each part. `python -m models.training.shrink --help`"""

from __future__ import annotations

import argparse
import io
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from models.training.bank import SIDE, numbered
from models.training.data import load_labels


def small_picture(path: Path, quality: int) -> bytes:
    with Image.open(path) as image:
        out = io.BytesIO()
        image.convert("RGB").resize((SIDE, SIDE), Image.LANCZOS).save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()


def small_labels(path: Path, keep_ids: bool) -> bytes:
    """`keep_ids`: ids are the same objects on other frames; else they are numbered anew, so that 255 are enough (the smallest regions beyond that go)."""
    label = load_labels(path, SIDE)
    if not keep_ids:
        label = numbered(label, 255)
    out = io.BytesIO()
    Image.fromarray(label.astype(np.uint8)).save(out, "PNG", optimize=True)
    return out.getvalue()


def write(out: Path, jobs: list[tuple[str, object]]) -> None:
    """jobs: (name in the archive, () -> bytes)"""
    with ThreadPoolExecutor() as pool, tarfile.open(out, "w") as tar:
        for (name, _), data in zip(jobs, pool.map(lambda job: job[1](), jobs), strict=True):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    print(out, round(out.stat().st_size / 2**20, 1), "MiB", len(jobs), "files", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, required=True, help="a folder for labels.tar, video.tar and images-N.tar")
    parser.add_argument("--parts", type=int, default=2, help="archives that the images are spread over")
    parser.add_argument("--quality", type=int, default=70)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    labels = sorted((args.data / "train" / "labels").glob("*.png"))
    listed = [("val_images.txt", (args.data / "val_images.txt").read_bytes)]
    write(args.out / "labels.tar", listed + [(f"train/labels/{p.stem}.png", lambda p=p: small_labels(p, False)) for p in labels])
    images = sorted((args.data / "train" / "images").iterdir())
    for part in range(args.parts):
        write(args.out / f"images-{part}.tar", [(f"train/images/{p.stem}.webp", lambda p=p: small_picture(p, args.quality)) for p in images[part :: args.parts]])
    frames = sorted((args.data / "video" / "train").glob("*/frames/*"))
    masks = sorted((args.data / "video" / "train").glob("*/masks/*"))
    write(
        args.out / "video.tar",
        [(f"{p.parent.relative_to(args.data)}/{p.stem}.webp", lambda p=p: small_picture(p, args.quality)) for p in frames]
        + [(f"{p.parent.relative_to(args.data)}/{p.stem}.png", lambda p=p: small_labels(p, True)) for p in masks],
    )


if __name__ == "__main__":
    main()
