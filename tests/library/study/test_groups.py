"""Groups in words, and cohorts without groups."""

from contrast2map.study.groups import UNGROUPED, group_words, has_groups


def test_a_group_is_named_in_words():
    assert group_words("suspected_MS") == "suspected MS"
    assert group_words(UNGROUPED) == group_words(None) == ""


def test_a_cohort_has_groups_unless_none_was_configured():
    assert has_groups(["MS", "healthy"]) and has_groups(["MS"])
    assert not has_groups([UNGROUPED] * 2) and not has_groups([])
