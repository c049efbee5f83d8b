"""The words of the report's viewer, and where its program comes from."""

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


def test_the_words_follow_the_numbers():
    text = filled()
    assert "1 subject, held out" in text and "simulated" not in text
    assert "over 4 predictions: the network that never saw the subject" in text
    assert "of sub-00: T1 0.38 and T2 unknown" in text
    assert "To keep this page small" not in text
    assert "of sub-00, from the left: MPRAGE (0 to 300 ms), T1 error (\u2212300 to 300 ms)." in text
    text = filled(n_seeds=3, simulated=True, n_subjects=2, every=3, n_chosen=4)
    assert "2 simulated subjects, held out" in text
    assert "over 12 predictions: the networks of 3 seeds, which never saw the subject" in text
    assert "every third axial slice is shown and 2 of the 4 chosen subjects are left out" in text


def test_data_can_not_leave_their_element_and_are_what_was_given():
    text = filled()
    assert text.count("<script") == text.count("</script>") == 3 and "<b>" not in text
    data = re.search(r'id="viewer-data">(.*?)</script>', text, re.DOTALL)[1]
    assert json.loads(data)["subjects"] == found()["subjects"]


def test_without_room_for_a_subject_there_is_a_sentence():
    assert "No volumes fit" in filled(subjects=[])


def test_the_parts_ask_for_nothing_from_elsewhere():
    for name in ("viewer.html.j2", "viewer.css", "viewer.js"):
        text = (REPORT / name).read_text()
        for request in ("http", "@import", "url(", "fetch", "XMLHttp", "<link", "import("):
            assert request not in text, name


def test_niivue_comes_out_of_the_wheel_whole():
    program = gzip.decompress(base64.b64decode(viewer.packed_niivue())).decode()
    assert "Niivue" in program and len(program) > 1e6


def test_a_wheel_without_niivue_is_named():
    for package in ("nibabel", "no_such_package"):
        with pytest.raises(FileNotFoundError, match="nilearn's wheel"):
            viewer.packed_niivue(package)


def test_subjects_are_chosen_by_turns_from_each_group():
    groups = {"07": "b", "02": "a", "01": "a", "03": "a", "05": "c"}
    assert spread_over_groups(groups, 4) == ["07", "01", "05", "02"]
    assert spread_over_groups(groups, 9) == ["07", "01", "05", "02", "03"]
    assert spread_over_groups(groups, 0) == spread_over_groups({}, 2) == []
