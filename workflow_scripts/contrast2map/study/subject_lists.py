"""Read JSON files with findings or measures, one file per subject or one list of all subjects."""

import json
from pathlib import Path


def read(path):
    """Read a list with one dict per subject, in the order of the file."""
    return json.loads(Path(path).read_text())


def read_each(paths):
    """Read one JSON file per subject; returns a list of the contents in the order of the paths."""
    return [json.loads(Path(path).read_text()) for path in paths]


def read_by_subject(path):
    """As `read`, but returns a dict by subject label."""
    return {each["subject"]: each for each in read(path)}
