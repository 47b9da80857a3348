"""A start for the memory path in closed form, so that the video stage begins as label propagation, not as noise.

After the image stage the decoder understands image features plus a drawn prompt. This sets the memory modules so that a
tracked frame looks like that to the decoder:

* memory tokens are the image feature, projected, centred and scaled above their position code; the mask's share of a
  cell is a linear read-out of them (ridge regression);
* attention matches centred features with features (one projection for query and key, its sharpness searched);
* values carry the mask's share, written along the direction in which the drawn box moves the decoder's input;
* everything else in the attention starts near zero and the last norm gives back the image feature's own scale.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from models.nano.model import FEATURE_SIZE, HIDDEN_DIM, IMAGE_SIZE, MEMORY_DIM, NanoModel
from models.training.common import boxes_of, decode, hard_iou

CELLS = FEATURE_SIZE


def _maps(model: NanoModel, levels: list[Tensor]):
    maps, positions = model.image_encoder.neck([x.float() for x in levels])
    return model.sam_mask_decoder.conv_s0(maps[0]), model.sam_mask_decoder.conv_s1(maps[1]), maps[2], positions[2]


def _high(target: Tensor) -> Tensor:
    """[n, L, L] -> logits-like mask for the memory encoder [n, 1, S, S]"""
    return (F.interpolate(target[:, None], size=(IMAGE_SIZE, IMAGE_SIZE), mode="bilinear") > 0.5).float() * 20 - 10


@torch.no_grad()
def follow(model: NanoModel, pairs) -> tuple[float, float]:
    """pairs: levels and targets of two frames [n, ...] each -> IoU of the second frame's mask, best and chosen candidate"""
    (levels_a, mask_a), (levels_b, mask_b) = pairs
    _, _, top_a, _ = _maps(model, levels_a)
    s0, s1, top, position = _maps(model, levels_b)
    flat = lambda x: x.flatten(2).permute(2, 0, 1)  # noqa: E731
    memory = model.memory_encoder(top_a, _high(mask_a), skip_mask_sigmoid=True)
    keys = flat(memory["vision_pos_enc"][0]) + model.maskmem_tpos_enc[model.num_maskmem - 1]
    pix = model.memory_attention(curr=[flat(top)], curr_pos=[flat(position)], memory=flat(memory["vision_features"]),
                                 memory_pos=keys, num_obj_ptr_tokens=0)
    pix = pix.permute(1, 2, 0).view(len(top), HIDDEN_DIM, CELLS, CELLS)
    n = len(top)
    masks, ious, _, _ = decode(model, pix, s0, s1, torch.zeros(n, 1, 2), -torch.ones(n, 1), None)
    measured = hard_iou(masks, mask_b)[:, 1:]
    chosen = measured.gather(1, ious[:, 1:].argmax(1, keepdim=True))
    return measured.max(1).values.mean().item(), chosen.mean().item()


@torch.no_grad()
def start_memory(model: NanoModel, pairs) -> None:
    """pairs: ((levels [n, ...], targets [n, L, L]) of a frame, the same of a later frame), n around 40."""
    (levels, target), _ = pairs
    _, _, top, position = _maps(model, levels)
    share = F.avg_pool2d(target[:, None], 4).flatten()  # [n * h * w]
    encoder = model.memory_encoder

    def tokens() -> Tensor:
        memory = encoder(top, _high(target), skip_mask_sigmoid=True)["vision_features"]
        return memory.permute(0, 2, 3, 1).reshape(-1, MEMORY_DIM)

    memory = tokens()
    scale = 2.5 / memory.std(0).mean()
    encoder.out_proj.weight.mul_(scale)
    encoder.out_proj.bias.copy_((encoder.out_proj.bias - memory.mean(0)) * scale)
    memory = tokens()
    design = torch.cat([memory, torch.ones(len(memory), 1)], 1)
    weight = (0.5 + share)[:, None]
    gram = design.T @ (design * weight) + 1e-2 * len(design) * torch.eye(MEMORY_DIM + 1)
    readout = torch.linalg.solve(gram, design.T @ (share[:, None] * weight))[:, 0]
    explained = 1 - (design @ readout - share).var() / share.var()

    corners = boxes_of(target, 0.0)
    labels = torch.tensor([[2.0, 3.0]]).expand(len(target), 2)
    dense, _ = model.sam_prompt_encoder.dense_prompt(corners + 0.5, labels)  # [n, C, h, w]
    grid = (torch.arange(CELLS).float() + 0.5) * IMAGE_SIZE / CELLS
    x0, y0, x1, y1 = corners.flatten(1).T[:, :, None]
    inside = ((grid > y0) & (grid < y1))[:, :, None] & ((grid > x0) & (grid < x1))[:, None, :]
    rows = dense.permute(0, 2, 3, 1)
    direction = rows[inside].mean(0) - rows[~inside].mean(0)

    stream = (top + 0.1 * position).permute(0, 2, 3, 1).reshape(-1, HIDDEN_DIM)
    unit = F.layer_norm(stream, (HIDDEN_DIM,))
    wanted = (top + model.no_mem_embed[0, 0][None, :, None, None]).permute(0, 2, 3, 1).reshape(-1, HIDDEN_DIM)
    gain = ((unit - unit.mean(0)) * (wanted - wanted.mean(0))).mean(0) / unit.var(0)
    model.memory_attention.norm.weight.copy_(gain)
    model.memory_attention.norm.bias.copy_(wanted.mean(0) - gain * unit.mean(0))

    # Query side: the ridge map from the normed feature to the memory token of the same cell.
    centre = unit.mean(0)
    away = unit - centre
    query = torch.linalg.solve(away.T @ away + 1e-2 * len(away) * torch.eye(HIDDEN_DIM), away.T @ memory).T  # [Cm, C]
    for layer in model.memory_attention.layers:
        layer.self_attn.out_proj.weight.mul_(0.1)
        layer.self_attn.out_proj.bias.zero_()
        layer.linear2.weight.mul_(0.1)
        layer.linear2.bias.zero_()
        cross = layer.cross_attn_image
        cross.out_proj.weight.mul_(0.1)
        cross.out_proj.bias.zero_()
        cross.v_proj.weight[0] = readout[:MEMORY_DIM]
        cross.v_proj.bias[0] = readout[MEMORY_DIM]

    best = (-1.0, 0.0, 0.0)
    lifts = [layer.cross_attn_image.k_proj.weight.clone() for layer in model.memory_attention.layers]

    def set_to(sharpness: float, strength: float) -> None:
        for layer, lift in zip(model.memory_attention.layers, lifts, strict=True):
            cross = layer.cross_attn_image
            cross.q_proj.weight.copy_(sharpness * lift @ query)
            cross.q_proj.bias.copy_(-cross.q_proj.weight @ centre)
            cross.out_proj.weight[:, 0] = direction * strength / len(lifts)

    for sharpness in (0.2, 0.4):
        for strength in (0.7, 1.0):
            set_to(sharpness, strength)
            score = follow(model, pairs)
            best = max(best, (score[0], sharpness, strength))
            print("memory start: sharpness", sharpness, "strength", strength, "IoU best/chosen", score, flush=True)
    set_to(best[1], best[2])
    print("memory start: mask read-out explains", explained.item(), "chosen", best, flush=True)
