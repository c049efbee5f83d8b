"""The report's verdict: one sentence per question, which follows from the numbers."""

import itertools
import re

import numpy as np
import pandas as pd
import pytest

from contrast2map.report import headline

PREDICTORS = ["network_x_seed-1", "cohort_mean", "linear_regression"]
BETTER, EQUAL, WORSE = [3, 4, 5, 4, 3], [20, 18, 24, 19, 21], [60, 66, 58, 61, 70]
NULL = [21, 19, 20, 22, 20]


def region_means(network_ms, truth_ms=None):
    """Region means whose network is off by some ms in each subject, by quantity."""
    return pd.DataFrame(
        {
            "subject": f"{number:02d}",
            "predictor": predictor,
            "quantity": quantity,
            "region": region,
            "predicted_ms": 1000.0 + (network_ms[quantity] if is_network else NULL)[number],
            "reference_ms": 1000.0,
            "truth_ms": truth_ms,
        }
        for predictor in PREDICTORS
        for is_network in [predictor == PREDICTORS[0]]
        for quantity in ("T1", "T2")
        for number in range(len(NULL))
        for region in ("gm", "wm", "putamen", "thalamus")
    )


def subject_row(subject, stage=""):
    return {"subject": subject, "included": str(not stage), "stage": stage}


def of_network(T1_ms, T2_ms, **others):
    return headline.of_persons(region_means({"T1": T1_ms, "T2": T2_ms}, **others), PREDICTORS)


@pytest.mark.parametrize(
    ("errors_ms", "word"), [(BETTER, "better"), (EQUAL, "equal"), (WORSE, "worse")]
)
def test_the_network_is_better_equal_or_worse_as_its_numbers_say(errors_ms, word):
    found = of_network(errors_ms, errors_ms)
    assert found.word == word
    numbers = f"({np.mean(errors_ms):.1f} vs {np.mean(NULL):.1f} ms, P "
    assert f"{headline.STANDINGS[word]} T1 {numbers}" in found.sentence
    assert f") and T2 {numbers}" in found.sentence
    for other in headline.STANDINGS.keys() - {word}:
        assert headline.STANDINGS[other] not in found.sentence


def test_T1_and_T2_are_judged_separately():
    names = {"better": BETTER, "equal": EQUAL, "worse": WORSE}
    for (T1_word, T1_ms), (T2_word, T2_ms) in itertools.permutations(names.items(), 2):
        found = of_network(T1_ms, T2_ms)
        assert found.word == f"{T1_word}, {T2_word}"
        T1_part, T2_part, *_ = found.sentence.split("; ")
        assert f"{headline.STANDINGS[T1_word]} T1 (" in T1_part
        assert f"{headline.STANDINGS[T2_word]} T2 (" in T2_part


def test_the_truth_is_the_standard_if_it_is_known():
    assert of_network(WORSE, WORSE).word == "worse"
    # Off the reference by 20 to 60 ms, but so is the truth.
    assert of_network(WORSE, WORSE, truth_ms=1060.0).word == "better"


def followed(slope_of):
    """Region means whose truth rises by 10 ms per subject, and the network's by a share of it."""
    return pd.DataFrame(
        {
            "subject": f"{number:02d}",
            "predictor": PREDICTORS[0],
            "quantity": quantity,
            "region": region,
            "predicted_ms": 1000.0 + slope * 10 * number + 0.3 * (-1) ** number,
            "reference_ms": 900.0,
            "truth_ms": 1000.0 + 10 * number,
        }
        for (quantity, region), slope in slope_of.items()
        for number in range(8)
    )


