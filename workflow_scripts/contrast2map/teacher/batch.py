"""What the teacher hands to a training step."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Batch:
    """Patches of simulated visits, n of height H and width W.

    Attributes:
        images: Scaled images in the order of `protocol.SLOTS`, 0 where absent or stripped, float32
            (n, H, W, 6).
        protocol: Numbers of `protocol.PROTOCOL_FIELDS`, NaN where unknown, float32 (n, 6, fields).
        present: Whether a scan is there, bool (n, 6); at least one per patch.
        common_scale: Whether all images of the visit were divided by one number, which is the scale
            of the first image that is present; otherwise each by its own, bool (n,).
        T1_s: True T1 in seconds, float32 (n, H, W); 0 outside `mask`.
        T2_s: True T2 in seconds, at most `settings.T2_ceiling_s`, float32 (n, H, W); 0 outside
            `mask`.
        mask: Voxels that are scored: brain with its CSF that skull stripping left, bool (n, H, W).
        tissue: The tissue that fills most of a voxel, a number of `tissues.TISSUES`, uint8
            (n, H, W).
    """

    images: np.ndarray
    protocol: np.ndarray
    present: np.ndarray
    common_scale: np.ndarray
    T1_s: np.ndarray
    T2_s: np.ndarray
    mask: np.ndarray
    tissue: np.ndarray
