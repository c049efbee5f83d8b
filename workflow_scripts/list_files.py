"""Write a list of the files of a fold's held-out subjects."""

from contrast2map.jobs import logs
from contrast2map.study import file_lists


def list_files(patterns, subjects, more, path_to_list):
    """Check that all files exist and write their list.

    Args:
        patterns: Dict mapping role to file pattern with {subject}.
        subjects: Labels of the subjects.
        more: Dict mapping role to paths of further files, which no pattern covers.
        path_to_list: JSON file to write.

    Raises:
        ValueError: A file does not exist.
    """
    paths = {name: [each.format(subject=s) for s in subjects] for name, each in patterns.items()}
    paths |= {name: list(found) for name, found in more.items()}
    file_lists.require(paths)
    file_lists.write(paths, path_to_list)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    list_files(
        patterns=snakemake.params.patterns,
        subjects=snakemake.params.subjects,
        more=snakemake.params.more,
        path_to_list=snakemake.output.list,
    )
