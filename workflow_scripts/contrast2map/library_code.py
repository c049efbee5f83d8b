"""What of the library a script uses, and a fingerprint of it that comments do not change."""

import ast
import hashlib
from functools import cache
from pathlib import Path

N_DIGITS = 16  # hexadecimal, of a fingerprint
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def fingerprint(library, modules):
    """A word that changes when what modules do may change.

    It is of the syntax trees without docstrings, so comments, docstrings and layout leave it as it
    is. Another minor version of Python may change it.

    Args:
        library: Folder of the package.
        modules: Names of the modules; those that they import count too.

    Returns:
        Hexadecimal digits.

    Raises:
        SyntaxError: A module is no Python.
        FileNotFoundError: A module is missing.
    """
    parts = [f"{name} {_parsed(library, name)[1]}" for name in imported_modules(library, modules)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:N_DIGITS]


def imported_modules(library, modules):
    """Names of library modules that modules import, transitively, themselves included.

    Args:
        library: Folder of the package.
        modules: Names of modules in it.

    Returns:
        Sorted list of module names.
    """
    found, waiting = set(), list(modules)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _parsed(library, name)[0]
    return sorted(found)


def direct_imports(source, package="contrast2map"):
    """Names of a package's modules that a Python source imports directly."""
    return _imports_in(ast.parse(source), package)


def _imports_in(tree, package="contrast2map"):
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == package:
            # The package's own names, as __version__, are no modules.
            names |= {alias.name for alias in node.names if not alias.name.startswith("__")}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{package}."):
            names.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            names |= {
                alias.name.split(".")[1]
                for alias in node.names
                if alias.name.startswith(f"{package}.")
            }
    return sorted(names)


@cache
def _parsed(library, name):
    """Modules that a module imports, and a digest of its syntax tree without docstrings."""
    tree = ast.parse((Path(library) / f"{name}.py").read_text())
    imports = _imports_in(tree)
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return imports, hashlib.sha256(ast.dump(tree).encode()).hexdigest()
