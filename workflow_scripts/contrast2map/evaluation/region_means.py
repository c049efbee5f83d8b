"""Convert region means to arrays, paired by subject."""

import numpy as np
import pandas as pd

from contrast2map.statistics.intervals import of_slope
from contrast2map.study.terms import QUANTITIES, REGIONS

POINT_COLUMNS = "predictor quantity region subject against known_ms predicted_ms".split()


def by_subject(roi_means, predictor, quantity, *columns):
    """Convert columns of the table of region means to arrays of the same shape.

    Args:
        roi_means: Table of ROI means (see `evaluate_maps`).
        predictor: Name of a predictor in the table.
        quantity: T1 or T2.
        columns: Names of columns, such as "predicted_ms".

    Returns:
        One array per column, shape (subject, region), regions in the order of `REGIONS`; NaN if a
        subject has no voxel of a region.
    """
    ours = roi_means[(roi_means["predictor"] == predictor) & (roi_means["quantity"] == quantity)]
    return [
        ours.pivot(index="subject", columns="region", values=column)[list(REGIONS)].to_numpy(float)
        for column in columns
    ]


def absolute_errors_ms(roi_means, predictor, quantity, against):
    """Absolute errors of predicted region means.

    Args:
        roi_means: Table of ROI means (see `evaluate_maps`).
        predictor: Name of a predictor in the table.
        quantity: T1 or T2.
        against: "reference" or "truth".

    Returns:
        Array in ms, shape (subject, region), as returned by `by_subject`.
    """
    columns = "predicted_ms", f"{against}_ms"
    values_ms, other_ms = by_subject(roi_means, predictor, quantity, *columns)
    return np.abs(values_ms - other_ms)


def known_map(roi_means):
    """What region means are best compared with: "truth" if it is known, otherwise "reference"."""
    return "reference" if pd.to_numeric(roi_means["truth_ms"]).isna().all() else "truth"


def subjects_of(roi_means, predictor, quantity):
    """Labels of the subjects in the order of `by_subject`."""
    ours = roi_means[(roi_means["predictor"] == predictor) & (roi_means["quantity"] == quantity)]
    return sorted(ours["subject"].unique())


def summaries(roi_means):
    """Summarise each predictor, quantity and region.

    Args:
        roi_means: Table of ROI means (see `evaluate_maps`), all predictors and folds.

    Yields:
        Rows of the subjects in which the region has voxels, and their summary: predictor, quantity,
        region, n_subjects, mean and SD across subjects of predicted, reference and truth.
    """
    present = roi_means.dropna(subset=["predicted_ms", "reference_ms"])
    for predictor in roi_means["predictor"].unique():
        for quantity in QUANTITIES:
            for region in REGIONS:
                ours = present[
                    (present["predictor"] == predictor)
                    & (present["quantity"] == quantity)
                    & (present["region"] == region)
                ]
                record = {"predictor": predictor, "quantity": quantity, "region": region}
                record["n_subjects"] = len(ours)
                for name in ("predicted", "reference", "truth"):
                    values_ms = pd.to_numeric(ours[f"{name}_ms"])
                    record[f"{name}_mean_ms"] = values_ms.mean()
                    record[f"{name}_sd_ms"] = values_ms.std()
                yield ours, record


def region_points(roi_means, predictors, against):
    """Region means of the held-out subjects, predicted and known.

    Args:
        roi_means: Table of ROI means (see `evaluate_maps`).
        predictors: Names of the predictors: the network, then the tissue mean.
        against: "truth" or "reference".

    Returns:
        Table with `POINT_COLUMNS`, without subjects in which the region has no voxels.
    """
    records = []
    for predictor in predictors:
        for quantity in QUANTITIES:
            subjects = subjects_of(roi_means, predictor, quantity)
            if not subjects:
                continue
            predicted_ms, known_ms = by_subject(
                roi_means, predictor, quantity, "predicted_ms", f"{against}_ms"
            )
            records += [
                (predictor, quantity, region, subject, against, known_ms[s, r], predicted_ms[s, r])
                for r, region in enumerate(REGIONS)
                for s, subject in enumerate(subjects)
            ]
    return pd.DataFrame(records, columns=POINT_COLUMNS).dropna(subset=["known_ms", "predicted_ms"])


def slopes(points):
    """Least-squares slope of the predicted on the known region means, by tissue.

    Args:
        points: Table of `region_points`.

    Returns:
        Dict mapping (predictor, quantity, region) to slope and 95 % `Interval`, NaN with fewer
        than two or three subjects.
    """
    return {
        key: of_slope(group["predicted_ms"].to_numpy(), group["known_ms"].to_numpy())
        for key, group in points.groupby(["predictor", "quantity", "region"], sort=False)
    }
