"""Put together what the quality control measured of each subject."""

import json
from pathlib import Path

from contrast2map.bids import dataset
from contrast2map.jobs import logs


def gather_quality(paths_to_qualities, path_to_subjects):
    """Write the subjects' quality.json files as one list, in the order of their labels."""
    dataset.write_json(
        path_to_subjects,
        [json.loads(Path(path).read_text()) for path in sorted(paths_to_qualities)],
    )


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    gather_quality(
        paths_to_qualities=snakemake.input.qualities,
        path_to_subjects=snakemake.output.subjects,
    )
