"""What the published spread, limits of agreement and errors can support, in sentences by rule."""

from contrast2map.audit.layouts import extremes, span
from contrast2map.audit.tables import SIGNIFICANCE, pooled_limits_percent
from contrast2map.report.verdicts import Verdict
from contrast2map.statistics.agreement import NORMAL_QUANTILE_975
from contrast2map.study.terms import REGIONS_IN_SENTENCES
from contrast2map.tables.layout import number


def null_limits(quantity, rows, n_subjects):
    """Whether the claimed limits tell the network from a predictor that knows only the tissue."""
    claim = rows["claimed_limit_percent"].iloc[0]
    pooled = pooled_limits_percent(
        rows["null_limit_percent"] / NORMAL_QUANTILE_975, [0] * len(rows), n_subjects
    )
    left_out = pooled * n_subjects / (n_subjects - 1)
    word = "separates" if pooled > claim else "does not separate"
    if pooled <= claim < left_out:
        word = "hardly separates"
    return Verdict(
        word,
        f"{quantity}: a predictor that returns each tissue's cohort mean, whatever the scan shows, "
        f"has limits of agreement of ±{extremes(rows, 'null_limit_percent', 'null_limit_percent')} "
        f"% by tissue and ±{number(pooled)} % over all tissues (±{number(left_out)} % if a "
        f"subject's own value is left out of the mean). The claimed ±{claim:g} % {word} the "
        "network from it.",
    )


def network_limits(quantity, rows, n_subjects):
    """Limits of agreement that the P values imply, beside those of the cohort mean."""
    tested = rows.dropna(subset=["network_limit_lowest_percent"])
    words = [_beside_null(row, n_subjects) for _, row in tested.iterrows()]
    each = "; ".join(
        f"{REGIONS_IN_SENTENCES[row['region']]} "
        f"±{span(row, 'network_limit_{}_percent', 1)} % ({word})"
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
        together = f" All tissues together: ±{number(pooled[0])} to {number(pooled[1])} %."
    return Verdict(
        words[0] if len(set(words)) == 1 else "mixed",
        f"{quantity}: limits of agreement of the network that the P values imply, and whether they "
        f"are narrower or wider than those of the cohort mean: {each}.{together}",
    )


def spread(quantity, rows):
    """Between-subject SD of the network's values beside the reference's."""
    narrowed = rows[
        (rows["highest_p_of_equal_sds"] < SIGNIFICANCE) & (rows["sd_ratio_percent"] < 100)
    ]
    tissues = "; ".join(
        f"{REGIONS_IN_SENTENCES[row['region']]} {row['highest_p_of_equal_sds']:.1g}"
        for _, row in narrowed.iterrows()
    )
    tested = (
        f"It is smaller in {len(narrowed)} of {len(rows)} tissues whatever the correlation (P of "
        f"Pitman and Morgan's test at most: {tissues})"
        if len(narrowed)
        else "Without the correlation the SDs alone tell no tissue's from equal"
    )
    return Verdict(
        "narrowed" if len(narrowed) else "not told apart",
        f"{quantity}: between subjects the network's SD is "
        f"{extremes(rows, 'sd_ratio_percent', 'sd_ratio_percent', 0)} % of the reference's. "
        f"{tested}. A cohort mean would have none. Regression to the mean and less noise than the "
        "reference's both narrow it; the tables do not tell which.",
    )


def implied_means(excluding_csf, rows_of):
    """Whether MAE and MPE belong to voxels of brain tissue."""
    inside, each = [], []
    for quantity, rows in rows_of.items():
        row, regions_ms = excluding_csf.loc[quantity], rows["reference_mean_ms"]
        inside.append(regions_ms.min() < row["implied_mean_ms"] < regions_ms.max())
        each.append(
            f"{quantity} of {span(row, 'implied_mean_{}_ms', 0)} ms (regional means "
            f"{number(regions_ms.min(), 0)} to {number(regions_ms.max(), 0)} ms)"
        )
    return Verdict(
        "consistent" if all(inside) else "inconsistent",
        f"MAE over MPE, excluding CSF, implies a mean {' and a mean '.join(each)}: "
        + (
            "both errors were taken over voxels of tissue, not over slices with their background."
            if all(inside)
            else "not both errors were taken over voxels of tissue alone."
        ),
    )


def data_ranges(excluding_csf, rows_of):
    """What data range the PSNR would need, were it taken over the same voxels as the MAE."""
    each = []
    for quantity, rows in rows_of.items():
        least_ms = excluding_csf.loc[quantity, "least_range_lowest_ms"]
        ratio = least_ms / rows["reference_mean_ms"].max()
        each.append(
            f"{number(least_ms / 1000, 2)} s for {quantity} ({number(ratio)} times its largest "
            "regional mean)"
        )
    return Verdict(
        "open",
        "PSNR excluding CSF, if it were taken over the same voxels as the MAE, would need a data "
        f"range of at least {' and '.join(each)}. Over whole slices a smaller range does: their "
        "background of zeros is free of error. The paper does not give the range.",
    )


def _beside_null(row, n_subjects):
    """Rounding, and whether a subject's own value is in the cohort mean, must not matter."""
    if row["network_limit_highest_percent"] < row["null_limit_lowest_percent"]:
        return "narrower"
    left_out = row["null_limit_highest_percent"] * n_subjects / (n_subjects - 1)
    return "wider" if row["network_limit_lowest_percent"] > left_out else "not told apart"
