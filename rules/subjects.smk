"""Participants at each stage of the study, and the input functions based on them.

There are three sets of subjects: listed (in the cohort, known before any job), admitted (by the
input gate) and included (by quality control and raters). The last two are known once their
checkpoints have run; an earlier dry run assumes all subjects whose files exist.
"""

from functools import cache, partial

from snakemake.exceptions import IncompleteCheckpointException


def admitted():
    """Subjects that the input gate admits, in the order of the cohort."""
    table = _table_of("check_dataset", f"{RESULTS}/tables/input_gate.csv")
    return _read(read_admitted, *table) if table else _planned_as_admitted()


def included():
    """Included subjects, as a dict mapping each subject to the fold that holds it out."""
    table = _table_of("split_folds", f"{RESULTS}/folds/folds.tsv")
    return _read(folds.folds_of, *table) if table else _planned_folds(tuple(admitted()))


def _table_of(name, path):
    """Path and modification time of a checkpoint's table; None in a dry run before the checkpoint."""
    try:
        path = getattr(checkpoints, name).get().output.table
    except IncompleteCheckpointException:
        if not workflow.dryrun:
            raise
        if not Path(path).exists():
            return None
    return path, Path(path).stat().st_mtime_ns


# Many rules need the participants; a table is read only once, and again if its checkpoint reruns.
@cache
def _read(read, table, _mtime_ns):
    return read(table)


@cache
def _planned_as_admitted():
    """Subjects whose files exist; a plan for fewer than there are folds ends in one line."""
    n_folds = config["folds"]["n_folds"]
    complete = tuple(filter(FILES.is_complete, GROUPS))
    if len(complete) < n_folds:
        # Snakemake shows any other exception of an input function as a traceback.
        sys.exit(
            f"cohort: {len(complete)} of {len(GROUPS)} subjects have all files that `contrasts` and `reference` name, "
            f"and {n_folds} folds need at least {n_folds}; a run of the input gate says which file is missing and why: "
            f"snakemake --cores 1 --configfile <yours> -- {RESULTS}/tables/input_gate.csv"
        )
    return complete


@cache
def _planned_folds(subjects):
    groups = {subject: GROUPS[subject] for subject in subjects}
    return folds.split_folds(groups, config["folds"]["n_folds"], config["seed"])


def filled(patterns, subjects):
    """Files of the given subjects, from patterns with {subject}."""
    return [pattern.format(subject=s) for pattern in patterns for s in subjects]


def preprocessed(name):
    """Pattern of a preprocessed file."""
    return f"<results>/preprocessed/sub-{{subject}}/{name}"


def of_each(subjects, *patterns):
    """Files of the `admitted` or the `included` subjects, from patterns with {subject}."""
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


def spreads_of_viewed(_wildcards):
    """Spread of the subjects that the report's viewer shows."""
    return viewed_files(_wildcards)["spread"]


def networks_without(wildcards):
    """The main networks of all seeds that were trained without the rule's subject."""
    fold = included()[wildcards.subject]
    return [f"<results>/training/{name}/{fold}/model.keras" for name in MAIN_NETWORKS]


def brainweb_model_of(wildcards):
    """The BrainWeb head from which the rule's subject is simulated, if any.

    Its modification time is ignored, because copying or mounting the folder changes the time, which
    must not rerun simulation and training.
    """
    head = BRAINWEB_MODEL_OF.get(wildcards.subject)
    return ancient(head) if head else []


def of_cohort(role):
    """A required file of the rule's subject, by role."""
    # A simulated cohort needs only a pattern; Snakemake would call a function for each of
    # thousands of jobs.
    return (
        f"{FILES.root}/{FILES.required[role]}"
        if HAS_TRUTH
        else partial(_of_cohort, role)
    )


def _of_cohort(role, wildcards):
    return FILES.path(role, wildcards.subject)


def as_acquired(role):
    """A scan or map of the rule's subject on its own grid, turned if the study repairs orientations."""
    return (
        REPAIRED.format(role=role).replace("<results>", RESULTS)
        if REPAIRS
        else of_cohort(role)
    )


def if_provided(role):
    """A file that the user may provide for the rule's subject, by role."""
    return partial(_if_provided, role) if role in FILES.provided else []


def _if_provided(role, wildcards):
    return FILES.provided_path(role, wildcards.subject) or []


def gate_inputs(wildcards):
    """Existing files of the rule's subject, by role."""
    return FILES.gate_inputs(wildcards.subject)


def roles_of_subject(wildcards):
    """Path of each file of the rule's subject, or problem and remedy, by role."""
    return {
        role: {"path": each.path, "problem": each.problem, "remedy": each.remedy}
        for role, each in FILES.roles(wildcards.subject).items()
    }


# Functions, because `snakemake --lint` mistakes a folder in a parameter for a missing input.
def cohort_root(_wildcards):
    """Root of the cohort."""
    return COHORT


def model_of_maps(_wildcards):
    """Folder of the models that map new scans: as configured, or that of this study."""
    return config["maps"]["model"] or f"{RESULTS}/models"


def held_out(wildcards):
    """Subjects that the rule's fold holds out."""
    return [subject for subject, fold in included().items() if fold == wildcards.fold]


def last_files(wildcards):
    """Files of the rule's part that are made last, for the held-out subjects of its fold."""
    made = filled(LAST[wildcards.part], held_out(wildcards))
    if HAS_TRUTH or wildcards.part == "slices":
        return made
    return made + others_listed(wildcards)["lesions"]


def others_listed(wildcards):
    """Files of the cohort in the rule's part that no pattern covers, by role."""
    subjects = held_out(wildcards)
    if wildcards.part == "slices":
        if REPAIRS:
            return {"scans": filled([as_acquired(TARGET)], subjects)}
        return {"scans": [FILES.path(TARGET, subject) for subject in subjects]}
    return {"lesions": FILES.lesion_masks(subjects)}


def lists_of_training(part):
    """File lists of the folds on which the rule's model is trained."""
    return partial(_lists_of_training, part)


def _lists_of_training(part, wildcards):
    return [
        f"<results>/folds/{fold}/{part}.json"
        for fold in FOLDS
        if fold != wildcards.fold
    ]


def lists_of_all(part):
    """File lists of all folds."""
    return [f"<results>/folds/{fold}/{part}.json" for fold in FOLDS]
