"""References: read from BibTeX, cited by number, listed, and given back as BibTeX."""

import re
from typing import NamedTuple

from markupsafe import Markup

ENTRY = re.compile(r"^@(\w+)\{(\w+),\n(.*?)^\}\n", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^  (\w+) = \{(.*)\},?$", re.MULTILINE)
CITATION = re.compile(r"\[@([^\]]+)\]")
# TeX code of the non-ASCII letters in the file.
LETTERS = {r"{\"o}": "ö", r"{\"e}": "ë", r"{\`e}": "è", r"{\ss}": "ß"}
MAX_AUTHORS = 6


class Reference(NamedTuple):
    """One entry of a BibTeX file.

    Attributes:
        fields: Dict mapping field name to text, as in the file.
        text: The whole entry, as in the file.
    """

    fields: dict
    text: str


def read(bibtex):
    """Entries of a BibTeX file that has each field on its own line.

    Args:
        bibtex: Text of the file.

    Returns:
        Dict mapping key to `Reference`.

    Raises:
        ValueError: Two entries have the same key, or an entry cannot be read.
    """
    found = {}
    for kind, key, body in ENTRY.findall(bibtex):
        if key in found:
            raise ValueError(f"references: {key} is given twice")
        found[key] = Reference(dict(FIELD.findall(body)), f"@{kind}{{{key},\n{body}}}\n")
    if len(found) != len(re.findall(r"^@", bibtex, re.MULTILINE)):
        raise ValueError(f"references: an entry after {list(found)[-1:]} cannot be read")
    return found


class Citations:
    """Numbers the references in the order in which they are cited.

    Attributes:
        references: Dict mapping key to `Reference`.
        keys: Cited keys so far; the first one has number 1.
    """

    def __init__(self, references):
        self.references = references
        self.keys = []

    def cite(self, html):
        """Turn each "[@key]" or "[@key; @other]" of an HTML text into numbers, linked to the list.

        Raises:
            KeyError: A cited key has no entry.
        """
        return Markup(CITATION.sub(self._link, str(html)))

    def listed(self):
        """Cited references as a list of dicts with "key", "words" and "url" (or None)."""
        cited = {key: self.references[key] for key in self.keys}
        return [
            {"key": key, "words": words(reference), "url": address(reference)}
            for key, reference in cited.items()
        ]

    def to_bibtex(self):
        """Cited references as BibTeX, in alphabetical order of their keys."""
        return "\n".join(self.references[key].text for key in sorted(self.keys))

    def _link(self, match):
        links = []
        for key in (part.strip().removeprefix("@") for part in match[1].split(";")):
            if key not in self.references:
                raise KeyError(f"references: no entry {key}")
            if key not in self.keys:
                self.keys.append(key)
            links.append(f'<a href="#ref-{key}">{self.keys.index(key) + 1}</a>')
        return f"[{', '.join(links)}]"


def words(reference):
    """A reference as text in journal style, without its DOI."""
    fields = {name: _plain(text) for name, text in reference.fields.items()}
    place = fields["year"]
    if "volume" in fields:
        place += f";{fields['volume']}" + (f"({fields['number']})" if "number" in fields else "")
    if "pages" in fields:
        place += f":{fields['pages']}"
    return (
        f"{_authors(fields['author'])}. {fields['title'].rstrip('.')}. "
        f"{fields.get('journal') or fields['booktitle']} {place}."
        + (f" ({fields['note']})" if "note" in fields else "")
    )


def address(reference):
    """Link to a reference: its DOI or its preprint, or None."""
    fields = reference.fields
    if "doi" in fields:
        return f"https://doi.org/{fields['doi']}"
    if fields.get("archiveprefix") == "arXiv":  # arXiv's own DOIs
        return f"https://doi.org/10.48550/arXiv.{fields['eprint']}"
    return None


def _authors(text):
    people = text.split(" and ")
    shown = [_person(each) for each in people if each != "others"][:MAX_AUTHORS]
    return ", ".join(shown) + (", et al" if len(people) > len(shown) else "")


def _person(name):
    family, _, given = name.partition(", ")
    initials = "".join(part[0] for part in re.split(r"[ -]", given) if part)
    return f"{family} {initials}".strip()


def _plain(text):
    for tex, letter in LETTERS.items():
        text = text.replace(tex, letter)
    return text.replace("--", "-").replace("{", "").replace("}", "")
