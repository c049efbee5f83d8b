"""Table rows of the quality-control pages: findings, measures, steps and files."""

from contrast2map.imaging.size_words import shape_words, size_words
from contrast2map.quality.limits import (
    level_of_measure,
    limit_of,
    limit_words,
    measure_words,
    number,
)
from contrast2map.study.findings import LEVELS, worst


def collect_findings(*sources):
    """Merge the findings of several sources without repetition, the worst first.

    Args:
        *sources: Contents of JSON files with "findings"; None for a file that does not exist.
    """
    found = []
    for source in sources:
        for finding in (source or {}).get("findings", []):
            if finding not in found:
                found.append(finding)
    return sorted(found, key=lambda finding: -LEVELS.index(finding["level"]))


def verdict_of(gate, quality):
    """The worse of the verdicts of input gate and quality control."""
    return worst(source["verdict"] for source in (gate, quality) if source is not None)


def measure_rows(measures, limits):
    """Measures as text with their limits and levels, the worst first.

    Args:
        measures: Dict mapping name to number or None.
        limits: Dict mapping name to {"warn": ..., "fail": ...}.

    Returns:
        List of dicts with measure, value, words, unit, text, level and limit.
    """
    rows = []
    for measure, value in measures.items():
        words, unit = measure_words(measure)
        limit = limit_of(measure, limits)
        rows.append(
            {
                "measure": measure,
                "value": value,
                "words": words,
                "unit": unit,
                "text": number(value),
                "level": level_of_measure(value, limit),
                "limit": limit_words(limit, unit),
            }
        )
    return sorted(rows, key=lambda row: -max(LEVELS.index(row["level"] or "pass"), 0))


def registration_words(result):
    """The result of a registration on one line.

    Args:
        result: A scan's entry of registration.json.
    """
    texts = []
    for name, value in result.items():
        words, unit = measure_words(name)
        if isinstance(value, bool) or not isinstance(value, int | float | list):
            continue
        values = value if isinstance(value, list) else [value]
        texts.append(f"{words} {', '.join(map(number, values))} {unit}".strip())
    if result.get("provided"):
        texts.append("transform provided by the user")
    elif result.get("start"):
        texts.append(f"started from {result['start']}")
    return "; ".join(texts)


def step_rows(descriptions, registration):
    """Engine, version and problem of each step.

    Args:
        descriptions: Contents of brain_extraction.json and tissue_segmentation.json: dicts mapping
            step to {"engine", "version", "problem", "warning"}.
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
                    "problem": used.get("problem") or used.get("warning"),
                }
            )
    return rows


def step_problems(lacks, descriptions):
    """Reasons why brain, tissue or regions are missing; None for those that are present.

    Args:
        lacks: Names of `Head.lacks`.
        descriptions: Contents of brain_extraction.json and tissue_segmentation.json.
    """
    reasons = {step: used.get("problem") for each in descriptions for step, used in each.items()}
    regions = [name.removeprefix("region ") for name in lacks if name.startswith("region ")]
    found = {
        "brain": "the brain mask is empty" if "brain" in lacks else None,
        "tissue": "no voxel has a tissue label" if "tissue" in lacks else None,
        "regions": f"no voxel of {', '.join(regions)}" if regions else None,
    }
    for name, step in (("brain", "brain_extraction"), ("tissue", "tissue_segmentation")):
        if reasons.get(step):
            found[name] = ": ".join(filter(None, [found[name], reasons[step]]))
    return found


def file_rows(gate):
    """Files of a subject with grid and sequence, as read by the input gate.

    Args:
        gate: Content of input_gate/sub-X.json, or None.
    """
    if gate is None:
        return []
    rows = []
    for role, path in gate.get("files", {}).items():
        sequence = gate.get("sequences", {}).get(role) or {}
        described = [(*measure_words(name), value) for name, value in sequence.items()]
        rows.append(
            {
                "role": role,
                "path": path,
                "voxel_size": size_words(gate.get("voxel_mm", {}).get(role, [])),
                "shape": shape_words(gate.get("shape", {}).get(role, [])),
                "sequence": ", ".join(
                    f"{words} {value if isinstance(value, str) else f'{value:g}'} {unit}".strip()
                    for words, unit, value in described
                    if value is not None
                ),
            }
        )
    return rows
