"""What a finished study was, took and proved: sections of its page in the docs."""

from collections import defaultdict
from datetime import UTC, datetime

import pandas as pd
import yaml

from contrast2map.tables import layout
from pages import markdown
from pages.replication import facts as run_facts
from pages.replication import page, settings

LISTED_MB = 1


def what_was_run(study, config_file):
    """Facts, hash of the configuration, and how it differs from the presets'.

    Args:
        study: `replication_study.Study`.
        config_file: Its configuration, as the page sees it.
    """
    text = settings.settings_text(study.config)
    facts = [
        *run_facts.describe_study(study.config, study.subjects, study.simulated),
        *_tissues(study),
        *_trainings(study.results),
        ("Arithmetic", arithmetic(study.table("exactness"))),
        *run_facts.describe_crate((study.results / "ro-crate-metadata.json").read_text()),
        ("Configuration (SHA-256)", settings.sha256(text)),
        ("This page written", datetime.now(UTC).date().isoformat()),
    ]
    name = config_file.rpartition("/")[2]
    return (
        f"{page.pairs(facts)}\n\n"
        f"The configuration is [{name}]({config_file}), whose hash this is; folders of the machine "
        f"are left out of it. {_against_presets(study, text)}"
    )


def what_it_took(study):
    """Work, memory, size, machines.

    Args:
        study: `replication_study.Study`.
    """
    times = study.table("run_time")
    hours = {name: layout.number(times[name].sum() / 3600, 2) for name in ("wall_s", "cpu_s")}
    sizes = run_facts.sizes_mb(study.results)
    report = (study.results / "report/index.html").stat().st_size / 1e6
    listed = ", ".join(
        f"{name} {layout.number(size)}" for name, size in sizes.items() if size >= LISTED_MB
    )
    return "\n\n".join(
        [
            f"Work of all measured jobs: {hours['wall_s']} hours of wall clock, "
            f"{hours['cpu_s']} of processor. "
            f"Largest peak of memory: {layout.number(times['peak_memory_mib'].max(), 0)} MiB.",
            f"Size of the results: {layout.number(sum(sizes.values()), 0)} MB, of which the "
            f"report {layout.number(report)} MB. In MB, from {LISTED_MB} MB on: "
            f"{markdown.escape(listed)}.",
            *map(page.table_section, study.layouts("run_time")),
        ]
    )


def audit_trail(study):
    """What was proved of the results.

    Args:
        study: `replication_study.Study`.
    """
    log = study.results / "logs/test_artefacts.log"
    found = run_facts.audit_trail(
        study.table("leakage"),
        (study.results / "tests/artefacts.passed").is_file(),
        log.read_text(errors="replace") if log.is_file() else "",
    )
    return "\n".join(f"- {sentence}" for sentence in found)


def arithmetic(exactness):
    """Number types of trainings and predictions; networks with the same are named together.

    Args:
        exactness: Table of exactness.csv.
    """
    networks = defaultdict(list)
    for row in exactness.to_dict("records"):
        said = (
            f"trained in {row['trained_in']}, predicted in float32 for {row['n_in_float32']} "
            f"subjects, in bfloat16 for {row['n_in_bfloat16']}"
        )
        networks[said].append(row["predictor"].removeprefix("network_"))
    return "; ".join(f"{', '.join(names)}: {said}" for said, names in networks.items())


def _tissues(study):
    if not study.simulated:
        return []
    tissues = study.config["simulation"]["tissues"]
    return [run_facts.describe_tissues(tissues, study.table("table_2"))]


def _trainings(results):
    epochs = {
        f"{path.parent.parent.name.removeprefix('network_')}/{path.parent.name}": path
        for path in sorted(results.glob("training/network_*/fold_*/log.csv"))
    }
    logs = {
        name: path for name in epochs if (path := results / f"logs/train_unet/{name}.log").is_file()
    }
    return run_facts.describe_trainings(
        {name: pd.read_csv(path) for name, path in epochs.items()},
        {name: path.read_text(errors="replace") for name, path in logs.items()},
    )


def _against_presets(study, text):
    changed = settings.changed_settings(yaml.safe_load(text), study.preset)
    names = study.preset_names
    files = " ".join(f"config/{name}.yaml" for name in names)
    which = f"the preset {files}, as it is now"
    if len(names) > 1:
        which = f"the presets {files}, laid over each other in this order, as they are now"
    if not changed:
        return f"It is that of {which}."
    return f"It differs from {which}, in:\n\n" + markdown.table(
        ["Setting", "Preset", "This study"], changed, n_headings=3
    )
