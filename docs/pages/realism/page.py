"""Real and simulated numbers side by side, formatted for the page."""

from contrast2map.tables.layout import NOTHING, number
from pages.realism.measures import MEASURES, compare


def compare_scans(real, simulated):
    """Numbers of one contrast on both sides, and how they compare.

    Args:
        real: Numbers of the real scans (`measures.measure`), one dict per visit; None for a visit
            without this contrast.
        simulated: Numbers of the simulated scans, one dict per subject.

    Returns:
        Dict of measure to dict of text: unit, real (list, one per visit), real_range, simulated and
        verdict (see `measures.compare`; a dash if one side has no number).
    """
    rows = {}
    for name, measure in MEASURES.items():
        # Compared as printed: numbers that read the same overlap.
        of_real, of_simulated = (
            [None if one is None else rounded(one[name], measure.n_decimals) for one in each]
            for each in (real, simulated)
        )
        rows[name] = {
            "unit": measure.unit,
            "real": [number(value, measure.n_decimals) for value in of_real],
            "real_range": span(of_real, measure.n_decimals),
            "simulated": span(of_simulated, measure.n_decimals),
            "verdict": compare(of_real, of_simulated, measure.easier) or NOTHING,
        }
    return rows


def span(values, n_decimals):
    """Lowest to highest number as text; one number where both read the same; None is ignored."""
    found = [value for value in values if value is not None]
    if not found:
        return NOTHING
    low, high = number(min(found), n_decimals), number(max(found), n_decimals)
    return low if low == high else f"{low} to {high}"


def rounded(value, n_decimals):
    """A number as printed; None stays None."""
    return None if value is None else round(value, n_decimals)
