"""What was found in all subjects of a study: one JSON file, a list of them."""

import json
from pathlib import Path


def read(path):
    """What was found, a list of dicts in the order of the file."""
    return json.loads(Path(path).read_text())


def read_each(paths):
    """Contents of one JSON file per subject, a list in the order of the paths."""
    return [json.loads(Path(path).read_text()) for path in paths]


def read_by_subject(path):
    """As `read`, as a dict by the subject's label."""
    return {each["subject"]: each for each in read(path)}
