"""Training of the network of any protocol: it learns, resumes and stops."""

import csv
import dataclasses
import os
import signal

import numpy as np
import pytest

import law
from contrast2map.any_protocol import encoding, network, training
from contrast2map.any_protocol.validation import COLUMNS, HeldOut
from contrast2map.jobs import interruption
from contrast2map.learning.checkpoint import Checkpoint

N_CONTEXT = encoding.n_numbers(len(law.SLOTS), len(law.FIELDS))
CONFIG, SETTINGS = law.NETWORK, law.TRAINING


def train(folder, batches=None, validate=lambda model, step: None, **options):
    """Train a small network; return it, its number of steps and its log."""
    batches = batches or law.batches(3)
    model = network.build_network(CONFIG, len(law.SLOTS), N_CONTEXT, seed=1)
    settings = options.pop("settings", SETTINGS)
    n_steps = training.fit(
        model,
        batches,
        law.FIELDS,
        settings,
        checkpoint=Checkpoint(folder, training.identity(settings, CONFIG, 1, "float32", {})),
        validate=validate,
        path_to_log=folder / "log.csv",
        report=options.pop("report", lambda line: None),
        **options,
    )
    with open(folder / "log.csv") as table:
        return model, n_steps, list(csv.DictReader(table))


def weights_of(model):
    return np.concatenate([np.ravel(each) for each in model.get_weights()])


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Network, number of steps and log of an undisturbed training; and what was validated."""
    seen = {}
    trained = train(
        tmp_path_factory.mktemp("whole"),
        validate=lambda model, step: seen.update({step: weights_of(model)}),
    )
    return *trained, seen


def test_the_loss_falls(whole):
    _, n_steps, log, _ = whole
    assert n_steps == 20 and [row["step"] for row in log] == ["5", "10", "15", "20"]
    assert float(log[-1]["loss"]) < float(log[0]["loss"]) - 0.2


def test_a_stopped_training_continues_as_if_undisturbed(tmp_path, whole):
    def stop_at_13(step, batch):
        if step == 13:
            os.kill(os.getpid(), signal.SIGTERM)
        return batch

    assert train(tmp_path, minutes=0)[1] == 5
    with pytest.raises(interruption.Interrupted, match=r"SIGTERM.*epoch [12]"):
        train(tmp_path, batches=law.batches(3, stop_at_13))
    model, n_steps, log = train(tmp_path)  # does not validate, unlike the undisturbed training
    assert n_steps == 20
    np.testing.assert_allclose(weights_of(model), weights_of(whole[0]), rtol=1e-3, atol=1e-5)
    for name in ("step", "learning_rate", "loss"):
        found, expected = ([float(row[name]) for row in rows] for rows in (log, whole[2]))
        np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-9)


def test_averaged_weights_are_validated_and_returned(whole):
    model, _, _, seen = whole
    assert list(seen) == [10, 20]
    np.testing.assert_array_equal(seen[20], weights_of(model))
    assert np.abs(seen[20] - seen[10]).max() > 1e-3


def test_a_loss_that_is_not_finite_stops_the_training(tmp_path):
    def broken(step, batch):
        return dataclasses.replace(batch, images=batch.images * np.nan)

    with pytest.raises(FloatingPointError, match="step 5"):
        train(tmp_path, batches=law.batches(0, broken))


def test_held_out_batches_are_judged_by_tissue_and_protocol():
    class Oracle:
        """Predicts T1 8 % too long with a spread of 10 %, and T2 exactly."""

        def __init__(self, batches):
            self.batches = iter(batches)

        def predict_on_batch(self, inputs):
            batch = next(self.batches)
            maps = np.stack([batch.T1_s * 1.08, batch.T2_s, 0.1 + 0 * batch.T1_s], axis=-1)
            return np.log(np.concatenate([maps, maps[..., 2:]], axis=-1))

    held_out = [law.batch(9, step) for step in range(3)]
    rows = HeldOut(held_out, law.SLOTS, law.FIELDS, law.TISSUES).judge(Oracle(held_out), 7)
    assert all(tuple(row) == COLUMNS for row in rows)
    found = {(row["quantity"], row["by"], row["group"]): row for row in rows}
    for group in (
        ("all", "all"),
        ("tissue", "other"),
        ("scans", "short"),
        ("scale", "separate"),
    ):
        row = found["T1", *group]
        assert row["relative_bias"] == pytest.approx(0.08, abs=1e-4)
        assert row["bias_ms"] == pytest.approx(0.08 * row["mean_true_ms"], rel=1e-3)
        assert row["slope"] == pytest.approx(1, abs=1e-3)
        assert row["covered_90"] == 1
    assert found["T2", "all", "all"]["relative_error"] == pytest.approx(0, abs=1e-5)
    assert any(by == "protocol" and "short TR_s <" in name for _, by, name in found)
    assert ("T1", "scale", "common") not in found
