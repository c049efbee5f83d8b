"""References: read from BibTeX, cited by number in a text, listed, and given back as BibTeX."""

import re
from html import escape
from typing import NamedTuple

from markupsafe import Markup

ENTRY = re.compile(r"^@(\w+)\{(\w+),\n(.*?)^\}\n", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^  (\w+) = \{(.*)\},?$", re.MULTILINE)
CITATION = re.compile(r"\[@([^\]]+)\]")
# The TeX that the file uses for letters that ASCII lacks.
LETTERS = {r"{\"o}": "ö", r"{\"e}": "ë", r"{\`e}": "è", r"{\ss}": "ß"}
MAX_AUTHORS = 6


class Reference(NamedTuple):
    """One entry of a BibTeX file.

    Attributes:
        kind: Type of the entry, such as "article".
        fields: Dict of name to text, as in the file.
        text: The whole entry, as in the file.
    """

    kind: str
    fields: dict
    text: str


def read(bibtex):
    """Entries of a BibTeX file that has each field on a line of its own.

    Args:
        bibtex: Text of the file.

    Returns:
        Dict of key to `Reference`.

    Raises:
        ValueError: Two entries have one key, or an entry could not be read.
    """
    found = {}
    for kind, key, body in ENTRY.findall(bibtex):
        if key in found:
            raise ValueError(f"references: {key} is given twice")
        found[key] = Reference(kind, dict(FIELD.findall(body)), f"@{kind}{{{key},\n{body}}}\n")
    if len(found) != len(re.findall(r"^@", bibtex, re.MULTILINE)):
        raise ValueError(f"references: an entry after {list(found)[-1:]} can not be read")
    return found


def cite(texts, references):
    """Number the citations of texts in the order in which they appear.

    Args:
        texts: Texts with citations as "[@key]" or "[@key; @other]".
        references: Dict of `read`.

    Returns:
        The texts as HTML, all else escaped, each citation a link to "#ref-<key>"; and the cited
        keys, the first one having number 1.

    Raises:
        KeyError: A cited key is in no entry.
    """
    numbers = {}

    def link(match):
        links = []
        for key in (part.strip().removeprefix("@") for part in match[1].split(";")):
            if key not in references:
                raise KeyError(f"references: no entry {key}")
            number = numbers.setdefault(key, len(numbers) + 1)
            links.append(f'<a href="#ref-{key}">{number}</a>')
        return f"[{', '.join(links)}]"

    return [Markup(CITATION.sub(link, escape(text, quote=False))) for text in texts], list(numbers)


def words(reference):
    """A reference as a person reads it, without its DOI."""
    fields = {name: _plain(text) for name, text in reference.fields.items()}
    parts = [
        f"{_authors(fields['author'])}. {fields['title'].rstrip('.')}.",
        f"{fields.get('journal') or fields['booktitle']}",
    ]
    place = fields["year"]
    if "volume" in fields:
        place += f";{fields['volume']}" + (f"({fields['number']})" if "number" in fields else "")
    if "pages" in fields:
        place += f":{fields['pages']}"
    return f"{parts[0]} {parts[1]} {place}." + (f" ({fields['note']})" if "note" in fields else "")


def address(reference):
    """Where a reference is found: its DOI or its preprint, or None."""
    fields = reference.fields
    if "doi" in fields:
        return f"https://doi.org/{fields['doi']}"
    if fields.get("archiveprefix") == "arXiv":  # arXiv's own DOIs
        return f"https://doi.org/10.48550/arXiv.{fields['eprint']}"
    return None


def listed(keys, references):
    """Cited references, ready for a page.

    Args:
        keys: Cited keys, in the order of their numbers.
        references: Dict of `read`.

    Returns:
        List of dicts of "key", "words" and "url" (or None).
    """
    return [
        {"key": key, "words": words(references[key]), "url": address(references[key])}
        for key in keys
    ]


def to_bibtex(keys, references):
    """Entries of some keys, as BibTeX in alphabetical order."""
    return "\n".join(references[key].text for key in sorted(keys))


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
