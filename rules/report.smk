"""Figures, and the report that shows them with the published values."""

# Some tables and figures require several input sets, lesions or the truth.
TABLES = [
    *("table_1", "table_2", "agreement", "comparisons", "seeds", "exactness"),
    *("convergence", "leakage", "audit", "input_gate", "run_time"),
]
FIGURES = ["representative_cases", "region_means", "paired_errors", "error_histogram"]
FIGURES += ["literature", "workflow"]
if len(INPUT_SETS) > 1:
    TABLES += ["table_s1", "table_s2", "ablation_tests"]
    FIGURES += ["input_sets"]
HAS_LESIONS = bool(FILES.lesion_masks(GROUPS))
if HAS_LESIONS:
    TABLES += ["lesions_by_size"]
    FIGURES += ["lesions"]
if HAS_LESIONS and LESION_PAIR:
    FIGURES += ["lesion_cases"]
if HAS_TRUTH:
    TABLES += ["preprocessing"]
FIGURES += [f"bland_altman_{quantity}" for quantity in QUANTITIES]

# Files of a subject that the viewer shows, or that define where it has values.
VIEWED = {
    "scan": preprocessed(f"registered_{TARGET}.nii.gz"),
    "brain": preprocessed("brain_mask.nii.gz"),
    "slice_selection": preprocessed("slice_selection.tsv"),
    "spread": "<results>/spread/sub-{subject}",
    **{
        f"reference_{name}": preprocessed(f"registered_{name}map.nii.gz")
        for name in QUANTITIES
    },
}
HAS_VIEWER = config["report"]["n_viewer_subjects"] > 0
if HAS_VIEWER:
    FIGURES += ["calibration"]
FIGURES += [
    f"loss_curves_{inputs}_seed-{seed}" for inputs in INPUT_SETS for seed in SEEDS
]
# Figures without a version of one column.
WIDE_FIGURES = ["network"] + ["lesion_cases"] * ("lesion_cases" in FIGURES)
FIGURES = [figure for figure in FIGURES if figure not in WIDE_FIGURES]
PARTS_OF_REPORT = ["macros", "methods", "provenance", "software", "bibtex"]


rule plot_network:
    input:
        model=f"<results>/training/{NETWORK}/fold_0/model.keras",
    output:
        figure=report(
            "<results>/figures/network.png",
            caption="../report/network.rst",
            category="What is the network?",
            labels={"what": "Figure 1: network"},
        ),
        vector_figure="<results>/figures/network.pdf",
        data="<results>/figures/network.csv",
    log:
        "<logs>/plot_network.log",
    conda:
        f"../envs/{LEARNING}.yaml"
    resources:
        mem_mb=memory(3000),
        runtime=15,
    params:
        code=code_of("plot_network"),
        patch_size=config["training"]["patch_size"],
        input_names=config["input_sets"][0],
        output_names=QUANTITIES,
    message:
        "Draw the network from its layers."
    script:
        "../workflow_scripts/plot_network.py"


rule plot_representative_cases:
    input:
        folds="<results>/folds/folds.tsv",
        volumes=lists_of_all("volumes"),
        errors_by_subject="<results>/tables/errors_by_subject.csv",
        predictions=collect(f"<results>/predictions/{NETWORK}/{{fold}}", fold=FOLDS),
    output:
        figure=report(
            "<results>/figures/representative_cases.png",
            caption="../report/representative_cases.rst",
            category="What do the maps look like?",
            labels={"what": "Figure 2: representative cases"},
        ),
        vector_figure="<results>/figures/representative_cases.pdf",
        narrow_figure="<results>/figures/one_column/representative_cases.png",
        narrow_vector_figure="<results>/figures/one_column/representative_cases.pdf",
        data="<results>/figures/representative_cases.csv",
    log:
        "<logs>/plot_representative_cases.log",
    conda:
        "../envs/statistics.yaml"
    resources:
        mem_mb=memory(3000),
        runtime=20,
    params:
        code=code_of("plot_representative_cases"),
        contrasts=list(CONTRASTS),
        predictor=NETWORK,
        n_cases=config["report"]["n_representative_cases"],
        groups=GROUPS,
    message:
        "Show maps of representative held-out subjects."
    script:
        "../workflow_scripts/plot_representative_cases.py"


