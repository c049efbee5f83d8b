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
    """T1 and T2 in seconds, dict of (height, width); see `fits`."""
    return {name: found[..., 1] for name, found in fits(slice_, n_left_out).items()}


def fits(slice_, n_left_out=True):
    """Amplitudes and relaxation times of exponential curves through the images.

    T1: a - b exp(-TI / T1), TR being five times T1 or more; T2: a exp(-TE / T2).

    Args:
        slice_: As of `read`.
        n_left_out: Whether the images that the network sees are left out.

    Returns:
        Dict mapping T1 and T2 to a and the time in seconds, shape (height, width, 2); NaN where a
        fit fails and outside the brain.
    """
    used = {
        name: [index for kind, index, _ in SCANS.values() if kind == name] for name in ("t1", "t2")
    }
    found = {}
    for name, times_s, model, start in (
        ("t1", TI_S, lambda t, a, b, T: a - b * np.exp(-t / T), (1.0, 2.0, 1.2)),
        ("t2", TE_S, lambda t, a, T: a * np.exp(-t / T), (1.0, 0.08)),
    ):
        kept = [index for index in range(6) if not (n_left_out and index in used[name])]
        times = np.array(times_s)[kept]
        fitted = np.full((*slice_["brain"].shape, 2), np.nan)
        for voxel in np.argwhere(slice_["brain"]):
            signal = np.asarray(slice_[name][tuple(voxel)][kept], float)
            signal = np.abs(signal) if name == "t2" else signal
            level = np.abs(signal).max()
            try:
                values, _ = curve_fit(model, times, signal / level, start, maxfev=400)
            except RuntimeError:
                continue
            if 0 < values[-1] < 10:
                fitted[tuple(voxel)] = values[0] * level, values[-1]
        found[name.upper()] = fitted
    return found


def echo_time_s(slice_):
    """Echo time of the inversion recovery, which its source does not state.

    Its amplitude is that of the spin echoes times exp(-TE / T2) and a factor that all tissues
    share. The T2 of CSF and white matter differ most. Magnetisation transfer in the turbo spin
    echo would make the result longer.
    """
    found = fits(slice_, n_left_out=False)
    T1_s, T2_s = found["T1"][..., 1], found["T2"][..., 1]
    at_long_TR = found["T2"][..., 0] / (1 - np.exp(-TR_OF_SE_S / T1_s))
    log_ratio = np.log(np.abs(found["T1"][..., 0]) / at_long_TR)
    rates, logs = (
        [
            np.nanmedian(values[inside])
            for inside in (slice_["brain"] & ~slice_["parenchyma"], slice_["wm"])
        ]
        for values in (1 / T2_s, log_ratio)
    )
    return float((logs[0] - logs[1]) / (rates[1] - rates[0]))


def scans(slice_, common_scale, TE_of_IR_s=None):
    """Scaled images by slot, and the protocol of each, with the TE of the inversion recovery."""
    images = {
        slot: np.abs(slice_[name][..., index]) * slice_["brain"]
        for slot, (name, index, _) in SCANS.items()
    }
    scales = {slot: image_scale(image[slice_["brain"]]) for slot, image in images.items()}
    if common_scale:
        scales = dict.fromkeys(scales, scales["flair"])
    scaled = {slot: image / scales[slot] for slot, image in images.items()}
    protocols = {slot: dict(told) for slot, (_, _, told) in SCANS.items()}
    if TE_of_IR_s is not None:
        protocols["flair"]["TE_s"] = TE_of_IR_s
    return scaled, protocols
