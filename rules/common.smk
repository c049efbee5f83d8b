"""What all rules share: the checked configuration, the names of the study, where files lie."""

import os
import sys
from functools import partial
from pathlib import Path

import yaml

ROOT = Path(workflow.basedir)
sys.path.insert(0, str(ROOT / "workflow_scripts"))

from contrast2map import cohort, configuration, folds, locks, predictors  # noqa: E402


def checked_study():
    """Participants, their folds and their heads, or one clear line and the end, before any job starts."""
    schema = yaml.safe_load((ROOT / "config" / "config.schema.yaml").read_text())
    texts = {str(path): Path(path).read_text() for path in workflow.configfiles}
    try:
        configuration.check(config, schema, texts)
        groups = (
            cohort.simulated_participants(config["simulation"]["groups"])
            if config["cohort"]["source"] == "simulated"
            else cohort.read_participants(
                f"{config['cohort']['path']}/participants.tsv",
                config["cohort"]["group_column"],
            )
        )
        configuration.check_subjects(config, groups)
        fold_of = folds.split_folds(groups, config["folds"]["n_folds"], config["seed"])
        heads = cohort.assign_anatomies(
            config["simulation"]["anatomy"],
            groups if config["cohort"]["source"] == "simulated" else [],
            os.environ,
        )
        return groups, fold_of, heads
    except ValueError as error:
        sys.exit(str(error))


def sources(*modules):
    """Library modules that a script imports, and those that they import, as inputs of its rule."""
    found = configuration.imported_modules(
        ROOT / "workflow_scripts" / "contrast2map", modules
    )
    return [
        f"{workflow.basedir}/workflow_scripts/contrast2map/{name}.py" for name in found
    ]


def in_cohort(pattern):
    """A file pattern of the config as a path below the study's cohort."""
    return f"{COHORT}/{pattern}"


def preprocessed(name, subjects):
    """A preprocessed file, by its name, of several subjects."""
    return [f"<results>/preprocessed/sub-{subject}/{name}" for subject in subjects]


def subjects_of(fold, held_out):
    """Subjects that a fold holds out, or those that it trains on."""
    return [subject for subject in SUBJECTS if (FOLD_OF[subject] == fold) == held_out]


def training_files(name):
    """A preprocessed file of the subjects that the rule's fold trains on."""
    return partial(_files_of_fold, name, False)


def held_out_files(name):
    """A preprocessed file of the subjects that the rule's fold holds out."""
    return partial(_files_of_fold, name, True)


def held_out_scans(wildcards):
    """Target scans, as acquired, of the subjects that the rule's fold holds out."""
    pattern = in_cohort(CONTRASTS[TARGET]["file"])
    return [
        pattern.format(subject=s) for s in subjects_of(wildcards.fold, held_out=True)
    ]


def lesion_masks(subjects):
    """Lesion masks of those among some subjects that have one; a file of yours may be missing."""
    if HAS_TRUTH:
        return [f"{TRUTH}_label-lesion_mask.nii.gz".format(subject=s) for s in subjects]
    if config["cohort"]["lesion_mask"] is None:
        return []
    paths = [
        in_cohort(config["cohort"]["lesion_mask"]).format(subject=s) for s in subjects
    ]
    return [path for path in paths if Path(path).exists()]


def held_out_lesions(wildcards):
    """Lesion masks of the subjects that the rule's fold holds out, where there are any."""
    return lesion_masks(subjects_of(wildcards.fold, held_out=True))


def _files_of_fold(name, held_out, wildcards):
    return preprocessed(name, subjects_of(wildcards.fold, held_out))


RUN_LOCK = locks.clear_stale_lock(os.getcwd())  # after a SIGKILL, run again just works
GROUPS, FOLD_OF, BRAINWEB_MODEL_OF = checked_study()
SUBJECTS = list(GROUPS)
FOLDS = folds.fold_names(config["folds"]["n_folds"])
QUANTITIES = list(config["reference"])
CONTRASTS = {contrast["name"]: contrast for contrast in config["contrasts"]}
TARGET = config["target_contrast"]
INPUT_SETS = ["+".join(names) for names in config["input_sets"]]
SEEDS = config["training"]["seeds"]
# Without the seeds: one more seed must not train the others again.
TRAINING = {key: value for key, value in config["training"].items() if key != "seeds"}
# The networks of the first seed, one a set of inputs; the first is the study's main network.
ABLATION = [predictors.network(inputs, SEEDS[0]) for inputs in INPUT_SETS]
NETWORKS = [predictors.network(inputs, seed) for inputs in INPUT_SETS for seed in SEEDS]
NETWORK = ABLATION[0]
REGRESSIONS = ["linear_regression", "gradient_boosting"]
BASELINES = ["cohort_mean", *REGRESSIONS]
PREDICTORS = [NETWORK, *BASELINES]  # of the main tables
HAS_TRUTH = config["cohort"]["source"] == "simulated"
COHORT = "<results>/cohort" if HAS_TRUTH else config["cohort"]["path"]
TRUTH = f"{COHORT}/derivatives/truth/sub-{{subject}}/anat/sub-{{subject}}"
HAS_LESIONS = bool(lesion_masks(SUBJECTS))
# Networks that see and that do not see the contrast whose part in the lesions is shown.
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
