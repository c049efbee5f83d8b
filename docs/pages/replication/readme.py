"""The README's block on the replication."""

import re

from pages import rendering

BLOCK = re.compile(r"(<!-- replication: .*? -->\n)(.*?)(<!-- end of replication -->)", re.DOTALL)


def renew(readme, facts):
    """Replace the block between the README's marks.

    Args:
        readme: Text of the README.
        facts: Facts of the page on the replication.

    Raises:
        ValueError: The README does not have exactly one such block.
    """
    if len(BLOCK.findall(readme)) != 1:
        raise ValueError("README: expected one block <!-- replication: ... -->")
    block = rendering.render("readme_block.md.j2", facts)
    return BLOCK.sub(lambda found: f"{found[1]}{block}{found[3]}", readme)
