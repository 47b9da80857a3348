"""Quality in PyTorch: prompts on held-out images, J on held-out videos. `python -m models.training.evaluate --help`"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from models.nano.model import IMAGE_SIZE, build_nano, build_nano_video_predictor, initialise_for_training
from models.training.common import boxes_of, correction, decode, early_features, hard_iou, image_features
from models.training.data import Images, load_rgb, low_mask


def central_point(mask: np.ndarray) -> tuple[float, float]:
    """The cell of a low-resolution mask [L, L] farthest from its border (city-block steps), in model pixels."""
    core = mask > 0.5
    if not core.any():
        core = mask >= mask.max()
    while True:
        inner = core.copy()
        inner[1:] &= core[:-1]
        inner[:-1] &= core[1:]
        inner[:, 1:] &= core[:, :-1]
        inner[:, :-1] &= core[:, 1:]
        inner[[0, -1]] = False
        inner[:, [0, -1]] = False
        if not inner.any():
            break
        core = inner
    ys, xs = np.nonzero(core)
    k = len(ys) // 2
    return xs[k] * 4 + 1.5, ys[k] * 4 + 1.5


def answer(model, masks: torch.Tensor, ious: torch.Tensor, points: int) -> torch.Tensor:
    """What the predictor answers to so many points (a box is two): masks [B, 4, L, L], ious [B, 4] -> [B, L, L]"""
    if model.multimask_min_pt_num <= points <= model.multimask_max_pt_num:
        return masks[torch.arange(len(masks)), ious[:, 1:].argmax(1) + 1]
    return model.sam_mask_decoder._dynamic_multimask_via_stability(masks, ious)[0][:, 0]


@torch.no_grad()
def evaluate_images(model, images: Images, limit: int | None = None, regions: int = 4, seed: int = 0) -> dict[str, float]:
    """Mean IoU at the low resolution over up to `regions` regions an image: one central click, three clicks (the next
    two in the error), a tight box; `shuffled` is one click taken from another region of another image: a model that
    ignores its prompt scores the same there."""
    generator = np.random.default_rng(seed)
    torch_state = torch.get_rng_state()
    torch.manual_seed(seed)
    scores: dict[str, list[float]] = {"click1": [], "click3": [], "box": [], "shuffled": []}
    stray = torch.full((1, 2), IMAGE_SIZE / 2)
    for i in list(range(len(images)))[: limit or None]:
        picks = generator.choice(len(images.regions[i]), min(regions, len(images.regions[i])), replace=False)
        target = torch.from_numpy(np.stack([low_mask(images.mask(i, images.regions[i][k])) for k in picks]))
        n = len(target)
        s4, s8 = early_features(model, torch.from_numpy(images.rgb[i])[None])
        (s0, s1, top), _ = image_features(model, s4, s8)
        top = top + model.no_mem_embed[0, 0][None, :, None, None]
        s0, s1, top = (x.expand(n, -1, -1, -1) for x in (s0, s1, top))

        def run(points, labels, mask=None):
            masks, ious, _, _ = decode(model, top, s0, s1, points, labels, mask)
            return answer(model, masks, ious, points.shape[1])

        points = torch.tensor([central_point(t.numpy()) for t in target], dtype=torch.float32)[:, None]
        labels = torch.ones(n, 1)
        mean = lambda logits: hard_iou(logits[:, None], target)[:, 0].tolist()  # noqa: E731
        logits = run(points, labels)
        scores["click1"] += mean(logits)
        wrong = torch.cat([stray, points[:-1, 0]])[:, None]
        stray = points[-1:, 0]
        scores["shuffled"] += mean(run(wrong, labels))
        for _ in range(2):
            point, label = correction(logits, target)
            points, labels = torch.cat([points, point[:, None]], 1), torch.cat([labels, label[:, None]], 1)
            logits = run(points, labels, logits[:, None].clamp(-32, 32))
        scores["click3"] += mean(logits)
        scores["box"] += mean(run(boxes_of(target, 0.0), torch.tensor([[2.0, 3.0]]).expand(n, 2)))
    torch.set_rng_state(torch_state)
    return {k: float(np.mean(v)) for k, v in scores.items()}


def jaccard(a: np.ndarray, b: np.ndarray) -> float:
    """Region similarity; two empty masks agree."""
    union = (a | b).sum()
    return 1.0 if union == 0 else float((a & b).sum() / union)


@torch.inference_mode()
def evaluate_videos(model, root: Path, split: str = "val", prompts=("mask", "click"), every: int = 1, limit: int = 10**9) -> dict:
    """J of the official video predictor on whole sequences, from the first frame's mask and from one central click.

    `limit` frames of each sequence are tracked and every `every`-th is scored; the first and the last are left out, as
    DAVIS does. Sequences with several ids: every object on its own, then the mean. Also the share of frames on which the object score has the
    right sign. -> {"mean": {"video_mask": J, "video_click": J}, "sequences": {name: {...}}, "sign": share}"""
    predictor = build_nano_video_predictor()
    predictor.load_state_dict(model.state_dict())
    result: dict = {"sequences": {}}
    signs: list[bool] = []
    for folder in sorted((root / "video" / split).iterdir()):
        paths = sorted((folder / "masks").iterdir())[:limit]
        truth = [np.asarray(Image.open(p)) for p in paths]
        ids = [int(v) for v in np.unique(np.stack(truth[:1])) if v not in (0, 255)] or [255]
        with contextlib.redirect_stderr(io.StringIO()):
            state = predictor.init_state(str(folder / "frames"))
            row = {}
            for prompt in prompts:
                scores: dict[int, list[float]] = {i: [] for i in ids}
                predictor.reset_state(state)
                for i in ids:
                    mask = truth[0] == i
                    if prompt == "mask":
                        predictor.add_new_mask(state, 0, i, mask)
                    else:
                        points = np.array([central_pixel(mask)], dtype=np.float32)
                        predictor.add_new_points_or_box(state, 0, i, points=points, labels=np.array([1], dtype=np.int32))
                for t, found, logits in predictor.propagate_in_video(state, max_frame_num_to_track=len(paths) - 1):
                    if t == 0 or t >= len(paths) - 1 or t % every:
                        continue
                    for i, logit in zip(found, logits, strict=True):
                        mask = truth[t] == i
                        scores[i].append(jaccard(logit[0].numpy() > 0, mask))
                        index = state["obj_id_to_idx"][i]
                        score = state["output_dict_per_obj"][index]["non_cond_frame_outputs"][t]["object_score_logits"]
                        signs.append(bool(score.item() > 0) == bool(mask.any()))
                row[prompt] = float(np.mean([np.mean(v) for v in scores.values()]))
        result["sequences"][folder.name] = row
    result["mean"] = {f"video_{p}": float(np.mean([r[p] for r in result["sequences"].values()])) for p in prompts}
    result["sign"] = float(np.mean(signs))
    return result


def central_pixel(mask: np.ndarray) -> tuple[float, float]:
    """The centre of the largest square-ish core of a mask, by repeated erosion, in its own pixels (x, y)."""
    core = mask.copy()
    while True:
        inner = core[1:-1, 1:-1] & core[:-2, 1:-1] & core[2:, 1:-1] & core[1:-1, :-2] & core[1:-1, 2:]
        inner = np.pad(inner, 1)
        if not inner.any():
            break
        core = inner
    ys, xs = np.nonzero(core)
    k = len(ys) // 2
    return float(xs[k]), float(ys[k])


@torch.inference_mode()
def propagate_labels(model, root: Path, split: str = "val", window: int = 10, keep: int = 6, top: int = 7) -> dict[str, float]:
    """The baseline a tracker must beat: each cell of a frame takes the label of its `top` most similar cells (stride 8
    features, within `window` cells) of the first and the last `keep` frames. -> {sequence: J, "mean": J}"""
    import torch.nn.functional as F

    result = {}
    for folder in sorted((root / "video" / split).iterdir()):
        paths = sorted((folder / "masks").iterdir())
        frames = {p.stem: p for p in (folder / "frames").iterdir()}
        truth = [np.asarray(Image.open(p)) for p in paths]
        ids = [int(v) for v in np.unique(truth[0]) if v not in (0, 255)] or [255]
        bank: list = []
        scores: list = []
        for t, path in enumerate(paths):
            _, s8 = early_features(model, torch.from_numpy(load_rgb(frames[path.stem]).copy())[None])
            side = s8.shape[-1]
            feature = F.normalize(s8[0].flatten(1), dim=0)  # [C, n]
            if t == 0:
                label = np.stack([truth[0] == i for i in ids]).astype(np.float32)
                low = F.interpolate(torch.from_numpy(label)[None], (side, side), mode="bilinear", antialias=True)[0].flatten(1)
                bank.append((feature, low))
                y, x = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
                y, x = y.flatten(), x.flatten()
                near = ((y[:, None] - y).abs() <= window) & ((x[:, None] - x).abs() <= window)
                continue
            similar = torch.cat([(feature.T @ f).masked_fill(~near, -1e4) for f, _ in bank], 1)
            labels = torch.cat([m for _, m in bank], 1)  # [K, n * frames]
            value, index = similar.topk(top, 1)
            weight = (value * 10).softmax(1)
            low = (labels[:, index] * weight).sum(2)
            bank = bank[:1] + (bank[1:] + [(feature, low)])[-(keep - 1):]
            if t < len(paths) - 1:
                soft = F.interpolate(low.view(1, len(ids), side, side), truth[t].shape, mode="bilinear")[0].numpy()
                scores.append(np.mean([jaccard(soft[k] > 0.5, truth[t] == i) for k, i in enumerate(ids)]))
        result[folder.name] = float(np.mean(scores))
    result["mean"] = float(np.mean(list(result.values())))
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--split", default="val")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--images-only", action="store_true")
    parser.add_argument("--no-baseline", action="store_true")
    parser.add_argument("--out", type=Path, help="write the numbers as JSON")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    model = build_nano(args.checkpoint)
    numbers: dict = {"images": evaluate_images(model, Images(args.data, "val"))}
    print(json.dumps(numbers["images"]), flush=True)
    if not args.images_only:
        numbers["videos"] = evaluate_videos(model, args.data, args.split)
        print(json.dumps(numbers["videos"]), flush=True)
    if not args.no_baseline and not args.images_only:
        untrained = build_nano()
        initialise_for_training(untrained)
        numbers["label_propagation"] = propagate_labels(untrained, args.data, args.split)
        print(json.dumps(numbers["label_propagation"]), flush=True)
    if args.out:
        args.out.write_text(json.dumps(numbers, indent=2) + "\n")


if __name__ == "__main__":
    main()
