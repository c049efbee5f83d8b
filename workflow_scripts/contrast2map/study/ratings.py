"""Read visual ratings of subjects from the file that the quality-control pages export."""

import re
from pathlib import Path

from contrast2map.study import tsv
from contrast2map.study.findings import printable

COLUMNS = ("subject", "rating", "rater", "comment")
INCLUDE, EXCLUDE, UNRATED = WORDS = ("include", "exclude", "unrated")


def read(path, subjects):
    """Read a ratings.tsv.

    Args:
        path: Tab-separated file with the columns subject, rating, rater and comment (`tsv.read`).
        subjects: Labels of the cohort's subjects, without "sub-".

    Returns:
        Dict mapping subject label to (rating, comment) for the listed subjects; rating is one of
        `WORDS`. Comments of several raters who agree are joined.

    Raises:
        ValueError: The file is missing, empty or not such a table, contradicts itself, or lists an
            unknown subject; the one-line message names the file and, if possible, the line.
    """
    found = {}
    for line, row in _rows(path):
        subject = row["subject"].removeprefix("sub-")
        rating, comment = row["rating"], _unescape(row["comment"]).strip()
        if subject not in set(subjects):
            raise ValueError(
                f"{path}, line {line}: subject '{printable(subject)}' is not in the cohort; "
                "remove the line"
            )
        if rating not in WORDS:
            raise ValueError(
                f"{path}, line {line}: rating '{printable(rating)}' of sub-{subject} is not one of "
                f"{', '.join(WORDS)}"
            )
        before, earlier_comment = found.get(subject, (UNRATED, ""))
        if UNRATED in (before, rating):  # if one rater gave no rating, the other's counts
            rating = before if rating == UNRATED else rating
        elif before != rating:
            raise ValueError(
                f"{path}, line {line}: sub-{subject} is rated both '{before}' and '{rating}'; "
                "choose one"
            )
        comments = [text for text in (earlier_comment, comment) if text]
        found[subject] = (rating, "; ".join(dict.fromkeys(comments)))
    return found


def excluded(ratings):
    """Dict mapping each subject rated "exclude" to the reason, including the comment."""
    return {
        subject: f"rated exclude: {' '.join(comment.split())}" if comment else "rated exclude"
        for subject, (rating, comment) in ratings.items()
        if rating == EXCLUDE
    }


def _rows(path):
    """Rows of the table as pairs of line number and dict."""
    if not Path(path).exists():
        raise ValueError(f"{path}: does not exist; correct cohort.ratings")
    try:
        rows = tsv.read(path, COLUMNS)
    except ValueError as error:
        raise ValueError(f"cohort.ratings: {error}, or export the ratings again") from error
    if not rows:
        raise ValueError(f"{path}: lists no subject; export the ratings again")
    return [(line, {name: _unquoted(cell) for name, cell in row.items()}) for line, row in rows]


def _unquoted(cell):
    """A cell without the quotes that the pages and spreadsheets put around one with quotes."""
    is_quoted = len(cell) > 1 and cell.startswith('"') and cell.endswith('"')
    return cell[1:-1].replace('""', '"') if is_quoted else cell


def _unescape(text):
    r"""Replace \t, \n and \\ with the characters that they stand for."""
    meanings = {"t": "\t", "n": "\n", "\\": "\\"}
    return re.sub(r"\\([tn\\])", lambda match: meanings[match[1]], text)
