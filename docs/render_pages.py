"""Render the pages of the docs again from their stored facts: `make pages`.

For an edit of the words in docs/pages/templates/, which needs no results.
"""

from pages import rendering

PAGES = ("realism", "normalisation", "replication", "any_protocol")

if __name__ == "__main__":
    for name in PAGES:
        rendering.write(name, rendering.read_facts(name))
