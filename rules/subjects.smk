"""Participants at each stage of the study, and the input functions based on them.

Three lists of subjects: those listed in the cohort (known before any job), those that the input
gate admits, and those that quality control and raters include. The last two are known once their
checkpoints have run; a dry run before that plans for all subjects whose files exist.
"""

from functools import cache, partial

from snakemake.exceptions import IncompleteCheckpointException


def admitted():
    """Subjects that the input gate admits, in the order of the cohort."""
    table = _table_of("check_dataset", f"{RESULTS}/tables/input_gate.csv")
    return _read(read_admitted, *table) if table else _planned_as_admitted()


def included():
    """Dict mapping each included subject to the fold that holds it out."""
    table = _table_of("split_folds", f"{RESULTS}/folds/folds.tsv")
    return _read(folds.folds_of, *table) if table else _planned_folds(tuple(admitted()))


def _table_of(name, path):
    """Path and age of a checkpoint's table; None in a dry run before the checkpoint."""
    try:
        path = getattr(checkpoints, name).get().output.table
    except IncompleteCheckpointException:
        if not workflow.dryrun:
            raise
        if not Path(path).exists():
            return None
    return path, Path(path).stat().st_mtime_ns


# Many rules ask for the participants; a table is read once, and again after its checkpoint has run.
@cache
def _read(read, table, _mtime_ns):
    return read(table)


@cache
def _planned_as_admitted():
    return tuple(filter(FILES.is_complete, GROUPS))


@cache
def _planned_folds(subjects):
    groups = {subject: GROUPS[subject] for subject in subjects}
    return folds.split_folds(groups, config["folds"]["n_folds"], config["seed"])


def filled(patterns, subjects):
    """Files of some subjects, by patterns with {subject}."""
    return [pattern.format(subject=s) for pattern in patterns for s in subjects]


def preprocessed(name):
    """Pattern of a preprocessed file."""
    return f"<results>/preprocessed/sub-{{subject}}/{name}"


def of_each(subjects, *patterns):
    """Files of the `admitted` or the `included` subjects, by patterns with {subject}."""
    return partial(_of_each, subjects, patterns)


def _of_each(subjects, patterns, _wildcards):
    return filled(patterns, subjects())


def viewed_files(_wildcards):
    """Files of the subjects that the report's viewer shows, by role."""
    groups = {subject: GROUPS[subject] for subject in included()}
    subjects = spread_over_groups(groups, config["report"]["n_viewer_subjects"])
    own_folds = sorted({included()[subject] for subject in subjects})
    files = {name: filled([pattern], subjects) for name, pattern in VIEWED.items()}
    return files | {
        "predictions": [f"<results>/predictions/{NETWORK}/{fold}" for fold in own_folds]
    }


def networks_without(wildcards):
    """The main networks of all seeds that did not see the rule's subject in training."""
    fold = included()[wildcards.subject]
    return [f"<results>/training/{name}/{fold}/model.keras" for name in MAIN_NETWORKS]


def brainweb_model_of(wildcards):
    """The BrainWeb head that the rule's subject is drawn from, if any.

    Nobody edits such a head, but copying or mounting its folder changes its time: that must not
    simulate the cohort and train the networks again.
    """
    head = BRAINWEB_MODEL_OF.get(wildcards.subject)
    return ancient(head) if head else []


def of_cohort(role):
    """A required file of the rule's subject, by role."""
    # Snakemake would call a function for each of thousands of jobs; a simulated cohort needs none.
    return (
        f"{FILES.root}/{FILES.required[role]}"
        if HAS_TRUTH
        else partial(_of_cohort, role)
    )


def _of_cohort(role, wildcards):
    return FILES.path(role, wildcards.subject)


def if_provided(role):
    """A file that the user may provide for the rule's subject, by role."""
    return partial(_if_provided, role) if role in FILES.provided else []


def _if_provided(role, wildcards):
    return FILES.provided_path(role, wildcards.subject) or []


def gate_inputs(wildcards):
    """Files of the rule's subject that exist, by role."""
    return FILES.gate_inputs(wildcards.subject)


def roles_of_subject(wildcards):
    """Path of each file of the rule's subject, or why there is none, by role."""
    return {
        role: {"path": each.path, "problem": each.problem, "remedy": each.remedy}
        for role, each in FILES.roles(wildcards.subject).items()
    }


# Functions, because `snakemake --lint` mistakes a folder in a parameter for a missing input.
def cohort_root(_wildcards):
    """Root of the cohort."""
    return COHORT


def model_of_maps(_wildcards):
    """Folder of the model that makes the maps of new scans: the configured one or this study's."""
    return config["maps"]["model"] or f"{RESULTS}/models"


def held_out(wildcards):
    """Subjects that the rule's fold holds out."""
    return [subject for subject, fold in included().items() if fold == wildcards.fold]


def last_files(wildcards):
    """Last files of the rule's part, of the held-out subjects of its fold."""
    made = filled(LAST[wildcards.part], held_out(wildcards))
    if HAS_TRUTH or wildcards.part == "slices":
        return made
    return made + others_listed(wildcards)["lesions"]


def others_listed(wildcards):
    """Files of the cohort in the rule's part, by role; no pattern covers them."""
    subjects = held_out(wildcards)
    if wildcards.part == "slices":
        return {"scans": [FILES.path(TARGET, subject) for subject in subjects]}
    return {"lesions": FILES.lesion_masks(subjects)}


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
