"""How a finished study ran: facts from the files that it left."""

import json
import math
import re
from collections import Counter, defaultdict

import pandas as pd

from contrast2map.tables.layout import number
from contrast2map.workflow.run_crate import WORKFLOW

RESUMED = re.compile(r"after epoch (\d+) from ")
PASSED = re.compile(r"\b(\d+ passed.*?) in [\d.]+")
PACKAGE = "pkg:pypi/"
LISTED_MB = 1


def is_published(tissues, table_2):
    """Whether the mean T1 and T2 of the simulated tissues are the published reference values.

    Args:
        tissues: Section `simulation.tissues` of the configuration.
        table_2: Table of table_2.csv.
    """
    return all(
        math.isclose(
            1000 * tissues[row["region"]][f"{row['quantity']}_s"],
            row["published_reference_mean_ms"],
        )
        for row in table_2.to_dict("records")
    )


def format_trainings(results):
    """What the trainings did.

    Args:
        results: Folder of the study's results. An interruption does not end a table of epochs
            (log.csv); a log file describes the last start of its job only and may be lost.

    Returns:
        Dict: n_networks; n_epochs, pairs of a number of networks and of their epochs; hours, of all
        epochs; resumed, dict of network to the epoch after which its last start resumed; n_lost,
        the number of lost logs.
    """
    epochs = {
        f"{path.parent.parent.name.removeprefix('network_')}/{path.parent.name}": pd.read_csv(path)
        for path in sorted(results.glob("training/network_*/fold_*/log.csv"))
    }
    files = {name: results / f"logs/train_unet/{name}.log" for name in epochs}
    logs = {
        name: path.read_text(errors="replace") for name, path in files.items() if path.is_file()
    }
    counted = Counter(len(table) for table in epochs.values())
    return {
        "n_networks": len(epochs),
        "n_epochs": [[n, length] for length, n in sorted(counted.items())],
        "hours": number(sum(table["seconds"].sum() for table in epochs.values()) / 3600, 2),
        "resumed": {
            name: int(found[1]) for name, text in logs.items() if (found := RESUMED.search(text))
        },
        "n_lost": len(epochs) - len(logs),
    }


def format_exactness(exactness):
    """Number types of trainings and predictions, shared by groups of networks.

    Args:
        exactness: Table of exactness.csv.

    Returns:
        List of dicts: networks, trained_in, n_in_float32 and n_in_bfloat16 (subjects).
    """
    keys = ["trained_in", "n_in_float32", "n_in_bfloat16"]
    networks = defaultdict(list)
    for row in exactness.to_dict("records"):
        name = row["predictor"].removeprefix("network_")
        networks[tuple(row[key] for key in keys)].append(name)
    return [
        {"networks": names, **dict(zip(keys, types, strict=True))}
        for types, names in networks.items()
    ]


def format_crate(crate):
    """Program, packages and period of a run.

    Args:
        crate: Text of its ro-crate-metadata.json.

    Returns:
        Dict: version, commit (empty if unknown), dirty, snakemake, packages, start, end.
    """
    entities = {entity["@id"]: entity for entity in json.loads(crate)["@graph"]}
    workflow, run = entities[WORKFLOW], entities["#run"]
    version, _, commit = workflow["version"].partition("+")
    commit, _, dirty = commit.partition(".")
    return {
        "version": version,
        "commit": commit,
        "dirty": bool(dirty),
        "snakemake": entities[workflow["programmingLanguage"]["@id"]]["version"],
        "packages": [
            f"{entity['name']} {entity['softwareVersion']}"
            for name, entity in entities.items()
            if name.startswith(PACKAGE)
        ],
        "start": run["startTime"],
        "end": run["endTime"],
    }


def format_cost(results, run_time):
    """Time, memory and disk space of a study.

    Args:
        results: Folder of its results.
        run_time: Table of run_time.csv.

    Returns:
        Dict of text: wall_hours, cpu_hours, peak_mib, total_mb, report_mb, and sizes_mb, dict of a
        name in the folder to its size, the largest first, from `LISTED_MB` on.
    """
    sizes_mb = {
        path.name: sum(each.stat().st_size for each in [path, *path.rglob("*")] if each.is_file())
        / 1e6
        for path in results.iterdir()
    }
    return {
        "wall_hours": number(run_time["wall_s"].sum() / 3600, 2),
        "cpu_hours": number(run_time["cpu_s"].sum() / 3600, 2),
        "peak_mib": number(run_time["peak_memory_mib"].max(), 0),
        "total_mb": number(sum(sizes_mb.values()), 0),
        "report_mb": number((results / "report/index.html").stat().st_size / 1e6),
        "sizes_mb": {
            name: number(size)
            for name, size in sorted(sizes_mb.items(), key=lambda each: -each[1])
            if size >= LISTED_MB
        },
        "listed_mb": LISTED_MB,
    }


def format_audit(results, leakage):
    """What the leakage check and the tests of the results found.

    Args:
        results: Folder of the study's results.
        leakage: Table of leakage.csv.

    Returns:
        Dict: n_fits, n_files, n_leaked, passed, and counted, pytest's count or None if its log is
        lost.
    """
    log = results / "logs/test_artefacts.log"
    counted = PASSED.findall(log.read_text(errors="replace")) if log.is_file() else []
    return {
        "n_fits": len(leakage),
        "n_files": int(leakage["n_files"].sum()),
        "n_leaked": int(leakage["n_leaked"].sum()),
        "passed": (results / "tests/artefacts.passed").is_file(),
        "counted": counted[-1] if counted else None,
    }
