"""What the pages of quality control say: findings, measures, steps and slices in words."""

from contrast2map.quality import limits as limits_
from contrast2map.study.findings import LEVELS, worst

EMPTY = {
    "brain": "the brain mask is empty",
    "tissue": "no voxel has a tissue label",
    "regions": "no region of interest was drawn",
}
ALWAYS_SHOWN = {"subject", "group", "verdict", "findings"}


def collect_findings(*sources):
    """Findings of several steps, the worst first, each once.

    Args:
        *sources: Contents of JSON files with "findings", or None where there is no such file.
    """
    found = []
    for source in sources:
        for finding in (source or {}).get("findings", []):
            if finding not in found:
                found.append(finding)
    return sorted(found, key=lambda finding: -LEVELS.index(finding["level"]))


def verdict_of(gate, quality):
    """The worse of the input gate's and the quality control's verdict."""
    return worst(source["verdict"] for source in (gate, quality) if source is not None)


def measure_rows(measures, limits):
    """Measures in words, with their limits and how they stand to them; the worst first.

    Args:
        measures: Dict of name to number or None.
        limits: Config section `quality`: dict of name to {"warn": ..., "fail": ...}.

    Returns:
        List of dicts: measure, value, words, unit, text, level, limit.
    """
    rows = []
    for measure, value in measures.items():
        words, unit = limits_.measure_words(measure)
        limit = limits_.limit_of(measure, limits)
        rows.append(
            {
                "measure": measure,
                "value": value,
                "words": words,
                "unit": unit,
                "text": limits_.number(value),
                "level": limits_.level_of_measure(value, limit),
                "limit": limits_.limit_words(limit, unit),
            }
        )
    return sorted(rows, key=lambda row: -max(LEVELS.index(row["level"] or "pass"), 0))


def registration_words(result):
    """What a registration found, in one line.

    Args:
        result: A scan's entry of registration.json.
    """
    texts = []
    for name, value in result.items():
        words, unit = limits_.measure_words(name)
        if isinstance(value, bool) or not isinstance(value, int | float | list):
            continue
        values = value if isinstance(value, list) else [value]
        texts.append(f"{words} {', '.join(map(limits_.number, values))} {unit}".strip())
    if result.get("provided"):
        texts.append("with the transform that you brought")
    elif result.get("start"):
        texts.append(f"started from {result['start']}")
    return "; ".join(texts)


def step_rows(descriptions, registration):
    """Engine, version and problem of each step.

    Args:
        descriptions: Contents of brain_extraction.json, tissue_segmentation.json: dicts of step
            to {"engine", "version", "problem"}.
        registration: Contents of registration.json.
    """
    rows = [
        {
            "step": f"registration of {scan}",
            "engine": "provided" if result.get("provided") else "ANTs rigid",
            "version": "",
            "problem": result.get("problem"),
        }
        for scan, result in registration.items()
    ]
    for description in descriptions:
        for step, used in description.items():
            rows.append(
                {
                    "step": step.replace("_", " "),
                    "engine": used["engine"],
                    "version": used["version"],
                    "problem": used.get("problem"),
                }
            )
    return rows


def step_problems(lacks, descriptions):
    """What to say where brain, tissue or regions are missing; None where they are not.

    Args:
        lacks: Words of `quality_panels.Head.lacks`.
        descriptions: Contents of brain_extraction.json and tissue_segmentation.json.
    """
    reasons = {step: used.get("problem") for each in descriptions for step, used in each.items()}
    regions = [word.removeprefix("region ") for word in lacks if word.startswith("region ")]
    found = {
        "brain": EMPTY["brain"] if "brain" in lacks else None,
        "tissue": EMPTY["tissue"] if "tissue" in lacks else None,
        "regions": f"no voxel of {', '.join(regions)}" if regions else None,
    }
    for name, step in (("brain", "brain_extraction"), ("tissue", "tissue_segmentation")):
        if reasons.get(step):
            found[name] = ": ".join(filter(None, [found[name], reasons[step]]))
    return found


def file_rows(gate):
    """Files of a subject as the input gate read them.

    Args:
        gate: Content of input_gate/sub-X.json, or None.
    """
    if gate is None:
        return []
    rows = []
    for role, path in gate.get("files", {}).items():
        sequence = gate.get("sequences", {}).get(role) or {}
        described = [(*limits_.measure_words(name), value) for name, value in sequence.items()]
        rows.append(
            {
                "role": role,
                "path": path,
                "voxel_mm": " × ".join(map(limits_.number, gate.get("voxel_mm", {}).get(role, []))),
                "shape": " × ".join(map(str, gate.get("shape", {}).get(role, []))),
                "sequence": ", ".join(
                    f"{words} {value if isinstance(value, str) else f'{value:g}'} {unit}".strip()
                    for words, unit, value in described
                    if value is not None
                ),
            }
        )
    return rows


def ranges(indices):
    """Sorted numbers in words: 0–3, 7, 9–12."""
    runs = []
    for index in sorted(indices):
        if runs and index == runs[-1][1] + 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)


def describe_selection(rows):
    """Which slices are used, why the others are not, and a chart of them.

    Args:
        rows: Rows of slice_selection.tsv with slice (int), brain_area_mm2 (float), selected
            (bool) and reason.
    """
    selected = [row["slice"] for row in rows if row["selected"]]
    reasons = {}
    for row in rows:
        if not row["selected"]:
            reasons.setdefault(row["reason"], []).append(row["slice"])
    largest_mm2 = max((row["brain_area_mm2"] for row in rows), default=0.0)
    bars = []
    for row in rows:
        # The least height shows that there is a slice.
        height = round(max(100 * row["brain_area_mm2"] / largest_mm2, 2) if largest_mm2 else 2, 1)
        why = f" ({row['reason']})" if row["reason"] else ""
        bars.append(
            {
                "x": row["slice"],
                "y": round(100 - height, 1),
                "height": height,
                "selected": row["selected"],
                "title": f"slice {row['slice']}: {row['brain_area_mm2'] / 100:.0f} cm²{why}",
            }
        )
    return {
        "n_slices": len(rows),
        "n_selected": len(selected),
        "ranges": ranges(selected),
        "reasons": [
            {"reason": reason or "no reason given", "ranges": ranges(found), "n": len(found)}
            for reason, found in sorted(reasons.items(), key=lambda item: item[1][0])
        ],
        "chart": {"width": len(rows), "bars": bars, "largest": f"{largest_mm2 / 100:.0f}"},
    }


def mark_unselected(tile, rows, box, voxel_mm):
    """A sagittal tile with bars over the slices that are not used.

    Args:
        tile: Tile of `quality_panels.selection_tile`.
        rows: Rows of slice_selection.tsv.
        box: Box of the head; its third slice says which slices the tile shows.
        voxel_mm: Height of a slice.
    """
    bars = [
        {
            "y_mm": round((box[2].stop - 1 - row["slice"]) * voxel_mm, 2),
            "height_mm": round(voxel_mm, 2),
        }
        for row in rows
        if not row["selected"] and box[2].start <= row["slice"] < box[2].stop
    ]
    return tile | {"bars": bars}
