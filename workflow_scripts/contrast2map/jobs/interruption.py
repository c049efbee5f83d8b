"""Let a computation end at a suitable point after a signal, instead of anywhere."""

import contextlib
import signal

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Interrupted(Exception):
    """The computation ended because of a signal; the message is one line."""


class Request:
    """Whether a signal has been received.

    Attributes:
        signal: Name of the signal, or None.
    """

    signal = None


@contextlib.contextmanager
def noticed():
    """Record SIGTERM (time limit of a scheduler, end of Snakemake) and SIGINT in the `with` block.

    Yields:
        Request, to be checked where the computation can stop.
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
