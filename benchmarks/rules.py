"""CPU seconds of each rule's jobs in finished studies, from the rules' `benchmark:` files.

    python benchmarks/rules.py results/demo [another/results/demo ...]

Prints one Markdown row per rule, the most expensive first, and one pair of columns per study:
number of jobs and their CPU seconds in all. Rules without `benchmark:` take a second or less.
"""

import csv
import sys
from collections import defaultdict
from pathlib import Path


def cpu_seconds(results):
    """CPU seconds of each job by rule: dict of lists."""
    jobs = defaultdict(list)
    for path in sorted((Path(results) / "benchmarks").rglob("*.tsv")):
        rule = path.relative_to(Path(results) / "benchmarks").parts[0]
        with open(path, newline="") as table:
            for row in csv.DictReader(table, delimiter="\t"):
                jobs[rule].append(float(row["cpu_time"]))
    return jobs


def main(*studies):
    """Print the table."""
    if not studies:
        sys.exit(__doc__)
    found = [cpu_seconds(results) for results in studies]
    if not all(found):
        sys.exit(f"no benchmark files in {studies[found.index({})]}: run the study first")
    rules = {rule for jobs in found for rule in jobs}
    order = sorted(rules, key=lambda rule: -max(sum(jobs.get(rule, ())) for jobs in found))
    print("| rule |" + " jobs | CPU s |" * len(found))
    print("| --- |" + " --- | --- |" * len(found))
    for rule in order:
        cells = [f" {len(jobs[rule])} | {sum(jobs[rule]):.0f} |" for jobs in found]
        print(f"| {rule} |" + "".join(cells))
    totals = [(sum(map(len, jobs.values())), sum(map(sum, jobs.values()))) for jobs in found]
    print("| all |" + "".join(f" {n} | {seconds:.0f} |" for n, seconds in totals))


if __name__ == "__main__":
    main(*sys.argv[1:])
