"""Voxel-wise regression: the voxels drawn, the fit, reproducibility."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from contrast2map.learning import regression
from contrast2map.preprocessing.slices import Slices

CONTRASTS, QUANTITIES = ["mprage", "gre"], ["T1", "T2"]
BOOSTING = {"n_iterations": 30, "learning_rate": 0.2, "max_leaf_nodes": 15, "seed": 1}


def make_subject(seed, shape=(3, 12, 10)):
    """A subject whose T1 is linear and whose T2 is a step in the intensities."""
    rng = np.random.default_rng(seed)
    inputs = rng.random((*shape, 2), dtype=np.float32)
    T1 = 0.1 + 0.5 * inputs[..., 0] + 0.25 * inputs[..., 1]
    T2 = np.where(inputs[..., 0] > 0.5, 0.3, 0.1) + 0.01 * inputs[..., 1]
    brain = np.zeros(shape, bool)
    brain[:, 2:10, 2:8] = True
    maps = np.stack([T1, T2], axis=-1).astype(np.float32) * brain[..., None]
    return Slices(inputs, CONTRASTS, maps, QUANTITIES, brain, np.arange(shape[0]))


@pytest.fixture
def subjects():
    return {f"{number:02d}": make_subject(number) for number in (1, 2, 3)}


def generators(subjects):
    return {subject: np.random.default_rng(int(subject)) for subject in subjects}


def draw(subjects, n_voxels, contrasts=CONTRASTS):
    return regression.draw_voxels(subjects, contrasts, n_voxels, generators(subjects))


def fitted(make, subjects, n_voxels=300):
    return regression.fit(make, *draw(subjects, n_voxels), CONTRASTS, QUANTITIES)


def test_each_subject_contributes_the_same_number_of_voxels_without_replacement(subjects):
    features, targets = draw(subjects, 100)
    assert features.shape == (99, 2) and targets.shape == (99, 2)
    assert len(np.unique(features, axis=0)) == 99
    for number, stored in enumerate(subjects.values()):
        own = stored.inputs[stored.brain]
        for voxel in features[33 * number : 33 * (number + 1)]:
            assert (own == voxel).all(axis=1).any()


def test_a_subject_with_few_voxels_contributes_all_and_the_others_as_many(subjects):
    subjects["02"].brain[1:] = False
    features, _ = draw(subjects, 3000)
    assert len(features) == 3 * 48
    own = subjects["02"].inputs[0, 2:10, 2:8].reshape(-1, 2)
    np.testing.assert_array_equal(np.sort(features[48:96], axis=0), np.sort(own, axis=0))


def test_intensities_stay_with_the_maps_of_their_voxel_and_are_looked_up_by_name(subjects):
    features, targets = draw(subjects, 300, ["gre", "mprage"])
    expected = 0.1 + 0.5 * features[:, 1] + 0.25 * features[:, 0]
    np.testing.assert_allclose(targets[:, 0], expected, rtol=1e-5)


def test_a_voxel_without_a_reference_value_is_not_drawn(subjects):
    subjects["01"].maps[0, ..., 1] = 0
    usable = regression.usable_voxels(subjects["01"])
    assert not usable[0].any() and usable[1:].sum() == 2 * 48
    assert draw(subjects, 3000)[1].min() > 0


def test_the_voxels_of_a_subject_do_not_depend_on_the_other_subjects(subjects):
    two = {subject: subjects[subject] for subject in ("01", "03")}
    np.testing.assert_array_equal(draw(subjects, 90)[0][60:], draw(two, 60)[0][30:])


def test_a_subject_without_voxels_and_too_few_voxels_are_refused(subjects):
    with pytest.raises(ValueError, match="n_training_voxels: 2 .*3 training subjects.*raise"):
        draw(subjects, 2)
    subjects["02"].maps[:] = 0
    with pytest.raises(ValueError, match="sub-02 has no brain voxel with a reference value"):
        draw(subjects, 90)


def test_linear_regression_finds_a_linear_relation_exactly(subjects):
    held_out = make_subject(9)
    predicted = regression.predict(fitted(regression.linear_regression, subjects), held_out)
    np.testing.assert_allclose(predicted[..., 0], held_out.maps[..., 0], atol=1e-5)


def test_gradient_boosting_finds_a_step_that_linear_regression_cannot(subjects):
    held_out = make_subject(9)
    errors = {}
    for name, make in (
        ("linear", regression.linear_regression),
        ("boosting", partial(regression.gradient_boosting, **BOOSTING)),
    ):
        predicted = regression.predict(fitted(make, subjects), held_out)
        errors[name] = np.abs(predicted - held_out.maps)[held_out.brain][:, 1].mean()
    assert errors["boosting"] < 0.01 < 0.03 < errors["linear"]


def test_gradient_boosting_is_fitted_to_the_absolute_error():
    features = np.zeros((100, 1), np.float32)  # a constant feature allows no split
    targets = np.array([[0.1]] * 80 + [[0.9]] * 20, np.float32)
    make = partial(regression.gradient_boosting, **BOOSTING)
    model = regression.fit(make, features, targets, ["mprage"], ["T1"])
    assert model.estimators[0].predict(features[:1]) == pytest.approx(0.1)


def test_gradient_boosting_uses_all_trees_without_early_stopping():
    rng = np.random.default_rng(1)
    features, targets = rng.random((2000, 1)), rng.random((2000, 1))  # nothing to learn
    make = partial(regression.gradient_boosting, **BOOSTING | {"n_iterations": 60})
    model = regression.fit(make, features, targets, ["mprage"], ["T1"])
    assert model.estimators[0].n_iter_ == 60


@pytest.mark.parametrize("learning_rate", [1.0, 0.5])
def test_number_of_leaves_and_learning_rate_of_a_tree_are_the_configured_ones(learning_rate):
    features = np.linspace(0, 1, 1001)[:, None]
    settings = {"n_iterations": 1, "learning_rate": learning_rate, "max_leaf_nodes": 2, "seed": 1}
    make = partial(regression.gradient_boosting, **settings)
    model = regression.fit(make, features, features, ["mprage"], ["T1"])
    steps = np.unique(model.estimators[0].predict(features).round(6))
    # The median and the medians of the two halves.
    expected = 0.5 + learning_rate * np.array([-0.25, 0.25])
    np.testing.assert_allclose(steps, expected, atol=0.01)


def test_prediction_looks_contrasts_up_by_name(subjects):
    drawn = draw(subjects, 300, ["gre", "mprage"])
    model = regression.fit(regression.linear_regression, *drawn, ["gre", "mprage"], QUANTITIES)
    held_out = make_subject(9)
    predicted = regression.predict(model, held_out)
    np.testing.assert_allclose(predicted[..., 0], held_out.maps[..., 0], atol=1e-5)


def test_same_seed_gives_the_same_bytes(subjects):
    for make in (
        regression.linear_regression,
        partial(regression.gradient_boosting, **BOOSTING),
    ):
        first, second = (
            regression.predict(fitted(make, subjects), make_subject(9)) for _ in range(2)
        )
        assert first.tobytes() == second.tobytes()


def test_a_map_is_0_outside_the_brain_and_needs_no_reference(subjects):
    held_out = make_subject(9)
    model = fitted(regression.linear_regression, subjects)
    predicted = regression.predict(model, held_out)
    assert predicted.dtype == np.float32 and predicted.shape == (3, 12, 10, 2)
    assert predicted[~held_out.brain].max() == 0 and predicted[held_out.brain].min() > 0
    held_out.maps[:] = 0
    np.testing.assert_array_equal(regression.predict(model, held_out), predicted)


def test_quantities_in_another_order_are_refused(subjects):
    model = fitted(regression.linear_regression, subjects)
    other = replace(make_subject(9), quantities=["T2", "T1"])
    with pytest.raises(ValueError, match=r"\['T1', 'T2'\].*\['T2', 'T1'\]"):
        regression.predict(model, other)
