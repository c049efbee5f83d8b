"""The report's parts: pictures, settings, verdicts, one page."""

import base64
import io
import json
import re

import jinja2
import numpy as np
import pandas as pd
import pytest
from markupsafe import Markup
from PIL import Image

from contrast2map.report import page, verdicts
from contrast2map.report.subjects import describe_subjects
from contrast2map.study.subject_paths import by_subject
from project import ROOT

REPORT = ROOT / "report"


def png(width, height=10):
    written = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(written, "PNG")
    return written.getvalue()


def size_of(uri):
    data = base64.b64decode(uri.removeprefix("data:image/png;base64,"))
    return Image.open(io.BytesIO(data)).size


def test_a_picture_that_fits_is_not_resized():
    assert size_of(page.data_uri(png(100), 200)) == (100, 10)


def test_a_picture_that_is_too_wide_is_shrunk():
    assert size_of(page.data_uri(png(400, 20), 200)) == (200, 10)


def test_settings_are_flattened_with_their_names():
    tree = {"a": {"b": 1, "c": [1, 2]}, "d": [{"name": "x", "n": None}], "e": {}}
    assert page.flatten(tree) == [
        ("a.b", "1"),
        ("a.c", "[1, 2]"),
        ("d.x.name", "x"),
        ("d.x.n", "null"),
    ]


def test_values_are_escaped():
    assert page.render("{{ x }}", x="<script>") == "&lt;script&gt;"


def test_a_name_that_is_missing_is_an_error():
    with pytest.raises(jinja2.UndefinedError):
        page.render("{{ y }}", x=1)


def test_template_and_style_load_nothing_from_elsewhere():
    for text in (
        *((REPORT / name).read_text() for name in ("index.html.j2", "sort.js")),
        page.style(),
    ):
        for request in ('src="http', "@import", "url(", "<script src", "<link"):
            assert request not in text


def test_a_clearly_smaller_error_is_better_and_a_larger_one_worse():
    network_ms = np.array([50.0, 52, 49, 51])
    assert verdicts.compare_errors(network_ms, network_ms + [9, 10, 11, 12])[0] == "better"
    assert verdicts.compare_errors(network_ms, network_ms - [9, 10, 11, 12])[0] == "worse"


@pytest.mark.parametrize("other_ms", [[50.0, 52.0], [60.0, 40.0]])
def test_errors_without_a_significant_difference_are_equal(other_ms):
    assert verdicts.compare_errors([50.0, 52.0], other_ms)[0] == "equal"


@pytest.mark.parametrize("errors_ms", [([50.0], [90.0]), ([50.0, 52.0], [51.0, 53.0])])
def test_errors_that_cannot_be_tested_give_no_verdict(errors_ms):
    assert verdicts.compare_errors(*errors_ms)[0] == "untested"


def errors_of_three(against, shift_ms):
    """Subjects' errors of 50 to 52 ms, each predictor's shifted more from subject to subject."""
    return pd.DataFrame(
        {
            "subject": subject,
            "predictor": predictor,
            "against": each,
            "quantity": quantity,
            "region": "excluding_csf",
            "convention": convention,
            "mae_ms": 50 + number + shift * (1 + number / 10),
        }
        for number, subject in enumerate(("01", "02", "03"))
        for predictor, shift in shift_ms.items()
        for each in against
        for quantity in ("T1", "T2")
        for convention in ("paper", "brain")
    )


def test_a_template_is_filled_with_its_parts_and_a_missing_name_is_an_error():
    parts = {"part.j2": "{{ word }} & {{ html }}"}
    filled = page.render('{% include "part.j2" %}!', parts, word="<a>", html=Markup("<b>x</b>"))
    assert filled == "&lt;a&gt; & <b>x</b>!"
    with pytest.raises(jinja2.UndefinedError):
        page.render('{% include "part.j2" %}', parts, word="a")


def test_verdicts_cover_each_quantity_and_every_baseline():
    network = "network_x_seed-1"
    errors = errors_of_three(
        ["reference"], {network: 0, "cohort_mean": 20, "linear_regression": -20}
    )
    found = verdicts.error_verdicts(errors, [network, "cohort_mean", "linear_regression"], True)
    assert [verdict.word for verdict in found] == ["better", "better"]
    assert "3 simulated subjects: network 51.0 ms; tissue mean 73.0 ms" in found[0].sentence
    assert "linear regression 29.0 ms (the network is less accurate, P = " in found[0].sentence
    assert "itself" not in found[0].sentence