rule plot_region_means:
    input:
        roi_means=collect(
            "<results>/evaluation/{predictor}/{fold}/roi_means.csv",
            predictor=PREDICTORS[:2],
            fold=FOLDS,
        ),
    output:
        figure=report(
            "<results>/figures/region_means.png",
            caption="../report/region_means.rst",
            category="Do regional T1 and T2 agree?",
            labels={"what": "Region means by tissue"},
        ),
        vector_figure="<results>/figures/region_means.pdf",
        narrow_figure="<results>/figures/one_column/region_means.png",
        narrow_vector_figure="<results>/figures/one_column/region_means.pdf",
        data="<results>/figures/region_means.csv",
    log:
        "<logs>/plot_region_means.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("plot_region_means"),
        predictors=PREDICTORS[:2],
    message:
        "Plot predicted against known region means."
    script:
        "../workflow_scripts/plot_region_means.py"


rule plot_paired_errors:
    input:
        roi_means=collect(
            "<results>/evaluation/{predictor}/{fold}/roi_means.csv",
            predictor=PREDICTORS[:2],
            fold=FOLDS,
        ),
        errors_by_subject="<results>/tables/errors_by_subject.csv",
        lesions="<results>/tables/lesions.csv" if HAS_LESIONS else [],
    output:
        figure=report(
            "<results>/figures/paired_errors.png",
            caption="../report/paired_errors.rst",
            category="How accurate are the maps?",
            labels={"what": "Errors of each subject, network and tissue mean"},
        ),
        vector_figure="<results>/figures/paired_errors.pdf",
        narrow_figure="<results>/figures/one_column/paired_errors.png",
        narrow_vector_figure="<results>/figures/one_column/paired_errors.pdf",
        data="<results>/figures/paired_errors.csv",
    log:
        "<logs>/plot_paired_errors.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("plot_paired_errors"),
        predictors=PREDICTORS[:2],
    message:
        "Plot the errors of each subject."
    script:
        "../workflow_scripts/plot_paired_errors.py"


rule plot_error_histogram:
    input:
        folds="<results>/folds/folds.tsv",
        volumes=lists_of_all("volumes"),
        predictions=collect(
            "<results>/predictions/{predictor}/{fold}",
            predictor=PREDICTORS[:2],
            fold=FOLDS,
        ),
    output:
        figure=report(
            "<results>/figures/error_histogram.png",
            caption="../report/error_histogram.rst",
            category="How accurate are the maps?",
            labels={"what": "Histogram of errors"},
        ),
        vector_figure="<results>/figures/error_histogram.pdf",
        narrow_figure="<results>/figures/one_column/error_histogram.png",
        narrow_vector_figure="<results>/figures/one_column/error_histogram.pdf",
        data="<results>/figures/error_histogram.csv",
    log:
        "<logs>/plot_error_histogram.log",
    conda:
        "../envs/statistics.yaml"
    resources:
        mem_mb=memory(3000),
        runtime=20,
    params:
        code=code_of("plot_error_histogram"),
        predictors=PREDICTORS[:2],
    message:
        "Plot the histogram of the errors of voxels."
    script:
        "../workflow_scripts/plot_error_histogram.py"


rule plot_calibration:
    input:
        folds="<results>/folds/folds.tsv",
        volumes=lists_of_all("volumes"),
        predictions=collect(
            "<results>/predictions/{predictor}/{fold}",
            predictor=[NETWORK],
            fold=FOLDS,
        ),
        spread=spreads_of_viewed,
    output:
        figure=report(
            "<results>/figures/calibration.png",
            caption="../report/calibration.rst",
            category="How certain are the results?",
            labels={"what": "Error against spread"},
        ),
        vector_figure="<results>/figures/calibration.pdf",
        narrow_figure="<results>/figures/one_column/calibration.png",
        narrow_vector_figure="<results>/figures/one_column/calibration.pdf",
        data="<results>/figures/calibration.csv",
    log:
        "<logs>/plot_calibration.log",
    conda:
        "../envs/statistics.yaml"
    resources:
        mem_mb=memory(3000),
        runtime=20,
    params:
        code=code_of("plot_calibration"),
        predictor=NETWORK,
    message:
        "Plot errors against the spread of the predictions."
    script:
        "../workflow_scripts/plot_calibration.py"


rule plot_literature:
    input:
        table_2="<results>/tables/table_2.csv",
        literature=of_project("config/literature_values.csv"),
    output:
        figure=report(
            "<results>/figures/literature.png",
            caption="../report/literature.rst",
            category="Do regional T1 and T2 agree?",
            labels={"what": "Literature values"},
        ),
        vector_figure="<results>/figures/literature.pdf",
        narrow_figure="<results>/figures/one_column/literature.png",
        narrow_vector_figure="<results>/figures/one_column/literature.pdf",
        data="<results>/figures/literature.csv",
    log:
        "<logs>/plot_literature.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("plot_literature"),
        predictor=NETWORK,
    message:
        "Plot T1 and T2 beside values of the literature."
    script:
        "../workflow_scripts/plot_literature.py"


