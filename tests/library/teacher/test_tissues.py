"""Random persons: wide, independent, and lifelike."""

import numpy as np
import pytest

from contrast2map.imaging.signal_equations import simulate_signal
from contrast2map.teacher.settings import TeacherSettings
from contrast2map.teacher.tissues import (
    KEPT_BY_TRANSFER,
    LABELS,
    LIFELIKE,
    T2_OF_SOURCES,
    TISSUES,
    WIDE,
    draw_person,
    tissue_numbers,
    water_of,
)


def persons(share_lifelike, n=300, field_strength_T=3.0, **settings):
    rng = np.random.default_rng(7)
    settings = TeacherSettings(share_lifelike=share_lifelike, **settings)
    return [draw_person(rng, field_strength_T, settings) for _ in range(n)]


def times(drawn, quantity, tissue):
    return np.array([getattr(person, quantity)[TISSUES.index(tissue)] for person in drawn])


@pytest.mark.parametrize(
    ("tissue", "kind"), [("wm", "white"), ("cortex", "grey"), ("csf", "fluid")]
)
def test_wide_draws_fill_their_ranges(tissue, kind):
    drawn = persons(0.0)
    for quantity, (low, high) in zip(("T1_s", "T2_s", "PD"), WIDE[kind], strict=True):
        values = times(drawn, quantity, tissue)
        assert low * 0.999 <= values.min() < low * 1.1
        assert high * 0.9 < values.max() <= high * 1.001


def test_wide_draws_of_tissues_and_quantities_are_independent():
    drawn = persons(0.0)
    columns = [
        times(drawn, q, t) for q in ("T1_s", "T2_s", "PD") for t in ("wm", "cortex", "putamen")
    ]
    correlation = np.corrcoef(np.log(columns)) - np.eye(9)
    assert np.abs(correlation).max() < 0.2


@pytest.mark.parametrize("field_T", [1.5, 3.0])
def test_water_of_tissue_follows_its_T1(field_T):
    drawn = persons(0.0, field_strength_T=field_T, share_by_water=1.0)
    for tissue in ("wm", "cortex", "putamen"):
        T1_s, PD = times(drawn, "T1_s", tissue), times(drawn, "PD", tissue)
        deviation = np.log(PD / np.minimum(water_of(T1_s, field_T), 1.05))
        assert np.abs(deviation).mean() < 0.03
        assert np.corrcoef(1 / T1_s, 1 / PD)[0, 1] > 0.9
    assert np.corrcoef(times(drawn, "T1_s", "wm"), times(drawn, "PD", "cortex"))[0, 1] < 0.2


@pytest.mark.parametrize("field", [0, 1], ids=["1.5 T", "3 T"])
def test_water_is_right_where_it_is_known(field):
    # White and grey matter by construction; CSF is water, and was not fitted.
    T1_s = {name: values[field] for name, values in LIFELIKE.items()}
    field_T = (1.5, 3.0)[field]
    assert water_of(T1_s["wm"], field_T) == pytest.approx(0.70)
    assert water_of(T1_s["cortex"], field_T) == pytest.approx(0.82)
    assert water_of(T1_s["ventricles"], field_T) == pytest.approx(1.0, abs=0.03)


def test_lifelike_draws_surround_the_literature_and_share_deviations():
    drawn = persons(1.0)
    wm, gm = times(drawn, "T1_s", "wm"), times(drawn, "T1_s", "cortex")
    assert np.median(wm) == pytest.approx(LIFELIKE["wm"][1], rel=0.03)
    assert np.median(gm) == pytest.approx(LIFELIKE["cortex"][1], rel=0.03)
    assert np.corrcoef(np.log(wm), np.log(gm))[0, 1] > 0.35
    at_low_field = times(persons(1.0, field_strength_T=1.5), "T1_s", "wm")
    assert np.median(at_low_field) == pytest.approx(LIFELIKE["wm"][0], rel=0.03)


