"""Messages of quality control: problem and remedy for each measure and step."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Problem and remedy, one line each, and the preprocessed file to check.

    `{scan}` and `{target}` are replaced by the names of the scans.
    """

    problem: str
    remedy: str
    file: str = ""


_SCAN = "registered_{scan}.nii.gz"
_BRAIN = "brain_mask.nii.gz"
_TISSUE = "tissue_dseg.nii.gz"
REGISTER = "check the overlay; provide a transform (cohort.provided.transforms) or exclude the scan"
MASK = "check the mask; change preprocessing.brain_extraction or provide a mask (cohort.provided)"
SEGMENT = "check the segmentation or provide one (cohort.provided.tissue_segmentation)"
_PROGRAM = "check the result; if FSL is named, fix its installation"
_UNITS = "check that the reference maps are in seconds and belong to this subject"

WORDS = {
    "scan": Words("{scan} was not registered", REGISTER, _SCAN),
    "brain_extraction": Words("no brain was found", MASK, _BRAIN),
    "tissue_segmentation": Words("no tissue was found", SEGMENT, _TISSUE),
    "brain_extraction_warning": Words("brain extraction", _PROGRAM, _BRAIN),
    "tissue_segmentation_warning": Words("tissue segmentation", _PROGRAM, _TISSUE),
    "rotation_deg": Words("{scan} is rotated relative to {target}", REGISTER, _SCAN),
    "translation_mm": Words("{scan} is shifted relative to {target}", REGISTER, _SCAN),
    "overlap": Words(
        "{scan} covers too little of the head in {target}",
        "check that the scan covers the whole brain; exclude it or use input sets without it",
        _SCAN,
    ),
    "similarity": Words(
        "{scan} and {target} share almost no information (normalised mutual information)",
        REGISTER,
        _SCAN,
    ),
    "distinctness": Words(
        "{scan} matches {target} hardly better than when displaced by 5 mm or 5 degrees: it shows "
        "another subject, is mirrored, or was not registered",
        REGISTER,
        _SCAN,
    ),
    "brain_volume_ml": Words("implausible brain volume", MASK, _BRAIN),
    "brain_cut_share": Words(
        "the brain is cut off at the edge of {target}",
        "check the field of view and the mask; slices outside the field of view have no maps",
        _BRAIN,
    ),
    "brain_asymmetry": Words("the brain mask is asymmetric", MASK, _BRAIN),
    "brain_protruding_share": Words("the brain mask leaks into thin protrusions", MASK, _BRAIN),
    "csf_share": Words("implausible share of CSF in the brain", SEGMENT, _TISSUE),
    "gm_share": Words("implausible share of grey matter in the brain", SEGMENT, _TISSUE),
    "wm_share": Words("implausible share of white matter in the brain", SEGMENT, _TISSUE),
    "gm_wm_contrast_to_noise": Words(
        "low contrast between grey and white matter in {target}",
        SEGMENT,
        "registered_{target}.nii.gz",
    ),
    "dark_share": Words(
        "brain voxels without signal in {scan}",
        "check that the scan covers the brain and is a magnitude image",
        _SCAN,
    ),
    "tissue_order": Words(
        "{scan} looks like another contrast; were scans swapped?",
        "check the contrast of each file and the configured sequence",
        _SCAN,
    ),
    "n_slices": Words(
        "too few usable slices", "see slice_selection.tsv and preprocessing.slices", _BRAIN
    ),
    "reference_T1_gm_s": Words(
        "implausible reference T1 of grey matter", _UNITS, "registered_T1map.nii.gz"
    ),
    "reference_T1_wm_s": Words(
        "implausible reference T1 of white matter", _UNITS, "registered_T1map.nii.gz"
    ),
    "reference_T2_gm_s": Words(
        "implausible reference T2 of grey matter", _UNITS, "registered_T2map.nii.gz"
    ),
    "reference_T2_wm_s": Words(
        "implausible reference T2 of white matter", _UNITS, "registered_T2map.nii.gz"
    ),
}
