"""How far the quick form of a network lies from the network as trained, in float32."""

import numpy as np

from contrast2map.learning.precision import FLOAT32
from contrast2map.learning.prediction import Predictor
from contrast2map.study.terms import MS_PER_S

CHECKED_SLICES = 2  # of a subject: the plain network is slow


class CheckedPredictor:
    """Predicts subjects, holds some of their slices against the plain network, and keeps to it.

    Args:
        model: Trained keras.Model.
        compute_in: "float32", "bfloat16" or "auto".
        maximum_ms: Dict of quantity to the largest deviation in the brain.
        map_scale_s: Seconds that a scaled map has at 1.

    Attributes:
        rows: A dict a subject: precision, n_slices, and for each quantity its largest and its mean
            absolute deviation in ms in the brain of the checked slices.
    """

    def __init__(self, model, compute_in, maximum_ms, map_scale_s):
        self.quick = Predictor(model, compute_in)
        self.exact = None
        self.model, self.maximum_ms, self.map_scale_s = model, maximum_ms, map_scale_s
        self.rows = []

    def __call__(self, stored, contrasts):
        """Scaled maps of a subject, shape (slice, height, width, quantity).

        Args:
            stored: slices.Slices of the subject.
            contrasts: Names of the contrasts, in the order of the network's channels.

        Raises:
            ValueError: Even in float32 the maps deviate by more than is allowed.
        """
        images = stored.inputs_of(contrasts)
        checked = evenly(len(images), CHECKED_SLICES)
        plain = self.quick.plainly(images[checked])
        for predictor in self._forms():
            maps = predictor(images)
            row = self._row(predictor, maps[checked] - plain, stored, checked)
            if all(row[f"{name}_max_ms"] <= self.maximum_ms[name] for name in stored.quantities):
                self.rows.append(row)
                return maps
        raise ValueError(
            f"prediction.maximum_deviation_ms: {row} in {predictor.precision}; the folded network "
            "is not the trained one"
        )

    def _forms(self):
        """The quick form, then the float32 one, which is made only where it is needed."""
        yield self.quick
        if self.quick.precision != FLOAT32:
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
    """Indices of some of n slices, evenly spaced, the outermost left out where there are more."""
    return np.unique(np.linspace(0, n - 1, wanted + 2).round().astype(int)[1:-1]) if n else []
