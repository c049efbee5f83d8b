"""Fingerprints of scripts' library code and of files, used as parameters of rules."""

import ast
import hashlib
from functools import cache
from pathlib import Path

PACKAGE = "contrast2map"
N_DIGITS = 16  # hexadecimal digits of a code fingerprint
BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")  # fields that hold statements
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def fingerprint_of_script(library, script):
    """Hash that changes whenever the library code that a script imports may behave differently.

    The hash is computed from the syntax trees, without docstrings, of all modules that the script
    imports directly or indirectly. Comments, docstrings and layout do not affect it; a different
    minor version of Python may.

    Args:
        library: Folder of the package.
        script: Path of the script.

    Returns:
        Hexadecimal digits.

    Raises:
        SyntaxError: The script or a module is not valid Python.
        ValueError: One of them uses a relative import or imports a module that does not exist.
    """
    names = modules_of_script(library, script)
    parts = [f"{name} {_parsed(Path(library), name)[1]}" for name in names]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:N_DIGITS]


def fingerprint_of_files(paths):
    """Hash that changes with the text of any of the given files."""
    texts = [Path(path).read_text() for path in paths]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def modules_of_script(library, script):
    """Find the library modules that a script imports, directly or indirectly.

    Args:
        library: Folder of the package.
        script: Path of the script.

    Returns:
        Sorted list of dotted names within the package, e.g. "learning.unet".

    Raises:
        SyntaxError, ValueError: As `fingerprint_of_script`.
    """
    library = Path(library)
    tree = ast.parse(Path(script).read_text(), filename=str(script))
    found, waiting = set(), _imported_modules(library, tree, script)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _parsed(library, name)[0]
    return sorted(found)


def path_of_module(library, name):
    """Path of a module by its dotted name within the package."""
    return Path(library, *name.split(".")).with_suffix(".py")


@cache
def _parsed(library, name):
    """Modules that a module imports, and a digest of its syntax tree without docstrings."""
    path = path_of_module(library, name)
    tree = ast.parse(path.read_text(), filename=str(path))
    imports = _imported_modules(library, tree, path)
    for node in _statements(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return imports, hashlib.sha256(ast.dump(tree).encode()).hexdigest()


def _statements(node):
    """A module or statement and those within it; expressions, nine tenths of a tree, hold none."""
    yield node
    for block in BLOCKS:
        for statement in getattr(node, block, ()):
            yield from _statements(statement)


def _imported_modules(library, tree, path):
    """Dotted names of the package's modules that a syntax tree imports directly."""
    names = []
    for node in _statements(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            raise ValueError(f"{path}, line {node.lineno}: relative import; use an absolute one")
        if isinstance(node, ast.ImportFrom) and _is_own(node.module):
            # A name of the package itself, such as __version__, is not a module.
            names += [
                (node, _module_of(library, node.module, alias.name))
                for alias in node.names
                if not alias.name.startswith("__")
            ]
        elif isinstance(node, ast.Import):
            own = [alias.name for alias in node.names if _is_own(alias.name)]
            names += [(node, name.partition(".")[2]) for name in own]
    for node, name in names:
        if not path_of_module(library, name).is_file():
            raise ValueError(f"{path}, line {node.lineno}: {PACKAGE}.{name} is not a module")
    return [name for _, name in names]


def _is_own(module):
    return module == PACKAGE or module.startswith(f"{PACKAGE}.")


def _module_of(library, module, name):
    """Dotted name of the module that `from module import name` reads."""
    within = module.partition(".")[2]
    if within and path_of_module(library, within).is_file():
        return within
    return f"{within}.{name}" if within else name
