"""A training with its teacher, its validation and its best network so far."""

import csv
import logging
import os
from pathlib import Path

import keras

from contrast2map.any_protocol import encoding, training, weights
from contrast2map.any_protocol.network import build_network
from contrast2map.any_protocol.validation import COLUMNS, HeldOut
from contrast2map.jobs import devices, interruption
from contrast2map.learning import precision
from contrast2map.learning.checkpoint import Checkpoint
from contrast2map.study import opened_files, seeds

SO_FAR = "network.npz"  # in the folder of the state: the network of the last validation

logger = logging.getLogger(__name__)


def run(
    teach,
    held_out,
    names,
    network,
    settings,
    *,
    seed,
    precision_wanted,
    start_from,
    other_identity,
    facts,
    state_folder,
    paths_to_tables,
    report,
    minutes=None,
):
    """Train a network, or continue.

    Args:
        teach: See `batches` of `training.fit`.
        held_out: Batches for validation.
        names: Dict of `slots`, `fields` and `tissues` (see `validation.HeldOut`).
        network: NetworkConfig.
        settings: TrainingSettings.
        seed: Seed of the initial kernels.
        precision_wanted: "auto", "float32" or "bfloat16".
        start_from: File of `weights.save` from which a new training starts, or None.
        other_identity: Dict with the rest of the configuration that affects the result. Training
            resumes from a checkpoint only if this and the arguments above are the same.
        facts: Dict with facts for the network's file. They may change while a training lasts.
        state_folder: Folder of the checkpoint and of the network so far.
        paths_to_tables: CSV file with a row per segment, and one with the rows of each validation.
        report: Function that takes a progress line.
        minutes: Time limit of this session, or None.

    The network of the last validation is `state_folder / SO_FAR`.

    Raises:
        FloatingPointError, MemoryError: See `training.fit`.
        ValueError: `start_from` is the file of another kind of network.
        interruption.Interrupted: A signal arrived or the time is over; the state is on disk.
    """
    state_folder = Path(state_folder)
    state_folder.mkdir(parents=True, exist_ok=True)
    slots, fields = tuple(names["slots"]), tuple(names["fields"])
    compute_in = precision.resolve(precision_wanted)
    logger.info("computing in %s with %s", compute_in, keras.backend.backend())
    keras.utils.set_random_seed(seed)
    n_context = encoding.n_numbers(len(slots), len(fields))
    model = build_network(network, len(slots), n_context, seed, compute_in)
    if start_from:
        earlier, head = weights.load(start_from)
        if (tuple(head["slots"]), tuple(head["fields"])) != (slots, fields):
            raise ValueError(f"{start_from}: a network with other scans or fields of the protocol")
        weights.assign(model, weights.arrays(earlier), start_from)
    judge = HeldOut(held_out, slots, fields, names["tissues"])
    path_to_log, path_to_validation = paths_to_tables
    journal = Journal(path_to_validation, state_folder / "validation.csv", report)

    def validate(averaged, step):
        rows = judge.judge(averaged, step)
        journal.add(rows, step)
        known = {
            "n_steps": step,
            "n_steps_planned": settings.n_steps,
            "start_from": start_from and Path(start_from).name,
            "keras": f"{keras.__version__} on {keras.backend.backend()}",
            "precision": compute_in,
        }
        half = state_folder / f".{SO_FAR}"
        weights.save(half, averaged, network, slots, fields, known | facts | other_identity)
        os.replace(half, state_folder / SO_FAR)

    identity = training.identity(settings, network, seed, compute_in, other_identity)
    large = {
        "any_protocol.teacher.batch_size": len(judge.batches[0].images),
        "any_protocol.network.filters": network.filters,
    }
    with devices.out_of_memory_named(large):
        n_steps = training.fit(
            model,
            teach,
            fields,
            settings,
            checkpoint=Checkpoint(state_folder, identity | {"start_from": start_from}),
            validate=validate,
            path_to_log=path_to_log,
            report=report,
            minutes=minutes,
        )
    if n_steps < settings.n_steps:
        raise interruption.Interrupted(
            f"{minutes} minutes are over: step {n_steps} of {settings.n_steps} saved in "
            f"{state_folder}; run again to continue"
        )


def seeds_of(study_seed, start_from):
    """Seeds of the initial kernels, of the patches and of those for validation, a dict.

    A training that starts from another one's network draws patches that this one has not seen.

    Args:
        study_seed: Seed of the study.
        start_from: File of the network that the training starts from, or None.
    """
    earlier = [opened_files.file_sha256(start_from)] if start_from else []
    names = {"start": [], "training": earlier, "validation": []}
    return {
        name: int(seeds.generator(study_seed, "any_protocol", name, *more).integers(2**31))
        for name, more in names.items()
    }


class Journal:
    """Rows of all validations, kept beside the state so that a resumed training has them all.

    Args:
        path: CSV file for the user.
        path_of_state: The same rows in the folder of the state.
        report: Function that takes a progress line.
    """

    def __init__(self, path, path_of_state, report):
        self.path, self.path_of_state, self.report = path, path_of_state, report

    def add(self, rows, step):
        """Write the rows of a validation and report the main ones; drop rows of later steps."""
        earlier = []
        if self.path_of_state.is_file():
            with open(self.path_of_state) as table:
                earlier = [row for row in csv.DictReader(table) if int(row["step"]) < step]
        text = [{name: _short(row[name]) for name in COLUMNS} for row in rows]
        for path in (self.path_of_state, self.path):
            with open(path, "w", newline="") as table:
                writer = csv.DictWriter(table, COLUMNS, lineterminator="\n")
                writer.writeheader()
                writer.writerows([*earlier, *text])
        for row in rows:
            if row["by"] in ("all", "tissue"):
                self.report(
                    f"step {step}, held out, {row['quantity']} of {row['group']}: bias "
                    f"{100 * row['relative_bias']:+.1f} %, error {100 * row['relative_error']:.1f} "
                    f"%, slope {row['slope']:.2f}"
                )


def _short(value):
    return f"{value:.6g}" if isinstance(value, float) else value
