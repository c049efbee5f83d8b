"""Age and sex of the included subjects, as participants.tsv states them."""

import re
from collections import Counter
from statistics import mean, stdev

from contrast2map.study import tsv

SEX_WORDS = {"m": "male", "male": "male", "f": "female", "female": "female"}
SEX_WORDS |= {"o": "other", "other": "other"}


def describe(rows, subjects):
    """Age and sex of some of the subjects of a dataset, in one or two sentences.

    Args:
        rows: Rows of participants.tsv, as dicts of column name to cell. `age` is in years (BIDS;
            "89+" counts as 89), `sex` is one of BIDS' words.
        subjects: Labels without "sub-".

    Returns:
        Text; it says how many subjects have no such entry, and that there is none if the table
        lacks the column.
    """
    labels = {f"sub-{subject}" for subject in subjects} | {*subjects}
    chosen = [row for row in rows if row["participant_id"] in labels]
    return f"{_ages(chosen)} {_sexes(chosen)}"


def _ages(rows):
    cells = [row.get("age", "") for row in rows]
    years = [float(found[1]) for cell in cells if (found := re.fullmatch(r"(\d+\.?\d*)\+?", cell))]
    if not years:
        return "No age is given in participants.tsv."
    spread = f" ± {stdev(years):.1f}" if len(years) > 1 else ""
    return (
        f"Age {mean(years):.1f}{spread} years ({min(years):g} to {max(years):g}"
        f"{_without(len(rows) - len(years), 'age')})."
    )


def _sexes(rows):
    cells = [row.get("sex", "").lower() for row in rows]
    words = Counter(SEX_WORDS.get(cell, cell) for cell in cells if cell not in tsv.MISSING)
    if not words:
        return "No sex is given in participants.tsv."
    counts = ", ".join(f"{n} {word}" for word, n in sorted(words.items()))
    return f"Sex: {counts}{_without(len(rows) - words.total(), 'sex')}."


def _without(n, column):
    return f"; {n} without {column}" if n else ""