@pytest.mark.parametrize(
    ("slopes", "word"),
    [((1, 1, 0.5, 1), "followed"), ((1, 0, 0, 1), "partly followed"), ((0, -1, 0, 0), "not shown")],
)
def test_slopes_say_in_how_many_tissues_T1_follows_the_subjects(slopes, word):
    regions = ("gm", "wm", "putamen", "thalamus")
    slope_of = {("T1", region): slope for region, slope in zip(regions, slopes, strict=True)}
    slope_of |= {("T2", region): 1 for region in regions}
    found = headline.of_slopes(followed(slope_of), PREDICTORS[0])
    assert found.word == word
    n_followed = sum(slope > 0 for slope in slopes)
    assert f"T1 in {n_followed} of 4 tissues (cortical GM " in found.sentence
    assert "T2 in 4 of 4 tissues" in found.sentence and "true region means" in found.sentence


def test_a_baseline_as_good_as_the_network_is_named():
    errors = voxel_errors(BETTER)
    is_regression = errors["predictor"] == "linear_regression"
    assert "not shown" not in headline.of_voxels(errors, PREDICTORS).sentence
    errors.loc[is_regression & (errors["quantity"] == "T2"), "mae_ms"] = 1.0
    sentence = headline.of_voxels(errors, PREDICTORS).sentence
    words = "the network is not shown to be more accurate than linear regression"
    assert f"{words} (T2 1.0 ms, P = 0.0017)" in sentence


def test_one_subject_allows_no_comparison():
    means = region_means({"T1": BETTER, "T2": BETTER})
    found = headline.of_persons(means[means["subject"] == "00"], PREDICTORS)
    assert found.word == "untested"
    assert "too few subjects" in found.sentence and "P " not in found.sentence
    assert "1 subject)" in found.sentence


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_numbers_the_word_follows_them(seed):
    errors_ms = np.random.default_rng(seed).uniform(5, 40, len(NULL))
    found = of_network(errors_ms, errors_ms)
    network_ms, null_ms = map(
        float, re.search(r"\(([\d.]+) vs ([\d.]+) ms", found.sentence).groups()
    )
    if found.word == "better":
        assert network_ms < null_ms
    if found.word == "worse":
        assert network_ms > null_ms


def test_a_simulated_cohort_is_called_so_and_no_other():
    assert headline.of_cohort(True).sentence.startswith("Simulated cohort: no person was scanned")
    assert "imulated" not in headline.of_cohort(False).sentence


def test_subjects_are_counted_by_what_excluded_them():
    rows = [subject_row("01"), subject_row("02"), subject_row("03")]
    assert headline.of_subjects(rows, False) == ("all included", "All 3 subjects were included.")
    rows += [subject_row("04", "input gate"), subject_row("05", "rating")]
    rows += [subject_row("06", "input gate"), subject_row("07", "quality control")]
    assert headline.of_subjects(rows, True) == (
        "excluded",
        "Of 7 simulated subjects, 3 were included and 4 excluded: 2 by the input gate, 1 by a "
        "rater, 1 by quality control.",
    )


def voxel_errors(network_ms, against=("reference",)):
    """Errors by subject of voxels, off by some ms in each subject."""
    return pd.DataFrame(
        {
            "subject": f"{number:02d}",
            "predictor": predictor,
            "against": each,
            "region": "excluding_csf",
            "convention": "paper",
            "quantity": quantity,
            "mae_ms": (network_ms if predictor == PREDICTORS[0] else NULL)[number],
        }
        for each in against
        for predictor in PREDICTORS
        for quantity in ("T1", "T2")
        for number in range(len(NULL))
    )


def lesions(network_ms, truth_ms=np.nan):
    """Two lesions of each subject, one too long and one too short by some ms."""
    return pd.DataFrame(
        {
            "subject": f"{number:02d}",
            "predictor": predictor,
            "quantity": quantity,
            "predicted_mean_ms": 1300.0 + sign * of_subject[number],
            "reference_mean_ms": 1300.0,
            "truth_mean_ms": truth_ms,
        }
        for predictor in PREDICTORS
        for of_subject in [network_ms if predictor == PREDICTORS[0] else NULL]
        for quantity in ("T1", "T2")
        for number in range(len(NULL))
        for sign in (-1, 1)
    )


