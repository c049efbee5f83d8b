"""End of a run: write and print a summary of all subjects, and remove finished checkpoints."""

import atexit

from snakemake.logging import logger

FAILED_JOBS = failures.Watch()
logger.addHandler(FAILED_JOBS)


def end_run(succeeded):
    """Write the summary and print it after Snakemake's last message, the first error last.

    Args:
        succeeded: Whether no job failed; otherwise a report is possibly that of an earlier run.
    """
    clear_finished(CHECKPOINTS, f"{RESULTS}/training")
    failed = FAILED_JOBS.failures()
    lines = run_summary.words_of_failures(failed)
    # A run that only maps new scans has no input gate.
    if Path(f"{RESULTS}/input_gate").is_dir():
        rows = run_summary.summarise(GROUPS, RATINGS, RESULTS, NETWORK, failed)
        path = f"{RESULTS}/run_summary.tsv"
        run_summary.write(rows, path)
        words = run_summary.words_of_subjects(rows, config["study"], path)
        words += run_summary.words_of_report(RESULTS) if succeeded else []
        lines = words + lines
    if lines:
        atexit.register(print, "\n".join(lines), file=sys.stderr, flush=True)


onsuccess:
    end_run(succeeded=True)


onerror:
    end_run(succeeded=False)
