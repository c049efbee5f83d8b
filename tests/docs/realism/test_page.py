"""Words on realism follow from the numbers and nothing else."""

import pytest

from pages import rendering
from pages.realism import measures
from pages.realism.page import compare_scans


def numbers(**known):
    """Numbers of a scan: those given, the others unknown."""
    return dict.fromkeys(measures.MEASURES) | known


@pytest.fixture
def scans():
    """T1W at two visits, of equal noise; T2W at one, noisier and less contrast than simulated."""
    return {
        "T1W": compare_scans(
            [numbers(signal_to_noise=38.0), numbers(signal_to_noise=40.0)],
            [numbers(signal_to_noise=39.0), numbers(signal_to_noise=41.0)],
        ),
        "T2W": compare_scans(
            [numbers(signal_to_noise=14.0, wm_spread=5.0, zero_share=50.0), None],
            [numbers(signal_to_noise=41.0, wm_spread=8.0, zero_share=0.01)] * 2,
        ),
    }


@pytest.fixture
def page(scans):
    facts = rendering.read_facts("realism")
    snr = dict.fromkeys(scans, "40")
    return rendering.render("realism.md.j2", facts | {"scans": scans, "configured_snr": snr})


def test_the_table_has_a_row_for_each_scan_and_measure(page):
    head, line, *rows = page.split("## Numbers\n\n")[1].split("\n\n")[0].splitlines()
    assert head.count("|") == line.count("|") == 7 and len(rows) == 2 * len(measures.MEASURES)
    assert rows[0] == "| T1W | White-matter SNR | 38.0 | 40.0 | 39.0 to 41.0 | overlaps |"
    assert rows[1].endswith("| – | – | – | – |")
    assert "| 14.0 | – | 41.0 | easier |" in rows[len(measures.MEASURES)]


def test_the_lists_say_each_measured_number_once_under_its_verdict(page):
    easier, harder, differs, overlaps = page.split("### ")[1:]
    assert "- **T2W**: white-matter SNR 41.0 simulated, 14.0 real.\n" in easier
    assert "- **T2W**: SD within WM 8.0 % simulated, 5.0 % real.\n" in harder
    assert "zero-valued voxels 0.0 % simulated, 50.0 % real" in differs
    overlaps = overlaps.split("\n## ")[0]
    assert "- **T1W**: white-matter SNR 39.0 to 41.0 simulated, 38.0 to 40.0 real.\n" in overlaps
    assert "T1W" not in easier + harder + differs and "T2W" not in overlaps
    assert "No measure" not in page


def test_a_verdict_without_a_measure_says_so(scans):
    facts = rendering.read_facts("realism")
    del scans["T2W"]
    page = rendering.render("realism.md.j2", facts | {"scans": scans})
    assert page.count("No measure.") == 3


def test_numbers_that_read_the_same_overlap():
    real = [numbers(cut_share=0.0)]
    assert compare_scans(real, [numbers(cut_share=0.004)])["cut_share"]["verdict"] == "overlaps"
    assert compare_scans(real, [numbers(cut_share=0.006)])["cut_share"]["verdict"] == "harder"


def test_each_measure_has_a_name_on_the_page():
    page = (rendering.TEMPLATES / "realism.md.j2").read_text()
    assert all(f'"{name}":' in page for name in measures.MEASURES)
