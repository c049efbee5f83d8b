"""Alternative texts of the figures, written from the CSV file of each figure."""

from contrast2map.evaluation.lesion_summary import correlation
from contrast2map.report.study_description import count
from contrast2map.study import predictors
from contrast2map.study.contrast_names import usual_name
from contrast2map.study.groups import group_words
from contrast2map.study.terms import QUANTITIES, REGION_NAMES
from contrast2map.tables.layout import number

UNITS = {"percent": "%", "ms": "ms"}


def describe(figure, rows):
    """One to three sentences on a figure.

    Args:
        figure: Name of the figure's file without its ending, such as "bland_altman_T1".
        rows: Table of its CSV file (see `figures.data`).

    Returns:
        Plain text.
    """
    for name, words in DESCRIPTIONS.items():
        if figure.startswith(name):
            return words(rows)
    raise KeyError(f"figure {figure!r} has no alternative text: add it to alternative_texts.py")


def of_network(rows):
    stages = rows[rows["shows"].str.startswith("stage")]
    inputs, outputs = (
        rows.loc[rows["shows"] == end, "names"].item().split() for end in ("input", "output")
    )
    channels = ", ".join(str(int(n)) for n in stages["n_channels"])
    n_skips = int(stages["skips_from"].fillna("").astype(str).str.count("stage").sum())
    n_weights = f"{int(rows['n_weights'].sum()):,}".replace(",", " ")
    return (
        f"Diagram of the network. Inputs: {', '.join(map(usual_name, inputs))}; outputs: "
        f"{' and '.join(outputs)}. {len(stages)} stages with {channels} channels from left to "
        f"right, {count(n_skips, 'skip connection')}, {n_weights} weights."
    )


def of_bland_altman(rows):
    quantity = rows["quantity"].iloc[0]
    points = rows[rows["shows"] == "point"]
    measured = points.dropna(subset=["difference_ms"])
    n_subjects = measured["subject"].nunique()
    words = [
        f"Bland-Altman plots of {count(len(measured), 'region mean')} of {quantity} from "
        f"{count(n_subjects, 'subject')}, network minus reference."
    ]
    for column, unit in UNITS.items():
        lower, bias, upper = (
            rows.loc[rows["shows"] == name, f"difference_{column}"].iloc[0]
            for name in ("lower limit", "bias", "upper limit")
        )
        words.append(
            f"In {unit}: bias {number(bias, 1, True)}, limits of agreement "
            f"{number(lower, 1, True)} to {number(upper, 1, True)}."
        )
    return " ".join(words)


def of_loss_curves(rows):
    by_fold = {fold: log.sort_values("epoch") for fold, log in rows.groupby("fold", sort=True)}
    losses = "; ".join(
        f"{fold.replace('_', ' ')} from {log['loss'].iloc[0]:.3g} to {log['loss'].iloc[-1]:.3g}"
        for fold, log in by_fold.items()
    )
    n_epochs = int(rows["epoch"].max())
    return (
        f"Training losses of {count(len(by_fold), 'fold')} over "
        f"{count(n_epochs, 'epoch')}. Total loss at the first and the last epoch: {losses}."
    )


def of_lesions(rows):
    rows = rows.dropna(subset=["lesion"])
    if rows.empty:
        return "The figure is empty: no lesion is in a selected slice."
    n_lesions = len(rows[["subject", "lesion"]].drop_duplicates())
    words = [
        f"Contrast and error of {count(n_lesions, 'lesion')} in "
        f"{count(rows['subject'].nunique(), 'subject')}."
    ]
    for quantity in QUANTITIES:
        ours = rows[rows["quantity"] == quantity]
        if ours.empty:
            continue
        both = ours.dropna(subset=["predicted_contrast_ms", "reference_contrast_ms"])
        r = correlation(both["predicted_contrast_ms"], both["reference_contrast_ms"])
        words.append(
            f"{quantity}: lesion contrasts of network and reference correlate with r = "
            f"{number(r, 2)}; the mean error relative to the {ours['error_against'].iloc[0]} is "
            f"{number(ours['predicted_error_ms'].mean(), 1, True)} ms."
        )
    return " ".join(words)


def of_representative_cases(rows):
    return f"Slices of {_cases(rows)}. {_errors(rows)}"


def of_input_sets(rows):
    return f"Maps of {_cases(rows)}: the reference and one row per set of inputs. {_errors(rows)}"


def of_lesion_cases(rows):
    rows = rows.dropna(subset=["row"])
    if rows.empty:
        return "The figure is empty: no lesion is in a selected slice."
    contrast = usual_name(rows.loc[rows["of"] == "image", "shows"].iloc[0])
    return (
        f"{contrast}, reference maps, and maps of networks with and without {contrast} around the "
        f"largest lesion of {_cases(rows)}."
    )


