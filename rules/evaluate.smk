"""Errors, region means and lesions of held-out subjects."""

# True maps, known of simulated cohorts only.
TRUE_MAPS = {
    f"true_{quantity}": held_out_files(f"{TRUTH}_{quantity}map.nii.gz")
    for quantity in QUANTITIES
    if HAS_TRUTH
}
PUBLISHED = of_project("config/published_tables.csv")


rule evaluate_maps:
    input:
        **TRUE_MAPS,
        package=sources("entities", "evaluation", "logs", "volumes"),
        predictions="<results>/predictions/{predictor}/{fold}",
        T1=held_out_files(preprocessed("registered_T1map.nii.gz")),
        T2=held_out_files(preprocessed("registered_T2map.nii.gz")),
        full_brain=held_out_files(preprocessed("brain_mask.nii.gz")),
        excluding_csf=held_out_files(preprocessed("excluding_csf_mask.nii.gz")),
        roi=held_out_files(preprocessed("roi_dseg.nii.gz")),
        slice_selection=held_out_files(preprocessed("slice_selection.tsv")),
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
    params:
        groups=GROUPS,
    message:
        "Evaluate the maps that {wildcards.predictor} predicted in {wildcards.fold}."
    script:
        "../workflow_scripts/evaluate_maps.py"


rule evaluate_reference:
    input:
        **TRUE_MAPS,
        package=sources("entities", "evaluation", "logs", "predictors", "volumes"),
        T1=held_out_files(preprocessed("registered_T1map.nii.gz")),
        T2=held_out_files(preprocessed("registered_T2map.nii.gz")),
        full_brain=held_out_files(preprocessed("brain_mask.nii.gz")),
        excluding_csf=held_out_files(preprocessed("excluding_csf_mask.nii.gz")),
        slice_selection=held_out_files(preprocessed("slice_selection.tsv")),
    output:
        slice_errors="<results>/evaluation/reference/{fold}/slice_errors.csv",
    log:
        "<logs>/evaluate_reference/{fold}.log",
    conda:
        "../envs/statistics.yaml"
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        groups=GROUPS,
    message:
        "Hold the reference maps of {wildcards.fold} against the truth."
    script:
        "../workflow_scripts/evaluate_reference.py"


rule check_leakage:
    input:
        package=sources("entities", "leakage", "logs", "provenance", "tables"),
        folds="<results>/folds/folds.tsv",
        training_files=collect(
            "<results>/training/{predictor}/{fold}/training_files.tsv",
            predictor=NETWORKS + BASELINES,
            fold=FOLDS,
        ),
        normalisation_files=of_included(preprocessed("normalisation_files.tsv")),
        style=STYLE,
    output:
        table="<results>/tables/leakage.csv",
        page=report(
            "<results>/tables/leakage.html",
            caption="../report/leakage.rst",
            category="Is any held-out subject known to a fit?",
            labels={"what": "Files that each fit read"},
        ),
    log:
        "<logs>/check_leakage.log",
    conda:
        "../envs/statistics.yaml"
    params:
        simulated=HAS_TRUTH,
    message:
        "Check that no fit has read a file of a subject that its fold holds out."
    script:
        "../workflow_scripts/check_leakage.py"


rule evaluate_lesions:
    input:
        **TRUE_MAPS,
        package=sources("entities", "lesion_contrast", "logs", "volumes"),
        predictions="<results>/predictions/{predictor}/{fold}",
        T1=held_out_files(preprocessed("registered_T1map.nii.gz")),
        T2=held_out_files(preprocessed("registered_T2map.nii.gz")),
        brain=held_out_files(preprocessed("brain_mask.nii.gz")),
        tissue=held_out_files(preprocessed("tissue_dseg.nii.gz")),
        slice_selection=held_out_files(preprocessed("slice_selection.tsv")),
        lesions=held_out_lesions,
    output:
        lesions="<results>/evaluation/{predictor}/{fold}/lesions.csv",
    log:
        "<logs>/evaluate_lesions/{predictor}_{fold}.log",
    conda:
        "../envs/statistics.yaml"
    resources:
        mem_mb=3000,
        runtime=30,
    params:
        groups=GROUPS,
        erosion_voxels=config["preprocessing"]["masks"]["tissue_erosion_voxels"],
    message:
        "Measure the lesions in maps that {wildcards.predictor} predicted in {wildcards.fold}."
    script:
        "../workflow_scripts/evaluate_lesions.py"


