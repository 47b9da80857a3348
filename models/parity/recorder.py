"""
Records every single-object inference of an official SAM2VideoPredictor, in the layout that tests/parity/recording.ts reads: a JSON file of
steps and calls, beside it one gzipped file of raw arrays.
"""

import gzip
import json
from pathlib import Path

import numpy as np
import torch


def state_of(predictor, images, width, height):
    """The official inference state over images [T, 3, S, S] that are in memory, of a video of width x height."""
    import sam2.sam2_video_predictor as module

    original = module.load_video_frames
    module.load_video_frames = lambda **_: (images, height, width)
    try:
        return predictor.init_state(video_path="frames in memory")
    finally:
        module.load_video_frames = original


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
        """-> where the array lies: dtype (bits, float16, bfloat16 or float32), shape, offset, bytes"""
        array = np.ascontiguousarray(array)
        if dtype == "bits":
            raw = np.packbits(array, bitorder="little").tobytes()
        elif dtype == "bfloat16":
            raw = (array.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16).tobytes()
        else:
            raw = array.astype(dtype).tobytes()
        entry = {"dtype": dtype, "shape": list(array.shape), "offset": len(self.data), "bytes": len(raw)}
        self.data += raw
        return entry

    def put_memory(self, output):
        return self.put(output["maskmem_features"][0].float().numpy(), "bfloat16")

    def watch(self):
        predictor, seen = self.predictor, {}
        run, heads, attention = predictor._run_single_frame_inference, predictor._forward_sam_heads, predictor.memory_attention.forward
        encode, decode_masks = predictor._run_memory_encoder, predictor.sam_mask_decoder.predict_masks

        def watched_masks(*positional, **named):
            out = decode_masks(*positional, **named)
            seen["stability"] = float(predictor.sam_mask_decoder._get_stability_scores(out[0][:, :1])[0, 0])
            return out

        def watched_heads(*positional, **named):
            out = heads(*positional, **named)
            seen["ious"], seen["multimask"] = out[2][0].tolist(), bool(named.get("multimask_output", False))
            return out

        def watched_attention(*positional, **named):
            seen["tokens"] = [int(named["memory"].shape[0]), int(named["num_obj_ptr_tokens"])]
            return attention(*positional, **named)

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
            (predictor, "_forward_sam_heads", watched_heads),
            (predictor, "_run_memory_encoder", watched_encoder),
            (predictor.memory_attention, "forward", watched_attention),
            (predictor.sam_mask_decoder, "predict_masks", watched_masks),
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

        def keep(frame, video):
            if keeps_masks(step, frame):
                masks.append({"frame": frame, "bits": self.put((video[:, 0] > 0).numpy(), "bits")})

        if step["op"] == "points":
            named = {key: np.array(step[key], np.float32) for key in ("points", "box") if key in step}
            if "labels" in step:
                named["labels"] = np.array(step["labels"], np.int32)
            frame, _, video = predictor.add_new_points_or_box(state, step["frame"], step["obj"], clear_old_points=step.get("clear_old_points", True), **named)
            keep(frame, video)
        elif step["op"] == "mask":
            frame, _, video = predictor.add_new_mask(state, step["frame"], step["obj"], mask(step["mask"]))
            keep(frame, video)
        elif step["op"] == "clear":
            predictor.clear_all_prompts_in_frame(state, step["frame"], step["obj"], need_output=False)
        elif step["op"] == "remove":
            predictor.remove_object(state, step["obj"], need_output=False)
        else:
            run = predictor.propagate_in_video(state, start_frame_idx=step.get("start"), max_frame_num_to_track=step.get("max_frames"), reverse=step.get("reverse", False))
            for frame, _, video in run:
                keep(frame, video)
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
