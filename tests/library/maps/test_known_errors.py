"""Known biases of a model are named on its pages and in its card, and limit what a pass says."""

from types import SimpleNamespace

import pytest

from contrast2map.maps import known_errors, page, shipped
from contrast2map.maps.model import Errors


def model(*regions):
    return SimpleNamespace(errors=Errors([], list(regions)), simulated=False)


def region(quantity, name, bias_ms, reference_ms=1000.0):
    numbers = {"bias_ms": bias_ms, "reference_ms": reference_ms, "sd_ms": 5.0, "mae_ms": 6.0}
    return {"quantity": quantity, "region": name, "n_subjects": 6} | numbers


WITHIN, BEYOND = region("T1", "gm", 19.0), region("T1", "putamen", -34.0)


@pytest.mark.parametrize(
    ("found", "is_beyond"),
    [
        (WITHIN, False),
        (BEYOND, True),
        (region("T2", "wm", 2.7, 70.0), False),
        (region("T2", "wm", 2.9, 70.0), True),
        (region("T2", "wm", None, None), False),
    ],
)
def test_the_limit_is_a_share_of_the_regions_value(found, is_beyond):
    assert bool(known_errors.beyond_limits(model(found))) == is_beyond
    assert bool(known_errors.sentence(model(found))) == is_beyond


def test_a_pass_of_a_biased_model_says_so():
    passed = {"verdict": "pass", "findings": [], "notes": []}
    assert "found no problem." in page._banner(passed, model(WITHIN))
    assert "known biases" in page._banner(passed, model(WITHIN, BEYOND))
    assert "known biases" not in page._banner({"verdict": "fail"}, model(BEYOND))


def test_the_sentence_and_the_table_name_the_region_and_its_bias():
    biased = model(WITHIN, BEYOND)
    assert "T1 of the putamen −3.4 %" in known_errors.sentence(biased)
    assert "cortical GM" not in known_errors.sentence(biased)
    rows = known_errors.layout_regions(biased).rows
    assert rows[0] == ["T1", "Cortical GM", "+19.0", "+1.9", "5.0", "within"]
    assert rows[1][3:] == ["−3.4", "5.0", "beyond"]
    assert known_errors.layout_regions(model()) is None


def test_the_network_of_the_package_names_its_bias():
    own = shipped.open_model()
    facts = shipped.facts()["errors"]
    assert [each["bias_percent"] for each in own.errors.regions] == [
        100 * facts[name]["relative_bias"] for name in ("T1", "T2")
    ]
    assert "all tissues" in known_errors.sentence(own)
