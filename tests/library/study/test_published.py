"""Published values are looked up by name."""

import pytest

from contrast2map.study.published import look_up, read_published
from project import ROOT

PATH = ROOT / "config" / "published_tables.csv"


@pytest.fixture
def rows():
    with open(PATH) as published:
        return read_published(published)


def test_table_1_holds_the_headline_of_the_abstract(rows):
    mae = look_up(rows, table=1, metric="mae", quantity="T1", region="excluding_csf")
    mpe = look_up(rows, table=1, metric="mpe", quantity="T1", region="excluding_csf")
    assert (mae.dl_mean, mae.unit) == (52.7, "ms")
    assert mpe.dl_mean == 5.1
    assert mae.reference_mean is None


def test_table_2_holds_the_one_significant_difference(rows):
    putamen = look_up(rows, table=2, metric="roi_mean", quantity="T1", region="putamen")
    assert putamen.p_value == 0.027
    assert putamen.reference_mean - putamen.dl_mean == pytest.approx(11.6)


def test_both_tables_are_complete(rows):
    assert len(rows) == 16 + 8


def test_an_unknown_name_is_refused_with_the_known_ones(rows):
    with pytest.raises(KeyError, match="excluding_csf"):
        look_up(rows, table=1, metric="mae", quantity="T3", region="excluding_csf")


def test_a_value_published_twice_is_refused():
    lines = PATH.read_text().splitlines()
    with pytest.raises(ValueError, match="twice"):
        read_published([*lines, lines[-1]])
