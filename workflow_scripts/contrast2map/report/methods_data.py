"""The methods of a study in words: cohort and preprocessing (see `methods`)."""

from contrast2map.preprocessing import normalisation
from contrast2map.tables.layout import population

HEADS = {
    "icbm152": (
        "random deformations of the ICBM152 2009 template [@fonov2011], which the package nilearn "
        "[@abraham2014] carries"
    ),
    "brainweb": "heads of BrainWeb [@collins1998]",
}
# Sentences of the engines, by step and engine.
ENGINES = {
    ("brain extraction", "fsl"): "FSL's BET [@smith2002]",
    ("brain extraction", "embedded"): "the package brainextractor, after BET [@smith2002]",
    ("brain extraction", "deepbet"): "deepbet",
    ("brain extraction", "provided"): "masks that came with the dataset",
    ("tissue segmentation", "fsl"): "FSL's FAST [@zhang2001]",
    ("tissue segmentation", "embedded"): (
        "our own hidden Markov random field, after FAST [@zhang2001]"
    ),
    ("tissue segmentation", "provided"): "segmentations that came with the dataset",
}


def cohort(config, facts):
    """Where the subjects come from."""
    seed = f"Every random choice follows from seed {config['seed']}."
    if not facts.simulated:
        return (
            f"The cohort is a BIDS dataset [@gorgolewski2016], of which "
            f"{population(facts.n_subjects, False)} take part. {seed}"
        )
    simulation = config["simulation"]
    scan, maps = simulation["scan"], simulation["reference_maps"]
    groups = ", ".join(
        f"{group['n_subjects']} {group['name'].replace('_', ' ')}" for group in simulation["groups"]
    )
    source = simulation["anatomy"]["source"]
    return (
        f"No person was scanned. {facts.n_subjects} simulated subjects take part (simulated: "
        f"{groups}); their heads are {HEADS[source]}. Scans follow the signal equations of their "
        f"sequences at {_times(scan['voxel_mm'])} mm, with noise, coil fields and movement; "
        f"reference maps at {_times(maps['voxel_mm'])} mm have noise, blur, a smooth error and a "
        "ceiling for CSF, after MR Multitasking [@christodoulou2018; @ma2021]. Means and standard "
        "deviations of T1 and T2 of grey and white matter, putamen and thalamus are settings; by "
        "default they are those of the paper's reference maps [@qiu2022], so that Table 2 lies "
        "near the published values by construction. "
        + (
            "All heads are deformations of one template, and putamen and thalamus are found again "
            "with the shapes that they were made with: held-out heads are more alike than persons "
            "are. "
            if source == "icbm152"
            else ""
        )
        + f"The dataset is written as BIDS [@gorgolewski2016]. {seed}"
    )


def preprocessing(config, facts):
    """From scans to normalised slices."""
    settings = config["preprocessing"]
    chosen, slices = settings["normalisation"], settings["slices"]
    divided = normalisation.describe(chosen["method"], config["target_contrast"])
    return (
        "All images and the T1 map were registered rigidly to the "
        f"{config['target_contrast'].upper()} (ANTsPy [@avants2011], "
        f"{settings['registration']['interpolation']} interpolation), the T2 map by the transform "
        f"of the T1 map{_own_transforms(config)}. Brains were extracted by "
        f"{_engines('brain extraction', facts)}. Within the brain, "
        f"normalisation divided {divided} and maps by {chosen['map_scale_s']:g} s. "
        f"Slices needed a brain area of {slices['minimum_brain_area_mm2']:g} mm² and a "
        "reference coverage of "
        f"{slices['minimum_reference_coverage']:g}. Subjects whose files or whose preprocessing "
        "lie outside the limits of the input gate and of the quality control were left out"
        + (", as were those that a person rated so." if config["cohort"]["ratings"] else ".")
    )


def segmentation(config, facts):
    """Tissues, masks and regions."""
    masks, rois = config["preprocessing"]["masks"], config["preprocessing"]["rois"]
    return (
        f"Tissues were segmented by {_engines('tissue segmentation', facts)}; putamen and thalamus "
        "are shapes of the template, carried to each head by symmetric diffeomorphic registration "
        f"[@avants2008]{_own_structures(config)}. CSF was dilated by "
        f"{_voxels(masks['csf_dilation_voxels'])} and the regions eroded by "
        f"{_voxels(masks['tissue_erosion_voxels'])}; GM and WM were measured in "
        f"{rois['n_slab_slices']} slices centred {rois['slab_distance_mm']:g} mm above the slice "
        "of putamen and thalamus."
    )


def _engines(step, facts):
    """Who did a step, in words; all of them where subjects differ."""
    names = sorted(engine for done, engine in facts.engines if done == step)
    return " or ".join(ENGINES.get((step, name), name) for name in names) or "no engine"


def _own_transforms(config):
    names = ", ".join(config["cohort"]["provided"]["transforms"])
    return f"; those of {names} came with the dataset where it has them" if names else ""


def _own_structures(config):
    provided = config["cohort"]["provided"]["structure_segmentation"]["file"]
    return "; those that came with the dataset were taken as they are" if provided else ""


def _voxels(n):
    return f"{n} voxel{'' if n == 1 else 's'}"


def _times(values):
    return " × ".join(f"{value:g}" for value in values)