rule tabulate_errors:
    input:
        package=sources("logs", "published", "records", "tables", "tables_errors"),
        slice_errors=collect(
            "<results>/evaluation/{predictor}/{fold}/slice_errors.csv",
            predictor=PREDICTORS + [predictors.REFERENCE] * HAS_TRUTH,
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
        package=sources("logs", "published", "records", "tables", "tables_rois"),
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


rule tabulate_lesions:
    input:
        package=sources("lesion_summary", "logs", "records", "tables", "tables_lesions"),
        lesions=collect(
            "<results>/evaluation/{predictor}/{fold}/lesions.csv",
            predictor=PREDICTORS,
            fold=FOLDS,
        ),
        style=STYLE,
    output:
        lesions="<results>/tables/lesions.csv",
        table="<results>/tables/lesions_by_size.csv",
        page=report(
            "<results>/tables/lesions_by_size.html",
            caption="../report/lesions_table.rst",
            category="Are lesions seen?",
            labels={"what": "Lesions by size"},
        ),
    log:
        "<logs>/tabulate_lesions.log",
    conda:
        "../envs/statistics.yaml"
    params:
        predictors=PREDICTORS,
        simulated=HAS_TRUTH,
    message:
        "Tabulate errors, contrast and detectability of lesions by size."
    script:
        "../workflow_scripts/tabulate_lesions.py"


rule tabulate_agreement:
    input:
        package=sources(
            "layouts_agreement",
            "logs",
            "predictors",
            "records",
            "tables",
            "tables_agreement",
        ),
        roi_means=collect(
            "<results>/evaluation/{predictor}/{fold}/roi_means.csv",
            predictor=PREDICTORS,
            fold=FOLDS,
        ),
        style=STYLE,
    output:
        table="<results>/tables/agreement.csv",
        page=report(
            "<results>/tables/agreement.html",
            caption="../report/agreement.rst",
            category="Do the tissues' T1 and T2 agree?",
            labels={"what": "Agreement"},
        ),
    log:
        "<logs>/tabulate_agreement.log",
    conda:
        "../envs/statistics.yaml"
    params:
        predictors=PREDICTORS,
        simulated=HAS_TRUTH,
        evaluation=config["evaluation"],
        seed=config["seed"],
    message:
        "Tabulate the agreement of region means."
    script:
        "../workflow_scripts/tabulate_agreement.py"


rule tabulate_preprocessing:
    input:
        package=sources("entities", "logs", "tables", "tables_preprocessing", "volumes"),
        registration_accuracy=of_included(preprocessed("registration_accuracy.csv")),
        brain=of_included(preprocessed("brain_mask.nii.gz")),
        tissue=of_included(preprocessed("tissue_dseg.nii.gz")),
        roi=of_included(preprocessed("roi_dseg.nii.gz")),
        true_brain=of_included(f"{TRUTH}_desc-brain_mask.nii.gz"),
        true_labels=of_included(f"{TRUTH}_space-orig_dseg.nii.gz"),
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


rule tabulate_ablation:
    input:
        package=sources(
            "ablation",
            "logs",
            "records",
            "tables",
            "tables_ablation",
            "tables_ablation_tests",
            "tables_errors",
        ),
        slice_errors=collect(
            "<results>/evaluation/{predictor}/{fold}/slice_errors.csv",
            predictor=[*ABLATION, *BASELINES],
            fold=FOLDS,
        ),
        roi_means=collect(
            "<results>/evaluation/{predictor}/{fold}/roi_means.csv",
            predictor=[*ABLATION, *BASELINES],
            fold=FOLDS,
        ),
        style=STYLE,
    output:
        table_s1="<results>/tables/table_s1.csv",
        page_s1=report(
            "<results>/tables/table_s1.html",
            caption="../report/ablation_errors.rst",
            category="What does each input buy?",
            labels={"what": "Table S1: errors by input set"},
        ),
        table_s2="<results>/tables/table_s2.csv",
        page_s2=report(
            "<results>/tables/table_s2.html",
            caption="../report/ablation_rois.rst",
            category="What does each input buy?",
            labels={"what": "Table S2: region means by input set"},
        ),
        tests="<results>/tables/ablation_tests.csv",
        tests_page=report(
            "<results>/tables/ablation_tests.html",
            caption="../report/ablation_tests.rst",
            category="What does each input buy?",
            labels={"what": "Tests between input sets"},
        ),
    log:
        "<logs>/tabulate_ablation.log",
    conda:
        "../envs/statistics.yaml"
    params:
        networks=ABLATION,
        baselines=BASELINES,
        n_seeds=len(SEEDS),
        simulated=HAS_TRUTH,
    message:
        "Tabulate the errors by input set and test the differences."
    script:
        "../workflow_scripts/tabulate_ablation.py"


rule tabulate_seeds:
    input:
        package=sources("logs", "records", "tables", "tables_errors", "tables_seeds"),
        slice_errors=collect(
            "<results>/evaluation/{predictor}/{fold}/slice_errors.csv",
            predictor=NETWORKS,
            fold=FOLDS,
        ),
        style=STYLE,
    output:
        table="<results>/tables/seeds.csv",
        page=report(
            "<results>/tables/seeds.html",
            caption="../report/seeds.rst",
            category="How sure are we?",
            labels={"what": "Errors over seeds and folds"},
        ),
    log:
        "<logs>/tabulate_seeds.log",
    conda:
        "../envs/statistics.yaml"
    params:
        input_sets=INPUT_SETS,
        simulated=HAS_TRUTH,
    message:
        "Tabulate how much the errors vary over seeds, folds and subjects."
    script:
        "../workflow_scripts/tabulate_seeds.py"


rule tabulate_exactness:
    input:
        package=sources("logs", "tables", "tables_exactness"),
        exactness=collect(
            "<results>/exactness/{predictor}/{fold}.json",
            predictor=NETWORKS,
            fold=FOLDS,
        ),
        style=STYLE,
    output:
        table="<results>/tables/exactness.csv",
        page=report(
            "<results>/tables/exactness.html",
            caption="../report/exactness.rst",
            category="How sure are we?",
            labels={"what": "Deviation of the predictions from float32"},
        ),
    log:
        "<logs>/tabulate_exactness.log",
    conda:
        "../envs/statistics.yaml"
    params:
        maximum_ms=config["prediction"]["maximum_deviation_ms"],
        simulated=HAS_TRUTH,
    message:
        "Tabulate how far the predictions lie from the networks in float32."
    script:
        "../workflow_scripts/tabulate_exactness.py"


rule audit_published:
    input:
        package=sources(
            "audit",
            "findings_audit",
            "layouts_audit",
            "logs",
            "published",
            "tables_audit",
        ),
        published=PUBLISHED,
        style=STYLE,
    output:
        table="<results>/tables/audit.csv",
        errors="<results>/tables/audit_errors.csv",
        findings="<results>/tables/audit_findings.json",
        page=report(
            "<results>/tables/audit.html",
            caption="../report/audit.rst",
            category="What can the published numbers support?",
            labels={"what": "Audit of the published tables"},
        ),
    log:
        "<logs>/audit_published.log",
    conda:
        "../envs/statistics.yaml"
    message:
        "Audit the published tables."
    script:
        "../workflow_scripts/audit_published.py"


rule test_artefacts:
    input:
        package=sources("logs"),
        tests=collect(
            of_project("tests/artefacts/{name}.py"),
            name=["conftest", "test_folds", "test_maps", "test_tables"],
        ),
        predictions=collect(
            "<results>/predictions/{predictor}/{fold}",
            predictor=NETWORKS + BASELINES,
            fold=FOLDS,
        ),
        folds="<results>/folds/folds.tsv",
        slice_errors=collect(
            "<results>/evaluation/{predictor}/{fold}/slice_errors.csv",
            predictor=PREDICTORS + [predictors.REFERENCE] * HAS_TRUTH,
            fold=FOLDS,
        ),
        table_1="<results>/tables/table_1.csv",
        table_2="<results>/tables/table_2.csv",
        errors_by_subject="<results>/tables/errors_by_subject.csv",
        agreement="<results>/tables/agreement.csv",
        leakage="<results>/tables/leakage.csv",
        T1=of_included(preprocessed("registered_T1map.nii.gz")),
        T2=of_included(preprocessed("registered_T2map.nii.gz")),
        full_brain=of_included(preprocessed("brain_mask.nii.gz")),
        excluding_csf=of_included(preprocessed("excluding_csf_mask.nii.gz")),
        roi=of_included(preprocessed("roi_dseg.nii.gz")),
        slice_selection=of_included(preprocessed("slice_selection.tsv")),
        published=PUBLISHED,
    output:
        passed=touch("<results>/tests/artefacts.passed"),
    log:
        "<logs>/test_artefacts.log",
    conda:
        "../envs/statistics.yaml"
    resources:
        mem_mb=3000,
        runtime=30,
    message:
        "Test the results: maps, folds and tables."
    script:
        "../tests/artefacts/run.py"
