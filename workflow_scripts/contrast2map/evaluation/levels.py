"""Mean absolute errors of each subject at several levels, from regions to voxels and lesions."""

import pandas as pd

from contrast2map.study.records import where

SMALL_REGIONS = ("putamen", "thalamus")
REGIONS, BY_VOXELS, LARGE_REGIONS = "regions", "regions_by_voxels", "large_regions"
VOXELS, LESIONS = "voxels", "lesions"
LEVELS = (REGIONS, BY_VOXELS, LARGE_REGIONS, VOXELS, LESIONS)


def errors_at(level, tables, against, quantity):
    """Mean absolute error of each subject at a level.

    Args:
        level: One of `LEVELS`. "regions": mean over the four regions of |error of the region's
            mean|; "regions_by_voxels": the same, weighted by the voxels of each region;
            "large_regions": the same without the two small regions, equal weights; "voxels": mean
            over the voxels excluding CSF; "lesions": mean over the lesions of |error of the
            lesion's mean|.
        tables: Dict with "roi_means" and "lesions" (see `evaluate_maps`) and "errors_by_subject"
            (see `tables.errors`), of all predictors and folds.
        against: "truth" or "reference".
        quantity: T1 or T2.

    Returns:
        DataFrame in ms, one row per subject and one column per predictor; subjects without one of
        the regions, or without lesions, have no row at that level.
    """
    if level == VOXELS:
        errors_ms = voxel_errors_ms(tables["errors_by_subject"])
        if (against, quantity) not in errors_ms.index:
            return pd.DataFrame()
        # The reference has errors relative to the truth only.
        return errors_ms.loc[against, quantity].dropna(axis=1, how="all").dropna()
    if level == LESIONS:
        rows = where(tables["lesions"], quantity=quantity)
        return _by_predictor(rows, _distance_ms(rows, "predicted_mean_ms", f"{against}_mean_ms"))
    rows = where(tables["roi_means"], quantity=quantity)
    if level == LARGE_REGIONS:
        rows = rows[~rows["region"].isin(SMALL_REGIONS)]
    weights = rows["n_voxels"] if level == BY_VOXELS else None
    return _by_predictor(rows, _distance_ms(rows, "predicted_ms", f"{against}_ms"), weights)


def voxel_errors_ms(errors_by_subject):
    """Mean absolute error of the voxels of each subject, excluding CSF.

    Args:
        errors_by_subject: Table of `tables.errors.errors_by_subject`.

    Returns:
        DataFrame in ms, one row per against, quantity and subject and one column per predictor.
    """
    compared = where(errors_by_subject, region="excluding_csf", convention="paper")
    return compared.pivot(
        index=["against", "quantity", "subject"], columns="predictor", values="mae_ms"
    )


def region_voxels(roi_means):
    """Voxels of each region, which are the same for all predictors and quantities.

    Args:
        roi_means: Table of ROI means (see `evaluate_maps`).

    Returns:
        DataFrame of numbers of voxels, one row per subject and one column per region.
    """
    once = roi_means.drop_duplicates(["subject", "region"])
    return once.pivot(index="subject", columns="region", values="n_voxels")


def _distance_ms(rows, first, second):
    return (pd.to_numeric(rows[first]) - pd.to_numeric(rows[second])).abs()


def _by_predictor(rows, errors_ms, weights=None):
    """Weighted mean of each subject and predictor; missing if one of its errors is missing."""
    if rows.empty:
        return pd.DataFrame()
    weights = pd.Series(1.0, index=rows.index) if weights is None else weights.astype(float)
    keys = [rows["subject"], rows["predictor"]]
    sums = (errors_ms * weights).groupby(keys).agg(lambda each: each.sum(skipna=False))
    return (sums / weights.groupby(keys).sum()).unstack().dropna()
