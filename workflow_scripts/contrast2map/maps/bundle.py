"""Model bundles: folders with weights, a description of the training data and a model card."""

import json
import re
import shutil
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from contrast2map import __version__
from contrast2map.bids.dataset import write_json
from contrast2map.maps.model import (
    Contrast,
    Errors,
    Fold,
    Grid,
    Model,
    Preprocessing,
    Range,
    Trained,
    scans_of,
)
from contrast2map.study import opened_files

FORMAT = 2
FACTS, CARD = "bundle.json", "MODEL_CARD.md"
WHERE = "a study writes its models to results/<study>/models"


class BundleError(ValueError):
    """The model cannot be used; the one-line message gives the problem and usually the remedy."""


def write(folder, facts, models, held_out, card, keras_version):
    """Write a bundle.

    Args:
        folder: Folder to write; it must be empty or not exist.
        facts: Facts about the model (`facts.describe`).
        models: Dict mapping fold to `.keras` file.
        held_out: Dict mapping fold to a dict that maps each held-out subject to the fingerprint of
            its target scan.
        card: Text of the model card.
        keras_version: Version of Keras that saved the models.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    folds = {}
    for fold, path in models.items():
        copy = folder / f"{fold}.keras"
        shutil.copyfile(path, copy)
        folds[fold] = {
            "file": copy.name,
            "sha256": opened_files.file_sha256(copy),
            "held_out": held_out[fold],
        }
    versions = {"format": FORMAT, "contrast2map": __version__, "keras": keras_version}
    (folder / CARD).write_text(card)
    write_json(folder / FACTS, versions | facts | {"folds": folds})


def read(folder, keras_version=None):
    """Read a bundle and check that it can be used.

    Args:
        folder: Folder that `write` wrote.
        keras_version: Installed version of Keras; None skips the version check.

    Returns:
        model.Model without networks; its `sha256` is the hash of bundle.json, which contains those
        of the weights.

    Raises:
        BundleError: The folder is not a bundle, has another format or needs a newer Keras, or its
            weights are missing or changed.
    """
    folder = Path(folder)
    facts = _read_facts(folder)
    if facts["format"] != FORMAT:
        age, remedy = (
            ("newer", "update contrast2map")
            if facts["format"] > FORMAT
            else ("older", "bundle the model again with this version")
        )
        raise BundleError(
            f"{folder}: bundle format {facts['format']} (contrast2map {facts['contrast2map']}) is "
            f"{age} than format {FORMAT}, which contrast2map {__version__} reads; {remedy}"
        )
    try:
        if keras_version and _numbers(keras_version) < _numbers(facts["keras"]):
            raise BundleError(
                f"{folder}: written by Keras {facts['keras']}, but Keras {keras_version} is "
                "installed; update Keras"
            )
        for fold, known in facts["folds"].items():
            _check_weights(folder / known["file"], fold, known["sha256"])
        return model_of(facts | {"sha256": opened_files.file_sha256(folder / FACTS)}, folder)
    except KeyError as error:
        raise BundleError(
            f"{folder / FACTS}: key {error} is missing; bundle the model again with this version"
        ) from error


def model_of(facts, folder=None):
    """Make a Model from the content of a bundle's file.

    Args:
        facts: Dict as `facts.describe` returns it; `read` adds files and versions.
        folder: Folder of the bundle, or None.

    Returns:
        Model without networks.

    Raises:
        KeyError: A key is missing.
    """
    mean = facts["metrics"].get("cohort_mean", {"errors": [], "regions": []})
    return Model(
        study=facts["study"],
        seed=facts["seed"],
        simulated=facts["simulated"],
        version=facts.get("contrast2map"),
        sha256=facts.get("sha256"),
        folder=folder,
        inputs=tuple(facts["inputs"]),
        target=facts["target_contrast"],
        quantities=tuple(facts["quantities"]),
        contrasts={
            each["name"]: Contrast(each["name"], each["file"], each["sequence"])
            for each in facts["contrasts"]
        },
        tissues=facts["tissues"],
        preprocessing=Preprocessing.of(facts["preprocessing"]),
        quality=facts["quality"],
        precision=facts["prediction"]["precision"],
        start=facts.get("start", "scratch"),  # bundles of earlier versions
        trained=Trained(
            protocol={
                scan: {name: tuple(ends) for name, ends in each.items()}
                for scan, each in facts["sequences"].items()
            },
            largest_voxel_mm={name: max(each["high"]) for name, each in facts["voxel_mm"].items()},
            intensities=_ranges(facts["intensities"]),
            maps=_ranges(facts["maps"]),
            spread=_ranges(facts["spread"]),
            grid=_filled(Grid, facts["grid"]),
            rotation=np.array(facts["pose"]["rotation"]),
            levels_mm=tuple(facts["pose"]["levels_mm"]),
        ),
        folds={
            name: Fold(each["file"], each["held_out"])
            for name, each in facts.get("folds", {}).items()
        },
        n_folds=facts["n_folds"],
        n_subjects=facts["n_subjects"],
        errors=_filled(Errors, facts["metrics"]["network"]),
        errors_of_mean=_filled(Errors, mean),
    )


@dataclass(frozen=True)
class Listed:
    """A bundle that was found but not checked: its inputs and the scans that it needs."""

    inputs: tuple
    scans: tuple


def find(path):
    """Find the bundles at or below a path.

    Args:
        path: A bundle, the folder of a study's models, or the study's results.

    Returns:
        Dict mapping folder to Listed, sorted by folder.

    Raises:
        BundleError: No bundle was found, or one does not name its scans.
    """
    path = Path(path)
    if not path.is_dir():
        raise BundleError(f"{path}: no such folder; {WHERE}")
    folders = [path] if (path / FACTS).is_file() else []
    folders = folders or sorted(each.parent for each in path.glob(f"*/{FACTS}"))
    folders = folders or sorted(each.parent for each in path.glob(f"models/*/{FACTS}"))
    if not folders:
        raise BundleError(f"{path}: contains no model ({FACTS} not found); {WHERE}")
    found = {}
    for folder in folders:
        facts = _read_facts(folder)
        inputs = tuple(facts["inputs"])
        found[folder] = Listed(inputs, tuple(scans_of(inputs, facts["target_contrast"])))
    return found


def choose(path, scans):
    """Choose the bundle that needs exactly the given scans.

    Args:
        path: As in `find`.
        scans: Names of the contrasts of the scans.

    Returns:
        Folder of the bundle.

    Raises:
        BundleError: No bundle was found, or no bundle fits these scans.
    """
    found = find(path)
    for needed in ("inputs", "scans"):  # first the inputs alone, then with the target scan
        for folder, listed in found.items():
            if set(getattr(listed, needed)) == set(scans):
                return folder
    sets = "; ".join(" + ".join(listed.scans) for listed in found.values())
    given = " + ".join(scans) or "none"
    raise BundleError(f"{path}: no model for these scans ({given}); available: {sets}")


def _read_facts(folder):
    path = folder / FACTS
    if not path.is_file():
        raise BundleError(f"{folder}: not a model bundle ({FACTS} not found); {WHERE}")
    try:
        facts = json.loads(path.read_text())
        missing = {"format", "contrast2map", "inputs", "target_contrast"} - set(facts)
    except (ValueError, TypeError) as error:
        raise BundleError(f"{path}: cannot be read ({error}); copy the bundle again") from error
    if missing:
        raise BundleError(f"{path}: key '{sorted(missing)[0]}' is missing; not a model bundle")
    return facts


def _check_weights(path, fold, sha256):
    if not path.is_file():
        raise BundleError(f"{path}: the weights of {fold} are missing; copy the whole bundle")
    if opened_files.file_sha256(path) != sha256:
        raise BundleError(
            f"{path}: differs from the bundled weights (SHA-256); copy the bundle again"
        )


def _numbers(version):
    """Major and minor version as integers."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])


def _ranges(summaries):
    """Ranges from the summaries of `training_ranges.describe_heads`."""
    return {
        name: {key: _filled(Range, each) if each else None for key, each in by_tissue.items()}
        for name, by_tissue in summaries.items()
    }


def _filled(cls, record):
    """A dataclass from the keys of a record that are named after its fields."""
    return cls(**{each.name: record[each.name] for each in fields(cls)})
