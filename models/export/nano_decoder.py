"""
Nano's mask decoder in less work, with prompts and for frames without one, where what a prompt alone would change is a constant.

- Between a few tokens and the image, heads need no transposed copies of the image: each token stands there once for each head, with the
  other heads' values 0, so that all heads are one product.
- The projection of a sum with the position code is the projection plus a constant.
- What the tokens take from the image is averaged before it is projected, and what they give to it is projected before it is shared out: they are few.
- The four masks' networks are one product a layer, and the last convolution of the refinement is a mix of channels, as a mask is.
- Attention between tokens and image is sharp: most shares are next to nothing, which is dear if taken exactly.
- Masks take more than half of the work, and are drawn by a graph of their own on frames without a prompt: a path of a memory tree none of whose candidates
  goes on, and an object that is not there, need none.
- Nano draws its prompts as maps and reads them at three strides (models/nano/model.py). Without a point, a box or a mask all maps are 0: the
  dense embedding is one tensor whatever the frame, and the refinements' convolutions need the weights of the features alone. The output tokens
  are the same for every object until they meet the image.

Without prompts it takes about half of the time per object.
"""

import torch
import torch.nn.functional as F
from torch import nn

from models.export.graphs import MaskDecoderGraph
from models.export.hiera import channel_mean, gelu


