"""What both stages share: features, simulated prompts, the decoder with every candidate, the loss, logging."""

from __future__ import annotations

import copy
import csv
import os
import time
from pathlib import Path

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor

from models.nano import weights
from models.nano.model import IMAGE_SIZE, DensePrompt, DrawnRefinement, NanoModel
from models.training.data import LOW, normalise


def precision(bf16: bool):
    """bf16 arithmetic where the machine is fast at it; weights, optimiser and losses stay fp32."""
    return torch.autocast("cuda" if torch.cuda.is_available() else "cpu", dtype=torch.bfloat16, enabled=bf16)


@torch.no_grad()
def early_features(model: NanoModel, rgb: Tensor) -> tuple[Tensor, Tensor]:
    """uint8 [n, S, S, 3] -> frozen part of the trunk: [n, 24, S/4, S/4], [n, 40, S/8, S/8]."""
    return model.image_encoder.trunk.early(normalise(rgb))


def image_features(model: NanoModel, s4: Tensor, s8: Tensor) -> tuple[list[Tensor], Tensor]:
    """Early features -> [s0 [n, C/8, 4h, 4h], s1 [n, C/4, 2h, 2h], top [n, C, h, h]], position [n, C, h, h]."""
    return decoder_maps(model, [s4, s8, *model.image_encoder.trunk.late(s8)])


def decoder_maps(model: NanoModel, levels: list[Tensor]) -> tuple[list[Tensor], Tensor]:
    """The trunk's four levels -> as image_features"""
    maps, positions = model.image_encoder.neck(levels)
    s0 = model.sam_mask_decoder.conv_s0(maps[0])
    s1 = model.sam_mask_decoder.conv_s1(maps[1])
    return [s0, s1, maps[2]], positions[2]


def decode(model: NanoModel, pix: Tensor, s0: Tensor, s1: Tensor, points: Tensor, labels: Tensor, mask: Tensor | None):
    """pix [B, C, h, h], s0/s1 [B, ...], points [B, N, 2] in model pixels, labels [B, N], mask [B, 1, 4h, 4h] or None
    -> masks [B, 4, 4h, 4h], ious [B, 4], tokens [B, 4, C], object logit [B, 1]"""
    sparse, dense = model.sam_prompt_encoder(points=(points, labels), boxes=None, masks=mask)
    out = model.sam_mask_decoder.predict_masks(
        image_embeddings=pix,
        image_pe=model.sam_prompt_encoder.get_dense_pe(),
        sparse_prompt_embeddings=sparse,
        dense_prompt_embeddings=dense,
        repeat_image=False,
        high_res_features=[s0, s1],
    )
    return tuple(x.float() for x in out)  # under autocast: the loss is computed in fp32


# --- prompts --------------------------------------------------------------------------------------------------------


