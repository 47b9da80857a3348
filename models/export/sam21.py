"""The official sizes of SAM 2.1: configuration, published checkpoint, and the predictor with seeded weights in it."""

from typing import NamedTuple

import torch

IMAGE_SIZES = (512, 1024)
BASE_URL = "https://dl.fbaipublicfiles.com/segment_anything_2/092824"


class Size(NamedTuple):
    label: str
    config: str
    file: str
    bytes: int

    @property
    def url(self):
        return f"{BASE_URL}/{self.file}"


SIZES = {
    "tiny": Size("tiny", "t", "sam2.1_hiera_tiny.pt", 156_008_466),
    "small": Size("small", "s", "sam2.1_hiera_small.pt", 184_416_285),
    "base-plus": Size("base+", "b+", "sam2.1_hiera_base_plus.pt", 323_606_802),
    "large": Size("large", "l", "sam2.1_hiera_large.pt", 898_083_611),
}


def build(name, image_size=1024, seed=0, checkpoint=None, tuning=(), **overrides):
    """
    The official video predictor; build_sam2 would set other flags. Without a checkpoint its weights are seeded noise, none of them
    a constant, so that a tensor that is left out of a graph shows.
    """
    from sam2.build_sam import build_sam2_video_predictor

    extra = [f"++model.image_size={image_size}", *(f"++model.{key}={value}" for key, value in overrides.items())]
    model = build_sam2_video_predictor(f"configs/sam2.1/sam2.1_hiera_{SIZES[name].config}.yaml", checkpoint, device="cpu", hydra_overrides_extra=extra)
    if checkpoint is None:
        from models.parity.seeded_weights import seeded_tensor

        state = {key: torch.from_numpy(seeded_tensor(key, tuple(value.shape), seed, tuning)) for key, value in model.state_dict().items()}
        model.load_state_dict(state)
    model.fill_hole_area = 0  # needs an extension that the CPU lacks; the postprocessing flags set it
    return model.eval()
