"""Layouts come out as Markdown with each cell in its place."""

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


def test_a_table_keeps_its_caption_and_its_special_characters():
    lines = markdown.of_layout(LAYOUT).split("\n")
    assert lines[0] == r"|  | Region | Published: DL | This study: Net\_work \| P |"
    assert lines[1] == "| :-- | :-- | --: | --: |"
    assert lines[2] == r"| T1 | GM | 1199.8 ± 27.0 | **\<0.001\*** |"
    assert lines[3] == "|  | WM | 823.5 ± 20.8 | **–** |"
    assert lines[4] == "| T2 | GM | 83.8 ± 1.0 | **0.14** |"
    assert lines[-1] == r"Mean ± SD; \* below 0.05 & more."


def test_groups_that_repeat_label_each_of_their_columns():
    columns = [("", "a"), ("P", "t"), ("P", "Holm"), ("Limits", "low")]
    layout = tables.Layout("t", "c", columns, [["1", "2", "3", "4"]])
    assert markdown.of_layout(layout).startswith("| a | P: t | P: Holm | Limits: low |\n")


def test_a_table_of_sentences_is_left_aligned():
    layout = tables.Layout("t", "c", [("", "What"), ("", "Words")], [["a", "b c"]], is_text=True)
    assert "| :-- | :-- |" in markdown.of_layout(layout)
