"""A trained model as one folder: weights, what they were trained on, and how to use them."""

import json
import re
import shutil
from pathlib import Path

from contrast2map import __version__
from contrast2map.bids.dataset import write_json
from contrast2map.study import opened_files

FORMAT = 2
FACTS, CARD = "bundle.json", "MODEL_CARD.md"
HOW_TO_MAKE = "a study writes its bundles to results/<study>/models"


class BundleError(ValueError):
    """A model that cannot be used; the message is one line that says what to do."""


def write(folder, facts, models, held_out, card, keras_version):
    """Write a bundle.

    Args:
        folder: Folder to write; it must not exist or be empty.
        facts: What is known of the model (see `bundle_facts.describe`).
        models: Dict of fold to `.keras` file.
        held_out: Dict of fold to dict of subject to fingerprint of its target scan.
        card: Text of the model card.
        keras_version: Version of Keras that wrote the models.
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
    """Read the facts of a bundle, after a check that it can be used.

    Args:
        folder: Folder that `write` wrote.
        keras_version: Installed version of Keras, or None: not checked.

    Returns:
        Dict of facts, with `sha256` of bundle.json, which holds the hashes of the weights.

    Raises:
        BundleError: The folder holds no bundle, one of another version, or one whose weights are
            missing or not those that were written.
    """
    folder = Path(folder)
    facts = _read_facts(folder)
    if facts["format"] != FORMAT:
        age, remedy = (
            ("a newer", "update contrast2map")
            if facts["format"] > FORMAT
            else ("an older", "bundle the model anew with this version")
        )
        raise BundleError(
            f"{folder}: has {age} format ({facts['format']}, by contrast2map "
            f"{facts['contrast2map']}) than contrast2map {__version__} reads ({FORMAT}); {remedy}"
        )
    if keras_version and _numbers(keras_version) < _numbers(facts["keras"]):
        raise BundleError(
            f"{folder}: was written by Keras {facts['keras']}, installed is {keras_version}; "
            "update Keras"
        )
    for fold, model in facts["folds"].items():
        path = folder / model["file"]
        if not path.is_file():
            raise BundleError(f"{path}: the weights of {fold} are missing; copy the whole bundle")
        if opened_files.file_sha256(path) != model["sha256"]:
            raise BundleError(
                f"{path}: is not the file that was bundled (SHA-256 differs); copy the bundle anew"
            )
    return facts | {"sha256": opened_files.file_sha256(folder / FACTS)}


def find(path):
    """Bundles at or below a path.

    Args:
        path: A bundle, the folder of a study's models, or the study's results.

    Returns:
        Dict of folder to facts, not checked, sorted.

    Raises:
        BundleError: There is none.
    """
    path = Path(path)
    if not path.is_dir():
        raise BundleError(f"{path}: there is no such folder; {HOW_TO_MAKE}")
    folders = [path] if (path / FACTS).is_file() else []
    folders = folders or sorted(each.parent for each in path.glob(f"*/{FACTS}"))
    folders = folders or sorted(each.parent for each in path.glob(f"models/*/{FACTS}"))
    if not folders:
        raise BundleError(f"{path}: holds no model (no {FACTS}); {HOW_TO_MAKE}")
    return {folder: _read_facts(folder) for folder in folders}


def choose(path, scans):
    """The bundle whose inputs are the given scans.

    Args:
        path: As of `find`.
        scans: Names of the contrasts that there are scans of.

    Returns:
        Folder of the bundle.

    Raises:
        BundleError: No bundle, or none for these scans.
    """
    found = find(path)
    for wanted in (inputs_of, scans_of):  # the network's inputs alone, then with the target scan
        for folder, facts in found.items():
            if set(wanted(facts)) == set(scans):
                return folder
    sets = "; ".join(" + ".join(scans_of(facts)) for facts in found.values())
    given = " + ".join(scans) or "none"
    raise BundleError(f"{path}: no model for these scans ({given}); there is one for {sets}")


def inputs_of(facts):
    """Names of the contrasts that the network reads, in the order of its channels."""
    return list(facts["inputs"])


def scans_of(facts):
    """Names of the scans that maps are made of: the inputs, and the target if it is none."""
    target = facts["target_contrast"]
    return inputs_of(facts) + [target] * (target not in facts["inputs"])


def known_as(facts, fingerprint):
    """Fold and label of the subject whose target scan this is; None, None for a new head."""
    for fold, model in facts["folds"].items():
        for subject, known in model["held_out"].items():
            if known == fingerprint:
                return fold, subject
    return None, None


def _read_facts(folder):
    path = folder / FACTS
    if not path.is_file():
        raise BundleError(f"{folder}: is no model bundle (no {FACTS}); {HOW_TO_MAKE}")
    try:
        facts = json.loads(path.read_text())
        missing = {"format", "contrast2map"} - set(facts)
    except (ValueError, TypeError) as error:
        raise BundleError(f"{path}: cannot be read ({error}); copy the bundle anew") from error
    if missing:
        raise BundleError(f"{path}: says nothing of its {sorted(missing)[0]}; it is no bundle")
    return facts


def _numbers(version):
    """Major and minor number of a version."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])
