"""A run of the study as a Workflow Run RO-Crate (https://w3id.org/ro/wfrun/workflow/0.5).

What nobody told the program is left out: who ran it, and under which licence the results may be
used. The profile recommends both.
"""

from datetime import UTC, datetime
from pathlib import PurePosixPath
from urllib.parse import quote

from rocrate.model import ComputationalWorkflow, ContextEntity, Dataset, File
from rocrate.rocrate import ROCrate

from contrast2map.workflow import readme
from contrast2map.workflow.readme import CONFIGURATION, README, WORKFLOW, population

RO_CRATE = "1.1"  # of which version 0.5 of the profiles is an extension
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
FORMAL_PARAMETER = "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"
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


def describe(study, parts, files, software, engine, version, started, ended, simulated):
    """The crate of a finished run; its root is the folder of the study's results.

    Args:
        study: Name of the study.
        parts: Dict of path from the root, a folder's with a slash at its end, to what it is in
            words: the run's results.
        files: Dict of folder, one of `parts` or "workflow/", to its files that are named one by
            one: dict of path to size in bytes.
        software: Dict of package to dict of its "version" and "url", of the environment that
            writes this.
        engine: Version of Snakemake.
        version: Version of the program.
        started: Seconds since 1970 of the run's start.
        ended: Seconds since 1970 of its end.
        simulated: Whether the subjects are simulated.

    Returns:
        A `ROCrate`, whose `metadata.write(folder)` writes ro-crate-metadata.json.
    """
    crate = ROCrate(version=RO_CRATE)
    _describe_root(crate, study, ended, simulated)
    workflow = _add_workflow(crate, version, engine, software)
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
    _add_file(crate, README, len(readme.write(study, parts, simulated).encode()))
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
                    "From the first to the last file that the jobs wrote whose results these are. "
                    "Jobs that were not run again may be of an earlier day than others."
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


def media_type(path):
    """Media type of a file by its name; text where its name tells nothing."""
    return MEDIA_TYPES.get(PurePosixPath(path).suffix, "text/plain")


def iso_time(seconds):
    """Seconds since 1970 as ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(int(seconds), UTC).isoformat()


def period(jobs):
    """First start and last end of jobs.

    Args:
        jobs: Pairs of the end in seconds since 1970 and the duration in seconds, 0 if unknown.
    """
    return min(end - took for end, took in jobs), max(end for end, _ in jobs)


def _describe_root(crate, study, ended, simulated):
    crate.name = f"contrast2map: study {study}"
    crate.description = (
        "T1 and T2 maps from conventional contrast-weighted images by a network, evaluated in "
        "held-out subjects beside baselines. " + population(simulated)
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
                    "Nobody has said under which licence these results may be used; whoever "
                    "publishes them does. The MIT licence of the workflow is not theirs."
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


def _add_workflow(crate, version, engine, software):
    workflow = crate.add_workflow(
        dest_path=WORKFLOW,
        main=True,
        lang="snakemake",
        lang_version=engine,
        cls=ComputationalWorkflow,
        properties={
            "name": "contrast2map",
            "description": "The study's Snakefile, with the rules that it includes, as they ran.",
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
    """What goes into the workflow and what comes out, each with the file or folder of this run."""
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
    """RO-Crate 1.1 recommends a single value in place of a list of one."""
    return entities if len(entities) > 1 else entities[0]


def _identifier(path):
    """How a crate writes a path: as a relative URI."""
    return quote(path)
