"""Quality control: measures of each subject, pages for visual inspection, ratings."""

# Parameters rather than inputs, because thousands of pages share these files.
PAGE_PARTS = {
    "style": [STYLE, of_project("report/quality.css")],
    "behaviour": [of_project("report/sort.js"), of_project("report/quality.js")],
}
SUBJECT_PAGE = PAGE_PARTS | {"template": of_project("report/quality_subject.html.j2")}
OVERVIEW_PAGE = PAGE_PARTS | {"template": of_project("report/quality_overview.html.j2")}


rule measure_quality:
    input:
        **{name: preprocessed(f"registered_{name}.nii.gz") for name in CONTRASTS},
        **{name: preprocessed(f"registered_{name}map.nii.gz") for name in QUANTITIES},
        coverage=preprocessed("coverage_mask.nii.gz"),
        brain=preprocessed("brain_mask.nii.gz"),
        tissue=preprocessed("tissue_dseg.nii.gz"),
        slices=preprocessed("slices.npz"),
        registration=preprocessed("registration.json"),
        brain_extraction=preprocessed("brain_extraction.json"),
        tissue_segmentation=preprocessed("tissue_segmentation.json"),
        turned=branch(
            REPAIRS,
            then="<results>/repaired/sub-{subject}/turned.json",
            otherwise=[],
        ),
    output:
        quality=preprocessed("quality.json"),
    log:
        "<logs>/measure_quality/sub-{subject}.log",
    benchmark:
        "<benchmarks>/measure_quality/sub-{subject}.tsv"
    conda:
        "../envs/images.yaml"
    resources:
        mem_mb=memory(2000, per_scan_mb=200),
        runtime=20,
    params:
        code=code_of("measure_quality"),
        sequences={each["name"]: each["sequence"] for each in config["contrasts"]},
        quantities=QUANTITIES,
        target=TARGET,
        tissues=SIMULATION["tissues"],
        limits=config["quality"],
    message:
        "Measure the preprocessing quality of sub-{wildcards.subject}."
    script:
        "../workflow_scripts/measure_quality.py"


# As in check.smk, rules that read all subjects use this file instead of thousands of inputs.
rule gather_quality:
    input:
        qualities=of_each(admitted, preprocessed("quality.json")),
    output:
        subjects="<results>/quality/subjects.json",
    log:
        "<logs>/gather_quality.log",
    localrule: True
    conda:
        "../envs/images.yaml"
    params:
        code=code_of("gather_quality"),
    message:
        "Collect the quality measures of all subjects."
    script:
        "../workflow_scripts/gather_quality.py"


rule write_quality_page:
    input:
        **{name: preprocessed(f"registered_{name}.nii.gz") for name in CONTRASTS},
        T1=preprocessed("registered_T1map.nii.gz"),
        brain=preprocessed("brain_mask.nii.gz"),
        tissue=preprocessed("tissue_dseg.nii.gz"),
        rois=preprocessed("roi_dseg.nii.gz"),
        slices=preprocessed("slices.npz"),
        slice_selection=preprocessed("slice_selection.tsv"),
        gate="<results>/input_gate/sub-{subject}.json",
        quality=preprocessed("quality.json"),
    output:
        page=report(
            "<results>/quality/sub-{subject}.html",
            caption="../report/quality_page.rst",
            category="Can each subject's data be trusted?",
            subcategory="Subject by subject",
            labels={"subject": "{subject}"},
        ),
        thumbnail="<results>/quality/sub-{subject}.webp",
    log:
        "<logs>/write_quality_page/sub-{subject}.log",
    benchmark:
        "<benchmarks>/write_quality_page/sub-{subject}.tsv"
    conda:
        "../envs/statistics.yaml"
    resources:
        mem_mb=memory(2000, per_scan_mb=200),
        runtime=20,
    params:
        code=code_of("write_quality_page"),
        page=SUBJECT_PAGE,
        page_texts=contents(SUBJECT_PAGE),
        study=config["study"],
        target=TARGET,
        scans=[*CONTRASTS, "T1"],
        limits=config["quality"],
        simulated=HAS_TRUTH,
    message:
        "Write the quality-control page of sub-{wildcards.subject}."
    script:
        "../workflow_scripts/write_quality_page.py"


rule write_quality_overview:
    input:
        gate="<results>/input_gate/subjects.json",
        quality="<results>/quality/subjects.json",
        thumbnails=of_each(admitted, "<results>/quality/sub-{subject}.webp"),
    output:
        page=report(
            "<results>/quality/index.html",
            caption="../report/quality_overview.rst",
            category="Can each subject's data be trusted?",
            subcategory="All subjects",
            labels={"what": "Quality control"},
        ),
    log:
        "<logs>/write_quality_overview.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("write_quality_overview"),
        page=OVERVIEW_PAGE,
        page_texts=contents(OVERVIEW_PAGE),
        study=config["study"],
        limits=config["quality"],
        simulated=HAS_TRUTH,
    message:
        "Write the overview of quality control."
    script:
        "../workflow_scripts/write_quality_overview.py"
