"""Decide which subjects the input gate admits to the study."""

from contrast2map.input_gate import admission
from contrast2map.jobs import logs
from contrast2map.study import subject_lists


def check_dataset(path_to_subjects, n_folds, strict, path_to_table):
    """Write a table of all subjects with verdict, admission and reasons.

    Args:
        path_to_subjects: JSON file with the input gate's findings about all subjects.
        n_folds: Number of folds, which is the smallest number of subjects.
        strict: Whether a single unusable subject stops the study.
        path_to_table: Table to write.

    Raises:
        ValueError: A subject is unusable although `strict` is set, or too few subjects remain; the
            message is one line.
    """
    subjects = subject_lists.read(path_to_subjects)
    if strict:
        admission.require_all(subjects)
    admission.require_enough(subjects, n_folds)
    admission.write_table(subjects, path_to_table)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    check_dataset(
        path_to_subjects=snakemake.input.subjects,
        n_folds=snakemake.params.n_folds,
        strict=snakemake.params.strict,
        path_to_table=snakemake.output.table,
    )
