"""Median duration of each rule's jobs in a finished study, from Snakemake's records.

    python benchmarks/jobs.py results/demo

Prints the seconds from the start of a job to its end, including Python's start and imports. Light
rules compute for less than about a second; their duration is the overhead of any job.
"""

import json
import statistics
import sys
from collections import defaultdict
from pathlib import Path

# Rules that compute: simulation, images, networks, regressions, resampling.
HEAVY = {
    "bundle_model",
    "evaluate_maps",
    "evaluate_reference",
    "extract_brain",
    "fit_cohort_mean",
    "fit_regression",
    "label_structures",
    "make_maps",
    "predict_cohort_mean",
    "predict_maps",
    "predict_regression",
    "register_scans",
    "segment_tissue",
    "simulate_subject",
    "tabulate_agreement",
    "tabulate_preprocessing",
    "test_artefacts",
    "train_unet",
    "write_quality_page",
}


def main(results):
    """Print the table."""
    seconds = defaultdict(dict)
    for path in (Path(results).parents[1] / ".snakemake" / "metadata").rglob("*"):
        if path.is_file():
            about = json.loads(path.read_text())
            if about.get("starttime") and about["rule"] != "all":
                # A job has one record per output.
                started, ended = about["starttime"], about["endtime"]
                seconds[about["rule"]][round(started, 3)] = ended - started
    print("| rule | jobs | median s | light |\n| --- | --- | --- | --- |")
    for rule, jobs in sorted(seconds.items(), key=lambda each: -sum(each[1].values())):
        median = statistics.median(jobs.values())
        print(f"| {rule} | {len(jobs)} | {median:.2f} | {'' if rule in HEAVY else 'yes'} |")
    light = [s for rule, jobs in seconds.items() if rule not in HEAVY for s in jobs.values()]
    print(f"\nMedian of the {len(light)} jobs of light rules: {statistics.median(light):.2f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
