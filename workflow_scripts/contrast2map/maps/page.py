"""The page of one new head: verdict, pictures, tissue medians beside the training's."""

from html import escape

import matplotlib.pyplot as plt

from contrast2map.figures import head as figures_head
from contrast2map.figures import style as figures
from contrast2map.imaging import grids
from contrast2map.maps import bundle, card, limits
from contrast2map.maps.output import software
from contrast2map.preprocessing import normalisation
from contrast2map.report.page import data_uri, style
from contrast2map.study.terms import PARAMETER_NAMES, PARAMETER_UNITS, TISSUE_NAMES
from contrast2map.tables import layout
from contrast2map.tables.layout import Layout

VERDICT_WORDS = {
    "pass": "PASS: nothing speaks against these maps that this program can see.",
    "warn": "WARN: the maps may be wrong; read why.",
    "fail": "FAIL: do not use these maps.",
}


def page(subject, head, facts, scans, measures, result):
    """The page as HTML that needs no other file.

    Args:
        subject: Label of the head.
        head: new_scans.HeadMaps.
        facts: Facts of the bundle.
        scans: Dict of contrast to NewScan.
        measures: Dict of `map_measures.measure`.
        result: Dict of verdict, findings and notes.
    """
    names = bundle.scans_of(facts)
    parts = [
        _verdict(result),
        f'<p class="soft">{escape(card.NOT_A_DEVICE)}</p>',
        "<h2>Maps</h2>",
        _figure(figures_head.overview(head.slab, names), _overview_words(head)),
        "<h2>Brain mask and tissue</h2>",
        _figure(
            figures_head.planes(head),
            "On the grid of the target scan. Sagittal, coronal and axial cut through the brain; "
            "tissue: CSF dark, grey matter grey, white matter white.",
        ),
        "<h2>Relaxation times by tissue</h2>",
        layout.to_html(_layout_maps(measures, facts)),
        "<h2>Contrast by tissue</h2>",
        layout.to_html(_layout_contrast(measures, facts)),
        "<h2>Scans</h2>",
        layout.to_html(_layout_scans(scans, measures, facts)),
        "<h2>How this was made</h2>",
        _made(head, facts),
    ]
    title = f"T1 and T2 maps of sub-{subject}"
    return layout.html_page(title, _banner(result, facts), style(), "\n".join(parts))


def _banner(result, facts):
    trained = " Model trained on SIMULATED heads." * facts["simulated"]
    return f"{VERDICT_WORDS[result['verdict']]}{trained} Not a medical device."


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


def _overview_words(head):
    grid = "its own grid" if head.slab.own else "a grid like the training's"
    spread = (
        f" Spread: SD over {len(head.folds)} folds, how far the networks disagree, not the error."
        if head.slab.spread_s
        else " One network predicted: there is no spread."
    )
    return (
        f"The head as the network saw it, on {grid}: normalised scans, maps in the study's colours "
        f"and windows.{spread} Left of the head is on the left."
    )


def _figure(figure, words):
    drawn = figures.png(figure)
    plt.close(figure)
    return (
        f'<figure><div class="scroll"><img alt="{escape(words)}" '
        f'src="{data_uri(drawn)}"></div>'
        f"<figcaption>{escape(words)}</figcaption></figure>"
    )


