"""Tell a computation that it is asked to end, instead of ending it anywhere."""

import contextlib
import signal

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Interrupted(Exception):
    """The computation ended because a signal asked for it; the message is one line."""


class Request:
    """Whether a signal has come.

    Attributes:
        signal: Name of the signal, or None.
    """

    signal = None


@contextlib.contextmanager
def noticed():
    """Note SIGTERM (a scheduler's time limit, Snakemake's end) and SIGINT inside the `with` block.

    Yields:
        Request, to be looked at where the computation can be left.
    """
    request = Request()

    def note(number, frame):
        request.signal = signal.Signals(number).name

    before = {number: signal.signal(number, note) for number in SIGNALS}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
