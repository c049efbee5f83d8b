"""What the published tables can and cannot support, in sentences chosen by rule.

`tests` is the table from `implications.audit_tests`, `rows` its rows for one quantity, and
`rows_of` a dict mapping each quantity to these rows. `excluding_csf` are the rows that
`implications.audit_errors` gives for the brain excluding CSF, indexed by quantity.
"""

from contrast2map.audit.implications import (
    POWER,
    SIGNIFICANCE,
    detectable_effect,
    pooled_limits_percent,
)
from contrast2map.audit.layouts import extremes, span
from contrast2map.report.verdicts import Verdict
from contrast2map.statistics.agreement import NORMAL_QUANTILE_975
from contrast2map.study.published import LARGEST_BIAS_PERCENT
from contrast2map.study.terms import QUANTITIES, REGIONS_IN_SENTENCES, cell_name
from contrast2map.tables.layout import number


def findings(tests, errors, n_subjects):
    """Findings of the audit.

    Args:
        tests: Table from `implications.audit_tests`.
        errors: Table from `implications.audit_errors`.
        n_subjects: Number of subjects of the published study.

    Returns:
        List of `Verdict`: on P values, bias, limits of agreement, spread and errors.
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
    """Whether the P values can result from the printed means and SDs."""
    rows_of = {word: rows.to_dict("records") for word, rows in tests.groupby("verdict")}
    found = [_infeasible(row, n_subjects) for row in rows_of.get("infeasible", [])]
    found += [_borderline(row) for row in rows_of.get("borderline", [])]
    feasible = rows_of.get("feasible", [])
    if feasible:
        correlations = "; ".join(
            f"{cell_name(row)} {span(row, 'implied_correlation_{}', 2)}" for row in feasible
        )
        found.append(
            Verdict(
                "feasible",
                f"{len(feasible)} of {len(tests)} P values can result from paired t-tests with "
                f"{n_subjects} subjects. They imply the following correlations between network "
                f"and reference: {correlations}.",
            )
        )
    return found


def corrected_p_values(tests):
    """Significant differences before and after Holm's correction."""
    significant = tests[tests["p_value"] < SIGNIFICANCE]
    n_left = int((tests["p_holm"] < SIGNIFICANCE).sum())
    left = f"{n_left or 'none'} {'remain' if n_left > 1 else 'remains'}"
    each = "; ".join(
        f"{cell_name(row)}: {row['p_value']:g}, corrected {row['p_holm']:.3g}"
        for _, row in significant.iterrows()
    )
    return Verdict(
        "corrected",
        f"{len(significant)} of {len(tests)} P values {_is(len(significant))} below "
        f"{SIGNIFICANCE:g}{f' ({each})' if each else ''}. After Holm's correction for "
        f"{len(tests)} tests, {left} below {SIGNIFICANCE:g}.",
    )


def mean_differences(rows_of):
    """Whether the bias is within the claimed bound, over all tissues and by tissue."""
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
    by_tissue = (
        f"{len(beyond)} {'values reach' if len(beyond) > 1 else 'value reaches'} or "
        f"{'exceed' if len(beyond) > 1 else 'exceeds'} this bound: {', '.join(beyond)}"
        if beyond
        else "no value reaches this bound"
    )
    return Verdict(
        "supported" if within else "not supported",
        f"Mean difference over all tissues: {values}; claimed: within {claim}. By tissue, "
        f"{by_tissue}.",
    )


