"""Contrasts are named in their usual spelling."""

import pytest

from contrast2map.study.contrast_names import usual_name


@pytest.mark.parametrize(
    ("configured", "shown"),
    [
        ("t1w", "T1w"),
        ("T2W", "T2w"),
        ("pdw", "PDw"),
        ("flair", "FLAIR"),
        ("mprage", "MPRAGE"),
        ("gre", "GRE"),
        ("flair_2", "FLAIR_2"),
        ("mystery", "mystery"),
    ],
)
def test_known_words_have_their_usual_spelling_and_others_stay(configured, shown):
    assert usual_name(configured) == shown
