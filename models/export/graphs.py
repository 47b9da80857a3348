"""The graphs of the bundle contract (models/README.md) as modules around a SAM2Base.

Shapes: S image size, h = S / 16, C hidden width, Cm memory width, B objects, M memories, P pointers, N points.
What does not export (complex rotary codes, None inputs, boolean indexing) is written as plain arithmetic; every learned
tensor stays the model's own parameter, so that its name in the graph is its name in the checkpoint. Where a forward is not the official
code, `official` is: the exporter compares the graph with it.
"""

import torch
import torch.nn.functional as F
from torch import nn

from models.export import hiera, lite0
from models.export.hiera import gelu

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


class ImageEncoderGraph(nn.Module):
    """uint8 [1, S, S, 3] -> s0 [1, C/8, 4h, 4h], s1 [1, C/4, 2h, 2h], top [1, C, h, h], top + no_mem_embed."""

    def __init__(self, model):
        super().__init__()
        self.m = model
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(STD).view(1, 3, 1, 1), persistent=False)
        self.encoder = None
        if hiera.is_hiera(model):
            self.encoder = hiera.ImageEncoder(model)
        elif lite0.is_lite0(model):
            self.encoder = lite0.ImageEncoder(model, self.std)

    def normalised(self, image):
        return (image.permute(0, 3, 1, 2).to(torch.float32) / 255 - self.mean) / self.std

    def levels(self, image):
        if self.encoder is None:
            return self.m.forward_image(self.normalised(image))["backbone_fpn"]
        if isinstance(self.encoder, lite0.ImageEncoder):
            return self.encoder(image.permute(0, 3, 1, 2).to(torch.float32) - 255 * self.mean)
        return self.encoder(self.m, self.normalised(image))

    def forward(self, image):
        s0, s1, top = self.levels(image)
        return s0, s1, top, top + self.m.no_mem_embed.view(1, -1, 1, 1)

    def official(self, image):
        s0, s1, top = self.m.forward_image(self.normalised(image))["backbone_fpn"]
        return s0, s1, top, top + self.m.no_mem_embed.view(1, -1, 1, 1)


class MaskDecoderGraph(nn.Module):
    """Prompt encoder, decoder and pointer projection: every candidate, nothing selected."""

    def __init__(self, model):
        super().__init__()
        self.m = model

    def prompts(self, points, labels, mask_prompt, has_mask):
        """-> sparse [B, N, C] and dense [B, C, h, h] (nano's with its maps), as the prompt encoder gives them"""
        encoder = self.m.sam_prompt_encoder
        centred = points + 0.5
        sparse = encoder.pe_layer.forward_with_coords(centred, encoder.input_image_size)
        kind = labels.unsqueeze(-1)
        sparse = sparse * (kind >= 0).to(torch.float32)
        for label, table in enumerate([encoder.not_a_point_embed, *encoder.point_embeddings], start=-1):
            sparse = sparse + (kind == label).to(torch.float32) * table.weight.view(1, 1, -1)
        with_mask = has_mask.view(-1, 1, 1, 1)
        dense = encoder.mask_downscaling(mask_prompt) * with_mask + encoder.no_mask_embed.weight.view(1, -1, 1, 1) * (1 - with_mask)
        if hasattr(encoder, "dense_prompt"):  # nano draws its prompts as maps too
            dense = encoder.draw(dense, centred, labels, mask_prompt * with_mask)
        return sparse, dense

    def forward(self, pix, s0, s1, points, labels, mask_prompt, has_mask):
        encoder = self.m.sam_prompt_encoder
        sparse, dense = self.prompts(points, labels, mask_prompt, has_mask)
        masks, ious, tokens, logit = self.m.sam_mask_decoder.predict_masks(
            image_embeddings=pix,
            image_pe=encoder.get_dense_pe(),
            sparse_prompt_embeddings=sparse,
            dense_prompt_embeddings=dense,
            repeat_image=False,
            high_res_features=[s0, s1],
        )
        visible = (logit > 0).to(torch.float32).unsqueeze(-1)
        pointers = self.m.obj_ptr_proj(tokens) * visible + (1 - visible) * self.m.no_obj_ptr.unsqueeze(0)
        return masks, ious, pointers, logit[:, 0]


class MemoryEncoderGraph(nn.Module):
    """top [1, C, h, h], logits [B, 1, 4h, 4h], binarize [B], object_logit [B] -> memory [B, h*h, Cm]."""

    def __init__(self, model):
        super().__init__()
        self.m = model

    def mask_input(self, logits, binarize):
        m, size = self.m, self.m.image_size
        high = F.interpolate(logits, size=(size, size), mode="bilinear", align_corners=False)
        hard = binarize.view(-1, 1, 1, 1)
        mask = (high > 0).to(torch.float32) * hard + torch.sigmoid(high) * (1 - hard)
        return mask * m.sigmoid_scale_for_mem_enc + m.sigmoid_bias_for_mem_enc

    def absence(self, object_logit):
        return (object_logit <= 0).to(torch.float32).view(-1, 1, 1) * self.m.no_obj_embed_spatial.view(1, 1, -1)

    def downsampled(self, x):
        """The official mask downsampler; the mean over channels is taken out of each convolution's weights instead of its output."""
        layers = list(self.m.memory_encoder.mask_downsampler.encoder)
        while len(layers) > 1:
            conv, norm, _, *layers = layers
            weight, bias = conv.weight - conv.weight.mean(0, keepdim=True), conv.bias - conv.bias.mean()
            x = F.conv2d(x, weight, bias, stride=conv.stride, padding=conv.padding)
            deviation = torch.sqrt((x * x).mean(1, keepdim=True) + norm.eps)
            x = gelu(x / deviation * norm.weight[:, None, None] + norm.bias[:, None, None])
        return layers[0](x)

    def forward(self, top, logits, binarize, object_logit):
        encoder = self.m.memory_encoder
        # The image half has batch 1 and is broadcast: it is the same for every object.
        x = encoder.pix_feat_proj(top) + self.downsampled(self.mask_input(logits, binarize))
        for block in encoder.fuser.layers:
            tokens = block.dwconv(x).permute(0, 2, 3, 1)
            norm = block.norm
            y = F.layer_norm(tokens, norm.weight.shape, norm.weight, norm.bias, norm.eps).flatten(0, 2)
            y = F.linear(gelu(block.pwconv1(y)), block.pwconv2.weight * block.gamma.unsqueeze(1), block.pwconv2.bias * block.gamma)
            x = x + y.reshape(tokens.shape).permute(0, 3, 1, 2)
        return encoder.out_proj(x).flatten(2).transpose(1, 2) + self.absence(object_logit)

    def official(self, top, logits, binarize, object_logit):
        mask = self.mask_input(logits, binarize)
        x = self.m.memory_encoder(top.expand(len(mask), -1, -1, -1), mask, skip_mask_sigmoid=True)["vision_features"]
        return x.flatten(2).transpose(1, 2) + self.absence(object_logit)


class MaskPromptGraph(nn.Module):
    """mask [B, 1, S, S] of 0 and 1 -> mask_downsample(mask) [B, 1, 4h, 4h], and no_obj_ptr [1, C]."""

    def __init__(self, model):
        super().__init__()
        self.m = model

    def forward(self, mask):
        return self.m.mask_downsample(mask), self.m.no_obj_ptr + 0
