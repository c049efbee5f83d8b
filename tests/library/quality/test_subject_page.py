"""The pages of quality control are complete for every subject and self-contained."""

import json
import re

import pytest

from contrast2map.quality import limits, overview_page, rows, selection
from contrast2map.study.groups import UNGROUPED
from contrast2map.tables import layout
from quality_study import (
    LIMITS,
    NASTY,
    OVERVIEW_PAGE,
    external_references,
    gate,
    write_pages,
)
from write_quality_overview import write_quality_overview


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Texts of the pages of a small study by file name."""
    folder = write_pages(tmp_path_factory.mktemp("study"))
    return {path.name: path.read_text() for path in folder.glob("*.html")}


def section(page, name):
    """HTML of a section of a subject's page."""
    return page.partition(f'<h2 id="{name}">')[2].partition("<h2 ")[0]


def test_no_page_refers_to_external_files(pages):
    assert len(pages) == 4
    for page in pages.values():
        assert external_references(page) == []
        assert "default-src 'none'" in page
        assert "@import" not in page and "<link" not in page


def test_each_page_says_that_the_cohort_is_simulated(pages):
    assert all(layout.banner(True) in page for page in pages.values())


def test_each_picture_is_stored_once(pages):
    for name in ("sub-01.html", "sub-03.html"):
        shown = set(re.findall(r'<use[^>]* href="#([^"]+)"', pages[name]))
        kept = re.findall(r'<(?:image|path) id="([^"]+)"', pages[name])
        assert shown == set(kept) and len(kept) == len(set(kept))


def test_a_scan_flickers_over_the_target_under_the_same_outline(pages):
    found = section(pages["sub-01.html"], "registration")
    tile = found.partition("<svg")[2].partition("</svg>")[0]
    layers = re.findall(r'<(?:g|use) class="([^"]*)"', tile)
    assert layers == ["layer ", "layer flicker", "outline brain", "outline white"]
    assert re.findall(r"<text[^>]*>(\w+)", tile) == ["mprage", "flair"]
    assert "Checkerboard of mprage and flair" in found and "Reference T1 map" in found


def test_thick_slices_are_drawn_as_high_as_they_are(pages):
    tile = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"[^>]*coronal', pages["sub-01.html"])
    assert float(tile[2]) == 12 * 3 and float(tile[1]) == 38


def test_findings_are_escaped(pages):
    for name in ("sub-02.html", "index.html"):
        assert "turned by &lt;b&gt;20&lt;/b&gt; &amp; more" in pages[name]
        assert NASTY not in pages[name]


def test_verdict_and_measures_are_shown_with_their_limits(pages):
    page = pages["sub-02.html"]
    assert '<span class="verdict warn">warn</span>' in page
    row = re.search(r"<th[^>]*>flair rotation</th>(.*?)</tr>", page)[1]
    assert 'class="warn"' in row and "warn above 5, fail above 15 °" in row


def test_engines_are_listed_but_the_target_has_no_registration(pages):
    found = section(pages["sub-01.html"], "files")
    steps = re.findall(r'<th scope="row">([\w ]+)</th><td>(?:embedded|ANTs rigid)', found)
    assert steps == [
        "registration of flair", "registration of reference", "brain extraction",
        "tissue segmentation",
    ]  # fmt: skip
    assert "TR 4.8 s, TE 0.352 s" in found


def test_failed_steps_are_named_in_place_of_their_pictures(pages):
    page = pages["sub-03.html"]
    assert "the brain mask is empty: no brain was found" in section(page, "brain")
    assert "no voxel has a tissue label" in section(page, "tissue")
    assert "no voxel of gm, wm, putamen, thalamus" in section(page, "regions")
    assert "no slice was selected" in section(page, "normalised")
    assert "the registered T1 is empty" in section(page, "registration")
    assert "0 of 12 slices are used" in section(page, "selection")
    assert "Missing" not in pages["sub-01.html"].partition("<h1>")[2]


def test_excluded_slices_are_listed_with_the_reason(pages):
    found = section(pages["sub-01.html"], "selection")
    assert "7 of 12 slices are used: 3, 5–10." in found
    assert re.search(r"excluded by hand</th><td>4</td><td>1</td>", found)
    assert len(re.findall('class="unselected"', found)) == 5


def test_the_overview_lists_every_subject_the_worst_first(pages):
    page = pages["index.html"]
    rows = re.findall(r'<th scope="row" data-sort="(\w+)"', page)
    assert rows == ["03", "04", "02", "01"]
    assert "4 subjects: 1 pass, 1 warn, 1 fail, 1 not admitted by the input gate." in page
    refused = page.partition('data-sort="04"')[2].partition("</tr>")[0]
    assert "flair is missing" in refused and "<select" not in refused and "<a " not in refused
    assert page.count("data:image/webp") == 3


