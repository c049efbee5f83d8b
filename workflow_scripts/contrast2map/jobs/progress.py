"""Lines of progress: which step runs, how long the last one took, how many are left."""

import contextlib
import time


class Stages:
    """Tells of each stage as it ends, and keeps how long it took.

    Attributes:
        seconds: Dict of stage to seconds.
    """

    def __init__(self, n_stages, report):
        """
        Args:
            n_stages: Stages that there will be.
            report: Function of a line.
        """
        self.n_stages, self.report, self.seconds = n_stages, report, {}

    @contextlib.contextmanager
    def __call__(self, name):
        """Context in which the stage of that name runs."""
        number = len(self.seconds) + 1
        self.report(f"[{number}/{self.n_stages}] {name} ...")
        started = time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - started
        left = self.n_stages - number
        after = f"{left} step{'s' if left != 1 else ''} left" if left else "last step done"
        self.report(f"[{number}/{self.n_stages}] {name}: {self.seconds[name]:.1f} s; {after}")
