"""Collect the quality-control results of all subjects in one file."""

from contrast2map.bids.dataset import write_json
from contrast2map.jobs import logs
from contrast2map.study import subject_lists


def gather_quality(paths_to_qualities, path_to_subjects):
    """Merge the subjects' quality.json files into one list, in the order of their labels."""
    write_json(path_to_subjects, subject_lists.read_each(sorted(paths_to_qualities)))


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    gather_quality(
        paths_to_qualities=snakemake.input.qualities,
        path_to_subjects=snakemake.output.subjects,
    )
