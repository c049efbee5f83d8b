"""Layouts: numbers as text, JSON there and back, valid HTML."""

import json

import jinja2
import numpy as np
import pytest

from contrast2map.tables import layout
from html_checks import is_well_formed


def test_numbers_have_a_minus_sign_and_missing_ones_are_a_dash():
    assert layout.number(-1.25, 1) == "−1.2"
    assert layout.number(float("nan")) == "–"
    assert layout.number(-0.01, 1, signed=True) == "0.0"
    assert layout.number(float("inf")) == "∞"
    assert layout.mean_sd(5.0, float("nan")) == "5.0"


@pytest.mark.parametrize(
    "value, text", [(0.027, "0.027*"), (0.0003, "<0.001*"), (0.14, "0.14"), (None, "–")]
)
def test_p_values_carry_an_asterisk_below_five_percent(value, text):
    assert layout.p_value(value) == text


def test_a_page_says_that_the_cohort_is_simulated():
    table = layout.Layout("A <table>", "of & things", [("", "name"), ("", "x")], [["a", "1"]])
    page = layout.to_page([table], "body {}", simulated=True)
    assert "SIMULATED" in page and "A &lt;table&gt;" in page and is_well_formed(page)
    assert "SIMULATED" not in layout.to_page([table], "body {}", simulated=False)


FULL = layout.Layout(
    title="A & <b>",
    caption="Mean ± SD",
    columns=[("", "Region"), ("P", "t"), ("P", "Holm")],
    rows=[["GM", "<0.001*", "–"], ["GM", "−0.1", "1"]],
    n_headings=1,
    strong=frozenset({2, 1}),
    is_text=True,
)


def test_layouts_come_back_from_json_as_they_were():
    layouts = [FULL, layout.Layout("B", "caption", [("", "x")], [])]
    text = layout.to_json(layouts)
    assert layout.from_json(text) == layouts
    assert layout.to_json(layout.from_json(text)) == text
    assert "Mean ± SD" in text


@pytest.mark.parametrize("change", [{"colour": 1}, {"title": None}])
def test_stored_layouts_with_unknown_or_missing_attributes_are_refused(change):
    (stored,) = json.loads(layout.to_json([FULL]))
    stored |= change
    if stored["title"] is None:
        del stored["title"]
    with pytest.raises(TypeError, match="colour|title"):
        layout.from_json(json.dumps([stored]))


def test_a_row_that_lost_a_cell_is_an_error_that_names_table_and_row():
    with pytest.raises(ValueError, match=r"'Errors'.* 1 cells, not 2.*lone"):
        layout.Layout("Errors", "caption", [("", "x"), ("", "y")], [["a", "b"], ["lone"]])


def test_several_tables_of_a_page_follow_their_titles():
    layouts = [layout.Layout(name, "caption", [("", "x")], [[name]]) for name in ("A & A", "B")]
    page = layout.to_page(layouts, "main {}", simulated=True)
    assert page.index("<h1>A &amp; A</h1>") < page.index(layout.to_html(layouts[0]))
    assert page.index("<h2>B</h2>") < page.index(layout.to_html(layouts[1]))


def test_a_layout_in_a_template_is_its_table():
    template = jinja2.Environment(autoescape=True).from_string("{{ table }}, {{ table.title }}")
    assert template.render(table=FULL) == f"{layout.to_html(FULL)}, A &amp; &lt;b&gt;"


def test_a_heading_that_repeats_the_one_above_is_shown_once():
    rows = [["T1", "GM", "a"], ["T1", "GM", "b"], ["T1", "WM", "c"], ["T2", "WM", "d"]]
    table = layout.Layout("t", "c", [("", "")] * 3, rows, n_headings=2)
    shown = [table.visible_headings(index) for index in range(4)]
    assert shown == [["T1", "GM"], [None, None], [None, "WM"], ["T2", "WM"]]


def test_an_interval_is_in_brackets_and_omitted_if_missing():
    assert layout.interval(-1.25, -2, 3) == "−1.2 [−2.0, 3.0]"
    assert layout.interval(0.5, np.nan, 1, n_decimals=2) == "0.50"
