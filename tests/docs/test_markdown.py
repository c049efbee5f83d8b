"""Tables of pages come out as Markdown with each cell in its place."""

import pytest

from contrast2map.tables import layout as tables
from pages import markdown

LAYOUT = tables.Layout(
    title="A table",
    caption="Mean ± SD; * below 0.05 & more.",
    columns=[("", ""), ("", "Region"), ("Published", "DL"), ("This study", "Net_work | P")],
    rows=[
        ["T1", "GM", "1199.8 ± 27.0", "<0.001*"],
        ["T1", "WM", "823.5 ± 20.8", "–"],
        ["T2", "GM", "83.8 ± 1.0", "0.14"],
    ],
    n_headings=2,
    strong=frozenset({3}),
)


def test_a_page_s_table_is_read_back_as_it_was_laid_out():
    found = markdown.read(tables.to_html(LAYOUT))
    assert found.caption == LAYOUT.caption
    assert found.columns == ["", "Region", "Published: DL", "This study: Net_work | P"]
    assert found.rows == [LAYOUT.rows[0], ["", *LAYOUT.rows[1][1:]], LAYOUT.rows[2]]
    assert (found.n_headings, found.strong) == (2, LAYOUT.strong)


def test_a_table_keeps_its_caption_and_its_special_characters():
    lines = markdown.from_page(tables.to_html(LAYOUT)).split("\n")
    assert lines[0] == r"|  | Region | Published: DL | This study: Net\_work \| P |"
    assert lines[1] == "| :-- | :-- | --: | --: |"
    assert lines[2] == r"| T1 | GM | 1199.8 ± 27.0 | **\<0.001\*** |"
    assert lines[3].startswith("|  | WM |")
    assert lines[-1] == r"Mean ± SD; \* below 0.05 & more."


def test_groups_that_repeat_label_each_of_their_columns():
    columns = [("", "a"), ("P", "t"), ("P", "Holm"), ("Limits", "low")]
    layout = tables.Layout("t", "c", columns, [["1", "2", "3", "4"]])
    assert markdown.read(tables.to_html(layout)).columns == ["a", "P: t", "P: Holm", "Limits: low"]


def test_a_table_of_sentences_stands_to_the_left():
    layout = tables.Layout("t", "c", [("", "What"), ("", "Words")], [["a", "b c"]], is_text=True)
    assert "| :-- | :-- |" in markdown.from_page(tables.to_html(layout))


def test_a_table_that_lost_a_cell_is_not_printed():
    html = tables.to_html(LAYOUT).replace('<td class="ours">0.14</td>', "")
    with pytest.raises(ValueError, match="has not 4 cells"):
        markdown.read(html)
