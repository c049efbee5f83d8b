"""Layouts of the tables on the agreement of region means."""

from contrast2map.evaluation.agreement import ALL, MINIMUM_SUBJECTS
from contrast2map.study.predictors import short
from contrast2map.study.terms import QUANTITIES, REGION_NAMES, REGIONS
from contrast2map.tables.layout import Layout, interval, number, p_value

ROWS = (*REGIONS, ALL)
LIMITS_PERCENT = ("lower_limit_percent", "upper_limit_percent")


def layout_agreement(table, predictor, against, population, margins_percent):
    """Layout of all statistics of one comparison that the report shows, one row per region.

    Args:
        table: Table of `evaluation.agreement.summarise_agreement`.
        predictor: Name of the predictor.
        against: "reference" or "truth".
        population: Words for the subjects, such as "6 subjects".
        margins_percent: Equivalence margin of each quantity in percent.
    """
    columns = [("", ""), ("", "Region"), ("", "n"), ("", "Bias (ms)")]
    columns += [("Difference (%)", "Bias"), ("Difference (%)", "Limits of agreement")]
    columns += [("", "Equivalence P (uncorrected)"), ("", "Lin's CCC")]
    columns += [("Regression toward the mean", "Slope of difference on mean")]
    columns += [("Regression toward the mean", "Ratio of SDs")]
    columns += [("", "Skill")]
    rows = []
    for quantity, region, row in _rows(table, predictor, against):
        limits = (number(row[name], 1, signed=True) for name in LIMITS_PERCENT)
        texts = [quantity, _region(region), str(int(row["n_subjects"]))]
        texts += [_cell(row, "bias_ms", 1, signed=True)]
        texts += [number(row["bias_percent"], 1, signed=True), " to ".join(limits)]
        texts.append(p_value(row["p_equivalence"]))
        texts += [_cell(row, name, 2) for name in ("ccc", "slope", "sd_ratio")]
        rows.append([*texts, number(row["skill"], 2)])
    margins = " and ".join(f"{margins_percent[name]:g} % ({name})" for name in QUANTITIES)
    return Layout(
        title=f"{short(predictor)} against the {against}: agreement of region means",
        caption=(
            f"Region means of {population}, each held out; brackets are 95 % confidence intervals "
            f"and the equivalence margin is {margins}. A slope below 0 or a ratio below 1 shows "
            "regression toward the mean; a skill above 0 means a smaller squared error than that "
            "of the tissue mean of the training subjects."
        ),
        columns=columns,
        rows=rows,
        n_headings=2,
        strong=frozenset({3, 4}),
    )


def layout_overview(table, shown, population):
    """Layout of the differences of all predictors over all four tissues.

    Args:
        table: Table of `evaluation.agreement.summarise_agreement`.
        shown: Pairs of predictor and `against`, in the order of the rows.
        population: Words for the subjects, such as "6 simulated subjects".
    """
    columns = [("", "Against"), ("", ""), ("", "Predictor"), ("", "Bias (ms)")]
    columns += [("Difference (%)", name) for name in ("Bias", "Lower limit", "Upper limit")]
    columns += [("", "Equivalence P"), ("", "Skill vs tissue mean")]
    cells = table.set_index(["predictor", "against", "quantity", "region"])
    n_complete = int(cells.xs(ALL, level="region")["n_subjects"].min())
    rows = []
    for against in dict.fromkeys(against for _, against in shown):
        for quantity in QUANTITIES:
            for predictor in (name for name, each in shown if each == against):
                row = cells.loc[predictor, against, quantity, ALL]
                texts = [against.capitalize(), quantity, short(predictor)]
                for name in ("bias_ms", "bias_percent", *LIMITS_PERCENT):
                    texts.append(_cell(row, name, 1, signed=True))
                rows.append([*texts, p_value(row["p_equivalence"]), number(row["skill"], 2)])
    return Layout(
        title="Agreement over all four tissues, all predictors",
        caption=(
            f"Held-out region means of {n_complete} of {population}, those with voxels in all four "
            "regions. Brackets: 95 % confidence intervals across subjects. Definitions are given "
            "with the tables below."
        ),
        columns=columns,
        rows=rows,
        n_headings=3,
    )


