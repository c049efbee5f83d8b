"""The report's verdict: three sentences that follow from the numbers."""

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
    return headline.of_network(region_means({"T1": T1_ms, "T2": T2_ms}, **others), PREDICTORS, True)


@pytest.mark.parametrize(
    ("errors_ms", "word"), [(BETTER, "better"), (EQUAL, "equal"), (WORSE, "worse")]
)
def test_the_network_is_better_equal_or_worse_as_its_numbers_say(errors_ms, word):
    found = of_network(errors_ms, errors_ms)
    assert found.word == word
    assert headline.STANDINGS[word].format("T1") in found.sentence
    assert headline.SHORT_STANDINGS[word].format("T2") in found.sentence
    assert found.sentence.count(f"({np.mean(errors_ms):.1f} vs {np.mean(NULL):.1f} ms, P ") == 2
    for other in headline.STANDINGS.keys() - {word}:
        assert headline.STANDINGS[other].format("T1") not in found.sentence
        assert headline.SHORT_STANDINGS[other].format("T2") not in found.sentence


def test_T1_and_T2_are_judged_separately():
    names = {"better": BETTER, "equal": EQUAL, "worse": WORSE}
    for (T1_word, T1_ms), (T2_word, T2_ms) in itertools.permutations(names.items(), 2):
        found = of_network(T1_ms, T2_ms)
        assert found.word == f"{T1_word}, {T2_word}"
        T1_part, T2_part = found.sentence.split("; ")
        assert headline.STANDINGS[T1_word].format("T1") in T1_part
        assert headline.SHORT_STANDINGS[T2_word].format("T2") in T2_part


def test_the_truth_is_the_standard_if_it_is_known():
    assert "the reference," in of_network(BETTER, BETTER).sentence
    # Off the reference by 20 to 60 ms, but so is the truth.
    found = of_network(WORSE, WORSE, truth_ms=1060.0)
    assert found.word == "better" and "the truth," in found.sentence


def test_one_subject_allows_no_comparison():
    means = region_means({"T1": BETTER, "T2": BETTER})
    found = headline.of_network(means[means["subject"] == "00"], PREDICTORS, False)
    assert found.word == "untested"
    assert "too few subjects" in found.sentence and "P " not in found.sentence
    assert "1 subject." in found.sentence and "simulated" not in found.sentence


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


def test_the_verdict_has_three_sentences():
    means = region_means({"T1": EQUAL, "T2": WORSE})
    found = headline.sentences([subject_row("01")], means, PREDICTORS, True)
    assert [each.word for each in found] == ["simulated", "all included", "equal, worse"]
