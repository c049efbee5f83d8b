"""Tables of run time and peak memory by rule, as measured by Snakemake, and of hardware."""

import csv

import numpy as np
import pandas as pd

from contrast2map.tables.layout import NOTHING, Layout, number, sentence_case

# Columns of Snakemake's benchmark files by measure.
MEASURES = {"wall_s": "s", "cpu_s": "cpu_time", "peak_memory_mib": "max_rss"}


def read_benchmark(text):
    """Measures of the latest run of one job.

    Args:
        text: Text of a benchmark file of Snakemake.

    Returns:
        Dict mapping the names in `MEASURES` to numbers; NaN if the job ended before it was sampled.
    """
    row = list(csv.DictReader(text.splitlines(), delimiter="\t"))[-1]
    return {name: _number(row.get(column)) for name, column in MEASURES.items()}


def summarise_run_time(benchmarks):
    """Sums and extremes over the jobs of each rule.

    Args:
        benchmarks: Dict mapping rule to the texts of its jobs' benchmark files; rules without files
            are omitted.

    Returns:
        Table with one row per rule, in the same order: number of jobs; wall-clock seconds of all
        jobs, the median job and the longest job; processor seconds of all jobs; peak resident
        memory in MiB (NaN if it was never sampled).
    """
    records = []
    for rule, texts in benchmarks.items():
        if not texts:
            continue
        jobs = pd.DataFrame([read_benchmark(text) for text in texts])
        records.append(
            {
                "rule": rule,
                "n_jobs": len(jobs),
                "wall_s": jobs["wall_s"].sum(),
                "wall_median_s": jobs["wall_s"].median(),
                "wall_longest_s": jobs["wall_s"].max(),
                "cpu_s": jobs["cpu_s"].sum(min_count=1),
                "peak_memory_mib": jobs["peak_memory_mib"].max(),
            }
        )
    columns = ["rule", "n_jobs", "wall_s", "wall_median_s", "wall_longest_s", "cpu_s"]
    return pd.DataFrame(records, columns=[*columns, "peak_memory_mib"])


def layout_run_time(table):
    """Layout of the table.

    Args:
        table: Table of `summarise_run_time`.
    """
    rows = [
        [
            row["rule"],
            str(row["n_jobs"]),
            number(row["wall_s"]),
            number(row["wall_median_s"]),
            number(row["wall_longest_s"]),
            number(row["cpu_s"]),
            number(row["peak_memory_mib"], 0),
        ]
        for row in table.to_dict("records")
    ]
    return Layout(
        title="Run time and memory by rule",
        caption=(
            "All jobs that produced the files of this study, as recorded by Snakemake for each "
            "job's latest run. Jobs may have run in parallel and on different days and machines: a "
            "sum measures work, not elapsed time. Of an interrupted training, only the last part "
            "is counted. Memory is the largest resident set size; it is sampled every few seconds, "
            "so short peaks may be missed, and a job shorter than a second may have no value "
            f"({NOTHING}). Jobs that write lists, folds, tables, figures and pages of the whole "
            "cohort, and those that test the results, are not measured."
        ),
        columns=[
            ("", "Rule"),
            ("", "Jobs"),
            ("Wall clock (s)", "all jobs"),
            ("Wall clock (s)", "median"),
            ("Wall clock (s)", "longest"),
            ("", "Processor (s), all jobs"),
            ("", "Peak memory (MiB)"),
        ],
        rows=rows,
    )


def layout_hardware(writing, training):
    """Layout of the hardware, one column per machine.

    Args:
        writing: `hardware.describe()` of the machine that writes the table.
        training: The machine of each training according to its log, as a dict; None if the log
            does not name it.
    """
    known = [machine for machine in training if machine]
    machines = list({tuple(machine.items()): machine for machine in known}.values())
    columns = [("", "Property"), ("", "Tables written on")]
    counted = []
    for machine in machines:
        n = known.count(machine)
        counted.append(("", f"{n} network{'s' if n != 1 else ''} trained on"))
    unknown = len(training) - len(known)
    return Layout(
        title="Hardware",
        caption=(
            "As reported by each machine. On a cluster, other jobs ran on machines that are not "
            "recorded."
            + (f" The logs of {unknown} trainings do not name their machine." if unknown else "")
        ),
        columns=columns + counted,
        rows=[
            [sentence_case(name), words] + [machine.get(name, NOTHING) for machine in machines]
            for name, words in writing.items()
        ],
        is_text=True,
    )


def _number(cell):
    try:
        return float(cell)
    except (TypeError, ValueError):  # "-" or "NA": the job ended before it was sampled
        return np.nan
