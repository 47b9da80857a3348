"""
Records every single-object inference of an official SAM2VideoPredictor, in the layout that tests/parity/recording.ts reads: a JSON file of
steps and calls, beside it one gzipped file of raw arrays.
"""

import gzip
import json
from pathlib import Path

import numpy as np
import torch

from models.parity.official import apply_step, call_watchers, pack_array


class Recorder:
    """
    logits: dtype of the logits.
    memories: the memory of each call too, which a test needs to compare every call alone (forced state). Logits of which a memory
    is made later, a prompt's, are float32 then.
    """

    def __init__(self, predictor, logits="float32", memories=False):
        self.predictor, self.logits, self.memories = predictor, logits, memories
        self.data, self.calls, self.preflight, self.stabilities = bytearray(), [], [], []
        self.watch()

    def put(self, array, dtype="float32"):
        return pack_array(self.data, array, dtype)

    def put_memory(self, output):
        return self.put(output["maskmem_features"][0].float().numpy(), "bfloat16")

    def watch(self):
        predictor, seen = self.predictor, {}
        run, encode = predictor._run_single_frame_inference, predictor._run_memory_encoder

        def watched(*positional, **named):
            seen.clear()
            out, masks = run(*positional, **named)
            is_mask, has_memory = named["mask_inputs"] is not None, out["maskmem_features"] is not None
            call = {
                "frame": named["frame_idx"],
                "is_mask": is_mask,
                "multimask": seen["multimask"],
                "score": float(out["object_score_logits"][0, 0]),
                "ious": seen["ious"],
                "low_res": self.put(out["pred_masks"][0, 0].numpy(), self.logits if has_memory or not self.memories else "float32"),
                "obj_ptr": self.put(out["obj_ptr"][0].numpy()),
                "memory_tokens": seen.get("tokens"),
            }
            if self.memories and has_memory:
                call["maskmem"] = self.put_memory(out)
            self.calls.append(call)
            if not is_mask and not seen["multimask"]:
                self.stabilities.append(seen["stability"])
            return out, masks

        def watched_encoder(*positional, **named):
            features, position = encode(*positional, **named)
            if self.memories:
                self.preflight.append({"frame": named["frame_idx"], "maskmem": self.put(features[0].float().numpy(), "bfloat16")})
            return features, position

        self.watched = (
            (predictor, "_run_single_frame_inference", watched),
            (predictor, "_run_memory_encoder", watched_encoder),
            *call_watchers(predictor, seen),
        )
        for owner, method, watching in self.watched:
            setattr(owner, method, watching)

    def unwatch(self):
        """Leaves the predictor to another recorder."""
        for owner, method, _ in self.watched:
            delattr(owner, method)

    def play(self, state, steps, mask, keeps_masks):
        """mask: name -> bool [H, W]; keeps_masks: (step, frame) -> whether the video masks of that frame are recorded"""
        return [self.step(state, step, mask, keeps_masks) for step in steps]

    def step(self, state, step, mask, keeps_masks):
        predictor, masks = self.predictor, []
        self.calls.clear()
        self.preflight.clear()

        for frame, video in apply_step(predictor, state, step, lambda prompted: mask(prompted["mask"])):
            if keeps_masks(step, frame):
                masks.append({"frame": frame, "bits": self.put((video[:, 0] > 0).numpy(), "bits")})
        ids = [int(each) for each in state["obj_ids"]]
        return {"step": step, "ids": ids, "calls": list(self.calls), "preflight": list(self.preflight), "video_masks": masks}

    def write(self, out: Path, name, head, steps):
        # Without a time and a name inside, the same recording gives the same bytes.
        (out / f"{name}.bin.gz").write_bytes(gzip.compress(bytes(self.data), 9, mtime=0))
        text = json.dumps({**head, "bin": f"{name}.bin.gz", "steps": steps})
        (out / f"{name}.json").write_text(text.replace('{"step"', '\n{"step"').replace('{"frame": ', '\n {"frame": ') + "\n")
        self.report(name, steps)

    def report(self, name, steps):
        calls = [call for step in steps for call in step["calls"]]
        scores = [call["score"] for call in calls]
        chosen = [int(np.argmax(call["ious"])) for call in calls if call["multimask"]]
        print(
            f"{name}: {len(calls)} calls, {len(self.data)} bytes; object logits {min(scores):.2f} to {max(scores):.2f}, {sum(s <= 0 for s in scores)} absent,",
            f"nearest to zero {min(map(abs, scores)):.3f}; candidates chosen { {i: chosen.count(i) for i in sorted(set(chosen))} };",
            f"single masks {len(self.stabilities)}, of them unstable {sum(s < 0.98 for s in self.stabilities)}",
            flush=True,
        )


def normalised(frames, mean, std):
    """uint8 [T, S, S, 3] -> float [T, 3, S, S]"""
    shape = (1, 3, 1, 1)
    return (torch.from_numpy(frames.copy()).permute(0, 3, 1, 2).float() / 255 - torch.tensor(mean).view(shape)) / torch.tensor(std).view(shape)
