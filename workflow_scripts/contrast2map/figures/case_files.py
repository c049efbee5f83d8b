"""Slices of subjects, read from the files of a study for a figure."""

from dataclasses import dataclass, field

import numpy as np

from contrast2map.figures.cases import Case, largest_slice
from contrast2map.imaging import grids
from contrast2map.imaging.images import load_volume, open_volume, selected_slices
from contrast2map.study.subject_paths import map_path
from contrast2map.study.terms import QUANTITIES


@dataclass(frozen=True)
class CaseFiles:
    """Paths of the files that figures of cases show.

    Attributes:
        preprocessed: Files as {name: {subject: path}} with the names of the contrasts, T1, T2,
            brain and slice_selection.
        lesions: Lesion masks as {subject: path}, for subjects with a mask.
        predictions: Folders as {(predictor, fold): path}.
        groups: Group of each subject.
        folds: Fold that holds out each subject.
    """

    preprocessed: dict
    lesions: dict
    predictions: dict
    groups: dict
    folds: dict
    slices: dict = field(init=False)

    def __post_init__(self):
        tables = self.preprocessed["slice_selection"]
        slices = {subject: selected_slices(path) for subject, path in tables.items()}
        object.__setattr__(self, "slices", slices)

    def read_lesions(self, subject):
        """Lesion mask of a subject, shape (x, y, slice); all False if the subject has none."""
        like = open_volume(self.preprocessed["T1"][subject])
        if subject not in self.lesions:
            return np.zeros(like.shape, bool)
        return load_volume(self.lesions[subject], like) > 0

    def read_brain(self, subject):
        """Brain mask of a subject, shape (x, y, slice)."""
        like = open_volume(self.preprocessed["T1"][subject])
        return load_volume(self.preprocessed["brain"][subject], like) > 0

    def count_lesion_voxels(self):
        """Number of lesion voxels in the selected slices of each subject that has a mask."""
        return {
            subject: int(self.read_lesions(subject)[..., self.slices[subject]].sum())
            for subject in self.lesions
        }

    def slice_to_show(self, subject):
        """Selected slice with most lesion voxels or, without lesions, most brain voxels."""
        slices, lesions = self.slices[subject], self.read_lesions(subject)
        shown = lesions if lesions[..., slices].any() else self.read_brain(subject)
        return largest_slice(shown, slices)

    def read_case(self, subject, index, contrasts, predictors):
        """Read one slice of a subject.

        Args:
            subject: Label of the subject.
            index: Number of the slice.
            contrasts: Names of the weighted images, in their order.
            predictors: Names of the predictors, in their order.
        """
        like = open_volume(self.preprocessed["T1"][subject])

        def read(path):
            return load_volume(path, like)[..., index]

        folders = {name: self.predictions[name, self.folds[subject]] for name in predictors}
        return Case(
            subject=subject,
            group=self.groups[subject],
            slice_index=int(index),
            inputs={name: read(self.preprocessed[name][subject]) for name in contrasts},
            reference_s={name: read(self.preprocessed[name][subject]) for name in QUANTITIES},
            predicted_s={
                predictor: {name: read(map_path(folder, subject, name)) for name in QUANTITIES}
                for predictor, folder in folders.items()
            },
            brain=self.read_brain(subject)[..., index],
            lesions=self.read_lesions(subject)[..., index],
            voxel_mm=tuple(map(float, grids.voxel_size_mm(like)[:2])),
        )
