"""What a measure beyond its limit means, and what to do: the words of quality control."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """One line on what is wrong, what to do, and the preprocessed file to look at.

    `{scan}` and `{target}` are replaced by names of scans.
    """

    problem: str
    remedy: str
    file: str = ""


_SCAN = "registered_{scan}.nii.gz"
_BRAIN = "brain_mask.nii.gz"
_TISSUE = "tissue_dseg.nii.gz"
_REGISTER = (
    "look at the overlay; give a transform (cohort.provided.transforms) or leave the scan out"
)
_MASK = "look at the mask; change preprocessing.brain_extraction or give one (cohort.provided)"
_SEGMENT = "look at the segmentation; give one (cohort.provided.tissue_segmentation)"
_UNITS = "check that the reference maps are in seconds and belong to this head"

WORDS = {
    "scan": Words("{scan} was not registered", _REGISTER, _SCAN),
    "brain_extraction": Words("no brain was found", _MASK, _BRAIN),
    "tissue_segmentation": Words("no tissue was found", _SEGMENT, _TISSUE),
    "rotation_deg": Words("{scan} is turned against {target}, in degrees", _REGISTER, _SCAN),
    "translation_mm": Words("{scan} is shifted against {target}, in mm", _REGISTER, _SCAN),
    "overlap": Words(
        "{scan} covers little of the head in {target}",
        "check that it is a scan of the whole brain; leave it out or use input sets without it",
        _SCAN,
    ),
    "similarity": Words("{scan} and {target} say nothing of each other", _REGISTER, _SCAN),
    "distinctness": Words(
        "{scan} fits {target} hardly better than it would 5 mm away: another head, mirrored, or "
        "not registered",
        _REGISTER,
        _SCAN,
    ),
    "brain_volume_ml": Words("the brain's volume in ml is not a brain's", _MASK, _BRAIN),
    "brain_cut_share": Words(
        "the brain is cut by the edge of {target}'s image",
        "check the field of view and the mask; slices beyond it have no maps",
        _BRAIN,
    ),
    "brain_asymmetry": Words("the brain mask is lopsided", _MASK, _BRAIN),
    "brain_protruding_share": Words("the brain mask has thin parts that leak", _MASK, _BRAIN),
    "csf_share": Words("the share of CSF in the brain is not a brain's", _SEGMENT, _TISSUE),
    "gm_share": Words("the share of grey matter in the brain is not a brain's", _SEGMENT, _TISSUE),
    "wm_share": Words("the share of white matter in the brain is not a brain's", _SEGMENT, _TISSUE),
    "gm_wm_contrast_to_noise": Words(
        "{target} hardly tells grey from white matter", _SEGMENT, "registered_{target}.nii.gz"
    ),
    "dark_share": Words(
        "voxels of the brain have no signal in {scan}",
        "check that the scan covers the brain and that its values are magnitudes",
        _SCAN,
    ),
    "tissue_order": Words(
        "{scan} looks like another contrast; contrasts swapped?",
        "check which file is which contrast, and the sequence in the config",
        _SCAN,
    ),
    "n_slices": Words(
        "few slices are left", "see slice_selection.tsv and preprocessing.slices", _BRAIN
    ),
    "reference_T1_gm_s": Words("T1 of grey matter, in s", _UNITS, "registered_T1map.nii.gz"),
    "reference_T1_wm_s": Words("T1 of white matter, in s", _UNITS, "registered_T1map.nii.gz"),
    "reference_T2_gm_s": Words("T2 of grey matter, in s", _UNITS, "registered_T2map.nii.gz"),
    "reference_T2_wm_s": Words("T2 of white matter, in s", _UNITS, "registered_T2map.nii.gz"),
}
