"""Volumes of a few subjects, packed for the report's viewer within a size limit."""

import base64
import gzip
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import stats

from contrast2map.imaging import grids, images
from contrast2map.study.groups import group_words
from contrast2map.study.terms import MS_PER_S

MARGIN_VOXELS = 2
STEPS_MS = {"T1": 1.0, "T2": 0.1}  # step of the stored values and of those shown at the crosshair
SCAN_STEP_PERCENT = 0.5
BRIGHT_PERCENTILE = 99  # of the scan within the brain; displayed as 100 percent
NO_VALUE = -(2**15)
LARGEST = 2**15 - 1
MOST_THINNED = 4  # keep at least every 4th slice; otherwise omit a subject


@dataclass(frozen=True)
class Head:
    """Volumes of one subject for the viewer, on one RAS grid, shape (x, y, z).

    Attributes:
        subject: Subject label.
        group: Group of the subject, in words.
        scan: Target scan, any unit.
        reference_s: Dict mapping quantity to reference map in seconds, 0 where there is no value.
        predicted_s: Dict mapping quantity to predicted map in seconds.
        spread_s: Dict mapping quantity to spread in seconds.
        brain: True inside the brain.
        predicted: True in the slices that were predicted.
        affine: Voxel-to-world matrix in mm, shape (4, 4).
    """

    subject: str
    group: str
    scan: np.ndarray
    reference_s: dict
    predicted_s: dict
    spread_s: dict
    brain: np.ndarray
    predicted: np.ndarray
    affine: np.ndarray

    @classmethod
    def read(cls, subject, group, paths):
        """Read a subject's files.

        Args:
            subject: Subject label.
            group: Group of the subject.
            paths: Dict mapping name to file: scan, brain, slice_selection, reference_T1,
                predicted_T1, spread_T1, and the same names with T2.
        """
        like = images.open_volume(paths["scan"])
        predicted = np.zeros(like.shape, bool)
        predicted[..., images.selected_slices(paths["slice_selection"])] = True

        def maps_s(kind):
            return {name: images.load_volume(paths[f"{kind}_{name}"], like) for name in STEPS_MS}

        return cls(
            subject=subject,
            group=group_words(group),
            scan=images.load_volume(paths["scan"], like),
            reference_s=maps_s("reference"),
            predicted_s=maps_s("predicted"),
            spread_s=maps_s("spread"),
            brain=images.load_volume(paths["brain"], like) > 0,
            predicted=predicted,
            affine=like.affine,
        )


def fit(heads, budget_bytes):
    """Pack as many heads as a size limit allows.

    First, slices are thinned (every second, third or fourth is kept); then heads are omitted,
    starting with the last. A single head is thinned as far as necessary.

    Args:
        heads: List of Head.
        budget_bytes: Largest size of the packed volumes, as base64.

    Returns:
        List of `pack` results, and the slice step n (every nth slice is kept).
    """
    packed = {}
    for n in range(len(heads), 0, -1):
        most = MOST_THINNED if n > 1 else heads[0].brain.shape[2]
        for every in range(1, most + 1):
            found = []
            for head in heads[:n]:
                if (head.subject, every) not in packed:
                    packed[head.subject, every] = pack(head, every)
                found.append(packed[head.subject, every])
                if sum(map(n_bytes, found)) > budget_bytes:
                    break
            else:
                return found, every
    return [], 1


def pack(head, every):
    """Crop a head to its brain with a margin and encode its values for JSON.

    Args:
        head: Head to pack.
        every: Slice step n: every nth axial slice is kept, unchanged.

    Returns:
        Dict of subject, group, shape, first (voxel of the head that becomes voxel 0), affine, scan,
        and maps by quantity: reference, network, spread, and the rank correlation between spread
        and absolute error.
    """
    (x, y, z), affine = grids.bounding_box(head.brain, head.affine, MARGIN_VOXELS)
    box = (x, y, slice(z.start, z.stop, every))
    brain = head.brain[box]
    predicted = head.predicted[box] & brain
    bright = max(
        float(np.percentile(head.scan[head.brain], BRIGHT_PERCENTILE)), np.finfo(float).tiny
    )
    maps = {}
    for quantity, reference_s in head.reference_s.items():
        step = STEPS_MS[quantity]
        times_s = {
            "reference": (reference_s[box], brain & (reference_s[box] > 0)),
            "network": (head.predicted_s[quantity][box], predicted),
            "spread": (head.spread_s[quantity][box], predicted),
        }
        maps[quantity] = {
            name: encode(values_s * MS_PER_S, known, step)
            for name, (values_s, known) in times_s.items()
        }
        maps[quantity]["correlation"] = rank_correlation(head, quantity)
    return {
        "subject": head.subject,
        "group": head.group,
        "shape": brain.shape,
        "first": [int(axis.start) for axis in box],
        "affine": (affine @ np.diag([1, 1, every, 1])).tolist(),
        "scan": encode(100 * head.scan[box] / bright, brain, SCAN_STEP_PERCENT),
        "maps": maps,
    }


