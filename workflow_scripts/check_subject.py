"""Check every file of one subject and record the findings; unusable files do not stop the job."""

from contrast2map.bids import dataset
from contrast2map.input_gate import scan_checks
from contrast2map.jobs import logs


def check_subject(subject, group, files, sequences, target, labels, root, path_to_verdict):
    """Write the subject's verdict and findings, and grids, sequences and hashes of its images.

    Args:
        subject: Label of the subject.
        group: Name of the subject's group.
        files: Dict mapping role to {"path", "problem", "remedy"} (see `scan_checks.check_subject`).
        sequences: Dict mapping contrast to its configured sequence.
        target: Name of the target contrast.
        labels: Dict mapping the role of a segmentation to {label name: number}.
        root: Root of the cohort.
        path_to_verdict: JSON file to write.
    """
    about = {"subject": subject, "group": group}

    about |= scan_checks.check_subject(files, sequences, target, labels, root)

    dataset.write_json(path_to_verdict, about)


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    check_subject(
        subject=snakemake.wildcards.subject,
        group=snakemake.params.group,
        files=snakemake.params.files,
        sequences=snakemake.params.sequences,
        target=snakemake.params.target,
        labels=snakemake.params.labels,
        root=snakemake.params.root,
        path_to_verdict=snakemake.output.verdict,
    )