rule plot_workflow:
    input:
        run_time="<results>/tables/run_time.csv",
    output:
        figure=report(
            "<results>/figures/workflow.png",
            caption="../report/workflow.rst",
            category="What resources were needed?",
            labels={"what": "Overview of the workflow"},
        ),
        vector_figure="<results>/figures/workflow.pdf",
        narrow_figure="<results>/figures/one_column/workflow.png",
        narrow_vector_figure="<results>/figures/one_column/workflow.pdf",
        data="<results>/figures/workflow.csv",
    log:
        "<logs>/plot_workflow.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("plot_workflow"),
        stages=stages_of_workflow,
    message:
        "Draw the overview of the workflow."
    script:
        "../workflow_scripts/plot_workflow.py"


rule plot_input_sets:
    input:
        folds="<results>/folds/folds.tsv",
        volumes=lists_of_all("volumes"),
        errors_by_subject="<results>/tables/errors_by_subject.csv",
        predictions=collect(
            "<results>/predictions/{predictor}/{fold}", predictor=ABLATION, fold=FOLDS
        ),
    output:
        figure=report(
            "<results>/figures/input_sets.png",
            caption="../report/input_sets.rst",
            category="How much does each input contribute?",
            labels={"what": "Figure S1: maps by input set"},
        ),
        vector_figure="<results>/figures/input_sets.pdf",
        narrow_figure="<results>/figures/one_column/input_sets.png",
        narrow_vector_figure="<results>/figures/one_column/input_sets.pdf",
        data="<results>/figures/input_sets.csv",
    log:
        "<logs>/plot_input_sets.log",
    conda:
        "../envs/statistics.yaml"
    resources:
        mem_mb=memory(3000),
        runtime=20,
    params:
        code=code_of("plot_input_sets"),
        networks=ABLATION,
        groups=GROUPS,
    message:
        "Show maps of one held-out subject by input set."
    script:
        "../workflow_scripts/plot_input_sets.py"


rule plot_lesion_cases:
    input:
        folds="<results>/folds/folds.tsv",
        volumes=lists_of_all("volumes"),
        predictions=collect(
            "<results>/predictions/{predictor}/{fold}",
            predictor=LESION_PAIR or [],
            fold=FOLDS,
        ),
    output:
        figure=report(
            "<results>/figures/lesion_cases.png",
            caption="../report/lesion_cases.rst",
            category="How much does each input contribute?",
            labels={"what": "Figure S2: lesions with and without a contrast"},
        ),
        vector_figure="<results>/figures/lesion_cases.pdf",
        data="<results>/figures/lesion_cases.csv",
    log:
        "<logs>/plot_lesion_cases.log",
    conda:
        "../envs/statistics.yaml"
    resources:
        mem_mb=memory(3000),
        runtime=20,
    params:
        code=code_of("plot_lesion_cases"),
        contrast=config["report"]["lesion_contrast"],
        networks=LESION_PAIR,
        n_cases=config["report"]["n_representative_cases"],
        groups=GROUPS,
    message:
        "Show lesions in maps of networks with and without {params.contrast}."
    script:
        "../workflow_scripts/plot_lesion_cases.py"


rule plot_bland_altman:
    input:
        roi_means=collect(
            f"<results>/evaluation/{NETWORK}/{{fold}}/roi_means.csv", fold=FOLDS
        ),
    output:
        figure=report(
            "<results>/figures/bland_altman_{quantity}.png",
            caption="../report/bland_altman.rst",
            category="Do regional T1 and T2 agree?",
            subcategory="Bland-Altman plots",
            labels={"what": "Figure 3: Bland-Altman", "quantity": "{quantity}"},
        ),
        vector_figure="<results>/figures/bland_altman_{quantity}.pdf",
        narrow_figure="<results>/figures/one_column/bland_altman_{quantity}.png",
        narrow_vector_figure="<results>/figures/one_column/bland_altman_{quantity}.pdf",
        data="<results>/figures/bland_altman_{quantity}.csv",
    log:
        "<logs>/plot_bland_altman/{quantity}.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("plot_bland_altman"),
        predictor=NETWORK,
        n_draws=config["evaluation"]["n_bootstrap_draws"],
        seed=config["seed"],
    message:
        "Plot agreement of predicted and reference {wildcards.quantity}."
    script:
        "../workflow_scripts/plot_bland_altman.py"


