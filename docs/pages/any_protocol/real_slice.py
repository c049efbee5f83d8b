"""A real slice with measured T1 and T2 (F. Santini, qMRI_example, MIT): n = 1, a check.

Inversion recovery turbo spin echo (TR 15 s, TI 50, 100, 200, 500, 2000, 4000 ms, real part) and
single spin echoes (TR 5 s, TE 10, 25, 50, 90, 150, 250 ms). Some images are the network's scans;
the reference is fitted to the others.
"""

from pathlib import Path

import numpy as np
from scipy.optimize import curve_fit

from contrast2map.imaging.protocol import image_scale

TI_S = (0.05, 0.1, 0.2, 0.5, 2.0, 4.0)
TE_S = (0.010, 0.025, 0.050, 0.090, 0.150, 0.250)
TR_OF_IR_S, TR_OF_SE_S = 15.0, 5.0
FIELD_T = 3.0  # by its values; the source does not state it
# Slot, data set, index of the image, and what is told of its protocol.
SCANS = {
    "flair": ("t1", 4, {"TR_s": TR_OF_IR_S, "TI_s": TI_S[4], "field_strength_T": FIELD_T}),
    "t2w_spin_echo": ("t2", 3, {"TR_s": TR_OF_SE_S, "TE_s": TE_S[3], "echo_train_length": 1}),
    "pdw_spin_echo": ("t2", 0, {"TR_s": TR_OF_SE_S, "TE_s": TE_S[0], "echo_train_length": 1}),
}


def read(folder):
    """Read the slice.

    Args:
        folder: Folder with the data (`t1dataset.npy`, `t2dataset.npy`, `maps_fitted.npz`).

    Returns:
        Dict of images by data set ("t1", "t2"; shape (height, width, 6)) and boolean masks brain,
        parenchyma, wm and gm.
    """
    folder = Path(folder)
    masks = np.load(folder / "maps_fitted.npz")
    found = {name: masks[name].astype(bool) for name in ("brain", "parenchyma", "wm", "gm")}
    found |= {name: np.load(folder / f"{name}dataset.npy") for name in ("t1", "t2")}
    return found


def reference(slice_, n_left_out=True):
    """T1 and T2 in seconds, fitted to the images that the network does not see.

    T1: a - b exp(-TI / T1), TR being five times T1 or more; T2: a exp(-TE / T2). NaN where a fit
    fails and outside the brain.
    """
    used = {
        name: [index for kind, index, _ in SCANS.values() if kind == name] for name in ("t1", "t2")
    }
    maps_s = {}
    for name, times_s, model, start in (
        ("t1", TI_S, lambda t, a, b, T: a - b * np.exp(-t / T), (1.0, 2.0, 1.2)),
        ("t2", TE_S, lambda t, a, T: a * np.exp(-t / T), (1.0, 0.08)),
    ):
        kept = [index for index in range(6) if not (n_left_out and index in used[name])]
        times = np.array(times_s)[kept]
        fitted = np.full(slice_["brain"].shape, np.nan)
        for voxel in np.argwhere(slice_["brain"]):
            signal = np.asarray(slice_[name][tuple(voxel)][kept], float)
            signal = np.abs(signal) if name == "t2" else signal
            level = np.abs(signal).max()
            try:
                found, _ = curve_fit(model, times, signal / level, start, maxfev=400)
            except RuntimeError:
                continue
            if 0 < found[-1] < 10:
                fitted[tuple(voxel)] = found[-1]
        maps_s[name.upper()] = fitted
    return maps_s


def scans(slice_, common_scale):
    """Scaled images by slot, and the protocol of each."""
    images = {
        slot: np.abs(slice_[name][..., index]) * slice_["brain"]
        for slot, (name, index, _) in SCANS.items()
    }
    scales = {slot: image_scale(image[slice_["brain"]]) for slot, image in images.items()}
    if common_scale:
        scales = dict.fromkeys(scales, scales["flair"])
    scaled = {slot: image / scales[slot] for slot, image in images.items()}
    return scaled, {slot: told for slot, (_, _, told) in SCANS.items()}
