"""Render the generated pages of the docs: `make pages`.

Pages of results are rendered from their stored facts, for an edit of the words in
docs/pages/templates/; the others from the code of this version.
"""

from pages import commands, rendering, troubleshooting

OF_RESULTS = ("realism", "normalisation", "replication", "any_protocol")
OF_CODE = {"commands": commands.facts, "troubleshooting": troubleshooting.facts}


def of_code(name):
    """Text of a page that describes the code."""
    return rendering.render(f"{name}.md.j2", OF_CODE[name]())


if __name__ == "__main__":
    for name in OF_RESULTS:
        rendering.write(name, rendering.read_facts(name))
    for name in OF_CODE:
        (rendering.DOCS / f"{name}.md").write_text(of_code(name).rstrip() + "\n")
