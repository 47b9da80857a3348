"""
The memory attention of the bundle contract (models/README.md). Same numbers as the official module, less work:

- Rotary codes turn pairs of neighbouring channels. Queries and keys are projected with all first members before all second ones, which
  no dot product notices, so that turning is four products of contiguous halves.
- Values carry no position and there is one head: softmax(qk) (M Wv + bv) Wo = softmax(qk) M (Wv Wo) + bv Wo, since a softmax sums to 1. The memory
  itself, narrower than its projection, is what is averaged; so are the image's own features, which saves a projection.
- Until the first cross-attention nothing depends on the object: it is done once for all.
- With one layer its queries don't either. What a memory gives is then the same for whoever attends to it, and is computed once for all objects (and
  paths of a tree) that share it (MemoryReaderGraph), and put together for each (SharedAttentionGraph). What it begins with is made once for a frame
  (ImageAttentionGraph).
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


class AttentionGraph(nn.Module):
    """Image features conditioned on memories and pointers: the tables and steps of every form."""

    def __init__(self, model):
        super().__init__()
        self.m = model
        side, dim, memory_dim = model.sam_image_embedding_size, model.hidden_dim, model.mem_dim
        theta = rope_theta(model.memory_attention.layers[0].self_attn)
        angle = torch.outer(torch.arange(side).float(), 1.0 / theta ** (torch.arange(0, dim, 4)[: dim // 4].float() / dim))
        # Every table is the same along one axis, so a column or row of it is kept and spread out when the session
        # loads.
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

    def ropes(self):
        """cos and sin for keys, and for queries, which are scaled with them"""
        rope = spread(self.rope_cos, y_first=False), spread(self.rope_sin, y_first=False)
        scale = self.m.hidden_dim**-0.5
        return rope, (rope[0] * scale, rope[1] * scale)

    def memory_keys(self, memory, memory_tpos, memory_weight):
        """memory [..., h*h, Cm], tpos and weight [...] -> what keys are projected from: position and weight are theirs alone, values are the bare memory"""
        temporal = F.embedding(memory_tpos, self.m.maskmem_tpos_enc[:, 0, 0])
        return (memory + spread(self.memory_position, y_first=True) + temporal.unsqueeze(-2)) * memory_weight[..., None, None]

    def pointer_tokens(self, pointers, pointer_pos, pointer_weight):
        """-> values and what keys are projected from, both [B, P, C / Cm, Cm]"""
        m, (batch, count) = self.m, pointer_pos.shape
        angle = pointer_pos.unsqueeze(-1) / self.pointer_frequency
        code = m.obj_ptr_tpos_proj(torch.cat([angle.sin(), angle.cos()], dim=-1))
        split = pointers.reshape(batch, count, m.hidden_dim // m.mem_dim, m.mem_dim)
        return split, (split + code.unsqueeze(2)) * pointer_weight[:, :, None, None]

    def begin(self, top):
        """-> the image's tokens [1, h*h, C]"""
        return top.flatten(2).transpose(1, 2) + 0.1 * spread(self.image_position, y_first=True)

    def among_image(self, layer, x, rope, scaled_rope):
        attention, y = layer.self_attn, layer.norm1(x)
        q, k = turned(attention.q_proj, y, *scaled_rope), turned(attention.k_proj, y, *rope)
        return x + self.averaged(attention, attend(q, k, y))

    @staticmethod
    def feed_forward(layer, x):
        flat = layer.norm3(x).flatten(0, 1)
        return x + layer.linear2(F.relu(layer.linear1(flat))).reshape(x.shape)

    def end(self, x):
        """tokens [B, h*h, C] -> [B, C, h, h]"""
        side = self.m.sam_image_embedding_size
        return self.m.memory_attention.norm(x).transpose(1, 2).reshape(x.shape[0], -1, side, side)

    @staticmethod
    def averaged(attention, mean):
        """What out_proj gives for the values of which `mean` [B, n, A] is the average before v_proj: [B, n, C]"""
        value, out = attention.v_proj, attention.out_proj
        weight, bias = out.weight @ value.weight, F.linear(value.bias, out.weight, out.bias)
        return F.linear(mean.reshape(-1, mean.shape[-1]), weight, bias).reshape(*mean.shape[:-1], -1)

    def official_of(self, top, memory, tpos, weight, pointers, pointer_pos, pointer_weight):
        """One object by the official module: memory [M, h*h, Cm], tpos and weight [M], pointers [P, C], their place and weight [P] -> [h*h, 1, C]"""
        m, dim, memory_dim = self.m, self.m.hidden_dim, self.m.mem_dim
        side = m.sam_image_embedding_size
        position = m.image_encoder.neck.position_encoding(top)
        memory_position = m.memory_encoder.position_encoding(torch.zeros(1, memory_dim, side, side)).flatten(2).transpose(1, 2)
        sequence = lambda x: x.flatten(2).permute(2, 0, 1)
        keys = (memory + memory_position + m.maskmem_tpos_enc[tpos, 0]) * weight[:, None, None]
        angle = pointer_pos.unsqueeze(-1) / 10000 ** (2 * (torch.arange(dim // 2) // 2).float() / (dim // 2))
        code = m.obj_ptr_tpos_proj(torch.cat([angle.sin(), angle.cos()], -1))
        split = pointers.reshape(-1, dim // memory_dim, memory_dim)
        key_pointers = (split + code.unsqueeze(1)) * pointer_weight[:, None, None]
        all_keys = torch.cat([keys.flatten(0, 1), key_pointers.flatten(0, 1)]).unsqueeze(1)
        all_values = torch.cat([memory.flatten(0, 1), split.flatten(0, 1)]).unsqueeze(1)
        return m.memory_attention(
            curr=sequence(top), curr_pos=sequence(position), memory=all_values, memory_pos=all_keys - all_values, num_obj_ptr_tokens=split.shape[0] * split.shape[1]
        )

    def officials(self, top, *per_object):
        """All objects, each by itself; every input but top [B, ...] -> [B, C, h, h]"""
        side = self.m.sam_image_embedding_size
        rows = [self.official_of(top, *own) for own in zip(*per_object)]
        return torch.cat(rows, 1).permute(1, 2, 0).reshape(len(rows), -1, side, side)


class MemoryAttentionGraph(AttentionGraph):
    """Each object with memories of its own; see models/README.md for the inputs."""

    def forward(self, top, memory, memory_tpos, memory_weight, pointers, pointer_pos, pointer_weight):
        dim, layers = self.m.hidden_dim, self.m.memory_attention.layers
        rope, scaled_rope = self.ropes()
        split, key_pointers = self.pointer_tokens(pointers, pointer_pos, pointer_weight)
        keys = torch.cat([self.memory_keys(memory, memory_tpos, memory_weight).flatten(1, 2), key_pointers.flatten(1, 2)], dim=1)
        values = torch.cat([memory.flatten(1, 2), split.flatten(1, 2)], dim=1)
        # Pointers have no place in the image: they are turned by nothing.
        still = keys.new_ones(split.shape[1] * split.shape[2], dim // 2)
        key_cos = torch.cat([rope[0].unsqueeze(0).expand(memory.shape[1], -1, -1).flatten(0, 1), still])
        key_sin = torch.cat([rope[1].unsqueeze(0).expand(memory.shape[1], -1, -1).flatten(0, 1), still * 0])

        x = self.begin(top)
        for layer in layers:
            x = self.among_image(layer, x, rope, scaled_rope)
            attention, y = layer.cross_attn_image, layer.norm2(x)
            q = turned(attention.q_proj, y, *scaled_rope)
            k = turned(attention.k_proj, keys, key_cos, key_sin)
            x = self.feed_forward(layer, x + self.averaged(attention, attend(q, k, values)))
        return self.end(x)

    def official(self, *inputs):
        return self.officials(*inputs)


class ImageAttentionGraph(AttentionGraph):
    """top [1, C, h, h] -> what attention to memories begins with in a model of one layer, the same for all objects: tokens and queries [1, h*h, C]"""

    @staticmethod
    def fits(model):
        return len(model.memory_attention.layers) == 1

    def forward(self, top):
        (layer,) = self.m.memory_attention.layers
        rope, scaled_rope = self.ropes()
        tokens = self.among_image(layer, self.begin(top), rope, scaled_rope)
        return tokens, turned(layer.cross_attn_image.q_proj, layer.norm2(tokens), *scaled_rope)


class MemoryReaderGraph(AttentionGraph):
    """
    What memories [U, h*h, Cm], with tpos and weight [U], give to the image's queries, whoever attends to them: the average of each, means [U, h*h, Cm],
    and the logarithm of the sum under its softmax, sums [U, h*h].
    """

    def forward(self, queries, memory, memory_tpos, memory_weight):
        (layer,) = self.m.memory_attention.layers
        rope, _ = self.ropes()
        scores = queries @ turned(layer.cross_attn_image.k_proj, self.memory_keys(memory, memory_tpos, memory_weight), *rope).transpose(1, 2)
        shares = scores.softmax(-1)
        # The largest share is 1 over the sum of what lies under the largest score.
        return shares @ memory, scores.amax(-1) - shares.amax(-1).log()


class SharedAttentionGraph(AttentionGraph):
    """
    The rest of it. `means` and `sums` are the reader's, of memories of whomever; `memory_slot` [B, M] says which of them an object attends to. Its
    average is that of its memories' by these sums, with its pointers as further terms.
    """

    def __init__(self, model, top, memories):
        """The features and the memories (memory, tpos, weight) of which the example's inputs were made"""
        super().__init__(model)
        self.top, self.memories = top, memories

    def forward(self, tokens, queries, means, sums, memory_slot, pointers, pointer_pos, pointer_weight):
        (layer,) = self.m.memory_attention.layers
        attention = layer.cross_attn_image
        split, key_pointers = self.pointer_tokens(pointers, pointer_pos, pointer_weight)
        # Laid out as columns from the start: ONNX Runtime's product with a transposed matrix can't have none.
        columns = key_pointers.permute(0, 3, 1, 2).flatten(2)
        weight, bias = (part.unflatten(0, (-1, 2)).transpose(0, 1).flatten(0, 1) for part in (attention.k_proj.weight, attention.k_proj.bias))
        own = queries @ (weight @ columns + bias.unsqueeze(1))
        terms = torch.cat([F.embedding(memory_slot, sums).transpose(1, 2), own], -1).softmax(-1)
        count = memory_slot.shape[1]
        seen = F.embedding(memory_slot, means.flatten(1)).unflatten(2, means.shape[1:])
        weighed = seen * terms[:, :, :count].transpose(1, 2).unsqueeze(-1)
        # A sum over memories as a product, which takes a quarter of the time.
        summed = weighed.new_ones(1, count) @ weighed.flatten(2)
        mean = summed.unflatten(2, means.shape[1:]).squeeze(1) + terms[:, :, count:] @ split.flatten(1, 2)
        return self.end(self.feed_forward(layer, tokens + self.averaged(attention, mean)))

    def official(self, tokens, queries, means, sums, memory_slot, *pointers):
        # A case may hold the first few memories alone.
        per_object = [x[memory_slot] for x in self.memories]
        return self.officials(self.top, *per_object, *pointers)
