"""The usual spelling of a contrast's name, for figures and texts."""

import re

USUAL = "T1 T2 PD T1w T2w PDw FLAIR MPRAGE MP2RAGE GRE TSE FSE SWI".split()
BY_LOWER_CASE = {word.lower(): word for word in USUAL}


def usual_name(contrast):
    """A contrast's name as configured, but known words in their usual spelling, such as T1w."""
    return re.sub(
        "[A-Za-z0-9]+", lambda word: BY_LOWER_CASE.get(word[0].lower(), word[0]), contrast
    )
