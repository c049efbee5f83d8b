"""Describe a run as a Workflow Run RO-Crate (https://w3id.org/ro/wfrun/workflow/0.5).

The program does not know agent, author and licence of the results and omits them, although the
profiles recommend them. The module also writes the crate's README.
"""

import json
from datetime import UTC, datetime
from pathlib import PurePosixPath
from urllib.parse import quote

from rocrate.model import ComputationalWorkflow, ContextEntity, Dataset, File
from rocrate.rocrate import ROCrate

README = "README.md"
WORKFLOW = "workflow/Snakefile"
CONFIGURATION = "workflow/config.yaml"
RO_CRATE = "1.1"  # the version that version 0.5 of the profiles extends
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
FORMAL_PARAMETER = "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"
PROGRAMS = {
    "FSL": "https://fsl.fmrib.ox.ac.uk/fsl/docs/",
    "deepbet": "https://github.com/wwu-mmll/deepbet",
}
STEPS = ("brain_extraction", "tissue_segmentation")  # of preprocessing, which may run `PROGRAMS`
EXTERNAL = ("fsl", "deepbet")  # their engines that do
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".smk": "text/plain",
    ".svg": "image/svg+xml",
    ".tsv": "text/tab-separated-values",
    ".yaml": "application/yaml",
}


def describe(
    study, parts, files, software, engine, version, started, ended, simulated, programs=()
):
    """Build the crate of a finished run; its root is the folder of the study's results.

    Args:
        study: Name of the study.
        parts: Dict mapping the path of each result, from the root, to its description; paths of
            folders end with a slash.
        files: Files listed individually: dict mapping folder (one of `parts` or "workflow/") to a
            dict that maps path to size in bytes.
        software: Packages of the environment that writes the crate: dict mapping name to a dict
            with "version" and "url".
        engine: Version of Snakemake.
        version: Version of this program.
        started: Start of the run, seconds since 1970.
        ended: End of the run, seconds since 1970.
        simulated: Whether the subjects are simulated.
        programs: External programs that jobs ran, pairs of name and version (keys of `PROGRAMS`).

    Returns:
        A `ROCrate`, whose `metadata.write(folder)` writes ro-crate-metadata.json.
    """
    crate = ROCrate(version=RO_CRATE)
    _describe_root(crate, study, ended, simulated)
    workflow = _add_workflow(crate, version, engine, software, programs)
    for folder in ["workflow/", *parts]:
        is_folder = folder.endswith("/")
        if folder in parts:
            kind = Dataset if is_folder else File
            entity = crate.add(kind(crate, dest_path=folder, properties={"name": parts[folder]}))
            if not is_folder:
                entity["encodingFormat"] = media_type(folder)
        inside = [_add_file(crate, *each) for each in sorted(files.get(folder, {}).items())]
        if folder in parts and inside:
            entity["hasPart"] = _one_or_many(inside)
    _add_file(crate, README, len(readme(study, parts, simulated).encode()))
    crate.get(README)["about"] = crate.root_dataset
    _add_parameters(crate, workflow, parts)
    results = [crate.get(_identifier(path)) for path in parts]
    action = crate.add(
        ContextEntity(
            crate,
            "#run",
            {
                "@type": "CreateAction",
                "name": f"Run of study {study}",
                "description": (
                    "Start of the earliest job to end of the latest job. Jobs that were not rerun "
                    "may be days older than others."
                ),
                "startTime": iso_time(started),
                "endTime": iso_time(ended),
                "actionStatus": "http://schema.org/CompletedActionStatus",
            },
        )
    )
    action["instrument"] = workflow
    action["object"] = crate.get(CONFIGURATION)
    action["result"] = _one_or_many(results)
    crate.root_dataset["mentions"] = action
    return crate


def programs_of(results):
    """Sorted pairs of name and version of the external programs of preprocessing.

    Args:
        results: Path of the results folder.
    """
    paths = [path for step in STEPS for path in results.glob(f"preprocessed/*/{step}.json")]
    used = [each for path in paths for each in json.loads(path.read_text()).values()]
    named = {each["version"].partition(" ") for each in used if each["engine"] in EXTERNAL}
    return sorted((name, version) for name, _, version in named)


def readme(study, parts, simulated):
    """Return the README of the results folder in Markdown: a list of links to its parts.

    Args:
        study: Name of the study.
        parts: As in `describe`.
        simulated: Whether the subjects are simulated.
    """
    lines = [f"- [{path}]({quote(path)}): {words}" for path, words in parts.items()]
    lines += [
        f"- [{WORKFLOW}]({WORKFLOW}): the workflow that made these files",
        f"- [{CONFIGURATION}]({CONFIGURATION}): configuration of the workflow",
        "- [ro-crate-metadata.json](ro-crate-metadata.json): this list in machine-readable form, "
        "as a Workflow Run RO-Crate",
    ]
    return f"# Study {study}\n\n{population(simulated)}\n\n" + "\n".join(lines) + "\n"


