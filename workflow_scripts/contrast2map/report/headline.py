"""The report's verdict: three sentences, each chosen by rule from the numbers of the run."""

from collections import Counter

from contrast2map.report.verdicts import (
    Verdict,
    agreement_verdict,
    compare_errors,
    error_verdicts,
    has_truth,
    p_words,
    person_errors_ms,
    person_verdicts,
)
from contrast2map.study.terms import QUANTITIES
from contrast2map.tables.layout import number, population

# Comparison of the network with the tissue mean, by the word from `verdicts.compare_errors`: a full
# sentence for the first quantity, a short one for the second.
STANDINGS = {
    "better": "the network's regional {0} is more accurate than the training-set tissue mean",
    "equal": (
        "no difference in accuracy was detected between the network's regional {0} and the "
        "training-set tissue mean"
    ),
    "worse": "the network's regional {0} is less accurate than the training-set tissue mean",
    "untested": (
        "the network's regional {0} was not tested against the training-set tissue mean (too few "
        "subjects)"
    ),
}
SHORT_STANDINGS = {
    "better": "its {0} is more accurate",
    "equal": "for {0}, no difference was detected",
    "worse": "its {0} is less accurate",
    "untested": "its {0} was not tested (too few subjects)",
}
CAUSES = {
    "input gate": "the input gate",
    "quality control": "quality control",
    "rating": "a rater",
}


def answers(subjects, roi_means, errors_by_subject, predictors, simulated):
    """All verdicts of the report, by section of the page.

    Args:
        subjects: As in `sentences`, like all arguments not listed here.
        errors_by_subject: Table of `tables.errors.errors_by_subject`.

    Returns:
        Dict mapping "verdict", "persons", "voxels" and "limits" to lists of `Verdict`.
    """
    return {
        "verdict": sentences(subjects, roi_means, predictors, simulated),
        "persons": person_verdicts(roi_means, predictors, simulated),
        "voxels": error_verdicts(errors_by_subject, predictors, simulated),
        "limits": [agreement_verdict(roi_means, *predictors[:2], name) for name in QUANTITIES],
    }


def sentences(subjects, roi_means, predictors, simulated):
    """The verdict of a study.

    Args:
        subjects: Rows of subjects.csv, as dicts of text (see `quality.participation`).
        roi_means: Table of ROI means (see `evaluate_maps`), all predictors and folds.
        predictors: Names of the predictors: the network, then the cohort mean.
        simulated: Whether the subjects are simulated.

    Returns:
        Three `Verdict`. Words: "simulated" or "in vivo"; "all included" or "excluded"; and the
        results for T1 and T2, such as "worse, equal", or one word if both are the same.
    """
    return [
        of_cohort(simulated),
        of_subjects(subjects, simulated),
        of_network(roi_means, predictors, simulated),
    ]


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
        "In vivo: scans and reference maps are those of the dataset given to this study. The study "
        "cannot check their origin.",
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


def of_network(roi_means, predictors, simulated):
    """Whether the network captures individual differences, for T1 and for T2.

    The criterion is the mean absolute error of a subject's region means, relative to the truth if
    it is known, otherwise to the reference maps.
    """
    against = "truth" if has_truth(roi_means) else "reference"
    words, parts, forms = [], [], STANDINGS
    for quantity in QUANTITIES:
        errors_ms = person_errors_ms(roi_means, predictors, against, quantity).dropna()
        network_ms, null_ms = (errors_ms[name] for name in predictors[:2])
        word, p = compare_errors(network_ms, null_ms)
        words.append(word)
        parts.append(
            f"{forms[word].format(quantity)} ({number(network_ms.mean())} vs "
            f"{number(null_ms.mean())} ms{p_words(p)})"
        )
        forms = SHORT_STANDINGS
    return Verdict(
        words[0] if words[0] == words[1] else ", ".join(words),
        f"Per subject, {'; '.join(parts)}. Values are mean absolute errors of region means "
        f"relative to the {against}, averaged over {population(len(errors_ms), simulated)}.",
    )
