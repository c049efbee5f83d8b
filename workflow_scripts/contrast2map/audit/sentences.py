"""What the published tables can and cannot support, in sentences that are chosen by rule."""

from contrast2map.audit.layouts import extremes, span
from contrast2map.audit.sentences_limits import (
    data_ranges,
    implied_means,
    network_limits,
    null_limits,
    spread,
)
from contrast2map.audit.tables import POWER, SIGNIFICANCE, detectable_effect
from contrast2map.report.verdicts import Verdict
from contrast2map.study.published import LARGEST_BIAS_PERCENT
from contrast2map.study.terms import QUANTITIES, cell_name
from contrast2map.tables.layout import number


def findings(tests, errors, n_subjects):
    """Findings of the audit.

    Args:
        tests: Table of `tables_audit.audit_tests`.
        errors: Table of `tables_audit.audit_errors`.
        n_subjects: Number of subjects of the published study.

    Returns:
        List of `Verdict`: on the P values, then on bias, limits, spread and errors.
    """
    rows_of = {quantity: tests[tests["quantity"] == quantity] for quantity in QUANTITIES}
    excluding_csf = errors[errors["region"] == "excluding_csf"].set_index("quantity")
    return [
        *p_values(tests, n_subjects),
        corrected_p_values(tests),
        mean_differences(rows_of),
        resolution(tests, rows_of, n_subjects),
        *(null_limits(quantity, rows, n_subjects) for quantity, rows in rows_of.items()),
        *(network_limits(quantity, rows, n_subjects) for quantity, rows in rows_of.items()),
        *(spread(quantity, rows) for quantity, rows in rows_of.items()),
        implied_means(excluding_csf, rows_of),
        data_ranges(excluding_csf, rows_of),
    ]


def p_values(tests, n_subjects):
    """Which P values can come from the printed means and SDs."""
    by_word = {word: rows for word, rows in tests.groupby("verdict")}
    found = []
    if "infeasible" in by_word:
        for _, row in by_word["infeasible"].iterrows():
            if row["p_value_highest"] < row["p_lowest"]:
                bound, far, near = "at least", "difference_size_highest_ms", "lowest"
            else:
                bound, far, near = "at most", "difference_size_lowest_ms", "highest"
            opposite = {"at least": "at most", "at most": "at least"}[bound]
            found.append(
                Verdict(
                    "infeasible",
                    f"{cell_name(row)}: P = {row['p_value']:g} cannot come from a paired t-test "
                    f"over {n_subjects} subjects with these means and SDs. The means differ by "
                    f"{opposite} {number(row[far])} ms and the SD of the differences is {bound} "
                    f"{number(row[f'sd_of_differences_{near}_ms'])} ms, so P is {bound} "
                    f"{row[f'p_{near}']:.2f}. {_other_readings(row)}",
                )
            )
    if "borderline" in by_word:
        for _, row in by_word["borderline"].iterrows():
            found.append(
                Verdict(
                    "borderline",
                    f"{cell_name(row)}: P = {row['p_value']:g} takes a correlation of at "
                    f"most {number(row['implied_correlation_highest'], 2)} between network and "
                    "reference over the same subjects. Means and SDs allow P up to "
                    f"{row['p_highest']:.3f}, and the printed P stands for "
                    f"{span(row, 'p_value_{}', 3)}.",
                )
            )
    if "feasible" in by_word:
        correlations = "; ".join(
            f"{cell_name(row)} {span(row, 'implied_correlation_{}', 2)}"
            for _, row in by_word["feasible"].iterrows()
        )
        found.append(
            Verdict(
                "feasible",
                f"{len(by_word['feasible'])} of {len(tests)} P values can come from paired t-tests "
                f"over {n_subjects} subjects. Correlations between network and reference that they "
                f"imply: {correlations}.",
            )
        )
    return found


def corrected_p_values(tests):
    """What is left of the significant differences after Holm's correction."""
    significant = tests[tests["p_value"] < SIGNIFICANCE]
    left = tests[tests["p_holm"] < SIGNIFICANCE]
    each = "; ".join(
        f"{cell_name(row)}: {row['p_value']:g}, corrected {row['p_holm']:.3g}"
        for _, row in significant.iterrows()
    )
    return Verdict(
        "corrected",
        f"{len(significant)} of {len(tests)} P values is below {SIGNIFICANCE:g}"
        f"{f' ({each})' if each else ''}; after Holm's correction for {len(tests)} tests, "
        f"{len(left) or 'none'} is.",
    )


def mean_differences(rows_of):
    """The claimed bound of the bias, pooled and tissue by tissue."""
    pooled = {quantity: rows["difference_percent"].mean() for quantity, rows in rows_of.items()}
    within = all(abs(bias) < LARGEST_BIAS_PERCENT[each] for each, bias in pooled.items())
    beyond = [
        f"{cell_name(row)} {number(row['difference_percent'], signed=True)} %"
        for quantity, rows in rows_of.items()
        for _, row in rows.iterrows()
        if abs(row["difference_percent"]) >= LARGEST_BIAS_PERCENT[quantity]
    ]
    values = ", ".join(f"{number(bias, signed=True)} % for {each}" for each, bias in pooled.items())
    claim = ", ".join(f"±{LARGEST_BIAS_PERCENT[each]:g} % for {each}" for each in pooled)
    return Verdict(
        "supported" if within else "not supported",
        f"Mean differences of all tissues together: {values}; the claim is {claim}. Tissue by "
        f"tissue, {len(beyond)} reach it or exceed it{': ' if beyond else ''}{', '.join(beyond)}.",
    )


def resolution(tests, rows_of, n_subjects):
    """How small a mean difference this many subjects can tell from none."""
    tested = tests.dropna(subset=["interval_lowest_percent"])
    bounds = tested["quantity"].map(LARGEST_BIAS_PERCENT)
    beyond = (tested["interval_lowest_percent"] < -bounds) | (
        tested["interval_highest_percent"] > bounds
    )
    detectable = " and ".join(
        f"{extremes(rows, 'detectable_lowest_percent', 'detectable_highest_percent')} % for {each}"
        for each, rows in rows_of.items()
    )
    return Verdict(
        "unresolved" if beyond.any() else "resolved",
        f"In {beyond.sum()} of {len(tested)} tissues whose P can be followed up, the 95 % interval "
        "of the mean difference, as wide as rounding allows, reaches beyond that bound: that a "
        "test finds no difference is no evidence that there is none. With "
        f"{n_subjects} subjects its power is {100 * POWER:.0f} % for a true mean difference of "
        f"{detectable_effect(n_subjects):.2f} SD of the differences, that is {detectable}.",
    )


def _other_readings(row):
    readings = {
        "an unpaired t-test": "unpaired_p_{}",
        "± read as standard error": "standard_error_p_{}",
    }
    fitting = [
        name
        for name, pattern in readings.items()
        if row[pattern.format("lowest")] <= row["p_value_highest"]
        and row["p_value_lowest"] <= row[pattern.format("highest")]
    ]
    spans = ", ".join(f"{name} P {span(row, pattern, 2)}" for name, pattern in readings.items())
    return f"Other readings: {spans}. {' and '.join(fitting) or 'Neither'} gives the printed P."
