"""Agreement of region means as people read it."""

from contrast2map.evaluation.agreement import ALL, MINIMUM_SUBJECTS
from contrast2map.study.predictors import short
from contrast2map.study.terms import QUANTITIES, REGION_NAMES, REGIONS
from contrast2map.tables.layout import Layout, interval, number, p_value

ROWS = (*REGIONS, ALL)
LIMITS_PERCENT = ("lower_limit_percent", "upper_limit_percent")


def layout_overview(table, shown, population):
    """All predictors beside each other: differences over all four tissues.

    Args:
        table: Table of `tables_agreement.summarise_agreement`.
        shown: Pairs of predictor and `against`, in the order of the rows.
        population: Words for the subjects, such as "6 simulated subjects".
    """
    columns = [("", "Against"), ("", ""), ("", "Predictor"), ("", "Bias (ms)")]
    columns += [("Difference (%)", name) for name in ("Bias", "Lower limit", "Upper limit")]
    columns += [("", "Equivalence P"), ("Cohort mean", "Skill against it")]
    cells = table.set_index(["predictor", "against", "quantity", "region"])
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
            f"Held-out region means of {population} in which all four regions have voxels; in "
            "brackets 95 % confidence intervals over subjects. Definitions are under the tables "
            "below."
        ),
        columns=columns,
        rows=rows,
        n_headings=3,
    )


def layout_differences(table, predictor, against, population, margins_percent):
    """Differences of one predictor: bias, limits, tests.

    Args:
        table: Table of `tables_agreement.summarise_agreement`.
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
    margins = ", ".join(f"{name} {margins_percent[name]:g} %" for name in QUANTITIES)
    return Layout(
        title=f"{short(predictor)} against the {against}: differences of region means",
        caption=(
            f"Held-out region means of {population}; n: subjects in which the region, or each of "
            "the four, has voxels. In brackets 95 % confidence intervals: of the bias by Student's "
            "t, of the limits (bias ± 1.96 SD) by the noncentral t; of the limits of all tissues "
            "by a parametric (normal) bootstrap over subjects, four tissues of one subject being "
            "one person. Holm: corrected for the eight tests of single tissues. Equivalence: two "
            f"one-sided tests, not corrected for their number, margin {margins} of the "
            f"{against}'s mean; below 0.05 (*) the mean difference is shown to lie within it. "
            "Percent is of the mean of the two; limits in ms are in the CSV. Subjects of one fold "
            "share a network and count as independent all the same."
        ),
        columns=columns,
        rows=rows,
        n_headings=2,
        strong=frozenset({3, 4}),
    )


def layout_concordance(table, shown, population):
    """Concordance and regression to the mean of several predictors.

    Args:
        table: Table of `tables_agreement.summarise_agreement`.
        shown: Pairs of predictor and `against`, in the order of the blocks of rows.
        population: Words for the subjects, such as "6 simulated subjects".
    """
    columns = [("", "Predictor"), ("", ""), ("", "Region")]
    columns += [("Concordance", "Lin's CCC"), ("Concordance", "ICC(A,1)")]
    columns += [("Regression to the mean", "Slope of difference on mean")]
    columns += [("Regression to the mean", "Ratio of between-subject SDs")]
    columns += [("Cohort mean", "Skill against it")]
    rows = []
    for predictor, against in shown:
        label = f"{short(predictor)} against the {against}"
        for quantity, region, row in _rows(table, predictor, against):
            cells = [_cell(row, name, 2) for name in ("ccc", "icc", "slope", "sd_ratio")]
            rows.append([label, quantity, _region(region), *cells, number(row["skill"], 2)])
    return Layout(
        title="Concordance and regression to the mean",
        caption=(
            f"Held-out region means of {population}, in brackets 95 % confidence intervals. CCC "
            "and ICC (two-way, absolute agreement, single measurement): 1 is identity; parametric "
            f"bootstrap over subjects, for single tissues from {MINIMUM_SUBJECTS} subjects on, "
            "where an interval near zero is somewhat too short (docs/statistics.md). Over all "
            "tissues they are high for any predictor that tells the tissues apart; single tissues "
            "show whether persons are told apart. Slope and ratio: 0 and 1 without regression to "
            "the mean, −2 and 0 for one value for everyone; noise of what is held against gives "
            "part of it. The cohort mean of a held-out subject leaves that subject out: it is low "
            "where the subject is high, so its concordance is below zero by construction. Skill: "
            "1 − mean squared error over that of the cohort mean; above zero, the predictor knows "
            "more of a person than the tissue."
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
