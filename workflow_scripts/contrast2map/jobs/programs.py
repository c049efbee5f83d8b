"""Failures of programs and of the machine."""


class ProgramError(Exception):
    """A program that was started failed, or could not be started. The message is one line.

    Not a ValueError: no scan is to blame, so that nothing may exclude a subject for it.
    """
