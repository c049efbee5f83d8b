"""Age and sex of the included subjects, in words."""

import pytest

from contrast2map.study.demographics import describe


def rows_of(*cells):
    names = ("participant_id", "age", "sex")
    return [dict(zip(names, each, strict=True)) for each in cells]


def test_only_the_included_subjects_count():
    rows = rows_of(("sub-1", "30", "F"), ("sub-2", "40", "male"), ("sub-3", "99", "M"))
    assert describe(rows, ["1", "2"]) == "Age 35.0 ± 7.1 years (30 to 40). Sex: 1 female, 1 male."


def test_missing_entries_are_counted_and_the_oldest_age_of_bids_is_read():
    rows = rows_of(("sub-1", "89+", "n/a"), ("sub-2", "n/a", "O"), ("sub-3", "unknown", "f"))
    assert describe(rows, ["1", "2", "3"]) == (
        "Age 89.0 years (89 to 89; 2 without age). Sex: 1 female, 1 other; 1 without sex."
    )


@pytest.mark.parametrize("rows", [[{"participant_id": "sub-1"}], rows_of(("sub-1", "", "n/a"))])
def test_a_table_without_age_and_sex_is_said_to_have_none(rows):
    assert describe(rows, ["1"]) == (
        "No age is given in participants.tsv. No sex is given in participants.tsv."
    )
