"""The audit of the published tables: implications of their digits, row by row."""

import math

import pandas as pd
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower

from contrast2map.audit import implied
from contrast2map.audit.ranges import (
    Range,
    difference,
    exact,
    intersect,
    quotient,
    rounded,
    scaled,
    size,
)
from contrast2map.study.published import LARGEST_LIMIT_PERCENT

POWER = 0.8
SIGNIFICANCE = 0.05


def audit_tests(texts, n_subjects):
    """What mean, SD and P of each region in Table 2 imply.

    Args:
        texts: Published numbers as printed (`implied.read_texts`).
        n_subjects: Number of subjects of the published study.

    Returns:
        Table with one row per quantity and region. Columns with `_lowest` and `_highest` bound the
        values that rounding allows. Values that follow from P are missing where P is infeasible,
        and are otherwise restricted to what the SDs allow.
    """
    keys = [key for key in texts if key[0] == 2]
    corrected = multipletests([float(texts[key]["p_value"]) for key in keys], method="holm")[1]
    return pd.DataFrame(
        {"quantity": key[2], "region": key[3]}
        | _audit_test(texts[key], n_subjects)
        | {"p_holm": float(p_holm), "claimed_limit_percent": LARGEST_LIMIT_PERCENT[key[2]]}
        for key, p_holm in zip(keys, corrected, strict=True)
    )


def audit_errors(texts):
    """What the errors in Table 1 imply.

    Args:
        texts: Published numbers as printed (`implied.read_texts`).

    Returns:
        Table with one row per quantity and region: `implied_mean` is
        `implied.error_weighted_mean`, `least_range` is `implied.least_data_range`.
    """
    records = []
    for _, _, quantity, region in (key for key in texts if key[:2] == (1, "mae")):
        mae, mpe, psnr = (texts[1, metric, quantity, region] for metric in ("mae", "mpe", "psnr"))
        mean_ms = implied.error_weighted_mean(rounded(mae["dl_mean"]), rounded(mpe["dl_mean"]))
        range_ms = implied.least_data_range(
            rounded(mae["dl_mean"]), rounded(mae["dl_sd"]), rounded(psnr["dl_mean"])
        )
        records.append(
            {
                "quantity": quantity,
                "region": region,
                "mae_ms": float(mae["dl_mean"]),
                "mpe_percent": float(mpe["dl_mean"]),
                "psnr_db": float(psnr["dl_mean"]),
            }
            | {"implied_mean_ms": 100 * float(mae["dl_mean"]) / float(mpe["dl_mean"])}
            | _bounds("implied_mean_{}_ms", mean_ms)
            | _bounds("least_range_{}_ms", range_ms)
        )
    return pd.DataFrame(records)


def pooled_limits_percent(sds_percent, biases_percent, n_subjects):
    """Half-width of the limits of agreement over all regions of a quantity.

    Args:
        sds_percent: Between-subject SD of the differences of each region, in percent of its
            mean.
        biases_percent: Mean difference in each region, in percent of the region's mean.
        n_subjects: Number of subjects.
    """
    n_regions = len(sds_percent)
    centre = sum(biases_percent) / n_regions
    within = (n_subjects - 1) * sum(sd**2 for sd in sds_percent)
    between = n_subjects * sum((bias - centre) ** 2 for bias in biases_percent)
    sd_percent = math.sqrt((within + between) / (n_regions * n_subjects - 1))
    return implied.limits_percent(Range(sd_percent, sd_percent), Range(100, 100)).lowest


def detectable_effect(n_subjects):
    """True mean difference, in SD of the differences, that a paired t-test detects with `POWER`."""
    return float(TTestPower().solve_power(nobs=n_subjects, alpha=SIGNIFICANCE, power=POWER))


def _audit_test(texts, n_subjects):
    """What one row of Table 2 implies, as a record."""
    values = {name: rounded(text) for name, text in texts.items()}
    network_sd, reference_sd = values["dl_sd"], values["reference_sd"]
    reference_mean = values["reference_mean"]
    difference_ms = difference(values["dl_mean"], reference_mean)
    sd_ms = implied.sd_of_differences(network_sd, reference_sd)
    p = implied.paired_p(difference_ms, sd_ms, n_subjects)
    implied_sd_ms = implied.implied_sd(difference_ms, values["p_value"], n_subjects)
    correlation = implied.implied_correlation(network_sd, reference_sd, implied_sd_ms)
    # If +- were the standard error of the mean, the SD would be sqrt(n) times as large.
    sds = [scaled(each, math.sqrt(n_subjects)) for each in (network_sd, reference_sd)]
    word = implied.verdict(values["p_value"], p, correlation)
    possible_sd_ms = intersect(implied_sd_ms, sd_ms)  # None where P is infeasible
    network_ms, reference_ms = float(texts["dl_mean"]), float(texts["reference_mean"])
    record = {
        "network_mean_ms": network_ms,
        "network_sd_ms": float(texts["dl_sd"]),
        "reference_mean_ms": reference_ms,
        "reference_sd_ms": float(texts["reference_sd"]),
        "p_value": float(texts["p_value"]),
        "difference_ms": network_ms - reference_ms,
        "difference_percent": 100 * (network_ms - reference_ms) / reference_ms,
        "verdict": word,
        "sd_ratio_percent": 100 * float(texts["dl_sd"]) / float(texts["reference_sd"]),
        "highest_p_of_equal_sds": implied.highest_p_of_equal_sds(
            network_sd, reference_sd, n_subjects
        ),
        "null_limit_percent": implied.limits_percent(
            exact(texts["reference_sd"]), exact(texts["reference_mean"])
        ).lowest,
    }
    ranges = {
        "p_value_{}": values["p_value"],
        "difference_{}_ms": difference_ms,
        "difference_size_{}_ms": size(difference_ms),
        "sd_of_differences_{}_ms": sd_ms,
        "p_{}": p,
        "unpaired_p_{}": implied.unpaired_p(difference_ms, network_sd, reference_sd, n_subjects),
        "standard_error_p_{}": implied.paired_p(
            difference_ms, implied.sd_of_differences(*sds), n_subjects
        ),
        "sd_ratio_{}_percent": scaled(quotient(network_sd, reference_sd), 100),
        "null_limit_{}_percent": implied.limits_percent(reference_sd, reference_mean),
        "implied_sd_{}_ms": None,
        "implied_correlation_{}": None,
        "network_limit_{}_percent": None,
        "interval_{}_percent": None,
        "detectable_{}_percent": None,
    }
    if possible_sd_ms:
        interval_ms = implied.interval_of_mean(difference_ms, possible_sd_ms, n_subjects)
        detectable_ms = scaled(possible_sd_ms, detectable_effect(n_subjects))
        ranges |= {
            "implied_sd_{}_ms": possible_sd_ms,
            "implied_correlation_{}": intersect(correlation, Range(-1.0, 1.0)),
            "network_limit_{}_percent": implied.limits_percent(possible_sd_ms, reference_mean),
            "interval_{}_percent": scaled(interval_ms, 100 / reference_ms),
            "detectable_{}_percent": scaled(detectable_ms, 100 / reference_ms),
        }
    for pattern, values_of in ranges.items():
        record |= _bounds(pattern, values_of)
    return record


def _bounds(pattern, values):
    return {
        pattern.format(name): getattr(values, name) if values else math.nan
        for name in ("lowest", "highest")
    }
