"""
The Hiera trunk and its neck as an ONNX graph that does no needless work. Same numbers as the official modules, other order of work:

- Attention does not see the order of its tokens, and everything else in a block works token by token. So tokens are sorted by
  window once where a stage begins, and stay sorted; the four tokens that a pooling joins lie a quarter of a window apart.
- Windows that reach over the edge are padded with zeros, whose key and value are the projections' biases. Without those biases (see `attention`)
  n padded tokens are one column of log(n) in the softmax and nothing else, and no query is computed for them.
- The neck's 1x1 convolution of the two fine levels and the decoder's one after it are one: nothing lies between them.
"""

import math

import torch
import torch.nn.functional as F
from sam2.modeling.backbones.hieradet import Hiera
from torch import nn


def gelu(x):
    """Written as ONNX Runtime's fusion expects it."""
    return x * (torch.erf(x / math.sqrt(2.0)) + 1.0) * 0.5


def channel_mean(x):
    """Mean over the channels of [B, C, H, W] -> [B, 1, H, W], as a product: quicker than ONNX Runtime's reduction over that axis."""
    share = x.new_full((1, x.shape[1]), 1 / x.shape[1])
    return (share @ x.flatten(2)).unflatten(2, x.shape[2:])


def edge_windows(grid, window):
    """[grid, grid] of anything -> per shape of window (inside, right or bottom edge, corner) [windows, 4, tokens / 4], pooled tokens in dim 1."""
    whole, half = grid.shape[0] // window * window, window // 2
    n, rest = whole // window, grid.shape[0] - whole
    if rest % 2:
        raise ValueError("a pooling across the padding is not written")
    inside = grid[:whole, :whole].reshape(n, half, 2, n, half, 2).permute(0, 3, 2, 5, 1, 4).reshape(n * n, 4, -1)
    if not rest:
        return [inside]
    right = grid[:whole, whole:].reshape(n, half, 2, rest // 2, 2).permute(0, 2, 4, 1, 3).reshape(n, 4, -1)
    bottom = grid[whole:, :whole].reshape(rest // 2, 2, n, half, 2).permute(2, 1, 4, 0, 3).reshape(n, 4, -1)
    corner = grid[whole:, whole:].reshape(rest // 2, 2, rest // 2, 2).permute(1, 3, 0, 2).reshape(1, 4, -1)
    return [inside, torch.cat([right, bottom]), corner]


def inverse(order):
    out = torch.empty_like(order)
    out[order] = torch.arange(order.numel())
    return out


def split(x, lengths):
    return x.split(lengths) if len(lengths) > 1 else [x]


def join(parts):
    return torch.cat(parts) if len(parts) > 1 else parts[0]


def pool(x, groups):
    """Maximum over the four tokens of each 2 x 2: [tokens, C] -> [tokens / 4, C]"""
    parts = split(x, [count * size for count, size, _ in groups])
    return join([part.reshape(count, 4, size // 4, -1).amax(1).flatten(0, 1) for part, (count, size, _) in zip(parts, groups)])


class ImageEncoder(nn.Module):
    """normalised image [1, 3, S, S] -> s0 [1, C/8, 4h, 4h], s1 [1, C/4, 2h, 2h], top [1, C, h, h]"""

    def __init__(self, model):
        super().__init__()
        trunk, neck = model.image_encoder.trunk, model.image_encoder.neck
        first, second, self.third, fourth = trunk.window_spec
        if (first, second, self.third) != (8, 4, 2 * fourth) or neck.fpn_top_down_levels != [2, 3] or neck.fpn_interp_model != "nearest":
            raise ValueError("another trunk than the official ones")
        side = model.image_size // 16
        eighths = side // 2
        # Where the tokens of stage 3's grid lie after two poolings of 8 x 8 windows, and from there into stage 3's own
        # windows.
        pooled = torch.arange(side * side).reshape(eighths, eighths, 2, 2).permute(0, 2, 1, 3).reshape(side, side)
        self.register_buffer("to_third", torch.cat([part.flatten() for part in edge_windows(pooled, self.third)]), persistent=False)
        grid = torch.arange(side * side).reshape(side, side)
        parts = edge_windows(grid, self.third)
        self.register_buffer("from_third", inverse(torch.cat([part.flatten() for part in parts])), persistent=False)
        # A token of stage 4 covers four of stage 3; the neck's nearest upsampling gives it to all of them.
        fourth_of = inverse(torch.cat([part[:, 0].flatten() // (2 * side) * (side // 2) + part[:, 0].flatten() % side // 2 for part in parts]))
        up = fourth_of.reshape(side // 2, side // 2).repeat_interleave(2, 0).repeat_interleave(2, 1)
        self.register_buffer("from_fourth", up.flatten(), persistent=False)

    def attention(self, block, y, groups):
        """[tokens, C] -> [tokens, C'], pooled where the block pools"""
        attn, heads = block.attn, block.attn.num_heads
        width = attn.dim_out // heads
        weight, bias = attn.qkv.weight.unflatten(0, (3, attn.dim_out)), attn.qkv.bias.unflatten(0, (3, attn.dim_out))
        scale = width**-0.5
        # The key's bias adds the same to every logit of a query, and the value's bias passes through the average:
        # neither is computed.
        q, k, v = F.linear(y, weight[0] * scale, bias[0] * scale), F.linear(y, weight[1]), F.linear(y, weight[2])
        if block.q_stride:
            q = pool(q, groups)
        tokens = [count * size for count, size, _ in groups]
        out = []
        for (count, _, pads), *qkv in zip(groups, split(q, [n // 4 for n in tokens] if block.q_stride else tokens), split(k, tokens), split(v, tokens)):
            a, b, c = (part.reshape(count, -1, heads, width).transpose(1, 2) for part in qkv)
            logits = a @ b.transpose(2, 3)
            if pads:
                share = F.pad(logits, (0, 1), value=math.log(pads)).softmax(-1)[..., :-1]
            else:
                share = logits.softmax(-1)
            out.append((share @ c).transpose(1, 2).reshape(-1, attn.dim_out))
        return F.linear(join(out), attn.proj.weight, F.linear(bias[2], attn.proj.weight, attn.proj.bias))

    def block(self, block, x, groups):
        y = block.norm1(x)
        if block.dim != block.dim_out:
            x = pool(block.proj(y), groups)
        x = x + self.attention(block, y, groups)
        first, second = block.mlp.layers
        return x + second(gelu(first(block.norm2(x))))

    def forward(self, model, image):
        trunk, neck, decoder = model.image_encoder.trunk, model.image_encoder.neck, model.sam_mask_decoder
        x = trunk.patch_embed(image)
        side = x.shape[1]
        x = x + trunk._get_pos_embed((side, side))
        # 8 x 8 windows: first the tokens that the first pooling joins, then those that the second does.
        x = x.reshape(side // 8, 2, 2, 2, side // 8, 2, 2, 2, -1).permute(0, 4, 3, 7, 2, 6, 1, 5, 8).flatten(0, 7)

        stages, stage = [], 0
        for index, block in enumerate(trunk.blocks):
            if block.window_size == 0:
                groups = [(1, x.shape[0], 0)]
            elif stage < 2:
                window = block.window_size**2
                groups = [(x.shape[0] // window, window, 0)]
            else:
                grid = math.isqrt(x.shape[0])
                shapes = [(part.shape[0], part.shape[1] * part.shape[2]) for part in edge_windows(torch.empty(grid, grid), block.window_size)] if stage == 2 else self.last_groups
                window = block.window_size**2
                groups = [(count, size, window - size) for count, size in shapes]
                self.last_groups = [(count, size // 4) for count, size in shapes] if stage == 2 else shapes
            x = self.block(block, x, groups)
            if block.q_stride:
                stage += 1
                if stage == 2:
                    x = x.index_select(0, self.to_third)
            if index in trunk.stage_ends:
                stages.append(x)

        def level(x, conv, then=None):
            weight, bias = conv.weight.flatten(1), conv.bias
            if then is not None:
                fine = then.weight.flatten(1)
                weight, bias = fine @ weight, F.linear(bias, fine, then.bias)
            return F.linear(x, weight, bias)

        def image_of(tokens, size):
            return tokens.reshape(1, size, size, -1).permute(0, 3, 1, 2)

        convs = [conv.conv for conv in neck.convs]
        eighths = side // 8
        s0 = level(stages[0], convs[3], decoder.conv_s0).reshape(eighths, eighths, 2, 2, 2, 2, 2, 2, -1).permute(0, 6, 4, 2, 1, 7, 5, 3, 8)
        s1 = level(stages[1], convs[2], decoder.conv_s1).reshape(eighths, eighths, 2, 2, 2, 2, -1).permute(0, 4, 2, 1, 5, 3, 6)
        top = level(stages[2], convs[1]).index_select(0, self.from_third) + level(stages[3], convs[0]).index_select(0, self.from_fourth)
        return image_of(s0, side), image_of(s1, side // 2), image_of(top, side // 4)


def is_hiera(model):
    return isinstance(model.image_encoder.trunk, Hiera)
