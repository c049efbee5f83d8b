"""Collect the jobs of a run that failed after all retries, and the errors in their logs."""

import logging
import re
from dataclasses import dataclass
from pathlib import Path

TAIL_BYTES = 20_000
SUBJECT = re.compile(r"\bsub-[A-Za-z0-9]+")
FOLD = re.compile(r"\bfold_\d+")
# Uninformative lines: Snakemake's separators, TensorFlow's start-up messages, traceback lines.
NOISE = re.compile(
    r"^\s*$|^[=~^\s]+$|^WARNING: All log messages before absl|cuda|oneDNN|cpu_feature_guard"
    r"|^To enable the following instructions|^\s*File \"|^Traceback"
)
MODULE_OF_ERROR = re.compile(r"^(?:[a-z_]\w*\.)+(?=[A-Z]\w*: )")
NO_LOG = "no log output: the job was stopped or never started"
# Remedy by pattern of the error message; the first match counts.
REMEDIES = (
    (
        r"MemoryError|OUT_OF_ME|oom[-_ ]kill|Cannot allocate memory|exit status 137|std::bad_alloc"
        r"|signal 9|\bKilled\b",
        "increase its memory: --set-resources {rule}:mem_mb=...",
    ),
    (
        r"TIMEOUT|TIME LIMIT|time limit",
        "increase its time limit: --set-resources {rule}:runtime=... (minutes)",
    ),
    (r"No space left|Disk quota", "free disk space and run the same command again"),
    (r"FSLError|EngineMissing", "mend its installation and run the same command again"),
    (r"NODE_FAIL|node failure", "a cluster node failed; run the same command again"),
    (r"CANCELLED|SIGTERM|SIGINT", "it was stopped; run the same command again to continue"),
    (NO_LOG, "run the same command again to continue"),
    (r"ModuleNotFoundError|ImportError", "a package is missing; reinstall the environment"),
    (r"PermissionError|Permission denied", "get read and write permission for that path"),
)
OTHERWISE = "see its log; fix the cause and run the same command again to continue"


@dataclass
class Failure:
    """A job that failed.

    Attributes:
        rule: Name of the rule.
        what: Subject or fold of the job, such as "sub-01" or "fold_0"; otherwise "study".
        logs: Paths of the job's logs.
        outputs: Paths of the job's outputs.
        message: Message of the scheduler, or None.
    """

    rule: str
    what: str
    logs: list
    outputs: list
    message: str | None

    def last_line(self):
        """The last informative line of the logs, or else the scheduler's message."""
        for path in self.logs:
            if line := last_line(path):
                return line
        return " ".join(self.message.split()) if self.message else NO_LOG

    def remedy(self):
        """What the user can do."""
        text = f"{self.last_line()} {self.message or ''}"
        for pattern, remedy in REMEDIES:
            if re.search(pattern, text):
                return remedy.format(rule=self.rule)
        return OTHERWISE


class Watch(logging.Handler):
    """Log handler that records failed jobs, except those that succeed at a retry."""

    def __init__(self):
        super().__init__()
        self._by_job = {}

    def emit(self, record):
        """Record the failure of a job, or forget it if the job succeeded at a retry."""
        event = getattr(getattr(record, "event", None), "name", None)
        if event == "JOB_FINISHED":
            self._by_job.pop(record.job_id, None)
        elif event == "JOB_ERROR":
            logs, outputs = list(record.log or []), list(record.output or [])
            what = next(
                (
                    found[0]
                    for pattern in (SUBJECT, FOLD)
                    for path in [*outputs, *logs]
                    if (found := pattern.search(str(path)))
                ),
                "study",
            )
            failure = Failure(record.rule_name, what, logs, outputs, record.rule_msg)
            self._by_job.setdefault(record.jobid, failure)

    def failures(self):
        """Failures in order of occurrence; of a failed group, only jobs that did not finish."""
        return [
            each
            for each in self._by_job.values()
            if not (each.outputs and all(Path(path).exists() for path in each.outputs))
            and (any(Path(path).exists() for path in each.logs) or not self._has_begun(each.what))
        ]

    def _has_begun(self, what):
        """Whether a failed job of the same subject or fold has a log."""
        same = (each for each in self._by_job.values() if each.what == what)
        return any(Path(path).exists() for each in same for path in each.logs)


def last_line(path):
    """The last informative line of a log, or "" if the log is missing or has no such line."""
    try:
        with open(path, "rb") as log:
            log.seek(0, 2)
            log.seek(max(0, log.tell() - TAIL_BYTES))
            text = log.read().decode(errors="replace")
    except OSError:
        return ""
    lines = [line.strip() for line in text.splitlines() if not NOISE.search(line)]
    return MODULE_OF_ERROR.sub("", lines[-1]) if lines else ""
