"""Read tab-separated tables by the rules of BIDS, as people and spreadsheets write them.

BIDS (Common principles, tabular files): tabs separate the cells, the first row has the names of the
columns, and nothing is quoted: a `"` is a character like any other. Blank rows, blanks around cells
and names, a byte order mark, and the line ends of all systems are accepted.
"""

from pathlib import Path

from contrast2map.study.findings import printable

MISSING = ("", "n/a")  # cells without a value


def read(path, columns, remedies=None):
    """Read the rows of a table.

    Args:
        path: Table in UTF-8, or in UTF-16 with a byte order mark. Cells of other columns than
            `columns` may be in any encoding.
        columns: Names of the columns that are needed.
        remedies: Dict that maps a column to what a user without it can do, for the message.

    Returns:
        List of pairs (number of the line in the file, dict that maps every column to its cell).

    Raises:
        ValueError: The file cannot be read, has no rows, lacks a column or has one twice, a row has
            more or fewer cells than there are columns, or a needed cell is not UTF-8. One line that
            names the file, the line and the remedy.
    """
    lines = [
        (number, line)
        for number, line in enumerate(_text(path).split("\n"), start=1)
        if line.strip()
    ]
    if not lines:
        raise ValueError(f"{path}: is empty; it needs a row of names and one row per entry")
    first, *others = lines
    names = _cells(first[1])
    for name in columns:
        if name not in names:
            hint = "" if len(names) > 1 else "; separate the columns by tabs"
            if like := [each for each in names if each.strip("\"' ").casefold() == name.casefold()]:
                hint = f"; spell {printable(like[0])!r} as '{name}', without quotes"
            if name in (remedies or {}):
                hint += f"; or {remedies[name]}" if hint else f"; add it, or {remedies[name]}"
            shown = ", ".join(repr(printable(each)) for each in names)
            raise ValueError(f"{path}: has no column '{name}'; its columns are {shown}{hint}")
    for name in names:
        if name and names.count(name) > 1:
            raise ValueError(f"{path}: has two columns '{printable(name)}'; keep one")
    rows = []
    for number, line in others:
        cells = _cells(line, len(names))
        if len(cells) != len(names):
            noun = "cell" if len(cells) == 1 else "cells"
            raise ValueError(
                f"{path}, line {number}: has {len(cells)} {noun}, but the table has {len(names)} "
                "columns; separate the cells by single tabs and write n/a for what is missing"
            )
        row = dict(zip(names, cells, strict=True))
        for name in columns:
            if not _is_utf_8(row[name]):
                raise ValueError(
                    f"{path}, line {number}: the {name} '{printable(row[name])}' is not in UTF-8; "
                    "save the table as UTF-8"
                )
        rows.append((number, row))
    return rows


def _text(path):
    """Text of a file; bytes that are not UTF-8 become surrogates (U+DC80 to U+DCFF)."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error.strerror})") from error
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise ValueError(f"{path}: is not valid UTF-16; save the table as UTF-8") from error
    else:
        text = data.decode("utf-8-sig", errors="surrogateescape")
    if "\0" in text:
        raise ValueError(f"{path}: is not a text file; export it as tab-separated text in UTF-8")
    return _lines(text)


def _lines(text):
    """Text whose lines all end with a line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _cells(line, n_columns=None):
    """Cells of a line without blanks around them, and without empty ones beyond the last column."""
    cells = [cell.strip() for cell in line.split("\t")]
    while n_columns is not None and len(cells) > n_columns and not cells[-1]:
        cells.pop()
    return cells


def _is_utf_8(text):
    """Whether a cell has no byte that is not UTF-8 (a surrogate, after `_text`)."""
    return not any("\ud800" <= sign <= "\udfff" for sign in text)
