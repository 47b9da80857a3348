"""log.csv -> training.webp: loss and IoU over minutes of training. `python -m models.training.plot`"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log", type=Path, default=Path("models/training/log.csv"))
    parser.add_argument("--out", type=Path, default=Path("models/nano/training.webp"))
    args = parser.parse_args()
    with args.log.open() as f:
        rows = list(csv.DictReader(f))
    on_gpu = [row for row in rows if "GPU" in row["stage"]]
    figure, axes = plt.subplots(2, 2, figsize=(11, 7.5))
    draw(axes[0], [row for row in rows if "GPU" not in row["stage"]], "minutes of training, 2 shared cores")
    draw(axes[1], on_gpu, "minutes of training, one GPU")
    figure.tight_layout()
    figure.savefig(args.out, dpi=110)


def draw(axes, rows: list[dict], clock_label: str) -> None:
    # Each run counts its own seconds from zero.
    clock, before, done = [], 0.0, 0.0
    for row in rows:
        now = float(row["seconds"])
        if now < before:
            done += before
        before = now
        clock.append((done + now) / 60)

    def series(field: str, stage: str | None = None):
        picked = [(at, float(r[field])) for at, r in zip(clock, rows, strict=True) if r[field] and (stage is None or r["stage"] == stage)]
        return [at for at, _ in picked], [value for _, value in picked]

    left, right = axes
    for stage in dict.fromkeys(row["stage"] for row in rows):
        left.plot(*series("loss", stage), label=f"{stage} stage")
        right.plot(*series("train_iou", stage), alpha=0.4, label=f"training IoU, {stage}")
    names = {"click1": "1 click", "click3": "3 clicks", "box": "box", "shuffled": "click elsewhere (control)",
             "video_mask": "J, first-frame mask (12 frames)", "video_click": "J, first-frame click (12 frames)"}
    for field, name in names.items():
        if any(row[field] for row in rows):
            right.plot(*series(field), marker="o", markersize=3, label=name)
    left.set_ylabel("loss")
    right.set_ylabel("IoU / J (held-out)")
    right.set_ylim(0, 1)
    right.legend(fontsize=7, ncols=2)
    left.legend()
    for axis in axes:
        axis.set_xlabel(clock_label)
        axis.grid(alpha=0.3)


if __name__ == "__main__":
    main()
