"""Measures of a subject, and the findings where a measure is beyond its limit."""

import numpy as np
import pytest

import phantoms
from contrast2map.imaging.masks import TISSUE_LABELS
from contrast2map.preprocessing import registration
from contrast2map.quality import measures, messages
from contrast2map.quality.judgement import failed_steps, judge_measures, unregistered_scans
from contrast2map.quality.limits import limit_of
from contrast2map.study.findings import verdict

SHAPE, VOXEL_MM = (56, 64, 48), (3.0, 3.0, 3.0)
AFFINE = phantoms.affine_around(SHAPE, VOXEL_MM)
ORDER = ["csf", "gm", "wm"]


@pytest.fixture(scope="module")
def brain():
    return phantoms.radius(SHAPE, AFFINE) < 1


@pytest.fixture(scope="module")
def tissue():
    return phantoms.brain(SHAPE, VOXEL_MM)[1]


@pytest.fixture(scope="module")
def scan():
    return phantoms.brain(SHAPE, VOXEL_MM)[0]


@pytest.fixture
def good(brain, tissue, scan):
    """Measures of a subject without problems."""
    matrix = np.eye(4)
    found = registration.Registration(matrix, 1.0, 2.0, 0.99, 0.15, 0.1, 1.8).numbers()
    measured = measures.measure_registration({"mprage": found, "flair": found}, "mprage")
    measured |= measures.measure_brain(brain, AFFINE)
    measured |= measures.measure_tissue(scan, tissue)
    measured |= measures.measure_contrast(scan, brain, tissue, ORDER, "mprage")
    measured["n_slices"] = 40
    maps_s = {"T1": np.array([0, 4, 1.2, 0.8])[tissue], "T2": np.array([0, 2, 0.09, 0.07])[tissue]}
    return measured | measures.measure_reference(maps_s, tissue, tissue > 0)


def findings_of(measured, limits):
    return judge_measures(measured, limits, target="mprage")


def test_a_subject_without_problems_passes(good, default_config):
    findings = findings_of(good, default_config["quality"])
    assert findings == [] and verdict(findings) == "pass"


def test_every_limit_has_its_measure_and_its_words(good, default_config):
    limits = default_config["quality"]
    for name in limits:
        assert name in messages.WORDS
        assert any(limit_of(measure, limits) is limits[name] for measure in good)


@pytest.mark.parametrize(
    ("measure", "value", "said"),
    [
        ("flair_distinctness", 1.0, "another subject, is mirrored, or was not registered"),
        ("flair_overlap", 0.1, "flair covers too little of the head in mprage"),
        ("flair_rotation_deg", 90.0, "flair is rotated relative to mprage: 90 °"),
        ("brain_volume_ml", 0.0, "brain volume: 0 ml ("),
        ("brain_protruding_share", 0.3, "leak"),
        ("gre_tissue_order", -2.0, "gre looks like another contrast"),
        ("n_slices", 0, "too few usable slices: 0"),
        ("reference_T1_wm_s", 823.0, "T1 of white matter: 823 s"),
    ],
)
def test_a_measure_beyond_its_limit_fails_with_its_reason(
    good, default_config, measure, value, said
):
    findings = findings_of(good | {measure: value}, default_config["quality"])
    assert verdict(findings) == "fail"
    (finding,) = findings
    assert said in finding["problem"] and finding["remedy"]
    assert set(finding) == {"level", "file", "problem", "remedy"}
    assert "{" not in finding["problem"] + finding["file"]


def test_failures_come_before_warnings(good, default_config):
    changed = good | {"brain_cut_share": 0.5, "flair_overlap": 0.0}
    findings = findings_of(changed, default_config["quality"])
    assert [finding["level"] for finding in findings] == ["fail", "warn"]
    assert findings[0]["file"] == "registered_flair.nii.gz"


def test_a_brains_measures_are_those_of_an_ellipsoid(brain):
    measured = measures.measure_brain(brain, AFFINE)
    volume_ml = 4 / 3 * np.pi * np.prod(phantoms.SEMI_AXES_MM) / 1000
    assert abs(measured["brain_volume_ml"] / volume_ml - 1) < 0.02
    assert measured["brain_cut_share"] == 0
    assert measured["brain_asymmetry"] < 0.03 and measured["brain_protruding_share"] < 0.03


