"""Texts of the report's viewer, and the source of its program."""

import base64
import gzip
import json
import re

import pytest

from contrast2map.report import viewer
from contrast2map.study.participants import spread_over_groups
from project import ROOT

REPORT = ROOT / "report"


def found(n_subjects=1, **changes):
    """What `embed_maps` writes, without volumes."""
    maps = {"T1": {"correlation": 0.384}, "T2": {"correlation": None}}
    subjects = [
        {"subject": f"{number:02d}", "group": "</script><b>", "maps": maps}
        for number in range(n_subjects)
    ]
    panel = {"title": "T1 error", "unit": "ms", "low": -300, "high": 300}
    whole = {"subjects": subjects, "every": 1, "n_chosen": n_subjects, "poster": "AA"}
    whole["panels"] = {"T1": [panel | {"title": "MPRAGE", "low": 0}, panel]}
    return whole | changes


def filled(n_seeds=1, simulated=False, **changes):
    template = (REPORT / "viewer.html.j2").read_text()
    return viewer.fill(
        template, "/* own */", "QUJD", found(**changes), "mprage", n_seeds, simulated
    )


def test_the_text_follows_the_numbers():
    text = filled()
    assert "1 held-out subject," in text and "simulated" not in text
    assert "of 4 predictions by the network trained without the subject" in text
    assert "of sub-00: T1 0.38 and T2 unknown" in text
    assert "To keep this page small" not in text
    assert (
        "of sub-00, from left to right: MPRAGE (0 to 300 ms), T1 error (\u2212300 to 300 ms)."
        in text
    )
    text = filled(n_seeds=3, simulated=True, n_subjects=2, every=3, n_chosen=4)
    assert "2 held-out simulated subjects," in text
    assert "of 12 predictions by the networks of 3 seeds trained without the subject" in text
    assert "every third axial slice" in text and "2 of the 4 chosen subjects are omitted" in text


def test_a_cohort_without_groups_is_described_by_the_order_of_its_labels():
    assert "from each group in turn, in the order of the labels." in filled()
    one = found()["subjects"][0] | {"group": ""}
    text = filled(subjects=[one], n_chosen=3)
    assert "the first 3 by label." in text and "group in turn" not in text
    assert '<option value="0">sub-00</option>' in text


def test_data_cannot_end_their_element_and_are_what_was_given():
    text = filled()
    assert text.count("<script") == text.count("</script>") == 3 and "<b>" not in text
    data = re.search(r'id="viewer-data">(.*?)</script>', text, re.DOTALL)[1]
    assert json.loads(data)["subjects"] == found()["subjects"]


def test_without_room_for_a_subject_there_is_a_sentence():
    assert "report.viewer_mb" in filled(subjects=[])


def test_the_parts_ask_for_nothing_from_elsewhere():
    for name in ("viewer.html.j2", "viewer.css", "viewer.js"):
        text = (REPORT / name).read_text()
        for request in ("http", "@import", "url(", "fetch", "XMLHttp", "<link", "import("):
            assert request not in text, name


def test_niivue_is_read_from_the_wheel():
    program = gzip.decompress(base64.b64decode(viewer.packed_niivue())).decode()
    assert "Niivue" in program and len(program) > 1e6


def test_a_missing_niivue_is_reported_with_a_remedy():
    for package in ("nibabel", "no_such_package"):
        with pytest.raises(
            FileNotFoundError, match="nilearn 0.14.1.*pip install --no-deps.*n_viewer_subjects"
        ):
            viewer.packed_niivue(package)


def test_subjects_are_chosen_in_turn_from_each_group():
    groups = {"07": "b", "02": "a", "01": "a", "03": "a", "05": "c"}
    assert spread_over_groups(groups, 4) == ["07", "01", "05", "02"]
    assert spread_over_groups(groups, 9) == ["07", "01", "05", "02", "03"]
    assert spread_over_groups(groups, 0) == spread_over_groups({}, 2) == []
