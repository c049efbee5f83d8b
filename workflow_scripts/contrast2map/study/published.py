"""Published values of Qiu et al. 2022 (10.1002/mrm.28962), by name."""

import csv
from typing import NamedTuple

CITATION = (
    "Qiu S, Chen Y, Ma S, Fan Z, Moser FG, Maya MM, Christodoulou AG, Xie Y, Li D. "
    "Multi-parametric mapping in the brain from conventional contrast-weighted images using deep "
    "learning. Magn Reson Med. 2022;87(1):488-495."
)
DOI = "10.1002/mrm.28962"
N_SUBJECTS = 18
# From the abstract: "mean differences were smaller than +-1 %, and limits of agreement were within
# +-5 % for T1 and within +-10 % for T2 after taking the mean differences into account".
LARGEST_BIAS_PERCENT = {"T1": 1.0, "T2": 1.0}
LARGEST_LIMIT_PERCENT = {"T1": 5.0, "T2": 10.0}


class Published(NamedTuple):
    """One row of the published tables; values that were not published are None."""

    unit: str
    dl_mean: float
    dl_sd: float
    reference_mean: float | None
    reference_sd: float | None
    p_value: float | None


def read_published(lines):
    """Read the published tables.

    Args:
        lines: Iterable of the lines of `config/published_tables.csv`.

    Returns:
        Dict mapping (table, metric, quantity, region) to `Published`.
    """
    rows = {}
    for row in csv.DictReader(lines):
        key = (int(row["table"]), row["metric"], row["quantity"], row["region"])
        if key in rows:
            raise ValueError(f"published twice: {key}")
        numbers = {
            name: float(row[name]) if row[name] else None
            for name in ("dl_mean", "dl_sd", "reference_mean", "reference_sd", "p_value")
        }
        rows[key] = Published(unit=row["unit"], **numbers)
    return rows


def look_up(rows, *, table, metric, quantity, region):
    """Look up a published row by name; for an unknown name, the error lists the known names."""
    key = (table, metric, quantity, region)
    if key not in rows:
        known = "; ".join(" ".join(map(str, each)) for each in rows)
        raise KeyError(f"not published: {' '.join(map(str, key))}. Published are: {known}")
    return rows[key]
