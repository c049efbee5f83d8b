"""After a run that was killed, the next run starts without `snakemake --unlock`."""

from contrast2map.jobs import locks
from contrast2map.workflow import stale_lock


def test_the_lock_of_a_killed_run_is_removed(tmp_path):
    (tmp_path / ".snakemake" / "locks").mkdir(parents=True)
    stale_lock.clear(tmp_path).close()
    assert not (tmp_path / ".snakemake" / "locks").exists()


def test_the_lock_of_a_run_that_is_alive_stays(tmp_path):
    (tmp_path / ".snakemake" / "locks").mkdir(parents=True)
    with locks.hold(tmp_path / ".snakemake" / "contrast2map.lock"):
        assert stale_lock.clear(tmp_path) is None
    assert (tmp_path / ".snakemake" / "locks").exists()


def test_without_support_for_locks_snakemakes_lock_stays(no_locks, tmp_path):
    (tmp_path / ".snakemake" / "locks").mkdir(parents=True)
    assert stale_lock.clear(tmp_path) is None
    assert (tmp_path / ".snakemake" / "locks").exists()