def layout_differences(table, predictor, against, population, margins_percent):
    """Layout of the differences of one predictor: bias, limits, tests.

    Args:
        table: Table of `evaluation.agreement.summarise_agreement`.
        predictor: Name of the predictor.
        against: "reference" or "truth".
        population: Words for the subjects, such as "6 simulated subjects".
        margins_percent: Equivalence margin of each quantity in percent.
    """
    columns = [("", ""), ("", "Region"), ("", "n")]
    columns += [("Difference (ms)", "Bias")]
    columns += [("Difference (%)", name) for name in ("Bias", "Lower limit", "Upper limit")]
    columns += [("P", "Paired t"), ("P", "Holm"), ("P", "Equivalence")]
    rows = []
    for quantity, region, row in _rows(table, predictor, against):
        texts = [quantity, _region(region), str(int(row["n_subjects"]))]
        for name in ("bias_ms", "bias_percent", *LIMITS_PERCENT):
            texts.append(_cell(row, name, 1, signed=True))
        texts += [p_value(row[name]) for name in ("p_value", "p_holm", "p_equivalence")]
        rows.append(texts)
    margins = " and ".join(f"{margins_percent[name]:g} % ({name})" for name in QUANTITIES)
    return Layout(
        title=f"{short(predictor)} against the {against}: differences in region means",
        caption=(
            f"Held-out region means of {population}. n: subjects with voxels in the region (all "
            "tissues: in each of the four). Brackets: 95 % confidence intervals: for the bias from "
            "Student's t, for the limits (bias ± 1.96 SD) from the noncentral t, and for the "
            "limits over all tissues from a parametric (normal) bootstrap of subjects, which keeps "
            "the four tissues of a subject together. Holm: corrected for the eight tests of single "
            "tissues. Equivalence: two one-sided tests, not corrected for multiple testing, with a "
            f"margin of {margins} of the mean of the {against}; P below 0.05 (*) shows that the "
            "mean difference lies within the margin. Percentages are relative to the mean of both "
            "values; the CSV file has the limits in ms. Subjects in a fold share a network but are "
            "treated as independent."
        ),
        columns=columns,
        rows=rows,
        n_headings=2,
        strong=frozenset({3, 4}),
    )


def layout_concordance(table, shown, population):
    """Layout of concordance and regression toward the mean of several predictors.

    Args:
        table: Table of `evaluation.agreement.summarise_agreement`.
        shown: Pairs of predictor and `against`, in the order of the blocks of rows.
        population: Words for the subjects, such as "6 simulated subjects".
    """
    columns = [("", "Predictor"), ("", ""), ("", "Region")]
    columns += [("Concordance", "Lin's CCC"), ("Concordance", "ICC(A,1)")]
    columns += [("Regression toward the mean", "Slope of difference on mean")]
    columns += [("Regression toward the mean", "Ratio of between-subject SDs")]
    columns += [("", "Skill vs tissue mean")]
    rows = []
    for predictor, against in shown:
        label = f"{short(predictor)} against the {against}"
        for quantity, region, row in _rows(table, predictor, against):
            cells = [_cell(row, name, 2) for name in ("ccc", "icc", "slope", "sd_ratio")]
            rows.append([label, quantity, _region(region), *cells, number(row["skill"], 2)])
    return Layout(
        title="Concordance and regression toward the mean",
        caption=(
            f"Held-out region means of {population}. Brackets: 95 % confidence intervals. CCC and "
            "ICC (two-way, absolute agreement, single measurement): 1 is perfect agreement. Their "
            "intervals are from a parametric bootstrap of subjects; for single tissues they need "
            f"{MINIMUM_SUBJECTS} subjects and are slightly too narrow near zero "
            "(docs/statistics.md). Over all tissues, CCC and ICC are high for any predictor that "
            "distinguishes the tissues; single tissues show whether it distinguishes subjects. "
            "Slope and ratio: 0 and 1 without regression toward the mean, −2 and 0 for a predictor "
            "with one value for all subjects; noise in the reference or truth contributes. The "
            "tissue mean excludes the held-out subject and is therefore low where the subject is "
            "high: its concordance is negative by construction. Skill: 1 − mean squared error / "
            "mean squared error of the tissue mean; above zero, the predictor captures individual "
            "differences."
        ),
        columns=columns,
        rows=rows,
        n_headings=3,
    )


def _rows(table, predictor, against):
    cells = table.set_index(["predictor", "against", "quantity", "region"])
    for quantity in QUANTITIES:
        for region in ROWS:
            yield quantity, region, cells.loc[predictor, against, quantity, region]


def _region(region):
    return "All four tissues" if region == ALL else REGION_NAMES[region]


def _cell(row, name, n_decimals, signed=False):
    return interval(row[name], row[f"{name}_low"], row[f"{name}_high"], n_decimals, signed)
