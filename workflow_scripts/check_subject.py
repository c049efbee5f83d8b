"""Check every file of one subject and record the findings; unusable files do not fail the job."""

from contrast2map.bids import dataset
from contrast2map.input_gate import scan_checks
from contrast2map.jobs import logs


def check_subject(subject, group, files, sequences, target, labels, root, path_to_verdict):
    """Write the subject's verdict, findings and what its images are.

    Args:
        files: Dict mapping role to {"path", "problem", "remedy"} (see `input_gate.check_subject`).
        sequences: Dict mapping contrast to sequence of the config.
        labels: Dict mapping a segmentation's role to {name: number}.
        root: Root of the cohort.
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
