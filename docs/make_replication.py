"""A finished study as a page of the docs: `make replication-docs`.

    python docs/make_replication.py results/<study> --presets NAME ...
        [--input-sets results/<another study>]

Writes replication.md, its facts replication.json and the folder replication, and renews the block
of the README above the docs. If the study has a single set of inputs, another study can provide
what compares sets; without --input-sets, the page keeps that of its last version.
"""

import argparse
import shutil
import sys
from pathlib import Path

import pandas as pd

from pages import pictures, presets, rendering
from pages.replication import readme, settings
from pages.replication.study import OF_INPUT_SETS, Study

PRESETS_OF_INPUT_SETS = ["replication", "ablation", "coarse"]
NEEDED = ["report/index.html", "tests/artefacts.passed", "ro-crate-metadata.json"]
FOLDER = "replication"
WIDEST_PIXELS, PICTURE_BYTES, TABLE_BYTES = 900, 250_000, 80_000
COPIED = ["table_1", "table_2", "agreement", "seeds", "subjects", "exactness", "leakage"]
COPIED += ["run_time"]
COPIED_OF_INPUT_SETS = ["table_s1", "table_s2", "ablation_tests"]


def main(results, preset_names, docs, results_of_input_sets):
    """Write page, facts, pictures, tables and the README's block."""
    study, folder = finished(results, preset_names), docs / FOLDER
    page, kept, pictured = study.facts(f"{FOLDER}/config.yaml"), {}, dict(study.figures)
    if results_of_input_sets:
        sets = finished(results_of_input_sets, PRESETS_OF_INPUT_SETS)
        if len(study.config["input_sets"]) > 1:
            sys.exit(f"{results} has several sets of inputs: remove --input-sets")
        if len(sets.config["input_sets"]) == 1:
            sys.exit(f"{results_of_input_sets} has a single set of inputs, none to compare")
        page["other"] = sets.facts_of_input_sets(f"{FOLDER}/input_sets_config.yaml")
        pictured |= {name: path for name, path in sets.figures.items() if name in OF_INPUT_SETS}
    else:
        page["other"], kept = last_input_sets(study, docs)

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write_data(study, COPIED + COPIED_OF_INPUT_SETS, folder)
    if results_of_input_sets:
        write_data(sets, COPIED_OF_INPUT_SETS, folder, "input_sets_")
    for name, content in kept.items():
        (folder / name).write_bytes(content)
    page["files"] = sorted(path.name for path in folder.iterdir() if path.suffix != ".png")
    for name, path in pictured.items():
        png = pictures.shrink(path.read_bytes(), WIDEST_PIXELS, PICTURE_BYTES)
        (folder / f"{name}.png").write_bytes(png)

    rendering.write("replication", page, docs)
    path = docs.parent / "README.md"
    if path.is_file():
        path.write_text(readme.renew(path.read_text(), page))


def last_input_sets(study, docs):
    """What the last version of the page shows of another study's sets of inputs.

    Returns:
        Facts of that study, None if there are none or if `study` has sets of its own, and dict of
        file name in the page's folder to content.
    """
    if len(study.config["input_sets"]) > 1 or not (docs / "replication.json").is_file():
        return None, {}
    other = rendering.read_facts("replication", docs).get("other")
    names = COPIED_OF_INPUT_SETS + list(OF_INPUT_SETS)
    paths = [
        path
        for path in (docs / FOLDER).iterdir()
        if path.stem in names or path.name.startswith("input_sets_")
    ]
    return other, {path.name: path.read_bytes() for path in paths if other}


def write_data(study, tables, folder, prefix=""):
    """Write a study's configuration, the tests of its cells and those of its tables that exist."""
    (folder / f"{prefix}config.yaml").write_text(settings.to_yaml(study.config))
    cells = pd.concat(study.cells)
    cells.to_csv(folder / f"{prefix}cells.csv", index=False, float_format="%.6g")
    for path in (study.results / f"tables/{name}.csv" for name in tables):
        if path.is_file() and path.stat().st_size <= TABLE_BYTES:
            shutil.copyfile(path, folder / path.name)


def finished(results, preset_names):
    """Open the results of a study; exit if it is not finished."""
    missing = [name for name in NEEDED if not (results / name).is_file()]
    if missing:
        sys.exit(f"{results}: the study is not finished, {', '.join(missing)} missing")
    return Study(results, presets.read(*preset_names), preset_names)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path, help="folder of the finished study")
    parser.add_argument(
        "--presets", nargs="+", default=["replication"], metavar="NAME", help="its presets"
    )
    parser.add_argument("--input-sets", type=Path, help="folder of a study of several sets")
    parser.add_argument("--docs", type=Path, default=rendering.DOCS, help="folder to write to")
    options = parser.parse_args()
    main(options.results, options.presets, options.docs, options.input_sets)
