"""Documentation of a run: run time and hardware, CLAIM checklist, RO-Crate."""

from snakemake import __version__ as SNAKEMAKE

# Names of the benchmark files of each rule, in processing order.
OF_SUBJECTS = [f"sub-{subject}" for subject in GROUPS]
OF_NETWORKS = [f"{i}_seed-{s}_{f}" for i in INPUT_SETS for s in SEEDS for f in FOLDS]
OF_REGRESSIONS = [
    f"{regression}_{fold}" for regression in REGRESSIONS for fold in FOLDS
]
OF_PREDICTORS = [f"{name}_{fold}" for name in NETWORKS + BASELINES for fold in FOLDS]
MEASURED = {
    "simulate_subject": OF_SUBJECTS,
    "check_subject": OF_SUBJECTS,
    "repair_orientation": OF_SUBJECTS,  # only if the study repairs orientations
    "register_scans": OF_SUBJECTS,
    "extract_brain": OF_SUBJECTS,
    "normalise_slices": OF_SUBJECTS,
    "segment_tissue": OF_SUBJECTS,
    "label_structures": OF_SUBJECTS,
    "draw_masks": OF_SUBJECTS,
    "measure_quality": OF_SUBJECTS,
    "write_quality_page": OF_SUBJECTS,
    "train_unet": OF_NETWORKS,
    "fit_cohort_mean": FOLDS,
    "fit_regression": OF_REGRESSIONS,
    "predict_maps": OF_NETWORKS,
    "predict_spread": OF_SUBJECTS,  # only subjects in the viewer have a file
    "predict_cohort_mean": FOLDS,
    "predict_regression": OF_REGRESSIONS,
    "evaluate_maps": OF_PREDICTORS,
    "evaluate_reference": FOLDS,
    "bundle_model": INPUT_SETS,
}


rule tabulate_run_time:
    input:
        results_were_tested="<results>/tests/artefacts.passed",
        pages_were_written="<results>/quality/index.html",
        models=collect("<results>/models/{inputs}", inputs=INPUT_SETS),
        style=STYLE,
    output:
        table="<results>/tables/run_time.csv",
        hardware="<results>/tables/hardware.json",
        layouts="<results>/tables/run_time.json",
        page=report(
            "<results>/tables/run_time.html",
            caption="../report/run_time.rst",
            category="What resources were needed?",
            labels={"what": "Run time, memory and hardware"},
        ),
    log:
        "<logs>/tabulate_run_time.log",
    localrule: True
    conda:
        "../envs/statistics.yaml"
    params:
        code=code_of("tabulate_run_time"),
        # Not inputs, because losing a benchmark or a log must not rerun its job.
        folder=f"{RESULTS}/benchmarks",
        measured=MEASURED,
        training_logs=collect(
            f"{RESULTS}/logs/train_unet/{{inputs}}_seed-{{seed}}/{{fold}}.log",
            inputs=INPUT_SETS,
            seed=SEEDS,
            fold=FOLDS,
        ),
        simulated=HAS_TRUTH,
    message:
        "Tabulate run time, memory and hardware."
    script:
        "../workflow_scripts/tabulate_run_time.py"


rule write_checklist:
    input:
        checklist=of_project("report/claim.yaml"),
        table_1="<results>/tables/table_1.csv",
        errors_by_subject="<results>/tables/errors_by_subject.csv",
        subjects="<results>/tables/subjects.csv",
        leakage="<results>/tables/leakage.csv",
        participants=branch(
            HAS_TRUTH, then=[], otherwise=f"{FILES.root}/participants.tsv"
        ),
        style=STYLE,
    output:
        table="<results>/report/claim.csv",
        page=report(
            "<results>/report/claim.html",
            caption="../report/claim.rst",
            category="All results on one page",
            labels={"what": "CLAIM checklist"},
        ),
    log:
        "<logs>/write_checklist.log",
    localrule: True
    conda:
        "../envs/provenance.yaml"
    params:
        code=code_of("write_checklist"),
        config=config,
        network=NETWORK,
        simulated=HAS_TRUTH,
    message:
        "Complete the CLAIM checklist from the settings and results of this run."
    script:
        "../workflow_scripts/write_checklist.py"


WORKFLOW_FILES = {
    "Snakefile": str(ROOT / "Snakefile"),
    "rules": sorted(map(str, ROOT.glob("rules/*.smk"))),
    "lock": str(ROOT / "requirements.txt"),
    "envs": sorted(map(str, [*ROOT.glob("envs/*.yaml"), *ROOT.glob("envs/*.sh")])),
}
# Descriptions of the crate's entities by path in the study's results.
PARTS = {
    "report/index.html": "Report of the study",
    "report/supplement.html": "Supplement of the report",
    "report/claim.html": "CLAIM checklist, completed as far as this run provides the answers",
    "tables/": "All tables, each as an HTML page, CSV and JSON",
    "figures/": "All figures",
    "quality/": "Quality control of each subject",
    "folds/folds.tsv": "Included subjects, each with the fold that holds it out",
    "predictions/": "Predicted maps of held-out subjects, one BIDS derivative per predictor and fold",
    **{
        f"models/{inputs}/": f"Trained networks with inputs {inputs}"
        for inputs in INPUT_SETS
    },
}
if HAS_TRUTH:
    PARTS["cohort/"] = "Simulated scans, reference maps and true maps as a BIDS dataset"


rule describe_run:
    input:
        report="<results>/report/index.html",
        supplement="<results>/report/supplement.html",
        checklist="<results>/report/claim.html",
        quality="<results>/quality/index.html",
        folds="<results>/folds/folds.tsv",
        models=collect("<results>/models/{inputs}", inputs=INPUT_SETS),
        tables=rules.write_report.input.tables,
        figures=rules.write_report.input.figures,
        predictions=collect(
            "<results>/predictions/{predictor}/{fold}",
            predictor=NETWORKS + BASELINES,
            fold=FOLDS,
        ),
        participants=branch(
            HAS_TRUTH, then="<results>/cohort/participants.tsv", otherwise=[]
        ),
    output:
        crate="<results>/ro-crate-metadata.json",
        readme="<results>/README.md",
        workflow=directory("<results>/workflow"),
    log:
        "<logs>/describe_run.log",
    localrule: True
    conda:
        "../envs/provenance.yaml"
    params:
        code=code_of("describe_run"),
        # Not inputs: in a fresh checkout, the new file times would rewrite the crate.
        rules=contents(WORKFLOW_FILES),
        parts=PARTS,
        config=config,
        engine=SNAKEMAKE,
        project=of_project("."),
        simulated=HAS_TRUTH,
    message:
        "Describe the run as an RO-Crate."
    script:
        "../workflow_scripts/describe_run.py"
