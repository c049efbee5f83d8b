"""Figures, and the report that holds them beside the published ones."""

NETWORK = f"network_{INPUT_SETS[0]}"
BASELINE = "cohort_mean"


rule plot_network:
    input:
        package=sources("figures", "figures_network", "logs", "network", "unet"),
        model=f"<results>/training/{INPUT_SETS[0]}/fold_0/model.keras",
    output:
        figure=report(
            "<results>/figures/network.png",
            caption="../report/network.rst",
            category="What is the network?",
            labels={"what": "Figure 1: network"},
        ),
        vector_figure="<results>/figures/network.svg",
    log:
        "<logs>/plot_network.log",
    conda:
        "../envs/learning.yaml"
    resources:
        mem_mb=3000,
        runtime=15,
    params:
        patch_size=config["training"]["patch_size"],
        input_names=config["input_sets"][0],
        output_names=QUANTITIES,
    message:
        "Draw the network from its layers."
    script:
        "../workflow_scripts/plot_network.py"


rule plot_representative_cases:
    input:
        **{
            name: preprocessed(f"registered_{name}.nii.gz", SUBJECTS)
            for name in CONTRASTS
        },
        **{
            quantity: preprocessed(f"registered_{quantity}map.nii.gz", SUBJECTS)
            for quantity in QUANTITIES
        },
        package=sources(
            "cases", "entities", "figures", "figures_maps", "logs", "volumes"
        ),
        brain=preprocessed("brain_mask.nii.gz", SUBJECTS),
        slice_selection=preprocessed("slice_selection.tsv", SUBJECTS),
        lesions=branch(
            HAS_TRUTH,
            then=collect(f"{TRUTH}_label-lesion_mask.nii.gz", subject=SUBJECTS),
            otherwise=[],
        ),
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
    log:
        "<logs>/plot_representative_cases.log",
    conda:
        "../envs/statistics.yaml"
    resources:
        mem_mb=3000,
        runtime=20,
    params:
        contrasts=list(CONTRASTS),
        predictor=NETWORK,
        n_cases=config["report"]["n_representative_cases"],
    message:
        "Show maps of representative held-out subjects."
    script:
        "../workflow_scripts/plot_representative_cases.py"


rule plot_bland_altman:
    input:
        package=sources("figures", "figures_agreement", "logs"),
        roi_means=collect(
            f"<results>/evaluation/{NETWORK}/{{fold}}/roi_means.csv", fold=FOLDS
        ),
    output:
        figure=report(
            "<results>/figures/bland_altman_{quantity}.png",
            caption="../report/bland_altman.rst",
            category="Do the tissues' T1 and T2 agree?",
            labels={"what": "Figure 3: Bland-Altman", "quantity": "{quantity}"},
        ),
        vector_figure="<results>/figures/bland_altman_{quantity}.svg",
    log:
        "<logs>/plot_bland_altman/{quantity}.log",
    conda:
        "../envs/statistics.yaml"
    message:
        "Plot agreement of predicted and reference {wildcards.quantity}."
    script:
        "../workflow_scripts/plot_bland_altman.py"


rule plot_loss_curves:
    input:
        package=sources("figures", "figures_training", "logs"),
        training_logs=collect(
            "<results>/training/{{inputs}}/{fold}/log.csv", fold=FOLDS
        ),
    output:
        figure=report(
            "<results>/figures/loss_curves_{inputs}.png",
            caption="../report/loss_curves.rst",
            category="Has the training settled?",
            labels={"what": "Loss curves", "inputs": "{inputs}"},
        ),
        vector_figure="<results>/figures/loss_curves_{inputs}.svg",
    log:
        "<logs>/plot_loss_curves/{inputs}.log",
    conda:
        "../envs/statistics.yaml"
    message:
        "Plot the training losses of {wildcards.inputs}."
    script:
        "../workflow_scripts/plot_loss_curves.py"


rule write_report:
    input:
        package=sources(
            "entities",
            "logs",
            "published",
            "report",
            "tables",
            "tables_errors",
            "tables_preprocessing",
            "tables_rois",
            "verdicts",
        ),
        template=f"{workflow.basedir}/report/index.html.j2",
        style=STYLE,
        table_1="<results>/tables/table_1.csv",
        table_2="<results>/tables/table_2.csv",
        errors_by_subject="<results>/tables/errors_by_subject.csv",
        roi_means=collect(
            f"<results>/evaluation/{NETWORK}/{{fold}}/roi_means.csv", fold=FOLDS
        ),
        preprocessing=branch(
            HAS_TRUTH, then="<results>/tables/preprocessing.csv", otherwise=[]
        ),
        network="<results>/figures/network.png",
        representative_cases="<results>/figures/representative_cases.png",
        bland_altman=collect(
            "<results>/figures/bland_altman_{quantity}.png", quantity=QUANTITIES
        ),
        loss_curves=collect(
            "<results>/figures/loss_curves_{inputs}.png", inputs=INPUT_SETS
        ),
        quality_control=preprocessed("quality_control.png", SUBJECTS),
        engines=[
            *preprocessed("brain_extraction.json", SUBJECTS),
            *preprocessed("tissue_segmentation.json", SUBJECTS),
        ],
    output:
        report=report(
            "<results>/report/index.html",
            caption="../report/report.rst",
            category="The whole study on one page",
            labels={"what": "Report"},
        ),
    log:
        "<logs>/write_report.log",
    conda:
        "../envs/statistics.yaml"
    params:
        config=config,
        predictors=PREDICTORS,
        baseline=BASELINE,
        simulated=HAS_TRUTH,
    message:
        "Write the report."
    script:
        "../workflow_scripts/write_report.py"