def encode(values, known, step):
    """Round values to steps and encode them as 16-bit integers, gzip-compressed, in base64.

    All low bytes precede all high bytes, which saves an eighth of the compressed size.

    Args:
        values: Array of shape (x, y, z).
        known: True where there is a value, same shape.
        step: Unit of the stored numbers; a multiple of it is used if 16 bits do not suffice.

    Returns:
        Dict of step and data. In the data, x varies fastest, then y; voxels without a value are
        `NO_VALUE`.
    """
    peak = np.abs(values[known]).max(initial=0)
    step = step * max(1, int(np.ceil(peak / step / LARGEST)))
    steps = np.full(values.shape, NO_VALUE, "<i2")
    steps[known] = np.rint(values[known] / step)
    planes = np.frombuffer(steps.tobytes("F"), np.uint8).reshape(-1, 2).T
    return {
        "step": step,
        "data": base64.b64encode(gzip.compress(planes.tobytes(), 9, mtime=0)).decode(),
    }


def decode(encoded, shape):
    """Values that `encode` stored, shape (x, y, z); NaN where there is no value."""
    planes = gzip.decompress(base64.b64decode(encoded["data"]))
    pairs = np.frombuffer(planes, np.uint8).reshape(2, -1).T.tobytes()
    steps = np.frombuffer(pairs, "<i2").reshape(shape, order="F")
    return np.where(steps == NO_VALUE, np.nan, steps * encoded["step"])


def n_bytes(packed):
    """Size in bytes of the volumes of a packed head."""
    volumes = [each for maps in packed["maps"].values() for each in maps.values()]
    return sum(len(each["data"]) for each in [packed["scan"], *volumes] if isinstance(each, dict))


def rank_correlation(head, quantity):
    """Spearman's correlation between spread and absolute error in the predicted brain voxels.

    Returns:
        A number from -1 to 1; None if either is constant.
    """
    reference_s = head.reference_s[quantity]
    known = head.brain & head.predicted & (reference_s > 0)
    error_s = np.abs(head.predicted_s[quantity][known] - reference_s[known])
    spread_s = head.spread_s[quantity][known]
    if known.sum() < 3 or np.ptp(error_s) == 0 or np.ptp(spread_s) == 0:
        return None
    return float(stats.spearmanr(spread_s, error_s).statistic)


def poster(packed, quantity, panels):
    """The middle axial slice of a packed head in all panels, as printed pages show it.

    Args:
        packed: Result of `pack`.
        quantity: Quantity of the maps.
        panels: List of dicts of name, low, high and colours (`viewer_panels.colour_table`), from
            left to right.

    Returns:
        Bytes of a PNG, transparent where there is no value.
    """
    shape = packed["shape"]
    volumes = {"scan": decode(packed["scan"], shape)}
    for name in ("reference", "network", "spread"):
        volumes[name] = decode(packed["maps"][quantity][name], shape)
    volumes["error"] = volumes["network"] - volumes["reference"]
    tiles = []
    for panel in panels:
        # Rows from anterior to posterior, columns from left to right of the subject.
        image = volumes[panel["name"]][:, ::-1, shape[2] // 2].T
        share = (image - panel["low"]) / (panel["high"] - panel["low"])
        index = np.rint(255 * np.clip(np.nan_to_num(share), 0, 1)).astype(int)
        table = np.frombuffer(bytes.fromhex(panel["colours"]), np.uint8).reshape(-1, 3)
        alpha = np.where(np.isnan(image), 0, 255).astype(np.uint8)
        tiles.append(np.dstack([table[index], alpha]))
    edge_mm = grids.voxel_size_mm(np.array(packed["affine"]))[:2]
    picture = Image.fromarray(np.hstack(tiles))
    size = np.rint([picture.width * edge_mm[0], picture.height * edge_mm[1]]).astype(int)
    written = io.BytesIO()
    picture.resize(size.tolist(), Image.Resampling.NEAREST).save(written, "PNG", optimize=True)
    return written.getvalue()
