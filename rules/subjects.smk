"""Who takes part at each stage of the study, and where a subject's files lie.

Three lists, one after the other: those listed in the cohort (known before any job), those that the
input gate admits, and those that the quality control and the raters leave in. The last two are
known when their checkpoints have run; a dry run before that plans for all whose files are there.
"""

import math
from functools import cache, partial

from snakemake.exceptions import IncompleteCheckpointException

COMPRESSED_BYTES = 1.3  # of a voxel of a simulated scan


def admitted():
    """Subjects that the input gate admits, in the order of the cohort."""
    table = _table_of("check_dataset", f"{RESULTS}/tables/input_gate.csv")
    return _planned_as_admitted() if table is None else _admitted_by(*table)


def fold_of():
    """Fold of each subject that is left in, as a dict."""
    table = _table_of("split_folds", f"{RESULTS}/folds/folds.tsv")
    return _planned_folds(*admitted()) if table is None else _folds_by(*table)


def _table_of(name, path):
    """Path and age of a checkpoint's table; None in a dry run that comes before the checkpoint."""
    try:
        path = getattr(checkpoints, name).get().output.table
    except IncompleteCheckpointException:
        if not workflow.dryrun:
            raise
        if not Path(path).exists():
            return None
    return path, Path(path).stat().st_mtime_ns


# Each rule asks who takes part; a table is read once, and again where a checkpoint wrote it anew.
@cache
def _admitted_by(table, _mtime_ns):
    return tuple(read_admitted(table))


@cache
def _folds_by(table, _mtime_ns):
    return participation.folds_of(table)


@cache
def _planned_as_admitted():
    return tuple(subject for subject in GROUPS if _is_complete(subject))


def _is_complete(subject):
    """Whether each file that a subject must have is there."""
    patterns = [contrast["file"] for contrast in config["contrasts"]]
    return all(
        found_file(each, subject).path for each in [*patterns, *REFERENCE.values()]
    )


@cache
def _planned_folds(*subjects):
    groups = {subject: GROUPS[subject] for subject in subjects}
    return folds.split_folds(groups, config["folds"]["n_folds"], config["seed"])


def of_admitted(*patterns):
    """Files of the subjects that the input gate admits, by patterns with {subject}."""
    return partial(_of_admitted, patterns)


def _of_admitted(patterns, _wildcards):
    return _filled(patterns, admitted())


def of_included(*patterns):
    """Files of the subjects that are left in, by patterns with {subject}."""
    return partial(_of_included, patterns)


def _of_included(patterns, _wildcards):
    return _filled(patterns, fold_of())


def held_out(fold):
    """Subjects that a fold holds out."""
    return [subject for subject, own in fold_of().items() if own == fold]


def viewed_subjects():
    """Subjects whose maps the report lets its reader look into."""
    groups = {subject: GROUPS[subject] for subject in fold_of()}
    return spread_over_groups(groups, config["report"]["n_viewer_subjects"])


def viewed_files(_wildcards):
    """Files of the subjects that the report's viewer shows, by what they are."""
    subjects = viewed_subjects()
    own_folds = sorted({fold_of()[subject] for subject in subjects})
    predictions = [f"<results>/predictions/{NETWORK}/{fold}" for fold in own_folds]
    return filled(VIEWED, subjects) | {"predictions": predictions}


def networks_without(wildcards):
    """The main networks of all seeds that never saw the rule's subject."""
    fold = fold_of()[wildcards.subject]
    return [f"<results>/training/{name}/{fold}/model.keras" for name in MAIN_NETWORKS]


def filled(patterns, subjects):
    """Files of some subjects by patterns with {subject}, by what they are."""
    return {name: _filled([pattern], subjects) for name, pattern in patterns.items()}


def _filled(patterns, subjects):
    return [pattern.format(subject=s) for pattern in patterns for s in subjects]


def group_of(wildcards):
    """Group of the rule's subject."""
    return GROUPS[wildcards.subject]


def n_lesions_mean(wildcards):
    """Mean number of lesions of those in the group of the rule's subject."""
    return N_LESIONS_MEAN[GROUPS[wildcards.subject]]


def brainweb_model_of(wildcards):
    """The BrainWeb head that the rule's subject is drawn from, if it is.

    Nobody changes such a head, but who copies or mounts the folder anew changes its time; that must
    not draw the cohort again and train the study anew.
    """
    head = BRAINWEB_MODEL_OF.get(wildcards.subject)
    return ancient(head) if head else []


def preprocessed(name):
    """Pattern of a preprocessed file."""
    return f"<results>/preprocessed/sub-{{subject}}/{name}"


def cohort_root(_wildcards):
    """Root of the cohort."""
    return COHORT


def of_cohort(pattern):
    """The file of the rule's subject that a pattern of the config leads to."""
    # A function costs Snakemake time for each of thousands of jobs; a simulated cohort needs none.
    return f"{COHORT}/{pattern}" if HAS_TRUTH else partial(_of_cohort, pattern)


def _of_cohort(pattern, wildcards):
    return cohort_file(pattern, wildcards.subject)


def cohort_file(pattern, subject):
    """A subject's file in the cohort; where there is none, the path where it should lie."""
    found = found_file(pattern, subject)
    return found.path or f"{COHORT}/{pattern}".format(subject=subject)


