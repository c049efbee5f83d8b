"""Run time and peak memory by rule, as Snakemake measured them, as tables."""

import csv

import numpy as np
import pandas as pd

from contrast2map.tables.layout import NOTHING, Layout, number

# Columns of Snakemake's benchmark files, and what they hold.
MEASURES = {"wall_s": "s", "cpu_s": "cpu_time", "peak_memory_mib": "max_rss"}


def read_benchmark(text):
    """Measures of one job, of the last run of it.

    Args:
        text: Text of a benchmark file of Snakemake.

    Returns:
        Dict of `MEASURES` to numbers; NaN where a job ended before it was looked at.
    """
    row = list(csv.DictReader(text.splitlines(), delimiter="\t"))[-1]
    return {name: _number(row.get(column)) for name, column in MEASURES.items()}


def summarise_run_time(benchmarks):
    """Sums and extremes over the jobs of each rule.

    Args:
        benchmarks: Dict of rule to the texts of its jobs' benchmark files; rules without any are
            left out.

    Returns:
        Table with one row a rule, in their order: number of jobs; wall-clock seconds of all jobs,
        of the median and of the longest; processor seconds of all jobs; largest peak of resident
        memory in MiB (NaN if it was never seen).
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
    """The table as it is read.

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
            "Of the jobs that made the files of this study, each measured once by Snakemake, as it "
            "was when it last ran. Jobs ran side by side and maybe on different days and machines: "
            "a sum is work, not the time that the study took. Of a training that was interrupted "
            "only the last part is counted. Memory is the largest resident set that was seen; it "
            "is looked at every few seconds, so a short peak may be missed, and a job of less than "
            f"a second may not be seen at all ({NOTHING}). Jobs that make lists, folds, tables, "
            "figures and pages of the whole cohort, and those that test the results, are not "
            "measured."
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
    """The machines as they are read.

    Args:
        writing: What `hardware.describe` says of the machine that writes the table.
        training: What the trainings' logs say, one dict a log or None for a log that says nothing.

    Returns:
        Layout with one column a machine.
    """
    known = [machine for machine in training if machine]
    machines = list({tuple(machine.items()): machine for machine in known}.values())
    columns = [("", "What"), ("", "Tables were written on")]
    counted = []
    for machine in machines:
        n = known.count(machine)
        counted.append(("", f"{n} network{'s' if n != 1 else ''} trained on"))
    unknown = len(training) - len(known)
    return Layout(
        title="Hardware",
        caption=(
            "As each machine describes itself. On a cluster, jobs that are named in no column ran "
            "on machines that are not recorded."
            + (f" The logs of {unknown} trainings do not name their machine." if unknown else "")
        ),
        columns=columns + counted,
        rows=[
            [name[0].upper() + name[1:], words]
            + [machine.get(name, NOTHING) for machine in machines]
            for name, words in writing.items()
        ],
        is_text=True,
    )


def _number(cell):
    try:
        return float(cell)
    except (TypeError, ValueError):  # "-" or "NA": it ended before it was looked at
        return np.nan
