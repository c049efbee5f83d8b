"""Jobs that failed after all retries, and the errors in their logs."""

import logging
from enum import Enum

import pytest

from contrast2map.workflow import failures

Event = Enum("Event", "JOB_ERROR JOB_FINISHED JOB_INFO")


@pytest.fixture
def watch():
    """A watch, and functions that report the end of a job to it as Snakemake's log does."""
    found = failures.Watch()

    def tell(event, **fields):
        record = logging.LogRecord("snakemake", logging.ERROR, "", 0, "words", (), None)
        vars(record).update(fields, event=event)
        found.handle(record)

    def failed(jobid, rule, log="", output="", words=None):
        tell(
            Event.JOB_ERROR,
            jobid=jobid,
            rule_name=rule,
            log=[str(log)] if log else [],
            output=[str(output)],
            rule_msg=words,
        )

    return found, failed, lambda jobid: tell(Event.JOB_FINISHED, job_id=jobid)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_job_that_succeeds_at_a_retry_has_not_failed(watch, tmp_path):
    found, failed, finished = watch
    log = write(tmp_path / "a.log", "ValueError: bad\n")
    failed(1, "register_scans", log, "r/sub-01/a.nii.gz")
    failed(2, "register_scans", log, "r/sub-02/a.nii.gz")
    finished(1)
    assert [each.what for each in found.failures()] == ["sub-02"]


def test_failures_are_in_order_of_first_occurrence(watch, tmp_path):
    found, failed, _ = watch
    log = write(tmp_path / "a.log", "x\n")
    for jobid in (5, 3, 5):
        failed(jobid, f"rule_{jobid}", log, f"r/fold_{jobid}/x")
    assert [(each.rule, each.what) for each in found.failures()] == [
        ("rule_5", "fold_5"),
        ("rule_3", "fold_3"),
    ]


def test_other_log_records_are_ignored(watch):
    found, *_ = watch
    found.handle(logging.LogRecord("snakemake", logging.INFO, "", 0, "words", (), None))
    assert found.failures() == []


def test_in_a_group_only_the_job_that_started_and_did_not_finish_has_failed(watch, tmp_path):
    found, failed, _ = watch
    done = write(tmp_path / "sub-01" / "done.nii.gz", "")
    failed(1, "register_scans", write(tmp_path / "1.log", "fine\n"), done)
    failed(2, "extract_brain", write(tmp_path / "2.log", "boom\n"), tmp_path / "sub-01/brain")
    failed(3, "draw_masks", tmp_path / "3.log", tmp_path / "sub-01/masks")
    assert [each.rule for each in found.failures()] == ["extract_brain"]


def test_a_job_without_a_log_is_reported_with_the_schedulers_message(watch, tmp_path):
    found, failed, _ = watch
    failed(1, "train_unet", tmp_path / "none.log", tmp_path / "m", "SLURM status is: 'TIMEOUT'.")
    (failure,) = found.failures()
    assert failure.last_line() == "SLURM status is: 'TIMEOUT'."
    assert "--set-resources train_unet:runtime" in failure.remedy()
    assert failure.what == "study"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nValueError: sub-01: bad\n\n=====\n", "ValueError: sub-01: bad"),
        ("fine\n2026 I0000 cudart_stub.cc:31] Could not find cuda drivers\n", "fine"),
        ("Traceback (most recent call last):\n  File \"x.py\", line 1\nKeyError: 'a'\n    ~~~^^^\n", "KeyError: 'a'"),  # noqa: E501
        ("", ""),
        ("\n \n", ""),
    ],
)  # fmt: skip
def test_the_last_informative_line_is_found(tmp_path, text, expected):
    assert failures.last_line(write(tmp_path / "log", text)) == expected
    assert failures.last_line(tmp_path / "missing") == ""


def test_only_the_end_of_a_long_log_is_read(tmp_path):
    log = write(tmp_path / "log", "ä" * 100_000 + "\nthe end\n")
    assert failures.last_line(log) == "the end"


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("numpy.core._exceptions._ArrayMemoryError: Unable", None, "mem_mb"),
        ("x", "SLURM status is: 'OUT_OF_MEMORY'", "mem_mb"),
        ("OSError: [Errno 28] No space left on device", None, "disk space"),
        ("x", "status is: 'NODE_FAIL'", "node failed"),
        ("ModuleNotFoundError: No module named 'ants'", None, "package is missing"),
        ("SIGTERM: epoch 3 is kept", None, "was stopped"),
        ("ValueError: sub-01: T1 is in ms", None, "see its log"),
    ],
)
def test_the_remedy_depends_on_the_error(tmp_path, text, words, expected):
    log = write(tmp_path / "log", text)
    assert expected in failures.Failure("r", "sub-01", [str(log)], [], words).remedy()
