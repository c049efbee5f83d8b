"""The rule of convergence on learning curves whose continuation is known."""

import numpy as np
import pytest

from contrast2map.statistics.convergence import of_halves

EPOCHS = np.arange(1, 61)
LIMIT = 0.05
# Errors that further training would lower by much, and errors that it would not.
UNDERTRAINED = {
    "power law": 0.3 * EPOCHS**-0.3,
    "power law to a floor": 0.03 + 0.5 * EPOCHS**-0.6,
    "slow exponential": 0.05 + 0.2 * np.exp(-EPOCHS / 50),
}
CONVERGED = {
    "constant": np.full(60, 0.06),
    "fast exponential": 0.05 + 0.2 * np.exp(-EPOCHS / 4),
    "overfitted": 0.05 + 0.1 * np.exp(-EPOCHS / 3) + 0.0002 * EPOCHS,
}


@pytest.mark.parametrize("exponent", [0.1, 0.5])
def test_a_power_law_gains_its_share_of_a_doubling(exponent):
    halves = of_halves(EPOCHS**-exponent)
    # The medians stand for epochs 25.5 and 55.5.
    assert halves.gain == pytest.approx(1 - (55.5 / 25.5) ** -exponent, rel=0.01)
    assert halves.first == pytest.approx(25.5**-exponent, rel=0.01)


@pytest.mark.parametrize("noise", [0, 0.03])
@pytest.mark.parametrize(("law", "errors"), UNDERTRAINED.items())
def test_a_training_that_still_improves_is_found(law, errors, noise):
    assert share_over_the_limit(errors, noise) >= 0.95


@pytest.mark.parametrize("noise", [0, 0.03])
@pytest.mark.parametrize(("law", "errors"), CONVERGED.items())
def test_a_training_that_has_ended_is_not_called_undertrained(law, errors, noise):
    assert share_over_the_limit(errors, noise) <= 0.05


def share_over_the_limit(errors, noise, n_draws=200):
    rng = np.random.default_rng(3)
    drawn = errors * np.exp(noise * rng.standard_normal((n_draws, len(errors))))
    return np.mean([of_halves(each).gain >= LIMIT for each in drawn])


def test_single_good_epochs_do_not_count_in_a_long_training():
    errors = CONVERGED["constant"].copy()
    errors[[25, 40, 52, 55, 59]] = 0.01
    assert of_halves(errors).gain == 0


def test_both_halves_have_the_same_number_of_epochs():
    assert of_halves([9.0, 8.0, 7.0, 1.0, 6.0, 5.0, 4.0]) == (7.0, 4.0, pytest.approx(3 / 7))
    assert of_halves([9.0, 8.0, 7.0, 7.0, 6.0, 5.0])[:2] == (7.0, 5.0)


@pytest.mark.parametrize("n_epochs", [0, 1, 5])
def test_few_epochs_are_not_judged(n_epochs):
    assert all(np.isnan(of_halves([0.1] * n_epochs)))
