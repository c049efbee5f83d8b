"""Limits of quality measures: compare values with them, and write values and limits as text."""

import math
import re

UNITS = {
    "deg": "°",
    "mm": "mm",
    "mm2": "mm²",
    "mm3": "mm³",
    "ml": "ml",
    "s": "s",
    "ms": "ms",
    "percent": "%",
}
NOTHING = "–"


def limit_of(measure, limits):
    """Limits set for a measure, or else for the longest name with which its name ends.

    Args:
        measure: Name of a measure, such as flair_rotation_deg.
        limits: Dict mapping name (flair_rotation_deg, or rotation_deg for all scans) to limits.

    Returns:
        Dict with "warn", "fail" or both; None if the measure has no limit.
    """
    if measure in limits:
        return limits[measure]
    endings = [name for name in limits if measure.endswith(f"_{name}")]
    return limits[max(endings, key=len)] if endings else None


def level_of_measure(value, limit):
    """Compare a value with its limits.

    Args:
        value: Number, or None if it could not be measured.
        limit: None, or a dict with "warn", "fail" or both, each either the accepted range
            [low, high] or a single bound: a maximum, or a minimum if `fail` is below `warn`.

    Returns:
        "pass", "warn" or "fail"; "" without a value or a limit.
    """
    if limit is None or value is None or math.isnan(value):
        return ""
    for level in ("fail", "warn"):
        low, high = _range(limit, level)
        if not low <= value <= high:
            return level
    return "pass"


def limit_words(limit, unit=""):
    """Limits as text, such as "warn above 5, fail above 10 °"."""
    if limit is None:
        return ""
    texts = []
    for level in ("warn", "fail"):
        low, high = _range(limit, level)
        if math.isfinite(low) and math.isfinite(high):
            texts.append(f"{level} outside {low:g} to {high:g}")
        elif math.isfinite(high):
            texts.append(f"{level} above {high:g}")
        elif math.isfinite(low):
            texts.append(f"{level} below {low:g}")
    return ", ".join(texts) + (f" {unit}" if texts and unit else "")


def measure_words(measure):
    """Name of a measure in words, and its unit or ""."""
    *words, last = re.split("_+", measure)
    unit = UNITS.get(last, "") if words else ""
    words = words if unit else [*words, last]
    if words[0] == "n" and len(words) > 1:
        words = ["number of", *words[1:]]
    return " ".join(words), unit


def number(value):
    """A measure as text with about three significant digits."""
    if value is None or math.isnan(value):
        return NOTHING
    if value == round(value) and abs(value) < 1e6:
        return f"{value:.0f}".replace("-", "−")
    n_decimals = max(0, 2 - math.floor(math.log10(abs(value)))) if abs(value) < 1000 else 0
    return f"{value:.{min(n_decimals, 4)}f}".replace("-", "−")


def _range(limit, level):
    """Lowest and highest value that do not trigger a level."""
    bound = limit.get(level)
    if bound is None:
        return -math.inf, math.inf
    if isinstance(bound, list | tuple):
        low, high = bound
        return -math.inf if low is None else low, math.inf if high is None else high
    warn, fail = limit.get("warn"), limit.get("fail")
    falls = isinstance(warn, int | float) and isinstance(fail, int | float) and fail < warn
    return (bound, math.inf) if falls else (-math.inf, bound)
