"""Model bundles, and maps of new scans from them."""

MAPS = config["maps"]
MAPS_FOLDER = MAPS["output"] or f"{RESULTS}/maps"
NEW_SCANS = {
    name: path
    for name, path in MAPS.items()
    if name not in ("model", "bids", "subject", "output")
}
# Listed files of a subject from which the ranges of the training data are measured.
MEASURED = [*CONTRASTS, *QUANTITIES, "brain", "coverage", "tissue"]


rule bundle_model:
    input:
        models=collect(
            f"<results>/training/network_{{{{inputs}}}}_seed-{SEEDS[0]}/{{fold}}/model.keras",
            fold=FOLDS,
        ),
        folds="<results>/folds/folds.tsv",
        gate="<results>/input_gate/subjects.json",
        volumes=lists_of_all("volumes"),
        slices=lists_of_all("slices"),
        slice_errors=collect(
            "<results>/evaluation/{predictor}/{fold}/slice_errors.csv",
            predictor=[f"network_{{inputs}}_seed-{SEEDS[0]}", "cohort_mean"],
            fold=FOLDS,
        ),
        roi_means=collect(
            "<results>/evaluation/{predictor}/{fold}/roi_means.csv",
            predictor=[f"network_{{inputs}}_seed-{SEEDS[0]}", "cohort_mean"],
            fold=FOLDS,
        ),
    output:
        folder=directory("<results>/models/{inputs}"),
    log:
        "<logs>/bundle_model/{inputs}.log",
    benchmark:
        "<benchmarks>/bundle_model/{inputs}.tsv"
    conda:
        "../envs/maps.yaml"
    resources:
        mem_mb=memory(8000),
        runtime=60,
    params:
        code=code_of("bundle_model"),
        measured=MEASURED,
        predictor=f"network_{{inputs}}_seed-{SEEDS[0]}",
        about={
            "study": config["study"],
            "seed": config["seed"],
            "simulated": HAS_TRUTH,
            "target_contrast": TARGET,
            "quantities": QUANTITIES,
            "contrasts": config["contrasts"],
            "tissues": SIMULATION["tissues"],
            "preprocessing": config["preprocessing"],
            "quality": config["quality"],
            "prediction": config["prediction"],
            "start": config["training"]["start"],
        },
    message:
        "Bundle the networks of {wildcards.inputs} and write their model card."
    script:
        "../workflow_scripts/bundle_model.py"


rule make_maps:
    input:
        # The library reads the style sheet, which is an input so that changes update the pages.
        style=STYLE,
        model=branch(
            MAPS["model"],
            then=MAPS["model"] or [],
            otherwise=collect("<results>/models/{inputs}", inputs=INPUT_SETS),
        ),
        scans=list(NEW_SCANS.values()),
    output:
        description=f"{MAPS_FOLDER}/dataset_description.json",
    log:
        "<logs>/make_maps.log",
    conda:
        "../envs/maps.yaml"
    resources:
        mem_mb=memory(8000),
        runtime=60,
    params:
        code=code_of("make_maps"),
        model=model_of_maps,
        asked_for={
            "scans": NEW_SCANS or None,
            "bids": MAPS["bids"],
            "subjects": [MAPS["subject"]] if MAPS["subject"] else [],
            "repair_orientation": REPAIRS,
        },
    message:
        "Make maps of new scans."
    script:
        "../workflow_scripts/make_maps.py"