rule plot_lesions:
    input:
        lesions=collect(
            f"<results>/evaluation/{NETWORK}/{{fold}}/lesions.csv", fold=FOLDS
        ),
    output:
        figure=report(
            "<results>/figures/lesions.png",
            caption="../report/lesions_figure.rst",
            category="Are lesions visible in the maps?",
            labels={"what": "Contrast and error of each lesion"},
        ),
        vector_figure="<results>/figures/lesions.pdf",
        narrow_figure="<results>/figures/one_column/lesions.png",
        narrow_vector_figure="<results>/figures/one_column/lesions.pdf",
        data="<results>/figures/lesions.csv",
    log:
        "<logs>/plot_lesions.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("plot_lesions"),
    message:
        "Plot contrast and error of each lesion."
    script:
        "../workflow_scripts/plot_lesions.py"


rule plot_loss_curves:
    input:
        training_logs=collect(
            "<results>/training/network_{{inputs}}_seed-{{seed}}/{fold}/log.csv",
            fold=FOLDS,
        ),
    output:
        figure=report(
            "<results>/figures/loss_curves_{inputs}_seed-{seed}.png",
            caption="../report/loss_curves.rst",
            category="Has the training converged?",
            labels={"what": "Loss curves", "inputs": "{inputs}", "seed": "{seed}"},
        ),
        vector_figure="<results>/figures/loss_curves_{inputs}_seed-{seed}.pdf",
        narrow_figure="<results>/figures/one_column/loss_curves_{inputs}_seed-{seed}.png",
        narrow_vector_figure="<results>/figures/one_column/loss_curves_{inputs}_seed-{seed}.pdf",
        data="<results>/figures/loss_curves_{inputs}_seed-{seed}.csv",
    log:
        "<logs>/plot_loss_curves/{inputs}_seed-{seed}.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("plot_loss_curves"),
    message:
        "Plot the training losses of {wildcards.inputs}, seed {wildcards.seed}."
    script:
        "../workflow_scripts/plot_loss_curves.py"


rule embed_maps:
    input:
        unpack(viewed_files),
        folds="<results>/folds/folds.tsv",
    output:
        viewer="<results>/report_parts/viewer.json",
    log:
        "<logs>/embed_maps.log",
    conda:
        "../envs/statistics.yaml"
    resources:
        mem_mb=memory(4000),
        runtime=30,
    params:
        code=code_of("embed_maps"),
        groups=GROUPS,
        target=TARGET,
        predictor=NETWORK,
        budget_mb=config["report"]["viewer_mb"],
    message:
        "Embed scans and maps for the report's viewer."
    script:
        "../workflow_scripts/embed_maps.py"


rule write_report:
    input:
        template=of_project("report/index.html.j2"),
        supplement=of_project("report/supplement.html.j2"),
        parts=collect(of_project("report/{part}.html.j2"), part=PARTS_OF_REPORT),
        references=of_project("report/references.bib"),
        style=STYLE,
        behaviour=of_project("report/sort.js"),
        viewer="<results>/report_parts/viewer.json" if HAS_VIEWER else [],
        viewer_template=of_project("report/viewer.html.j2"),
        viewer_style=of_project("report/viewer.css"),
        viewer_script=of_project("report/viewer.js"),
        tables=collect("<results>/tables/{table}.json", table=TABLES),
        audit_findings="<results>/tables/audit_findings.json",
        figures=collect("<results>/figures/{figure}.png", figure=FIGURES + WIDE_FIGURES),
        narrow_figures=collect(
            "<results>/figures/one_column/{figure}.png", figure=FIGURES
        ),
        figure_data=collect(
            "<results>/figures/{figure}.csv", figure=FIGURES + WIDE_FIGURES
        ),
        errors_by_subject="<results>/tables/errors_by_subject.csv",
        lesions="<results>/tables/lesions.csv" if HAS_LESIONS else [],
        convergence=(
            "<results>/tables/convergence.csv" if "convergence" in TABLES else []
        ),
        results_were_tested="<results>/tests/artefacts.passed",
        roi_means=collect(
            "<results>/evaluation/{predictor}/{fold}/roi_means.csv",
            predictor=PREDICTORS,
            fold=FOLDS,
        ),
        subjects="<results>/tables/subjects.csv",
        thumbnails=of_each(admitted, "<results>/quality/sub-{subject}.webp"),
        engines=of_each(
            included,
            preprocessed("brain_extraction.json"),
            preprocessed("tissue_segmentation.json"),
        ),
    output:
        report=report(
            "<results>/report/index.html",
            caption="../report/report.rst",
            category="All results on one page",
            labels={"what": "Report"},
        ),
        supplement=report(
            "<results>/report/supplement.html",
            caption="../report/supplement.rst",
            category="All results on one page",
            labels={"what": "Supplement"},
        ),
    log:
        "<logs>/write_report.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("write_report"),
        config=config,
        predictors=PREDICTORS,
        simulated=HAS_TRUTH,
    message:
        "Write the report."
    script:
        "../workflow_scripts/write_report.py"
