"""Predict with the fast form of a network and check it against the network as trained."""

import numpy as np

from contrast2map.learning.precision import FLOAT32
from contrast2map.learning.prediction import Predictor
from contrast2map.study.terms import MS_PER_S

N_CHECKED = 2  # slices per subject; the network as trained is slow


class CheckedPredictor:
    """Predicts maps and checks some slices of each subject against the network as trained.

    A subject whose maps deviate too much is predicted in float32.

    Args:
        model: Trained keras.Model.
        compute_in: "float32", "bfloat16" or "auto".
        maximum_ms: Dict mapping quantity to the maximum deviation allowed in the brain.
        map_scale_s: Relaxation time in seconds for a scaled value of 1.

    Attributes:
        rows: One dict per subject: precision, n_slices and, for each quantity, the maximum and the
            mean absolute deviation in ms within the brain in the checked slices.
    """

    def __init__(self, model, compute_in, maximum_ms, map_scale_s):
        self.fast = Predictor(model, compute_in)
        self.exact = None
        self.model, self.maximum_ms, self.map_scale_s = model, maximum_ms, map_scale_s
        self.rows = []

    def __call__(self, stored, contrasts):
        """Predict the scaled maps of a subject, shape (slice, height, width, quantity).

        Args:
            stored: slices.Slices of the subject.
            contrasts: Names of the contrasts, in the order of the network's channels.

        Raises:
            ValueError: The maps deviate by more than the maximum even in float32.
        """
        images = stored.inputs_of(contrasts)
        checked = evenly(len(images), N_CHECKED)
        plain = self.fast.plainly(images[checked])
        for predictor in self._forms():
            maps = predictor(images)
            row = self._row(predictor, maps[checked] - plain, stored, checked)
            if all(row[f"{name}_max_ms"] <= self.maximum_ms[name] for name in stored.quantities):
                self.rows.append(row)
                return maps
        raise ValueError(
            f"prediction.maximum_deviation_ms: the folded network deviates from the trained one by "
            f"more than {self.maximum_ms} even in {predictor.precision}: {row}"
        )

    def _forms(self):
        """The fast form, then the float32 form, which is built only if it is needed."""
        yield self.fast
        if self.fast.precision != FLOAT32:
            self.exact = self.exact or Predictor(self.model, FLOAT32)
            yield self.exact

    def _row(self, predictor, difference, stored, checked):
        row = {"precision": predictor.precision, "n_slices": len(checked)}
        for number, name in enumerate(stored.quantities):
            off = np.abs(difference[..., number][stored.brain[checked]])
            off_ms = off * self.map_scale_s * MS_PER_S
            row[f"{name}_max_ms"] = float(off_ms.max(initial=0))
            row[f"{name}_mean_ms"] = float(off_ms.mean()) if off_ms.size else 0.0
        return row


def evenly(n, wanted):
    """Indices of up to `wanted` evenly spaced slices out of n, avoiding the outermost ones."""
    return np.unique(np.linspace(0, n - 1, wanted + 2).round().astype(int)[1:-1]) if n else []
