"""Tables of the benchmarks, printed row by row so that a long run shows what it has."""


def print_row(*cells):
    """Print a row of a Markdown table; cells are texts."""
    print("|", " | ".join(cells), "|", flush=True)
