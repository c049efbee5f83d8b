"""The in-silico cohort: a BIDS dataset with reference maps, and the truth, as derivatives."""

SIMULATION = config["simulation"]


rule describe_cohort:
    output:
        participants="<results>/cohort/participants.tsv",
        description="<results>/cohort/dataset_description.json",
    log:
        "<logs>/describe_cohort.log",
    conda:
        "../envs/images.yaml"
    params:
        code=sources("bids", "logs", "visit"),
        participants=GROUPS,
        contrasts=config["contrasts"],
        reference=config["reference"],
        simulation=SIMULATION,
        seed=config["seed"],
    message:
        "Describe the in-silico cohort as a BIDS dataset."
    script:
        "../workflow_scripts/describe_cohort.py"


rule simulate_anatomy:
    input:
        brainweb_model=brainweb_model_of,
    output:
        head=temp("<results>/heads/sub-{subject}.npz"),
    log:
        "<logs>/simulate_anatomy/sub-{subject}.log",
    benchmark:
        "<benchmarks>/simulate_anatomy/sub-{subject}.tsv"
    conda:
        "../envs/images.yaml"
    resources:
        mem_mb=memory(4000),
        runtime=30,
    params:
        code=sources(
            "atlas", "brainweb", "grids", "head_anatomy", "lesions", "logs", "seeds"
        ),
        anatomy=SIMULATION["anatomy"],
        group=group_of,
        groups=SIMULATION["groups"],
        scan=SIMULATION["scan"],
        seed=config["seed"],
    message:
        "Draw the head of simulated subject sub-{wildcards.subject}."
    script:
        "../workflow_scripts/simulate_anatomy.py"


rule simulate_scans:
    input:
        head="<results>/heads/sub-{subject}.npz",
    output:
        **{
            name: f"<results>/cohort/{contrast['file']}"
            for name, contrast in CONTRASTS.items()
        },
        **{
            f"reference_{quantity}": f"<results>/cohort/{pattern}"
            for quantity, pattern in config["reference"].items()
        },
        truth_T1="<results>/cohort/derivatives/truth/sub-{subject}/anat/sub-{subject}_T1map.nii.gz",
        truth_T2="<results>/cohort/derivatives/truth/sub-{subject}/anat/sub-{subject}_T2map.nii.gz",
        truth_dseg="<results>/cohort/derivatives/truth/sub-{subject}/anat/sub-{subject}_space-orig_dseg.nii.gz",
        truth_brain="<results>/cohort/derivatives/truth/sub-{subject}/anat/sub-{subject}_desc-brain_mask.nii.gz",
        truth_lesion="<results>/cohort/derivatives/truth/sub-{subject}/anat/sub-{subject}_label-lesion_mask.nii.gz",
        truth_movement="<results>/cohort/derivatives/truth/sub-{subject}/anat/sub-{subject}_desc-movement_xfm.json",
    log:
        "<logs>/simulate_scans/sub-{subject}.log",
    benchmark:
        "<benchmarks>/simulate_scans/sub-{subject}.tsv"
    conda:
        "../envs/images.yaml"
    resources:
        mem_mb=memory(6000),
        runtime=60,
    params:
        code=sources(
            "bids", "grids", "head_anatomy", "logs", "scanner", "seeds", "visit"
        ),
        simulation=SIMULATION,
        contrasts=config["contrasts"],
        target=TARGET,
        seed=config["seed"],
    message:
        "Scan simulated subject sub-{wildcards.subject}."
    script:
        "../workflow_scripts/simulate_scans.py"
