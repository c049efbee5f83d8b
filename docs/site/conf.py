"""Settings of the documentation's site: `make site`.

The pages are the Markdown files of the project where they are, so that their links work on GitHub,
too. The source folder is therefore the root of the project.
"""

import re
from pathlib import Path

from sphinx import addnodes

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "workflow_scripts" / "contrast2map"
API = "docs/site/api"
SECTION = re.compile(r"^## (.+)\n\n((?:- \[.+\n|  .+\n)+)", re.MULTILINE)
LINK = re.compile(r"^- \[(.+?)\]\((.+?)\.md\)", re.MULTILINE)

project = "contrast2map"
release = re.search(r'__version__ = "(.+)"', (LIBRARY / "__init__.py").read_text())[1]

extensions = ["myst_parser", "autoapi.extension", "sphinx.ext.napoleon", "sphinx_copybutton"]
include_patterns = [
    "docs/*.md",
    "config/README.md",
    "benchmarks/README.md",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    f"{API}/**",
]
root_doc = "docs/index"
highlight_language = "text"  # of code without a language
smartquotes = False  # quotation marks of messages and commands stay as they are

# Links to headings as on GitHub. With -W, a link to nothing stops the build.
myst_heading_anchors = 4
suppress_warnings = ["autoapi.python_import_resolution"]  # of constants without documentation

# The library's packages, read without importing them.
autoapi_dirs = [str(LIBRARY)]
autoapi_root = API
autoapi_options = ["members", "undoc-members", "show-module-summary"]
autoapi_add_toctree_entry = False
autoapi_member_order = "bysource"

default_role = "code"  # `name` in docstrings

# No file from elsewhere: the fonts are those of the reader's machine.
html_theme = "furo"
html_title = f"contrast2map {release}"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False
html_extra_path = ["redirect"]  # from the site's root to its first page


def add_contents(app, docname, source):
    """Make the lists of links on the first page the site's table of contents."""
    if docname != root_doc:
        return
    library = ("Library", "- [Modules](site/api/contrast2map/index.md)")
    for title, links in [*SECTION.findall(source[0]), library]:
        pages = "\n".join(f"{text} <{page}>" for text, page in LINK.findall(links))
        source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {title}\n\n{pages}\n```\n"


def unlink_folders(app, doctree):
    """Show links to folders of the project, which work on GitHub, as plain text."""
    folder = (ROOT / app.env.docname).parent
    for node in list(doctree.findall(addnodes.pending_xref)):
        if node["reftype"] == "myst" and (folder / node["reftarget"]).is_dir():
            node.replace_self(node[0])


def escape_docstring(app, what, name, obj, options, lines):
    """Keep bars and stars of formulas; docstrings are plain text in Google's style."""
    lines[:] = [re.sub(r"([|*])", r"\\\1", line) for line in lines]


def skip_undocumented(app, what, name, member, skip, options):
    """Show what has a docstring, and all packages, whose `__init__.py` files are empty."""
    return skip or (what != "package" and not member.docstring)


def setup(app):
    """Register the functions above."""
    app.connect("source-read", add_contents)
    app.connect("doctree-read", unlink_folders)
    app.connect("autoapi-skip-member", skip_undocumented)
    app.connect("autodoc-process-docstring", escape_docstring, priority=100)  # before napoleon
