"""Make the maps of new scans: what `python -m contrast2map maps` does, as a rule."""

import sys
from pathlib import Path

from contrast2map.jobs import logs, processor


def make_maps(model, output, report, **asked_for):
    # Here, so that what TensorFlow says as it loads goes to the log.
    from contrast2map.maps import command

    return command.make_maps(
        model=model,
        output=output,
        report=report,
        complain=report,
        force=True,  # Snakemake knows when they are made again
        **asked_for,
    )


if __name__ == "__main__":
    processor.prepare(snakemake.threads)
    report = logs.progress(logs.send_to(snakemake.log[0]), "maps")
    try:
        code = make_maps(
            model=snakemake.params.model,
            output=Path(snakemake.output.description).parent,
            report=report,
            **snakemake.params.asked_for,
        )
    except ValueError as error:
        report(" ".join(str(error).split()))
        sys.exit(2)
    # A verdict of fail stands on the page: a failed job would take the maps away with it.
    sys.exit(code if code == 2 else 0)
