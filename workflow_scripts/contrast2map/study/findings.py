"""What is found to be wrong with a subject's data, and the verdict that follows."""

LEVELS = ("pass", "warn", "fail")


def finding(level, file, problem, remedy):
    """One thing that is wrong.

    Args:
        level: `warn`: the subject can be used; `fail`: it can not.
        file: File that it is about, or "".
        problem: What is wrong, one line.
        remedy: What to do about it, one line.

    Returns:
        Dict of the four as text.
    """
    if level not in LEVELS[1:]:
        raise ValueError(f"a finding's level is warn or fail, not {level!r}")
    texts = {"file": str(file), "problem": " ".join(problem.split()), "remedy": remedy}
    return {"level": level} | {name: _printable(text) for name, text in texts.items()}


def warn(file, problem, remedy):
    """A finding with which the subject can be used."""
    return finding("warn", file, problem, remedy)


def fail(file, problem, remedy):
    """A finding with which the subject can not be used."""
    return finding("fail", file, problem, remedy)


def verdict(findings):
    """The worst level among findings; `pass` if there are none."""
    return worst(each["level"] for each in findings)


def worst(levels):
    """The worst of some levels; `pass` where there are none."""
    return max(levels, key=LEVELS.index, default="pass")


def _printable(text):
    """Text that any table and page can hold, whatever a file or its name contained."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
