"""The page of one new head: verdict, pictures, and tissue medians with their training ranges."""

from html import escape

import matplotlib.pyplot as plt

from contrast2map.figures.new_head import overview, planes
from contrast2map.figures.style import png
from contrast2map.imaging.size_words import size_words
from contrast2map.maps import card, known_errors, limits
from contrast2map.maps.output import software
from contrast2map.report.page import data_uri, style
from contrast2map.study.terms import (
    PARAMETER_NAMES,
    PARAMETER_UNITS,
    TISSUE_NAMES,
)
from contrast2map.tables import layout
from contrast2map.tables.layout import Layout, sentence_case

VERDICT_WORDS = {
    "pass": "PASS: the automatic checks found no problem.",
    "warn": "WARN: the maps may be wrong; see the reasons below.",
    "fail": "FAIL: do not use these maps.",
}

# Checks of a head cannot find what its model always does.
PASS_OF_BIASED = (
    "PASS: the automatic checks of this head found no problem, but the model has known biases; see "
    "below."
)

SPREAD_WORDS = {
    "spread": "Spread: median SD across folds; its training range comes from subjects on whom all "
    "folds but one were trained.",
    "uncertainty": "Uncertainty: median of half the length of the 90 % interval of a voxel.",
}


def render(subject, head, model, scans, measures, result):
    """Write the page as self-contained HTML.

    Args:
        subject: Label of the head.
        head: pipeline.HeadMaps.
        model: model.Model.
        scans: Dict mapping contrast to NewScan.
        measures: Dict that `measures.measure` returned.
        result: Dict with verdict, findings and notes.
    """
    parts = [
        _verdict(result),
        f'<p class="soft">{escape(card.NOT_A_DEVICE)}</p>',
        "<h2>Maps</h2>",
        _figure(overview(head.slab, model.scans, model.uncertainty), _overview_words(head, model)),
        "<h2>Brain mask and tissue</h2>",
        _figure(
            planes(head),
            "Sagittal, coronal and axial plane through the brain, on the grid of the target scan. "
            "Tissue: CSF dark, grey matter grey, white matter white.",
        ),
        "<h2>Relaxation times by tissue</h2>",
        layout.to_html(_layout_maps(measures, model)),
        *_known_errors(model),
        "<h2>Contrast by tissue</h2>",
        layout.to_html(_layout_contrast(measures, model)),
        "<h2>Scans</h2>",
        layout.to_html(_layout_scans(scans, measures, model)),
        "<h2>Provenance</h2>",
        _made(head, model),
    ]
    title = f"T1 and T2 maps of sub-{subject}"
    return layout.html_page(title, _banner(result, model), style(), "\n".join(parts))


def _banner(result, model):
    trained = " Model trained on SIMULATED heads." * model.simulated
    words = VERDICT_WORDS[result["verdict"]]
    if result["verdict"] == "pass" and known_errors.beyond_limits(model):
        words = PASS_OF_BIASED
    return f"{words}{trained} Not a medical device."


def _known_errors(model):
    found = known_errors.layout_regions(model)
    if found is None:
        return []
    return [f"<h2>{found.title}</h2>", layout.to_html(found)]


def _verdict(result):
    reasons = "".join(
        f'<li><span class="word">{each["level"]}</span>: '
        + (f"{escape(each['file'])}: " if each["file"] else "")
        + f"{escape(each['problem'])}; <em>{escape(each['remedy'])}</em></li>\n"
        for each in result["findings"]
    )
    notes = "".join(f"<li>{escape(line)}</li>\n" for line in result["notes"])
    return (
        f"<h2>Verdict: {result['verdict']}</h2>\n"
        + (f'<ul class="verdicts">\n{reasons}</ul>\n' if reasons else "")
        + (f"<ul>\n{notes}</ul>\n" if notes else "")
    )


def _overview_words(head, model):
    grid = "the grid of the target scan" if head.slab.own else "a grid like the training grid"
    spread = model.uncertainty_caption(len(head.folds))
    return (
        f"Normalised scans, as the networks read them on {grid}, and the predicted maps. {spread} "
        "The left of the head is on the left."
    )


def _figure(figure, words):
    drawn = png(figure)
    plt.close(figure)
    return (
        f'<figure><div class="scroll"><img alt="{escape(words)}" '
        f'src="{data_uri(drawn)}"></div>'
        f"<figcaption>{escape(words)}</figcaption></figure>"
    )


