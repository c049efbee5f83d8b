"""Errors and region means of held-out subjects, and the tables that they make."""

HELD_OUT = {fold: subjects_of(fold, held_out=True) for fold in FOLDS}
# True maps, known of simulated cohorts only.
TRUE_MAPS = {
    f"true_{quantity}": collect(
        f"{TRUTH}_{quantity}map.nii.gz", subject=lookup(dpath="{fold}", within=HELD_OUT)
    )
    for quantity in QUANTITIES
    if HAS_TRUTH
}
STYLE = f"{workflow.basedir}/report/report.css"
PUBLISHED = f"{workflow.basedir}/config/published_tables.csv"


rule evaluate_maps:
    input:
        **TRUE_MAPS,
        package=sources("entities", "evaluation", "logs", "volumes"),
        predictions="<results>/predictions/{predictor}/{fold}",
        folds="<results>/folds/folds.tsv",
        T1=held_out_files("registered_T1map.nii.gz"),
        T2=held_out_files("registered_T2map.nii.gz"),
        full_brain=held_out_files("brain_mask.nii.gz"),
        excluding_csf=held_out_files("excluding_csf_mask.nii.gz"),
        roi=held_out_files("roi_dseg.nii.gz"),
        slice_selection=held_out_files("slice_selection.tsv"),
    output:
        slice_errors="<results>/evaluation/{predictor}/{fold}/slice_errors.csv",
        roi_means="<results>/evaluation/{predictor}/{fold}/roi_means.csv",
    log:
        "<logs>/evaluate_maps/{predictor}_{fold}.log",
    benchmark:
        "<benchmarks>/evaluate_maps/{predictor}_{fold}.tsv"
    conda:
        "../envs/statistics.yaml"
    resources:
        mem_mb=3000,
        runtime=30,
    message:
        "Evaluate the maps that {wildcards.predictor} predicted in {wildcards.fold}."
    script:
        "../workflow_scripts/evaluate_maps.py"


rule tabulate_errors:
    input:
        package=sources("logs", "published", "tables", "tables_errors"),
        slice_errors=collect(
            "<results>/evaluation/{predictor}/{fold}/slice_errors.csv",
            predictor=PREDICTORS,
            fold=FOLDS,
        ),
        published=PUBLISHED,
        style=STYLE,
    output:
        table="<results>/tables/table_1.csv",
        page=report(
            "<results>/tables/table_1.html",
            caption="../report/table_1.rst",
            category="How far off are the maps?",
            labels={"what": "Table 1: errors"},
        ),
        errors_by_subject="<results>/tables/errors_by_subject.csv",
    log:
        "<logs>/tabulate_errors.log",
    conda:
        "../envs/statistics.yaml"
    params:
        predictors=PREDICTORS,
        simulated=HAS_TRUTH,
    message:
        "Tabulate the errors of all predictors beside the published ones."
    script:
        "../workflow_scripts/tabulate_errors.py"


rule tabulate_rois:
    input:
        package=sources("logs", "published", "tables", "tables_rois"),
        roi_means=collect(
            "<results>/evaluation/{predictor}/{fold}/roi_means.csv",
            predictor=PREDICTORS,
            fold=FOLDS,
        ),
        published=PUBLISHED,
        style=STYLE,
    output:
        table="<results>/tables/table_2.csv",
        page=report(
            "<results>/tables/table_2.html",
            caption="../report/table_2.rst",
            category="Do the tissues' T1 and T2 agree?",
            labels={"what": "Table 2: region means"},
        ),
    log:
        "<logs>/tabulate_rois.log",
    conda:
        "../envs/statistics.yaml"
    params:
        predictors=PREDICTORS,
        simulated=HAS_TRUTH,
    message:
        "Tabulate T1 and T2 of four tissues beside the published ones."
    script:
        "../workflow_scripts/tabulate_rois.py"


rule tabulate_preprocessing:
    input:
        package=sources("entities", "logs", "tables", "tables_preprocessing", "volumes"),
        registration_accuracy=preprocessed("registration_accuracy.csv", SUBJECTS),
        brain=preprocessed("brain_mask.nii.gz", SUBJECTS),
        tissue=preprocessed("tissue_dseg.nii.gz", SUBJECTS),
        roi=preprocessed("roi_dseg.nii.gz", SUBJECTS),
        true_brain=collect(f"{TRUTH}_desc-brain_mask.nii.gz", subject=SUBJECTS),
        true_labels=collect(f"{TRUTH}_space-orig_dseg.nii.gz", subject=SUBJECTS),
        style=STYLE,
    output:
        table="<results>/tables/preprocessing.csv",
        page=report(
            "<results>/tables/preprocessing.html",
            caption="../report/preprocessing.rst",
            category="Can the preprocessing be trusted?",
            labels={"what": "Accuracy against the truth"},
        ),
    log:
        "<logs>/tabulate_preprocessing.log",
    conda:
        "../envs/statistics.yaml"
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        groups=GROUPS,
    message:
        "Hold the preprocessing against the truth."
    script:
        "../workflow_scripts/tabulate_preprocessing.py"
