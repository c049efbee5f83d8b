"""What printed means, SDs and P values imply about paired measurements, without access to them.

Each function takes ranges of values (`ranges.Range`) and returns the range of the result; ranges of
zero width (`ranges.exact`) give the result for the printed digits.

ASSUME +- is the standard deviation across subjects, and P is from a two-sided t-test on them.
"""

import csv
import math
from itertools import product

from scipy import stats

from contrast2map.audit.ranges import Range, difference, intersect, nearest, quotient, scaled, size
from contrast2map.statistics.agreement import NORMAL_QUANTILE_975

COLUMNS = ("dl_mean", "dl_sd", "reference_mean", "reference_sd", "p_value")
# A P value is called borderline if it requires a lower correlation between two measurements in the
# same subjects: the measurements would be almost perfectly anticorrelated.
LEAST_PLAUSIBLE_CORRELATION = -0.9


def read_texts(lines):
    """Read the published numbers as text, which preserves the number of digits.

    Args:
        lines: Iterable of the lines of `config/published_tables.csv`.

    Returns:
        Dict mapping (table, metric, quantity, region) to {column: text}, without empty columns.
    """
    return {
        (int(row["table"]), row["metric"], row["quantity"], row["region"]): {
            name: row[name] for name in COLUMNS if row[name]
        }
        for row in csv.DictReader(lines)
    }


def sd_of_differences(sd_first, sd_second):
    """Possible SDs of paired differences, given two SDs and any correlation from -1 to 1."""
    return Range(size(difference(sd_first, sd_second)).lowest, sd_first.highest + sd_second.highest)


def paired_p(mean_difference, sd_difference, n_subjects):
    """P of a two-sided paired t-test."""
    standard_error = scaled(sd_difference, 1 / math.sqrt(n_subjects))
    return _p(quotient(size(mean_difference), standard_error), n_subjects - 1)


def unpaired_p(mean_difference, sd_first, sd_second, n_subjects):
    """P of a two-sided t-test of two groups of `n_subjects` each with equal variance."""
    standard_error = Range(
        *(math.hypot(*sds) / math.sqrt(n_subjects) for sds in zip(sd_first, sd_second, strict=True))
    )
    return _p(quotient(size(mean_difference), standard_error), 2 * n_subjects - 2)


def implied_sd(mean_difference, p, n_subjects):
    """SD of the differences for which a paired t-test gives P: |mean| sqrt(n) / t."""
    t = Range(
        *(
            float(stats.t.isf(nearest(Range(0, 1), each) / 2, n_subjects - 1))
            for each in reversed(p)
        )
    )
    return quotient(scaled(size(mean_difference), math.sqrt(n_subjects)), t)


def implied_correlation(sd_first, sd_second, sd_difference):
    """Correlation between two measurements, from var(x - y) = var(x) + var(y) - 2 r sd(x) sd(y).

    The range may exceed -1 to 1: such values require an SD of the differences that the two SDs do
    not allow.
    """
    found = []
    for spread in sd_difference:
        for first, second in product(sd_first, sd_second):
            # With one SD fixed at s, r is smallest where the other SD is sqrt(s^2 - spread^2).
            least_first = nearest(sd_first, math.sqrt(max(second**2 - spread**2, 0)))
            least_second = nearest(sd_second, math.sqrt(max(first**2 - spread**2, 0)))
            for pair in ((first, second), (least_first, second), (first, least_second)):
                found.append(_correlation(*pair, spread))
    return Range(min(found), max(found))


def verdict(p, feasible_p, correlation):
    """State in one word whether the printed means and SDs allow a printed P.

    Args:
        p: Range of the printed P.
        feasible_p: Range of P that the means and SDs allow (`paired_p`).
        correlation: Range of the correlation that P implies (`implied_correlation`).

    Returns:
        `infeasible` if the ranges of P do not overlap, `borderline` if P requires a correlation
        below `LEAST_PLAUSIBLE_CORRELATION`, else `feasible`.
    """
    if intersect(p, feasible_p) is None:
        return "infeasible"
    return "borderline" if correlation.highest < LEAST_PLAUSIBLE_CORRELATION else "feasible"


def highest_p_of_equal_sds(sd_first, sd_second, n_subjects):
    """Upper bound of the P value of the Pitman-Morgan test for equal SDs of paired measurements.

    With F the ratio of variances, t = (F - 1) sqrt(n - 2) / (2 sqrt(F (1 - r^2))) is smallest at a
    correlation r of 0, so P is largest at r = 0 (under normality; Pitman, Biometrika 1939;31:9;
    Morgan, ibid. 13).
    """
    ratio = quotient(sd_first, sd_second)
    variances = nearest(ratio, 1) ** 2
    t = abs(variances - 1) * math.sqrt(n_subjects - 2) / (2 * math.sqrt(variances))
    return float(2 * stats.t.sf(t, n_subjects - 2))


def interval_of_mean(mean_difference, sd_difference, n_subjects):
    """Union of the possible 95 % confidence intervals of the mean difference."""
    half_width = stats.t.isf(0.025, n_subjects - 1) * sd_difference.highest / math.sqrt(n_subjects)
    return Range(
        float(mean_difference.lowest - half_width), float(mean_difference.highest + half_width)
    )


def limits_percent(sd, mean):
    """Half-width of the 95 % limits of agreement, 1.96 SD, in percent of a mean."""
    return scaled(quotient(sd, mean), 100 * NORMAL_QUANTILE_975)


def error_weighted_mean(absolute_error, percentage_error):
    """Mean of the reference implied by a mean absolute and a mean percentage error.

    MAE / MPE = sum |e| / sum (|e| / T): the harmonic mean of T, weighted by the error, over the
    voxels included in both errors.
    """
    return scaled(quotient(absolute_error, percentage_error), 100)


def least_data_range(absolute_error, sd, psnr_db):
    """Smallest data range for which a PSNR and a mean absolute error can come from the same voxels.

    A root mean square error is never below the MAE, so range >= MAE 10^(PSNR / 20). The mean PSNR
    of the slices averages logarithms; ASSUME the MAE is log-normal across slices, so that its
    geometric mean is mean / sqrt(1 + (SD / mean)^2).

    Args:
        absolute_error: Mean over slices of the mean absolute error.
        sd: Standard deviation of the mean absolute error across slices, same unit.
        psnr_db: Mean over slices of the PSNR in dB.

    Returns:
        Range in the unit of the error.
    """
    return Range(
        *(
            mean**2 / math.hypot(mean, spread) * 10 ** (psnr / 20)
            for mean, spread, psnr in zip(absolute_error, reversed(sd), psnr_db, strict=True)
        )
    )


def _p(t, degrees_of_freedom):
    return Range(*(float(2 * stats.t.sf(each, degrees_of_freedom)) for each in reversed(t)))


def _correlation(sd_first, sd_second, sd_difference):
    return (sd_first**2 + sd_second**2 - sd_difference**2) / (2 * sd_first * sd_second)
