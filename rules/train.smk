"""Division of subjects into folds, and training of networks and baselines in each fold."""

# Not an output of a rule, because Snakemake deletes a job's output before it restarts the job.
CHECKPOINTS = f"{RESULTS}/checkpoints"


checkpoint split_folds:
    input:
        gate="<results>/input_gate/subjects.json",
        quality="<results>/quality/subjects.json",
    output:
        table="<results>/folds/folds.tsv",
    log:
        "<logs>/split_folds.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("split_folds"),
        groups=GROUPS,
        ratings=RATINGS,
        n_folds=config["folds"]["n_folds"],
        seed=config["seed"],
        strict=config["cohort"]["strict"],
    message:
        "Decide which subjects are included and split them into folds."
    script:
        "../workflow_scripts/split_folds.py"


rule train_unet:
    input:
        slices=lists_of_training("slices"),
        weights=WEIGHTS if IS_PRETRAINED else [],
    output:
        model="<results>/training/network_{inputs}_seed-{seed}/{fold}/model.keras",
        table="<results>/training/network_{inputs}_seed-{seed}/{fold}/log.csv",
        training_files="<results>/training/network_{inputs}_seed-{seed}/{fold}/training_files.tsv",
        validation_files="<results>/training/network_{inputs}_seed-{seed}/{fold}/validation_files.tsv",
    log:
        "<logs>/train_unet/{inputs}_seed-{seed}/{fold}.log",
    benchmark:
        "<benchmarks>/train_unet/{inputs}_seed-{seed}_{fold}.tsv"
    conda:
        f"../envs/{LEARNING}.yaml"
    threads: 8
    resources:
        gpu=1,
        mem_mb=memory(16000),
        runtime=720,
        # Not a parameter, because changing the interval must not retrain the network.
        checkpoint_epochs=config["training"]["checkpoint_epochs"],
    params:
        code=code_of("train_unet"),
        unet=None if IS_PRETRAINED else config["unet"],
        training=TRAINING,
        n_validation=config["training"]["validation_subjects"],
        protocol=protocol_of_inputs if IS_PRETRAINED else None,
        new_persons=config["training"]["new_persons"],
        sequences=(
            {
                contrast["name"]: contrast["sequence"]
                for contrast in config["contrasts"]
            }
            if config["training"]["new_persons"]
            else None
        ),
        map_scale_s=config["preprocessing"]["normalisation"]["map_scale_s"],
        checkpoint=f"{CHECKPOINTS}/network_{{inputs}}_seed-{{seed}}/{{fold}}",
        seed=config["seed"],
    message:
        "Train the network of {wildcards.fold} on {wildcards.inputs}, seed {wildcards.seed}."
    script:
        "../workflow_scripts/train_unet.py"


rule fit_cohort_mean:
    input:
        volumes=lists_of_training("volumes"),
        slices=lists_of_training("slices"),
    output:
        means="<results>/training/cohort_mean/{fold}/means.json",
        training_files="<results>/training/cohort_mean/{fold}/training_files.tsv",
    log:
        "<logs>/fit_cohort_mean/{fold}.log",
    benchmark:
        "<benchmarks>/fit_cohort_mean/{fold}.tsv"
    conda:
        f"../envs/{LEARNING}.yaml"
    resources:
        mem_mb=memory(4000),
        runtime=30,
    params:
        code=code_of("fit_cohort_mean"),
        quantities=QUANTITIES,
    message:
        "Compute tissue means of the training subjects of {wildcards.fold}."
    script:
        "../workflow_scripts/fit_cohort_mean.py"


rule fit_regression:
    input:
        slices=lists_of_training("slices"),
    output:
        model="<results>/training/{regression}/{fold}/model.joblib",
        training_files="<results>/training/{regression}/{fold}/training_files.tsv",
    log:
        "<logs>/fit_regression/{regression}/{fold}.log",
    benchmark:
        "<benchmarks>/fit_regression/{regression}_{fold}.tsv"
    conda:
        f"../envs/{LEARNING}.yaml"
    resources:
        mem_mb=memory(8000),
        runtime=60,
    params:
        code=code_of("fit_regression"),
        contrasts=config["input_sets"][0],
        baselines=config["baselines"],
        seed=config["seed"],
    message:
        "Fit the {wildcards.regression} of {wildcards.fold}."
    script:
        "../workflow_scripts/fit_regression.py"
