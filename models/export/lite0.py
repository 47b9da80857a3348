"""
Nano's image encoder (models/nano/model.py) in less work, with the same numbers:

- Between two convolutions of 1x1 with nothing but their biases between them lies no need for the wide map: the neck's convolution of the two
  fine levels and the decoder's one after it are one, and so are the trunk's last projection, which only the neck reads, and the neck's.
- The image's standard deviation is part of the first convolution. Its mean is not: the convolution pads with the mean's colour.
"""

import torch
import torch.nn.functional as F
from torch import nn

from models.nano.model import LITE0_TAPS, EfficientNetLite0


def joined(first, then):
    """Weight and bias of then(first(x)), both convolutions of 1x1."""
    outer, inner = then.weight.flatten(1), first.weight.flatten(1)
    return (outer @ inner)[:, :, None, None], F.linear(first.bias, outer, then.bias)


def is_lite0(model):
    return isinstance(model.image_encoder.trunk, EfficientNetLite0)


class ImageEncoder(nn.Module):
    """Pixels 0..255 less their mean, [1, 3, S, S] -> s0, s1, top."""

    def __init__(self, model, std):
        super().__init__()
        trunk, neck, decoder = model.image_encoder.trunk, model.image_encoder.neck, model.sam_mask_decoder
        self.trunk, self.stem = trunk, trunk.stem
        coarsest, self.third, second, first = (conv.conv for conv in neck.convs)
        with torch.no_grad():
            last = trunk.blocks[-1]
            if last.skip or neck.fpn_top_down_levels != [2, 3] or neck.fpn_interp_model != "nearest":
                raise ValueError("this trunk or neck is not written")
            for name, (weight, bias) in {
                "s0": joined(first, decoder.conv_s0),
                "s1": joined(second, decoder.conv_s1),
                "coarse": joined(last.project.conv, coarsest),
                "scaled": (self.stem.conv.weight / (255 * std), self.stem.conv.bias),
            }.items():
                self.register_buffer(f"{name}_weight", weight.detach(), persistent=False)
                self.register_buffer(f"{name}_bias", bias.detach(), persistent=False)

    def forward(self, image):
        trunk, stem = self.trunk, self.stem
        low, high = stem.pad
        x = F.relu6(F.conv2d(F.pad(image, (low, high, low, high)), self.scaled_weight, self.scaled_bias, stem.conv.stride))
        maps = []
        for index, block in enumerate(trunk.blocks[:-1]):
            x = block(x)
            if index in LITE0_TAPS:
                maps.append(x)
        last = trunk.blocks[-1]
        x = F.relu6(last.depthwise(F.relu6(last.expand(x))))
        coarse = F.conv2d(x, self.coarse_weight, self.coarse_bias)
        quarter, eighth, sixteenth = maps
        top = self.third(sixteenth) + F.interpolate(coarse, scale_factor=2.0, mode="nearest")
        return F.conv2d(quarter, self.s0_weight, self.s0_bias), F.conv2d(eighth, self.s1_weight, self.s1_bias), top