def of_region_means(rows):
    points = rows[rows["shows"] == "point"]
    if points.empty:
        return "The figure is empty: no region has voxels."
    network = points["predictor"].iloc[0]
    ours = rows[(rows["shows"] == "slope") & (rows["predictor"] == network)]
    against, n_subjects = points["against"].iloc[0], points["subject"].nunique()
    words = [
        f"Scatter plots of region means, {predictors.short(network).lower()} against {against}: "
        f"{count(n_subjects, 'subject')}, {count(points['region'].nunique(), 'tissue')}."
    ]
    for quantity, of_quantity in ours.groupby("quantity", sort=False):
        each = (
            f"{REGION_NAMES[row.region]} {number(row.slope, 2)}" for row in of_quantity.itertuples()
        )
        words.append(f"Slopes of {quantity}: {', '.join(each)}.")
    return " ".join(words)


def of_paired_errors(rows):
    words = ["Mean absolute error of each subject, tissue mean beside network."]
    for (level, quantity), pairs in rows.groupby(["level", "quantity"], sort=False):
        n_better = int((pairs["network_ms"] < pairs["null_ms"]).sum())
        words.append(
            f"{quantity}, {level}: {number(pairs['null_ms'].mean())} ms for the tissue mean, "
            f"{number(pairs['network_ms'].mean())} ms for the network, which is more accurate in "
            f"{n_better} of {len(pairs)} subjects."
        )
    return " ".join(words)


def of_error_histogram(rows):
    words = [f"Histograms of the errors of voxels relative to the {rows['against'].iloc[0]}."]
    for (quantity, predictor), bins in rows.groupby(["quantity", "predictor"], sort=False):
        middles_ms = (bins["low_ms"] + bins["high_ms"]) / 2
        mean_ms = (middles_ms * bins["share_percent"]).sum() / 100
        name = predictors.short(predictor)
        words.append(f"{quantity}, {name}: mean of the bins {number(mean_ms, 1, True)} ms.")
    return " ".join(words)


def of_calibration(rows):
    words = [
        f"Root mean square error relative to the {rows['against'].iloc[0]} against root mean "
        f"square spread in {count(rows['subject'].nunique(), 'subject')}."
    ]
    for quantity, bins in rows.groupby("quantity", sort=False):
        ratio = _root_mean_square(bins, "error_ms") / _root_mean_square(bins, "spread_ms")
        words.append(f"{quantity}: the error is {number(ratio)} times the spread.")
    return " ".join(words)


def of_literature(rows):
    ours = rows[rows["shows"] == "network"]
    sources = rows.loc[rows["shows"] == "literature", "source"].unique()
    words = [f"Network and reference of this study beside bands of {', '.join(sources)}."]
    for quantity, of_quantity in ours.groupby("quantity", sort=False):
        each = (
            f"{REGION_NAMES[row.region]} {number(row.mean_ms, 0)} ms"
            for row in of_quantity.itertuples()
        )
        words.append(f"Network, {quantity}: {', '.join(each)}.")
    return " ".join(words)


def of_workflow(rows):
    stages = rows.drop_duplicates("stage")
    return (
        f"Diagram of {len(stages)} stages with {len(rows)} rules and "
        f"{int(rows['n_jobs'].sum())} jobs of measured rules: {', '.join(stages['stage'])}."
    )


DESCRIPTIONS = {
    "network": of_network,
    "bland_altman": of_bland_altman,
    "loss_curves": of_loss_curves,
    "region_means": of_region_means,
    "paired_errors": of_paired_errors,
    "error_histogram": of_error_histogram,
    "calibration": of_calibration,
    "literature": of_literature,
    "workflow": of_workflow,
    "lesions": of_lesions,
    "representative_cases": of_representative_cases,
    "input_sets": of_input_sets,
    "lesion_cases": of_lesion_cases,
}


def _root_mean_square(bins, column):
    """Of all voxels, from the root mean squares of bins with n_voxels voxels."""
    return (bins["n_voxels"] * bins[column] ** 2).sum() ** 0.5


def _cases(rows):
    """Each subject shown, with its group (if there are groups) and slice."""
    shown = rows[["subject", "group", "slice"]].drop_duplicates()
    return ", ".join(
        f"sub-{subject} ({', '.join(filter(None, [group_words(group), f'slice {int(index)}']))})"
        for subject, group, index in shown.itertuples(index=False)
    )


def _errors(rows):
    """Mean absolute error of each network, or its range if there are several slices."""
    errors = rows[rows["of"].str.endswith(" minus reference")]
    of_inputs = {
        name: " + ".join(predictors.inputs_of(name.removesuffix(" minus reference")))
        for name in errors["of"].unique()
    }
    words = []
    for name, inputs in of_inputs.items():
        of_network = errors[errors["of"] == name]
        values = [
            f"{quantity} {_range(found['mean_absolute'])} ms"
            for quantity, found in of_network.groupby("shows", sort=True)
        ]
        words.append(f"{', '.join(values)} with {inputs}")
    return f"Mean absolute error in the slice, CSF included: {'; '.join(words)}."


def _range(values):
    low, high = (number(value) for value in (values.min(), values.max()))
    return low if low == high else f"{low} to {high}"
