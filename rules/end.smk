"""End of a run: summary of all subjects with the first error last, and removal of finished checkpoints."""

import atexit

from snakemake.logging import logger

FAILED_JOBS = failures.Watch()
logger.addHandler(FAILED_JOBS)


def end_run():
    """Write the summary and print it after Snakemake's last message."""
    clear_finished(CHECKPOINTS, f"{RESULTS}/training")
    failed = FAILED_JOBS.failures()
    lines = run_summary.words_of_failures(failed)
    if Path(f"{RESULTS}/input_gate").is_dir():  # more than maps of new scans
        rows = run_summary.summarise(GROUPS, RATINGS, RESULTS, NETWORK, failed)
        path = f"{RESULTS}/run_summary.tsv"
        run_summary.write(rows, path)
        lines = [*run_summary.words_of_subjects(rows, config["study"], path), *lines]
    if lines:
        atexit.register(print, "\n".join(lines), file=sys.stderr, flush=True)


onsuccess:
    end_run()


onerror:
    end_run()
