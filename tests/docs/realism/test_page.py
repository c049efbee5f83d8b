"""Words on realism follow from the numbers and nothing else."""

import pytest

from pages.realism import measures, page


def numbers(**known):
    """Numbers of a scan: those given, the others unknown."""
    return dict.fromkeys(measures.MEASURES) | known


@pytest.fixture
def scans():
    """T1W at two visits, of equal noise; T2W at one, noisier and less contrast than simulated."""
    return {
        "T1W": {
            "real": [numbers(signal_to_noise=38.0), numbers(signal_to_noise=40.0)],
            "simulated": [numbers(signal_to_noise=39.0), numbers(signal_to_noise=41.0)],
        },
        "T2W": {
            "real": [numbers(signal_to_noise=14.0, wm_spread=5.0, zero_share=50.0), None],
            "simulated": [numbers(signal_to_noise=41.0, wm_spread=8.0, zero_share=0.01)] * 2,
        },
    }


def test_the_table_has_a_row_for_each_scan_and_measure(scans):
    head, line, *rows = page.table(scans).splitlines()
    assert head.count("|") == line.count("|") == 7 and len(rows) == 2 * len(measures.MEASURES)
    assert rows[0] == (
        "| T1W | Signal-to-noise in white matter, noise two voxels apart | 38.0 | 40.0 "
        "| 39.0 to 41.0 | alike |"
    )
    assert rows[1].endswith("| – | – | – | – |")
    assert "| 14.0 | – | 41.0 | kinder |" in rows[len(measures.MEASURES)]


def test_the_lists_say_each_measured_number_once_under_its_verdict(scans):
    text = page.lists(scans)
    kinder, harsher, differs, alike = text.split("### ")[1:]
    assert "- **T2W**: signal-to-noise 41.0 simulated, 14.0 real." in kinder
    assert "spread within white matter 8.0 % simulated, 5.0 % real" in harsher
    assert "empty voxels 0.0 % simulated, 50.0 % real" in differs
    assert "- **T1W**: signal-to-noise 39.0 to 41.0 simulated, 38.0 to 40.0 real." in alike
    assert "T1W" not in kinder + harsher + differs and "T2W" not in alike


def test_where_nothing_is_kinder_the_list_says_so(scans):
    del scans["T2W"]
    text = page.lists(scans)
    assert text.count(page.NOTHING_MEASURED) == 3


def test_numbers_that_read_the_same_are_alike():
    found = {"real": [numbers(cut_share=0.0)], "simulated": [numbers(cut_share=0.004)]}
    assert page.verdict(found, "cut_share") == "alike"
    found["simulated"] = [numbers(cut_share=0.006)]
    assert page.verdict(found, "cut_share") == "harsher"
