"""Ratings are read as they were given, or refused with one line that names file and line."""

import pytest

from contrast2map.study import ratings

SUBJECTS = ["01", "02", "10"]
HEADER = "subject\trating\trater\tcomment\n"


@pytest.fixture
def write(tmp_path):
    """Function that writes a ratings.tsv; returns its path."""

    def write_text(text, encoding="utf-8"):
        path = tmp_path / "ratings.tsv"
        path.write_bytes(text.encode(encoding))
        return path

    return write_text


def test_labels_stay_strings_with_or_without_their_prefix(write):
    path = write(HEADER + "sub-01\texclude\tAB\tmotion\n10\tinclude\tAB\t\n")
    assert ratings.read(path, SUBJECTS) == {"01": ("exclude", "motion"), "10": ("include", "")}


def test_tabs_line_ends_quotes_and_backslashes_of_a_comment_are_restored(write):
    path = write(HEADER + 'sub-01\texclude\t\t"a\\tb\\nc ""d"" e\\\\t"\n')
    assert ratings.read(path, SUBJECTS)["01"] == ("exclude", 'a\tb\nc "d" e\\t')


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(write):
    text = "rating\tsubject\tcomment\trater\r\nunrated\t02\t\t\r\n"
    assert ratings.read(write(text, "utf-8-sig"), SUBJECTS) == {"02": ("unrated", "")}


def test_comments_of_agreeing_raters_are_joined_and_a_rating_overrides_unrated(write):
    rows = "01\texclude\tA\tmotion\n01\texclude\tB\tghosts\n02\tunrated\tA\t\n02\tinclude\tB\t\n"
    found = ratings.read(write(HEADER + rows), SUBJECTS)
    assert found == {"01": ("exclude", "motion; ghosts"), "02": ("include", "")}


def test_excluded_subjects_have_their_reason_in_one_line():
    found = {"01": ("exclude", "a\nb"), "02": ("include", "good"), "10": ("exclude", "")}
    assert ratings.excluded(found) == {"01": "rated exclude: a b", "10": "rated exclude"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        (HEADER, "lists no subject"),
        ("subject\trating\tcomment\n01\tinclude\t\n", "has no column 'rater'"),
        (HEADER.replace("rater", "score") + "01\tinclude\t1\t\n", "score"),
        (HEADER.replace("\t", ",") + "01,include,,\n", "separate the columns by tabs"),
        (HEADER + "01\tmaybe\t\t\n", "line 2: rating 'maybe' of sub-01"),
        (HEADER + "1\tinclude\t\t\n", "line 2: subject '1' is not in the cohort"),
        (HEADER + "01\tinclude\t\t\n01\texclude\t\t\n", "line 3: sub-01 is rated both 'include'"),
        (HEADER + "01\tinclude\n", "line 2: has 2 cells, but the table has 4 columns"),
        (HEADER + "01\tinclude\t\t\tmore\n", "line 2: has 5 cells"),
    ],
)
def test_a_wrong_table_is_refused_with_one_line(write, text, message):
    path = write(text)
    with pytest.raises(ValueError, match=message) as error:
        ratings.read(path, SUBJECTS)
    assert str(path) in str(error.value) and "\n" not in str(error.value)


def test_a_missing_or_binary_file_is_refused(write, tmp_path):
    with pytest.raises(ValueError, match="does not exist"):
        ratings.read(tmp_path / "none.tsv", SUBJECTS)
    path = write("")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="not valid UTF-16"):
        ratings.read(path, SUBJECTS)


def test_an_open_quote_swallows_no_row_and_blank_rows_are_skipped(write):
    path = write(HEADER + '01\texclude\t\t"open\n\t\t\t\n02\tinclude\t\t"\n')
    assert ratings.read(path, SUBJECTS) == {"01": ("exclude", '"open'), "02": ("include", '"')}