def test_rotation_does_not_change_the_symmetry_of_a_brain(brain):
    x, y, z = np.indices(SHAPE)
    centre = np.argwhere(brain).mean(axis=0)
    c, s = np.cos(np.deg2rad(20)), np.sin(np.deg2rad(20))
    u = c * (x - centre[0]) + s * (y - centre[1])
    v = -s * (x - centre[0]) + c * (y - centre[1])
    a, b, h = phantoms.SEMI_AXES_MM / VOXEL_MM
    turned = (u / a) ** 2 + (v / b) ** 2 + ((z - centre[2]) / h) ** 2 < 1
    assert measures.measure_brain(turned, AFFINE)["brain_asymmetry"] < 0.04


def test_a_cut_brain_a_leak_and_a_missing_hemisphere_are_detected(brain):
    middle = SHAPE[2] // 2
    assert measures.measure_brain(brain[:, :, middle:], AFFINE)["brain_cut_share"] > 0.95
    leaking = brain.copy()
    leaking[:, 30:34] = True  # a sheet of 12 mm
    assert measures.measure_brain(leaking, AFFINE)["brain_protruding_share"] > 0.06
    lost = brain.copy()
    lost[: SHAPE[0] // 2, :30] = False
    assert measures.measure_brain(lost, AFFINE)["brain_asymmetry"] > 0.15


def test_an_empty_mask_has_a_volume_and_no_tissue(tissue, scan):
    empty = np.zeros(SHAPE)
    assert measures.measure_brain(empty, AFFINE) == {"brain_volume_ml": 0.0}
    assert measures.measure_tissue(scan, empty) == {}
    assert measures.measure_contrast(scan, empty, empty, ORDER, "flair") == {}
    assert measures.measure_reference({"T1": scan}, empty, empty) == {}


def test_the_order_of_the_tissues_distinguishes_t1_from_t2_weighted_scans(brain, tissue, scan):
    t2_weighted = np.where(tissue > 0, 130 - scan, 0)
    for values, order, right in (
        (scan, ORDER, True),
        (t2_weighted, ORDER[::-1], True),
        (t2_weighted, ORDER, False),
        (scan, ORDER[::-1], False),
    ):
        measured = measures.measure_contrast(values, brain, tissue, order, "a")["a_tissue_order"]
        assert (measured > 1) == right and (measured < -1.2) != right


def test_voxels_without_signal_are_counted_in_the_brain(brain, tissue, scan):
    half = scan.copy()
    half[:, : SHAPE[1] // 2] = 0
    measured = measures.measure_contrast(half, brain, tissue, ORDER, "gre")
    assert abs(measured["gre_dark_share"] - 0.5) < 0.05


def test_contrast_to_noise_falls_with_noise(tissue, scan, rng):
    noisy = scan + rng.normal(0, 30, scan.shape)
    measured = [measures.measure_tissue(values, tissue) for values in (scan, noisy)]
    assert measured[0]["gm_wm_contrast_to_noise"] > 2 * measured[1]["gm_wm_contrast_to_noise"]
    shares = [measured[0][f"{name}_share"] for name in TISSUE_LABELS]
    assert abs(sum(shares) - 1) < 1e-9


def test_failed_steps_are_failures():
    findings = failed_steps(
        {"flair": {"problem": "no head"}, "gre": {"problem": None}},
        {"brain_extraction": {"problem": "no brain"}, "tissue_segmentation": {"problem": None}},
    )
    assert [finding["level"] for finding in findings] == ["fail", "fail"]
    assert "flair was not registered: no head" in findings[0]["problem"]
    assert findings[1]["file"] == "brain_mask.nii.gz" and "no brain" in findings[1]["problem"]


def test_scans_that_were_not_registered_are_named(default_config):
    findings = failed_steps({"flair": {"problem": "no head"}}, {})
    findings += judge_measures({"gre_distinctness": 0.5}, default_config["quality"], "mprage")
    assert unregistered_scans(findings, ["gre", "flair", "t2w"]) == ["gre", "flair"]
    assert unregistered_scans([], ["gre"]) == []


def test_what_a_program_said_is_a_warning_that_blames_the_program():
    [finding] = failed_steps(
        {}, {"brain_extraction": {"problem": None, "warning": "FSL's bet said: dc: not found"}}
    )
    assert finding["level"] == "warn" and "FSL's bet said: dc" in finding["problem"]
    assert "fix its installation" in finding["remedy"]


def test_a_scan_without_an_expected_order_has_no_measure_of_it(brain, tissue, scan):
    measured = measures.measure_contrast(scan, brain, tissue, None, "own")
    assert set(measured) == {"own_dark_share"}
