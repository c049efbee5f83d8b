"""Model bundles: folders with weights, a description of the training data and a model card."""

import json
import re
import shutil
from pathlib import Path

from contrast2map import __version__
from contrast2map.bids.dataset import write_json
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
    """Read the facts of a bundle and check that it can be used.

    Args:
        folder: Folder that `write` wrote.
        keras_version: Installed version of Keras; None skips the version check.

    Returns:
        Dict of the facts and `sha256`, the hash of bundle.json, which contains those of the
        weights.

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
    if keras_version and _numbers(keras_version) < _numbers(facts["keras"]):
        raise BundleError(
            f"{folder}: written by Keras {facts['keras']}, but Keras {keras_version} is "
            "installed; update Keras"
        )
    for fold, model in facts["folds"].items():
        path = folder / model["file"]
        if not path.is_file():
            raise BundleError(f"{path}: the weights of {fold} are missing; copy the whole bundle")
        if opened_files.file_sha256(path) != model["sha256"]:
            raise BundleError(
                f"{path}: differs from the bundled weights (SHA-256); copy the bundle again"
            )
    return facts | {"sha256": opened_files.file_sha256(folder / FACTS)}


def find(path):
    """Find the bundles at or below a path.

    Args:
        path: A bundle, the folder of a study's models, or the study's results.

    Returns:
        Dict mapping folder to unchecked facts, sorted by folder.

    Raises:
        BundleError: No bundle was found.
    """
    path = Path(path)
    if not path.is_dir():
        raise BundleError(f"{path}: no such folder; {WHERE}")
    folders = [path] if (path / FACTS).is_file() else []
    folders = folders or sorted(each.parent for each in path.glob(f"*/{FACTS}"))
    folders = folders or sorted(each.parent for each in path.glob(f"models/*/{FACTS}"))
    if not folders:
        raise BundleError(f"{path}: contains no model ({FACTS} not found); {WHERE}")
    return {folder: _read_facts(folder) for folder in folders}


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
    for wanted in (inputs_of, scans_of):  # first the inputs alone, then with the target scan
        for folder, facts in found.items():
            if set(wanted(facts)) == set(scans):
                return folder
    sets = "; ".join(" + ".join(scans_of(facts)) for facts in found.values())
    given = " + ".join(scans) or "none"
    raise BundleError(f"{path}: no model for these scans ({given}); available: {sets}")


def inputs_of(facts):
    """Names of the contrasts that the networks read, in the order of their channels."""
    return list(facts["inputs"])


def scans_of(facts):
    """Names of the scans that maps need: the inputs, and the target even if it is not an input."""
    target = facts["target_contrast"]
    return inputs_of(facts) + [target] * (target not in facts["inputs"])


def known_as(facts, fingerprint):
    """Fold and label of the training subject with this fingerprint; (None, None) if unknown."""
    for fold, model in facts["folds"].items():
        for subject, known in model["held_out"].items():
            if known == fingerprint:
                return fold, subject
    return None, None


def _read_facts(folder):
    path = folder / FACTS
    if not path.is_file():
        raise BundleError(f"{folder}: not a model bundle ({FACTS} not found); {WHERE}")
    try:
        facts = json.loads(path.read_text())
        missing = {"format", "contrast2map"} - set(facts)
    except (ValueError, TypeError) as error:
        raise BundleError(f"{path}: cannot be read ({error}); copy the bundle again") from error
    if missing:
        raise BundleError(f"{path}: key '{sorted(missing)[0]}' is missing; not a model bundle")
    return facts


def _numbers(version):
    """Major and minor version as integers."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])
