"""Which jobs of a run failed in the end, and what their logs say."""

import logging
import re
from dataclasses import dataclass
from pathlib import Path

TAIL_BYTES = 20_000
SUBJECT = re.compile(r"\bsub-[A-Za-z0-9]+")
FOLD = re.compile(r"\bfold_\d+")
# Lines that say nothing: Snakemake's own frame, TensorFlow's greetings, Python's pointers.
NOISE = re.compile(
    r"^\s*$|^[=~^\s]+$|^WARNING: All log messages before absl|cuda|oneDNN|cpu_feature_guard"
    r"|^To enable the following instructions|^\s*File \"|^Traceback"
)
# What an error's words tell a user to do; the first that fits.
REMEDIES = (
    (
        r"MemoryError|OUT_OF_ME|oom[-_ ]kill|Cannot allocate memory|exit status 137|std::bad_alloc",
        "it needs more memory: --set-resources {rule}:mem_mb=...",
    ),
    (
        r"TIMEOUT|TIME LIMIT|time limit",
        "it needs more time: --set-resources {rule}:runtime=... (minutes)",
    ),
    (r"No space left|Disk quota", "make room on the disk"),
    (r"NODE_FAIL|node failure", "a machine of the cluster failed; run the same command again"),
    (r"CANCELLED|SIGTERM|SIGINT", "it was stopped; run the same command again to go on"),
    (r"ModuleNotFoundError|ImportError", "a package is missing: set the environment up again"),
    (r"PermissionError|Permission denied", "give yourself the right to read and write there"),
)
OTHERWISE = "see its log; after mending, run the same command again to go on"


@dataclass
class Failure:
    """A job that failed.

    Attributes:
        rule: Name of its rule.
        what: Its subject or fold, "sub-01" or "fold_0"; "study" where it has neither.
        logs: Paths of its logs.
        outputs: Paths of what it should have made.
        words: What the scheduler said of it, or None.
    """

    rule: str
    what: str
    logs: list
    outputs: list
    words: str | None

    def last_line(self):
        """The last line of its logs that says something; without one what the scheduler said."""
        for path in self.logs:
            if line := last_line(path):
                return line
        return " ".join(self.words.split()) if self.words else "it left no word"

    def remedy(self):
        """What to do about it."""
        text = f"{self.last_line()} {self.words or ''}"
        for pattern, remedy in REMEDIES:
            if re.search(pattern, text):
                return remedy.format(rule=self.rule)
        return OTHERWISE


class Watch(logging.Handler):
    """Listens to Snakemake's log for jobs that fail; who succeeds at another try has not failed."""

    def __init__(self):
        super().__init__()
        self._by_job = {}

    def emit(self, record):
        """Take note of a job's end."""
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
        """Failures, the first one first; of a group of jobs those that ran and did not end."""
        return [
            each
            for each in self._by_job.values()
            if not (each.outputs and all(Path(path).exists() for path in each.outputs))
            and (any(Path(path).exists() for path in each.logs) or not self._has_begun(each.what))
        ]

    def _has_begun(self, what):
        """Whether some failed job of a subject or fold has left a log."""
        same = (each for each in self._by_job.values() if each.what == what)
        return any(Path(path).exists() for each in same for path in each.logs)


def last_line(path):
    """The last line of a log that says something, or "" (also where there is no log)."""
    try:
        with open(path, "rb") as log:
            log.seek(0, 2)
            log.seek(max(0, log.tell() - TAIL_BYTES))
            text = log.read().decode(errors="replace")
    except OSError:
        return ""
    lines = [line.strip() for line in text.splitlines() if not NOISE.search(line)]
    return lines[-1] if lines else ""
