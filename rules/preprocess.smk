"""Preprocessing of a subject: registered scans, brain mask and slices for the network."""

NORMALISATION = config["preprocessing"]["normalisation"]


rule repair_orientation:
    input:
        **{name: of_cohort(name) for name in [*CONTRASTS, *QUANTITIES]},
    output:
        **{name: REPAIRED.format(role=name) for name in [*CONTRASTS, *QUANTITIES]},
        turned="<results>/repaired/sub-{subject}/turned.json",
    log:
        "<logs>/repair_orientation/sub-{subject}.log",
    benchmark:
        "<benchmarks>/repair_orientation/sub-{subject}.tsv"
    conda:
        "../envs/images.yaml"
    resources:
        mem_mb=memory(2000, per_scan_mb=200),
        runtime=15,
    params:
        code=code_of("repair_orientation"),
        contrasts=list(CONTRASTS),
        quantities=QUANTITIES,
        target=TARGET,
    message:
        "Turn the images of sub-{wildcards.subject} that do not lie as their headers say."
    script:
        "../workflow_scripts/repair_orientation.py"


rule register_scans:
    input:
        **{name: as_acquired(name) for name in [*CONTRASTS, *QUANTITIES]},
        **{
            f"transform_{name}": if_provided(f"transform_{name}")
            for name in PROVIDED["transforms"]
        },
    output:
        **{
            name: f"<results>/preprocessed/sub-{{subject}}/registered_{name}.nii.gz"
            for name in CONTRASTS
        },
        **{
            quantity: f"<results>/preprocessed/sub-{{subject}}/registered_{quantity}map.nii.gz"
            for quantity in QUANTITIES
        },
        coverage="<results>/preprocessed/sub-{subject}/coverage_mask.nii.gz",
        transforms="<results>/preprocessed/sub-{subject}/transforms.json",
        registration="<results>/preprocessed/sub-{subject}/registration.json",
    log:
        "<logs>/register_scans/sub-{subject}.log",
    benchmark:
        "<benchmarks>/register_scans/sub-{subject}.tsv"
    conda:
        "../envs/images.yaml"
    resources:
        mem_mb=memory(2000, per_scan_mb=200),
        runtime=60,
    params:
        code=code_of("register_scans"),
        contrasts=list(CONTRASTS),
        quantities=QUANTITIES,
        target=TARGET,
        registration=config["preprocessing"]["registration"],
        seed=config["seed"],
    message:
        "Register the scans of sub-{wildcards.subject} to its {params.target} image."
    script:
        "../workflow_scripts/register_scans.py"


rule extract_brain:
    input:
        provided=if_provided("brain_mask"),
        scan=f"<results>/preprocessed/sub-{{subject}}/registered_{TARGET}.nii.gz",
    output:
        mask="<results>/preprocessed/sub-{subject}/brain_mask.nii.gz",
        engine="<results>/preprocessed/sub-{subject}/brain_extraction.json",
    log:
        "<logs>/extract_brain/sub-{subject}.log",
    benchmark:
        "<benchmarks>/extract_brain/sub-{subject}.tsv"
    conda:
        "../envs/fsl.yaml"
    resources:
        mem_mb=memory(2000, per_scan_mb=200),
        runtime=30,
    params:
        code=code_of("extract_brain"),
        brain_extraction=config["preprocessing"]["brain_extraction"],
    message:
        "Extract the brain of sub-{wildcards.subject}."
    script:
        "../workflow_scripts/extract_brain.py"


rule normalise_slices:
    input:
        **{
            name: f"<results>/preprocessed/sub-{{subject}}/registered_{name}.nii.gz"
            for name in CONTRASTS
        },
        **{
            quantity: f"<results>/preprocessed/sub-{{subject}}/registered_{quantity}map.nii.gz"
            for quantity in QUANTITIES
        },
        brain="<results>/preprocessed/sub-{subject}/brain_mask.nii.gz",
        coverage="<results>/preprocessed/sub-{subject}/coverage_mask.nii.gz",
        tissue=branch(
            NORMALISATION["method"] == "reference_tissue",
            then="<results>/preprocessed/sub-{subject}/tissue_dseg.nii.gz",
            otherwise=[],
        ),
    output:
        slices="<results>/preprocessed/sub-{subject}/slices.npz",
        table="<results>/preprocessed/sub-{subject}/slice_selection.tsv",
        files="<results>/preprocessed/sub-{subject}/normalisation_files.tsv",
    log:
        "<logs>/normalise_slices/sub-{subject}.log",
    benchmark:
        "<benchmarks>/normalise_slices/sub-{subject}.tsv"
    conda:
        "../envs/images.yaml"
    resources:
        mem_mb=memory(2000, per_scan_mb=200),
        runtime=15,
    params:
        code=code_of("normalise_slices"),
        contrasts=list(CONTRASTS),
        quantities=QUANTITIES,
        selection=config["preprocessing"]["slices"],
        excluded_slices=config["cohort"]["excluded_slices"],
        normalisation=NORMALISATION,
        target=TARGET,
        erosion_voxels=config["preprocessing"]["masks"]["tissue_erosion_voxels"],
    message:
        "Select and normalise the slices of sub-{wildcards.subject}."
    script:
        "../workflow_scripts/normalise_slices.py"
