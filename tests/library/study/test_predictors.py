"""Inputs and seed are read from a predictor's name."""

import pytest

from contrast2map.study import predictors


def test_a_networks_name_tells_its_inputs_and_its_seed():
    name = predictors.network("mprage+T2_w+flair", 12)
    assert predictors.inputs_of(name) == ["mprage", "T2_w", "flair"]
    assert predictors.seed_of(name) == 12
    assert predictors.words(name) == "Network (mprage + T2_w + flair)"
    assert predictors.short(name) == "Network"


@pytest.mark.parametrize("name", ["cohort_mean", "gradient_boosting", "reference"])
def test_a_baseline_sees_no_inputs_of_its_own_and_has_no_seed(name):
    assert predictors.inputs_of(name) == []
    assert predictors.seed_of(name) is None
    assert predictors.words(name)[0].isupper()
    assert predictors.short(name) == predictors.words(name)


def test_the_pair_with_and_without_a_contrast_has_as_many_inputs_as_possible():
    names = [predictors.network(inputs, 1) for inputs in ("a+b+c", "b+c", "c", "b", "a+b")]
    assert predictors.pair_without(names, "a") == (names[0], names[1])
    assert predictors.pair_without(names[1:], "a") == (names[4], names[3])
    assert predictors.pair_without(names[:1], "a") is None
    assert predictors.pair_without(names, None) is None
