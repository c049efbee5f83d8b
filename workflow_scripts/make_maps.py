"""Make maps of new scans, like `python -m contrast2map maps`, but as a rule."""

import sys
from pathlib import Path

from contrast2map.jobs import logs, processor
from contrast2map.jobs.programs import ProgramError


def make_maps(model, output, report, **asked_for):
    # Imported here so that TensorFlow's start-up messages go to the log.
    from contrast2map.maps import command

    return command.make_maps(
        model=model,
        output=output,
        report=report,
        complain=report,
        force=True,  # because Snakemake decides when to make them again
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
    except (ValueError, ProgramError) as error:
        report(" ".join(str(error).split()))
        sys.exit(2)
    # The page shows a verdict of fail; the job must not fail, or Snakemake would delete the maps.
    sys.exit(code if code == 2 else 0)