def population(simulated):
    """One sentence about the origin of the subjects' data."""
    if simulated:
        return "The cohort is simulated: no person was scanned."
    return "The cohort is a BIDS dataset, which is not part of this folder."


def media_type(path):
    """Media type of a file from its suffix; plain text if the suffix is unknown."""
    return MEDIA_TYPES.get(PurePosixPath(path).suffix, "text/plain")


def iso_time(seconds):
    """Time in seconds since 1970 as ISO 8601 text in UTC, with a resolution of one second."""
    return datetime.fromtimestamp(int(seconds), UTC).isoformat()


def period(jobs):
    """Earliest start and latest end of jobs.

    Args:
        jobs: Pairs of end time (seconds since 1970) and duration (seconds, 0 if unknown).
    """
    return min(end - took for end, took in jobs), max(end for end, _ in jobs)


def _describe_root(crate, study, ended, simulated):
    crate.name = f"contrast2map: study {study}"
    crate.description = (
        "T1 and T2 maps that a network predicts from conventional contrast-weighted images, "
        "evaluated in held-out subjects and compared with baselines. " + population(simulated)
    )
    crate.datePublished = datetime.fromtimestamp(int(ended), UTC)
    crate.license = crate.add(
        ContextEntity(
            crate,
            "#licence-of-the-results",
            {
                "@type": "CreativeWork",
                "name": "Not stated",
                "description": (
                    "No licence has been stated for these results; their publisher must choose "
                    "one. The MIT licence covers only the workflow."
                ),
            },
        )
    )
    crate.root_dataset["conformsTo"] = [
        crate.add(
            ContextEntity(
                crate, profile, {"@type": "CreativeWork", "name": name, "version": number}
            )
        )
        for profile, (name, number) in PROFILES.items()
    ]


def _add_workflow(crate, version, engine, software, programs):
    workflow = crate.add_workflow(
        dest_path=WORKFLOW,
        main=True,
        lang="snakemake",
        lang_version=engine,
        cls=ComputationalWorkflow,
        properties={
            "name": "contrast2map",
            "description": "The study's Snakefile and the rules that it includes, as run.",
            "version": version,
            "encodingFormat": "text/plain",
        },
    )
    workflow["license"] = crate.add(
        ContextEntity(
            crate,
            "https://spdx.org/licenses/MIT",
            {"@type": "CreativeWork", "name": "MIT License", "identifier": "MIT"},
        )
    )
    workflow["softwareRequirements"] = [
        crate.add(
            ContextEntity(
                crate,
                f"pkg:pypi/{name.lower()}@{known['version']}",
                {
                    "@type": "SoftwareApplication",
                    "name": name,
                    "softwareVersion": known["version"],
                    "url": known["url"],
                },
            )
        )
        for name, known in software.items()
    ] + [
        crate.add(
            ContextEntity(
                crate,
                f"{PROGRAMS[name]}#{quote(version)}",
                {
                    "@type": "SoftwareApplication",
                    "name": name,
                    "softwareVersion": version,
                    "url": PROGRAMS[name],
                },
            )
        )
        for name, version in programs
    ]
    return workflow


def _add_file(crate, path, size):
    properties = {"encodingFormat": media_type(path), "contentSize": str(size)}
    entity = crate.get(_identifier(path))
    if entity is None:
        name = PurePosixPath(path).name
        entity = crate.add(File(crate, dest_path=path, properties={"name": name} | properties))
    else:
        for name, value in properties.items():
            entity[name] = value
    return entity


def _add_parameters(crate, workflow, parts):
    """Add the workflow's inputs and outputs, each with the file or folder of this run."""
    crate.get(CONFIGURATION)["name"] = "Effective configuration of the run"
    workflow["input"] = _add_parameter(crate, CONFIGURATION, "configuration")
    workflow["output"] = _one_or_many(
        [
            _add_parameter(crate, path, path.strip("/").split(".")[0].replace("/", "-"))
            for path in parts
        ]
    )


def _add_parameter(crate, path, name):
    example = crate.get(_identifier(path))
    parameter = crate.add(
        ContextEntity(
            crate,
            f"#parameter-{_identifier(name)}",
            {
                "@type": "FormalParameter",
                "additionalType": "Dataset" if path.endswith("/") else "File",
                "conformsTo": {"@id": FORMAL_PARAMETER},
                "name": name,
                "description": example["name"],
                "workExample": {"@id": example.id},
            },
        )
    )
    example["exampleOfWork"] = parameter
    return parameter


def _one_or_many(entities):
    """A list, or its only element, because RO-Crate 1.1 discourages lists with one element."""
    return entities if len(entities) > 1 else entities[0]


def _identifier(path):
    """A path as a relative URI."""
    return quote(path)
