"""Find the subject of a file, and the paths of a subject's maps."""

import re
from pathlib import Path

SUBJECT_FOLDER = re.compile(r"sub-([A-Za-z0-9]+)")


def subject_of(path):
    """Label of a file's subject, from the folder (`sub-XX`) or the file name (`sub-XX.json`).

    Raises:
        ValueError: Neither the file nor a folder above it is named after a subject.
    """
    parts = (*Path(path).parts[:-1], Path(path).name.split(".")[0])
    labels = [match[1] for part in parts if (match := SUBJECT_FOLDER.fullmatch(part))]
    if not labels:
        raise ValueError(f"{path} is not in a subject's folder (sub-XX)")
    return labels[-1]


def map_path(folder, subject, quantity, description=None):
    """Path of a map of T1 or T2 in a BIDS derivative.

    Args:
        folder: Root of the derivative.
        subject: Subject label.
        quantity: "T1" or "T2".
        description: BIDS entity `desc` of a derived map, such as "spread"; None for the map itself.
    """
    entities = f"sub-{subject}_desc-{description}" if description else f"sub-{subject}"
    return Path(folder) / f"sub-{subject}" / "anat" / f"{entities}_{quantity}map.nii.gz"


def by_predictor_and_fold(paths):
    """Folders of predictions (`<predictor>/<fold>`) as {(predictor, fold): folder}."""
    return {(Path(path).parent.name, Path(path).name): path for path in paths}


def by_subject(paths):
    """Index files of one kind by subject, so that files are never paired by position.

    Args:
        paths: Paths with at most one file per subject.

    Returns:
        Dict mapping subject label to path.
    """
    sorted_paths = {subject_of(path): path for path in paths}
    if len(sorted_paths) != len(paths):
        raise ValueError(f"two files of one subject among {', '.join(map(str, paths))}")
    return sorted_paths
