"""Real scans beside simulated ones: a table and sentences in Markdown, made of the numbers."""

from contrast2map.tables.layout import NOTHING, number
from pages import markdown
from pages.realism.measures import MEASURES, VERDICTS, compare

HEADINGS = {
    "kinder": "Where the simulation is kinder",
    "harsher": "Where it is harsher",
    "differs": "Where it differs, and neither is easier",
    "alike": "Where the ranges meet",
}
NOTHING_MEASURED = "Nothing that was measured."


def table(scans):
    """One row a scan and measure: each visit, the simulated range, the verdict.

    Args:
        scans: Dict of a scan's title to dict of "real", list of numbers (`realism.measure`) or
            None by visit, and "simulated", list of numbers by subject.

    Returns:
        Table in Markdown.
    """
    n_visits = max(len(found["real"]) for found in scans.values())
    visits = [f"Real, visit {visit + 1}" for visit in range(n_visits)]
    columns = ["Scan", "Measure", *visits, "Simulated, lowest to highest", "Simulation"]
    rows = []
    for title, found in scans.items():
        for name, measure in MEASURES.items():
            real, simulated = (_numbers(found[side], name) for side in ("real", "simulated"))
            real += [None] * (n_visits - len(real))
            cells = [number(value, measure.n_decimals) for value in real]
            span = span_words(simulated, measure.n_decimals)
            rows.append([title, measure.words, *cells, span, verdict(found, name) or NOTHING])
    return markdown.table(columns, rows, n_headings=2)


def lists(scans):
    """What is kinder, harsher, different and alike, in sentences under headings.

    Args:
        scans: As for `table`.

    Returns:
        Markdown; a heading for each of `realism.VERDICTS`, below it a line a scan.
    """
    parts = []
    for wanted in VERDICTS:
        lines = []
        for title, found in scans.items():
            said = [phrase(found, name) for name in MEASURES if verdict(found, name) == wanted]
            if said:
                lines.append(f"- **{title}**: {'; '.join(said)}.")
        parts.append(f"### {HEADINGS[wanted]}\n\n" + ("\n".join(lines) or NOTHING_MEASURED))
    return "\n\n".join(parts) + "\n"


def verdict(found, name):
    """One of `realism.VERDICTS` for a measure of a scan, or None where a side lacks it.

    Numbers are compared as they are printed: what reads the same is alike.
    """
    measure = MEASURES[name]
    sides = (
        [
            round(value, measure.n_decimals)
            for value in _numbers(found[side], name)
            if value is not None
        ]
        for side in ("real", "simulated")
    )
    return compare(*sides, measure.kinder)


def phrase(found, name):
    """A measure of a scan in words: both ranges."""
    measure = MEASURES[name]
    simulated, real = (
        span_words(_numbers(found[side], name), measure.n_decimals)
        for side in ("simulated", "real")
    )
    unit = " %" if "(%)" in measure.words else ""
    return f"{measure.short} {simulated}{unit} simulated, {real}{unit} real"


def span_words(values, n_decimals):
    """Lowest to highest of some numbers; one number where both read the same; None is left out."""
    found = [value for value in values if value is not None]
    if not found:
        return NOTHING
    low, high = number(min(found), n_decimals), number(max(found), n_decimals)
    return low if low == high else f"{low} to {high}"


def _numbers(measured, name):
    return [None if one is None else one[name] for one in measured]
