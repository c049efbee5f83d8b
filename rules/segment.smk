"""Segmentation of tissue and deep structures; masks and regions for the evaluation."""


rule segment_tissue:
    input:
        provided=if_provided("tissue_segmentation"),
        scan=f"<results>/preprocessed/sub-{{subject}}/registered_{TARGET}.nii.gz",
        brain="<results>/preprocessed/sub-{subject}/brain_mask.nii.gz",
    output:
        tissue="<results>/preprocessed/sub-{subject}/tissue_dseg.nii.gz",
        engine="<results>/preprocessed/sub-{subject}/tissue_segmentation.json",
    log:
        "<logs>/segment_tissue/sub-{subject}.log",
    benchmark:
        "<benchmarks>/segment_tissue/sub-{subject}.tsv"
    conda:
        "../envs/fsl.yaml"
    resources:
        mem_mb=memory(2000, per_scan_mb=200),
        runtime=60,
    params:
        code=code_of("segment_tissue"),
        tissue_segmentation=config["preprocessing"]["tissue_segmentation"],
        labels=PROVIDED["tissue_segmentation"],
    message:
        "Segment the tissue of sub-{wildcards.subject}."
    script:
        "../workflow_scripts/segment_tissue.py"


rule label_structures:
    input:
        provided=if_provided("structure_segmentation"),
        scan=f"<results>/preprocessed/sub-{{subject}}/registered_{TARGET}.nii.gz",
        brain="<results>/preprocessed/sub-{subject}/brain_mask.nii.gz",
    output:
        structures="<results>/preprocessed/sub-{subject}/structure_dseg.nii.gz",
    log:
        "<logs>/label_structures/sub-{subject}.log",
    benchmark:
        "<benchmarks>/label_structures/sub-{subject}.tsv"
    conda:
        "../envs/images.yaml"
    resources:
        mem_mb=memory(2000, per_scan_mb=200),
        runtime=60,
    params:
        code=code_of("label_structures"),
        labels=PROVIDED["structure_segmentation"],
        seed=config["seed"],
    message:
        "Label putamen and thalamus of sub-{wildcards.subject}."
    script:
        "../workflow_scripts/label_structures.py"


rule draw_masks:
    input:
        brain="<results>/preprocessed/sub-{subject}/brain_mask.nii.gz",
        tissue="<results>/preprocessed/sub-{subject}/tissue_dseg.nii.gz",
        structures="<results>/preprocessed/sub-{subject}/structure_dseg.nii.gz",
    output:
        outside_csf="<results>/preprocessed/sub-{subject}/excluding_csf_mask.nii.gz",
        rois="<results>/preprocessed/sub-{subject}/roi_dseg.nii.gz",
    log:
        "<logs>/draw_masks/sub-{subject}.log",
    benchmark:
        "<benchmarks>/draw_masks/sub-{subject}.tsv"
    conda:
        "../envs/images.yaml"
    resources:
        mem_mb=memory(2000, per_scan_mb=200),
        runtime=15,
    params:
        code=code_of("draw_masks"),
        masks=config["preprocessing"]["masks"],
        rois=config["preprocessing"]["rois"],
    message:
        "Create the masks and regions of interest of sub-{wildcards.subject}."
    script:
        "../workflow_scripts/draw_masks.py"
