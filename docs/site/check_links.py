"""Check that all links of the built site lead to files and anchors of the site, without a network.

python docs/site/check_links.py build/site
"""

import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LINKS = {"a": "href", "link": "href", "img": "src", "script": "src"}
LOADED = {"link", "img", "script"}  # what a browser loads by itself


class Page(HTMLParser):
    """Links and anchors of a page."""

    def __init__(self, path):
        super().__init__()
        self.path, self.links, self.anchors = path, [], {"", "top"}
        self.feed(path.read_text())

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.anchors |= {given[name] for name in ("id", "name") if given.get(name)}
        link = given.get(LINKS.get(tag))
        if link and given.get("rel") != "canonical":
            self.links.append((tag, link))


def check(folder):
    """Check a site.

    Returns:
        Number of links within the site, and one line per problem.
    """
    root = Path(folder).resolve()
    pages = {path: Page(path) for path in sorted(root.rglob("*.html"))}
    n_links, problems = 0, []
    for path, page in pages.items():
        for tag, link in page.links:
            where = f"{path.relative_to(root)}: {link}"
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                if tag in LOADED and parts.scheme != "data":
                    problems.append(f"{where}: is loaded from elsewhere")
                continue
            n_links += 1
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file() or root not in target.parents:
                problems.append(f"{where}: no such file")
            elif target in pages and unquote(parts.fragment) not in pages[target].anchors:
                problems.append(f"{where}: no such anchor")
    return n_links, problems


if __name__ == "__main__":
    n_links, problems = check(sys.argv[1])
    print("\n".join([*problems, f"{n_links} links checked, {len(problems)} problems"]))
    sys.exit(bool(problems))
