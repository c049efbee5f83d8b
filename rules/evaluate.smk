"""Errors, region means and lesions of held-out subjects."""

PUBLISHED = of_project("config/published_tables.csv")


rule evaluate_maps:
    input:
        predictions="<results>/predictions/{predictor}/{fold}",
        volumes="<results>/folds/{fold}/volumes.json",
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
        mem_mb=memory(3000),
        runtime=30,
    params:
        code=code_of("evaluate_maps"),
        groups=GROUPS,
    message:
        "Evaluate the maps that {wildcards.predictor} predicted in {wildcards.fold}."
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
        "Hold the reference maps of {wildcards.fold} against the truth."
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
        volumes=lists_of_all("volumes"),
        style=STYLE,
    output:
        table="<results>/tables/leakage.csv",
        layouts="<results>/tables/leakage.json",
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
        code=code_of("check_leakage"),
        simulated=HAS_TRUTH,
    message:
        "Check that no fit has read a file of a subject that its fold holds out."
    script:
        "../workflow_scripts/check_leakage.py"


rule evaluate_lesions:
    input:
        predictions="<results>/predictions/{predictor}/{fold}",
        volumes="<results>/folds/{fold}/volumes.json",
    output:
        lesions="<results>/evaluation/{predictor}/{fold}/lesions.csv",
    log:
        "<logs>/evaluate_lesions/{predictor}_{fold}.log",
    benchmark:
        "<benchmarks>/evaluate_lesions/{predictor}_{fold}.tsv"
    conda:
        "../envs/statistics.yaml"
    resources:
        mem_mb=memory(3000),
        runtime=30,
    params:
        code=code_of("evaluate_lesions"),
        groups=GROUPS,
        erosion_voxels=config["preprocessing"]["masks"]["tissue_erosion_voxels"],
    message:
        "Measure the lesions in maps that {wildcards.predictor} predicted in {wildcards.fold}."
    script:
        "../workflow_scripts/evaluate_lesions.py"


rule tabulate_errors:
    input:
        slice_errors=collect(
            "<results>/evaluation/{predictor}/{fold}/slice_errors.csv",
            predictor=PREDICTORS + [predictors.REFERENCE] * HAS_TRUTH,
            fold=FOLDS,
        ),
        published=PUBLISHED,
        style=STYLE,
    output:
        table="<results>/tables/table_1.csv",
        layouts="<results>/tables/table_1.json",
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
        code=code_of("tabulate_errors"),
        predictors=PREDICTORS,
        simulated=HAS_TRUTH,
    message:
        "Tabulate the errors of all predictors beside the published ones."
    script:
        "../workflow_scripts/tabulate_errors.py"


rule tabulate_rois:
    input:
        roi_means=collect(
            "<results>/evaluation/{predictor}/{fold}/roi_means.csv",
            predictor=PREDICTORS,
            fold=FOLDS,
        ),
        published=PUBLISHED,
        style=STYLE,
    output:
        table="<results>/tables/table_2.csv",
        layouts="<results>/tables/table_2.json",
        page=report(
            "<results>/tables/table_2.html",
            caption="../report/table_2.rst",
            category="Do the tissues' T1 and T2 agree?",
            subcategory="Tables",
            labels={"what": "Table 2: region means"},
        ),
    log:
        "<logs>/tabulate_rois.log",
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("tabulate_rois"),
        predictors=PREDICTORS,
        simulated=HAS_TRUTH,
    message:
        "Tabulate T1 and T2 of four tissues beside the published ones."
    script:
        "../workflow_scripts/tabulate_rois.py"


rule tabulate_lesions:
    input:
        lesions=collect(
            "<results>/evaluation/{predictor}/{fold}/lesions.csv",
            predictor=PREDICTORS,
            fold=FOLDS,
        ),
        style=STYLE,
    output:
        lesions="<results>/tables/lesions.csv",
        table="<results>/tables/lesions_by_size.csv",
        layouts="<results>/tables/lesions_by_size.json",
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
        code=code_of("tabulate_lesions"),
        predictors=PREDICTORS,
        simulated=HAS_TRUTH,
    message:
        "Tabulate errors, contrast and detectability of lesions by size."
    script:
        "../workflow_scripts/tabulate_lesions.py"


