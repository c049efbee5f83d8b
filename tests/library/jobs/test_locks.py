"""One process at a time holds a lock; the kernel releases the lock of a killed process."""

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


def test_a_lock_is_free_again_when_its_holder_is_killed(holder, tmp_path):
    assert locks.hold(tmp_path / "lock") is None
    holder.kill()
    holder.wait()
    locks.hold(tmp_path / "lock").close()


def test_a_lock_is_held_as_long_as_its_file_is_open(tmp_path):
    with locks.hold(tmp_path / "lock"):
        assert locks.hold(tmp_path / "lock") is None
    locks.hold(tmp_path / "lock").close()


def test_a_waiting_process_names_the_holder_once_and_gets_the_lock_when_it_is_free(
    holder, tmp_path, monkeypatch
):
    monkeypatch.setattr(locks, "SECONDS_BETWEEN_TRIES", 0.01)
    lines, got = [], []
    reported = threading.Event()

    def report(line):
        lines.append(line)
        reported.set()

    waiting = threading.Thread(
        target=lambda: got.append(locks.wait_for(tmp_path / "lock", "someone trains", report))
    )
    waiting.start()
    assert reported.wait(60)
    waiting.join(0.1)  # ten tries
    assert not got
    holder.kill()
    waiting.join(60)
    got[0].close()
    assert len(lines) == 1
    assert "someone trains" in lines[0] and f"process {holder.pid} on " in lines[0]


def test_without_support_for_locks_no_process_waits(no_locks, tmp_path):
    assert locks.wait_for(tmp_path / "lock", "someone trains", pytest.fail) is None
    with pytest.raises(OSError, match="No locks available"):
        locks.hold(tmp_path / "lock")


def test_a_lock_that_cannot_be_written_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        locks.wait_for(tmp_path / "nowhere" / "lock", "someone trains", pytest.fail)