def outcomes(**of_quantity):
    """Outcomes of the trainings, one per fold."""
    return pd.DataFrame(
        {
            "predictor": predictor,
            "fold": f"fold_{fold}",
            "quantity": quantity,
            "outcome": outcome if predictor == PREDICTORS[0] else "undertrained",
        }
        for predictor in (PREDICTORS[0], "network_y_seed-1")
        for quantity, of_folds in of_quantity.items()
        for fold, outcome in enumerate(of_folds)
    )


def test_errors_of_lesions_do_not_cancel():
    found = headline.of_lesions(lesions(BETTER), PREDICTORS)
    assert found.word == "better"
    assert f"({np.mean(BETTER):.1f} vs {np.mean(NULL):.1f} ms, P " in found.sentence
    assert found.sentence.startswith("In lesions ")
    # Off the reference by a few ms, but off the truth by as many as the tissue mean.
    assert headline.of_lesions(lesions(BETTER, 1500.0), PREDICTORS).word == "equal"


def test_a_subject_without_lesions_is_not_compared():
    without = lesions(BETTER)
    found = headline.of_lesions(without[without["subject"] != "00"], PREDICTORS)
    assert f"{len(NULL) - 1} subjects)" in found.sentence


def test_voxels_are_compared_with_the_truth_if_it_is_known():
    assert headline.of_voxels(voxel_errors(WORSE), PREDICTORS).word == "worse"
    of_truth = voxel_errors(BETTER, ("truth",))
    both = pd.concat([voxel_errors(WORSE), of_truth])
    assert headline.of_voxels(both, PREDICTORS).word == "better"


@pytest.mark.parametrize(
    ("T1", "T2", "word"),
    [
        (["converged", "converged"], ["converged", "converged"], "converged"),
        (["converged", "undertrained"], ["converged", "converged"], "undertrained"),
        (["not assessed"] * 2, ["not assessed"] * 2, "not assessed"),
        (["converged", "converged"], ["converged", "not assessed"], "not assessed"),
    ],
)
def test_the_worst_fold_decides_on_convergence(T1, T2, word):
    found = headline.of_convergence(outcomes(T1=T1, T2=T2), PREDICTORS[0])
    assert found.word == word and headline.OUTCOMES[word] in found.sentence
    assert "2 folds" in found.sentence


def test_the_note_on_the_tests_names_correction_and_shared_networks():
    sentence = headline.of_tests(3, "truth").sentence
    assert "not corrected" in sentence and "3 folds share a network" in sentence
    assert "relative to the truth" in sentence and "baselines" not in sentence
    assert "the network from 2 fewer" in headline.of_tests(3, "truth", 2).sentence


def test_the_verdict_has_one_sentence_per_question():
    means = region_means({"T1": EQUAL, "T2": WORSE})
    given = [subject_row("01")], means, voxel_errors(BETTER), PREDICTORS, True
    words = [each.word for each in headline.answers(*given)["verdict"]]
    assert words == ["simulated", "all included", "equal, worse", "not shown", "better"]
    found = headline.answers(
        *given,
        lesions=lesions(WORSE),
        convergence=outcomes(T1=["undertrained"], T2=["converged"]),
        n_folds=1,
    )
    words = [each.word for each in found["verdict"]]
    assert words[2:] == ["equal, worse", "not shown", "better", "worse", "undertrained", "tests"]
    without = headline.answers(*given, lesions=lesions(WORSE)[:0])
    assert len(without["verdict"]) == 5


def test_a_subject_without_voxels_of_a_region_is_named():
    means = region_means({"T1": BETTER, "T2": BETTER})
    is_empty = (means["subject"] == "03") & (means["region"] == "putamen")
    means.loc[is_empty, ["predicted_ms", "reference_ms"]] = np.nan
    sentence = headline.of_persons(means, PREDICTORS).sentence
    assert "4 subjects; no voxels: the putamen of sub-03)" in sentence
