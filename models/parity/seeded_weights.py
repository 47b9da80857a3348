"""
Random weights that need no file: each value comes from an integer hash of the seed, the parameter's name and its place.
tests/parity/sam21-checkpoint.ts makes the same ones bit by bit, so a recording is all that a test needs.
"""

import math

import numpy as np

# (part of the name, what its scale is multiplied with, what is added to its offset). Chosen so that objects stay apart,
# object logits of both signs occur, and the single mask is unstable at times; see models/README.md.
TUNING = (
    ("pred_obj_score_head.layers.2.weight", 14, 0),
    ("pred_obj_score_head.layers.2.bias", 1, 8.6),
    ("cross_attn_image.out_proj.weight", 6, 0),
    ("cross_attn_image.q_proj.weight", 3, 0),
    ("mask_downsampler.encoder.9", 4, 0),
    ("obj_ptr_proj", 3, 0),
    ("output_hypernetworks_mlps.0.layers.2", 1.4, 0),
)


def hash_name(name, seed):
    """32-bit FNV-1a of the name, started from the seed."""
    value = (0x811C9DC5 ^ seed) & 0xFFFFFFFF
    for byte in name.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def noise(count, start):
    """Floats in [-1, 1): the finaliser of MurmurHash3 over a counter, its top 24 bits."""
    x = (np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9)) + np.uint32(start)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    return (x >> np.uint32(8)).astype(np.float64) / 2**23 - 1


def law(name, shape, tuning=()):
    """(offset, scale) of a parameter's values."""
    offset, scale = 0.0, 0.1
    embedding = any(part in name for part in ("embed", "token", "tpos_enc", "no_obj_ptr", "gaussian")) and ("conv" not in name and "patch_embed" not in name and "token_to" not in name and "to_token" not in name)
    if embedding:
        scale = 1.0
    elif len(shape) > 1:
        scale = math.sqrt(3 / (math.prod(shape) / shape[0]))
    elif name.endswith(".weight") or name.endswith("gamma"):
        offset, scale = 1.0, 0.3
    for part, gain, shift in tuning:
        if part in name:
            offset, scale = offset + shift, scale * gain
    return offset, scale


def seeded_tensor(name, shape, seed, tuning=()):
    """float32 values of one parameter: offset + scale * noise."""
    offset, scale = law(name, shape, tuning)
    return (offset + scale * noise(math.prod(shape), hash_name(name, seed))).astype(np.float32).reshape(shape)
