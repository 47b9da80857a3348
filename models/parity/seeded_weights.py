"""
Random weights that need no file: each value comes from an integer hash of the seed, the parameter's name and its place.
tests/parity/seeded-checkpoint.ts makes the same ones bit by bit, so a recording is all that a test needs.
"""

import math

import numpy as np


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


def seeded_tensor(name, shape, seed):
    """float32 values of one parameter: offset + scale * noise."""
    offset, scale = 0.0, 1.0
    size = math.prod(shape)
    if len(shape) > 1:
        scale = math.sqrt(3 / (size / shape[0]))
    elif name.endswith(".weight") or name.endswith("gamma"):
        offset, scale = 1.0, 0.3
    else:
        scale = 0.1
    return (offset + scale * noise(size, hash_name(name, seed))).astype(np.float32).reshape(shape)
