"""The report's verdict: three sentences, each chosen by rule from the numbers of the run."""

from collections import Counter

from contrast2map.report.verdicts import (
    Verdict,
    compare_errors,
    has_truth,
    p_words,
    person_errors_ms,
)
from contrast2map.study.terms import QUANTITIES
from contrast2map.tables.layout import number, population

# How the network stands to the tissue's mean, by the word of `verdicts.compare_errors`.
STANDING = {
    "better": "better than",
    "equal": "not told apart from",
    "worse": "worse than",
    "untested": "for want of subjects not tested against",
}


def sentences(subjects, roi_means, predictors, simulated):
    """The verdict of a study.

    Args:
        subjects: Rows of tables/subjects.csv, as dicts of text (see `subject_tables.decide`).
        roi_means: Table of ROI means (see `evaluate_maps`), all predictors and folds.
        predictors: Names of the predictors: the network, then the cohort mean.
        simulated: Whether the subjects are simulated.

    Returns:
        Three `Verdict`. Words: "simulated" or "in vivo"; "all" or "left out"; how the network
        stands for T1 and T2, as "worse, equal", or one word where they agree.
    """
    return [
        of_cohort(simulated),
        of_subjects(subjects, simulated),
        of_network(roi_means, predictors, simulated),
    ]


def of_cohort(simulated):
    """Whether anyone was scanned."""
    if simulated:
        return Verdict(
            "simulated",
            "Simulated: no person was scanned; heads, scans and reference maps come from a "
            "computer, and so nothing here is evidence about persons.",
        )
    return Verdict(
        "in vivo",
        "In vivo, as given: the scans and the reference maps are those of the dataset that this "
        "study was given; where they come from it cannot know.",
    )


def of_subjects(subjects, simulated):
    """How many of the listed subjects were studied, and what left out the others."""
    left_out = [row for row in subjects if str(row["included"]) != "True"]
    listed = population(len(subjects), simulated)
    if not left_out:
        return Verdict("all", f"Of {listed} listed, all {len(subjects)} are in: none is left out.")
    stages = Counter(row["stage"] for row in left_out)
    causes = ", ".join(f"{n} by the {stage}" for stage, n in stages.items())
    return Verdict(
        "left out",
        f"Of {listed} listed, {len(subjects) - len(left_out)} are in and {len(left_out)} left out: "
        f"{causes}.",
    )


def of_network(roi_means, predictors, simulated):
    """Whether the network knows more of a person than the tissue, for T1 and for T2.

    Judged by the mean absolute error of a subject's region means against the truth where there is
    one, else against the reference maps.
    """
    against = "truth" if has_truth(roi_means) else "reference"
    words, parts, null = [], [], "the tissue's mean over the other subjects"
    for quantity in QUANTITIES:
        errors_ms = person_errors_ms(roi_means, predictors, against, quantity).dropna()
        network_ms, null_ms = (errors_ms[name] for name in predictors[:2])
        word, p = compare_errors(network_ms, null_ms)
        words.append(word)
        errors = f"{number(network_ms.mean())} against {number(null_ms.mean())} ms"
        parts.append(f"{STANDING[word]} {null} for {quantity} ({errors}{p_words(p)})")
        null = "it"
    return Verdict(
        words[0] if words[0] == words[1] else ", ".join(words),
        f"Person by person, the network is {' and '.join(parts)}: mean error of the region means "
        f"of {population(len(errors_ms), simulated)} against the {against}.",
    )
