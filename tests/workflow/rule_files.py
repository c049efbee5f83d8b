"""The rules of the project as texts, and what their scripts import."""

import ast
import re
import sys

from contrast2map.workflow import code_fingerprints

RULE = re.compile(r"^(?:rule|checkpoint) (\w+):\n((?:(?:    .*)?\n)+)", re.MULTILINE)


def rules(root):
    """Name and text of each rule that runs a script."""
    found = {}
    for path in sorted((root / "rules").glob("*.smk")):
        found |= dict(RULE.findall(path.read_text()))
    assert len(found) > 15
    return found


def environments_of(rule):
    """Names of the environments in which a rule may run, from its text; with CUDA is the last."""
    name = re.search(r'"\.\./envs/([\w{}]+)\.yaml"', rule)[1]
    return {"{LEARNING}": ["learning", "cuda"], "{CALIBRATION}": ["maps", "cuda"]}.get(name, [name])


def library_sources(root, script):
    """Paths of the library modules that a script imports, directly or through others."""
    library = root / "workflow_scripts" / "contrast2map"
    names = code_fingerprints.modules_of_script(library, root / "workflow_scripts" / script)
    return [code_fingerprints.path_of_module(library, name) for name in names]


# The one script that is no step of the study but a test of its results.
TESTING_RULE = "test_artefacts"


def study_rules(root):
    """Name and text of each rule whose script is a step of the study."""
    return {name: text for name, text in rules(root).items() if name != TESTING_RULE}


def top_level_imports(path):
    """Packages outside the standard library that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module.split(".")[0])
    return names - sys.stdlib_module_names