def heads_of(attention):
    """[H, 1, D]: 1 in each head's part of D"""
    return torch.eye(attention.num_heads).repeat_interleave(attention.internal_dim // attention.num_heads, 1).unsqueeze(1)


def to_heads(x, own):
    """[B, N, D] -> [B, H * N, D]: a row for each head and token, 0 outside the head's part of D; own as heads_of gives it."""
    return (x.unsqueeze(1) * own).flatten(1, 2)


def from_heads(x, own):
    """[B, H * N, D] -> [B, N, D], each head's part from its own rows."""
    return (x.unflatten(1, (len(own), -1)) * own).sum(1)


# Shares of a softmax under e^-60 count as that: they change no sum, and smaller ones are numbers that a CPU needs a
# hundred times as long for (subnormal).
FAINTEST = -60.0


def softmax(scores):
    """Over the last axis, which is long."""
    return F.relu(scores - (scores.amax(-1, keepdim=True) + FAINTEST)).softmax(-1)


def softmax_across(scores, axis):
    """Over a short axis that is not the last, in steps that each go along the last one."""
    raised = (scores - scores.amax(axis, keepdim=True)).clamp(min=FAINTEST).exp()
    return raised / raised.sum(axis, keepdim=True)


def layer_norm_2d(norm, x):
    x = x - channel_mean(x)
    return x / torch.sqrt(channel_mean(x * x) + norm.eps) * norm.weight[:, None, None] + norm.bias[:, None, None]


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


class DrawnParts(nn.Module):
    """DrawnRefinement in the same two steps, with what is drawn: maps [B, 8, H, W]"""

    def __init__(self, refinement):
        super().__init__()
        self.refinement, self.last = refinement, refinement.mix[2]

    def forward(self, x, maps):
        x, more = self.parts(x, maps)
        return x + self.last(more)

    def parts(self, x, maps):
        x = gelu(x)
        first = self.refinement.mix[0]
        return x, gelu(first(torch.cat([x, maps, self.refinement.alike(x, maps)], 1)))


class NanoDecoder(nn.Module):
    """From tokens and image on."""

    def __init__(self, model):
        super().__init__()
        self.m = model
        decoder, encoder = model.sam_mask_decoder, model.sam_prompt_encoder
        first = decoder.transformer.layers[0]
        with torch.no_grad():
            for name, table in {
                "position": encoder.get_dense_pe().flatten(2).transpose(1, 2).contiguous(),
                "begin": torch.cat([decoder.obj_score_token.weight, decoder.iou_token.weight, decoder.mask_tokens.weight]),
                "own": heads_of(first.cross_attn_token_to_image),
                "own_self": heads_of(first.self_attn),
            }.items():
                self.register_buffer(name, table.detach(), persistent=False)
            # [layers] of [4, A, B] and [4, 1, B]
            networks = [network.layers for network in decoder.output_hypernetworks_mlps]
            self.depth = len(networks[0])
            for at in range(self.depth):
                self.register_buffer(f"network_weight_{at}", torch.stack([layers[at].weight.T for layers in networks]), persistent=False)
                self.register_buffer(f"network_bias_{at}", torch.stack([layers[at].bias for layers in networks]).unsqueeze(1), persistent=False)

    def at_position(self, projection, image):
        """projection(image + position)"""
        return image @ projection.weight.T + projection(self.position)

    @staticmethod
    def scale(attention):
        return (attention.internal_dim // attention.num_heads) ** -0.5

    def among_tokens(self, attention, at, tokens):
        query = to_heads(attention.q_proj(at) * self.scale(attention), self.own_self)
        scores = query @ attention.k_proj(at).transpose(1, 2)
        return attention.out_proj(from_heads(scores.softmax(-1) @ attention.v_proj(tokens), self.own_self))

    def tokens_to_image(self, attention, tokens, image):
        query = to_heads(attention.q_proj(tokens) * self.scale(attention), self.own)
        scores = query @ self.at_position(attention.k_proj, image).transpose(1, 2)
        return attention.out_proj(from_heads(attention.v_proj(softmax(scores) @ image), self.own))

    def image_to_tokens(self, attention, image, tokens_at, tokens):
        key = to_heads(attention.k_proj(tokens_at) * self.scale(attention), self.own)
        scores = key @ self.at_position(attention.q_proj, image).transpose(1, 2)
        shares = softmax_across(scores.unflatten(1, (len(self.own), -1)), 2).flatten(1, 2)
        out = attention.out_proj
        return shares.transpose(1, 2) @ (to_heads(attention.v_proj(tokens), self.own) @ out.weight.T) + out.bias

    def begun(self, code):
        """The first layer's tokens before they meet the image."""
        first = self.m.sam_mask_decoder.transformer.layers[0]
        return first.norm1(self.among_tokens(first.self_attn, code, code))

    def transformed(self, begun, code, image):
        """begun and code [B, N, C], image [B, h*h, C] -> tokens [B, N, C], image [B, h*h, C]"""
        transformer, tokens = self.m.sam_mask_decoder.transformer, begun
        for index, layer in enumerate(transformer.layers):
            if index > 0:
                tokens = layer.norm1(tokens + self.among_tokens(layer.self_attn, tokens + code, tokens))
            tokens = layer.norm2(tokens + self.tokens_to_image(layer.cross_attn_token_to_image, tokens + code, image))
            tokens = layer.norm3(tokens + layer.mlp(tokens))
            image = layer.norm4(image + self.image_to_tokens(layer.cross_attn_image_to_token, image, tokens + code, tokens))
        seen = self.tokens_to_image(transformer.final_attn_token_to_image, tokens + code, image)
        return transformer.norm_final_attn(tokens + seen), image

    def mixes(self, chosen):
        """The mask tokens [B, 4, C] -> how each mask mixes the channels [B, 4, C/8]"""
        x = chosen.transpose(0, 1)
        for at in range(self.depth):
            x = x @ getattr(self, f"network_weight_{at}") + getattr(self, f"network_bias_{at}")
            x = F.relu(x) if at + 1 < self.depth else x
        return x.transpose(0, 1)

    def answers(self, tokens):
        """What the tokens say without the image: ious [B, 4], pointers [B, 4, C], object_logit [B] and the mixes"""
        decoder = self.m.sam_mask_decoder
        chosen = tokens[:, 2 : 2 + decoder.num_mask_tokens]
        logit = decoder.pred_obj_score_head(tokens[:, 0])
        visible = (logit > 0).to(torch.float32).unsqueeze(-1)
        pointers = self.m.obj_ptr_proj(chosen) * visible + (1 - visible) * self.m.no_obj_ptr.unsqueeze(0)
        return decoder.iou_prediction_head(tokens[:, 1]), pointers, logit[:, 0], self.mixes(chosen)


def upscaled(model, half, full, image, mixes, s0, s1, half_maps=(), full_maps=()):
    """
    From the image, as the tokens left it, to masks: image [B, h*h, C], mixes [B, 4, C/8], s0 and s1 (batch 1) -> [B, 4, 4h, 4h]
    half and full: the refinements
    """
    side = model.sam_image_embedding_size
    up1, norm, _, up2, _ = model.sam_mask_decoder.output_upscaling
    fine = up1(image.transpose(1, 2).unflatten(2, (side, side))) + s1
    fine, finer = full.parts(up2(half(layer_norm_2d(norm, fine), *half_maps)) + s0, *full_maps)
    masks = mixes @ fine.flatten(2) + ((mixes @ full.last.weight.flatten(1)) @ finer.flatten(2) + mixes @ full.last.bias.unsqueeze(1))
    return masks.unflatten(2, fine.shape[2:])


class NanoDecoderGraph(NanoDecoder):
    """MaskDecoderGraph."""

    def __init__(self, model):
        super().__init__(model)
        self.refine_half, self.refine_full = (DrawnParts(model.sam_mask_decoder.output_upscaling[at]) for at in (2, 4))

    def forward(self, pix, s0, s1, points, labels, mask_prompt, has_mask):
        sparse, (dense, maps) = MaskDecoderGraph(self.m).prompts(points, labels, mask_prompt, has_mask)
        code = torch.cat([self.begin.expand(sparse.shape[0], -1, -1), sparse], 1)
        tokens, image = self.transformed(self.begun(code), code, (pix + dense).flatten(2).transpose(1, 2))
        ious, pointers, logit, mixes = self.answers(tokens)
        masks = upscaled(self.m, self.refine_half, self.refine_full, image, mixes, s0, s1, (F.avg_pool2d(maps, 2),), (maps,))
        return masks, ious, pointers, logit

    def official(self, *inputs):
        return MaskDecoderGraph(self.m)(*inputs)


class CandidateDecoderGraph(NanoDecoder):
    """
    A frame without a prompt, up to what is said of its candidates: pix [B, C, h, h] -> ious, pointers and object_logit as MaskDecoderGraph gives for
    one empty point and its pad, and what MaskUpscalerGraph makes masks of: mixes [B, 4, C/8], image [B, h*h, C].
    """

    def __init__(self, model):
        super().__init__(model)
        encoder = model.sam_prompt_encoder
        with torch.no_grad():
            drawn = encoder.dense_prompt(torch.zeros(1, 2, 2), -torch.ones(1, 2))[0]
            self.register_buffer("dense", drawn + encoder.no_mask_embed.weight.view(1, -1, 1, 1), persistent=False)
            self.register_buffer("tokens", torch.cat([self.begin, encoder.not_a_point_embed.weight.expand(2, -1)])[None], persistent=False)
            self.register_buffer("tokens_begun", self.begun(self.tokens), persistent=False)

    def forward(self, pix):
        tokens, image = self.transformed(self.tokens_begun, self.tokens, (pix + self.dense).flatten(2).transpose(1, 2))
        return *self.answers(tokens), image

    def official(self, pix):
        batch, side, decoder = pix.shape[0], 4 * pix.shape[-1], self.m.sam_mask_decoder
        s0, s1 = torch.zeros(1, self.m.hidden_dim // 8, side, side), torch.zeros(1, self.m.hidden_dim // 4, side // 2, side // 2)
        seen = []
        hook = decoder.transformer.register_forward_hook(lambda _, inputs, outputs: seen.append(outputs))
        try:
            points, labels = torch.zeros(batch, 2, 2), -torch.ones(batch, 2)
            _, ious, pointers, logit = MaskDecoderGraph(self.m)(pix, s0, s1, points, labels, torch.zeros(batch, 1, side, side), torch.zeros(batch))
        finally:
            hook.remove()
        ((tokens, image),) = seen
        mixes = [network(tokens[:, 2 + at]) for at, network in enumerate(decoder.output_hypernetworks_mlps)]
        return ious, pointers, logit, torch.stack(mixes, 1), image


class MaskUpscalerGraph(nn.Module):
    """The masks of a frame without a prompt, of objects for which they are wanted: image, mixes, s0, s1 -> masks [B, 4, 4h, 4h]"""

    def __init__(self, model):
        super().__init__()
        self.m = model
        self.refine_half, self.refine_full = (PlainRefinement(model.sam_mask_decoder.output_upscaling[at]) for at in (2, 4))

    def forward(self, image, mixes, s0, s1):
        return upscaled(self.m, self.refine_half, self.refine_full, image, mixes, s0, s1)

    def official(self, image, mixes, s0, s1):
        up1, norm, half, up2, full = self.m.sam_mask_decoder.output_upscaling
        batch, side = image.shape[0], self.m.sam_image_embedding_size
        try:
            half.drawn, full.drawn = (torch.zeros(batch, half.MAPS, n * side, n * side) for n in (2, 4))
            fine = full(up2(half(norm(up1(image.transpose(1, 2).unflatten(2, (side, side))) + s1))) + s0)
        finally:
            half.drawn = full.drawn = None
        return (mixes @ fine.flatten(2)).unflatten(2, fine.shape[2:])
