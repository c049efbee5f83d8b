"""Progress lines with the current step, its duration and the number of steps left."""

import contextlib
import time


class Stages:
    """Report the start and end of each stage, and record its duration.

    Attributes:
        seconds: Dict mapping the name of each finished stage to its duration in seconds.
    """

    def __init__(self, n_stages, report):
        """
        Args:
            n_stages: Number of stages.
            report: Called with each line.
        """
        self.n_stages, self.report, self.seconds = n_stages, report, {}

    @contextlib.contextmanager
    def __call__(self, name):
        """Context manager around the stage of the given name."""
        number = len(self.seconds) + 1
        self.report(f"[{number}/{self.n_stages}] {name} ...")
        started = time.monotonic()
        yield
        self.seconds[name] = time.monotonic() - started
        left = self.n_stages - number
        after = f"{left} step{'s' if left != 1 else ''} left" if left else "last step done"
        self.report(f"[{number}/{self.n_stages}] {name}: {self.seconds[name]:.1f} s; {after}")
