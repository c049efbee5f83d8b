"""Find the files of each subject in a simulated cohort or a BIDS dataset.

A file is named by its role: a contrast, a quantity (T1, T2), or a file that the user may provide
(brain_mask, lesion_mask, tissue_segmentation, structure_segmentation, transform_<contrast>). Both
classes have the same methods, so rules need not know which kind of cohort they read.
"""

import math
import os
from functools import cache

from contrast2map.bids import sidecars
from contrast2map.bids.files import Resolved, resolve

COMPRESSED_BYTES = 1.3  # bytes per voxel of a simulated scan, compressed
MB = 1e6
SEGMENTATIONS = ("tissue_segmentation", "structure_segmentation")


class SimulatedFiles:
    """Files of a cohort that the study simulates; their paths are known before they exist.

    Args:
        root: Root of the cohort.
        required: Dict mapping contrast or quantity to a path below the root with `{subject}`.
        lesion_mask: Path of the true lesion mask with `{subject}`.
        target: Contrast that the other scans are registered to.
        matrix: Number of voxels of a scan along each axis.
    """

    provided = {}  # a simulated subject brings no masks, segmentations or transforms

    def __init__(self, root, required, lesion_mask, target, matrix):
        self.root, self.required, self.target = root, required, target
        self._lesion_mask = lesion_mask
        self._scan_mb = math.prod(matrix) * COMPRESSED_BYTES / MB

    def path(self, role, subject):
        """Path of a required file."""
        return f"{self.root}/{self.required[role]}".format(subject=subject)

    def is_complete(self, subject):
        """Whether all required files exist or will be made by the study; always True."""
        return True

    def roles(self, subject):
        """Required files of a subject, as a dict mapping role to Resolved."""
        return {role: Resolved(self.path(role, subject)) for role in self.required}

    def gate_inputs(self, subject):
        """Files that the input gate waits for, by role.

        One file stands for all, because the same job writes them. The sidecars are written
        together with participants.tsv.
        """
        return {self.target: self.path(self.target, subject)}

    def lesion_masks(self, subjects):
        """Lesion masks of the given subjects."""
        return [self._lesion_mask.format(subject=each) for each in subjects]

    def scan_mb(self, subject):
        """Size of the target scan in MB, estimated from its number of voxels."""
        return self._scan_mb


class BidsFiles:
    """Files of a BIDS dataset with sessions and runs; each file is looked up only once.

    Args:
        root: Root of the dataset.
        required: Dict mapping contrast or quantity to a path below the root with `{subject}`.
        provided: Dict mapping the role of each file that the user may provide to such a path.
        target: Contrast that the other scans are registered to.
        session: Label of the session, or None.
        run: Number of the run, or None.
    """

    def __init__(self, root, required, provided, target, session=None, run=None):
        self.root, self.required, self.provided, self.target = root, required, provided, target
        self._session, self._run = session, run
        self.found = cache(self._found)
        self.scan_mb = cache(self._size_of_scan_mb)

    def _found(self, role, subject):
        pattern = (self.required | self.provided)[role]
        return resolve(self.root, pattern, subject, self._session, self._run)

    def path(self, role, subject):
        """Path of a required file; if the file is missing, the path where it should be."""
        expected = f"{self.root}/{self.required[role]}".format(subject=subject)
        return self.found(role, subject).path or expected

    def provided_path(self, role, subject):
        """Path of a file that the user provides for a subject, or None."""
        return self.found(role, subject).path if role in self.provided else None

    def is_complete(self, subject):
        """Whether all required files exist."""
        return all(self.found(role, subject).path for role in self.required)

    def roles(self, subject):
        """Files of a subject, as a dict mapping role to Resolved: path, or problem and remedy.

        Required files are always listed, provided files only if they are not missing.
        """
        found = {role: self.found(role, subject) for role in self.required | self.provided}
        return {
            role: each
            for role, each in found.items()
            if role in self.required or not each.is_missing
        }

    def gate_inputs(self, subject):
        """Existing files of a subject by role, and all their sidecars as "sidecars"."""
        files = {role: each.path for role, each in self.roles(subject).items() if each.path}
        own = {path for file in files.values() for path in sidecars.applicable(file, self.root)}
        return files | {"sidecars": sorted(own)}

    def lesion_masks(self, subjects):
        """Lesion masks of the given subjects, omitting subjects without one."""
        paths = [self.provided_path("lesion_mask", each) for each in subjects]
        return [path for path in paths if path]

    def _size_of_scan_mb(self, subject):
        """Size of the stored target scan in MB; 0 if the scan is missing."""
        path = self.path(self.target, subject)
        return os.path.getsize(path) / MB if os.path.exists(path) else 0


def provided_patterns(provided, lesion_mask):
    """Path patterns of the files that the user may provide for a subject, by role.

    Args:
        provided: `cohort.provided` of the configuration.
        lesion_mask: `cohort.lesion_mask` of the configuration.
    """
    patterns = {
        **{role: provided[role]["file"] for role in SEGMENTATIONS},
        **{f"transform_{name}": pattern for name, pattern in provided["transforms"].items()},
        "brain_mask": provided["brain_mask"],
        "lesion_mask": lesion_mask,
    }
    return {role: pattern for role, pattern in patterns.items() if pattern}
