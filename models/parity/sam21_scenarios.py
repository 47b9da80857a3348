"""What is done to the official predictor in the recordings: steps by name, and how long the clip is said to be."""


def click(frame, obj, *points):
    """Points as (x, y, label), in pixels of the 192 x 108 clip."""
    return {"op": "points", "frame": frame, "obj": obj, "points": [list(p[:2]) for p in points], "labels": [p[2] for p in points]}


def more(frame, obj, *points):
    return {**click(frame, obj, *points), "clear_old_points": False}


def box(frame, obj, *corners):
    return {"op": "points", "frame": frame, "obj": obj, "box": list(corners)}


def mask(frame, obj, *ellipse):
    """Ellipse as centre x, y and radii; none = an empty mask."""
    return {"op": "mask", "frame": frame, "obj": obj, "ellipse": list(ellipse)}


def track(start, frames, reverse=False):
    """`frames` more than the first."""
    return {"op": "propagate", "start": start, "frames": frames, "reverse": reverse}


SCENARIOS = {
    "clicks": (22, [click(0, 1, (70, 60, 1)), more(0, 1, (90, 50, 1), (30, 20, 0)), track(0, 4)]),
    "box": (22, [box(0, 1, 40, 20, 120, 90), track(0, 3)]),
    "box_and_click": (22, [{**box(0, 1, 20, 30, 110, 100), **{k: v for k, v in click(0, 1, (60, 60, 1)).items() if k in ("points", "labels")}}, more(0, 1, (150, 50, 0)), track(0, 3)]),
    "mask": (22, [mask(2, 1, 140, 55, 30, 20), mask(2, 2), track(2, 3)]),
    "five_objects": (22, [*(click(0, i, (10 + 30 * i, 15 + 17 * i, 1)) for i in range(1, 6)), track(0, 2)]),
    "late_object": (22, [click(6, 1, (75, 60, 1)), track(6, 5), box(10, 2, 100, 20, 170, 80), track(10, 2)]),
    "correction": (22, [click(0, 1, (70, 60, 1)), box(0, 2, 20, 20, 80, 90), track(0, 4), click(2, 1, (100, 60, 1), (40, 80, 0)), track(0, 5)]),
    "prompt_removed": (22, [click(0, 1, (70, 60, 1)), click(3, 1, (90, 40, 1), (100, 50, 1)), track(0, 4), {"op": "clear", "frame": 3, "obj": 1}, track(0, 4)]),
    "all_cleared": (22, [click(0, 1, (70, 60, 1)), track(0, 2), {"op": "reset"}, box(1, 7, 60, 10, 150, 70), track(1, 2)]),
    "object_removed": (22, [click(0, 1, (70, 60, 1)), click(0, 2, (150, 30, 1)), mask(0, 3, 60, 40, 30, 30), track(0, 2), {"op": "remove", "obj": 2}, track(3, 1)]),
    "backward": (22, [click(9, 1, (70, 60, 1)), track(9, 8, reverse=True)]),
    "both_ways": (22, [click(8, 1, (90, 50, 1)), track(8, 3), track(8, 3, reverse=True)]),
    "many_prompted": (22, [*(click(t, 1, (60 + 4 * t, 50 + t, 1)) for t in range(9)), track(8, 2)]),
    "short_clip": (9, [click(0, 1, (70, 60, 1)), track(0, 8)]),
}

# The same for every size of the model: a click, a box with a click, a correction, backward.
FOR_ALL_SIZES = {
    512: (22, [click(1, 1, (70, 60, 1)), {**box(1, 2, 20, 30, 110, 100), "points": [[60, 60]], "labels": [1]}, track(1, 2), click(2, 1, (100, 60, 1), (40, 80, 0)), track(2, 1), track(1, 1, reverse=True)]),
    1024: (22, [click(1, 1, (70, 60, 1)), track(1, 1)]),
}
