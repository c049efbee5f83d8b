"""Maps of held-out subjects from networks and baselines."""

MAP_SCALE_S = config["preprocessing"]["normalisation"]["map_scale_s"]


rule predict_maps:
    input:
        model="<results>/training/network_{inputs}_seed-{seed}/{fold}/model.keras",
        slices="<results>/folds/{fold}/slices.json",
    output:
        folder=directory("<results>/predictions/network_{inputs}_seed-{seed}/{fold}"),
        exactness="<results>/exactness/network_{inputs}_seed-{seed}/{fold}.json",
    log:
        "<logs>/predict_maps/{inputs}_seed-{seed}/{fold}.log",
    benchmark:
        "<benchmarks>/predict_maps/{inputs}_seed-{seed}_{fold}.tsv"
    conda:
        f"../envs/{LEARNING}.yaml"
    threads: 8
    resources:
        gpu=1,
        mem_mb=memory(8000),
        runtime=60,
    params:
        code=code_of("predict_maps"),
        map_scale_s=MAP_SCALE_S,
        prediction=config["prediction"],
        about={
            "name": "T1 and T2 maps of held-out subjects",
            "description": "U-Net on contrast-weighted images",
        },
    message:
        "Predict the maps of the held-out subjects of {wildcards.fold}."
    script:
        "../workflow_scripts/predict_maps.py"


rule predict_spread:
    input:
        models=networks_without,
        slices=preprocessed("slices.npz"),
        scan=as_acquired(TARGET),
    output:
        folder=directory("<results>/spread/sub-{subject}"),
    log:
        "<logs>/predict_spread/sub-{subject}.log",
    benchmark:
        "<benchmarks>/predict_spread/sub-{subject}.tsv"
    conda:
        f"../envs/{LEARNING}.yaml"
    threads: 8
    resources:
        gpu=1,
        mem_mb=memory(8000),
        runtime=60,
    params:
        code=code_of("predict_spread"),
        contrasts=config["input_sets"][0],
        map_scale_s=MAP_SCALE_S,
        about={
            "name": "Spread of predicted T1 and T2 maps of a held-out subject",
            "description": "Standard deviation over networks and flips of the images",
        },
    message:
        "Predict the spread of the maps of sub-{wildcards.subject} over networks and flips."
    script:
        "../workflow_scripts/predict_spread.py"


rule predict_cohort_mean:
    input:
        means="<results>/training/cohort_mean/{fold}/means.json",
        volumes="<results>/folds/{fold}/volumes.json",
        slices="<results>/folds/{fold}/slices.json",
    output:
        folder=directory("<results>/predictions/cohort_mean/{fold}"),
    log:
        "<logs>/predict_cohort_mean/{fold}.log",
    benchmark:
        "<benchmarks>/predict_cohort_mean/{fold}.tsv"
    conda:
        f"../envs/{LEARNING}.yaml"
    resources:
        mem_mb=memory(4000),
        runtime=30,
    params:
        code=code_of("predict_cohort_mean"),
        about={
            "name": "Tissue-mean T1 and T2 maps of held-out subjects",
            "description": "Mean of each tissue over the training subjects, independent of intensities",
        },
    message:
        "Predict tissue means for the held-out subjects of {wildcards.fold}."
    script:
        "../workflow_scripts/predict_cohort_mean.py"


rule predict_regression:
    input:
        model="<results>/training/{regression}/{fold}/model.joblib",
        slices="<results>/folds/{fold}/slices.json",
    output:
        folder=directory("<results>/predictions/{regression}/{fold}"),
    log:
        "<logs>/predict_regression/{regression}/{fold}.log",
    benchmark:
        "<benchmarks>/predict_regression/{regression}_{fold}.tsv"
    conda:
        f"../envs/{LEARNING}.yaml"
    resources:
        mem_mb=memory(4000),
        runtime=30,
    params:
        code=code_of("predict_regression"),
        map_scale_s=MAP_SCALE_S,
        about={
            "name": "T1 and T2 maps of held-out subjects, voxel by voxel",
            "description": "Regression on the normalised intensities of each voxel",
        },
    message:
        "Predict the held-out subjects of {wildcards.fold} by {wildcards.regression}."
    script:
        "../workflow_scripts/predict_regression.py"
