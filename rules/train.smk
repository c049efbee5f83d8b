"""Folds of subjects, and one network a fold and set of inputs."""


rule split_folds:
    input:
        package=sources("folds", "logs"),
    output:
        table="<results>/folds/folds.tsv",
    log:
        "<logs>/split_folds.log",
    conda:
        "../envs/statistics.yaml"
    params:
        groups=GROUPS,
        n_folds=config["folds"]["n_folds"],
        seed=config["seed"],
    message:
        "Split the subjects into folds."
    script:
        "../workflow_scripts/split_folds.py"


rule train_unet:
    input:
        package=sources("logs", "slices", "training", "unet"),
        slices=training_files("slices.npz"),
    output:
        model="<results>/training/{inputs}/{fold}/model.keras",
        table="<results>/training/{inputs}/{fold}/log.csv",
    log:
        "<logs>/train_unet/{inputs}/{fold}.log",
    benchmark:
        "<benchmarks>/train_unet/{inputs}_{fold}.tsv"
    conda:
        "../envs/learning.yaml"
    threads: 2
    resources:
        gpu=1,
        mem_mb=16000,
        runtime=720,
    params:
        unet=config["unet"],
        training=config["training"],
        seed=config["seed"],
    message:
        "Train the network of {wildcards.fold} on {wildcards.inputs}."
    script:
        "../workflow_scripts/train_unet.py"
