"""Judge a network on held-out batches: error and bias by range of tissue and by protocol."""

import numpy as np

from contrast2map.any_protocol import encoding
from contrast2map.any_protocol.likelihood import QUANTITIES

COLUMNS = (
    "step",
    "quantity",
    "by",
    "group",
    "n_images",
    "mean_true_ms",
    "bias_ms",
    "relative_bias",
    "relative_error",
    "slope",
    "covered_90",
)
# Limits of true T1 in seconds, between which tissues mostly lie at 1.5 and 3 T.
RANGES_S = {
    "T1 < 0.5 s": (0.0, 0.5),
    "T1 0.5-0.7 s": (0.5, 0.7),
    "T1 0.7-1.0 s (white matter)": (0.7, 1.0),
    "T1 1.0-1.7 s (grey matter)": (1.0, 1.7),
    "T1 1.7-3.0 s": (1.7, 3.0),
    "T1 > 3.0 s (fluid)": (3.0, np.inf),
}
SHARE_OF_SUBSET = 0.02  # subsets of scans that are rarer are not listed
LOG_OF_10 = float(np.log(10))  # a Laplace variable is within this many scales with 90 %


class HeldOut:
    """Batches for validation, always the same.

    Args:
        batches: Batches of the teacher, of another seed than the training's.
        slots, fields: Names of the kinds of scans and of the fields of a protocol, in order.
        tissues: Numbers of each tissue in the batches' `tissue`, a list by name.
    """

    def __init__(self, batches, slots, fields, tissues):
        self.batches, self.slots, self.fields = list(batches), tuple(slots), tuple(fields)
        self.tissues = dict(tissues)

    def judge(self, model, step):
        """Compare maps with the truth.

        Args:
            model: keras.Model of `network.build_network`.
            step: Number of steps that it was trained.

        Returns:
            Rows as dicts with `COLUMNS`. Groups of images: all, by scale, by scans, and
            low or high value of each known field; groups of voxels: by tissue and by true T1.
        """
        maps = np.concatenate([self._predict(model, batch) for batch in self.batches])
        images = np.concatenate([batch.mask.astype(bool) for batch in self.batches])
        groups = list(self._groups_of_images())
        rows = []
        for number, quantity in enumerate(QUANTITIES):
            true_s = np.concatenate([getattr(batch, f"{quantity}_s") for batch in self.batches])
            T1_s = np.concatenate([batch.T1_s for batch in self.batches])
            tissue = np.concatenate([batch.tissue for batch in self.batches])
            parts = [(by, name, images & chosen[:, None, None]) for by, name, chosen in groups]
            parts += [
                ("tissue", name, images & np.isin(tissue, numbers))
                for name, numbers in self.tissues.items()
            ]
            parts += [
                ("true T1", name, images & (T1_s >= low) & (T1_s < high))
                for name, (low, high) in RANGES_S.items()
            ]
            for by, name, voxels in parts:
                if voxels.any():
                    measured = _measures(true_s, maps[..., number], maps[..., 2 + number], voxels)
                    rows.append(
                        {"step": step, "quantity": quantity, "by": by, "group": name} | measured
                    )
        return rows

    def _predict(self, model, batch):
        return np.asarray(model.predict_on_batch(list(encoding.inputs_of(batch, self.fields))))

    def _groups_of_images(self):
        present = np.concatenate([batch.present for batch in self.batches]).astype(bool)
        protocol = np.concatenate([batch.protocol for batch in self.batches])
        common = np.concatenate([batch.common_scale for batch in self.batches]).astype(bool)
        yield "all", "all", np.ones(len(present), bool)
        yield "scale", "common", common
        yield "scale", "separate", ~common
        for count in sorted(set(present.sum(axis=1))):
            yield "number of scans", str(count), present.sum(axis=1) == count
        for subset in np.unique(present, axis=0):
            same = (present == subset).all(axis=1)
            if same.mean() >= SHARE_OF_SUBSET:
                names = [slot for slot, there in zip(self.slots, subset, strict=True) if there]
                yield "scans", "+".join(names), same
        for number, slot in enumerate(self.slots):
            yield "scan", f"with {slot}", present[:, number]
            for place, field in enumerate(self.fields):
                values = np.where(present[:, number], protocol[:, number, place], np.nan)
                known = np.isfinite(values)
                if known.sum() < 2 or np.ptp(values[known]) == 0:
                    continue
                low, high = np.quantile(values[known], [1 / 3, 2 / 3])
                name = f"{slot} {field}"
                yield "protocol", f"{name} < {low:.3g}", values < low
                yield "protocol", f"{name} > {high:.3g}", values > high
                yield "protocol", f"{name} unknown", present[:, number] & ~known


def _measures(true_s, log_T, log_spread, voxels):
    """Measures of one quantity over the chosen voxels."""
    true_ms = 1000 * true_s[voxels].astype(np.float64)
    found_ms = 1000 * np.exp(log_T[voxels].astype(np.float64))
    error_ms = found_ms - true_ms
    log_true = np.log(true_ms)
    log_error = np.log(found_ms) - log_true
    variance = log_true.var()
    slope = 1 + np.mean((log_true - log_true.mean()) * log_error) / variance if variance else np.nan
    return {
        "n_images": int(voxels.any(axis=(1, 2)).sum()),
        "mean_true_ms": float(true_ms.mean()),
        "bias_ms": float(error_ms.mean()),
        "relative_bias": float(np.mean(error_ms / true_ms)),
        "relative_error": float(np.mean(np.abs(error_ms) / true_ms)),
        "slope": float(slope),
        "covered_90": float(np.mean(np.abs(log_error) <= LOG_OF_10 * np.exp(log_spread[voxels]))),
    }