def test_relative_to_the_truth_the_network_is_compared_with_its_training_target():
    network = "network_x_seed-1"
    errors = errors_of_three(
        ["truth", "reference"], {network: 0, "cohort_mean": 20, "reference": 30}
    )
    found = verdicts.error_verdicts(errors, [network, "cohort_mean"], True)
    assert len(found) == 4
    assert "the reference map itself 84.0 ms (the network is more accurate, P" in found[0].sentence
    assert found[0].sentence.startswith("Voxels, T1 vs truth")


def region_means_of(errors_ms, truth_ms=None):
    """Region means of predictors that are off by some ms in every region of each subject."""
    return pd.DataFrame(
        {
            "subject": f"{number:02d}",
            "predictor": predictor,
            "quantity": quantity,
            "region": region,
            "predicted_ms": 1000.0 + error_ms,
            "reference_ms": 1000.0,
            "truth_ms": truth_ms,
        }
        for predictor, errors in errors_ms.items()
        for number, error_ms in enumerate(errors)
        for quantity in ("T1", "T2")
        for region in ("gm", "wm", "putamen", "thalamus")
    )


def test_subjects_are_judged_by_their_region_means():
    means = region_means_of(
        {"network_x_seed-1": [-30, 31, 29, 33], "cohort_mean": [5, -6, 5, 4]}, truth_ms=1002.0
    )
    found = verdicts.person_verdicts(means, ["network_x_seed-1", "cohort_mean"], True)
    assert [verdict.word for verdict in found] == ["worse"] * 4
    assert found[0].sentence.startswith("Region means, T1 vs truth")
    assert "4 simulated subjects: network 29.8 ms; tissue mean 4.0 ms" in found[0].sentence
    assert "the reference map itself 2.0 ms" in found[0].sentence
    assert "network 30.8 ms; tissue mean 5.0 ms (the network is less accurate" in found[2].sentence


def test_a_subject_without_one_of_the_regions_is_not_counted():
    means = region_means_of({"network_x_seed-1": [30, 31, 900], "cohort_mean": [5, 6, 5]})
    missing = (means["subject"] == "02") & (means["region"] == "wm")
    means.loc[missing, ["predicted_ms", "reference_ms"]] = np.nan
    found = verdicts.person_verdicts(means, ["network_x_seed-1", "cohort_mean"], False)
    assert "over 2 subjects: network 30.5 ms" in found[0].sentence


@pytest.mark.parametrize(
    "errors_ms, word",
    [([10, -10, 5], "within"), ([60, -60, 0], "outside"), ([20, 21, 22], "outside")],
)
def test_limits_of_network_and_cohort_mean_are_compared_with_the_published_bounds(errors_ms, word):
    means = region_means_of({"network_x_seed-1": errors_ms, "cohort_mean": [4, -4, 0]})
    found = verdicts.agreement_verdict(means, "network_x_seed-1", "cohort_mean", "T1")
    assert found.word == word
    assert re.search(r"The tissue mean, .* is within them", found.sentence)


def test_too_few_region_means_give_no_limits():
    means = region_means_of({"network_x_seed-1": [5], "cohort_mean": [4]})
    means.loc[means["region"] == "wm", "reference_ms"] = np.nan
    found = verdicts.agreement_verdict(means, "network_x_seed-1", "cohort_mean", "T2")
    assert found.word == "unknown"


def test_files_are_paired_by_their_subject_and_not_by_their_position():
    paths = by_subject(["a/sub-02/x.nii.gz", "a/sub-01/x.nii.gz"])
    assert paths == {"01": "a/sub-01/x.nii.gz", "02": "a/sub-02/x.nii.gz"}
    with pytest.raises(ValueError, match="two files"):
        by_subject(["a/sub-01/x", "b/sub-01/x"])
    with pytest.raises(ValueError, match="a/x .*sub-XX"):
        by_subject(["a/x"])


def test_each_subject_is_described_once_for_truth_and_reference():
    errors = errors_of_three(["truth", "reference"], {"a": 0, "b": 1})
    errors = errors.assign(region="full_brain", group="MS", fold="fold_0", n_slices=7)
    described = describe_subjects(errors, "a")
    assert [record["subject"] for record in described] == ["01", "02", "03"]
    assert described[0] == {"subject": "01", "group": "MS", "fold": "fold_0", "n_slices": 7}


def test_engines_are_counted_by_step_and_version():
    fast, own = (
        json.dumps({"tissue_segmentation": {"engine": name, "version": "1"}}) for name in "fe"
    )
    assert page.count_engines([fast, own, fast]) == [
        ("tissue segmentation", "e", "1", 1),
        ("tissue segmentation", "f", "1", 2),
    ]
