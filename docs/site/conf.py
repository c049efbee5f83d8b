"""Settings of the documentation's site: `make site`.

The pages are the Markdown files of the project where they are, so that their links work on GitHub,
too. The source folder is therefore the root of the project.
"""

import re
import sys
from pathlib import Path

from sphinx import addnodes
from sphinx.ext.napoleon import GoogleDocstring

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

import api  # noqa: E402, the module next to this file

SECTION = re.compile(r"^## (.+)\n\n((?:- \[.+\n|  .+\n)+)", re.MULTILINE)
LINK = re.compile(r"^- \[(.+?)\]\((.+?)\.md\)", re.MULTILINE)
LIBRARY = ("Library", "- [Modules](site/api/index.md)")
VERSION = ROOT / "workflow_scripts" / "contrast2map" / "__init__.py"

project = "contrast2map"
release = re.search(r'__version__ = "(.+)"', VERSION.read_text())[1]

extensions = ["myst_parser", "sphinx_copybutton"]
include_patterns = [
    "docs/*.md",
    "config/README.md",
    "benchmarks/README.md",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/site/api/*.rst",
]
root_doc = "docs/index"
highlight_language = "text"  # of code without a language
smartquotes = False  # quotation marks of messages and commands stay as they are
default_role = "code"  # `name` in docstrings
add_module_names = False  # the headings give the modules
toc_object_entries_show_parents = "hide"

# Links to headings as on GitHub. With -W, a link to nothing stops the build.
myst_heading_anchors = 4

# No file from elsewhere: the fonts are those of the reader's machine.
html_theme = "furo"
html_title = f"contrast2map {release}"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False
html_static_path = ["static"]
html_css_files = ["site.css"]
html_extra_path = ["redirect"]  # from the site's root to its first page


def add_contents(app, docname, source):
    """Make the lists of links on the first page the site's table of contents."""
    if docname != root_doc:
        return
    for title, links in [*SECTION.findall(source[0]), LIBRARY]:
        pages = "\n".join(f"{text} <{page}>" for text, page in LINK.findall(links))
        source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {title}\n\n{pages}\n```\n"


def unlink_folders(app, doctree):
    """Show links to folders of the project, which work on GitHub, as plain text."""
    folder = (ROOT / app.env.docname).parent
    for node in list(doctree.findall(addnodes.pending_xref)):
        if node["reftype"] == "myst" and (folder / node["reftarget"]).is_dir():
            node.replace_self(node[0])


def setup(app):
    """Write the pages of the library, and register the functions above."""
    api.write(ROOT, lambda docstring: str(GoogleDocstring(docstring)))
    app.connect("source-read", add_contents)
    app.connect("doctree-read", unlink_folders)
