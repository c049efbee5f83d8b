"""What a finished run was, in words, from the files that it left."""

import json
import math
import re
from collections import Counter
from pathlib import Path

import pandas as pd

from contrast2map.report.page import flatten
from contrast2map.study.terms import MS_PER_S
from contrast2map.tables.layout import number, population
from contrast2map.workflow.readme import WORKFLOW

RESUMED = re.compile(r"after epoch (\d+) from ")
PACKAGE = "pkg:pypi/"
HEADS = {
    "icbm152": "deformations of one template, ICBM152; drawn by the program",
    "brainweb": "BrainWeb's anatomical models, one a subject; not drawn by this project",
}


def describe_study(config, subjects, simulated):
    """What was run on whom, as pairs of name and words.

    Args:
        config: The study's configuration.
        subjects: Table of subjects.csv.
        simulated: Whether the subjects are simulated.
    """
    included = subjects[subjects["included"].astype(str) == "True"]
    groups = Counter(included["group"])
    n_slices = int(pd.to_numeric(included["n_slices"]).sum())
    unet, recipe = config["unet"], config["training"]
    facts = [
        (
            "Subjects",
            f"{population(len(included), simulated)} of {len(subjects)} listed: "
            + ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in groups.items())
            + f"; {n_slices} slices",
        )
    ]
    if simulated:
        simulation = config["simulation"]
        scan, maps = simulation["scan"], simulation["reference_maps"]
        facts += [
            ("Heads", HEADS[simulation["anatomy"]["source"]]),
            ("Heads drawn at", f"{simulation['anatomy']['voxel_mm']:g} mm"),
            ("Simulated scans", _grid(scan)),
            ("Simulated reference maps", _grid(maps)),
        ]
    return [
        *facts,
        ("Inputs", "; ".join(" + ".join(names) for names in config["input_sets"])),
        (
            "Normalisation",
            ", ".join(
                f"{name} {value}"
                for name, value in flatten(config["preprocessing"]["normalisation"])
            ),
        ),
        ("Folds", f"{config['folds']['n_folds']}, stratified by group, of whole subjects"),
        (
            "Network",
            f"U-Net, {unet['n_filters']} filters at full resolution (published: not given), "
            f"{unet['n_levels']} levels, {unet['n_convolutions']} convolutions a level",
        ),
        (
            "Schedule",
            f"{recipe['n_epochs']} epochs: learning rate {recipe['learning_rate']:g}, from epoch "
            f"{recipe['n_epochs_constant']} on falling by exp(−{recipe['decay_rate']:g}) an epoch; "
            f"batches of {recipe['batch_size']} patches of "
            f"{' x '.join(map(str, recipe['patch_size']))}",
        ),
        (
            "Seeds",
            f"{config['seed']} of the study, {', '.join(map(str, recipe['seeds']))} of the "
            "trainings",
        ),
    ]


def describe_tissues(tissues, table_2):
    """Whether the truth was drawn about the published values, as a pair of name and words.

    Args:
        tissues: Section `simulation.tissues` of the configuration.
        table_2: Table of table_2.csv.
    """
    is_published = all(
        math.isclose(
            MS_PER_S * tissues[row["region"]][f"{row['quantity']}_s"],
            row["published_reference_mean_ms"],
        )
        for row in table_2.to_dict("records")
    )
    return (
        "True T1 and T2 of the tissues",
        "drawn about the published means of the reference: Table 2 lies near the published values "
        "by construction"
        if is_published
        else "drawn about means of the settings, not all of them published",
    )