def _layout_maps(measures, model):
    rows, trained = [], model.trained
    for quantity in model.quantities:
        for tissue in ("wm", "gm", "csf"):
            plausible = limits.PLAUSIBLE_MS.get(quantity, {}).get(tissue)
            rows.append(
                [
                    quantity,
                    TISSUE_NAMES[tissue],
                    layout.number(measures["maps"][quantity][tissue], _decimals(quantity)),
                    _of_training(trained.maps, quantity, tissue, _decimals(quantity)),
                    f"{plausible[0]} to {plausible[1]}" if plausible else layout.NOTHING,
                    layout.number(measures["spread"].get(quantity, {}).get(tissue)),
                    _of_training(trained.spread, quantity, tissue, 1),
                ]
            )
    least = model.preprocessing.least_brain_mm2
    return Layout(
        title="Relaxation times by tissue",
        caption=(
            f"Median of the voxels of each tissue in slices with at least {least:g} mm² of brain. "
            "Training: range of the subjects' medians in the reference maps. Plausible: limits at "
            f"3 T that the verdict uses. {SPREAD_WORDS[model.uncertainty]} "
            f"{model.meaning_of_T1}"
        ),
        columns=[
            ("", ""),
            ("", "Tissue"),
            ("Median (ms)", "This head"),
            ("Median (ms)", "Training"),
            ("Median (ms)", "Plausible"),
            (f"{model.uncertainty.capitalize()} (ms)", "This head"),
            (f"{model.uncertainty.capitalize()} (ms)", "Training"),
        ],
        rows=rows,
        n_headings=2,
        strong=frozenset({2, 5}),
    )


def _layout_contrast(measures, model):
    words = TISSUE_NAMES | limits.RATIO_NAMES
    rows = [
        [
            name,
            sentence_case(words[key]),
            layout.number(measures["intensities"][name][key], 2),
            _of_training(model.trained.intensities, name, key, 2),
        ]
        for name in model.scans
        for key in words
    ]
    return Layout(
        title="Contrast by tissue",
        caption=(
            "Median of the normalised scans in each tissue, and ratios of the medians. "
            "Normalisation divides "
            f"{model.normalisation_words}. "
            "Training: range across training subjects."
        ),
        columns=[("", "Scan"), ("", "Tissue"), ("", "This head"), ("", "Training")],
        rows=rows,
        n_headings=2,
        strong=frozenset({2}),
    )


def _layout_scans(scans, measures, model):
    rows = []
    for name, scan in scans.items():
        trained = model.trained.protocol.get(name, {})
        rows.append(
            [
                name,
                scan.source.rstrip("/").rpartition("/")[2],
                size_words(scan.voxel_mm),
                f"{100 * measures['coverage'][name]:.0f}",
                *(_parameter(scan.sequence.get(key), trained.get(key)) for key in PARAMETER_NAMES),
            ]
        )
    words = [
        f"{word} ({PARAMETER_UNITS[key].replace('degrees', 'deg')})"
        for key, word in PARAMETER_NAMES.items()
    ]
    return Layout(
        title="Scans",
        caption=(
            "Sequence parameters from the sidecar, with those of the training scans in brackets. "
            "Covered: share of the brain inside the scan's field of view."
        ),
        columns=[
            *(("", word) for word in ("Scan", "File", "Voxel size", "Covered (%)")),
            *(("Parameter (training)", word) for word in words),
        ],
        rows=rows,
        n_headings=2,
    )


def _made(head, model):
    extraction, segmentation = head.brain_extraction, head.tissue_segmentation
    lines = {
        "Model": f"{model.origin} Scans: {', '.join(model.inputs)}",
        "Networks used": ", ".join(head.folds),
        "Brain mask": f"{extraction.engine}, {extraction.version}",
        "Tissue segmentation": f"{segmentation.engine}, {segmentation.version}",
        "Software": ", ".join(f"{name} {version}" for name, version in software().items()),
        "Error on held-out subjects": _held_out(model),
    }
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(words)}</td></tr>\n'
        for name, words in lines.items()
    )
    return f'<div class="scroll"><table class="text"><tbody>\n{rows}</tbody></table></div>'


def _held_out(model):
    """Mean absolute errors of the model as text."""
    found = [
        f"{record['quantity']} {record['mae_ms']:.1f} ms ({record['mpe_percent']:.1f} %)"
        for record in model.errors.errors
        if record["region"] == "excluding_csf" and record["convention"] == "paper"
    ]
    if not found:
        return model.where_evaluated
    return f"mean absolute error excluding CSF: {', '.join(found)}"


def _of_training(ranges, name, key, n_decimals):
    trained = ranges.get(name, {}).get(key)
    if trained is None:
        return layout.NOTHING
    low, high = (layout.number(end, n_decimals) for end in (trained.low, trained.high))
    return low if low == high else f"{low} to {high}"


def _parameter(value, trained):
    here = layout.NOTHING if value is None else f"{value:g}"
    if trained is None:
        return here
    low, high = trained
    return f"{here} ({low:.4g})" if low == high else f"{here} ({low:.4g} to {high:.4g})"


def _decimals(quantity):
    return 0 if quantity == "T1" else 1
