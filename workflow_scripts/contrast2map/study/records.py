"""Read CSV files of the study."""

import pandas as pd


def read(paths):
    """Read CSV files of one kind as one table.

    Only an empty cell is missing: a subject or a group may be called NA or n/a.

    Args:
        paths: At least one file.
    """
    found = [
        pd.read_csv(path, dtype={"subject": str}, keep_default_na=False, na_values=[""])
        for path in paths
    ]
    # Files without rows have no types and would change those of the others.
    return pd.concat([table for table in found if len(table)] or found[:1], ignore_index=True)


def where(table, **values):
    """Rows of a table with given values in some columns.

    Args:
        table: DataFrame.
        **values: Value by column.
    """
    kept = pd.Series(True, index=table.index)
    for column, value in values.items():
        kept &= table[column] == value
    return table[kept]
