"""The graphs of the bundle contract (models/README.md) as modules around a SAM2Base.

Shapes: S image size, h = S / 16, C hidden width, Cm memory width, B objects, M memories, P pointers, N points.
What does not export (complex rotary codes, None inputs, boolean indexing) is written as plain arithmetic here; every learned
tensor stays the model's own parameter, so that its name in the graph is its name in the checkpoint.
"""

import torch
import torch.nn.functional as F
from torch import nn

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


class ImageEncoderGraph(nn.Module):
    """uint8 [1, S, S, 3] -> s0 [1, C/8, 4h, 4h], s1 [1, C/4, 2h, 2h], top [1, C, h, h], top + no_mem_embed."""

    def __init__(self, model):
        super().__init__()
        self.m = model
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(STD).view(1, 3, 1, 1), persistent=False)

    def forward(self, image):
        x = image.permute(0, 3, 1, 2).to(torch.float32) / 255
        s0, s1, top = self.m.forward_image((x - self.mean) / self.std)["backbone_fpn"]
        return s0, s1, top, top + self.m.no_mem_embed.view(1, -1, 1, 1)


class MaskDecoderGraph(nn.Module):
    """Prompt encoder, decoder and pointer projection: every candidate, nothing selected."""

    def __init__(self, model):
        super().__init__()
        self.m = model

    def forward(self, pix, s0, s1, points, labels, mask_prompt, has_mask):
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
            dense = dense + encoder.dense_prompt(centred, labels)
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

    def forward(self, top, logits, binarize, object_logit):
        m, size = self.m, self.m.image_size
        high = F.interpolate(logits, size=(size, size), mode="bilinear", align_corners=False)
        hard = binarize.view(-1, 1, 1, 1)
        mask = (high > 0).to(torch.float32) * hard + torch.sigmoid(high) * (1 - hard)
        mask = mask * m.sigmoid_scale_for_mem_enc + m.sigmoid_bias_for_mem_enc
        encoder = m.memory_encoder
        # The image half has batch 1 and is broadcast: it is the same for every object.
        x = encoder.out_proj(encoder.fuser(encoder.pix_feat_proj(top) + encoder.mask_downsampler(mask)))
        absent = (object_logit <= 0).to(torch.float32).view(-1, 1, 1, 1)
        x = x + absent * m.no_obj_embed_spatial.view(1, -1, 1, 1)
        return x.flatten(2).transpose(1, 2)


class MaskPromptGraph(nn.Module):
    """mask [B, 1, S, S] of 0 and 1 -> mask_downsample(mask) [B, 1, 4h, 4h], and no_obj_ptr [1, C]."""

    def __init__(self, model):
        super().__init__()
        self.m = model

    def forward(self, mask):
        return self.m.mask_downsample(mask), self.m.no_obj_ptr + 0


def rotate(x, cos, sin):
    """Rotary code on adjacent pairs as real arithmetic: x [..., C], cos and sin [h*h, C/2]."""
    pairs = x.reshape(*x.shape[:-1], -1, 2)
    a, b = pairs[..., 0], pairs[..., 1]
    return torch.stack([a * cos - b * sin, a * sin + b * cos], dim=-1).flatten(-2)


def rope_theta(attention):
    """The base that an official RoPEAttention was built with (it is kept in a partial)."""
    return attention.compute_cis.keywords["theta"]


def one_axis(position):
    """Sine position [C, h, h], y channels first -> [h, C/2]: x and y have the same codes."""
    half = position.shape[0] // 2
    column, row = position[:half, :, 0].T, position[half:, 0, :].T
    assert torch.equal(column, row)
    return column.contiguous()


def spread(axis, y_first):
    """A table [h, A] of one axis -> [h*h, 2A], one row a token, the codes of x and of y beside each other."""
    side = axis.shape[0]
    x, y = axis.unsqueeze(0).expand(side, -1, -1), axis.unsqueeze(1).expand(-1, side, -1)
    return torch.cat([y, x] if y_first else [x, y], dim=-1).flatten(0, 1)


