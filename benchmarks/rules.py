"""Seconds of each rule's jobs in finished studies, from the rules' `benchmark:` files.

    python benchmarks/rules.py results/demo [another/results/demo ...]

Prints one Markdown row per rule, the most expensive first, and three columns per study: number of
jobs, their wall seconds and their CPU seconds in all. Snakemake samples CPU time and misses what a
job computed after the last sample, so with one core per job and nothing else running, wall seconds
are closer to what a job costs. Rules without `benchmark:` take a second or less.
"""

import csv
import sys
from collections import defaultdict
from pathlib import Path


def seconds_of(results):
    """Wall and CPU seconds of each job by rule: dict of lists of pairs."""
    jobs = defaultdict(list)
    for path in sorted((Path(results) / "benchmarks").rglob("*.tsv")):
        rule = path.relative_to(Path(results) / "benchmarks").parts[0]
        with open(path, newline="") as table:
            for row in csv.DictReader(table, delimiter="\t"):
                jobs[rule].append((float(row["s"]), float(row["cpu_time"])))
    return jobs


def main(*studies):
    """Print the table."""
    if not studies:
        sys.exit(__doc__)
    found = [seconds_of(results) for results in studies]
    if not all(found):
        sys.exit(f"no benchmark files in {studies[found.index({})]}: run the study first")
    rules = {rule for jobs in found for rule in jobs}
    order = sorted(rules, key=lambda rule: -max(_sums(jobs.get(rule, ()))[0] for jobs in found))
    print("| rule |" + " jobs | s | CPU s |" * len(found))
    print("| --- |" + " --- |" * 3 * len(found))
    for rule in order:
        print(f"| {rule} |" + "".join(_cells(jobs[rule]) for jobs in found))
    together = [[pair for pairs in jobs.values() for pair in pairs] for jobs in found]
    print("| all |" + "".join(_cells(pairs) for pairs in together))


def _cells(pairs):
    wall_s, cpu_s = _sums(pairs)
    return f" {len(pairs)} | {wall_s:.0f} | {cpu_s:.0f} |"


def _sums(pairs):
    return tuple(sum(each) for each in zip(*pairs, strict=True)) or (0.0, 0.0)


if __name__ == "__main__":
    main(*sys.argv[1:])
