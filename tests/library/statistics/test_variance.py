"""Variances across seeds, folds and subjects with known values."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

from contrast2map.statistics.variance import spread, two_way_components

FOLDS = ["fold_0", "fold_0", "fold_1", "fold_1", "fold_2", "fold_2"]
SUBJECT = np.array([10.0, 20, 30, 40, 50, 60])[:, None]
SEED = np.array([[-1.0, 0, 1]])


def test_an_effect_of_seed_varies_across_seeds_only():
    found = spread(50 + 0 * SUBJECT + SEED, FOLDS)
    assert found == pytest.approx((1, 1, 0, 0))
    assert two_way_components(50 + 0 * SUBJECT + SEED) == pytest.approx((0, 1, 0))


def test_an_effect_of_subject_varies_across_subjects_and_folds():
    errors = SUBJECT + 0 * SEED
    found = spread(errors, FOLDS)
    assert found == pytest.approx((0, 0, 20, np.std(SUBJECT, ddof=1)))
    assert two_way_components(errors) == pytest.approx((np.var(SUBJECT, ddof=1), 0, 0))


def test_noise_of_each_training_cancels_over_folds_but_shows_in_each():
    noise = np.array([[-1.0, 0, 1], [0.0, 1, -1], [1.0, -1, 0]]).repeat(2, axis=0)
    found = spread(100 + noise, FOLDS)
    assert found.over_seeds == pytest.approx(0)
    assert found.over_runs == pytest.approx(1)


def test_runs_are_pooled_by_their_variance():
    noise = np.array([[-1.0, 0, 1], [-7.0, 0, 7], [0.0, 0, 0]]).repeat(2, axis=0)
    assert spread(noise, FOLDS).over_runs == pytest.approx(np.sqrt((1 + 49 + 0) / 3))


def test_folds_have_equal_weights_whatever_their_size():
    errors = np.array([[1.0], [1], [1], [5]])
    assert spread(errors, ["a", "a", "a", "b"]).over_folds == pytest.approx(np.std([1, 5], ddof=1))


def test_components_come_from_the_mean_squares_of_statsmodels(rng):
    errors = rng.normal(50, 3, (8, 4)) + rng.normal(0, 10, (8, 1)) + rng.normal(0, 4, (1, 4))
    subject, seed = np.indices(errors.shape)
    cells = pd.DataFrame({"y": errors.ravel(), "subject": subject.ravel(), "seed": seed.ravel()})
    anova = anova_lm(ols("y ~ C(subject) + C(seed)", cells).fit())
    ms = anova["sum_sq"] / anova["df"]
    found = two_way_components(errors)
    assert found.residual == pytest.approx(ms["Residual"])
    assert found.subject == pytest.approx((ms["C(subject)"] - ms["Residual"]) / 4)
    assert found.seed == pytest.approx((ms["C(seed)"] - ms["Residual"]) / 8)


def test_components_are_found_on_average(rng):
    n = 400
    draws = [
        two_way_components(
            rng.normal(0, 2, (6, 4)) + rng.normal(0, 5, (6, 1)) + rng.normal(0, 6, (1, 4))
        )
        for _ in range(n)
    ]
    assert np.mean(draws, axis=0) == pytest.approx([25, 36, 4], rel=0.15)


def test_a_negative_component_is_zero():
    cancelling = np.array([[1.0, -1], [-1, 1], [1, -1], [-1, 1]])
    found = two_way_components(cancelling)
    assert (found.subject, found.seed) == (0, 0)
    assert found.residual > 0


def test_one_seed_allows_no_estimate_of_variation_across_seeds():
    found = spread(SUBJECT, FOLDS)
    assert np.isnan([found.over_seeds, found.over_runs]).all()
    assert found.over_folds == pytest.approx(20)
    assert np.isnan(two_way_components(SUBJECT)).all()


def test_one_subject_and_one_fold_have_no_spread():
    found = spread(SEED, ["fold_0"])
    assert found.over_seeds == pytest.approx(1)
    assert np.isnan([found.over_folds, found.over_subjects]).all()


def test_a_missing_error_is_refused():
    errors = np.ones((6, 2))
    errors[3, 1] = np.nan
    for function in (two_way_components, lambda values: spread(values, FOLDS)):
        with pytest.raises(ValueError, match="missing"):
            function(errors)