class MemoryAttentionGraph(nn.Module):
    """Image features conditioned on memories and pointers; see models/README.md for the inputs."""

    def __init__(self, model):
        super().__init__()
        self.m = model
        side, dim, memory_dim = model.sam_image_embedding_size, model.hidden_dim, model.mem_dim
        theta = rope_theta(model.memory_attention.layers[0].self_attn)
        angle = torch.outer(torch.arange(side).float(), 1.0 / theta ** (torch.arange(0, dim, 4)[: dim // 4].float() / dim))
        # Every table is the same along one axis, so a column or row of it is kept and spread out when the session loads.
        position = model.image_encoder.neck.position_encoding(torch.zeros(1, dim, side, side))[0]
        memory_position = model.memory_encoder.position_encoding(torch.zeros(1, memory_dim, side, side))[0]
        half = dim // 2
        for name, table in {
            "rope_cos": angle.cos(),
            "rope_sin": angle.sin(),
            "image_position": one_axis(position),
            "memory_position": one_axis(memory_position),
            "pointer_frequency": 10000 ** (2 * (torch.arange(half) // 2).float() / half),
        }.items():
            self.register_buffer(name, table, persistent=False)

    def attend(self, attention, q, k, v):
        """One head: q [b, n, C], k and v [B, m, C] -> [B, n, C]"""
        out = F.scaled_dot_product_attention(q.unsqueeze(1), k.unsqueeze(1), v.unsqueeze(1))
        return attention.out_proj(out.squeeze(1))

    def forward(self, top, memory, memory_tpos, memory_weight, pointers, pointer_pos, pointer_weight):
        m = self.m
        dim, memory_dim, tokens = m.hidden_dim, m.mem_dim, m.sam_image_embedding_size**2
        batch, memories = memory_tpos.shape
        count = pointer_pos.shape[1]
        rope = spread(self.rope_cos, y_first=False), spread(self.rope_sin, y_first=False)
        # Keys carry position and weight, values are the bare memory.
        temporal = m.maskmem_tpos_enc[:, 0, 0][memory_tpos]
        key_memory = (memory + spread(self.memory_position, y_first=True) + temporal.unsqueeze(2)) * memory_weight[:, :, None, None]
        key_memory, value_memory = key_memory.flatten(1, 2), memory.flatten(1, 2)
        angle = pointer_pos.unsqueeze(-1) / self.pointer_frequency
        pointer_code = m.obj_ptr_tpos_proj(torch.cat([angle.sin(), angle.cos()], dim=-1))
        split = pointers.reshape(batch, count, dim // memory_dim, memory_dim)
        key_pointers = ((split + pointer_code.unsqueeze(2)) * pointer_weight[:, :, None, None]).flatten(1, 2)
        value_pointers = split.flatten(1, 2)

        x = top.flatten(2).transpose(1, 2) + 0.1 * spread(self.image_position, y_first=True)
        for index, layer in enumerate(m.memory_attention.layers):
            attention, y = layer.self_attn, layer.norm1(x)
            q = rotate(attention.q_proj(y), *rope)
            k = rotate(attention.k_proj(y), *rope)
            x = x + self.attend(attention, q, k, attention.v_proj(y))
            if index == 0:
                x = x.expand(batch, -1, -1)  # until here the image alone: done once for all objects
            attention, y = layer.cross_attn_image, layer.norm2(x)
            q = rotate(attention.q_proj(y), *rope)
            k = attention.k_proj(key_memory).reshape(batch, memories, tokens, dim)
            k = rotate(k, *rope).reshape(batch, memories * tokens, dim)
            k = torch.cat([k, attention.k_proj(key_pointers)], dim=1)
            v = torch.cat([attention.v_proj(value_memory), attention.v_proj(value_pointers)], dim=1)
            x = x + self.attend(attention, q, k, v)
            x = x + layer.linear2(layer.activation(layer.linear1(layer.norm3(x))))
        x = m.memory_attention.norm(x)
        side = m.sam_image_embedding_size
        return x.transpose(1, 2).reshape(batch, dim, side, side)
