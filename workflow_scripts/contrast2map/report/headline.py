"""The report's verdict: one sentence per question, chosen by rule from the run's numbers."""

from collections import Counter

from contrast2map.evaluation import levels
from contrast2map.evaluation.region_means import known_map, region_points, slopes
from contrast2map.report.verdicts import (
    Verdict,
    agreement_verdict,
    error_verdicts,
    p_words,
    person_verdicts,
)
from contrast2map.statistics.comparison import compare_errors
from contrast2map.study import predictors as names
from contrast2map.study.terms import QUANTITIES, REGIONS, REGIONS_IN_SENTENCES
from contrast2map.tables.layout import number, population

# Comparison of the network with the tissue mean, by the word from `verdicts.compare_errors`, to be
# followed by the quantity.
STANDINGS = {
    "better": "the network is more accurate than the tissue mean for",
    "equal": "no difference in accuracy between network and tissue mean was detected for",
    "worse": "the network is less accurate than the tissue mean for",
    "untested": "too few subjects to compare network and tissue mean for",
}
CAUSES = {
    "input gate": "the input gate",
    "quality control": "quality control",
    "rating": "a rater",
}
# By the worst outcome of the folds, from the worst on (tables/convergence.csv).
OUTCOMES = {
    "undertrained": (
        "undertrained: the validation error was still falling, so the results show what this "
        "training reached and not what the method can reach"
    ),
    "not assessed": (
        "not assessed, which needs a subject held back for validation "
        "(training.validation_subjects) and enough epochs (supplement, Training)"
    ),
    "converged": (
        "converged by the rule: the second half of the training hardly lowered the validation "
        "error, averaged over folds"
    ),
}


def answers(
    subjects,
    roi_means,
    errors_by_subject,
    predictors,
    simulated,
    *,
    lesions=None,
    convergence=None,
    n_folds=None,
    n_validation=0,
):
    """All verdicts of the report, by section of the page.

    Args:
        subjects: Rows of subjects.csv, as dicts of text (see `quality.participation`).
        roi_means: Table of ROI means (see `evaluate_maps`), all predictors and folds.
        errors_by_subject: Table of `tables.errors.errors_by_subject`.
        predictors: Names of the predictors: the network, then the baselines, the tissue mean first.
        simulated: Whether the subjects are simulated.
        lesions: Table of lesions (see `evaluate_maps`), or None without lesion masks.
        convergence: Table with the outcome of each training, or None if none was assessed.
        n_folds: Number of folds, for the note on the tests; None omits the note.
        n_validation: Training subjects of each fold from which the network did not learn.

    Returns:
        Dict mapping "verdict", "persons", "voxels" and "limits" to lists of `Verdict`.
    """
    verdict = [
        of_cohort(simulated),
        of_subjects(subjects, simulated),
        of_persons(roi_means, predictors),
        of_slopes(roi_means, predictors[0]),
        of_voxels(errors_by_subject, predictors),
    ]
    if lesions is not None and len(lesions):
        verdict.append(of_lesions(lesions, predictors))
    if convergence is not None:
        verdict.append(of_convergence(convergence, predictors[0]))
    if n_folds is not None:
        verdict.append(of_tests(n_folds, known_map(roi_means), n_validation))
    return {
        "verdict": verdict,
        "persons": person_verdicts(roi_means, predictors, simulated),
        "voxels": error_verdicts(errors_by_subject, predictors, simulated),
        "limits": [agreement_verdict(roi_means, *predictors[:2], name) for name in QUANTITIES],
    }


def of_cohort(simulated):
    """Verdict on the origin of the data: simulated or in vivo."""
    if simulated:
        return Verdict(
            "simulated",
            "Simulated cohort: no person was scanned. Heads, scans and reference maps are "
            "computer-generated, so these results do not apply to patients.",
        )
    return Verdict(
        "in vivo",
        "Scans and reference maps are those of the dataset given to this study, which cannot check "
        "their origin: its authors must say whether they are scans of people.",
    )


