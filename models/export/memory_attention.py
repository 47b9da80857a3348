"""
The memory attention of the bundle contract (models/README.md). Same numbers as the official module, less work:

- Rotary codes turn pairs of neighbouring channels. Queries and keys are projected with all first members before all second ones, which
  no dot product notices, so that turning is four products of contiguous halves.
- Values carry no position and there is one head: softmax(qk) (M Wv + bv) Wo = softmax(qk) M (Wv Wo) + bv Wo, since a softmax sums to 1. The memory
  itself, narrower than its projection, is what is averaged; so are the image's own features, which saves a projection.
- Until the first cross-attention nothing depends on the object: it is done once for all.
"""

import torch
import torch.nn.functional as F
from torch import nn


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


def turned(linear, x, cos, sin):
    """Projection with rotary code, even channels first: x [B, n, A], cos and sin [n, C/2] -> [B, n, C]"""
    weight, bias, flat = linear.weight.unflatten(0, (-1, 2)), linear.bias.unflatten(0, (-1, 2)), x.flatten(0, 1)
    a, b = (F.linear(flat, weight[:, i], bias[:, i]).reshape(x.shape[0], -1, weight.shape[0]) for i in (0, 1))
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1)


def attend(q, k, v):
    """q [b, n, C], k [B, m, C], v [B, m, A] -> [B, n, A]; q is scaled already."""
    return (q @ k.transpose(1, 2)).softmax(-1) @ v


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

    def forward(self, top, memory, memory_tpos, memory_weight, pointers, pointer_pos, pointer_weight):
        m = self.m
        dim, memory_dim = m.hidden_dim, m.mem_dim
        batch = memory_tpos.shape[0]
        rope = spread(self.rope_cos, y_first=False), spread(self.rope_sin, y_first=False)
        scale = dim**-0.5
        scaled_rope = rope[0] * scale, rope[1] * scale
        # Keys carry position and weight, values are the bare memory.
        temporal = F.embedding(memory_tpos, m.maskmem_tpos_enc[:, 0, 0])
        key_memory = (memory + spread(self.memory_position, y_first=True) + temporal.unsqueeze(2)) * memory_weight[:, :, None, None]
        angle = pointer_pos.unsqueeze(-1) / self.pointer_frequency
        pointer_code = m.obj_ptr_tpos_proj(torch.cat([angle.sin(), angle.cos()], dim=-1))
        split = pointers.reshape(batch, pointer_pos.shape[1], dim // memory_dim, memory_dim)
        key_pointers = (split + pointer_code.unsqueeze(2)) * pointer_weight[:, :, None, None]
        keys = torch.cat([key_memory.flatten(1, 2), key_pointers.flatten(1, 2)], dim=1)
        values = torch.cat([memory.flatten(1, 2), split.flatten(1, 2)], dim=1)
        # Pointers have no place in the image: they are turned by nothing.
        still = keys.new_ones(split.shape[1] * split.shape[2], dim // 2)
        key_cos = torch.cat([rope[0].unsqueeze(0).expand(memory.shape[1], -1, -1).flatten(0, 1), still])
        key_sin = torch.cat([rope[1].unsqueeze(0).expand(memory.shape[1], -1, -1).flatten(0, 1), still * 0])

        x = top.flatten(2).transpose(1, 2) + 0.1 * spread(self.image_position, y_first=True)
        for layer in m.memory_attention.layers:
            attention, y = layer.self_attn, layer.norm1(x)
            q, k = turned(attention.q_proj, y, *scaled_rope), turned(attention.k_proj, y, *rope)
            x = x + self.averaged(attention, attend(q, k, y))

            attention, y = layer.cross_attn_image, layer.norm2(x)
            q = turned(attention.q_proj, y, *scaled_rope)
            k = turned(attention.k_proj, keys, key_cos, key_sin)
            x = x + self.averaged(attention, attend(q, k, values))

            flat = layer.norm3(x).reshape(-1, dim)
            x = x + layer.linear2(F.relu(layer.linear1(flat))).reshape(batch, -1, dim)
        x = m.memory_attention.norm(x)
        side = m.sam_image_embedding_size
        return x.transpose(1, 2).reshape(batch, dim, side, side)

    @staticmethod
    def averaged(attention, mean):
        """What out_proj gives for the values of which `mean` [B, n, A] is the average before v_proj: [B, n, C]"""
        value, out = attention.v_proj, attention.out_proj
        weight, bias = out.weight @ value.weight, F.linear(value.bias, out.weight, out.bias)
        return F.linear(mean.reshape(-1, mean.shape[-1]), weight, bias).reshape(*mean.shape[:-1], -1)

    def official(self, top, memory, memory_tpos, memory_weight, pointers, pointer_pos, pointer_weight):
        """The same by the official module, object by object."""
        m, dim, memory_dim = self.m, self.m.hidden_dim, self.m.mem_dim
        side = m.sam_image_embedding_size
        position = m.image_encoder.neck.position_encoding(top)
        memory_position = m.memory_encoder.position_encoding(torch.zeros(1, memory_dim, side, side)).flatten(2).transpose(1, 2)
        sequence = lambda x: x.flatten(2).permute(2, 0, 1)
        rows = []
        for b in range(len(memory)):
            keys = (memory[b] + memory_position + m.maskmem_tpos_enc[memory_tpos[b], 0]) * memory_weight[b, :, None, None]
            angle = pointer_pos[b].unsqueeze(-1) / 10000 ** (2 * (torch.arange(dim // 2) // 2).float() / (dim // 2))
            code = m.obj_ptr_tpos_proj(torch.cat([angle.sin(), angle.cos()], -1))
            split = pointers[b].reshape(-1, dim // memory_dim, memory_dim)
            key_pointers = (split + code.unsqueeze(1)) * pointer_weight[b, :, None, None]
            all_keys = torch.cat([keys.flatten(0, 1), key_pointers.flatten(0, 1)]).unsqueeze(1)
            all_values = torch.cat([memory[b].flatten(0, 1), split.flatten(0, 1)]).unsqueeze(1)
            rows.append(
                m.memory_attention(
                    curr=sequence(top), curr_pos=sequence(position), memory=all_values, memory_pos=all_keys - all_values,
                    num_obj_ptr_tokens=split.shape[0] * split.shape[1],
                )
            )
        return torch.cat(rows, 1).permute(1, 2, 0).reshape(len(memory), dim, side, side)