def draw_point(weight: Tensor) -> Tensor:
    """weight [B, L * L] -> a random point in a cell drawn by weight [B, 2] (x, y in model pixels); in any cell where all are 0"""
    index = torch.multinomial(weight + (weight.sum(1) == 0)[:, None].float(), 1)[:, 0]
    cell = torch.stack([index % LOW, index // LOW], 1).float()
    return (cell + torch.rand(len(weight), 2, device=weight.device)) * (IMAGE_SIZE / LOW) - 0.5


def sample_cells(area: Tensor, prefer_interior: float = 0.7) -> tuple[Tensor, Tensor]:
    """bool [B, L, L] -> a random point inside each [B, 2] (x, y in model pixels) and whether there was any [B].
    With `prefer_interior` the point comes from the area eroded by one cell where that is not empty."""
    solid = -F.max_pool2d(-area[:, None].float(), 5, 1, 2)[:, 0]
    use = (torch.rand(len(area), device=area.device) < prefer_interior) & (solid.flatten(1).amax(1) > 0)
    weight = torch.where(use[:, None, None], solid, area.float()).flatten(1)
    return draw_point(weight), weight.sum(1) > 0


def deep_cells(area: Tensor, steps: int = 6, power: float = 2.0) -> Tensor:
    """bool [B, L, L] -> a random point inside each [B, 2] (x, y in model pixels); the farther from the border, the likelier, as people
    click: the weight is a power of the number of times (at most `steps`) the area can be eroded by two cells before the place is gone."""
    left = area[:, None].float()
    depth = left.clone()
    for _ in range(steps):
        left = -F.max_pool2d(-left, 5, 1, 2)
        depth += left
    depth = depth.flatten(1)
    return draw_point((depth / depth.amax(1, keepdim=True).clamp(min=1)).pow(power))


def central_cells(area: Tensor) -> Tensor:
    """bool [B, L, L] -> a point near the place of each that is farthest from its border [B, 2] (x, y in model pixels)"""
    return deep_cells(area, steps=LOW // 4, power=8.0)


def boxes_of(target: Tensor, jitter: float = 0.06) -> Tensor:
    """[B, L, L] -> two corners [B, 2, 2] in model pixels, moved by up to `jitter` of the box's size."""
    on = target > 0.5
    scale = IMAGE_SIZE / LOW
    grid = torch.arange(LOW, device=target.device).float()

    def span(line: Tensor) -> tuple[Tensor, Tensor]:
        low = torch.where(line, grid, torch.full_like(grid, 1e6)).amin(1)
        high = torch.where(line, grid, torch.full_like(grid, -1e6)).amax(1) + 1
        empty = ~line.any(1)
        return low.masked_fill(empty, 0), high.masked_fill(empty, 1)

    x0, x1 = span(on.any(1))
    y0, y1 = span(on.any(2))
    corners = torch.stack([torch.stack([x0, y0], 1), torch.stack([x1, y1], 1)], 1) * scale
    size = (corners[:, 1] - corners[:, 0])[:, None]
    return (corners + size * jitter * torch.randn_like(corners).clamp(-2, 2) / 2).clamp(0, IMAGE_SIZE - 1)


def first_prompt(target: Tensor, kind: str, clicks: int = 1, central: float = 0.0) -> tuple[Tensor, Tensor]:
    """target [B, L, L] -> points [B, N, 2], labels [B, N]. `kind`: click or box; `central`: how often the first click is in the middle."""
    if kind == "box":
        return boxes_of(target), torch.tensor([[2.0, 3.0]], device=target.device).expand(len(target), 2)
    points = [sample_cells(target > 0.5)[0] if torch.rand(()) < 0.5 else deep_cells(target > 0.5) for _ in range(clicks)]
    if torch.rand(()) < central:
        points[0] = central_cells(target > 0.5)
    return torch.stack(points, 1), torch.ones(len(target), clicks, device=target.device)


def correction(logits: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """A click in the error region of a prediction [B, L, L] -> point [B, 2], label [B]. Where nothing is wrong, a
    positive click inside."""
    predicted, wanted = logits > 0, target > 0.5
    point, wrong = sample_cells(predicted ^ wanted)
    inside, _ = sample_cells(wanted)
    cell = ((point + 0.5) * (LOW / IMAGE_SIZE)).long().clamp(0, LOW - 1)
    positive = wanted[torch.arange(len(target), device=target.device), cell[:, 1], cell[:, 0]]
    point = torch.where(wrong[:, None], point, inside)
    return point, torch.where(wrong, positive.float(), 1.0)


# --- loss -----------------------------------------------------------------------------------------------------------


def hard_iou(logits: Tensor, target: Tensor) -> Tensor:
    """logits [B, M, L, L], target [B, L, L] -> [B, M]"""
    a, b = logits > 0, (target > 0.5)[:, None]
    return (a & b).sum((2, 3)) / (a | b).sum((2, 3)).clamp(min=1)


def mask_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Dice + BCE of the whole frame + BCE of the object and what is around it, per candidate: logits [B, M, L, L], target
    [B, L, L] in 0..1 -> [B, M]. The local term gives a small object the weight of a large one; the high focal weight of
    SAM alone collapses to empty masks here."""
    t = target[:, None].expand_as(logits)
    bce = F.binary_cross_entropy_with_logits(logits, t, reduction="none")
    near = F.max_pool2d(F.max_pool2d(target[:, None], (1, 13), 1, (0, 6)), (13, 1), 1, (6, 0))
    near = near / near.sum((2, 3), keepdim=True).clamp(min=1)
    p = logits.sigmoid()
    dice = 1 - (2 * (p * t).sum((2, 3)) + 1) / (p.sum((2, 3)) + t.sum((2, 3)) + 1)
    return bce.mean((2, 3)) + dice + (bce * near).sum((2, 3))


def prompt_loss(masks: Tensor, ious: Tensor, target: Tensor, multimask: bool, present: Tensor | None = None):
    """masks [B, 4, L, L], ious [B, 4] -> loss, index of the chosen candidate [B], its IoU [B].

    Several candidates: the best one is taught (and the others a little, so that none dies); the IoU head learns all, and
    by the expected IoU of the candidate that it would choose. `present` [B]: objects that are on the frame; the others
    teach no mask."""
    weight = torch.ones(len(masks), device=masks.device) if present is None else present.float()
    pick = slice(1, 4) if multimask else slice(0, 1)
    losses = mask_loss(masks[:, pick], target)
    measured = hard_iou(masks[:, pick], target)
    guess = F.l1_loss(ious[:, pick], measured, reduction="none").mean(1)
    if multimask:
        guess = guess + measured.max(1).values - ((ious[:, pick] * 12).softmax(1) * measured).sum(1)
    loss = losses.min(1).values * 0.85 + losses.mean(1) * 0.15 + guess
    loss = (loss * weight).sum() / weight.sum().clamp(min=1)
    chosen = ious[:, pick].argmax(1)
    return loss, chosen + (1 if multimask else 0), measured.gather(1, chosen[:, None])[:, 0]


# --- running --------------------------------------------------------------------------------------------------------


class Ema:
    """A moving average of the weights, which is what is validated and kept."""

    def __init__(self, model: NanoModel, decay: float = 0.998) -> None:
        self.model = copy.deepcopy(model).eval()
        self.decay, self.steps = decay, 0

    @torch.no_grad()
    def update(self, model: NanoModel) -> None:
        self.steps += 1
        decay = min(self.decay, self.steps / (self.steps + 10))
        torch._foreach_lerp_(list(self.model.parameters()), [p.detach() for p in model.parameters()], 1 - decay)


class Workers:
    """Several processes of one thread each (`python -m torch.distributed.run --nproc-per-node 2 -m ...`), or one process. On cores that are
    shared, threads wait for one another after every small kernel; processes only once a step."""

    def __init__(self) -> None:
        self.count, self.rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
        if self.count > 1:
            torch.set_num_threads(1)
            dist.init_process_group("gloo")

    @property
    def leads(self) -> bool:
        return self.rank == 0

    @torch.no_grad()
    def agree(self, model: NanoModel) -> None:
        """Everybody takes the first process's weights."""
        if self.count > 1:
            for tensor in model.state_dict().values():
                dist.broadcast(tensor, 0)

    @torch.no_grad()
    def share(self, model: NanoModel, spent: float) -> float:
        """Averages the gradients; everybody's clock is the first process's -> seconds spent"""
        if self.count == 1:
            return spent
        learned = [p for p in model.parameters() if p.requires_grad]
        parts = [p.grad if p.grad is not None else torch.zeros_like(p) for p in learned]
        flat = torch.cat([x.flatten() for x in parts] + [torch.tensor([spent if self.leads else 0.0])])
        dist.all_reduce(flat)
        start = 0
        for p in learned:
            p.grad = (flat[start : start + p.numel()] / self.count).view_as(p)
            start += p.numel()
        return flat[-1].item()


class Log:
    """Appends rows to a CSV: seconds of training so far, stage, step, and whatever is measured."""

    FIELDS = ("seconds", "stage", "step", "loss", "train_iou", "lr", "click1", "click3", "box", "shuffled", "video_mask", "video_click")

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            with path.open("w", newline="") as f:
                csv.DictWriter(f, self.FIELDS).writeheader()

    def row(self, **values) -> None:
        values = {k: (f"{v:.5g}" if isinstance(v, float) else v) for k, v in values.items()}
        with self.path.open("a", newline="") as f:
            csv.DictWriter(f, self.FIELDS).writerow(values)
        print(time.strftime("%H:%M:%S"), values, flush=True)


def save(path: Path, model: NanoModel) -> None:
    """Plain {'model': state_dict}, written beside and moved into place."""
    part = path.with_suffix(".part")
    torch.save({"model": {k: v.cpu().contiguous() for k, v in model.state_dict().items()}}, part)
    part.replace(path)


def load_matching(model: NanoModel, path: Path) -> None:
    """Takes the tensors of a checkpoint whose name and shape agree; the others stay as they are."""
    mine = model.state_dict()
    theirs = weights.read(path)
    taken = {k: v for k, v in theirs.items() if k in mine and mine[k].shape == v.shape}
    model.load_state_dict({**mine, **taken})
    print("taken", len(taken), "new", sorted({k.rsplit(".", 2)[0] for k in mine.keys() - taken.keys()}), flush=True)


def parameter_groups(model: NanoModel, lr: float, trunk_lr: float, early_lr: float = 0.0) -> list[dict]:
    """The late trunk learns slowly; so does the early trunk (to stride 8) where its rate is not 0, else it is frozen."""
    trunk = model.image_encoder.trunk
    late = [p for block in trunk.blocks[5:] for p in block.parameters()]
    early = [*trunk.stem.parameters(), *(p for block in trunk.blocks[:5] for p in block.parameters())]
    for part, rate in ((early, early_lr), (late, trunk_lr)):
        for p in part:
            p.requires_grad_(rate > 0)

    def judges(name: str) -> bool:
        return any(part in name for part in (".pred_obj_score_head.", ".obj_score_token.", ".iou_prediction_head.", ".iou_token."))

    heads = [(name, p) for name, p in model.named_parameters() if not name.startswith("image_encoder.trunk.") and p.requires_grad]
    # The object score and the predicted IoU are rows of few gradients: they learn faster than the rest.
    groups = [
        {"params": [p for name, p in heads if not judges(name)], "lr": lr, "peak": lr},
        {"params": [p for name, p in heads if judges(name)], "lr": 3 * lr, "peak": 3 * lr},
    ]
    for part, rate in ((late, trunk_lr), (early, early_lr)):
        if rate > 0:
            groups.append({"params": part, "lr": rate, "peak": rate})
    return groups


def quicken(model: NanoModel) -> NanoModel:
    """The same numbers sooner on a CPU: channels last for the convolutions, and what is many small operations at strides 4 and 8 compiled
    (a C++ compiler is needed; it takes a minute at the start)."""
    global mask_loss
    DrawnRefinement.forward = torch.compile(DrawnRefinement.forward, dynamic=False)
    DensePrompt.maps = torch.compile(DensePrompt.maps, dynamic=False)
    mask_loss = torch.compile(mask_loss, dynamic=False)
    return model.to(memory_format=torch.channels_last)


def schedule(step: int, progress: float, warmup: int = 60) -> float:
    """Warm up over steps, then a cosine over the time given, down to 3 %."""
    import math

    return min(1.0, (step + 1) / warmup) * (0.03 + 0.97 * 0.5 * (1 + math.cos(math.pi * min(progress, 1.0))))
