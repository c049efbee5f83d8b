"""Input gate: every file of every listed subject is checked before processing."""

LABELS = {
    role: {name: number for name, number in PROVIDED[role].items() if name != "file"}
    for role in cohort_files.SEGMENTATIONS
}


rule check_subject:
    input:
        unpack(gate_inputs),
        description=branch(
            HAS_TRUTH, then="<results>/cohort/participants.tsv", otherwise=[]
        ),
    output:
        verdict="<results>/input_gate/sub-{subject}.json",
    log:
        "<logs>/check_subject/sub-{subject}.log",
    benchmark:
        "<benchmarks>/check_subject/sub-{subject}.tsv"
    conda:
        "../envs/images.yaml"
    resources:
        mem_mb=memory(2000, per_scan_mb=200),
        runtime=15,
    params:
        code=code_of("check_subject"),
        group=lookup(dpath="{subject}", within=GROUPS),
        files=roles_of_subject,
        sequences={name: contrast["sequence"] for name, contrast in CONTRASTS.items()},
        target=TARGET,
        labels=LABELS,
        root=cohort_root,
    message:
        "Check the files of sub-{wildcards.subject}."
    script:
        "../workflow_scripts/check_subject.py"


# Rules that read the findings about all subjects use this file instead of thousands of inputs.


rule compare_subjects:
    input:
        verdicts=collect("<results>/input_gate/sub-{subject}.json", subject=GROUPS),
    output:
        subjects="<results>/input_gate/subjects.json",
    log:
        "<logs>/compare_subjects.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("compare_subjects"),
    message:
        "Check whether two subjects are the same person."
    script:
        "../workflow_scripts/compare_subjects.py"


# The checkpoint has a single output, because Snakemake does not notice a missing second output.


checkpoint check_dataset:
    input:
        subjects="<results>/input_gate/subjects.json",
    output:
        table="<results>/tables/input_gate.csv",
    log:
        "<logs>/check_dataset.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("check_dataset"),
        n_folds=config["folds"]["n_folds"],
        strict=config["cohort"]["strict"],
    message:
        "Decide which subjects the input gate admits."
    script:
        "../workflow_scripts/check_dataset.py"
