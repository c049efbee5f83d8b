"""Signal equations of MPRAGE and spoiled gradient echo against scans of a phantom.

Data: tubes of gel on a 3 T Siemens Prisma, from the demo of SEPAL (M. Thrippleton, Apache-2.0),
with the protocol that its notebook demo_fit_t1.ipynb states: three spoiled gradient echoes, and two
trains of 160 excitations that begin 168 and 1068 ms after an inversion, with no pause after them.
"""

from pathlib import Path

import nibabel as nib
import numpy as np
from scipy import ndimage, optimize

from contrast2map.imaging.signal_equations import simulate_signal

SPACING_S, N_EXCITATIONS, FLIP_DEG = 0.0054, 160, 5
TRAIN_S = N_EXCITATIONS * SPACING_S
GRADIENT_ECHO = {"TR_s": SPACING_S, "TE_s": 0.0}  # the gain contains the decay until the echo


def _inverted(delay_s):
    return {
        "TR_s": delay_s + TRAIN_S,
        "TI_s": delay_s + TRAIN_S / 2,
        "TE_s": 0.0,
        "flip_angle_deg": FLIP_DEG,
        "echo_spacing_s": SPACING_S,
        "n_excitations": N_EXCITATIONS,
        "inversion_efficiency": 1.0,
    }


# File, signal equation and parameters of each scan.
SCANS = (
    ("TI_168ms", "mprage", _inverted(0.168)),
    ("TI_1068ms", "mprage", _inverted(1.068)),
    ("FA2", "spoiled_gradient_echo", GRADIENT_ECHO | {"flip_angle_deg": 2}),
    ("FA5", "spoiled_gradient_echo", GRADIENT_ECHO | {"flip_angle_deg": 5}),
    ("FA12", "spoiled_gradient_echo", GRADIENT_ECHO | {"flip_angle_deg": 12}),
)
LEFT_OUT = 1  # scan that is predicted from the others
SLICES = slice(74, 83)  # sagittal, across the tubes
# A tube is a region between walls, which give no signal.
LEAST_SIGNAL, TUBE_VOXELS = 28, (60, 400)
STARTS_S = (0.3, 1.0, 2.0)


def measure(folder):
    """Fit and predict the signals of each tube.

    Args:
        folder: Folder with the scans (phantom/sepal/T1_data).

    Returns:
        List of dicts by T1: T1_ms; transmit (relative flip angle); residual (largest difference
        between the five signals and their fit by T1, gain and flip angle, in percent) and predicted
        (difference of scan LEFT_OUT from its prediction by a fit to the other four, in percent).
    """
    scans = np.stack(
        [
            np.asarray(nib.load(Path(folder) / f"{name}.nii.gz").dataobj, float)[SLICES].mean(
                axis=0
            )
            for name, *_ in SCANS
        ]
    )
    inside = ndimage.minimum_filter(scans[2], 3) > LEAST_SIGNAL
    labels, n_labels = ndimage.label(inside)
    rows = []
    for label in range(1, n_labels + 1):
        tube = labels == label
        if not TUBE_VOXELS[0] < tube.sum() < TUBE_VOXELS[1]:
            continue
        measured = scans[:, tube].mean(axis=1)
        everything = np.arange(len(SCANS))
        T1_s, gain, transmit = fit(measured, everything)
        residuals = signals(T1_s, gain, transmit) / measured - 1
        others = fit(measured, np.delete(everything, LEFT_OUT))
        predicted = measured[LEFT_OUT] / signals(*others)[LEFT_OUT] - 1
        rows.append(
            {
                "T1_ms": 1000 * T1_s,
                "transmit": transmit,
                "residual": 100 * float(np.abs(residuals).max()),
                "predicted": 100 * float(predicted),
            }
        )
    return sorted(rows, key=lambda row: row["T1_ms"])


def signals(T1_s, gain, transmit):
    """Signals of the scans, shape (scan,)."""
    one = np.ones(1)
    return np.array(
        [
            simulate_signal(equation, T1_s * one, one, gain * one, transmit * one, parameters)[0]
            for _, equation, parameters in SCANS
        ]
    )


def fit(measured, used):
    """T1 in seconds, gain and relative flip angle that fit the signals of the used scans best."""

    def errors(logarithms):
        return signals(*np.exp(logarithms))[used] / measured[used] - 1

    starts = [np.log([T1_s, 10 * measured.max(), 1.0]) for T1_s in STARTS_S]
    best = min((optimize.least_squares(errors, start) for start in starts), key=lambda r: r.cost)
    return tuple(float(value) for value in np.exp(best.x))