def _layout_maps(measures, facts):
    rows = []
    for quantity in facts["quantities"]:
        for tissue in ("wm", "gm", "csf"):
            plausible = limits.PLAUSIBLE_MS.get(quantity, {}).get(tissue)
            rows.append(
                [
                    quantity,
                    TISSUE_NAMES[tissue],
                    layout.number(measures["maps"][quantity][tissue], _decimals(quantity)),
                    _of_training(facts["maps"][quantity][tissue], _decimals(quantity)),
                    f"{plausible[0]} to {plausible[1]}" if plausible else layout.NOTHING,
                    layout.number(measures["spread"].get(quantity, {}).get(tissue)),
                    _of_training(facts["spread"][quantity][tissue], 1),
                ]
            )
    least = facts["preprocessing"]["slices"]["minimum_brain_area_mm2"]
    return Layout(
        title="Relaxation times by tissue",
        caption=(
            f"Medians in ms over the tissue's voxels in slices with at least {least:g} mm2 of "
            "brain. Training: lowest to highest subject's median of the reference maps. Plausible: "
            "limits of the verdict at 3 T. Spread: median SD over folds; that of the training is "
            "of its own subjects, whom all folds but one have seen."
        ),
        columns=[
            ("", ""),
            ("", "Tissue"),
            ("Median (ms)", "This head"),
            ("Median (ms)", "Training"),
            ("Median (ms)", "Plausible"),
            ("Spread (ms)", "This head"),
            ("Spread (ms)", "Training"),
        ],
        rows=rows,
        n_headings=2,
        strong=frozenset({2, 5}),
    )


def _layout_contrast(measures, facts):
    words = TISSUE_NAMES | limits.RATIO_NAMES
    method = facts["preprocessing"]["normalisation"]["method"]
    rows = [
        [
            name,
            words[key][0].upper() + words[key][1:],
            layout.number(measures["intensities"][name][key], 2),
            _of_training(facts["intensities"][name][key], 2),
        ]
        for name in bundle.scans_of(facts)
        for key in words
    ]
    return Layout(
        title="Contrast by tissue",
        caption=(
            "Medians of the normalised scans (divided "
            f"{normalisation.describe(method, facts['target_contrast'])}) and their ratios. "
            "Training: lowest to highest subject."
        ),
        columns=[("", "Scan"), ("", ""), ("", "This head"), ("", "Training")],
        rows=rows,
        n_headings=2,
        strong=frozenset({2}),
    )


def _layout_scans(scans, measures, facts):
    rows = []
    for name, scan in scans.items():
        trained = facts["sequences"].get(name, {})
        rows.append(
            [
                name,
                scan.source.rstrip("/").rpartition("/")[2],
                grids.size_words(scan.voxel_mm),
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
            "Sequence parameters: of the sidecar, and in brackets those of the training. Covered: "
            "share of the brain that the scan reaches."
        ),
        columns=[
            *(("", word) for word in ("Scan", "File", "Voxel size", "Covered (%)")),
            *(("Parameter (training)", word) for word in words),
        ],
        rows=rows,
        n_headings=2,
    )


def _made(head, facts):
    lines = {
        "Model": f"study {facts['study']}, {', '.join(facts['inputs'])}; bundle.json SHA-256 "
        f"{facts['sha256']}",
        "Networks that predicted": ", ".join(head.folds),
        "Brain mask": f"{head.brain_extraction.engine}, {head.brain_extraction.version}",
        "Tissue": f"{head.tissue_segmentation.engine}, {head.tissue_segmentation.version}",
        "Software": ", ".join(f"{name} {version}" for name, version in software().items()),
        "Held-out subjects of the study": _held_out(facts),
    }
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(words)}</td></tr>\n'
        for name, words in lines.items()
    )
    return f'<div class="scroll"><table class="text"><tbody>\n{rows}</tbody></table></div>'


def _held_out(facts):
    """Errors of the model where they are known."""
    found = [
        f"{record['quantity']} {record['mae_ms']:.1f} ms ({record['mpe_percent']:.1f} %)"
        for record in facts["metrics"]["network"]["errors"]
        if record["region"] == "excluding_csf" and record["convention"] == "paper"
    ]
    return f"mean absolute error excluding CSF: {', '.join(found)}" if found else "not evaluated"


def _of_training(summary, n_decimals):
    if not summary:
        return layout.NOTHING
    low, high = (layout.number(summary[key], n_decimals) for key in ("low", "high"))
    return low if low == high else f"{low} to {high}"


def _parameter(value, trained):
    here = layout.NOTHING if value is None else f"{value:g}"
    if trained is None:
        return here
    low, high = trained
    return f"{here} ({low:g})" if low == high else f"{here} ({low:g} to {high:g})"


def _decimals(quantity):
    return 0 if quantity == "T1" else 1