def test_deep_grey_matter_reaches_from_one_source_to_the_other(default_config):
    # Thalamus of the cohort: Table 2 of Qiu et al. (2022) with the PD of config.yaml.
    cohort = default_config["simulation"]["tissues"]
    for place in (0.0, 1.0):
        drawn = persons(1.0, lifelike_sd=(0.03, 0.03), deep_grey=(place, place))
        for tissue in ("thalamus", "putamen"):
            wanted = (
                LIFELIKE[tissue][1::3]
                if place == 0
                else (
                    cohort[tissue]["T1_s"],
                    cohort[tissue]["PD"],
                )
            )
            found = [np.median(times(drawn, name, tissue)) for name in ("T1_s", "PD")]
            assert found == pytest.approx(wanted, rel=0.02)
        assert np.median(times(drawn, "T1_s", "wm")) == pytest.approx(0.85, rel=0.02)


def test_deep_grey_matter_lies_anywhere_in_its_range():
    drawn = persons(1.0, lifelike_sd=(0.001, 0.001), deep_grey=(-0.3, 1.2))
    T1_s = times(drawn, "T1_s", "thalamus") / LIFELIKE["thalamus"][1]
    assert T1_s.min() < 0.83 < 1.04 < T1_s.max()


def test_T2_lies_anywhere_between_its_sources_by_kind():
    drawn = persons(1.0, lifelike_sd=(0.001, 0.001), T2_of_sources=True)
    factors = {
        name: times(drawn, "T2_s", name) / LIFELIKE[name][3]
        for name in ("wm", "brainstem", "cortex", "putamen", "csf")
    }
    for name, kind in (("wm", "white"), ("cortex", "grey")):
        low, high = T2_OF_SOURCES[kind]
        assert low * 0.99 < factors[name].min() < low * 1.03
        assert high * 0.97 < factors[name].max() < high * 1.01
    np.testing.assert_allclose(factors["wm"], factors["brainstem"], rtol=0.02)
    np.testing.assert_allclose(factors["cortex"], factors["putamen"], rtol=0.02)
    assert abs(np.corrcoef(factors["wm"], factors["cortex"])[0, 1]) < 0.2
    np.testing.assert_allclose(factors["csf"], 1, rtol=0.02)
    # T1 stays what it is.
    np.testing.assert_allclose(times(drawn, "T1_s", "wm"), LIFELIKE["wm"][1], rtol=0.02)


@pytest.mark.parametrize("field", [0, 1], ids=["1.5 T", "3 T"])
def test_deep_grey_matter_is_as_visible_as_in_real_T1w_heads(default_config, field):
    # Putamen and thalamus over white matter in the ICBM152 average of 152 T1-weighted heads.
    sequence = default_config["contrasts"][0]["sequence"]
    parameters = {k: v for k, v in sequence.items() if k != "type"}
    signals = {
        name: float(
            simulate_signal("mprage", values[field], values[2 + field], values[4], 1.0, parameters)
        )
        for name, values in LIFELIKE.items()
    }
    for name, ratio in (("putamen", 0.85), ("thalamus", 0.83)):
        assert signals[name] / signals["wm"] == pytest.approx(ratio, rel=0.03)
    assert signals["cortex"] / signals["wm"] == pytest.approx(0.74, rel=0.05)


def test_white_matter_keeps_as_much_signal_as_measured():
    # Malik et al. (2018): 0.70 to 0.80 of white matter, 0.75 to 0.84 of caudate in 15 slices.
    drawn = persons(0.0)
    kept = 1 - times(drawn, "transfer", "wm")
    assert kept.min() < 0.70 < 0.80 < kept.max()
    assert np.quantile(1 - times(drawn, "transfer", "csf"), [0, 1]) == pytest.approx(
        KEPT_BY_TRANSFER["fluid"], abs=0.005
    )


def test_every_label_has_one_tissue():
    labels = [label for group in LABELS.values() for label in group]
    assert len(labels) == len(set(labels))
    numbers = tissue_numbers()
    assert [TISSUES[numbers[label]] for label in (2, 42, 24, 12, 999)] == [
        "wm",
        "cortex",
        "csf",
        "putamen",
        "air",
    ]
