"""Findings and measures of all subjects of a study: a list in one JSON file."""

import json
from pathlib import Path


def read(path):
    """List of one dict per subject, in the order of the file."""
    return json.loads(Path(path).read_text())


def read_each(paths):
    """Contents of one JSON file per subject, a list in the order of the paths."""
    return [json.loads(Path(path).read_text()) for path in paths]


def read_by_subject(path):
    """As `read`, but as a dict by subject label."""
    return {each["subject"]: each for each in read(path)}
