"""Worker processes that feed batches."""

import multiprocessing
import os
import signal
import time

import numpy as np
import pytest

from contrast2map.teacher.feed import Feed
from contrast2map.teacher.settings import TeacherSettings

SMALL = {"batch_size": 2, "patch_size": (96, 80)}


@pytest.fixture
def feed_of(labels_folder, cache_folder):
    def make(n_workers, first_step=0, **changes):
        settings = TeacherSettings(**SMALL | changes)
        return Feed(settings, labels_folder, 1, cache_folder, n_workers, first_step)

    return make


def test_batches_come_in_order_whatever_the_number_of_workers(feed_of, teacher_of):
    teacher = teacher_of(**SMALL)
    for n_workers in (1, 2):
        with feed_of(n_workers, first_step=3) as feed:
            for expected_step in (3, 4, 5):
                step, batch = next(feed)
                assert step == expected_step
                np.testing.assert_array_equal(batch.images, teacher.batch(step).images)


def test_no_worker_survives(feed_of):
    with feed_of(2) as feed:
        next(feed)
        assert multiprocessing.active_children()
    assert not multiprocessing.active_children()
    with pytest.raises(StopIteration):
        next(feed)


def test_an_error_of_a_worker_is_raised_here(feed_of):
    with feed_of(1, stripping=(0.5, 0.2, 0.2)) as feed, pytest.raises(RuntimeError, match="sum"):
        next(feed)
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("after_s", [0, 1])
def test_the_death_of_a_worker_is_noticed(feed_of, after_s):
    with feed_of(1) as feed:
        next(feed)
        time.sleep(after_s)  # by then it waits in the middle of a batch, which exceeds the pipe
        os.kill(multiprocessing.active_children()[0].pid, signal.SIGKILL)
        with pytest.raises(RuntimeError, match="died"):
            for _ in range(3):
                next(feed)


def test_there_must_be_a_worker(feed_of):
    with pytest.raises(ValueError, match="n_workers"):
        feed_of(0)