def found_file(pattern, subject):
    """What a pattern of the config leads to for a subject, sessions and runs considered."""
    if HAS_TRUTH:
        return Resolved(f"{COHORT}/{pattern}".format(subject=subject))
    return resolve(
        COHORT, pattern, subject, config["cohort"]["session"], config["cohort"]["run"]
    )


def patterns_by_role():
    """Patterns of the config of everything that a subject may bring, by its role."""
    found = {name: contrast["file"] for name, contrast in CONTRASTS.items()} | REFERENCE
    for name in ("tissue_segmentation", "structure_segmentation"):
        found[name] = PROVIDED[name]["file"]
    for name, pattern in PROVIDED["transforms"].items():
        found[f"transform_{name}"] = pattern
    found |= {
        "brain_mask": PROVIDED["brain_mask"],
        "lesion_mask": config["cohort"]["lesion_mask"],
    }
    return {role: pattern for role, pattern in found.items() if pattern}


def roles_of_subject(wildcards):
    """What is known of each file of the rule's subject: its path, or why there is none."""
    return {
        role: {"path": each.path, "problem": each.problem, "remedy": each.remedy}
        for role, each in _roles_of(wildcards.subject).items()
    }


def _roles_of(subject):
    return _made_of(subject) if HAS_TRUTH else _looked_up(subject)


def _made_of(subject):
    return {
        role: found_file(pattern, subject)
        for role, pattern in patterns_by_role().items()
        if role in {*CONTRASTS, *QUANTITIES}
    }


@cache  # A file system is asked once.
def _looked_up(subject):
    found = {
        role: found_file(pattern, subject)
        for role, pattern in patterns_by_role().items()
    }
    return {
        role: each
        for role, each in found.items()
        if role in {*CONTRASTS, *QUANTITIES} or not each.is_missing
    }


def files_of_subject(wildcards):
    """Files of the rule's subject that are there, by role; one stands for those of one job."""
    if HAS_TRUTH:  # their sidecars come with participants.tsv
        return {TARGET: cohort_file(CONTRASTS[TARGET]["file"], wildcards.subject)}
    roles = _roles_of(wildcards.subject)
    found = {role: each.path for role, each in roles.items() if each.path}
    own = [sidecars.applicable(path, COHORT) for path in found.values()]
    return found | {"sidecars": sorted({path for paths in own for path in paths})}


def if_provided(pattern):
    """The rule's subject's own file where the cohort has one, else nothing."""
    return partial(_if_provided, pattern) if pattern and not HAS_TRUTH else []


def _if_provided(pattern, wildcards):
    return provided_file(pattern, wildcards.subject) or []


def provided_file(pattern, subject):
    """A file that the user brings for a subject, or None."""
    return found_file(pattern, subject).path if pattern and not HAS_TRUTH else None


def target_scans(subjects):
    """Target scans, as acquired, of some subjects."""
    return [cohort_file(CONTRASTS[TARGET]["file"], subject) for subject in subjects]


@cache
def size_of_scan_mb(subject):
    """Size of a subject's target scan as a file, before it is simulated by its matrix; 0 without one."""
    if HAS_TRUTH:
        return math.prod(SIMULATION["scan"]["matrix"]) * COMPRESSED_BYTES / 1e6
    path = cohort_file(CONTRASTS[TARGET]["file"], subject)
    return Path(path).stat().st_size / 1e6 if Path(path).exists() else 0


def lesion_masks(subjects):
    """Lesion masks of those among some subjects that have one; a file of yours may be missing."""
    if HAS_TRUTH:
        return [f"{TRUTH}_label-lesion_mask.nii.gz".format(subject=s) for s in subjects]
    paths = [provided_file(config["cohort"]["lesion_mask"], s) for s in subjects]
    return [path for path in paths if path]


def model_of_maps(_wildcards):
    """Folder of the model that makes the maps of new scans: this study's, if none is named."""
    return config["maps"]["model"] or f"{RESULTS}/models"


def subjects_listed(wildcards):
    """Subjects that the rule's fold holds out."""
    return held_out(wildcards.fold)


def last_files(wildcards):
    """Files of the rule's part that are made last, of the subjects that its fold holds out."""
    return _filled(LAST[wildcards.part], held_out(wildcards.fold)) + (
        []
        if HAS_TRUTH or wildcards.part == "slices"
        else others_listed(wildcards)["lesions"]
    )


def patterns_listed(wildcards):
    """Patterns of the files of the rule's part, by what they are."""
    return {
        name: pattern.replace("<results>", RESULTS)
        for name, pattern in LISTED[wildcards.part].items()
    }


def others_listed(wildcards):
    """Files of the cohort that belong to the rule's part, each found by itself."""
    subjects = held_out(wildcards.fold)
    if wildcards.part == "slices":
        return {"scans": target_scans(subjects)}
    return {"lesions": lesion_masks(subjects)}


def lists_of_training(part):
    """Lists of the folds that the rule's fold trains on."""
    return partial(_lists_of_training, part)


def _lists_of_training(part, wildcards):
    return [
        f"<results>/folds/{fold}/{part}.json"
        for fold in FOLDS
        if fold != wildcards.fold
    ]


def lists_of_all(part):
    """Lists of all folds."""
    return [f"<results>/folds/{fold}/{part}.json" for fold in FOLDS]