def resolution(tests, rows_of, n_subjects):
    """The smallest mean difference that a study of this size can detect."""
    tested = tests.dropna(subset=["interval_lowest_percent"])
    bounds = tested["quantity"].map(LARGEST_BIAS_PERCENT)
    beyond = (tested["interval_lowest_percent"] < -bounds) | (
        tested["interval_highest_percent"] > bounds
    )
    detectable = " and ".join(
        f"{extremes(rows, 'detectable_lowest_percent', 'detectable_highest_percent')} % for {each}"
        for each, rows in rows_of.items()
    )
    n_rows = f"{'all' if beyond.all() else f'{beyond.sum()} of the'} {len(tested)} rows"
    return Verdict(
        "unresolved" if beyond.any() else "resolved",
        f"In {n_rows} of Table 2 with a possible P, the widest 95 % interval of the mean "
        "difference that rounding allows extends beyond the claimed bound. A non-significant "
        f"difference does not demonstrate agreement: with {n_subjects} subjects, the t-test has a "
        f"power of {100 * POWER:.0f} % for a true mean difference of "
        f"{detectable_effect(n_subjects):.2f} SD of the differences, that is, "
        f"{detectable}.",
    )


def null_limits(quantity, rows, n_subjects):
    """Whether the claimed limits of agreement separate the network from the tissue mean."""
    claim = rows["claimed_limit_percent"].iloc[0]
    pooled = pooled_limits_percent(
        rows["null_limit_percent"] / NORMAL_QUANTILE_975, [0] * len(rows), n_subjects
    )
    left_out = pooled * n_subjects / (n_subjects - 1)
    word = "separates" if pooled > claim else "does not separate"
    if pooled <= claim < left_out:
        word = "barely separates"
    return Verdict(
        word,
        f"{quantity}: a predictor that returns the tissue mean of each tissue, regardless of the "
        "scan, has limits of agreement of "
        f"±{extremes(rows, 'null_limit_percent', 'null_limit_percent')} % by tissue and "
        f"±{number(pooled)} % over all tissues (±{number(left_out)} % if the mean excludes the "
        f"subject itself). The claimed ±{claim:g} % {word} the network from this predictor.",
    )


def network_limits(quantity, rows, n_subjects):
    """Limits of agreement that the P values imply, compared with those of the tissue mean."""
    tested = rows.dropna(subset=["network_limit_lowest_percent"])
    words = [_against_null(row, n_subjects) for _, row in tested.iterrows()]
    each = "; ".join(
        f"{REGIONS_IN_SENTENCES[row['region']]} ±{span(row, 'network_limit_{}_percent', 1)} % "
        f"({word})"
        for word, (_, row) in zip(words, tested.iterrows(), strict=True)
    )
    together = ""
    if len(tested) == len(rows):
        pooled = [
            pooled_limits_percent(
                rows[f"network_limit_{end}_percent"] / NORMAL_QUANTILE_975,
                rows["difference_percent"],
                n_subjects,
            )
            for end in ("lowest", "highest")
        ]
        together = f" All tissues: ±{number(pooled[0])} to {number(pooled[1])} %."
    return Verdict(
        words[0] if len(set(words)) == 1 else "mixed",
        f"{quantity}: limits of agreement of the network implied by the P values, compared with "
        f"those of the tissue mean: {each}.{together}",
    )


def spread(quantity, rows):
    """Between-subject SD of the network, compared with that of the reference."""
    narrowed = rows[
        (rows["highest_p_of_equal_sds"] < SIGNIFICANCE) & (rows["sd_ratio_percent"] < 100)
    ]
    tissues = "; ".join(
        f"{REGIONS_IN_SENTENCES[row['region']]} {row['highest_p_of_equal_sds']:.1g}"
        for _, row in narrowed.iterrows()
    )
    tested = (
        f"It is significantly smaller in {len(narrowed)} of {len(rows)} tissues, whatever the "
        f"correlation (largest possible P of the Pitman-Morgan test: {tissues})"
        if len(narrowed)
        else "The SDs alone, without the correlation, show no difference in any tissue"
    )
    return Verdict(
        "narrowed" if len(narrowed) else "inconclusive",
        f"{quantity}: the between-subject SD of the network is "
        f"{extremes(rows, 'sd_ratio_percent', 'sd_ratio_percent', 0)} % of that of the reference. "
        f"{tested}. The SD of a tissue mean would be zero. Regression toward the mean narrows the "
        "SD, and so does lower noise than in the reference; the tables cannot distinguish the two.",
    )


