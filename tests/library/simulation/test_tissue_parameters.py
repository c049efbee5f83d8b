"""Tissue parameters of subjects and lesions have the configured means, SDs and correlations."""

import numpy as np
import pytest

from contrast2map.simulation.tissue_parameters import TissueStatistics, draw_lesions, draw_tissues

N_SUBJECTS = 3000


@pytest.fixture(scope="module")
def tissues(default_config):
    sections = default_config["simulation"]["tissues"]
    return {name: TissueStatistics(**section) for name, section in sections.items()}


@pytest.fixture(scope="module")
def drawn(tissues):
    rng = np.random.default_rng(0)
    return [draw_tissues(rng, tissues, 0.3) for _ in range(N_SUBJECTS)]


def values(drawn, tissue, key):
    return np.array([getattr(subject[tissue], key) for subject in drawn])


@pytest.mark.parametrize("tissue", ["gm", "wm", "csf", "fat"])
@pytest.mark.parametrize("quantity", ["T1", "T2"])
def test_subjects_have_the_mean_and_sd_of_the_configuration(drawn, tissues, tissue, quantity):
    found = values(drawn, tissue, f"{quantity}_s")
    mean_s, sd_s = tissues[tissue].of(quantity)
    assert found.mean() == pytest.approx(mean_s, abs=4 * sd_s / np.sqrt(N_SUBJECTS))
    assert found.std() == pytest.approx(sd_s, rel=0.06)


def test_two_tissues_of_a_subject_correlate_but_t1_and_t2_do_not(drawn):
    def correlation(first, second):
        return np.corrcoef(values(drawn, *first), values(drawn, *second))[0, 1]

    assert correlation(("gm", "T1_s"), ("wm", "T1_s")) == pytest.approx(0.3, abs=0.06)
    assert correlation(("putamen", "T2_s"), ("csf", "T2_s")) == pytest.approx(0.3, abs=0.06)
    assert correlation(("gm", "T1_s"), ("gm", "T2_s")) == pytest.approx(0, abs=0.06)


def test_proton_density_and_mean_lesion_are_equal_in_all_subjects(drawn, tissues):
    assert set(values(drawn, "gm", "PD")) == {tissues["gm"].PD}
    assert set(values(drawn, "lesion", "T1_s")) == {tissues["lesion"].T1_s}
    assert set(values(drawn, "skull", "T2_s")) == {tissues["skull"].T2_s}


def test_a_relaxation_time_never_falls_below_a_fifth_of_its_mean():
    wild = {"gm": TissueStatistics(T1_s=1.0, T1_sd_s=2.0, T2_s=0.1, T2_sd_s=0.2, PD=1.0)}
    rng = np.random.default_rng(0)
    found = [draw_tissues(rng, wild, 0.5)["gm"] for _ in range(200)]
    assert min(tissue.T1_s for tissue in found) == pytest.approx(0.2)
    assert min(tissue.T2_s for tissue in found) == pytest.approx(0.02)


def test_lesion_factors_have_mean_1_the_relative_sd_and_correlated_t1_and_t2(tissues):
    factors = draw_lesions(np.random.default_rng(0), tissues["lesion"], 4000)
    assert factors["T1"].shape == (4001,) and factors["T1"][0] == factors["T2"][0] == 1
    for quantity in ("T1", "T2"):
        mean_s, sd_s = tissues["lesion"].of(quantity)
        relative_sd = sd_s / mean_s
        assert factors[quantity][1:].mean() == pytest.approx(1, abs=0.02)
        assert factors[quantity][1:].std() == pytest.approx(relative_sd, rel=0.06)
    assert np.corrcoef(factors["T1"][1:], factors["T2"][1:])[0, 1] == pytest.approx(0.64, abs=0.05)


def test_a_subject_without_lesions_has_only_the_factor_1(tissues):
    factors = draw_lesions(np.random.default_rng(0), tissues["lesion"], 0)
    assert {name: list(values) for name, values in factors.items()} == {"T1": [1.0], "T2": [1.0]}
