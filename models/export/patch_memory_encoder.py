"""
The memory encoder of a model whose mask downsampler reads patches of 4 x 4 and then of 4 x 4 of those (nano), in less work:

- Upsampling by 4 gives each of the low-res mask's cells 4 x 4 pixels, and each of these is a fixed mix of the cell and its neighbours. A
  convolution of 3 x 3 with 16 outputs makes them, sorted as the first patches are, so that the picture of S x S pixels is never laid out.
- Soft or hard is a gain before the sigmoid, which may come before the upsampling; its scale and bias are part of the first convolution.
- From the second patches on everything stands token by token, as the norms and products of matrices want it; the depthwise convolution alone does not.
- The last product of the fuser's block and the output projection are one.
"""

import torch
import torch.nn.functional as F

from models.export.graphs import MemoryEncoderGraph
from models.export.hiera import channel_mean, gelu

PATCH = 4
# sigmoid(x * HARD) is 1 above 0 and 0 below; what is exactly 0 is taken to be just below.
HARD = 2.0**100
BELOW = 2.0**-90


def reads_patches(model):
    """This module's graph is written for the model."""
    *layers, _ = model.memory_encoder.mask_downsampler.encoder
    convs = [layer for layer in layers if isinstance(layer, torch.nn.Conv2d)]
    return len(convs) == 2 and all(conv.kernel_size == conv.stride == (PATCH, PATCH) for conv in convs) and len(model.memory_encoder.fuser.layers) == 1


def upsampling():
    """Weights [16, 1, 3, 3]: the pixels of a cell, row by row, from the cell and its neighbours (bilinear, align_corners false)."""
    axis = torch.zeros(PATCH, 3)
    for pixel in range(PATCH):
        shift = (pixel + 0.5) / PATCH - 0.5
        axis[pixel, 1] = 1 - abs(shift)
        axis[pixel, 2 if shift > 0 else 0] = abs(shift)
    return torch.einsum("ai,bj->abij", axis, axis).reshape(PATCH * PATCH, 1, 3, 3)


class PatchMemoryEncoderGraph(MemoryEncoderGraph):
    """top [1, C, h, h], logits [B, 1, 4h, 4h], binarize [B], object_logit [B] -> memory [B, h*h, Cm]."""

    def __init__(self, model):
        super().__init__(model)
        conv = model.memory_encoder.mask_downsampler.encoder[0]
        self.register_buffer("upsampling", upsampling(), persistent=False)
        with torch.no_grad():
            # Without its mean over the outputs, which the norm takes out.
            weight = conv.weight.flatten(1)
            bias = conv.bias + weight.sum(1) * model.sigmoid_bias_for_mem_enc
            weight = weight * model.sigmoid_scale_for_mem_enc
            self.register_buffer("first_weight", (weight - weight.mean(0))[:, :, None, None], persistent=False)
            self.register_buffer("first_bias", bias - bias.mean(), persistent=False)
            block, out = model.memory_encoder.fuser.layers[0], model.memory_encoder.out_proj
            last, lower = block.pwconv2, out.weight.flatten(1)
            self.register_buffer("last_weight", lower @ (last.weight * block.gamma.unsqueeze(1)), persistent=False)
            self.register_buffer("last_bias", F.linear(last.bias * block.gamma, lower, out.bias), persistent=False)

    def patches(self, logits, binarize):
        """-> [B, 16, 4h, 4h]: the mask's pixels after sigmoid or threshold, those of a cell as its channels"""
        hard = binarize.view(-1, 1, 1, 1)
        sharpened = (logits - hard * BELOW) * (1 + hard * (HARD - 1))
        return torch.sigmoid(F.conv2d(F.pad(sharpened, (1, 1, 1, 1), mode="replicate"), self.upsampling))

    def downsampled_tokens(self, logits, binarize):
        """-> [B * h * h, C]"""
        _, norm, _, second, second_norm, _, last = self.m.memory_encoder.mask_downsampler.encoder
        x = F.conv2d(self.patches(logits, binarize), self.first_weight, self.first_bias)
        deviation = torch.sqrt(channel_mean(x * x) + norm.eps)
        x = gelu(x / deviation * norm.weight[:, None, None] + norm.bias[:, None, None])
        # Channels come last first: rows of them are moved as a whole then, which takes a third of the time of one move
        # of all axes.
        x = x.permute(0, 2, 3, 1)
        x = x.unflatten(2, (-1, PATCH)).unflatten(1, (-1, PATCH)).transpose(2, 3).flatten(3).flatten(0, 2)
        x = F.linear(x, second.weight.permute(0, 2, 3, 1).flatten(1), second.bias)
        x = gelu(F.layer_norm(x, second_norm.weight.shape, second_norm.weight, second_norm.bias, second_norm.eps))
        return F.linear(x, last.weight.flatten(1), last.bias)

    def forward(self, top, logits, binarize, object_logit):
        encoder, side = self.m.memory_encoder, self.m.sam_image_embedding_size
        block, norm, pixels = encoder.fuser.layers[0], encoder.fuser.layers[0].norm, encoder.pix_feat_proj
        # The image half has batch 1 and is broadcast: it is the same for every object.
        image = F.linear(top.flatten(2).transpose(1, 2).flatten(0, 1), pixels.weight.flatten(1), pixels.bias)
        x = image + self.downsampled_tokens(logits, binarize).unflatten(0, (-1, side * side))
        y = block.dwconv(x.transpose(1, 2).unflatten(2, (side, side))).permute(0, 2, 3, 1)
        y = F.layer_norm(y, norm.weight.shape, norm.weight, norm.bias, norm.eps).flatten(0, 2)
        y = F.linear(gelu(block.pwconv1(y)), self.last_weight, self.last_bias)
        memory = F.linear(x.flatten(0, 1), encoder.out_proj.weight.flatten(1)) + y
        return memory.unflatten(0, (-1, side * side)) + self.absence(object_logit)
