"""Time and memory for planning a study with many subjects, and for rerunning a finished one.

    python benchmarks/scale.py 18 500 5000          # simulated cohorts, all rules, dry run
    python benchmarks/scale.py results/demo         # rerun of a finished study
    python benchmarks/scale.py jobs                 # run of a thousand empty jobs

For comparison, it also plans a bare chain of ten rules per subject, which measures the machine, and
one with as many inputs and outputs as the study, which measures Snakemake.
"""

import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Has as many inputs and outputs per job as the study, to measure their cost in Snakemake.
WITH_FILES = """
rule all:
    input: expand("r/s{s}/o9_{k}", s=range(int(config["n_subjects"])), k=range(4))
rule first:
    output: expand("r/s{{s}}/o0_{k}", k=range(4))
    shell: "touch {output}"
for i in range(1, 10):
    rule:
        name: f"r{i}"
        input: expand("r/s{{s}}/o{j}_{k}", j=range(max(0, i - 2), i), k=range(4))
        output: expand(f"r/s{{{{s}}}}/o{i}_{{k}}", k=range(4))
        shell: "touch {output}"
"""
BARE = """
rule all:
    input: expand("r/s{s}/o9", s=range(int(config["n_subjects"])))
rule first:
    output: "r/s{s}/o0"
    shell: "touch {output}"
for i in range(1, 10):
    rule:
        name: f"r{i}"
        input: f"r/s{{s}}/o{i - 1}"
        output: f"r/s{{s}}/o{i}"
        shell: "touch {output}"
"""


def main(*wanted):
    """Print the table."""
    print("| what | jobs | wall (s) | CPU (s) | peak (MB) |\n| --- | --- | --- | --- | --- |")
    for each in wanted:
        if each.isdigit():
            line(f"bare chain, {each} subjects", *bare(int(each)))
            line(f"bare chain with as many files, {each}", *bare(int(each), text=WITH_FILES))
            line(f"study, {each} subjects", *study(int(each)))
        elif each == "jobs":
            line("a thousand jobs, run", *bare(100, "--quiet", "all"))
        else:
            name = Path(each).name
            config = ["--config", f"study={name}"] if name != "demo" else []
            line(f"no-op run of {each}", *run(["--cores", "2", *config], ROOT))


def line(what, n_jobs, wall_s, cpu_s, peak_mb):
    """Print a row."""
    print(f"| {what} | {n_jobs} | {wall_s:.1f} | {cpu_s:.1f} | {peak_mb:.0f} |", flush=True)


def bare(n_subjects, *options, text=BARE):
    """Plan chains of ten rules, or run them with other options."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "Snakefile").write_text(text)
        options = options or ("--dry-run", "--quiet", "rules")
        return run(["--cores", "2", *options, "--config", f"n_subjects={n_subjects}"], folder)


def study(n_subjects):
    """Plan a study of simulated subjects."""
    half = n_subjects // 2
    groups = [("MS", n_subjects - half, 14), ("healthy", half, 0)]
    rows = ", ".join(f"{{name: {g}, n_subjects: {n}, n_lesions_mean: {m}}}" for g, n, m in groups)
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as config:
        config.write(f"study: scale\nsimulation: {{groups: [{rows}]}}\n")
        config.flush()
        options = ["--dry-run", "--quiet", "rules", "--configfile", config.name]
        return run(["--cores", "2", *options], ROOT)


def run(arguments, folder):
    """Run Snakemake; return number of jobs, wall and CPU time in s, and peak memory in MB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    command = [sys.executable, "-c", MEASURED, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    wall_s = time.monotonic() - started
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    jobs = re.findall(r"^total +(\d+)$", done.stdout + done.stderr, re.MULTILINE)
    peak_kb = int(re.findall(r"PEAK (\d+)", done.stderr)[-1])
    return int(jobs[0]) if jobs else 0, wall_s, cpu_s, peak_kb / 1000


MEASURED = """
import atexit, resource, sys
def say():
    print("PEAK", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
atexit.register(say)
from snakemake.cli import main
main(sys.argv[1:])
"""

if __name__ == "__main__":
    main(*sys.argv[1:])
