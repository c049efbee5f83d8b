"""Each purpose has a separate random stream."""

import numpy as np

from contrast2map.study.seeds import generator


def draw(*arguments):
    return generator(*arguments).standard_normal(1000)


def test_the_same_seed_and_name_give_the_same_numbers():
    assert np.array_equal(draw(1, "anatomy", "01"), draw(1, "anatomy", "01"))


def test_each_part_of_the_name_and_the_seed_changes_the_numbers():
    streams = [
        draw(1, "anatomy", "01"),
        draw(2, "anatomy", "01"),
        draw(1, "sample", "01"),
        draw(1, "anatomy", "02"),
        draw(1, "01", "anatomy"),
        draw(1, "anatomy01"),
        draw(1, "anatomy", "01", "gre"),
    ]
    assert len({stream.tobytes() for stream in streams}) == len(streams)
    correlation = np.corrcoef(streams) - np.eye(len(streams))
    assert np.abs(correlation).max() < 0.15


def test_streams_are_the_same_in_every_process():
    # Python's own hash of a string changes from process to process; this one must not.
    assert generator(1, "anatomy", "01").integers(0, 2**32) == 3873819580
