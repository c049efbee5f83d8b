"""Read visual ratings of subjects from the file that the quality-control pages export."""

import csv
import re

COLUMNS = ("subject", "rating", "rater", "comment")
INCLUDE, EXCLUDE, UNRATED = WORDS = ("include", "exclude", "unrated")


def read(path, subjects):
    """Read a ratings.tsv.

    Args:
        path: Tab-separated file with the columns subject, rating, rater and comment.
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
        subject = row["subject"].strip().removeprefix("sub-")
        rating, comment = row["rating"].strip(), _unescape(row["comment"]).strip()
        if subject not in set(subjects):
            raise ValueError(
                f"{path}, line {line}: subject '{subject}' is not in the cohort; remove the line"
            )
        if rating not in WORDS:
            raise ValueError(
                f"{path}, line {line}: rating '{rating}' of sub-{subject} is not one of "
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
    """Read a table with exactly the required columns as pairs of line number and row."""
    try:
        # Spreadsheets write a byte order mark.
        with open(path, newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, delimiter="\t", strict=True)
            columns = tuple(reader.fieldnames or ())
            if not columns:
                raise ValueError(f"{path}: is empty; export the ratings again")
            if sorted(columns) != sorted(COLUMNS):
                raise ValueError(
                    f"{path}: has the columns {', '.join(columns)}; it needs the columns "
                    f"{', '.join(COLUMNS)}, separated by tabs"
                )
            rows = [(reader.line_num, row) for row in reader]
    except FileNotFoundError as error:
        raise ValueError(f"{path}: does not exist; correct cohort.ratings") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ValueError(
            f"{path}: cannot be read as a table in UTF-8 ({error}); export the ratings again"
        ) from error
    if not rows:
        raise ValueError(f"{path}: lists no subject; export the ratings again")
    for line, row in rows:
        if None in row or None in row.values():
            raise ValueError(f"{path}, line {line}: does not have {len(COLUMNS)} columns")
    return rows


def _unescape(text):
    r"""Replace \t, \n and \\ with the characters that they stand for."""
    meanings = {"t": "\t", "n": "\n", "\\": "\\"}
    return re.sub(r"\\([tn\\])", lambda match: meanings[match[1]], text)
