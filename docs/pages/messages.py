"""Messages of the library with their remedy, collected from its source for docs/troubleshooting.md.

Two kinds of messages reach a user: findings about a subject's data (calls of `FINDINGS`), which
have a problem and a remedy, and errors that end a run, which the project writes as "problem;
remedy". An error without a remedy is a fault of the program.
"""

import ast
from dataclasses import dataclass
from itertools import product
from pathlib import Path

FAILS, WARNS, STOPS, DEPENDS = "fails", "warns", "stops", "depends"
# Calls that make a finding: position of the problem among the arguments, and effect.
FINDINGS = {
    "fail": (1, FAILS),
    "warn": (1, WARNS),
    "finding": (2, DEPENDS),
    "Note": (1, WARNS),
    "Words": (0, DEPENDS),
    "Resolved": (1, FAILS),
    "_refusal": (1, FAILS),
}
DESCRIBES = ("_describe",)  # functions that return the text of an error
ANY = "…"  # stands for what differs from case to case
SEPARATOR = "; "


@dataclass(frozen=True)
class Message:
    """A message: problem, remedy, effect on the run, and the module that writes it."""

    problem: str
    remedy: str
    effect: str
    module: str


def of_package(folder):
    """Messages of all modules below a folder, in the order of the source.

    Args:
        folder: Folder of a package.

    Returns:
        List of `Message`, without repetitions.
    """
    found = []
    for path in sorted(Path(folder).rglob("*.py")):
        module = path.relative_to(folder).as_posix()
        found += of_source(path.read_text(), module)
    unique = {(each.problem, each.remedy): each for each in reversed(found)}
    return list(reversed(unique.values()))


def of_source(text, module):
    """Messages of a module.

    Args:
        text: Its source.
        module: Its path, for `Message.module`.
    """
    tree = ast.parse(text)
    constants = _assignments(tree.body)
    found = []
    for scope in [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))]:
        names = Names(scope, constants)
        for node in _own_nodes(scope):
            if isinstance(node, ast.Call):
                found += _of_finding(node, names, module)
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                found += _of_error(node.exc, names, module)
            if isinstance(node, ast.Return) and getattr(scope, "name", "") in DESCRIBES:
                found += _of_text(node.value, names, module)
    return found


class Names:
    """Texts that the names in a function stand for.

    Args:
        scope: Module or function.
        constants: Dict mapping the names of the module's constants to lists of (line, value).
    """

    def __init__(self, scope, constants):
        self.own = _assignments(_own_nodes(scope))
        self.constants = constants

    def texts(self, node):
        """All texts that an expression may have, with `ANY` for its variable parts."""
        if isinstance(node, ast.Constant):
            return [str(node.value)]
        if isinstance(node, ast.JoinedStr):
            return ["".join(self._part(each) for each in node.values)]
        if isinstance(node, ast.IfExp):
            return self.texts(node.body) + self.texts(node.orelse)
        if isinstance(node, ast.Name):
            return self._of_name(node)
        return [ANY]

    def _part(self, node):
        """Text of a part of an f-string."""
        if isinstance(node, ast.Constant):
            return str(node.value)
        if not isinstance(node.value, ast.Name):
            return ANY
        # A constant, or a text with a name, is shown; a value that differs between cases is not.
        texts = self.texts(node.value)
        values = [value for _, value, _ in self.own.get(node.value.id, [])]
        is_text = len(values) == 1 and isinstance(values[0], ast.JoinedStr)
        is_constant = not values and node.value.id in self.constants
        return texts[0] if (is_text or is_constant) and len(texts) == 1 else ANY

    def _of_name(self, node):
        """Texts of the assignments that reach a use: the last one, and those in branches after."""
        assigned = [each for each in self.own.get(node.id, []) if each[0] < node.lineno]
        assigned = assigned or self.constants.get(node.id, [])
        if not assigned:
            return [ANY]
        reaching = [assigned[-1]]
        for each in reversed(assigned[:-1]):
            if reaching[-1][2] <= each[2]:  # not in a branch, so none before it is left
                break
            reaching.append(each)
        return [text for _, value, _ in reversed(reaching) for text in self.texts(value)]


def _of_finding(call, names, module):
    if _called(call) not in FINDINGS:
        return []
    first, effect = FINDINGS[_called(call)]
    given = {each.arg: each.value for each in call.keywords}
    parts = call.args[first : first + 2]
    parts += [given[key] for key in ("problem", "remedy")[len(parts) :] if key in given]
    if len(parts) < 2:
        return []
    pairs = product(names.texts(parts[0]), names.texts(parts[1]))
    return [
        Message(_clean(problem), _clean(remedy), effect, module)
        for problem, remedy in pairs
        if says_something(problem) and says_something(remedy)
    ]


def _of_error(call, names, module):
    return _of_text(call.args[0], names, module) if call.args else []


def _of_text(node, names, module):
    found = []
    for text in names.texts(node):
        problem, separator, remedy = _clean(text).rpartition(SEPARATOR)
        if separator and says_something(problem):
            found.append(Message(problem, remedy, STOPS, module))
    return found


def says_something(text):
    """Whether a text has words apart from its variable parts."""
    return bool(text.strip(f"{ANY} :;,.()'"))


def _called(call):
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _clean(text):
    """A text in one line, without repeated place holders."""
    text = " ".join(text.split())
    while f"{ANY} {ANY}" in text or ANY * 2 in text:
        text = text.replace(f"{ANY} {ANY}", ANY).replace(ANY * 2, ANY)
    return text


def _own_nodes(scope):
    """Nodes of a module or function in the order of the source, without those of its functions."""
    nodes, waiting = [], list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.FunctionDef):
            continue
        nodes.append(node)
        waiting = list(ast.iter_child_nodes(node)) + waiting
    return nodes


def _assignments(nodes):
    """Dict mapping each name to its assignments: (line, value, indentation)."""
    found = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned = (node.lineno, node.value, node.col_offset)
            found.setdefault(node.targets[0].id, []).append(assigned)
    return found
