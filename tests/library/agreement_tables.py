"""Tables of region means and of their agreement, for tests."""

import numpy as np
import pandas as pd

from contrast2map.evaluation.agreement import summarise_agreement
from contrast2map.study.terms import REGIONS

NETWORK = "network_mprage+flair_seed-1"
PREDICTORS = [NETWORK, "cohort_mean"]
MARGINS = {"T1": 2.0, "T2": 4.0}
MEANS_MS = np.array([1300.0, 830.0, 1100.0, 1000.0])


def roi_means(n_subjects=4, has_truth=True):
    """Table of ROI means as `evaluate_maps` writes it; network, reference and truth differ."""
    rng = np.random.default_rng(1)
    rows = []
    for subject in range(n_subjects):
        for quantity, scale in (("T1", 1.0), ("T2", 0.08)):
            for region, mean_ms in zip(REGIONS, MEANS_MS, strict=True):
                truth = scale * (mean_ms + rng.normal(0, 40))
                reference = truth + scale * (10 + rng.normal(0, 5))
                predicted = truth + scale * (20 + rng.normal(0, 5))
                rows += [
                    {
                        "subject": f"{subject + 1:02d}",
                        "group": "MS",
                        "fold": "fold_0",
                        "predictor": predictor,
                        "region": region,
                        "quantity": quantity,
                        "n_voxels": 50,
                        "predicted_ms": value,
                        "reference_ms": reference,
                        "truth_ms": truth if has_truth else None,
                    }
                    for predictor, value in ((NETWORK, predicted), ("cohort_mean", scale * mean_ms))
                ]
    return pd.DataFrame(rows).sample(frac=1, random_state=1)


def summarise(rois, predictors=PREDICTORS, seed=1):
    return summarise_agreement(rois, predictors, MARGINS, 50, seed)


def pick(table, predictor, against, quantity, region):
    cells = table.set_index(["predictor", "against", "quantity", "region"])
    return cells.loc[predictor, against, quantity, region]
