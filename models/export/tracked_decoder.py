"""The mask decoder of frames without a prompt, in less work: what a prompt alone would change is a constant there.

- Nano draws its prompts as maps and reads them at three strides (models/nano/model.py). Without a point, a box or a mask all maps are 0: the
  dense embedding is one tensor whatever the frame, and the refinements' convolutions need the weights of the features alone. The output tokens
  are the same for every object until they meet the image.
- Between a few tokens and the image, heads need no transposed copies of the image: each token stands there once for each head, with the
  other heads' values 0, so that all heads are one product.
- The projection of a sum with the position code is the projection plus a constant.
- What the tokens take from the image is averaged before it is projected, and what they give to it is projected before it is shared out: they are few.

Per object it takes about half of the time of the decoder with prompts.
"""

import torch
import torch.nn.functional as F
from torch import nn

from models.export.graphs import MaskDecoderGraph
from models.export.hiera import channel_mean, gelu


def to_heads(x, own):
    """[B, N, D] -> [B, H * N, D]: a row for each head and token, 0 outside the head's part of D; own [H, 1, D] is 1 in it."""
    return (x.unsqueeze(1) * own).flatten(1, 2)


def from_heads(x, own):
    """[B, H * N, D] -> [B, N, D], each head's part from its own rows."""
    return (x.unflatten(1, (len(own), -1)) * own).sum(1)


class PlainRefinement(nn.Module):
    """DrawnRefinement where nothing is drawn: x [B, c, H, W] -> [B, c, H, W]"""

    def __init__(self, refinement):
        super().__init__()
        first, _, self.last = refinement.mix
        self.weight = nn.Parameter(first.weight[:, : self.last.out_channels].detach().clone())
        self.bias = first.bias

    def forward(self, x):
        x, more = self.parts(x)
        return x + self.last(more)

    def parts(self, x):
        """x and y, of which x + last(y) is the refinement"""
        x = gelu(x)
        return x, gelu(F.conv2d(x, self.weight, self.bias, padding=1))


class TrackedDecoderGraph(nn.Module):
    """pix [B, C, h, h], s0, s1 (batch 1) -> masks, ious, pointers and object_logit as MaskDecoderGraph gives for one empty point and its pad."""

    def __init__(self, model):
        super().__init__()
        self.m = model
        decoder, encoder = model.sam_mask_decoder, model.sam_prompt_encoder
        self.refine_half, self.refine_full = (PlainRefinement(decoder.output_upscaling[at]) for at in (2, 4))
        with torch.no_grad():
            drawn = encoder.dense_prompt(torch.zeros(1, 2, 2), -torch.ones(1, 2))[0]
            self.register_buffer("dense", drawn + encoder.no_mask_embed.weight.view(1, -1, 1, 1), persistent=False)
            self.register_buffer("position", encoder.get_dense_pe().flatten(2).transpose(1, 2).contiguous(), persistent=False)
            tokens = torch.cat([decoder.obj_score_token.weight, decoder.iou_token.weight, decoder.mask_tokens.weight, encoder.not_a_point_embed.weight.expand(2, -1)])
            self.register_buffer("tokens", tokens[None], persistent=False)
            first = decoder.transformer.layers[0]
            heads, dim = first.cross_attn_token_to_image.num_heads, first.cross_attn_token_to_image.internal_dim
            self.register_buffer("own", torch.eye(heads).repeat_interleave(dim // heads, 1).unsqueeze(1), persistent=False)
            self.scale = (dim // heads) ** -0.5
            self.register_buffer("begun", first.norm1(first.self_attn(q=self.tokens, k=self.tokens, v=self.tokens)), persistent=False)

    def at_position(self, projection, image):
        """projection(image + position)"""
        return image @ projection.weight.T + projection(self.position)

    def tokens_to_image(self, attention, tokens, image):
        query = to_heads(attention.q_proj(tokens) * self.scale, self.own)
        scores = query @ self.at_position(attention.k_proj, image).transpose(1, 2)
        return attention.out_proj(from_heads(attention.v_proj(scores.softmax(-1) @ image), self.own))

    def image_to_tokens(self, attention, image, tokens_at, tokens):
        key = to_heads(attention.k_proj(tokens_at) * self.scale, self.own)
        scores = self.at_position(attention.q_proj, image) @ key.transpose(1, 2)
        shares = scores.unflatten(-1, (len(self.own), -1)).softmax(-1).flatten(-2)
        out = attention.out_proj
        return shares @ (to_heads(attention.v_proj(tokens), self.own) @ out.weight.T) + out.bias

    @staticmethod
    def normed(norm, x):
        """LayerNorm2d"""
        x = x - channel_mean(x)
        return x / torch.sqrt(channel_mean(x * x) + norm.eps) * norm.weight[:, None, None] + norm.bias[:, None, None]

    def transformed(self, image):
        """image [B, h*h, C] -> tokens [B, 8, C], image [B, h*h, C]"""
        transformer, code = self.m.sam_mask_decoder.transformer, self.tokens
        tokens = self.begun
        for index, layer in enumerate(transformer.layers):
            if index > 0:
                at = tokens + code
                tokens = layer.norm1(tokens + layer.self_attn(q=at, k=at, v=tokens))
            tokens = layer.norm2(tokens + self.tokens_to_image(layer.cross_attn_token_to_image, tokens + code, image))
            tokens = layer.norm3(tokens + layer.mlp(tokens))
            image = layer.norm4(image + self.image_to_tokens(layer.cross_attn_image_to_token, image, tokens + code, tokens))
        seen = self.tokens_to_image(transformer.final_attn_token_to_image, tokens + code, image)
        return transformer.norm_final_attn(tokens + seen), image

    def forward(self, pix, s0, s1):
        decoder = self.m.sam_mask_decoder
        tokens, image = self.transformed((pix + self.dense).flatten(2).transpose(1, 2))
        up1, norm, _, up2, _ = decoder.output_upscaling
        half = self.refine_half(self.normed(norm, up1(image.transpose(1, 2).reshape(pix.shape)) + s1))
        fine, finer = self.refine_full.parts(up2(half) + s0)
        chosen = tokens[:, 2 : 2 + decoder.num_mask_tokens]
        weights = torch.stack([mlp(chosen[:, i]) for i, mlp in enumerate(decoder.output_hypernetworks_mlps)], 1)
        # A mask is a mix of channels, and so is the refinement's last convolution.
        last = self.refine_full.last
        masks = weights @ fine.flatten(2) + ((weights @ last.weight.flatten(1)) @ finer.flatten(2) + weights @ last.bias.unsqueeze(1))
        masks = masks.unflatten(2, fine.shape[2:])
        logit = decoder.pred_obj_score_head(tokens[:, 0])
        visible = (logit > 0).to(torch.float32).unsqueeze(-1)
        pointers = self.m.obj_ptr_proj(chosen) * visible + (1 - visible) * self.m.no_obj_ptr.unsqueeze(0)
        return masks, decoder.iou_prediction_head(tokens[:, 1]), pointers, logit[:, 0]

    def official(self, pix, s0, s1):
        batch, side = pix.shape[0], s0.shape[-1]
        points, labels = torch.zeros(batch, 2, 2), -torch.ones(batch, 2)
        return MaskDecoderGraph(self.m)(pix, s0, s1, points, labels, torch.zeros(batch, 1, side, side), torch.zeros(batch))
