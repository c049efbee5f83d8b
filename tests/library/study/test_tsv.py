"""Tables are read by the rules of BIDS, whatever program wrote them."""

import random

import pytest

from contrast2map.study import tsv

COLUMNS = ("participant_id", "group")


@pytest.fixture
def read(tmp_path):
    """Function that writes a table (text or bytes) and reads it; returns the rows."""

    def write_and_read(content, encoding="utf-8"):
        path = tmp_path / "participants.tsv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return tsv.read(path, COLUMNS)

    return write_and_read


def ids(rows):
    return [row["participant_id"] for _, row in rows]


@pytest.mark.parametrize("n_quotes", [1, 2, 3])
def test_quotes_are_characters_and_swallow_no_row(read, n_quotes):
    rows = [f"sub-0{n}\tMS\t{chr(34) if n <= n_quotes else 'x'}moved\n" for n in range(1, 6)]
    found = read("participant_id\tgroup\tcomment\n" + "".join(rows))
    assert ids(found) == [f"sub-0{n}" for n in range(1, 6)]
    assert found[0][1]["comment"] == '"moved'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_line_ends_blanks_and_blank_rows_of_spreadsheets_are_accepted(
    read, encoding, end
):
    lines = ["participant_id \t group\t", "", "sub-01\tMS \t", "\t\t", " sub-02\tm\u00e9\t", ""]
    found = read(end.join(lines), encoding)
    assert [(n, row["participant_id"], row["group"]) for n, row in found] == [
        (3, "sub-01", "MS"),
        (5, "sub-02", "m\u00e9"),
    ]


def test_a_comment_in_another_encoding_does_not_matter_but_a_group_does(read):
    table = "participant_id\tgroup\tcomment\nsub-01\tMS\tm\u00e9\n"
    assert ids(read(table, "latin-1")) == ["sub-01"]
    with pytest.raises(ValueError, match=r"line 2: the group 'm\?' is not in UTF-8; save"):
        read("participant_id\tgroup\nsub-01\tm\u00e9\n", "latin-1")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "is empty"),
        ("participant_id,group\nsub-01,MS\n", "'participant_id,group'; separate the columns"),
        ("Participant_ID\tgroup\nsub-01\tMS\n", "spell 'Participant_ID' as 'participant_id'"),
        ('"participant_id"\tgroup\nsub-01\tMS\n', "as 'participant_id', without quotes"),
        ("participant_id\tgroup\tgroup\nsub-01\tMS\tMS\n", "two columns 'group'"),
        ("participant_id\tgroup\nsub-01\n", "line 2: has 1 cell, but the table has 2 columns"),
        ("participant_id\tgroup\nsub-01\tMS\tmore\n", "line 2: has 3 cells"),
        (b"PK\x03\x04\x00\x00", "is not a text file"),
        (b"\xff\xfe\x00", "not valid UTF-16"),
    ],
)
def test_a_damaged_table_is_refused_in_one_line(read, content, words):
    with pytest.raises(ValueError, match=words) as error:
        read(content)
    assert "participants.tsv" in str(error.value) and "\n" not in str(error.value)


def test_no_random_table_ends_with_anything_but_rows_or_one_line(read):
    rng = random.Random(1)
    pieces = ["participant_id", "group", "sub-01", "MS", "\t", "\t", "\n", "\r\n", '"', "\x00"]
    pieces += ["\u00e9", "\u2028", "\x0b", " ", "'", ","]
    n_read = 0
    for number in range(300):
        head = "participant_id\tgroup\n" if number % 2 else ""
        text = head + "".join(rng.choices(pieces, k=rng.randrange(30)))
        try:
            n_read += bool(read(text, rng.choice(["utf-8", "latin-1", "utf-16"])) or True)
        except (ValueError, UnicodeEncodeError) as error:
            assert isinstance(error, UnicodeEncodeError) or "\n" not in str(error)
    assert 10 < n_read < 290
