"""Simulated cohort: a BIDS dataset with reference maps and true maps as derivatives."""

SIMULATION = config["simulation"]
N_LESIONS_MEAN = {
    subject: each["n_lesions_mean"]
    for subject, group in GROUPS.items()
    for each in SIMULATION["groups"]
    if each["name"] == group
}


rule describe_cohort:
    output:
        participants="<results>/cohort/participants.tsv",
        description="<results>/cohort/dataset_description.json",
    log:
        "<logs>/describe_cohort.log",
    localrule: True
    conda:
        "../envs/images.yaml"
    params:
        code=code_of("describe_cohort"),
        participants=GROUPS,
        contrasts=config["contrasts"],
        reference=config["reference"],
        heads=SIMULATION["anatomy"]["source"],
        field_strength_T=SIMULATION["field_strength_T"],
        reference_errors={
            name: SIMULATION["reference_maps"][name]
            for name in ("noise_sd", "systematic_sd", "ceiling_s")
        },
        seed=config["seed"],
    message:
        "Describe the simulated cohort as a BIDS dataset."
    script:
        "../workflow_scripts/describe_cohort.py"


rule simulate_subject:
    input:
        brainweb_model=brainweb_model_of if BRAINWEB_MODEL_OF else [],
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
        "<logs>/simulate_subject/sub-{subject}.log",
    benchmark:
        "<benchmarks>/simulate_subject/sub-{subject}.tsv"
    conda:
        "../envs/images.yaml"
    resources:
        mem_mb=memory(3000, per_scan_mb=400),
        runtime=60,
    params:
        code=code_of("simulate_subject"),
        # Without the groups, so that adding a subject does not simulate the others again.
        simulation={key: SIMULATION[key] for key in SIMULATION if key != "groups"},
        n_lesions_mean=lookup(dpath="{subject}", within=N_LESIONS_MEAN),
        contrasts=config["contrasts"],
        target=TARGET,
        seed=config["seed"],
    message:
        "Simulate sub-{wildcards.subject}."
    script:
        "../workflow_scripts/simulate_subject.py"
