"""A finished study as a page of the docs: `make replication-docs`, after config/replication.yaml.

    python docs/make_replication.py results/<study> [--input-sets results/<another study>]

Writes replication.md, its facts replication.json and the folder replication, and renews the block
of the README above the docs. If the study has a single set of inputs, another study can provide
what compares sets.
"""

import argparse
import shutil
import sys
from pathlib import Path

import pandas as pd

from pages import pictures, presets, rendering
from pages.replication import readme, settings
from pages.replication.study import OF_INPUT_SETS, Study

PRESETS, PRESETS_OF_INPUT_SETS = ["replication"], ["replication", "ablation", "coarse"]
NEEDED = ["report/index.html", "tests/artefacts.passed", "ro-crate-metadata.json"]
FOLDER = "replication"
WIDEST_PIXELS, PICTURE_BYTES, TABLE_BYTES = 900, 250_000, 80_000
COPIED = ["table_1", "table_2", "agreement", "seeds", "subjects", "exactness", "leakage"]
COPIED += ["run_time"]
COPIED_OF_INPUT_SETS = ["table_s1", "table_s2", "ablation_tests"]


def main(results, docs, results_of_input_sets):
    """Write page, facts, pictures, tables and the README's block."""
    study = finished(results, PRESETS)
    other = None
    if results_of_input_sets:
        other = finished(results_of_input_sets, PRESETS_OF_INPUT_SETS)
        if len(study.config["input_sets"]) > 1:
            sys.exit(f"{results} has several sets of inputs: remove --input-sets")
        if len(other.config["input_sets"]) == 1:
            sys.exit(f"{results_of_input_sets} has a single set of inputs, none to compare")
    described = {"": study} | ({"input_sets_": other} if other else {})
    page = study.facts(f"{FOLDER}/config.yaml")
    page["other"] = other and other.facts_of_input_sets(f"{FOLDER}/input_sets_config.yaml")

    folder = docs / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for prefix, each in described.items():
        (folder / f"{prefix}config.yaml").write_text(settings.to_yaml(each.config))
        cells = pd.concat(each.cells)
        cells.to_csv(folder / f"{prefix}cells.csv", index=False, float_format="%.6g")
    of_input_sets = other or study
    tables = [study.results / f"tables/{name}.csv" for name in COPIED]
    tables += [of_input_sets.results / f"tables/{name}.csv" for name in COPIED_OF_INPUT_SETS]
    for path in tables:
        if path.is_file() and path.stat().st_size <= TABLE_BYTES:
            shutil.copyfile(path, folder / path.name)
    page["files"] = sorted(path.name for path in folder.iterdir())
    borrowed = {name: each for name, each in of_input_sets.figures.items() if name in OF_INPUT_SETS}
    for name, path in (study.figures | borrowed).items():
        png = pictures.shrink(path.read_bytes(), WIDEST_PIXELS, PICTURE_BYTES)
        (folder / f"{name}.png").write_bytes(png)

    rendering.write("replication", page, docs)
    path = docs.parent / "README.md"
    if path.is_file():
        path.write_text(readme.renew(path.read_text(), page))


def finished(results, preset_names):
    """Open the results of a study; exit if it is not finished."""
    missing = [name for name in NEEDED if not (results / name).is_file()]
    if missing:
        sys.exit(f"{results}: the study is not finished, {', '.join(missing)} missing")
    return Study(results, presets.read(*preset_names), preset_names)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path, help="folder of the finished study")
    parser.add_argument("--input-sets", type=Path, help="folder of a study of several sets")
    parser.add_argument("--docs", type=Path, default=rendering.DOCS, help="folder to write to")
    options = parser.parse_args()
    main(options.results, options.docs, options.input_sets)
