"""Lists of subjects' files, by what they are: one file that stands for many.

A job that reads all subjects of a fold has the fold's list as its input, and not each file of each
subject: Snakemake's work grows with the number of inputs of all jobs.
"""

import json
from collections import defaultdict
from pathlib import Path

from contrast2map.study.entities import by_subject, subject_of


def require(paths_by_role):
    """Raise where a file is not there.

    Args:
        paths_by_role: As in `write`.

    Raises:
        ValueError: One line that names the file, its subject, and what to do.
    """
    for role, paths in paths_by_role.items():
        for path in paths:
            if not Path(path).exists():
                raise ValueError(
                    f"sub-{subject_of(path)}: {path} ({role}) is missing, but what is made of "
                    f"it is there; name it as a target, snakemake {path}, then run the study again"
                )


def write(paths_by_role, path):
    """Write a list.

    Args:
        paths_by_role: Dict of what files are (such as "slices") to one path a subject, or less.
        path: JSON file.

    Raises:
        ValueError: Two files of one role are of one subject.
    """
    sorted_paths = {role: by_subject(paths) for role, paths in paths_by_role.items()}
    Path(path).write_text(json.dumps(sorted_paths, indent=1) + "\n")


def read(paths):
    """Read lists, of several folds for instance, as one.

    Args:
        paths: JSON files, or one.

    Returns:
        Dict of role to dict of subject label to path, subjects in the order of their labels; a role
        that no list has is empty.

    Raises:
        ValueError: Two lists have a file of one role and one subject.
    """
    found = defaultdict(dict)
    for path in [paths] if isinstance(paths, str | Path) else paths:
        for role, files in json.loads(Path(path).read_text()).items():
            if twice := found[role].keys() & files.keys():
                raise ValueError(f"{path}: {role} of sub-{min(twice)} is in another list too")
            found[role] |= files
    return defaultdict(dict, {role: dict(sorted(files.items())) for role, files in found.items()})
