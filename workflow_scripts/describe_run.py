"""Describe a finished run as a Workflow Run RO-Crate whose root is the folder of its results."""

import shutil
from pathlib import Path

import yaml

from contrast2map.jobs import logs
from contrast2map.tables import run_time
from contrast2map.workflow import run_crate, version

# Packages whose versions may change results.
PACKAGES = ("antspyx", "keras", "numpy", "scikit-learn", "scipy", "tensorflow")


def describe_run(
    parts,
    files,
    config,
    engine,
    project,
    simulated,
    path_to_crate,
    path_to_readme,
    path_to_workflow,
):
    """Copy the workflow into the crate and describe the run.

    Args:
        parts: Dict mapping the path of each result, from the results folder, to its description
            (see `run_crate.describe`).
        files: Dict mapping folder, as in `parts`, to paths of its files; files whose names differ
            only in the suffix are added.
        config: The study's configuration.
        engine: Version of Snakemake.
        project: Folder of the Snakefile.
    """
    root = Path(path_to_crate).parent
    copy_workflow(Path(project), config, Path(path_to_workflow))
    named = {
        folder: [twin for path in map(Path, paths) for twin in twins_of(path)]
        for folder, paths in files.items()
    }
    named["workflow/"] = [path for path in Path(path_to_workflow).rglob("*") if path.is_file()]
    started, ended = run_crate.period(list(jobs_of(root)))
    crate = run_crate.describe(
        study=config["study"],
        parts=parts,
        files={
            folder: {path.relative_to(root).as_posix(): path.stat().st_size for path in paths}
            for folder, paths in named.items()
        },
        software=version.installed(PACKAGES),
        engine=engine,
        version=version.version_of(project),
        started=started,
        ended=ended,
        simulated=simulated,
        programs=run_crate.programs_of(root),
    )

    Path(path_to_readme).write_text(run_crate.readme(config["study"], parts, simulated))
    crate.metadata.write(root)


def copy_workflow(project, config, folder):
    patterns = ["Snakefile", "requirements.txt", "rules/*.smk", "envs/*.yaml", "envs/*.sh"]
    for path in (path for pattern in patterns for path in project.glob(pattern)):
        target = folder / path.relative_to(project)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    (folder / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))


def twins_of(path):
    return sorted(path.parent.glob(f"{path.stem}.*"))


def jobs_of(root):
    """Yield end time and duration of jobs: from logs (duration 0) and from benchmark files."""
    for path in (root / "logs").rglob("*.log"):
        yield path.stat().st_mtime, 0.0
    for path in (root / "benchmarks").rglob("*.tsv"):
        yield path.stat().st_mtime, run_time.read_benchmark(path.read_text())["wall_s"]


if __name__ == "__main__":
    logs.send_to(snakemake.log[0])
    describe_run(
        parts=snakemake.params.parts,
        files={"tables/": snakemake.input.tables, "figures/": snakemake.input.figures},
        config=snakemake.params.config,
        engine=snakemake.params.engine,
        project=snakemake.params.project,
        simulated=snakemake.params.simulated,
        path_to_crate=snakemake.output.crate,
        path_to_readme=snakemake.output.readme,
        path_to_workflow=snakemake.output.workflow,
    )
