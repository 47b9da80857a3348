"""
A checkpoint with random weights in the layout of the official files ({"model": state dict}, saved by torch).

    python -m models.parity.make_checkpoint --size tiny --seed 1 OUT.pt

The weights come from models/parity/seeded_weights.py; the predictor tracks nothing useful with them, but at full speed and repeatably.
"""

import argparse
from pathlib import Path

import torch

from models.export.sam21 import SIZES, build


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=list(SIZES), required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    torch.save({"model": build(args.size, seed=args.seed).state_dict()}, args.out)
    print(args.out, args.out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
