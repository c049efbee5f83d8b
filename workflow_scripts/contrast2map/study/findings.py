"""Problems found in a subject's data, and the resulting verdict."""

import os

LEVELS = ("pass", "warn", "fail")


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
    """Findings that say the same of several files as one that names them all, in their order."""
    files_of = {}
    for each in findings:
        files = files_of.setdefault((each["level"], each["problem"], each["remedy"]), [])
        if each["file"] not in files:
            files.append(each["file"])
    return [
        {
            "level": level,
            "file": files[0] if len(files) == 1 else ", ".join(map(os.path.basename, files)),
            "problem": problem,
            "remedy": remedy,
        }
        for (level, problem, remedy), files in files_of.items()
    ]


def printable(text):
    """Text with a question mark for each unprintable character, as in names that are not UTF-8."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
