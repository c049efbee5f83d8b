"""Tables of the study, each written as CSV, as JSON of its layouts and as an HTML page.

A local rule takes seconds and reads no images: on a cluster it runs on the machine that runs Snakemake.
"""


rule tabulate_input_gate:
    input:
        subjects="<results>/input_gate/subjects.json",
        style=STYLE,
    output:
        layouts="<results>/tables/input_gate.json",
        page=report(
            "<results>/tables/input_gate.html",
            caption="../report/input_gate.rst",
            category="Can each subject's data be trusted?",
            subcategory="All subjects",
            labels={"what": "Input gate"},
        ),
    log:
        "<logs>/tabulate_input_gate.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("tabulate_input_gate"),
        simulated=HAS_TRUTH,
    message:
        "Tabulate the findings of the input gate."
    script:
        "../workflow_scripts/tabulate_input_gate.py"


rule tabulate_subjects:
    input:
        gate="<results>/input_gate/subjects.json",
        quality="<results>/quality/subjects.json",
        folds="<results>/folds/folds.tsv",
        style=STYLE,
    output:
        table="<results>/tables/subjects.csv",
        layouts="<results>/tables/subjects.json",
        page=report(
            "<results>/tables/subjects.html",
            caption="../report/subjects.rst",
            category="Can each subject's data be trusted?",
            subcategory="All subjects",
            labels={"what": "Participation"},
        ),
    log:
        "<logs>/tabulate_subjects.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("tabulate_subjects"),
        groups=GROUPS,
        ratings=RATINGS,
        simulated=HAS_TRUTH,
    message:
        "Tabulate participation by subject."
    script:
        "../workflow_scripts/tabulate_subjects.py"


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
            category="Is the preprocessing accurate?",
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
        "Compare the preprocessing with the truth."
    script:
        "../workflow_scripts/tabulate_preprocessing.py"


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
            category="How accurate are the maps?",
            labels={"what": "Table 1: errors"},
        ),
        errors_by_subject="<results>/tables/errors_by_subject.csv",
    log:
        "<logs>/tabulate_errors.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("tabulate_errors"),
        predictors=PREDICTORS,
        simulated=HAS_TRUTH,
    message:
        "Tabulate the errors of all predictors with the published values."
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
            category="Do regional T1 and T2 agree?",
            subcategory="Tables",
            labels={"what": "Table 2: region means"},
        ),
    log:
        "<logs>/tabulate_rois.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("tabulate_rois"),
        predictors=PREDICTORS,
        simulated=HAS_TRUTH,
    message:
        "Tabulate T1 and T2 of four tissues with the published values."
    script:
        "../workflow_scripts/tabulate_rois.py"


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
            category="Do regional T1 and T2 agree?",
            subcategory="Tables",
            labels={"what": "Agreement"},
        ),
    log:
        "<logs>/tabulate_agreement.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("tabulate_agreement"),
        predictors=PREDICTORS,
        simulated=HAS_TRUTH,
        margins_percent=config["evaluation"]["equivalence_margin_percent"],
        n_bootstrap_draws=config["evaluation"]["n_bootstrap_draws"],
        seed=config["seed"],
    message:
        "Tabulate the agreement of region means."
    script:
        "../workflow_scripts/tabulate_agreement.py"


rule tabulate_comparisons:
    input:
        roi_means=collect(
            "<results>/evaluation/{predictor}/{fold}/roi_means.csv",
            predictor=PREDICTORS,
            fold=FOLDS,
        ),
        errors_by_subject="<results>/tables/errors_by_subject.csv",
        lesions=collect(
            "<results>/evaluation/{predictor}/{fold}/lesions.csv",
            predictor=PREDICTORS,
            fold=FOLDS,
        ),
        style=STYLE,
    output:
        table="<results>/tables/comparisons.csv",
        layouts="<results>/tables/comparisons.json",
        page=report(
            "<results>/tables/comparisons.html",
            caption="../report/comparisons.rst",
            category="How accurate are the maps?",
            labels={"what": "Network and tissue mean at each level"},
        ),
    log:
        "<logs>/tabulate_comparisons.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("tabulate_comparisons"),
        predictors=PREDICTORS,
        simulated=HAS_TRUTH,
    message:
        "Compare the network with the baselines at each level."
    script:
        "../workflow_scripts/tabulate_comparisons.py"


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
            category="Are lesions visible in the maps?",
            labels={"what": "Lesions by size"},
        ),
    log:
        "<logs>/tabulate_lesions.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("tabulate_lesions"),
        predictors=PREDICTORS,
        simulated=HAS_TRUTH,
    message:
        "Tabulate error, contrast and detectability of lesions by size."
    script:
        "../workflow_scripts/tabulate_lesions.py"


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
            category="How much does each input contribute?",
            labels={"what": "Table S1: errors by input set"},
        ),
        s2_table="<results>/tables/table_s2.csv",
        s2_layouts="<results>/tables/table_s2.json",
        s2_page=report(
            "<results>/tables/table_s2.html",
            caption="../report/ablation_rois.rst",
            category="How much does each input contribute?",
            labels={"what": "Table S2: region means by input set"},
        ),
        tests_table="<results>/tables/ablation_tests.csv",
        tests_layouts="<results>/tables/ablation_tests.json",
        tests_page=report(
            "<results>/tables/ablation_tests.html",
            caption="../report/ablation_tests.rst",
            category="How much does each input contribute?",
            labels={"what": "Tests between input sets"},
        ),
    log:
        "<logs>/tabulate_ablation.log",
    localrule: True
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
            category="How certain are the results?",
            labels={"what": "Errors across seeds and folds"},
        ),
    log:
        "<logs>/tabulate_seeds.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("tabulate_seeds"),
        input_sets=INPUT_SETS,
        simulated=HAS_TRUTH,
    message:
        "Tabulate the variation of errors across seeds, folds and subjects."
    script:
        "../workflow_scripts/tabulate_seeds.py"


rule tabulate_convergence:
    input:
        folds="<results>/folds/folds.tsv",
        training_logs=collect(
            "<results>/training/{predictor}/{fold}/log.csv",
            predictor=NETWORKS,
            fold=FOLDS,
        ),
        validation_files=collect(
            "<results>/training/{predictor}/{fold}/validation_files.tsv",
            predictor=NETWORKS,
            fold=FOLDS,
        ),
        style=STYLE,
    output:
        table="<results>/tables/convergence.csv",
        layouts="<results>/tables/convergence.json",
        page=report(
            "<results>/tables/convergence.html",
            caption="../report/convergence.rst",
            category="Has the training converged?",
            labels={"what": "Convergence"},
        ),
    log:
        "<logs>/tabulate_convergence.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("tabulate_convergence"),
        limit_percent=config["evaluation"]["convergence_gain_percent"],
        simulated=HAS_TRUTH,
    message:
        "Tabulate whether the trainings had converged."
    script:
        "../workflow_scripts/tabulate_convergence.py"


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
            category="How certain are the results?",
            labels={"what": "Deviation of the predictions from float32"},
        ),
    log:
        "<logs>/tabulate_exactness.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("tabulate_exactness"),
        maximum_ms=config["prediction"]["maximum_deviation_ms"],
        simulated=HAS_TRUTH,
    message:
        "Tabulate the deviation of the predictions from float32."
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
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("audit_published"),
    message:
        "Audit the published tables."
    script:
        "../workflow_scripts/audit_published.py"
