"""Problems of scans and maps are found, and scans like the training data pass."""

from dataclasses import replace

import pytest

import bundles
from contrast2map.maps import limits, shipped
from contrast2map.maps.model import Range
from contrast2map.maps.verdict import (
    REMEDY_HERE,
    judge_contrast,
    judge_coverage,
    judge_map,
    judge_protocol,
    judge_spread,
    judge_told,
    judge_voxels,
)
from contrast2map.quality import messages
from contrast2map.study.findings import verdict

MODEL = bundles.model()
GOOD = dict(bundles.INTENSITIES)
GOOD_MS = {"T1": {"wm": 835, "gm": 1205, "csf": 2400}, "T2": {"wm": 70, "gm": 86, "csf": 150}}


def levels(found):
    return [each["level"] for each in found]


def test_a_scan_like_the_training_passes():
    sequence = {"TR_s": 1.95, "TE_s": 0.00302, "TI_s": 0.9}
    assert judge_protocol("mprage", sequence, MODEL, "a") == []
    assert judge_voxels("mprage", [1.0, 1.0, 1.3], MODEL, "a") == []
    assert judge_contrast("mprage", GOOD, MODEL, "a") == []
    assert judge_coverage(1.0, "a") == []
    for quantity in ("T1", "T2"):
        assert judge_map(quantity, GOOD_MS[quantity], MODEL) == []
    assert verdict([]) == "pass"


def test_an_unknown_protocol_warns_once_and_a_different_one_once_per_parameter():
    (found,) = judge_protocol("mprage", {}, MODEL, "a.nii.gz")
    assert found["level"] == "warn" and "TR, TE, TI unknown" in found["problem"]
    assert found["file"] == "a.nii.gz"
    sequence = {"TR_s": 2.3, "TE_s": 0.003, "TI_s": 0.9}
    (found,) = judge_protocol("mprage", sequence, MODEL, "a")
    assert "TR is 2.3 s, in the training scans 1.9 to 2 s" in found["problem"]


def test_thick_slices_warn():
    (found,) = judge_voxels("mprage", [0.5, 0.5, 5.0], MODEL, "a")
    assert found["level"] == "warn" and "0.5 × 0.5 × 5 mm" in found["problem"]


def test_a_contrast_beyond_the_training_warns_and_a_reversed_one_fails():
    (found,) = judge_contrast("gre", GOOD | {"csf": 0.6}, MODEL, "a")
    assert found["level"] == "warn" and "CSF 0.60 (training 0.30)" in found["problem"]
    (found,) = judge_contrast("gre", GOOD | {"gm/wm": 1.2}, MODEL, "a")
    assert (
        found["level"] == "fail"
        and "reversed contrast: grey over white matter 1.20" in found["problem"]
    )


def test_missing_brain_warns_and_much_of_it_fails():
    assert levels(judge_coverage(0.95, "a")) == ["warn"]
    assert levels(judge_coverage(0.5, "a")) == ["fail"]


@pytest.mark.parametrize(
    ("value", "level"), [(930, "warn"), (1300, "fail"), (500, "fail"), (None, "fail")]
)
def test_relaxation_times_beyond_the_training_warn_and_implausible_ones_fail(value, level):
    (found,) = judge_map("T1", GOOD_MS["T1"] | {"wm": value}, MODEL)
    assert found["level"] == level and "white matter" in found["problem"]


def test_folds_that_disagree_warn_but_an_unknown_spread_does_not():
    measures = {"maps": GOOD_MS, "spread": {"T1": {"wm": 60.0, "gm": 12.0, "csf": 300.0}}}
    (found,) = judge_spread("T1", measures, MODEL)
    assert found["level"] == "warn" and "disagree by 60.0 ms" in found["problem"]
    assert judge_spread("T2", measures, MODEL) == []


def test_a_range_over_few_subjects_is_widened():
    trained = Range(mean=1.0, sd=0.0, low=1.0, high=1.0, n=1)
    assert not limits.is_beyond(1.09, trained, "intensities")
    assert limits.is_beyond(1.12, trained, "intensities")
    assert not limits.is_beyond(1.12, replace(trained, sd=0.07), "intensities")


def test_a_quantity_that_the_scans_do_not_tell_is_a_warning_not_a_failure():
    model = shipped.open_model()
    told = {"wm": 0.0, "gm": 0.3, "csf": 1.0}
    found = judge_told("T2", told, model)
    assert levels(found) == ["warn", "warn"] and "T2 of white matter: 100 %" in found[0]["problem"]
    assert judge_told("T2", {"wm": 0.9, "gm": None, "csf": 0.0}, model) == []
    medians_ms = {"wm": None, "gm": 80, "csf": 500}
    assert judge_map("T2", medians_ms, model, told) == []
    assert levels(judge_map("T2", medians_ms, model, told | {"wm": 0.1})) == ["fail"]


def test_a_protocol_that_was_never_learned_fails():
    model = shipped.open_model()
    trained = replace(model.trained, protocol={"flair": model.learned["flair"]})
    model = replace(model, trained=trained)
    (found,) = judge_protocol("flair", {"TR_s": 14.0, "TE_s": 0.1, "TI_s": 12.0}, model, "a")
    assert found["level"] == "fail" and "TI is 12 s" in found["problem"]
    (found,) = judge_protocol("flair", {"TR_s": 9.0, "TE_s": 0.1}, model, "a")
    assert found["level"] == "warn" and "intervals wider" in found["problem"]


def test_no_remedy_names_a_setting_of_a_study():
    for remedy in (messages.REGISTER, messages.MASK, messages.SEGMENT):
        assert "cohort.provided" in remedy and "cohort" not in REMEDY_HERE[remedy]
    known = {words.remedy for words in messages.WORDS.values()}
    assert set(REMEDY_HERE) <= known
    assert not [remedy for remedy in known - set(REMEDY_HERE) if "cohort." in remedy]