rule tabulate_agreement:
    input:
        roi_means=collect(
            "<results>/evaluation/{predictor}/{fold}/roi_means.csv",
            predictor=PREDICTORS,
            fold=FOLDS,
        ),
        style=STYLE,
    output:
        table="<results>/tables/agreement.csv",
        layouts="<results>/tables/agreement.json",
        page=report(
            "<results>/tables/agreement.html",
            caption="../report/agreement.rst",
            category="Do the tissues' T1 and T2 agree?",
            subcategory="Tables",
            labels={"what": "Agreement"},
        ),
    log:
        "<logs>/tabulate_agreement.log",
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("tabulate_agreement"),
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
        volumes=lists_of_all("volumes"),
        style=STYLE,
    output:
        table="<results>/tables/preprocessing.csv",
        layouts="<results>/tables/preprocessing.json",
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
        mem_mb=memory(2000),
        runtime=20,
    params:
        code=code_of("tabulate_preprocessing"),
        groups=GROUPS,
    message:
        "Hold the preprocessing against the truth."
    script:
        "../workflow_scripts/tabulate_preprocessing.py"


rule tabulate_ablation:
    input:
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
        s1_table="<results>/tables/table_s1.csv",
        s1_layouts="<results>/tables/table_s1.json",
        s1_page=report(
            "<results>/tables/table_s1.html",
            caption="../report/ablation_errors.rst",
            category="What does each input buy?",
            labels={"what": "Table S1: errors by input set"},
        ),
        s2_table="<results>/tables/table_s2.csv",
        s2_layouts="<results>/tables/table_s2.json",
        s2_page=report(
            "<results>/tables/table_s2.html",
            caption="../report/ablation_rois.rst",
            category="What does each input buy?",
            labels={"what": "Table S2: region means by input set"},
        ),
        tests_table="<results>/tables/ablation_tests.csv",
        tests_layouts="<results>/tables/ablation_tests.json",
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
        code=code_of("tabulate_ablation"),
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
        slice_errors=collect(
            "<results>/evaluation/{predictor}/{fold}/slice_errors.csv",
            predictor=NETWORKS,
            fold=FOLDS,
        ),
        style=STYLE,
    output:
        table="<results>/tables/seeds.csv",
        layouts="<results>/tables/seeds.json",
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
        code=code_of("tabulate_seeds"),
        input_sets=INPUT_SETS,
        simulated=HAS_TRUTH,
    message:
        "Tabulate how much the errors vary over seeds, folds and subjects."
    script:
        "../workflow_scripts/tabulate_seeds.py"


rule tabulate_exactness:
    input:
        exactness=collect(
            "<results>/exactness/{predictor}/{fold}.json",
            predictor=NETWORKS,
            fold=FOLDS,
        ),
        style=STYLE,
    output:
        table="<results>/tables/exactness.csv",
        layouts="<results>/tables/exactness.json",
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
        code=code_of("tabulate_exactness"),
        maximum_ms=config["prediction"]["maximum_deviation_ms"],
        simulated=HAS_TRUTH,
    message:
        "Tabulate how far the predictions lie from the networks in float32."
    script:
        "../workflow_scripts/tabulate_exactness.py"


rule audit_published:
    input:
        published=PUBLISHED,
        style=STYLE,
    output:
        table="<results>/tables/audit.csv",
        errors="<results>/tables/audit_errors.csv",
        findings="<results>/tables/audit_findings.json",
        layouts="<results>/tables/audit.json",
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
    params:
        code=code_of("audit_published"),
    message:
        "Audit the published tables."
    script:
        "../workflow_scripts/audit_published.py"


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
