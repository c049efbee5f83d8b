"""Agreement of region means: bias, limits, equivalence, concordance, slope and SD ratio."""

import numpy as np
import pandas as pd

from contrast2map.evaluation.region_means import by_subject
from contrast2map.statistics import bootstrap, intervals, moments
from contrast2map.statistics.agreement import (
    differences,
    equivalence_p_value,
    holm,
    limits_of_agreement,
    paired_t_test,
    percentage_differences,
)
from contrast2map.study import seeds
from contrast2map.study.predictors import COHORT_MEAN, REFERENCE
from contrast2map.study.terms import REGIONS

ALL = "all"
# With fewer subjects, intervals of one tissue's concordance are too short (see
# benchmarks/interval_coverage.py).
MINIMUM_SUBJECTS = 10
UNITS = {"ms": differences, "percent": percentage_differences}


def summarise_agreement(roi_means, predictors, margins_percent, n_draws, seed):
    """Summarise the agreement of each predictor with the reference and, if known, the truth.

    Args:
        roi_means: Table of ROI means (see `evaluate_maps`), all predictors and folds.
        predictors: Names of the predictors, the study's network first.
        margins_percent: Dict mapping quantity to equivalence margin in percent of the mean
            reference (or truth).
        n_draws: Number of bootstrap draws.
        seed: Seed of the bootstrap.

    Returns:
        Table with one row per predictor, `against`, quantity and region (`all`: the four tissues of
        a subject together, counted as one subject). If the truth is known, the reference is
        compared with it like a predictor.
    """
    measured = [(name, "reference", "predicted_ms", "reference_ms") for name in predictors]
    if pd.to_numeric(roi_means["truth_ms"]).notna().any():
        measured += [(name, "truth", "predicted_ms", "truth_ms") for name in predictors]
        measured += [(REFERENCE, "truth", "reference_ms", "truth_ms")]
    records = []
    for predictor, against, first, second in measured:
        source = predictors[0] if predictor == REFERENCE else predictor
        for quantity in margins_percent:
            values_ms, other_ms = by_subject(roi_means, source, quantity, first, second)
            generator = seeds.generator(seed, "agreement", predictor, against, quantity)
            named = {"predictor": predictor, "against": against, "quantity": quantity}
            for region, chosen in [(r, [i]) for i, r in enumerate(REGIONS)] + [(ALL, [0, 1, 2, 3])]:
                pairs = values_ms[:, chosen], other_ms[:, chosen]
                margin = margins_percent[quantity]
                records.append(
                    named | {"region": region} | agreement(*pairs, margin, n_draws, generator)
                )
    table = pd.DataFrame(records)
    single = table["region"] != ALL
    for _, family in table[single].groupby(["predictor", "against"]):
        table.loc[family.index, "p_holm"] = holm(family["p_value"])
    return table.assign(skill=_skill(table))


def _skill(table):
    """1 - MSE / MSE of the tissue mean (Murphy, Mon Weather Rev 1988;116:2417)."""
    keys = ["against", "quantity", "region"]
    of_null = table[table["predictor"] == COHORT_MEAN].set_index(keys)["mean_squared_error_ms2"]
    null_ms2 = table.set_index(keys).index.map(of_null.to_dict()).to_numpy(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        return 1 - table["mean_squared_error_ms2"].to_numpy(float) / null_ms2


def agreement(values_ms, other_ms, margin_percent, n_draws, generator):
    """Compute all statistics of one comparison.

    Args:
        values_ms: Region means in ms, shape (subject, region). NaN marks a missing value.
        other_ms: Region means with which they are compared, same shape.
        margin_percent: Equivalence margin in percent of the mean of `other_ms`.
        n_draws: Number of bootstrap draws.
        generator: NumPy random generator.

    Returns:
        Dict of the columns of the table. Subjects with a missing region are excluded.
    """
    complete = np.isfinite(values_ms).all(axis=1) & np.isfinite(other_ms).all(axis=1)
    values_ms, other_ms = values_ms[complete], other_ms[complete]
    n_subjects, n_regions = values_ms.shape
    record = {"n_subjects": n_subjects, "n_measurements": n_subjects * n_regions}

    def drawn(statistic, scale="identity", first=values_ms, second=other_ms):
        return bootstrap.studentised_interval(statistic, first, second, n_draws, generator, scale)

    squares_ms2 = differences(values_ms, other_ms) ** 2
    record["mean_squared_error_ms2"] = squares_ms2.mean() if squares_ms2.size else np.nan
    for unit, difference in UNITS.items():
        measured = difference(values_ms, other_ms)
        limits = limits_of_agreement(measured)
        if n_regions == 1:
            lower, upper = intervals.of_limits(measured[:, 0])
        else:
            lower, upper = pooled_limit_intervals(measured, n_draws, generator)
        record |= {f"sd_{unit}": np.std(measured, ddof=1) if measured.size > 1 else np.nan}
        record |= _with_interval(
            f"bias_{unit}", limits.bias, intervals.of_mean(measured.mean(axis=1))
        )
        record |= _with_interval(f"lower_limit_{unit}", limits.lower, lower)
        record |= _with_interval(f"upper_limit_{unit}", limits.upper, upper)

    of_subjects = values_ms.mean(axis=1), other_ms.mean(axis=1)
    margin_ms = margin_percent / 100 * other_ms.mean() if other_ms.size else np.nan
    p_equivalence = equivalence_p_value(*of_subjects, margin_ms)
    record |= {
        "p_value": paired_t_test(*of_subjects),
        "p_holm": np.nan,
        "equivalence_margin_ms": margin_ms,
        "p_equivalence": p_equivalence,
        "is_equivalent": bool(p_equivalence < 0.05),
    }
    sums = moments.sums_by_subject(values_ms, other_ms).sum(axis=0)
    if n_regions == 1:
        slope, slope_interval = intervals.of_slope(
            differences(*of_subjects), (of_subjects[0] + of_subjects[1]) / 2
        )
        ratio, ratio_interval = intervals.of_sd_ratio(*of_subjects)
        enough = n_subjects >= MINIMUM_SUBJECTS
    else:
        slope, slope_interval = float(moments.slope(sums)), drawn(moments.slope)
        ratio, ratio_interval = float(moments.sd_ratio(sums)), drawn(moments.sd_ratio, "log")
        enough = True
    record |= _with_interval("slope", slope, slope_interval)
    record |= _with_interval("sd_ratio", ratio, ratio_interval)
    for name, statistic in (
        ("ccc", moments.concordance),
        ("icc", moments.intraclass_correlation),
    ):
        interval = drawn(statistic, "fisher_z") if enough else intervals.NONE
        record |= _with_interval(name, float(statistic(sums)), interval)
    return record


def pooled_limit_intervals(measured, n_draws, generator):
    """Bootstrap intervals of both limits of agreement for the tissues of a subject together.

    Args:
        measured: Differences, shape (subject, region); subjects with a NaN are excluded.
        n_draws: Number of bootstrap draws.
        generator: NumPy random generator.

    Returns:
        Interval of the lower and of the upper limit.
    """
    nothing = np.zeros_like(measured)
    return tuple(
        bootstrap.studentised_interval(statistic, measured, nothing, n_draws, generator)
        for statistic in (moments.lower_limit, moments.upper_limit)
    )


def _with_interval(name, value, interval):
    return {name: value, f"{name}_low": interval.low, f"{name}_high": interval.high}
