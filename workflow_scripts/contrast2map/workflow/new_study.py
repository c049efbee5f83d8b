"""Start a study in a folder of its own: its settings, profiles and Snakefile."""

import importlib.util
import json
import os
import re
import shutil
import tempfile
from pathlib import Path

from contrast2map.workflow import project, version

DEMO = "demo"  # the default study, which needs no preset
LOCK = "requirements.txt"
NAME = re.compile(r"^study: \w+.*$", re.MULTILINE)
READS_COHORT = re.compile(r"^ +source: bids\b", re.MULTILINE)
PATH = re.compile(r"^( +)path: *([^#\n]*?) *(?:#.*)?$", re.MULTILINE)
EXAMPLE = "config/example_cohort"
IGNORED = "results/\n.snakemake/\n"

SNAKEFILE = '''\
"""Study {study}: the rules of contrast2map with the settings of this folder."""

from contrast2map.workflow import project


{configfiles}


module contrast2map:
    snakefile:
        project.SNAKEFILE
    config:
        config


use rule * from contrast2map


onstart:
    contrast2map.onstart()


onsuccess:
    contrast2map.onsuccess()


onerror:
    contrast2map.onerror()
'''

README = """\
# {study}

A study of contrast2map {version}, started with `contrast2map init` (preset: {presets}).

```
snakemake --cores 8 --dry-run               # list the jobs
snakemake --cores 8                         # run the study, or continue an interrupted run
snakemake --workflow-profile profiles/slurm # the same on a Slurm cluster
snakemake --report report.zip               # archive for reviewers: figures, tables, provenance
```

Results are written to `results/{study}`; the report is `results/{study}/report/index.html`.

| | |
| --- | --- |
{files}
| `profiles/default` | Snakemake's settings for a workstation, loaded automatically |
| `profiles/slurm` | Snakemake's settings for Slurm; enter your partitions in `partitions.yaml` |
| `Snakefile` | loads these settings and the rules of contrast2map |
| `{lock}` | the software: exact versions and hashes of all packages |

Relative paths in the settings start in this folder. All keys are explained in
{config_readme}
{cohort}
## Software

The study runs in the Python environment that contains Snakemake and contrast2map. This builds it
again:

```
python -m pip install --require-hashes --no-deps -r {lock}
python -m pip install --no-deps {package}
```
"""
COHORT = """
## Cohort

`cohort.path` in `config/{preset}.yaml` is `{path}`: a BIDS dataset with the weighted images, a
group for each subject in `participants.tsv` (or `cohort.group_column: null`), and reference maps in
seconds as a derivative. `contrasts` and `reference` in `config/config.yaml` have the file patterns.
"""


class NewStudyError(ValueError):
    """The study cannot be created; the message is one line."""


def presets():
    """Presets by name, each with the first sentence of its file, `demo` first."""
    found = {DEMO: _about(_config("config"))}
    for path in sorted((project.ROOT / "config").glob("*.yaml")):
        if not path.name.startswith("config."):
            found[path.stem] = _about(path)
    return found


