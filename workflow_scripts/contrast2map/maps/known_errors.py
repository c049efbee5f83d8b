"""Known errors of a model: bias of its region means on held-out subjects, and its limits."""

from contrast2map.study.terms import REGION_NAMES, REGIONS_IN_SENTENCES
from contrast2map.tables import layout

# ASSUME a larger bias, in percent of the region's value, matters for a single head: the margins of
# the study's equivalence tests.
LARGEST_BIAS_PERCENT = {"T1": 2.0, "T2": 4.0}
ALL_TISSUES = "all_tissues"  # region of a model that was not evaluated by region
NAMES = REGION_NAMES | {ALL_TISSUES: "All tissues"}
NAMES_IN_SENTENCES = REGIONS_IN_SENTENCES | {ALL_TISSUES: "all tissues"}


def bias_percent(record):
    """Bias of a region in percent of its reference; None if it is unknown.

    Args:
        record: Record of `model.Errors.regions`, with `bias_percent`, or bias_ms and reference_ms.
    """
    if record.get("bias_percent") is not None:
        return record["bias_percent"]
    if record.get("bias_ms") is None or not record.get("reference_ms"):
        return None
    return 100 * record["bias_ms"] / record["reference_ms"]


def beyond_limits(model):
    """Records of the regions whose bias exceeds `LARGEST_BIAS_PERCENT`."""
    return [
        record
        for record in model.errors.regions
        if (percent := bias_percent(record)) is not None
        and abs(percent) > LARGEST_BIAS_PERCENT[record["quantity"]]
    ]


def sentence(model):
    """One sentence on the biases beyond the limits; empty without any."""
    found = [
        f"{record['quantity']} of {NAMES_IN_SENTENCES[record['region']]} "
        f"{layout.number(bias_percent(record), 1, signed=True)} %"
        for record in beyond_limits(model)
    ]
    if not found:
        return ""
    return (
        f"The model is biased beyond its limits ({limits_words()}) in held-out subjects: "
        f"{', '.join(found)}."
    )


def limits_words():
    """The limits in words, such as "2 % for T1, 4 % for T2"."""
    return ", ".join(f"{limit:g} % for {name}" for name, limit in LARGEST_BIAS_PERCENT.items())


def layout_regions(model):
    """Layout of the known errors by region; None if the model has none."""
    if not model.errors.regions:
        return None
    beyond = beyond_limits(model)
    rows = [
        [
            record["quantity"],
            NAMES[record["region"]],
            layout.number(record.get("bias_ms"), 1, signed=True),
            layout.number(bias_percent(record), 1, signed=True),
            layout.number(record.get("sd_ms")),
            "beyond" if record in beyond else "within",
        ]
        for record in model.errors.regions
    ]
    return layout.Layout(
        title="Known errors of the model",
        caption=(
            "Bias of region means on held-out subjects (predicted minus reference) and SD across "
            f"subjects. Limits of the bias: {limits_words()} of the region's value. They are "
            "properties of the model, not of this head."
        ),
        columns=[("", ""), ("", "Region"), ("Bias", "ms"), ("Bias", "%"), ("", "SD (ms)")]
        + [("", "Limits")],
        rows=rows,
        n_headings=2,
        strong=frozenset({3}),
    )
