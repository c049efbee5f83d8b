"""That one process at a time holds a lock, and that the kernel frees what a killed one held."""

import errno
import fcntl
import subprocess
import sys
import threading

import pytest

from contrast2map.jobs import locks

HOLDER = """
import sys, time
from contrast2map.jobs import locks
held = locks.hold(sys.argv[1])
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture
def holder(tmp_path):
    """A process that holds the lock `tmp_path / "lock"` until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, tmp_path / "lock"],
        env={"PYTHONPATH": ":".join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def no_locks(monkeypatch):
    """A file system without locks."""

    def flock(file, operation):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)


def test_a_lock_is_free_again_when_its_holder_is_killed(holder, tmp_path):
    assert locks.hold(tmp_path / "lock") is None
    holder.kill()
    holder.wait()
    locks.hold(tmp_path / "lock").close()


def test_a_lock_is_held_as_long_as_its_file_is_open(tmp_path):
    with locks.hold(tmp_path / "lock"):
        assert locks.hold(tmp_path / "lock") is None
    locks.hold(tmp_path / "lock").close()


def test_who_waits_says_once_for_whom_and_gets_the_lock_when_it_is_free(
    holder, tmp_path, monkeypatch
):
    monkeypatch.setattr(locks, "SECONDS_BETWEEN_LOOKS", 0.01)
    lines, got = [], []
    said = threading.Event()

    def report(line):
        lines.append(line)
        said.set()

    waiting = threading.Thread(
        target=lambda: got.append(locks.wait_for(tmp_path / "lock", "someone trains", report))
    )
    waiting.start()
    assert said.wait(60)
    waiting.join(0.1)  # ten looks
    assert not got
    holder.kill()
    waiting.join(60)
    got[0].close()
    assert len(lines) == 1
    assert lines[0].startswith(f"someone trains (process {holder.pid} on ")


def test_where_there_are_no_locks_nobody_waits(no_locks, tmp_path):
    assert locks.wait_for(tmp_path / "lock", "someone trains", pytest.fail) is None
    with pytest.raises(OSError, match="No locks available"):
        locks.hold(tmp_path / "lock")


def test_a_lock_that_cannot_be_written_is_no_file_system_without_locks(tmp_path):
    with pytest.raises(FileNotFoundError):
        locks.wait_for(tmp_path / "nowhere" / "lock", "someone trains", pytest.fail)


def test_a_killed_run_leaves_no_lock_of_snakemake(tmp_path):
    (tmp_path / ".snakemake" / "locks").mkdir(parents=True)
    locks.clear_stale_lock(tmp_path).close()
    assert not (tmp_path / ".snakemake" / "locks").exists()


def test_the_lock_of_a_run_that_lives_stays(tmp_path):
    (tmp_path / ".snakemake" / "locks").mkdir(parents=True)
    with locks.hold(tmp_path / ".snakemake" / "contrast2map.lock"):
        assert locks.clear_stale_lock(tmp_path) is None
    assert (tmp_path / ".snakemake" / "locks").exists()


def test_without_locks_snakemakes_own_stays(no_locks, tmp_path):
    (tmp_path / ".snakemake" / "locks").mkdir(parents=True)
    assert locks.clear_stale_lock(tmp_path) is None
    assert (tmp_path / ".snakemake" / "locks").exists()
