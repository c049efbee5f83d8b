"""A trained model as an object that answers what its users ask.

`bundle.read` makes a Model from a study's bundle. A model of another origin is a Model too: it
fills the same fields and overrides `normalise` and `predict` where it works differently. Users of a
model read its attributes and methods only, never the file that it came from.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

import numpy as np

from contrast2map.imaging import expected_contrast, masks
from contrast2map.preprocessing import normalisation
from contrast2map.study.terms import MEANING_OF_GIVEN_T1, MEANING_OF_T1


@dataclass(frozen=True)
class Range:
    """A measure across training subjects; `n` is their number."""

    mean: float
    sd: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Contrast:
    """A kind of scan: its name, its file in a BIDS dataset and its sequence.

    Attributes:
        name: Name, as in the options of the command.
        file: Pattern with `{subject}`.
        sequence: Type and parameters of the sequence in the model's configuration.
    """

    name: str
    file: str
    sequence: dict


@dataclass(frozen=True)
class Grid:
    """Grids of the training data: median, lowest and highest voxel size (mm), median shape."""

    voxel_mm: list
    lowest_voxel_mm: list
    highest_voxel_mm: list
    shape: list


@dataclass(frozen=True)
class Preprocessing:
    """Settings of the steps that prepare a head for the networks.

    Attributes:
        sampling_share: Share of the voxels from which registration computes its metric.
        interpolation: Interpolation of the registered scans.
        brain_extraction: Keyword arguments of `steps.extract`.
        tissue_segmentation: Keyword arguments of `steps.segment`.
        normalisation: One of `normalisation.METHODS`.
        map_scale_s: Relaxation time to which an output of 1 corresponds.
        tissue_erosion_voxels: Erosion of white matter for `reference_tissue`.
        least_brain_mm2: Least brain area of a slice that is counted.
    """

    sampling_share: float
    interpolation: str
    brain_extraction: dict
    tissue_segmentation: dict
    normalisation: str
    map_scale_s: float
    tissue_erosion_voxels: int
    least_brain_mm2: float

    @classmethod
    def of(cls, settings):
        """From the section `preprocessing` of the configuration."""
        return cls(
            sampling_share=settings["registration"]["sampling_share"],
            interpolation=settings["registration"]["interpolation"],
            brain_extraction=settings["brain_extraction"],
            tissue_segmentation=settings["tissue_segmentation"],
            normalisation=settings["normalisation"]["method"],
            map_scale_s=settings["normalisation"]["map_scale_s"],
            tissue_erosion_voxels=settings["masks"]["tissue_erosion_voxels"],
            least_brain_mm2=settings["slices"]["minimum_brain_area_mm2"],
        )


@dataclass(frozen=True)
class Trained:
    """Ranges of the training data; a dict is empty where nothing is known.

    Attributes:
        protocol: Dict mapping scan to a dict that maps sequence parameter to (lowest, highest).
        largest_voxel_mm: Dict mapping scan to the longest edge of a voxel.
        intensities: Dict mapping scan to a dict that maps tissue or ratio to Range or None.
        maps: Dict mapping quantity to a dict that maps tissue to Range (ms) or None.
        spread: Dict mapping quantity to a dict that maps tissue to Range (ms) or None.
        grid: Grid.
        rotation: Mean rotation of the heads, shape (3, 3).
        levels_mm: Lowest and highest slice by height in the template (MNI z).
    """

    protocol: dict
    largest_voxel_mm: dict
    intensities: dict
    maps: dict
    spread: dict
    grid: Grid
    rotation: np.ndarray
    levels_mm: tuple


@dataclass(frozen=True)
class Fold:
    """One network: its file, and the fingerprint of each subject that it did not see."""

    file: str
    held_out: dict


@dataclass(frozen=True)
class Errors:
    """Errors of a predictor on held-out subjects, as records of `facts.describe_errors`."""

    errors: list
    regions: list


@dataclass(frozen=True)
class Model:
    """A model and what is known of it.

    Attributes:
        study: Name of the study that trained it.
        seed: Seed of the study, also used to prepare new heads.
        simulated: Whether it was trained on simulated heads only.
        version: Version of contrast2map that wrote it.
        sha256: Hash that identifies it, or None if it was not read from a file.
        folder: Folder of its files, or None.
        inputs: Names of the scans that the networks read, in the order of their channels.
        target: Name of the scan whose grid the maps have.
        quantities: Names of the predicted maps.
        contrasts: Dict mapping the name of each scan to Contrast.
        tissues: Dict mapping tissue to its configured T1, T2 (s) and PD.
        preprocessing: Preprocessing.
        quality: Limits of quality control (`quality.judgement`).
        precision: Numeric type of the prediction (`learning.precision`).
        trained: Trained.
        folds: Dict mapping the name of each network to Fold.
        n_folds: Number of networks.
        n_subjects: Dict mapping group to its number of training subjects.
        errors: Errors of the networks.
        errors_of_mean: Errors of the tissue mean; its lists may be empty.
        networks: Dict mapping the name of each network to a function from normalised images
            (slice, height, width, contrast) to scaled maps (slice, height, width, quantity);
            empty until the networks are loaded (`with_networks`).
        start: "scratch" or "pretrained", as `training.start` of the configuration.
    """

    study: str
    seed: int
    simulated: bool
    version: str
    sha256: str | None
    folder: Path | None
    inputs: tuple
    target: str
    quantities: tuple
    contrasts: dict
    tissues: dict
    preprocessing: Preprocessing
    quality: dict
    precision: str
    trained: Trained
    folds: dict
    n_folds: int
    n_subjects: dict
    errors: Errors
    errors_of_mean: Errors
    networks: Mapping[str, Callable] = field(default_factory=dict)
    start: str = "scratch"

    # What a model of another origin may do differently.
    is_told_protocol: ClassVar[bool] = False  # its maps depend on the numbers of the protocol
    segments_maps: ClassVar[bool] = False  # tissue is found in its T1 map, not in the target scan
    needs_all_scans: ClassVar[bool] = True  # otherwise any of them suffice
    abstains: ClassVar[bool] = False  # voxels that the scans do not tell have no map
    # Parameters of its scans that it is not told: dict mapping scan to dict of numbers by name.
    withheld: ClassVar[Mapping] = MappingProxyType({})
    where_evaluated: ClassVar[str] = "not evaluated"  # if it has no errors of its own
    uncertainty: ClassVar[str] = "spread"  # meaning of the second result of `predict`

    @property
    def scans(self):
        """Names of the scans that maps need: the inputs, and the target if it is not an input."""
        return scans_of(self.inputs, self.target)

    @property
    def sequences(self):
        """Dict mapping scan to the configured type and parameters of its sequence."""
        return {name: each.sequence for name, each in self.contrasts.items()}

    def tissue_order(self, scan):
        """Tissues by expected brightness in a scan, or None (`expected_tissue_order`)."""
        return expected_contrast.expected_tissue_order(self.contrasts[scan].sequence, self.tissues)

    def known_as(self, fingerprint):
        """Fold and label of the training subject with this fingerprint; (None, None) if unknown."""
        for name, fold in self.folds.items():
            for subject, known in fold.held_out.items():
                if known == fingerprint:
                    return name, subject
        return None, None

    @property
    def origin(self):
        """Where the maps come from, for the description of a dataset."""
        return (
            f"Mean over the folds of model '{self.folder.name}' of study '{self.study}'; SHA-256 "
            f"of its bundle.json: {self.sha256}"
        )

    @property
    def notes(self):
        """What a user of its maps must know, one line each."""
        return []

    @property
    def normalisation_words(self):
        """What its normalisation divides, in words that follow "divides"."""
        return normalisation.describe(self.preprocessing.normalisation, self.target)

    def map_words(self, folds):
        """What a map is, for its sidecar."""
        return f"U-Net on contrast-weighted images, mean of {_listed(folds)}"

    def uncertainty_words(self, folds):
        """What the uncertainty is, for its sidecar; `{quantity}` is a placeholder."""
        return (
            f"standard deviation (n - 1) of the predicted {{quantity}} across {_listed(folds)}; it "
            "shows how far the networks disagree, not the error of the map"
        )

    def uncertainty_caption(self, n_folds):
        """What the uncertainty is, for the pictures of the page."""
        if n_folds == 1:
            return "There is no spread, because a single network predicted."
        return (
            f"Spread: SD across {n_folds} folds, which shows how far the networks disagree, not "
            "the error of the maps."
        )

    def reading(self, names):
        """The model for a set of scans."""
        return self

    def for_scans(self, scans):
        """The model for these scans (dict of new_scans.NewScan by name)."""
        return self

    def protocol_of(self, name, scan):
        """Known sequence parameters of a scan (new_scans.NewScan), as the model uses them."""
        return scan.sequence

    @property
    def meaning_of_T1(self):
        """What its T1 is, in sentences."""
        return MEANING_OF_T1 if self.simulated else MEANING_OF_GIVEN_T1

    def possible_contrast(self, name, times_s):
        """Limits of ratios between tissues in a scan, from its protocol (`told_contrast.possible`).

        Empty here: `trained.intensities` of a study say what its scans look like.
        """
        return {}

    def with_networks(self, networks):
        """The same model, with its networks loaded."""
        return replace(self, networks=networks)

    def normalise(self, volumes, brain, tissue):
        """Divide the scans of a head by their level, as in the training.

        Args:
            volumes: Dict mapping scan to image, shape (slice, height, width).
            brain: Boolean brain mask, same shape.
            tissue: Tissue labels of `masks`, same shape.

        Returns:
            Dict mapping scan to float32 image, same shape.
        """
        settings = self.preprocessing
        white_matter = masks.inner_white_matter(tissue, settings.tissue_erosion_voxels)
        return normalisation.normalise(
            volumes, brain, settings.normalisation, self.target, white_matter
        )

    def predict(self, inputs, valid, folds):
        """Predict maps and their uncertainty: mean and SD across networks.

        Args:
            inputs: Dict mapping scan to normalised image, shape (slice, height, width).
            valid: Boolean mask of the voxels to map, same shape.
            folds: Names of the networks that predict.

        Returns:
            Two dicts mapping quantity to float32 values in seconds, same shape, 0 outside `valid`:
            the maps, and their SD across networks; the second is empty for a single network.
        """
        seen = np.stack([inputs[name] for name in self.inputs], axis=-1)
        scale_s = self.preprocessing.map_scale_s
        by_fold_s = np.stack(
            [
                normalisation.restore_maps(self.networks[fold](seen), valid[..., None], scale_s)
                for fold in folds
            ]
        )
        maps_s, spread_s = {}, {}
        for number, quantity in enumerate(self.quantities):
            maps_s[quantity] = by_fold_s[..., number].mean(axis=0)
            if len(folds) > 1:
                spread_s[quantity] = by_fold_s[..., number].std(axis=0, ddof=1)
        return maps_s, spread_s

    def only_told(self, maps_s, spread_s):
        """Maps without the values that are too uncertain, if the model abstains."""
        return maps_s


def _listed(folds):
    return " and ".join(folds) if len(folds) < 3 else f"{len(folds)} folds"


def scans_of(inputs, target):
    """Names of the inputs, and of the target scan if it is not among them."""
    return [*inputs] + [target] * (target not in inputs)
