"""Let a computation that receives a signal continue to a point where it can stop safely."""

import contextlib
import signal

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Interrupted(Exception):
    """The computation stopped because of a signal; the message is one line."""


class Request:
    """State that shows whether a signal was received.

    Attributes:
        signal: Name of the received signal, or None.
    """

    signal = None


@contextlib.contextmanager
def noticed():
    """Record SIGTERM (time limit of a scheduler, end of Snakemake) and SIGINT in the `with` block.

    Yields:
        Request, which the computation checks where it can stop.
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