def create(folder, names, cohort=None):
    """Write a new study.

    Args:
        folder: Folder to create; it may exist if it is empty. Its name becomes the study's name.
        names: Presets, each a name of `presets` or the path of a YAML file; the last one takes
            precedence.
        cohort: Path of a BIDS dataset, for a preset that reads one.

    Returns:
        What the user must do next, one line each.

    Raises:
        NewStudyError: The folder has contents, or a preset or the cohort cannot be used; nothing is
            written.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NewStudyError(f"{folder}: is not an empty folder; choose a new folder for the study")
    study = re.sub(r"\W", "_", folder.resolve().name, flags=re.ASCII)
    texts = {"config": _config("config").read_text()} | _texts_of(names)
    if cohort is not None:
        cohort = _path_of_cohort(cohort, texts)
    reads_cohort = [name for name, text in texts.items() if READS_COHORT.search(text)]
    path = cohort or "cohort"
    for name in reads_cohort:
        if own := PATH.search(texts[name]):
            path = cohort or _own_path(own[2].strip("\"'"))
            line = f"{own[1]}path: {json.dumps(path)} # your BIDS dataset"
            texts[name] = texts[name][: own.start()] + line + texts[name][own.end() :]
    named = [name for name, text in texts.items() if NAME.search(text)][-1]
    line = f"study: {study} # results are written to results/{study}"
    texts[named] = NAME.sub(line, texts[named], count=1)

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=f".{folder.resolve().name}-", dir=folder.parent
    ) as work:
        ready = Path(work)
        _write(ready, study, texts, reads_cohort, path)
        folder.mkdir(exist_ok=True)
        for part in ready.iterdir():
            os.rename(part, folder / part.name)
    is_missing = reads_cohort and not (folder / path / "participants.tsv").is_file()
    return _next_steps(folder, folder / path if is_missing else None)


def _texts_of(names):
    """Text of each preset by the name of its file, without that of the default study."""
    texts = {}
    for name in names:
        if name == DEMO:
            continue
        path = Path(name) if name.endswith((".yaml", ".yml")) else _config(name)
        if path.stem == "config" or (path.parent == project.ROOT / "config" and not path.is_file()):
            known = ", ".join(presets())
            raise NewStudyError(
                f"preset '{name}' is unknown; choose one of {known}, or a YAML file"
            )
        if not path.is_file():
            raise NewStudyError(f"preset {name}: no such file")
        texts[path.stem] = path.read_text()
    return texts


def _own_path(path):
    """Path of the BIDS dataset that a preset names, for use from the folder of the study."""
    return "cohort" if path.startswith(EXAMPLE) else str(Path(path).resolve())


def _path_of_cohort(cohort, texts):
    """Absolute path of a BIDS dataset."""
    if not any(READS_COHORT.search(text) for text in texts.values()):
        raise NewStudyError(
            f"--cohort {cohort}: none of these presets reads a BIDS dataset; use --preset paper, "
            "or a YAML file with cohort.source: bids"
        )
    path = Path(cohort).resolve()
    if not (path / "participants.tsv").is_file():
        raise NewStudyError(f"--cohort {cohort}: no BIDS dataset: participants.tsv is missing")
    return str(path)


def _write(folder, study, texts, reads_cohort, path):
    """Write the files of the study into an empty folder."""
    (folder / "config").mkdir()
    for name, text in texts.items():
        (folder / "config" / f"{name}.yaml").write_text(text)
    for name in ("default", "slurm"):
        shutil.copytree(project.ROOT / "profiles" / name, folder / "profiles" / name)
    shutil.copyfile(project.ROOT / LOCK, folder / LOCK)
    (folder / ".gitignore").write_text(IGNORED)
    configfiles = "\n\n\n".join(f'configfile: "config/{name}.yaml"' for name in texts)
    (folder / "Snakefile").write_text(SNAKEFILE.format(study=study, configfiles=configfiles))
    own = [name for name in texts if name != "config"]
    files = ["| `config/config.yaml` | every setting with its default |"]
    files += [
        f"| `config/{name}.yaml` | settings of preset {name}, which override it |" for name in own
    ]
    is_packed = project.ROOT == project.PACKED
    readme = README.format(
        study=study,
        version=version.version_of(project.ROOT),
        presets=", ".join(own) or DEMO,
        files="\n".join(files),
        lock=LOCK,
        config_readme=project.ROOT / "config" / "README.md",
        cohort="".join(COHORT.format(preset=preset, path=path) for preset in reads_cohort),
        package=f"contrast2map=={version.__version__}"
        if is_packed
        else f"--editable {project.ROOT}",
    )
    (folder / "README.md").write_text(readme)


def _next_steps(folder, missing_cohort):
    """What remains to be done before the study can run, and the command that runs it."""
    steps = []
    if importlib.util.find_spec("snakemake") is None:
        steps.append(
            "Snakemake is not installed here; install the study's packages: python -m pip install "
            f"--require-hashes --no-deps -r {folder / LOCK}"
        )
    if missing_cohort:
        steps.append(f"put your BIDS dataset in {missing_cohort}, or set cohort.path")
    return [*steps, f"run the study: cd {folder} && snakemake --cores {os.cpu_count()}"]


def _config(name):
    return project.ROOT / "config" / f"{name}.yaml"


def _about(path):
    """First words of the comment at the top of a YAML file."""
    first = path.read_text().partition("\n")[0].removeprefix("# ")
    return re.split(r"[.:] ", first)[0].rstrip(".")
