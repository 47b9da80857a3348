"""SAM's prompt encoder with a dense prompt beside the sparse one: maps of the clicks and the box, added to the dense embedding.

Matching a point's position code to the image's takes attention a very long training; the maps say the same thing where the
image features are. They are pure arithmetic on points and labels, so the official predictor drives them unchanged.
"""

import torch
from torch import nn

from sam2.modeling.sam.prompt_encoder import PromptEncoder

SIGMAS = (6.0, 20.0, 64.0)  # model pixels
MAPS = 2 * len(SIGMAS) + 1


class DensePromptEncoder(PromptEncoder):
    """As PromptEncoder; `dense_prompt` turns the maps [B, 7, 4h, 4h] into an embedding [B, C, h, h]."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        dim = self.embed_dim
        self.dense_prompt = nn.Sequential(
            nn.Conv2d(MAPS + 1, 32, 4, stride=4), nn.GELU(), nn.Conv2d(32, dim, 3, padding=1), nn.GELU(), nn.Conv2d(dim, dim, 1)
        )
        size = self.mask_input_size[0]
        centres = (torch.arange(size, dtype=torch.float32) + 0.5) * (self.input_image_size[0] / size)
        self.register_buffer("centres", centres, persistent=False)

    def prompt_maps(self, points, labels):
        """points [B, N, 2] in model pixels (before +0.5), labels [B, N] (1, 0, 2, 3, -1) -> [B, 7, 4h, 4h] in 0..1."""
        labels = labels.to(torch.float32)
        x = points[..., 0:1] + 0.5
        y = points[..., 1:2] + 0.5
        dx = self.centres.view(1, 1, -1) - x  # [B, N, W]
        dy = self.centres.view(1, 1, -1) - y
        maps = []
        for wanted in (1, 0):
            chosen = (labels == wanted).to(torch.float32).unsqueeze(-1)
            for sigma in SIGMAS:
                gx = torch.exp(dx * dx * (-0.5 / sigma**2)) * chosen
                gy = torch.exp(dy * dy * (-0.5 / sigma**2))
                # The sum of the gaussians, saturating: 1 - exp(-sum) keeps many clicks apart from one.
                maps.append(1 - torch.exp(-2 * torch.einsum("bny,bnx->byx", gy, gx)))
        # A box: right of and below the top-left corner (label 2), left of and above the bottom-right one (3).
        first = (labels == 2).to(torch.float32).unsqueeze(-1)
        second = (labels == 3).to(torch.float32).unsqueeze(-1)
        in_x = ((dx >= 0).to(torch.float32) * first).sum(1) * ((dx <= 0).to(torch.float32) * second).sum(1)
        in_y = ((dy >= 0).to(torch.float32) * first).sum(1) * ((dy <= 0).to(torch.float32) * second).sum(1)
        maps.append(in_y.unsqueeze(2) * in_x.unsqueeze(1))
        return torch.stack(maps, dim=1)

    def dense_from_points(self, points, labels, mask):
        """The embedding of the maps, zero where a row of the batch has no point at all. mask [B, 1, 4h, 4h] logits or None."""
        maps = self.prompt_maps(points, labels)
        previous = torch.zeros_like(maps[:, :1]) if mask is None else torch.tanh(mask / 4)
        has_point = (labels.to(torch.float32) >= 0).any(dim=1).to(torch.float32).view(-1, 1, 1, 1)
        return self.dense_prompt(torch.cat([maps, previous], dim=1)) * has_point

    def forward(self, points, boxes, masks):
        sparse, dense = super().forward(points, boxes, masks)
        if points is not None:
            dense = dense + self.dense_from_points(points[0], points[1], masks)
        return sparse, dense
