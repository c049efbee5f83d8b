"""Pages of the library's packages for the site, from signatures and docstrings, without imports."""

import ast
import re
from pathlib import Path

TITLE = "{name}\n{line}\n\n"


def write_pages(library, folder, summaries, to_rst):
    """Write one page per package, and their index; files that would not change stay.

    Args:
        library: Folder of the package that contains the packages.
        folder: Folder of the pages.
        summaries: Dict mapping package to a phrase for the index.
        to_rst: Function that converts a docstring to reStructuredText.
    """
    folder.mkdir(parents=True, exist_ok=True)
    packages = sorted(path.parent for path in library.glob("*/__init__.py"))
    for package in packages:
        _write(
            folder / f"{package.name}.rst", page(package, f"{library.name}.{package.name}", to_rst)
        )
    listed = "\n".join(f"   {package.name}" for package in packages)
    rows = "\n".join(f"- :doc:`{each.name}`: {summaries.get(each.name, '')}" for each in packages)
    index = (
        f"{_title('Modules of the library', '=')}{rows}\n\n.. toctree::\n   :hidden:\n\n{listed}\n"
    )
    _write(folder / "index.rst", index)


def page(package, name, to_rst):
    """Page of a package: its modules with their documented public functions and classes."""
    parts = [_title(name, "=")]
    for path in sorted(package.glob("*.py")):
        tree = ast.parse(path.read_text())
        if path.name == "__init__.py" or not ast.get_docstring(tree):
            continue
        module = f"{name}.{path.stem}"
        parts.append(_title(path.stem, "-"))
        parts.append(f".. py:module:: {module}\n\n{_text(tree, to_rst)}\n")
        parts += [_described(node, "", to_rst) for node in tree.body]
    return "\n".join(parts)


def _described(node, indent, to_rst):
    """Directive of a public function or class with a docstring, and of its methods."""
    is_class = isinstance(node, ast.ClassDef)
    is_shown = is_class or isinstance(node, ast.FunctionDef)
    if not is_shown or node.name.startswith("_") or not ast.get_docstring(node):
        return ""
    kind = "class" if is_class else "method" if indent else "function"
    decorators = {ast.unparse(each) for each in node.decorator_list}
    if decorators & {"property", "cached_property"}:
        signature, kind = node.name, "property"
    else:
        signature = f"{node.name}({_arguments(node)})"
    text = "\n".join(f"{indent}   {line}".rstrip() for line in _text(node, to_rst).split("\n"))
    below = [_described(each, f"{indent}   ", to_rst) for each in node.body] if is_class else []
    return f"{indent}.. py:{kind}:: {signature}\n\n{text}\n\n" + "".join(below)


def _arguments(node):
    """Arguments as written; of a class, those of `__init__` or the fields of a dataclass."""
    if isinstance(node, ast.FunctionDef):
        arguments = ast.unparse(node.args)
        return re.sub(r"^(self|cls)(, )?", "", arguments)
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and each.name == "__init__":
            return _arguments(each)
    if not any("dataclass" in ast.unparse(each) for each in node.decorator_list):
        return ""
    fields = [each for each in node.body if isinstance(each, ast.AnnAssign)]
    return ", ".join(
        each.target.id + (f"={ast.unparse(each.value)}" if each.value else "") for each in fields
    )


def _text(node, to_rst):
    """A docstring as reStructuredText, with bars and stars as they are."""
    text = re.sub(r"([|*])", r"\\\1", ast.get_docstring(node))
    # Prose, in which Google's style would take the words before a colon for a type.
    text = re.sub(r"^(Returns|Yields):\n {4}", _as_field, text, flags=re.MULTILINE)
    return to_rst(text).strip()


def _as_field(match):
    return f":{match[1].lower()}: "


def _title(name, line):
    return TITLE.format(name=name, line=line * len(name))


def _write(path, text):
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def summaries_of(design):
    """Phrase for each package from the table of docs/design.md.

    Args:
        design: Text of that page.
    """
    return dict(re.findall(r"^\| \d? ?\| `(\w+)/` \| (.+) \|$", design, re.MULTILINE))


def write(root, to_rst):
    """Write the pages of the project with this root; `to_rst` as in `write_pages`."""
    write_pages(
        root / "workflow_scripts" / "contrast2map",
        Path(__file__).parent / "api",
        summaries_of((root / "docs" / "design.md").read_text()),
        to_rst,
    )
