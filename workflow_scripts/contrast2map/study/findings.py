"""Problems found in a subject's data, and the resulting verdict."""

import os
import re
from collections import defaultdict

LEVELS = ("pass", "warn", "fail")
# A number, which may differ between files or subjects with the same problem; not that of T1 or T2.
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e[+-]?\d+)?")


def finding(level, file, problem, remedy):
    """Describe one problem.

    Args:
        level: `warn`: the subject can be used; `fail`: it cannot.
        file: Affected file, or "".
        problem: The problem in one line.
        remedy: What the user can do, in one line.

    Returns:
        Dict with the four arguments as text.
    """
    if level not in LEVELS[1:]:
        raise ValueError(f"a finding's level is warn or fail, not {level!r}")
    texts = {"file": str(file), "problem": " ".join(problem.split()), "remedy": remedy}
    return {"level": level} | {name: printable(text) for name, text in texts.items()}


def warn(file, problem, remedy):
    """A finding that does not exclude the subject."""
    return finding("warn", file, problem, remedy)


def fail(file, problem, remedy):
    """A finding that excludes the subject."""
    return finding("fail", file, problem, remedy)


def verdict(findings):
    """The worst level among findings; `pass` if there are no findings."""
    return worst(each["level"] for each in findings)


def worst(levels):
    """The worst of the given levels; `pass` if none are given."""
    return max(levels, key=LEVELS.index, default="pass")


def gathered(findings):
    """Findings that say the same of several files as one that names them all, in their order.

    If only numbers differ between the files, those of the first are given.
    """
    seen, alike = defaultdict(list), defaultdict(list)
    for each in findings:
        words = NUMBER.sub("#", each["problem"]) if each["file"] else each["problem"]
        kind = (each["level"], words, each["remedy"])
        of_file = seen[each["file"], kind]
        if each["problem"] not in of_file:
            of_file.append(each["problem"])
            alike[kind, len(of_file)].append(each)  # two of one file stay two
    return [_gathered(same) for same in alike.values()]


def _gathered(same):
    first, names = same[0], [os.path.basename(each["file"]) for each in same]
    if len(same) == 1:
        return first
    differ = len({each["problem"] for each in same}) > 1
    numbers_of = f" (numbers of {names[0]})" if differ else ""
    return first | {"file": ", ".join(names), "problem": first["problem"] + numbers_of}


def printable(text):
    """Text with a question mark for each unprintable character, as in names that are not UTF-8."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
