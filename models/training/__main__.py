"""Both stages and the object score's zero, one after the other, resumable: `python -m models.training --help`

Stopped, the same command goes on where it was: each stage keeps its state in `--runs`. With a GPU and weights to start from, both stages are those
of gpu_stage.py, which take minutes and are not resumed."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import torch

# What 0.6.0 was trained with.
IMAGE_RATES = ["--images", "96", "--lr", "1.2e-3", "--trunk-lr", "4e-4", "--early-lr", "1.5e-4"]
JOINT_RATES = ["--images", "48", "--clips", "16", "--lr", "6e-4", "--trunk-lr", "1.5e-4", "--early-lr", "5e-5", "--decay", "0.997"]


def stage(name: str, processes: int, arguments: list[str]) -> None:
    """Runs models.training.NAME in `processes` processes of one thread each, which average their gradients; ends with an error if one of them does."""
    shared = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29511"}
    command = [sys.executable, "-m", f"models.training.{name}", *arguments]
    workers = [subprocess.Popen(command, env={**os.environ, **shared, "WORLD_SIZE": str(processes), "RANK": str(rank)}) for rank in range(processes)]
    codes = [worker.wait() for worker in workers]
    if any(codes):
        raise SystemExit(f"{name} ended with {codes}; the same command goes on from its last state")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--runs", type=Path, default=Path("models/training/runs"))
    parser.add_argument("--start", type=Path, help="a checkpoint to go on from; without one the trunk alone is pretrained")
    parser.add_argument("--image-minutes", type=float, default=180)
    parser.add_argument("--video-minutes", type=float, default=120)
    parser.add_argument("--gpu-minutes", type=float, default=5, help="of each stage where there is a GPU")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    image, final, calibrated = args.runs / "nano-image.pt", args.runs / "nano-final.pt", args.runs / "nano-set.pt"
    places = ["--data", str(args.data), "--runs", str(args.runs)]
    if args.start and torch.cuda.is_available():
        final = args.runs / "joint-final.pt"
        minutes = ["--minutes", str(args.gpu_minutes)]
        for name, start, rates in (("image", args.start, IMAGE_RATES), ("joint", args.runs / "image-final.pt", JOINT_RATES)):
            command = ["-m", "models.training.gpu_stage", *places, "--start", str(start), "--stage", name, *minutes, *rates]
            subprocess.run([sys.executable, *command], check=True)
    else:
        start = ["--start", str(args.start)] if args.start else []
        stage("image_stage", args.processes, [*places, *start, "--minutes", str(args.image_minutes), "--quick"])
        memory = ["--no-memory-start"] if args.start else []
        stage("video_stage", args.processes, [*places, "--start", str(image), *memory, "--minutes", str(args.video_minutes), "--quick"])
    calibrate = ["-m", "models.training.presence", str(final), "--data", str(args.data), "--calibrate", str(calibrated)]
    subprocess.run([sys.executable, *calibrate], check=True)
    print("done:", calibrated)


if __name__ == "__main__":
    main()