def of_subjects(subjects, simulated):
    """How many of the listed subjects were included, and what excluded the others."""
    excluded = [row for row in subjects if str(row["included"]) != "True"]
    if not excluded:
        listed = population(len(subjects), simulated)
        text = f"All {listed} were" if len(subjects) > 1 else f"{listed} was"
        return Verdict("all included", f"{text} included.")
    stages = Counter(row["stage"] for row in excluded)
    causes = ", ".join(f"{n} by {CAUSES[stage]}" for stage, n in stages.items())
    return Verdict(
        "excluded",
        f"Of {population(len(subjects), simulated)}, {len(subjects) - len(excluded)} were included "
        f"and {len(excluded)} excluded: {causes}.",
    )


def of_persons(roi_means, predictors):
    """Whether the network captures differences between subjects, for T1 and for T2.

    The criterion is the mean absolute error of a subject's region means, relative to the truth if
    it is known, otherwise to the reference maps.

    Args:
        roi_means: As in `answers`.
        predictors: As in `answers`.

    Returns:
        `Verdict`; its word has the results for T1 and T2, such as "worse, equal", or one word if
        both are the same.
    """
    against = known_map(roi_means)
    errors_ms = {
        quantity: levels.errors_at(levels.REGIONS, {"roi_means": roi_means}, against, quantity)
        for quantity in QUANTITIES
    }
    lacking = _lacking(roi_means, predictors[0])
    level = f"Per subject (means of four regions, {{n_subjects}}{lacking})"
    return _standing(level, errors_ms, predictors)


def _lacking(roi_means, network):
    """Words for the subjects that are not compared because a region has no voxels."""
    ours = roi_means[(roi_means["predictor"] == network) & (roi_means["quantity"] == "T1")]
    empty = ours[ours["predicted_ms"].isna()]
    found = [
        f"{REGIONS_IN_SENTENCES[region]} of {', '.join(f'sub-{each}' for each in rows['subject'])}"
        for region, rows in empty.groupby("region", sort=False)
    ]
    return f"; no voxels: {'; '.join(found)}" if found else ""


def of_slopes(roi_means, network):
    """How much of the differences between subjects the network's maps show.

    Args:
        roi_means: As in `answers`.
        network: Name of the network.

    Returns:
        `Verdict` whose word is "followed" if, for T1, the interval of the slope is above 0 in all
        tissues, "partly followed" if in some, "not shown" if in none.
    """
    against = known_map(roi_means)
    found = slopes(region_points(roi_means, [network], against))
    parts, n_followed = [], {}
    for quantity in QUANTITIES:
        of_quantity = {
            REGIONS_IN_SENTENCES[region]: (slope, bounds.low)
            for (_, name, region), (slope, bounds) in found.items()
            if name == quantity
        }
        n_followed[quantity] = sum(low > 0 for _, low in of_quantity.values())
        listed = ", ".join(f"{name} {number(slope, 2)}" for name, (slope, _) in of_quantity.items())
        parts.append(
            f"{quantity} in {n_followed[quantity]} of {len(of_quantity)} tissues ({listed})"
        )
    word = "partly followed"
    if n_followed["T1"] in (0, len(REGIONS)):
        word = "followed" if n_followed["T1"] else "not shown"
    of_map = {"truth": "true", "reference": "reference"}[against]
    return Verdict(
        word,
        f"Differences between subjects: the slope of predicted on {of_map} region means (1: "
        f"followed in full, 0: not at all) is shown to be above 0 for {' and '.join(parts)}.",
    )