def describe_trainings(logs, words):
    """What the trainings really did, as pairs of name and words.

    Args:
        logs: Dict of training to its table of epochs (log.csv), which an interruption does not end.
        words: Dict of training to the text of its job's log, of its last start; some may be lost.
    """
    epochs = Counter(len(log) for log in logs.values())
    hours = sum(log["seconds"].sum() for log in logs.values()) / 3600
    resumed = {
        name: int(found[1])
        for name, text in sorted(words.items())
        if (found := RESUMED.search(text))
    }
    n_lost = len(logs) - len(words)
    went_on = ", ".join(f"{name} after epoch {epoch}" for name, epoch in resumed.items())
    return [
        (
            "Trained",
            "; ".join(
                f"{n} network{_s(n)} of {length} epochs" for length, n in sorted(epochs.items())
            ),
        ),
        (
            "Hours of the epochs",
            f"{number(hours, 2)}, sum over all networks; those before an interruption included",
        ),
        (
            "Stopped and resumed",
            f"by their logs {len(resumed)} of {len(logs)} trainings"
            + (f" at their last start: {went_on}" if resumed else "")
            + (
                f"; {n_lost} log{_s(n_lost)} {'is' if n_lost == 1 else 'are'} lost"
                if n_lost
                else ""
            ),
        ),
    ]


def describe_crate(crate):
    """Program, engine, packages and period of a run, as pairs of name and words.

    Args:
        crate: Text of its ro-crate-metadata.json.
    """
    entities = {entity["@id"]: entity for entity in json.loads(crate)["@graph"]}
    workflow = entities[WORKFLOW]
    number_of, _, commit = workflow["version"].partition("+")
    commit, _, dirty = commit.partition(".")
    engine = entities[workflow["programmingLanguage"]["@id"]]
    packages = [
        f"{entity['name']} {entity['softwareVersion']}"
        for name, entity in entities.items()
        if name.startswith(PACKAGE)
    ]
    run = entities["#run"]
    return [
        (
            "Code that described the run",
            f"contrast2map {number_of}, "
            + (f"commit {commit}" if commit else "commit not known")
            + (", with changes that are not in it" if dirty else "")
            + "; jobs that were not run again may be of earlier code",
        ),
        ("Software", ", ".join([f"Snakemake {engine['version']}", *packages])),
        ("First and last file", f"{run['startTime']} to {run['endTime']}"),
    ]


def sizes_mb(folder):
    """Size of a study's results by what lies in its folder.

    Args:
        folder: The folder.

    Returns:
        Dict of name to size in MB (10^6 bytes), the largest first.
    """
    found = {
        path.name: sum(file.stat().st_size for file in [path, *path.rglob("*")] if file.is_file())
        for path in Path(folder).iterdir()
    }
    return {name: size / 1e6 for name, size in sorted(found.items(), key=lambda each: -each[1])}


def audit_trail(leakage, passed, log):
    """What the leakage proof and the tests of the results found, in sentences.

    Args:
        leakage: Table of leakage.csv.
        passed: Whether the tests' stamp is there.
        log: Text of the tests' log; empty if it is lost.
    """
    n_leaked, n_fits = int(leakage["n_leaked"].sum()), len(leakage)
    counted = re.findall(r"\b(\d+ passed.*?) in [\d.]+", log)
    return [
        f"Each of {n_fits} fits lists the files that it read with their SHA-256, "
        f"{int(leakage['n_files'].sum())} in all: "
        + (
            "none is of a subject that the fit's fold holds out."
            if n_leaked == 0
            else f"{n_leaked} are of subjects that the fit's fold holds out."
        ),
        (
            "The tests of the results (tests/artefacts) passed"
            + (f": {counted[-1]}." if counted else "; their log is lost.")
            if passed
            else "The tests of the results (tests/artefacts) did not pass."
        ),
    ]


def voxel_size(settings):
    """Size of the voxels of a grid in words.

    Args:
        settings: Of the configuration, with the key `voxel_mm`.
    """
    return f"{' x '.join(f'{each:g}' for each in settings['voxel_mm'])} mm"


def _grid(settings):
    size = " x ".join(map(str, settings["matrix"]))
    return f"{size} voxels of {voxel_size(settings)}"


def _s(n):
    return "" if n == 1 else "s"
