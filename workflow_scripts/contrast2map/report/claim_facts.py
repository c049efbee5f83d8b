"""What the answers to CLAIM are made of."""

from typing import NamedTuple

import pandas as pd


class Facts(NamedTuple):
    """What the answers are made of.

    Attributes:
        config: The study's configuration.
        subjects: Table of who takes part (`subject_tables`).
        errors: Table 1 (`tables_errors`).
        errors_by_subject: Table of `tables_errors.errors_by_subject`.
        leakage: Table of `leakage`: files that each fit read.
        network: Name of the main network.
        simulated: Whether the subjects are simulated.
    """

    config: dict
    subjects: pd.DataFrame
    errors: pd.DataFrame
    errors_by_subject: pd.DataFrame
    leakage: pd.DataFrame
    network: str
    simulated: bool


def included(facts):
    """Rows of the subjects that take part."""
    return facts.subjects[facts.subjects["included"]]
