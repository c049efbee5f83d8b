"""Errors, region means and lesions of held-out subjects, and the checks of the results."""

PUBLISHED = of_project("config/published_tables.csv")


rule evaluate_maps:
    input:
        predictions="<results>/predictions/{predictor}/{fold}",
        volumes="<results>/folds/{fold}/volumes.json",
    output:
        slice_errors="<results>/evaluation/{predictor}/{fold}/slice_errors.csv",
        roi_means="<results>/evaluation/{predictor}/{fold}/roi_means.csv",
        lesions="<results>/evaluation/{predictor}/{fold}/lesions.csv",
    log:
        "<logs>/evaluate_maps/{predictor}_{fold}.log",
    benchmark:
        "<benchmarks>/evaluate_maps/{predictor}_{fold}.tsv"
    conda:
        "../envs/statistics.yaml"
    resources:
        mem_mb=memory(3000),
        runtime=30,
    params:
        code=code_of("evaluate_maps"),
        groups=GROUPS,
        erosion_voxels=config["preprocessing"]["masks"]["tissue_erosion_voxels"],
    message:
        "Evaluate the maps and lesions of {wildcards.predictor} in {wildcards.fold}."
    script:
        "../workflow_scripts/evaluate_maps.py"


rule evaluate_reference:
    input:
        volumes="<results>/folds/{fold}/volumes.json",
    output:
        slice_errors="<results>/evaluation/reference/{fold}/slice_errors.csv",
    log:
        "<logs>/evaluate_reference/{fold}.log",
    benchmark:
        "<benchmarks>/evaluate_reference/{fold}.tsv"
    conda:
        "../envs/statistics.yaml"
    resources:
        mem_mb=memory(3000),
        runtime=30,
    params:
        code=code_of("evaluate_reference"),
        groups=GROUPS,
    message:
        "Compare the reference maps of {wildcards.fold} with the truth."
    script:
        "../workflow_scripts/evaluate_reference.py"


rule check_leakage:
    input:
        folds="<results>/folds/folds.tsv",
        training_files=collect(
            "<results>/training/{predictor}/{fold}/training_files.tsv",
            predictor=NETWORKS + BASELINES,
            fold=FOLDS,
        ),
        validation_files=collect(
            "<results>/training/{predictor}/{fold}/validation_files.tsv",
            predictor=NETWORKS,
            fold=FOLDS,
        ),
        volumes=lists_of_all("volumes"),
        style=STYLE,
    output:
        table="<results>/tables/leakage.csv",
        layouts="<results>/tables/leakage.json",
        page=report(
            "<results>/tables/leakage.html",
            caption="../report/leakage.rst",
            category="Did a fit use held-out data?",
            labels={"what": "Files read by each fit"},
        ),
    log:
        "<logs>/check_leakage.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("check_leakage"),
        simulated=HAS_TRUTH,
    message:
        "Check that no fit read files of its held-out subjects."
    script:
        "../workflow_scripts/check_leakage.py"


rule test_artefacts:
    input:
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
        volumes=lists_of_all("volumes"),
        published=PUBLISHED,
    output:
        passed=touch("<results>/tests/artefacts.passed"),
    log:
        "<logs>/test_artefacts.log",
    conda:
        "../envs/statistics.yaml"
    resources:
        mem_mb=memory(3000),
        runtime=30,
    params:
        code=code_of("../tests/artefacts/run"),
    message:
        "Test the results: maps, folds and tables."
    script:
        "../tests/artefacts/run.py"
