"""Shared by all rules: the checked configuration and the names of the study."""

import os
import sys
from pathlib import Path

import yaml

# Not workflow.basedir, which is the folder of a workflow that loads the study as a module.
ROOT = Path(workflow.current_basedir).parent
SCRIPTS = ROOT / "workflow_scripts"
# A clone has the package beside the scripts; a wheel has these files within the package, which is installed.
IS_CLONE = (SCRIPTS / "contrast2map").is_dir()
LIBRARY = SCRIPTS / "contrast2map" if IS_CLONE else ROOT.parent
if IS_CLONE:
    sys.path.insert(0, str(SCRIPTS))
from contrast2map.input_gate.admission import read_admitted
from contrast2map.learning.checkpoint import clear_finished
from contrast2map.study import folds, participants, predictors, ratings
from contrast2map.study.participants import spread_over_groups
from contrast2map.workflow import (
    code_fingerprints,
    cohort_files,
    configuration,
    failures,
    package_path,
    run_summary,
    stages,
    stale_lock,
)


def checked_study():
    """Participants with their ratings and head models; an error ends the run with one line before any job starts."""
    schema = yaml.safe_load((ROOT / "config" / "config.schema.yaml").read_text())
    texts = {str(path): Path(path).read_text() for path in workflow.configfiles}
    try:
        configuration.check(config, schema, texts)
        cohort, simulation = config["cohort"], config["simulation"]
        is_simulated = cohort["source"] == "simulated"
        groups = (
            participants.simulated_participants(
                {each["name"]: each["n_subjects"] for each in simulation["groups"]}
            )
            if is_simulated
            else participants.read_participants(
                f"{cohort['path']}/participants.tsv", cohort["group_column"]
            )
        )
        files = [contrast["file"] for contrast in config["contrasts"]]
        if not is_simulated and all(
            file.startswith("sub-{subject}/") for file in files
        ):
            participants.require_folders(cohort["path"], groups)
        configuration.check_subjects(config, groups)
        folds.split_folds(groups, config["folds"]["n_folds"], config["seed"])
        folds.require_validation(
            len(groups),
            config["folds"]["n_folds"],
            config["training"]["validation_subjects"],
        )
        rated = ratings.read(cohort["ratings"], groups) if cohort["ratings"] else {}
        anatomy = simulation["anatomy"]
        heads = (
            participants.assign_brainweb_models(
                groups, anatomy["brainweb_folder"], os.environ
            )
            if is_simulated and anatomy["source"] == "brainweb"
            else {}
        )
        return groups, rated, heads
    except ValueError as error:
        sys.exit(str(error))


def memory(least_mb, per_scan_mb=0):
    """Memory of a job in MB, which grows with the subject's target scan and with each retry."""

    def in_mb(wildcards, attempt):
        scan_mb = FILES.scan_mb(wildcards.subject) if per_scan_mb else 0
        return round(attempt * (least_mb + per_scan_mb * scan_mb))

    return in_mb


def as_input(path):
    """Path of a file of the project as an input; moving the study's folder, with or without the project, reruns nothing."""
    relative = os.path.relpath(path)
    return os.path.abspath(path) if relative.startswith(os.pardir) else relative


def of_project(path):
    """Path of a file from the project's folder, as an input."""
    return as_input(ROOT / path)


def protocol_of_inputs(wildcards):
    """What the pretrained network is told of its inputs, as a parameter."""
    return configuration.protocol_of(config, wildcards.inputs.split("+"))


def contents(paths):
    """Fingerprint of files as a parameter of the rule that reads them; takes a dict of paths or lists of paths."""
    files = [
        path
        for value in paths.values()
        for path in ([value] if isinstance(value, str) else value)
    ]
    return code_fingerprints.fingerprint_of_files(files)


def code_of(script):
    """Fingerprint of the library code that a script imports, as a parameter of its rule."""
    return code_fingerprints.fingerprint_of_script(LIBRARY, SCRIPTS / f"{script}.py")


def stages_of_workflow(_wildcards):
    """Rules of this workflow by stage, as a parameter of its overview; without the simulation if there is none."""
    ours = [
        (rule.name, rule.snakefile)
        for rule in workflow.rules
        if Path(rule.snakefile).parent == ROOT / "rules"
    ]
    found = stages.rules_by_stage(ours)
    return {name: found[name] for name in found if HAS_TRUTH or name != "simulate"}


