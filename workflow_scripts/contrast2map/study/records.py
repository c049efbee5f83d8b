"""Read CSV files of the study."""

import pandas as pd


def read(paths):
    """Read CSV files with the same columns as one table.

    Only empty cells count as missing, because a subject or a group may be called NA or n/a.

    Args:
        paths: At least one file.
    """
    found = [
        pd.read_csv(path, dtype={"subject": str}, keep_default_na=False, na_values=[""])
        for path in paths
    ]
    # A file without rows has no column types and would change those of the other files.
    return pd.concat([table for table in found if len(table)] or found[:1], ignore_index=True)


def where(table, **values):
    """Select the rows of a table that have given values in some columns.

    Args:
        table: DataFrame.
        **values: Required value by column.
    """
    kept = pd.Series(True, index=table.index)
    for column, value in values.items():
        kept &= table[column] == value
    return table[kept]
