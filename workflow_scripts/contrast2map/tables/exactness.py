"""Table of the floating-point precision of the networks and its effect on the maps."""

import pandas as pd

from contrast2map.study.predictors import inputs_of, seed_of
from contrast2map.study.terms import QUANTITIES
from contrast2map.tables.layout import Layout

KINDS = ("float32", "bfloat16")
LEAST_MS = 0.001  # smaller deviations are rounding errors


def summarise_exactness(found):
    """Deviation of the predictions from those of the unmodified float32 network.

    Args:
        found: Dict mapping (predictor, fold) to the record written by `predict_maps`:
            "trained_in", and "subjects" with the rows of `checked_prediction.CheckedPredictor`.

    Returns:
        Table with one row per predictor: largest deviation in ms, and mean over subjects of each
        subject's mean deviation in ms.
    """
    records = []
    for predictor in dict.fromkeys(name for name, _ in found):
        ours = [each for (name, _), each in found.items() if name == predictor]
        subjects = pd.DataFrame([row for each in ours for row in each["subjects"]])
        records.append(
            {
                "predictor": predictor,
                "trained_in": " and ".join(sorted({each["trained_in"] for each in ours})),
                **{f"n_in_{kind}": (subjects["precision"] == kind).sum() for kind in KINDS},
                "n_slices": subjects["n_slices"].sum(),
                **{f"{name}_max_ms": subjects[f"{name}_max_ms"].max() for name in QUANTITIES},
                **{f"{name}_mean_ms": subjects[f"{name}_mean_ms"].mean() for name in QUANTITIES},
            }
        )
    return pd.DataFrame(records)


def layout_exactness(table, maximum_ms):
    """Layout of the table.

    Args:
        table: Table of `summarise_exactness`.
        maximum_ms: Largest allowed deviation of each quantity.
    """
    columns = [("", "Inputs"), ("", "Seed"), ("", "Trained in")]
    columns += [("Subjects predicted in", kind) for kind in KINDS]
    columns += [("", "Slices checked")]
    for quantity in QUANTITIES:
        columns += [(f"{quantity}: deviation (ms)", which) for which in ("largest", "mean")]
    rows = []
    for row in table.to_dict("records"):
        texts = [" + ".join(inputs_of(row["predictor"])), str(seed_of(row["predictor"]))]
        texts += [row["trained_in"], *(str(row[f"n_in_{kind}"]) for kind in KINDS)]
        texts += [str(row["n_slices"])]
        for quantity in QUANTITIES:
            texts += [_ms(row[f"{quantity}_{which}_ms"]) for which in ("max", "mean")]
        rows.append(texts)
    limits = " or ".join(f"{maximum_ms[name]:g} ms for {name}" for name in QUANTITIES)
    return Layout(
        title="Deviation of the predictions from float32",
        caption=(
            "For prediction, batch normalisation, if the network has any, is folded into the "
            "convolutions, and the network may compute in bfloat16. Deviation: absolute difference "
            "of the maps from those of the trained network evaluated layer by layer in float32, in "
            "the brain of some slices of each held-out subject. Largest: over all voxels; mean: "
            f"average of the subjects' means. Subjects that exceed {limits} are predicted in "
            "float32."
        ),
        columns=columns,
        rows=rows,
        n_headings=2,
    )


def _ms(value):
    return f"{value:.2g}" if value >= LEAST_MS else f"< {LEAST_MS:g}"