if IS_CLONE:
    package_path.prefer(SCRIPTS)
RUN_LOCK = stale_lock.clear(os.getcwd())  # so that a rerun works even after a SIGKILL
GROUPS, RATINGS, BRAINWEB_MODEL_OF = checked_study()
FOLDS = folds.fold_names(config["folds"]["n_folds"])
CONTRASTS = {contrast["name"]: contrast for contrast in config["contrasts"]}
STYLE = as_input(LIBRARY / "report/page.css")
REFERENCE = config["reference"]
QUANTITIES = list(REFERENCE)
PROVIDED = config["cohort"]["provided"]
TARGET = config["target_contrast"]
INPUT_SETS = ["+".join(names) for names in config["input_sets"]]
SEEDS = config["training"]["seeds"]
IS_PRETRAINED = config["training"]["start"] == configuration.PRETRAINED
# The configuration holds what is used, so that every text on the study is true.
config["training"]["new_persons"], NO_NEW_PERSONS = configuration.new_persons_of(config)
# The settings that the networks depend on; adding a seed must not retrain the other networks.
TRAINING = configuration.training_settings(config)
WEIGHTS = config["fine_tuning"]["weights"] or as_input(
    LIBRARY / "maps/shipped_network/network.npz"
)
# Networks of the first seed, one per input set; the first is the study's main network.
ABLATION = [predictors.network(inputs, SEEDS[0]) for inputs in INPUT_SETS]
NETWORKS = [predictors.network(inputs, seed) for inputs in INPUT_SETS for seed in SEEDS]
NETWORK = ABLATION[0]
MAIN_NETWORKS = [predictors.network(INPUT_SETS[0], seed) for seed in SEEDS]
REGRESSIONS = ["linear_regression", "gradient_boosting"]
BASELINES = ["cohort_mean", *REGRESSIONS]
PREDICTORS = [NETWORK, *BASELINES]  # in the main tables
HAS_TRUTH = config["cohort"]["source"] == "simulated"
# Environments of the rules that compute with networks; calibration needs packages that `learning` does not contain.
HAS_CUDA = config["environments"]["accelerator"] == "cuda"
LEARNING = "cuda" if HAS_CUDA else "learning"
CALIBRATION = "cuda" if HAS_CUDA else "maps"
RESULTS = f"results/{config['study']}"
COHORT = f"{RESULTS}/cohort" if HAS_TRUTH else config["cohort"]["path"]
TRUTH = f"{COHORT}/derivatives/truth/sub-{{subject}}/anat/sub-{{subject}}"
REQUIRED = {name: contrast["file"] for name, contrast in CONTRASTS.items()} | REFERENCE
FILES = (
    cohort_files.SimulatedFiles(
        COHORT,
        REQUIRED,
        lesion_mask=f"{TRUTH}_label-lesion_mask.nii.gz",
        target=TARGET,
        matrix=config["simulation"]["scan"]["matrix"],
    )
    if HAS_TRUTH
    else cohort_files.BidsFiles(
        COHORT,
        REQUIRED,
        cohort_files.provided_patterns(PROVIDED, config["cohort"]["lesion_mask"]),
        target=TARGET,
        session=config["cohort"]["session"],
        run=config["cohort"]["run"],
    )
)
# Images of a subject whose orientation was repaired, if the study does so.
REPAIRS = config["preprocessing"]["orientation"] == "repair"
REPAIRED = "<results>/repaired/sub-{{subject}}/{role}.nii.gz"
# Networks with and without the contrast whose contribution to lesions is evaluated.
LESION_PAIR = predictors.pair_without(ABLATION, config["report"]["lesion_contrast"])


wildcard_constraints:
    subject="[A-Za-z0-9]+",
    contrast="|".join(CONTRASTS),
    quantity="|".join(QUANTITIES),
    fold="|".join(FOLDS),
    inputs="|".join(inputs.replace("+", r"\+") for inputs in INPUT_SETS),
    seed="|".join(map(str, SEEDS)),
    predictor="|".join(name.replace("+", r"\+") for name in NETWORKS + BASELINES),
    regression="|".join(REGRESSIONS),
