"""Save the state of a training on disk, so that a killed training can be resumed."""

import contextlib
import json
import os
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

STATE, LOCK, MODEL = "state.npz", "training.lock", "model.keras"
CONFIGURATION, ROWS, EPOCH = "configuration", "rows", "epoch"


class State(NamedTuple):
    """State of a training between two epochs. Seed and epoch determine the next patches.

    Attributes:
        epoch: Number of finished epochs.
        weights: Arrays of the network.
        optimiser: Arrays of the optimiser, including its step count.
        rows: Rows of the log, each a list of strings.
    """

    epoch: int
    weights: list
    optimiser: list
    rows: list


class Checkpoint:
    """A folder with the latest state of one training.

    Args:
        folder: Folder used by no other training; created by the first `save`.
        configuration: Dict that can be stored as JSON, with everything that affects the result.
        every: Number of epochs between two states on disk.
    """

    def __init__(self, folder, configuration, every=1):
        self.path, self.every = Path(folder) / STATE, every
        self.configuration = json.loads(json.dumps(configuration))

    def save(self, state):
        """Replace the state on disk; a kill at any moment leaves one complete state."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        arrays = {f"weight_{n}": array for n, array in enumerate(state.weights)}
        arrays |= {f"optimiser_{n}": array for n, array in enumerate(state.optimiser)}
        facts = {CONFIGURATION: self.configuration, ROWS: state.rows, EPOCH: state.epoch}
        number, temporary = tempfile.mkstemp(prefix=".checkpoint-", dir=self.path.parent)
        try:
            with os.fdopen(number, "wb") as file:
                np.savez(file, facts=json.dumps(facts), **arrays)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self.path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
            raise

    def load(self):
        """Read the state on disk.

        Returns:
            State, or None if there is no usable one; and a line for the user that states where the
            training resumes or why it cannot, or None if there is no checkpoint.
        """
        self._clear_halves()
        if not self.path.is_file():
            return None, None
        try:
            with np.load(self.path) as stored:
                facts = json.loads(str(stored["facts"]))
                state = State(
                    facts[EPOCH],
                    _numbered(stored, "weight"),
                    _numbered(stored, "optimiser"),
                    facts[ROWS],
                )
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
            return None, f"{self.path}: unreadable ({error}); training starts from the beginning"
        differs = _differences(facts[CONFIGURATION], self.configuration)
        if differs:
            return None, (
                f"{self.path}: belongs to a different training ({'; '.join(differs)}); training "
                "starts from the beginning"
            )
        return state, f"resuming after epoch {state.epoch} from {self.path}"

    def _clear_halves(self):
        """Remove partial files that a kill during `save` left; no other training writes here."""
        for half in self.path.parent.glob(".checkpoint-*"):
            half.unlink()


def clear_finished(folder, models):
    """Remove the checkpoints of finished trainings.

    A training leaves its last checkpoint, so that a kill after its last epoch loses nothing. Call
    this when the results are known to be complete.

    Args:
        folder: Folder of a study's checkpoints.
        models: Folder in which the model of the checkpoint `a/b` is `a/b/model.keras`.
    """
    folder = Path(folder)
    for path in sorted([*folder.rglob(STATE), *folder.rglob(LOCK)]):
        if (Path(models) / path.parent.relative_to(folder) / MODEL).is_file():
            path.unlink()
    for each in sorted((p for p in [folder, *folder.rglob("*")] if p.is_dir()), reverse=True):
        if not any(each.iterdir()):
            each.rmdir()


def _numbered(stored, name):
    n_arrays = sum(entry.startswith(f"{name}_") for entry in stored.files)
    return [stored[f"{name}_{number}"] for number in range(n_arrays)]


def _differences(theirs, ours, name=""):
    """Differences between two configurations, one phrase each."""
    found = []
    for key in sorted({*theirs, *ours}):
        one, other = theirs.get(key), ours.get(key)
        where = f"{name}.{key}".lstrip(".")
        if isinstance(one, dict) and isinstance(other, dict):
            found += _differences(one, other, where)
        elif one != other:
            found.append(f"{where} was {_short(one)}, is {_short(other)}")
    return found


def _short(value):
    text = str(value)
    return f"{text[:8]}..." if len(text) > 40 else text
