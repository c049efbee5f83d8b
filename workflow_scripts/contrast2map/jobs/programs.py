"""Failures of programs and of the machine."""


class ProgramError(Exception):
    """A program is missing or failed. The message is one line.

    Neither a ValueError nor a RuntimeError: a scan is not to blame for it, so no step may take it
    for a bad scan.
    """
