"""
Records how PIL resizes a frame, as the official predictor does, for the test of the app's own decoded model frames.

    python -m models.parity.record_model_frames        # -> tests/fixtures/model-frames

ffmpeg decodes one frame of resources/sample.mp4 to RGB at its own size, PIL stretches it to the sizes that models ask for. Of the larger ones a square
in the middle is kept.
"""

import argparse
import json
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image

WIDTH, HEIGHT, FRAME = 1280, 720, 60
SIZES = (128, 352, 1024)
SIDE = 160


def decode(clip):
    """RGB image [HEIGHT, WIDTH, 3]"""
    select = f"select='eq(n\\,{FRAME})',scale={WIDTH}:{HEIGHT}:flags=bicubic+accurate_rnd+full_chroma_int:in_color_matrix=bt709:in_range=tv,format=rgb24"
    command = ["ffmpeg", "-v", "error", "-i", str(clip), "-vf", select, "-frames:v", "1", "-f", "rawvideo", "-"]
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.uint8).reshape(HEIGHT, WIDTH, 3)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clip", type=Path, default=Path("resources/sample.mp4"))
    parser.add_argument("--out", type=Path, default=Path("tests/fixtures/model-frames"))
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    image, frames = Image.fromarray(decode(args.clip)), []
    for size in SIZES:
        side = min(size, SIDE)
        left = (size - side) // 2
        image.resize((size, size)).crop((left, left, left + side, left + side)).save(args.out / f"{size}.png", optimize=True)
        frames.append({"size": size, "left": left, "top": left, "side": side, "file": f"{size}.png"})
    (args.out / "frames.json").write_text(json.dumps({"frame": FRAME, "frames": frames}) + "\n")


if __name__ == "__main__":
    main()
