"""What the weights are changed by. Muon (Keller Jordan, 2024): momentum whose matrices are brought near to orthogonal before they are applied, for the weights of
linear layers and convolutions; AdamW for the rest. The step has the size AdamW's would have (Liu et al., arXiv 2502.16982), so
learning rates carry over."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.training.common import parameter_groups


@torch.no_grad()
def orthogonal(matrix: Tensor, steps: int = 5) -> Tensor:
    """[..., a, b] -> matrices [..., a, b] of the same row and column space with singular values near 1 (quintic Newton-Schulz iteration)"""
    x = matrix / (matrix.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    flip = x.shape[-2] > x.shape[-1]
    x = x.mT if flip else x
    for _ in range(steps):
        square = x @ x.mT
        x = 3.4445 * x + (-4.775 * square + 2.0315 * square @ square) @ x
    return x.mT if flip else x


class Muon(torch.optim.Optimizer):
    """For parameters of two and more dimensions; all but the first are taken as one."""

    def __init__(self, groups, lr: float = 6e-4, momentum: float = 0.95, weight_decay: float = 0.01) -> None:
        super().__init__(groups, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self, closure=None) -> None:
        for group in self.param_groups:
            learned = [p for p in group["params"] if p.grad is not None]
            if not learned:
                continue
            for p in learned:
                if "momentum" not in self.state[p]:
                    self.state[p]["momentum"] = torch.zeros_like(p.grad)
            grads, momenta = [p.grad for p in learned], [self.state[p]["momentum"] for p in learned]
            torch._foreach_lerp_(momenta, grads, 1 - group["momentum"])
            updates = torch._foreach_lerp(grads, momenta, group["momentum"])
            torch._foreach_mul_(learned, 1 - group["lr"] * group["weight_decay"])
            # Matrices of one shape are one batch: on a GPU hundreds of small products would cost more than the network.
            alike: dict[tuple[int, int], list[tuple[Tensor, Tensor]]] = {}
            for p, update in zip(learned, updates, strict=True):
                matrix = update.flatten(1)
                alike.setdefault(tuple(matrix.shape), []).append((p, matrix))
            for shape, members in alike.items():
                steps = orthogonal(torch.stack([matrix for _, matrix in members]))
                size = 0.2 * max(shape) ** 0.5
                for (p, _), step in zip(members, steps, strict=True):
                    p.add_(step.view(p.shape), alpha=-group["lr"] * size)


def is_matrix(name: str, p: Tensor) -> bool:
    """Whether a parameter is the weight of a linear layer or of a convolution that mixes channels (no embedding, no token, no depthwise)"""
    return p.ndim >= 2 and name.endswith(".weight") and min(p.shape[0], p[0].numel()) >= 8 and p.shape[1] > 1 and "embed" not in name and "token" not in name


class Both:
    """Muon and AdamW as one optimiser: `param_groups`, `step`, `zero_grad`, state as of either."""

    def __init__(self, model: nn.Module, groups: list[dict], **adam) -> None:
        name_of = {id(p): name for name, p in model.named_parameters()}
        matrices, others = [], []
        for group in groups:
            rest = {k: v for k, v in group.items() if k != "params"}
            mine = [p for p in group["params"] if is_matrix(name_of[id(p)], p)]
            if mine:
                matrices.append({"params": mine, **rest})
            left = [p for p in group["params"] if not is_matrix(name_of[id(p)], p)]
            if left:
                others.append({"params": left, **rest})
        self.parts = [Muon(matrices), torch.optim.AdamW(others, weight_decay=0.01, **adam)]

    @property
    def param_groups(self) -> list[dict]:
        return [g for part in self.parts for g in part.param_groups]

    def zero_grad(self, set_to_none: bool = True) -> None:
        for part in self.parts:
            part.zero_grad(set_to_none)

    def step(self) -> None:
        for part in self.parts:
            part.step()

    def state_dict(self) -> dict:
        return {"parts": [part.state_dict() for part in self.parts]}

    def load_state_dict(self, state: dict) -> None:
        for part, saved in zip(self.parts, state["parts"], strict=True):
            part.load_state_dict(saved)


def build_optimiser(model: nn.Module, lr: float, trunk_lr: float, muon: bool, early_lr: float = 0.0) -> Both | torch.optim.AdamW:
    groups = parameter_groups(model, lr, trunk_lr, early_lr)
    betas = (0.9, 0.99)
    return Both(model, groups, betas=betas) if muon else torch.optim.AdamW(groups, weight_decay=0.01, betas=betas)
