"""The overview of the workflow has a stage for each rule file and draws each rule."""

import re

import matplotlib.pyplot as plt
import pytest

from contrast2map.figures import style
from contrast2map.report import alternative_texts
from contrast2map.workflow.overview import overview, overview_data
from contrast2map.workflow.stages import NOT_STAGES, STAGES, rules_by_stage
from project import ROOT

RULE = re.compile(r"^(?:rule|checkpoint) (\w+):", re.MULTILINE)


def rules():
    """Rules of this workflow with their files."""
    return [
        (name, str(file))
        for file in sorted((ROOT / "rules").glob("*.smk"))
        for name in RULE.findall(file.read_text())
    ]


def test_every_rule_file_is_a_stage_and_follows_known_ones():
    stages = rules_by_stage(rules())
    assert list(stages) == list(STAGES)
    shown = {name for names in stages.values() for name in names}
    left_out = {
        name for name, file in rules() if file.endswith(tuple(f"{x}.smk" for x in NOT_STAGES))
    }
    assert shown | left_out == {name for name, _ in rules()}
    for number, (_, earlier) in enumerate(STAGES.values()):
        assert set(earlier) <= set(list(STAGES)[:number])


def test_an_unknown_rule_file_is_an_error():
    with pytest.raises(ValueError, match="add it to STAGES"):
        rules_by_stage([("do_something", "/x/rules/new.smk")])


@pytest.mark.parametrize("n_columns", [1, 2])
def test_each_rule_is_drawn_with_its_number_of_jobs(n_columns):
    stages = rules_by_stage(rules())
    figure = overview(stages, {"train_unet": 7}, n_columns)
    width, height = figure.get_size_inches()
    assert width == pytest.approx(style.WIDTHS_INCHES[n_columns])
    assert height < style.TALLEST_INCHES
    words = " ".join(text.get_text() for text in figure.axes[0].texts).replace("\u00a0", " ")
    assert "train_unet ×7" in " ".join(words.split())
    for names in stages.values():
        for name in names:
            assert name in words
    plt.close(figure)


def test_the_description_counts_stages_rules_and_jobs():
    import pandas as pd

    rows = pd.DataFrame(overview_data({"train": ["a", "b"], "predict": ["c"]}, {"a": 3, "c": 2}))
    assert rows["follows"].tolist() == ["", "", "Training"]
    words = alternative_texts.describe("workflow", rows)
    assert "2 stages with 3 rules and 5 jobs" in words and "Training, Prediction" in words
