"""Rows of a table of lesions, with known values."""

import numpy as np

from contrast2map.evaluation.lesions import COLUMNS, MEASURES

NETWORK = "network_mprage+flair_seed-1"


def lesion(subject, number, predicted_ms, reference_ms=1000.0, truth_ms=None, **more):
    """A lesion whose white matter has 800 ms in every map."""
    row = dict.fromkeys(COLUMNS, np.nan) | {
        "subject": subject,
        "fold": "fold_0",
        "predictor": NETWORK,
        "lesion": number,
        "diameter_mm": 7.0,
        "quantity": "T1",
    }
    means_ms = {"predicted": predicted_ms, "reference": reference_ms, "truth": truth_ms}
    for name, mean_ms in means_ms.items():
        if mean_ms is not None:
            measures = dict.fromkeys(MEASURES, 0.5) | {
                "mean_ms": mean_ms,
                "contrast_ms": mean_ms - 800,
                "detected": int(mean_ms > 900),
            }
            row |= {f"{name}_{measure}": value for measure, value in measures.items()}
    return row | more
