"""Network for any protocol: trained on patches that are drawn while it learns, without a cohort."""

ANY_PROTOCOL = config.get("any_protocol", {})
ANY_PROTOCOL_STATE = ANY_PROTOCOL.get("state_folder") or f"{CHECKPOINTS}/any_protocol"


rule train_any_protocol:
    output:
        network="<results>/any_protocol/network.npz",
        table="<results>/any_protocol/log.csv",
        validation="<results>/any_protocol/validation.csv",
    log:
        "<logs>/train_any_protocol.log",
    conda:
        f"../envs/{LEARNING}.yaml"
    threads: 8
    resources:
        gpu=1,
        mem_mb=memory(8000),
        runtime=1440,  # it resumes, so that a limit of a cluster costs no work
        # Not parameters, because they do not change the network.
        minutes=ANY_PROTOCOL.get("minutes") or 0,
        n_workers=ANY_PROTOCOL.get("n_workers", 0),
    params:
        code=code_of("train_any_protocol"),
        labels_folder=ANY_PROTOCOL.get("labels_folder"),
        n_validation_batches=ANY_PROTOCOL.get("n_validation_batches"),
        network=ANY_PROTOCOL.get("network"),
        precision=ANY_PROTOCOL.get("precision"),
        start_from=ANY_PROTOCOL.get("start_from"),
        state_folder=ANY_PROTOCOL_STATE,
        study_seed=config["seed"],
        teacher=ANY_PROTOCOL.get("teacher"),
        training=ANY_PROTOCOL.get("training"),
    message:
        "Train the network of any protocol."
    script:
        "../workflow_scripts/train_any_protocol.py"


rule calibrate_any_protocol:
    input:
        network="<results>/any_protocol/network.npz",
        table="<results>/any_protocol/log.csv",
    output:
        folder=directory("<results>/any_protocol/model"),
    log:
        "<logs>/calibrate_any_protocol.log",
    conda:
        f"../envs/{CALIBRATION}.yaml"
    threads: 8
    resources:
        gpu=1,
        mem_mb=memory(8000),
        runtime=120,
    params:
        code=code_of("calibrate_any_protocol"),
        labels_folder=ANY_PROTOCOL.get("labels_folder"),
        n_batches=ANY_PROTOCOL.get("n_calibration_batches"),
        state_folder=ANY_PROTOCOL_STATE,
        study_seed=config["seed"],
        teacher=ANY_PROTOCOL.get("teacher"),
        about={
            "study": config["study"],
            "batch_size": ANY_PROTOCOL.get("teacher", {}).get("batch_size"),
            "preprocessing": config["preprocessing"],
            "quality": config["quality"],
        },
    message:
        "Calibrate the network of any protocol and describe it."
    script:
        "../workflow_scripts/calibrate_any_protocol.py"