def of_voxels(errors_by_subject, predictors):
    """The same for single voxels, excluding CSF; arguments as in `answers`."""
    errors_ms = levels.voxel_errors_ms(errors_by_subject)
    known = errors_ms.index.get_level_values("against")
    against = "truth" if "truth" in known else "reference"
    of_quantity = {quantity: errors_ms.loc[against, quantity] for quantity in QUANTITIES}
    return _standing("Per voxel (excluding CSF, {n_subjects})", of_quantity, predictors)


def of_lesions(lesions, predictors):
    """The same for the means of a subject's lesions; arguments as in `answers`."""
    against = "truth" if lesions["truth_mean_ms"].notna().any() else "reference"
    errors_ms = {
        quantity: levels.errors_at(levels.LESIONS, {"lesions": lesions}, against, quantity)
        for quantity in QUANTITIES
    }
    return _standing("In lesions (means of lesions, {n_subjects})", errors_ms, predictors)


def of_convergence(convergence, network):
    """Whether the trainings of the network had converged.

    Args:
        convergence: Table with predictor, fold, quantity and outcome of each training.
        network: Name of the network.

    Returns:
        `Verdict` whose word is the worst outcome of folds and quantities.
    """
    ours = convergence[convergence["predictor"] == network]
    found = {
        quantity: next(each for each in OUTCOMES if each in set(of_quantity["outcome"]))
        for quantity, of_quantity in ours.groupby("quantity", sort=True)
    }
    n_folds = ours["fold"].nunique()
    if len(set(found.values())) == 1:
        (outcome,) = set(found.values())
        text = f"Training of {n_folds} folds, T1 and T2: {OUTCOMES[outcome]}."
    else:
        parts = (f"{quantity} {OUTCOMES[outcome]}" for quantity, outcome in found.items())
        text = f"Training of {n_folds} folds: {'; '.join(parts)}."
    return Verdict(next(each for each in OUTCOMES if each in found.values()), text)


def of_tests(n_folds, against, n_validation=0):
    """What the numbers and the P values of the verdict are, and what they assume.

    Args:
        n_folds: Number of folds.
        against: Map relative to which errors are given, "truth" or "reference".
        n_validation: Training subjects of each fold from which the network did not learn.
    """
    held_back = (
        f" The baselines learned from all training subjects of a fold, the network from "
        f"{n_validation} fewer."
        if n_validation
        else ""
    )
    return Verdict(
        "tests",
        f"Numbers: mean absolute errors relative to the {against}, network vs tissue mean, "
        "averaged over subjects. Tissue mean: each tissue of a subject "
        "gets its mean over the training subjects. P: paired t-tests across subjects, not "
        "corrected for multiple tests; they treat subjects as independent, although the subjects "
        f"of each of the {n_folds} folds share a network.{held_back}",
    )


def _standing(level, errors_ms, predictors):
    """Verdict of one level from the errors of each quantity, tables of subject and predictor."""
    network, null, *others = predictors
    quantities_of, as_good = {}, {}
    for quantity, of_quantity in errors_ms.items():
        pair = of_quantity[[network, null]].dropna()
        word, p = compare_errors(pair[network], pair[null])
        numbers = f"{number(pair[network].mean())} vs {number(pair[null].mean())} ms{p_words(p)}"
        quantities_of.setdefault(word, []).append(f"{quantity} ({numbers})")
        for other in others:
            both = of_quantity[[network, other]].dropna()
            standing, p_of_other = compare_errors(both[network], both[other])
            if standing != "better":
                of_other = f"{quantity} {number(both[other].mean())} ms{p_words(p_of_other)}"
                as_good.setdefault(names.words(other).lower(), []).append(of_other)
    parts = [f"{STANDINGS[word]} {' and '.join(each)}" for word, each in quantities_of.items()]
    parts += [
        f"the network is not shown to be more accurate than {other} ({', '.join(each)})"
        for other, each in as_good.items()
    ]
    n_subjects = population(len(pair))
    return Verdict(
        ", ".join(quantities_of), f"{level.format(n_subjects=n_subjects)}: {'; '.join(parts)}."
    )
