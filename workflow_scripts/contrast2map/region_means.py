"""Region means of subjects as arrays, each subject paired with itself."""

REGIONS = ("gm", "wm", "putamen", "thalamus")


def by_subject(roi_means, predictor, quantity, *columns):
    """Columns of the table of region means as arrays of one shape.

    Args:
        roi_means: Table of ROI means (see `evaluate_maps`).
        predictor: Name of a predictor in it.
        quantity: T1 or T2.
        columns: Names of the wanted columns, such as "predicted_ms".

    Returns:
        One array a column, shape (subject, region), regions in the order of `REGIONS`; NaN where a
        subject has no voxel of a region.
    """
    ours = roi_means[(roi_means["predictor"] == predictor) & (roi_means["quantity"] == quantity)]
    return [
        ours.pivot(index="subject", columns="region", values=column)[list(REGIONS)].to_numpy(float)
        for column in columns
    ]
