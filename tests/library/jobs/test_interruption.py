"""Signals are recorded inside the block; handlers are restored after it."""

import os
import signal

import pytest

from contrast2map.jobs import interruption


@pytest.mark.parametrize("number", interruption.SIGNALS)
def test_a_signal_is_recorded_by_name_and_interrupts_nothing(number):
    before = signal.getsignal(number)
    with interruption.noticed() as request:
        assert request.signal is None
        os.kill(os.getpid(), number)
        assert request.signal == number.name
    assert signal.getsignal(number) is before


def test_handlers_are_restored_after_an_error():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(ValueError, match="broken"), interruption.noticed():
        raise ValueError("broken")
    assert signal.getsignal(signal.SIGTERM) is before
