"""
What every recording of the official SAM2VideoPredictor does alike: frames in memory, the steps of a scenario, what is
seen of a call, and how arrays are packed.
"""

import numpy as np


def state_of(predictor, images, width, height):
    """The official inference state over images [T, 3, S, S] that are in memory, of a video of width x height."""
    import sam2.sam2_video_predictor as module

    original = module.load_video_frames
    module.load_video_frames = lambda **_: (images, height, width)
    try:
        return predictor.init_state(video_path="frames in memory")
    finally:
        module.load_video_frames = original


def apply_step(predictor, state, step, mask):
    """
    Does what a step says and yields (frame, video masks [N, 1, H, W]) of each frame that it answers.

    mask: the step -> bool [H, W], for steps that prompt with one.
    """
    if step["op"] == "points":
        named = {key: np.array(step[key], np.float32) for key in ("points", "box") if key in step}
        if "labels" in step:
            named["labels"] = np.array(step["labels"], np.int32)
        frame, _, video = predictor.add_new_points_or_box(state, step["frame"], step["obj"], clear_old_points=step.get("clear_old_points", True), **named)
        yield frame, video
    elif step["op"] == "mask":
        frame, _, video = predictor.add_new_mask(state, step["frame"], step["obj"], mask(step))
        yield frame, video
    elif step["op"] == "clear":
        predictor.clear_all_prompts_in_frame(state, step["frame"], step["obj"], need_output=False)
    elif step["op"] == "remove":
        predictor.remove_object(state, step["obj"], need_output=False)
    elif step["op"] == "reset":
        predictor.reset_state(state)
    else:
        most = step["frames"] if "frames" in step else step.get("max_frames")
        run = predictor.propagate_in_video(state, start_frame_idx=step.get("start"), max_frame_num_to_track=most, reverse=step.get("reverse", False))
        for frame, _, video in run:
            yield frame, video


def call_watchers(predictor, seen):
    """
    (owner, method, replacement) of what a single-object inference calls inside. They put into `seen`: the predicted
    IoUs and whether there were several masks, the stability of the single mask, and how many memory tokens there were,
    of them pointers.
    """
    heads, attention = predictor._forward_sam_heads, predictor.memory_attention.forward
    decode_masks = predictor.sam_mask_decoder.predict_masks

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

    return (
        (predictor, "_forward_sam_heads", watched_heads),
        (predictor.memory_attention, "forward", watched_attention),
        (predictor.sam_mask_decoder, "predict_masks", watched_masks),
    )


def pack_array(data, array, dtype="float32"):
    """
    Appends to the bytearray.
    -> where the array lies: dtype (bits, float16, bfloat16 or float32), shape, offset, bytes
    """
    array = np.ascontiguousarray(array)
    if dtype == "bits":
        raw = np.packbits(array, bitorder="little").tobytes()
    elif dtype == "bfloat16":
        raw = (array.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16).tobytes()
    else:
        raw = array.astype(dtype).tobytes()
    entry = {"dtype": dtype, "shape": list(array.shape), "offset": len(data), "bytes": len(raw)}
    data += raw
    return entry
