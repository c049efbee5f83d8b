"""Lists of each fold's files, which are the inputs of jobs that read many subjects.

If every file of every subject were an input of such a job, Snakemake would take minutes to plan a
study with thousands of subjects; with lists, a job has one input per fold. Only the last files made
for a subject are inputs of its list, because all others are made before them. Their contents reveal
earlier changes: normalisation_files.tsv contains the hashes of the registered images.
"""

# Files of a subject, in addition to its slices, that are read after preprocessing.
VOLUMES = {
    **{name: preprocessed(f"registered_{name}.nii.gz") for name in CONTRASTS},
    **{name: preprocessed(f"registered_{name}map.nii.gz") for name in QUANTITIES},
    "brain": preprocessed("brain_mask.nii.gz"),
    "coverage": preprocessed("coverage_mask.nii.gz"),
    "excluding_csf": preprocessed("excluding_csf_mask.nii.gz"),
    "tissue": preprocessed("tissue_dseg.nii.gz"),
    "structures": preprocessed("structure_dseg.nii.gz"),
    "roi": preprocessed("roi_dseg.nii.gz"),
    "slice_selection": preprocessed("slice_selection.tsv"),
    "normalisation_files": preprocessed("normalisation_files.tsv"),
}
if HAS_TRUTH:
    VOLUMES |= {f"true_{name}": f"{TRUTH}_{name}map.nii.gz" for name in QUANTITIES}
    VOLUMES |= {
        "true_brain": f"{TRUTH}_desc-brain_mask.nii.gz",
        "true_labels": f"{TRUTH}_space-orig_dseg.nii.gz",
        "true_movement": f"{TRUTH}_desc-movement_xfm.json",
        "transforms": preprocessed("transforms.json"),
    }
# Separate, so that a changed mask alone does not retrain networks.
SLICES = {"slices": preprocessed("slices.npz")}
LISTED = {
    part: {role: each.replace("<results>", RESULTS) for role, each in patterns.items()}
    for part, patterns in (("slices", SLICES), ("volumes", VOLUMES))
}
LAST = {
    "slices": list(SLICES.values()),
    "volumes": [
        VOLUMES[name]
        for name in ("normalisation_files", "excluding_csf", "roi", "tissue")
    ],
}


wildcard_constraints:
    part="slices|volumes",


rule list_files:
    input:
        last_files,
    output:
        list="<results>/folds/{fold}/{part}.json",
    log:
        "<logs>/list_files/{fold}_{part}.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("list_files"),
        patterns=lookup(dpath="{part}", within=LISTED),
        subjects=held_out,
        more=others_listed,
    message:
        "List the {wildcards.part} of the held-out subjects of {wildcards.fold}."
    script:
        "../workflow_scripts/list_files.py"
