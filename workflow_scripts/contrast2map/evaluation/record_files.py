"""Write records as CSV files without pandas, whose import takes longer than most evaluations."""

import csv
import math


def write(records, columns, path):
    """Write records as CSV; missing values (None, NaN or no key) give empty cells.

    Args:
        records: List of dicts with keys of `columns`; may be empty.
        columns: Names of the columns, in order.
        path: File to write. Floats are written with all their digits.

    Raises:
        ValueError: A record has a key that is not a column.
    """
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for record in records:
            writer.writerow({name: _cell(value) for name, value in record.items()})


def _cell(value):
    return "" if isinstance(value, float) and math.isnan(value) else value