def test_the_overview_marks_the_cell_that_is_beyond_its_limit(pages):
    row = pages["index.html"].partition('data-sort="02"')[2].partition("</tr>")[0]
    assert re.search(r'<td class="warn" data-sort="9.0"><span[^>]*>warn</span> 9</td>', row)
    assert '<td class="pass calm" data-sort="1400.0">1400</td>' in row


def test_a_measured_subject_that_the_gate_does_not_list_is_an_error():
    quality = {"subject": "7", "verdict": "pass", "findings": [], "measures": {}}
    with pytest.raises(ValueError, match="no results for sub-7"):
        overview_page.subject_rows({}, {"7": quality}, {}, LIMITS)


def test_an_overview_without_any_admitted_subject_still_lists_them():
    (row,) = overview_page.subject_rows({"1": gate("1", "fail")}, {}, {}, LIMITS)
    assert not row["admitted"] and row["verdict"] == "fail" and row["cells"] == []
    words = overview_page.count_words([row])
    assert words == "1 subject: 1 not admitted by the input gate."


def test_a_missing_measure_is_a_dash_without_a_level():
    (row,) = rows.measure_rows({"flair_rotation_deg": None}, LIMITS)
    assert (row["text"], row["level"]) == ("–", "")
    quality = {"verdict": "pass", "findings": [], "measures": {"flair_rotation_deg": None}}
    (row,) = overview_page.subject_rows({"1": gate("1", "pass")}, {"1": quality}, {}, LIMITS)
    assert row["cells"][0]["value"] == ""


@pytest.mark.parametrize(
    ("limit", "values"),
    [
        ({"warn": 5, "fail": 15}, {5: "pass", 6: "warn", 16: "fail"}),
        ({"warn": 0.9, "fail": 0.6}, {0.9: "pass", 0.8: "warn", 0.5: "fail"}),
        ({"warn": [1, 2], "fail": [0, 3]}, {1.5: "pass", 2.5: "warn", -1: "fail", 4: "fail"}),
        ({"warn": [1, None], "fail": None}, {99: "pass", 0: "warn"}),
        ({"warn": 5}, {5: "pass", 500: "warn"}),
        (None, {5: ""}),
    ],
)
def test_a_value_is_compared_with_bounds_and_ranges(limit, values):
    assert {value: limits.level_of_measure(value, limit) for value in values} == values


def test_the_most_specific_limit_applies():
    found = {"deg": 1, "rotation_deg": 2, "flair_rotation_deg": 3}
    assert limits.limit_of("flair_rotation_deg", found) == 3
    assert limits.limit_of("gre_rotation_deg", found) == 2
    assert limits.limit_of("overlap", found) is None


def test_limits_and_measures_read_like_words():
    assert limits.measure_words("flair_rotation_deg") == ("flair rotation", "°")
    assert limits.measure_words("gm_share") == ("gm share", "")
    assert limits.measure_words("n_slices") == ("number of slices", "")
    assert limits.measure_words("mm") == ("mm", "")
    words = limits.limit_words({"warn": 0.9, "fail": 0.6})
    assert words == "warn below 0.9, fail below 0.6"
    assert [limits.number(x) for x in (7.0, -0.4567, 1432.22, float("nan"))] == [
        "7", "−0.457", "1432", "–",
    ]  # fmt: skip


def test_consecutive_slice_numbers_are_merged():
    assert selection.ranges([7, 0, 1, 2, 9, 10]) == "0–2, 7, 9–10"


@pytest.mark.parametrize(("group", "grouped"), [("suspected_MS", True), (UNGROUPED, False)])
def test_a_cohort_without_groups_has_no_column_of_groups(tmp_path, group, grouped):
    inputs = {"gate": tmp_path / "gate.json", "quality": tmp_path / "quality.json"}
    measured = {"subject": "01", "verdict": "pass", "findings": [], "measures": {"n_slices": 7}}
    inputs["gate"].write_text(json.dumps([gate("01", "pass") | {"group": group}]))
    inputs["quality"].write_text(json.dumps([measured]))
    inputs["thumbnails"] = []
    path = tmp_path / "index.html"
    write_quality_overview(inputs, OVERVIEW_PAGE, "tiny", LIMITS, True, path)
    page = path.read_text()
    head, body = (
        page.partition(f"<{tag}>")[2].partition(f"</{tag}>")[0] for tag in ("thead", "tbody")
    )
    assert head.count("<th ") == len(re.findall("<t[hd][ >]", body))
    assert (">Group<" in head) == ("suspected MS" in body) == grouped
    assert f">{UNGROUPED}<" not in body