def implied_means(excluding_csf, rows_of):
    """Whether MAE and MPE were computed over brain tissue."""
    inside, each = [], []
    for quantity, rows in rows_of.items():
        row, regions_ms = excluding_csf.loc[quantity], rows["reference_mean_ms"]
        inside.append(regions_ms.min() < row["implied_mean_ms"] < regions_ms.max())
        each.append(
            f"a mean {quantity} of {span(row, 'implied_mean_{}_ms', 0)} ms (region means: "
            f"{number(regions_ms.min(), 0)} to {number(regions_ms.max(), 0)} ms)"
        )
    return Verdict(
        "consistent" if all(inside) else "inconsistent",
        f"The ratio of MAE to MPE, excluding CSF, implies {' and '.join(each)}: "
        + (
            "both errors were computed over tissue voxels, not over slices with background."
            if all(inside)
            else "at least one of the errors was not computed over tissue voxels alone."
        ),
    )


def data_ranges(excluding_csf, rows_of):
    """The data range required if the PSNR was computed over the same voxels as the MAE."""
    each = []
    for quantity, rows in rows_of.items():
        least_ms = excluding_csf.loc[quantity, "least_range_lowest_ms"]
        ratio = least_ms / rows["reference_mean_ms"].max()
        each.append(
            f"{number(least_ms / 1000, 2)} s for {quantity} ({number(ratio)} times the largest "
            "region mean)"
        )
    return Verdict(
        "open",
        "If the PSNR excluding CSF was computed over the same voxels as the MAE, its data range "
        f"must have been at least {' and '.join(each)}. For whole slices, a smaller range "
        "suffices, because the zero background has no error. The paper does not state the range.",
    )


def _infeasible(row, n_subjects):
    if row["p_value_highest"] < row["p_lowest"]:
        bound, opposite, far, near = "at least", "at most", "highest", "lowest"
    else:
        bound, opposite, far, near = "at most", "at least", "lowest", "highest"
    return Verdict(
        "infeasible",
        f"{cell_name(row)}: P = {row['p_value']:g} cannot result from a paired t-test with "
        f"{n_subjects} subjects and the printed means and SDs. The means differ by {opposite} "
        f"{number(row[f'difference_size_{far}_ms'])} ms and the SD of the differences is {bound} "
        f"{number(row[f'sd_of_differences_{near}_ms'])} ms, so P is {bound} "
        f"{row[f'p_{near}']:.2f}. {_other_readings(row)}",
    )


def _borderline(row):
    return Verdict(
        "borderline",
        f"{cell_name(row)}: P = {row['p_value']:g} requires a correlation of at most "
        f"{number(row['implied_correlation_highest'], 2)} between network and reference in the "
        f"same subjects. The means and SDs allow P up to {row['p_highest']:.3f}; the printed P "
        f"stands for {span(row, 'p_value_{}', 3)}.",
    )


def _other_readings(row):
    readings = {
        "an unpaired t-test": "unpaired_p_{}",
        "reading ± as the standard error": "standard_error_p_{}",
    }
    fitting = [
        name
        for name, pattern in readings.items()
        if row[pattern.format("lowest")] <= row["p_value_highest"]
        and row["p_value_lowest"] <= row[pattern.format("highest")]
    ]
    spans = ", ".join(
        f"{name} gives P = {span(row, pattern, 2)}" for name, pattern in readings.items()
    )
    fit = " and by ".join(fitting) or "neither"
    return f"Other interpretations: {spans}. The printed P is reproduced by {fit}."


def _against_null(row, n_subjects):
    """Compare the network's limits of agreement with those of the tissue mean, in one word.

    "narrower" and "wider" hold for any rounding, and whether or not the tissue mean includes the
    subject.
    """
    if row["network_limit_highest_percent"] < row["null_limit_lowest_percent"]:
        return "narrower"
    left_out = row["null_limit_highest_percent"] * n_subjects / (n_subjects - 1)
    return "wider" if row["network_limit_lowest_percent"] > left_out else "unresolved"


def _is(n):
    return "is" if n == 1 else "are"
