"""Voxels of simulated visits with their maps, from which calibration and errors are computed."""

import numpy as np

from contrast2map.any_protocol import encoding
from contrast2map.any_protocol.likelihood import QUANTITIES

VOXELS_PER_VISIT = 1000  # drawn at random, so that each visit counts alike


class Voxels:
    """Predicted and true relaxation times of voxels of many visits.

    Attributes:
        n_visits: Number of visits.
    """

    def __init__(self, seed=0):
        self.n_visits = 0
        self._rng = np.random.default_rng(seed)
        self._parts = []

    def add(self, model, batch, fields):
        """Predict a batch of the teacher and keep voxels of each visit.

        Args:
            model: keras.Model of `network.build_network`.
            batch: Batch of the teacher.
            fields: Names of the fields of a protocol, in the order of the network's input.
        """
        maps = np.asarray(model.predict_on_batch(list(encoding.inputs_of(batch, fields))))
        for number, mask in enumerate(batch.mask.astype(bool)):
            voxels = np.flatnonzero(mask.ravel())
            if voxels.size == 0:
                continue
            voxels = self._rng.choice(voxels, min(voxels.size, VOXELS_PER_VISIT), replace=False)
            found = maps[number].reshape(-1, 4)[voxels]
            true_s = [times[number].ravel()[voxels] for times in (batch.T1_s, batch.T2_s)]
            self._parts.append((found, np.stack(true_s, axis=-1)))
            self.n_visits += 1

    def by_quantity(self):
        """Arguments of `calibration.calibrate`: predicted T1, errors of log T, spreads."""
        found, true_s = self._all()
        return {
            quantity: (
                np.exp(found[:, 0]),
                np.abs(found[:, number] - np.log(true_s[:, number])),
                np.exp(found[:, 2 + number]),
            )
            for number, quantity in enumerate(QUANTITIES)
        }

    def errors(self):
        """Dict mapping quantity to bias and mean absolute error, relative to the truth."""
        found, true_s = self._all()
        measured = {}
        for number, quantity in enumerate(QUANTITIES):
            relative = np.exp(found[:, number]) / true_s[:, number] - 1
            measured[quantity] = {
                "relative_bias": float(relative.mean()),
                "relative_error": float(np.abs(relative).mean()),
            }
        return measured

    def _all(self):
        found, true_s = (np.concatenate(each) for each in zip(*self._parts, strict=True))
        return found, true_s.astype(np.float64)
